//! Lives many worlds, prints what they went through, and fails with the first seed that breaks a law.
//!
//! `seeds <from> <until>`: run by `cargo xtask sim`.

use sim::seen::Seen;

#[expect(clippy::disallowed_methods, reason = "a program is told what to do by its arguments")]
fn main() {
    let words: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let [from, until] = words.as_slice() else {
        eprintln!("seeds <from> <until>");
        std::process::exit(2);
    };
    let mut seen = Seen::default();
    for seed in *from..*until {
        match sim::live(seed) {
            Ok(of_this) => seen.add(&of_this),
            Err(failed) => {
                eprintln!("{failed}");
                std::process::exit(1);
            }
        }
    }
    print!("{seen}");
}
