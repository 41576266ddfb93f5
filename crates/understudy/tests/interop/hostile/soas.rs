//! SOA records in the wrong place, number, shape or with numbers at the edge.

use super::check;

/// Threat 3: a SOA in the middle, of another owner, two that differ, one that is repeated. Threat 4: serials that
/// differ, rdata of a wrong length, timers of 0 and 2³²−1.
#[test]
fn soas_that_are_wrong_are_refused_and_odd_ones_taken() {
    check(None, SOAS);
}

/// SOA records, odd and wrong.
const SOAS: &str = "
    3: a SOA in the middle
        axfr: soa11 ns a1 soa11 a2 soa11
        => axfr DUPLICATE_SOA; 10 h1 h2 h3
    3: a SOA of another serial in the middle
        axfr: soa11 ns a1 soa12 a2 soa11
        => axfr AXFR_SOA_MISMATCH; 10 h1 h2 h3
    3: a SOA below the apex
        axfr: soa11 ns a1 soa11.below soa11
        => axfr DUPLICATE_SOA; 10 h1 h2 h3
    3: a SOA below the apex opens the transfer
        axfr: soa11.below ns a1 soa11
        => axfr DUPLICATE_SOA; 10 h1 h2 h3
    3: a SOA above the apex closes the transfer
        axfr: soa11 ns a1 soa11.above
        => axfr DUPLICATE_SOA; 10 h1 h2 h3
    3: no SOA opens the transfer
        axfr: ns a1 soa11
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    3: two SOAs and nothing else
        axfr: soa11 soa11
        => axfr GATE_APEX_LOSS; 10 h1 h2 h3
    3: a SOA below the apex is added by a diff
        udp: soa11
        ixfr: soa11 soa10 soa11 soa11.below soa11
        axfr: soa11 ns a4 soa11
        => udp ixfr DUPLICATE_SOA axfr; 11 h4
    3: two SOAs that differ in the answer to the probe
        udp: soa11 soa12
        => udp DUPLICATE_SOA; 10 h1 h2 h3
    3: the SOA twice in the answer to the probe is one
        udp: soa11 soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp ixfr; 11 h2 h3
    3: the SOA of another name answers the probe
        udp: soa11.below
        => udp NOT_ZONE_APEX; 10 h1 h2 h3
    3: the SOA in the authority section answers the probe
        udp: soa11 !authority
        => udp NOT_ZONE_APEX; 10 h1 h2 h3
    3: the SOA of class CH answers the probe
        udp: soa11.ch
        => udp NOT_ZONE_APEX; 10 h1 h2 h3
    4: the last serial is higher than the first
        axfr: soa11 ns a1 soa12
        => axfr AXFR_SOA_MISMATCH; 10 h1 h2 h3
    4: the last serial is lower than the first
        axfr: soa12 ns a1 | soa11
        => axfr AXFR_SOA_MISMATCH; 10 h1 h2 h3
    4: the same serial with another timer at the end
        axfr: soa11 ns a1 soa11.other
        => axfr AXFR_SOA_MISMATCH; 10 h1 h2 h3
    4: the last serial of an IXFR is another
        udp: soa11
        ixfr: soa11 soa10 soa11 a4 soa11.other
        axfr: soa11 ns a5 soa11
        => udp ixfr AXFR_SOA_MISMATCH axfr; 11 h5
    4: the opening SOA is an octet short
        axfr: soa11.short ns a1 soa11
        => axfr BAD_RDATA; 10 h1 h2 h3
    4: the opening SOA is an octet long
        axfr: soa11.long ns a1 soa11.long
        => axfr BAD_RDATA; 10 h1 h2 h3
    4: the closing SOA is an octet short
        axfr: soa11 ns a1 soa11.short
        => axfr BAD_RDATA; 10 h1 h2 h3
    4: the SOA of the probe is an octet short
        udp: soa11.short
        => udp BAD_RDATA; 10 h1 h2 h3
    4: the SOA of the probe is an octet long
        udp: soa11.long
        => udp BAD_RDATA; 10 h1 h2 h3
    4: the closing SOA is written in another case
        axfr: soa11 ns a1 soa11.upper
        => axfr; 11 h1
    4: REFRESH and RETRY are 0
        axfr: soa11.refresh0 ns a1 soa11.refresh0
        => axfr; 11 h1
    4: all timers are at their maximum
        axfr: soa11.max ns a1 soa11.max
        => axfr; 11 h1
    4: the serial is the last of the half that is newer
        udp: soa2147483657
        ixfr: soa2147483657 soa10 a1 soa2147483657 soa2147483657
        => udp ixfr; 2147483657 h2 h3
";
