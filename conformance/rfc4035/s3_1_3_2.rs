//! §3.1.3.2: a name error comes with the NSEC that spans the name and the one that spans the
//! wildcard, once if they are the same.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a name error has an NSEC for the name and one for the wildcard",
        "absent.host.signed.test. A do",
        "NXDOMAIN aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority host.signed.test. 600 NSEC insecure.signed.test. A TXT RRSIG NSEC
         authority host.signed.test. 600 RRSIG NSEC 3 signed.test.",
    );
    section.claim(
        "a name before all others is spanned by the apex' NSEC, which spans the wildcard too",
        "aaa.signed.test. A do",
        "NXDOMAIN aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority signed.test. 600 NSEC alias.signed.test. NS SOA RRSIG NSEC DNSKEY
         authority signed.test. 600 RRSIG NSEC 2 signed.test.",
    );
    section.claim(
        "a name behind all others is spanned by the last NSEC",
        "zzz.signed.test. A do",
        "NXDOMAIN aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority *.wild.signed.test. 600 NSEC signed.test. CNAME RRSIG NSEC
         authority *.wild.signed.test. 600 RRSIG NSEC 3 signed.test.
         authority signed.test. 600 NSEC alias.signed.test. NS SOA RRSIG NSEC DNSKEY
         authority signed.test. 600 RRSIG NSEC 2 signed.test.",
    );
    section.claim(
        "a name error behind an alias proves it of the alias' target",
        "nowhere.signed.test. A do",
        "NXDOMAIN aa
         answer nowhere.signed.test. 3600 CNAME absent.signed.test.
         answer nowhere.signed.test. 3600 RRSIG CNAME 3 signed.test.
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority signed.test. 600 NSEC alias.signed.test. NS SOA RRSIG NSEC DNSKEY
         authority signed.test. 600 RRSIG NSEC 2 signed.test.",
    );
    section.claim(
        "a name error below a name without records has the NSEC that spans both",
        "absent.ent.signed.test. A do",
        "NXDOMAIN aa
         authority signed.test. 600 SOA ...
         authority signed.test. 600 RRSIG SOA 2 signed.test.
         authority cut.emptied.signed.test. 600 NSEC x.y.ent.signed.test. NS RRSIG NSEC
         authority cut.emptied.signed.test. 600 RRSIG NSEC 4 signed.test.",
    );
}
