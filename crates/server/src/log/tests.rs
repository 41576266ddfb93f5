use super::line::Form;
use super::{lines, targets};
use crate::config::LogLevel;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

/// Keeps what is written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl io::Write for Paper {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Paper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What is written while `events` happen.
fn written(form: Form, level: LogLevel, events: impl FnOnce()) -> String {
    let paper = Paper::default();
    let layer = lines(form, paper.clone()).with_filter(targets(level));
    tracing::subscriber::with_default(Registry::default().with(layer), events);
    let octets = paper.0.lock().unwrap().clone();
    String::from_utf8(octets).unwrap()
}

fn transferred() {
    tracing::info!(
        target: "server",
        zone = "example.net.",
        serial = 7_u32,
        elapsed_ms = 12.5,
        whole = true,
        offset = -3,
        note = "two words",
        "transferred"
    );
}

#[test]
fn text_lines_start_with_the_time_in_utc() {
    let line = written(Form::Text, LogLevel::Info, transferred);
    let (time, rest) = line.split_once(' ').unwrap();
    assert!(time.parse::<jiff::Timestamp>().is_ok() && time.ends_with('Z'), "{time}");
    assert_eq!(time.len(), "2026-08-01T09:30:00.120Z".len());
    assert_eq!(
        rest,
        "INFO transferred zone=example.net. serial=7 elapsed_ms=12.5 whole=true offset=-3 \
         note=\"two words\"\n"
    );
}

#[test]
fn journal_lines_start_with_their_syslog_level() {
    let line = written(Form::Journal, LogLevel::Info, transferred);
    assert!(line.starts_with("<6>transferred zone=example.net. serial=7 "), "{line}");
    let line = written(Form::Journal, LogLevel::Info, || tracing::error!(target: "store", "lost"));
    assert_eq!(line, "<3>lost\n");
}

#[test]
fn json_lines_are_objects_with_typed_fields() {
    let line = written(Form::Json, LogLevel::Info, transferred);
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["level"], "info");
    assert_eq!(object["message"], "transferred");
    assert_eq!((&object["serial"], &object["whole"]), (&7.into(), &true.into()));
}

/// Threat 22: a zone cannot write log lines of its own, in no form and no place.
#[test]
fn hostile_text_stays_inside_its_field() {
    let hostile = "x\n2026-01-01T00:00:00.000Z ERROR all is lost\r\u{1b}[2J\u{2028}\u{202e}";
    for form in [Form::Text, Form::Journal, Form::Json] {
        let line = written(form, LogLevel::Info, || {
            tracing::warn!(target: "server", zone = hostile, shown = %hostile, debug = ?hostile, "{hostile}");
        });
        assert_eq!(line.matches('\n').count(), 1, "{form:?}: {line}");
        assert!(line.ends_with('\n'));
        let unsafe_chars = ['\r', '\u{1b}', '\u{2028}', '\u{202e}'];
        assert!(!line.contains(unsafe_chars), "{form:?}: {line}");
        if form == Form::Json {
            let object: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(object["zone"], hostile);
        }
    }
}

#[test]
fn level_is_for_our_crates_and_others_only_warn() {
    let events = || {
        tracing::debug!(target: "server::net", "ours");
        tracing::info!(target: "hyper", "theirs");
        tracing::warn!(target: "hyper", "their trouble");
    };
    let at = |level| written(Form::Journal, level, events);
    assert_eq!(at(LogLevel::Debug), "<7>ours\n<4>their trouble\n");
    assert_eq!(at(LogLevel::Info), "<4>their trouble\n");
    assert_eq!(at(LogLevel::Error), "");
}
