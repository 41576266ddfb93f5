//! What zones contain, and whether two servers hold the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::SocketAddr;

use crate::ask::{self, Record};

/// The apex of the zones below.
pub const APEX: &str = "example.";

/// A zone of the ordinary kind at a serial, with a TXT record that says the serial.
pub fn zone(serial: u32) -> String {
    zone_with(serial, "7200 900 1209600")
}

/// The same with SOA timers: refresh, retry, expire.
pub fn zone_with(serial: u32, timers: &str) -> String {
    let mut text = format!(
        "$ORIGIN {APEX}\n$TTL 300\n\
         @ IN SOA ns1 hostmaster {serial} {timers} 60\n\
         @ NS ns1\n@ NS ns2\nns1 A 192.0.2.1\nns2 A 192.0.2.2\nns1 AAAA 2001:db8::1\n\
         @ MX 10 mail\nmail A 192.0.2.3\nwww CNAME web\nweb A 192.0.2.4\nweb A 192.0.2.5\n\
         serial TXT \"{serial}\"\n*.wild TXT \"any\"\n_sip._tcp SRV 0 5 5060 mail\n\
         opaque TYPE65280 \\# 4 01020304\nMixedCase TXT \"Case\"\n\
         tls._dane TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n\
         svc HTTPS 1 . alpn=h2\ncaa CAA 0 issue \"ca.example.net\"\n\
         empty.non.terminal TXT \"below\"\nsub NS ns.sub\nns.sub A 192.0.2.6\n"
    );
    for number in 0..200 {
        let _infallible = writeln!(text, "host{number} A 198.51.100.{}", number % 250 + 1);
    }
    text
}

/// The zone with its newer types in the form for unknown ones (RFC 3597 §5), which every server can
/// read.
#[must_use]
pub fn plain_zone(serial: u32) -> String {
    zone(serial).replace("HTTPS 1 . alpn=h2", "TYPE65 \\# 10 00010000010003026832").replace(
        "CAA 0 issue \"ca.example.net\"",
        "TYPE257 \\# 21 0005697373756563612e6578616d706c652e6e6574",
    )
}

/// Fails unless every rrset of the primary's zone is answered the same by the secondary, with
/// authority, and a name in neither is denied.
#[track_caller]
pub fn assert_same_content(primary: SocketAddr, secondary: SocketAddr, apex: &str) {
    let records = ask::axfr(primary, apex).expect("an AXFR from the primary");
    let mut rrsets: BTreeMap<(String, u16), BTreeSet<Vec<u8>>> = BTreeMap::new();
    for Record { owner, rrtype, rdata, .. } in records {
        rrsets.entry((owner.folded().to_string(), rrtype)).or_default().insert(rdata);
    }
    let cuts: Vec<String> = rrsets
        .keys()
        .filter(|(owner, rrtype)| *rrtype == ask::NS && owner != apex)
        .map(|(owner, _)| owner.clone())
        .collect();
    for ((owner, rrtype), expected) in &rrsets {
        let answer = ask::ask(secondary, owner, *rrtype).expect("an answer");
        let cut = cuts.iter().find(|cut| owner.ends_with(cut.as_str()));
        let found: BTreeSet<Vec<u8>> = match cut {
            None => answer.answer.iter().map(|record| record.rdata.clone()).collect(),
            Some(cut) => {
                let delegation = &rrsets[&(cut.clone(), ask::NS)];
                let found = answer.authority.iter().map(|record| record.rdata.clone()).collect();
                assert_eq!(delegation, &found, "referral for {owner} type {rrtype}");
                continue;
            }
        };
        assert!(answer.is_authoritative, "{owner} type {rrtype} without authority");
        assert_eq!(expected, &found, "{owner} type {rrtype}");
    }
    let absent = ask::ask(secondary, &format!("absent-from-all.{apex}"), ask::A).expect("answer");
    assert_eq!(absent.rcode, ask::NXDOMAIN);
}
