//! Walks the frames of a file and tells intact ones, damage and a torn tail apart.
//!
//! Pure.
//!
//! Invariants: C1 a frame is reported only if both its checksums match. C2 damage to one frame is
//! reported with its zone and hides no other frame. C3 a tail is torn only where no later frame
//! says that the file was durable; everything durable that does not read is damage.

use super::frame::{FrameKind, HEAD_OCTETS, Head, Tally};
use super::header::HEADER_OCTETS;
use super::payload::Payload;
use super::wide;

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    /// It was being written when the daemon ended: its last batch may be incomplete.
    Open,
    /// All of it was acknowledged: what does not read is damaged.
    Closed,
}

/// One stretch of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// An intact frame.
    Frame {
        /// Offset of its head.
        offset: u64,
        /// Its head.
        head: Head,
    },
    /// Octets that do not read.
    Damage(Damage),
}

/// Octets that do not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Where they start.
    pub(crate) offset: u64,
    /// How many they are.
    pub(crate) octets: u64,
    /// The only zone that can be affected; `None` when it may be any.
    pub(crate) zone: Option<u32>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    /// In the order of the file.
    pub(crate) items: Vec<Item>,
    /// End of what counts.
    pub(crate) end: u64,
    /// Octets behind it, of a batch that was never acknowledged.
    pub(crate) torn_octets: u64,
}

/// Walks `file`, which starts with a header that holds `salt`.
#[must_use]
pub(crate) fn scan(file: &[u8], salt: u32, tail: Tail) -> Scan {
    let mut items = Vec::new();
    let mut offset = HEADER_OCTETS;
    while offset < file.len() {
        let (item, next) = step(file, salt, offset);
        items.push(item);
        offset = next;
    }
    let mut scan = Scan { items, end: wide(file.len()), torn_octets: 0 };
    if tail == Tail::Open {
        scan.cut_torn_tail();
    }
    scan
}

impl Scan {
    /// Offset and head of each intact frame.
    pub(crate) fn frames(&self) -> impl Iterator<Item = (u64, &Head)> {
        self.items.iter().filter_map(|item| match item {
            Item::Frame { offset, head } => Some((*offset, head)),
            Item::Damage(_) => None,
        })
    }

    /// Each stretch that does not read.
    pub(crate) fn damage(&self) -> impl Iterator<Item = &Damage> {
        self.items.iter().filter_map(|item| match item {
            Item::Damage(damage) => Some(damage),
            Item::Frame { .. } => None,
        })
    }

    /// Takes apart the payload of one of this file's frames.
    pub(crate) fn payload<'f>(
        &self,
        file: &'f [u8],
        offset: u64,
        head: &Head,
    ) -> Option<Payload<'f>> {
        let from = usize::try_from(offset).ok()?.checked_add(HEAD_OCTETS)?;
        let end = from.checked_add(usize::try_from(head.length).ok()?)?;
        Payload::parse(head.kind, file.get(from..end)?)
    }

    /// Number and checksum of the intact frames, without those that are seals.
    pub(crate) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (_, head) in self.frames() {
            if head.kind != FrameKind::Seal {
                tally.add(head);
            }
        }
        tally
    }

    /// C3: the first damage at or behind the last durable offset ends the file.
    fn cut_torn_tail(&mut self) {
        let durable = self.frames().map(|(_, head)| head.durable).max().unwrap_or(0);
        let torn = self
            .items
            .iter()
            .position(|item| matches!(item, Item::Damage(damage) if damage.offset >= durable));
        let Some(at) = torn else { return };
        if let Some(Item::Damage(damage)) = self.items.get(at) {
            self.torn_octets = self.end.saturating_sub(damage.offset);
            self.end = damage.offset;
        }
        self.items.truncate(at);
    }
}

/// What is at `offset`, and where to go on: always further on.
fn step(file: &[u8], salt: u32, offset: usize) -> (Item, usize) {
    let Some(head) = head_at(file, salt, offset) else {
        return resynchronise(file, salt, offset);
    };
    let from = offset.saturating_add(HEAD_OCTETS);
    let end = usize::try_from(head.length).ok().and_then(|length| from.checked_add(length));
    let payload = end.and_then(|end| file.get(from..end));
    let at = wide(offset);
    match (payload, end) {
        (Some(payload), Some(end)) if head.vouches_for(payload) => {
            (Item::Frame { offset: at, head }, end)
        }
        (Some(_), Some(end)) => (damage(offset, end, Some(head.zone)), end),
        // The head is intact and promises more than there is: the file was cut.
        _ => (damage(offset, file.len(), Some(head.zone)), file.len()),
    }
}

/// R2: the next intact head tells whether exactly one frame is missing, and whose.
fn resynchronise(file: &[u8], salt: u32, offset: usize) -> (Item, usize) {
    let mark = salt.to_le_bytes();
    let mut from = offset.saturating_add(1);
    while let Some(rest) = file.get(from..) {
        let Some(found) = rest.windows(mark.len()).position(|window| window == mark) else { break };
        let next = from.saturating_add(found);
        if let Some(head) = head_at(file, salt, next) {
            let octets = wide(next.saturating_sub(offset));
            let alone = u64::from(head.before.octets) == octets;
            return (damage(offset, next, alone.then_some(head.before.zone)), next);
        }
        from = next.saturating_add(1);
    }
    (damage(offset, file.len(), None), file.len())
}

fn head_at(file: &[u8], salt: u32, offset: usize) -> Option<Head> {
    let end = offset.checked_add(HEAD_OCTETS)?;
    Head::parse(file.get(offset..end)?, salt, wide(offset))
}

fn damage(from: usize, end: usize, zone: Option<u32>) -> Item {
    let octets = wide(end.saturating_sub(from));
    Item::Damage(Damage { offset: wide(from), octets, zone })
}

#[cfg(test)]
mod tests;
