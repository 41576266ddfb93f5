//! Replies that consist of a header and the question.
//!
//! Pure.
//!
//! Standards: RFC 1035 §4.1.1 (header) · RFC 8906 §3 (answer what you refuse).
//!
//! Invariants: never longer than the request; a response is never answered.
//!
//! Not here: answers with records.

use wire::codes::Rcode;
use wire::name::NameBuf;

/// Octets of the header.
const HEADER_OCTETS: usize = 12;
/// The response bit, in the third octet of the header.
const QR: u8 = 0x80;
/// Opcode and RD, which a reply repeats.
const ECHOED: u8 = 0x79;

/// Repeats ID, opcode, RD and a single question of a request; `None` when the request has no
/// header or is itself a response.
#[must_use]
pub(crate) fn bare_reply(request: &[u8], rcode: Rcode) -> Option<Vec<u8>> {
    let (header, rest) = request.split_first_chunk::<HEADER_OCTETS>()?;
    let [id0, id1, flags, _, qd0, qd1, ..] = *header;
    if flags & QR != 0 {
        return None;
    }
    let question = (u16::from_be_bytes([qd0, qd1]) == 1).then(|| question_octets(request, rest));
    let question = question.flatten().unwrap_or_default();
    let [_, rcode] = (rcode.0 & 0x0f).to_be_bytes();
    let count = u8::from(!question.is_empty());
    let mut reply = vec![id0, id1, QR | (flags & ECHOED), rcode, 0, count, 0, 0, 0, 0, 0, 0];
    reply.extend_from_slice(question);
    Some(reply)
}

/// The question as it stands in the request; names in it have nothing to point at.
fn question_octets<'m>(request: &[u8], rest: &'m [u8]) -> Option<&'m [u8]> {
    let end = NameBuf::new().read(request, HEADER_OCTETS).ok()?.checked_add(4)?;
    rest.get(..end.checked_sub(HEADER_OCTETS)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_repeat_id_opcode_and_question() {
        let request = b"\x12\x34\x21\x30\0\x01\0\x05\0\0\0\0\x01a\0\0\x06\0\x01junk";
        let reply = bare_reply(request, Rcode::REFUSED).unwrap();
        assert_eq!(reply, b"\x12\x34\xa1\x05\0\x01\0\0\0\0\0\0\x01a\0\0\x06\0\x01");
    }

    /// Threat 26: whatever the question section holds.
    #[test]
    fn what_is_no_single_question_is_left_out() {
        for request in [
            &b"\x12\x34\x20\0\0\x02\0\0\0\0\0\0\x01a\0\0\x06\0\x01"[..],
            b"\x12\x34\x20\0\0\x01\0\0\0\0\0\0\x01a",
            b"\x12\x34\x20\0\0\x01\0\0\0\0\0\0\x01a\0\0\x06\0",
            b"\x12\x34\x20\0\0\x01\0\0\0\0\0\0\xc0\x0c\0\x06\0\x01",
        ] {
            let reply = bare_reply(request, Rcode::FORMERR).unwrap();
            assert_eq!(reply, b"\x12\x34\xa0\x01\0\0\0\0\0\0\0\0");
        }
    }

    #[test]
    fn responses_and_scraps_are_not_answered() {
        assert_eq!(bare_reply(b"\x12\x34\x20", Rcode::FORMERR), None);
        assert_eq!(bare_reply(b"\x12\x34\xa0\0\0\0\0\0\0\0\0\0", Rcode::FORMERR), None);
    }
}
