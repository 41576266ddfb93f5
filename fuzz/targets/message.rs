//! See `fuzz::protocol::message`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::protocol::message::run(octets));
