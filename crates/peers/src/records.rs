//! What zones contain, and whether two servers hold the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::SocketAddr;

use crate::ask::{self, Name, Query, Record, Transport};

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

/// The zone without the types that came after 2018, which YADIFA does not read.
#[must_use]
pub fn old_zone(serial: u32) -> String {
    let is_old = |line: &&str| !line.contains(" HTTPS ") && !line.contains(" CAA ");
    zone(serial).lines().filter(is_old).flat_map(|line| [line, "\n"]).collect()
}

/// Fails unless every rrset of the primary's zone is answered the same by the secondary, with
/// authority, and a name in neither is denied. Not asked for are signatures and proofs of absence
/// ([`assert_signatures_of`]).
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
    let asked = |rrtype: u16| ![ask::RRSIG, ask::NSEC, ask::NSEC3].contains(&rrtype);
    for ((owner, rrtype), expected) in rrsets.iter().filter(|((_, rrtype), _)| asked(*rrtype)) {
        let answer = ask::ask(secondary, owner, *rrtype).expect("an answer");
        let is_above = |cut: &&String| *rrtype == ask::DS && owner == *cut;
        let cut = cuts.iter().find(|cut| owner.ends_with(cut.as_str()) && !is_above(cut));
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

/// Fails unless each signature among a zone's records comes with what it covers to whom sets DO.
/// Those of NSEC and NSEC3 come with denials and are not asked for.
#[track_caller]
pub fn assert_signatures_of(records: &[Record], secondary: SocketAddr) {
    let mut signatures: BTreeMap<(Name, u16), BTreeSet<&[u8]>> = BTreeMap::new();
    for record in records.iter().filter(|record| record.rrtype == ask::RRSIG) {
        let covered = u16::from_be_bytes([record.rdata[0], record.rdata[1]]);
        if ![ask::NSEC, ask::NSEC3].contains(&covered) {
            signatures.entry((record.owner.clone(), covered)).or_default().insert(&record.rdata);
        }
    }
    for ((owner, rrtype), expected) in signatures {
        let query = Query::new(owner.clone(), rrtype).with_dnssec();
        let answer = ask::exchange(secondary, &query, Transport::Tcp).expect("an answer");
        let found = answer.answers_of(ask::RRSIG).map(|record| record.rdata.as_slice()).collect();
        assert_eq!(expected, found, "signatures of {owner} type {rrtype}");
    }
}
