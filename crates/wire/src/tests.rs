//! Programs of other makers, which judge what we read and write. A missing one fails its test.

use std::io::{Seek, Write};
use std::process::{Command, Output, Stdio};

/// Runs a program of the system with `input` at its standard input. An input is a file, so a program
/// that writes before it has read everything waits for nobody.
pub(crate) fn run(program: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(input).expect("the input fits");
    file.rewind().expect("a file goes back to its start");
    Command::new(program)
        .args(arguments)
        .env("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin")
        .stdin(Stdio::from(file))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} (`cargo xtask setup` installs it)"))
}

/// What a program in Debian's Python prints, which has dnspython.
pub(crate) fn python(program: &str) -> String {
    let output = run("python3", &["-"], program.as_bytes());
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "python3 with python3-dnspython: {complaint}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
