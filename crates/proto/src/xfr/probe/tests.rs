//! Threats 3, 4 and 10 in the answer to the SOA query.

use super::*;
use crate::xfr::query;
use proptest::prelude::*;
use wire::builder::Builder;
use wire::edns::DoBit;
use wire::message::Flags;
use wire::record::RecordRef;
use wire::serial::Serial;
use wire::ttl::Ttl;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn soa_rdata(serial: u32) -> Vec<u8> {
    let numbers = [serial, 100, 20, 3_000, 5].map(u32::to_be_bytes).concat();
    [b"\0\0", &numbers[..]].concat()
}

/// An answer to the query for `example.`: rcode, bits besides QR, and the records.
struct Answer {
    flags: Flags,
    records: Vec<(Section, &'static str, Rrtype, Vec<u8>)>,
    expire: Option<Vec<u8>>,
    ext_rcode: Rcode,
}

impl Answer {
    fn new(flags: Flags) -> Self {
        Self { flags, records: Vec::new(), expire: None, ext_rcode: Rcode::NOERROR }
    }

    fn with(mut self, section: Section, owner: &'static str, rrtype: Rrtype, rdata: &[u8]) -> Self {
        self.records.push((section, owner, rrtype, rdata.to_vec()));
        self
    }

    fn octets(&self) -> Vec<u8> {
        let mut octets = vec![0; 1_500];
        let flags = Flags::QR.with(self.flags);
        let mut builder = Builder::new(&mut octets, 7, flags).unwrap();
        builder.question(name("EXAMPLE.").as_ref(), Rrtype::SOA, Class::IN).unwrap();
        for (section, owner, rrtype, rdata) in &self.records {
            let owner = name(owner);
            let record = RecordRef {
                owner: owner.as_ref(),
                rrtype: *rrtype,
                class: Class::IN,
                ttl: Ttl::from_wire(60),
                rdata,
            };
            builder.push_record(*section, record).unwrap();
        }
        if let Some(expire) = &self.expire {
            builder.push_opt(1_232, self.ext_rcode, DoBit::Clear).unwrap();
            builder.push_option(OptionCode::EXPIRE, expire).unwrap();
        }
        let len = builder.finish();
        octets.truncate(len);
        octets
    }

    fn read(&self) -> Result<Probed, ProbeFault> {
        read_soa(&self.octets(), 7, name("example.").as_ref())
    }
}

/// An authoritative answer with this SOA.
fn good(serial: u32) -> Answer {
    Answer::new(Flags::AA).with(Section::Answer, "example.", Rrtype::SOA, &soa_rdata(serial))
}

#[test]
fn serial_timers_and_expiry_are_read() {
    let (serial, refresh) = (Serial(9), Seconds(100));
    let (retry, expire) = (Seconds(20), Seconds(3_000));
    let timers = SoaTimers { serial, refresh, retry, expire };
    assert_eq!(good(9).read(), Ok(Probed { timers, expires_in: None }));
    let mut with_expire = good(9);
    with_expire.expire = Some(vec![0, 0, 1, 0]);
    assert_eq!(with_expire.read(), Ok(Probed { timers, expires_in: Some(Seconds(256)) }));
    with_expire.expire = Some(vec![1]);
    assert_eq!(with_expire.read(), Ok(Probed { timers, expires_in: None }));
}

#[test]
fn answers_without_a_serial_are_told_apart() {
    let soa = soa_rdata(9);
    let bare = |flags| Answer::new(flags);
    let rcode = |rcode| Answer::new(Flags::AA.with_rcode(rcode));
    for (answer, code, remedy) in [
        (
            good(9).with(Section::Answer, "example.", Rrtype::SOA, &soa_rdata(8)),
            Code::DuplicateSoa,
            Remedy::TryNextPrimary,
        ),
        (bare(Flags::AA), Code::NotZoneApex, Remedy::TryNextPrimary),
        (
            bare(Flags::AA).with(Section::Authority, ".", Rrtype::SOA, &soa),
            Code::NotZoneApex,
            Remedy::TryNextPrimary,
        ),
        (
            bare(Flags::AA).with(Section::Answer, "x.example.", Rrtype::SOA, &soa),
            Code::NotZoneApex,
            Remedy::TryNextPrimary,
        ),
        (
            bare(Flags::AA).with(Section::Answer, "example.", Rrtype::CNAME, b"\0"),
            Code::CnameAtApex,
            Remedy::TryNextPrimary,
        ),
        (bare(Flags::RA), Code::LameReferral, Remedy::TryNextPrimary),
        (
            bare(Flags::RA).with(Section::Answer, "example.", Rrtype::SOA, &soa),
            Code::LameReferral,
            Remedy::TryNextPrimary,
        ),
        (
            bare(Flags::RA).with(Section::Authority, "example.", Rrtype::NS, b"\0"),
            Code::LameReferral,
            Remedy::TryNextPrimary,
        ),
        (bare(Flags::AA.with(Flags::TC)), Code::UdpTruncatedSoa, Remedy::UseTcp),
        (rcode(Rcode::FORMERR), Code::FormErr, Remedy::UseTcp),
        (rcode(Rcode::NOTIMP), Code::NotImp, Remedy::UseTcp),
        (rcode(Rcode::SERVFAIL), Code::ServFail, Remedy::TryNextPrimary),
        (rcode(Rcode::NXDOMAIN), Code::NxDomain, Remedy::TryNextPrimary),
        (rcode(Rcode::REFUSED), Code::Refused, Remedy::TryNextPrimary),
        (rcode(Rcode::NOTAUTH), Code::NotAuth, Remedy::TryNextPrimary),
        (rcode(Rcode::NOTZONE), Code::UnexpectedRcode, Remedy::TryNextPrimary),
    ] {
        let fault = answer.read().unwrap_err();
        assert_eq!((fault.code(), fault.remedy()), (code, remedy), "{fault:?}");
    }
}

/// Without authority, even "no such record here" says nothing about the zone.
#[test]
fn denials_without_authority_are_lame() {
    let soa = soa_rdata(9);
    let denial = Answer::new(Flags::RA).with(Section::Authority, "com.", Rrtype::SOA, &soa);
    assert_eq!(denial.read(), Err(ProbeFault::Lame { referred_to: None }));
}

#[test]
fn aliases_of_other_names_do_not_matter() {
    assert!(good(9).with(Section::Answer, "x.example.", Rrtype::CNAME, b"\0").read().is_ok());
}

/// Threat 3: the same SOA twice is one SOA.
#[test]
fn repeated_soa_is_tolerated() {
    assert!(good(9).with(Section::Answer, "example.", Rrtype::SOA, &soa_rdata(9)).read().is_ok());
}

#[test]
fn badvers_asks_again_without_edns() {
    let mut answer = good(9);
    (answer.expire, answer.ext_rcode) = (Some(vec![]), Rcode::BADVERS);
    let fault = answer.read().unwrap_err();
    assert_eq!((fault.code(), fault.remedy()), (Code::FormErr, Remedy::UseTcp));
}

#[test]
fn facts_tell_where_the_name_really_is() {
    let soa = soa_rdata(9);
    let within = Answer::new(Flags::AA).with(Section::Authority, "com.", Rrtype::SOA, &soa);
    assert_eq!(within.read().unwrap_err().fault().fact("apex_there"), Some("com."));
    let lame = Answer::new(Flags::RA).with(Section::Authority, "example.", Rrtype::NS, b"\0");
    assert_eq!(lame.read().unwrap_err().fault().fact("referred_to"), Some("EXAMPLE."));
}

/// Threat 10: ID, question and kind of another message; a bare refusal without question.
#[test]
fn foreign_messages_are_not_answers() {
    let octets = good(9).octets();
    let apex = name("example.");
    let read = |octets: &[u8]| read_soa(octets, 7, apex.as_ref()).unwrap_err();
    let foreign = ProbeFault::Foreign { asked: 7, answered: 7 };
    let change = |at: usize, value: u8| {
        let mut changed = octets.clone();
        changed[at] = value;
        changed
    };
    assert_eq!(read(&change(1, 8)), ProbeFault::Foreign { asked: 7, answered: 8 });
    assert_eq!(read(&change(2, 0x04)), foreign, "a query");
    assert_eq!(read(&change(2, 0xa4)), foreign, "a NOTIFY");
    assert_eq!(read(&change(13, b'x')), foreign, "another name");
    assert_eq!(read(&change(22, 1)), foreign, "another type");
    assert_eq!(read(&change(24, 3)), foreign, "another class");
    assert!(matches!(read(&octets[..5]), ProbeFault::Malformed(_)));
    assert!(matches!(read(&octets[..octets.len() - 1]), ProbeFault::Malformed(_)));
    let bare_refusal = b"\0\x07\x80\x05\0\0\0\0\0\0\0\0";
    assert_eq!(read(bare_refusal), ProbeFault::Rcode { rcode: Rcode::REFUSED });
}

/// Threat 4: too short and over-long SOA rdata.
#[test]
fn soa_of_the_wrong_length_is_bad_rdata() {
    for rdata in [&soa_rdata(9)[..21], &[&soa_rdata(9)[..], b"\0"].concat(), b""] {
        let mut octets = good(9).octets();
        octets.truncate(25);
        octets.extend_from_slice(b"\xc0\x0c\0\x06\0\x01\0\0\0\0\0");
        octets.push(rdata.len() as u8);
        octets.extend_from_slice(rdata);
        let fault = read_soa(&octets, 7, name("example.").as_ref()).unwrap_err();
        assert_eq!(fault.code(), Code::BadRdata, "{fault:?}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_soa(&octets, 7, NameRef::ROOT);
    }

    #[test]
    fn any_mutilated_answer_is_read_or_refused(at: prop::sample::Index, value: u8) {
        let mut octets = good(9).octets();
        let at = at.index(octets.len());
        octets[at] = value;
        if let Err(fault) = read_soa(&octets, 7, name("example.").as_ref()) {
            let _ = fault.fault();
        }
    }
}

#[test]
fn our_own_question_is_no_answer() {
    let question = query::soa(7, name("example.").as_ref(), query::Form::Edns);
    let fault = read_soa(&question, 7, name("example.").as_ref()).unwrap_err();
    assert_eq!(fault, ProbeFault::Foreign { asked: 7, answered: 7 });
}
