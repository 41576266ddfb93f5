//! A fault of ours is a line like any other: escaped, in the form of the settings, and thinned.
//!
//! A panic is caught where it strikes, so a message that provokes one may come a thousand times a
//! second; and what it says may hold octets that came over the network.

use super::{Admission, Thinner};
use crate::clock::Clock;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{Location, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

/// From now on, for the whole program. With `RUST_BACKTRACE` set, the way to the fault is told too.
pub(crate) fn tell_of_panics(clock: Clock) {
    let told = Mutex::new(Thinner::new());
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(Location::to_string).unwrap_or_default();
        let admission =
            told.lock().unwrap_or_else(PoisonError::into_inner).admit(&place, clock.now());
        if let Admission::Written { left_out } = admission {
            tell(panic, &place, left_out);
        }
    }));
}

fn tell(panic: &PanicHookInfo<'_>, place: &str, left_out: u64) {
    let found = panic.payload_as_str().unwrap_or("a panic");
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or_default();
    let way = Backtrace::capture();
    let way = (way.status() == BacktraceStatus::Captured).then(|| way.to_string());
    tracing::error!(place, thread, left_out, way, "a fault of ours: {found}");
}
