//! What messages say besides their records.

use super::check;

/// Threat 10: octets behind the records, counts that lie, no question or too many, another ID, TC, an rcode in the
/// middle, another zone's question. What is legal, if rare, is read.
#[test]
fn messages_that_lie_are_refused_and_rare_ones_read() {
    check(None, MESSAGES);
}

/// Headers, questions and counts.
const MESSAGES: &str = "
    10: an octet follows the records
        axfr: soa11 ns a1 soa11 !tail
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: more answers are counted than there are
        axfr: soa11 ns a1 | a2 soa11 !more
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: fewer answers are counted than there are
        axfr: soa11 ns a1 | a2 soa11 !fewer
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: 65,535 answers are counted
        axfr: soa11 ns a1 soa11 !all
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: the last record lacks an octet
        axfr: soa11 ns a1 soa11 !cut
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: a name points to itself
        axfr: soa11 ns looping soa11
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: no question in the first message
        axfr: soa11 ns a1 soa11 !q0
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: two questions in the first message
        axfr: soa11 ns a1 soa11 !q2
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: two questions in a later message
        axfr: soa11 ns | a1 soa11 !q2
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: another zone's question
        axfr: soa11 ns a1 soa11 !qname
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: another zone's question in a later message
        axfr: soa11 ns | a1 soa11 !q1 !qname
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: a question of another type
        axfr: soa11 ns a1 soa11 !qtype
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: a question of another class
        axfr: soa11 ns a1 soa11 !qclass
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: another ID
        axfr: soa11 ns a1 soa11 !id
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: another ID in a later message
        axfr: soa11 ns a1 | a2 soa11 !id
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: a query instead of an answer
        axfr: soa11 ns a1 soa11 !query
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: an answer to a NOTIFY
        axfr: soa11 ns a1 soa11 !notify
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: TC in the first message
        axfr: soa11 ns a1 soa11 !tc
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: TC in the middle
        axfr: soa11 ns | a1 !tc | soa11
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: SERVFAIL in the middle
        axfr: soa11 ns | a1 !rcode2 | soa11
        => axfr SERVFAIL; 10 h1 h2 h3
    10: REFUSED at the end
        axfr: soa11 ns | a1 | soa11 !rcode5
        => axfr REFUSED; 10 h1 h2 h3
    10: an rcode that nobody has defined
        axfr: empty !rcode15
        => axfr UNEXPECTED_RCODE; 10 h1 h2 h3
    10: a bare NOTAUTH
        axfr: empty !q0 !rcode9
        => axfr NOTAUTH; 10 h1 h2 h3
    10: no answer, and no error
        axfr: empty
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    10: IXFR is refused in the middle
        udp: soa11
        ixfr: soa11 soa10 | a1 !rcode2
        axfr: soa11 ns a4 soa11
        => udp ixfr SERVFAIL axfr; 11 h4
    10: IXFR is not known
        udp: soa11
        ixfr: empty !q0 !rcode4
        axfr: soa11 ns a4 soa11
        => udp ixfr NOTIMP axfr; 11 h4
    10: another ID over UDP
        udp: soa11 !id
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp udp UDP_BLOCKED tcp ixfr; 11 h2 h3
    10: TC over UDP
        udp: empty !tc
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp UDP_TRUNCATED_SOA tcp ixfr; 11 h2 h3
    10: an answer to another zone's question over UDP
        udp: soa12 !qname
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp MALFORMED_MESSAGE tcp ixfr; 11 h2 h3
    10: a stranger's ID over UDP, then the answer
        udp: soa12 !id | soa11 !q1
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp ixfr; 11 h2 h3
    10: a signature that nobody asked for
        axfr: soa11 ns a1 soa11 !tsig
        => axfr TSIG_UNEXPECTED; 10 h1 h2 h3
    10: FORMERR over UDP
        udp: empty !rcode1
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp FORMERR tcp ixfr; 11 h2 h3
    10: REFUSED over UDP, the second primary answers
        udp: empty !q0 !rcode5
        2.udp: soa11
        2.ixfr: soa11 soa10 a1 soa11 soa11
        => udp REFUSED 2.udp 2.ixfr; 11 h2 h3
    10: without authority over UDP
        udp: soa11 !noaa
        => udp LAME_REFERRAL; 10 h1 h2 h3
    10: a record in each message
        axfr: soa11 | ns | a1 | a2 | soa11
        => axfr; 11 h1 h2
    10: the question in every message
        axfr: soa11 | ns !q1 | a1 !q1 | soa11 !q1
        => axfr; 11 h1
    10: AA is not set in a transfer
        axfr: soa11 ns !noaa | a1 soa11 !noaa
        => axfr; 11 h1
    10: empty messages between others
        axfr: soa11 ns | empty 50times | a1 soa11
        => axfr; 11 h1
    10: a record in each message of an IXFR
        udp: soa11
        ixfr: soa11 | soa10 | a1 | soa11 | a4 | soa11
        => udp ixfr; 11 h2 h3 h4
    10: the whole zone twice is once
        axfr: soa11 ns a1 soa11 | soa11 ns a1 soa11
        => axfr; 11 h1
    10: records twice are there once
        axfr: soa11 ns a1 a1 a2 | a2 a1 ns soa11
        => axfr; 11 h1 h2
";
