//! Standards, one folder each, one file per section: asked over the wire of `understudy`, or of a
//! peer by the variable `CONFORMANCE_AGAINST` (`nsd`, `knot`, `named`).
//!
//! Each claim says what a server must do, in words of ours; the file around it says in which section
//! of the standard that stands. What a peer fails is recorded in `peers.toml`.

#![expect(clippy::expect_used, reason = "what a test stands on either works or fails the test")]
#![expect(clippy::too_many_lines, reason = "the claims of a section are one table")]

mod judge;

mod rfc1034;
mod rfc1035;
mod rfc1995;
mod rfc1996;
mod rfc2136;
mod rfc2181;
mod rfc2308;
mod rfc2317;
mod rfc2782;
mod rfc3225;
mod rfc3596;
mod rfc3597;
mod rfc4034;
mod rfc4035;
mod rfc4343;
mod rfc4592;
mod rfc5155;
mod rfc5936;
mod rfc6604;
mod rfc6672;
mod rfc6840;
mod rfc6891;
mod rfc6895;
mod rfc7766;
mod rfc8020;
mod rfc8482;
mod rfc8906;
mod rfc8914;
mod rfc8945;
mod rfc9276;
mod rfc9460;
mod rfc9471;
mod rfc9619;
mod rfc9715;
