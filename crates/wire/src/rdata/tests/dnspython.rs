//! dnspython reads the same octets from each text, and has the same canonical form.

use super::*;
use crate::tests::python;
use data_encoding::HEXLOWER;
use std::collections::BTreeSet;

/// Texts beside those of the samples, chosen for their corners.
const TEXTS: &[(&str, &str)] = &[
    ("A", "0.0.0.0"),
    ("NS", r"a\.b\\c\000\255.Example."),
    ("SOA", "NS.example. Host.Example. 4294967295 1w2d 3h 4m 5"),
    ("WKS", "10.0.0.1 tcp 0 7 8 25"),
    ("WKS", "10.0.0.1 udp 53 255"),
    ("TXT", r#"unquoted "two words" \034"#),
    ("LOC", "90 S 180 W -100000 90000000m 0m 0m"),
    ("LOC", "0 0 0.001 N 0 0 0.999 E 42849672.95m 1m 20m 3000m"),
    ("APL", "!2:2001:db8::/32 1:0.0.0.0/0"),
    ("CERT", "PKIX 1 RSASHA256 AQIDBA=="),
    ("DS", "1 13 2 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971"),
    ("RRSIG", "TYPE1234 13 2 0 19700101000000 21060207062815 0 Example. AA=="),
    ("NSEC", "Next.Example. A TYPE65535 TYPE256 TYPE255 TYPE1"),
    ("NSEC3", "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR"),
    ("CSYNC", "0 0"),
    ("IPSECKEY", "255 3 2 GW.Example. AQID"),
    ("IPSECKEY", "0 0 0 . AQID"),
    ("HIP", "2 200100107B1A74DF365639CC39F1D578 AwEA RVS.Example. ."),
    ("AMTRELAY", "255 1 3 RELAY.Example."),
    ("AMTRELAY", "0 1 0 ."),
    ("SVCB", r#"65535 T.Example. key65534="\000\"" port=0 mandatory=port alpn="a\\,b""#),
    ("SVCB", "1 . ipv6hint=::ffff:192.0.2.1 ech=AAAA no-default-alpn alpn=h2"),
    ("HTTPS", "0 T.Example."),
    ("NAPTR", r#"0 65535 "" "" "!^(.*)$!\\1!i" T.Example."#),
    ("CAA", r#"255 Issue "; \\ \"""#),
    ("URI", r#"0 0 "http://example/\"""#),
    ("L64", "0 0001:0002:0003:ffff"),
    ("EUI64", "ff-ff-ff-ff-ff-ff-ff-ff"),
    ("NSAP", "0x47.0005.80"),
    ("A", r"\# 4 c0000201"),
    ("MX", r"\# 5 000a 01 4d 00"),
];

/// Types whose names dnspython lower-cases though RFC 4034 §6.2, whose list is complete, does not.
const LOWERED_BY_DNSPYTHON: &[Rrtype] = &[Rrtype::LP];

/// Type, text, and the octets that we read from it.
fn corpus() -> Vec<(Rrtype, String, Vec<u8>)> {
    let origin = "example.".parse().expect("a name");
    let records = crate::master::read(include_bytes!("../samples.zone"), &origin).expect("samples");
    let samples = records.into_iter().map(|record| {
        let text = present(record.rrtype, &record.rdata).to_string();
        (record.rrtype, text, record.rdata.to_vec())
    });
    let texts = TEXTS.iter().map(|(rrtype, text)| {
        let (rrtype, mut out) = (rrtype.parse().expect("a type"), Vec::new());
        parse(rrtype, text, crate::name::NameRef::ROOT, &mut out)
            .unwrap_or_else(|error| panic!("{rrtype} {text}: {error}"));
        (rrtype, (*text).to_owned(), out)
    });
    samples.chain(texts).collect()
}

/// For each line of a type and a text in hex: octets and canonical octets, `unknown` for a type without
/// a form in this dnspython, or what it complains of.
const PROGRAM: &str = "
import dns.rdata, dns.rdatatype
for line in LINES.split():
    rdtype, text = line.split(':')
    text = bytes.fromhex(text).decode()
    rdtype = dns.rdatatype.from_text(rdtype)
    if dns.rdata.get_rdata_class(1, rdtype) is dns.rdata.GenericRdata:
        print('unknown type')
        continue
    try:
        rdata = dns.rdata.from_text(1, rdtype, text)
        print(rdata.to_wire().hex(), rdata.to_digestable().hex())
    except Exception as complaint: print('refused', repr(complaint))
";

#[test]
fn dnspython_reads_the_same_octets_and_has_the_same_canonical_form() {
    let corpus = corpus();
    let line = |(rrtype, text, _): &(Rrtype, String, Vec<u8>)| {
        format!("TYPE{}:{}", rrtype.0, HEXLOWER.encode(text.as_bytes()))
    };
    let lines: Vec<_> = corpus.iter().map(line).collect();
    let printed = python(&format!("LINES = '''{}'''\n{PROGRAM}", lines.join("\n")));
    assert_eq!(printed.lines().count(), corpus.len());
    let mut compared = BTreeSet::new();
    for ((rrtype, text, wire), theirs) in corpus.iter().zip(printed.lines()) {
        if theirs == "unknown type" {
            continue;
        }
        let mut canonical = Vec::new();
        canonical_into(*rrtype, wire, &mut canonical);
        let (their_wire, their_canonical) = theirs.split_once(' ').expect("two forms");
        assert_eq!(HEXLOWER.encode(wire), their_wire, "{rrtype} {text}: {theirs}");
        let is_same = HEXLOWER.encode(&canonical) == their_canonical;
        let differs = LOWERED_BY_DNSPYTHON.contains(rrtype);
        assert_eq!(is_same, !differs, "canonical: {rrtype} {text}: {their_canonical}");
        compared.insert(*rrtype);
    }
    assert!(compared.len() > 55, "{} types were compared", compared.len());
}
