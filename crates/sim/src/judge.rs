//! Whether what the daemon serves may be served: a model that knows only what was published, what
//! was said, and when.
//!
//! Pure. Shares no code with `proto`, `zone` and `store`: it has its own records, digests, serials and
//! reckoning of time, and of the daemon it reads what is served and nothing else. Only to see that
//! nothing is given up too early, and that nobody is pestered, it hears what the daemon says of itself.
//!
//! Invariants (laws of the daemon): J1 what is served under a serial is what was published under it,
//! record for record. J2 while a zone is served its serial never goes back, restarts or not. J3 a zone
//! is served no longer than EXPIRE after a primary vouched for its version. J4 nor less. J5 what was
//! seen survives whatever happens. J6 a confirmation has a primary that vouched, just then. J7 nobody
//! is asked without end.
//!
//! Not here: whether a world becomes good again (`storm`), and whether it was bad enough (`seen`).

use crate::clock::{Clock, True};
use crate::edition::{Edition, Entry, digest, is_after};
use crate::instance::DIALLED_MS;
use crate::note::{Note, What};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use wire::name::NameBuf;
use zone::{Version, ZoneState};

/// A law that was broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("zone {zone}, {} s after the beginning: {what}", at.0 / 1_000)]
pub struct Violation {
    /// Place of the zone.
    pub zone: usize,
    /// When.
    pub at: True,
    /// Which law, and how.
    pub what: String,
}

/// Attempts that may begin in a minute: one a second for NOTIFY, and some for the operator.
const ATTEMPTS_A_MINUTE: usize = 75;
/// What dates in whole seconds may cost.
const ROUNDING_MS: u64 = 1_000;
/// What is confirmed is written down after so long at the latest.
const WRITTEN_AFTER_MS: u64 = 4_500;

/// What was published under a serial.
#[derive(Clone, Copy, Debug)]
struct Known {
    digest: u64,
    expire_ms: u64,
}

/// One zone as the judge knows it.
#[derive(Debug, Default)]
struct Watched {
    known: BTreeMap<u32, Known>,
    /// When a primary last vouched for a serial, or a version that one vouched for was installed.
    vouched: BTreeMap<u32, True>,
    /// What the daemon last took as proof, and when.
    proven: Option<(u32, True)>,
    /// What was checked last.
    checked: Option<Version>,
    /// What is served, also while the daemon is down.
    serving: Option<u32>,
    /// What was served last, also after its expiry.
    last: Option<u32>,
    /// Until when versions found on disk may be served.
    restored: BTreeMap<u32, True>,
    /// The next look is the first after a start.
    is_restored: bool,
    attempts: VecDeque<True>,
    attempt: u32,
    /// What is on its way to the disk.
    installing: Option<u32>,
    answered_at: Option<True>,
}

/// What a look at a zone has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing new.
    Same,
    /// Another version is visible.
    Published {
        /// Its serial.
        serial: u32,
        /// It is older than one that was served before it expired.
        is_older: bool,
    },
}

/// The judge of one world.
#[derive(Debug)]
pub struct Judge {
    zones: Vec<Watched>,
    /// Furthest that the date was ever ahead.
    ahead_max_ms: i64,
    /// Whether dates tell the time, and the table took every batch.
    is_exact: bool,
}

impl Judge {
    /// Of so many zones.
    #[must_use]
    pub fn new(zones: usize) -> Self {
        let zones = std::iter::repeat_with(Watched::default).take(zones).collect();
        Self { zones, ahead_max_ms: 0, is_exact: true }
    }

    /// An edition may be served from now on.
    pub fn published(&mut self, zone: usize, edition: &Edition) {
        // EXPIRE of zero leaves the second that every wait has at least.
        let expire_ms = u64::from(edition.timing.expire.max(1)) * 1_000;
        let known = Known { digest: digest(&edition.all()), expire_ms };
        self.zones[zone].known.insert(edition.serial, known);
    }

    /// An honest answer of a primary reaches the daemon.
    pub fn vouched(&mut self, zone: usize, serial: u32, now: True) {
        self.zones[zone].vouched.insert(serial, now);
    }

    /// The date was set, or deadlines were refused.
    pub const fn is_inexact(&mut self) {
        self.is_exact = false;
    }

    /// Hears what the daemon says it did.
    ///
    /// # Errors
    /// When it may not do that.
    pub fn hear(&mut self, note: Note, now: True) -> Result<(), Violation> {
        let Note { zone, what } = note;
        let watched = &mut self.zones[zone];
        let fault = |what: String| Err(Violation { zone, at: now, what });
        match what {
            What::Confirmed => {
                let Some(serial) = watched.serving else {
                    return fault("a zone was confirmed that is not served".to_owned());
                };
                let vouched = watched.vouched.get(&serial);
                if vouched.is_none_or(|at| now.since_ms(*at) > DIALLED_MS) {
                    return fault(format!(
                        "serial {serial} was confirmed, but nobody vouched (J6)"
                    ));
                }
                watched.vouched.insert(serial, now);
                watched.proven = Some((serial, now));
            }
            What::Installed { serial } => {
                if !watched.vouched.contains_key(&serial) {
                    return fault(format!("serial {serial} was installed, but never told (J6)"));
                }
                watched.vouched.insert(serial, now);
                watched.proven = Some((serial, now));
                watched.installing = None;
            }
            What::Committing { serial, .. } => watched.installing = Some(serial),
            What::NotInstalled => watched.installing = None,
            What::Answered(_) => watched.answered_at = Some(now),
            // A transfer in the step in which a probe has brought news goes on with what was begun.
            What::Asked { attempt, .. } if watched.answered_at == Some(now) => {
                watched.attempt = attempt;
            }
            What::Asked { attempt, .. } if attempt != watched.attempt => {
                watched.attempt = attempt;
                watched.attempts.push_back(now);
                while watched.attempts.front().is_some_and(|at| now.since_ms(*at) >= 60_000) {
                    watched.attempts.pop_front();
                }
                if watched.attempts.len() > ATTEMPTS_A_MINUTE {
                    return fault(format!("{} attempts in a minute (J7)", watched.attempts.len()));
                }
            }
            What::Asked { .. }
            | What::Ended
            | What::Failed(_)
            | What::NotAwaited
            | What::Abandoned
            | What::GaveUp
            | What::CommittedTogether
            | What::Older { .. }
            | What::NothingNew { .. }
            | What::Expired
            | What::Notified
            | What::NotifyRefused
            | What::Lied(_) => {}
        }
        Ok(())
    }

    /// The daemon has ended, and takes deadlines of these zones with it that the disk has not taken.
    pub fn ended(&mut self, unwritten: &[usize], now: True) {
        let is_exact = self.is_exact;
        for (zone, watched) in self.zones.iter_mut().enumerate() {
            // EXPIRE counts from the commit: what was in the middle of one, from now at the latest.
            if let Some(at) = watched
                .installing
                .take()
                .and_then(|on_its_way| watched.vouched.get_mut(&on_its_way))
            {
                *at = now;
            }
            let is_taken = is_exact && !unwritten.contains(&zone);
            let is_written = |at: &True| is_taken && now.since_ms(*at) >= WRITTEN_AFTER_MS;
            watched.proven = watched.proven.filter(|(_, at)| is_written(at));
            watched.attempts.clear();
        }
    }

    /// A daemon has started: what it found on disk may be served until some moment.
    pub fn started(&mut self, clock: &Clock) {
        let now = clock.true_now();
        let back_ms = self.ahead_max_ms.saturating_sub(clock.ahead_ms());
        let slack_ms = u64::try_from(back_ms).unwrap_or(0).saturating_add(ROUNDING_MS);
        for watched in &mut self.zones {
            watched.proven = watched.proven.filter(|_| self.is_exact);
            (watched.checked, watched.is_restored) = (None, true);
            let until = |(serial, at): (&u32, &True)| {
                let expire_ms = watched.known.get(serial)?.expire_ms;
                let until = at.plus_ms(expire_ms).plus_ms(slack_ms).min(now.plus_ms(expire_ms));
                Some((*serial, until))
            };
            watched.restored = watched.vouched.iter().filter_map(until).collect();
        }
    }

    /// Looks at what is served for a zone, after every step, and at the serial of what is held.
    ///
    /// # Errors
    /// When that may not be served.
    pub fn look(
        &mut self,
        zone: usize,
        (state, held): (&ZoneState, Option<u32>),
        clock: &Clock,
    ) -> Result<Found, Violation> {
        let now = clock.true_now();
        self.ahead_max_ms = self.ahead_max_ms.max(clock.ahead_ms());
        let watched = &mut self.zones[zone];
        let fault = |what: String| Violation { zone, at: now, what };
        match state {
            ZoneState::Serving(version) => watched.look_at(version, now).map_err(fault),
            ZoneState::Expired => watched.look_at_nothing(held, now).map_err(fault),
            ZoneState::NotLoaded => match watched.serving {
                Some(serial) => Err(fault(format!("serial {serial} was seen and is lost (J5)"))),
                None => {
                    watched.is_restored = false;
                    Ok(Found::Same)
                }
            },
        }
    }

    /// Whether this is what was published under a serial.
    #[must_use]
    pub fn is_published(&self, zone: usize, serial: u32, all: &BTreeSet<Entry>) -> bool {
        self.zones[zone].known.get(&serial).is_some_and(|known| known.digest == digest(all))
    }

    /// Serial that is served, or was when the daemon ended.
    #[must_use]
    pub fn serving(&self, zone: usize) -> Option<u32> {
        self.zones[zone].serving
    }
}

impl Watched {
    fn look_at(&mut self, version: &Version, now: True) -> Result<Found, String> {
        let serial = version.serial().0;
        let is_new = self.checked.as_ref().is_none_or(|checked| !checked.is_same(version));
        if is_new {
            self.check_content(version, serial)?;
            self.checked = Some(version.clone());
        }
        if let Some(before) = self.serving
            && serial != before
            && !is_after(serial, before)
        {
            return Err(format!("serial went from {before} to {serial} while served (J2)"));
        }
        let found = match self.last {
            Some(last) if last == serial => Found::Same,
            last => {
                let is_older = last.is_some_and(|last| !is_after(serial, last));
                Found::Published { serial, is_older }
            }
        };
        (self.serving, self.last) = (Some(serial), Some(serial));
        // EXPIRE counts from the moment in which a version becomes visible, as short as it may be; of one
        // that a restart finds, from before.
        if is_new && let Some(at) = self.vouched.get_mut(&serial).filter(|_| !self.is_restored) {
            *at = now;
        }
        self.is_restored = false;
        let until = self.good_until(serial);
        if now > until {
            let late_ms = now.since_ms(until);
            return Err(format!("serial {serial} is served {late_ms} ms past its expiry (J3)"));
        }
        Ok(found)
    }

    fn look_at_nothing(&mut self, held: Option<u32>, now: True) -> Result<Found, String> {
        // A restart may find a later version that was on its way, with an EXPIRE of its own.
        if self.serving.take() == held
            && let Some((serial, at)) = self.proven.filter(|(serial, _)| Some(*serial) == held)
            && let Some(known) = self.known.get(&serial)
        {
            let until = at.plus_ms(known.expire_ms.saturating_sub(ROUNDING_MS));
            if now < until {
                let early_ms = until.since_ms(now);
                return Err(format!("serial {serial} expired {early_ms} ms too early (J4)"));
            }
        }
        (self.checked, self.is_restored) = (None, false);
        Ok(Found::Same)
    }

    fn check_content(&self, version: &Version, serial: u32) -> Result<(), String> {
        let Some(known) = self.known.get(&serial) else {
            return Err(format!("serial {serial} is served, and nobody published it (J1)"));
        };
        let served = entries_of(version);
        if digest(&served) != known.digest {
            let records = served.len();
            return Err(format!(
                "serial {serial} is served with other content: {records} records (J1)"
            ));
        }
        Ok(())
    }

    fn good_until(&self, serial: u32) -> True {
        let restored = self.restored.get(&serial);
        let vouched = self.vouched.get(&serial).zip(self.known.get(&serial));
        let until = vouched.map_or(True(0), |(at, known)| at.plus_ms(known.expire_ms));
        restored.map_or(until, |also| until.max(*also))
    }
}

/// What a version holds, as entries of the model.
fn entries_of(version: &Version) -> BTreeSet<Entry> {
    let mut owner = NameBuf::new();
    let mut all = BTreeSet::new();
    for (leaf, rrset) in version.rrsets() {
        leaf.owner(&mut owner);
        for rdata in rrset.rdatas() {
            all.insert(Entry {
                owner: owner.as_ref().as_wire().to_ascii_lowercase(),
                rrtype: rrset.rrtype().0,
                ttl: rrset.ttl().as_secs(),
                rdata: rdata.to_vec(),
            });
        }
    }
    all
}
