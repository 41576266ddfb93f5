//! How many files and sockets we may have open, and what that leaves for clients over TCP.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files of the store, connections of the API, what runtimes and the log keep open.
const OTHERS: usize = 64;

/// Raises our limit on open files as far as we may. Returns it; `None` is no limit.
pub(crate) fn raise_limit() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(fault) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%fault, "the limit on open files stays as it is");
    }
    getrlimit(Resource::Nofile).current
}

/// As many of the `wanted` TCP clients as fit beside `sockets` listeners and `dialled` questions to
/// primaries; at least one. Fewer than wanted is told.
pub(crate) fn clients_that_fit(
    limit: Option<u64>,
    wanted: usize,
    sockets: usize,
    dialled: usize,
) -> usize {
    let Some(limit) = limit else { return wanted };
    let besides = OTHERS.saturating_add(sockets).saturating_add(dialled);
    let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(besides);
    let clients = room.min(wanted).max(1);
    if clients < wanted {
        let needed = besides.saturating_add(wanted);
        tracing::warn!(
            limit,
            needed,
            clients_max = wanted,
            clients_admitted = clients,
            "the limit on open files is too low for `tcp.clients-max`: fewer clients are admitted \
             over TCP; raise it (LimitNOFILE of systemd) and start again"
        );
    }
    clients
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_what_is_left_and_never_nothing() {
        let sockets = 4;
        let dialled = 288;
        let fit = |limit, wanted| clients_that_fit(limit, wanted, sockets, dialled);
        assert_eq!(fit(None, 1_000_000), 1_000_000);
        assert_eq!(fit(Some(64 + 4 + 288 + 1_024), 1_024), 1_024);
        assert_eq!(fit(Some(64 + 4 + 288 + 1_023), 1_024), 1_023);
        assert_eq!(fit(Some(1_024), 1_024), 668);
        assert_eq!(fit(Some(64), 1_024), 1);
        assert_eq!(fit(Some(0), 1), 1);
        assert_eq!(fit(Some(u64::MAX), 1_024), 1_024);
    }

    #[test]
    fn the_limit_is_raised_to_what_is_allowed() {
        let raised = raise_limit();
        assert_eq!(raised, getrlimit(Resource::Nofile).maximum);
    }
}
