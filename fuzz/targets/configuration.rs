//! See `fuzz::configuration`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::configuration::run(octets));
