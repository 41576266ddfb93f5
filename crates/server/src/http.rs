//! The HTTP API: routes on a Unix socket, from request to view.
//!
//! Each operation parses, asks [`Control`], and shows; what the daemon knows and does is behind
//! that trait. Access control is the socket's: only its owner and root may connect.

mod control;
mod export;
mod routes;
mod socket;

#[cfg(test)]
mod tests;

pub(crate) use control::{Control, Detail, ZoneFilter};
pub(crate) use socket::ControlSocket;
pub use socket::SocketError;

use jiff::Timestamp;
use std::future::{IntoFuture as _, pending};
use std::io;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// What running requests have to finish when the daemon stops. An export may take hours, and whoever
/// reads it sees that it broke off.
const GRACE: Duration = Duration::from_secs(1);

/// Serves the API on the socket until `stop` ends; then gives running requests [`GRACE`] and removes
/// the socket file.
///
/// # Errors
/// When the socket cannot be used any more.
pub(crate) async fn serve<C, S>(socket: ControlSocket, control: C, stop: S) -> io::Result<()>
where
    C: Control,
    S: Future<Output = ()> + Send + 'static,
{
    let (listener, _removed_at_end) = socket.into_parts();
    let (stopping, stopped) = oneshot::channel();
    let stop = async move {
        stop.await;
        let _serving_has_ended = stopping.send(());
    };
    let serving = axum::serve(listener, routes::router(control)).with_graceful_shutdown(stop);
    let cut_off = async {
        match stopped.await {
            Ok(()) => sleep(GRACE).await,
            Err(_) => pending().await,
        }
    };
    tokio::select! {
        ended = serving.into_future() => ended,
        () = cut_off => Ok(()),
    }
}

/// A moment as the API writes it: RFC 3339 in UTC, always three digits of fraction.
///
/// Moments outside years -9999..=9999 become the nearest one inside.
#[must_use]
pub(crate) fn timestamp(unix_ms: i64) -> api::Timestamp {
    let nearest = if unix_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let moment = Timestamp::from_millisecond(unix_ms).unwrap_or(nearest);
    api::Timestamp(format!("{moment:.3}"))
}
