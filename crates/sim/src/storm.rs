//! What goes wrong of itself, at random moments, as long as a world is stormy; and a whole life of a
//! world: storm, then calm, in which everything must become good.
//!
//! Touches nothing.
//!
//! Not here: what one step is (`world`), worlds that are bad by a plan (`script`).

use crate::clock::True;
use crate::dice::Dice;
use crate::disk::Stop;
use crate::edition::{Timing, is_after};
use crate::judge::Violation;
use crate::note::What;
use crate::seen::{Fault, Seen};
use crate::source::{Plan, any_timing};
use crate::telling::Manner;
use crate::weather::Weather;
use crate::world::{Happening, World};
use proto::follow::Event;
use std::io::ErrorKind;

/// Mischief comes so often on average.
const MISCHIEF_MS: u64 = 60_000;
/// A storm is over after so many steps, for a zone whose timers are zero takes many.
const STORM_STEPS: u64 = 6_000;
/// Milliseconds of a year.
const YEAR_MS: i64 = 31_557_600_000;
/// Timers of the edition that ends a storm.
const CALM_TIMING: Timing = Timing { refresh: 600, retry: 60, expire: 7_200 };
/// In calm every zone has the newest edition after so long, if that is newer than what it holds:
/// REFRESH or RETRY at their bounds, a restart, and an attempt that still meets old trouble.
const CATCH_UP_S: u64 = 4 * 3_600;
/// Expiry that is waited for in calm; a source that went back behind a longer one goes on above it.
const WAITED_FOR_S: u32 = 2 * 86_400;

/// A life that ended before its time: the law that was broken, and what the daemon did before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}: {violation}\n{last}")]
pub struct Failed {
    /// Leads the same life again.
    pub seed: u64,
    /// What was wrong.
    pub violation: Violation,
    /// What the daemon did last, a line each.
    pub last: String,
}

/// One life of a world. The same seed leads the same life.
///
/// # Errors
/// When the daemon breaks a law, or does not catch up after the storm.
pub fn live(seed: u64) -> Result<Seen, Failed> {
    let mut dice = Dice::new(seed);
    let plans: Vec<Plan> = (0..dice.between(1, 3)).map(|_| Plan::any(&mut dice)).collect();
    let mut world = World::new(dice.throw(), plans);
    world.slowness_ms = [5, 50, 5_000][dice.index(3)];
    match world.live(&mut dice) {
        Ok(()) => Ok(world.seen),
        Err(violation) => Err(Failed { seed, last: world.last_notes(violation.zone), violation }),
    }
}

impl World {
    fn live(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        self.storm(Weather::any(dice));
        self.start()?;
        let (hours, is_long) = (dice.between(1, 8), dice.happens(50));
        let end = self.clock.true_now().plus_s(if is_long { 7 * 86_400 } else { hours * 3_600 });
        while self.clock.true_now() < end && self.steps < STORM_STEPS {
            self.run_for_s(600)?;
        }
        self.calm()?;
        self.must_catch_up()?;
        self.must_stay()
    }

    /// What the daemon did last for a zone, a line each.
    #[must_use]
    pub fn last_notes(&self, zone: usize) -> String {
        let of_zone = self.notes.iter().filter(|(_, note)| note.zone == zone);
        let mut lines: Vec<String> = of_zone
            .rev()
            .take(40)
            .map(|(at, note)| format!("{:>12} ms  {:?}\n", at.0, note.what))
            .collect();
        lines.reverse();
        lines.concat()
    }

    /// From now on things go wrong of themselves.
    pub fn storm(&mut self, weather: Weather) {
        self.weather = weather;
        self.is_stormy = true;
        let wait_ms = self.dice.below(MISCHIEF_MS);
        self.queue_in(wait_ms, Happening::Mischief);
    }

    /// One more thing goes wrong, if it is stormy.
    pub(crate) fn on_mischief(&mut self) -> Result<(), Violation> {
        if !self.is_stormy {
            return Ok(());
        }
        // While nobody looks, a world changes as well, but not each minute of it is told.
        let rarer = if self.is_up() { 1 } else { 500 };
        let wait_ms = self.dice.below(2 * MISCHIEF_MS * rarer);
        self.queue_in(wait_ms, Happening::Mischief);
        let zone = self.dice.index(self.sources.len());
        match self.dice.below(100) {
            0..25 => self.publish_somewhere(zone),
            25..35 => self.catch_up_somewhere(zone),
            35..39 => self.go_back(zone),
            39..41 => self.jump(zone),
            41..46 => {
                let timing = any_timing(&mut self.dice);
                self.publish_timing(zone, timing);
            }
            46..51 => self.flood(zone),
            51..54 => self.notify_as_stranger(zone),
            54..58 => self.notify_by_all(zone),
            58..61 => self.notify_ahead(zone),
            61..68 => self.restart(),
            68..72 => self.step_date(),
            72..78 => self.trouble_disk(),
            78..80 => self.refuse_deadlines(3),
            80..84 => self.silence_somebody(zone),
            84..89 => return self.command_something(zone),
            89..92 => return self.change_settings(zone),
            92..96 => self.weather = Weather::any(&mut self.dice),
            _ => self.compact(),
        }
        Ok(())
    }

    /// Publishes an edition so many steps further.
    pub fn publish(&mut self, zone: usize, steps: u32, timing: Timing) {
        self.sources[zone].publisher.publish(steps, timing, &mut self.dice);
        self.tell_judge(zone);
    }

    /// Publishes the same content under a new serial with other timers.
    pub fn publish_timing(&mut self, zone: usize, timing: Timing) {
        let Timing { refresh, retry, expire } = timing;
        match expire {
            0 => self.seen.fault(Fault::ExpireZero),
            _ if expire < refresh => self.seen.fault(Fault::ExpireBelowRefresh),
            u32::MAX if retry == u32::MAX => self.seen.fault(Fault::TimersMaximal),
            _ => {}
        }
        self.sources[zone].publisher.publish_timing(timing);
        self.sources[zone].all_catch_up();
        self.tell_judge(zone);
    }

    /// Publishes the next edition, with the timers of the last.
    pub fn publish_like_before(&mut self) {
        let timing = self.newest(0).timing;
        self.publish(0, 1, timing);
    }

    fn publish_somewhere(&mut self, zone: usize) {
        let steps = u32::try_from(self.dice.between(1, 3)).unwrap_or(1);
        let timing = self.newest(zone).timing;
        self.publish(zone, steps, timing);
        self.catch_up_somewhere(zone);
    }

    fn catch_up_somewhere(&mut self, zone: usize) {
        let primary = self.dice.index(self.sources[zone].primaries.len());
        self.sources[zone].catch_up(primary);
        if self.sources[zone].primaries.len() > 1 {
            self.seen.fault(Fault::Lagged);
        }
        if self.dice.happens(700) {
            let hint = self.dice.happens(500).then(|| self.newest(zone).serial);
            self.notify(zone, primary, hint);
        }
    }

    fn go_back(&mut self, zone: usize) {
        let steps = u32::try_from(self.dice.between(1, 8)).unwrap_or(1);
        if self.sources[zone].publisher.go_back(steps, &mut self.dice) {
            self.seen.fault(Fault::WentBack);
            self.tell_judge(zone);
            self.sources[zone].all_catch_up();
        }
    }

    /// To the edge of what RFC 1982 orders, or over it.
    fn jump(&mut self, zone: usize) {
        let steps = [0x3ff_ffff, 0x400_0000, 0x400_0001][self.dice.index(3)];
        let timing = self.newest(zone).timing;
        self.publish(zone, steps, timing);
        self.sources[zone].all_catch_up();
        self.seen.fault(Fault::Jumped);
    }

    /// A primary that says for a minute or so, several times a second, that there is news.
    fn flood(&mut self, zone: usize) {
        let primary = self.dice.index(self.sources[zone].primaries.len());
        let (left, every_ms) = (self.dice.between(20, 400), self.dice.between(20, 400));
        self.queue_in(0, Happening::Flood { zone, primary, left, every_ms });
        self.seen.fault(Fault::Flooded);
    }

    /// One NOTIFY of a flood, and the next ones.
    pub(crate) fn on_flood(&mut self, (zone, primary): (usize, usize), left: u64, every_ms: u64) {
        self.notify(zone, primary, None);
        if let Some(left) = left.checked_sub(1).filter(|_| self.is_stormy) {
            self.queue_in(every_ms, Happening::Flood { zone, primary, left, every_ms });
        }
    }

    /// What a failed flush left in memory is found by a daemon that starts after a kill, and must not be
    /// lost by a power cut after that.
    pub(crate) fn fall_twice(&mut self) {
        let mut wait_ms = self.dice.below(300);
        self.queue_in(wait_ms, Happening::End { stop: Stop::Killed });
        self.queue_in(wait_ms.saturating_add(100), Happening::Start);
        wait_ms = wait_ms.saturating_add(self.dice.between(200, 20_000));
        self.queue_in(wait_ms, Happening::End { stop: Stop::PowerCut });
        self.queue_in(wait_ms.saturating_add(100), Happening::Start);
    }

    fn notify_as_stranger(&mut self, zone: usize) {
        let apex = self.newest(zone).apex.clone();
        let octets = crate::octets::Letter::notify(7, &apex, None).written();
        // From nowhere, or unsigned in the name of a primary that signs.
        let stranger = std::net::Ipv4Addr::new(203, 0, 113, 9).into();
        let known = self.sources[zone].primaries.first().map(|primary| primary.address);
        let source = if self.dice.happens(500) { stranger } else { known.unwrap_or(stranger) };
        self.carry_notify(source, &octets);
    }

    fn notify_by_all(&mut self, zone: usize) {
        let timing = self.newest(zone).timing;
        self.publish(zone, 1, timing);
        self.sources[zone].all_catch_up();
        for primary in 0..self.sources[zone].primaries.len() {
            let serial = self.newest(zone).serial;
            self.notify(zone, primary, Some(serial));
        }
        self.seen.fault(Fault::AllNotified);
    }

    fn notify_ahead(&mut self, zone: usize) {
        let primary = self.dice.index(self.sources[zone].primaries.len());
        let serial = self.newest(zone).serial.wrapping_add(3_200);
        self.notify(zone, primary, Some(serial));
    }

    fn restart(&mut self) {
        let stop = [Stop::Told, Stop::Killed, Stop::PowerCut][self.dice.index(3)];
        let down_ms = match self.dice.below(20) {
            0 => {
                self.seen.fault(Fault::DownForMonths);
                self.dice.between(30, 200) * 86_400_000
            }
            1..6 => self.dice.between(1, 7_200_000),
            _ => self.dice.between(1, 30_000),
        };
        // Now, or in the middle of what a kept-busy committing thread does.
        self.end(stop);
        self.start_in_ms(down_ms);
    }

    fn step_date(&mut self) {
        let by_ms = match self.dice.below(4) {
            0 => i64::try_from(self.dice.below(120_000)).unwrap_or(0),
            1 => i64::try_from(self.dice.below(86_400_000)).unwrap_or(0),
            _ => {
                self.seen.fault(Fault::DateByYears);
                YEAR_MS * i64::try_from(self.dice.between(1, 30)).unwrap_or(1)
            }
        };
        // What was set wrong is often set right soon.
        let ahead_ms = self.clock.ahead_ms();
        let by_ms = match self.dice.below(3) {
            0 => by_ms,
            1 => -by_ms,
            _ => -ahead_ms,
        };
        self.set_date(by_ms);
    }

    /// The date of the machine is set by so much.
    pub fn set_date(&mut self, by_ms: i64) {
        self.seen.fault(if by_ms < 0 { Fault::DateBack } else { Fault::DateForward });
        self.clock.step_date(by_ms);
        self.judge.is_inexact();
    }

    /// The next batches of deadlines are refused.
    pub fn refuse_deadlines(&mut self, times: u32) {
        self.disk.refuse_deadlines(times);
        self.judge.is_inexact();
        self.seen.fault(Fault::DeadlinesRefused);
    }

    fn trouble_disk(&mut self) {
        let call = self.dice.below(8);
        if self.dice.happens(400) {
            self.disk.cut_at(call);
        } else {
            // One call, or all of the next ones.
            let kind = [ErrorKind::Other, ErrorKind::StorageFull][self.dice.index(2)];
            let calls = [1, 12][self.dice.index(2)];
            (call..call.saturating_add(calls)).for_each(|call| self.disk.fail_at(call, kind));
            self.seen.fault(Fault::DiskFailed);
        }
    }

    fn silence_somebody(&mut self, zone: usize) {
        let primary = self.dice.index(self.sources[zone].primaries.len());
        let source = &mut self.sources[zone];
        if !source.silent.remove(&primary) {
            source.silent.insert(primary);
        }
    }

    fn command_something(&mut self, zone: usize) -> Result<(), Violation> {
        self.seen.fault(Fault::Commanded);
        let command = if self.dice.happens(500) { Event::Refresh } else { Event::Retransfer };
        self.command(zone, command)
    }

    /// The primaries in another order, or fewer of them, or other habits of theirs.
    fn change_settings(&mut self, zone: usize) -> Result<(), Violation> {
        let mut named: Vec<usize> = (0..self.sources[zone].primaries.len()).collect();
        let turns = self.dice.index(named.len());
        named.rotate_left(turns);
        if named.len() > 1 && self.dice.happens(300) {
            named.pop();
        }
        let primary = self.dice.index(self.sources[zone].primaries.len());
        self.sources[zone].primaries[primary].manner = Manner::any(&mut self.dice);
        self.name_primaries(zone, &named)
    }

    /// The operator names these primaries from now on.
    ///
    /// # Errors
    /// When the daemon breaks a law about it.
    pub fn name_primaries(&mut self, zone: usize, named: &[usize]) -> Result<(), Violation> {
        let primaries = &self.sources[zone].primaries;
        let settings = self.settings[zone].clone().with_upstreams(primaries, named);
        self.settings[zone] = settings.clone();
        if !self.is_up() {
            return Ok(());
        }
        self.seen.fault(Fault::Changed);
        self.touch(|instance, clock| instance.change(zone, settings, clock))
    }

    fn compact(&mut self) {
        if self.instance.as_ref().is_some_and(crate::instance::Instance::compact) {
            self.seen.fault(Fault::Compacted);
        }
    }

    /// The storm is over: everything is honest, quick and whole from now on, and all primaries hold
    /// the newest edition and say so.
    ///
    /// # Errors
    /// When the daemon breaks a law about it.
    pub fn calm(&mut self) -> Result<(), Violation> {
        self.weather = Weather::CALM;
        self.is_stormy = false;
        self.disk.repair();
        self.clock.step_date(-self.clock.ahead_ms());
        self.start()?;
        for zone in 0..self.sources.len() {
            let named: Vec<usize> = (0..self.sources[zone].primaries.len()).collect();
            self.name_primaries(zone, &named)?;
            self.sources[zone].silent.clear();
            self.sources[zone].always = None;
            self.publish_timing(zone, CALM_TIMING);
            self.rise_above(zone);
            for primary in 0..self.sources[zone].primaries.len() {
                let serial = self.newest(zone).serial;
                self.notify(zone, primary, Some(serial));
            }
        }
        Ok(())
    }

    /// A source that went back behind a version with a long EXPIRE would wait as long.
    fn rise_above(&mut self, zone: usize) {
        let publisher = &self.sources[zone].publisher;
        let held = publisher.editions().filter(|known| known.timing.expire > WAITED_FOR_S);
        let held: Vec<u32> = held.map(|known| known.serial).collect();
        let served = self.serving(zone).or_else(|| self.judge.serving(zone));
        for _ in 0..4 {
            let newest = self.newest(zone).serial;
            let is_behind = served.is_some_and(|served| !is_after(newest, served));
            if !is_behind || served.is_none_or(|served| !held.contains(&served)) {
                return;
            }
            // A third of the circle forward, until it comes after what is held.
            self.publish(zone, 0x2aa_aaaa, CALM_TIMING);
            self.sources[zone].all_catch_up();
        }
    }

    /// In calm every zone comes to serve the newest edition, in time.
    ///
    /// # Errors
    /// When one does not.
    pub fn must_catch_up(&mut self) -> Result<(), Violation> {
        self.run_for_s(CATCH_UP_S)?;
        let is_behind = |world: &Self, zone: usize| {
            let serving = world.serving(zone);
            serving.is_none_or(|serving| is_after(world.newest(zone).serial, serving))
        };
        for zone in 0..self.sources.len() {
            if is_behind(self, zone) {
                return Err(self.not_caught_up(zone, "is behind in calm"));
            }
        }
        // Whoever holds a newer serial than there is must expire before it takes an older one.
        let all = |world: &Self| (0..world.sources.len()).all(|zone| world.has_newest(zone));
        if !all(self) {
            self.run_for_s(u64::from(WAITED_FOR_S).saturating_add(CATCH_UP_S))?;
        }
        match (0..self.sources.len()).find(|zone| !self.has_newest(*zone)) {
            Some(zone) => Err(self.not_caught_up(zone, "never caught up")),
            None => Ok(()),
        }
    }

    fn has_newest(&self, zone: usize) -> bool {
        self.serving(zone) == Some(self.newest(zone).serial)
    }

    /// In calm nothing expires, fails, or is fetched without need.
    ///
    /// # Errors
    /// When something does.
    pub fn must_stay(&mut self) -> Result<(), Violation> {
        let (from, steps) = (self.notes.len(), self.steps);
        self.run_for_s(6 * 3_600)?;
        let strange = self.notes.iter().skip(from).find(|(_, note)| {
            let what = note.what;
            !matches!(what, What::Asked { .. } | What::Ended | What::Answered(_) | What::Confirmed)
        });
        if let Some((at, note)) = strange {
            let what = format!("{:?} in calm", note.what);
            return Err(Violation { zone: note.zone, at: *at, what });
        }
        let (passed, zones) = (self.steps - steps, self.sources.len() as u64);
        if passed > 2_000 * zones {
            let what = format!("{passed} steps in six calm hours (J7)");
            return Err(Violation { zone: 0, at: self.clock.true_now(), what });
        }
        Ok(())
    }

    fn not_caught_up(&self, zone: usize, how: &str) -> Violation {
        let (serving, newest) = (self.serving(zone), self.newest(zone).serial);
        let what = format!("{how}: serves {serving:?} of {newest}");
        Violation { zone, at: True(self.clock.true_now().0), what }
    }
}
