//! Diffs that take from a zone what it cannot be without, or change its nature: how it is signed, and which of its names
//! are only between others.

use super::check;
use peers::ask::{self, Query, Transport};
use peers::daemon::{self, Daemon, Zone};
use peers::scripted::Primary;

/// Records of signed zones. Nobody verifies them on their way through a secondary.
const WORDS: [(&str, &str); 9] = [
    ("KEY", "@/48/0101030d0a0b0c0d"),
    ("KEYSIG", "@/46/00300d0200000e107fffffff00000001000700aabb"),
    ("SOASIG", "@/46/00060d0200000e107fffffff00000001000700aabb"),
    ("NSECTOENT", "@/47/00000762000000000380"),
    ("NSECAPEX", "@/47/00000722000000000380"),
    ("PARAM", "@/51/0100000000"),
    ("PARAMSALT", "@/51/0100000001ab"),
    (
        "HASH",
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom/50/\
         01000000001400112233445566778899aabbccddeeff00112233000722000000000290",
    ),
    (
        "OPTOUT",
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr/50/\
         010100000014ff112233445566778899aabbccddeeff001122330006400000000002",
    ),
];

/// Threat 7: diffs that remove SOA, name servers, everything, or the signatures of the keys alone; signed, unsigned,
/// NSEC, NSEC3 and mixtures of them. Threat 8: names between others that get and lose records.
#[test]
fn zones_lose_no_apex_and_may_change_how_they_are_signed() {
    let spelled = |word| WORDS.iter().find(|known| known.0 == word).map_or(word, |known| known.1);
    let lines =
        NATURE.lines().map(|line| line.split(' ').map(spelled).collect::<Vec<_>>().join(" "));
    check(None, &lines.collect::<Vec<_>>().join("\n"));
}

/// Threat 8: a name between others is denied by the NSEC of the name before it, also while it has records for a time.
/// Threat 7: of a zone that is signed no more, no NSEC is left.
#[test]
fn names_between_others_are_denied_by_the_nsec_before_them_version_by_version() {
    let apex = "ent.hostile.";
    let zone = "soa10 ns h1/1/c0000201";
    let primary = Primary::start(apex, None, &format!("udp: soa10; axfr: {zone} soa10"));
    let daemon = daemon::Setup::new(vec![Zone::from(apex, primary.at, None)]).start();
    daemon.wait_for_serial(apex, 10);
    let (deep, plug) = ("x.y.ent/1/c0000263", "y.ent/1/c0000264");
    let signed = format!("{deep} nsec:@:x.y.ent nsec:x.y.ent:h1 nsec:h1:@");
    let plugged = format!("{plug} nsec:@:y.ent nsec:y.ent:x.y.ent");
    let emptied = format!("{deep} nsec:x.y.ent:h1 nsec:@:x.y.ent");
    let steps = [
        ("", signed.as_str(), "NOERROR by ent.hostile.", "NOERROR by ent.hostile."),
        ("nsec:@:x.y.ent", plugged.as_str(), "there", "NOERROR by ent.hostile."),
        (plugged.as_str(), "nsec:@:x.y.ent", "NOERROR by ent.hostile.", "NOERROR by ent.hostile."),
        (emptied.as_str(), "nsec:@:h1", "NXDOMAIN by ent.hostile.", "NXDOMAIN by ent.hostile."),
        ("nsec:@:h1 nsec:h1:@", deep, "NOERROR", "NOERROR"),
    ];
    for ((removed, added, of_parent, of_top), serial) in steps.into_iter().zip(11..) {
        let before = serial - 1;
        let diff = format!("soa{serial} soa{before} {removed} soa{serial} {added} soa{serial}");
        primary.behave(&format!("udp: soa{serial}; ixfr: {diff}"));
        assert!(daemon.run(&["zone", "refresh", apex]).status.success());
        daemon.wait_for_serial(apex, serial);
        assert_eq!(denial(&daemon, "y.ent.ent.hostile."), of_parent, "at {serial}");
        assert_eq!(denial(&daemon, "ent.ent.hostile."), of_top, "at {serial}");
    }
}

/// What is answered for the address of a name: that it is there, or who denies it.
fn denial(daemon: &Daemon, qname: &str) -> String {
    let query = Query::new(qname, ask::A).with_dnssec();
    let answer = ask::exchange(daemon.at, &query, Transport::Udp).unwrap();
    if !answer.answer.is_empty() {
        return "there".to_owned();
    }
    let rcode = if answer.rcode == ask::NXDOMAIN { "NXDOMAIN" } else { "NOERROR" };
    let denials = answer.authority.iter().filter(|record| record.rrtype == ask::NSEC);
    let owners: Vec<String> = denials.map(|record| format!(" by {}", record.owner)).collect();
    format!("{rcode}{}", owners.concat())
}

/// What becomes of zones, in words of [`WORDS`] too.
const NATURE: &str = "
    7: a diff removes the SOA and adds none
        udp: soa11
        ixfr: soa11 soa10 a1 soa11 close
        axfr: soa11 ns a5 soa11
        => udp ixfr AXFR_NO_TRAILING_SOA axfr; 11 h5
    7: a diff removes the name server of the apex
        udp: soa11
        ixfr: soa11 soa10 ns soa11 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr GATE_APEX_LOSS axfr; 11 h5
    7: a diff removes all there is
        udp: soa11
        ixfr: soa11 soa10 ns a1-3 soa11 soa11
        axfr: soa11 soa11
        => udp ixfr GATE_APEX_LOSS axfr GATE_APEX_LOSS; 10 h1 h2 h3
    7: a diff removes all but the apex
        udp: soa11
        ixfr: soa11 soa10 a1-3 soa11 soa11
        => udp ixfr; 11
    7: a zone without name servers
        axfr: soa11 a1 a2 soa11
        => axfr GATE_APEX_LOSS; 10 h1 h2 h3
    7: unsigned becomes signed
        udp: soa11
        ixfr: soa11 soa10 soa11 KEY KEYSIG SOASIG NSECAPEX soa11
        => udp ixfr; 11 h1 h2 h3
    7: the signatures of the keys are removed alone
        udp: soa12
        ixfr: soa12 soa10 soa11 KEY KEYSIG SOASIG NSECAPEX soa11 KEYSIG soa12 soa12
        => udp ixfr; 12 h1 h2 h3
    7: signed becomes unsigned
        udp: soa12
        ixfr: soa12 soa10 soa11 KEY KEYSIG SOASIG NSECAPEX soa11 KEY KEYSIG SOASIG NSECAPEX soa12 soa12
        => udp ixfr; 12 h1 h2 h3
    7: NSEC becomes NSEC3
        udp: soa12
        ixfr: soa12 soa10 soa11 KEY SOASIG NSECAPEX soa11 NSECAPEX soa12 PARAM HASH soa12
        => udp ixfr; 12 h1 h2 h3
    7: NSEC3PARAM without a chain
        axfr: soa11 ns a1 KEY SOASIG PARAM soa11
        => axfr; 11 h1
    7: NSEC3 and NSEC beside each other, one of two chains complete, opt-out mixed
        axfr: soa11 ns a1 KEY SOASIG NSECAPEX PARAM PARAMSALT HASH OPTOUT soa11
        => axfr; 11 h1
    8: unsigned becomes signed while there is a name without records
        udp: soa12
        ixfr: soa12 soa10 soa11 x.y.ent/1/c0000263 soa11 soa12 KEY SOASIG NSECTOENT soa12
        => udp ixfr; 12 h1 h2 h3
    8: a name without records gets one and loses it again
        udp: soa13
        ixfr: soa13 soa10 soa11 x.y.h7/1/c0000263 soa11 soa12 a7 soa12 a7 soa13 soa13
        => udp ixfr; 13 h1 h2 h3
    8: a name without records gets one and what is below goes
        udp: soa12
        ixfr: soa12 soa10 soa11 x.y.h7/1/c0000263 soa11 x.y.h7/1/c0000263 soa12 a7 soa12
        => udp ixfr; 12 h1 h2 h3 h7
";
