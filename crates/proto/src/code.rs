//! The catalogue: every failure of a transfer, a NOTIFY or a check by its name.
//!
//! Pure.
//!
//! Standards: names of rcodes and TSIG errors are IANA's (RFC 6895 §2.3, RFC 8945 §3).
//!
//! Invariants: a name never changes its meaning, and is never used again for another; every code
//! has a cause and a fix in plain words. Facts are for people and programs, never secrets.
//!
//! Not here: which code a fault gets (the module that finds it), codes of the HTTP API (`api`).

use core::fmt;
use core::str::FromStr;

/// A word that is no code of this catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code of the error catalogue")]
pub struct UnknownCode;

/// What happened, by name, with the numbers that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its place in the catalogue.
    pub code: Code,
    /// Names and values in the order to show them: serials, counts, owners, measured seconds.
    pub facts: Vec<(&'static str, String)>,
}

impl Fault {
    /// A fault without facts yet.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, facts: Vec::new() }
    }

    /// Adds one fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// The value of a fact.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Fault {
    /// The code, then `name=value` for each fact; control characters escaped.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code.as_str())?;
        for (name, value) in &self.facts {
            write!(out, " {name}={}", value.escape_debug())?;
        }
        Ok(())
    }
}

/// Declares the catalogue: variant, name, cause, fix.
macro_rules! catalogue {
    ($($code:ident $name:literal $cause:literal $fix:literal)+) => {
        /// A named failure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $cause] $code,)+
        }

        impl Code {
            /// The whole catalogue, in its order.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// The name, as in the API, logs and metrics.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// Why this happens, for the operator.
            #[must_use]
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$code => $cause,)+ }
            }

            /// What to do about it.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$code => $fix,)+ }
            }
        }

        impl FromStr for Code {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text { $($name => Ok(Self::$code),)+ _ => Err(UnknownCode) }
            }
        }
    };
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

catalogue! {
    ConnectTimeout "CONNECT_TIMEOUT"
        "The primary does not answer on TCP: something on the path drops the packets."
        "Open TCP port 53 from our transfer source address to the primary; if UDP answers, it is a firewall that knows only UDP."
    ConnectRefused "CONNECT_REFUSED"
        "The primary's machine is there, but nothing listens on this TCP port."
        "Start the name server, or correct the address and port of the primary."
    HostUnreachable "HOST_UNREACHABLE"
        "The network says that the primary's address cannot be reached."
        "Check the address, the routes and whether the machine is up: `ip route get <address>`."
    NetUnreachableV6 "NET_UNREACHABLE_V6"
        "The primary has an IPv6 address and this machine has no way to the IPv6 network."
        "Give this machine IPv6, or list the primary's IPv4 address."
    SourceUnavailable "SOURCE_UNAVAILABLE"
        "This machine could not open a connection of its own: the source address is not on it, or no port or file descriptor is free."
        "Correct the `source` of the primary in understudy.toml, or raise the limits on open files and ports: `LimitNOFILE`, `net.ipv4.ip_local_port_range`."
    UdpBlocked "UDP_BLOCKED"
        "The SOA query over UDP is not answered, over TCP it is: UDP port 53 is filtered."
        "Open UDP port 53 both ways; until then every probe costs a TCP connection."
    UdpTruncatedSoa "UDP_TRUNCATED_SOA"
        "The primary answers the SOA query over UDP with an empty, truncated message."
        "None is needed: TCP is used. A primary that truncates so small an answer is worth a look."
    Eof "EOF"
        "The primary closed the connection before the transfer was complete."
        "Read the primary's log at this moment; then suspect a proxy, a time limit or an MTU problem on the path."
    IdleTimeout "IDLE_TIMEOUT"
        "The transfer stood still for too long."
        "Check the load of the primary and the path to it; raise the idle limit if the primary is known to pause."
    TotalTimeout "TOTAL_TIMEOUT"
        "The transfer took longer than is allowed in all."
        "Raise the limit for the whole transfer, or find out what slows the primary or the path."
    TooSlow "TOO_SLOW"
        "The transfer brought too few octets for too long."
        "Check the path to the primary and its load; 10 KiB in five minutes is the least that is waited for."
    Refused "REFUSED"
        "The primary does not allow us: its list lacks our address or our key."
        "At the primary allow the transfer to our source address or key, e.g. BIND: `allow-transfer { key <name>; };`, then reload it."
    NotAuth "NOTAUTH"
        "The primary does not have the zone, could not load it, or it has expired there; or, from Knot, PowerDNS or YADIFA, we lack permission or the right key."
        "Check the zone's name and view at the primary, its log for load errors, and that it allows the transfer to our address and key."
    ServFail "SERVFAIL"
        "The primary has the zone but cannot serve it: it is broken or expired there."
        "Read the primary's log for this zone and mend the zone there."
    NxDomain "NXDOMAIN"
        "The primary says that the zone's name does not exist."
        "Correct the zone's name here, or add the zone at the primary."
    NotZoneApex "NOT_ZONE_APEX"
        "The name exists at the primary but is inside another zone there."
        "Use the name of the zone itself; the answer names it in its authority section."
    CnameAtApex "CNAME_AT_APEX"
        "The primary answers with an alias where the zone should start."
        "Remove the CNAME at the primary, or correct the zone's name here."
    LameReferral "LAME_REFERRAL"
        "The primary refers us elsewhere, or answers without authority: it does not serve this zone."
        "Point to a server that holds the zone, or add the zone at this one."
    FormErr "FORMERR"
        "The primary did not understand the request: often it knows neither IXFR nor EDNS."
        "None is needed: the request is repeated in its plainest form. If it goes on, look for a proxy that rewrites DNS."
    NotImp "NOTIMP"
        "The primary does not have this kind of request, mostly IXFR."
        "None is needed: the whole zone is transferred instead."
    UnexpectedRcode "UNEXPECTED_RCODE"
        "The primary answered with a result that makes no sense for this request."
        "Read the primary's log; the result is among the facts."
    MalformedMessage "MALFORMED_MESSAGE"
        "A message of the primary cannot be read, or answers another question than ours."
        "Update the primary, and look for a proxy on the path; the facts say where reading ended."
    TsigBadKey "TSIG_BADKEY"
        "The primary does not know a key of this name with this algorithm."
        "Compare name and algorithm letter by letter on both sides; the name is part of the key."
    TsigBadSig "TSIG_BADSIG"
        "The signature does not verify: the secrets differ, or something on the path changed the message."
        "Compare the fingerprints of the secret on both sides and paste it again where they differ."
    TsigBadTime "TSIG_BADTIME"
        "The clocks of the two machines are too far apart."
        "Set the clock that is wrong, with NTP on both sides; the facts show the measured difference."
    TsigBadTrunc "TSIG_BADTRUNC"
        "The signature is shorter than is accepted."
        "Use the algorithm at its full length on both sides."
    TsigAlgorithmChanged "TSIG_ALGORITHM_CHANGED"
        "The answer is signed with another algorithm than the request."
        "Set the same algorithm for this key on both sides."
    TsigUnsignedResponse "TSIG_UNSIGNED_RESPONSE"
        "We signed the request and the primary's answer carries no signature."
        "Configure the key at the primary for our address; until then its answers are not trusted."
    TsigUnexpected "TSIG_UNEXPECTED"
        "The primary signs its answers and no key is set for it here."
        "Add the key named in the facts and set it for this primary."
    TsigStreamGap "TSIG_STREAM_GAP"
        "The transfer has more unsigned messages in a row than the standard allows, or ends with one."
        "Update the primary: it breaks RFC 8945."
    SerialOlder "SERIAL_OLDER"
        "The primary's serial went backwards; the newer copy held here is kept and served."
        "Raise the serial at the primary above ours. A retransfer takes the older one; when the zone expires it is taken too."
    SerialUnchangedContentChanged "SERIAL_UNCHANGED_CONTENT_CHANGED"
        "The zone's content changed at the primary and its serial did not."
        "Raise the serial with every change; other secondaries have not seen this one."
    SerialZero "SERIAL_ZERO"
        "The primary's serial is zero, which some software takes for no serial at all."
        "Use a serial above zero, such as a date or a counter."
    SerialFarJump "SERIAL_FAR_JUMP"
        "The serial went up by more than a quarter of its circle; a second such step would look like a step back."
        "Check that it was meant; if not, follow RFC 1982 to bring it back in two steps."
    SoaTimerClamped "SOA_TIMER_CLAMPED"
        "A timer in the SOA record is outside the bounds set here, so another value is used."
        "Change the SOA at the primary, or the bounds here; the facts show both values."
    TooManyRecords "TOO_MANY_RECORDS"
        "The zone has more records than are allowed here."
        "Raise the limit on records for this zone if its size is right."
    ZoneTooLarge "ZONE_TOO_LARGE"
        "The zone is larger than is allowed here."
        "Raise the limit on octets for this zone if its size is right."
    TransferMemoryFull "TRANSFER_MEMORY_FULL"
        "The transfer would hold more than a quarter of what the instance allows, or all that run now more than all of it; or it made no headway while others needed the memory. The facts say which."
        "Raise `memory-bytes-max` in [limits], or let fewer transfers run at once; this one is tried again at RETRY."
    RrsetTooLarge "RRSET_TOO_LARGE"
        "One name has more records of one type than are allowed, or than fit a message."
        "Look at the owner in the facts; raise the limit only if it fits a message."
    TooManyTypes "TOO_MANY_TYPES"
        "One name has more record types than are allowed here."
        "Look at the owner in the facts; raise the limit if this is right."
    AxfrNoTrailingSoa "AXFR_NO_TRAILING_SOA"
        "The transfer ended without the SOA record that closes it, so the copy is cut off."
        "Transfer again; if it goes on, the primary or a proxy cuts large transfers."
    AxfrSoaMismatch "AXFR_SOA_MISMATCH"
        "The zone changed while it was transferred: it opened with one SOA and closed with another."
        "None is needed: it is transferred again. A primary that does this often has a defect."
    OutOfZoneRecord "OUT_OF_ZONE_RECORD"
        "The transfer contains a record that does not belong to the zone."
        "Remove the record in the facts at the primary; nothing of this transfer was taken."
    BadRdata "BAD_RDATA"
        "A record's content does not follow the rules of its type."
        "Correct the record in the facts at the primary."
    WrongClass "WRONG_CLASS"
        "A record is of another class than IN."
        "Remove the record in the facts at the primary."
    DuplicateSoa "DUPLICATE_SOA"
        "There is more than one SOA record, or one at another name than the zone's."
        "Leave exactly one SOA record at the zone's name at the primary."
    GateApexLoss "GATE_APEX_LOSS"
        "The zone arrived without its SOA or without name servers of its own."
        "Restore the SOA and NS records at the zone's name at the primary."
    IxfrNotContiguous "IXFR_NOT_CONTIGUOUS"
        "The changes do not start at our serial, or do not follow one another."
        "None is needed: the whole zone is transferred. Several primaries with journals of their own cause this."
    IxfrDeleteMissing "IXFR_DELETE_MISSING"
        "The changes delete a record that is not there."
        "None is needed: the whole zone is transferred. If it goes on, the primary's journal is broken."
    IxfrAddExisting "IXFR_ADD_EXISTING"
        "The changes add a record that is there already."
        "None is needed: the whole zone is transferred. If it goes on, the primary's journal is broken."
    IxfrTooLarge "IXFR_TOO_LARGE"
        "The changes are larger than the zone itself, or have more steps than are worth taking."
        "None is needed: the whole zone is transferred. Let the primary condense or shorten its journal, e.g. BIND: `max-ixfr-ratio 100%;`."
    IxfrTurnedAxfr "IXFR_TURNED_AXFR"
        "We asked for the changes and the primary sent the whole zone."
        "None is needed. To save traffic let the primary keep a journal, e.g. BIND: `ixfr-from-differences yes;`."
    NotifyUnknownSource "NOTIFY_UNKNOWN_SOURCE"
        "A NOTIFY came from an address that may not send any for this zone, or for a zone we do not have."
        "Add the address to the notify senders of the zone if it is one of your primaries."
    NotifyUnsigned "NOTIFY_UNSIGNED"
        "A NOTIFY came without the signature that is asked of its sender."
        "Set the key at the primary for NOTIFY to our address, e.g. BIND: `also-notify { <address> key <name>; };`."
    NotifyBadSig "NOTIFY_BADSIG"
        "The signature of a NOTIFY does not verify; the facts say which part of it."
        "Compare key name, algorithm, secret and clock on both sides."
    NotifyNeverSeen "NOTIFY_NEVER_SEEN"
        "The zone changes at the primary and no NOTIFY ever comes, so changes wait for the refresh timer."
        "Let the primary notify us, e.g. BIND: `also-notify { <our address>; };`."
    DownstreamUnknownSource "DOWNSTREAM_UNKNOWN_SOURCE"
        "A transfer was asked for from an address that may not have the zone."
        "Add the address to `transfer` of the zone if it is one of your secondaries; if not, nothing is to be done."
    DownstreamUnsigned "DOWNSTREAM_UNSIGNED"
        "A transfer was asked for without the signature that is asked of this secondary."
        "Set the key at the secondary for our address; the facts name it."
    DownstreamBadSig "DOWNSTREAM_BADSIG"
        "The signature of a request for a transfer does not verify, or is by another key; the facts say which part of it."
        "Compare key name, algorithm, secret and clock on both sides."
    DownstreamBadRequest "DOWNSTREAM_BAD_REQUEST"
        "A transfer was asked for in a way that has no answer: AXFR over UDP, or IXFR without the SOA record held."
        "Update the secondary; it breaks RFC 5936 or RFC 1995."
    DownstreamNotServed "DOWNSTREAM_NOT_SERVED"
        "A secondary asked for a zone that is not loaded here yet, or has expired."
        "Look at why this zone is not served; the secondary asks again by itself."
    DownstreamLimit "DOWNSTREAM_LIMIT"
        "As many transfers to others are running as are allowed, in all or for this secondary."
        "None is needed: the secondary asks again. If it happens often, raise `at-once-max` or `per-client-max` in [transfer]."
    DownstreamStalled "DOWNSTREAM_STALLED"
        "A secondary took too long to read a transfer, so it was ended."
        "Look at the secondary and the path to it; the limits are `write-seconds` in [tcp] and `total-seconds` in [transfer]."
    DownstreamCut "DOWNSTREAM_CUT"
        "The connection was closed by the secondary before the end of a transfer."
        "Read the secondary's log: it may not accept what it is sent, or have limits of its own."
    DownstreamRevoked "DOWNSTREAM_REVOKED"
        "The rules or the key by which a transfer began were changed before its end, so it was ended."
        "None is needed if that was meant; the secondary asks again."
    RecordTooLarge "RECORD_TOO_LARGE"
        "A record is too large for any message beside the question and the signature, so the zone cannot be transferred on."
        "Shorten the record at the primary, or lower `rrset-bytes-max` so that such a zone is refused."
    AllPrimariesUnreachable "ALL_PRIMARIES_UNREACHABLE"
        "None of the zone's primaries gives an answer of use; the copy held is served until it expires."
        "Look at each primary's own failure, and at when the zone expires."
    InstallFailed "INSTALL_FAILED"
        "The new version could not be written to disk; the last one goes on being served."
        "Free space on the data directory's disk, or check its permissions and health."
    DiskReserve "DISK_RESERVE"
        "The new version would leave less of the disk free than is reserved; the last one goes on being served."
        "Free space on the data directory's file system, or lower `reserve-bytes` in [store]; the transfer is tried again by itself."
    InternalFault "INTERNAL_FAULT"
        "A defect of understudy itself, or of the machine under it, ended what was tried; the version held goes on being served."
        "Report it with the facts and the lines of the log around this moment. If the zone is frozen, `understudy zone retransfer` takes it up again."
    ZoneExpiring "ZONE_EXPIRING"
        "The zone was not confirmed by a primary for so long that it will soon expire."
        "Bring a primary back before the moment in the facts."
    ZoneExpired "ZONE_EXPIRED"
        "The zone was not confirmed for as long as its SOA allows, and is no longer answered for."
        "Bring a primary back; the first good transfer puts the zone back into service."
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_read_back_and_used_once() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        for word in ["", "refused", "REFUSED ", "GATE_SHRINK_"] {
            assert_eq!(word.parse::<Code>(), Err(UnknownCode), "{word:?}");
        }
    }

    #[test]
    fn every_code_explains_itself_in_whole_sentences() {
        for code in Code::ALL {
            for text in [code.cause(), code.fix()] {
                assert!(text.len() > 20 && text.ends_with('.'), "{code}: {text:?}");
                assert!(text.starts_with(|first: char| first.is_uppercase()), "{code}: {text:?}");
            }
        }
    }

    /// Threat 22: what a zone or a peer put into a fact does not break a line of the log.
    #[test]
    fn facts_are_shown_in_order_and_escaped() {
        let fault = Fault::new(Code::SerialOlder).with("held", 7).with("owner", "a\nb\u{1b}[31m");
        assert_eq!(fault.to_string(), "SERIAL_OLDER held=7 owner=a\\nb\\u{1b}[31m");
        assert_eq!((fault.fact("held"), fault.fact("found")), (Some("7"), None));
    }
}
