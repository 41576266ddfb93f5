//! What must hold for the answer to any octets, whatever zones are served.

use super::parsed::{Parsed, Told};
use super::proof::{Claim, Proof};
use super::truth::{Truth, Zone};
use core::net::{IpAddr, Ipv4Addr};
use proto::admit::Admission;
use proto::answer::{
    Arrival, Identity, Kind, LINKS_MAX, Outcome, Rules, Transport, Truncation, respond,
};
use proto::time::UnixSeconds;
use proto::tsig::Keyring;
use wire::codes::{Class, Rcode, Rrtype};
use wire::edns::DoBit;
use wire::message::{Flags, HEADER_OCTETS, Message, Section};
use wire::name::{Name, NameRef};
use wire::query::Query;
use wire::record::Record;
use zone::{Table, ViewId};

/// A message, and how it is answered.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The message.
    pub octets: &'a [u8],
    /// How it came.
    pub transport: Transport,
    /// Largest datagram the server sends.
    pub udp_size_max: u16,
    /// Octets of the buffer for the answer.
    pub room: usize,
}

/// Asks and checks.
///
/// # Panics
/// When something about the answer is not as it must be.
pub fn judge(table: &Table, truth: &Truth, asking: &Asking<'_>) {
    let (outcome, reply) = ask(table, asking, 0xa5);
    assert_eq!(ask(table, asking, 0x5a), (outcome, reply.clone()), "the same again");
    let Ok(query) = Query::parse(asking.octets) else {
        assert!(reply.len() <= asking.octets.len().min(asking.room), "errors are short");
        return;
    };
    if query.tsig_at.is_some() {
        // There are no keys here, so nothing but a refusal can follow, and it repeats no more than came.
        let kinds = [Kind::NotAuth, Kind::Formerr, Kind::Dropped];
        assert!(kinds.contains(&outcome.kind), "{:?}", outcome.kind);
        assert!(reply.len() <= asking.octets.len().min(asking.room), "refusals are short");
        return;
    }
    assert!(reply.len() <= limit(&query, asking), "{} octets", reply.len());
    if reply.is_empty() {
        let least = HEADER_OCTETS + query.question_len() + 11;
        assert!(asking.room < least, "silence, but {} octets of room", asking.room);
        return;
    }
    let reply = Reply::read(&query, outcome, &reply);
    let whole = Asking { transport: Transport::Tcp, room: 65_535, ..*asking };
    let (whole_outcome, octets) = ask(table, &whole, 0xa5);
    let whole = Reply::read(&query, whole_outcome, &octets);
    assert_eq!(whole.outcome.truncation, Truncation::Whole, "these zones fit a stream");
    reply.is_part_of(&whole);
    if whole.outcome.rcode == Rcode::REFUSED || query.qclass != Class::IN {
        return;
    }
    whole.is_true(truth);
    whole.is_complete(truth);
}

fn ask(table: &Table, asking: &Asking<'_>, garbage: u8) -> (Outcome, Vec<u8>) {
    let mut out = vec![garbage; asking.room];
    let admission = Admission::default();
    let (keys, identity) = (Keyring::default(), Identity::default());
    let rules = Rules {
        view: ViewId::DEFAULT,
        admission: &admission,
        udp_size_max: asking.udp_size_max,
        keys: &keys,
        identity: &identity,
    };
    let source = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (octets, transport, now) = (asking.octets, asking.transport, UnixSeconds(0));
    let arrival = Arrival { octets, transport, source, now };
    let outcome = respond(table, &rules, &arrival, &mut out);
    out.truncate(outcome.len);
    (outcome, out)
}

/// Octets the reader takes (RFC 1035 §4.2.1, RFC 6891 §6.2.3), and the caller has room for.
fn limit(query: &Query<'_>, asking: &Asking<'_>) -> usize {
    let theirs = query.edns.map_or(512, |edns| edns.udp_size.max(512));
    let limit = match asking.transport {
        Transport::Udp => theirs.min(asking.udp_size_max.max(512)),
        Transport::Tcp => u16::MAX,
    };
    usize::from(limit).min(asking.room)
}

/// A whole answer to a well-formed query.
struct Reply<'q> {
    query: &'q Query<'q>,
    outcome: Outcome,
    parsed: Parsed,
}

impl<'q> Reply<'q> {
    /// Takes the answer apart; checks all that its octets alone can show.
    fn read(query: &'q Query<'q>, outcome: Outcome, octets: &[u8]) -> Self {
        let parsed = Parsed::read(octets).expect("an answer can be read to its end");
        let flags = parsed.header.flags;
        assert_eq!(parsed.header.id, query.id);
        assert!(flags.is_response() && !query.flags.is_response(), "answers are not answered");
        assert_eq!(flags.opcode(), query.flags.opcode());
        assert_eq!(flags.rd(), query.flags.rd());
        assert!(!flags.has(Flags::RA) && !flags.has(Flags::AD) && !flags.has(Flags(0x40)));
        assert_eq!(flags.tc(), outcome.truncation == Truncation::Truncated);
        let [question] = &parsed.questions[..] else { panic!("one question") };
        assert_eq!(question.qname.as_wire(), query.qname.as_wire(), "case and all");
        assert_eq!((question.qtype, question.qclass), (query.qtype, query.qclass));
        let edns = Message::parse(octets).and_then(|message| message.edns());
        let edns = edns.expect("a good OPT or none");
        assert_eq!(edns.is_some(), query.edns.is_some(), "RFC 6891 §7: OPT answers OPT");
        let rcode = edns.map_or(flags.rcode(), |edns| edns.rcode(flags.rcode()));
        assert_eq!(rcode, outcome.rcode);
        for (place, told) in parsed.records.iter().enumerate() {
            assert!(!parsed.records[..place].contains(told), "{told:?} twice");
        }
        Self { query, outcome, parsed }
    }

    /// The records of the zone: all but what belongs to the message.
    fn records(&self) -> impl Iterator<Item = &Told> {
        self.parsed.records.iter().filter(|told| told.rrtype != Rrtype::OPT)
    }

    fn section(&self, section: Section) -> Vec<&Told> {
        self.records().filter(|told| told.section == section).collect()
    }

    /// What a small answer says is what a large one says; whole rrsets; TC if something is missing
    /// that cannot be asked for.
    fn is_part_of(&self, whole: &Self) {
        assert_eq!(self.parsed.header.flags.aa(), whole.parsed.header.flags.aa());
        for told in self.records() {
            assert!(whole.parsed.records.contains(told), "{told:?} is not in the whole answer");
            let same = |other: &&Told| {
                (other.section, other.kind(), &other.owner)
                    == (told.section, told.kind(), &told.owner)
            };
            let counts =
                (self.records().filter(same).count(), whole.records().filter(same).count());
            assert_eq!(counts.0, counts.1, "an rrset is whole: {told:?}");
        }
        if self.outcome.truncation == Truncation::Whole {
            assert_eq!(self.outcome.rcode, whole.outcome.rcode);
            for section in [Section::Answer, Section::Authority] {
                assert_eq!(self.section(section), whole.section(section));
            }
        }
    }

    /// Every record is one of a zone, or what the standards make of one.
    fn is_true(&self, truth: &Truth) {
        for told in self.records() {
            assert_eq!(told.class, Class::IN);
            let sources = truth.sources(told.owner.as_ref(), told.rrtype, &told.rdata);
            assert!(!sources.is_empty(), "{told:?} is in no zone");
            // RFC 4034 §3: the ttl of a signature is that of what it covers.
            let ends =
                told.rrtype == Rrtype::RRSIG || sources.iter().any(|source| told.ttl <= source.ttl);
            assert!(ends, "{told:?} lives on");
        }
        if self.query.edns.is_none_or(|edns| edns.do_bit() == DoBit::Clear) {
            let of_dnssec = [Rrtype::RRSIG, Rrtype::NSEC, Rrtype::NSEC3];
            let is_asked = |told: &Told| {
                told.section == Section::Answer
                    && [told.rrtype, Rrtype::ANY].contains(&self.query.qtype)
            };
            let stray =
                self.records().find(|told| of_dnssec.contains(&told.rrtype) && !is_asked(told));
            assert!(stray.is_none(), "RFC 3225 §3: {stray:?}");
        }
    }

    /// The answer says what the zone has, and nothing else of it would have been better.
    fn is_complete(&self, truth: &Truth) {
        let Some(zone) = self.zone(truth) else {
            assert_eq!(self.records().count(), 0, "nothing to tell");
            return;
        };
        let end = self.end_of_chain();
        let in_answer = self.section(Section::Answer);
        self.is_proven(zone, end.as_ref());
        // A DNAME may have led back to its own owner.
        let has_end = in_answer
            .iter()
            .any(|told| told.owner == end && told.kind().1.unwrap_or(told.rrtype) != Rrtype::DNAME);
        match self.outcome.kind {
            Kind::NxDomain => {
                assert!(self.parsed.header.flags.aa() && !has_end);
                assert_eq!(self.outcome.rcode, Rcode::NXDOMAIN);
                assert!(!zone.exists(end.as_ref()), "{end} exists");
                assert_eq!(zone.occluder(end.as_ref()).map(|(above, _)| above), None, "{end}");
                assert_eq!(zone.holder(end.as_ref()), None, "{end} expands");
                self.has_soa_of(zone);
            }
            Kind::NoData => {
                assert!(self.parsed.header.flags.aa() && !has_end);
                assert_eq!(self.outcome.rcode, Rcode::NOERROR);
                let holder = zone.holder(end.as_ref()).expect("a name that exists, or expands");
                assert!(!zone.has(holder.as_ref(), self.query.qtype), "{holder} has it");
                self.has_soa_of(zone);
            }
            Kind::Referral => {
                assert_eq!(self.outcome.rcode, Rcode::NOERROR);
                self.delegates(zone, end.as_ref());
            }
            Kind::Answer => {
                assert!(self.parsed.header.flags.aa() && !in_answer.is_empty());
                self.is_signed_where_the_zone_is(zone);
                self.answers_for(zone, end.as_ref());
            }
            Kind::Refused | Kind::Servfail | Kind::Formerr | Kind::NotImp => {
                assert_eq!(self.records().count(), 0, "errors carry no records");
            }
            Kind::Badvers | Kind::NotAuth | Kind::Dropped => {
                panic!("a well-formed query is answered")
            }
        }
    }

    /// All servers of the cut, and the glue without which they are not found (RFC 9471 §3.1).
    fn delegates(&self, zone: &Zone, end: NameRef<'_>) {
        let Some((cut, Rrtype::NS)) = zone.occluder(end) else { panic!("{end} is not delegated") };
        let has = |section, owner: NameRef<'_>, record: &Record| {
            let same = |told: &Told| told.owner.as_ref() == owner && told.rdata == *record.rdata;
            let mut told = self.section(section).into_iter();
            told.any(|told| told.rrtype == record.rrtype && same(told))
        };
        for server in zone.rrset(cut, Rrtype::NS) {
            assert!(has(Section::Authority, cut, server), "{server:?} is left out");
            let target = NameRef::from_wire(&server.rdata).expect("a name");
            let of_type = |rrtype| zone.rrset(target, rrtype);
            let glue = of_type(Rrtype::A).chain(of_type(Rrtype::AAAA));
            for glue in glue.filter(|_| target.is_at_or_under(cut)) {
                assert!(has(Section::Additional, target, glue), "{glue:?} is left out");
            }
        }
    }

    /// Where the chain ends, all that was asked for is told; it ends early in a circle, outside
    /// the zone, or where it has become too long.
    fn answers_for(&self, zone: &Zone, end: NameRef<'_>) {
        let answer = self.section(Section::Answer);
        let links = answer.iter().filter(|told| told.rrtype == Rrtype::CNAME).count();
        let is_early = !end.is_at_or_under(zone.apex.as_ref())
            || links >= LINKS_MAX
            || self.outcome.rcode == Rcode::YXDOMAIN
            || [Rrtype::CNAME, Rrtype::RRSIG, Rrtype::ANY].contains(&self.query.qtype);
        if is_early {
            return;
        }
        let qtype = self.query.qtype;
        let holder = match zone.occluder(end) {
            Some((_, Rrtype::DNAME)) => return,
            Some((cut, _)) => {
                assert!(cut == end && [Rrtype::DS, Rrtype::NSEC].contains(&qtype), "{end} is cut");
                end.to_name()
            }
            None => zone.holder(end).expect("a name that exists, or expands"),
        };
        // NSEC3 stand aside of names (ADR 5): an alias of that very name is followed instead.
        if qtype == Rrtype::NSEC3 && zone.has(holder.as_ref(), Rrtype::CNAME) {
            return;
        }
        let is_it = |told: &&&Told| told.owner.as_ref() == end && told.rrtype == qtype;
        let told = answer.iter().filter(is_it).count();
        assert_eq!(told, zone.rrset(holder.as_ref(), qtype).count(), "of {holder}");
        assert!(told > 0 || zone.has(holder.as_ref(), Rrtype::CNAME), "{end} ends the chain");
    }

    /// The zone that answers: for DS the one above, if that is ours (RFC 4035 §3.1.4.1).
    fn zone<'t>(&self, truth: &'t Truth) -> Option<&'t Zone> {
        let qname = self.query.qname;
        let parent = qname.parent().filter(|_| self.query.qtype == Rrtype::DS);
        let above = parent.and_then(|parent| truth.zone_of(parent));
        above.or_else(|| truth.zone_of(qname))
    }

    /// Follows the aliases of the answer section; each record stands where the chain has led.
    fn end_of_chain(&self) -> Name {
        let (mut end, mut left) = (self.query.qname.to_name(), None);
        let qtype = self.query.qtype;
        let answer = self.section(Section::Answer);
        for told in &answer {
            let owner = told.owner.as_ref();
            let is_over =
                |other: &&Told| other.owner == told.owner && told.kind().1 == Some(other.rrtype);
            match told.rrtype {
                Rrtype::RRSIG if answer.iter().any(is_over) => {}
                Rrtype::DNAME if owner != end.as_ref() => {
                    assert!(end.as_ref().is_at_or_under(owner), "{owner} leads on from {end}");
                }
                // A second alias at one name, which no zone should have, leads nowhere.
                Rrtype::CNAME if left == Some(owner) => {}
                Rrtype::CNAME => {
                    assert_eq!(owner, end.as_ref(), "the chain has no gap");
                    if ![Rrtype::CNAME, Rrtype::ANY].contains(&qtype) {
                        left = Some(owner);
                        end = Name::from_wire(&told.rdata).expect("a name");
                    }
                }
                Rrtype(_) => {
                    assert_eq!(owner, end.as_ref(), "what is answered is what the chain led to");
                    assert!([told.rrtype, Rrtype::ANY].contains(&qtype), "{told:?} was not asked");
                }
            }
        }
        end
    }

    /// RFC 2308 §3, §5.
    fn has_soa_of(&self, zone: &Zone) {
        let authority = self.section(Section::Authority);
        let soa = authority.iter().find(|told| told.rrtype == Rrtype::SOA).expect("a SOA");
        assert_eq!(soa.owner, zone.apex);
        let negative_ttl = soa.rdata.last_chunk().copied().map(u32::from_be_bytes);
        let negative_ttl = wire::ttl::Ttl::from_wire(negative_ttl.expect("five numbers"));
        assert!(soa.ttl <= negative_ttl, "{:?} outlives {negative_ttl:?}", soa.ttl);
    }

    /// With DO, an rrset of the answer brings all its signatures (RFC 4035 §3.1.1).
    fn is_signed_where_the_zone_is(&self, zone: &Zone) {
        if self.query.edns.is_none_or(|edns| edns.do_bit() == DoBit::Clear) {
            return;
        }
        let answer = self.section(Section::Answer);
        for told in answer.iter().filter(|told| told.rrtype != Rrtype::RRSIG) {
            let wildcard = zone.wildcard_of(told.owner.as_ref());
            let owner = if zone.exists(told.owner.as_ref()) { None } else { wildcard };
            let owner = owner.unwrap_or_else(|| told.owner.clone());
            if zone.rrset(owner.as_ref(), told.rrtype).all(|record| *record.rdata != told.rdata[..])
            {
                continue; // synthesized: RFC 6672 §5.3.1
            }
            for signature in zone.signatures(owner.as_ref(), told.rrtype) {
                let is_it =
                    |other: &&Told| other.owner == told.owner && other.rdata == *signature.rdata;
                assert!(answer.iter().copied().any(|other| is_it(&other)), "{told:?} unsigned");
            }
        }
    }
    /// With DO and a sound chain, a validator believes every absence that the answer rests on, and
    /// is sent nothing beside (RFC 4035 §3.1.3, RFC 5155 §7.2).
    fn is_proven(&self, zone: &Zone, end: NameRef<'_>) {
        if !zone.is_sound || self.query.edns.is_none_or(|edns| edns.do_bit() == DoBit::Clear) {
            return;
        }
        let authority = self.section(Section::Authority);
        let proof = Proof::read(&zone.apex, &authority);
        let mut claims: Vec<Claim<'_>> = Vec::new();
        let answer = self.section(Section::Answer);
        for told in answer.iter().filter(|told| told.rrtype == Rrtype::RRSIG) {
            // RFC 4034 §3.1.3: neither the root nor an asterisk in front is counted.
            let (owner, labels) = (told.owner.as_ref(), usize::from(told.rdata[3]));
            if labels + usize::from(owner.is_wildcard()) < owner.label_count() {
                claims.push(Claim::Closer(owner, labels));
            }
        }
        match self.outcome.kind {
            Kind::NxDomain => claims.push(Claim::Name(end)),
            Kind::NoData => claims.push(Claim::Type(end, self.query.qtype)),
            Kind::Referral if authority.iter().all(|told| told.rrtype != Rrtype::DS) => {
                let cut = zone.occluder(end).map_or(end, |(cut, _)| cut);
                claims.push(Claim::UnsignedCut(cut));
            }
            Kind::Referral
            | Kind::Answer
            | Kind::Refused
            | Kind::Servfail
            | Kind::Formerr
            | Kind::NotImp
            | Kind::Badvers
            | Kind::NotAuth
            | Kind::Dropped => {}
        }
        for claim in &claims {
            assert!(proof.proves(*claim), "{claim:?} is not proven by {proof:#?}");
        }
        assert!(!claims.is_empty() || proof.is_empty(), "nothing is to be proven: {proof:#?}");
        let is_signed = |told: &&&Told| {
            let is_over =
                |other: &&&Told| other.owner == told.owner && other.kind().1 == Some(told.rrtype);
            told.rrtype == Rrtype::RRSIG
                || told.rrtype == Rrtype::NS
                || authority.iter().any(|other| is_over(&other))
        };
        let unsigned = authority.iter().find(|told| !is_signed(told));
        assert!(unsigned.is_none(), "{unsigned:?} is not signed");
    }
}
