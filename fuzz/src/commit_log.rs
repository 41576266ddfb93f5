//! Octets as the life of a commit log: what is committed to it, what becomes of its files, and what is committed then.
//!
//! The first octet says whether the files are made by commits or out of the input alone. Then come the commits, two
//! octets each, and the damage, five octets each; or the files themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use store::simulated::{Log, SimulatedDisk};
use store::{Commit, Content, StoreError, Tuning};
use wire::name::Name;
use zone::{Builder, Diff, Limits, Version, ZoneId};

/// Small, so that images, compactions and several segments come about.
const TUNING: Tuning = Tuning {
    shards: 1,
    image_min_bytes: 600,
    log_min_bytes: 2_000,
    reserve_bytes: 0,
    history_steps_max: 3,
};

/// Zones that commits are made to.
const ZONES: [ZoneId; 3] = [ZoneId(1), ZoneId(2), ZoneId(u32::MAX)];

/// Versions of every zone, one step from each to the next; some are large enough for an image.
static VERSIONS: LazyLock<Vec<Version>> = LazyLock::new(|| (0..8).map(version).collect());
static STEPS: LazyLock<Vec<Diff>> =
    LazyLock::new(|| VERSIONS.windows(2).map(|pair| pair[0].diff(&pair[1])).collect());

type Files = BTreeMap<String, Vec<u8>>;

/// Everything that must hold for a commit log, whatever happened to its files.
///
/// # Panics
/// When it does not.
pub fn run(octets: &[u8]) {
    let Some((&[how, commits], rest)) = octets.split_first_chunk() else { return };
    if how & 1 == 0 {
        let (commits, damage) = rest.split_at(rest.len().min(2 * usize::from(commits & 63)));
        let mut life = Life::default();
        commits.chunks_exact(2).for_each(|what| life.commit(what[0], what[1]));
        let mut files = life.disk.files();
        let damage: Vec<Damage> =
            damage.chunks_exact(5).map(|octets| life.damage(&mut files, octets)).collect();
        life.goes_on_with(&files, damage.into_iter().max());
    } else {
        let life = Life::default();
        life.goes_on_with(&made_up(rest), Some(Damage::Forged));
    }
}

fn version(serial: u32) -> Version {
    let apex: Name = "z.".parse().expect("a name");
    let mut text = format!("@ 60 SOA a a {serial} 2 3 4 30\n@ 60 NS a\na{serial} 60 A 192.0.2.1\n");
    for large in 0..(if serial % 3 == 2 { 40 } else { 0 }) {
        text.push_str(&format!("t{large} 60 TXT \"{serial}\"\n"));
    }
    let mut builder = Builder::new(apex.clone(), Limits::default());
    for record in wire::master::read(text.as_bytes(), &apex).expect("a master file") {
        builder.push(record.as_ref()).expect("a record of the zone");
    }
    builder.finish().expect("a zone")
}

/// What can be told of files after damage, more or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Damage {
    /// Octets became others: nothing can be missing without a word.
    Changed,
    /// Files are shorter or older than they were: commits may be missing without a word.
    Missing,
    /// Checksums were made anew: anything may be there, as long as nothing breaks.
    Forged,
}

/// What is known of a zone's version.
type Told = (u32, [u8; 48]);

/// A log, and what was committed to it.
struct Life {
    disk: SimulatedDisk,
    log: Log,
    /// Each version that was ever committed to a zone.
    ever: BTreeSet<(ZoneId, Told)>,
    /// The last version of each zone, by its place in [`VERSIONS`].
    last: BTreeMap<ZoneId, usize>,
    /// The files as they were after some of the commits.
    earlier: Vec<Files>,
}

impl Default for Life {
    fn default() -> Self {
        let disk = SimulatedDisk::new(7);
        let (log, _) = Log::open(&disk, TUNING).expect("an empty folder");
        let (ever, last) = (BTreeSet::new(), BTreeMap::new());
        Self { disk, log, ever, last, earlier: Vec::new() }
    }
}

impl Life {
    fn commit(&mut self, what: u8, which: u8) {
        let id = ZONES[usize::from(which >> 6) % ZONES.len()];
        let place = usize::from(which) % VERSIONS.len();
        match what & 7 {
            0 | 1 => self.whole(id, place),
            2 | 3 => self.steps(id, place),
            4 if which & 7 == 0 => {
                self.log.commit(&[Commit::Drop { id }]).expect("a disk that works");
                self.last.remove(&id);
            }
            4 | 5 => self.earlier.push(self.disk.files()),
            6 => {
                self.log.compact().expect("a disk that works");
            }
            _ => {
                self.log.compact_if_due().expect("a disk that works");
                self.disk = self.disk.after_kill();
                (self.log, _) = Log::open(&self.disk, TUNING).expect("a good log");
            }
        }
    }

    fn whole(&mut self, id: ZoneId, place: usize) {
        let version = VERSIONS[place].clone();
        self.log.commit(&[Commit::Whole { id, version }]).expect("a disk that works");
        self.note(id, place);
    }

    /// One step or more from the last version.
    fn steps(&mut self, id: ZoneId, place: usize) {
        let Some(&from) = self.last.get(&id).filter(|from| **from < place) else { return };
        let (diffs, result) = (&STEPS[from..place], VERSIONS[place].clone());
        self.log.commit(&[Commit::Diffs { id, diffs, result }]).expect("a disk that works");
        self.note(id, place);
    }

    fn note(&mut self, id: ZoneId, place: usize) {
        self.ever.insert((id, told(&VERSIONS[place])));
        self.last.insert(id, place);
    }

    /// Does something to one of the files.
    fn damage(&self, files: &mut Files, octets: &[u8]) -> Damage {
        let &[what, which, high, low, value] = octets else { return Damage::Changed };
        let Some(name) = files.keys().nth(usize::from(which) % files.len().max(1)).cloned() else {
            return Damage::Missing;
        };
        let earlier = self.earlier.get(usize::from(value) % self.earlier.len().max(1));
        let other = files.values().nth(usize::from(value) % files.len()).cloned();
        let file = files.get_mut(&name).expect("one of them");
        let at = usize::from(u16::from_be_bytes([high, low])) % (file.len() + 1);
        let end = file.len().min(at + usize::from(value));
        match what % 11 {
            0 | 1 => file.get_mut(at).into_iter().for_each(|octet| *octet ^= value),
            2 => file[at..end].fill(0),
            3 => file.truncate(at),
            4 => drop(file.drain(at..end)),
            5 => drop(file.splice(at..at, vec![value; usize::from(value)])),
            6 => drop(files.remove(&name)),
            7 => match earlier.and_then(|earlier| earlier.get(&name)) {
                Some(before) => file.clone_from(before),
                None => drop(files.remove(&name)),
            },
            8 => file.clone_from(&other.expect("one of them")),
            9 => {
                let copy = file[at..end].to_vec();
                file.extend(copy);
            }
            _ => {
                forge(file, at, value);
                return Damage::Forged;
            }
        }
        if what % 11 < 3 { Damage::Changed } else { Damage::Missing }
    }

    /// What a restart makes of the files, and that commits go on from there.
    fn goes_on_with(&self, files: &Files, damage: Option<Damage>) {
        let disk = SimulatedDisk::with(files);
        let opened = Log::open(&disk, TUNING);
        let (log, mut recovered) = match opened {
            Ok(opened) => opened,
            Err(StoreError::NewerFormat { .. } | StoreError::UnknownFormat { .. })
                if damage == Some(Damage::Forged) =>
            {
                return;
            }
            Err(error) => panic!("a log of which something reads opens: {error}"),
        };
        let faults = recovered.faults.clone();
        faults.iter().for_each(|fault| assert!(!fault.to_string().is_empty()));
        let mut held = BTreeMap::new();
        for id in ZONES {
            let content = recovered.take(id);
            let last = self.last.get(&id).map(|place| told(&VERSIONS[*place]));
            let is_told =
                !faults.is_empty() || matches!(content, Content::Behind(..) | Content::Lost(_));
            let version = match content {
                Content::Held(version) | Content::Behind(version, _) => Some(version),
                Content::Empty | Content::Lost(_) => None,
            };
            let found = version.as_ref().map(told);
            match damage {
                None => assert_eq!((found, is_told), (last, false), "nothing happened"),
                Some(Damage::Changed) => assert!(found == last || is_told, "{id} lost in silence"),
                Some(Damage::Missing | Damage::Forged) => {}
            }
            if let Some(found) = found.filter(|_| damage != Some(Damage::Forged)) {
                assert!(self.ever.contains(&(id, found)), "{id} never was at {}", found.0);
            }
            held.extend(version.map(|version| (id, version)));
        }
        if damage != Some(Damage::Forged) {
            recovers_the_same(&disk, &held);
            commits_go_on(&log, &disk, held);
        }
    }
}

/// Recovery comes to the same again, and whatever it cut off or left behind takes nothing along.
fn recovers_the_same(disk: &SimulatedDisk, held: &BTreeMap<ZoneId, Version>) {
    for disk in [disk.after_kill(), disk.after_power_cut()] {
        let (_, mut again) = Log::open(&disk, TUNING).expect("it was opened before");
        for id in ZONES {
            let found = match again.take(id) {
                Content::Held(version) | Content::Behind(version, _) => Some(told(&version)),
                Content::Empty | Content::Lost(_) => None,
            };
            assert_eq!(found, held.get(&id).map(told), "{id}");
        }
    }
}

/// What is committed after the damage is there after a power cut, compacted or not, without a word of loss.
fn commits_go_on(log: &Log, disk: &SimulatedDisk, mut held: BTreeMap<ZoneId, Version>) {
    let [first, second, third] = ZONES;
    let whole = Commit::Whole { id: first, version: VERSIONS[5].clone() };
    log.commit(&[whole]).expect("a whole version fits whatever was there");
    held.insert(first, VERSIONS[5].clone());
    if let Some(before) = held.get(&second).cloned() {
        // Whatever version it is, a step from it fits.
        let result = version(before.serial().0.wrapping_add(1));
        let diffs = [before.diff(&result)];
        log.commit(&[Commit::Diffs { id: second, diffs: &diffs, result: result.clone() }])
            .expect("a step from what is held");
        held.insert(second, result);
    }
    log.commit(&[Commit::Drop { id: third }]).expect("a disk that works");
    held.remove(&third);
    is_there(&disk.after_power_cut(), &held);
    log.compact().expect("a disk that works");
    is_there(&disk.after_power_cut(), &held);
}

fn is_there(disk: &SimulatedDisk, held: &BTreeMap<ZoneId, Version>) {
    let (_, mut recovered) = Log::open(disk, TUNING).expect("what was just committed to");
    for id in ZONES {
        match (recovered.take(id), held.get(&id)) {
            (Content::Held(found), Some(version)) => assert_eq!(told(&found), told(version)),
            (Content::Empty, None) => {}
            // What was dropped may be taken for lost where the log had holes.
            (Content::Lost(_), None) => {}
            (found, expected) => {
                let (shown, serial) = (shown(&found), expected.map(|version| version.serial()));
                panic!("{id}: {shown}, not {serial:?}");
            }
        }
    }
}

fn shown(content: &Content) -> String {
    match content {
        Content::Empty => "nothing".to_owned(),
        Content::Held(version) => format!("{:?}", version.serial()),
        Content::Behind(version, loss) => format!("{:?}, for {loss}", version.serial()),
        Content::Lost(loss) => format!("nothing, for {loss}"),
    }
}

fn told(version: &Version) -> Told {
    (version.serial().0, version.digest())
}

/// A folder of files with any content.
fn made_up(mut rest: &[u8]) -> Files {
    let mut files = Files::new();
    while let Some((&[what, high, low], others)) = rest.split_first_chunk() {
        let len = usize::from(u16::from_be_bytes([high & 7, low])).min(others.len());
        let (octets, others) = others.split_at(len);
        let (number, mut file) = (u32::from(what >> 4), octets.to_vec());
        let (kind, name) = match what & 3 {
            0 | 1 => (1, format!("log-{number:010}")),
            2 => (2, format!("base-{number:010}")),
            _ => (3, format!("image-{}-{number}-{number}", number & 3)),
        };
        if what & 4 != 0 {
            file = framed(kind, number, octets);
        }
        files.insert(name, file);
        rest = others;
    }
    files
}

/// Octets in each copy of a header, and in a frame's head (ADR 0003).
const HEADER: usize = 64;
const HEAD: usize = 40;

/// A file with a good header and good frames around octets: for each frame its kind, zone, length, payload.
fn framed(kind: u16, number: u32, mut octets: &[u8]) -> Vec<u8> {
    let salt = 0x7a31_7473_u32;
    let mut header = b"UNDRSTDY\x02\0".to_vec();
    header.extend(kind.to_le_bytes());
    header.extend(64_u32.to_le_bytes());
    header.extend(salt.to_le_bytes());
    let (zone, serial) = if kind == 3 { (number & 3, number) } else { (0, 0) };
    header.extend(zone.to_le_bytes());
    header.extend(serial.to_le_bytes());
    header.extend(u64::from(number).to_le_bytes());
    header.resize(HEADER - 4, 0);
    header.extend(crc32c(0, &header).to_le_bytes());
    let mut file = header.repeat(2);
    let mut before = [0_u32; 2];
    while let Some((&[kind, zone, len], others)) = octets.split_first_chunk() {
        let (payload, others) = others.split_at(usize::from(len).min(others.len()));
        let zone = u32::from(zone & 3);
        let mut head = salt.to_le_bytes().to_vec();
        let length = u32::try_from(payload.len()).expect("few");
        [u32::from(kind), zone, length].iter().for_each(|it| head.extend(it.to_le_bytes()));
        head.extend((file.len() as u64).to_le_bytes());
        before.iter().for_each(|it| head.extend(it.to_le_bytes()));
        head.extend(crc32c(0, payload).to_le_bytes());
        head.extend(crc32c(crc32c(0, &(file.len() as u64).to_le_bytes()), &head).to_le_bytes());
        file.extend(head);
        file.extend(payload);
        before = [zone, length + 40];
        octets = others;
    }
    file
}

/// Changes an octet of a file and makes the checksums around it anew.
fn forge(file: &mut [u8], at: usize, value: u8) {
    let Some(octet) = file.get_mut(at) else { return };
    *octet ^= value;
    for copy in file.chunks_exact_mut(HEADER).take(2) {
        let checksum = crc32c(0, &copy[..HEADER - 4]);
        copy[HEADER - 4..].copy_from_slice(&checksum.to_le_bytes());
    }
    let mut offset = 2 * HEADER;
    while let Some(head) = file.get(offset..offset + HEAD) {
        let length: [u8; 4] = head[12..16].try_into().expect("four octets");
        let end = offset + HEAD + u32::from_le_bytes(length) as usize;
        let Some(payload) = file.get(offset + HEAD..end) else { return };
        let checksum = crc32c(0, payload).to_le_bytes();
        file[offset + 32..offset + 36].copy_from_slice(&checksum);
        let before = crc32c(0, &(offset as u64).to_le_bytes());
        let checksum = crc32c(before, &file[offset..offset + HEAD - 4]).to_le_bytes();
        file[offset + HEAD - 4..offset + HEAD].copy_from_slice(&checksum);
        offset = end;
    }
}

/// CRC-32C (RFC 3720 §12.1), bit by bit, going on from a checksum.
fn crc32c(from: u32, octets: &[u8]) -> u32 {
    !octets.iter().fold(!from, |sum, octet| {
        (0..8).fold(sum ^ u32::from(*octet), |sum, _| {
            (sum >> 1) ^ (0x82f6_3b78 & (sum & 1).wrapping_neg())
        })
    })
}
