//! A folder in memory that forgets what was not flushed, fails when told to, and can be crashed
//! after any call.
//!
//! It keeps what the operating system promises and nothing more: after a crash, unflushed writes are
//! there in part, in any part, or not at all; unflushed names are there up to some point in order.

use super::{Disk, DiskFile};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

/// Octets that reach the disk together or not at all. Small, so that heads are torn as well.
const SECTOR: usize = 16;

/// A small generator of numbers from a seed.
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// What is to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The power goes before the call: nothing works from then on.
    Crash,
    /// The call fails; a write may have been done in part.
    Error(io::ErrorKind),
}

#[derive(Clone, Debug)]
enum Effect {
    Write(u64, Vec<u8>),
    Truncate(u64),
}

#[derive(Clone, Debug, Default)]
struct Inode {
    current: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Effect>,
    /// An octet of a bad sector: reads of it fail.
    bad: Option<usize>,
}

#[derive(Clone, Debug)]
enum NameEffect {
    Set(String, usize),
    Remove(String),
}

#[derive(Debug)]
struct State {
    inodes: Vec<Inode>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    pending_names: Vec<NameEffect>,
    calls: u64,
    trouble: BTreeMap<u64, Trouble>,
    crashed: bool,
    dice: Dice,
}

/// The folder. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct SimulatedDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct SimulatedFile {
    disk: SimulatedDisk,
    inode: usize,
}

impl SimulatedDisk {
    /// An empty folder.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            pending_names: Vec::new(),
            calls: 0,
            trouble: BTreeMap::new(),
            crashed: false,
            dice: Dice(seed),
        })))
    }

    /// Lets the call with this number, counted from now, go wrong.
    pub(crate) fn trouble_at(&self, call: u64, trouble: Trouble) {
        let mut state = self.state();
        let at = state.calls + call;
        state.trouble.insert(at, trouble);
    }

    /// Calls that change something, so far.
    pub(crate) fn calls(&self) -> u64 {
        self.state().calls
    }

    /// True once a crash has happened.
    pub(crate) fn is_crashed(&self) -> bool {
        self.state().crashed
    }

    /// What a reboot finds.
    pub(crate) fn after_power_cut(&self) -> Self {
        let mut state = self.state();
        let mut dice = Dice(state.dice.roll(u64::MAX));
        let mut names = state.durable_names.clone();
        let kept = dice.roll(state.pending_names.len() as u64 + 1) as usize;
        for effect in &state.pending_names[..kept] {
            effect.apply(&mut names);
        }
        let inodes = state.inodes.iter().map(|inode| inode.after_power_cut(&mut dice)).collect();
        Self(Arc::new(Mutex::new(State {
            inodes,
            durable_names: names.clone(),
            names,
            pending_names: Vec::new(),
            calls: 0,
            trouble: BTreeMap::new(),
            crashed: false,
            dice,
        })))
    }

    /// What a new program finds after the old one was killed: everything that was written.
    pub(crate) fn after_kill(&self) -> Self {
        let state = self.state();
        Self(Arc::new(Mutex::new(State {
            inodes: state.inodes.clone(),
            names: state.names.clone(),
            durable_names: state.durable_names.clone(),
            pending_names: state.pending_names.clone(),
            calls: 0,
            trouble: BTreeMap::new(),
            crashed: false,
            dice: state.dice.clone(),
        })))
    }

    /// A copy of all files.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        state
            .names
            .iter()
            .map(|(name, at)| (name.clone(), state.inodes[*at].current.clone()))
            .collect()
    }

    /// A folder with these files, all durable.
    pub(crate) fn with(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let disk = Self::new(1);
        let mut state = disk.state();
        for (name, octets) in files {
            let (current, durable) = (octets.clone(), octets.clone());
            let inode = Inode { current, durable, ..Inode::default() };
            state.inodes.push(inode);
            let at = state.inodes.len() - 1;
            state.names.insert(name.clone(), at);
            state.durable_names.insert(name.clone(), at);
        }
        drop(state);
        disk
    }

    /// Makes an octet of a file unreadable.
    pub(crate) fn spoil(&self, name: &str, at: usize) {
        let mut state = self.state();
        let inode = state.names[name];
        state.inodes[inode].bad = Some(at);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn change(&self, on_error: impl FnOnce(&mut State)) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        if state.crashed {
            return Err(io::Error::other("crashed"));
        }
        let call = state.calls;
        state.calls += 1;
        match state.trouble.remove(&call) {
            None => Ok(state),
            Some(Trouble::Crash) => {
                on_error(&mut state);
                state.crashed = true;
                Err(io::Error::other("crashed"))
            }
            Some(Trouble::Error(kind)) => {
                on_error(&mut state);
                Err(kind.into())
            }
        }
    }

    fn file(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let state = self.state();
        let inode = *state.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        drop(state);
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode }))
    }
}

impl NameEffect {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Set(name, inode) => {
                names.insert(name.clone(), *inode);
            }
            Self::Remove(name) => {
                names.remove(name);
            }
        }
    }
}

impl State {
    fn name(&mut self, effect: NameEffect) {
        effect.apply(&mut self.names);
        self.pending_names.push(effect);
    }
}

impl Inode {
    fn after_power_cut(&self, dice: &mut Dice) -> Self {
        let mut durable = self.durable.clone();
        for effect in &self.pending {
            match effect {
                Effect::Truncate(size) => {
                    if dice.roll(2) == 0 {
                        durable.resize(*size as usize, 0);
                    }
                }
                Effect::Write(offset, octets) => match dice.roll(4) {
                    0 => {}
                    1 => write(&mut durable, *offset, octets),
                    _ => {
                        for (index, sector) in octets.chunks(SECTOR).enumerate() {
                            if dice.roll(2) == 0 {
                                write(&mut durable, offset + (index * SECTOR) as u64, sector);
                            }
                        }
                    }
                },
            }
        }
        Self { current: durable.clone(), durable, pending: Vec::new(), bad: self.bad }
    }
}

fn write(octets: &mut Vec<u8>, offset: u64, from: &[u8]) {
    let start = offset as usize;
    let end = start + from.len();
    if octets.len() < end {
        octets.resize(end, 0);
    }
    octets[start..end].copy_from_slice(from);
}

impl Disk for SimulatedDisk {
    fn path_of(&self, name: &str) -> PathBuf {
        PathBuf::from("/simulated").join(name)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.state().names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.change(|_| ())?;
        state.inodes.push(Inode::default());
        let inode = state.inodes.len() - 1;
        state.name(NameEffect::Set(name.to_owned(), inode));
        drop(state);
        self.file(name)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        self.file(name)
    }

    fn open_to_write(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        self.file(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.change(|_| ())?;
        let inode = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        // One effect on a real file system: both names change, or neither does.
        NameEffect::Remove(from.to_owned()).apply(&mut state.names);
        state.name(NameEffect::Set(to.to_owned(), inode));
        state.pending_names.push(NameEffect::Remove(from.to_owned()));
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.change(|_| ())?;
        if !state.names.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.name(NameEffect::Remove(name.to_owned()));
        Ok(())
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut state = self.change(|_| ())?;
        state.durable_names = state.names.clone();
        state.pending_names.clear();
        Ok(())
    }
}

impl DiskFile for SimulatedFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.state().inodes[self.inode].current.len() as u64)
    }

    fn read_exact_at(&self, into: &mut [u8], offset: u64) -> io::Result<()> {
        let state = self.disk.state();
        let start = offset as usize;
        let inode = &state.inodes[self.inode];
        if inode.bad.is_some_and(|bad| (start..start + into.len()).contains(&bad)) {
            return Err(io::Error::from_raw_os_error(5));
        }
        let from = inode.current.get(start..start + into.len());
        into.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_all_at(&self, from: &[u8], offset: u64) -> io::Result<()> {
        let in_part = |state: &mut State| {
            let part = &from[..state.dice.roll(from.len() as u64 + 1) as usize];
            let inode = &mut state.inodes[self.inode];
            write(&mut inode.current, offset, part);
            inode.pending.push(Effect::Write(offset, part.to_vec()));
        };
        let mut state = self.disk.change(in_part)?;
        let inode = &mut state.inodes[self.inode];
        write(&mut inode.current, offset, from);
        inode.pending.push(Effect::Write(offset, from.to_vec()));
        Ok(())
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        let mut state = self.disk.change(|_| ())?;
        let inode = &mut state.inodes[self.inode];
        inode.current.resize(size as usize, 0);
        inode.pending.push(Effect::Truncate(size));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        // After a failed flush, some of it is on disk, and the rest will never be tried again.
        let in_part = |state: &mut State| {
            let mut dice = Dice(state.dice.roll(u64::MAX));
            let inode = &mut state.inodes[self.inode];
            inode.durable = inode.after_power_cut(&mut dice).durable;
            inode.pending.clear();
        };
        let mut state = self.disk.change(in_part)?;
        let inode = &mut state.inodes[self.inode];
        inode.durable = inode.current.clone();
        inode.pending.clear();
        Ok(())
    }
}
