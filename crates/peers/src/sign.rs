//! Zones signed by BIND's tools or by ldns, with fresh keys of one algorithm (ECDSA P-256).

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program;

/// By what the zone says that something is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// RFC 4034 §4.
    Nsec,
    /// RFC 5155.
    Nsec3 {
        /// Additional ones.
        iterations: u16,
        /// In hexadecimal, or empty.
        salt: &'static str,
        /// Cuts without DS have no record of their own.
        opt_out: bool,
    },
}

impl Denial {
    /// NSEC3 as RFC 9276 wants it.
    #[must_use]
    pub const fn nsec3() -> Self {
        Self::Nsec3 { iterations: 0, salt: "", opt_out: false }
    }

    /// The same with opt-out.
    #[must_use]
    pub const fn opt_out() -> Self {
        Self::Nsec3 { iterations: 0, salt: "", opt_out: true }
    }
}

/// Signed by `dnssec-signzone`, which also verifies what it made. One line a record.
#[track_caller]
#[must_use]
pub fn with_bind(apex: &str, text: &str, denial: Denial) -> String {
    let folder = tempfile::tempdir().expect("a folder for keys");
    let keygen =
        |more: &[&str]| run(folder.path(), "dnssec-keygen", &[&["-q", "-a", "13"], more].concat());
    keygen(&[apex]);
    keygen(&["-f", "KSK", apex]);
    fs::write(folder.path().join("zone"), text).expect("a zone file");
    let mut words = vec!["-q", "-S", "-O", "full", "-o", apex, "-f", "signed"];
    let count;
    if let Denial::Nsec3 { iterations, salt, opt_out } = denial {
        count = iterations.to_string();
        words.extend(["-3", if salt.is_empty() { "-" } else { salt }, "-H", &count]);
        words.extend(opt_out.then_some("-A"));
    }
    words.push("zone");
    run(folder.path(), "dnssec-signzone", &words);
    fs::read_to_string(folder.path().join("signed")).expect("a signed zone")
}

/// Signed by `ldns-signzone`.
#[track_caller]
#[must_use]
pub fn with_ldns(apex: &str, text: &str, denial: Denial) -> String {
    let folder = tempfile::tempdir().expect("a folder for keys");
    let keygen = |more: &[&str]| {
        let words = [&["-a", "ECDSAP256SHA256"], more, &[apex]].concat();
        run(folder.path(), "ldns-keygen", &words).trim().to_owned()
    };
    let (zsk, ksk) = (keygen(&[]), keygen(&["-k"]));
    fs::write(folder.path().join("zone"), text).expect("a zone file");
    let mut words = vec!["-o", apex, "-f", "signed"];
    let count;
    if let Denial::Nsec3 { iterations, salt, opt_out } = denial {
        count = iterations.to_string();
        words.extend(["-n", "-t", &count]);
        words.extend((!salt.is_empty()).then_some(["-s", salt]).into_iter().flatten());
        words.extend(opt_out.then_some("-p"));
    }
    words.extend(["zone", &zsk, &ksk]);
    run(folder.path(), "ldns-signzone", &words);
    fs::read_to_string(folder.path().join("signed")).expect("a signed zone")
}

/// Runs a tool in the folder and returns what it prints; fails the test if it fails.
#[track_caller]
fn run(folder: &Path, tool: &str, words: &[&str]) -> String {
    let mut command = Command::new(program::find(tool));
    let output = command.args(words).current_dir(folder).output().expect("a tool that signs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {words:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{self, APEX};

    #[test]
    fn both_tools_sign_with_each_denial() {
        let long = Denial::Nsec3 { iterations: 5, salt: "abcd", opt_out: false };
        for denial in [Denial::Nsec, Denial::nsec3(), Denial::opt_out(), long] {
            for sign in [with_bind, with_ldns] {
                let signed = sign(APEX, &records::zone(1), denial);
                assert!(signed.contains("DNSKEY") && signed.contains("RRSIG"));
                assert_eq!(signed.contains("NSEC3PARAM"), denial != Denial::Nsec);
                let parameters = if denial == long { "1 0 5 ABCD" } else { "1 0 0 -" };
                assert_eq!(signed.to_uppercase().contains(parameters), denial != Denial::Nsec);
            }
        }
    }
}
