//! §4.3: a CNAME at a wildcard is an alias of every name that it matches.

use crate::judge::Section;

pub(crate) fn claims(section: &mut Section<'_>) {
    section.claim(
        "an alias from a wildcard has the name asked for as its owner, and is followed",
        "www.alias.example. A",
        "NOERROR aa
         answer www.alias.example. 3600 CNAME host1.example.
         answer host1.example. 3600 A 192.0.2.1",
    );
    section.claim(
        "an alias from a wildcard can be asked for",
        "www.alias.example. CNAME",
        "NOERROR aa
         answer www.alias.example. 3600 CNAME host1.example.",
    );
    section.claim(
        "an alias from a wildcard to a type that is not there is NODATA",
        "www.alias.example. AAAA",
        "NOERROR aa
         answer www.alias.example. 3600 CNAME host1.example.
         authority example. 600 SOA ...",
    );
    section.claim(
        "an alias from a wildcard leads out of the zone",
        "www.away.example. A",
        "NOERROR aa
         answer www.away.example. 3600 CNAME target.example.org.",
    );
    section.claim(
        "an alias to a name of the same wildcard ends, each link told once",
        "first.circle.example. A",
        "NOERROR/SERVFAIL aa
         answer first.circle.example. 3600 CNAME other.circle.example.
         answer other.circle.example. 3600 CNAME other.circle.example.",
    );
    section.claim(
        "the wildcard's own name is an alias too",
        "*.alias.example. A",
        "NOERROR aa
         answer *.alias.example. 3600 CNAME host1.example.
         answer host1.example. 3600 A 192.0.2.1",
    );
}
