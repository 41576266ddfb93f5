//! How faults are told: together, in the order of the file, with a picture, and not without end.

use super::*;
use std::fmt::Write as _;

#[test]
fn several_faults_are_told_together_in_the_order_of_the_file() {
    refused(
        "[server]\nfoo = 1\nudp-threads = \"x\"\nbar = 2\n\n[tcp]\nclients-max = 0\nidle-seconds = 0\n\n\
         [[zone]]\nname = \"a\"\nprimaries = [\"x\"]\n\n[[zone]]\nname = \"b\"\nmasters = 1\n\n[extra]\n",
        &[
            (2, "unknown key `foo`"),
            (3, "expected a whole number"),
            (4, "unknown key `bar`"),
            (7, "found 0"),
            (8, "found 0"),
            (12, "\"x\" is not an IP address"),
            (16, "unknown key `masters`"),
            (18, "unknown key `extra`"),
        ],
    );
}

#[test]
fn a_flood_of_faults_is_cut_with_its_number() {
    let mut text = String::from("[server]\n");
    (0..40).for_each(|n| writeln!(text, "key{n} = 1").unwrap());
    let error = parse(&text).unwrap_err();
    assert_eq!(error.lines().len(), 40);
    assert_eq!(error.to_string().lines().count(), 26);
    assert!(error.to_string().ends_with("… and 15 more"));
    assert!(error.draw(Picture::Plain).contains("… and 15 more"));
}

#[test]
fn a_flood_of_warnings_is_cut_with_its_number() {
    let mut text = String::new();
    for n in 0..40 {
        writeln!(
            text,
            "[[key]]\nname = \"k{n}\"\nalgorithm = \"hmac-sha256\"\nsecret = \"{SECRET}\""
        )
        .unwrap();
    }
    let config = accepted(&text);
    assert_eq!(config.warnings.len(), 26);
    assert!(config.warnings[25].ends_with("… and 15 more warnings"));
}

#[test]
fn a_picture_shows_the_line_and_points_at_the_value() {
    let error = parse("[server]\nlisten = [\"127.0.0.1\"]\n").unwrap_err();
    let drawn = error.draw(Picture::Plain);
    for part in
        ["understudy.toml:2:11", "listen = [\"127.0.0.1\"]", "expected an address with a port"]
    {
        assert!(drawn.contains(part), "{drawn}");
    }
    assert!(!drawn.contains('\u{1b}'), "no colours in files: {drawn}");
    assert!(error.draw(Picture::Coloured).contains('\u{1b}'));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Config::load(Path::new("/nonexistent/understudy.toml")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read /nonexistent/understudy.toml: "), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("understudy.toml");
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(Config::load(&path).unwrap_err().to_string().contains("UTF-8"));
}
