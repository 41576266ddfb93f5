//! A signed root zone: what holds for any zone holds for the one whose apex has no labels.

use crate::judge::Section;

const SOA: &str = "authority . 86400 SOA ...
    authority . 86400 RRSIG SOA 0 .";

/// §3.1.3, §3.1.4.
pub(crate) fn denials(section: &mut Section<'_>) {
    section.claim(
        "root: a name error of a top-level name is proven by its neighbour and the apex",
        "invalid. A do",
        &format!(
            "NXDOMAIN aa
             {SOA}
             authority edu. 86400 NSEC mil. NS RRSIG NSEC
             authority edu. 86400 RRSIG NSEC 1 .
             authority . 86400 NSEC acc.arpa. NS SOA RRSIG NSEC DNSKEY
             authority . 86400 RRSIG NSEC 0 ."
        ),
    );
    section.claim(
        "root: a name error behind the last name is proven by the last record",
        "zz. A do",
        &format!(
            "NXDOMAIN aa
             {SOA}
             authority mil. 86400 NSEC . NS RRSIG NSEC
             authority mil. 86400 RRSIG NSEC 1 .
             authority . 86400 NSEC acc.arpa. NS SOA RRSIG NSEC DNSKEY
             authority . 86400 RRSIG NSEC 0 ."
        ),
    );
    section.claim(
        "root: a name without records is proven by the record that spans it",
        "arpa. A do",
        &format!(
            "NOERROR aa
             {SOA}
             authority . 86400 NSEC acc.arpa. NS SOA RRSIG NSEC DNSKEY
             authority . 86400 RRSIG NSEC 0 ."
        ),
    );
    section.claim(
        "root: a referral proves that there is no DS",
        "brl.mil. A do",
        "NOERROR
         authority mil. 86400 NS sri-nic.arpa.
         authority mil. 86400 NS a.isi.edu.
         authority mil. 86400 NSEC . NS RRSIG NSEC
         authority mil. 86400 RRSIG NSEC 1 .
         additional a.isi.edu. 86400 A 26.3.0.103",
    );
    section.claim(
        "root: keys are answered with signatures",
        ". DNSKEY do",
        "NOERROR aa
         answer . 86400 DNSKEY 256 3 13
         answer . 86400 DNSKEY 257 3 13
         answer . 86400 RRSIG DNSKEY 0 .
         answer . 86400 RRSIG DNSKEY 0 .",
    );
}

/// §3.1.4.1.
pub(crate) fn ds(section: &mut Section<'_>) {
    section.claim(
        "root: the DS of the root is NODATA, since nothing is above it",
        ". DS do",
        &format!(
            "NOERROR aa
             {SOA}
             authority . 86400 NSEC acc.arpa. NS SOA RRSIG NSEC DNSKEY
             authority . 86400 RRSIG NSEC 0 ."
        ),
    );
    section.claim(
        "root: the DS of a top-level cut is denied with authority",
        "edu. DS do",
        &format!(
            "NOERROR aa
             {SOA}
             authority edu. 86400 NSEC mil. NS RRSIG NSEC
             authority edu. 86400 RRSIG NSEC 1 ."
        ),
    );
}
