//! What is wrong with a configuration, and where.

use super::redact::redact;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity,
};
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Faults, and warnings, that are shown at most; whoever mends these sees the rest.
const SHOWN_MAX: usize = 25;

/// Why a configuration was not accepted. Displays one line for each fault:
/// `file:line:column: what was found; expected what`.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file says something that is not understood or not possible.
    Invalid(Box<Invalid>),
}

/// The faults of one text.
#[derive(Debug)]
pub struct Invalid {
    path: PathBuf,
    /// The text without its secrets, octet for octet as long as the original.
    text: String,
    faults: Vec<Fault>,
}

/// How to draw a [`ConfigError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// For files and pipes.
    Plain,
    /// For terminals.
    Coloured,
}

impl ConfigError {
    /// The faults as pictures: an excerpt of the file with an arrow at each place.
    #[must_use]
    pub fn draw(&self, picture: Picture) -> String {
        let theme = match picture {
            Picture::Plain => GraphicalTheme::unicode_nocolor(),
            Picture::Coloured => GraphicalTheme::unicode(),
        };
        let artist = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_context_lines(1)
            .with_width(100);
        let mut drawn = String::new();
        let done = match self {
            Self::Unreadable { .. } => return format!("{self}\n"),
            Self::Invalid(invalid) => invalid.shown().try_for_each(|fault| {
                let source = NamedSource::new(invalid.path.to_string_lossy(), invalid.text.clone());
                artist.render_report(&mut drawn, &Placed { fault, source })
            }),
        };
        match (done, self.hidden()) {
            (Err(_), _) => format!("{self}\n"), // a span we miscounted must not hide the fault
            (Ok(()), 0) => drawn,
            (Ok(()), more) => format!("{drawn}\n… and {more} more\n"),
        }
    }

    /// Line numbers of the faults, counted from 1, in the order of the file.
    #[must_use]
    pub fn lines(&self) -> Vec<usize> {
        match self {
            Self::Unreadable { .. } => Vec::new(),
            Self::Invalid(invalid) => {
                invalid.faults.iter().map(|fault| place(&invalid.text, fault).0).collect()
            }
        }
    }

    fn hidden(&self) -> usize {
        match self {
            Self::Unreadable { .. } => 0,
            Self::Invalid(invalid) => invalid.faults.len().saturating_sub(SHOWN_MAX),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, source } => {
                write!(f, "cannot read {}: {source}", path.display())
            }
            Self::Invalid(invalid) => {
                for (index, fault) in invalid.shown().enumerate() {
                    let gap = if index == 0 { "" } else { "\n" };
                    write!(f, "{gap}{}", fault.line(&invalid.text, &invalid.path))?;
                }
                match self.hidden() {
                    0 => Ok(()),
                    more => write!(f, "\n… and {more} more"),
                }
            }
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } => Some(source),
            Self::Invalid(_) => None,
        }
    }
}

impl Invalid {
    fn shown(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().take(SHOWN_MAX)
    }
}

/// One fault or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    span: Range<usize>,
    found: String,
    expected: String,
}

impl Fault {
    /// `found` and `expected` are phrases; neither may hold a secret.
    pub(super) fn new(
        span: Range<usize>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self { span, found: found.into(), expected: expected.into() }
    }

    fn line(&self, text: &str, path: &Path) -> String {
        let (line, column) = place(text, self);
        let (path, found) = (path.display(), &self.found);
        match self.expected.as_str() {
            "" => format!("{path}:{line}:{column}: {found}"),
            expected => format!("{path}:{line}:{column}: {found}; expected {expected}"),
        }
    }
}

/// Line and column of a fault, counted from 1, the column in characters.
fn place(text: &str, fault: &Fault) -> (usize, usize) {
    let before = text.get(..fault.span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.get(line_start..).unwrap_or("").chars().count().saturating_add(1);
    (line, column)
}

/// Collects what is wrong, so that one run tells as much as possible.
#[derive(Debug, Default)]
pub(super) struct Faults {
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
}

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Notes the fault, if there is one, and goes on without the value.
    pub(super) fn keep<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        result.map_err(|fault| self.push(fault)).ok()
    }

    pub(super) fn warn(&mut self, warning: Fault) {
        self.warnings.push(warning);
    }

    /// True when nothing but warnings has been noted.
    pub(super) fn none(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn warnings(mut self, text: &str, path: &Path) -> Vec<String> {
        self.warnings.sort_by_key(|warning| warning.span.start);
        let shown = self.warnings.iter().take(SHOWN_MAX);
        let mut lines: Vec<String> = shown.map(|warning| warning.line(text, path)).collect();
        if let more @ 1.. = self.warnings.len().saturating_sub(SHOWN_MAX) {
            lines.push(format!("{}: … and {more} more warnings", path.display()));
        }
        lines
    }

    pub(super) fn into_error(mut self, text: &str, path: &Path) -> ConfigError {
        self.faults.sort_by_key(|fault| fault.span.start);
        let (path, text) = (path.to_path_buf(), redact(text));
        ConfigError::Invalid(Box::new(Invalid { path, text, faults: self.faults }))
    }
}

/// A fault as `miette` draws it.
#[derive(Debug)]
struct Placed<'f> {
    fault: &'f Fault,
    source: NamedSource<String>,
}

impl fmt::Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fault.found)
    }
}

impl std::error::Error for Placed<'_> {}

impl Diagnostic for Placed<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Error)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = match self.fault.expected.as_str() {
            "" => "here".to_owned(),
            expected => format!("expected {expected}"),
        };
        let span = LabeledSpan::new_with_span(Some(label), self.fault.span.clone());
        Some(Box::new(std::iter::once(span)))
    }
}
