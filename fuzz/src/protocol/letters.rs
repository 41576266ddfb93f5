//! Octets that are not yet spelled out.

/// What is left of an input.
#[derive(Clone, Copy, Debug)]
pub struct Letters<'o>(pub &'o [u8]);

impl<'o> Letters<'o> {
    /// The next octet.
    pub fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next two octets as a number.
    pub fn number(&mut self) -> Option<u16> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*first))
    }

    /// The next octets, or as many as there are.
    pub fn take(&mut self, octets: usize) -> &'o [u8] {
        let (taken, rest) = self.0.split_at(octets.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Octets behind their length, as messages come over TCP (RFC 1035 §4.2.2); the last may be cut short.
    pub fn framed(&mut self) -> Option<&'o [u8]> {
        let len = self.number()?;
        Some(self.take(usize::from(len)))
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
