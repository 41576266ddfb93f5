//! What is told of this instance: the names of class CH.
//!
//! Pure.
//!
//! Standards: RFC 4892 §2 (id.server, hostname.bind and version.bind) · RFC 1035 §3.3.14 (TXT).
//!
//! Invariants: nothing is told that the operator did not set.
//!
//! Not here: NSID.

use super::Rules;
use super::outcome::Verdict;
use super::reply::{Reply, Truncated};
use core::net::IpAddr;
use wire::codes::{Class, Rrtype};
use wire::edns::ExtendedError;
use wire::name::NameRef;
use wire::query::Query;
use wire::record::RecordRef;
use wire::ttl::Ttl;

/// Octets of a text that a TXT record can carry as one string.
pub const TEXT_OCTETS_MAX: usize = 255;

/// What an instance tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    version: Option<Text>,
    id: Option<Text>,
}

/// A text in the form of TXT rdata: its length, then its octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Box<[u8]>);

impl Text {
    /// `None` if it is longer than [`TEXT_OCTETS_MAX`].
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let length = u8::try_from(text.len()).ok()?;
        Some(Self(core::iter::once(length).chain(text.bytes()).collect()))
    }
}

impl Identity {
    /// What is `None` is not told.
    #[must_use]
    pub const fn new(version: Option<Text>, id: Option<Text>) -> Self {
        Self { version, id }
    }

    /// What the TXT record of a name of class CH says.
    fn text(&self, qname: NameRef<'_>) -> Option<&[u8]> {
        let is = |name: &[u8]| qname.as_wire().eq_ignore_ascii_case(name);
        let text = if is(b"\x07version\x04bind\0") || is(b"\x07version\x06server\0") {
            &self.version
        } else if is(b"\x08hostname\x04bind\0") || is(b"\x02id\x06server\0") {
            &self.id
        } else {
            &None
        };
        text.as_ref().map(|Text(rdata)| &**rdata)
    }
}

/// Answers a question of class CH. There is no zone behind it, so there is nothing else to tell.
pub(super) fn answer(
    rules: &Rules<'_>,
    source: IpAddr,
    query: &Query<'_>,
    reply: &mut Reply<'_>,
) -> Verdict {
    if !rules.admission.queriers(None).admit(source) {
        return Verdict::refused(ExtendedError::PROHIBITED);
    }
    let rdata = match query.qtype {
        Rrtype::TXT | Rrtype::ANY => rules.identity.text(query.qname),
        Rrtype(_) => None,
    };
    let Some(rdata) = rdata else { return Verdict::refused(ExtendedError::NOT_SUPPORTED) };
    reply.set_authoritative();
    let (owner, rrtype, class, ttl) = (query.qname, Rrtype::TXT, Class::CH, Ttl::ZERO);
    // When it does not fit TC is set, and there is nothing to add.
    let (Ok(()) | Err(Truncated)) =
        reply.require_record(RecordRef { owner, rrtype, class, ttl, rdata });
    Verdict::ANSWER
}
