//! §3: where addresses are added to NS and MX records, those of IPv6 are, too.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "both addresses of an exchanger are added",
        "services.example. MX",
        "NOERROR aa
         answer services.example. 3600 MX 10 host.services.example.
         additional host.services.example. 3600 A 192.0.2.2
         additional host.services.example. 3600 AAAA 2001:db8::2",
    );
    section.claim(
        "the only address of an exchanger is added, though of IPv6",
        "mx6.services.example. MX",
        "NOERROR aa
         answer mx6.services.example. 3600 MX 10 only6.services.example.
         additional only6.services.example. 3600 AAAA 2001:db8::3",
    );
    section.claim(
        "both addresses of a server are added",
        "services.example. NS",
        "NOERROR aa
         answer services.example. 3600 NS ns.services.example.
         additional ns.services.example. 3600 A 192.0.2.1
         additional ns.services.example. 3600 AAAA 2001:db8::1",
    );
}
