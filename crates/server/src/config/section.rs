//! The tables that stand once: from what was written to what is used.

use super::fault::{Fault, Faults};
use super::raw::{
    RawBounds, RawIdentity, RawLimits, RawQuery, RawServer, RawStore, RawTcp, RawTransfer,
    RawZoneLimits,
};
use super::size::Size;
use super::{Limits, Server, Store, Tcp, TransfersOut, ZoneLimits};
use ::zone::{Limits as ContentLimits, RRSET_BYTES_FITTING};
use proto::access::AddressRange;
use proto::answer::{Identity, TEXT_OCTETS_MAX, Text};
use proto::refresh::Bounds;
use proto::time::Seconds;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;

const DATA_DIR: &str = "/var/lib/understudy";
const LISTEN: [&str; 2] = ["127.0.0.1:53", "[::1]:53"];
/// RFC 9715 §3.2: what no path fragments.
const UDP_PAYLOAD_MAX: u16 = 1_232;
/// Threads share nothing, but more than this is a typing error.
const UDP_THREADS_MAX: u64 = 256;
/// `sun_path` of Linux has 108 octets, the last of them zero.
const SOCKET_PATH_MAX: usize = 107;
/// A year; longer spans are typing errors.
const SECONDS_MAX: u64 = 31_536_000;
/// As many file descriptors as we would dare to ask for.
const CLIENTS_MAX: u64 = 1_000_000;

const STORE: Store =
    Store { log_min_bytes: 64 << 20, image_min_bytes: 1 << 20, reserve_bytes: 64 << 20 };
const TCP: Tcp =
    Tcp { clients_max: 1_024, per_client_max: 128, idle: Seconds(10), write: Seconds(10) };
const LIMITS: Limits =
    Limits { transfers_max: 32, transfers_per_primary_max: 4, memory_bytes_max: 4 << 30 };
const TRANSFER: Seconds = Seconds(7_200);
const TRANSFER_IDLE: Seconds = Seconds(120);

/// `[server]`; `None` only when a fault has been noted.
pub(super) fn server(raw: Option<RawServer>, folder: &Path, faults: &mut Faults) -> Option<Server> {
    let raw = raw.unwrap_or(RawServer {
        listen: None,
        data_dir: None,
        control_socket: None,
        udp_threads: None,
        udp_payload_max: None,
    });
    let data_dir = path(raw.data_dir, folder, faults).unwrap_or_else(|| DATA_DIR.into());
    let control_socket = socket_path(raw.control_socket, folder, &data_dir, faults);
    let threads = number(raw.udp_threads, 1..=UDP_THREADS_MAX, faults);
    let threads = threads.and_then(|threads| NonZeroUsize::new(threads.try_into().ok()?));
    let cpus = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let payload = number(raw.udp_payload_max, 512..=4_096, faults);
    Some(Server {
        listen: listen(raw.listen, faults)?,
        data_dir,
        control_socket,
        udp_threads: threads.unwrap_or_else(cpus),
        udp_payload_max: payload.and_then(|n| n.try_into().ok()).unwrap_or(UDP_PAYLOAD_MAX),
    })
}

fn listen(
    raw: Option<Spanned<Vec<Spanned<String>>>>,
    faults: &mut Faults,
) -> Option<Vec<SocketAddr>> {
    let Some(raw) = raw else {
        return Some(LISTEN.iter().filter_map(|text| text.parse().ok()).collect());
    };
    if raw.get_ref().is_empty() {
        faults.push(Fault::new(raw.span(), "no address to listen at", "at least one"));
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut listen = Vec::new();
    for text in raw.into_inner() {
        let parsed = listen_address(text.get_ref()).map_err(|(found, expected)| {
            Fault::new(text.span(), format!("{found}: {:?}", text.get_ref()), expected)
        });
        let Some(address) = faults.keep(parsed) else { continue };
        if seen.insert(address) {
            listen.push(address);
        } else {
            let found = format!("{address} is listed twice");
            faults.push(Fault::new(text.span(), found, "each address once"));
        }
    }
    Some(listen)
}

fn listen_address(text: &str) -> Result<SocketAddr, (&'static str, &'static str)> {
    const EXPECTED: &str =
        "an address with a port, such as \"192.0.2.53:53\" or \"[2001:db8::53]:53\"";
    match text.parse::<SocketAddr>() {
        Ok(address) if address.port() == 0 => Err(("port 0", "a port from 1 to 65535")),
        Ok(address) => Ok(address),
        Err(_) if text.parse::<IpAddr>().is_ok() => Err(("address without port", EXPECTED)),
        Err(_) => Err(("not an address with a port", EXPECTED)),
    }
}

/// Relative paths start where the configuration file is, whoever starts the daemon from where.
fn path(raw: Option<Spanned<String>>, folder: &Path, faults: &mut Faults) -> Option<PathBuf> {
    let raw = raw?;
    if raw.get_ref().is_empty() || raw.get_ref().contains('\0') {
        faults.push(Fault::new(raw.span(), "not a path", "a path such as \"/var/lib/understudy\""));
        return None;
    }
    Some(folder.join(raw.into_inner()))
}

fn socket_path(
    raw: Option<Spanned<String>>,
    folder: &Path,
    data_dir: &Path,
    faults: &mut Faults,
) -> PathBuf {
    let span = raw.as_ref().map_or(0..0, Spanned::span);
    let socket = path(raw, folder, faults).unwrap_or_else(|| data_dir.join("control.sock"));
    let octets = socket.as_os_str().len();
    if octets > SOCKET_PATH_MAX {
        let found =
            format!("the path of the control socket, {}, has {octets} octets", socket.display());
        let expected = format!("at most {SOCKET_PATH_MAX}: set `control-socket` to a shorter one");
        faults.push(Fault::new(span, found, expected));
    }
    socket
}

/// `[store]`.
pub(super) fn store(raw: Option<RawStore>, faults: &mut Faults) -> Store {
    let Some(raw) = raw else { return STORE };
    Store {
        log_min_bytes: size(raw.log_size_min, u64::MAX, faults).unwrap_or(STORE.log_min_bytes),
        image_min_bytes: size(raw.image_size_min, u64::MAX, faults)
            .unwrap_or(STORE.image_min_bytes),
        reserve_bytes: size_or_none(raw.reserve_bytes, faults).unwrap_or(STORE.reserve_bytes),
    }
}

/// `[tcp]`.
pub(super) fn tcp(raw: Option<RawTcp>, faults: &mut Faults) -> Tcp {
    let Some(raw) = raw else { return TCP };
    let clients_max = count(raw.clients_max, CLIENTS_MAX, faults).unwrap_or(TCP.clients_max);
    let span = raw.per_client_max.as_ref().map(Spanned::span);
    let per_client_max = count(raw.per_client_max, CLIENTS_MAX, faults);
    if let (Some(span), Some(each)) = (span, per_client_max)
        && each > clients_max
    {
        let found = format!("per-client-max {each} is more than clients-max {clients_max}");
        faults.push(Fault::new(span, found, format!("at most {clients_max}")));
    }
    Tcp {
        clients_max,
        per_client_max: per_client_max.unwrap_or(TCP.per_client_max).min(clients_max),
        idle: seconds(raw.idle_seconds, faults).unwrap_or(TCP.idle),
        write: seconds(raw.write_seconds, faults).unwrap_or(TCP.write),
    }
}

/// `[limits]`: those of the instance, and the defaults for zones.
pub(super) fn limits(raw: Option<RawLimits>, faults: &mut Faults) -> (Limits, ZoneLimits) {
    let zone = ZoneLimits {
        content: ContentLimits::default(),
        transfer: TRANSFER,
        transfer_idle: TRANSFER_IDLE,
    };
    let Some(raw) = raw else { return (LIMITS, zone) };
    let transfers_max =
        count(raw.transfers_max, CLIENTS_MAX, faults).unwrap_or(LIMITS.transfers_max);
    let span = raw.transfers_per_primary_max.as_ref().map(Spanned::span);
    let each = count(raw.transfers_per_primary_max, CLIENTS_MAX, faults);
    if let (Some(span), Some(each)) = (span, each)
        && each > transfers_max
    {
        let found =
            format!("transfers-per-primary-max {each} is more than transfers-max {transfers_max}");
        faults.push(Fault::new(span, found, format!("at most {transfers_max}")));
    }
    let limits = Limits {
        transfers_max,
        transfers_per_primary_max: each
            .unwrap_or(LIMITS.transfers_per_primary_max)
            .min(transfers_max),
        memory_bytes_max: size(raw.memory_bytes_max, u64::MAX, faults)
            .unwrap_or(LIMITS.memory_bytes_max),
    };
    let of_zones = RawZoneLimits {
        records_max: raw.records_max,
        bytes_max: raw.bytes_max,
        rrset_records_max: raw.rrset_records_max,
        rrset_bytes_max: raw.rrset_bytes_max,
        types_per_name_max: raw.types_per_name_max,
        transfer_seconds: raw.transfer_seconds,
        transfer_idle_seconds: raw.transfer_idle_seconds,
    };
    (limits, zone_limits(of_zones, zone, faults))
}

/// `limits` of a zone over those of the instance.
pub(super) fn zone_limits(
    raw: RawZoneLimits,
    defaults: ZoneLimits,
    faults: &mut Faults,
) -> ZoneLimits {
    let content = defaults.content;
    let records = number(raw.rrset_records_max, 1..=u64::from(u32::MAX), faults);
    // What does not fit a message cannot be served (RFC 1035 §4.2.2).
    let rrset_bytes = size(raw.rrset_bytes_max, RRSET_BYTES_FITTING.into(), faults);
    let types = number(raw.types_per_name_max, 1..=65_535, faults);
    let idle_span = raw.transfer_idle_seconds.as_ref().map(Spanned::span);
    let transfer = seconds(raw.transfer_seconds, faults).unwrap_or(defaults.transfer);
    let idle = seconds(raw.transfer_idle_seconds, faults);
    if let (Some(span), Some(idle)) = (idle_span, idle)
        && idle > transfer
    {
        let found = format!(
            "transfer-idle-seconds {} is more than transfer-seconds {}",
            idle.0, transfer.0
        );
        faults.push(Fault::new(span, found, format!("at most {}", transfer.0)));
    }
    ZoneLimits {
        content: ContentLimits {
            records_max: number(raw.records_max, 1..=u64::MAX, faults)
                .unwrap_or(content.records_max),
            bytes_max: size(raw.bytes_max, u64::MAX, faults).unwrap_or(content.bytes_max),
            rrset_records_max: narrow(records).unwrap_or(content.rrset_records_max),
            rrset_bytes_max: narrow(rrset_bytes).unwrap_or(content.rrset_bytes_max),
            types_per_name_max: narrow(types).unwrap_or(content.types_per_name_max),
        },
        transfer,
        transfer_idle: idle.unwrap_or(defaults.transfer_idle).min(transfer),
    }
}

/// `[bounds]` over `defaults`, which are 1200–43200 s for REFRESH and 60–43200 s for RETRY when
/// nobody says otherwise.
pub(super) fn bounds(raw: Option<RawBounds>, defaults: Bounds, faults: &mut Faults) -> Bounds {
    let Some(raw) = raw else { return defaults };
    let spans = [&raw.refresh_min, &raw.refresh_max, &raw.retry_min, &raw.retry_max]
        .map(|value| value.as_ref().map(Spanned::span));
    let mut timer =
        |value: Option<Spanned<u64>>, default: Seconds| seconds(value, faults).unwrap_or(default).0;
    let refresh = (
        timer(raw.refresh_min, defaults.refresh().0),
        timer(raw.refresh_max, defaults.refresh().1),
    );
    let retry =
        (timer(raw.retry_min, defaults.retry().0), timer(raw.retry_max, defaults.retry().1));
    let [refresh_min, refresh_max, retry_min, retry_max] = spans;
    match Bounds::new(refresh, retry) {
        Ok(bounds) => bounds,
        Err(fault) => {
            let spans = if refresh.0 > refresh.1 {
                [refresh_max, refresh_min]
            } else {
                [retry_max, retry_min]
            };
            let span = spans.into_iter().flatten().next().unwrap_or_default();
            let found =
                format!("{0}-min {1} is more than {0}-max {2}", fault.timer, fault.min, fault.max);
            faults.push(Fault::new(span, found, "a minimum that is not above the maximum"));
            defaults
        }
    }
}

/// `[query]`: everybody, unless it says who.
pub(super) fn query(raw: Option<RawQuery>, faults: &mut Faults) -> Arc<[AddressRange]> {
    match raw.and_then(|raw| raw.allow) {
        Some(allow) => ranges(allow, faults),
        None => ["0.0.0.0/0", "::/0"].iter().filter_map(|text| text.parse().ok()).collect(),
    }
}

/// `[transfer]`, but for who may.
pub(super) fn transfers_out(raw: &RawTransfer, faults: &mut Faults) -> TransfersOut {
    let at_once_max = count(raw.at_once_max.clone(), CLIENTS_MAX, faults);
    let at_once_max = at_once_max.unwrap_or(TransfersOut::DEFAULT.at_once_max);
    let span = raw.per_client_max.as_ref().map(Spanned::span);
    let each = count(raw.per_client_max.clone(), CLIENTS_MAX, faults);
    if let (Some(span), Some(each)) = (span, each)
        && each > at_once_max
    {
        let found = format!("per-client-max {each} is more than at-once-max {at_once_max}");
        faults.push(Fault::new(span, found, format!("at most {at_once_max}")));
    }
    TransfersOut {
        at_once_max,
        per_client_max: each.unwrap_or(TransfersOut::DEFAULT.per_client_max).min(at_once_max),
        total: seconds(raw.total_seconds.clone(), faults).unwrap_or(TransfersOut::DEFAULT.total),
    }
}

/// `[identity]`: nothing, unless it says what.
pub(super) fn identity(raw: Option<RawIdentity>, faults: &mut Faults) -> Identity {
    let Some(raw) = raw else { return Identity::default() };
    Identity::new(text(raw.version, faults), text(raw.id, faults))
}

/// What a TXT record can say in one string.
fn text(raw: Option<Spanned<String>>, faults: &mut Faults) -> Option<Text> {
    let raw = raw?;
    let text = Text::new(raw.get_ref());
    if text.is_none() {
        let found = format!("a text of {} octets", raw.get_ref().len());
        faults.push(Fault::new(raw.span(), found, format!("at most {TEXT_OCTETS_MAX}")));
    }
    text
}

/// A list of ranges; an empty one allows nobody.
pub(super) fn ranges(raw: Vec<Spanned<String>>, faults: &mut Faults) -> Arc<[AddressRange]> {
    raw.into_iter().filter_map(|text| faults.keep(range(text.get_ref(), text.span()))).collect()
}

/// One address or range.
pub(super) fn range(text: &str, span: Range<usize>) -> Result<AddressRange, Fault> {
    text.parse::<AddressRange>().map_err(|fault| {
        Fault::new(
            span,
            fault.to_string(),
            "an address or a range, such as \"192.0.2.7\", \"192.0.2.0/24\" or \"2001:db8::/32\"",
        )
    })
}

/// A number inside `range`.
pub(super) fn number(
    raw: Option<Spanned<u64>>,
    range: RangeInclusive<u64>,
    faults: &mut Faults,
) -> Option<u64> {
    let raw = raw?;
    let (span, found) = (raw.span(), raw.into_inner());
    if range.contains(&found) {
        return Some(found);
    }
    let expected = match *range.end() {
        u64::MAX => format!("{} or more", range.start()),
        end => format!("a number from {} to {end}", range.start()),
    };
    faults.push(Fault::new(span, format!("found {found}"), expected));
    None
}

fn count(raw: Option<Spanned<u64>>, max: u64, faults: &mut Faults) -> Option<usize> {
    narrow(number(raw, 1..=max, faults))
}

fn seconds(raw: Option<Spanned<u64>>, faults: &mut Faults) -> Option<Seconds> {
    narrow(number(raw, 1..=SECONDS_MAX, faults)).map(Seconds)
}

fn size(raw: Option<Spanned<Size>>, max: u64, faults: &mut Faults) -> Option<u64> {
    let raw = raw.map(|raw| Spanned::new(raw.span(), raw.into_inner().0));
    number(raw, 1..=max, faults)
}

/// A size of which 0 means that there is to be none.
fn size_or_none(raw: Option<Spanned<Size>>, faults: &mut Faults) -> Option<u64> {
    let raw = raw.map(|raw| Spanned::new(raw.span(), raw.into_inner().0));
    number(raw, 0..=u64::MAX, faults)
}

/// Never `None` for a number that was checked against the range of `T`.
fn narrow<T: TryFrom<u64>>(number: Option<u64>) -> Option<T> {
    number.and_then(|number| number.try_into().ok())
}
