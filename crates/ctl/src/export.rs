//! `understudy zone export`: a zone as a master file, from the daemon or from its disk.

use crate::page::Page;
use crate::replacement::Replacement;
use crate::{Reach, Which, WrongUsage, text};
use anyhow::{Context as _, Result, anyhow, bail};
use api::{ExportHead, Problem};
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// `understudy zone export …`
#[derive(Debug, Args)]
pub struct Export {
    /// The zone.
    #[command(flatten)]
    zone: Which,
    /// Write to this file, which is replaced as a whole or not at all; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// Read the data directory of a daemon that does not run
    #[arg(long, conflicts_with = "socket")]
    offline: bool,
    /// With --offline: the configuration that names the data directory
    #[arg(long, value_name = "FILE", requires = "offline", conflicts_with = "data_dir")]
    config: Option<PathBuf>,
    /// Read this data directory, of a daemon that does not run
    #[arg(long, value_name = "DIR", conflicts_with = "socket")]
    data_dir: Option<PathBuf>,
    /// Where the daemon is.
    #[command(flatten)]
    reach: Reach,
}

/// A zone that is wanted from disk, while no daemon runs.
#[derive(Clone, Copy, Debug)]
pub struct Offline<'a> {
    /// Name of the zone, as typed.
    pub zone: &'a str,
    /// Its view.
    pub view: &'a str,
    /// The configuration, if not the usual one.
    pub config: Option<&'a Path>,
    /// The data directory, if not the configured one.
    pub data_dir: Option<&'a Path>,
}

/// Why a zone did not come from disk.
#[derive(Debug)]
pub enum OfflineFault {
    /// There is no such zone, or nothing is held of it.
    Refused(Problem),
    /// The text could not be written.
    Write(io::Error),
    /// The disk could not be read.
    Read(Box<dyn std::error::Error + Send + Sync>),
}

/// Reads a zone from disk and writes it as a master file: the program's part, for the command line
/// knows nothing of the daemon's files.
pub type ExportOffline = fn(Offline<'_>, &mut dyn Write) -> Result<ExportHead, OfflineFault>;

/// What was written, for programs.
#[derive(Serialize)]
struct Written<'a> {
    zone: &'a str,
    view: &'a str,
    #[serde(flatten)]
    head: ExportHead,
    size_bytes: u64,
    file: &'a Path,
}

impl Export {
    /// Writes the zone, and says what it wrote unless that went to standard output. Ends early, and
    /// leaves nothing behind, when the operator interrupts.
    pub(crate) async fn perform(self, export_offline: ExportOffline) -> Result<Page> {
        let is_stdout = self.out.as_os_str() == "-";
        if is_stdout && self.reach.json {
            bail!(WrongUsage("`--json` tells of a file: name one with `--out`"));
        }
        let interrupted = interruption().context("cannot watch for signals")?;
        let mut out = if is_stdout { Out::stdout() } else { Out::file(&self.out)? };
        let head = tokio::select! {
            head = self.copy(export_offline, &mut out) => head,
            () = interrupted => Err(anyhow!("interrupted")),
        };
        if out.reader_is_gone {
            return Ok(Page::text(String::new()));
        }
        let head = head?;
        let size_bytes = out.finish()?;
        if is_stdout {
            return Ok(Page::text(String::new()));
        }
        let (zone, view, file) = (&*self.zone.name, &*self.zone.view, &*self.out);
        self.reach.show(&Written { zone, view, head, size_bytes, file }, |page| {
            let ExportHead { serial, records, state } = head;
            let records = text::counted(records, "record", "records");
            let (zone, file) = (text::line(zone), text::line(&file.display().to_string()));
            let octets = text::octets(size_bytes);
            page.line(&format!("{file}: {zone}, serial {serial}, {state}, {records}, {octets}"));
        })
    }

    async fn copy(&self, export_offline: ExportOffline, out: &mut Out<'_>) -> Result<ExportHead> {
        if self.offline || self.data_dir.is_some() {
            self.copy_from_disk(export_offline, out).await
        } else {
            self.copy_from_daemon(out).await
        }
    }

    async fn copy_from_daemon(&self, out: &mut Out<'_>) -> Result<ExportHead> {
        let client = self.reach.client()?;
        let found = self.zone.find(&client).await.map_err(with_another_way)?;
        let mut export = client.export(found.id).await?;
        while let Some(text) = export.chunk().await? {
            out.write_all(&text).map_err(|fault| out.refused(fault))?;
        }
        Ok(export.head())
    }

    /// The disk is read in a thread of its own: an interrupt must not wait for it. Nobody joins the thread
    /// then; it ends with the program.
    async fn copy_from_disk(&self, export: ExportOffline, out: &mut Out<'_>) -> Result<ExportHead> {
        let (zone, view) = (self.zone.name.clone(), self.zone.view.clone());
        let (config, data_dir) = (self.config.clone(), self.data_dir.clone());
        let (sender, mut pieces) = mpsc::channel(PIECES_WAITING);
        let reader = thread::spawn(move || {
            let (config, data_dir) = (config.as_deref(), data_dir.as_deref());
            let from = Offline { zone: &zone, view: &view, config, data_dir };
            export(from, &mut Pieces(sender))
        });
        while let Some(piece) = pieces.recv().await {
            out.write_all(&piece).map_err(|fault| out.refused(fault))?;
        }
        let ended = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        ended.map_err(|fault| match fault {
            OfflineFault::Refused(problem) => api::ClientError::Refused(problem).into(),
            OfflineFault::Write(fault) => out.refused(fault),
            OfflineFault::Read(fault) => anyhow!(fault),
        })
    }
}

/// What the reader of the disk may be ahead of the writer, in pieces of some kilobytes.
const PIECES_WAITING: usize = 16;

/// Text on its way from the thread that reads the disk.
struct Pieces(mpsc::Sender<Vec<u8>>);

impl Write for Pieces {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(octets.to_vec());
        sent.map(|()| octets.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Ends when the program is told to end. From the call on, not only from the first poll, no signal
/// ends it otherwise.
fn interruption() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

/// A daemon that is down is when an export is wanted most.
fn with_another_way(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(api::ClientError::NotRunning { .. }) => {
            error.context("cannot ask the daemon (`--offline` reads its data directory instead)")
        }
        Some(_) | None => error,
    }
}

/// Where the text goes, and how much of it has gone there.
struct Out<'a> {
    to: To<'a>,
    size_bytes: u64,
    /// Whoever read standard output has seen enough.
    reader_is_gone: bool,
}

enum To<'a> {
    Stdout(io::StdoutLock<'static>),
    File(Replacement, &'a Path),
}

impl<'a> Out<'a> {
    fn stdout() -> Self {
        Self { to: To::Stdout(io::stdout().lock()), size_bytes: 0, reader_is_gone: false }
    }

    fn file(path: &'a Path) -> Result<Self> {
        let file = Replacement::begin(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { to: To::File(file, path), size_bytes: 0, reader_is_gone: false })
    }

    fn finish(mut self) -> Result<u64> {
        self.flush().map_err(|fault| self.refused(fault))?;
        match self.to {
            To::Stdout(_) => {}
            To::File(file, path) => {
                file.finish().with_context(|| as_it_was(path))?;
            }
        }
        Ok(self.size_bytes)
    }

    fn refused(&self, fault: io::Error) -> anyhow::Error {
        anyhow::Error::new(fault).context(match &self.to {
            To::Stdout(_) => "cannot write to standard output".to_owned(),
            To::File(_, path) => as_it_was(path),
        })
    }
}

fn as_it_was(path: &Path) -> String {
    format!("cannot write {}, which is as it was before", path.display())
}

impl Write for Out<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = match &mut self.to {
            To::Stdout(stdout) => stdout.write(octets).inspect_err(|fault| {
                self.reader_is_gone = fault.kind() == io::ErrorKind::BrokenPipe;
            })?,
            To::File(file, _) => file.write(octets)?,
        };
        self.size_bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Stdout(stdout) => stdout.flush(),
            To::File(file, _) => file.flush(),
        }
    }
}
