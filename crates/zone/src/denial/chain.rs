//! One chain of NSEC3: its parameters, what belongs to it, and its hash.
//!
//! Pure; hashing allocates nothing.
//!
//! Standards: RFC 5155 §3.1–3.3, §4.1–4.2 (fields), §5 (hash), §6.2 (owners) · RFC 9276 §3.2 (iterations).
//!
//! Not here: looking for members (`nsec3`).

use super::CHAINS_MAX;
use crate::key;
use crate::octets::Octets;
use crate::page::RawLeaf;
use crate::rrset::Rrsets;
use sha1::{Digest, Sha1};
use wire::codes::Rrtype;
use wire::name::{NAME_OCTETS_MAX, NameRef};

/// More iterations than this are not done for a query. RFC 5155 §10.3 allowed so many with keys of 2,048 bits; RFC
/// 9276 §3.1 wants none at all.
pub(super) const ITERATIONS_MAX: u16 = 500;

/// The only hash there is (RFC 5155 §11).
const SHA_1: u8 = 1;

/// SHA-1 takes so many octets at a time.
const BLOCK_OCTETS: usize = 64;

/// What SHA-1 adds to a message at least: a bit that ends it and its length.
const PADDING_OCTETS: usize = 9;

const HASH_OCTETS: usize = 20;

/// Characters of a hash as a label.
const LABEL_OCTETS: usize = 32;

/// Octets of the key of a member: aside, one label, its end.
pub(super) const KEY_OCTETS: usize = LABEL_OCTETS + 2;

/// The parameters of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chain {
    iterations: u16,
    salt: Box<[u8]>,
}

/// Stepping over a leaf of another chain costs as much as so many blocks.
const STEP_BLOCKS: usize = 2;

/// Work that is left for one answer, whose proofs may be many: hashing names, and looking for the hashes.
#[derive(Clone, Copy, Debug)]
pub struct HashBudget {
    /// In blocks of SHA-1.
    blocks: usize,
}

impl HashBudget {
    /// Three names of a chain with the most iterations and the longest salt, and a little more: below a
    /// millisecond. Chains as they ought to be get any number of names.
    #[must_use]
    pub const fn of_an_answer() -> Self {
        Self { blocks: 8_192 }
    }

    fn spend(&mut self, blocks: usize) -> Option<()> {
        self.blocks = self.blocks.checked_sub(blocks)?;
        Some(())
    }

    /// A leaf of another chain is stepped over. There may be many, and in a sound zone: all names that were opted out
    /// of the chain in use, while another is built that has them.
    pub(super) fn step(&mut self) -> Option<()> {
        self.spend(STEP_BLOCKS)
    }
}

impl Chain {
    /// The chain that an NSEC3PARAM tells of; `None` if it is of a kind that RFC 5155 §4.1.2 has us ignore, or
    /// malformed.
    pub(super) fn of_param(rdata: &[u8]) -> Option<Self> {
        let mut rest = Octets(rdata);
        let (algorithm, flags) = (rest.octet()?, rest.octet()?);
        let iterations = rest.u16()?;
        let salt = take_counted(&mut rest)?;
        let known = algorithm == SHA_1 && flags == 0 && rest.is_empty();
        known.then(|| Self { iterations, salt: salt.into() })
    }

    pub(super) const fn is_costly(&self) -> bool {
        self.iterations > ITERATIONS_MAX
    }

    /// Whether a leaf is of this chain: its owner is a hash right below the apex, and its parameters are these.
    pub(super) fn has(&self, leaf: &RawLeaf<'_>) -> bool {
        is_hash(leaf) && self.rdatas(leaf).next().is_some()
    }

    /// Whether a leaf of this chain says that its name has a SOA.
    pub(super) fn has_soa(&self, leaf: &RawLeaf<'_>) -> bool {
        // Window 0 comes first (RFC 5155 §3.2.1); SOA is type 6.
        let has_soa = |types: &[u8]| matches!(types, [0, 1..=32, first, ..] if first & 0x02 != 0);
        self.rdatas(leaf).any(has_soa)
    }

    /// The type bit maps of those NSEC3 of a leaf that are of this chain. Each chain has one at a hash, so further ones
    /// than there may be chains are not looked at: an owner can have thousands, and its neighbours too (threat 20).
    fn rdatas<'v>(&self, leaf: &RawLeaf<'v>) -> impl Iterator<Item = &'v [u8]> {
        let mut rrsets = Rrsets(Octets(leaf.tail.rrsets));
        let nsec3 = rrsets.find(|rrset| rrset.rrtype() == Rrtype::NSEC3);
        let rdatas = nsec3.into_iter().flat_map(|rrset| rrset.rdatas().take(CHAINS_MAX));
        rdatas.filter_map(|rdata| self.types_of(rdata))
    }

    /// The type bit maps of an NSEC3, if it is of this chain.
    fn types_of<'v>(&self, rdata: &'v [u8]) -> Option<&'v [u8]> {
        let mut rest = Octets(rdata);
        let (algorithm, _flags) = (rest.octet()?, rest.octet()?);
        let iterations = rest.u16()?;
        let salt = take_counted(&mut rest)?;
        let ours = algorithm == SHA_1 && iterations == self.iterations && *salt == *self.salt;
        if !ours || take_counted(&mut rest)?.len() != HASH_OCTETS {
            return None;
        }
        Some(rest.0)
    }

    /// The key of the leaf that a name has in this chain, should it exist; of the wildcard below it if `prefix` is
    /// its label. `None` if that exceeds the budget.
    pub(super) fn key(
        &self,
        prefix: &[u8],
        name: NameRef<'_>,
        budget: &mut HashBudget,
    ) -> Option<[u8; KEY_OCTETS]> {
        budget.spend(self.blocks(prefix.len().saturating_add(name.wire_len())))?;
        Some(key_of(&self.hash(prefix, name)))
    }

    /// RFC 5155 §5, over the name in lower case.
    fn hash(&self, prefix: &[u8], name: NameRef<'_>) -> [u8; HASH_OCTETS] {
        let mut lower = [0; NAME_OCTETS_MAX];
        let lower = lower.get_mut(..name.wire_len()).unwrap_or_default();
        lower.iter_mut().zip(name.as_wire()).for_each(|(to, from)| *to = from.to_ascii_lowercase());
        let mut hash = Sha1::new().chain_update(prefix).chain_update(lower);
        hash.update(&self.salt);
        let mut digest = hash.finalize();
        for _ in 0..self.iterations {
            digest = Sha1::new().chain_update(digest).chain_update(&self.salt).finalize();
        }
        digest.into()
    }

    /// Blocks that hashing a name of so many octets takes.
    fn blocks(&self, octets: usize) -> usize {
        let of = |octets: usize| {
            let message = octets.saturating_add(self.salt.len()).saturating_add(PADDING_OCTETS);
            message.div_ceil(BLOCK_OCTETS)
        };
        of(HASH_OCTETS).saturating_mul(usize::from(self.iterations)).saturating_add(of(octets))
    }
}

fn take_counted<'a>(rest: &mut Octets<'a>) -> Option<&'a [u8]> {
    let octets = rest.octet()?;
    rest.take(usize::from(octets))
}

/// The key of a hash as the only label below the apex (RFC 5155 §3): base32hex in lower case.
fn key_of(hash: &[u8; HASH_OCTETS]) -> [u8; KEY_OCTETS] {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
    let mut key = [0; KEY_OCTETS];
    let digits = key.iter_mut().skip(key::ASIDE.len());
    let bits = hash.as_chunks::<5>().0.iter().flat_map(|[a, b, c, d, e]| {
        let chunk = u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e]);
        [35, 30, 25, 20, 15, 10, 5, 0].map(|shift: u32| chunk.wrapping_shr(shift))
    });
    for (place, bits) in digits.zip(bits) {
        let [.., low] = bits.to_be_bytes();
        *place = DIGITS.get(usize::from(low & 0x1f)).copied().unwrap_or_default();
    }
    key
}

/// Whether the owner is one label below the apex that can be a hash: others may lie in between (threat 19).
fn is_hash(leaf: &RawLeaf<'_>) -> bool {
    if leaf.key.octet_count() != KEY_OCTETS {
        return false;
    }
    let octets = leaf.key.pieces().into_iter().flatten().copied();
    let is_digit = |octet: u8| matches!(octet, b'0'..=b'9' | b'a'..=b'v');
    octets.skip(key::ASIDE.len()).take(LABEL_OCTETS).all(is_digit)
}
