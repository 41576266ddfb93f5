//! §2: keys of a zone stand at its apex, and are asked for as any record.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "the keys are answered, with their signatures",
        "example. DNSKEY do",
        "NOERROR aa
         answer example. 3600 DNSKEY 256 3 13
         answer example. 3600 DNSKEY 257 3 13
         answer example. 3600 RRSIG DNSKEY 1 example.
         answer example. 3600 RRSIG DNSKEY 1 example.",
    );
    section.claim(
        "the keys are answered without signatures to those who do not want it",
        "example. DNSKEY",
        "NOERROR aa
         answer example. 3600 DNSKEY 256 3 13
         answer example. 3600 DNSKEY 257 3 13",
    );
}
