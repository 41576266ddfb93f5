//! §2: which addresses are glue: of servers in the delegated domain, and beside it below other cuts.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "§2.1: glue of in-domain servers is in the referral, of both families",
        "www.foo.test. A",
        "NOERROR
         authority foo.test. 86400 NS ns1.foo.test.
         authority foo.test. 86400 NS ns2.foo.test.
         additional ns1.foo.test. 86400 A 192.0.2.11
         additional ns1.foo.test. 86400 AAAA 2001:db8::1
         additional ns2.foo.test. 86400 A 192.0.2.12
         additional ns2.foo.test. 86400 AAAA 2001:db8::2",
    );
    section.claim(
        "§2.3: glue of sibling servers is in the referral, or cuts that lead to each other are dead",
        "www.bar.test. A",
        "NOERROR
         authority bar.test. 86400 NS ns1.baz.test.
         authority bar.test. 86400 NS ns2.baz.test.
         additional ns1.baz.test. 86400 A 192.0.2.31
         additional ns1.baz.test. 86400 AAAA 2001:db8::31
         additional ns2.baz.test. 86400 A 192.0.2.32
         additional ns2.baz.test. 86400 AAAA 2001:db8::32",
    );
    section.claim(
        "a server of each kind: in-domain and sibling have glue here, elsewhere has none",
        "www.mix.test. A",
        "NOERROR
         authority mix.test. 86400 NS ns.mix.test.
         authority mix.test. 86400 NS ns1.foo.test.
         authority mix.test. 86400 NS ns.test.
         authority mix.test. 86400 NS ns.example.net.
         additional ns.mix.test. 86400 A 192.0.2.41
         additional ns1.foo.test. 86400 A 192.0.2.11
         additional ns1.foo.test. 86400 AAAA 2001:db8::1",
    );
    section.claim(
        "an address below a cut that is no server's is not told",
        "orphan.foo.test. A",
        "NOERROR
         authority foo.test. 86400 NS ns1.foo.test.
         authority foo.test. 86400 NS ns2.foo.test.
         additional ns1.foo.test. 86400 A 192.0.2.11
         additional ns1.foo.test. 86400 AAAA 2001:db8::1
         additional ns2.foo.test. 86400 A 192.0.2.12
         additional ns2.foo.test. 86400 AAAA 2001:db8::2",
    );
}
