//! A signed zone as a list of what its chain has, and RFC 4035 §3.1.3 and RFC 5155 §7.2 word by word. Shares no code
//! with the crate.

use crate::laws::model::{Model, Path, name_of};
use sha1::{Digest, Sha1};
use std::collections::BTreeSet;
use wire::codes::Rrtype;

/// Parameters of NSEC3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) iterations: u16,
    pub(crate) salt: Vec<u8>,
}

impl Chain {
    fn fields(&self, flags: u8) -> Vec<u8> {
        let mut rdata = vec![1, flags];
        rdata.extend_from_slice(&self.iterations.to_be_bytes());
        rdata.push(u8::try_from(self.salt.len()).unwrap());
        rdata.extend_from_slice(&self.salt);
        rdata
    }

    pub(crate) fn param(&self) -> Vec<u8> {
        self.fields(0)
    }

    pub(crate) fn nsec3(&self, has_soa: bool) -> Vec<u8> {
        let types: &[u8] = if has_soa { &[0, 1, 0x22] } else { &[0, 1, 0x40] };
        [&self.fields(1)[..], &[20], &[0; 20], types].concat()
    }
}

/// RFC 5155 §5, and the base32 of RFC 4648 §7 by way of a string of bits.
pub(crate) fn hash_label(chain: &Chain, path: &[Vec<u8>]) -> Vec<u8> {
    let wire = name_of(path).to_lower_case().as_wire().to_vec();
    let mut hash = Sha1::digest([wire, chain.salt.clone()].concat()).to_vec();
    for _ in 0..chain.iterations {
        hash = Sha1::digest([hash, chain.salt.clone()].concat()).to_vec();
    }
    let bits: String = hash.iter().map(|octet| format!("{octet:08b}")).collect();
    let digit = |five: &[u8]| {
        let value = u8::from_str_radix(std::str::from_utf8(five).unwrap(), 2).unwrap();
        if value < 10 { b'0' + value } else { b'a' + value - 10 }
    };
    bits.as_bytes().chunks(5).map(digit).collect()
}

/// What a proof may use.
pub(crate) struct Signed {
    pub(crate) chain: Option<Chain>,
    /// Names that have an NSEC or NSEC3, the apex first.
    pub(crate) members: Vec<Path>,
    /// Their hashes, sorted.
    labels: Vec<Vec<u8>>,
}

impl Signed {
    /// Every authoritative name and, for NSEC3, every empty non-terminal. Cuts without DS may be left out of a chain
    /// of NSEC3, and then no longer make names above them exist (RFC 5155 §7.1).
    pub(crate) fn new(
        model: &Model,
        chain: Option<Chain>,
        is_kept: impl Fn(usize) -> bool,
    ) -> Self {
        let mut signed = Self { chain, members: Vec::new(), labels: Vec::new() };
        let mut members = BTreeSet::new();
        for (turn, path) in model.paths().enumerate() {
            let is_cut = !path.is_empty() && model.owns(path, Rrtype::NS);
            let is_unsigned = is_cut && !model.owns(path, Rrtype::DS);
            if signed.is_occluded(model, path) {
                continue;
            }
            match &signed.chain {
                None => drop(members.insert(path.clone())),
                Some(_) if is_unsigned && !is_kept(turn) => {}
                Some(_) => members.extend((0..=path.len()).map(|depth| path[..depth].to_vec())),
            }
        }
        signed.members = members.into_iter().collect();
        signed
    }

    /// With holes.
    pub(crate) fn retaining(mut self, is_there: impl Fn(usize) -> bool) -> Self {
        let members = self.members.into_iter().enumerate();
        self.members = members.filter(|(turn, _)| is_there(*turn)).map(|(_, path)| path).collect();
        if let Some(chain) = &self.chain {
            self.labels = self.members.iter().map(|path| hash_label(chain, path)).collect();
            self.labels.sort();
        }
        self
    }

    /// Not authoritative: below a cut or DNAME, that of the apex included.
    pub(crate) fn is_occluded(&self, model: &Model, path: &Path) -> bool {
        let below_apex = !path.is_empty() && model.owns(&[], Rrtype::DNAME);
        below_apex || model.is_occluded(path)
    }

    /// RFC 4035 §3.1.3.1; RFC 5155 §7.2.3, §7.2.4, §7.2.7.
    pub(crate) fn without_type(&self, qname: &Path) -> BTreeSet<Path> {
        match self.matching(qname) {
            _ if self.chain.is_none() => BTreeSet::from([self.covering(qname)]),
            Some(own) => BTreeSet::from([own]),
            None => self.closest_encloser_proof(qname, qname.len() - 1).1,
        }
    }

    /// RFC 4035 §3.1.3.3; RFC 5155 §7.2.6.
    pub(crate) fn expanded(&self, qname: &Path, encloser: usize) -> BTreeSet<Path> {
        let next_closer = qname[..=encloser].to_vec();
        let name = if self.chain.is_some() { &next_closer } else { qname };
        BTreeSet::from([self.covering(name)])
    }

    /// RFC 4035 §3.1.3.2, §3.1.3.4; RFC 5155 §7.2.2, §7.2.5.
    pub(crate) fn missing(&self, qname: &Path, encloser: usize) -> BTreeSet<Path> {
        let (encloser, mut owners) = match self.chain {
            None => (encloser, BTreeSet::from([self.covering(qname)])),
            Some(_) => self.closest_encloser_proof(qname, encloser),
        };
        let mut wildcard = qname[..encloser].to_vec();
        wildcard.push(b"*".to_vec());
        owners.insert(self.matching(&wildcard).unwrap_or_else(|| self.covering(&wildcard)));
        owners
    }

    /// RFC 5155 §7.2.1, from the encloser upwards until one has an NSEC3.
    fn closest_encloser_proof(&self, qname: &Path, from: usize) -> (usize, BTreeSet<Path>) {
        let provable = (0..=from).rev().find(|depth| self.matching(&qname[..*depth]).is_some());
        let depth = provable.unwrap();
        let encloser = self.matching(&qname[..depth]).unwrap();
        (depth, BTreeSet::from([encloser, self.covering(&qname[..=depth])]))
    }

    /// The owner of the NSEC or NSEC3 of exactly this name.
    fn matching(&self, path: &[Vec<u8>]) -> Option<Path> {
        match &self.chain {
            None => self.members.iter().find(|member| *member == path).cloned(),
            Some(chain) => {
                let label = hash_label(chain, path);
                self.labels.iter().find(|held| **held == label).map(|label| vec![label.clone()])
            }
        }
    }

    /// The owner of the last NSEC up to a name, or of the last NSEC3 before its hash, around the circle.
    fn covering(&self, path: &[Vec<u8>]) -> Path {
        match &self.chain {
            None => self.members.iter().rfind(|member| &member[..] <= path).unwrap().clone(),
            Some(chain) => {
                let label = hash_label(chain, path);
                let before = self.labels.iter().rfind(|held| **held < label);
                vec![before.or(self.labels.last()).unwrap().clone()]
            }
        }
    }
}
