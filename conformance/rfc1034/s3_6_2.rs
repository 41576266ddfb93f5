//! §3.6.2: what an alias means for a query: it is followed, unless it is itself what was asked for.
//! Loops must not harm; whether they are an error of ours or for the asker to find is left open.

use crate::judge::{Expected, Section, ensure};
use peers::ask::{Query, Transport};

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an alias is answered with the records of its target",
        "www.example. A",
        "NOERROR aa
         answer www.example. 3600 CNAME web.example.
         answer web.example. 3600 A 192.0.2.4
         answer web.example. 3600 A 192.0.2.5",
    );
    section.claim(
        "an alias is not followed when the alias is asked for",
        "www.example. CNAME",
        "NOERROR aa
         answer www.example. 3600 CNAME web.example.",
    );
    section.claim(
        "an alias of an alias is followed",
        "alias.example. A",
        "NOERROR aa
         answer alias.example. 3600 CNAME www.example.
         answer www.example. 3600 CNAME web.example.
         answer web.example. 3600 A 192.0.2.4
         answer web.example. 3600 A 192.0.2.5",
    );
    section.claim(
        "each record of a chain has its own ttl",
        "brief.example. TXT",
        "NOERROR aa
         answer brief.example. 60 CNAME web.example.
         answer web.example. 3600 TXT \"web\"",
    );
    section.claim(
        "an alias whose target has not the type is NODATA behind the alias",
        "tonodata.example. TXT",
        "NOERROR aa
         answer tonodata.example. 3600 CNAME mail.example.
         authority example. 300 SOA ...",
    );
    section.claim(
        "an alias that leads out of all zones is answered as far as it is known",
        "outside.example. A",
        "NOERROR aa
         answer outside.example. 3600 CNAME www.example.net.",
    );
    section.claim(
        "an alias of a delegated name ends with the referral, not with the occluded record",
        "intocut.example. A",
        "NOERROR aa
         answer intocut.example. 3600 CNAME host.sub.example.
         authority sub.example. 3600 NS ns.sub.example.
         authority sub.example. 3600 NS ns.other.example.
         authority sub.example. 3600 NS ns.example.net.
         additional ns.sub.example. 3600 A 192.0.2.6
         additional ns.sub.example. 3600 AAAA 2001:db8::6
         additional ns.other.example. 3600 A 192.0.2.7",
    );
    section.claim(
        "an alias of itself is told once",
        "self.example. A",
        "NOERROR/SERVFAIL aa
         answer self.example. 3600 CNAME self.example.",
    );
    section.holds("a loop of aliases comes to an end", |server| {
        for transport in [Transport::Udp, Transport::Tcp] {
            let answer = server.answer(&Query::new("loop1.example.", 1).octets(), transport)?;
            Expected::parse(
                "NOERROR/SERVFAIL aa
                 answer loop1.example. 3600 CNAME loop2.example.
                 answer loop2.example. 3600 CNAME loop1.example.",
            )
            .compare(&answer, &[])?;
            ensure(answer.len < 200, || format!("{} octets", answer.len))?;
        }
        Ok(())
    });
}
