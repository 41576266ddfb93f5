//! Keys and their secrets: refused, warned about, and never shown.

use super::*;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

#[test]
fn keys_are_refused_without_ever_showing_the_secret() {
    let key = |rest: &str| format!("[[key]]\nname = \"k1\"\n{rest}\n");
    refused(
        "[[key]]\nalgorithm = \"hmac-sha256\"\nsecret = \"c2VjcmV0\"\n",
        &[(1, "without `name`")],
    );
    refused(&key("secret = \"c2VjcmV0\""), &[(1, "[[key]] without `algorithm`")]);
    refused(&key("algorithm = \"hmac-sha256\""), &[(1, "[[key]] without `secret`")]);
    refused(
        &key("algorithm = \"hmac-sha3\"\nsecret = \"c2VjcmV0\""),
        &[(3, "unknown algorithm \"hmac-sha3\"; expected one of hmac-sha512")],
    );
    let good = "algorithm = \"hmac-sha256\"";
    refused(&key(&format!("{good}\nsecret = \"c2VjcmV0!\"")), &[(4, "not base64")]);
    refused(&key(&format!("{good}\nsecret = \"\"")), &[(4, "the secret is empty")]);
    let long = "c2VjcmV0".repeat(100);
    refused(&key(&format!("{good}\nsecret = \"{long}\"")), &[(4, "the secret has 600 octets")]);
    refused(
        &key(&format!("{good}\nsecret = \"c2VjcmV0\"\nsecret-file = \"k1\"")),
        &[(5, "both `secret` and `secret-file`; expected one of them")],
    );
    refused(
        "[[key]]\nname = \".\"\nalgorithm = \"hmac-sha256\"\nsecret = \"c2VjcmV0\"",
        &[(2, "the root is no name for a key")],
    );
    refused(&key(&format!("{good}\nsecret = c2VjcmV0c2VjcmV0==")), &[(4, "quoted"), (4, "")]);
}

#[test]
fn a_fault_in_a_key_is_told_once_and_not_at_each_zone_that_uses_it() {
    let zone = "[[zone]]\nname = \"a\"\nprimaries = [{ address = \"192.0.2.1\", key = \"k1\" }]\n";
    let key = "[[key]]\nname = \"k1\"\nalgorithm = \"hmac-sha256\"\n";
    refused(&format!("{key}secret = \"!\"\n{zone}"), &[(4, "not base64")]);
    refused(&format!("{key}secert = \"!\"\n{zone}"), &[(4, "unknown key `secert`")]);
}

#[test]
fn what_works_but_is_weak_is_a_warning_with_its_line() {
    let config = accepted(
        "[[key]]\nname = \"old\"\nalgorithm = \"hmac-md5\"\nsecret = \"c2VjcmV0\"\n\
         [[zone]]\nname = \"a\"\nprimaries = [{ address = \"192.0.2.1\", key = \"old\" }]\n\
         [[key]]\nname = \"idle\"\nalgorithm = \"hmac-sha256\"\nsecret = \"c2VjcmV0c2VjcmV0c2VjcmV0\"\n",
    );
    let expected = [
        (2, "the secret of key old has only 48 bits; expected at least 128 bits"),
        (2, "key old uses hmac-md5"),
        (9, "no zone uses the key idle"),
    ];
    assert_eq!(config.warnings.len(), expected.len(), "{:?}", config.warnings);
    for (warning, (line, said)) in config.warnings.iter().zip(expected) {
        assert!(warning.contains(&format!(".toml:{line}:")) && warning.contains(said), "{warning}");
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

const WITH_SECRET_FILE: &str = "[[key]]\nname = \"k1\"\nalgorithm = \"hmac-sha256\"\nsecret-file = \"k1.secret\"\n\
     [[zone]]\nname = \"a\"\nprimaries = [{ address = \"192.0.2.1\", key = \"k1\" }]\n";

#[test]
fn secret_file_is_read_beside_the_configuration_if_only_we_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("understudy.toml");
    let secret = folder.path().join("k1.secret");
    write(&path, WITH_SECRET_FILE, 0o644);
    let said = |path: &Path| Config::load(path).unwrap_err().to_string();

    assert!(said(&path).contains(":4:15: cannot read"), "{}", said(&path));
    for mode in [0o640, 0o604, 0o644, 0o620, 0o601] {
        write(&secret, SECRET, mode);
        let said = said(&path);
        assert!(said.contains("others may read") && said.contains("chmod 600 "), "{said}");
        assert!(said.contains(&format!("(mode {mode:04o})")), "{said}");
    }
    for mode in [0o600, 0o400] {
        write(&secret, &format!("\n{SECRET}\n"), mode);
        let config = Config::load(&path).unwrap();
        assert_eq!(config.keys[&name("k1.")].secret_base64(), SECRET);
        assert_eq!(config.warnings, [""; 0], "the file itself holds no secret");
    }
    write(&secret, "c2VjcmV0!", 0o600);
    let said = said(&path);
    assert!(said.contains("not base64") && said.contains("(in k1.secret)"), "{said}");
    assert!(!said.contains("c2VjcmV0"), "{said}");
}

#[test]
fn a_secret_file_that_is_no_file_is_refused_without_waiting_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("understudy.toml");
    write(&path, WITH_SECRET_FILE, 0o600);
    let secret = folder.path().join("k1.secret");
    let is_refused = || {
        let said = Config::load(&path).unwrap_err().to_string();
        assert!(said.contains("is not a regular file"), "{said}");
    };
    std::fs::create_dir(&secret).unwrap();
    is_refused();
    std::fs::remove_dir(&secret).unwrap();
    let (fifo, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
    rustix::fs::mknodat(rustix::fs::CWD, &secret, fifo, mode, 0).unwrap();
    is_refused(); // a pipe that nobody writes to
}

#[test]
fn a_configuration_with_secrets_that_others_may_read_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("understudy.toml");
    let text =
        WITH_SECRET_FILE.replace("secret-file = \"k1.secret\"", &format!("secret = \"{SECRET}\""));
    write(&path, &text, 0o644);
    let warnings = Config::load(&path).unwrap().warnings;
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("mode 0644") && warnings[0].contains("chmod 600"), "{warnings:?}");
    write(&path, &text, 0o600);
    assert_eq!(Config::load(&path).unwrap().warnings, [""; 0]);
}
