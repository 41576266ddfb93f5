//! Figures as a table for people and JSON for programs.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// All runs of one measure at one server.
#[derive(Clone, Debug, Default)]
pub struct Runs(Vec<f64>);

impl Runs {
    /// Adds a run.
    pub fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    /// The run in the middle; not a number if there is none.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The latest run.
    #[must_use]
    pub fn last(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = sorted.len().saturating_sub(1) as f64 * part;
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

    fn json(&self) -> Value {
        let rounded = |figure: &f64| (figure * 1e4).round() / 1e4;
        let runs: Vec<f64> = self.0.iter().map(rounded).collect();
        let quartiles = [0.25, 0.5, 0.75].map(|part| rounded(&self.quantile(part)));
        json!({ "quartiles": quartiles, "runs": runs })
    }
}

/// A line of the table.
pub struct Row {
    /// From the targets.
    pub goal: &'static str,
    /// understudy, NSD, and the reflector where it is a limit.
    pub runs: [Runs; 3],
    measure: String,
    unit: &'static str,
}

impl Row {
    /// A row without runs.
    #[must_use]
    pub fn new(measure: &str, unit: &'static str, goal: &'static str) -> Self {
        Self { goal, runs: Default::default(), measure: measure.to_owned(), unit }
    }

    fn line(&self) -> String {
        let [ours, nsd, limit] = &self.runs;
        let [mine, theirs, least] = [ours, nsd, limit].map(Runs::median);
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.measure,
            self.unit,
            figure(mine),
            figure(theirs),
            figure(mine / theirs),
            ours.beside(nsd),
            figure(least),
            figure(mine / least),
            self.goal,
        )
    }

    fn json(&self) -> Value {
        let [ours, nsd, limit] = &self.runs;
        json!({
            "measure": self.measure, "unit": self.unit, "goal": self.goal,
            "beside_nsd": ours.beside(nsd), "understudy": ours.json(), "nsd": nsd.json(),
            "limit": if limit.0.is_empty() { Value::Null } else { limit.json() },
        })
    }
}

/// Prints the table, and writes the JSON if a place for it is given.
pub fn write(rows: &[Row], circumstances: &Value, to: Option<&Path>) -> Result<()> {
    println!("\n{circumstances:#}\n");
    println!(
        "| measure (medians) | | understudy | NSD | ratio | beside NSD | limit | ratio | goal |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    rows.iter().for_each(|row| println!("{}", row.line()));
    let Some(to) = to else { return Ok(()) };
    let rows: Vec<Value> = rows.iter().map(Row::json).collect();
    let document = json!({ "circumstances": circumstances, "rows": rows });
    std::fs::create_dir_all(to.parent().context("a folder")?)?;
    std::fs::write(to, format!("{document:#}\n"))?;
    println!("\nwritten: {}", to.display());
    Ok(())
}

fn figure(number: f64) -> String {
    match number {
        none if none.is_nan() => String::new(),
        large if large >= 100.0 => format!("{large:.0}"),
        middle if middle >= 1.0 => format!("{middle:.2}"),
        small => format!("{small:.3}"),
    }
}
