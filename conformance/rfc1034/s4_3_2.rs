//! §4.3.2: the algorithm: match down the labels, and then answer, refer, alias or deny; at the end
//! addresses that will be wanted are added.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "all records of the type are answered, others are not",
        "web.example. A",
        "NOERROR aa
         answer web.example. 3600 A 192.0.2.4
         answer web.example. 3600 A 192.0.2.5",
    );
    section.claim(
        "the apex answers as any name",
        "example. TXT",
        "NOERROR aa
         answer example. 3600 TXT \"the apex\"",
    );
    section.claim(
        "a type that the name lacks gives no answer and no error",
        "web.example. AAAA",
        "NOERROR aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "a name that is not there is a name error",
        "absent.example. A",
        "NXDOMAIN aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "a name below one that has records is a name error too",
        "absent.web.example. A",
        "NXDOMAIN aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "a name below an alias is not aliased",
        "below.www.example. A",
        "NXDOMAIN aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "a name with only others below it exists",
        "ent.example. A",
        "NOERROR aa
         authority example. 300 SOA ...",
    );
    section.claim(
        "a wildcard answers for the names that are not there",
        "some.thing.wild.example. TXT",
        "NOERROR aa
         answer some.thing.wild.example. 3600 TXT \"any\"",
    );
    section.claim(
        "an alias that leads to a name that is not there ends in a name error",
        "nowhere.example. A",
        "NXDOMAIN aa
         answer nowhere.example. 3600 CNAME absent.example.
         authority example. 300 SOA ...",
    );
    section.claim(
        "a ttl of zero is answered as zero",
        "zero.example. A",
        "NOERROR aa
         answer zero.example. 0 A 192.0.2.10",
    );
    section.claim(
        "the address of a mail exchanger is added",
        "web.example. MX",
        "NOERROR aa
         answer web.example. 3600 MX 10 mail.example.
         additional mail.example. 3600 A 192.0.2.3",
    );
}
