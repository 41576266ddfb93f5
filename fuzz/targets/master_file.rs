//! See `fuzz::master_file`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::master_file::run(octets));
