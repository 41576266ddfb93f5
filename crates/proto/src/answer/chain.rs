//! Where a chain of aliases stands, and where it has been.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 1034 §5.2.2 (loops of aliases).
//!
//! Invariants: a chain has at most [`LINKS_MAX`] links, and no name of it comes twice.
//!
//! Not here: what a link is made of (`resolve`).

use wire::name::{NameBuf, NameRef};

/// Links of a chain of aliases that are followed, the synthesized ones counted (threat 36).
pub const LINKS_MAX: usize = 16;

/// Where a chain of aliases stands, and where it has been.
pub(super) struct Chain {
    pub(super) name: NameBuf,
    /// All names so far.
    pub(super) names: Seen,
    /// Owners of the DNAMEs written so far: each is written once.
    pub(super) dnames: Seen,
}

impl Chain {
    pub(super) fn new(first: NameRef<'_>) -> Self {
        let mut names = Seen::new();
        names.enter(first);
        Self { name: NameBuf::from(first), names, dnames: Seen::new() }
    }
}

/// Names by their fingerprints: room for the qname and the target of each link.
///
/// Should two names ever have the same one, a chain is told in part, which is always allowed.
pub(super) struct Seen {
    fingerprints: [u64; LINKS_MAX + 1],
    count: usize,
}

impl Seen {
    const fn new() -> Self {
        Self { fingerprints: [0; LINKS_MAX + 1], count: 0 }
    }

    /// False if the name was there already, or there is no room.
    pub(super) fn enter(&mut self, name: NameRef<'_>) -> bool {
        if self.has(name) {
            return false;
        }
        let Some(place) = self.fingerprints.get_mut(self.count) else { return false };
        *place = fingerprint(name);
        self.count = self.count.saturating_add(1);
        true
    }

    pub(super) fn has(&self, name: NameRef<'_>) -> bool {
        let fingerprint = fingerprint(name);
        self.fingerprints.iter().take(self.count).any(|&seen| seen == fingerprint)
    }

    pub(super) const fn is_full(&self) -> bool {
        self.count > LINKS_MAX
    }
}

/// FNV-1a over the name in lower case.
fn fingerprint(name: NameRef<'_>) -> u64 {
    name.as_wire().iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(octet.to_ascii_lowercase())).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
