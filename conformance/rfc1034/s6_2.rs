//! §6.2: the example queries, asked of the example's root zone. Where later standards changed what
//! is answered (RFC 2308, RFC 8482), they hold.

use crate::judge::{Section, ensure};
use peers::ask::{Query, Transport};

const REFERRAL_TO_MIL: &str = "NOERROR
    authority mil. 86400 NS sri-nic.arpa.
    authority mil. 86400 NS a.isi.edu.
    additional sri-nic.arpa. 86400 A 26.0.0.73
    additional sri-nic.arpa. 86400 A 10.0.0.51
    additional a.isi.edu. 86400 A 26.3.0.103";

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "6.2.1: addresses of a host, with authority",
        "SRI-NIC.ARPA. A",
        "NOERROR aa
         answer sri-nic.arpa. 86400 A 26.0.0.73
         answer sri-nic.arpa. 86400 A 10.0.0.51",
    );
    section.holds("6.2.2: any type gives some of what is there", |server| {
        let octets = Query::new("SRI-NIC.ARPA.", 255).octets();
        let answer = server.answer(&octets, Transport::Tcp)?;
        ensure(answer.is_authoritative && !answer.answer.is_empty(), || format!("{answer:?}"))
    });
    section.claim(
        "6.2.3: a mail exchanger, with its addresses",
        "SRI-NIC.ARPA. MX",
        "NOERROR aa
         answer sri-nic.arpa. 86400 MX 0 sri-nic.arpa.
         additional sri-nic.arpa. 86400 A 26.0.0.73
         additional sri-nic.arpa. 86400 A 10.0.0.51",
    );
    section.claim(
        "6.2.4: servers of a name that has none are no error",
        "SRI-NIC.ARPA. NS",
        "NOERROR aa
         authority . 86400 SOA ...",
    );
    section.claim(
        "6.2.5: a name misspelt is a name error",
        "SIR-NIC.ARPA. A",
        "NXDOMAIN aa
         authority . 86400 SOA sri-nic.arpa. hostmaster.sri-nic.arpa. 870611 1800 300 604800 86400",
    );
    section.claim("6.2.6: a delegated name is referred", "BRL.MIL. A", REFERRAL_TO_MIL);
    section.holds("6.2.7: an alias of a delegated name is told", |server| {
        let octets = Query::new("USC-ISIC.ARPA.", 1).octets();
        let answer = server.answer(&octets, Transport::Udp)?;
        let first = answer.answer.first().map(crate::judge::line);
        let is_told = first.as_deref() == Some("usc-isic.arpa. 86400 CNAME c.isi.edu.");
        ensure(is_told && answer.is_authoritative, || format!("{answer:?}"))?;
        let is_referred = answer.authority.iter().any(|r| r.owner.folded() == "edu.".into());
        ensure(is_referred, || format!("no referral to EDU: {answer:?}"))
    });
    section.claim(
        "6.2.8: an alias can be asked for",
        "USC-ISIC.ARPA. CNAME",
        "NOERROR aa
         answer usc-isic.arpa. 86400 CNAME c.isi.edu.",
    );
    section.claim(
        "the root's servers are an answer of authority, with glue from below its cuts",
        ". NS",
        "NOERROR aa
         answer . 86400 NS a.isi.edu.
         answer . 86400 NS c.isi.edu.
         answer . 86400 NS sri-nic.arpa.
         additional a.isi.edu. 86400 A 26.3.0.103
         additional c.isi.edu. 86400 A 10.0.0.52
         additional sri-nic.arpa. 86400 A 26.0.0.73
         additional sri-nic.arpa. 86400 A 10.0.0.51",
    );
    section.claim(
        "a name without records between the root and others exists",
        "IN-ADDR.ARPA. PTR",
        "NOERROR aa
         authority . 86400 SOA ...",
    );
    section.claim(
        "a top-level name that is not there is a name error",
        "invalid. A",
        "NXDOMAIN aa
         authority . 86400 SOA ...",
    );
}
