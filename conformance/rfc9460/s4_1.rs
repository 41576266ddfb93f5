//! §4.1: addresses of a target in the zone should be added; the root as target stands for the owner.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "addresses of the target of an HTTPS alias are added",
        "alias.services.example. HTTPS",
        "NOERROR aa
         answer alias.services.example. 3600 HTTPS ...
         additional host.services.example. 3600 A 192.0.2.2
         additional host.services.example. 3600 AAAA 2001:db8::2",
    );
    section.claim(
        "addresses of the owner are added if it is its own target",
        "self.services.example. HTTPS",
        "NOERROR aa
         answer self.services.example. 3600 HTTPS ...
         additional self.services.example. 3600 A 192.0.2.4",
    );
    section.claim(
        "addresses of the target of an SVCB are added",
        "_dns.svc.services.example. SVCB",
        "NOERROR aa
         answer _dns.svc.services.example. 3600 SVCB ...
         additional host.services.example. 3600 A 192.0.2.2
         additional host.services.example. 3600 AAAA 2001:db8::2",
    );
}
