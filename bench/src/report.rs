//! Figures as a table for people and JSON for programs.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

/// All runs of one measure at one server.
#[derive(Clone, Debug, Default)]
pub struct Runs(pub Vec<f64>);

impl Runs {
    /// The run in the middle.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (sorted.len().saturating_sub(1)) as f64 * part;
        sorted.get(at.round() as usize).copied().unwrap_or(f64::NAN)
    }

    /// Ahead or behind only if the interquartile ranges do not touch.
    fn beside(&self, other: &Self) -> &'static str {
        if self.0.len() < 3 || other.0.len() < 3 {
            ""
        } else if self.quantile(0.75) < other.quantile(0.25) {
            "ahead"
        } else if self.quantile(0.25) > other.quantile(0.75) {
            "behind"
        } else {
            "level"
        }
    }
}

/// A line of the table.
pub struct Row {
    /// What was measured, with its unit.
    pub measure: String,
    /// understudy.
    pub ours: Runs,
    /// NSD, in the same run.
    pub nsd: Runs,
    /// The reflector, where it is a limit.
    pub limit: Runs,
    /// From the targets.
    pub goal: &'static str,
}

/// Prints the table, and writes the JSON if a place for it is given.
pub fn write(rows: &[Row], json_to: Option<&Path>) -> Result<()> {
    println!(
        "\n{:<58} {:>10} {:>10} {:>10} {:>7}  {:<7} goal",
        "measure (medians)", "understudy", "NSD", "limit", "ratio", ""
    );
    for Row { measure, ours, nsd, limit, goal } in rows {
        let (mine, theirs) = (ours.median(), nsd.median());
        println!(
            "{measure:<58} {} {} {} {}  {:<7} {goal}",
            figure(mine, 10),
            figure(theirs, 10),
            figure(limit.median(), 10),
            figure(mine / theirs, 7),
            ours.beside(nsd),
        );
    }
    let rows: Vec<Value> = rows
        .iter()
        .map(|Row { measure, ours, nsd, limit, goal }| {
            json!({
                "measure": measure, "goal": goal, "beside": ours.beside(nsd),
                "understudy": { "median": ours.median(), "runs": ours.0 },
                "nsd": { "median": nsd.median(), "runs": nsd.0 },
                "limit": { "median": limit.median(), "runs": limit.0 },
            })
        })
        .collect();
    if let Some(path) = json_to {
        std::fs::write(path, serde_json::to_string_pretty(&rows)?)?;
        println!("\nwritten: {}", path.display());
    }
    Ok(())
}

fn figure(number: f64, width: usize) -> String {
    match number {
        none if none.is_nan() => format!("{:>width$}", "–"),
        large if large >= 100.0 => format!("{large:>width$.0}"),
        small => format!("{small:>width$.2}"),
    }
}
