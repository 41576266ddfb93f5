//! §7.2.4: NODATA of a DS: the cut's own record, or that the cut was opted out below its closest
//! provable encloser.

use super::chain::{example, signed};
use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "a cut without DS has a record that says so",
        "insecure.signed.test. DS do",
        &signed("NOERROR aa\nSOA", &["d3ta"]),
    );
    section.claim(
        "a cut that was opted out has none: its encloser's, and the one that covers it",
        "c.example. DS do",
        &example("NOERROR aa\nSOA", &["0p9m", "35mt"]),
    );
    section.claim(
        "a DS that is there is answered",
        "a.example. DS do",
        "NOERROR aa
         answer a.example. 3600 DS 58470 5 1 3079f1593ebad6dc121e202a8b766a6a4837206c
         answer a.example. 3600 RRSIG DS 2 example.",
    );
}
