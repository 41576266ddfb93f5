//! §7.2.8: an owner of NSEC3 alone is no name of the zone: it is denied, whatever type is asked for.

use super::chain::example;
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    // The hash of 0p9m….example is qasd…, that of *.example is jhsv….
    section.claim(
        "an owner of NSEC3 is a name error when its NSEC3 is asked for",
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. NSEC3 do",
        &example("NXDOMAIN aa\nSOA", &["0p9m", "q04j", "gjeq"]),
    );
    section.claim(
        "an owner of NSEC3 is a name error when any other type is asked for",
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. A do",
        &example("NXDOMAIN aa\nSOA", &["0p9m", "q04j", "gjeq"]),
    );
    section.claim(
        "a name that is also the hash of another is found",
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. A do",
        "NOERROR aa
         answer 2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. 3600 A 192.0.2.127
         answer 2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. 3600 RRSIG A 2 example.",
    );
    section.claim(
        "a name that is also the hash of another is denied types by its own record",
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. TXT do",
        &example("NOERROR aa\nSOA", &["koha"]),
    );
}
