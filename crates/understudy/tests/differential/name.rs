//! Names as the comparison sees them: labels of octets, in lower case.

use std::fmt;

use peers::ask;

/// Octets of a name on the wire at most (RFC 1035 §2.3.4).
const OCTETS_MAX: usize = 255;

/// A name in lower case, so that names that DNS calls equal are equal.
///
/// Ordered by labels from the right: canonical order (RFC 4034 §6.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name {
    /// From the right: the label below the root first.
    labels: Vec<Vec<u8>>,
}

impl Name {
    /// A name of a message.
    pub(crate) fn of(name: &ask::Name) -> Self {
        let mut labels: Vec<Vec<u8>> = name.labels().map(<[u8]>::to_ascii_lowercase).collect();
        labels.reverse();
        Self { labels }
    }

    /// The same for a message.
    pub(crate) fn spelled(&self) -> ask::Name {
        ask::Name::from_labels(self.labels.iter().rev().map(Vec::as_slice))
    }

    /// How many labels it has, the root none.
    pub(crate) fn depth(&self) -> usize {
        self.labels.len()
    }

    /// The name made of its last `depth` labels.
    pub(crate) fn ancestor(&self, depth: usize) -> Self {
        Self { labels: self.labels[..depth].to_vec() }
    }

    pub(crate) fn is_at_or_below(&self, other: &Self) -> bool {
        self.labels.starts_with(&other.labels)
    }

    /// Its first label from the left; `None` for the root.
    pub(crate) fn first_label(&self) -> Option<&[u8]> {
        self.labels.last().map(Vec::as_slice)
    }

    pub(crate) fn is_wildcard(&self) -> bool {
        self.first_label() == Some(b"*")
    }

    /// Whether it has a zero octet inside a label.
    pub(crate) fn has_nul(&self) -> bool {
        self.labels.iter().any(|label| label.contains(&0))
    }

    /// With one more label in front; `None` if the name or the label gets too long.
    pub(crate) fn child(&self, label: &[u8]) -> Option<Self> {
        let mut labels = self.labels.clone();
        labels.push(label.to_ascii_lowercase());
        let octets = 1 + labels.iter().map(|label| 1 + label.len()).sum::<usize>();
        (octets <= OCTETS_MAX && (1..=63).contains(&label.len())).then_some(Self { labels })
    }

    /// The same with another first label.
    pub(crate) fn sibling(&self, label: &[u8]) -> Option<Self> {
        self.ancestor(self.depth().checked_sub(1)?).child(label)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spelled().fmt(out)
    }
}
