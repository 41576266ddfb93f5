//! Writing OPT and its options.
//!
//! Pure.
//!
//! Standards: RFC 6891 §6.1.2 (fields) · RFC 8914 §2 (extended errors).
//!
//! Invariants: OPT's length counts exactly the options behind it.
//!
//! Not here: which options an answer carries (`proto::edns`).

use super::{Builder, Full};
use crate::codes::{Rcode, Rrtype};
use crate::edns::{DoBit, ExtendedError, OptionCode};
use crate::message::Section;

impl Builder<'_> {
    /// Octets of an OPT without options; what to [`Builder::reserve`] at least.
    pub const OPT_OCTETS: usize = 11;

    /// Appends OPT to the additional section, and puts the rcode where its parts belong.
    ///
    /// # Errors
    /// When it does not fit, or there is one already.
    pub fn push_opt(&mut self, udp_size: u16, rcode: Rcode, do_bit: DoBit) -> Result<(), Full> {
        if self.opt_length_at.is_some() {
            return Err(Full);
        }
        let ([t0, t1], [s0, s1]) = (Rrtype::OPT.0.to_be_bytes(), udp_size.to_be_bytes());
        let [_, ext_rcode] = (rcode.0 >> 4).to_be_bytes();
        let [f0, f1] = do_bit.as_flags().to_be_bytes();
        let length_at = self.out.len.wrapping_add(9);
        self.out.write_array([0, t0, t1, s0, s1, ext_rcode, 0, f0, f1, 0, 0])?;
        self.set_rcode(rcode);
        self.count(Section::Additional);
        self.opt_length_at = Some(length_at);
        Ok(())
    }

    /// Appends an option to OPT, which must be the last record so far.
    ///
    /// # Errors
    /// When it does not fit, or OPT is not the last record; the message is as before.
    pub fn push_option(&mut self, code: OptionCode, octets: &[u8]) -> Result<(), Full> {
        self.push_option_parts(code, octets, &[])
    }

    /// Appends an extended error; `text` is for people, may be empty, and is cut to fit nowhere.
    ///
    /// # Errors
    /// As for [`Builder::push_option`].
    pub fn push_extended_error(&mut self, code: ExtendedError, text: &str) -> Result<(), Full> {
        self.push_option_parts(OptionCode::EDE, &code.0.to_be_bytes(), text.as_bytes())
    }

    fn push_option_parts(
        &mut self,
        code: OptionCode,
        head: &[u8],
        tail: &[u8],
    ) -> Result<(), Full> {
        let start = self.out.len;
        let written = self.write_option(code, head, tail);
        if written.is_err() {
            self.out.len = start;
        }
        written
    }

    fn write_option(&mut self, code: OptionCode, head: &[u8], tail: &[u8]) -> Result<(), Full> {
        let length_at = self.opt_length_at.ok_or(Full)?;
        let options_at = length_at.wrapping_add(2);
        let before = self.out.from(length_at).first_chunk::<2>().ok_or(Full)?;
        // Anything behind the options means that OPT is closed.
        let before = usize::from(u16::from_be_bytes(*before));
        if options_at.wrapping_add(before) != self.out.len {
            return Err(Full);
        }
        let length = u16::try_from(head.len().saturating_add(tail.len())).map_err(|_| Full)?;
        let ([c0, c1], [l0, l1]) = (code.0.to_be_bytes(), length.to_be_bytes());
        self.out.write(&[c0, c1, l0, l1])?;
        self.out.write(head)?;
        self.out.write(tail)?;
        let after = u16::try_from(self.out.len.wrapping_sub(options_at)).map_err(|_| Full)?;
        self.out.overwrite(length_at, &after.to_be_bytes());
        Ok(())
    }
}
