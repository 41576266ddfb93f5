//! One number for the whole content of a version.
//!
//! Pure.
//!
//! Standards: RFC 8976 §3.3.1 (order), §3.3.3 (what is digested; here nothing is left out) · RFC 4034 §6.

use crate::octets::short;
use crate::owners::Owner;
use crate::rrset::Rrset;
use crate::version::Version;
use sha2::{Digest, Sha384};
use wire::codes::{Class, Rrtype};
use wire::name::NameBuf;
use wire::rdata;

/// Digested at once, so that the hash sees long pieces.
const CHUNK_OCTETS: usize = 32_768;

pub(crate) fn of(version: &Version) -> [u8; 48] {
    let (mut hash, mut octets) = (Sha384::new(), Vec::new());
    let mut owner = NameBuf::new();
    for both in version.owners() {
        both.name(&mut owner);
        let owner = owner.as_ref().as_wire().to_ascii_lowercase();
        for rrset in by_type(&both) {
            push_rrset(&owner, &rrset, &mut octets);
        }
        if octets.len() >= CHUNK_OCTETS {
            hash.update(&octets);
            octets.clear();
        }
    }
    hash.update(&octets);
    hash.finalize().into()
}

/// By type alone: all signatures where RRSIG is, in the order of what they cover.
fn by_type<'v>(owner: &Owner<'v>) -> impl Iterator<Item = Rrset<'v>> {
    let rrsets = || owner.rrsets().map(|(_, rrset)| rrset);
    let plain = |rrset: &Rrset<'_>| rrset.covered().is_none();
    let before = rrsets().filter(move |rrset| plain(rrset) && rrset.rrtype() < Rrtype::RRSIG);
    let signatures = rrsets().filter(move |rrset| !plain(rrset));
    let behind = rrsets().filter(move |rrset| plain(rrset) && rrset.rrtype() > Rrtype::RRSIG);
    before.chain(signatures).chain(behind)
}

fn push_rrset(owner: &[u8], rrset: &Rrset<'_>, out: &mut Vec<u8>) {
    for rdata in rrset.rdatas() {
        out.extend_from_slice(owner);
        out.extend_from_slice(&rrset.rrtype().0.to_be_bytes());
        out.extend_from_slice(&Class::IN.0.to_be_bytes());
        out.extend_from_slice(&rrset.ttl().as_secs().to_be_bytes());
        // Canonical form changes case only, so the length stays.
        out.extend_from_slice(&short(rdata.len()).to_be_bytes());
        rdata::canonical_into(rrset.rrtype(), rdata, out);
    }
}
