//! What is asked about a zone: every owner and type, and the names around them.

use std::collections::BTreeSet;

use peers::ask::{self, Query, Transport};

use crate::name::Name;
use crate::rrtype::{self, Rrtype};
use crate::shape::{Place, Shape};

/// One question, as it goes to every server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    pub(crate) qname: Name,
    pub(crate) qtype: Rrtype,
    pub(crate) spelling: Spelling,
    pub(crate) transport: Transport,
    pub(crate) edns: Option<Edns>,
}

/// The letters of the qname on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spelling {
    Lower,
    /// Every second letter is upper case.
    Mixed,
}

/// The OPT of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edns {
    pub(crate) payload: u16,
    pub(crate) wants_dnssec: bool,
}

/// Types that are asked for at every owner, whether some name has them or not: those with rules of
/// their own, some ordinary ones, obsolete query types, one that nobody knows.
const ASKED: [Rrtype; 22] = [
    rrtype::A,
    rrtype::NS,
    rrtype::CNAME,
    rrtype::SOA,
    rrtype::MX,
    rrtype::TXT,
    rrtype::AAAA,
    rrtype::DNAME,
    rrtype::DS,
    rrtype::RRSIG,
    rrtype::NSEC,
    rrtype::DNSKEY,
    rrtype::NSEC3,
    rrtype::NSEC3PARAM,
    rrtype::CDS,
    rrtype::KEY,
    rrtype::NXT,
    rrtype::MAILB,
    rrtype::ANY,
    Rrtype(0),
    Rrtype(65_280),
    Rrtype(65_535),
];

/// Types that are asked for at names around the owners.
const ASKED_AROUND: [Rrtype; 7] =
    [rrtype::A, rrtype::NS, rrtype::CNAME, rrtype::SOA, rrtype::DS, rrtype::NSEC, rrtype::ANY];

/// All that is asked about a zone, in a fixed order.
pub(crate) fn all(shape: &Shape, is_signed: bool) -> Vec<Question> {
    let owners: BTreeSet<&Name> = shape.names().collect();
    let mut types: BTreeSet<Rrtype> = shape.types();
    types.extend(ASKED);
    let mut around = BTreeSet::new();
    owners.iter().for_each(|owner| around.extend(names_around(owner)));
    around.extend(absurd_names(shape.apex()));
    for hash in shape.hashes() {
        around.extend([Some(hash.clone()), hash.child(b"child")].into_iter().flatten());
    }
    let mut pairs = Vec::new();
    for name in owners.iter().copied().chain(around.iter().filter(|name| !owners.contains(name))) {
        let types = match shape.place(name) {
            Place::Outside | Place::BelowHeld => continue,
            // Below a cut every type is answered the same.
            place if place != Place::BelowCut && owners.contains(name) => Vec::from_iter(&types),
            _ => ASKED_AROUND.iter().collect(),
        };
        pairs.extend(types.into_iter().map(|&rrtype| (name.clone(), rrtype)));
    }
    let forms = Forms { is_signed };
    pairs.into_iter().enumerate().flat_map(|(number, pair)| forms.of(number, pair)).collect()
}

/// Siblings right before and behind, children, deep children, what a wildcard beside it covers.
fn names_around(owner: &Name) -> Vec<Name> {
    let first = owner.first_label().unwrap_or_default();
    let mut behind = first.to_vec();
    behind.push(0);
    let mut before = first.to_vec();
    if let Some(last) = before.last_mut() {
        *last = last.saturating_sub(1);
    }
    let deep =
        owner.child(b"c").and_then(|name| name.child(b"b")).and_then(|name| name.child(b"a"));
    [
        owner.sibling(&behind),
        owner.sibling(&before),
        owner.sibling(b"made-up"),
        owner.child(b"child"),
        owner.child(b"*"),
        owner.child(b"*").and_then(|name| name.child(b"x")),
        deep,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Labels and names as long as they may be, octets that no host name has.
fn absurd_names(apex: &Name) -> Vec<Name> {
    let mut names = vec![apex.child(&[b'x'; 63]), apex.child(&[0]), apex.child(&[255; 63])];
    names.push(apex.child(b"a.b"));
    let mut longest = apex.clone();
    while let Some(longer) = longest.child(b"y") {
        longest = longer;
    }
    // The last label takes what two-octet steps left over: 255 octets exactly.
    names.push(longest.sibling(b"yy").or(Some(longest)));
    names.into_iter().flatten().collect()
}

/// In which forms a question is asked: most in one or two, each form often.
struct Forms {
    is_signed: bool,
}

impl Forms {
    fn of(&self, number: usize, (qname, qtype): (Name, Rrtype)) -> Vec<Question> {
        let edns = |payload, wants_dnssec| Some(Edns { payload, wants_dnssec });
        let question = |transport, edns| Question {
            qname: qname.clone(),
            qtype,
            spelling: Spelling::Lower,
            transport,
            edns,
        };
        let mut forms = vec![question(Transport::Udp, edns(1_232, self.is_signed))];
        if number % 5 == 3 {
            // In large answers only: a name that is spelled otherwise than in the question may be
            // compressed or not, so the size of the answer differs.
            forms[0].spelling = Spelling::Mixed;
        }
        let also = match number % 12 {
            0 | 6 => question(Transport::Udp, None),
            1 => question(Transport::Udp, edns(1_232, !self.is_signed)),
            2 => question(Transport::Udp, edns(512, true)),
            3 => question(Transport::Udp, edns(600, true)),
            4 => question(Transport::Tcp, edns(1_232, true)),
            5 => question(Transport::Tcp, None),
            7 => question(Transport::Udp, edns(0, self.is_signed)),
            _ => return forms,
        };
        forms.push(also);
        forms
    }
}

impl Question {
    /// The message, a query with nothing special but what the question says.
    pub(crate) fn message(&self, id: u16) -> Vec<u8> {
        let edns = self.edns.map(|edns| ask::Edns::new(edns.payload, edns.wants_dnssec));
        Query { id, edns, ..Query::new(self.spelled(), self.qtype.0) }.octets()
    }

    /// What every answer repeats.
    pub(crate) fn section(&self) -> ask::Question {
        ask::Question { qname: self.spelled(), qtype: self.qtype.0, qclass: 1 }
    }

    fn spelled(&self) -> ask::Name {
        let lower = self.qname.spelled();
        match self.spelling {
            Spelling::Lower => lower,
            Spelling::Mixed => {
                let mut labels: Vec<Vec<u8>> = lower.labels().map(<[u8]>::to_vec).collect();
                let letters = labels.iter_mut().flatten();
                letters.step_by(2).for_each(u8::make_ascii_uppercase);
                ask::Name::from_labels(labels.iter().map(Vec::as_slice))
            }
        }
    }

    /// The same over TCP.
    pub(crate) fn by_tcp(&self) -> Self {
        Self { transport: Transport::Tcp, ..self.clone() }
    }

    /// Octets that an answer may have.
    pub(crate) fn limit(&self) -> usize {
        match (self.transport, self.edns) {
            (Transport::Tcp, _) => 65_535,
            (Transport::Udp, None) => 512,
            // RFC 6891 §6.2.5: less than 512 means 512.
            (Transport::Udp, Some(edns)) => usize::from(edns.payload.max(512)),
        }
    }

    /// What is asked for and what stands there, in the words of the committed list. Below a cut, and
    /// at one but for DS, the type makes no difference.
    pub(crate) fn class(&self, place: Place) -> String {
        let qtype = match self.qtype {
            rrtype::ANY
            | rrtype::RRSIG
            | rrtype::NSEC
            | rrtype::NSEC3
            | rrtype::DS
            | rrtype::CNAME
            | rrtype::DNAME
            | rrtype::KEY
            | rrtype::NXT
            | rrtype::NS
            | rrtype::SOA => self.qtype.to_string(),
            rrtype::MAILB | rrtype::MAILA | rrtype::OPT | Rrtype(0 | 65_535) => "meta".to_owned(),
            _ => "type".to_owned(),
        };
        // Of what some servers sort wrongly.
        let is_there = !matches!(place, Place::Absent | Place::Wildcard | Place::WildcardEmpty);
        let nul = if self.qname.has_nul() && !is_there { " with NUL" } else { "" };
        match place {
            _ if qtype == "meta" => qtype,
            Place::BelowCut => "below cut".to_owned(),
            Place::SignedCut | Place::UnsignedCut if self.qtype != rrtype::DS => "cut".to_owned(),
            _ => format!("{qtype} at {place}{nul}"),
        }
    }

    /// As `dig` would be told to ask it.
    pub(crate) fn dig(&self) -> String {
        let transport = if self.transport == Transport::Tcp { " +tcp" } else { "" };
        let edns = match self.edns {
            None => " +noedns".to_owned(),
            Some(Edns { payload, wants_dnssec }) => {
                format!(" +bufsize={payload}{}", if wants_dnssec { " +dnssec" } else { "" })
            }
        };
        format!("{} {}{edns}{transport}", self.spelled(), self.qtype)
    }
}
