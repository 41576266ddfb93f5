//! What is printed at the end, in one piece.

use crate::Exit;
use anyhow::{Context as _, Result};
use api::ZoneState;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Text for standard output. Nothing is printed before all of it is known.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    colour: Colour,
}

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// For files and pipes, and where `NO_COLOR` is set.
    Off,
    /// For terminals.
    On,
}

impl Page {
    /// Fit for what standard output is.
    pub(crate) fn for_stdout() -> Self {
        let wanted = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self::new(if wanted { Colour::On } else { Colour::Off })
    }

    pub(crate) const fn new(colour: Colour) -> Self {
        Self { text: String::new(), colour }
    }

    pub(crate) const fn text(text: String) -> Self {
        Self { text, colour: Colour::Off }
    }

    pub(crate) fn json<T: serde::Serialize>(what: &T) -> Result<Self> {
        let text = serde_json::to_string_pretty(what).context("cannot write JSON")?;
        Ok(Self::text(text + "\n"))
    }

    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A label and what it says; further lines stand under the first.
    pub(crate) fn entry(&mut self, label: &str, says: &str) {
        let mut label = label;
        for line in says.lines() {
            self.line(&format!("  {label:<12}  {line}"));
            label = "";
        }
    }

    /// Columns as wide as their widest cell; those in `right` stand at the right.
    pub(crate) fn table(&mut self, rows: &[Vec<Cell>], right: &[usize]) {
        let mut widths: Vec<usize> = Vec::new();
        for row in rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        for row in rows {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                let shown = self.paint(cell);
                let cell = if right.contains(&column) { gap + &shown } else { shown + &gap };
                line.push_str(if column == 0 { "" } else { "  " });
                line.push_str(&cell);
            }
            self.line(&line);
        }
    }

    /// The state's word, in its colour.
    pub(crate) fn state(&self, state: ZoneState) -> String {
        self.paint(&Cell::State(state))
    }

    fn paint(&self, cell: &Cell) -> String {
        match (cell, self.colour) {
            (Cell::Text(text), _) => text.clone(),
            (Cell::State(state), Colour::Off) => state.to_string(),
            (Cell::State(state), Colour::On) => {
                format!("\u{1b}[{}m{state}\u{1b}[0m", colour_of(*state))
            }
        }
    }

    /// The whole page to standard output. A reader that went away is no failure of ours.
    pub(crate) fn print(self) -> Exit {
        match io::stdout().lock().write_all(self.text.as_bytes()) {
            Ok(()) => Exit::Done,
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Done,
            Err(error) => {
                eprintln!("understudy: cannot write: {error}");
                Exit::Failed
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// One place in a table. The text must have been escaped.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// Anything.
    Text(String),
    /// Coloured where there are colours.
    State(ZoneState),
}

impl Cell {
    fn width(&self) -> usize {
        match self {
            Self::Text(text) => text.chars().count(),
            Self::State(state) => state.as_str().len(),
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::Text(text.into())
    }
}

/// ANSI: red for what is not served or stuck, yellow for what will be, green.
const fn colour_of(state: ZoneState) -> u8 {
    match state {
        ZoneState::Expired | ZoneState::Frozen | ZoneState::Failed => 31,
        ZoneState::Loading | ZoneState::Expiring | ZoneState::Retrying => 33,
        ZoneState::Ok => 32,
    }
}
