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
            Lookup::Missing { closest_encloser } => format!("missing {closest_encloser}"),
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
        "s NS ns1\n d.s NS ns1\n x.d.s A 192.0.2.1\n m DNAME c\n a.x.m TXT x\n *.w RRSIG A\n *.w NSEC3 a\n h NSEC3 b\n h RRSIG NSEC3\n w MX c\n w TXT x\n C A 1.2.3.4\n c A 1.2.3.5",
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

/// A page as format 1 had it, with NSEC3 at names of all kinds.
const OF_FORMAT_1: &str = concat!(
    "00070000000000000000002a6d397030000000630000007300610073006800730048005a00b800da00ee00fa000002ac0201",
    "0d036e7331076578616d706c650006ac02012f036e7331076578616d706c650004726f6f74076578616d706c650000000001",
    "00001c2000000384001275000000012c021032ac02010b0177076578616d706c6500216861766571766d36743776626c356c",
    "6f703275337432727033746f6d0040045febbab732ac02010b0178076578616d706c65002e32ac0201240032080100000000",
    "00000000000000000000076578616d706c65007369676e6174757265020c05ac02010b0173076578616d706c650032ac0201",
    "0b017a076578616d706c6500020102ac02010d036e7331076578616d706c650004200101ac020104c000020104200132ac02",
    "010b0179076578616d706c6500",
);

#[test]
fn pages_of_format_1_become_the_version_that_their_records_make() {
    let digits = OF_FORMAT_1.as_bytes().as_chunks::<2>().0;
    let octet = |digits: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16);
    let page: Vec<u8> = digits.iter().map(|digits| octet(digits).unwrap()).collect();
    let version = read(&[page]).unwrap();
    let records = "0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM NSEC3 x
         0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM RRSIG NSEC3
         s NS ns1\n h.s NSEC3 y\n a.s A 192.0.2.1\n c CNAME s\n c NSEC3 z\n * NSEC3 w";
    let same = zone(records);
    assert_eq!(lines(&version), lines(&same));
    assert_eq!(version.counts(), same.counts());
    assert!(version.pages().eq(same.pages()));
    assert!(matches!(version.lookup(name("q").as_ref()), Lookup::Missing { .. }));
}

#[test]
fn what_stands_aside_is_nsec3_and_nothing_else() {
    let version = zone("h NSEC3 b");
    let mut page = version.pages().next().unwrap().to_vec();
    let nsec3 = page.iter().rposition(|octet| *octet == 50).unwrap();
    assert!(read(&[page.clone()]).is_ok());
    page[nsec3] = 51;
    assert_eq!(read(&[page]).unwrap_err(), PageError::Malformed { index: 0 });
}
