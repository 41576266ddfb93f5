//! Signed zones that cannot prove what they ought to, and unsigned ones.

use super::{ask, check_in};

const SOA: &str = "authority z. 5 SOA n. a.z. 1 2 3 4 5
     authority z. 5 RRSIG SOA 8 1 60 20300101000000 20200101000000 1 z. AAAA";

/// Hashes of `z.` and `nope.z.` without salt and further iterations.
const APEX: &str = "S4NSFBQLV7G61INCO06QT7SDIGHK0773";
const NOPE: &str = "RL9V9HAHCK790VNCIA7JAGQP11VN73PD";

/// A signed zone with these lines, each with its owner.
fn signed(rest: &str) -> String {
    let rest: String = rest.lines().map(|line| line.trim_start().to_owned() + "\n").collect();
    let signature =
        |covered: &str| format!("RRSIG {covered} 8 1 60 20300101000000 20200101000000 1 z. AAAA");
    format!("$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ {}\n@ NS n.\n{rest}", signature("SOA"))
}

/// One chain of two: the apex, and a hash that is also that of a name which does not exist.
fn colliding() -> String {
    signed(&format!(
        "@ NSEC3PARAM 1 0 0 -\n{APEX} NSEC3 1 0 0 - {NOPE} NS SOA RRSIG NSEC3PARAM
         {NOPE} NSEC3 1 0 0 - {APEX} A RRSIG\n*.chain CNAME nope\nalias CNAME nope\n"
    ))
}

#[test]
fn rfc5155_7_2_9_the_hash_of_a_missing_name_that_is_anothers_is_servfail_with_nothing_in_it() {
    check_in(&colliding(), "nope.z. A do", "SERVFAIL ede 0");
    check_in(&colliding(), "alias.z. A do", "SERVFAIL ede 0");
    check_in(&colliding(), "x.chain.z. A do", "SERVFAIL ede 0");
    let plain = "NXDOMAIN aa authority z. 5 SOA n. a.z. 1 2 3 4 5";
    check_in(&colliding(), "nope.z. A", plain);
    // No other answer suffers.
    assert_eq!(ask(&colliding(), "other.z. A do").head, "NXDOMAIN aa");
}

#[test]
fn rfc9276_3_2_iterations_beyond_reason_are_told_of_and_not_done() {
    let zone = signed(&format!(
        "@ NSEC3PARAM 1 0 501 -\n{APEX} NSEC3 1 0 501 - {NOPE} NS SOA RRSIG NSEC3PARAM\nwww A 192.0.2.1
         *.wild A 192.0.2.2\nal CNAME nope\n*.al CNAME nope\n"
    ));
    let proof = format!("authority {APEX}.z. 60 NSEC3 1 0 501 - {NOPE} NS SOA RRSIG NSEC3PARAM");
    check_in(&zone, "nope.z. A do", &format!("NXDOMAIN aa ede 27 {SOA} {proof}"));
    check_in(&zone, "www.z. TXT do", &format!("NOERROR aa ede 27 {SOA} {proof}"));
    let expanded = "answer x.wild.z. 60 A 192.0.2.2";
    check_in(&zone, "x.wild.z. A do", &format!("NOERROR aa ede 27 {expanded} {proof}"));
    let chain = "answer x.al.z. 60 CNAME nope.z.";
    check_in(&zone, "x.al.z. A do", &format!("NXDOMAIN aa ede 27 {chain} {SOA} {proof}"));
    // Nothing is absent, and without DO nothing is proven.
    check_in(&zone, "www.z. A do", "NOERROR aa answer www.z. 60 A 192.0.2.1");
    check_in(&zone, "nope.z. A", "NXDOMAIN aa authority z. 5 SOA n. a.z. 1 2 3 4 5");
    check_in(&zone, "x.wild.z. A", &format!("NOERROR aa {expanded}"));
}

#[test]
fn a_zone_that_is_not_signed_proves_nothing_to_those_who_set_do() {
    let zone = "$ORIGIN z.\n$TTL 60\n@ SOA n. a 1 2 3 4 5\n@ NS n.\n*.wild A 192.0.2.1\nsub NS n.\n\
                *.al CNAME x.wild\n";
    let soa = "authority z. 5 SOA n. a.z. 1 2 3 4 5";
    check_in(zone, "nope.z. A do", &format!("NXDOMAIN aa {soa}"));
    check_in(zone, "z. A do", &format!("NOERROR aa {soa}"));
    check_in(zone, "x.wild.z. TXT do", &format!("NOERROR aa {soa}"));
    check_in(zone, "sub.z. A do", "NOERROR authority sub.z. 60 NS n.");
    check_in(zone, "sub.z. DS do", &format!("NOERROR aa {soa}"));
    check_in(
        zone,
        "x.al.z. A do",
        "NOERROR aa answer x.al.z. 60 CNAME x.wild.z. answer x.wild.z. 60 A 192.0.2.1",
    );
}

/// Threat 20: the most iterations with the longest salt are done for one denial, not for sixteen wildcards.
#[test]
fn threat_20_the_hashes_of_all_links_of_a_chain_are_bounded_together() {
    let (apex, salt) = ("E559I6MGPIMFJL29IL2VKGASTHNAS6N0", "AB".repeat(255));
    let nsec3 = format!("NSEC3 1 0 500 {salt} {apex} NS SOA RRSIG NSEC3PARAM");
    let mut zone = signed(&format!("@ NSEC3PARAM 1 0 500 {salt}\n{apex} {nsec3}"));
    (0..17).for_each(|n| zone += &format!("*.w{n} CNAME x.w{}\n", n + 1));
    let proof = format!("authority {apex}.z. 60 {nsec3}");
    check_in(&zone, "nope.z. A do tcp", &format!("NXDOMAIN aa {SOA} {proof}"));
    let links = |from: usize| {
        (from..17)
            .map(|n| format!("answer x.w{n}.z. 60 CNAME x.w{}.z. ", n + 1))
            .collect::<String>()
    };
    check_in(&zone, "x.w16.z. CNAME do tcp", &format!("NOERROR aa {}{proof}", links(16)));
    check_in(&zone, "x.w1.z. A do tcp", &format!("NXDOMAIN aa ede 27 {}{SOA} {proof}", links(1)));
}
