//! The whole way: our client, a real Unix socket, the router, a fake daemon.

use super::{Control, ControlSocket, Detail, ZoneFilter, serve, timestamp};
use crate::export::Held;
use api::{
    Client, ClientError, ExportHead, ExportState, Health, Problem, ReloadReport, Serials,
    SystemView, ZoneItem, ZoneState, ZoneView,
};
use proto::time::UnixSeconds;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wire::codes::{Class, Rrtype};
use wire::name::Name;
use wire::record::RecordRef;
use wire::ttl::Ttl;
use zone::{Builder, Limits, ZoneId};

/// A daemon with a fixed list of zones that notes what it is told to do.
#[derive(Clone)]
struct Fake {
    zones: Arc<Vec<ZoneItem>>,
    orders: Arc<Mutex<Vec<String>>>,
    ready: bool,
}

impl Fake {
    fn with_zones(names: &[&str]) -> Self {
        let zones = names.iter().zip(1..).map(|(name, id)| item(id, name)).collect();
        Self { zones: Arc::new(zones), orders: Arc::default(), ready: true }
    }

    fn order(&self, verb: &str, id: ZoneId) -> Result<Name, Problem> {
        let zone = self.zones.iter().find(|zone| zone.id == id.0);
        let zone = zone.ok_or_else(|| Problem::zone_not_found(format_args!("number {}", id.0)))?;
        self.orders.lock().unwrap().push(format!("{verb} {}", zone.name));
        Ok(zone.name.parse().unwrap())
    }
}

fn item(id: u32, name: &str) -> ZoneItem {
    let state = if id.is_multiple_of(2) { ZoneState::Retrying } else { ZoneState::Ok };
    ZoneItem {
        id,
        name: name.to_owned(),
        view: "default".to_owned(),
        state,
        serial: Serials { primary: Some(8), held: Some(7), served: Some(7) },
        records: 12,
        size_bytes: 900,
        last_success_at: Some(timestamp(1_785_576_600_000)),
        failure_code: None,
        expires_at: None,
    }
}

impl Control for Fake {
    async fn zones(&self, filter: ZoneFilter) -> Vec<ZoneItem> {
        let matches = |zone: &&ZoneItem| {
            filter.name.as_ref().is_none_or(|name| zone.name.parse::<Name>().unwrap() == *name)
                && filter.view.as_ref().is_none_or(|view| zone.view == *view)
                && filter.state.is_none_or(|state| zone.state == state)
                && filter.after.is_none_or(|after| zone.id > after.0)
        };
        self.zones.iter().filter(matches).take(filter.limit).cloned().collect()
    }

    async fn zone(&self, id: ZoneId, detail: Detail) -> Option<ZoneView> {
        let item = self.zones.iter().find(|zone| zone.id == id.0)?.clone();
        Some(ZoneView {
            item,
            signed: false,
            last_success: None,
            last_failure: None,
            next_refresh_at: None,
            timers: None,
            last_notify: None,
            notify_refused: BTreeMap::new(),
            downstream: None,
            primaries: Vec::new(),
            transfer: None,
            digest: (detail == Detail::WithDigest).then(|| "ab12".to_owned()),
        })
    }

    async fn held(&self, id: ZoneId) -> Result<Held, Problem> {
        match id {
            ZoneId(1) => Ok(LARGE.clone()),
            ZoneId(2) => Err(Problem::zone_not_held("zone 2")),
            id => Err(Problem::zone_not_found(id)),
        }
    }

    async fn refresh(&self, id: ZoneId) -> Result<Name, Problem> {
        self.order("refresh", id)
    }

    async fn retransfer(&self, id: ZoneId) -> Result<Name, Problem> {
        self.order("retransfer", id)
    }

    async fn reload(&self) -> Result<ReloadReport, Problem> {
        if self.ready {
            return Ok(ReloadReport { zones_added: 2, ..ReloadReport::default() });
        }
        Err(Problem::new(422, "config.invalid", "understudy.toml:3:1: unknown key `foo`"))
    }

    async fn system(&self) -> SystemView {
        SystemView {
            version: "0.0.0".to_owned(),
            started_at: timestamp(0),
            uptime_s: 60,
            zones: BTreeMap::from([(ZoneState::Ok, 2)]),
            listeners: Vec::new(),
            queries: BTreeMap::from([("answered".to_owned(), 3)]),
            config_path: None,
            data_dir: None,
        }
    }

    async fn health(&self) -> Health {
        let reason = (!self.ready).then(|| "reading zones from disk".to_owned());
        Health { ready: self.ready, reason }
    }
}

/// Its text is larger than everything on the way from us to a client can hold.
static LARGE: LazyLock<Held> = LazyLock::new(|| held(40_000));

fn held(hosts: u32) -> Held {
    let apex: Name = "example.".parse().unwrap();
    let text = "@ 60 SOA ns host 7 3600 600 86400 60\n@ 60 NS ns\n";
    let mut builder = Builder::new(apex.clone(), Limits::default());
    for record in wire::master::read(text.as_bytes(), &apex).unwrap() {
        builder.push(record.as_ref()).unwrap();
    }
    for host in 0..hosts {
        let owner = Name::child(format!("host{host}").as_bytes(), apex.as_ref()).unwrap();
        let (owner, rdata) = (owner.as_ref(), &host.to_be_bytes()[..]);
        let (class, ttl) = (Class::IN, Ttl::from_wire(60));
        builder.push(RecordRef { owner, rrtype: Rrtype::A, class, ttl, rdata }).unwrap();
    }
    let version = builder.finish().unwrap();
    Held { version, state: ExportState::Expired, at: UnixSeconds(0), note: None }
}

/// A served fake and a client for it.
struct Served {
    client: Client,
    path: PathBuf,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

fn start(fake: Fake) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sock");
    let socket = ControlSocket::open(&path).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(serve(socket, fake, async {
        let _ = stopped.await;
    }));
    let client = Client::new(&path).unwrap();
    Served { client, path, stop, task, _folder: folder }
}

/// One request by hand; what comes back until the daemon closes.
async fn raw(path: &PathBuf, request: &str) -> String {
    let mut stream = UnixStream::connect(path).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn get(path: &PathBuf, target: &str) -> String {
    raw(path, &format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).await
}

fn refused(result: Result<impl std::fmt::Debug, ClientError>) -> Problem {
    match result.unwrap_err() {
        ClientError::Refused(problem) => problem,
        other => panic!("expected a problem, got {other:?}"),
    }
}

#[tokio::test]
async fn zones_are_found_by_name_in_any_case_with_or_without_final_dot() {
    let served = start(Fake::with_zones(&["example.net.", "0/25.2.0.192.in-addr.arpa.", "."]));
    for asked in ["example.net", "Example.NET."] {
        let found = served.client.find(asked, "default").await.unwrap().unwrap();
        assert_eq!(found.id, 1, "{asked}");
    }
    let odd = served.client.find("0/25.2.0.192.in-addr.arpa", "default").await.unwrap();
    assert_eq!(odd.unwrap().id, 2);
    assert_eq!(served.client.find(".", "default").await.unwrap().unwrap().id, 3);
    assert_eq!(served.client.find("example.org", "default").await.unwrap(), None);
    assert_eq!(served.client.find("example.net", "inside").await.unwrap(), None);
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repeat() {
    let served = start(Fake::with_zones(&["a.", "b.", "c.", "d.", "e."]));
    let mut cursor = String::new();
    let mut names = Vec::new();
    for _ in 0..3 {
        let answer = get(&served.path, &format!("/v1/zones?limit=2{cursor}")).await;
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let page: api::ZonePage = serde_json::from_str(body).unwrap();
        names.extend(page.items.into_iter().map(|zone| zone.name));
        cursor = page.next_cursor.map_or_else(String::new, |next| format!("&cursor={next}"));
    }
    assert_eq!(names, ["a.", "b.", "c.", "d.", "e."]);
    assert_eq!(cursor, "", "the last page says that it is the last");
}

#[tokio::test]
async fn zones_are_listed_by_state() {
    let served = start(Fake::with_zones(&["a.", "b.", "c."]));
    let page = served.client.zones(Some(ZoneState::Retrying), None).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].name, "b.");
}

#[tokio::test]
async fn digest_is_only_made_when_asked_for() {
    let served = start(Fake::with_zones(&["a."]));
    assert_eq!(served.client.zone(1, false).await.unwrap().digest, None);
    assert_eq!(served.client.zone(1, true).await.unwrap().digest.as_deref(), Some("ab12"));
}

#[tokio::test]
async fn commands_reach_the_zone_and_are_accepted_not_done() {
    let fake = Fake::with_zones(&["a.", "b."]);
    let served = start(fake.clone());
    assert_eq!(served.client.refresh(2).await.unwrap().name, "b.");
    assert_eq!(served.client.retransfer(1).await.unwrap().name, "a.");
    assert_eq!(*fake.orders.lock().unwrap(), ["refresh b.", "retransfer a."]);
    let head = "POST /v1/zones/1/refresh HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(raw(&served.path, head).await.starts_with("HTTP/1.1 202 "));
}

#[tokio::test]
async fn unknown_zones_are_404_for_every_verb() {
    let served = start(Fake::with_zones(&["a."]));
    let problems = [
        refused(served.client.zone(9, false).await),
        refused(served.client.refresh(9).await),
        refused(served.client.retransfer(9).await),
    ];
    for problem in problems {
        assert_eq!((problem.status, problem.code.as_str()), (404, "zone.not-found"));
        assert!(problem.fix.unwrap().contains("zone list"));
    }
}

#[tokio::test]
async fn reload_reports_what_changed_or_why_nothing_did() {
    let mut fake = Fake::with_zones(&[]);
    assert_eq!(start(fake.clone()).client.reload().await.unwrap().zones_added, 2);
    fake.ready = false;
    let problem = refused(start(fake).client.reload().await);
    assert_eq!((problem.status, problem.code.as_str()), (422, "config.invalid"));
    assert!(problem.detail.contains("understudy.toml:3"));
}

#[tokio::test]
async fn health_is_503_until_ready_and_says_why() {
    let mut fake = Fake::with_zones(&[]);
    assert!(start(fake.clone()).client.health().await.unwrap().ready);
    fake.ready = false;
    let served = start(fake);
    assert!(get(&served.path, "/v1/health").await.starts_with("HTTP/1.1 503 "));
    let health = served.client.health().await.unwrap();
    assert_eq!(health.reason.as_deref(), Some("reading zones from disk"));
    assert_eq!(served.client.system().await.unwrap().uptime_s, 60);
}

/// Threat 45: unbounded and nonsensical requests end in a problem of their own.
#[tokio::test]
async fn nonsense_is_answered_with_a_problem_that_names_it() {
    let served = start(Fake::with_zones(&["a."]));
    let long = format!("/v1/zones?name={}", "a".repeat(5_000));
    for (target, status, code) in [
        ("/", 404, "path.unknown"),
        ("/v2/zones", 404, "path.unknown"),
        ("/v1/zones/a%0Ab", 404, "zone.not-found"),
        ("/v1/zones/4294967296", 404, "zone.not-found"),
        ("/v1/zones/1/refresh", 405, "method.not-allowed"),
        ("/v1/zones?limit=0", 400, "query.invalid"),
        ("/v1/zones?limit=1001", 400, "query.invalid"),
        ("/v1/zones?limit=many", 400, "query.invalid"),
        ("/v1/zones?state=fine", 400, "query.invalid"),
        ("/v1/zones?nmae=a", 400, "query.invalid"),
        ("/v1/zones?name=a..b", 400, "query.invalid"),
        ("/v1/zones?cursor=-1", 400, "query.invalid"),
        ("/v1/zones/1?digest=perhaps", 400, "query.invalid"),
        (&long, 414, "path.too-long"),
    ] {
        let answer = get(&served.path, target).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{target}: {head}");
        assert!(head.contains("application/problem+json"), "{target}: {head}");
        let problem: Problem = serde_json::from_str(body).unwrap();
        assert_eq!((problem.status, problem.code.as_str()), (status, code), "{target}");
    }
}

/// Threat 45.
#[tokio::test]
async fn bodies_are_bounded_whether_their_length_is_told_or_not() {
    let served = start(Fake::with_zones(&["a."]));
    let head = "POST /v1/reload HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    let body = "x".repeat(70_000);
    let told = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    let untold = format!("{head}transfer-encoding: chunked\r\n\r\n11170\r\n{body}\r\n0\r\n\r\n");
    for request in [told, untold] {
        let answer = raw(&served.path, &request).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("body.too-large"));
    }
}

#[tokio::test]
async fn stopping_removes_the_socket_and_the_client_then_says_how_to_start() {
    let served = start(Fake::with_zones(&[]));
    served.client.system().await.unwrap();
    served.stop.send(()).unwrap();
    served.task.await.unwrap().unwrap();
    assert!(!served.path.exists());
    let error = served.client.system().await.unwrap_err();
    assert!(matches!(error, ClientError::NotRunning { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("no daemon listens at") && text.contains("understudy serve"), "{text}");
}

#[tokio::test]
async fn a_socket_left_behind_reads_as_no_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let error = Client::new(&path).unwrap().health().await.unwrap_err();
    assert!(matches!(error, ClientError::NotRunning { .. }), "{error:?}");
}

#[test]
fn moments_are_rfc_3339_in_utc_with_one_number_of_digits() {
    assert_eq!(timestamp(0).0, "1970-01-01T00:00:00.000Z");
    assert_eq!(timestamp(1_785_576_600_120).0, "2026-08-01T09:30:00.120Z");
    assert!(timestamp(i64::MAX).0.starts_with("9999-12-30T"));
    assert!(timestamp(i64::MIN).0.starts_with("-009999-01-02T"));
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_text_comes_whole_with_its_serial_in_front() {
    let served = start(Fake::with_zones(&["example."]));
    let mut export = served.client.export(1).await.unwrap();
    let head = ExportHead { serial: 7, records: 40_002, state: ExportState::Expired };
    assert_eq!(export.head(), head);
    let (mut text, mut expected) = (Vec::new(), Vec::new());
    while let Some(piece) = export.chunk().await.unwrap() {
        text.extend(piece);
    }
    LARGE.write(&mut expected).unwrap();
    assert!(text == expected, "{} octets of {}", text.len(), expected.len());
    let answer = get(&served.path, "/v1/zones/1/export").await.to_lowercase();
    for field in ["content-type: text/dns\r\n", "zone-serial: 7\r\n", "zone-state: expired\r\n"] {
        assert!(answer.contains(field), "{}", &answer[..600]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn export_of_a_zone_that_is_not_there_or_not_held_is_a_problem() {
    let served = start(Fake::with_zones(&["example."]));
    for (id, status, code) in [(2, 409, "zone.not-held"), (3, 404, "zone.not-found")] {
        let refused = served.client.export(id).await.unwrap_err();
        let ClientError::Refused(problem) = refused else { panic!("{refused:?}") };
        assert_eq!((problem.status, &*problem.code), (status, code));
    }
}

/// Clients that stand still in the middle take all turns; when they go, the turns are back.
#[tokio::test(flavor = "multi_thread")]
async fn clients_that_go_away_give_their_turn_back() {
    let served = start(Fake::with_zones(&["example."]));
    for _ in 0..3 {
        let mut stalled = Vec::new();
        for _ in 0..4 {
            stalled.push(served.client.export(1).await.unwrap());
        }
        drop(stalled);
    }
    assert_eq!(served.client.export(1).await.unwrap().head().serial, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn client_that_stands_still_does_not_keep_the_daemon_from_stopping() {
    let served = start(Fake::with_zones(&["example."]));
    let stalled = served.client.export(1).await.unwrap();
    served.stop.send(()).unwrap();
    // It would be given up for standing still only after half a minute.
    let ended = tokio::time::timeout(Duration::from_secs(15), served.task).await;
    ended.expect("the API ends").unwrap().unwrap();
    assert!(!served.path.exists());
    drop(stalled);
}
