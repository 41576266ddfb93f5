//! §10.2, §10.3: a name may have several PTR records; the target of an MX or NS is no alias, and
//! none is added for it.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "several PTR records of a name are all answered",
        "1.2.0.192.in-addr.example. PTR",
        "NOERROR aa
         answer 1.2.0.192.in-addr.example. 3600 PTR web.example.
         answer 1.2.0.192.in-addr.example. 3600 PTR mail.example.",
    );
    section.claim(
        "no alias is added for an exchanger that is one",
        "mx.example. MX",
        "NOERROR aa
         answer mx.example. 3600 MX 5 www.example.",
    );
    section.claim(
        "no alias is added for a service's host that is one",
        "srv.example. SRV",
        "NOERROR aa
         answer srv.example. 3600 SRV 0 5 80 www.example.",
    );
}
