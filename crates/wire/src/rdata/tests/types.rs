//! Each type once or more: text and octets, made by another implementation (dnspython 2.9).

use super::*;
use data_encoding::HEXLOWER;

/// Reads `text`, finds the octets, prints them, and finds the text again.
fn check(rrtype: &str, text: &str, wire_hex: &str) {
    let rrtype: Rrtype = rrtype.parse().expect("a type");
    let wire = HEXLOWER.decode(wire_hex.as_bytes()).expect("hex");
    assert!(table::row(rrtype).is_some(), "{rrtype} has a row");
    assert_eq!(HEXLOWER.encode(&read(rrtype, text)), wire_hex, "{rrtype} {text}");
    assert_eq!(present(rrtype, &wire).to_string(), text, "{rrtype}");
    assert_eq!(validate(rrtype, &wire), Ok(()), "{rrtype} {text}");
    for cut in 0..wire.len() {
        let _ = validate(rrtype, &wire[..cut]); // threat 17: short rdata; must not panic
    }
}

/// Other ways to write the same.
fn reads_as(rrtype: &str, text: &str, canonical: &str) {
    let rrtype: Rrtype = rrtype.parse().expect("a type");
    let wire = read(rrtype, text);
    assert_eq!(present(rrtype, &wire).to_string(), canonical, "{rrtype} {text}");
}

fn read(rrtype: Rrtype, text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let origin: crate::name::Name = "example.".parse().expect("a name");
    parse(rrtype, text, origin.as_ref(), &mut out)
        .unwrap_or_else(|error| panic!("{rrtype} {text}: {error}"));
    out
}

#[test]
fn types_of_rfc_1035_read_and_print_as_others_do() {
    check("A", "192.0.2.1", "c0000201");
    check("NS", "ns1.Example.", "036e7331074578616d706c6500");
    check("CNAME", ".", "00");
    check(
        "SOA",
        r"ns.example. host\.master.example. 2024010101 3600 900 1209600 300",
        "026e73076578616d706c65000b686f73742e6d6173746572076578616d706c650078a3f17500\
         000e1000000384001275000000012c",
    );
    check("PTR", "host.example.", "04686f7374076578616d706c6500");
    check(
        "HINFO",
        r#""PC-Intel-700mhz" "Redhat \"Linux\" 7.1""#,
        "0f50432d496e74656c2d3730306d687a1252656468617420224c696e75782220372e31",
    );
    check("MX", "10 mail.example.", "000a046d61696c076578616d706c6500");
    check(
        "TXT",
        r#""v=spf1 -all" "" "semi;colon \\ \"quote\" \007\255""#,
        "0b763d73706631202d616c6c001773656d693b636f6c6f6e205c202271756f7465222007ff",
    );
    check("WKS", "10.0.0.1 6 25 80", "0a000001060000004000000000000080");
}

#[test]
fn dnssec_types_read_and_print_as_others_do() {
    check(
        "DS",
        "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
        "ec4505012bb183af5f22588179a53b0a98631fad1a292118",
    );
    check(
        "RRSIG",
        "A 5 3 86400 20030322173103 20030220173103 2642 Example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=",
        "00010503000151803e7c9dd73e5510d70a52074578616d706c6503636f6d00a090755ba58d1a\
         ffa576f4375831b4310920e481218d18a9f164eb3d81afd3b875d3c75428631e0cf2a28d5087\
         5f70c329d7dbfafea807dc1fba1dc34c95d401f23f334ce63bfcf3f1b5b44739e5f0eded18d6\
         b33f040a911376d173d757a9f0c1fa1798941bb0b36b2df9062790fa7f0166f2737eea907378\
         341fb12dc0a77a",
    );
    check(
        "NSEC",
        "Host.example. A MX RRSIG NSEC TYPE1234",
        "04486f7374076578616d706c65000006400100000003041b0000000000000000000000000000\
         00000000000000000000000020",
    );
    check(
        "DNSKEY",
        "256 3 8 AwEAAagAIKlVZrpC6Ia7gEzahOR+9W29euxhJhVVLOyQbSEW",
        "0100030803010001a80020a95566ba42e886bb804cda84e47ef56dbd7aec612615552cec906d\
         2116",
    );
    check(
        "NSEC3",
        "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A RRSIG",
        "0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b0006400000000002",
    );
    check(
        "NSEC3",
        "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR",
        "010000000014174eb2409fe28bcb4887a1836f957f0a8425e27b",
    );
    check("NSEC3PARAM", "1 0 12 AABBCCDD", "0100000c04aabbccdd");
    check("NSEC3PARAM", "1 0 0 -", "0100000000");
    check("CDS", "0 0 0 00", "0000000000");
    check("CDNSKEY", "0 3 0 AA==", "0000030000");
    check("CSYNC", "66 3 A NS AAAA", "000000420003000460000008");
    check(
        "ZONEMD",
        "2018031900 1 1 A3B69BAD980A3504E1CC3C7C5E6D5F9A4D0B9F12F1D4B8A5F2B51A9FD9B7B3A6E8C4D5B1C2D3E4F5061728394A5B6C7D",
        "7848b91c0101a3b69bad980a3504e1cc3c7c5e6d5f9a4d0b9f12f1d4b8a5f2b51a9fd9b7b3a6\
         e8c4d5b1c2d3e4f5061728394a5b6c7d",
    );
    check(
        "SIG",
        "A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WN",
        "00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d",
    );
    check("KEY", "512 3 157 AQIDBA==", "0200039d01020304");
}

#[test]
fn service_bindings_read_and_print_as_others_do() {
    check(
        "SVCB",
        r#"16 foo.Example. mandatory=alpn,ipv4hint alpn="h2,h3-19" ipv4hint=192.0.2.1"#,
        "001003666f6f074578616d706c65000000000400010004000100090268320568332d31390004\
         0004c0000201",
    );
    check(
        "SVCB",
        "1 . port=53 ipv6hint=2001:db8::1,2001:db8::53:1",
        "0001000003000200350006002020010db800000000000000000000000120010db80000000000\
         00000000530001",
    );
    check("SVCB", "0 foo.example.", "000003666f6f076578616d706c6500");
    check(
        "SVCB",
        r#"1 foo.example. key667="hello\210qoo""#,
        "000103666f6f076578616d706c6500029b000968656c6c6fd2716f6f",
    );
    check(
        "SVCB",
        r#"16 foo.example. alpn="f\\\\oo\\,bar,h2""#,
        "001003666f6f076578616d706c65000001000c08665c6f6f2c626172026832",
    );
    check("HTTPS", r#"1 . alpn="h3,h2""#, "00010000010006026833026832");
}

#[test]
fn further_types_read_and_print_as_others_do() {
    check(
        "RP",
        "mbox.example. txt.example.",
        "046d626f78076578616d706c650003747874076578616d706c6500",
    );
    check("AFSDB", "1 afs.example.", "000103616673076578616d706c6500");
    check("X25", r#""311061700956""#, "0c333131303631373030393536");
    check("ISDN", r#""150862028003217" "004""#, "0f31353038363230323830303332313703303034");
    check("RT", "2 relay.example.", "00020572656c6179076578616d706c6500");
    check(
        "PX",
        "10 map822.example. mapx400.example.",
        "000a066d6170383232076578616d706c6500076d617078343030076578616d706c6500",
    );
    check("AAAA", "2001:db8::1", "20010db8000000000000000000000001");
    check(
        "LOC",
        "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m",
        "0033161389172dd070be15f000988d20",
    );
    check("SRV", "0 5 5060 sip.example.", "0000000513c403736970076578616d706c6500");
    check(
        "NAPTR",
        r#"100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!i" ."#,
        "0064000a0175074532552b7369701c215e2e2a24217369703a696e666f406578616d706c652e\
         636f6d216900",
    );
    check("KX", "10 kx.example.", "000a026b78076578616d706c6500");
    check("CERT", "1 65535 5 AQIDBA==", "0001ffff0501020304");
    check("DNAME", "frobozz.example.", "0766726f626f7a7a076578616d706c6500");
    check(
        "APL",
        "1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8",
        "00011503c0a82000011c83c0a82600020801ff",
    );
    check(
        "SSHFP",
        "2 1 123456789ABCDEF67890123456789ABCDEF67890",
        "0201123456789abcdef67890123456789abcdef67890",
    );
    check(
        "DHCID",
        "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
        "000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40",
    );
}

#[test]
fn newer_types_read_and_print_as_others_do() {
    check(
        "TLSA",
        "3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971",
        "030101d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
    );
    check(
        "SMIMEA",
        "3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971",
        "030101d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
    );
    check("OPENPGPKEY", "AQIDBA==", "01020304");
    check("SPF", r#""v=spf1 -all""#, "0b763d73706631202d616c6c");
    check("NID", "10 0014:4fff:ff20:ee64", "000a00144fffff20ee64");
    check("L32", "10 10.1.2.0", "000a0a010200");
    check("L64", "10 2001:0db8:1140:1000", "000a20010db811401000");
    check("LP", "10 l64-subnet1.example.", "000a0b6c36342d7375626e657431076578616d706c6500");
    check("EUI48", "00-00-5e-00-53-2a", "00005e00532a");
    check("EUI64", "00-00-5e-ef-10-00-00-2a", "00005eef1000002a");
    check(
        "URI",
        r#"10 1 "ftp://ftp1.example.com/public""#,
        "000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963",
    );
    check(
        "CAA",
        r#"0 issue "ca.example.net; policy=ev""#,
        "0005697373756563612e6578616d706c652e6e65743b20706f6c6963793d6576",
    );
    check("CAA", r#"128 tbs """#, "8003746273");
}

#[test]
fn the_same_may_be_written_in_other_ways() {
    reads_as("MX", "10 mail", "10 mail.example.");
    reads_as("NS", "@", "example.");
    reads_as(
        "SOA",
        "@ root ( 1 2h 15m ; timers\n 2w 1d12h )",
        "example. root.example. 1 7200 900 1209600 129600",
    );
    reads_as("TXT", r"plain \065 \; two", r#""plain" "A" ";" "two""#);
    reads_as("TXT", r#""one""two""#, r#""one" "two""#);
    reads_as("A", r"\# 4 C0 00 02 01", "192.0.2.1");
    reads_as("TYPE1", r"\# 4 C0000201", "192.0.2.1");
    reads_as("DS", "1 RSASHA256 2 aa bb\tcc", "1 8 2 AABBCC");
    reads_as(
        "RRSIG",
        "A 13 2 1h 86400 0 7 . AAAA",
        "A 13 2 3600 19700102000000 19700101000000 7 . AAAA",
    );
    reads_as(
        "RRSIG",
        "123 13 2 1 1 1 7 . AAAA",
        "TYPE123 13 2 1 19700101000001 19700101000001 7 . AAAA",
    );
    reads_as(
        "NSEC3",
        "1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr",
        "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR",
    );
    reads_as("NSEC", "b TYPE65534 a ns a", "b.example. A NS TYPE65534");
    reads_as("CERT", "pkix 0 0 AAAA", "1 0 0 AAAA");
    reads_as("LOC", "52 N 4 53 E 0m", "52 0 0.000 N 4 53 0.000 E 0.00m 1.00m 10000.00m 10.00m");
    reads_as(
        "LOC",
        "0 S 0 W -100000m 90000000m 0m 0m",
        "0 0 0.000 N 0 0 0.000 E -100000.00m 90000000.00m 0.00m 0.00m",
    );
    reads_as(
        "LOC",
        "90 0 0 S 180 W 12.5 1.9m",
        "90 0 0.000 S 180 0 0.000 W 12.50m 1.00m 10000.00m 10.00m",
    );
    reads_as(
        "SVCB",
        "1 . mandatory=port,alpn alpn=h2 port=1",
        "1 . mandatory=alpn,port alpn=\"h2\" port=1",
    );
    reads_as("NXT", ". TYPE0 A", ". TYPE0 A");
    reads_as(
        "RRSIG",
        "A 13 2 1 20240229235959 19700101000000 7 . AAAA",
        "A 13 2 1 20240229235959 19700101000000 7 . AAAA",
    );
    reads_as(
        "RRSIG",
        "A 13 2 1 21060207062815 21000228000000 7 . AAAA",
        "A 13 2 1 21060207062815 21000228000000 7 . AAAA",
    );
    reads_as("SVCB", "1 @ port=\"53\" alpn=h2", "1 example. alpn=\"h2\" port=53");
    reads_as("SVCB", r"1 . key3=\000\053 key1=\002h2", "1 . alpn=\"h2\" port=53");
    reads_as(
        "SVCB",
        "1 . dohpath=/q ohttp no-default-alpn ech=AEX+DQ==",
        "1 . no-default-alpn ech=AEX+DQ== key7=\"/q\" key8",
    );
    reads_as("L64", "1 1:2:3:F", "1 0001:0002:0003:000f");
}

#[test]
fn the_same_of_rarer_types_may_be_written_in_other_ways() {
    reads_as("A6", "125 ff::ff p", "125 ::7 p.example.");
    reads_as("A6", "3 ffff:: p", "3 1fff:: p.example.");
    reads_as("AMTRELAY", "0 1 3 @", "0 1 3 example.");
    reads_as("NSAP", "0X47.0005.80", "0x47000580");
    reads_as("ATMA", "39.24.6F", "39246f");
    reads_as("IPN", "1.2", "4294967298");
    reads_as("DSYNC", "TYPE59 1 1 @", "CDS NOTIFY 1 example.");
    reads_as("DSYNC", "TYPE77 7 1 .", "TYPE77 7 1 .");
    reads_as("WKS", "10.0.0.1 TCP smtp domain", "10.0.0.1 6 25 53");
    reads_as("WKS", "10.0.0.1 udp", "10.0.0.1 17");
    reads_as("DOA", "1 2 3 x A Q==", "1 2 3 \"x\" AQ==");
}

#[test]
fn times_that_no_calendar_has_are_refused() {
    for time in [
        "20240230000000",
        "20230229000000",
        "21000229000000",
        "20240100000000",
        "20240001000000",
        "20241301000000",
        "20240101240000",
        "20240101006000",
        "20240101000060",
        "19691231235959",
        "21060207062816",
        "2024010100000",
        "4294967296",
        "2024-01-01",
    ] {
        let text = format!("A 13 2 1 {time} 1 1 . AAAA");
        let mut out = Vec::new();
        let refused = parse(Rrtype::RRSIG, &text, crate::name::NameRef::ROOT, &mut out);
        assert!(refused.is_err(), "{time}");
    }
}

/// RFC 3597 §5: what a text form cannot say exactly prints in the generic one.
#[test]
fn generic_form_is_the_last_resort() {
    for (rrtype, wire, text) in [
        (Rrtype(65_280), &b"\x01\xab"[..], r"\# 2 01AB"),
        (Rrtype::NULL, b"", r"\# 0"),
        (Rrtype::APL, b"", r"\# 0"),
        (Rrtype::APL, b"\0\x09\x01\x01\x05", r"\# 5 0009010105"),
        (Rrtype::WKS, b"\x7f\0\0\x01\x06\x80\0", r"\# 7 7F000001068000"),
        (
            Rrtype::LOC,
            b"\x01more than sixteen octets",
            r"\# 25 016D6F7265207468616E207369787465656E206F6374657473",
        ),
        (Rrtype::LOC, &location(0xf2, 1 << 31, 1 << 31), r"\# 16 00F21613800000008000000000989680"),
        (Rrtype::LOC, &location(0x1a, 1 << 31, 1 << 31), r"\# 16 001A1613800000008000000000989680"),
        (Rrtype::LOC, &location(0x02, 1 << 31, 1 << 31), r"\# 16 00021613800000008000000000989680"),
        (
            Rrtype::LOC,
            &location(0x12, (1 << 31) + 324_000_001, 1 << 31),
            r"\# 16 00121613934FD9018000000000989680",
        ),
        (
            Rrtype::LOC,
            &location(0x12, 1 << 31, (1 << 31) - 648_000_001),
            r"\# 16 001216138000000059604DFF00989680",
        ),
        (Rrtype::A, b"\x01\x02\x03", r"\# 3 010203"),
        // Bits of the prefix that are set, formats and kinds of gateway that nobody has defined.
        (Rrtype::A6, b"\x7d\x0f\x01p\0", r"\# 5 7D0F017000"),
        (Rrtype::A6, b"\x3d\x09\0\0\0\0\0\0\0\x01\x01p\0", r"\# 13 3D090000000000000001017000"),
        (Rrtype::ATMA, b"\x02\x31", r"\# 2 0231"),
        (Rrtype::ATMA, b"\x01\x3a", r"\# 2 013A"),
        (Rrtype::IPSECKEY, b"\x0a\x04\x02\x01", r"\# 4 0A040201"),
        (Rrtype::AMTRELAY, b"\x0a\x84\x01", r"\# 3 0A8401"),
    ] {
        assert_eq!(present(rrtype, wire).to_string(), text, "{rrtype}");
    }
}

fn location(size: u8, latitude: u32, longitude: u32) -> Vec<u8> {
    let numbers = [latitude, longitude, 10_000_000].into_iter().flat_map(u32::to_be_bytes);
    [0, size, 0x16, 0x13].into_iter().chain(numbers).collect()
}

#[test]
fn types_that_some_servers_do_not_know_print_by_number_for_them() {
    for (rrtype, shown) in [
        (Rrtype::A, "A"),
        (Rrtype::DLV, "DLV"),
        (Rrtype::RESINFO, "TYPE261"),
        (Rrtype::NULL, "TYPE10"),
        (Rrtype(65_280), "TYPE65280"),
    ] {
        assert_eq!(portable_type(rrtype).to_string(), shown);
    }
    let portable = |rrtype, rdata: &[u8]| present_portable(rrtype, rdata).to_string();
    assert_eq!(portable(Rrtype::RESINFO, b"\x01a"), r"\# 2 0161");
    assert_eq!(portable(Rrtype::KEY, b"\xc0\0\x03\x08"), r"\# 4 C0000308", "no word for the key");
    let soa = |refresh: u32| [&[0, 0][..], &[0; 4], &refresh.to_be_bytes(), &[0; 12]].concat();
    assert_eq!(portable(Rrtype::SOA, &soa(0x7fff_ffff)), ". . 0 2147483647 0 0 0");
    assert!(portable(Rrtype::SOA, &soa(0x8000_0000)).starts_with(r"\# 22 "), "NSD");
    let gateway = |name: &[u8]| [b"\x0a\x03\x02", name, b"\x01"].concat();
    assert_eq!(portable(Rrtype::IPSECKEY, &gateway(b"\x01g\0")), "10 3 2 g. AQ==");
    assert_eq!(portable(Rrtype::IPSECKEY, &gateway(b"\x01.\0")), r"\# 7 0A0302012E0001", "NSD");
    let nsec = b"\0\0\x04\x40\0\0\x02\x01\x01\x04";
    assert_eq!(present(Rrtype::NSEC, nsec).to_string(), ". A NXT RESINFO");
    assert_eq!(portable(Rrtype::NSEC, nsec), ". A TYPE30 TYPE261");
}

/// The file that tests of other crates use: every type that has a row is in it.
#[test]
fn samples_have_every_type() {
    let origin = "example.".parse().expect("a name");
    let records = crate::master::read(include_bytes!("../samples.zone"), &origin).expect("samples");
    for row in table::rows() {
        let is_there = records.iter().any(|record| record.rrtype == row.rrtype);
        assert!(is_there, "no sample of {}", row.rrtype);
    }
}

/// The samples are written as we print: each type has its text, not only some that is read back.
#[test]
fn samples_print_as_they_are_written() {
    let origin = "example.".parse().expect("a name");
    let lines = include_str!("../samples.zone").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with([';', '$']));
    let records = crate::master::read(include_bytes!("../samples.zone"), &origin).expect("samples");
    assert_eq!(lines.clone().count(), records.len());
    for (line, record) in lines.zip(records) {
        let (_, after_owner) = line.split_once(' ').expect("an owner");
        let (_, rdata_text) = after_owner.trim().split_once(' ').expect("a type");
        assert_eq!(present(record.rrtype, &record.rdata).to_string(), rdata_text.trim(), "{line}");
    }
}

#[test]
fn rows_ascend_and_each_has_a_mnemonic() {
    let codes: Vec<u16> = table::rows().iter().map(|row| row.rrtype.0).collect();
    assert!(codes.is_sorted_by(|one, next| one < next), "I1 of the table");
    for row in table::rows() {
        assert!(row.rrtype.mnemonic().is_some(), "{}", row.rrtype);
        assert!(std::ptr::eq(table::row(row.rrtype).expect("found by code"), row));
    }
}

/// Each text is refused with this message, and nothing is appended.
fn check_refused(cases: &[(&str, &str, &str)]) {
    for (rrtype, text, message) in cases {
        let rrtype: Rrtype = rrtype.parse().expect("a type");
        let mut out = b"kept".to_vec();
        let error = parse(rrtype, text, crate::name::NameRef::ROOT, &mut out).expect_err(text);
        assert_eq!(error.to_string(), *message);
        assert_eq!(out, b"kept");
    }
}

#[test]
fn wrong_text_says_what_was_expected() {
    check_refused(&[
        ("IPSECKEY", "10 4 2 . AQ==", "line 1: found `4`, expected a gateway type, 0 to 3"),
        ("IPSECKEY", "10 0 2 x AQ==", "line 1: found `x`, expected `.` for no gateway"),
        ("AMTRELAY", "10 2 0 .", "line 1: found `2`, expected a discovery bit, 0 or 1"),
        (
            "AMTRELAY",
            r"\# 2 0A01",
            "line 1: the rdata breaks the rules of AMTRELAY: a relay needs 4 octets, 0 are left",
        ),
        ("A6", "129 :: x", "line 1: found `129`, expected the length of a prefix up to 128"),
        (
            "HIP",
            "2 - AQ==",
            "line 1: found `-`, expected a host identity tag of 1 to 255 octets in hex",
        ),
        ("NSAP", "47", "line 1: found `47`, expected `0x` and hex digits"),
        ("ATMA", "+1x", "line 1: found `+1x`, expected `+` and digits, or hex digits"),
        (
            "ISDN",
            "1 2 3",
            "line 1: the rdata breaks the rules of ISDN: 2 octets are left over after the last field",
        ),
        (
            "UINFO",
            "x",
            "line 1: found `x`, expected `\\#`, a length and hex, the form of types without one of their own",
        ),
        ("A", "192.0.2", "line 1: found `192.0.2`, expected an IPv4 address"),
        ("A", "192.0.2.1 x", "line 1: found `x`, expected the end of the record"),
        ("A", "", "line 1: found the end of the record, expected an IPv4 address"),
        ("MX", "ten mail", "line 1: found `ten`, expected a number up to 65535"),
        ("MX", "+1 mail", "line 1: found `+1`, expected a number up to 65535"),
        ("MX", "(10\n\nmail..example.)", "line 3: found `mail..example.`, expected a domain name"),
        ("TXT", "\"open", "line 1: found the end of the text, expected `\"`"),
        ("TXT", "(open", "line 1: found `(` that is never closed, expected `)`"),
        (
            "TXT",
            r"\256",
            r"line 1: found `\256`, expected `\` before a character or three digits up to 255",
        ),
        (
            "TYPE999",
            "x",
            "line 1: found `x`, expected `\\#`, a length and hex, the form of types without one of their own",
        ),
        (
            "A",
            r"\# 3 C00002",
            "line 1: the rdata breaks the rules of A: an IPv4 address needs 4 octets, 3 are left",
        ),
        (
            "A",
            r"\# 5 C00002",
            "line 1: found 3 octets after a length of 5, expected as many octets as the length says",
        ),
        (
            "A",
            r"\# 4 C000020100",
            "line 1: found 5 octets after a length of 4, expected as many octets as the length says",
        ),
    ]);
}

#[test]
fn wrong_parameters_places_and_signatures_say_what_was_expected() {
    check_refused(&[
        (
            "SVCB",
            "1 . key01=x",
            "line 1: found `key01=x`, expected a service parameter as `port=443`",
        ),
        (
            "SVCB",
            "1 . key7=\"a\"b",
            "line 1: found `key7=\"a\"b`, expected nothing after the closing quote",
        ),
        ("LOC", "1 60 N 1 E 0", "line 1: found `60`, expected a latitude as `52 22 23.000 N`"),
        ("LOC", "91 N 1 E 0", "line 1: found `91`, expected a latitude as `52 22 23.000 N`"),
        ("LOC", "90 0 1 N 1 E 0", "line 1: found `N`, expected a latitude as `52 22 23.000 N`"),
        (
            "LOC",
            "1 N 1 1 1.0001 E 0",
            "line 1: found `1.0001`, expected a longitude as `4 53 32.000 E`",
        ),
        ("LOC", "1 N 1 E -100000.01", "line 1: found `-100000.01`, expected metres as `10.00m`"),
        ("LOC", "1 N 1 E 0 100000000m", "line 1: found `100000000m`, expected metres as `10.00m`"),
        (
            "SVCB",
            "1 . alpn=h2 alpn=h3",
            "line 1: found `alpn=h3`, expected each service parameter once",
        ),
        ("SVCB", "1 . port=65536", "line 1: found `port=65536`, expected a port"),
        (
            "SVCB",
            "1 . alpn",
            "line 1: the rdata breaks the rules of SVCB: service parameter 1 has a malformed value",
        ),
        (
            "RRSIG",
            "ANY 13 2 1 1 1 1 . AAAA",
            "line 1: the rdata breaks the rules of RRSIG: a signature covers ANY, which is not data",
        ),
        (
            "RRSIG",
            "A 13 2 1 20230229000000 1 1 . AAAA",
            "line 1: found `20230229000000`, expected a time as YYYYMMDDHHmmSS",
        ),
    ]);
}
