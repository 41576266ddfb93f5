//! §4.5: an SRV at a wildcard serves every service below; an asterisk behind the labels of a service
//! is no wildcard.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an SRV from a wildcard has the service asked for as its owner",
        "_http._tcp.srv.example. SRV",
        "NOERROR aa
         answer _http._tcp.srv.example. 3600 SRV 0 5 80 host1.example.",
    );
    section.claim(
        "an asterisk behind the labels of a service matches no host",
        "_http._tcp.host.svc.example. SRV",
        "NOERROR aa
         authority example. 600 SOA ...",
    );
}
