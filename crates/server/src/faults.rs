//! Faults of ours on purpose, for tests of what they cost: panics that any defect might be.
//!
//! Only with the feature `faults`, which no release has; without it nothing of this is compiled in. The
//! variable `UNDERSTUDY_FAULT` names a file. While a line such as `step example.` stands there, whoever
//! passes that spot for that zone panics.

#[cfg(feature = "faults")]
pub(crate) use armed::{trip, trip_message};

/// Where a fault can strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// In a step of the zone's machine.
    Step,
    /// In asking one of its primaries.
    Dial,
    /// In building a version of it.
    Build,
    /// In handing a version over to be written.
    Install,
    /// In writing a version of it to disk.
    Commit,
    /// In answering a message about it, whatever the transport.
    Answer,
}

/// Does nothing.
#[cfg(not(feature = "faults"))]
pub(crate) const fn trip(_: Spot, _: wire::name::NameRef<'_>) {}

/// Does nothing.
#[cfg(not(feature = "faults"))]
pub(crate) const fn trip_message(_: Spot, _: &[u8]) {}

#[cfg(feature = "faults")]
mod armed {
    use super::Spot;
    use std::path::PathBuf;
    use std::sync::OnceLock;
    use wire::message::Message;
    use wire::name::NameRef;

    impl Spot {
        const fn as_str(self) -> &'static str {
            match self {
                Self::Step => "step",
                Self::Dial => "dial",
                Self::Build => "build",
                Self::Install => "install",
                Self::Commit => "commit",
                Self::Answer => "answer",
            }
        }
    }

    /// Panics if the file has the line of this spot and zone.
    pub(crate) fn trip(spot: Spot, apex: NameRef<'_>) {
        static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
        let named = || std::env::var_os("UNDERSTUDY_FAULT").map(PathBuf::from);
        let Some(file) = FILE.get_or_init(named) else { return };
        let Ok(lines) = std::fs::read_to_string(file) else { return };
        let ours = format!("{} {apex}", spot.as_str());
        assert!(!lines.lines().any(|line| line == ours), "fault on purpose: {ours}");
    }

    /// As [`trip`], for the name in the question.
    pub(crate) fn trip_message(spot: Spot, octets: &[u8]) {
        let Ok(message) = Message::parse(octets) else { return };
        if let Some(Ok(question)) = message.questions().next() {
            trip(spot, question.qname.as_ref());
        }
    }
}
