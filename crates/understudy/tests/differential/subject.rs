//! The zones: which file under which apex, and how it is signed.

use std::path::Path;

use peers::sign::{self, Denial};
use wire::master;
use wire::record::Record;

use crate::servers::Loaded;

/// How a zone denies. Its text is part of the committed list, and the last label of the apex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Unsigned,
    Nsec,
    Nsec3,
    Nsec3Salted,
    OptOut,
    /// NSEC, signed by another hand.
    Ldns,
}

impl Kind {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Nsec => "nsec",
            Self::Nsec3 => "nsec3",
            Self::Nsec3Salted => "salted",
            Self::OptOut => "optout",
            Self::Ldns => "ldns",
        }
    }

    pub(crate) fn is_signed(self) -> bool {
        self != Self::Unsigned
    }

    fn is_by_bind(self) -> bool {
        !matches!(self, Self::Unsigned | Self::Ldns)
    }

    fn has_nsec3(self) -> bool {
        matches!(self, Self::Nsec3 | Self::Nsec3Salted | Self::OptOut)
    }

    /// The zone's text as its primary gets it.
    pub(crate) fn sign(self, apex: &str, text: &str) -> String {
        let denial = match self {
            Self::Unsigned => return text.to_owned(),
            Self::Ldns => return sign::with_ldns(apex, text, Denial::Nsec),
            Self::Nsec => Denial::Nsec,
            Self::Nsec3 => Denial::nsec3(),
            Self::OptOut => Denial::opt_out(),
            Self::Nsec3Salted => {
                Denial::Nsec3 { iterations: 5, salt: "0123456789ABCDEF", opt_out: false }
            }
        };
        sign::with_bind(apex, text, denial)
    }
}

/// A committed file and the apex it is loaded under, to which the kind is appended.
pub(crate) struct Subject {
    file: &'static str,
    below: &'static str,
}

/// The zones that every kind has.
const SUBJECTS: &[Subject] = &[
    Subject { file: "hosts", below: "hosts." },
    Subject { file: "wildcards", below: "wildcards." },
    Subject { file: "wildcard-cuts", below: "wildcard-cuts." },
    Subject { file: "delegations", below: "delegations." },
    Subject { file: "aliases", below: "aliases." },
    Subject { file: "dnames", below: "dnames." },
    Subject { file: "apex-dname", below: "apex-dname." },
    Subject { file: "apex", below: "apex." },
    Subject { file: "bare", below: "bare." },
    Subject { file: "large", below: "large." },
    Subject { file: "octets", below: "octets." },
    Subject { file: "parent", below: "parent." },
    Subject { file: "child", below: "child.parent." },
    Subject { file: "deep", below: DEEP },
    Subject { file: TYPES, below: "types." },
];

const TYPES: &str = "types";

/// Some 160 octets: the hash of an NSEC3 fits, little else does.
const DEEP: &str = "this-label-is-forty-octets-long-to-go-deep.\
                    this-label-is-forty-octets-long-to-go-deep.\
                    this-label-is-forty-octets-long-to-go-deep.\
                    this-label-is-forty-octets-long-to-go-deep.";

/// All zones of a kind.
pub(crate) fn zones(kind: Kind) -> Vec<Loaded> {
    SUBJECTS
        .iter()
        .filter(|subject| subject.is_of(kind))
        .map(|subject| subject.load(kind))
        .collect()
}

impl Subject {
    fn load(&self, kind: Kind) -> Loaded {
        let apex = format!("{}{}.", self.below, kind.text());
        let text = if self.file == TYPES { every_type(&apex) } else { committed(self.file) };
        let text = kind.sign(&apex, &format!("$ORIGIN {apex}\n{text}"));
        Loaded { apex, text, refused_by: self.refused_by(kind) }
    }

    /// Where a further way of signing tells nothing new, or the tools stand in the way.
    fn is_of(&self, kind: Kind) -> bool {
        match self.file {
            // It has records that signing makes.
            TYPES => kind == Kind::Unsigned,
            // BIND's signer does not read it.
            "wildcard-cuts" => !kind.is_by_bind(),
            // NSD does not read what ldns writes.
            "octets" | "hosts" | "large" => {
                matches!(kind, Kind::Unsigned | Kind::Nsec | Kind::Nsec3)
            }
            _ => true,
        }
    }

    /// Who does not take the zone over, so has no answers to compare with.
    fn refused_by(&self, kind: Kind) -> &'static [&'static str] {
        match (self.file, kind.has_nsec3()) {
            // "invalid NS owner name (wildcard)"; RFC 4592 §4.2 only discourages it.
            ("wildcard-cuts", _) => &["bind"],
            // "child record exists under DNAME": the NSEC3, which RFC 6672 §2.4 does not mean.
            ("apex-dname", true) => &["knot"],
            _ => &[],
        }
    }
}

/// The root, small, under its own name.
pub(crate) fn root(kind: Kind) -> Loaded {
    let text = kind.sign(".", &format!("$ORIGIN .\n{}", committed("root")));
    Loaded { apex: ".".to_owned(), text, refused_by: &[] }
}

fn committed(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/zones");
    let file = folder.join(name).with_extension("zone");
    std::fs::read_to_string(file).expect("a committed zone")
}

/// A record of every type but MD and MF, which BIND takes in no form, as every server reads it.
fn every_type(apex: &str) -> String {
    let samples = include_bytes!("../../../wire/src/rdata/samples.zone");
    let origin = apex.parse().expect("an apex");
    let mut records = master::read(samples, &origin).expect("samples of every type");
    records.retain(|record| !matches!(record.rrtype.0, 3 | 4));
    let mut text = String::new();
    master::write(records.iter().map(Record::as_ref), &mut text).expect("text takes text");
    text
}
