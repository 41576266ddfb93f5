//! From a name to sections: the algorithm of RFC 1034 §4.3.2 within one version.
//!
//! Pure.
//!
//! Standards: RFC 1034 §4.3.2 step 3, §3.6.2 (aliases) · RFC 4592 §3.3 (wildcards) · RFC 6672 §3.2
//! (DNAME) · RFC 6604 (AA and rcode of chains) · RFC 2308 §3, §5 (negative answers) · RFC 4035
//! §3.1.4 (DS in referrals) · RFC 8482 §4.1 (ANY).
//!
//! Invariants: at most [`LINKS_MAX`] links; no record is written twice.
//!
//! Not here: where names lie (`zone`), addresses (`additional`), size (`reply`).

use super::additional;
use super::chain::Chain;
use super::denial::Denial;
use super::outcome::Verdict;
use super::reply::{Reply, Sent, Signatures, Truncated};
use wire::codes::{Class, Rrtype};
use wire::edns::ExtendedError;
use wire::message::Section;
use wire::name::{NameBuf, NameRef};
use wire::query::Query;
use wire::record::RecordRef;
use wire::ttl::Ttl;
use zone::{Absent, Leaf, Lookup, Version};

/// Fills the sections from a version at or above whose apex the qname is.
pub(super) fn resolve(version: &Version, query: &Query<'_>, reply: &mut Reply<'_>) -> Verdict {
    let signatures = reply.signatures();
    let denial = Denial::new();
    let mut walk = Walk { version, qtype: query.qtype, signatures, denial, reply };
    let verdict = match walk.step(query.qname) {
        Step::Done(verdict) => verdict,
        Step::Alias(alias) => walk.follow(query.qname, alias),
    };
    walk.denial.settle(verdict, walk.reply)
}

struct Walk<'v, 'r, 'b> {
    version: &'v Version,
    qtype: Rrtype,
    signatures: Signatures,
    denial: Denial<'v>,
    reply: &'r mut Reply<'b>,
}

/// What one name leads to.
enum Step<'v> {
    Done(Verdict),
    Alias(Alias<'v>),
}

/// Another name to go on with; nothing of it is written yet.
enum Alias<'v> {
    /// The name is an alias, of itself or by a wildcard below an ancestor of so many labels.
    Cname { sent: Sent<'v>, wildcard: Option<usize> },
    /// An ancestor of this many labels has a DNAME.
    Dname { sent: Sent<'v>, owner_labels: usize },
}

impl<'v> Walk<'v, '_, '_> {
    fn step(&mut self, qname: NameRef<'_>) -> Step<'v> {
        match self.version.lookup(qname) {
            Lookup::Found { leaf, wildcard } => self.on_leaf(qname, &leaf, wildcard),
            Lookup::EmptyNonTerminal { wildcard } => Step::Done(self.no_data(qname, wildcard)),
            Lookup::Cut { leaf, at_qname: true }
                if matches!(self.qtype, Rrtype::DS | Rrtype::NSEC) =>
            {
                Step::Done(self.at_cut(qname, &leaf))
            }
            Lookup::Cut { leaf, at_qname: _ } => Step::Done(self.referral(qname, &leaf)),
            Lookup::Dname { leaf } => match Sent::find(&leaf, Rrtype::DNAME, self.signatures) {
                Some(sent) => Step::Alias(Alias::Dname { sent, owner_labels: leaf.label_count() }),
                None => Step::Done(self.no_data(qname, None)),
            },
            Lookup::Missing { closest_encloser } => {
                let absent = Absent::Name { qname, closest_encloser };
                Step::Done(self.negative(Verdict::NXDOMAIN, absent))
            }
            Lookup::OutOfZone => Step::Done(Verdict::refused(ExtendedError::NOT_AUTHORITATIVE)),
        }
    }

    /// The owner of what a wildcard gives is the qname (RFC 4592 §3.3.1).
    fn on_leaf(
        &mut self,
        qname: NameRef<'_>,
        leaf: &Leaf<'v>,
        wildcard: Option<usize>,
    ) -> Step<'v> {
        // RFC 4035 §2.5: NSEC and RRSIG may stand beside a CNAME, and are found before it.
        let wanted = match self.qtype {
            Rrtype::ANY => leaf.rrsets().find(|rrset| rrset.rrtype() != Rrtype::RRSIG),
            Rrtype::RRSIG => leaf.rrsets().find(|rrset| rrset.rrtype() == Rrtype::RRSIG),
            qtype => leaf.rrset(qtype),
        };
        if let Some(rrset) = wanted {
            return Step::Done(if self.qtype == Rrtype::RRSIG {
                self.all_signatures(qname, leaf, wildcard)
            } else {
                self.positive(qname, &Sent::new(leaf, rrset, self.signatures), wildcard)
            });
        }
        match Sent::find(leaf, Rrtype::CNAME, self.signatures) {
            Some(sent) => Step::Alias(Alias::Cname { sent, wildcard }),
            None => Step::Done(self.no_data(qname, wildcard)),
        }
    }

    /// DS and NSEC of a cut are the parent's (RFC 4035 §3.1.4.1, §2.3); a parent without NSEC has none to
    /// tell of.
    fn at_cut(&mut self, qname: NameRef<'_>, cut: &Leaf<'v>) -> Verdict {
        match Sent::find(cut, self.qtype, self.signatures) {
            Some(sent) => self.positive(qname, &sent, None),
            None if self.qtype == Rrtype::DS => self.no_data(qname, None),
            None => self.referral(qname, cut),
        }
    }

    fn positive(
        &mut self,
        qname: NameRef<'_>,
        sent: &Sent<'v>,
        wildcard: Option<usize>,
    ) -> Verdict {
        self.reply.set_authoritative();
        let is_whole = self
            .reply
            .require(Section::Answer, qname, sent)
            .and_then(|()| self.end_with(qname, wildcard));
        // Addresses are for those who will use them; ANY is for those who look.
        if is_whole.is_ok() && self.qtype != Rrtype::ANY {
            additional::addresses(self.version, qname, sent, self.reply);
        }
        Verdict::ANSWER
    }

    /// Signatures asked for by name come without DO (RFC 4035 §3.1).
    fn all_signatures(
        &mut self,
        qname: NameRef<'_>,
        leaf: &Leaf<'v>,
        wildcard: Option<usize>,
    ) -> Verdict {
        self.reply.set_authoritative();
        let is_whole = leaf
            .rrsets()
            .filter(|rrset| rrset.rrtype() == Rrtype::RRSIG)
            .try_for_each(|rrset| self.reply.require(Section::Answer, qname, &Sent::bare(rrset)));
        // What does not fit has set TC, and there is nothing to add.
        let _ = is_whole.and_then(|()| self.end_with(qname, wildcard));
        Verdict::ANSWER
    }

    fn no_data(&mut self, qname: NameRef<'_>, wildcard: Option<usize>) -> Verdict {
        let absent = match wildcard {
            Some(closest_encloser) => Absent::WildcardType { qname, closest_encloser },
            None => Absent::Type { qname },
        };
        self.negative(Verdict::NODATA, absent)
    }

    /// RFC 2308 §3: with the SOA, whose ttl says how long the denial may be kept (§5).
    fn negative(&mut self, verdict: Verdict, absent: Absent<'_>) -> Verdict {
        self.reply.set_authoritative();
        // When something does not fit TC is set, and there is nothing to add.
        let _ = self.write_soa().and_then(|()| self.prove(Some(absent)));
        verdict
    }

    fn write_soa(&mut self) -> Result<(), Truncated> {
        let soa = Sent::find(&self.version.apex_leaf(), Rrtype::SOA, self.signatures);
        let Some(soa) = soa else { return Ok(()) };
        let soa = soa.capped(negative_ttl(&soa));
        self.reply.require(Section::Authority, self.version.apex(), &soa)
    }

    /// AA stays as it is: clear, or set by the alias that led here (RFC 6604 §2.1).
    fn referral(&mut self, qname: NameRef<'_>, cut: &Leaf<'v>) -> Verdict {
        let owner = qname.ancestor(cut.label_count());
        // When something does not fit TC is set, and there is nothing to add.
        let _ = self.delegation(owner, cut);
        Verdict::REFERRAL
    }

    fn delegation(&mut self, owner: NameRef<'_>, cut: &Leaf<'v>) -> Result<(), Truncated> {
        let Some(servers) = cut.rrset(Rrtype::NS) else { return Ok(()) };
        self.reply.require(Section::Authority, owner, &Sent::bare(servers))?;
        // RFC 4035 §3.1.4: DS or the proof that there is none, before any glue. Without a signature
        // nobody believes it.
        let ds = match self.signatures {
            Signatures::Wanted => Sent::find(cut, Rrtype::DS, self.signatures),
            Signatures::Unwanted => None,
        };
        let absent = match ds.filter(Sent::is_signed) {
            Some(ds) => {
                self.reply.require(Section::Authority, owner, &ds)?;
                None
            }
            None => Some(Absent::Type { qname: owner }),
        };
        self.prove(absent)?;
        additional::glue(self.version, owner, &servers, self.reply)
    }

    /// Ends the answer section, whose last name a wildcard may have stood in for.
    fn end_with(&mut self, qname: NameRef<'_>, wildcard: Option<usize>) -> Result<(), Truncated> {
        self.on_expansion(qname, wildcard);
        self.prove(None)
    }

    fn on_expansion(&mut self, qname: NameRef<'_>, wildcard: Option<usize>) {
        if let (Some(closest_encloser), Signatures::Wanted) = (wildcard, self.signatures) {
            self.denial.on_expansion(self.version, qname, closest_encloser);
        }
    }

    /// RFC 3225 §3: only with DO.
    fn prove(&mut self, absent: Option<Absent<'_>>) -> Result<(), Truncated> {
        match self.signatures {
            Signatures::Wanted => self.denial.write(self.version, absent, self.reply),
            Signatures::Unwanted => Ok(()),
        }
    }

    /// Goes from alias to alias. A chain that ends early ends with what there is of it.
    fn follow(&mut self, first: NameRef<'_>, alias: Alias<'v>) -> Verdict {
        self.reply.set_authoritative();
        let verdict = match self.links(first, alias) {
            End::Verdict(verdict) => return verdict,
            End::Truncated => return Verdict::ANSWER,
            End::Early => Verdict::ANSWER,
            End::NameTooLong => Verdict::YXDOMAIN,
        };
        // When something does not fit TC is set, and there is nothing to add.
        let _ = self.prove(None);
        verdict
    }

    fn links(&mut self, first: NameRef<'_>, mut alias: Alias<'v>) -> End {
        let mut chain = Chain::new(first);
        loop {
            if let Err(end) = self.write_link(&mut chain, &alias) {
                return end;
            }
            // The link itself was asked for (RFC 6672 §3.2 step 3C; RFC 1034 §4.3.2 step 3a for ANY).
            if matches!(self.qtype, Rrtype::CNAME | Rrtype::ANY) {
                return End::Early;
            }
            let name = chain.name.as_ref();
            let in_zone = name.is_at_or_under(self.version.apex());
            if !in_zone || !chain.names.enter(name) {
                return End::Early;
            }
            // It is asked for, and it led here: it is written already.
            if self.qtype == Rrtype::DNAME && chain.dnames.has(name) {
                return End::Early;
            }
            match self.step(name) {
                Step::Done(verdict) => return End::Verdict(verdict),
                Step::Alias(_) if chain.names.is_full() => return End::Early,
                Step::Alias(next) => alias = next,
            }
        }
    }

    /// Writes the records of one link; the chain then stands at its target.
    fn write_link(&mut self, chain: &mut Chain, alias: &Alias<'v>) -> Result<(), End> {
        let name = chain.name.as_ref();
        match alias {
            Alias::Cname { sent, wildcard } => {
                self.reply.require(Section::Answer, name, sent)?;
                self.on_expansion(name, *wildcard);
                chain.name.assign(target_of(sent));
            }
            Alias::Dname { sent, owner_labels } => {
                let owner = name.ancestor(*owner_labels);
                if chain.dnames.enter(owner) {
                    self.reply.require(Section::Answer, owner, sent)?;
                }
                let labels = name.relative_to(owner).unwrap_or(&[]);
                let mut target = NameBuf::new();
                // RFC 6672 §2.2: the only error of names we have is that they grow too long.
                target.join(labels, target_of(sent)).map_err(|_| End::NameTooLong)?;
                self.write_synthesized(name, sent.rrset.ttl(), target.as_ref())?;
                chain.name = target;
            }
        }
        Ok(())
    }

    /// RFC 6672 §3.1: the CNAME that a DNAME stands for has the DNAME's ttl, and no signature (§5.3.1).
    fn write_synthesized(
        &mut self,
        owner: NameRef<'_>,
        ttl: Ttl,
        target: NameRef<'_>,
    ) -> Result<(), Truncated> {
        let (rrtype, class, rdata) = (Rrtype::CNAME, Class::IN, target.as_wire());
        self.reply.require_record(RecordRef { owner, rrtype, class, ttl, rdata })
    }
}

/// How a chain of aliases ends.
enum End {
    /// Its last target is answered, and proven.
    Verdict(Verdict),
    /// With a link: its target is another zone's, or was there before, or is one too many.
    Early,
    /// With a DNAME that makes the name too long.
    NameTooLong,
    /// Where there was no more room, and TC says so.
    Truncated,
}

impl From<Truncated> for End {
    fn from(Truncated: Truncated) -> Self {
        Self::Truncated
    }
}

/// The name that is the rdata of a CNAME or DNAME; checked when it was received.
fn target_of<'v>(sent: &Sent<'v>) -> NameRef<'v> {
    let rdata = sent.rrset.rdatas().next();
    rdata.and_then(|wire| NameRef::from_wire(wire).ok()).unwrap_or(NameRef::ROOT)
}

/// RFC 2308 §5: the last field of the SOA; checked when it was received.
fn negative_ttl(soa: &Sent<'_>) -> Ttl {
    let rdata = soa.rrset.rdatas().next();
    let field = rdata.and_then(|rdata| rdata.last_chunk::<4>().copied());
    field.map_or(Ttl::ZERO, |octets| Ttl::from_wire(u32::from_be_bytes(octets)))
}
