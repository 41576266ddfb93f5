//! No assigned type is forgotten. `iana.csv` is the registry "Resource Record (RR) TYPEs" as of late 2026,
//! `*` being our `ANY`; dnspython's own list is the witness that it has no gaps.

use super::*;
use crate::tests::python;

struct Assigned {
    rrtype: Rrtype,
    mnemonic: &'static str,
    kind: &'static str,
}

fn registry() -> Vec<Assigned> {
    let lines = include_str!("../iana.csv").lines();
    let entry = |line: &'static str| {
        let [code, mnemonic, kind, _reference] =
            line.splitn(4, ',').collect::<Vec<_>>().try_into().expect("four columns");
        Assigned { rrtype: Rrtype(code.parse().expect("a code")), mnemonic, kind }
    };
    lines.skip(1).map(entry).collect()
}

/// Types whose rdata is opaque, and why.
const OPAQUE: &[(Rrtype, &str)] = &[
    (Rrtype::NULL, "anything at all by definition, and never in a master file (RFC 1035 §3.3.10)"),
    (Rrtype::UINFO, "reserved; no form was ever published"),
    (Rrtype::UID, "reserved; no form was ever published"),
    (Rrtype::GID, "reserved; no form was ever published"),
    (Rrtype::UNSPEC, "reserved; no form was ever published"),
];

#[test]
fn every_assigned_type_has_a_row_or_a_reason() {
    for Assigned { rrtype, kind, .. } in registry() {
        let is_meta = match kind {
            "meta" => true,
            "data" | "obsolete" | "experimental" => false,
            other => panic!("{rrtype}: kind {other}"),
        };
        assert_eq!(rrtype.is_meta(), is_meta, "{rrtype}");
        let is_opaque = OPAQUE.iter().any(|(opaque, _)| *opaque == rrtype);
        assert_eq!(table::row(rrtype).is_some(), !is_meta && !is_opaque, "{rrtype}");
    }
}

#[test]
fn every_mnemonic_is_read_and_printed_and_no_other_has_one() {
    let registry = registry();
    for Assigned { rrtype, mnemonic, .. } in &registry {
        assert_eq!(rrtype.to_string(), *mnemonic);
        assert_eq!(mnemonic.parse(), Ok(*rrtype));
        assert_eq!(mnemonic.to_ascii_lowercase().parse(), Ok(*rrtype));
    }
    for code in 0..=u16::MAX {
        let is_assigned = registry.iter().any(|assigned| assigned.rrtype.0 == code);
        assert_eq!(Rrtype(code).mnemonic().is_some(), is_assigned, "{code}");
        let has_row = table::row(Rrtype(code)).is_some();
        assert!(!has_row || is_assigned, "a row for {code}, which nobody assigned");
    }
}

#[test]
fn dnspython_knows_no_type_that_we_do_not() {
    let listed = python(
        "import dns.rdatatype as t
for each in t.RdataType: print(int(each), t.to_text(each))",
    );
    let registry = registry();
    let mut known = 0;
    for line in listed.lines() {
        let (code, mnemonic) = line.split_once(' ').expect("code and mnemonic");
        if matches!(mnemonic, "TYPE0" | "NONE") {
            continue; // its words for "no type"
        }
        let found = registry.iter().find(|assigned| assigned.mnemonic == mnemonic);
        let assigned = found.unwrap_or_else(|| panic!("{mnemonic} is not in iana.csv"));
        assert_eq!(assigned.rrtype.0.to_string(), code, "{mnemonic}");
        known += 1;
    }
    assert!(known > 70, "dnspython lists {known} types");
}
