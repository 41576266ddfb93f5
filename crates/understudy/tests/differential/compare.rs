//! The one place that decides what two answers to a question must have in common.
//!
//! Equal must be: what kind of answer it is, AA, the echoed flags and question, presence and version
//! of EDNS, and each section as a set of rrsets with ttl and rdata.
//!
//! May differ, by these standards, without being listed:
//! - order of records and rrsets, letter case of names (RFC 1034 §3.1, RFC 2181 §5, RFC 4343 §4);
//! - whether an answer is cut, and then all its sections (RFC 2181 §9: a client ignores them). That
//!   ours is not cut needlessly is a law of its own, [`fault_of_cut`];
//! - optional additional data where room is short (RFC 1034 §4.3.2 step 6, RFC 9471 §3);
//! - the payload size that a server offers, and options it adds (RFC 6891 §6.2.3);
//! - to ANY and RRSIG, the other sections (RFC 8482 §4).

use std::collections::BTreeSet;
use std::fmt;

use peers::ask::{Edns, Message};

use crate::name::Name;
use crate::question::Question;
use crate::reply::{Reply, Rrset, RrsetKey, Section};
use crate::rrtype::{self, Rrtype};
use crate::shape::{Place, Shape};

/// What one server sent, as far as it can be read.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    Silence,
    Malformed,
    Reply(Box<Reply>),
}

impl Heard {
    pub(crate) fn of(message: Option<&Vec<u8>>) -> Self {
        match message.map(|message| Message::parse(message)) {
            None => Self::Silence,
            Some(Err(_)) => Self::Malformed,
            Some(Ok(message)) => Self::Reply(Box::new(Reply::new(message))),
        }
    }

    pub(crate) fn is_cut(&self) -> bool {
        matches!(self, Self::Reply(reply) if reply.message.is_truncated)
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence => out.write_str("nothing"),
            Self::Malformed => out.write_str("malformed"),
            Self::Reply(reply) => reply.fmt(out),
        }
    }
}

/// In what our answer differs from theirs, in words that stand for all differences of that kind.
/// Empty if in nothing that matters.
pub(crate) fn differences(question: &Question, ours: &Heard, theirs: &Heard) -> Vec<String> {
    let (ours, theirs) = match (ours, theirs) {
        (Heard::Reply(ours), Heard::Reply(theirs)) => (ours, theirs),
        (Heard::Silence, Heard::Silence) => return Vec::new(),
        (ours, theirs) => {
            let kinds = [ours, theirs].map(|heard| kind_of_heard(heard, question));
            return vec![format!("we: {}; they: {}", kinds[0], kinds[1])];
        }
    };
    let mut found = flaws(question, ours);
    found.extend(of_headers(ours, theirs));
    if ours.message.is_truncated || theirs.message.is_truncated {
        return found;
    }
    let kinds = [ours, theirs].map(|reply| kind(question, reply));
    if kinds[0] != kinds[1] {
        found.push(format!("we: {}; they: {}", kinds[0], kinds[1]));
        return found;
    }
    if ours.message.is_authoritative != theirs.message.is_authoritative {
        let who = if ours.message.is_authoritative { "ours" } else { "theirs" };
        found.push(format!("AA only {who}"));
    }
    found.extend(of_sections(question, ours, theirs));
    found
}

/// What is wrong with an answer of ours that was cut, by the `whole` one over TCP.
///
/// TC says that required data is missing (RFC 2181 §9). The glue of a referral is (RFC 9471 §3.1),
/// that of sibling servers may be (§3.2): what is not authoritative. What is sent is sent whole.
pub(crate) fn fault_of_cut(
    question: &Question,
    shape: &Shape,
    cut: &Reply,
    whole: &Reply,
) -> Option<String> {
    let is_glue = |key: &RrsetKey| {
        matches!(
            shape.place(&key.owner),
            Place::BelowCut
                | Place::SignedCut
                | Place::UnsignedCut
                | Place::Held
                | Place::BelowHeld
        )
    };
    let optional = whole.additional.iter().filter(|(key, _)| !is_glue(key));
    let optional: usize = optional.map(|(_, rrset)| octets(rrset)).sum();
    let sections = |reply: &Reply| -> Section {
        let all = [&reply.answer, &reply.authority, &reply.additional];
        all.into_iter().flatten().map(|(key, rrset)| (key.clone(), rrset.clone())).collect()
    };
    let all = sections(whole);
    if sections(cut).iter().any(|(key, rrset)| all.get(key) != Some(rrset)) {
        return Some("we send a part of an rrset".to_owned());
    }
    let needs = whole.message.len - optional;
    (needs <= question.limit()).then(|| "we cut what fits".to_owned())
}

fn kind_of_heard(heard: &Heard, question: &Question) -> String {
    match heard {
        Heard::Silence => "nothing".to_owned(),
        Heard::Malformed => "malformed".to_owned(),
        Heard::Reply(reply) => kind(question, reply),
    }
}

/// What no answer may be, whatever the peer says.
fn flaws(question: &Question, ours: &Reply) -> Vec<String> {
    let mut flaws = Vec::new();
    if ours.repeats {
        flaws.push("we repeat a record".to_owned());
    }
    if ours.message.question != [question.section()] {
        flaws.push("we change the question".to_owned());
    }
    if ours.message.len > question.limit() {
        flaws.push("we exceed the size".to_owned());
    }
    let sections = [&ours.answer, &ours.authority, &ours.additional];
    if sections.iter().any(|section| section.values().any(|rrset| rrset.ttls.len() > 1)) {
        flaws.push("an rrset of ours has two ttls".to_owned());
    }
    flaws
}

/// What an answer means (RFC 2308 §2), in the words of the committed list.
pub(crate) fn kind(question: &Question, reply: &Reply) -> String {
    let has = |section: &Section, rrtype: Rrtype| section.keys().any(|key| key.rrtype == rrtype);
    let is_final = |key: &RrsetKey| {
        key.rrtype == question.qtype
            || question.qtype == rrtype::ANY && !matches!(key.rrtype, rrtype::RRSIG)
    };
    let is_alias = question.qtype != rrtype::CNAME
        && question.qtype != rrtype::ANY
        && (has(&reply.answer, rrtype::CNAME)
            || has(&reply.answer, rrtype::DNAME) && question.qtype != rrtype::DNAME);
    let is_referral = has(&reply.authority, rrtype::NS) && !has(&reply.authority, rrtype::SOA);
    let end = match reply.message.rcode {
        0 if reply.answer.keys().any(is_final) => "answer",
        0 if is_referral && (is_alias || !reply.message.is_authoritative) => "referral",
        0 if has(&reply.authority, rrtype::SOA) => "NODATA",
        0 if reply.answer.is_empty() => "empty",
        0 => "nothing more",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        6 => "YXDOMAIN",
        9 => "NOTAUTH",
        16 => "BADVERS",
        _ => "another rcode",
    };
    let alias = if is_alias { "alias, " } else { "" };
    format!("{alias}{end}")
}

fn of_headers(ours: &Reply, theirs: &Reply) -> Vec<String> {
    let mut found = Vec::new();
    if flags(ours) != flags(theirs) {
        found.push("flags".to_owned());
    }
    let [our_opt, their_opt] = [ours, theirs].map(|reply| reply.message.edns.as_ref());
    if our_opt.is_some() != their_opt.is_some() {
        let who = if our_opt.is_some() { "ours" } else { "theirs" };
        found.push(format!("OPT only {who}"));
    }
    let what = |opt: &Edns| (opt.version, opt.do_bit, opt.z);
    if our_opt.zip(their_opt).is_some_and(|(our, their)| what(our) != what(their)) {
        found.push("OPT".to_owned());
    }
    found
}

/// What a server echoes or claims besides AA and TC.
fn flags(reply: &Reply) -> [bool; 6] {
    let Message { is_response, recursion_desired, recursion_available, z, .. } = reply.message;
    let Message { authentic_data, checking_disabled, .. } = reply.message;
    [is_response, recursion_desired, recursion_available, z, authentic_data, checking_disabled]
}

fn of_sections(question: &Question, ours: &Reply, theirs: &Reply) -> Vec<String> {
    if matches!(question.qtype, rrtype::ANY | rrtype::RRSIG) && !ours.answer.is_empty() {
        return of_any(&ours.answer, &theirs.answer).into_iter().collect();
    }
    let mut found = Vec::new();
    for (name, ours, theirs) in [
        ("answer", &ours.answer, &theirs.answer),
        ("authority", &ours.authority, &theirs.authority),
    ] {
        found.extend(of_section(name, ours, theirs));
    }
    let split = |reply: &Reply| -> (Section, Section) {
        reply.additional.clone().into_iter().partition(|(key, _)| is_glue(reply, key))
    };
    let ((our_glue, our_rest), (their_glue, their_rest)) = (split(ours), split(theirs));
    found.extend(of_section("glue", &our_glue, &their_glue));
    // Where room is short each server leaves out something else.
    let is_roomy = |reply: &Reply| 2 * reply.message.len < question.limit();
    if our_rest != their_rest && is_roomy(ours) && is_roomy(theirs) {
        found.push("additional: other optional data".to_owned());
    }
    found
}

/// What is asked by ANY or RRSIG is answered with all, one or some rrsets (RFC 8482 §4), and with
/// what belongs to those in the other sections.
fn of_any(ours: &Section, theirs: &Section) -> Option<String> {
    let is_in = |one: &Section, other: &Section| {
        one.iter().all(|(key, rrset)| other.get(key) == Some(rrset))
    };
    let what = match (is_in(ours, theirs), is_in(theirs, ours)) {
        (true, true) => return None,
        (true, false) => "they have more rrsets",
        (false, true) => "we have more rrsets",
        (false, false) => "other rrsets",
    };
    Some(format!("answer: {what}"))
}

/// Whether it is an address that a referral cannot do without: of a server at or below the cut.
fn is_glue(reply: &Reply, key: &RrsetKey) -> bool {
    let is_negative = reply.authority.keys().any(|key| key.rrtype == rrtype::SOA);
    let mut cuts = reply.authority.keys().filter(|cut| cut.rrtype == rrtype::NS);
    !is_negative && cuts.any(|cut| key.owner.is_at_or_below(&cut.owner))
}

/// What an rrset takes in a message at least: a compressed owner is two octets, the fixed fields ten.
fn octets(rrset: &Rrset) -> usize {
    rrset.rdatas.iter().map(|rdata| 12 + rdata.len()).sum()
}

fn of_section(name: &str, ours: &Section, theirs: &Section) -> Option<String> {
    let ours_only = lacking(ours, theirs);
    let theirs_only = lacking(theirs, ours);
    let both = ours.iter().filter_map(|(key, our)| Some((key, our, theirs.get(key)?)));
    let changed: BTreeSet<String> = both
        .filter(|(_, ours, theirs)| ours != theirs)
        .map(|(key, ours, theirs)| {
            let what = if ours.rdatas == theirs.rdatas { "ttl" } else { "content" };
            format!("{what} of {}", key.rrtype)
        })
        .collect();
    let mut parts = Vec::new();
    if !ours_only.is_empty() {
        parts.push(format!("we add {}", ours_only.join(" ")));
    }
    if !theirs_only.is_empty() {
        parts.push(format!("they add {}", theirs_only.join(" ")));
    }
    parts.extend(changed);
    (!parts.is_empty()).then(|| format!("{name}: {}", parts.join(", ")))
}

/// Types of rrsets that only the first has; a signature is not named beside what it signs.
fn lacking(one: &Section, other: &Section) -> Vec<String> {
    let only: BTreeSet<(&Name, Rrtype, Option<Rrtype>)> = one
        .keys()
        .filter(|key| !other.contains_key(key))
        .map(|key| (&key.owner, key.rrtype, key.covered))
        .collect();
    let goes_without_saying = |(owner, _, covered): &(&Name, Rrtype, Option<Rrtype>)| {
        covered.is_some_and(|covered| only.contains(&(*owner, covered, None)))
    };
    let named = only.iter().filter(|key| !goes_without_saying(key));
    let words: BTreeSet<String> = named.map(|(_, rrtype, _)| word(*rrtype)).collect();
    words.into_iter().collect()
}

/// Addresses come and go together.
fn word(rrtype: Rrtype) -> String {
    match rrtype {
        rrtype::A | rrtype::AAAA => "addresses".to_owned(),
        _ => rrtype.to_string(),
    }
}
