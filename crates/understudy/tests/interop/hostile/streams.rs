//! Streams that end too soon, never, or too slowly, and what becomes of what they brought.

use super::check;

/// Threat 1: the stream ends at any kind of place. Threat 11: what a primary sent before it failed is never mixed with
/// what the next one sends.
#[test]
fn streams_that_are_cut_leave_the_last_good_version() {
    check(None, CUT);
}

/// Threat 2: endless, dripping, empty and silent streams.
#[test]
fn streams_without_end_run_into_a_limit() {
    check(None, ENDLESS);
}

/// Connections that end before the zone does.
const CUT: &str = "
    1: closed before any octet
        axfr: close
        => axfr EOF; 10 h1 h2 h3
    1: closed inside a length
        axfr: length close
        => axfr EOF; 10 h1 h2 h3
    1: closed inside the first message
        axfr: half soa11 ns a1 close
        => axfr EOF; 10 h1 h2 h3
    1: closed behind the opening SOA
        axfr: soa11 close
        => axfr AXFR_NO_TRAILING_SOA; 10 h1 h2 h3
    1: closed inside a message
        axfr: soa11 ns | half a1 a2 soa11 close
        => axfr AXFR_NO_TRAILING_SOA; 10 h1 h2 h3
    1: closed behind the last record
        axfr: soa11 ns a1 a2 close
        => axfr AXFR_NO_TRAILING_SOA; 10 h1 h2 h3
    1: closed behind a message without records
        axfr: soa11 ns | empty close
        => axfr AXFR_NO_TRAILING_SOA; 10 h1 h2 h3
    1: reset behind some records
        axfr: soa11 ns a1 | a2 reset
        => axfr EOF; 10 h1 h2 h3
    1: IXFR closed before any octet
        udp: soa11
        ixfr: close
        axfr: soa11 ns a1 a4 soa11
        => udp ixfr EOF axfr; 11 h1 h4
    1: IXFR closed behind the SOA of its news
        udp: soa11
        ixfr: soa11 close
        axfr: soa11 ns a1 a4 soa11
        => udp ixfr AXFR_NO_TRAILING_SOA axfr; 11 h1 h4
    1: IXFR closed among removals
        udp: soa11
        ixfr: soa11 soa10 a1 close
        axfr: soa11 ns a1 a4 soa11
        => udp ixfr AXFR_NO_TRAILING_SOA axfr; 11 h1 h4
    1: IXFR closed among additions
        udp: soa11
        ixfr: soa11 soa10 a1 soa11 a4 close
        axfr: soa11 ns a1 a4 soa11
        => udp ixfr AXFR_NO_TRAILING_SOA axfr; 11 h1 h4
    1: IXFR closed between two steps
        udp: soa12
        ixfr: soa12 soa10 soa11 a5 | soa11 close
        axfr: soa12 ns a1 a4 soa12
        => udp ixfr AXFR_NO_TRAILING_SOA axfr; 12 h1 h4
    1: AXFR inside of an IXFR, closed behind a host
        udp: soa11
        ixfr: soa11 ns a1 close
        axfr: soa11 ns a1 a4 soa11
        => udp ixfr AXFR_NO_TRAILING_SOA axfr; 11 h1 h4
    1: AXFR inside of an IXFR, closed at the end of a message
        udp: soa11
        ixfr: soa11 | ns close
        axfr: soa11 ns a1 a4 soa11
        => udp ixfr AXFR_NO_TRAILING_SOA axfr; 11 h1 h4
    1, 11: cut by the first primary, whole from the second
        axfr: soa11 ns a1 a5 a6 | a7 close
        2.axfr: soa12 ns a2 a4 soa12
        => axfr AXFR_NO_TRAILING_SOA 2.axfr; 12 h2 h4
    11: diffs and zone cut by the first primary, diffs of an older serial from the second
        udp: soa12
        ixfr: soa12 soa10 a1 soa11 a5 soa11 close
        axfr: soa12 ns a6 a7 close
        2.ixfr: soa11 soa10 a2 soa11 a4 soa11
        => udp ixfr AXFR_NO_TRAILING_SOA axfr AXFR_NO_TRAILING_SOA 2.ixfr; 11 h1 h3 h4
    11: the same serial from both, with a fault at the end of the first
        axfr: soa11 ns a1-5 | out a6 soa11
        2.axfr: soa11 ns a7 soa11
        => axfr OUT_OF_ZONE_RECORD 2.axfr; 11 h7
";

/// Zones that never end.
const ENDLESS: &str = "
    2: other names without end
        axfr: soa11 ns | fresh1000 forever
        => axfr TOO_MANY_RECORDS; 10 h1 h2 h3
    2: the same record for ever
        axfr: soa11 ns | a1-200 forever
        => axfr TOO_MANY_RECORDS; 10 h1 h2 h3
    2: large records for ever
        axfr: soa11 ns | huge60000 forever
        => axfr ZONE_TOO_LARGE; 10 h1 h2 h3
    2: names without end that swell when they are written out
        axfr: soa11 ns | swollen1500 forever
        => axfr ZONE_TOO_LARGE; 10 h1 h2 h3
    2: empty messages for ever
        axfr: soa11 ns | empty forever
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    2: empty messages for ever in an IXFR
        udp: soa11
        ixfr: soa11 soa10 | empty forever
        axfr: soa11 ns a1 soa11
        => udp ixfr MALFORMED_MESSAGE axfr; 11 h1
    2: additions without end
        udp: soa11
        ixfr: soa11 soa10 soa11 | fresh1000 forever
        axfr: soa11 ns a1 soa11
        => udp ixfr IXFR_TOO_LARGE axfr; 11 h1
    2: removals without end
        udp: soa11
        ixfr: soa11 soa10 | a1 forever
        axfr: soa11 ns a1 soa11
        => udp ixfr IXFR_TOO_LARGE axfr; 11 h1
    2: AXFR without end inside of an IXFR
        udp: soa11
        ixfr: soa11 ns | fresh1000 forever
        => udp ixfr TOO_MANY_RECORDS; 10 h1 h2 h3
    2: silence from the start
        axfr: hang
        => axfr IDLE_TIMEOUT; 10 h1 h2 h3
    2: silence inside of a message
        axfr: soa11 ns | half a1 a2 hang
        => axfr IDLE_TIMEOUT; 10 h1 h2 h3
    2: silence inside of a length
        axfr: soa11 ns | a1 length hang
        => axfr IDLE_TIMEOUT; 10 h1 h2 h3
    2: an octet now and then
        axfr: drip soa11 ns fresh400
        => axfr TOTAL_TIMEOUT; 10 h1 h2 h3
    2: the SOA of the news, then silence
        udp: soa11
        ixfr: soa11 hang
        axfr: soa11 ns a1 soa11
        => udp ixfr IDLE_TIMEOUT axfr; 11 h1
    2: silence over UDP
        udp: nothing
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp udp UDP_BLOCKED tcp ixfr; 11 h2 h3
    2: silence over UDP and TCP
        udp: nothing
        tcp: hang
        => udp udp UDP_BLOCKED tcp IDLE_TIMEOUT; 10 h1 h2 h3
    2: a zone that comes octet by octet, but comes, is taken
        axfr: soa11 ns | drip a1 soa11
        => axfr; 11 h1
";
