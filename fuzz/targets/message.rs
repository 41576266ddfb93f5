//! See `fuzz::message`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::message::run(octets));
