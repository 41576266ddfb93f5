//! See `fuzz::protocol::master_file`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::protocol::master_file::run(octets));
