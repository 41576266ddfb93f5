//! Serials that are told, but not served, and serials that go back.

use std::time::{Duration, Instant};

use super::{GOOD, check};
use peers::daemon::{self, Zone};
use peers::key::Key;
use peers::scripted::Primary;

/// Threat 12: a serial in the SOA that no transfer has, content that is refused each time: asked once, not for ever.
/// Threat 11: of several primaries, none is believed for another.
#[test]
fn serials_that_are_not_served_are_asked_for_once() {
    check(None, SERIALS);
}

/// Threat 12: a primary that announces news without end and has none is asked about it once a second, and ever more
/// rarely when it has not what it signs that it has.
#[test]
fn announcements_of_serials_that_are_not_served_are_followed_at_a_pace() {
    let key = Key::new("transfer.key", "hmac-sha256");
    let (unsigned, signed) = ("unsigned.hostile.", "signed.hostile.");
    let good = format!("udp: soa{GOOD}; ixfr: soa{GOOD}; axfr: soa{GOOD} ns a1-3 soa{GOOD}");
    let primaries =
        [Primary::start(unsigned, None, &good), Primary::start(signed, Some(&key), &good)];
    let zones = vec![
        Zone::from(unsigned, primaries[0].at, None),
        Zone::from(signed, primaries[1].at, Some(&key)),
    ];
    let daemon = daemon::Setup::new(zones).start();
    for (apex, primary) in [unsigned, signed].into_iter().zip(&primaries) {
        daemon.wait_for_serial(apex, GOOD);
        primary.behave(&good);
    }
    let began = Instant::now();
    for serial in GOOD + 1.. {
        primaries.iter().for_each(|primary| primary.notify(daemon.at, serial));
        std::thread::sleep(Duration::from_millis(20));
        if began.elapsed() > Duration::from_millis(3_500) {
            break;
        }
    }
    let [probes, transfers] = primaries.each_ref().map(|primary| primary.asked().len() as u64);
    let seconds = began.elapsed().as_secs();
    assert!((2..=seconds + 2).contains(&probes), "{probes} probes in {seconds} s");
    assert!((1..=3).contains(&transfers), "{transfers} transfers in {seconds} s");
    assert_eq!(daemon.status(unsigned)["state"], "ok");
    daemon.wait_for_failure(signed, "SERIAL_OLDER");
    for apex in [unsigned, signed] {
        assert_eq!(daemon.serial(apex), Some(GOOD), "{apex}");
    }
}

/// Serials.
const SERIALS: &str = "
    12: the SOA is ahead of the diffs
        udp: soa12
        ixfr: soa10
        => udp ixfr SERIAL_OLDER; 10 h1 h2 h3
    12: the SOA is ahead of the zone
        udp: soa12
        ixfr: empty !rcode4
        axfr: soa10 ns a1-3 soa10
        => udp ixfr NOTIMP axfr SERIAL_OLDER; 10 h1 h2 h3
    12: the SOA is ahead, the zone is behind ours
        udp: soa12
        ixfr: soa9
        => udp ixfr SERIAL_OLDER; 10 h1 h2 h3
    12: the SOA is ahead of the first primary's diffs, the second has them
        udp: soa12
        ixfr: soa10
        2.ixfr: soa12 soa10 a1 soa12 soa12
        => udp ixfr SERIAL_OLDER 2.ixfr; 12 h2 h3
    12: the SOA is ahead of diffs that are news
        udp: soa15
        ixfr: soa12 soa10 a1 soa12 soa12
        => udp ixfr; 12 h2 h3
    12: the SOA is ahead of content that is refused
        udp: soa12
        ixfr: soa12 soa10 soa12 out soa12
        axfr: soa12 ns out soa12
        => udp ixfr OUT_OF_ZONE_RECORD axfr OUT_OF_ZONE_RECORD; 10 h1 h2 h3
    12: the SOA went back
        udp: soa9
        => udp SERIAL_OLDER; 10 h1 h2 h3
    12: the SOA is as far away as can be
        udp: soa2147483658
        => udp SERIAL_OLDER; 10 h1 h2 h3
    11: the first primary went back, the second has news
        udp: soa9
        2.udp: soa11
        2.ixfr: soa11 soa10 a1 soa11 soa11
        => udp 2.udp 2.ixfr; 11 h2 h3
    12: the serial of a zone that is fetched as a whole went back
        axfr: soa9 ns a1 soa9
        => axfr SERIAL_OLDER; 10 h1 h2 h3
    12: what we have is what there is
        udp: soa10
        => udp; 10 h1 h2 h3
";
