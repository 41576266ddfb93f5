//! Queries over UDP: one thread a socket, one system call for many datagrams.

use super::batch::Batch;
use super::pin::pin_thread;
use super::{Responded, Responder};
use proto::answer::{Arrival, Transport};
use socket2::Socket;
use std::io::ErrorKind;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// What every UDP thread of the daemon shares.
#[derive(Clone)]
pub(crate) struct UdpThreads {
    /// Answers the queries.
    pub responder: Arc<Responder>,
    /// Set once, when the daemon stops.
    pub stop: Arc<AtomicBool>,
}

impl UdpThreads {
    /// Starts the thread that answers on `socket`, bound to `cpu` if there is one. A refusal to
    /// bind it costs speed, not service.
    pub(crate) fn spawn(
        &self,
        socket: Socket,
        index: usize,
        cpu: Option<usize>,
    ) -> std::io::Result<JoinHandle<()>> {
        let threads = self.clone();
        std::thread::Builder::new().name(format!("udp-{index}")).spawn(move || {
            if let Some(cpu) = cpu
                && let Err(fault) = pin_thread(cpu)
            {
                tracing::debug!(cpu, %fault, "UDP thread is not pinned");
            }
            while !threads.stop.load(Ordering::Relaxed) {
                let run = std::panic::AssertUnwindSafe(|| threads.answer_until_stopped(&socket));
                // Dead and started again is cheaper in place. The batch in hand is lost, like
                // datagrams are; nothing else may be. The log is told where it happened.
                drop(std::panic::catch_unwind(run));
            }
        })
    }

    fn answer_until_stopped(&self, socket: &Socket) {
        let mut batch = Batch::new();
        while !self.stop.load(Ordering::Relaxed) {
            let count = match batch.receive(socket.as_fd()) {
                Ok(count) => count,
                Err(fault) => {
                    pause_after(&fault);
                    continue;
                }
            };
            let (transport, now) = (Transport::Udp, self.responder.clock.wall());
            batch.each(count, |from, octets, answer| {
                let arrival = Arrival { octets, transport, source: from.ip(), now };
                match self.responder.respond(&arrival, answer) {
                    Responded::Message(size) => size,
                    Responded::Transfer(_) => 0, // there are none over UDP
                }
            });
            batch.send(socket.as_fd(), count);
        }
    }
}

/// A time-out or a signal is no fault; anything else must not make us spin.
fn pause_after(fault: &std::io::Error) {
    match fault.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
        _ => {
            tracing::warn!(%fault, "receiving over UDP failed");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
