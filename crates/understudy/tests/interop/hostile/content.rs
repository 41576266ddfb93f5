//! Records that no zone can hold, and more of them at one name than are good.

use super::check;

/// Threat 5: foreign classes and names, types that exist in messages only, signatures over them.
#[test]
fn records_that_no_zone_can_hold_are_refused() {
    check(None, FOREIGN);
}

/// Threat 13: records that leave no room for an answer around them. Threat 14: thousands of records in an rrset, of
/// types at a name, of signatures.
#[test]
fn rrsets_and_names_beyond_all_measure_are_refused() {
    let ten = |word: &str| {
        let parts = (0..10).map(|part| format!("{word}{}-{}", part * 1_000, part * 1_000 + 999));
        parts.collect::<Vec<_>>().join(" | ")
    };
    check(None, &LARGE.replace("{big}", &ten("big")).replace("{types}", &ten("types")));
}

/// Records that do not belong.
const FOREIGN: &str = "
    5: class CH
        axfr: soa11 ns a1.ch soa11
        => axfr WRONG_CLASS; 10 h1 h2 h3
    5: the SOAs are of class CH
        axfr: soa11.ch ns a1 soa11.ch
        => axfr WRONG_CLASS; 10 h1 h2 h3
    5: class CH in a diff
        udp: soa11
        ixfr: soa11 soa10 soa11 a4.ch soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr WRONG_CLASS axfr; 11 h5
    5: a foreign name
        axfr: soa11 ns out soa11
        => axfr OUT_OF_ZONE_RECORD; 10 h1 h2 h3
    5: a name above the apex
        axfr: soa11 ns above soa11
        => axfr OUT_OF_ZONE_RECORD; 10 h1 h2 h3
    5: a name that ends as the apex does inside of a label
        axfr: soa11 ns near soa11
        => axfr OUT_OF_ZONE_RECORD; 10 h1 h2 h3
    5: a foreign name in a diff
        udp: soa11
        ixfr: soa11 soa10 soa11 out soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr OUT_OF_ZONE_RECORD axfr; 11 h5
    5: OPT as data
        axfr: soa11 ns type41 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: TSIG as data
        axfr: soa11 ns type250 a1 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: TKEY as data
        axfr: soa11 ns type249 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: IXFR, AXFR, MAILB and MAILA as data
        axfr: soa11 ns type251 type252 type253 type254 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: ANY as data
        axfr: soa11 ns type255 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: type 0 as data
        axfr: soa11 ns type0 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: a signature over ANY
        axfr: soa11 ns rrsig255 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: a signature over signatures
        axfr: soa11 ns rrsig46 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: a signature over OPT in a diff
        udp: soa11
        ixfr: soa11 soa10 soa11 rrsig41 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr BAD_RDATA axfr; 11 h5
    5: an address of three octets
        axfr: soa11 ns a1.short soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    5: an unknown type is carried
        axfr: soa11 ns a1 x/65280/0a0b0c soa11
        => axfr; 11 h1
    5: a ttl with its top bit set is 0
        axfr: soa11 ns a1.ttl soa11
        => axfr; 11 h1
";

/// More of one name than anybody needs; `{big}` and `{types}` are ten thousand each.
const LARGE: &str = "
    13: a record that fills a message
        axfr: soa11 ns | huge65000 | soa11
        => axfr RRSET_TOO_LARGE; 10 h1 h2 h3
    13: a record that just leaves room for an answer
        axfr: soa11 ns a1 | huge63900 | soa11
        => axfr; 11 h1
    13: an rrset that outgrows a message by a diff
        udp: soa11
        ixfr: soa11 soa10 soa11 | huge63000 | huge2000 | soa11
        => udp ixfr RRSET_TOO_LARGE axfr EOF; 10 h1 h2 h3
    14: an rrset of 10,000 records
        axfr: soa11 ns | {big} | soa11
        => axfr RRSET_TOO_LARGE; 10 h1 h2 h3
    14: an rrset of as many records as may be
        axfr: soa11 ns a1 | big0-999 | soa11
        => axfr; 11 h1
    14: 1,100 records are added to an rrset
        udp: soa11
        ixfr: soa11 soa10 soa11 | big0-1099 | soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr RRSET_TOO_LARGE axfr; 11 h5
    14: a name of 10,000 types
        axfr: soa11 ns | {types} | soa11
        => axfr TOO_MANY_TYPES; 10 h1 h2 h3
    14: a name of as many types as may be
        axfr: soa11 ns a1 | types0-99 | soa11
        => axfr; 11 h1
    14: a diff adds the type that is one too many
        udp: soa11
        ixfr: soa11 soa10 soa11 types0-100 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr TOO_MANY_TYPES axfr; 11 h5
    14: thousands of signatures over one rrset
        axfr: soa11 ns a1 | sigs0-1000 | soa11
        => axfr RRSET_TOO_LARGE; 10 h1 h2 h3
";
