//! The file as it was written: optional, unchecked, and knowing where each value stands.

use super::fault::{Fault, Faults};
use super::size::Size;
use super::{LogFormat, LogLevel};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// The tables of the file. An absent table has only defaults.
#[derive(Default)]
pub(super) struct Sections {
    pub(super) server: Option<RawServer>,
    pub(super) store: Option<RawStore>,
    pub(super) tcp: Option<RawTcp>,
    pub(super) query: Option<RawQuery>,
    pub(super) transfer: Option<RawTransfer>,
    pub(super) identity: Option<RawIdentity>,
    pub(super) limits: Option<RawLimits>,
    pub(super) bounds: Option<RawBounds>,
    pub(super) log: Option<RawLog>,
    pub(super) keys: Vec<Entry<RawKey>>,
    pub(super) zones: Vec<Entry<RawZone>>,
}

/// One `[[key]]` or `[[zone]]`.
pub(super) struct Entry<T> {
    /// The whole entry, for what is missing in it.
    pub(super) span: Range<usize>,
    /// What it says, or at least its name if there was a fault in it, which has been noted.
    pub(super) raw: Result<T, Option<String>>,
}

/// `[server]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawServer {
    pub(super) listen: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) data_dir: Option<Spanned<String>>,
    pub(super) control_socket: Option<Spanned<String>>,
    pub(super) udp_threads: Option<Spanned<u64>>,
    pub(super) udp_payload_max: Option<Spanned<u64>>,
}

/// `[store]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawStore {
    pub(super) log_size_min: Option<Spanned<Size>>,
    pub(super) image_size_min: Option<Spanned<Size>>,
    pub(super) reserve_bytes: Option<Spanned<Size>>,
}

/// `[tcp]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawTcp {
    pub(super) clients_max: Option<Spanned<u64>>,
    pub(super) per_client_max: Option<Spanned<u64>>,
    pub(super) idle_seconds: Option<Spanned<u64>>,
    pub(super) write_seconds: Option<Spanned<u64>>,
}

/// `[query]`, also inside a zone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawQuery {
    pub(super) allow: Option<Vec<Spanned<String>>>,
}

/// `[transfer]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawTransfer {
    pub(super) allow: Option<Vec<Spanned<RawRule>>>,
    pub(super) at_once_max: Option<Spanned<u64>>,
    pub(super) per_client_max: Option<Spanned<u64>>,
    pub(super) total_seconds: Option<Spanned<u64>>,
}

/// `[identity]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawIdentity {
    pub(super) version: Option<Spanned<String>>,
    pub(super) id: Option<Spanned<String>>,
}

/// `[limits]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLimits {
    pub(super) transfers_max: Option<Spanned<u64>>,
    pub(super) transfers_per_primary_max: Option<Spanned<u64>>,
    pub(super) memory_bytes_max: Option<Spanned<Size>>,
    pub(super) records_max: Option<Spanned<u64>>,
    pub(super) bytes_max: Option<Spanned<Size>>,
    pub(super) rrset_records_max: Option<Spanned<u64>>,
    pub(super) rrset_bytes_max: Option<Spanned<Size>>,
    pub(super) types_per_name_max: Option<Spanned<u64>>,
    pub(super) transfer_seconds: Option<Spanned<u64>>,
    pub(super) transfer_idle_seconds: Option<Spanned<u64>>,
}

/// `limits` inside a zone: what of [`RawLimits`] concerns one zone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawZoneLimits {
    pub(super) records_max: Option<Spanned<u64>>,
    pub(super) bytes_max: Option<Spanned<Size>>,
    pub(super) rrset_records_max: Option<Spanned<u64>>,
    pub(super) rrset_bytes_max: Option<Spanned<Size>>,
    pub(super) types_per_name_max: Option<Spanned<u64>>,
    pub(super) transfer_seconds: Option<Spanned<u64>>,
    pub(super) transfer_idle_seconds: Option<Spanned<u64>>,
}

/// `[bounds]`, also inside a zone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawBounds {
    pub(super) refresh_min: Option<Spanned<u64>>,
    pub(super) refresh_max: Option<Spanned<u64>>,
    pub(super) retry_min: Option<Spanned<u64>>,
    pub(super) retry_max: Option<Spanned<u64>>,
}

/// `[log]`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLog {
    pub(super) level: Option<LogLevel>,
    pub(super) format: Option<LogFormat>,
}

/// `[[key]]`. The secret may be of any type here, because a message about a wrong type would
/// show the value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawKey {
    pub(super) name: Option<Spanned<String>>,
    pub(super) algorithm: Option<Spanned<String>>,
    pub(super) secret: Option<Spanned<toml::Value>>,
    pub(super) secret_file: Option<Spanned<String>>,
}

/// `[[zone]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawZone {
    pub(super) name: Option<Spanned<String>>,
    pub(super) view: Option<Spanned<String>>,
    pub(super) primaries: Option<Spanned<Vec<Spanned<RawPrimary>>>>,
    pub(super) notify: Option<Vec<Spanned<RawRule>>>,
    pub(super) transfer: Option<Vec<Spanned<RawRule>>>,
    pub(super) query: Option<RawQuery>,
    pub(super) bounds: Option<RawBounds>,
    pub(super) limits: Option<RawZoneLimits>,
}

/// A primary: a table, or text for its address alone.
pub(super) struct RawPrimary {
    /// `None` in a table without it.
    pub(super) address: Option<Text>,
    pub(super) port: Option<Spanned<u64>>,
    pub(super) key: Option<Spanned<String>>,
    pub(super) source: Option<Spanned<String>>,
}

/// Who may do something: a table, or text for its range alone.
pub(super) struct RawRule {
    /// `None` in a table without it.
    pub(super) from: Option<Text>,
    pub(super) key: Option<Spanned<String>>,
}

/// Text with its place, which is unknown when it is the whole of the value around it.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) span: Option<Range<usize>>,
}

impl From<Spanned<String>> for Text {
    fn from(text: Spanned<String>) -> Self {
        Self { span: Some(text.span()), text: text.into_inner() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PrimaryTable {
    address: Option<Spanned<String>>,
    port: Option<Spanned<u64>>,
    key: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
}

impl<'de> Deserialize<'de> for RawPrimary {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let either = TextOrTable::<PrimaryTable>::read(
            from,
            "an address such as \"192.0.2.1\", or a table such as { address = \"192.0.2.1\", key = \"k1\" }",
        )?;
        Ok(match either {
            TextOrTable::Text(text) => {
                let address = Some(Text { text, span: None });
                Self { address, port: None, key: None, source: None }
            }
            TextOrTable::Table(PrimaryTable { address, port, key, source }) => {
                Self { address: address.map(Text::from), port, key, source }
            }
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleTable {
    from: Option<Spanned<String>>,
    key: Option<Spanned<String>>,
}

impl<'de> Deserialize<'de> for RawRule {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let either = TextOrTable::<RuleTable>::read(
            from,
            "a range such as \"192.0.2.0/24\", or a table such as { from = \"192.0.2.0/24\", key = \"k1\" }",
        )?;
        Ok(match either {
            TextOrTable::Text(text) => Self { from: Some(Text { text, span: None }), key: None },
            TextOrTable::Table(RuleTable { from, key }) => Self { from: from.map(Text::from), key },
        })
    }
}

/// A short form and a long form of the same thing. Not serde's `untagged`, which loses places and
/// messages.
enum TextOrTable<T> {
    Text(String),
    Table(T),
}

impl<T: DeserializeOwned> TextOrTable<T> {
    fn read<'de, D: Deserializer<'de>>(from: D, expected: &'static str) -> Result<Self, D::Error> {
        from.deserialize_any(TextOrTableVisitor { expected, table: std::marker::PhantomData })
    }
}

struct TextOrTableVisitor<T> {
    expected: &'static str,
    table: std::marker::PhantomData<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for TextOrTableVisitor<T> {
    type Value = TextOrTable<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(TextOrTable::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(TextOrTable::Table)
    }
}

/// The tables that a file may have.
const SECTIONS: &str = "[server], [store], [tcp], [query], [transfer], [identity], [limits], [bounds], \
                        [log], [[key]] or [[zone]]";

impl Sections {
    /// Splits the file into its tables and reads each on its own, so that a fault in one does not
    /// hide those in others. Faults of syntax are told alone: what follows them means little.
    pub(super) fn read(text: &str, faults: &mut Faults) -> Self {
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut sections = Self::default();
        if !errors.is_empty() {
            errors.iter().for_each(|error| faults.push(translate(error, 0..0)));
            return sections;
        }
        for (key, value) in document.into_inner() {
            match key.get_ref().as_ref() {
                "server" => sections.server = table(value, "[server]", faults),
                "store" => sections.store = table(value, "[store]", faults),
                "tcp" => sections.tcp = table(value, "[tcp]", faults),
                "query" => sections.query = table(value, "[query]", faults),
                "transfer" => sections.transfer = table(value, "[transfer]", faults),
                "identity" => sections.identity = table(value, "[identity]", faults),
                "limits" => sections.limits = table(value, "[limits]", faults),
                "bounds" => sections.bounds = table(value, "[bounds]", faults),
                "log" => sections.log = table(value, "[log]", faults),
                "key" => sections.keys = entries(value, "[[key]]", faults),
                "zone" => sections.zones = entries(value, "[[zone]]", faults),
                unknown => {
                    let found = format!("unknown key `{}`", unknown.escape_default());
                    faults.push(Fault::new(key.span(), found, SECTIONS));
                }
            }
        }
        sections
    }
}

/// Reads `[section]`.
fn table<T: DeserializeOwned>(
    value: Spanned<DeValue<'_>>,
    header: &str,
    faults: &mut Faults,
) -> Option<T> {
    let span = value.span();
    match value.into_inner() {
        DeValue::Table(table) => read_table(table, span, faults),
        other => {
            let found = found_kind(&other);
            faults.push(Fault::new(span, found, format!("a table: {header} on a line of its own")));
            None
        }
    }
}

/// Reads all `[[section]]`.
fn entries<T: DeserializeOwned>(
    value: Spanned<DeValue<'_>>,
    header: &str,
    faults: &mut Faults,
) -> Vec<Entry<T>> {
    let span = value.span();
    let expected = format!("{header} with double brackets, once for each");
    let items = match value.into_inner() {
        DeValue::Array(items) => items,
        other => {
            faults.push(Fault::new(span, found_kind(&other), expected));
            return Vec::new();
        }
    };
    let mut entries = Vec::new();
    for item in items {
        let span = item.span();
        match item.into_inner() {
            DeValue::Table(table) => {
                let name = table.get("name").and_then(|name| name.get_ref().as_str());
                let name = name.map(str::to_owned);
                let raw = read_table(table, span.clone(), faults).ok_or(name);
                entries.push(Entry { span, raw });
            }
            other => faults.push(Fault::new(span, found_kind(&other), expected.clone())),
        }
    }
    entries
}

/// Reads one table. When a key in it is wrong, notes that, leaves it out and reads on, so that
/// each wrong key is told; but the table is then lost.
fn read_table<T: DeserializeOwned>(
    mut table: DeTable<'_>,
    span: Range<usize>,
    faults: &mut Faults,
) -> Option<T> {
    let mut whole = true;
    loop {
        let attempt = Spanned::new(span.clone(), DeValue::Table(table.clone()));
        let error = match T::deserialize(ValueDeserializer::from(attempt)) {
            Ok(read) => return whole.then_some(read),
            Err(error) => error,
        };
        whole = false;
        faults.push(translate(&error, span.clone()));
        let at = error.span().unwrap_or_default();
        let concerns = |place: Range<usize>| place.start <= at.start && at.end <= place.end;
        let wrong = table
            .iter()
            .find(|(key, value)| concerns(key.span()) || concerns(value.span()))
            .map(|(key, _)| key.clone());
        match wrong.and_then(|key| table.remove(&key)) {
            Some(_) => {}
            None => return None,
        }
    }
}

/// Not the value itself, which could be a secret.
fn found_kind(value: &DeValue<'_>) -> String {
    format!("found {} {}", article(value.type_str()), value.type_str())
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Turns what serde and the TOML parser say into the words of this manual.
fn translate(error: &toml::de::Error, otherwise: Range<usize>) -> Fault {
    let message = error.message().lines().collect::<Vec<_>>().join(" ");
    let (found, expected) = message.split_once(", expected ").unwrap_or((&message, ""));
    let found = found
        .replace("unknown field", "unknown key")
        .replace("missing field", "missing key")
        .replace("invalid type: ", "found ")
        .replace("invalid value: ", "found ")
        .replace("unknown variant ", "found ");
    let expected = match expected {
        "u64" | "u32" | "u16" | "usize" => "a whole number, 0 or more",
        "a sequence" => "an array in brackets",
        other => other,
    };
    Fault::new(error.span().unwrap_or(otherwise), found, expected)
}
