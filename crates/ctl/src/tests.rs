use super::*;
use api::{
    Accepted, Action, ActionView, DownstreamFailure, DownstreamSent, DownstreamView, Failure,
    LastNotify, PrimaryView, Problem, ReloadReport, Serials, SoaTimers, Success, Timers, Timestamp,
    TransferKind, TransferView, ZonePage, ZoneView,
};
use clap::Parser;
use page::Colour;
use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

const NOW: &str = "2026-08-01T09:30:00Z";

fn at(text: &str) -> Timestamp {
    Timestamp(format!("2026-08-01T{text}Z"))
}

fn item(id: u32, name: &str, state: ZoneState) -> ZoneItem {
    ZoneItem {
        id,
        name: name.into(),
        view: "default".into(),
        state,
        serial: Serials { primary: Some(8), held: Some(7), served: Some(7) },
        records: 1_204,
        size_bytes: 100_000,
        last_success_at: Some(at("09:26:48")),
        failure_code: None,
        expires_at: Some(Timestamp("2026-08-08T09:26:48Z".into())),
    }
}

fn success(time: &str, action: Action) -> Success {
    let primary = Some("192.0.2.1:53".parse().unwrap());
    Success { at: at(time), action, primary, serial: Some(7) }
}

fn failure(time: &str, code: &str) -> Failure {
    Failure {
        code: code.into(),
        at: at(time),
        action: Action::Axfr,
        primary: Some("192.0.2.1:53".parse().unwrap()),
        serial: Some(8),
        facts: BTreeMap::from([("skew_s".into(), 3_600.into()), ("key".into(), "k1".into())]),
        cause: "the clocks differ".into(),
        fix: "set the clock\nntpdate".into(),
    }
}

fn troubled() -> ZoneView {
    let timers = |refresh_s| SoaTimers { refresh_s, retry_s: 300, expire_s: 604_800 };
    let soa =
        ActionView { last_success: Some(success("09:26:48", Action::Soa)), last_failure: None };
    let axfr = ActionView {
        last_success: Some(success("08:00:00", Action::Axfr)),
        last_failure: Some(failure("09:29:48", "TSIG_BADTIME")),
    };
    ZoneView {
        item: item(1, "example.net.", ZoneState::Retrying),
        signed: true,
        last_success: Some(success("09:26:48", Action::Soa)),
        last_failure: Some(failure("09:29:48", "TSIG_BADTIME")),
        next_refresh_at: Some(at("09:34:48")),
        timers: Some(Timers { received: timers(60), effective: timers(1_200) }),
        last_notify: Some(LastNotify {
            from: "192.0.2.1".parse().unwrap(),
            at: at("09:29:45"),
            serial: Some(8),
            key: Some("k1".into()),
            verdict: "accepted".into(),
            facts: BTreeMap::new(),
        }),
        notify_refused: BTreeMap::from([("NOTIFY_UNSIGNED".into(), 3)]),
        downstream: None,
        primaries: vec![
            PrimaryView {
                address: "192.0.2.1:53".parse().unwrap(),
                source: Some("192.0.2.9".parse().unwrap()),
                key: Some("k1".into()),
                serial: Some(8),
                actions: BTreeMap::from([(Action::Soa, soa), (Action::Axfr, axfr)]),
            },
            PrimaryView {
                address: "[2001:db8::1]:53".parse().unwrap(),
                source: None,
                key: None,
                serial: None,
                actions: BTreeMap::new(),
            },
        ],
        transfer: Some(TransferView {
            kind: TransferKind::Axfr,
            primary: "192.0.2.1:53".parse().unwrap(),
            bytes: 12 << 20,
            records: 120_000,
            started_at: at("09:29:57"),
        }),
        digest: None,
    }
}

fn status_page(view: &ZoneView) -> String {
    let mut page = Page::new(Colour::Off);
    status::write(&mut page, view, Now::at(NOW));
    page.as_str().to_owned()
}

/// I-10, I-11: an operator reads what is wrong, since when, why, and what to do.
#[test]
fn status_tells_a_troubled_zone_in_plain_words() {
    let expected = "\
example.net. is retrying: it is served, but the last attempt failed

  serial        8 at the primary, 7 held, 7 served
  content       1204 records, 97 KiB of memory, signed
  last success  3 min 12 s ago (2026-08-01 09:26:48 UTC): SOA from 192.0.2.1:53, serial 7
  last failure  12 s ago (2026-08-01 09:29:48 UTC): TSIG_BADTIME, AXFR from 192.0.2.1:53, serial 8
                facts: key k1, skew_s 3600
                cause: the clocks differ
                fix:   set the clock
                       ntpdate
  next refresh  in 4 min 48 s (2026-08-01 09:34:48 UTC)
  expires       in 6 d 23 h (2026-08-08 09:26:48 UTC)
  timers        refresh 20 min, retry 5 min, expire 7 d
                in the SOA: refresh 1 min, retry 5 min, expire 7 d
  last notify   15 s ago (2026-08-01 09:29:45 UTC): from 192.0.2.1, serial 8, key k1: accepted
  refused       NOTIFY since start: 3 NOTIFY_UNSIGNED
  transfer      AXFR from 192.0.2.1:53 started 3 s ago: 12 MiB, 120000 records so far
  primaries     192.0.2.1:53, key k1, from 192.0.2.9, serial 8
                  SOA     worked 3 min 12 s ago, serial 7
                  AXFR    failed 12 s ago: TSIG_BADTIME; worked 1 h 30 min ago, serial 7
                [2001:db8::1]:53, no key
                  not asked yet
";
    assert_eq!(status_page(&troubled()), expected);
}

fn transferred() -> DownstreamView {
    DownstreamView {
        sent: 2,
        last_sent: Some(DownstreamSent {
            to: "192.0.2.53".parse().unwrap(),
            key: Some("k2.".into()),
            at: at("09:29:00"),
            kind: TransferKind::Ixfr,
            serial: 7,
            messages: 1,
            bytes: 412,
            records: 6,
            elapsed_ms: 1,
        }),
        failures: BTreeMap::from([("DOWNSTREAM_UNSIGNED".into(), 3)]),
        last_failure: Some(DownstreamFailure {
            from: "192.0.2.54".parse().unwrap(),
            key: None,
            at: at("09:29:30"),
            code: "DOWNSTREAM_UNSIGNED".into(),
            facts: BTreeMap::from([("key_expected".into(), "k2.".into())]),
            cause: "it was not signed".into(),
            fix: "set the key".into(),
        }),
    }
}

#[test]
fn status_tells_what_others_got_and_what_they_did_not() {
    let expected = "
  secondaries   2 transfers since start
                last 1 min ago (2026-08-01 09:29:00 UTC): IXFR to 192.0.2.53, key k2., serial 7: 6 records, 412 B
                not sent: 3 DOWNSTREAM_UNSIGNED
                last 30 s ago (2026-08-01 09:29:30 UTC): DOWNSTREAM_UNSIGNED, for 192.0.2.54
                facts: key_expected k2.
                cause: it was not signed
                fix:   set the key
  primaries ";
    let page = status_page(&ZoneView { downstream: Some(transferred()), ..troubled() });
    assert!(page.contains(expected), "{page}");
}

#[test]
fn status_of_a_new_zone_claims_nothing_it_does_not_know() {
    let mut view = troubled();
    view.item.state = ZoneState::Loading;
    view.item.serial = Serials::default();
    view.item.expires_at = None;
    view.primaries.truncate(0);
    (view.last_success, view.last_failure, view.next_refresh_at) = (None, None, None);
    (view.timers, view.last_notify, view.transfer) = (None, None, None);
    view.notify_refused.clear();
    let expected = "\
example.net. is loading: the first transfer has not ended yet, so queries get SERVFAIL

  serial        unknown at the primary, none held, none served
  last notify   none since start; changes arrive by refresh only
";
    assert_eq!(status_page(&view), expected);
}

#[test]
fn a_failure_before_the_last_success_is_called_overcome() {
    let mut view = troubled();
    view.last_failure = Some(failure("09:00:00", "REFUSED"));
    assert!(
        status_page(&view).contains("REFUSED, AXFR from 192.0.2.1:53, serial 8; overcome since")
    );
}

/// Threat 22.
#[test]
fn text_of_strangers_cannot_steer_the_terminal() {
    let mut view = troubled();
    let hostile = "x\u{1b}[2J\u{202e}\r";
    view.item.name = hostile.into();
    view.item.view = hostile.into();
    view.digest = Some(hostile.into());
    let worst = Failure {
        code: hostile.into(),
        cause: hostile.into(),
        fix: hostile.into(),
        facts: BTreeMap::from([(hostile.into(), hostile.into())]),
        ..failure("09:29:48", "")
    };
    view.primaries[0].key = Some(hostile.into());
    view.primaries[0].actions.get_mut(&Action::Axfr).unwrap().last_failure = Some(worst.clone());
    view.last_failure = Some(worst);
    view.last_notify.as_mut().unwrap().verdict = hostile.into();
    view.last_notify.as_mut().unwrap().key = Some(hostile.into());
    view.notify_refused = BTreeMap::from([(hostile.into(), 1)]);
    view.last_success.as_mut().unwrap().at = Timestamp(hostile.into());
    let mut downstream = transferred();
    downstream.failures = BTreeMap::from([(hostile.into(), 1)]);
    downstream.last_sent.as_mut().unwrap().key = Some(hostile.into());
    downstream.last_failure.as_mut().unwrap().code = hostile.into();
    view.downstream = Some(downstream);
    let mut listed = Page::new(Colour::Off);
    view.item.failure_code = Some(hostile.into());
    list::write(&mut listed, std::slice::from_ref(&view.item), Now::at(NOW));
    for page in [status_page(&view), listed.as_str().to_owned()] {
        assert!(page.contains("x\\u{1b}[2J\\u{202e}"));
        assert!(!page.contains(['\u{1b}', '\r', '\u{202e}']), "{page}");
    }
}

#[test]
fn list_is_aligned_with_problems_first() {
    let mut lost = item(2, "b.example.", ZoneState::Expired);
    lost.serial = Serials { primary: None, held: Some(2_026_080_101), served: None };
    lost.failure_code = Some("CONNECT_REFUSED".into());
    lost.expires_at = Some(at("08:30:00"));
    let zones = [item(1, "a.", ZoneState::Ok), lost, item(3, "c.", ZoneState::Ok)];
    let mut page = Page::new(Colour::Off);
    list::write(&mut page, &zones, Now::at(NOW));
    let expected = "\
ZONE        STATE    PRIMARY        HELD  SERVED  RECORDS  CONFIRMED       EXPIRES      FAILURE
b.example.  expired        -  2026080101       -     1204  3 min 12 s ago  1 h ago      CONNECT_REFUSED
a.          ok             8           7       7     1204  3 min 12 s ago  in 6 d 23 h  -
c.          ok             8           7       7     1204  3 min 12 s ago  in 6 d 23 h  -
3 zones: 1 expired, 2 ok
";
    assert_eq!(page.as_str(), expected);
}

#[test]
fn list_shows_views_only_where_there_are_some() {
    let mut inside = item(1, "a.", ZoneState::Ok);
    inside.view = "inside".into();
    let mut page = Page::new(Colour::Off);
    list::write(&mut page, &[inside], Now::at(NOW));
    assert!(page.as_str().starts_with("ZONE  VIEW    STATE"), "{}", page.as_str());
    let mut empty = Page::new(Colour::Off);
    list::write(&mut empty, &[], Now::at(NOW));
    assert!(empty.as_str().starts_with("no zones; "));
}

#[test]
fn colours_do_not_disturb_columns() {
    let zones = [item(1, "a.", ZoneState::Ok), item(2, "b.", ZoneState::Expired)];
    let mut plain = Page::new(Colour::Off);
    let mut coloured = Page::new(Colour::On);
    list::write(&mut plain, &zones, Now::at(NOW));
    list::write(&mut coloured, &zones, Now::at(NOW));
    let stripped = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[0m"]
        .iter()
        .fold(coloured.as_str().to_owned(), |text, code| text.replace(code, ""));
    assert!(coloured.as_str().contains("\u{1b}[31mexpired\u{1b}[0m"));
    assert_eq!(stripped, plain.as_str());
}

#[derive(Debug, Parser)]
struct Line {
    #[command(subcommand)]
    verb: Verb,
}

fn verb(line: &str) -> Verb {
    Line::try_parse_from(line.split(' ')).unwrap().verb
}

/// A daemon that gives fixed answers: (request line up to the version, status, body).
fn daemon(answers: Vec<(&'static str, u16, String)>) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sock");
    let shown = path.display().to_string();
    let std_listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    std_listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = UnixListener::from_std(std_listener).unwrap();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 4_096];
                let octets = stream.read(&mut request).await.unwrap();
                let request = String::from_utf8_lossy(&request[..octets]).into_owned();
                let asked = request.split(" HTTP/").next().unwrap();
                let known = answers.iter().find(|(line, ..)| *line == asked);
                let missing = serde_json::to_string(&Problem::new(404, "path.unknown", asked));
                let (status, body) = known.map_or((404, missing.unwrap()), |a| (a.1, a.2.clone()));
                let answer = format!(
                    "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\
                     zone-serial: 7\r\nzone-records: 12\r\nzone-state: expired\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
    });
    (folder, shown)
}

fn json(what: &impl serde::Serialize) -> String {
    serde_json::to_string(what).unwrap()
}

fn page_of(items: Vec<ZoneItem>, next_cursor: Option<&str>) -> String {
    json(&ZonePage { items, next_cursor: next_cursor.map(str::to_owned) })
}

/// For verbs that do not read the daemon's files.
const NO_DISK: ExportOffline = |_, _| panic!("the disk was not asked for");

const FIND: &str = "GET /v1/zones?name=example.net&view=default";

#[test]
fn commands_find_the_zone_by_name_and_act_on_its_id() {
    let accepted = json(&Accepted { id: 1, name: "example.net.".into() });
    let (_folder, socket) = daemon(vec![
        (FIND, 200, page_of(vec![item(1, "example.net.", ZoneState::Ok)], None)),
        ("GET /v1/zones/1", 200, json(&troubled())),
        ("POST /v1/zones/1/refresh", 202, accepted.clone()),
        ("POST /v1/zones/1/retransfer", 202, accepted),
    ]);
    let page = |line: &str| perform(verb(&format!("u {line} --socket {socket}")), NO_DISK).unwrap();
    let text = page("zone refresh example.net").as_str().to_owned();
    assert!(text.starts_with("refresh of example.net. is queued"), "{text}");
    assert!(page("zone retransfer example.net").as_str().starts_with("retransfer of"));
    assert!(page("zone status example.net").as_str().contains("TSIG_BADTIME"));
    let json: ZoneView =
        serde_json::from_str(page("zone status example.net --json").as_str()).unwrap();
    assert_eq!(json, troubled());
}

#[test]
fn list_reads_every_page() {
    let zone = |id, name| item(id, name, ZoneState::Ok);
    let (_folder, socket) = daemon(vec![
        ("GET /v1/zones?limit=1000", 200, page_of(vec![zone(1, "a.")], Some("1"))),
        ("GET /v1/zones?limit=1000&cursor=1", 200, page_of(vec![zone(2, "b.")], None)),
        ("GET /v1/zones?limit=1000&state=expired", 200, page_of(vec![], None)),
    ]);
    let page = |line: &str| perform(verb(&format!("u {line} --socket {socket}")), NO_DISK).unwrap();
    let zones: Vec<ZoneItem> = serde_json::from_str(page("zone list --json").as_str()).unwrap();
    assert_eq!(zones.iter().map(|zone| zone.id).collect::<Vec<_>>(), [1, 2]);
    assert!(page("zone list").as_str().contains("2 zones: 2 ok"));
    assert!(page("zone list --state expired").as_str().starts_with("no zones"));
}

#[test]
fn exit_codes_tell_no_daemon_no_zone_and_refusal_apart() {
    let problem = Problem::new(422, "config.invalid", "understudy.toml:3:1: unknown key `foo`");
    let (_folder, socket) = daemon(vec![
        (FIND, 200, page_of(vec![], None)),
        ("POST /v1/reload", 422, json(&problem)),
        ("GET /v1/zones?limit=1000", 200, "<html>".to_owned()),
    ]);
    let fails = |line: &str| perform(verb(line), NO_DISK).unwrap_err();
    let error = fails(&format!("u zone status example.net --socket {socket}"));
    assert_eq!(exit_of(&error), Exit::NotFound);
    assert_eq!(
        complaint(&error),
        "there is no zone example.net on this instance\n\
         `understudy zone list` shows the zones of this instance"
    );
    let error = fails(&format!("u reload --socket {socket}"));
    assert_eq!(exit_of(&error), Exit::Failed);
    assert_eq!(complaint(&error), problem.detail);
    let error = fails(&format!("u zone list --socket {socket}"));
    assert_eq!(exit_of(&error), Exit::Failed);
    assert!(error.to_string().contains("not understood"));
    let error = fails("u zone list --socket /nonexistent/control.sock");
    assert_eq!(exit_of(&error), Exit::Unreachable);
    assert!(complaint(&error).contains("start it with `understudy serve`"));
}

#[test]
fn reload_tells_what_changed_what_waits_and_what_is_weak() {
    let report = ReloadReport {
        zones_added: 1,
        zones_unchanged: 5,
        restart_needed: vec!["server.listen".into()],
        warnings: vec!["understudy.toml:2:8: weak".into()],
        ..ReloadReport::default()
    };
    let (_folder, socket) = daemon(vec![("POST /v1/reload", 200, json(&report))]);
    let page = perform(verb(&format!("u reload --socket {socket}")), NO_DISK).unwrap();
    assert_eq!(
        page.as_str(),
        "reloaded: zones 1 added, 0 changed, 0 removed, 5 unchanged\n\
         server.listen takes effect at the next start\n\
         warning: understudy.toml:2:8: weak\n"
    );
}

#[test]
fn verbs_need_no_daemon_where_there_is_nothing_to_ask() {
    assert!(perform(verb("u version"), NO_DISK).unwrap().as_str().starts_with("understudy "));
    assert!(perform(verb("u key generate k1"), NO_DISK).unwrap().as_str().contains("[[key]]"));
    assert!(Line::try_parse_from(["u", "key", "generate", "a b"]).is_err());
    assert!(Line::try_parse_from(["u", "zone", "list", "--state", "fine"]).is_err());
}

#[test]
fn export_replaces_a_file_and_says_which_version_it_wrote() {
    let (_folder, socket) = daemon(vec![
        (FIND, 200, page_of(vec![item(1, "example.net.", ZoneState::Expired)], None)),
        ("GET /v1/zones/1/export", 200, "the zone\n".to_owned()),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("zone");
    let line = format!("u zone export example.net --socket {socket} --out {}", out.display());
    let page = perform(verb(&line), NO_DISK).unwrap();
    let expected = "zone: example.net, serial 7, expired, 12 records, 9 B\n";
    assert!(page.as_str().ends_with(expected), "{}", page.as_str());
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "the zone\n");
    let page = perform(verb(&format!("{line} --json")), NO_DISK).unwrap();
    let written: serde_json::Value = serde_json::from_str(page.as_str()).unwrap();
    let facts = (&written["serial"], &written["state"], &written["size_bytes"]);
    assert_eq!(facts, (&7.into(), &"expired".into(), &9.into()));
}

#[test]
fn export_that_is_refused_leaves_the_file_as_it_was() {
    let (_folder, socket) = daemon(vec![
        (FIND, 200, page_of(vec![item(1, "example.net.", ZoneState::Failed)], None)),
        ("GET /v1/zones/1/export", 409, json(&Problem::zone_not_held("example.net."))),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("zone");
    std::fs::write(&out, "old").unwrap();
    let line = format!("u zone export example.net --socket {socket} --out {}", out.display());
    let error = perform(verb(&line), NO_DISK).unwrap_err();
    assert!(complaint(&error).starts_with("no version of example.net. is held"), "{error}");
    assert_eq!(exit_of(&error), Exit::Failed);
    let line = format!("u zone export other.example --socket {socket} --out {}", out.display());
    assert!(perform(verb(&line), NO_DISK).is_err());
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn export_offline_asks_no_daemon() {
    let from_disk: ExportOffline = |from, out| {
        assert_eq!((from.zone, from.view, from.config), ("example.net", "default", None));
        let known = from.data_dir == Some(std::path::Path::new("/data"));
        out.write_all(b"from disk").map_err(OfflineFault::Write)?;
        let head = ExportHead { serial: 7, records: 1, state: api::ExportState::Stored };
        known.then_some(head).ok_or_else(|| OfflineFault::Refused(Problem::zone_not_held("it")))
    };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("zone");
    let line = format!("u zone export example.net --out {}", out.display());
    perform(verb(&format!("{line} --data-dir /data")), from_disk).unwrap();
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "from disk");
    let error = perform(verb(&format!("{line} --offline")), from_disk).unwrap_err();
    assert_eq!(complaint(&error).lines().next(), Some("no version of it is held on this instance"));
    let error = perform(verb(&format!("{line} --socket /nonexistent")), from_disk).unwrap_err();
    assert_eq!(exit_of(&error), Exit::Unreachable);
    assert!(complaint(&error).contains("`--offline` reads its data directory"), "{error:#}");
    for wrong in ["--offline --socket /s", "--config /c", "--data-dir /d --socket /s"] {
        assert!(Line::try_parse_from(format!("{line} {wrong}").split(' ')).is_err(), "{wrong}");
    }
}

#[test]
fn cause_is_told_once() {
    let cause = || std::io::Error::other("no disk");
    let error = anyhow::Error::from(cause()).context("cannot read /data: no disk");
    assert_eq!(complaint(&error), "cannot read /data: no disk");
    let error = anyhow::Error::from(cause()).context("cannot read /data");
    assert_eq!(complaint(&error), "cannot read /data: no disk");
}

#[test]
fn text_that_has_nowhere_to_go_is_told_and_is_not_lost_silently() {
    let full: ExportOffline = |_, out| {
        out.write_all(&[b';'; 100_000]).map_err(OfflineFault::Write)?;
        panic!("/dev/full took it")
    };
    let line = "u zone export example.net --data-dir /data --out /dev/full";
    let error = perform(verb(line), full).unwrap_err();
    let told = complaint(&error);
    assert!(told.starts_with("cannot write /dev/full") && told.contains("space"), "{told}");
    assert_eq!(exit_of(&error), Exit::Failed);
}
