//! Writing a message into the caller's buffer.
//!
//! Pure; allocates nothing.
//!
//! Standards: RFC 1035 §4.1 · RFC 3597 §4 (which rdata may be compressed) · RFC 6891 §6.1 (OPT) ·
//! RFC 4343 §4 (case is kept) · RFC 5936 §3.4 (also in copies).
//!
//! Invariants: B1 a record is written whole or not at all. B2 octets never pass the limit. B3 names
//! keep their case, but for an owner at or above the qname, which is echoed as it was asked, other than in copies.
//! B4 a message costs the time of its octets: compression looks at a fixed number of places.
//!
//! Not here: which records to send and in which order (`proto::answer`), TSIG (`tsig`).

mod compress;
mod opt;

use crate::codes::{Class, Rcode, Rrtype};
use crate::message::{Flags, HEADER_OCTETS, Section};
use crate::name::NameRef;
use crate::rdata;
use crate::record::RecordRef;
use compress::Compressor;

/// No room for what was to be written; the message is as it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("message is full")]
pub struct Full;

/// A message under construction.
#[derive(Debug)]
pub struct Builder<'b> {
    out: Out<'b>,
    flags: Flags,
    /// Questions, then records of each section.
    counts: [u16; 4],
    /// Wire length of the qname; zero while there is no question.
    qname_len: usize,
    owners: Owners,
    /// Where the open OPT record keeps its length, if there is one.
    opt_length_at: Option<usize>,
    compressor: Compressor,
}

/// In which case owners are written that the question has too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owners {
    /// As the question has them: a pointer is enough.
    AsAsked,
    /// As they are: a copy of a zone keeps the case that it was given (RFC 5936 §3.4).
    AsTheyAre,
}

/// A state of the message to go back to; see [`Builder::rollback`].
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    len: usize,
    counts: [u16; 4],
}

/// The octets written so far, and how far they may go.
#[derive(Debug)]
struct Out<'b> {
    octets: &'b mut [u8],
    len: usize,
    /// Octets records may fill.
    limit: usize,
}

impl<'b> Builder<'b> {
    /// Starts a message of at most `octets.len()` octets, or 65,535.
    ///
    /// # Errors
    /// When there is no room for a header.
    pub fn new(octets: &'b mut [u8], id: u16, flags: Flags) -> Result<Self, Full> {
        let limit = octets.len().min(usize::from(u16::MAX));
        let mut out = Out { octets, len: 0, limit };
        let [i0, i1] = id.to_be_bytes();
        out.write_array([i0, i1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
        let compressor = Compressor::new();
        let counts = [0; 4];
        let owners = Owners::AsAsked;
        Ok(Self { out, flags, counts, qname_len: 0, owners, opt_length_at: None, compressor })
    }

    /// Writes the question; it comes first and once.
    ///
    /// # Errors
    /// When it does not fit, or when something is written already.
    pub fn question(
        &mut self,
        qname: NameRef<'_>,
        qtype: Rrtype,
        qclass: Class,
    ) -> Result<(), Full> {
        if self.out.len != HEADER_OCTETS {
            return Err(Full);
        }
        let ([t0, t1], [c0, c1]) = (qtype.0.to_be_bytes(), qclass.0.to_be_bytes());
        let whole =
            self.out.write(qname.as_wire()).and_then(|()| self.out.write(&[t0, t1, c0, c1]));
        if whole.is_err() {
            self.out.len = HEADER_OCTETS;
            return whole;
        }
        self.qname_len = qname.wire_len();
        self.counts = [1, 0, 0, 0];
        Ok(())
    }

    /// Says in which case owners are written from here on; as asked unless this is called.
    pub const fn write_owners(&mut self, owners: Owners) {
        self.owners = owners;
    }

    /// Appends a record. Sections come in order: nothing goes to an earlier one.
    ///
    /// # Errors
    /// When it does not fit; the message is then as before.
    pub fn push_record(&mut self, section: Section, record: RecordRef<'_>) -> Result<(), Full> {
        let start = self.out.len;
        if self.write_record(record).is_err() {
            self.out.len = start;
            self.compressor.forget_from(start);
            return Err(Full);
        }
        self.count(section);
        Ok(())
    }

    /// The present state, to go back to when a whole rrset does not fit.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        Mark { len: self.out.len, counts: self.counts }
    }

    /// Drops everything written since `mark`.
    pub fn rollback(&mut self, mark: Mark) {
        if mark.len < self.out.len {
            self.out.len = mark.len;
            self.counts = mark.counts;
            self.compressor.forget_from(mark.len);
            self.opt_length_at = self.opt_length_at.filter(|&at| at < mark.len);
        }
    }

    /// Keeps `octets` at the end free of records: for OPT, or a TSIG added later.
    ///
    /// # Errors
    /// When so much is not left.
    pub fn reserve(&mut self, octets: usize) -> Result<(), Full> {
        let limit = self.out.limit.checked_sub(octets).filter(|&limit| limit >= self.out.len);
        self.out.limit = limit.ok_or(Full)?;
        Ok(())
    }

    /// Gives reserved octets back, up to the whole buffer.
    pub fn release(&mut self, octets: usize) {
        let most = self.out.octets.len().min(usize::from(u16::MAX));
        self.out.limit = self.out.limit.saturating_add(octets).min(most);
    }

    /// Sets bits such as AA or TC.
    pub const fn set(&mut self, flags: Flags) {
        self.flags = self.flags.with(flags);
    }

    /// Clears bits that were set.
    pub const fn clear(&mut self, flags: Flags) {
        self.flags = self.flags.without(flags);
    }

    /// Sets the lower four bits of the rcode; the others go to [`Builder::push_opt`].
    pub const fn set_rcode(&mut self, rcode: Rcode) {
        self.flags = self.flags.with_rcode(rcode);
    }

    /// Octets written so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.out.len
    }

    /// Octets records may still fill.
    #[must_use]
    pub const fn room(&self) -> usize {
        self.out.limit.saturating_sub(self.out.len)
    }

    /// True while there is neither a question nor a record.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.out.len <= HEADER_OCTETS
    }

    /// Records in a section so far, OPT included.
    #[must_use]
    pub const fn count_in(&self, section: Section) -> u16 {
        let [_, answer, authority, additional] = self.counts;
        match section {
            Section::Answer => answer,
            Section::Authority => authority,
            Section::Additional => additional,
        }
    }

    /// Completes the header; returns the length of the message.
    #[must_use]
    pub fn finish(mut self) -> usize {
        let [q, a, n, r] = self.counts.map(u16::to_be_bytes);
        let [f0, f1] = self.flags.0.to_be_bytes();
        let fields = [f0, f1, q[0], q[1], a[0], a[1], n[0], n[1], r[0], r[1]];
        self.out.overwrite(2, &fields);
        self.out.len
    }

    /// Counts a record that was written; 65,535 octets hold fewer records than a count can count.
    const fn count(&mut self, section: Section) {
        let [_, answer, authority, additional] = &mut self.counts;
        let count = match section {
            Section::Answer => answer,
            Section::Authority => authority,
            Section::Additional => additional,
        };
        *count = count.wrapping_add(1);
    }

    fn write_record(&mut self, record: RecordRef<'_>) -> Result<(), Full> {
        let RecordRef { owner, rrtype, class, ttl, rdata } = record;
        let ([t0, t1], [c0, c1]) = (rrtype.0.to_be_bytes(), class.0.to_be_bytes());
        let [l0, l1, l2, l3] = ttl.as_secs().to_be_bytes();
        let [r0, r1] = u16::try_from(rdata.len()).map_err(|_| Full)?.to_be_bytes();
        // Most owners are the qname or above it: two octets, and nothing to search.
        if let Some(at) = self.place_in_question(owner) {
            let [p0, p1] = (0xc000 | at).to_be_bytes();
            self.out.write_array([p0, p1, t0, t1, c0, c1, l0, l1, l2, l3, r0, r1])?;
        } else {
            self.write_name(owner)?;
            self.out.write_array([t0, t1, c0, c1, l0, l1, l2, l3, r0, r1])?;
        }
        // Addresses are most of what is sent; they have no names, and a known length.
        match (<&[u8; 4]>::try_from(rdata), rrtype) {
            (Ok(address), Rrtype::A) => self.out.write_array(*address),
            (Ok(_) | Err(_), _) => self.write_rdata(rrtype, rdata),
        }
    }

    /// Where `owner` starts in the question; case matters only to copies (B3).
    fn place_in_question(&self, owner: NameRef<'_>) -> Option<u16> {
        let before = self.qname_len.checked_sub(owner.wire_len())?;
        let asked_until = HEADER_OCTETS.wrapping_add(self.qname_len);
        let start = HEADER_OCTETS.wrapping_add(before);
        let asked = self.out.octets.get(start..asked_until)?;
        let same = asked == owner.as_wire()
            || self.owners == Owners::AsAsked && asked.eq_ignore_ascii_case(owner.as_wire());
        if !same || owner.is_root() {
            return None;
        }
        // The same octets are the same name only when a label of the qname starts there.
        let mut at = HEADER_OCTETS;
        while at < start {
            at = at.wrapping_add(1).wrapping_add(usize::from(*self.out.octets.get(at)?));
        }
        if at == start { u16::try_from(start).ok() } else { None }
    }

    fn write_name(&mut self, name: NameRef<'_>) -> Result<(), Full> {
        if name.is_root() {
            return self.out.write(&[0]);
        }
        self.compressor.write(&mut self.out, self.qname_len, name)
    }

    /// Copies rdata but for the names that may be compressed (RFC 3597 §4).
    fn write_rdata(&mut self, rrtype: Rrtype, octets: &[u8]) -> Result<(), Full> {
        let start = self.out.len;
        let mut copied = 0_usize;
        for (range, rule) in rdata::names(rrtype, octets) {
            if rule.may_compress()
                && let Some(between) = octets.get(copied..range.start)
                && let Some(name) = octets.get(range.clone())
            {
                self.out.write(between)?;
                self.write_name(NameRef::from_checked_wire(name))?;
                copied = range.end;
            }
        }
        self.out.write(octets.get(copied..).unwrap_or(&[]))?;
        if copied > 0 {
            let len = u16::try_from(self.out.len.wrapping_sub(start)).map_err(|_| Full)?;
            self.out.overwrite(start.wrapping_sub(2), &len.to_be_bytes());
        }
        Ok(())
    }
}

impl Out<'_> {
    fn write(&mut self, octets: &[u8]) -> Result<(), Full> {
        let end = self.len.wrapping_add(octets.len());
        if end > self.limit {
            return Err(Full);
        }
        self.octets.get_mut(self.len..end).ok_or(Full)?.copy_from_slice(octets);
        self.len = end;
        Ok(())
    }

    /// The same for few octets, whose number is known.
    fn write_array<const N: usize>(&mut self, octets: [u8; N]) -> Result<(), Full> {
        let end = self.len.wrapping_add(N);
        if end > self.limit {
            return Err(Full);
        }
        let place = self.octets.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut::<N>);
        *place.ok_or(Full)? = octets;
        self.len = end;
        Ok(())
    }

    /// Overwrites octets that were written before.
    fn overwrite(&mut self, at: usize, octets: &[u8]) {
        let end = at.wrapping_add(octets.len());
        if let Some(place) = self.octets.get_mut(at..end) {
            place.copy_from_slice(octets);
        }
    }

    /// What is written from `at` on.
    fn from(&self, at: usize) -> &[u8] {
        self.octets.get(at..self.len).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests;
