//! A query, read on the fast path.
//!
//! Pure; allocates nothing and walks no further than it must.
//!
//! Standards: RFC 1035 §4.1 · RFC 9619 (exactly one question) · RFC 6891 §6.1 (OPT), §6.1.3
//! (BADVERS) · RFC 8945 §5.1 (TSIG last) · RFC 1995 §3 (authority of an IXFR question).
//!
//! Invariants: an answer is never answered, so two servers cannot keep each other busy; a fault
//! quotes no more of the message than was understood.
//!
//! Not here: NOTIFY and UPDATE, access, and what to answer.

use crate::builder::Builder;
use crate::codes::{Class, Opcode, Rcode, Rrtype};
use crate::edns::{DoBit, Edns};
use crate::message::{Flags, HEADER_OCTETS, Header, read_record};
use crate::name::NameRef;

/// A well-formed message with opcode QUERY and one question.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Pairs the answer with it.
    pub id: u16,
    /// Its flags; [`Flags::response`] makes those of the answer.
    pub flags: Flags,
    /// Name asked about, case as sent.
    pub qname: NameRef<'a>,
    /// Type asked for.
    pub qtype: Rrtype,
    /// Class asked for.
    pub qclass: Class,
    /// EDNS version 0, if the sender speaks EDNS.
    pub edns: Option<Edns<'a>>,
    /// Where the TSIG record starts, if there is one.
    pub tsig_at: Option<usize>,
}

/// Why there is no query, and so what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryFault<'a> {
    /// No header, or itself an answer: say nothing.
    Drop,
    /// Not a query: `proto::notify` reads it.
    Notify,
    /// Broken.
    FormErr(Echo<'a>),
    /// An opcode we do not have.
    NotImp(Echo<'a>),
    /// An EDNS version we do not have.
    BadVers(Echo<'a>),
}

/// What an error message repeats of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo<'a> {
    id: u16,
    flags: Flags,
    question: Option<(NameRef<'a>, Rrtype, Class)>,
}

impl<'a> Query<'a> {
    /// Reads a message.
    ///
    /// # Errors
    /// [`QueryFault`] says which answer the sender gets instead, if any.
    pub fn parse(octets: &'a [u8]) -> Result<Self, QueryFault<'a>> {
        let Some(header) = Header::parse(octets) else { return Err(QueryFault::Drop) };
        let Header { id, flags, qdcount, ancount, nscount, arcount } = header;
        if flags.is_response() {
            return Err(QueryFault::Drop);
        }
        let unread = Echo { id, flags, question: None };
        match flags.opcode() {
            Opcode::QUERY => {}
            Opcode::NOTIFY => return Err(QueryFault::Notify),
            Opcode(_) => return Err(QueryFault::NotImp(unread)),
        }
        if qdcount != 1 {
            return Err(QueryFault::FormErr(unread));
        }
        let body = octets.get(HEADER_OCTETS..).unwrap_or(&[]);
        let Ok((qname, rest)) = NameRef::split_from(body) else {
            return Err(QueryFault::FormErr(unread));
        };
        let Some((&[t0, t1, c0, c1], rest)) = rest.split_first_chunk::<4>() else {
            return Err(QueryFault::FormErr(unread));
        };
        let qtype = Rrtype(u16::from_be_bytes([t0, t1]));
        let qclass = Class(u16::from_be_bytes([c0, c1]));
        let mut query = Self { id, flags, qname, qtype, qclass, edns: None, tsig_at: None };
        // Only an IXFR question has records: the SOA of the version held (RFC 1995 §3).
        if ancount != 0 || (nscount != 0 && qtype != Rrtype::IXFR) {
            return Err(QueryFault::FormErr(query.echo()));
        }
        if (nscount | arcount) != 0 || !rest.is_empty() {
            let start = octets.len().wrapping_sub(rest.len());
            query.read_records(octets, start, [nscount, arcount])?;
        }
        Ok(query)
    }

    /// What an error message repeats of this query.
    #[must_use]
    pub const fn echo(&self) -> Echo<'a> {
        let question = Some((self.qname, self.qtype, self.qclass));
        Echo { id: self.id, flags: self.flags, question }
    }

    /// Octets of the question section.
    #[must_use]
    pub const fn question_len(&self) -> usize {
        self.qname.wire_len().wrapping_add(4)
    }

    /// True if the sender wants DNSSEC records.
    #[must_use]
    pub fn wants_dnssec(&self) -> bool {
        self.edns.is_some_and(|edns| edns.do_bit() == DoBit::Set)
    }

    /// Walks what follows the question: `counts` are those of authority and additional.
    fn read_records(
        &mut self,
        octets: &'a [u8],
        start: usize,
        [nscount, arcount]: [u16; 2],
    ) -> Result<(), QueryFault<'a>> {
        let malformed = QueryFault::FormErr(self.echo());
        let mut at = start;
        for left in (0..u32::from(nscount).wrapping_add(u32::from(arcount))).rev() {
            let record = read_record(octets, at).map_err(|_| malformed)?;
            at = record.rdata_range().end;
            let in_additional = left < u32::from(arcount);
            match record.rrtype() {
                // RFC 6891 §6.1.1: one at most.
                Rrtype::OPT if in_additional && self.edns.is_none() => {
                    self.edns = Some(Edns::from_record(&record).map_err(|_| malformed)?);
                }
                // RFC 8945 §5.1: the last record.
                Rrtype::TSIG if left == 0 && in_additional => self.tsig_at = Some(record.start()),
                Rrtype::OPT | Rrtype::TSIG => return Err(malformed),
                Rrtype(_) => {}
            }
        }
        if at != octets.len() {
            return Err(malformed);
        }
        match self.edns {
            Some(edns) if edns.version != 0 => Err(QueryFault::BadVers(self.echo())),
            Some(_) | None => Ok(()),
        }
    }
}

impl QueryFault<'_> {
    /// Writes the error message to `out` and returns its length; `None` when nothing is to be sent.
    ///
    /// `udp_size` is what we would take ourselves; only BADVERS says so.
    #[must_use]
    pub fn reply(&self, udp_size: u16, out: &mut [u8]) -> Option<usize> {
        match self {
            Self::Drop | Self::Notify => None,
            Self::FormErr(echo) => echo.reply(Rcode::FORMERR, out)?.finish().into(),
            Self::NotImp(echo) => echo.reply(Rcode::NOTIMP, out)?.finish().into(),
            // RFC 6891 §6.1.3: the answer names the version we have.
            Self::BadVers(echo) => {
                let mut reply = echo.reply(Rcode::BADVERS, out)?;
                reply.push_opt(udp_size, Rcode::BADVERS, DoBit::Clear).ok()?;
                Some(reply.finish())
            }
        }
    }
}

impl Echo<'_> {
    /// Starts an error message.
    fn reply<'b>(&self, rcode: Rcode, out: &'b mut [u8]) -> Option<Builder<'b>> {
        let flags = self.flags.response().with_rcode(rcode);
        let mut reply = Builder::new(out, self.id, flags).ok()?;
        if let Some((qname, qtype, qclass)) = self.question {
            reply.question(qname, qtype, qclass).ok()?;
        }
        Some(reply)
    }
}

#[cfg(test)]
mod tests;
