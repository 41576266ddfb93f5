//! Addresses that travel along: glue, which is not optional, and what spares a question.
//!
//! Pure.
//!
//! Standards: RFC 9471 §3.1, §3.2 (all glue, or TC) · RFC 1034 §4.3.2 step 6 · RFC 1035 §3.3.9,
//! §3.3.11 (MX, NS) · RFC 2782 (SRV) · RFC 9460 §4.1 (SVCB, HTTPS) · RFC 2181 §10.3 (targets are no
//! aliases).
//!
//! Neither a wildcard nor an alias stands in for the target of a record.
//!
//! Invariants: no address rrset is written twice. The work for an answer is bounded by
//! [`TARGETS_MAX`]; for a referral by the servers of the cut, whose rrset was sent whole before.
//!
//! Not here: which rrset is answered (`resolve`).

use super::reply::{Reply, Sent, Signatures, Truncated};
use wire::codes::Rrtype;
use wire::message::Section;
use wire::name::NameRef;
use zone::{Leaf, Lookup, Rrset, Version};

/// Records of an answer whose targets' addresses are looked for (threat 39).
pub const TARGETS_MAX: usize = 13;

/// Rrtypes of addresses, in the order they are written.
const ADDRESSES: [Rrtype; 2] = [Rrtype::A, Rrtype::AAAA];

/// Adds the addresses of the targets of an answer, as far as there is room.
pub(super) fn addresses(
    version: &Version,
    owner: NameRef<'_>,
    sent: &Sent<'_>,
    reply: &mut Reply<'_>,
) {
    let rrtype = sent.rrset.rrtype();
    let Some(target_at) = target_at(rrtype) else { return };
    let mut seen = [None; TARGETS_MAX];
    for (rdata, place) in sent.rrset.rdatas().zip(0..TARGETS_MAX) {
        let Some(target) = target(rdata, target_at, rrtype, owner) else { continue };
        if seen.iter().flatten().any(|&other| target == other) {
            continue;
        }
        if let Some(place) = seen.get_mut(place) {
            *place = Some(target);
        }
        // Whoever asks for the servers of a zone will use glue; for the others it is not ours to tell.
        let leaf = match rrtype {
            Rrtype::NS => version.glue(target),
            Rrtype(_) => authoritative(version, target),
        };
        let Some(leaf) = leaf else { continue };
        offer(target, &leaf, reply);
        // RFC 9460 §4.1: whoever is sent to another name asks there for the same type next.
        if matches!(rrtype, Rrtype::SVCB | Rrtype::HTTPS)
            && target != owner
            && let Some(sent) = Sent::find(&leaf, rrtype, reply.signatures())
        {
            reply.offer(target, &sent);
        }
    }
}

/// Adds the addresses of a cut's servers, most needed first.
///
/// In-domain servers can't be found without glue; those below other cuts of the zone may lead in a
/// circle. Without either TC is set. Addresses for which we have authority can be asked for.
pub(super) fn glue(
    version: &Version,
    cut: NameRef<'_>,
    servers: &Rrset<'_>,
    reply: &mut Reply<'_>,
) -> Result<(), Truncated> {
    let apex = version.apex();
    let targets = || servers.rdatas().filter_map(|rdata| NameRef::from_wire(rdata).ok());
    let is_sibling =
        |target: &NameRef<'_>| target.is_at_or_under(apex) && !target.is_at_or_under(cut);
    let mut siblings = 0_usize;
    for target in targets() {
        if target.is_at_or_under(cut) {
            if let Some(leaf) = version.glue(target) {
                require(target, &leaf, reply)?;
            }
        } else if target.is_at_or_under(apex) {
            siblings = siblings.saturating_add(1);
        }
    }
    if siblings == 0 {
        return Ok(());
    }
    let mut own = 0_usize;
    for target in targets().filter(is_sibling) {
        match version.glue(target) {
            Some(leaf) if is_glue(&leaf) => require(target, &leaf, reply)?,
            Some(_) => own = own.saturating_add(1),
            None => {}
        }
    }
    if own == 0 {
        return Ok(());
    }
    for target in targets().filter(is_sibling).take(TARGETS_MAX) {
        if let Some(leaf) = version.glue(target).filter(|leaf| !is_glue(leaf)) {
            offer(target, &leaf, reply);
        }
    }
    Ok(())
}

fn require(target: NameRef<'_>, leaf: &Leaf<'_>, reply: &mut Reply<'_>) -> Result<(), Truncated> {
    for rrset in ADDRESSES.into_iter().filter_map(|rrtype| leaf.rrset(rrtype)) {
        reply.require(Section::Additional, target, &Sent::bare(rrset))?;
    }
    Ok(())
}

fn offer(target: NameRef<'_>, leaf: &Leaf<'_>, reply: &mut Reply<'_>) {
    // RFC 4035 §2.2: glue is not signed.
    let signatures = if is_glue(leaf) { Signatures::Unwanted } else { reply.signatures() };
    for rrtype in ADDRESSES {
        if let Some(sent) = Sent::find(leaf, rrtype, signatures) {
            reply.offer(target, &sent);
        }
    }
}

/// The leaf of exactly this name, if what it has is part of answers.
fn authoritative<'v>(version: &'v Version, target: NameRef<'_>) -> Option<Leaf<'v>> {
    match version.lookup(target) {
        Lookup::Found { leaf, wildcard: None } => Some(leaf),
        Lookup::Found { wildcard: Some(_), .. }
        | Lookup::EmptyNonTerminal { .. }
        | Lookup::Cut { .. }
        | Lookup::Dname { .. }
        | Lookup::Missing { .. }
        | Lookup::OutOfZone => None,
    }
}

/// The addresses belong to a child: at its apex, or below.
const fn is_glue(leaf: &Leaf<'_>) -> bool {
    leaf.is_cut() || leaf.is_occluded()
}

/// Where rdata of this type keeps the name whose addresses are needed next.
const fn target_at(rrtype: Rrtype) -> Option<usize> {
    match rrtype {
        Rrtype::NS => Some(0),
        Rrtype::MX | Rrtype::SVCB | Rrtype::HTTPS => Some(2),
        Rrtype::SRV => Some(6),
        Rrtype(_) => None,
    }
}

fn target<'t>(
    rdata: &'t [u8],
    target_at: usize,
    rrtype: Rrtype,
    owner: NameRef<'t>,
) -> Option<NameRef<'t>> {
    let (name, _) = NameRef::split_from(rdata.get(target_at..)?).ok()?;
    match rrtype {
        // RFC 9460 §2.5: a dot is the owner itself, unless it is an alias to nowhere.
        Rrtype::SVCB | Rrtype::HTTPS if name.is_root() => {
            (!rdata.starts_with(&[0, 0])).then_some(owner)
        }
        Rrtype(_) => Some(name),
    }
}
