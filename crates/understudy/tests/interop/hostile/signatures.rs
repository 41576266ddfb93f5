//! Signatures that are wrong in every way, and some that only look so (RFC 8945).

use super::check;
use peers::key::Key;

fn key() -> Key {
    Key::new("transfer.key", "hmac-sha256")
}

/// Threat 29: the time is wrong and the MAC is right. Threat 30: MACs of odd lengths, other algorithms and keys, a TSIG
/// in the wrong place, shape or number.
#[test]
fn signatures_that_are_wrong_are_named_and_odd_ones_taken() {
    check(Some(&key()), SIGNATURES);
}

/// Threat 31: streams with too few signatures, MACs over the wrong things, messages lost, repeated and in another order.
#[test]
fn streams_are_signed_from_the_first_message_to_the_last() {
    check(Some(&key()), CHAINS);
}

/// One message, signed in odd and wrong ways.
const SIGNATURES: &str = "
    29: signed too long ago
        axfr: soa11 ns a1 soa11 ~time-4000
        => axfr TSIG_BADTIME; 10 h1 h2 h3
    29: signed too far ahead
        axfr: soa11 ns a1 soa11 ~time+4000
        => axfr TSIG_BADTIME; 10 h1 h2 h3
    29: signed in 1970
        axfr: soa11 ns a1 soa11 ~time0
        => axfr TSIG_BADTIME; 10 h1 h2 h3
    29: signed at the end of time
        axfr: soa11 ns a1 soa11 ~timemax ~fudge65535
        => axfr TSIG_BADTIME; 10 h1 h2 h3
    29: no tolerance, and ten seconds ago
        axfr: soa11 ns a1 soa11 ~time-10 ~fudge0
        => axfr TSIG_BADTIME; 10 h1 h2 h3
    29: a later message signed too long ago
        axfr: soa11 ns | a1 soa11 ~time-4000
        => axfr TSIG_BADTIME; 10 h1 h2 h3
    29: BADTIME, signed, with the time of the primary
        axfr: empty !rcode9 ~error18 ~other
        => axfr TSIG_BADTIME; 10 h1 h2 h3
    29: BADTIME without a time and without a MAC
        axfr: empty !rcode9 ~error18 ~octets0
        => axfr TSIG_BADTIME; 10 h1 h2 h3
    29: the largest tolerance, and half of it used
        axfr: soa11 ns a1 soa11 ~time-30000 ~fudge65535
        => axfr; 11 h1
    30: a flipped bit
        axfr: soa11 ns a1 soa11 ~mac
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    30: another secret
        axfr: soa11 ns a1 soa11 ~secret
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    30: no MAC
        axfr: soa11 ns a1 soa11 ~octets0
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: a MAC of one octet
        axfr: soa11 ns a1 soa11 ~octets1
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: a MAC one octet short of half
        axfr: soa11 ns a1 soa11 ~octets15
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: half of the MAC
        axfr: soa11 ns a1 soa11 ~octets16
        => axfr TSIG_BADTRUNC; 10 h1 h2 h3
    30: a MAC one octet longer than the hash
        axfr: soa11 ns a1 soa11 ~octets33
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: a MAC of 300 octets
        axfr: soa11 ns a1 soa11 ~octets300
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: another algorithm
        axfr: soa11 ns a1 soa11 ~alg:hmac-sha512.
        => axfr TSIG_ALGORITHM_CHANGED; 10 h1 h2 h3
    30: an algorithm that is garbage
        axfr: soa11 ns a1 soa11 ~alg:\\000\\255.x.
        => axfr TSIG_ALGORITHM_CHANGED; 10 h1 h2 h3
    30: the root as algorithm
        axfr: soa11 ns a1 soa11 ~alg:.
        => axfr TSIG_ALGORITHM_CHANGED; 10 h1 h2 h3
    30: another key
        axfr: soa11 ns a1 soa11 ~key:other.key
        => axfr TSIG_BADKEY; 10 h1 h2 h3
    30: a record follows the TSIG
        axfr: soa11 ns a1 soa11 ~early
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: the TSIG is there twice
        axfr: soa11 ns a1 soa11 ~twice
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: an octet follows the TSIG
        axfr: soa11 ns a1 soa11 ~tail
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: a TSIG of class IN
        axfr: soa11 ns a1 soa11 ~class
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: a TSIG with a ttl
        axfr: soa11 ns a1 soa11 ~ttl
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: a TSIG that is an octet short
        axfr: soa11 ns a1 soa11 ~rdata
        => axfr MALFORMED_MESSAGE; 10 h1 h2 h3
    30: another original ID than the MAC covers
        axfr: soa11 ns a1 soa11 ~orig
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    30: not signed at all
        axfr: soa11 ns a1 soa11 ~none
        => axfr TSIG_UNSIGNED_RESPONSE; 10 h1 h2 h3
    30: refused without a signature
        axfr: empty !rcode5 ~none
        => axfr REFUSED; 10 h1 h2 h3
    30: BADKEY
        axfr: empty !rcode9 ~error17 ~octets0
        => axfr TSIG_BADKEY; 10 h1 h2 h3
    30: BADSIG
        axfr: empty !rcode9 ~error16 ~octets0
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    30: BADTRUNC
        axfr: empty !rcode9 ~error22
        => axfr TSIG_BADTRUNC; 10 h1 h2 h3
    30: an error that nobody has defined
        axfr: empty !rcode9 ~error4711
        => axfr NOTAUTH; 10 h1 h2 h3
    30: no good signature of the first primary, one of the second
        axfr: soa11 ns a1 soa11 ~mac
        2.axfr: soa12 ns a4 soa12
        => axfr TSIG_BADSIG 2.axfr; 12 h4
    30: diffs with a bad signature are not asked for as a whole zone
        udp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11 ~mac
        => udp ixfr TSIG_BADSIG; 10 h1 h2 h3
    29: BADTIME over UDP, proven
        udp: empty !rcode9 ~error18 ~other
        => udp TSIG_BADTIME; 10 h1 h2 h3
    29: BADTIME over UDP, as anybody could have written it
        udp: empty !rcode9 ~error18 ~other ~mac
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp TSIG_BADTIME tcp ixfr; 11 h2 h3
    30: a flipped bit over UDP
        udp: soa11 ~mac
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp TSIG_BADSIG tcp ixfr; 11 h2 h3
    30: a flipped bit over UDP and TCP
        udp: soa11 ~mac
        tcp: soa11 ~mac
        => udp tcp TSIG_BADSIG; 10 h1 h2 h3
    30: refused over UDP without a signature
        udp: empty !rcode5 ~none
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp REFUSED tcp ixfr; 11 h2 h3
    30: BADKEY over UDP without a MAC
        udp: empty !rcode9 ~error17 ~octets0
        tcp: soa11
        ixfr: soa11 soa10 a1 soa11 soa11
        => udp TSIG_BADKEY tcp ixfr; 11 h2 h3
    30: the name of the key in upper case
        axfr: soa11 ns ~upper | a1 soa11 ~upper
        => axfr; 11 h1
    30: a forwarder changed the ID
        axfr: soa11 ns a1 soa11 ~forwarded
        => axfr; 11 h1
";

/// Several messages and what their MACs cover.
const CHAINS: &str = "
    31: 100 messages without a signature
        axfr: soa11 ns | a1 ~none 100times | soa11
        => axfr TSIG_STREAM_GAP; 10 h1 h2 h3
    31: 99 messages without a signature
        axfr: soa11 ns | a1 ~none 99times | soa11
        => axfr; 11 h1
    31: messages without a signature for ever
        axfr: soa11 ns | a1 ~none forever
        => axfr TSIG_STREAM_GAP; 10 h1 h2 h3
    31: the last message is not signed
        axfr: soa11 ns | a1 | soa11 ~none
        => axfr TSIG_STREAM_GAP; 10 h1 h2 h3
    31: the first message is not signed
        axfr: soa11 ns ~none | a1 soa11
        => axfr TSIG_UNSIGNED_RESPONSE; 10 h1 h2 h3
    31: the first MAC covers only the timers
        axfr: soa11 ns a1 ~timers | soa11
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: a later MAC covers all variables
        axfr: soa11 ns a1 | soa11 ~all
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: the chain starts anew with the request's MAC
        axfr: soa11 ns a1 | soa11 ~anew
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: the chain starts anew, with all variables
        axfr: soa11 ns a1 | soa11 ~anew ~all
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: two messages change places
        axfr: soa11 ns | a1 ~held | a2 | soa11
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: a message is lost
        axfr: soa11 ns | a1 ~lost | a2 | soa11
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: an unsigned message is lost
        axfr: soa11 ns | a1 ~none | a2 ~none ~lost | soa11
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: a message is repeated
        axfr: soa11 ns | a1 ~again | soa11
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: a flipped bit in a later MAC
        axfr: soa11 ns | a1 ~mac | soa11
        => axfr TSIG_BADSIG; 10 h1 h2 h3
    31: a signed stream that is cut
        axfr: soa11 ns | a1 close
        => axfr AXFR_NO_TRAILING_SOA; 10 h1 h2 h3
    31: a signed stream without end
        axfr: soa11 ns | fresh1000 forever
        => axfr TOO_MANY_RECORDS; 10 h1 h2 h3
    31: every message is signed
        axfr: soa11 | ns | a1 | a2 | soa11
        => axfr; 11 h1 h2
    31: every other message is signed
        udp: soa11
        ixfr: soa11 | soa10 a1 ~none | soa11 | a4 ~none | soa11
        => udp ixfr; 11 h2 h3 h4
";
