//! See `fuzz::notify`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::notify::run(octets));
