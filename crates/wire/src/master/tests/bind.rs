//! BIND finds in a master file what we find in it.

use super::super::*;
use super::origin;
use crate::record::Record;
use crate::tests::run;
use std::collections::BTreeSet;

/// What both make of a zone whose apex is `example.`.
fn check(text: &str) {
    let ours = read(text.as_bytes(), &origin()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let arguments = ["-i", "none", "-k", "ignore", "-o", "-", "example", "/dev/stdin"];
    let output = run("named-compilezone", &arguments, text.as_bytes());
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}\n{text}");
    let theirs = read(&output.stdout, &origin()).expect("what BIND prints is read");
    let lines = |records: &[Record]| -> BTreeSet<String> {
        records.iter().map(|record| line(record.as_ref()).to_string()).collect()
    };
    assert_eq!(lines(&ours), lines(&theirs));
}

const HEAD: &str = "$TTL 1h
@ SOA ns host 1 3600 600 86400 300
@ NS ns
ns A 192.0.2.1
";

/// Every base with and without offset and width, in owners and in rdata of many types. Not here: a plain
/// `$` behind one with an offset, to which BIND adds the offset too.
#[test]
fn what_is_generated_is_what_bind_makes() {
    check(&format!(
        r#"{HEAD}$GENERATE 1-3 a$ A 192.0.2.$
$GENERATE 0-8/4 b${{10,3}} 60 A 10.0.0.${{1}}
$GENERATE 1-2 c$ 1h2m IN CNAME a$
$GENERATE 1-2 d$ IN 60 CNAME a$.other.
$GENERATE 250-257 e${{0,4,x}}.${{0,0,X}}.${{0,5,o}} TXT "x $"
$GENERATE 250-257/7 f$ TXT "\"x $ $$ \$ \\ \\$\" \065"
$GENERATE 16-17 ${{0,5,n}}.g PTR h${{0,2,N}}.
$GENERATE 171-172 ${{0,1,n}}.gg PTR h${{0,0,N}}.
$GENERATE 4095-4097 ${{0,9,N}}.ggg PTR ${{1,7,n}}
$GENERATE 1-2 i$ MX "10 a.b$"
$GENERATE 1-1 j\$$$k SRV "0 0 ${{0}} t"
$GENERATE 1-2 * A 192.0.2.$
$GENERATE 1-2 l$ TYPE65280 "\# 1 ${{0,2,x}}"
$GENERATE 1-2 m$.$.$ AAAA 2001:db8::${{0,0,x}}
$GENERATE 5-7/2 n$ NS ns
 NS n3
$GENERATE 0-2147483647/1073741823 o$ DNAME p${{0,12,X}}
$GENERATE 7-8 q${{-7}} CAA "0 issue \"ca$.example\""
"#
    ));
}

#[test]
fn units_escapes_parentheses_and_generic_forms_are_what_bind_reads() {
    check(&format!(
        r#"{HEAD}$TTL 1w2d3h4m5s
a A 192.0.2.2
a 1H30M AAAA 2001:db8::1
b IN 2m MX ( 10 ; a comment ")"
	c )
  TXT "a;b" a\;b \"c\" ( "d e"
 f )
$ORIGIN sub
@ A \# 4 C0000204
$ORIGIN deep.sub.example.
@ TYPE1 192.0.2.5
\@ TYPE16 "x"
\$TTL A 192.0.2.6
\"\(\)\; A 192.0.2.7
a\.b\\.c\000\255 A 192.0.2.8
x CLASS1 TYPE65280 \# 3 01 02 03
x 5 TYPE65281 \# 0
x NSEC y A TYPE1 NS TYPE65280
"#
    ));
}

/// BIND reads types in the form of their own standard too, all that it has a form for.
#[test]
fn samples_in_their_own_form_are_what_bind_reads() {
    let samples = include_str!("../../rdata/samples.zone");
    let unknown_to_bind = ["MD", "MF", "CLA", "IPN"];
    let known = |line: &&str| {
        line.split_ascii_whitespace().nth(1).is_none_or(|rrtype| !unknown_to_bind.contains(&rrtype))
    };
    let text: Vec<_> = samples.lines().filter(known).collect();
    check(&format!("{}\n", text.join("\n")));
}
