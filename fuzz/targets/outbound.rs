//! See `fuzz::protocol::outbound`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::protocol::outbound::run(octets));
