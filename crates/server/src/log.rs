//! Log lines: one per event, safe to read, and not too many.
//!
//! Lines go to standard error, where systemd and terminals expect them. Nothing that came over
//! the network can start a new line or move a cursor: control characters are escaped in messages
//! and fields alike. What repeats for a zone is thinned by [`Thinner`] before it gets here.

mod escape;
mod line;
mod panics;
mod thinner;

pub(crate) use panics::tell_of_panics;
pub(crate) use thinner::{Admission, Thinner};

use crate::config::{Log, LogFormat, LogLevel};
use line::{Form, Lines};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{Layer, Registry, fmt, reload};

/// Crates of ours, whose events the level of the configuration is about.
const OURS: [&str; 6] = ["wire", "zone", "proto", "store", "server", "understudy"];

/// Changes how much is written while the daemon runs.
#[derive(Clone, Debug)]
pub(crate) struct LevelSwitch(reload::Handle<Targets, Registry>);

impl LevelSwitch {
    /// From now on, this level.
    pub(crate) fn set(&self, level: LogLevel) {
        // Fails only when the subscriber is gone, and then there is nothing to switch.
        let _ = self.0.reload(targets(level));
    }
}

/// Starts logging for the whole program.
///
/// # Errors
/// When something else in this program already logs.
pub(crate) fn start(settings: Log) -> Result<LevelSwitch, TryInitError> {
    let (filter, switch) = reload::Layer::new(targets(settings.level));
    let lines = lines(form(settings.format), std::io::stderr).with_filter(filter);
    tracing_subscriber::registry().with(lines).try_init()?;
    Ok(LevelSwitch(switch))
}

/// The layer that turns events into lines.
fn lines<S, W>(form: Form, writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> fmt::MakeWriter<'w> + 'static,
{
    fmt::layer().event_format(Lines(form)).with_ansi(false).with_writer(writer)
}

/// Our crates at the level asked for; others only when something is wrong with them.
fn targets(level: LogLevel) -> Targets {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OURS.map(|target| (target, level)))
}

/// Under systemd the journal adds time and level itself.
fn form(format: LogFormat) -> Form {
    match format {
        LogFormat::Text => Form::Text,
        LogFormat::Journal => Form::Journal,
        LogFormat::Json => Form::Json,
        LogFormat::Auto if std::env::var_os("JOURNAL_STREAM").is_some() => Form::Journal,
        LogFormat::Auto => Form::Text,
    }
}

#[cfg(test)]
mod tests;
