//! See `fuzz::protocol::answer`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::protocol::answer::run(octets));
