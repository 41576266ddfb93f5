//! See `fuzz::tsig`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::tsig::run(octets));
