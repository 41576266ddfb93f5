//! What a zone remembers of those who transfer it from us, for its status. Decides nothing.

use super::view::{facts, stamp};
use crate::event::{DownstreamSeen, DownstreamSent};
use api::{DownstreamFailure, DownstreamView, TransferKind};
use proto::code::Code;
use proto::xfr::outbound::Form;
use std::collections::BTreeMap;

/// Transfers to others since start.
#[derive(Default)]
pub(super) struct DownstreamRecord {
    sent: u64,
    last_sent: Option<DownstreamSeen>,
    failures: BTreeMap<Code, u64>,
    last_failure: Option<DownstreamSeen>,
}

impl DownstreamRecord {
    /// Somebody asked for a transfer, and it has ended.
    pub(super) fn note(&mut self, seen: DownstreamSeen) {
        match &seen.end {
            Ok(_) => {
                self.sent = self.sent.saturating_add(1);
                self.last_sent = Some(seen);
            }
            Err(fault) => {
                let count = self.failures.entry(fault.code).or_default();
                *count = count.saturating_add(1);
                self.last_failure = Some(seen);
            }
        }
    }

    /// As the API shows it.
    pub(super) fn view(&self) -> DownstreamView {
        let failures = self.failures.iter();
        DownstreamView {
            sent: self.sent,
            last_sent: self.last_sent.as_ref().and_then(sent),
            failures: failures.map(|(code, count)| (code.as_str().to_owned(), *count)).collect(),
            last_failure: self.last_failure.as_ref().and_then(failure),
        }
    }
}

fn sent(seen: &DownstreamSeen) -> Option<api::DownstreamSent> {
    let DownstreamSent { serial, form, sent, elapsed_ms } = *seen.end.as_ref().ok()?;
    Some(api::DownstreamSent {
        to: seen.from,
        key: seen.key.as_ref().map(ToString::to_string),
        at: stamp(seen.at),
        kind: match form {
            Form::Whole => TransferKind::Axfr,
            Form::Diffs => TransferKind::Ixfr,
            Form::Soa => return None,
        },
        serial: serial.0,
        messages: sent.messages,
        bytes: sent.bytes,
        records: sent.records,
        elapsed_ms,
    })
}

fn failure(seen: &DownstreamSeen) -> Option<DownstreamFailure> {
    let fault = seen.end.as_ref().err()?;
    Some(DownstreamFailure {
        from: seen.from,
        key: seen.key.as_ref().map(ToString::to_string),
        at: stamp(seen.at),
        code: fault.code.as_str().to_owned(),
        facts: facts(fault),
        cause: fault.code.cause().to_owned(),
        fix: fault.code.fix().to_owned(),
    })
}
