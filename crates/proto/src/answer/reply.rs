//! The message under construction: whole rrsets, TC, and OPT at the end.
//!
//! Pure; writes into the caller's buffer.
//!
//! Standards: RFC 2181 §9 (whole rrsets, when TC) · RFC 6891 §7 (OPT answers OPT) · RFC 8914 §2 ·
//! RFC 3225 §3 (DO is copied) · RFC 4035 §3.1.6 (AD, CD) · RFC 8945 §5.3 (truncated and signed).
//!
//! Invariants: A1, A2 and A3 of `answer`. There is always room for OPT.
//!
//! Not here: which records go where.

use super::outcome::{Outcome, Truncation, Verdict};
use wire::builder::{Builder, Mark};
use wire::codes::{Class, Rcode, Rrtype};
use wire::edns::DoBit;
use wire::message::{Flags, Section};
use wire::name::NameRef;
use wire::query::Query;
use wire::record::RecordRef;
use wire::ttl::Ttl;
use zone::{Leaf, Rrset};

/// Something required did not fit; TC is set and there is no point in going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Truncated;

/// Whether signatures travel with rrsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signatures {
    Wanted,
    Unwanted,
}

/// An rrset as it is sent: with its signatures, if these are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent<'v> {
    pub(super) rrset: Rrset<'v>,
    signatures: Option<Rrset<'v>>,
    ttl: Ttl,
}

impl<'v> Sent<'v> {
    /// The rrset of a type, if the leaf has it.
    pub(super) fn find(leaf: &Leaf<'v>, rrtype: Rrtype, signatures: Signatures) -> Option<Self> {
        leaf.rrset(rrtype).map(|rrset| Self::new(leaf, rrset, signatures))
    }

    /// An rrset of this leaf.
    pub(super) fn new(leaf: &Leaf<'v>, rrset: Rrset<'v>, signatures: Signatures) -> Self {
        let signatures = match signatures {
            Signatures::Wanted => leaf.rrsigs(rrset.rrtype()),
            Signatures::Unwanted => None,
        };
        Self { rrset, signatures, ttl: rrset.ttl() }
    }

    /// An rrset by itself: signatures that were asked for, NS of a cut, glue.
    pub(super) const fn bare(rrset: Rrset<'v>) -> Self {
        Self { rrset, signatures: None, ttl: rrset.ttl() }
    }

    /// Whether signatures travel with it.
    pub(super) const fn is_signed(&self) -> bool {
        self.signatures.is_some()
    }

    /// With a ttl of at most this, for its signatures too.
    pub(super) fn capped(mut self, ttl: Ttl) -> Self {
        self.ttl = self.ttl.min(ttl);
        self
    }
}

/// The message under construction.
#[derive(Debug)]
pub(super) struct Reply<'b> {
    builder: Builder<'b>,
    /// Behind the question.
    start: Mark,
    /// DO of the question; `None` when it had no EDNS.
    edns: Option<DoBit>,
    /// AA, or nothing for questions of class ANY: they are about more than we know (RFC 1035 §3.7).
    authority: Flags,
    /// The question was signed, so the answer will be.
    is_signed: bool,
    truncation: Truncation,
}

impl<'b> Reply<'b> {
    /// Starts the answer with the question; `None` when not even that fits.
    pub(super) fn new(out: &'b mut [u8], query: &Query<'_>) -> Option<Self> {
        // RFC 4035 §3.1.6: an authoritative answer clears CD, and we never validate (AD).
        let flags = query.flags.response().without(Flags::CD);
        let mut builder = Builder::new(out, query.id, flags).ok()?;
        builder.question(query.qname, query.qtype, query.qclass).ok()?;
        let start = builder.mark();
        let edns = query.edns.map(|edns| edns.do_bit());
        if edns.is_some() {
            builder.reserve(Builder::OPT_OCTETS).ok()?;
        }
        let authority = if query.qclass == Class::ANY { Flags::default() } else { Flags::AA };
        let is_signed = query.tsig_at.is_some();
        Some(Self { builder, start, edns, authority, is_signed, truncation: Truncation::Whole })
    }

    /// RFC 3225 §3: only with DO.
    pub(super) const fn signatures(&self) -> Signatures {
        match self.edns {
            Some(DoBit::Set) => Signatures::Wanted,
            Some(DoBit::Clear) | None => Signatures::Unwanted,
        }
    }

    /// What follows comes from a zone we hold.
    pub(super) const fn set_authoritative(&mut self) {
        self.builder.set(self.authority);
    }

    /// Adds what the reader cannot do without.
    pub(super) fn require(
        &mut self,
        section: Section,
        owner: NameRef<'_>,
        sent: &Sent<'_>,
    ) -> Result<(), Truncated> {
        self.write(section, owner, sent).inspect_err(|_| {
            self.truncation = Truncation::Truncated;
            self.builder.set(Flags::TC);
        })
    }

    /// Adds what the reader can also ask for, if it fits.
    pub(super) fn offer(&mut self, owner: NameRef<'_>, sent: &Sent<'_>) {
        let _ = self.write(Section::Additional, owner, sent);
    }

    /// Adds a record that is in no zone: the CNAME that a DNAME stands for, what we say of ourselves.
    pub(super) fn require_record(&mut self, record: RecordRef<'_>) -> Result<(), Truncated> {
        self.builder.push_record(Section::Answer, record).map_err(|_| {
            self.truncation = Truncation::Truncated;
            self.builder.set(Flags::TC);
            Truncated
        })
    }

    /// Takes everything back but the question.
    pub(super) fn withdraw(&mut self) {
        self.builder.rollback(self.start);
        self.builder.clear(Flags::AA.with(Flags::TC));
        self.truncation = Truncation::Whole;
    }

    /// Completes the message.
    pub(super) fn finish(mut self, mut verdict: Verdict, own_udp_size: u16) -> Outcome {
        // RFC 8945 §5.3: what does not fit with its signature is nothing but the question, TC and NOERROR.
        if self.is_signed && self.truncation == Truncation::Truncated {
            self.builder.rollback(self.start);
            verdict.rcode = Rcode::NOERROR;
        }
        self.builder.set_rcode(verdict.rcode);
        if let Some(do_bit) = self.edns {
            self.builder.release(Builder::OPT_OCTETS);
            // The room for OPT was reserved; an extended error is told if there is room.
            let opt = self.builder.push_opt(own_udp_size, verdict.rcode, do_bit);
            if let (Ok(()), Some(error)) = (opt, verdict.error) {
                let _ = self.builder.push_extended_error(error, "");
            }
        }
        verdict.outcome(self.builder.finish(), self.truncation)
    }

    fn write(
        &mut self,
        section: Section,
        owner: NameRef<'_>,
        sent: &Sent<'_>,
    ) -> Result<(), Truncated> {
        let mark = self.builder.mark();
        for rrset in [Some(sent.rrset), sent.signatures].into_iter().flatten() {
            for rdata in rrset.rdatas() {
                let (rrtype, class, ttl) = (rrset.rrtype(), Class::IN, sent.ttl);
                let record = RecordRef { owner, rrtype, class, ttl, rdata };
                if self.builder.push_record(section, record).is_err() {
                    self.builder.rollback(mark);
                    return Err(Truncated);
                }
            }
        }
        Ok(())
    }
}
