//! A transfer on its way: one message after the other.
//!
//! Pure; owns the version it sends, and borrows nothing between two messages.
//!
//! Standards: RFC 5936 §2.2 (messages, errors in the middle), §2.2.2 (header), §2.2.3 (question), §2.2.5 (OPT), §3.4 (case) ·
//! RFC 1995 §2 (UDP) · RFC 8945 §5.3.1 (signatures).
//!
//! Invariants: X2 and X3 of `outbound`. A message is longer than [`MESSAGE_OCTETS`] only if its first record makes it so.
//!
//! Not here: records in their order (`content`), frames, sockets.

use super::Grants;
use super::content::Content;
use crate::access::{Access, judge};
use crate::answer::Truncation;
use crate::code::{Code, Fault};
use crate::edns::own_udp_size;
use crate::time::UnixSeconds;
use crate::tsig::{Keyring, ResponseSigner, VerifiedRequest};
use std::net::IpAddr;
use wire::builder::{Builder, Full, Owners};
use wire::codes::{Class, Rcode, Rrtype};
use wire::edns::DoBit;
use wire::message::{Flags, Section};
use wire::name::Name;
use wire::query::Query;
use wire::serial::Serial;
use zone::{Version, ZoneId};

/// Octets of a message at most, unless one record needs more: as far as pointers of names reach (RFC 1035 §4.1.4).
pub const MESSAGE_OCTETS: usize = 0x4000;

/// Octets of any message at most.
const OCTETS_MAX: usize = u16::MAX as usize;

/// How a transfer looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The whole zone, whether or not that was asked for.
    Whole,
    /// Diffs.
    Diffs,
    /// The SOA alone: there is no news, or it does not fit a datagram.
    Soa,
}

impl Form {
    /// The word in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "axfr",
            Self::Diffs => "ixfr",
            Self::Soa => "soa",
        }
    }
}

/// How much was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Messages.
    pub messages: u64,
    /// Records.
    pub records: u64,
    /// Octets of messages, signatures included, frames not.
    pub bytes: u64,
}

/// What a message is to the transfer it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// There is more.
    More,
    /// It is the last.
    Last,
    /// It tells the reader that the transfer cannot go on.
    Broken(Fault),
}

/// Who gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The zone.
    pub zone: ZoneId,
    /// Where the request came from.
    pub source: IpAddr,
}

/// A transfer to somebody who may have it.
#[derive(Debug)]
pub struct Transfer {
    reader: Reader,
    head: Head,
    request: VerifiedRequest,
    signer: Option<ResponseSigner>,
    version: Version,
    form: Form,
    content: Content,
    sent: Sent,
}

/// What the messages repeat of the request.
#[derive(Clone, Debug)]
struct Head {
    id: u16,
    flags: Flags,
    qname: Name,
    qtype: Rrtype,
    /// DO of the request; `None` when it had no EDNS.
    edns: Option<DoBit>,
    /// What our OPT says.
    udp_size: u16,
}

impl Transfer {
    pub(super) fn new(
        (query, udp_size_max): (&Query<'_>, u16),
        reader: Reader,
        request: VerifiedRequest,
        version: Version,
        (form, content): (Form, Content),
    ) -> Self {
        let head = Head {
            id: query.id,
            // RFC 5936 §2.2.2: authoritative; CD is for those who validate.
            flags: query.flags.response().without(Flags::CD).with(Flags::AA),
            qname: query.qname.to_name(),
            qtype: query.qtype,
            edns: query.edns.map(|edns| edns.do_bit()),
            udp_size: own_udp_size(udp_size_max),
        };
        let signer = request.signer();
        Self { reader, head, request, signer, version, form, content, sent: Sent::default() }
    }

    /// Who gets it.
    #[must_use]
    pub const fn reader(&self) -> Reader {
        self.reader
    }

    /// The key that signs it.
    #[must_use]
    pub fn key(&self) -> Option<&Name> {
        self.request.key().map(|key| key.name())
    }

    /// The serial it leads to.
    #[must_use]
    pub fn serial(&self) -> Serial {
        self.version.serial()
    }

    /// How it looks.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// How much was sent so far.
    #[must_use]
    pub const fn sent(&self) -> Sent {
        self.sent
    }

    /// Whether rules that have changed since still allow it: source and key as they were, secret included.
    #[must_use]
    pub fn is_still_granted(&self, grants: &Grants, keys: &Keyring) -> bool {
        let Reader { zone, source } = self.reader;
        let key = self.request.key();
        let is_known = key.is_none_or(|key| keys.find(key.name().as_ref()) == Some(key));
        let name = key.map(|key| key.name().as_ref());
        is_known && judge(grants.rules(Some(zone)), source, name) == Access::Allowed
    }

    /// Whether one message holds all of it for certain.
    pub(super) fn fits_one_message(&self) -> bool {
        /// Header, question, OPT, signature and two SOAs, each at its longest.
        const BESIDE: u64 = 12 + 259 + 11 + 700 + 2 * 800;
        let size = self.content.size_bytes(&self.version).saturating_add(BESIDE);
        usize::try_from(size).is_ok_and(|size| size <= MESSAGE_OCTETS)
    }

    /// Writes the next message to `out`, which has nothing else in it afterwards.
    pub fn next(&mut self, out: &mut Vec<u8>, now: UnixSeconds) -> Written {
        let mut filled = self.write(MESSAGE_OCTETS, out);
        if filled == Filled::Nothing {
            filled = self.write(OCTETS_MAX, out);
        }
        let written = match filled {
            Filled::All => Written::Last,
            Filled::Some => Written::More,
            Filled::Nothing => {
                let fault = self.too_large();
                self.write_error(Rcode::SERVFAIL, out);
                Written::Broken(fault)
            }
        };
        self.sign(out, now);
        written
    }

    /// Writes the whole answer to a request by datagram: in the form it has if that fits, or else the SOA alone
    /// (RFC 1995 §2). Where not even that fits TC sends the reader to TCP (RFC 2181 §9); `None` where TC does not fit.
    pub(super) fn write_datagram(
        &mut self,
        limit: usize,
        out: &mut Vec<u8>,
        now: UnixSeconds,
    ) -> Option<Truncation> {
        let mut filled = self.write(limit, out);
        if filled != Filled::All && self.form != Form::Soa {
            (self.form, self.content, self.sent) = (Form::Soa, Content::soa(), Sent::default());
            filled = self.write(limit, out);
        }
        let truncation = match filled {
            Filled::All => Truncation::Whole,
            Filled::Some | Filled::Nothing => {
                self.head.flags = self.head.flags.with(Flags::TC);
                self.write_error(Rcode::NOERROR, out);
                Truncation::Truncated
            }
        };
        self.sign(out, now);
        (out.len() <= limit).then_some(truncation)
    }

    /// Ends the transfer before its time: writes a message that says so.
    pub fn end(&mut self, rcode: Rcode, out: &mut Vec<u8>, now: UnixSeconds) {
        self.write_error(rcode, out);
        self.sign(out, now);
    }

    /// Writes as many records as fit `limit` with the signature, at least one.
    fn write(&mut self, limit: usize, out: &mut Vec<u8>) -> Filled {
        let Self { head, version, content, sent, .. } = self;
        let signature = self.signer.as_ref().map_or(0, ResponseSigner::record_octets);
        out.clear();
        out.resize(limit.saturating_sub(signature), 0);
        let part = if sent.messages == 0 { Part::First } else { Part::Following };
        let Ok(mut builder) = head.start(out, part) else { return Filled::Nothing };
        let mut records = 0_u64;
        let end = content.fill(version, &mut |record| {
            builder.push_record(Section::Answer, record)?;
            records = records.saturating_add(1);
            Ok(())
        });
        let len = head.finish(builder, part, Rcode::NOERROR);
        out.truncate(len);
        sent.records = sent.records.saturating_add(records);
        match end {
            Ok(()) => Filled::All,
            Err(Full) if records > 0 => Filled::Some,
            Err(Full) => Filled::Nothing,
        }
    }

    /// That the next record fits no message; its owner and type are among the facts.
    fn too_large(&mut self) -> Fault {
        let mut fault = Fault::new(Code::RecordTooLarge).with("serial", self.serial().0);
        let _ = self.content.fill(&self.version, &mut |record| {
            let (owner, rrtype, octets) = (record.owner, record.rrtype, record.rdata.len());
            let facts = [("owner", owner.to_string()), ("rrtype", rrtype.to_string())];
            fault.facts.extend(facts);
            fault.facts.push(("octets", octets.to_string()));
            Err(Full)
        });
        fault
    }

    /// Writes a message without records. It fits: the request had the same question and signature.
    fn write_error(&self, rcode: Rcode, out: &mut Vec<u8>) {
        out.clear();
        out.resize(MESSAGE_OCTETS, 0);
        let builder = self.head.start(out, Part::First);
        let len = builder.map_or(0, |builder| self.head.finish(builder, Part::First, rcode));
        out.truncate(len);
    }

    fn sign(&mut self, out: &mut Vec<u8>, now: UnixSeconds) {
        if let Some(signer) = &mut self.signer {
            signer.sign(out, now);
        }
        let octets = u64::try_from(out.len()).unwrap_or(u64::MAX);
        self.sent.messages = self.sent.messages.saturating_add(1);
        self.sent.bytes = self.sent.bytes.saturating_add(octets);
    }
}

/// How much of what is left went into a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filled {
    All,
    Some,
    Nothing,
}

/// Which message of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// With the question (RFC 5936 §2.2.3), and OPT if the request had it (§2.2.5).
    First,
    /// With neither.
    Following,
}

impl Head {
    /// A message that takes records. There is room for what [`Head::finish`] adds.
    fn start<'b>(&self, out: &'b mut [u8], part: Part) -> Result<Builder<'b>, Full> {
        let mut builder = Builder::new(out, self.id, self.flags)?;
        if part == Part::First {
            builder.question(self.qname.as_ref(), self.qtype, Class::IN)?;
            builder.write_owners(Owners::AsTheyAre);
            if self.edns.is_some() {
                builder.reserve(Builder::OPT_OCTETS)?;
            }
        }
        Ok(builder)
    }

    fn finish(&self, mut builder: Builder<'_>, part: Part, rcode: Rcode) -> usize {
        builder.set_rcode(rcode);
        if let (Part::First, Some(do_bit)) = (part, self.edns) {
            builder.release(Builder::OPT_OCTETS);
            let whole = builder.push_opt(self.udp_size, rcode, do_bit);
            debug_assert!(whole.is_ok(), "there was room for OPT");
        }
        builder.finish()
    }
}
