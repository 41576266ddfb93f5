//! Signed zones: which signatures travel with which answer. Proofs are in `denial`.

use super::{check, check_in};

#[test]
fn rfc4035_3_1_1_do_brings_the_signature_beside_each_rrset() {
    check(
        "www.signed. A do",
        "NOERROR aa
         answer www.signed. 3600 A 192.0.2.3
         answer www.signed. 3600 RRSIG A 8 2 3600 20300101000000 20200101000000 1 signed. d3d3",
    );
    check("www.signed. A", "NOERROR aa answer www.signed. 3600 A 192.0.2.3");
    check("www.signed. A noedns", "NOERROR aa answer www.signed. 3600 A 192.0.2.3");
}

#[test]
fn rfc4035_3_1_1_every_link_of_a_chain_is_signed() {
    check(
        "alias.signed. A do",
        "NOERROR aa
         answer alias.signed. 3600 CNAME www.signed.
         answer alias.signed. 3600 RRSIG CNAME 8 2 3600 20300101000000 20200101000000 1 signed. Y25hbWU=
         answer www.signed. 3600 A 192.0.2.3
         answer www.signed. 3600 RRSIG A 8 2 3600 20300101000000 20200101000000 1 signed. d3d3",
    );
}

#[test]
fn rfc6672_5_3_1_the_dname_is_signed_and_its_synthesized_cname_is_not() {
    check(
        "x.dn.signed. CNAME do",
        "NOERROR aa
         answer dn.signed. 3600 DNAME www.signed.
         answer dn.signed. 3600 RRSIG DNAME 8 2 3600 20300101000000 20200101000000 1 signed. ZG5hbWU=
         answer x.dn.signed. 3600 CNAME x.www.signed.",
    );
}

#[test]
fn rfc4035_3_1_3_3_an_expanded_wildcard_carries_the_signature_of_the_wildcard() {
    check(
        "any.wild.signed. A do",
        "NOERROR aa
         answer any.wild.signed. 3600 A 192.0.2.9
         answer any.wild.signed. 3600 RRSIG A 8 2 3600 20300101000000 20200101000000 1 signed. d2lsZA==
         authority *.wild.signed. 3600 NSEC www.signed. A RRSIG NSEC
         authority *.wild.signed. 3600 RRSIG NSEC 8 2 300 20300101000000 20200101000000 1 signed. bnNlYw==",
    );
}

#[test]
fn rfc4035_3_1_4_a_referral_carries_ds_with_its_signature_and_neither_ns_nor_glue_has_one() {
    check(
        "x.sub.signed. A do",
        "NOERROR
         authority sub.signed. 3600 NS ns.sub.signed.
         authority sub.signed. 3600 DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
         authority sub.signed. 3600 RRSIG DS 8 2 3600 20300101000000 20200101000000 1 signed. ZHM=
         additional ns.sub.signed. 3600 A 192.0.2.11",
    );
    check(
        "x.sub.signed. A",
        "NOERROR
         authority sub.signed. 3600 NS ns.sub.signed.
         additional ns.sub.signed. 3600 A 192.0.2.11",
    );
}

#[test]
fn rfc4035_3_1_4_1_ds_at_the_cut_is_signed_by_the_parent() {
    check(
        "sub.signed. DS do",
        "NOERROR aa
         answer sub.signed. 3600 DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118
         answer sub.signed. 3600 RRSIG DS 8 2 3600 20300101000000 20200101000000 1 signed. ZHM=",
    );
}

#[test]
fn authoritative_addresses_in_the_additional_section_are_signed() {
    check(
        "mx.signed. MX do",
        "NOERROR aa
         answer mx.signed. 3600 MX 10 www.signed.
         answer mx.signed. 3600 RRSIG MX 8 2 3600 20300101000000 20200101000000 1 signed. bXg=
         additional www.signed. 3600 A 192.0.2.3
         additional www.signed. 3600 RRSIG A 8 2 3600 20300101000000 20200101000000 1 signed. d3d3
         additional www.signed. 3600 AAAA 2001:db8::3
         additional www.signed. 3600 RRSIG AAAA 8 2 3600 20300101000000 20200101000000 1 signed. d3d3Ng==",
    );
}

#[test]
fn threat_37_signatures_asked_for_by_name_are_answered_without_do() {
    check(
        "www.signed. RRSIG",
        "NOERROR aa
         answer www.signed. 3600 RRSIG A 8 2 3600 20300101000000 20200101000000 1 signed. d3d3
         answer www.signed. 3600 RRSIG AAAA 8 2 3600 20300101000000 20200101000000 1 signed. d3d3Ng==
         answer www.signed. 3600 RRSIG NSEC 8 2 300 20300101000000 20200101000000 1 signed. bnNlYw==",
    );
    // RFC 4035 §2.5: RRSIG and NSEC stand beside a CNAME, so they are not aliased away.
    check(
        "alias.signed. RRSIG",
        "NOERROR aa
         answer alias.signed. 3600 RRSIG CNAME 8 2 3600 20300101000000 20200101000000 1 signed. Y25hbWU=
         answer alias.signed. 3600 RRSIG NSEC 8 2 300 20300101000000 20200101000000 1 signed. bnNlYzI=",
    );
    check(
        "alias.signed. NSEC",
        "NOERROR aa answer alias.signed. 3600 NSEC dn.signed. CNAME RRSIG NSEC",
    );
}

#[test]
fn rfc8482_4_1_any_of_a_signed_name_is_one_rrset_and_its_signature() {
    check(
        "www.signed. ANY do",
        "NOERROR aa
         answer www.signed. 3600 A 192.0.2.3
         answer www.signed. 3600 RRSIG A 8 2 3600 20300101000000 20200101000000 1 signed. d3d3",
    );
    check("www.signed. ANY", "NOERROR aa answer www.signed. 3600 A 192.0.2.3");
}

/// Its records are no part of the name space: only its hash stands there.
#[test]
fn rfc5155_7_2_8_a_name_with_nothing_but_nsec3_does_not_exist() {
    let sig = "NSEC3 8 2 60 20300101000000 20200101000000 1 z. AAAA";
    let (alone, both) = ("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "2t7b4g4vsa5smi47k61mv5bv1a22bojr");
    let zone = [
        "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n@ NSEC3PARAM 1 0 0 -",
        &format!("{alone} NSEC3 1 0 0 - {both} NS SOA\n{alone} RRSIG {sig}"),
        &format!("{both} NSEC3 1 0 0 - {alone} A\n{both} A 192.0.2.1\n"),
    ]
    .join("\n");
    let denial = "NXDOMAIN aa authority z. 5 SOA n. a.z. 1 2 3 4 5";
    for qtype in ["A", "NSEC3", "ANY", "RRSIG", "TXT"] {
        check_in(&zone, &format!("{alone}.z. {qtype}"), denial);
    }
    let address = format!("NOERROR aa answer {both}.z. 60 A 192.0.2.1");
    check_in(&zone, &format!("{both}.z. A"), &address);
    check_in(&zone, &format!("{both}.z. TXT"), "NOERROR aa authority z. 5 SOA n. a.z. 1 2 3 4 5");
}
