//! Whose turn it is, so that a primary that is dead or slow holds up no other.
//!
//! A question first waits in its own primary's queue, where those of a dead primary pile up, and
//! only then for its share of the machine. When the primary cannot be reached, whatever was
//! waiting for it by then fails with it: a thousand zones of one dead primary cost one timeout
//! and not a thousand. What is asked later is always tried, so that no NOTIFY and no operator
//! waits for a verdict to pass.

use super::fault::DialFault;
use proto::primaries::Ask;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// SOA queries in flight: each holds a socket, and a start has one for every zone.
const PROBES_MAX: usize = 256;
/// The same towards one primary.
const PROBES_PER_PRIMARY_MAX: usize = 32;
/// Transfers that wait for their primaries with a connection and without a turn, for each that may have one.
const STANDING_PER_TURN: usize = 2;

/// Sockets that questions to primaries have open at once, at most.
pub(crate) const fn sockets_max(transfers_max: usize) -> usize {
    transfers_max.saturating_mul(1 + STANDING_PER_TURN).saturating_add(PROBES_MAX)
}

/// How the primary is talked to; each may fail without the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Udp,
    Tcp,
}

impl Over {
    const fn of(self, [udp, tcp]: &mut [Reach; 2]) -> &mut Reach {
        match self {
            Self::Udp => udp,
            Self::Tcp => tcp,
        }
    }
}

/// The turns of all primaries.
pub(super) struct Turns {
    probes: Semaphore,
    /// Transfers under way, whatever the primary.
    pub(super) transfers: Semaphore,
    /// Transfers that stepped aside.
    pub(super) standing: Semaphore,
    transfers_per_primary_max: usize,
    primaries: Mutex<HashMap<SocketAddr, Entry>>,
    /// Counts questions and failures, to tell which came first.
    moments: AtomicU64,
}

/// A primary while somebody asks it.
struct Entry {
    queue: Arc<Queue>,
    questions: usize,
}

struct Queue {
    /// Questions that are taken up, SOA queries and transfers: the rest of a start's thousands wait with less memory.
    taken_up: [Arc<Semaphore>; 2],
    probes: Semaphore,
    transfers: Semaphore,
    reach: Mutex<[Reach; 2]>,
}

/// What is known of one way to a primary.
#[derive(Default)]
struct Reach {
    /// The last time it worked.
    reached_at: Option<u64>,
    lapse: Option<Lapse>,
}

/// The last time there was no connection.
#[derive(Clone)]
struct Lapse {
    at: u64,
    source: Option<IpAddr>,
    fault: DialFault,
}

/// One question's place in its primary's queue; given back when dropped.
pub(super) struct Place {
    turns: Arc<Turns>,
    primary: SocketAddr,
    source: Option<IpAddr>,
    queue: Arc<Queue>,
    began: u64,
}

impl Turns {
    /// Nobody asked yet.
    pub(super) fn new(transfers_max: usize, transfers_per_primary_max: usize) -> Arc<Self> {
        Arc::new(Self {
            probes: Semaphore::new(PROBES_MAX),
            transfers: Semaphore::new(transfers_max),
            standing: Semaphore::new(transfers_max.saturating_mul(STANDING_PER_TURN)),
            transfers_per_primary_max,
            primaries: Mutex::default(),
            moments: AtomicU64::new(0),
        })
    }

    /// Joins the queue of `primary`; a question that comes from `source` when one is given.
    pub(super) fn enter(self: &Arc<Self>, primary: SocketAddr, source: Option<IpAddr>) -> Place {
        let mut known = self.primaries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.entry(primary).or_insert_with(|| Entry {
            queue: Arc::new(Queue {
                taken_up: [PROBES_PER_PRIMARY_MAX, self.transfers_per_primary_max]
                    .map(|turns| Arc::new(Semaphore::new(turns.saturating_mul(2)))),
                probes: Semaphore::new(PROBES_PER_PRIMARY_MAX),
                transfers: Semaphore::new(self.transfers_per_primary_max),
                reach: Mutex::default(),
            }),
            questions: 0,
        });
        entry.questions += 1;
        let (queue, began) = (entry.queue.clone(), self.moment());
        Place { turns: self.clone(), primary, source, queue, began }
    }

    fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::Relaxed)
    }
}

impl Place {
    /// Waits until it is worth while to prepare for this question: as many more are prepared as may be asked at once.
    pub(super) async fn take_up(&self, ask: Ask) -> Option<OwnedSemaphorePermit> {
        let [probes, transfers] = &self.queue.taken_up;
        let of_kind = match ask {
            Ask::ProbeUdp | Ask::ProbeTcp => probes,
            Ask::Ixfr(_) | Ask::Axfr => transfers,
        };
        of_kind.clone().acquire_owned().await.ok() // nobody closes these
    }

    /// Waits until this SOA query may go out.
    ///
    /// # Errors
    /// When the primary was found to be out of reach in the meantime.
    pub(super) async fn probe(
        &self,
        over: Over,
    ) -> Result<[Option<SemaphorePermit<'_>>; 2], DialFault> {
        let of_primary = self.queue.probes.acquire().await.ok(); // nobody closes these
        self.check(over)?;
        let of_all = self.turns.probes.acquire().await.ok();
        self.check(over)?;
        Ok([of_primary, of_all])
    }

    /// Waits until a connection for a transfer may be opened. What is then transferred needs a
    /// turn of [`Turns::transfers`] besides.
    ///
    /// # Errors
    /// When the primary was found to be out of reach in the meantime.
    pub(super) async fn transfer(&self) -> Result<Option<SemaphorePermit<'_>>, DialFault> {
        let of_primary = self.queue.transfers.acquire().await.ok();
        self.check(Over::Tcp)?;
        Ok(of_primary)
    }

    /// Learns from how a question went: that the primary is there, or that it is not. `since` is
    /// [`Place::now`] before it went out: silence in one question means nothing while others are
    /// answered.
    pub(super) fn learn<T>(&self, over: Over, since: u64, result: &Result<T, DialFault>) {
        let at = self.now();
        let mut reach = self.queue.reach.lock().unwrap_or_else(PoisonError::into_inner);
        let reach = over.of(&mut reach);
        match result {
            Ok(_) => *reach = Reach { reached_at: Some(at), lapse: None },
            Err(fault) if fault.is_lack_of_connection() => {
                if reach.reached_at.is_none_or(|reached_at| reached_at < since) {
                    reach.lapse = Some(Lapse { at, source: self.source, fault: fault.clone() });
                }
            }
            Err(_) => {}
        }
    }

    /// This moment, for [`Place::learn`].
    pub(super) fn now(&self) -> u64 {
        self.turns.moment()
    }

    /// Whether the primary was found out of reach after this question began to wait.
    fn check(&self, over: Over) -> Result<(), DialFault> {
        let mut reach = self.queue.reach.lock().unwrap_or_else(PoisonError::into_inner);
        match &over.of(&mut reach).lapse {
            Some(lapse) if self.began < lapse.at && self.source == lapse.source => {
                Err(lapse.fault.clone())
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut known = self.turns.primaries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.get_mut(&self.primary) {
            entry.questions -= 1;
            if entry.questions == 0 {
                known.remove(&self.primary);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    const SOON: Duration = Duration::from_millis(50);

    fn primary(last: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, last], 53))
    }

    /// What waits to be taken up needs little, and transfers do not wait behind SOA queries.
    #[tokio::test]
    async fn no_more_questions_are_taken_up_than_can_soon_be_asked() {
        let turns = Turns::new(32, 4);
        let place = turns.enter(primary(1), None);
        for (ask, most) in [(Ask::Axfr, 8), (Ask::ProbeUdp, 2 * PROBES_PER_PRIMARY_MAX)] {
            let mut held = Vec::new();
            while let Ok(taken_up) = timeout(Duration::from_millis(1), place.take_up(ask)).await {
                held.push(taken_up);
            }
            assert_eq!(held.len(), most, "{ask:?}");
            assert!(timeout(SOON, turns.enter(primary(2), None).take_up(ask)).await.is_ok());
        }
    }

    #[tokio::test]
    async fn a_primary_with_many_questions_leaves_turns_to_others() {
        let turns = Turns::new(32, 4);
        let places: Vec<Place> = (0..300).map(|_| turns.enter(primary(1), None)).collect();
        let mut held = Vec::new();
        for place in &places {
            match timeout(Duration::from_millis(1), place.probe(Over::Udp)).await {
                Ok(turn) => held.push(turn),
                Err(_) => break,
            }
        }
        assert_eq!(held.len(), PROBES_PER_PRIMARY_MAX);
        let other = turns.enter(primary(2), None);
        assert!(matches!(timeout(SOON, other.probe(Over::Udp)).await, Ok(Ok(_))));
    }

    /// One dead primary costs one timeout, and a new question is a new chance.
    #[tokio::test]
    async fn whoever_waited_when_a_primary_was_lost_fails_with_it_and_later_ones_are_tried() {
        let turns = Turns::new(32, 1);
        let (first, waiting) = (turns.enter(primary(1), None), turns.enter(primary(1), None));
        let elsewhere = turns.enter(primary(1), Some(IpAddr::from([127, 0, 0, 1])));
        let turn = first.transfer().await.expect("nothing is known yet");
        assert!(timeout(SOON, waiting.transfer()).await.is_err(), "one at a time");
        first.learn(Over::Tcp, first.now(), &Err::<(), _>(DialFault::ConnectRefused));
        drop(turn);
        assert_eq!(waiting.transfer().await.err(), Some(DialFault::ConnectRefused));
        assert!(waiting.probe(Over::Udp).await.is_ok(), "UDP may work where TCP does not");
        assert!(waiting.probe(Over::Tcp).await.is_err());
        assert!(elsewhere.transfer().await.is_ok(), "from another source all may be different");
        assert!(turns.enter(primary(1), None).transfer().await.is_ok());
        first.learn(Over::Tcp, first.now(), &Ok(()));
        assert!(waiting.transfer().await.is_ok(), "the primary is back");
    }

    #[tokio::test]
    async fn only_the_lack_of_a_connection_is_held_against_a_primary() {
        let turns = Turns::new(32, 1);
        let (first, waiting) = (turns.enter(primary(1), None), turns.enter(primary(1), None));
        let fault = DialFault::Eof { received_bytes: 0 };
        first.learn(Over::Tcp, first.now(), &Err::<(), _>(fault));
        let fault = DialFault::OursAlone { reason: "no port".into() };
        first.learn(Over::Tcp, first.now(), &Err::<(), _>(fault));
        assert!(waiting.transfer().await.is_ok());
    }

    /// A lost packet here and there is no lost primary.
    #[tokio::test]
    async fn silence_in_one_question_means_nothing_while_others_are_answered() {
        let turns = Turns::new(32, 1);
        let (first, second) = (turns.enter(primary(1), None), turns.enter(primary(1), None));
        let waiting = turns.enter(primary(1), None);
        let (since, silence) = (first.now(), DialFault::UdpTimeout { waited: SOON });
        second.learn(Over::Udp, second.now(), &Ok(()));
        first.learn(Over::Udp, since, &Err::<(), _>(silence.clone()));
        assert!(waiting.probe(Over::Udp).await.is_ok());
        first.learn(Over::Udp, first.now(), &Err::<(), _>(silence.clone()));
        assert_eq!(waiting.probe(Over::Udp).await.err(), Some(silence));
    }

    #[test]
    fn primaries_that_nobody_asks_are_forgotten() {
        let turns = Turns::new(32, 4);
        let places: Vec<Place> = (0..9).map(|n| turns.enter(primary(n % 3), None)).collect();
        let known = || turns.primaries.lock().expect("not poisoned").len();
        assert_eq!(known(), 3);
        drop(places);
        assert_eq!(known(), 0);
    }
}
