//! §5: an rrset is answered whole, each record once, with one ttl.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "records that differ in one field are all answered, an address they share is added once",
        "two.example. MX",
        "NOERROR aa
         answer two.example. 3600 MX 10 mail.example.
         answer two.example. 3600 MX 20 mail.example.
         additional mail.example. 3600 A 192.0.2.3",
    );
}
