//! What a daemon did, for scripts, for the judge's reckoning, and for whoever reads a failure.
//!
//! Pure.

use crate::lie::Lie;
use proto::follow::Answer;
use proto::primaries::Ask;

/// One thing that happened to one zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Place of the zone.
    pub zone: usize,
    /// What happened.
    pub what: What,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A primary is asked.
    Asked {
        /// What for.
        ask: Ask,
        /// The world's number of the primary.
        primary: usize,
        /// Number of the attempt.
        attempt: u32,
    },
    /// It is asked no more; what came of it is on its way to the machine.
    Ended,
    /// It said something.
    Answered(Answer),
    /// It did not, or nothing that counts.
    Failed(&'static str),
    /// A question ended that nobody waited for any more.
    NotAwaited,
    /// A question was given up for another.
    Abandoned,
    /// A question took too long.
    GaveUp,
    /// A version goes to the disk.
    Committing {
        /// Its serial.
        serial: u32,
        /// As a diff, not whole.
        is_diff: bool,
    },
    /// Several zones go to the disk together.
    CommittedTogether,
    /// It is durable and visible.
    Installed {
        /// Its serial.
        serial: u32,
    },
    /// The disk refused it.
    NotInstalled,
    /// A primary holds what we hold.
    Confirmed,
    /// A primary is behind us.
    Older {
        /// What it has.
        offered: u32,
        /// What we have.
        held: u32,
    },
    /// A newer serial was announced than is given.
    NothingNew {
        /// What it has.
        offered: u32,
    },
    /// Answers stop.
    Expired,
    /// A NOTIFY was accepted.
    Notified,
    /// A NOTIFY was refused.
    NotifyRefused,
    /// What is heard is not so; the world says this, the daemon cannot know.
    Lied(Lie),
}
