//! How a query ended, for counting it.
//!
//! Pure.
//!
//! Invariants: both enums are closed sets, fit for metric labels.
//!
//! Not here: the octets of the answer (`reply`).

use wire::codes::Rcode;
use wire::edns::ExtendedError;

/// What kind of answer it was. For an alias: what its end was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Records, or as much of a chain of aliases as there is.
    Answer,
    /// Others know: servers of a delegated zone.
    Referral,
    /// The name exists, the type does not.
    NoData,
    /// The name does not exist.
    NxDomain,
    /// Not our zone, not for this client, or not a question we take.
    Refused,
    /// Our zone, but nothing to answer from.
    Servfail,
    /// Not understood.
    Formerr,
    /// An opcode or type we do not do.
    NotImp,
    /// An EDNS version we do not have.
    Badvers,
    /// Signed, and the signature is not believed.
    NotAuth,
    /// Nothing was sent.
    Dropped,
}

impl Kind {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Answer,
        Self::Referral,
        Self::NoData,
        Self::NxDomain,
        Self::Refused,
        Self::Servfail,
        Self::Formerr,
        Self::NotImp,
        Self::Badvers,
        Self::NotAuth,
        Self::Dropped,
    ];

    /// The word in counters and labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Referral => "referral",
            Self::NoData => "nodata",
            Self::NxDomain => "nxdomain",
            Self::Refused => "refused",
            Self::Servfail => "servfail",
            Self::Formerr => "formerr",
            Self::NotImp => "notimp",
            Self::Badvers => "badvers",
            Self::NotAuth => "notauth",
            Self::Dropped => "dropped",
        }
    }
}

/// Whether everything that belongs to the answer was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truncation {
    /// It was.
    Whole,
    /// It was not, and TC says so.
    Truncated,
}

/// How a query ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Octets of the answer in the caller's buffer; 0 when nothing is to be sent.
    pub len: usize,
    /// All twelve bits.
    pub rcode: Rcode,
    /// For counting.
    pub kind: Kind,
    /// TC.
    pub truncation: Truncation,
}

impl Outcome {
    /// Nothing is to be sent.
    pub(crate) const DROPPED: Self =
        Self { len: 0, rcode: Rcode::NOERROR, kind: Kind::Dropped, truncation: Truncation::Whole };
}

/// What is decided before the message is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(super) kind: Kind,
    pub(super) rcode: Rcode,
    pub(super) error: Option<ExtendedError>,
}

impl Verdict {
    pub(crate) const ANSWER: Self = Self::new(Kind::Answer, Rcode::NOERROR);
    pub(super) const REFERRAL: Self = Self::new(Kind::Referral, Rcode::NOERROR);
    pub(super) const NODATA: Self = Self::new(Kind::NoData, Rcode::NOERROR);
    pub(super) const NXDOMAIN: Self = Self::new(Kind::NxDomain, Rcode::NXDOMAIN);
    /// RFC 6672 §2.2: the rewritten name would be too long.
    pub(super) const YXDOMAIN: Self = Self::new(Kind::Answer, Rcode::YXDOMAIN);
    pub(crate) const FORMERR: Self = Self::new(Kind::Formerr, Rcode::FORMERR);
    pub(super) const NOTIMP: Self = Self::new(Kind::NotImp, Rcode::NOTIMP);
    pub(super) const BADVERS: Self = Self::new(Kind::Badvers, Rcode::BADVERS);
    pub(crate) const NOTAUTH: Self = Self::new(Kind::NotAuth, Rcode::NOTAUTH);

    pub(crate) const fn refused(error: ExtendedError) -> Self {
        Self { kind: Kind::Refused, rcode: Rcode::REFUSED, error: Some(error) }
    }

    pub(crate) const fn servfail(error: ExtendedError) -> Self {
        Self { kind: Kind::Servfail, rcode: Rcode::SERVFAIL, error: Some(error) }
    }

    /// With an extended error, unless it has one.
    pub(crate) fn with_error(self, error: ExtendedError) -> Self {
        Self { error: self.error.or(Some(error)), ..self }
    }

    pub(crate) const fn outcome(self, len: usize, truncation: Truncation) -> Outcome {
        Outcome { len, rcode: self.rcode, kind: self.kind, truncation }
    }

    const fn new(kind: Kind, rcode: Rcode) -> Self {
        Self { kind, rcode, error: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_its_number_and_a_word_of_its_own() {
        let words: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words.len(), Kind::ALL.len());
        assert!(words.iter().all(|word| word.bytes().all(|octet| octet.is_ascii_lowercase())));
        assert!(Kind::ALL.iter().enumerate().all(|(place, kind)| *kind as usize == place));
        assert_eq!((Kind::NxDomain.as_str(), Kind::NotAuth.as_str()), ("nxdomain", "notauth"));
    }
}
