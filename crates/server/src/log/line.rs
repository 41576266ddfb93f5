//! How one event becomes one line.
//!
//! Standards: RFC 5424 §6.2.1 (levels).

use super::escape;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::fmt::{self, Debug, Write};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `2026-08-01T09:30:00.120Z INFO message field=value`.
    Text,
    /// `<6>message field=value`: a level that journald takes off again.
    Journal,
    /// `{"at":…,"level":…,"message":…,"field":…}`.
    Json,
}

/// Formats events; spans add nothing, because each event names its own fields.
pub(super) struct Lines(pub(super) Form);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut parts = Parts::default();
        event.record(&mut parts);
        let at = format!("{:.3}", Timestamp::now());
        let line = line(self.0, &at, *event.metadata().level(), parts);
        writeln!(out, "{line}")
    }
}

/// Message and fields of an event, in the order in which it names them.
#[derive(Debug, Default)]
pub(super) struct Parts {
    message: String,
    fields: Vec<(&'static str, Value)>,
}

impl Parts {
    fn add(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(message)) => self.message = message,
            (name, value) => self.fields.push((name, value)),
        }
    }
}

impl Visit for Parts {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, Value::String(value.to_owned()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }
}

/// One event, without the line end. Pure.
fn line(form: Form, at: &str, level: Level, parts: Parts) -> String {
    match form {
        Form::Json => json(at, level, parts),
        Form::Text => format!("{at} {level} {}", text(&parts)),
        Form::Journal => format!("<{}>{}", syslog_level(level), text(&parts)),
    }
}

fn text(parts: &Parts) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = escape::write(&mut out, &parts.message);
    for (name, value) in &parts.fields {
        let _ = write!(out, " {name}=");
        let _ = match value {
            Value::String(value) => escape::write_value(&mut out, value),
            other => write!(out, "{other}"),
        };
    }
    out
}

fn json(at: &str, level: Level, parts: Parts) -> String {
    let mut object = Map::new();
    object.insert("at".into(), at.into());
    object.insert("level".into(), level.as_str().to_ascii_lowercase().into());
    object.insert("message".into(), parts.message.into());
    for (name, value) in parts.fields {
        object.insert(name.into(), value);
    }
    let mut out = String::new();
    let _ = escape::write_json(&mut out, &Value::Object(object).to_string());
    out
}

/// RFC 5424 §6.2.1, as sd-daemon(3) wants it at the start of a line.
fn syslog_level(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}
