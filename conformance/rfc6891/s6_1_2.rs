//! §6.1.2: options that are not known are ignored, and never come back; options that are cut short
//! are a format error.

use super::{OPT, with_additional};
use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.holds("an unknown option is ignored and does not come back", |server| {
        for content in [vec![], vec![0xab; 1], vec![0xab; 300]] {
            let mut query = Query::new("web.example.", 16);
            let edns = query.edns.as_mut().ok_or("no EDNS")?;
            edns.options.push((65_001, content));
            let answer = server.answer(&query.octets(), Transport::Udp)?;
            let is_answered = answer.rcode == 0 && answer.answer.len() == 1;
            let options = answer.edns.map(|edns| edns.options).unwrap_or_default();
            let is_back = options.iter().any(|(code, _)| *code == 65_001);
            ensure(is_answered && !is_back, || format!("{options:?}"))?;
        }
        Ok(())
    });
    section.holds("the same unknown option twice is ignored as well", |server| {
        let mut query = Query::new("web.example.", 16);
        let edns = query.edns.as_mut().ok_or("no EDNS")?;
        edns.options.extend([(65_001, vec![1]), (65_001, vec![2])]);
        let answer = server.answer(&query.octets(), Transport::Udp)?;
        ensure(answer.rcode == 0 && answer.answer.len() == 1, || format!("{answer:?}"))
    });
    let broken: [(&'static str, &[u8]); 3] = [
        ("an option without its length is a format error", &[0xfd, 0xe9]),
        ("an option longer than the record is a format error", &[0xfd, 0xe9, 0, 4, 1]),
        ("an octet behind the last option is a format error", &[0xfd, 0xe9, 0, 0, 1]),
    ];
    for (claim, options) in broken {
        section.holds(claim, |server| {
            let mut opt = OPT;
            opt[10] = u8::try_from(options.len()).map_err(|error| error.to_string())?;
            let octets = with_additional(&[&opt[..], options].concat());
            let come = server.octets(&octets, Transport::Udp)?.ok_or("no answer")?;
            ensure(come[3] & 0x0f == 1, || format!("rcode {}", come[3] & 0x0f))
        });
    }
}
