//! Diffs that do not lead from what we hold to what is offered.

use super::check;

/// Threat 6: diffs from elsewhere, with gaps, loops and steps back, of what is not there or there already, with half of
/// an SOA. Threat 9: more of them than the zone is worth.
#[test]
fn diffs_that_do_not_fit_fetch_the_whole_zone() {
    check(None, DIFFS.replace("{steps}", &steps(11, 2_010)).as_str());
}

/// Steps without changes, some in each message.
fn steps(first: u32, last: u32) -> String {
    let step = |serial: u32| format!("soa{serial} soa{}", serial + 1);
    let steps: Vec<_> = (first..last).map(step).collect();
    steps.chunks(100).map(|steps| steps.join(" ")).collect::<Vec<_>>().join(" | ")
}

/// Diffs; `{steps}` are written out below.
const DIFFS: &str = "
    6: from a later serial than ours
        udp: soa12
        ixfr: soa12 soa11 a1 soa12 a4 soa12
        axfr: soa12 ns a5 soa12
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 12 h5
    6: from an earlier serial than ours
        udp: soa11
        ixfr: soa11 soa9 a1 soa10 soa10 a2 soa11 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 11 h5
    6: a gap between two steps
        udp: soa13
        ixfr: soa13 soa10 a1 soa11 soa12 a2 soa13 soa13
        axfr: soa13 ns a5 soa13
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 13 h5
    6: the steps end before the offered serial
        udp: soa13
        ixfr: soa13 soa10 a1 soa11 soa11 a2 soa12 soa13
        axfr: soa13 ns a5 soa13
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 13 h5
    6: a step that leads to where it starts
        udp: soa11
        ixfr: soa11 soa10 a1 soa10 soa10 a2 soa11 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 11 h5
    6: steps that go back to a serial and again
        udp: soa12
        ixfr: soa12 soa10 soa11 a4 soa11 a4 soa10 soa10 soa12 soa12
        axfr: soa12 ns a5 soa12
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 12 h5
    6: steps in a circle for ever
        udp: soa12
        ixfr: soa12 | soa10 soa11 soa11 soa10 forever
        axfr: soa12 ns a5 soa12
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 12 h5
    6: the first step leads beyond the offered serial
        udp: soa11
        ixfr: soa11 soa10 a1 soa12 soa12 a2 soa11 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 11 h5
    6: a diff to a lower serial than its own
        udp: soa11
        ixfr: soa9 soa10 a1 soa9 soa9
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_NOT_CONTIGUOUS axfr; 11 h5
    6: a record is removed that is not there
        udp: soa11
        ixfr: soa11 soa10 a8 soa11 a4 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_DELETE_MISSING axfr; 11 h5
    6: a record is removed twice
        udp: soa12
        ixfr: soa12 soa10 a1 soa11 soa11 a1 soa12 soa12
        axfr: soa12 ns a5 soa12
        => udp ixfr IXFR_DELETE_MISSING axfr; 12 h5
    6: a record is added that is there
        udp: soa11
        ixfr: soa11 soa10 soa11 a1 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_ADD_EXISTING axfr; 11 h5
    6: the SOA that is removed is not the one we hold
        udp: soa11
        ixfr: soa11 soa10.other a1 soa11 soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_DELETE_MISSING axfr; 11 h5
    6: the SOA that is added is not the one that is offered
        udp: soa11
        ixfr: soa11 soa10 a1 soa11.other soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr AXFR_SOA_MISMATCH axfr; 11 h5
    6: diffs and whole zone both fail, the second primary has diffs
        udp: soa11
        ixfr: soa11 soa10 a8 soa11 soa11
        axfr: soa11 ns out soa11
        2.ixfr: soa11 soa10 a2 soa11 soa11
        => udp ixfr IXFR_DELETE_MISSING axfr OUT_OF_ZONE_RECORD 2.ixfr; 11 h1 h3
    6: records that move to and fro fit
        udp: soa13
        ixfr: soa13 soa10 a1 soa11 a4 soa11 a4 soa12 a1 soa12 a2 soa13 a5 soa13
        => udp ixfr; 13 h1 h3 h5
    6: the whole zone instead of diffs
        udp: soa11
        ixfr: soa11 ns | a5 a6 | soa11
        => udp ixfr; 11 h5 h6
    6: a diff without changes
        udp: soa11
        ixfr: soa11 soa10 soa11 soa11
        => udp ixfr; 11 h1 h2 h3
    9: diffs larger than the zone and than small ones may be
        udp: soa11
        ixfr: soa11 soa10 soa11 | fresh900 | fresh900 | fresh900 | soa11
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_TOO_LARGE axfr; 11 h5
    9: thousands of steps
        udp: soa11
        ixfr: soa2010 soa10 soa11 {steps}
        axfr: soa11 ns a5 soa11
        => udp ixfr IXFR_TOO_LARGE axfr; 11 h5
";
