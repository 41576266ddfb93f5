//! A folder in memory that forgets what was not flushed, fails when told to, and can be crashed
//! after any call.
//!
//! Touches nothing: the disk is in memory, and what happens to it follows from its seed.
//!
//! Invariants: it keeps what the operating system promises and nothing more. W1 after a power cut,
//! unflushed writes are there in part, in any part, or not at all; unflushed names are there up to
//! some point in order. W2 what a failed flush left out is still read, and no later flush writes it,
//! unless it is written again.
//!
//! Not here: the real one (`disk`), and what happens on either (`shard`).

use crate::disk::{Disk, DiskFile};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Octets that reach the disk together or not at all. Small, so that heads are torn as well.
const SECTOR: usize = 16;

/// A small generator of numbers from a seed.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`, which is not 0.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// What is to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The power goes before the call: nothing works from then on.
    Crash,
    /// The call fails; a write may have been done in part.
    Error(io::ErrorKind),
    /// The caller panics; a write may have been done in part.
    Panic,
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

#[derive(Clone, Debug)]
struct State {
    inodes: Vec<Inode>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    pending_names: Vec<NameEffect>,
    calls: u64,
    trouble: BTreeMap<u64, Trouble>,
    /// Until the disk is repaired, every call that changes something fails like this.
    broken: Option<io::ErrorKind>,
    /// Octets that all files may have together.
    capacity: Option<u64>,
    salts: u32,
    crashed: bool,
    dice: Dice,
}

/// The folder. Clones share it.
#[derive(Clone, Debug)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct SimulatedFile {
    disk: SimulatedDisk,
    inode: usize,
}

impl SimulatedDisk {
    /// An empty folder, and the seed of all that will happen to it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::from(State {
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            pending_names: Vec::new(),
            calls: 0,
            trouble: BTreeMap::new(),
            broken: None,
            capacity: None,
            salts: 0,
            crashed: false,
            dice: Dice(seed),
        })
    }

    /// A folder with these files, all durable.
    #[must_use]
    pub fn with(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let disk = Self::new(1);
        let mut state = disk.state();
        for (name, octets) in files {
            let (current, durable) = (octets.clone(), octets.clone());
            state.inodes.push(Inode { current, durable, ..Inode::default() });
            let at = state.inodes.len() - 1;
            state.names.insert(name.clone(), at);
            state.durable_names.insert(name.clone(), at);
        }
        drop(state);
        disk
    }

    /// A copy of all files, as they read.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let file =
            |(name, at): (&String, &usize)| (name.clone(), state.inodes[*at].current.clone());
        state.names.iter().map(file).collect()
    }

    /// Lets the call with this number, counted from now, go wrong. Only calls that change something
    /// are counted.
    pub fn trouble_at(&self, call: u64, trouble: Trouble) {
        let mut state = self.state();
        let at = state.calls + call;
        state.trouble.insert(at, trouble);
    }

    /// From now on every call that changes something fails, until [`SimulatedDisk::repair`].
    pub fn break_down(&self, kind: io::ErrorKind) {
        self.state().broken = Some(kind);
    }

    /// The disk works again, and nothing is planned to go wrong.
    pub fn repair(&self) {
        let mut state = self.state();
        state.broken = None;
        state.trouble.clear();
    }

    /// How many octets all files may have together from now on; `None` is no limit.
    pub fn set_capacity(&self, octets: Option<u64>) {
        self.state().capacity = octets;
    }

    /// Makes an octet of a file unreadable. A name that is not there is passed over.
    pub fn spoil(&self, name: &str, at: usize) {
        let mut state = self.state();
        if let Some(inode) = state.names.get(name).copied() {
            state.inodes[inode].bad = Some(at);
        }
    }

    /// Calls that changed something, or tried to, so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// True once a crash has happened.
    #[must_use]
    pub fn is_crashed(&self) -> bool {
        self.state().crashed
    }

    /// What a reboot after a power cut finds.
    #[must_use]
    pub fn after_power_cut(&self) -> Self {
        let mut state = self.state();
        let mut dice = Dice(state.dice.roll(u64::MAX));
        let mut names = state.durable_names.clone();
        let kept = dice.roll(state.pending_names.len() as u64 + 1) as usize;
        for effect in &state.pending_names[..kept] {
            effect.apply(&mut names);
        }
        let inodes = state.inodes.iter().map(|inode| inode.after_power_cut(&mut dice)).collect();
        let after = State { inodes, dice, ..state.fresh() };
        Self::from(State { durable_names: names.clone(), names, ..after })
    }

    /// What a new program finds after the old one was killed: everything that was written.
    #[must_use]
    pub fn after_kill(&self) -> Self {
        Self::from(self.state().fresh())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A caller may panic on purpose while the state is locked; it is whole all the same.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(
        &self,
        in_part: impl FnOnce(&mut State, Trouble),
    ) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        if state.crashed {
            return Err(io::Error::other("crashed"));
        }
        let call = state.calls;
        state.calls += 1;
        let trouble = state.trouble.remove(&call).or(state.broken.map(Trouble::Error));
        let Some(trouble) = trouble else { return Ok(state) };
        in_part(&mut state, trouble);
        match trouble {
            Trouble::Crash => {
                state.crashed = true;
                Err(io::Error::other("crashed"))
            }
            Trouble::Error(kind) => Err(kind.into()),
            Trouble::Panic => panic!("a simulated defect at call {call}"),
        }
    }

    fn file(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let state = self.state();
        let inode = *state.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        drop(state);
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode }))
    }
}

impl From<State> for SimulatedDisk {
    fn from(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
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

    /// The same disk under another program: what was planned to go wrong does not follow it.
    fn fresh(&self) -> Self {
        Self { calls: 0, trouble: BTreeMap::new(), crashed: false, ..self.clone() }
    }

    fn free_bytes(&self) -> u64 {
        let used: usize = self.names.values().map(|at| self.inodes[*at].current.len()).sum();
        self.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(used as u64))
    }

    /// A write or a part of one.
    fn write(&mut self, inode: usize, offset: u64, octets: &[u8]) {
        let inode = &mut self.inodes[inode];
        let effect = Effect::Write(offset, octets.to_vec());
        effect.apply(&mut inode.current);
        inode.pending.push(effect);
    }
}

impl Effect {
    fn apply(&self, octets: &mut Vec<u8>) {
        match self {
            Self::Write(offset, from) => write(octets, *offset, from),
            Self::Truncate(size) => octets.resize(*size as usize, 0),
        }
    }
}

impl Inode {
    fn after_power_cut(&self, dice: &mut Dice) -> Self {
        let mut durable = self.durable.clone();
        for effect in &self.pending {
            match (effect, dice.roll(4)) {
                (Effect::Truncate(_), 2..) | (Effect::Write(..), 0) => {}
                (Effect::Truncate(_), _) | (Effect::Write(..), 1) => effect.apply(&mut durable),
                (Effect::Write(offset, octets), _) => {
                    for (index, sector) in octets.chunks(SECTOR).enumerate() {
                        if dice.roll(2) == 0 {
                            write(&mut durable, offset + (index * SECTOR) as u64, sector);
                        }
                    }
                }
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
        let mut state = self.change(|_, _| ())?;
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
        let mut state = self.change(|_, _| ())?;
        let inode = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        // One effect on a real file system: both names change, or neither does.
        NameEffect::Remove(from.to_owned()).apply(&mut state.names);
        state.name(NameEffect::Set(to.to_owned(), inode));
        state.pending_names.push(NameEffect::Remove(from.to_owned()));
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.change(|_, _| ())?;
        if !state.names.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.name(NameEffect::Remove(name.to_owned()));
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        Ok(self.state().free_bytes())
    }

    fn salt(&self) -> u32 {
        let mut state = self.state();
        state.salts = state.salts.wrapping_add(1);
        Dice(u64::from(state.salts)).roll(u64::from(u32::MAX)) as u32
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut state = self.change(|_, _| ())?;
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
        let in_part = |state: &mut State, _| {
            let part = &from[..state.dice.roll(from.len() as u64 + 1) as usize];
            state.write(self.inode, offset, part);
        };
        let mut state = self.disk.change(in_part)?;
        let end = offset as usize + from.len();
        let grows = end.saturating_sub(state.inodes[self.inode].current.len()) as u64;
        let free = state.free_bytes();
        if grows > free {
            let fitting = from.len().saturating_sub((grows - free) as usize);
            state.write(self.inode, offset, &from[..fitting]);
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.write(self.inode, offset, from);
        Ok(())
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        let mut state = self.disk.change(|_, _| ())?;
        let inode = &mut state.inodes[self.inode];
        inode.current.resize(size as usize, 0);
        inode.pending.push(Effect::Truncate(size));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let in_part = |state: &mut State, trouble| {
            if !matches!(trouble, Trouble::Error(_)) {
                return; // who is killed before the flush leaves all of it to the system
            }
            // W2.
            let mut dice = Dice(state.dice.roll(u64::MAX));
            let inode = &mut state.inodes[self.inode];
            inode.durable = inode.after_power_cut(&mut dice).durable;
            inode.pending.clear();
        };
        let mut state = self.disk.change(in_part)?;
        let inode = &mut state.inodes[self.inode];
        for effect in inode.pending.drain(..) {
            effect.apply(&mut inode.durable);
        }
        Ok(())
    }
}
