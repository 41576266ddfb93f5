//! Messages on a stream: a length in two octets, then the message.
//!
//! Pure.
//!
//! Standards: RFC 1035 §4.2.2 · RFC 7766 §8 (length and message in one write).
//!
//! Invariants: F1 no more is kept than one unfinished message and what was fed after it. F2 a
//! length above the limit is refused before its octets are kept.
//!
//! Not here: how long to wait for the rest (`server::net`).

/// A stream that cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The sender announces more than we take.
    #[error("message of {length} octets is announced, {limit} is the limit")]
    TooLong {
        /// Octets announced.
        length: usize,
        /// Octets allowed.
        limit: usize,
    },
}

/// Takes octets as they come and gives messages back.
#[derive(Debug)]
pub struct Frames {
    buffer: Vec<u8>,
    /// Octets at the front that were already given out.
    taken: usize,
    limit: usize,
}

impl Frames {
    /// Messages of up to `limit` octets are accepted; 65,535 accepts all.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { buffer: Vec::new(), taken: 0, limit }
    }

    /// Adds octets; call [`Frames::take`] until it has no more before feeding again.
    pub fn feed(&mut self, octets: &[u8]) {
        if self.taken > 0 {
            self.buffer.drain(..self.taken);
            self.taken = 0;
        }
        self.buffer.extend_from_slice(octets);
    }

    /// Whether [`Frames::take`] has something to say without more octets.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let rest = self.buffer.get(self.taken..).unwrap_or(&[]);
        rest.split_first_chunk::<2>().is_some_and(|(&length, rest)| {
            let length = usize::from(u16::from_be_bytes(length));
            length > self.limit || rest.len() >= length
        })
    }

    /// The next whole message, maybe empty; `None` when more octets are needed.
    ///
    /// # Errors
    /// When the next message is longer than the limit; the stream is then of no use.
    pub fn take(&mut self) -> Result<Option<&[u8]>, FrameError> {
        let rest = self.buffer.get(self.taken..).unwrap_or(&[]);
        let Some((&length, rest)) = rest.split_first_chunk::<2>() else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes(length));
        if length > self.limit {
            return Err(FrameError::TooLong { length, limit: self.limit });
        }
        let message = rest.get(..length);
        if message.is_some() {
            self.taken = self.taken.wrapping_add(2).wrapping_add(length);
        }
        Ok(message)
    }

    /// True when the stream may end here without cutting a message off; valid once
    /// [`Frames::take`] had no more.
    #[must_use]
    pub fn is_between_messages(&self) -> bool {
        self.taken == self.buffer.len()
    }
}

/// Appends the length and the message, to be sent in one write (RFC 7766 §8).
///
/// # Errors
/// When the message is longer than 65,535 octets; nothing is appended.
pub fn write_frame(out: &mut Vec<u8>, message: &[u8]) -> Result<(), FrameError> {
    let too_long = FrameError::TooLong { length: message.len(), limit: usize::from(u16::MAX) };
    let length = u16::try_from(message.len()).map_err(|_| too_long)?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(message);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn too_long_a_message_is_refused_by_its_length_alone() {
        let mut frames = Frames::new(512);
        frames.feed(&[2, 1]);
        assert!(frames.is_ready(), "a refusal needs no more octets");
        assert_eq!(frames.take(), Err(FrameError::TooLong { length: 513, limit: 512 }));
        let mut out = vec![7];
        assert!(write_frame(&mut out, &[0; 65_536]).is_err());
        assert_eq!(out, [7]);
    }

    /// Threat 2: messages without octets are messages, and the caller counts them.
    #[test]
    fn empty_messages_are_given_out() {
        let mut frames = Frames::new(512);
        assert!(!frames.is_ready());
        frames.feed(&[0, 0, 0, 0, 0]);
        assert_eq!(frames.take(), Ok(Some(&[][..])));
        assert!(frames.is_ready());
        assert_eq!(frames.take(), Ok(Some(&[][..])));
        assert!(!frames.is_ready());
        assert_eq!(frames.take(), Ok(None));
        assert!(!frames.is_between_messages());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Threat 42: one octet at a time or all at once makes no difference.
        #[test]
        fn messages_survive_any_cutting(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8),
            piece in 1_usize..700,
        ) {
            let mut stream = Vec::new();
            messages.iter().for_each(|message| write_frame(&mut stream, message).unwrap());
            let (mut frames, mut seen) = (Frames::new(300), Vec::new());
            for octets in stream.chunks(piece) {
                frames.feed(octets);
                while let Some(message) = frames.take().unwrap() {
                    seen.push(message.to_vec());
                }
            }
            prop_assert!(frames.is_between_messages());
            prop_assert_eq!(seen, messages);
        }
    }
}
