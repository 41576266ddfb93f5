//! What a version holds for a name.
//!
//! Pure; nothing allocates.
//!
//! Standards: RFC 1034 §4.3.2 step 3 · RFC 4592 §2.2, §3.3 (wildcards, empty non-terminals, closest
//! encloser) · RFC 6672 §3.2 (DNAME) · RFC 2136 §7.18 (what lies below a cut or DNAME is occluded).
//!
//! Not here: following CNAME, sections, DS at a cut, denial.

use crate::leaf::Leaf;

/// Where a name stands in a version. Label counts include the apex's labels, not the root.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'v> {
    /// The name has records and is authoritative; or a wildcard matches it.
    Found {
        /// The name's, or the wildcard's.
        leaf: Leaf<'v>,
        /// Labels of the closest encloser if it was matched by the wildcard below that. Then the owner of what
        /// is answered is the qname, and the leaf may even be a cut or have a DNAME (RFC 4592 §4).
        wildcard: Option<usize>,
    },
    /// The name exists without records, because names below it do; or a wildcard matches it that does
    /// so (RFC 4592 §2.2.2). The answer is NODATA.
    EmptyNonTerminal {
        /// As for [`Self::Found`].
        wildcard: Option<usize>,
    },
    /// The name is at a cut or below one.
    Cut {
        /// The cut; of several above one another the one closest to the apex.
        leaf: Leaf<'v>,
        /// The qname is the cut's owner itself: for DS the answer is here.
        at_qname: bool,
    },
    /// The name is below the owner of a DNAME.
    Dname {
        /// The owner of the DNAME; of several above one another the one closest to the apex.
        leaf: Leaf<'v>,
    },
    /// The name does not exist, and no wildcard matches it.
    Missing {
        /// Labels of the closest encloser: the longest existing name above.
        closest_encloser: usize,
        /// The name with records right before it in canonical order; may be occluded.
        predecessor: Leaf<'v>,
    },
    /// The name is not at or under the apex.
    OutOfZone,
}
