use super::*;
use crate::testing::{apex, lines, record, try_zone, zone};
use wire::codes::{Class, Rrtype};

fn code(zone_lines: &str, limits: Limits) -> &'static str {
    let all = format!("@ SOA 1\n@ NS ns1\n{zone_lines}");
    try_zone(&all, limits).map_or_else(|error| error.code(), |_| "fine")
}

#[test]
fn an_apex_needs_one_soa_and_an_ns() {
    let try_lines = |lines| try_zone(lines, Limits::default()).map(|_| ());
    assert_eq!(try_lines(""), Err(CheckError::NoSoa { apex: apex() }));
    assert_eq!(try_lines("a A 192.0.2.1"), Err(CheckError::NoSoa { apex: apex() }));
    assert_eq!(try_lines("@ NS ns1"), Err(CheckError::NoSoa { apex: apex() }));
    assert_eq!(try_lines("@ SOA 1"), Err(CheckError::NoApexNs { apex: apex() }));
    let twice = try_lines("@ SOA 1\n@ SOA 2\n@ NS ns1");
    assert_eq!(twice, Err(CheckError::SeveralSoas { apex: apex(), count: 2 }));
    assert_eq!(try_lines("@ SOA 1\n@ NS ns1\n@ SOA 1"), Ok(()));
}

/// Threats 3 and 5.
#[test]
fn records_that_no_zone_can_hold_are_refused() {
    assert_eq!(code("a SOA 1", Limits::default()), "DUPLICATE_SOA");
    assert_eq!(code("other.test. A 192.0.2.1", Limits::default()), "OUT_OF_ZONE_RECORD");
    assert_eq!(code("xexample. A 192.0.2.1", Limits::default()), "OUT_OF_ZONE_RECORD");
    assert_eq!(code("a RRSIG TYPE250", Limits::default()), "BAD_RDATA");
    assert_eq!(code("a RRSIG RRSIG", Limits::default()), "BAD_RDATA");
    for rrtype in [0, 41, 128, 250, 251, 252, 255] {
        let mut builder = Builder::new(apex(), Limits::default());
        let mut meta = record("a TXT x");
        meta.rrtype = Rrtype(rrtype);
        assert_eq!(builder.push(meta.as_ref()).unwrap_err().code(), "BAD_RDATA", "{rrtype}");
    }
    for (rrtype, rdata) in [(Rrtype::RRSIG, &[1_u8][..]), (Rrtype::SOA, b"\0\0short")] {
        let mut builder = Builder::new(apex(), Limits::default());
        let mut short = record("@ TXT x");
        (short.rrtype, short.rdata) = (rrtype, rdata.into());
        assert_eq!(builder.push(short.as_ref()).unwrap_err().code(), "BAD_RDATA");
    }
    let mut builder = Builder::new(apex(), Limits::default());
    let mut chaos = record("a TXT x");
    chaos.class = Class::CH;
    assert_eq!(builder.push(chaos.as_ref()).unwrap_err().code(), "WRONG_CLASS");
}

/// Threats 2, 13 and 14.
#[test]
fn each_limit_holds_at_its_edge() {
    let all = Limits::default();
    let four = "a A 192.0.2.1\n a A 192.0.2.2";
    let counts = zone(four).counts();
    for (limit, result) in [(4, "fine"), (3, "TOO_MANY_RECORDS")] {
        assert_eq!(code(four, Limits { records_max: limit, ..all }), result);
    }
    for (limit, result) in [(counts.size_bytes, "fine"), (counts.size_bytes - 1, "ZONE_TOO_LARGE")]
    {
        assert_eq!(code(four, Limits { bytes_max: limit, ..all }), result);
    }
    for (limit, result) in [(2, "fine"), (1, "RRSET_TOO_LARGE")] {
        assert_eq!(code(four, Limits { rrset_records_max: limit, ..all }), result);
    }
    // 12 octets and four of rdata for each of two records; the SOA is larger.
    let soa = 12 + u32::try_from(record("@ SOA 1").rdata.len()).unwrap();
    for (limit, result) in [(soa, "fine"), (soa - 1, "RRSET_TOO_LARGE")] {
        assert_eq!(code(four, Limits { rrset_bytes_max: limit, ..all }), result);
    }
    let types = "a A 192.0.2.1\n a TXT x\n a RRSIG A\n a RRSIG TXT";
    for (limit, result) in [(2, "fine"), (1, "TOO_MANY_TYPES")] {
        assert_eq!(code(types, Limits { types_per_name_max: limit, ..all }), result);
    }
}

/// RFC 5936 §2.2 and RFC 2181 §5.
#[test]
fn repeated_records_are_one_and_the_lowest_ttl_is_the_rrsets() {
    let version = zone(
        "a 600 A 192.0.2.2\n A 300 A 192.0.2.1\n a 900 A 192.0.2.2\n b CNAME X.y\n b CNAME x.Y",
    );
    assert_eq!(
        lines(&version),
        [
            "example. 300 NS ns1.example.",
            "example. 300 SOA 1",
            "a.example. 300 A 192.0.2.1",
            "a.example. 300 A 192.0.2.2",
            "b.example. 300 CNAME X.y.example.",
        ]
    );
}

/// Deviation: see `check`.
#[test]
fn a_cname_beside_other_content_is_accepted_and_counted() {
    let version =
        zone("a CNAME b\n a A 192.0.2.1\n c CNAME d\n c CNAME e\n f CNAME g\n f RRSIG CNAME");
    assert_eq!(version.counts().cname_conflicts, 2);
}

#[test]
fn signatures_lie_behind_what_they_sign() {
    let version = zone("a RRSIG TXT\n a TXT x\n a RRSIG A\n a A 192.0.2.1\n@ RRSIG SOA");
    let kinds: Vec<String> = lines(&version).into_iter().skip(3).collect();
    assert_eq!(
        kinds,
        [
            "a.example. 300 A 192.0.2.1",
            "a.example. 300 RRSIG A",
            "a.example. 300 TXT x",
            "a.example. 300 RRSIG TXT",
        ]
    );
    assert!(version.is_signed() && !zone("").is_signed());
}

/// The order of pushing and the batches it falls into leave no trace.
#[test]
fn many_records_in_any_order_make_the_same_version() {
    let limits = Limits::default();
    let mut all = vec![record("@ SOA 1"), record("@ NS ns1")];
    for number in 0..20_000_u32 {
        // Odd multipliers scatter, and every number still comes once.
        let scattered = number.wrapping_mul(40_503) % 20_000;
        all.push(record(&format!("n{scattered} A 192.0.2.1")));
        all.push(record(&format!("n{scattered} TXT {}", "x".repeat(200))));
    }
    let mut forwards = Builder::new(apex(), limits);
    let mut backwards = Builder::new(apex(), limits);
    for (one, other) in all.iter().zip(all.iter().rev()) {
        forwards.push(one.as_ref()).unwrap();
        backwards.push(other.as_ref()).unwrap();
    }
    let (forwards, backwards) = (forwards.finish().unwrap(), backwards.finish().unwrap());
    assert_eq!(forwards.digest(), backwards.digest());
    assert_eq!(forwards.counts(), backwards.counts());
    assert_eq!(forwards.counts().names, 20_001);
}

#[test]
fn soa_fields_and_serial_are_those_of_the_soa() {
    let version = zone("");
    let soa = version.soa();
    assert_eq!((version.serial().0, soa.fields.refresh, soa.ttl.as_secs()), (1, 7_200, 300));
}
