//! `[[zone]]`: which zones, where from, and what is special about each.

use super::fault::{Fault, Faults};
use super::key::Keys;
use super::raw::{Entry, RawPrimary, RawRule, RawZone, Text};
use super::section;
use super::{DEFAULT_VIEW, Primary, Zone, ZoneLimits, ZoneName};
use proto::access::{AccessRule, AddressRange};
use proto::refresh::Bounds;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use wire::name::Name;

/// The port of DNS.
const DNS_PORT: u16 = 53;

/// What zones have unless they say otherwise.
pub(super) struct Defaults {
    pub(super) query: Arc<[AddressRange]>,
    pub(super) transfer: Arc<[AccessRule]>,
    pub(super) bounds: Bounds,
    pub(super) limits: ZoneLimits,
}

/// Reads every zone. Those with a fault are left out.
pub(super) fn read(
    raw: Vec<Entry<RawZone>>,
    defaults: &Defaults,
    keys: &mut Keys,
    faults: &mut Faults,
) -> BTreeMap<ZoneName, Arc<Zone>> {
    let mut zones = BTreeMap::new();
    let (mut known, view) = (Known::default(), Arc::from(DEFAULT_VIEW));
    for entry in raw {
        let Ok(mut raw) = entry.raw else { continue };
        let name = zone_name(&mut raw, entry.span.clone(), &view, faults);
        let name_span = name.as_ref().map_or(entry.span.clone(), |(_, span)| span.clone());
        let zone = settings(raw, entry.span, defaults, keys, faults);
        let (Some((name, _)), Some(zone)) = (name, zone) else { continue };
        match zones.entry(name) {
            Slot::Vacant(slot) => {
                slot.insert(known.share(zone));
            }
            Slot::Occupied(slot) => {
                let found = format!("the zone {} is there a second time", slot.key().apex);
                faults.push(Fault::new(name_span, found, "each zone once in a view"));
            }
        }
    }
    // Names come in order as a rule, and a map that grows at its end keeps its nodes half empty.
    zones.into_iter().collect()
}

/// Settings that were seen lately, by their first primary: most zones of a file have what many others have.
#[derive(Default)]
struct Known(BTreeMap<SocketAddr, VecDeque<Arc<Zone>>>);

impl Known {
    /// Different settings of one primary that are remembered; so a file in which each zone has its own costs no more than
    /// so many comparisons a zone.
    const OF_A_PRIMARY_MAX: usize = 8;

    /// These settings, or equal ones that are there already.
    fn share(&mut self, zone: Zone) -> Arc<Zone> {
        let Some(first) = zone.primaries.first() else { return Arc::new(zone) };
        let known = self.0.entry(first.address).or_default();
        if let Some(same) = known.iter().find(|known| ***known == zone) {
            return Arc::clone(same);
        }
        let zone = Arc::new(zone);
        known.push_front(Arc::clone(&zone));
        known.truncate(Self::OF_A_PRIMARY_MAX);
        zone
    }
}

fn zone_name(
    raw: &mut RawZone,
    span: Range<usize>,
    view: &Arc<str>,
    faults: &mut Faults,
) -> Option<(ZoneName, Range<usize>)> {
    let named = raw.view.take();
    if let Some(view) = named.filter(|view| view.get_ref() != DEFAULT_VIEW) {
        let found = format!("unknown view {:?}", view.get_ref());
        faults.push(Fault::new(view.span(), found, "\"default\", the only view there is"));
    }
    let Some(text) = raw.name.take() else {
        faults.push(Fault::new(span, "[[zone]] without `name`", "`name = \"example.net\"`"));
        return None;
    };
    let apex = text.get_ref().parse::<Name>().map_err(|error| {
        let found = format!("{:?} is not a domain name: {error}", text.get_ref());
        Fault::new(text.span(), found, "the apex of the zone, such as \"example.net\"")
    });
    let apex = faults.keep(apex)?;
    Some((ZoneName { view: Arc::clone(view), apex }, text.span()))
}

fn settings(
    raw: RawZone,
    span: Range<usize>,
    defaults: &Defaults,
    keys: &mut Keys,
    faults: &mut Faults,
) -> Option<Zone> {
    let query = match raw.query.and_then(|query| query.allow) {
        Some(allow) => section::ranges(allow, faults),
        None => Arc::clone(&defaults.query),
    };
    let bounds = section::bounds(raw.bounds, defaults.bounds, faults);
    let limits = match raw.limits {
        Some(limits) => section::zone_limits(limits, defaults.limits, faults),
        None => defaults.limits,
    };
    let listed = raw.notify.map(|senders| rules(senders, keys, faults));
    let transfer = match raw.transfer {
        Some(allow) => rules(allow, keys, faults).into(),
        None => Arc::clone(&defaults.transfer),
    };
    let primaries = primaries(raw.primaries, span, keys, faults)?;
    let notify = listed.unwrap_or_else(|| primaries.iter().map(sender).collect());
    Some(Zone { primaries, notify, query, transfer, bounds, limits })
}

/// A primary may say that its zone changed, signed with the key that we ask it with.
fn sender(primary: &Primary) -> AccessRule {
    AccessRule {
        range: AddressRange::single(primary.address.ip()),
        key: primary.key.as_ref().map(|key| key.name().clone()),
    }
}

fn primaries(
    raw: Option<Spanned<Vec<Spanned<RawPrimary>>>>,
    zone: Range<usize>,
    keys: &mut Keys,
    faults: &mut Faults,
) -> Option<Vec<Primary>> {
    const EXAMPLE: &str = "`primaries = [\"192.0.2.1\"]`";
    let Some(raw) = raw else {
        faults.push(Fault::new(zone, "[[zone]] without `primaries`", EXAMPLE));
        return None;
    };
    if raw.get_ref().is_empty() {
        faults.push(Fault::new(raw.span(), "a zone without primaries", EXAMPLE));
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut primaries = Vec::new();
    for entry in raw.into_inner() {
        let span = entry.span();
        let Some(primary) = primary(entry.into_inner(), span.clone(), keys, faults) else {
            continue;
        };
        if seen.insert(primary.address) {
            primaries.push(primary);
        } else {
            let found = format!("the primary {} is there a second time", primary.address);
            faults.push(Fault::new(span, found, "each address with its port once"));
        }
    }
    Some(primaries)
}

fn primary(
    raw: RawPrimary,
    span: Range<usize>,
    keys: &mut Keys,
    faults: &mut Faults,
) -> Option<Primary> {
    let key = raw.key.map(|name| keys.find(&name, faults));
    let source = raw.source.map(|text| faults.keep(host(text.get_ref(), text.span())));
    let address = primary_address(raw.address, raw.port, &span);
    let address = faults.keep(address)?;
    if let Some(Some(source)) = source
        && source.is_ipv4() != address.is_ipv4()
    {
        let found = format!("source {source} and primary {} are of two families", address.ip());
        faults.push(Fault::new(span, found, "two IPv4 or two IPv6 addresses"));
    }
    Some(Primary { address, key: key.flatten(), source: source.flatten() })
}

fn primary_address(
    address: Option<Text>,
    port: Option<Spanned<u64>>,
    span: &Range<usize>,
) -> Result<SocketAddr, Fault> {
    let Some(Text { text, span: place }) = address else {
        let found = "a primary without `address`";
        return Err(Fault::new(span.clone(), found, "`address = \"192.0.2.1\"`"));
    };
    let place = place.unwrap_or_else(|| span.clone());
    let (ip, own_port) = match text.parse::<SocketAddr>() {
        Ok(both) => (reachable(both.ip(), place.clone())?, Some((both.port(), place))),
        Err(_) => (host(&text, place)?, None),
    };
    let (port, place) = match (own_port, port) {
        (Some(_), Some(port)) => {
            let found = "a port in `address` and a `port`";
            return Err(Fault::new(port.span(), found, "the port in one place"));
        }
        (Some((port, place)), None) => (u64::from(port), place),
        (None, Some(port)) => (*port.get_ref(), port.span()),
        (None, None) => return Ok(SocketAddr::new(ip, DNS_PORT)),
    };
    match u16::try_from(port) {
        Ok(port) if port != 0 => Ok(SocketAddr::new(ip, port)),
        Ok(_) | Err(_) => Err(Fault::new(place, format!("port {port}"), "a port from 1 to 65535")),
    }
}

/// The address of one host.
fn host(text: &str, span: Range<usize>) -> Result<IpAddr, Fault> {
    match text.parse::<IpAddr>() {
        Ok(ip) => reachable(ip, span),
        Err(_) => Err(Fault::new(
            span,
            format!("{text:?} is not an IP address"),
            "an address such as \"192.0.2.1\" or \"2001:db8::1\"; names are not looked up",
        )),
    }
}

/// Refuses addresses that name no host. IPv4 inside IPv6 becomes IPv4.
fn reachable(ip: IpAddr, span: Range<usize>) -> Result<IpAddr, Fault> {
    let ip = ip.to_canonical();
    let broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    if ip.is_unspecified() || ip.is_multicast() || broadcast {
        return Err(Fault::new(span, format!("{ip} names no host"), "the address of one host"));
    }
    Ok(ip)
}

/// A list of access rules; an empty one allows nobody.
pub(super) fn rules(
    raw: Vec<Spanned<RawRule>>,
    keys: &mut Keys,
    faults: &mut Faults,
) -> Vec<AccessRule> {
    let mut rules = Vec::new();
    for entry in raw {
        let span = entry.span();
        let RawRule { from, key } = entry.into_inner();
        let key = key.map(|name| keys.find(&name, faults).map(|key| key.name().clone()));
        let Some(from) = from else {
            let found = "a rule without `from`";
            faults.push(Fault::new(span, found, "`from = \"192.0.2.0/24\"`"));
            continue;
        };
        let range = section::range(&from.text, from.span.unwrap_or(span));
        let Some(range) = faults.keep(range) else { continue };
        match key {
            // A rule whose key is unknown must not become one without a key.
            Some(None) => {}
            Some(Some(key)) => rules.push(AccessRule { range, key: Some(key) }),
            None => rules.push(AccessRule { range, key: None }),
        }
    }
    rules
}
