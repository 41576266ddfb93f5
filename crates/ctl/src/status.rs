//! `zone status`: one zone in plain words.

use crate::page::Page;
use crate::text;
use crate::when::{Now, span};
use api::{
    Action, ActionView, DownstreamView, Failure, PrimaryView, SoaTimers, Success, TransferKind,
    ZoneState, ZoneView,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// The whole page.
pub(crate) fn write(page: &mut Page, view: &ZoneView, now: Now) {
    let (name, state) = (text::line(&view.item.name), page.state(view.item.state));
    let place = match view.item.view.as_str() {
        "default" => String::new(),
        other => format!(" in view {}", text::line(other)),
    };
    page.line(&format!("{name}{place} is {state}: {}", meaning(view.item.state)));
    page.line("");
    serials(page, view);
    if let Some(success) = &view.last_success {
        page.entry("last success", &success_words(success, now));
    }
    if let Some(failure) = &view.last_failure {
        let words = failure_words(failure, view.last_success.as_ref(), now);
        page.entry("last failure", &words);
        page.entry("", &reasons(&failure.facts, &failure.cause, &failure.fix));
    }
    timing(page, view, now);
    notifies(page, view, now);
    if let Some(transfer) = &view.transfer {
        let received = format!(
            "{:?} from {} started {}: {}, {} so far",
            transfer.kind,
            transfer.primary,
            now.away(&transfer.started_at),
            text::octets(transfer.bytes),
            text::counted(transfer.records, "record", "records"),
        );
        page.entry("transfer", &received.replace("Axfr", "AXFR").replace("Ixfr", "IXFR"));
    }
    if let Some(downstream) = &view.downstream {
        page.entry("secondaries", &downstream_words(downstream, now));
    }
    for (index, primary) in view.primaries.iter().enumerate() {
        let label = if index == 0 { "primaries" } else { "" };
        page.entry(label, &primary_words(primary, now));
    }
}

const fn meaning(state: ZoneState) -> &'static str {
    match state {
        ZoneState::Expired => {
            "no primary confirmed it in time, so queries get SERVFAIL until one does"
        }
        ZoneState::Frozen => {
            "a fault in understudy stopped its work; its last version is served until it expires; \
             `understudy zone retransfer` takes it up again"
        }
        ZoneState::Failed => "the first transfer failed at every primary, so queries get SERVFAIL",
        ZoneState::Loading => "the first transfer has not ended yet, so queries get SERVFAIL",
        ZoneState::Expiring => "it is served, but attempts fail and it will expire soon",
        ZoneState::Retrying => "it is served, but the last attempt failed",
        ZoneState::Ok => "it is served and confirmed",
    }
}

fn serials(page: &mut Page, view: &ZoneView) {
    let number = |serial: Option<u32>| serial.map_or("none".to_owned(), |s| s.to_string());
    let serial = view.item.serial;
    page.entry(
        "serial",
        &format!(
            "{} at the primary, {} held, {} served",
            serial.primary.map_or("unknown".to_owned(), |s| s.to_string()),
            number(serial.held),
            number(serial.served),
        ),
    );
    if serial.served.is_some() {
        let records = text::counted(view.item.records, "record", "records");
        let size = text::octets(view.item.size_bytes);
        let signed = if view.signed { "signed" } else { "not signed" };
        page.entry("content", &format!("{records}, {size} of memory, {signed}"));
    }
    if let Some(digest) = &view.digest {
        page.entry("digest", &text::line(digest));
    }
}

fn success_words(success: &Success, now: Now) -> String {
    let primary = success.primary.map_or_else(String::new, |at| format!(" from {at}"));
    let serial = success.serial.map_or_else(String::new, |serial| format!(", serial {serial}"));
    format!("{}: {}{primary}{serial}", now.full(&success.at), word(success.action))
}

fn failure_words(failure: &Failure, success: Option<&Success>, now: Now) -> String {
    let primary = failure.primary.map_or_else(String::new, |at| format!(" from {at}"));
    let serial = failure.serial.map_or_else(String::new, |serial| format!(", serial {serial}"));
    let overcome = success.is_some_and(|success| success.at > failure.at);
    format!(
        "{}: {}, {}{primary}{serial}{}",
        now.full(&failure.at),
        text::line(&failure.code),
        word(failure.action),
        if overcome { "; overcome since" } else { "" },
    )
}

/// Facts, cause and fix, each under its own word.
fn reasons(facts: &BTreeMap<String, Value>, cause: &str, fix: &str) -> String {
    let mut lines = Vec::new();
    let mut add = |label: &str, says: &str| {
        let mut label = label;
        for line in says.lines() {
            lines.push(format!("{label:<6} {line}"));
            label = "";
        }
    };
    add("facts:", &text::facts(facts));
    add("cause:", &text::lines(cause));
    add("fix:", &text::lines(fix));
    lines.join("\n")
}

fn timing(page: &mut Page, view: &ZoneView, now: Now) {
    if let Some(at) = &view.next_refresh_at {
        page.entry("next refresh", &now.full(at));
    }
    if let Some(at) = &view.item.expires_at {
        let label = if view.item.state == ZoneState::Expired { "expired" } else { "expires" };
        page.entry(label, &now.full(at));
    }
    let Some(timers) = view.timers else { return };
    let followed = timer_words(timers.effective);
    if timers.effective == timers.received {
        page.entry("timers", &followed);
    } else {
        let received = timer_words(timers.received);
        page.entry("timers", &format!("{followed}\nin the SOA: {received}"));
    }
}

fn timer_words(timers: SoaTimers) -> String {
    let word = |seconds: u32| span(seconds.into());
    let (refresh, retry) = (word(timers.refresh_s), word(timers.retry_s));
    format!("refresh {refresh}, retry {retry}, expire {}", word(timers.expire_s))
}

fn notifies(page: &mut Page, view: &ZoneView, now: Now) {
    match &view.last_notify {
        None => page.entry("last notify", "none since start; changes arrive by refresh only"),
        Some(notify) => {
            let serial = notify.serial.map_or_else(String::new, |s| format!(", serial {s}"));
            let key = match &notify.key {
                Some(key) => format!(", key {}", text::line(key)),
                None if notify.verdict == "accepted" => ", unsigned".to_owned(),
                None => String::new(),
            };
            let (at, verdict) = (now.full(&notify.at), text::line(&notify.verdict));
            let facts = match text::facts(&notify.facts) {
                facts if facts.is_empty() => facts,
                facts => format!("\nfacts: {facts}"),
            };
            page.entry(
                "last notify",
                &format!("{at}: from {}{serial}{key}: {verdict}{facts}", notify.from),
            );
        }
    }
    if !view.notify_refused.is_empty() {
        let refused: Vec<String> = view
            .notify_refused
            .iter()
            .map(|(code, number)| format!("{number} {}", text::line(code)))
            .collect();
        page.entry("refused", &format!("NOTIFY since start: {}", refused.join(", ")));
    }
}

/// What others transferred from here, and what they could not.
fn downstream_words(view: &DownstreamView, now: Now) -> String {
    let mut words = text::counted(view.sent, "transfer", "transfers") + " since start";
    let key = |key: &Option<String>| match key {
        Some(key) => format!(", key {}", text::line(key)),
        None => String::new(),
    };
    if let Some(sent) = &view.last_sent {
        let kind = match sent.kind {
            TransferKind::Axfr => "AXFR",
            TransferKind::Ixfr => "IXFR",
        };
        let (records, octets) =
            (text::counted(sent.records, "record", "records"), text::octets(sent.bytes));
        let (at, to, key, serial) = (now.full(&sent.at), sent.to, key(&sent.key), sent.serial);
        words += &format!("\nlast {at}: {kind} to {to}{key}, serial {serial}: {records}, {octets}");
    }
    if !view.failures.is_empty() {
        let count = |(code, number): (&String, &u64)| format!("{number} {}", text::line(code));
        let counts: Vec<String> = view.failures.iter().map(count).collect();
        words += &format!("\nnot sent: {}", counts.join(", "));
    }
    if let Some(failure) = &view.last_failure {
        let (at, code) = (now.full(&failure.at), text::line(&failure.code));
        words += &format!("\nlast {at}: {code}, for {}{}", failure.from, key(&failure.key));
        words += &format!("\n{}", reasons(&failure.facts, &failure.cause, &failure.fix));
    }
    words
}

fn primary_words(primary: &PrimaryView, now: Now) -> String {
    let mut words = primary.address.to_string();
    match &primary.key {
        Some(key) => words += &format!(", key {}", text::line(key)),
        None => words += ", no key",
    }
    if let Some(source) = primary.source {
        words += &format!(", from {source}");
    }
    if let Some(serial) = primary.serial {
        words += &format!(", serial {serial}");
    }
    if primary.actions.is_empty() {
        return words + "\n  not asked yet";
    }
    for (action, view) in &primary.actions {
        words += &format!("\n  {:<7} {}", word(*action), action_words(view, now));
    }
    words
}

/// The newer of success and failure first, because that is how it is now.
fn action_words(view: &ActionView, now: Now) -> String {
    let success = view.last_success.as_ref().map(|success| {
        let serial = success.serial.map_or_else(String::new, |s| format!(", serial {s}"));
        (&success.at, format!("worked {}{serial}", now.away(&success.at)))
    });
    let failure = view.last_failure.as_ref().map(|failure| {
        let code = text::line(&failure.code);
        (&failure.at, format!("failed {}: {code}", now.away(&failure.at)))
    });
    match (success, failure) {
        (None, None) => "not tried yet".to_owned(),
        (Some((_, only)), None) | (None, Some((_, only))) => only,
        (Some((worked, success)), Some((failed, failure))) if worked > failed => {
            format!("{success}; {failure}")
        }
        (Some((_, success)), Some((_, failure))) => format!("{failure}; {success}"),
    }
}

const fn word(action: Action) -> &'static str {
    match action {
        Action::Soa => "SOA",
        Action::Ixfr => "IXFR",
        Action::Axfr => "AXFR",
        Action::Notify => "NOTIFY",
        Action::Install => "install",
    }
}
