//! See `fuzz::commit_log`.

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzz::commit_log::run(octets));
