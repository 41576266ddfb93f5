//! Primaries that misbehave in every way, over real UDP and TCP. Each scenario says which threats it is about, what its
//! primary does, what is asked of it, which code `zone status` shows and what is served. The last good version answers
//! all the while, and every zone is well again as soon as its primary is.
//!
//! A table is one daemon with a zone and a primary for each scenario, all at once.

mod budget;
mod content;
mod diffs;
mod messages;
mod nature;
mod serials;
mod signatures;
mod soas;
mod streams;
mod watch;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use peers::ask;
use peers::daemon::{self, Daemon, Upstream, Zone};
use peers::key::Key;
use peers::scripted::{Primary, Question};
use peers::wait;

use watch::Watch;

/// Serial that every zone is at before its primary misbehaves; with the hosts 1 to 3.
const GOOD: u32 = 10;

/// Hosts that are asked for.
const HOSTS: std::ops::RangeInclusive<u32> = 1..=9;

/// So that what is to run into a limit does so soon. Fewer turns than there are primaries that fall silent at once.
const LIMITS: &str = "\n[limits]\ntransfers-max = 4\ntransfer-seconds = 10\ntransfer-idle-seconds = 3\n\
    records-max = 20000\nbytes-max = \"2 MiB\"\nrrset-records-max = 1000\n";

/// Runs a table; with a key, every question and answer of it is signed.
///
/// Of each scenario, the first line has its threats, by their numbers in `docs/ledger.md`, and what the primary does; the
/// next ones say it as [`peers::scripted`] reads it, `2.` standing before what a second primary does; the last one says
/// what is asked in its order, each with the code that it fails with, if it does, and the serial and the hosts that are
/// served in the end.
#[track_caller]
fn check(key: Option<&Key>, table: &str) {
    let began = Instant::now();
    let scenarios = Scenario::all(table);
    let count = scenarios.len();
    let zones: Vec<Hostile> =
        scenarios.iter().enumerate().map(|(at, row)| Hostile::new(at, row, key)).collect();
    let settings = zones.iter().map(|zone| zone.settings(key)).collect();
    let mut setup = daemon::Setup::new(settings);
    setup.further = LIMITS.to_owned();
    let daemon = setup.start();
    for zone in &zones {
        daemon.wait_for_serial(&zone.apex, GOOD);
    }
    let expected = zones.iter().map(|zone| (zone.apex.clone(), vec![GOOD, zone.expected.serial]));
    let watch = Watch::over(daemon.at, expected.collect());
    zones.iter().for_each(|zone| zone.misbehave(&daemon));
    let deadline = Instant::now() + 2 * wait::SOON;
    let mut faults: Vec<String> =
        zones.iter().filter_map(|zone| zone.fault(&daemon, deadline)).collect();
    faults.extend(watch.end());
    // Nothing more was asked by now, hence no transfer goes round for ever.
    faults.extend(zones.iter().filter_map(Hostile::asked_otherwise));
    zones.iter().for_each(|zone| zone.mend(&daemon));
    let deadline = Instant::now() + wait::SOON;
    faults.extend(zones.iter().filter_map(|zone| zone.not_mended(&daemon, deadline)));
    let peak_mib = daemon.program().resident_peak_bytes() >> 20;
    println!("{count} scenarios in {:?}, {peak_mib} MiB at most", began.elapsed());
    assert!(peak_mib < PEAK_MIB_MAX, "{peak_mib} MiB resident");
    // What a primary does is no reason to call an operator at once.
    faults.extend(daemon.log().lines().filter(|line| line.contains(" ERROR ")).map(str::to_owned));
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
}

/// Far more than good zones of these sizes take, far less than what an endless stream could bring.
const PEAK_MIB_MAX: u64 = 512;

/// A part of a table.
struct Scenario<'t> {
    /// Threats, and what is done.
    title: &'t str,
    /// One for each question.
    script: Vec<&'t str>,
    expected: &'t str,
}

impl<'t> Scenario<'t> {
    fn all(table: &'t str) -> Vec<Self> {
        let (mut all, mut title, mut script) = (Vec::new(), "", Vec::new());
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let is_number = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
            if let Some(expected) = line.strip_prefix("=>") {
                let script = std::mem::take(&mut script);
                all.push(Self { title: std::mem::take(&mut title), script, expected });
            } else if line.split([',', ':']).next().is_some_and(is_number) {
                title = line;
            } else {
                script.push(line);
            }
        }
        assert!(all.iter().all(|row| !row.title.is_empty()), "every scenario has its threats");
        all
    }
}

/// A scenario with its zone and its primaries.
struct Hostile {
    apex: String,
    title: String,
    /// Of the first primary, and of the second.
    scripts: [String; 2],
    primaries: Vec<Primary>,
    expected: Expected,
}

/// What a scenario expects.
struct Expected {
    /// By primary, in their order.
    asked: [Vec<Question>; 2],
    /// Primary, action of the status, the code that it failed with last.
    failures: Vec<(usize, &'static str, Option<String>)>,
    serial: u32,
    hosts: BTreeSet<u32>,
}

impl Expected {
    fn parse(text: &str) -> Self {
        let (before, after) = text.split_once(';').expect("`questions; serial hosts`");
        let mut asked = [Vec::new(), Vec::new()];
        let mut failures: Vec<(usize, &'static str, Option<String>)> = Vec::new();
        for word in before.split_whitespace() {
            let (primary, word) = word.strip_prefix("2.").map_or((0, word), |word| (1, word));
            if let Some(question) = Question::from_word(word) {
                asked[primary].push(question);
                let action = action_of(question);
                // Of an action that is tried twice, the SOA over UDP and TCP, the last failure is shown.
                let known = failures.iter().position(|(of, it, _)| (*of, *it) == (primary, action));
                let code = known.and_then(|at| failures.remove(at).2);
                failures.push((primary, action, code));
            } else {
                failures.last_mut().expect("a code behind its question").2 = Some(word.to_owned());
            }
        }
        let mut after = after.split_whitespace();
        let serial = after.next().and_then(|serial| serial.parse().ok()).expect("a serial");
        let hosts = after.map(|host| host[1..].parse().expect("h and a number")).collect();
        Self { asked, failures, serial, hosts }
    }
}

/// As `zone status` calls it.
const fn action_of(question: Question) -> &'static str {
    match question {
        Question::Udp | Question::Tcp => "soa",
        Question::Ixfr => "ixfr",
        Question::Axfr => "axfr",
    }
}

impl Hostile {
    fn new(number: usize, row: &Scenario<'_>, key: Option<&Key>) -> Self {
        let apex = format!("zone{number}.hostile.");
        let (second, first): (Vec<&str>, Vec<&str>) =
            row.script.iter().partition(|line| line.starts_with("2."));
        let second: Vec<_> = second.iter().map(|line| &line[2..]).collect();
        let count = if second.is_empty() { 1 } else { 2 };
        let good = format!("udp: soa{GOOD}; axfr: soa{GOOD} ns a1-3 soa{GOOD}");
        let primaries = (0..count).map(|_| Primary::start(&apex, key, &good)).collect();
        let scripts = [first.join(";"), second.join(";")];
        let expected = Expected::parse(row.expected);
        Self { apex, title: row.title.to_owned(), scripts, primaries, expected }
    }

    fn settings(&self, key: Option<&Key>) -> Zone {
        let upstream = |primary: &Primary| Upstream { at: primary.at, key: key.cloned() };
        Zone { apex: self.apex.clone(), upstreams: self.primaries.iter().map(upstream).collect() }
    }

    /// From now on the primaries follow their scripts, and the daemon asks them.
    fn misbehave(&self, daemon: &Daemon) {
        for (primary, script) in self.primaries.iter().zip(&self.scripts) {
            primary.behave(script);
        }
        let verb = match self.expected.asked[0].first() {
            Some(Question::Axfr) => "retransfer",
            Some(Question::Udp | Question::Tcp | Question::Ixfr) | None => "refresh",
        };
        assert!(daemon.run(&["zone", verb, &self.apex]).status.success(), "{verb} {}", self.title);
    }

    /// Waits until all is as expected; what is not, if it never is.
    fn fault(&self, daemon: &Daemon, deadline: Instant) -> Option<String> {
        loop {
            let fault = self.asked_otherwise().or_else(|| self.shown_otherwise(daemon));
            if fault.is_none() || Instant::now() > deadline {
                return fault;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn asked_otherwise(&self) -> Option<String> {
        let asked: Vec<_> = self.primaries.iter().map(Primary::asked).collect();
        let expected = &self.expected.asked[..asked.len()];
        (asked != expected).then(|| self.told(&format!("asked {asked:?}, not {expected:?}")))
    }

    fn shown_otherwise(&self, daemon: &Daemon) -> Option<String> {
        let status = daemon.status(&self.apex);
        for (primary, action, code) in &self.expected.failures {
            let shown = &status["primaries"][*primary]["actions"][*action];
            let failure = &shown["last_failure"];
            if failure["code"].as_str() != code.as_deref() {
                return Some(self.told(&format!("{action} shows {failure:#}, not {code:?}")));
            }
        }
        let served = served(daemon.at, &self.apex);
        let expected = (Some(self.expected.serial), self.expected.hosts.clone());
        (served != expected).then(|| self.told(&format!("{served:?} is served: {status:#}")))
    }

    /// The primaries are good again, one serial on.
    fn mend(&self, daemon: &Daemon) {
        let serial = self.expected.serial + 1;
        for primary in &self.primaries {
            let whole = format!("soa{serial} ns a1 soa{serial}");
            primary.behave(&format!("udp: soa{serial}; ixfr: {whole}; axfr: {whole}"));
        }
        assert!(daemon.run(&["zone", "refresh", &self.apex]).status.success(), "{}", self.title);
    }

    fn not_mended(&self, daemon: &Daemon, deadline: Instant) -> Option<String> {
        let serial = self.expected.serial + 1;
        while served(daemon.at, &self.apex) != (Some(serial), BTreeSet::from([1])) {
            if Instant::now() > deadline {
                return Some(
                    self.told(&format!("never well again: {:#}", daemon.status(&self.apex))),
                );
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let state = daemon.status(&self.apex)["state"].clone();
        (state != "ok").then(|| self.told(&format!("well again, but {state}")))
    }

    fn told(&self, fault: &str) -> String {
        format!("{} ({}): {fault}", self.title, self.apex)
    }
}

/// The serial and the hosts that are answered for.
fn served(at: SocketAddr, apex: &str) -> (Option<u32>, BTreeSet<u32>) {
    let is_there = |host: &u32| {
        let answer = ask::ask(at, &format!("h{host}.{apex}"), ask::A);
        answer.is_ok_and(|answer| answer.answers_of(ask::A).next().is_some())
    };
    (ask::serial(at, apex), HOSTS.filter(is_there).collect())
}
