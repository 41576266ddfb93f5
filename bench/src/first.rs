//! The first bench: what the design must be able to reach.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use crate::circumstances::{circumstances, load_average};
use crate::servers::Kind;
use crate::{answers, changes, report, transfers};

/// Delegations of the large zone, which make 990,003 records.
const DELEGATIONS: u32 = 450_000;

/// Which parts, how large, and where the figures go.
pub struct Options<'a> {
    /// Names of parts; all if empty.
    pub parts: &'a [&'a str],
    /// A tenth of the size and few runs: to see that it works.
    pub is_quick: bool,
    /// File for the figures, if they are to be kept.
    pub json: Option<&'a Path>,
}

/// Runs the parts and reports.
pub fn run(understudy: &Path, options: &Options<'_>) -> Result<()> {
    let started = Instant::now();
    let ours = Kind::Understudy(understudy.to_path_buf());
    let kinds = [&ours, &Kind::Nsd];
    let delegations = if options.is_quick { DELEGATIONS / 10 } else { DELEGATIONS };
    let effort = |few, many| if options.is_quick { few } else { many };
    let wanted = |part| options.parts.is_empty() || options.parts.contains(&part);
    let load_before = load_average();
    let mut rows = Vec::new();
    if wanted("changes") {
        rows.extend(changes::measure(kinds, delegations, effort(1, 5))?);
    }
    if wanted("transfers") {
        rows.extend(transfers::measure(kinds, delegations, effort(1, 5))?);
    }
    if wanted("answers") {
        let length = Duration::from_millis(if options.is_quick { 300 } else { 700 });
        rows.extend(answers::measure(kinds, delegations, effort(3, 9), length)?);
    }
    let mut circumstances = circumstances();
    circumstances["load_before"] = json!(load_before);
    circumstances["seconds"] = json!(started.elapsed().as_secs());
    report::write(&rows, &circumstances, options.json)
}
