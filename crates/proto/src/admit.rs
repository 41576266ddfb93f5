//! Who may ask.
//!
//! Pure.
//!
//! Invariants: everybody may, unless the operator listed some; then nobody else may. A zone with a
//! list of its own is judged by that list alone. The source is judged alike on every transport
//! (threat 32).
//!
//! Not here: what a refusal says (`answer`), ranges (`access`), who may notify (`notify`), rates.

use crate::access::AddressRange;
use core::net::IpAddr;
use std::collections::BTreeMap;
use zone::ZoneId;

/// Who may ask for which zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    default: Queriers,
    /// Only the zones that differ from the default.
    zones: BTreeMap<ZoneId, Queriers>,
}

impl Admission {
    /// Zones that are not among `zones` have the default.
    #[must_use]
    pub fn new(default: Queriers, zones: impl IntoIterator<Item = (ZoneId, Queriers)>) -> Self {
        let zones = zones.into_iter().filter(|(_, queriers)| *queriers != default).collect();
        Self { default, zones }
    }

    /// Who may ask for this zone; `None` stands for names of no zone.
    #[must_use]
    pub fn queriers(&self, zone: Option<ZoneId>) -> &Queriers {
        zone.and_then(|id| self.zones.get(&id)).unwrap_or(&self.default)
    }
}

/// Who may ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Queriers {
    /// Everybody, as is usual for public zones.
    #[default]
    Everybody,
    /// Those whose address lies in one of these; nobody, if there is none.
    Listed(Box<[AddressRange]>),
}

impl Queriers {
    /// Whether a query from this address is answered. Linear in the ranges.
    #[must_use]
    pub fn admit(&self, source: IpAddr) -> bool {
        match self {
            Self::Everybody => true,
            Self::Listed(ranges) => ranges.iter().any(|range| range.contains(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(ranges: &[&str]) -> Queriers {
        Queriers::Listed(ranges.iter().map(|range| range.parse().unwrap()).collect())
    }

    fn admits(queriers: &Queriers, source: &str) -> bool {
        queriers.admit(source.parse().unwrap())
    }

    #[test]
    fn everybody_may_ask_unless_somebody_is_listed() {
        assert!(admits(&Queriers::default(), "203.0.113.9"));
        assert!(admits(&Queriers::default(), "2001:db8::9"));
        assert!(!admits(&listed(&[]), "203.0.113.9"));
    }

    #[test]
    fn only_listed_ranges_of_the_same_family_may_ask() {
        let queriers = listed(&["192.0.2.0/24", "2001:db8:1::/48"]);
        assert!(admits(&queriers, "192.0.2.255"));
        assert!(!admits(&queriers, "192.0.3.0"));
        assert!(admits(&queriers, "2001:db8:1:ffff::1"));
        assert!(!admits(&queriers, "2001:db8:2::1"));
    }

    #[test]
    fn a_list_of_the_zone_takes_the_place_of_the_default() {
        let open = Admission::new(Queriers::Everybody, [(ZoneId(1), listed(&["192.0.2.0/24"]))]);
        assert!(!admits(open.queriers(Some(ZoneId(1))), "198.51.100.1"));
        assert!(admits(open.queriers(Some(ZoneId(2))), "198.51.100.1"));
        assert!(admits(open.queriers(None), "198.51.100.1"));
        let closed = Admission::new(listed(&["192.0.2.0/24"]), [(ZoneId(1), Queriers::Everybody)]);
        assert!(admits(closed.queriers(Some(ZoneId(1))), "198.51.100.1"));
        assert!(!admits(closed.queriers(Some(ZoneId(2))), "198.51.100.1"));
        assert!(!admits(closed.queriers(None), "198.51.100.1"));
    }

    #[test]
    fn threat_32_a_mapped_address_is_judged_as_the_ipv4_address_it_is() {
        assert!(admits(&listed(&["192.0.2.0/24"]), "::ffff:192.0.2.1"));
        assert!(!admits(&listed(&["::/0"]), "::ffff:192.0.2.1"));
    }
}
