//! Serials that are told, but not served, and serials that go back.

use super::check;

/// Threat 12: a serial in the SOA that no transfer has, content that is refused each time: asked once, not for ever.
/// Threat 11: of several primaries, none is believed for another.
#[test]
fn serials_that_are_not_served_are_asked_for_once() {
    check(None, SERIALS);
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
