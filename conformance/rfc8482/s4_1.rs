//! §4.1: of a name that exists at least one rrset is answered, whole, with its signature for those who
//! say DO. Names that do not exist, aliases and cuts are as for other types.

use crate::judge::{Section, ensure, line};
use peers::ask::{Query, Transport};
use std::collections::BTreeSet;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("any type gives at least one rrset, whole", |server| {
        let answer = server.answer(&Query::new("web.example.", 255).octets(), Transport::Tcp)?;
        ensure(answer.rcode == 0 && answer.is_authoritative, || format!("{answer:?}"))?;
        let types: BTreeSet<u16> = answer.answer.iter().map(|record| record.rrtype).collect();
        ensure(!types.is_empty(), || "nothing".to_owned())?;
        let addresses = answer.answers_of(1).count();
        ensure(!types.contains(&1) || addresses == 2, || format!("{addresses} addresses of 2"))
    });
    section.claim(
        "a name that is not there is a name error for any type",
        "absent.example. ANY",
        "NXDOMAIN aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "a name without records is NODATA for any type",
        "ent.example. ANY",
        "NOERROR aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "an alias is answered for any type, and not followed",
        "www.example. ANY",
        "NOERROR aa
         answer www.example. 3600 CNAME web.example.",
    );
    section.claim(
        "a cut is a referral for any type",
        "other.example. ANY",
        "NOERROR
         authority other.example. 3600 NS ns.other.example.
         additional ns.other.example. 3600 A 192.0.2.7",
    );
    section.holds("a wildcard answers for any type", |server| {
        let answer = server.answer(&Query::new("a.wild.example.", 255).octets(), Transport::Tcp)?;
        let owner = peers::ask::Name::new("a.wild.example.");
        let is_so = !answer.answer.is_empty() && answer.answer.iter().all(|r| r.owner == owner);
        ensure(is_so, || format!("{answer:?}"))
    });
    section.holds("with DO each rrset of any type has its signature", |server| {
        let octets = Query::new("host.signed.test.", 255).with_dnssec().octets();
        let answer = server.answer(&octets, Transport::Tcp)?;
        let covered = answer.answers_of(46).filter_map(|r| r.rdata.first_chunk().copied());
        let covered: BTreeSet<u16> = covered.map(u16::from_be_bytes).collect();
        let types: BTreeSet<u16> = answer.answer.iter().map(|record| record.rrtype).collect();
        let is_so = !types.is_empty() && types.iter().all(|t| *t == 46 || covered.contains(t));
        ensure(is_so, || format!("{:?}", answer.answer.iter().map(line).collect::<Vec<_>>()))
    });
}
