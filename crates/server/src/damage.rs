//! Damage on disk, told to the operator.

use store::{Fault, StoreError};

/// A damaged disk has no end of faults, and the first ones say as much as all.
const TOLD_MAX: usize = 20;

/// Each fault once, with the file, what was found there and what follows; what it cost which zone is told when
/// the zone is taken up.
pub(crate) fn tell(faults: &[Fault]) {
    for fault in faults.iter().take(TOLD_MAX) {
        let consequence = fault.consequence();
        if fault.kind.is_benign() {
            tracing::warn!("{fault}; {consequence}");
        } else {
            tracing::error!(
                "damage on disk: {fault}; {consequence}. Look for disk errors in the kernel log"
            );
        }
    }
    if let Some(more) = faults.len().checked_sub(TOLD_MAX).filter(|more| *more > 0) {
        tracing::error!(more, "more damage on disk; `understudy check` shows all of it");
    }
}

/// The disk is as good as read-only: what it holds is served, and that is all.
pub(crate) fn tell_of_refusal(fault: &StoreError) {
    let (code, fix) = (fault.code(), fault.fix());
    tracing::error!(code, %fault, fix, "the disk takes no writes; what it holds is served");
}
