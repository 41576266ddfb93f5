//! §8.2: the tests of EDNS, each with the SOA query: what is not known changes nothing.

use crate::judge::{Section, Verdict, ensure};
use peers::ask::{Edns, Message, Query, Transport};

/// The query for the SOA with this EDNS.
fn with(edns: Edns) -> Query {
    let mut query = Query::new("signed.test.", 6);
    query.edns = Some(edns);
    query
}

fn plain() -> Edns {
    Edns::new(1232, false)
}

/// NOERROR with the SOA, EDNS version 0, no reserved flag.
fn is_answered(answer: &Message) -> Verdict {
    let has_soa = answer.answers_of(6).count() == 1;
    let edns = answer.edns.as_ref().ok_or("no OPT")?;
    ensure(answer.rcode == 0 && has_soa, || format!("{answer:?}"))?;
    ensure(edns.version == 0 && edns.z == 0, || format!("{edns:?}"))
}

/// BADVERS with EDNS version 0, no reserved flag, no SOA.
fn is_bad_version(answer: &Message) -> Verdict {
    let edns = answer.edns.as_ref().ok_or("no OPT")?;
    ensure(answer.rcode == 16 && answer.answer.is_empty(), || format!("{answer:?}"))?;
    ensure(edns.version == 0 && edns.z == 0, || format!("{edns:?}"))
}

pub(crate) fn claims(section: &mut Section<'_>) {
    let unknown = || vec![(100, Vec::new())];
    let known: Vec<(u16, Vec<u8>)> = vec![
        (3, Vec::new()),                    // NSID
        (10, vec![1, 2, 3, 4, 5, 6, 7, 8]), // COOKIE
        (8, vec![0, 1, 24, 0, 192, 0, 2]),  // client subnet
        (9, Vec::new()),                    // EXPIRE
    ];
    let answered: Vec<(&'static str, Edns)> = vec![
        ("§8.2.1: minimal EDNS is answered", plain()),
        ("§8.2.3: unknown options are ignored", Edns { options: unknown(), ..plain() }),
        ("§8.2.4: unknown flags are ignored", Edns { z: 0x0040, ..plain() }),
        ("§8.2.8: several known options are not too many", Edns { options: known, ..plain() }),
    ];
    for (claim, edns) in answered {
        section.holds(claim, |server| {
            let answer = server.answer(&with(edns).octets(), Transport::Udp)?;
            is_answered(&answer)
        });
    }
    let bad_version: Vec<(&'static str, Edns)> = vec![
        ("§8.2.2: version 1 is BADVERS", Edns { version: 1, ..plain() }),
        ("§8.2.5: version 1 with unknown flags is", Edns { version: 1, z: 0x0040, ..plain() }),
        (
            "§8.2.6: version 1 with unknown options is",
            Edns { version: 1, options: unknown(), ..plain() },
        ),
    ];
    for (claim, edns) in bad_version {
        section.holds(claim, |server| {
            let answer = server.answer(&with(edns).octets(), Transport::Udp)?;
            is_bad_version(&answer)
        });
    }
    section.holds("§8.2.7: an answer that is cut has an OPT", |server| {
        let query = Query::new("signed.test.", 48).with_dnssec().with_udp_size(512);
        let answer = server.answer(&query.octets(), Transport::Udp)?;
        ensure(answer.edns.is_some(), || format!("{answer:?}"))
    });
    section.holds("with DO the answer is signed, and DO comes back", |server| {
        let answer = server.answer(&with(Edns::new(1232, true)).octets(), Transport::Udp)?;
        is_answered(&answer)?;
        let is_signed = answer.answers_of(46).count() == 1;
        let comes_back = answer.edns.as_ref().is_some_and(|edns| edns.do_bit);
        ensure(is_signed && comes_back, || format!("{answer:?}"))
    });
}
