//! Whether denial records prove what an answer claims, as a validator reads them.
//!
//! RFC 4035 §5.4 · RFC 5155 §8 · RFC 6840 §4. Shares nothing with what finds the proofs.

use super::parsed::Told;
use data_encoding::BASE32HEX_NOPAD;
use sha1::{Digest as _, Sha1};
use std::collections::BTreeSet;
use wire::codes::Rrtype;
use wire::name::{Name, NameRef};

/// What has to be proven absent.
#[derive(Clone, Copy, Debug)]
pub enum Claim<'n> {
    /// No such name, and no wildcard stands for it.
    Name(NameRef<'n>),
    /// The name, or the wildcard that stands for it, has no such type.
    Type(NameRef<'n>, Rrtype),
    /// Nothing closer to the name than the wildcard below this many labels.
    Closer(NameRef<'n>, usize),
    /// A cut without a DS.
    UnsignedCut(NameRef<'n>),
}

/// The denial records of one answer.
#[derive(Debug)]
pub struct Proof {
    apex: Name,
    nsecs: Vec<Nsec>,
    nsec3s: Vec<Nsec3>,
}

#[derive(Debug)]
struct Nsec {
    owner: Name,
    next: Name,
    types: BTreeSet<Rrtype>,
}

#[derive(Debug)]
struct Nsec3 {
    hash: Vec<u8>,
    next: Vec<u8>,
    iterations: u16,
    salt: Vec<u8>,
    opt_out: bool,
    types: BTreeSet<Rrtype>,
}

impl Proof {
    /// Reads the denial records among these.
    #[must_use]
    pub fn read(apex: &Name, told: &[&Told]) -> Self {
        let of_type = |rrtype| told.iter().filter(move |told| told.rrtype == rrtype);
        let nsecs = of_type(Rrtype::NSEC).map(|told| Nsec::read(told)).collect();
        let nsec3s = of_type(Rrtype::NSEC3).map(|told| Nsec3::read(told)).collect();
        Self { apex: apex.clone(), nsecs, nsec3s }
    }

    /// True if there are no denial records at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nsecs.is_empty() && self.nsec3s.is_empty()
    }

    /// Whether a validator would believe the claim.
    #[must_use]
    pub fn proves(&self, claim: Claim<'_>) -> bool {
        if self.nsec3s.is_empty() {
            return self.proves_by_nsec(claim);
        }
        match claim {
            Claim::Name(name) => self.encloser(name).is_some_and(|(encloser, _)| {
                wildcard(encloser).is_none_or(|name| self.covering(name.as_ref()).is_some())
            }),
            Claim::Type(name, rrtype) => match self.matching(name) {
                Some(nsec3) => lacks(&nsec3.types, rrtype),
                None => self.encloser(name).is_some_and(|(encloser, opt_out)| {
                    let wildcard = wildcard(encloser);
                    let here = wildcard.as_ref().and_then(|name| self.matching(name.as_ref()));
                    // RFC 5155 §8.6, and the same for names that only unsigned cuts make exist.
                    here.map_or(opt_out, |nsec3| lacks(&nsec3.types, rrtype))
                }),
            },
            Claim::Closer(name, labels) => self.covering(name.ancestor(labels + 1)).is_some(),
            Claim::UnsignedCut(cut) => match self.matching(cut) {
                Some(nsec3) => is_unsigned_cut(&nsec3.types),
                None => self.encloser(cut).is_some_and(|(_, opt_out)| opt_out),
            },
        }
    }

    fn proves_by_nsec(&self, claim: Claim<'_>) -> bool {
        match claim {
            Claim::Name(name) => self.gap(name).is_some_and(|encloser| {
                wildcard(encloser).is_none_or(|name| self.gap(name.as_ref()).is_some())
            }),
            Claim::Type(name, rrtype) => match self.at(name) {
                Some(nsec) => lacks(&nsec.types, rrtype),
                None => {
                    let is_above = |nsec: &Nsec| nsec.next.as_ref().is_at_or_under(name);
                    let is_empty = self.over(name).is_some_and(is_above);
                    is_empty
                        || self
                            .gap(name)
                            .is_some_and(|encloser| self.expands_to_no(encloser, rrtype))
                }
            },
            Claim::Closer(name, labels) => {
                self.gap(name).is_some_and(|encloser| encloser.label_count() <= labels)
            }
            Claim::UnsignedCut(cut) => {
                self.at(cut).is_some_and(|nsec| is_unsigned_cut(&nsec.types))
            }
        }
    }

    /// The wildcard below this name exists without the type.
    fn expands_to_no(&self, encloser: NameRef<'_>, rrtype: Rrtype) -> bool {
        wildcard(encloser).is_some_and(|name| match self.at(name.as_ref()) {
            Some(nsec) => lacks(&nsec.types, rrtype),
            None => {
                let is_above = |nsec: &Nsec| nsec.next.as_ref().is_at_or_under(name.as_ref());
                self.over(name.as_ref()).is_some_and(is_above)
            }
        })
    }

    fn at(&self, name: NameRef<'_>) -> Option<&Nsec> {
        self.nsecs.iter().find(|nsec| nsec.owner.as_ref() == name)
    }

    fn over(&self, name: NameRef<'_>) -> Option<&Nsec> {
        self.nsecs.iter().find(|nsec| nsec.is_over(name, self.apex.as_ref()))
    }

    /// The closest encloser of a name that does not exist.
    fn gap<'n>(&self, name: NameRef<'n>) -> Option<NameRef<'n>> {
        let nsec = self.over(name).filter(|nsec| !nsec.next.as_ref().is_at_or_under(name))?;
        let shared = |other: &Name| name.common_labels(other.as_ref());
        Some(name.ancestor(shared(&nsec.owner).max(shared(&nsec.next))))
    }

    fn matching(&self, name: NameRef<'_>) -> Option<&Nsec3> {
        self.nsec3s.iter().find(|nsec3| nsec3.hash == nsec3.hash_of(name))
    }

    fn covering(&self, name: NameRef<'_>) -> Option<&Nsec3> {
        self.nsec3s.iter().find(|nsec3| nsec3.is_over(&nsec3.hash_of(name)))
    }

    /// RFC 5155 §8.3: the closest encloser, and whether there may be unsigned cuts below it.
    fn encloser<'n>(&self, name: NameRef<'n>) -> Option<(NameRef<'n>, bool)> {
        let apex = self.apex.as_ref().label_count();
        let mut above = (apex..name.label_count()).rev();
        above.find_map(|labels| {
            let encloser = name.ancestor(labels);
            let nsec3 = self.matching(encloser)?;
            let types = &nsec3.types;
            let ends = types.contains(&Rrtype::DNAME)
                || types.contains(&Rrtype::NS) && !types.contains(&Rrtype::SOA);
            let next_closer = self.covering(name.ancestor(labels + 1)).filter(|_| !ends)?;
            Some((encloser, next_closer.opt_out))
        })
    }
}

impl Nsec {
    fn read(told: &Told) -> Self {
        let (next, bitmap) = NameRef::split_from(&told.rdata).expect("a valid NSEC");
        Self { owner: told.owner.clone(), next: next.to_name(), types: types(bitmap) }
    }

    /// The name lies behind the owner and in front of the next one; the owner says nothing of names
    /// below it that others answer for (RFC 6840 §4.1).
    fn is_over(&self, name: NameRef<'_>, apex: NameRef<'_>) -> bool {
        let (owner, next) = (self.owner.as_ref(), self.next.as_ref());
        let is_between = owner < name && (name < next || next == apex);
        let cut = self.types.contains(&Rrtype::NS) && !self.types.contains(&Rrtype::SOA);
        let ends = cut || self.types.contains(&Rrtype::DNAME);
        is_between && !(ends && name.is_at_or_under(owner))
    }
}

impl Nsec3 {
    fn read(told: &Told) -> Self {
        let label = told.owner.as_ref().labels().next().expect("a hash in front");
        let hash = BASE32HEX_NOPAD.decode(&label.to_ascii_uppercase()).expect("base32hex");
        let &[_, flags, i0, i1, salt, ref rest @ ..] = &told.rdata[..] else {
            panic!("a valid NSEC3")
        };
        let (salt, rest) = rest.split_at(usize::from(salt));
        let (next, bitmap) = rest[1..].split_at(usize::from(rest[0]));
        Self {
            hash,
            next: next.to_vec(),
            iterations: u16::from_be_bytes([i0, i1]),
            salt: salt.to_vec(),
            opt_out: flags & 1 == 1,
            types: types(bitmap),
        }
    }

    /// RFC 5155 §5.
    fn hash_of(&self, name: NameRef<'_>) -> Vec<u8> {
        let mut hash = name.as_wire().to_ascii_lowercase();
        for _ in 0..=self.iterations {
            hash = Sha1::new().chain_update(&hash).chain_update(&self.salt).finalize().to_vec();
        }
        hash
    }

    /// The last of a chain covers what lies behind it, and in front of the first.
    fn is_over(&self, hash: &[u8]) -> bool {
        let (after, before) = (*self.hash < *hash, *hash < *self.next);
        if self.hash < self.next { after && before } else { after || before }
    }
}

/// A CNAME would have led on; of a cut's types only DS is the parent's to deny.
fn lacks(types: &BTreeSet<Rrtype>, rrtype: Rrtype) -> bool {
    let (cut, apex) = (types.contains(&Rrtype::NS), types.contains(&Rrtype::SOA));
    let is_ours = rrtype == Rrtype::DS || !cut || apex;
    is_ours && !types.contains(&rrtype) && !types.contains(&Rrtype::CNAME)
}

fn is_unsigned_cut(types: &BTreeSet<Rrtype>) -> bool {
    let has = |rrtype| types.contains(&rrtype);
    has(Rrtype::NS) && !has(Rrtype::DS) && !has(Rrtype::SOA)
}

fn wildcard(encloser: NameRef<'_>) -> Option<Name> {
    Name::child(b"*", encloser).ok()
}

fn types(bitmap: &[u8]) -> BTreeSet<Rrtype> {
    wire::rdata::bitmap_types(bitmap).collect()
}
