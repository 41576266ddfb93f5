//! `cargo xtask sim [--seeds n] [--from n]`: leads many lives of simulated daemons, and fails if one of
//! them breaks a law.
//!
//! Five hundred are led in the tests. A hundred thousand take a while, so they are led by hand: before a
//! release, and after changes to `follow`, `refresh`, `primaries`, `xfr` or the commit log. The seed that a
//! failure names leads the same life again: `--from <seed> --seeds 1`.

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// Lives, unless it is said how many.
const SEEDS: u64 = 10_000;

/// Which seeds are lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    from: u64,
    seeds: u64,
}

pub(crate) fn run(words: &[&str]) -> Result<()> {
    let Range { from, seeds } = read(words)?;
    let until = from.checked_add(seeds).context("so many seeds there are not")?;
    let mut lives = shell::cargo();
    // Optimised, and with the assertions of the machines.
    lives.args([
        "run",
        "--quiet",
        "--package",
        "sim",
        "--profile",
        "sim",
        "--example",
        "seeds",
        "--",
    ]);
    shell::run(lives.args([from.to_string(), until.to_string()]))
}

fn read(words: &[&str]) -> Result<Range> {
    let mut range = Range { from: 0, seeds: SEEDS };
    let mut rest = words;
    while let [flag, number, following @ ..] = rest {
        let number = number.parse().with_context(|| format!("{flag} {number}"))?;
        match *flag {
            "--from" => range.from = number,
            "--seeds" => range.seeds = number,
            other => bail!("sim [--seeds n] [--from n], not {other}"),
        }
        rest = following;
    }
    if let [word] = rest {
        bail!("{word} of sim wants a number");
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_seed_is_lived_again_by_its_number() {
        let lived = |words: &[&str]| read(words).ok();
        assert_eq!(lived(&[]), Some(Range { from: 0, seeds: SEEDS }));
        assert_eq!(lived(&["--from", "77", "--seeds", "1"]), Some(Range { from: 77, seeds: 1 }));
        assert_eq!(lived(&["--seeds"]), None);
        assert_eq!(lived(&["--seed", "3"]), None);
    }
}
