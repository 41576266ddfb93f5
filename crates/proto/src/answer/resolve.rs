//! From a name to sections: the algorithm of RFC 1034 §4.3.2 within one version.
//!
//! Pure.
//!
//! Standards: RFC 1034 §4.3.2 step 3, §3.6.2 (aliases) · RFC 4592 §3.3 (wildcards) · RFC 6672 §3.2
//! (DNAME) · RFC 6604 (AA and rcode of chains) · RFC 2308 §3, §5 (negative answers) · RFC 4035
//! §3.1.4 (DS in referrals) · RFC 5155 §7.2.8 (owners of NSEC3) · RFC 8482 §4.1 (ANY).
//!
//! Invariants: at most [`LINKS_MAX`] links; no record is written twice.
//!
//! Not here: where names lie (`zone`), addresses (`additional`), size (`reply`).

use super::additional;
use super::outcome::Verdict;
use super::reply::{Reply, Sent, Signatures, Truncated};
use wire::codes::{Class, Rrtype};
use wire::message::Section;
use wire::name::{NameBuf, NameRef};
use wire::query::Query;
use wire::record::RecordRef;
use wire::ttl::Ttl;
use zone::{Leaf, Lookup, Version};

/// Links of a chain of aliases that are followed, the synthesized ones counted (threat 36).
pub const LINKS_MAX: usize = 16;

/// Fills the sections from a version at or above whose apex the qname is.
pub(super) fn resolve(version: &Version, query: &Query<'_>, reply: &mut Reply<'_>) -> Verdict {
    let signatures = reply.signatures();
    let mut walk = Walk { version, qtype: query.qtype, signatures, reply };
    match walk.step(query.qname) {
        Step::Done(verdict) => verdict,
        Step::Alias(alias) => walk.follow(query.qname, alias),
    }
}

struct Walk<'v, 'r, 'b> {
    version: &'v Version,
    qtype: Rrtype,
    signatures: Signatures,
    reply: &'r mut Reply<'b>,
}

/// What one name leads to.
enum Step<'v> {
    Done(Verdict),
    Alias(Alias<'v>),
}

/// Another name to go on with; nothing of it is written yet.
enum Alias<'v> {
    /// The name is an alias.
    Cname(Sent<'v>),
    /// An ancestor of this many labels has a DNAME.
    Dname { sent: Sent<'v>, owner_labels: usize },
}

impl<'v> Walk<'v, '_, '_> {
    fn step(&mut self, qname: NameRef<'_>) -> Step<'v> {
        match self.version.lookup(qname) {
            // The owner of what a wildcard gives is the qname (RFC 4592 §3.3.1).
            Lookup::Found { leaf, wildcard: _ } => self.on_leaf(qname, &leaf),
            Lookup::EmptyNonTerminal { wildcard: _ } => Step::Done(self.negative(Verdict::NODATA)),
            // RFC 4035 §3.1.4.1.
            Lookup::Cut { leaf, at_qname: true } if self.qtype == Rrtype::DS => {
                match Sent::find(&leaf, Rrtype::DS, self.signatures) {
                    Some(ds) => Step::Done(self.positive(qname, &ds)),
                    None => Step::Done(self.negative(Verdict::NODATA)),
                }
            }
            Lookup::Cut { leaf, at_qname: _ } => Step::Done(self.referral(qname, &leaf)),
            Lookup::Dname { leaf } => match Sent::find(&leaf, Rrtype::DNAME, self.signatures) {
                Some(sent) => Step::Alias(Alias::Dname { sent, owner_labels: leaf.label_count() }),
                None => Step::Done(self.negative(Verdict::NXDOMAIN)),
            },
            Lookup::Missing { .. } | Lookup::OutOfZone => {
                Step::Done(self.negative(Verdict::NXDOMAIN))
            }
        }
    }

    fn on_leaf(&mut self, qname: NameRef<'_>, leaf: &Leaf<'v>) -> Step<'v> {
        if is_denial_only(leaf) {
            return Step::Done(self.negative(Verdict::NXDOMAIN));
        }
        let wanted = match self.qtype {
            Rrtype::ANY => leaf.rrsets().find(|rrset| rrset.rrtype() != Rrtype::RRSIG),
            Rrtype::RRSIG => return Step::Done(self.all_signatures(qname, leaf)),
            qtype => leaf.rrset(qtype),
        };
        if let Some(rrset) = wanted {
            let sent = Sent::new(leaf, rrset, self.signatures);
            return Step::Done(self.positive(qname, &sent));
        }
        match Sent::find(leaf, Rrtype::CNAME, self.signatures) {
            // RFC 4035 §2.5: NSEC and RRSIG stand beside a CNAME, so it is no alias for them.
            Some(cname) if self.qtype != Rrtype::NSEC => Step::Alias(Alias::Cname(cname)),
            Some(_) | None => Step::Done(self.negative(Verdict::NODATA)),
        }
    }

    fn positive(&mut self, qname: NameRef<'_>, sent: &Sent<'v>) -> Verdict {
        self.reply.set_authoritative();
        // Addresses are for those who will use them; ANY is for those who look.
        if self.reply.require(Section::Answer, qname, sent).is_ok() && self.qtype != Rrtype::ANY {
            additional::addresses(self.version, qname, sent, self.reply);
        }
        Verdict::ANSWER
    }

    /// Signatures asked for by name come without DO (RFC 4035 §3.1).
    fn all_signatures(&mut self, qname: NameRef<'_>, leaf: &Leaf<'v>) -> Verdict {
        let mut signatures = leaf.rrsets().filter(|rrset| rrset.rrtype() == Rrtype::RRSIG);
        let Some(first) = signatures.next() else { return self.negative(Verdict::NODATA) };
        self.reply.set_authoritative();
        for rrset in core::iter::once(first).chain(signatures) {
            if self.reply.require(Section::Answer, qname, &Sent::bare(rrset)).is_err() {
                break;
            }
        }
        Verdict::ANSWER
    }

    /// RFC 2308 §3: with the SOA, whose ttl says how long the denial may be kept (§5).
    fn negative(&mut self, verdict: Verdict) -> Verdict {
        self.reply.set_authoritative();
        if let Some(soa) = Sent::find(&self.version.apex_leaf(), Rrtype::SOA, self.signatures) {
            let soa = soa.capped(negative_ttl(&soa));
            // When it does not fit TC is set, and there is nothing to add.
            let _ = self.reply.require(Section::Authority, self.version.apex().as_ref(), &soa);
        }
        verdict
    }

    /// AA stays as it is: clear, or set by the alias that led here (RFC 6604 §2.1).
    fn referral(&mut self, qname: NameRef<'_>, cut: &Leaf<'v>) -> Verdict {
        let owner = qname.ancestor(cut.label_count());
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
        if let Some(ds) = ds.filter(Sent::is_signed) {
            self.reply.require(Section::Authority, owner, &ds)?;
        }
        additional::glue(self.version, owner, &servers, self.reply)
    }

    /// Goes from alias to alias; what ends a chain early ends it with NOERROR.
    fn follow(&mut self, first: NameRef<'_>, mut alias: Alias<'v>) -> Verdict {
        self.reply.set_authoritative();
        let mut chain = Chain::new(first);
        loop {
            if let Err(verdict) = self.write_link(&mut chain, &alias) {
                return verdict;
            }
            // The link itself was asked for (RFC 6672 §3.2 step 3C; RFC 1034 §4.3.2 step 3a for ANY).
            if matches!(self.qtype, Rrtype::CNAME | Rrtype::ANY) {
                return Verdict::ANSWER;
            }
            let name = chain.name.as_ref();
            let in_zone = name.is_at_or_under(self.version.apex().as_ref());
            if !in_zone || !chain.names.enter(name) {
                return Verdict::ANSWER;
            }
            // It is asked for, and it led here: it is written already.
            if self.qtype == Rrtype::DNAME && chain.dnames.has(name) {
                return Verdict::ANSWER;
            }
            match self.step(name) {
                Step::Done(verdict) => return verdict,
                Step::Alias(_) if chain.names.is_full() => return Verdict::ANSWER,
                Step::Alias(next) => alias = next,
            }
        }
    }

    /// Writes the records of one link; the chain then stands at its target.
    fn write_link(&mut self, chain: &mut Chain, alias: &Alias<'v>) -> Result<(), Verdict> {
        let name = chain.name.as_ref();
        match alias {
            Alias::Cname(sent) => {
                self.require_answer(name, sent)?;
                chain.name.assign(target_of(sent));
            }
            Alias::Dname { sent, owner_labels } => {
                let owner = name.ancestor(*owner_labels);
                if chain.dnames.enter(owner) {
                    self.require_answer(owner, sent)?;
                }
                let labels = name.relative_to(owner).unwrap_or(&[]);
                let mut target = NameBuf::new();
                // RFC 6672 §2.2: the only error of names we have is that they grow too long.
                target.join(labels, target_of(sent)).map_err(|_| Verdict::YXDOMAIN)?;
                self.require_synthesized(name, sent.rrset.ttl(), target.as_ref())?;
                chain.name = target;
            }
        }
        Ok(())
    }

    fn require_answer(&mut self, owner: NameRef<'_>, sent: &Sent<'v>) -> Result<(), Verdict> {
        self.reply.require(Section::Answer, owner, sent).map_err(|Truncated| Verdict::ANSWER)
    }

    /// RFC 6672 §3.1: the CNAME that a DNAME stands for has the DNAME's ttl, and no signature (§5.3.1).
    fn require_synthesized(
        &mut self,
        owner: NameRef<'_>,
        ttl: Ttl,
        target: NameRef<'_>,
    ) -> Result<(), Verdict> {
        let (rrtype, class, rdata) = (Rrtype::CNAME, Class::IN, target.as_wire());
        let record = RecordRef { owner, rrtype, class, ttl, rdata };
        self.reply.require_record(record).map_err(|Truncated| Verdict::ANSWER)
    }
}

/// RFC 5155 §7.2.8: a name that has nothing but NSEC3 does not exist. Mostly the first rrset tells.
fn is_denial_only(leaf: &Leaf<'_>) -> bool {
    leaf.rrsets().all(|rrset| rrset.covered().unwrap_or_else(|| rrset.rrtype()) == Rrtype::NSEC3)
}

/// Where a chain of aliases stands, and where it has been.
struct Chain {
    name: NameBuf,
    /// All names so far.
    names: Seen,
    /// Owners of the DNAMEs written so far: each is written once.
    dnames: Seen,
}

impl Chain {
    fn new(first: NameRef<'_>) -> Self {
        let mut names = Seen::new();
        names.enter(first);
        Self { name: NameBuf::from(first), names, dnames: Seen::new() }
    }
}

/// Names by their fingerprints: room for the qname and the target of each link.
///
/// Should two names ever have the same one, a chain is told in part, which is always allowed.
struct Seen {
    fingerprints: [u64; LINKS_MAX + 1],
    count: usize,
}

impl Seen {
    const fn new() -> Self {
        Self { fingerprints: [0; LINKS_MAX + 1], count: 0 }
    }

    /// False if the name was there already, or there is no room.
    fn enter(&mut self, name: NameRef<'_>) -> bool {
        if self.has(name) {
            return false;
        }
        let Some(place) = self.fingerprints.get_mut(self.count) else { return false };
        *place = fingerprint(name);
        self.count = self.count.saturating_add(1);
        true
    }

    fn has(&self, name: NameRef<'_>) -> bool {
        let fingerprint = fingerprint(name);
        self.fingerprints.iter().take(self.count).any(|&seen| seen == fingerprint)
    }

    const fn is_full(&self) -> bool {
        self.count > LINKS_MAX
    }
}

/// FNV-1a over the name in lower case.
fn fingerprint(name: NameRef<'_>) -> u64 {
    name.as_wire().iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(octet.to_ascii_lowercase())).wrapping_mul(0x0000_0100_0000_01b3)
    })
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
