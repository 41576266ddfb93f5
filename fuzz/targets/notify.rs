//! See `fuzz::protocol::notify`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::protocol::notify::run(octets));
