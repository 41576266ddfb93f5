//! §4.3 and RFC 4035 §3.1.1: with DO, what any type gives has its signature.

use crate::judge::{Section, ensure, line};
use peers::ask::{Query, Transport};
use std::collections::BTreeSet;

pub(crate) fn claims(section: &mut Section<'_>) {
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
