//! What a secondary may answer, judged by every version that its primary ever had. It asks both over the
//! wire, and shares no code with either.
//!
//! Laws: what we hold is a version that the primary had, record for record. A serial that was answered is
//! never followed by an older one while the zone is served, not over a kill either.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use peers::ask::{self, Record};
use sha2::{Digest as _, Sha256};

/// Of all records of a zone, in an order of its own.
type Digest = [u8; 32];

/// A primary that is asked for each version it has, and what it said.
pub(crate) struct Versions {
    apex: String,
    had: Mutex<BTreeMap<u32, Digest>>,
}

impl Versions {
    /// None yet.
    pub(crate) fn of(apex: &str) -> Arc<Self> {
        Arc::new(Self { apex: apex.to_owned(), had: Mutex::default() })
    }

    /// Asks the primary for the version it has now, and keeps it. Whoever edits the zone calls this after
    /// each edit, so that none is missed.
    #[track_caller]
    pub(crate) fn note(&self, primary: SocketAddr) -> u32 {
        let records = ask::axfr(primary, &self.apex).expect("an AXFR from the primary");
        let (serial, digest) = read(&records);
        let before = self.had.lock().unwrap().insert(serial, digest);
        assert!(before.is_none_or(|before| before == digest), "the primary changed under {serial}");
        serial
    }

    /// Takes a whole copy from a secondary, which must be one of the versions; `told` says when. Returns its
    /// serial.
    #[track_caller]
    pub(crate) fn judge(&self, secondary: SocketAddr, told: &str) -> u32 {
        let records = ask::axfr(secondary, &self.apex).expect("an AXFR from the secondary");
        let (serial, digest) = read(&records);
        let had = self.had.lock().unwrap().get(&serial).copied();
        assert_eq!(had, Some(digest), "{told}: serial {serial} with {} records", records.len());
        serial
    }

    /// Fails unless the primary had each of these serials.
    #[track_caller]
    pub(crate) fn assert_had_all(&self, serials: &BTreeSet<u32>) {
        let had = self.had.lock().unwrap();
        let strange: Vec<_> = serials.iter().filter(|serial| !had.contains_key(serial)).collect();
        assert!(strange.is_empty(), "answered serials that the primary never had: {strange:?}");
    }
}

fn read(records: &[Record]) -> (u32, Digest) {
    let soa = records.iter().find(|record| record.rrtype == ask::SOA).expect("an SOA");
    let lines: BTreeSet<Vec<u8>> = records
        .iter()
        .map(|Record { owner, rrtype, class, ttl, rdata }| {
            let mut line = owner.folded().to_string().into_bytes();
            line.push(0);
            line.extend([*rrtype, *class].map(u16::to_be_bytes).concat());
            line.extend(ttl.to_be_bytes());
            line.extend(rdata);
            line
        })
        .collect();
    assert_eq!(lines.len(), records.len(), "a record twice");
    let mut digest = Sha256::new();
    for line in &lines {
        digest.update(u32::try_from(line.len()).unwrap().to_be_bytes());
        digest.update(line);
    }
    (ask::serial_of(soa), digest.finalize().into())
}

/// True unless `serial` is older than `than` (RFC 1982 §3.2, without a definition of the undefined half).
pub(crate) fn is_at_least(serial: u32, than: u32) -> bool {
    serial.wrapping_sub(than) < 1 << 31
}

/// What a secondary answered over some time.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Every serial.
    pub(crate) serials: BTreeSet<u32>,
    /// The last of them, `None` if there was no answer with one.
    pub(crate) last: Option<u32>,
    /// How many answers had one.
    pub(crate) answers: u32,
    /// What fell: the serial before and after.
    pub(crate) fell: Option<(u32, u32)>,
}

/// Asks for the serial without pause.
pub(crate) struct Watch {
    stop: Arc<AtomicBool>,
    watching: JoinHandle<Seen>,
}

impl Watch {
    /// From now on, in a thread of its own.
    pub(crate) fn begin(server: SocketAddr, apex: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, apex) = (Arc::clone(&stop), apex.to_owned());
        let watching = std::thread::spawn(move || {
            let mut seen = Seen::default();
            while !stopped.load(Ordering::Relaxed) {
                if let Some(serial) = ask::serial(server, &apex) {
                    seen.add(serial);
                }
            }
            seen
        });
        Self { stop, watching }
    }

    /// What was seen; fails if a serial fell.
    #[track_caller]
    pub(crate) fn end(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        let seen = self.watching.join().unwrap();
        assert_eq!(seen.fell, None, "a serial fell while it was served");
        seen
    }
}

impl Seen {
    fn add(&mut self, serial: u32) {
        if let Some(before) = self.last.filter(|before| !is_at_least(serial, *before)) {
            self.fell.get_or_insert((before, serial));
        }
        self.serials.insert(serial);
        self.last = Some(serial);
        self.answers += 1;
    }
}
