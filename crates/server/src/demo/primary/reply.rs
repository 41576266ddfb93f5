//! What a scripted primary answers: a function from a request to messages.

use proto::time::UnixSeconds;
use proto::tsig::{Keyring, ResponseSigner, verify_request};
use wire::builder::{Builder, Full};
use wire::codes::{Opcode, Rcode, Rrtype};
use wire::message::{Flags, Message, Question, Section};
use wire::record::Record;
use wire::serial::Serial;

use super::Behaviour;
use super::content::Content;

/// Over what a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Udp,
    Tcp,
}

/// What to do with a request.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// To be sent, in this order.
    pub(super) messages: Vec<Vec<u8>>,
    /// Whether the connection is to be closed after that, whatever else was asked.
    pub(super) then: Then,
    /// What was asked, if it was understood.
    pub(super) asked: Option<Rrtype>,
}

/// What happens to the connection after a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Then {
    #[default]
    Listen,
    Close,
}

/// Who answers: the zone, its keys, and how it behaves today.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script<'a> {
    pub(super) content: &'a Content,
    pub(super) keys: &'a Keyring,
    pub(super) behaviour: Behaviour,
}

/// Octets of a message of a transfer, well below what TCP could carry, so that zones of demo and
/// tests come in several messages.
const TRANSFER_MESSAGE_OCTETS: usize = 16_384;
const UDP_OCTETS: usize = 512;

impl Script<'_> {
    /// Answers one request. Never fails: what is not understood is answered with an rcode or, where
    /// there is nothing to answer to, not at all.
    pub(super) fn reply(&self, request: &[u8], over: Transport, now: UnixSeconds) -> Reply {
        if self.behaviour == Behaviour::Silent {
            return Reply { then: Then::Close, ..Reply::default() };
        }
        let signed = match verify_request(self.keys, request, now) {
            Ok(signed) => signed,
            Err(bad) => {
                let messages = bad.reply(request, now).into_iter().collect();
                return Reply { messages, ..Reply::default() };
            }
        };
        let Some((id, question)) = read(request) else { return Reply::default() };
        let asked = Some(question.qtype);
        let (rcode, records) = self.answer(&question, request, over, signed.key().is_some());
        let writing = Writing { id, question, rcode, over, signer: signed.signer(), now };
        let messages = writing.messages(&records);
        match self.behaviour {
            Behaviour::CutStream { after } if is_transfer(asked) => Reply {
                messages: messages.into_iter().take(after).collect(),
                then: Then::Close,
                asked,
            },
            Behaviour::Honest
            | Behaviour::RefuseTransfers
            | Behaviour::Silent
            | Behaviour::SerialAt(_)
            | Behaviour::CutStream { .. } => Reply { messages, then: Then::Listen, asked },
        }
    }

    /// Rcode and answer section.
    fn answer(
        &self,
        question: &Question,
        request: &[u8],
        over: Transport,
        is_signed: bool,
    ) -> (Rcode, Vec<Record>) {
        let restored;
        let content = match self.behaviour {
            Behaviour::SerialAt(serial) => {
                restored = self.content.at_serial(serial);
                &restored
            }
            Behaviour::Honest
            | Behaviour::RefuseTransfers
            | Behaviour::Silent
            | Behaviour::CutStream { .. } => self.content,
        };
        let qname = question.qname.as_ref();
        if !qname.is_at_or_under(content.apex().as_ref()) {
            return (Rcode::REFUSED, Vec::new());
        }
        if is_transfer(Some(question.qtype)) {
            let may = is_signed || self.keys.is_empty();
            if !may || self.behaviour == Behaviour::RefuseTransfers {
                return (Rcode::REFUSED, Vec::new());
            }
            if qname != content.apex().as_ref() {
                return (Rcode::NOTAUTH, Vec::new());
            }
        }
        match (question.qtype, over, since(request)) {
            (Rrtype::AXFR, Transport::Tcp, _) => (Rcode::NOERROR, content.axfr()),
            (Rrtype::AXFR, Transport::Udp, _) => (Rcode::FORMERR, Vec::new()),
            (Rrtype::IXFR, _, None) => (Rcode::FORMERR, Vec::new()),
            (Rrtype::IXFR, Transport::Tcp, Some(since)) => (Rcode::NOERROR, content.ixfr(since)),
            // RFC 1995 §2: what does not fit is answered by the SOA alone.
            (Rrtype::IXFR, Transport::Udp, Some(_)) => (Rcode::NOERROR, vec![content.soa()]),
            (qtype, _, _) => {
                let found = content.find(qname, qtype);
                let exists = content.records().iter().any(|record| record.owner.as_ref() == qname);
                let known = exists || !found.is_empty();
                (if known { Rcode::NOERROR } else { Rcode::NXDOMAIN }, found)
            }
        }
    }
}

fn is_transfer(asked: Option<Rrtype>) -> bool {
    asked.is_some_and(|asked| asked == Rrtype::AXFR || asked == Rrtype::IXFR)
}

/// The id and the one question of a query.
fn read(request: &[u8]) -> Option<(u16, Question)> {
    let message = Message::parse(request).ok()?;
    let header = message.header();
    let is_query = !header.flags.is_response() && header.flags.opcode() == Opcode::QUERY;
    let question = message.questions().next()?.ok()?;
    is_query.then_some((header.id, question))
}

/// The serial that a secondary says it holds: the SOA in the authority section (RFC 1995 §3).
fn since(request: &[u8]) -> Option<Serial> {
    let message = Message::parse(request).ok()?;
    let mut records = message.records().flatten();
    let (_, soa) = records.find(|(section, record)| {
        *section == Section::Authority && record.rrtype() == Rrtype::SOA
    })?;
    // Five numbers end the rdata, the serial first; the names before them may be compressed.
    let rdata = soa.rdata_as_sent();
    let serial = rdata.get(rdata.len().checked_sub(20)?..)?.first_chunk()?;
    Some(Serial(u32::from_be_bytes(*serial)))
}

/// An answer on its way into messages.
struct Writing {
    id: u16,
    question: Question,
    rcode: Rcode,
    over: Transport,
    signer: Option<ResponseSigner>,
    now: UnixSeconds,
}

impl Writing {
    /// As many messages as the records need; at least one. Only the first repeats the question.
    fn messages(mut self, records: &[Record]) -> Vec<Vec<u8>> {
        let (mut messages, mut left) = (Vec::new(), records);
        loop {
            let (message, rest) = self.message(left, messages.is_empty());
            let is_stuck = rest.len() == left.len();
            messages.extend(message.map(|message| self.signed(message)));
            left = rest;
            if left.is_empty() || is_stuck || self.over == Transport::Udp {
                return messages;
            }
        }
    }

    /// One message, and the records that it had no room for.
    fn message<'r>(
        &self,
        records: &'r [Record],
        is_first: bool,
    ) -> (Option<Vec<u8>>, &'r [Record]) {
        let room = match self.over {
            Transport::Udp => UDP_OCTETS,
            Transport::Tcp => TRANSFER_MESSAGE_OCTETS,
        };
        let mut octets = vec![0; room];
        let mut written = 0;
        let len = self.write(&mut octets, is_first, records, &mut written);
        octets.truncate(len.unwrap_or(0));
        (len.is_ok().then_some(octets), records.get(written..).unwrap_or_default())
    }

    fn write(
        &self,
        octets: &mut [u8],
        is_first: bool,
        records: &[Record],
        written: &mut usize,
    ) -> Result<usize, Full> {
        let flags = Flags::request(Opcode::QUERY).response().with(Flags::AA).with_rcode(self.rcode);
        let mut builder = Builder::new(octets, self.id, flags)?;
        builder.reserve(self.signer.as_ref().map_or(0, ResponseSigner::record_octets))?;
        if is_first {
            let Question { qname, qtype, qclass } = &self.question;
            builder.question(qname.as_ref(), *qtype, *qclass)?;
        }
        for record in records {
            if builder.push_record(Section::Answer, record.as_ref()).is_err() {
                if self.over == Transport::Udp {
                    builder.set(Flags::TC);
                }
                break;
            }
            *written += 1;
        }
        Ok(builder.finish())
    }

    fn signed(&mut self, mut message: Vec<u8>) -> Vec<u8> {
        if let Some(signer) = &mut self.signer {
            signer.sign(&mut message, self.now);
        }
        message
    }
}
