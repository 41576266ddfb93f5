//! The root as a zone like any other.

use super::check_in;

const ZONE: &str = include_str!("denial/root.zone");

const SERVERS: &str = "answer . 518400 NS a.root-servers.net.
     answer . 518400 NS b.root-servers.net.
     additional a.root-servers.net. 518400 A 198.41.0.4
     additional a.root-servers.net. 518400 AAAA 2001:503:ba3e::2:30
     additional b.root-servers.net. 518400 A 170.247.170.2";

const SOA: &str = "authority . 86400 SOA a.root-servers.net. nstld.verisign-grs.com. 2026112100 1800 900 604800 86400";

fn check(question: &str, expected: &str) {
    check_in(ZONE, question, expected);
}

/// Its servers live below a cut of its own, so their addresses are glue.
#[test]
fn rfc8109_3_its_servers_come_with_their_addresses() {
    check(". NS", &format!("NOERROR aa {SERVERS}"));
}

#[test]
fn rfc9471_3_a_referral_has_the_glue_of_its_servers_wherever_that_is() {
    check(
        "www.example.com. A",
        "NOERROR authority com. 518400 NS a.gtld-servers.net.
         additional a.gtld-servers.net. 518400 A 192.5.6.30",
    );
    check("xx. A", "NOERROR authority xx. 518400 NS ns.xx. additional ns.xx. 518400 A 192.0.2.1");
    // Whoever asks for an address of its servers is sent to those who have it.
    check(
        "a.root-servers.net. A",
        "NOERROR authority net. 518400 NS a.gtld-servers.net.
         additional a.gtld-servers.net. 518400 A 192.5.6.30",
    );
}

#[test]
fn what_it_does_not_have_is_missing() {
    check("nope. A", &format!("NXDOMAIN aa {SOA}"));
    check("a.b.c.nope. A", &format!("NXDOMAIN aa {SOA}"));
    check(". A", &format!("NOERROR aa {SOA}"));
    check(". DS", &format!("NOERROR aa {SOA}"));
    check("xx. DS", &format!("NOERROR aa {SOA}"));
}

#[test]
fn rfc4035_3_1_its_proofs_are_like_any_others() {
    let signature = |owner: &str, covered: &str, labels: u8, ttl: u32| {
        format!(
            "authority {owner} {ttl} RRSIG {covered} 8 {labels} {ttl} 20300101000000 20200101000000 1 . AAAA"
        )
    };
    let soa = format!(
        "{SOA} authority . 86400 RRSIG SOA 8 0 518400 20300101000000 20200101000000 1 . AAAA"
    );
    let nsec = |owner: &str, next: &str, types: &str, labels| {
        format!(
            "authority {owner} 86400 NSEC {next} {types} RRSIG NSEC {}",
            signature(owner, "NSEC", labels, 86_400)
        )
    };
    let (apex, net) = (
        "authority . 86400 NSEC com. NS SOA RRSIG NSEC DNSKEY ".to_owned()
            + &signature(".", "NSEC", 0, 86_400),
        nsec("net.", "xx.", "NS", 1),
    );
    check("nope. A do", &format!("NXDOMAIN aa {soa} {net} {apex}"));
    check(". DS do", &format!("NOERROR aa {soa} {apex}"));
    check(
        "www.xx. A do",
        &format!(
            "NOERROR authority xx. 518400 NS ns.xx. {} additional ns.xx. 518400 A 192.0.2.1",
            nsec("xx.", ".", "NS", 1)
        ),
    );
    check(
        "com. DS",
        "NOERROR aa answer com. 518400 DS 19718 13 2
         8ACBB0CD28F41250A80A491389424D341522D946B0DA0C0291F2D3D771D7805A",
    );
}
