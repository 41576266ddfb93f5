//! All owners of a version in canonical order.
//!
//! Pure.
//!
//! Two walks side by side: one over the names, one over what stands aside. Each is in canonical order.
//!
//! Standards: RFC 4034 §6.1 (order of owners) · RFC 8976 §3.3.1 (all rrsets of an owner together).
//!
//! Invariants: I1 each owner comes once, with all it has.

use crate::key::{self, KeyBuf, Side};
use crate::leaf::Leaf;
use crate::page::RawLeaf;
use crate::rrset::Rrset;
use crate::version::Version;
use core::cmp::Ordering;
use core::iter::Peekable;
use std::borrow::Cow;
use wire::codes::Rrtype;
use wire::name::NameBuf;

impl Version {
    pub(crate) fn owners(&self) -> impl Iterator<Item = Owner<'_>> {
        self.owners_from(&OwnerKey::APEX)
    }

    /// The owners from this one on, or from where it would be.
    pub(crate) fn owners_from(&self, first: &OwnerKey) -> impl Iterator<Item = Owner<'_>> {
        let leaf = |raw| Leaf::new(self.apex(), raw);
        let tree = self.tree();
        let is_apex = first.name().is_empty();
        let apex = if is_apex { tree.leaf(&[]) } else { None }.into_iter();
        let below = if is_apex { key::ASIDE_END } else { first.name() };
        let mut names = apex.chain(tree.leaves_from(below)).peekable();
        let aside = tree.leaves_from(first.aside());
        let mut aside = aside.take_while(|leaf| leaf.key.side() == Side::Aside).peekable();
        core::iter::from_fn(move || {
            let order = next_of(&mut names, &mut aside)?;
            let name = if order == Ordering::Greater { None } else { names.next() };
            let aside = if order == Ordering::Less { None } else { aside.next() };
            Some(Owner { name: name.map(leaf), aside: aside.map(leaf) })
        })
    }
}

/// The key of an owner, wherever its content stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnerKey(Cow<'static, [u8]>);

impl OwnerKey {
    /// The first owner there is.
    pub(crate) const APEX: Self = Self(Cow::Borrowed(key::ASIDE));

    /// As among the names.
    fn name(&self) -> &[u8] {
        key::owner_part(self.aside())
    }

    /// As for what stands aside.
    fn aside(&self) -> &[u8] {
        &self.0
    }
}

/// Less if a name comes next, greater if what stands aside does.
fn next_of<'v>(
    names: &mut Peekable<impl Iterator<Item = RawLeaf<'v>>>,
    aside: &mut Peekable<impl Iterator<Item = RawLeaf<'v>>>,
) -> Option<Ordering> {
    let (name, aside) = match (names.peek(), aside.peek()) {
        (None, None) => return None,
        (Some(_), None) => return Some(Ordering::Less),
        (None, Some(_)) => return Some(Ordering::Greater),
        (Some(name), Some(aside)) => (name, aside),
    };
    let mut key = KeyBuf::new();
    aside.key.write_to(&mut key);
    Some(name.key.compare(key::owner_part(key.as_slice())))
}

/// One owner and what it has: among the names, aside, or both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'v> {
    name: Option<Leaf<'v>>,
    aside: Option<Leaf<'v>>,
}

impl<'v> Owner<'v> {
    /// Writes its name.
    pub(crate) fn name(&self, out: &mut NameBuf) {
        if let Some(leaf) = self.name.or(self.aside) {
            leaf.owner(out);
        }
    }

    /// Where to find it again.
    pub(crate) fn key(&self) -> OwnerKey {
        let mut buf = KeyBuf::new();
        if let Some(leaf) = self.name.or(self.aside) {
            leaf.key(&mut buf);
        }
        let owner = key::owner_part(buf.as_slice());
        OwnerKey(Cow::Owned([key::ASIDE, owner].concat()))
    }

    pub(crate) fn leaves(self) -> impl Iterator<Item = Leaf<'v>> {
        self.name.into_iter().chain(self.aside)
    }

    /// All rrsets by type, each RRSIG rrset right behind the one it signs.
    pub(crate) fn rrsets(&self) -> impl Iterator<Item = (Leaf<'v>, Rrset<'v>)> + use<'v> {
        let all = |leaf: Leaf<'v>| leaf.rrsets().map(move |rrset| (leaf, rrset));
        let of_name = move |below: bool| {
            let rrsets = self.name.into_iter().flat_map(all);
            rrsets.filter(move |(_, rrset)| (rrset.place().base() < Rrtype::NSEC3) == below)
        };
        of_name(true).chain(self.aside.into_iter().flat_map(all)).chain(of_name(false))
    }
}
