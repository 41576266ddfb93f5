//! See `fuzz::protocol::tsig`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::protocol::tsig::run(octets));
