//! See `fuzz::answer`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::answer::run(octets));
