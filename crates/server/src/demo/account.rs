//! What is printed: a line for each thing that happened, with the time since the start.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use wire::name::Name;
use wire::serial::Serial;

use super::{PrimaryKind, Stage};

/// Prints as it goes, and keeps what the last line sums up.
pub(super) struct Account {
    started: Instant,
    secondary: SocketAddr,
    /// From what moment on a change's way is measured.
    from: &'static str,
    delays: Vec<Duration>,
}

impl Account {
    pub(super) fn begin(primary: PrimaryKind, secondary: SocketAddr, stage: &Stage) -> Self {
        let Stage { apex, note, .. } = stage;
        let (who, from) = match primary {
            PrimaryKind::Scripted => ("a small scripted primary", "NOTIFY sent"),
            PrimaryKind::Named => ("BIND's named as primary", "nsupdate started"),
        };
        println!("understudy demo: {who}, and understudy as secondary of {apex}");
        println!("Everything is on this machine, in a temporary folder, and gone afterwards.\n");
        let question =
            note.as_ref().map_or_else(|| format!("{apex} SOA"), |note| format!("{note} TXT"));
        println!("  try   dig @{} -p {} {question}\n", secondary.ip(), secondary.port());
        Self { started: Instant::now(), secondary, from, delays: Vec::new() }
    }

    pub(super) fn primary_listens(&self, at: SocketAddr, serial: Serial) {
        self.line(&format!("primary listens on {at}, its zone is at serial {}", serial.0));
    }

    pub(super) fn secondary_listens(&self, settings: &Path) {
        let at = self.secondary;
        self.line(&format!("understudy listens on {at}, set up by {}", settings.display()));
    }

    pub(super) fn first_copy(&self, serial: Serial, elapsed: Duration) {
        let ms = in_ms(elapsed);
        self.line(&format!("first copy: signed AXFR → on disk → serial {} served, {ms}", serial.0));
    }

    pub(super) fn edited(&self, serial: Serial, note: &Name, words: &str) {
        let label = note.as_ref().labels().next().map(String::from_utf8_lossy).unwrap_or_default();
        self.line(&format!("primary edits its zone: serial {}, {label} TXT {words:?}", serial.0));
    }

    pub(super) fn not_edited(&self) {
        self.line("the zone is served as it is; an edit would break its signatures");
    }

    /// How long a confirmation of NOTIFY took; `None` when the primary does not tell.
    pub(super) fn told(&self, elapsed: Option<Duration>) {
        if let Some(elapsed) = elapsed {
            self.line(&format!("signed NOTIFY confirmed after {}", in_ms(elapsed)));
        }
    }

    pub(super) fn arrived(&mut self, serial: Serial, elapsed: Duration, answer: Option<&str>) {
        self.delays.push(elapsed);
        let answer = answer.map_or_else(|| "no answer".to_owned(), |words| format!("{words:?}"));
        let (from, ms) = (self.from, in_ms(elapsed));
        self.line(&format!("{from} → serial {} served after {ms}, {answer}", serial.0));
    }

    pub(super) fn end(&mut self) {
        if self.delays.is_empty() {
            return;
        }
        self.delays.sort_unstable();
        let middle = self.delays.get(self.delays.len() / 2).copied().unwrap_or_default();
        let slowest = self.delays.last().copied().unwrap_or_default();
        println!(
            "\nchanges followed: {}, each served; {} → served: median {}, slowest {}",
            self.delays.len(),
            self.from,
            in_ms(middle),
            in_ms(slowest)
        );
    }

    fn line(&self, words: &str) {
        println!("{:8.3} s  {words}", self.started.elapsed().as_secs_f64());
    }
}

fn in_ms(elapsed: Duration) -> String {
    format!("{:.1} ms", elapsed.as_secs_f64() * 1_000.0)
}
