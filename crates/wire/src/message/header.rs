//! The twelve octets in front.
//!
//! Pure.
//!
//! Standards: RFC 1035 §4.1.1 · RFC 6895 §2.1 (AD, CD).
//!
//! Not here: the upper bits of the rcode (`edns`).

use core::fmt;

use crate::codes::{Opcode, Rcode};

/// Octets of a message header.
pub const HEADER_OCTETS: usize = 12;

/// Header of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Pairs an answer with its question.
    pub id: u16,
    /// Everything in the second pair of octets.
    pub flags: Flags,
    /// Questions.
    pub qdcount: u16,
    /// Records in the answer section.
    pub ancount: u16,
    /// Records in the authority section.
    pub nscount: u16,
    /// Records in the additional section.
    pub arcount: u16,
}

impl Header {
    /// `None` when there are fewer than twelve octets; every value of them is legal.
    #[must_use]
    pub fn parse(octets: &[u8]) -> Option<Self> {
        let &[i0, i1, f0, f1, q0, q1, a0, a1, n0, n1, r0, r1] =
            octets.first_chunk::<HEADER_OCTETS>()?;
        Some(Self {
            id: u16::from_be_bytes([i0, i1]),
            flags: Flags(u16::from_be_bytes([f0, f1])),
            qdcount: u16::from_be_bytes([q0, q1]),
            ancount: u16::from_be_bytes([a0, a1]),
            nscount: u16::from_be_bytes([n0, n1]),
            arcount: u16::from_be_bytes([r0, r1]),
        })
    }
}

/// Second pair of octets of a header: bits, opcode and the lower rcode.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(pub u16);

impl Flags {
    /// The message is an answer.
    pub const QR: Self = Self(0x8000);
    /// The answer is authoritative.
    pub const AA: Self = Self(0x0400);
    /// The answer is incomplete.
    pub const TC: Self = Self(0x0200);
    /// Recursion is desired; echoed.
    pub const RD: Self = Self(0x0100);
    /// Recursion is available.
    pub const RA: Self = Self(0x0080);
    /// The answer was validated.
    pub const AD: Self = Self(0x0020);
    /// Do not validate; echoed.
    pub const CD: Self = Self(0x0010);

    /// Flags of a request.
    #[must_use]
    pub const fn request(opcode: Opcode) -> Self {
        Self(((opcode.0 & 0x0f) as u16) << 11)
    }

    /// Flags of the answer to a request with these flags: QR, and opcode, RD and CD echoed.
    #[must_use]
    pub const fn response(self) -> Self {
        Self(Self::QR.0 | self.0 & (0x7800 | Self::RD.0 | Self::CD.0))
    }

    /// With the bits of `other` set too.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With the bits of `other` clear.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// With the lower four bits of `rcode`; OPT carries the rest.
    #[must_use]
    pub const fn with_rcode(self, rcode: Rcode) -> Self {
        Self(self.0 & 0xfff0 | rcode.0 & 0x000f)
    }

    /// True if all bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// QR: an answer, not a request.
    #[must_use]
    pub const fn is_response(self) -> bool {
        self.has(Self::QR)
    }

    /// What the message asks for.
    #[must_use]
    pub const fn opcode(self) -> Opcode {
        Opcode((self.0 >> 11) as u8 & 0x0f)
    }

    /// AA: from the zone itself.
    #[must_use]
    pub const fn aa(self) -> bool {
        self.has(Self::AA)
    }

    /// TC: incomplete, ask over TCP.
    #[must_use]
    pub const fn tc(self) -> bool {
        self.has(Self::TC)
    }

    /// RD: recursion desired.
    #[must_use]
    pub const fn rd(self) -> bool {
        self.has(Self::RD)
    }

    /// The lower four bits of the rcode; see [`crate::edns::Edns::rcode`].
    #[must_use]
    pub const fn rcode(self) -> Rcode {
        Rcode(self.0 & 0x000f)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.opcode())?;
        let bits = [
            (Self::QR, "qr"),
            (Self::AA, "aa"),
            (Self::TC, "tc"),
            (Self::RD, "rd"),
            (Self::RA, "ra"),
            (Self::AD, "ad"),
            (Self::CD, "cd"),
        ];
        for (bit, word) in bits {
            if self.has(bit) {
                write!(out, " {word}")?;
            }
        }
        write!(out, " {}", self.rcode())
    }
}
