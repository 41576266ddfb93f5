//! A million records, 200 hard kills, 20,000 queries a second: what takes minutes and a release
//! build. `cargo xtask test` runs it; `cargo test --release --features scale scale::` alone.

mod kill;
mod load;
mod million;
mod registry;
mod seed;
