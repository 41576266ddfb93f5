//! A transfer's turn at the machine, which it has while its primary keeps it busy.
//!
//! A few primaries that fall silent, or send so little that they never end, must not hold up everybody else's
//! transfers. So whoever waits for its primary steps aside and keeps its connection, and whoever takes long goes to the
//! end of the queue.

use super::turns::Turns;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout};

/// Longest wait for one message with the turn in hand.
const STANDSTILL: Duration = Duration::from_secs(1);
/// Longest time with the turn in hand while others wait for one.
const STRETCH: Duration = Duration::from_secs(10);

/// The turn of one transfer; given back when dropped.
pub(super) struct Turn<'t> {
    turns: &'t Turns,
    state: State<'t>,
}

enum State<'t> {
    Held {
        since: Instant,
        /// `None` only if nobody counts any more: the runtime ends.
        _permit: Option<SemaphorePermit<'t>>,
    },
    Aside {
        _permit: SemaphorePermit<'t>,
    },
}

impl<'t> Turn<'t> {
    /// Waits for a turn.
    pub(super) async fn of(turns: &'t Turns) -> Self {
        Self { turns, state: State::held(turns).await }
    }

    /// Waits for what the primary sends next: without the turn, if that takes long. With the turn in hand
    /// again when it returns.
    pub(super) async fn waiting_for<T>(&mut self, coming: impl Future<Output = T>) -> T {
        let mut coming = pin!(coming);
        let come = match timeout(STANDSTILL, &mut coming).await {
            Ok(come) => {
                if self.is_over() {
                    self.step_aside();
                }
                come
            }
            Err(_) => {
                self.step_aside();
                coming.await
            }
        };
        if let State::Aside { .. } = self.state {
            self.state = State::held(self.turns).await;
        }
        come
    }

    /// Whether others have waited long enough.
    fn is_over(&self) -> bool {
        match self.state {
            State::Held { since, .. } => {
                self.turns.transfers.available_permits() == 0 && since.elapsed() >= STRETCH
            }
            State::Aside { .. } => false,
        }
    }

    /// Lets others go first. So many may do so at once, or primaries that fall silent could make us hold any
    /// number of connections; beyond that the turn is kept.
    fn step_aside(&mut self) {
        if let Ok(permit) = self.turns.standing.try_acquire() {
            self.state = State::Aside { _permit: permit };
        }
    }
}

impl<'t> State<'t> {
    async fn held(turns: &'t Turns) -> Self {
        let permit = turns.transfers.acquire().await.ok();
        Self::Held { since: Instant::now(), _permit: permit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    async fn is_free(turns: &Turns) -> bool {
        timeout(Duration::from_millis(1), Turn::of(turns)).await.is_ok()
    }

    /// Threat 2: silence costs a connection, not a turn.
    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_its_primary_lets_others_go_first_and_then_comes_back() {
        let turns = Turns::new(1, 1);
        let mut turn = Turn::of(&turns).await;
        turn.waiting_for(sleep(STANDSTILL / 2)).await;
        assert!(!is_free(&turns).await, "a short wait");
        tokio::join!(turn.waiting_for(sleep(3 * STANDSTILL)), async {
            assert!(!is_free(&turns).await, "not at once");
            sleep(2 * STANDSTILL).await;
            assert!(is_free(&turns).await, "it stepped aside");
        });
        assert!(!is_free(&turns).await, "it is back");
    }

    /// Threat 2: a stream that never ends and never pauses shares with the others.
    #[tokio::test(start_paused = true)]
    async fn whoever_takes_long_goes_to_the_end_of_the_queue() {
        let turns = Turns::new(1, 1);
        let mut long = Turn::of(&turns).await;
        let began = Instant::now();
        let dripping = async {
            while began.elapsed() < 3 * STRETCH {
                long.waiting_for(sleep(STANDSTILL / 2)).await;
            }
        };
        let waiting = async {
            let _turn = Turn::of(&turns).await;
            began.elapsed()
        };
        let ((), waited) = tokio::join!(dripping, waiting);
        assert!((STRETCH..STRETCH + STANDSTILL).contains(&waited), "{waited:?}");
    }

    /// Threat 2: silent primaries hold so many connections and no more.
    #[tokio::test(start_paused = true)]
    async fn only_so_many_stand_aside_at_once() {
        let turns = Turns::new(1, 1);
        let mut aside = Vec::new();
        while turns.standing.available_permits() > 0 {
            let mut turn = Turn::of(&turns).await;
            turn.step_aside();
            aside.push(turn);
        }
        let mut last = Turn::of(&turns).await;
        last.step_aside();
        assert!(!is_free(&turns).await, "the turn is kept");
        drop(aside.pop());
        last.step_aside();
        assert!(is_free(&turns).await);
    }
}
