//! See `fuzz::protocol::inbound`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::protocol::inbound::run(octets));
