//! Octets as the text of `understudy.toml`.

use server::config::{Config, ConfigError, Picture, ZoneLimits};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// A file that is not there; nor is anything beside it.
const PATH: &str = "/nowhere/fuzz.toml";

/// The beginning of a secret in base64: where it stands as one, nobody may read it in a message.
const SECRET: &str = "bm9ib2R5IHJlYWRz";

/// Everything that must hold for any configuration: it is accepted, and then as promised; or it is refused, each fault
/// with its place. Nobody is told a secret.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let parsed = Config::parse(&text, Path::new(PATH));
    let shown = match &parsed {
        Ok(config) => {
            is_as_promised(config);
            let again = Config::parse(&text, Path::new(PATH)).expect("the same again");
            is_unchanged(config, &again);
            format!("{config:?}")
        }
        Err(error) => {
            has_places(error, &text);
            let drawn = [Picture::Plain, Picture::Coloured].map(|picture| error.draw(picture));
            format!("{error}\n{error:?}\n{}", drawn.concat())
        }
    };
    if stands_as_a_secret(&text) {
        assert!(!shown.contains(SECRET), "a secret is shown: {shown}");
    }
}

/// Whether the secret stands in the text only as the value of the key that is for it, commented out or not.
fn stands_as_a_secret(text: &str) -> bool {
    text.match_indices(SECRET).all(|(at, _)| {
        let before = &text[..at];
        let line = before.rsplit('\n').next().unwrap_or_default();
        let before_quotes = line.trim_end_matches(['"', '\'']).trim_end_matches([' ', '\t']);
        let key = before_quotes.strip_suffix('=').unwrap_or_default();
        let Some(rest) = key.trim_end_matches([' ', '\t']).strip_suffix("secret") else {
            return false;
        };
        // Inside another string it is a part of that.
        ['"', '\''].into_iter().all(|quote| rest.matches(quote).count() % 2 == 0)
    })
}

fn has_places(error: &ConfigError, text: &str) {
    let ConfigError::Invalid(_) = error else { panic!("nothing is read but the text: {error}") };
    let lines = error.lines();
    let last = text.matches('\n').count() + 1;
    assert!(!lines.is_empty() && lines.is_sorted(), "{lines:?}");
    assert!(lines.iter().all(|line| (1..=last).contains(line)), "{lines:?} of {last}");
    let told = error.to_string();
    assert!(told.starts_with(&format!("{PATH}:{}:", lines[0])), "{told}");
    assert_ne!(error.draw(Picture::Plain), format!("{told}\n"), "every place can be drawn");
}

/// What the types of the configuration promise in words.
fn is_as_promised(config: &Config) {
    let server = &config.server;
    let listen: BTreeSet<&SocketAddr> = server.listen.iter().collect();
    assert!(!listen.is_empty() && listen.len() == server.listen.len(), "{:?}", server.listen);
    assert!(listen.iter().all(|address| address.port() != 0), "{:?}", server.listen);
    assert!((1..=256).contains(&server.udp_threads.get()));
    assert!((512..=4_096).contains(&server.udp_payload_max));
    let (tcp, limits) = (&config.tcp, &config.limits);
    assert!((1..=tcp.clients_max).contains(&tcp.per_client_max));
    assert!(tcp.idle.0 > 0 && tcp.write.0 > 0);
    assert!((1..=limits.transfers_max).contains(&limits.transfers_per_primary_max));
    assert!(limits.memory_bytes_max > 0);
    assert!(config.store.image_min_bytes > 0 && config.store.log_min_bytes > 0);
    for (name, key) in &config.keys {
        assert!(name == key.name() && !name.as_ref().is_root());
    }
    for (name, zone) in &config.zones {
        assert_eq!(&*name.view, server::config::DEFAULT_VIEW);
        let primaries: BTreeSet<_> = zone.primaries.iter().map(|it| it.address).collect();
        assert!(!primaries.is_empty() && primaries.len() == zone.primaries.len(), "{name:?}");
        for primary in &zone.primaries {
            let ip = primary.address.ip();
            assert!(primary.address.port() != 0 && ip == ip.to_canonical());
            assert!(!ip.is_unspecified() && !ip.is_multicast());
            assert!(primary.source.is_none_or(|source| source.is_ipv4() == ip.is_ipv4()));
            let is_known = |key: &Arc<_>| config.keys.values().any(|known| Arc::ptr_eq(known, key));
            assert!(primary.key.as_ref().is_none_or(is_known));
        }
        let keys = zone.notify.iter().filter_map(|rule| rule.key.as_ref());
        keys.for_each(|key| assert!(config.keys.contains_key(key), "{key}"));
        assert!(zone.bounds.refresh().0 <= zone.bounds.refresh().1);
        assert!(zone.bounds.retry().0 <= zone.bounds.retry().1);
        let ZoneLimits { content, transfer, transfer_idle } = zone.limits;
        assert!(0 < transfer_idle.0 && transfer_idle <= transfer);
        assert!(content.records_max > 0 && content.bytes_max > 0);
        assert!(content.rrset_records_max > 0 && content.rrset_bytes_max > 0);
        assert!(content.types_per_name_max > 0);
    }
}

/// A reload of the same text has nothing to do.
fn is_unchanged(config: &Config, again: &Config) {
    assert_eq!(config, again);
    let difference = config.difference(again);
    assert!(difference.added.is_empty() && difference.changed.is_empty());
    assert!(difference.removed.is_empty() && difference.unchanged == config.zones.len());
    assert_eq!(config.at_start().restart_needed(again), [""; 0]);
}
