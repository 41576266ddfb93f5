//! A message walked from its first octet to its last by RFC 1035 §4.1, without `wire`.

use core::ops::Range;

/// Where everything is.
#[derive(Debug, Default)]
pub struct Walk {
    /// Questions, and records of the three sections.
    pub counts: [u16; 4],
    /// Name, type and class of each question; no name when its pointers lead nowhere.
    pub questions: Vec<(Option<Vec<u8>>, u16, u16)>,
    /// All records in order.
    pub records: Vec<Seen>,
    /// Octets up to the end of the last record.
    pub end: usize,
}

/// One record.
#[derive(Debug)]
pub struct Seen {
    /// 1 for answers, 2 for authority, 3 for additional.
    pub section: usize,
    /// Octet at which it starts.
    pub start: usize,
    /// Owner in lower case, pointers followed; `None` when they lead nowhere.
    pub owner: Option<Vec<u8>>,
    /// Type, class and TTL as they stand there.
    pub fields: (u16, u16, u32),
    /// Where its rdata is.
    pub rdata: Range<usize>,
}

impl Walk {
    /// `None` when something is not there.
    #[must_use]
    pub fn over(octets: &[u8]) -> Option<Self> {
        let mut walk = Self::default();
        walk.all(octets).map(|()| walk)
    }

    /// As far as something is there.
    #[must_use]
    pub fn into(octets: &[u8]) -> Self {
        let mut walk = Self::default();
        let _ = walk.all(octets);
        walk
    }

    fn all(&mut self, octets: &[u8]) -> Option<()> {
        for (count, at) in self.counts.iter_mut().zip([4, 6, 8, 10]) {
            *count = number(octets, at)?;
        }
        self.end = 12;
        for _ in 0..self.counts[0] {
            let qname = name(octets, self.end).map(|(qname, _)| qname);
            let at = skip(octets, self.end)?;
            self.questions.push((qname, number(octets, at)?, number(octets, at + 2)?));
            self.end = at + 4;
        }
        for (section, count) in self.counts.into_iter().enumerate().skip(1) {
            for _ in 0..count {
                let seen = Seen::read(octets, section, self.end)?;
                self.end = seen.rdata.end;
                self.records.push(seen);
            }
        }
        Some(())
    }
}

impl Seen {
    fn read(octets: &[u8], section: usize, start: usize) -> Option<Self> {
        let (owner, at) = (name(octets, start).map(|(owner, _)| owner), skip(octets, start)?);
        let (high, low) = (number(octets, at + 4)?, number(octets, at + 6)?);
        let ttl = u32::from(high) << 16 | u32::from(low);
        let fields = (number(octets, at)?, number(octets, at + 2)?, ttl);
        let rdata = at + 10..at + 10 + usize::from(number(octets, at + 8)?);
        octets.get(rdata.clone())?;
        Some(Self { section, start, owner, fields, rdata })
    }
}

/// Two octets.
#[must_use]
pub fn number(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(octets.get(at..at + 2)?.try_into().ok()?))
}

/// Where a name ends that need not lead anywhere.
fn skip(octets: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match usize::from(*octets.get(at)?) {
            0 => return Some(at + 1),
            len @ 1..64 => at += 1 + len,
            192.. => return number(octets, at).map(|_| at + 2),
            _ => return None,
        }
    }
}

/// A name in lower case, and where it ends. Pointers lead to what stands before the name they are in.
#[must_use]
pub fn name(octets: &[u8], start: usize) -> Option<(Vec<u8>, usize)> {
    let (mut labels, mut at, mut end, mut limit) = (Vec::new(), start, None, start);
    loop {
        let len = usize::from(*octets.get(at)?);
        match len {
            0 => {
                labels.push(0);
                let is_short = labels.len() <= 255;
                return is_short.then_some((labels, end.unwrap_or(at + 1)));
            }
            1..64 => {
                labels.extend(octets.get(at..=at + len)?.to_ascii_lowercase());
                at += 1 + len;
            }
            192.. => {
                end = end.or(Some(at + 2));
                at = usize::from(number(octets, at)? & 0x3fff);
                (at < limit).then_some(())?;
                limit = at;
            }
            _ => return None,
        }
    }
}
