use super::*;
use crate::testing::{apex, lines, name, zone};
use crate::{Builder, Limits, Lookup};
use wire::codes::Class;
use wire::name::NameBuf;
use wire::record::RecordRef;

fn read(pages: &[Vec<u8>]) -> Result<Version, PageError> {
    Version::from_pages(apex(), pages.iter().map(Vec::as_slice))
}

fn rebuild(version: &Version) -> Version {
    let (mut builder, mut owner) = (Builder::new(apex(), Limits::default()), NameBuf::new());
    for (leaf, rrset) in version.rrsets() {
        leaf.owner(&mut owner);
        let (owner, rrtype, ttl) = (owner.as_ref(), rrset.rrtype(), rrset.ttl());
        for rdata in rrset.rdatas() {
            builder.push(RecordRef { owner, rrtype, class: Class::IN, ttl, rdata }).unwrap();
        }
    }
    builder.finish().unwrap()
}

/// What looking up each name of a small world finds.
fn answers(version: &Version) -> Vec<String> {
    let mut answers = Vec::new();
    for qname in ["@", "s", "d.s", "x.d.s", "x.s", "m", "x.m", "a.x.m", "w", "x.w", "c", "zz"] {
        let lookup = version.lookup(name(qname).as_ref());
        let owner = |leaf: &crate::Leaf<'_>| {
            let mut owner = NameBuf::new();
            leaf.owner(&mut owner);
            owner.as_ref().to_string()
        };
        answers.push(match &lookup {
            Lookup::Found { leaf, wildcard } => format!("found {} {wildcard:?}", owner(leaf)),
            Lookup::Cut { leaf, at_qname } => format!("cut {} {at_qname}", owner(leaf)),
            Lookup::Dname { leaf } => format!("dname {}", owner(leaf)),
            Lookup::Missing { closest_encloser, predecessor } => {
                format!("missing {closest_encloser} {}", owner(predecessor))
            }
            Lookup::EmptyNonTerminal { wildcard } => format!("empty {wildcard:?}"),
            Lookup::OutOfZone => "out of zone".into(),
        });
    }
    answers
}

/// Every octet, every bit and more: what is accepted is the version that its own records make.
#[test]
fn any_octet_changed_is_refused_or_makes_a_sound_version() {
    let version = zone(
        "s NS ns1\n d.s NS ns1\n x.d.s A 192.0.2.1\n m DNAME c\n a.x.m TXT x\n *.w RRSIG A\n w MX c\n w TXT x\n C A 1.2.3.4\n c A 1.2.3.5",
    );
    let pages: Vec<Vec<u8>> = version.pages().map(<[u8]>::to_vec).collect();
    let (mut accepted, mut refused) = (0, 0);
    for page in 0..pages.len() {
        for octet in 0..pages[page].len() {
            let was = pages[page][octet];
            let flipped = (0..8).map(|bit| was ^ (1 << bit));
            for value in flipped.chain([0, u8::MAX, was.wrapping_add(1), was.wrapping_sub(1)]) {
                let mut damaged = pages.clone();
                damaged[page][octet] = value;
                let Ok(version) = read(&damaged) else {
                    refused += 1;
                    continue;
                };
                let sound = rebuild(&version);
                assert_eq!(version.counts(), sound.counts(), "{page} {octet} {value}");
                for leaf in version.leaves() {
                    let places: Vec<Place> = leaf.rrsets().map(|rrset| rrset.place()).collect();
                    assert!(places.is_sorted_by(|a, b| a < b), "{page} {octet} {value}");
                }
                assert_eq!(answers(&version), answers(&sound), "{page} {octet} {value}");
                accepted += 1;
            }
        }
    }
    assert!(accepted > 500 && refused > 1_000, "{accepted} accepted, {refused} refused");
}

#[test]
fn pages_cut_short_are_refused() {
    let pages: Vec<Vec<u8>> = zone("a TXT x").pages().map(<[u8]>::to_vec).collect();
    assert_eq!(lines(&read(&pages).unwrap()), lines(&zone("a TXT x")));
    for length in 0..pages[0].len() {
        assert!(read(&[pages[0][..length].to_vec()]).is_err(), "{length} octets");
    }
    assert_eq!(read(&[]).unwrap_err(), PageError::Check(CheckError::NoSoa { apex: apex() }));
}

/// A name that fits below a short apex may be too long below another.
#[test]
fn pages_of_another_apex_do_not_make_names_too_long() {
    let label = "l".repeat(60);
    let version = zone(&format!("{label}.{label}.{label}.{label} TXT x"));
    let pages: Vec<Vec<u8>> = version.pages().map(<[u8]>::to_vec).collect();
    assert!(read(&pages).is_ok());
    let longer = Version::from_pages(name("a.longer"), pages.iter().map(Vec::as_slice));
    assert!(matches!(longer, Err(PageError::Malformed { .. })));
}
