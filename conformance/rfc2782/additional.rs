//! "The format of the SRV RR", Target: addresses of targets are added where they are known; a target
//! of the root says that there is no such service.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "addresses of all targets are added, of both families",
        "_sip._tcp.services.example. SRV",
        "NOERROR aa
         answer _sip._tcp.services.example. 3600 SRV 0 5 5060 host.services.example.
         answer _sip._tcp.services.example. 3600 SRV 1 5 5060 only6.services.example.
         additional host.services.example. 3600 A 192.0.2.2
         additional host.services.example. 3600 AAAA 2001:db8::2
         additional only6.services.example. 3600 AAAA 2001:db8::3",
    );
    section.claim(
        "a target that is the root is answered as it is",
        "_off._tcp.services.example. SRV",
        "NOERROR aa
         answer _off._tcp.services.example. 3600 SRV 0 0 0 .",
    );
    section.claim(
        "a target of another zone has no addresses here",
        "_out._tcp.services.example. SRV",
        "NOERROR aa
         answer _out._tcp.services.example. 3600 SRV 0 0 80 host.example.net.",
    );
}
