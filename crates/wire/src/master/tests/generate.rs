//! `$GENERATE`: what it makes, and what it refuses.

use super::{check, try_read};

#[test]
fn each_number_of_the_range_makes_a_record() {
    check(
        "$TTL 5
$GENERATE 1-3 a$ A 192.0.2.$
$GENERATE 0-9/4 b$ 60 A 192.0.2.$ ; a comment
$GENERATE 7-7 c 1h IN CNAME a$
$GENERATE 7-7 d IN 1m CNAME @
$GENERATE 0-1 @ TYPE65280 \\# 1 0$",
        &[
            "a1.example. 5 IN A 192.0.2.1",
            "a2.example. 5 IN A 192.0.2.2",
            "a3.example. 5 IN A 192.0.2.3",
            "b0.example. 60 IN A 192.0.2.0",
            "b4.example. 60 IN A 192.0.2.4",
            "b8.example. 60 IN A 192.0.2.8",
            "c.example. 3600 IN CNAME a7.example.",
            "d.example. 60 IN CNAME example.",
            r"example. 5 IN TYPE65280 \# 1 00",
            r"example. 5 IN TYPE65280 \# 1 01",
        ],
    );
}

#[test]
fn offsets_widths_and_bases_shape_the_number() {
    let owner = |template: &str, owner: &str| {
        check(&format!("$GENERATE 171-171 {template} 1 NS ."), &[&format!("{owner} 1 IN NS .")]);
    };
    for (template, shown) in [
        ("$", "171.example."),
        ("a${0}b", "a171b.example."),
        ("${10}", "181.example."),
        ("${+10}", "181.example."),
        ("${-171}", "0.example."),
        ("${0,5}", "00171.example."),
        ("${0,2}", "171.example."),
        ("${0,0,d}", "171.example."),
        ("${0,4,o}", "0253.example."),
        ("${0,4,x}", "00ab.example."),
        ("${0,0,X}", "AB.example."),
        ("${0,0,n}", "b.a.example."),
        ("${0,5,n}", "b.a.0.example."),
        ("${0,7,N}", "B.A.0.0.example."),
        ("${0,4,N}", "B.A."),
        ("${-171,3,n}", "0.0.example."),
        ("$${$}$$$", "\\${171}\\$171.example."),
        ("${1}-$", "172-171.example."),
        (r"\$\\$", r"\$\092171.example."),
    ] {
        owner(template, shown);
    }
}

#[test]
fn one_quoted_word_is_a_whole_rdata() {
    check(
        r#"$TTL 1
$GENERATE 3-3 a MX "$ b$"
$GENERATE 3-3 a MX $ b$
$GENERATE 3-3 a TXT "x $"
$GENERATE 3-3 a TXT "\"x $ \\ \000\""
$GENERATE 3-3 a TXT "x $" "y $"
$GENERATE 3-3 a MX ( $
 b )"#,
        &[
            "a.example. 1 IN MX 3 b3.example.",
            "a.example. 1 IN MX 3 b3.example.",
            r#"a.example. 1 IN TXT "x" "3""#,
            r#"a.example. 1 IN TXT "x 3 \\ \000""#,
            r#"a.example. 1 IN TXT "x 3" "y 3""#,
            "a.example. 1 IN MX 3 b.example.",
        ],
    );
}

#[test]
fn made_records_leave_the_owner_alone_and_keep_their_origin() {
    check(
        "$TTL 1\na NS b\n$GENERATE 1-2 c$ NS d\n NS e\n$ORIGIN sub\n$GENERATE 1-1 f NS g",
        &[
            "a.example. 1 IN NS b.example.",
            "c1.example. 1 IN NS d.example.",
            "c2.example. 1 IN NS d.example.",
            "a.example. 1 IN NS e.example.",
            "f.sub.example. 1 IN NS g.sub.example.",
        ],
    );
}

#[test]
fn an_included_text_may_generate() {
    let lines = try_read("$TTL 1\n$INCLUDE part\nb NS c", &[("part", "$GENERATE 1-2 a$ NS .")]);
    let expected =
        ["a1.example. 1 IN NS .", "a2.example. 1 IN NS .", "b.example. 1 IN NS c.example."];
    assert_eq!(lines.expect("three records"), expected);
}

#[test]
fn wrong_directives_say_what_was_expected() {
    const RANGE: &str = "a range as `1-9` or `0-100/5`, numbers up to 2147483647";
    const FORM: &str =
        "`$`, or `${offset,width,base}` with a width up to 127 and one of d, o, x, X, n, N";
    for range in ["1", "1-", "-1-2", "2-1", "1-2/0", "1-2/", "1-2-3", "0-2147483648", "+1-2", "x"] {
        let error = try_read(&format!("\n$GENERATE {range} a$ 1 A 192.0.2.1"), &[]);
        let message = format!("line 2: found `{range}`, expected {RANGE}");
        assert_eq!(error.expect_err(range).to_string(), message);
    }
    for form in
        ["${", "${}", "${x}", "${0x1}", "${1,}", "${1,x}", "${1,128}", "${1,2,}", "${1,2,b}"]
    {
        let error = try_read(&format!("$GENERATE 1-2 a{form} 1 A 192.0.2.1"), &[]);
        let message = format!("line 1: found `a{form}`, expected {FORM}");
        assert_eq!(error.expect_err(form).to_string(), message);
    }
    for (rest, message) in [
        ("", "found the end of the record, expected a range as `1-9`"),
        (" 1-2", "found the end of the record, expected a template of an owner"),
        (" 1-2 a", "found the end of the record, expected the type of a record"),
        (" 1-2 a 1 A", "found the end of the record, expected a template of an rdata"),
        (" 1-2 a A 192.0.2.1", "found records without a ttl, expected a ttl in it"),
        (" 1-2 a 1 OPT x", "found `OPT`, expected the type of a record"),
        (" 1-2 a$ 1 A 192.0.2.1$$", "found `192.0.2.1$`, expected an IPv4 address"),
        (" 1-2 a..$ 1 A 192.0.2.1", "found `a..1`, expected a domain name"),
        (" 1-2 a${-2} 1 A 192.0.2.1", "found 1 with an offset of -2, expected a number from 0"),
        (" 1-2 a${2147483647} 1 A 192.0.2.1", "found 1 with an offset of 2147483647, expected"),
    ] {
        let error = try_read(&format!("\n\n$GENERATE{rest}"), &[]).expect_err(rest).to_string();
        assert!(error.starts_with(&format!("line 3: {message}")), "{rest}: {error}");
    }
}

/// A line of a few octets must not stand for days of work.
#[test]
fn what_is_generated_has_an_end() {
    let text = "$GENERATE 1-600000 a 1 NS .\n".repeat(2);
    let mut refuse = |_: &str| Err(String::new());
    let mut reader = crate::master::Reader::new(text.as_bytes(), super::origin(), &mut refuse);
    let mut count = 0;
    let error = loop {
        match reader.next_record() {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("all of it was made"),
            Err(error) => break error.to_string(),
        }
    };
    assert_eq!(count, 1_000_000);
    assert!(error.starts_with("line 2: found one more record by $GENERATE"), "{error}");
}

#[test]
fn a_range_that_ends_at_the_greatest_number_ends() {
    check(
        "$GENERATE 2147483646-2147483647/2147483647 a$ 1 NS .",
        &["a2147483646.example. 1 IN NS ."],
    );
}
