//! See `fuzz::protocol::zone`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::protocol::zone::run(octets));
