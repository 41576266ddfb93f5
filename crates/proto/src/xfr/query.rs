//! The three questions a secondary asks.
//!
//! Pure.
//!
//! Standards: RFC 1034 §4.3.5 (SOA) · RFC 5936 §2.1 (AXFR) · RFC 1995 §3 (IXFR) · RFC 6891 (OPT) ·
//! RFC 7314 §3 (EXPIRE).
//!
//! Invariants: recursion is never asked for; transfers carry no EDNS, which old primaries refuse.
//!
//! Not here: signing (`tsig`).

use wire::builder::{Builder, Full};
use wire::codes::{Class, Opcode, Rcode, Rrtype};
use wire::edns::{DoBit, OptionCode};
use wire::message::{Flags, Section};
use wire::name::NameRef;
use wire::rdata::Soa;
use wire::record::RecordRef;
use wire::ttl::Ttl;

/// Header, longest question, SOA record and OPT fit well inside.
const OCTETS_MAX: usize = 1_500;
/// UDP payload we take: what passes without fragments (RFC 9715 §3.1).
const UDP_SIZE: u16 = 1_232;

/// Whether a question carries OPT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// With OPT, and the wish to know when the zone expires at the primary.
    Edns,
    /// As in 1987: for primaries that do not know EDNS.
    Plain,
}

/// Asks for the SOA of the zone.
#[must_use]
pub fn soa(id: u16, apex: NameRef<'_>, form: Form) -> Vec<u8> {
    written(id, |builder| {
        builder.question(apex, Rrtype::SOA, Class::IN)?;
        match form {
            Form::Plain => Ok(()),
            Form::Edns => {
                builder.push_opt(UDP_SIZE, Rcode::NOERROR, DoBit::Clear)?;
                builder.push_option(OptionCode::EXPIRE, &[])
            }
        }
    })
}

/// Asks for the whole zone.
#[must_use]
pub fn axfr(id: u16, apex: NameRef<'_>) -> Vec<u8> {
    written(id, |builder| builder.question(apex, Rrtype::AXFR, Class::IN))
}

/// Asks for what changed since the SOA we hold, which the authority section tells.
#[must_use]
pub fn ixfr(id: u16, apex: NameRef<'_>, held: &Soa<'_>) -> Vec<u8> {
    let mut rdata = Vec::with_capacity(OCTETS_MAX);
    rdata.extend_from_slice(held.mname.as_wire());
    rdata.extend_from_slice(held.rname.as_wire());
    for number in [held.serial.0, held.refresh, held.retry, held.expire, held.negative_ttl] {
        rdata.extend_from_slice(&number.to_be_bytes());
    }
    let (rrtype, class, ttl) = (Rrtype::SOA, Class::IN, Ttl::from_wire(0));
    let record = RecordRef { owner: apex, rrtype, class, ttl, rdata: &rdata };
    written(id, |builder| {
        builder.question(apex, Rrtype::IXFR, Class::IN)?;
        builder.push_record(Section::Authority, record)
    })
}

/// A message of ours. The longest has three names and some numbers, so it always fits.
fn written(id: u16, write: impl FnOnce(&mut Builder<'_>) -> Result<(), Full>) -> Vec<u8> {
    let mut octets = vec![0; OCTETS_MAX];
    let whole =
        Builder::new(&mut octets, id, Flags::request(Opcode::QUERY)).and_then(|mut builder| {
            write(&mut builder)?;
            Ok(builder.finish())
        });
    debug_assert!(whole.is_ok(), "questions fit {OCTETS_MAX} octets");
    octets.truncate(whole.unwrap_or(0));
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::message::Message;
    use wire::name::Name;
    use wire::serial::Serial;

    fn longest() -> Name {
        let label = "x".repeat(63);
        format!("{label}.{label}.{label}.{}.", "x".repeat(61)).parse().unwrap()
    }

    #[test]
    fn questions_are_what_the_standards_ask_for() {
        let apex: Name = "example.".parse().unwrap();
        let plain = soa(7, apex.as_ref(), Form::Plain);
        assert_eq!(plain, b"\0\x07\0\0\0\x01\0\0\0\0\0\0\x07example\0\0\x06\0\x01");
        let with_edns = soa(7, apex.as_ref(), Form::Edns);
        let message = Message::parse(&with_edns).unwrap();
        let edns = message.edns().unwrap().unwrap();
        assert_eq!((edns.udp_size, edns.option(OptionCode::EXPIRE)), (1_232, Some(&[][..])));
        let whole = axfr(8, apex.as_ref());
        assert_eq!(whole, b"\0\x08\0\0\0\x01\0\0\0\0\0\0\x07example\0\0\xfc\0\x01");
    }

    #[test]
    fn ixfr_tells_the_held_soa_and_the_longest_names_fit() {
        let name = longest();
        let held = Soa {
            mname: name.as_ref(),
            rname: NameRef::ROOT,
            serial: Serial(u32::MAX),
            refresh: 1,
            retry: 2,
            expire: 3,
            negative_ttl: 4,
        };
        let query = ixfr(9, name.as_ref(), &held);
        let message = Message::parse(&query).unwrap();
        let (section, record) = message.records().next().unwrap().unwrap();
        let mut rdata = Vec::new();
        record.rdata_into(&mut rdata).unwrap();
        let told = Soa::parse(&rdata).unwrap();
        assert_eq!((section, record.rrtype()), (Section::Authority, Rrtype::SOA));
        assert_eq!(
            (told.serial, told.mname, told.negative_ttl),
            (Serial(u32::MAX), name.as_ref(), 4)
        );
        assert!(!soa(9, name.as_ref(), Form::Edns).is_empty());
    }
}
