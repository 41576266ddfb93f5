//! What master files say, and what is wrong with them.

mod bind;
mod generate;

use super::*;
use crate::codes::Class;
use crate::rdata::tests::generator::any_rdata;
use crate::rdata::validate;
use crate::record::Record;
use crate::ttl::Ttl;
use proptest::prelude::*;

fn origin() -> Name {
    "example.".parse().expect("a name")
}

/// Reads `text` with the files it may include; every record comes back as a line.
fn try_read(text: &str, files: &[(&str, &str)]) -> Result<Vec<String>, MasterError> {
    let mut include = |path: &str| {
        let file = files.iter().find(|(name, _)| *name == path);
        file.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| "no such file".to_owned())
    };
    Reader::new(text.as_bytes(), origin(), &mut include)
        .map(|record| record.map(|record| line(record.as_ref()).to_string().replace('\t', " ")))
        .collect()
}

/// The records of `text`, each as one line.
fn check(text: &str, lines: &[&str]) {
    assert_eq!(try_read(text, &[]).unwrap_or_else(|error| panic!("{error}\n{text}")), lines);
}

#[test]
fn a_whole_zone_reads_as_rfc_1035_shows_it() {
    // RFC 1035 §5.3.
    let text = "\
$ORIGIN ISI.EDU.
$TTL 1h
@   IN  SOA     VENERA      Action\\.domains (
                                 20     ; SERIAL
                                 7200   ; REFRESH
                                 600    ; RETRY
                                 3600000; EXPIRE
                                 60)    ; MINIMUM

        NS      A.ISI.EDU.
        NS      VENERA
        MX      10      VENERA
A       A       26.3.0.103
VENERA  A       10.1.0.52
        A       128.9.0.32
";
    check(
        text,
        &[
            "ISI.EDU. 3600 IN SOA VENERA.ISI.EDU. Action\\.domains.ISI.EDU. 20 7200 600 3600000 60",
            "ISI.EDU. 3600 IN NS A.ISI.EDU.",
            "ISI.EDU. 3600 IN NS VENERA.ISI.EDU.",
            "ISI.EDU. 3600 IN MX 10 VENERA.ISI.EDU.",
            "A.ISI.EDU. 3600 IN A 26.3.0.103",
            "VENERA.ISI.EDU. 3600 IN A 10.1.0.52",
            "VENERA.ISI.EDU. 3600 IN A 128.9.0.32",
        ],
    );
}

#[test]
fn ttl_and_class_stand_in_either_order_or_are_left_out() {
    check(
        "a 60 IN A 192.0.2.1\nb IN 1m A 192.0.2.1\nc A 192.0.2.1\n CH 2h TXT x\nd TXT y",
        &[
            "a.example. 60 IN A 192.0.2.1",
            "b.example. 60 IN A 192.0.2.1",
            "c.example. 60 IN A 192.0.2.1",
            "c.example. 7200 CH TXT \"x\"",
            "d.example. 7200 CH TXT \"y\"",
        ],
    );
    check("x 1 CLASS32 TYPE999 \\# 1 AB", &["x.example. 1 CLASS32 TYPE999 \\# 1 AB"]);
}

/// RFC 2308 §4: `$TTL` stands for what a record does not say; before it the last one said does.
#[test]
fn a_ttl_left_out_is_the_default_or_the_last_one() {
    check(
        "a 5 NS b\nc NS b\n$TTL 9\nd NS b\ne 7 NS b\nf NS b",
        &[
            "a.example. 5 IN NS b.example.",
            "c.example. 5 IN NS b.example.",
            "d.example. 9 IN NS b.example.",
            "e.example. 7 IN NS b.example.",
            "f.example. 9 IN NS b.example.",
        ],
    );
    check(
        "@ SOA a b 1 2 3 4 1w2d3h4m5s\n NS a",
        &[
            "example. 788645 IN SOA a.example. b.example. 1 2 3 4 788645",
            "example. 788645 IN NS a.example.",
        ],
    );
}

#[test]
fn owners_may_be_blank_escaped_or_odd() {
    check(
        "$TTL 1\n\\@ A 192.0.2.1\n\\$ORIGIN A 192.0.2.1\n*.a\\.b A 192.0.2.1\n\n  ; only a comment\n\tA 192.0.2.2\n\\000\\255\\; A 192.0.2.1\n. NS @\nIN A 192.0.2.3\r\n",
        &[
            "\\@.example. 1 IN A 192.0.2.1",
            "\\$ORIGIN.example. 1 IN A 192.0.2.1",
            "*.a\\.b.example. 1 IN A 192.0.2.1",
            "*.a\\.b.example. 1 IN A 192.0.2.2",
            "\\000\\255\\;.example. 1 IN A 192.0.2.1",
            ". 1 IN NS example.",
            "IN.example. 1 IN A 192.0.2.3",
        ],
    );
}

#[test]
fn quotes_take_the_meaning_out_of_a_word() {
    check("\"$TTL\" 2147483647 NS \"@\"", &["\\$TTL.example. 2147483647 IN NS \\@.example."]);
}

#[test]
fn origins_are_relative_to_the_one_before() {
    check(
        "$TTL 1\n$ORIGIN sub\na NS @\n$ORIGIN .\nb NS @",
        &["a.sub.example. 1 IN NS sub.example.", "b. 1 IN NS ."],
    );
}

#[test]
fn an_included_text_has_its_origin_and_owner_to_itself() {
    let files = [
        ("sub/a.db", "x NS y\n$ORIGIN elsewhere.\nz NS @\n$TTL 2\n"),
        ("empty", ""),
        ("with space", " NS here"),
    ];
    let lines = try_read(
        "$TTL 1\na NS b\n$INCLUDE sub/a.db inner\n NS after\n$INCLUDE empty\n$include \"with space\"\nc NS d",
        &files,
    );
    assert_eq!(
        lines.expect("three texts"),
        [
            "a.example. 1 IN NS b.example.",
            "x.inner.example. 1 IN NS y.inner.example.",
            "z.elsewhere. 1 IN NS elsewhere.",
            "a.example. 2 IN NS after.example.",
            "a.example. 2 IN NS here.example.",
            "c.example. 2 IN NS d.example.",
        ]
    );
}

#[test]
fn includes_that_never_end_are_refused() {
    let loops = try_read("$INCLUDE a", &[("a", "\n$INCLUDE a")]).expect_err("it includes itself");
    assert_eq!(loops.to_string(), "a line 2: cannot include `a`: includes nest more than 10 deep");
    let fans = [("a", "$INCLUDE b\n".repeat(400)), ("b", "$INCLUDE c\n".repeat(400))];
    let files: Vec<_> =
        fans.iter().map(|(name, text)| (*name, text.as_str())).chain([("c", "")]).collect();
    let many = try_read("$INCLUDE a\n$INCLUDE a\n", &files).expect_err("160,000 files");
    assert_eq!(
        many.to_string(),
        "b line 197: cannot include `c`: more than 1000 files are included"
    );
}

#[test]
fn includes_nest_ten_deep() {
    let texts: Vec<(String, String)> = (1..=10)
        .map(|depth| (format!("f{depth}"), format!("$INCLUDE f{}", depth + 1)))
        .chain([("f11".to_owned(), "a 1 NS b".to_owned())])
        .collect();
    let files: Vec<_> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(try_read("$INCLUDE f2", &files), Ok(vec!["a.example. 1 IN NS b.example.".into()]));
    assert!(try_read("$INCLUDE f1", &files).is_err());
}

#[test]
fn errors_say_where_what_was_found_and_what_was_expected() {
    for (text, message) in [
        ("a 1 A 1.2.3", "line 1: found `1.2.3`, expected an IPv4 address"),
        ("a 1 A 1.2.3.4\nb 1 A\n", "line 2: found the end of the record, expected an IPv4 address"),
        ("\n\n\na 1 MX (\n10\n)\n", "line 5: found the end of the record, expected a domain name"),
        (
            "a A 1.2.3.4",
            "line 1: found a record without a ttl, expected a ttl in it, in a record above, or $TTL",
        ),
        (" A 1.2.3.4", "line 1: found white space, expected an owner, for there is none above"),
        (
            "a 4294967295 A 1.2.3.4",
            "line 1: found `4294967295`, expected a ttl up to 2147483647 seconds",
        ),
        ("a 1x A 1.2.3.4", "line 1: found `1x`, expected a ttl up to 2147483647 seconds"),
        (
            "a 1 2 A 1.2.3.4",
            "line 1: found `2`, expected the type of a record, after its ttl and class if it has them",
        ),
        (
            "a 1 IN IN A 1.2.3.4",
            "line 1: found `IN`, expected the type of a record, after its ttl and class if it has them",
        ),
        (
            "a 1 \"A\" 1.2.3.4",
            "line 1: found `A`, expected the type of a record, after its ttl and class if it has them",
        ),
        (
            "a 1 ANY 1.2.3.4",
            "line 1: found `ANY`, expected the type of a record, after its ttl and class if it has them",
        ),
        (
            "a 1 OPT \\# 0",
            "line 1: found `OPT`, expected the type of a record, after its ttl and class if it has them",
        ),
        (
            "a",
            "line 1: found the end of the record, expected the type of a record, after its ttl and class if it has them",
        ),
        ("a..b 1 A 1.2.3.4", "line 1: found `a..b`, expected a domain name"),
        (
            "$FOO",
            "line 1: found `$FOO`, expected $ORIGIN, $TTL, $INCLUDE, $GENERATE, or `\\$` in an owner",
        ),
        (" $TTL 1", "line 1: found white space, expected an owner, for there is none above"),
        (
            "a 1 NS b\n $TTL 1",
            "line 2: found `$TTL`, expected the type of a record, after its ttl and class if it has them",
        ),
        ("$TTL", "line 1: found the end of the record, expected a ttl up to 2147483647 seconds"),
        ("$TTL 1 2", "line 1: found `2`, expected the end of the record"),
        ("$ORIGIN", "line 1: found the end of the record, expected the new origin"),
        ("$INCLUDE x", "line 1: cannot include `x`: no such file"),
        ("a 1 TXT (\"x\"\n", "line 1: found `(` that is never closed, expected `)`"),
        ("a 1 TXT x)", "line 1: found `)`, expected `(` before it"),
        ("\na 1 TXT \"x\n\"", "line 2: found the end of the line, expected `\"`"),
        (
            "a 1 TXT \\",
            "line 1: found `\\`, expected `\\` before a character or three digits up to 255",
        ),
        (
            "a 1 A \\# 2 0000",
            "line 1: the rdata breaks the rules of A: an IPv4 address needs 4 octets, 2 are left",
        ),
        ("a 1 A \u{7}\u{1b}[31m", "line 1: found `\\x07\\x1b[31m`, expected an IPv4 address"),
    ] {
        let error = try_read(text, &[]).expect_err(text);
        assert_eq!(error.to_string(), message, "{text}");
    }
}

#[test]
fn a_reader_that_has_failed_is_at_its_end() {
    let mut refuse = |_: &str| Err(String::new());
    let mut reader = Reader::new(b"x\na 1 A 192.0.2.1\n", origin(), &mut refuse);
    assert!(reader.next().is_some_and(|first| first.is_err()));
    assert!(reader.next().is_none());
}

/// Threat 22: an error goes to logs and terminals, and a path is whatever the text says.
#[test]
fn a_path_that_is_quoted_in_an_error_is_escaped() {
    let missing = try_read("$INCLUDE \\027[2J\\000x", &[]).expect_err("no such file");
    let shown = missing.to_string();
    assert_eq!(shown, "line 1: cannot include `\\u{1b}[2J\\0x`: no such file");
    let inside = try_read("$INCLUDE \\010", &[("\n", "a")]).expect_err("no record");
    assert!(inside.to_string().starts_with("\\n line 1: "), "{inside}");
}

#[test]
fn an_included_file_is_named_in_its_errors() {
    let error = try_read("\n$INCLUDE part.db", &[("part.db", "\n\nx")]).expect_err("no type");
    assert_eq!((error.file.as_str(), error.line), ("part.db", 3));
    assert!(error.to_string().starts_with("part.db line 3: found the end of the record"));
}

#[test]
fn a_signature_of_the_encoding_and_long_lines_are_nothing_special() {
    let text = format!("\u{feff}a 1 TXT {}", "x ".repeat(20_000));
    let records = read(text.as_bytes(), &origin()).expect("one record");
    assert_eq!(records.len(), 1);
    let too_long = format!("a 1 TXT {}", "x ".repeat(32_768));
    let error = read(too_long.as_bytes(), &origin()).expect_err("65,536 octets");
    assert_eq!(
        error.to_string(),
        "line 1: the rdata breaks the rules of TXT: 65536 octets of rdata, 65535 at most can be sent on"
    );
}

/// Any record that a zone may hold: of any type, its rdata made field by field.
fn any_record() -> impl Strategy<Value = Record> {
    let rdata = any_rdata().prop_filter("data of a zone", |(rrtype, rdata)| {
        !rrtype.is_meta() && validate(*rrtype, rdata).is_ok()
    });
    let hostile = proptest::sample::select(&b"\"$@\\;(). \t\r\n\0\x7f\xff*"[..]);
    let octet = prop_oneof![any::<u8>(), hostile];
    let labels = proptest::collection::vec(proptest::collection::vec(octet, 1..12), 0..6);
    let class = prop_oneof![9 => Just(Class::IN), 1 => (256_u16..=u16::MAX).prop_map(Class)];
    (labels, 0..=i32::MAX.unsigned_abs(), class, rdata).prop_map(
        |(labels, ttl, class, (rrtype, rdata))| {
            let owner = labels.iter().fold(Name::root(), |name, label| {
                Name::child(label, name.as_ref()).expect("short enough")
            });
            Record { owner, rrtype, class, ttl: Ttl::from_wire(ttl), rdata: rdata.into() }
        },
    )
}

proptest! {
    /// I1; threat 22: whatever octets owners and rdata hold.
    #[test]
    fn records_written_read_back_the_same(
        records in proptest::collection::vec(any_record(), 0..20),
    ) {
        let mut text = String::new();
        write(records.iter().map(Record::as_ref), &mut text).expect("a string takes all");
        prop_assert_eq!(text.lines().count(), records.len(), "one a line: {}", text);
        let back = read(text.as_bytes(), &origin());
        prop_assert_eq!(back.as_ref(), Ok(&records), "{}", text);
        for (record, back) in records.iter().zip(back.unwrap_or_default()) {
            prop_assert_eq!(record.owner.as_wire(), back.owner.as_wire(), "case too");
        }
    }

    #[test]
    fn any_octets_are_read_or_refused(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&text, &origin());
    }

    #[test]
    fn any_words_are_read_or_refused(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "a", "@", ".", "$TTL", "$ORIGIN", "$INCLUDE", "$GENERATE", "0-9", "a$", "${1,2,n}", "(", ")", "\"", "\\", ";", "\n", " ",
                "1", "1h", "IN", "A", "NS", "SOA", "TXT", "SVCB", "\\#", "192.0.2.1", "port=\"", "\\000",
            ]),
            0..40,
        ),
    ) {
        let text = words.join(" ");
        for record in read(text.as_bytes(), &origin()).unwrap_or_default() {
            prop_assert_eq!(validate(record.rrtype, &record.rdata), Ok(()));
        }
    }
}
