use super::*;
use wire::master;
use wire::ttl::Ttl;
use zone::{Builder, Limits};

const TEXT: &str = "\
; zone: example.
; serial: 7
; records: 6
; state: served
; written: 2026-08-01T09:30:00.000Z by understudy 0.0.0
example.\t60\tIN\tSOA\tns.example. host.example. 7 3600 600 86400 60
example.\t60\tIN\tA\t192.0.2.1
example.\t60\tIN\tNS\tns.example.
A.example.\t60\tIN\tA\t192.0.2.3
z.a.example.\t60\tIN\tA\t192.0.2.4
ns.example.\t60\tIN\tA\t192.0.2.2
";

fn version(text: &str) -> Version {
    let apex: Name = "example.".parse().unwrap();
    let mut builder = Builder::new(apex.clone(), Limits::default());
    for record in master::read(text.as_bytes(), &apex).unwrap() {
        builder.push(record.as_ref()).unwrap();
    }
    builder.finish().unwrap()
}

fn text(version: &Version, state: ExportState, at: u64) -> String {
    let held = Held { version: version.clone(), state, at: UnixSeconds(at), note: None };
    let mut out = Vec::new();
    held.write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn soa_comes_first_and_the_rest_in_canonical_order() {
    let version = version(TEXT);
    assert_eq!(text(&version, ExportState::Served, 1_785_576_600), TEXT);
}

#[test]
fn same_version_gives_the_same_octets_but_for_comments() {
    let shuffled: Vec<&str> = TEXT.lines().rev().collect();
    let (one, other) = (version(TEXT), version(&shuffled.join("\n")));
    let records = |text: String| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with(';')).map(str::to_owned).collect()
    };
    let (early, late) = (text(&one, ExportState::Served, 0), text(&other, ExportState::Expired, 9));
    assert!(early.contains("; state: served\n") && late.contains("; state: expired\n"));
    assert_eq!(records(early), records(late));
}

/// Threat 22: what a zone or a path says stays inside its line.
#[test]
fn no_name_and_no_note_ends_a_comment_or_a_line() {
    let hostile =
        ["\\010$INCLUDE\\032/etc/passwd", "\\$TTL", "\\@", "\\;\\\"", "\\000\\.\\.\\/", "\\092"];
    let text_of = |label: &str| format!("{label}.example. 60 IN TXT \"\\010; x\"\n");
    let text: String = hostile.iter().map(|label| text_of(label)).collect();
    let version = version(&format!("{TEXT}{text}"));
    let (at, note) = (UnixSeconds(0), Some("lost\n$INCLUDE /etc/passwd\u{85}".to_owned()));
    let held = Held { version: version.clone(), state: ExportState::Stored, at, note };
    let mut out = Vec::new();
    held.write(&mut out).unwrap();
    let exported = String::from_utf8(out).unwrap();
    assert!(exported.contains("; note: lost?$INCLUDE /etc/passwd?\n"));
    assert_eq!(exported.lines().count(), 6 + 12, "{exported}");
    for line in exported.lines().skip(6) {
        assert!(line.split('\t').next().unwrap().ends_with("example."), "{line:?}");
    }
    let apex = version.apex();
    let again = master::read(exported.as_bytes(), &apex.to_name()).unwrap();
    assert_eq!(again.len() as u64, version.record_count());
    assert!(again.iter().all(|record| record.ttl == Ttl::from_wire(60)));
}
