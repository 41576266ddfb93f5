//! Types by number and mnemonic, as many as the comparison tells apart.

use std::fmt;

/// A type by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Rrtype(pub(crate) u16);

macro_rules! rrtypes {
    ($($name:ident = $number:literal),+ $(,)?) => {
        $(pub(crate) const $name: Rrtype = Rrtype($number);)+
        /// Those that have a name here.
        const NAMED: &[(Rrtype, &str)] = &[$(($name, stringify!($name))),+];
    };
}

rrtypes! {
    A = 1, NS = 2, MD = 3, MF = 4, CNAME = 5, SOA = 6, MB = 7, MG = 8, MR = 9, NULL = 10, WKS = 11,
    PTR = 12, HINFO = 13, MINFO = 14, MX = 15, TXT = 16, RP = 17, AFSDB = 18, RT = 21, SIG = 24,
    KEY = 25, PX = 26, AAAA = 28, LOC = 29, NXT = 30, SRV = 33, NAPTR = 35, KX = 36, DNAME = 39,
    OPT = 41, DS = 43, RRSIG = 46, NSEC = 47, DNSKEY = 48, NSEC3 = 50, NSEC3PARAM = 51, TLSA = 52,
    CDS = 59, CDNSKEY = 60, ZONEMD = 63, SVCB = 64, HTTPS = 65, SPF = 99, MAILB = 253,
    MAILA = 254, ANY = 255, CAA = 257,
}

impl Rrtype {
    /// Whether its rdata has names whose case does not matter.
    pub(crate) fn has_names(self) -> bool {
        matches!(
            self,
            NS | MD
                | MF
                | CNAME
                | SOA
                | MB
                | MG
                | MR
                | PTR
                | MINFO
                | MX
                | RP
                | AFSDB
                | RT
                | PX
                | SRV
                | NAPTR
                | KX
                | DNAME
        )
    }
}

impl fmt::Display for Rrtype {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMED.iter().find(|(rrtype, _)| rrtype == self) {
            Some((_, name)) => out.write_str(name),
            None => write!(out, "TYPE{}", self.0),
        }
    }
}
