//! Asks for every zone all the while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use peers::ask;

/// Between two questions, so that there is a processor left for the daemon.
const PACE: Duration = Duration::from_millis(1);

/// A thread that asks; its verdict comes at the end.
pub(super) struct Watch {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<String>>,
}

impl Watch {
    /// Over zones, each with the serials that it may answer with, the later ones last: it never goes back.
    pub(super) fn over(at: SocketAddr, zones: Vec<(String, Vec<u32>)>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let flag = is_over.clone();
        let thread = std::thread::spawn(move || watch(at, zones, &flag));
        Self { is_over, thread }
    }

    /// What was answered that should not have been.
    pub(super) fn end(self) -> Vec<String> {
        self.is_over.store(true, Ordering::SeqCst);
        self.thread.join().expect("the watch ends without a panic")
    }
}

fn watch(at: SocketAddr, mut zones: Vec<(String, Vec<u32>)>, is_over: &AtomicBool) -> Vec<String> {
    let (mut faults, mut rounds) = (Vec::new(), 0);
    while !is_over.load(Ordering::SeqCst) || rounds == 0 {
        for (apex, allowed) in &mut zones {
            std::thread::sleep(PACE);
            // Twice: a machine that stalls for seconds is no fault of ours.
            match ask::ask(at, apex, ask::SOA).or_else(|_| ask::ask(at, apex, ask::SOA)) {
                Ok(answer) => match answer.answers_of(ask::SOA).next().map(ask::serial_of) {
                    Some(serial) if allowed.contains(&serial) => {
                        allowed.drain(..allowed.iter().position(|it| *it == serial).unwrap_or(0));
                    }
                    other => faults.push(format!("{apex} answers {other:?} of {allowed:?}")),
                },
                Err(error) => faults.push(format!("{apex} does not answer: {error}")),
            }
        }
        rounds += 1;
    }
    faults
}
