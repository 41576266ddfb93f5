//! Threat 46: the disk is full, read-only, refuses to flush, or gives back other octets than it was given. The
//! daemon serves on, says what is wrong by name, and takes the next version by itself when the disk works again.

mod damage;
mod own;

use std::sync::Arc;

use own::{OwnDisk, Strace};
use peers::daemon::{self, Daemon, Zone};
use peers::named::{self, Named};
use peers::records::{self, APEX};
use serde_json::Value;

use crate::checker::{Versions, Watch};

/// REFRESH and RETRY of a second, so that what is taken up again by itself is seen to be.
const TIMERS: &str = "1 1 1209600";

/// A primary, our copy of it, and who knows what it may be.
struct Bench {
    named: Named,
    daemon: Daemon,
    versions: Arc<Versions>,
}

impl Bench {
    /// At serial 1, with these further settings.
    fn new(settings: &str) -> Self {
        let named = named::Setup::new(APEX, &records::zone_with(1, TIMERS)).start();
        let mut setup = daemon::Setup::new(vec![Zone::from(APEX, named.at, None)]);
        setup.bounds_min_s = Some(1);
        setup.further = format!("\n[transfer]\nallow = [\"127.0.0.0/8\"]\n{settings}");
        let versions = Versions::of(APEX);
        versions.note(named.at);
        let daemon = setup.start();
        daemon.wait_for_serial(APEX, 1);
        Self { named, daemon, versions }
    }

    /// The same with a disk of its own under its data.
    fn on_own_disk(settings: &str, size_mib: u32) -> (Self, OwnDisk) {
        let mut bench = Self::new(settings);
        bench.daemon.stop();
        let disk = OwnDisk::over(&bench.daemon.data_dir(), size_mib);
        bench.daemon.setup.under = disk.enter();
        bench.daemon.start_again();
        bench.daemon.wait_for_serial(APEX, 1);
        (bench, disk)
    }

    /// A change of more than a page; returns its serial.
    fn edit(&self) -> u32 {
        let serial = self.daemon.serial(APEX).expect("a serial") + 1;
        let text = "x".repeat(200);
        let lines: Vec<String> =
            (0..60).map(|n| format!("add at{serial}-{n}.example. 60 TXT {text}")).collect();
        self.named.update(APEX, &lines.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(self.versions.note(self.named.at), serial);
        serial
    }

    /// Waits until the change is refused with this code, and returns the failure.
    #[track_caller]
    fn wait_for_refusal(&self, code: &str) -> Value {
        let failure = self.daemon.wait_for_failure(APEX, code);
        assert_eq!(failure["action"], "install", "{failure:#}");
        failure
    }

    /// Serves a version that the primary had, and only that.
    #[track_caller]
    fn judge(&self, serial: u32) {
        assert_eq!(self.versions.judge(self.daemon.at, "on a bad disk"), serial);
        let status = self.daemon.status(APEX);
        assert_eq!(status["serial"]["served"], serial, "{status:#}");
    }

    /// Killed and started again, it has what it answered.
    #[track_caller]
    fn judge_after_kill(&mut self, serial: u32) {
        self.daemon.kill();
        self.daemon.start_again();
        self.judge(serial);
    }
}

#[test]
fn disk_reserve_refuses_by_name_and_lets_go_by_itself() {
    let (mut bench, disk) = Bench::on_own_disk("", 80);
    let watch = Watch::begin(bench.daemon.at, APEX);
    disk.fill(32);
    let serial = bench.edit();
    let failure = bench.wait_for_refusal("DISK_RESERVE");
    let number = |fact: &str| failure["facts"][fact].as_u64().unwrap_or_default();
    assert_eq!(number("reserve_bytes"), 64 << 20, "{failure:#}");
    assert!(number("free_bytes").abs_diff(32 << 20) < 1 << 20, "{failure:#}");
    assert!(failure["facts"]["folder"].as_str().unwrap().contains("/data/"), "{failure:#}");
    bench.judge(1);
    disk.free();
    bench.daemon.wait_for_serial(APEX, serial);
    bench.judge(serial);
    bench.versions.assert_had_all(&watch.end().serials);
    bench.judge_after_kill(serial);
}

#[test]
fn full_disk_is_named_and_served_from_also_over_a_restart() {
    let (mut bench, disk) = Bench::on_own_disk("[store]\nreserve-bytes = 0\n", 8);
    let watch = Watch::begin(bench.daemon.at, APEX);
    disk.fill(0);
    let serial = bench.edit();
    let failure = bench.wait_for_refusal("INSTALL_FAILED");
    assert_eq!(failure["facts"]["disk"], "STORE_DISK_FULL", "{failure:#}");
    bench.judge(1);
    bench.versions.assert_had_all(&watch.end().serials);
    bench.judge_after_kill(1);
    bench.daemon.stop();
    disk.fill(0);
    bench.daemon.start_again();
    bench.judge(1);
    let log = bench.daemon.log();
    assert!(!log.contains("STORE_IO"), "a full disk is named as one: {log}");
    disk.free();
    bench.daemon.wait_for_serial(APEX, serial);
    bench.judge_after_kill(serial);
}

#[test]
fn read_only_disk_is_named_and_served_from_also_over_a_restart() {
    let (mut bench, disk) = Bench::on_own_disk("", 80);
    let watch = Watch::begin(bench.daemon.at, APEX);
    // A file system that gives up refuses writes to files that are open, too.
    let calls = "pwrite64,fdatasync,fsync,ftruncate,rename,unlink";
    let strace = Strace::inject(bench.daemon.program().pid(), &format!("{calls}:error=EROFS"));
    let serial = bench.edit();
    let failure = bench.wait_for_refusal("INSTALL_FAILED");
    assert_eq!(failure["facts"]["disk"], "STORE_READ_ONLY", "{failure:#}");
    bench.judge(1);
    bench.versions.assert_had_all(&watch.end().serials);
    bench.daemon.kill();
    drop(strace);
    disk.remount("ro");
    // Settings that want what the disk can't do now are no reason not to serve.
    let new = Zone::from("new.test.", bench.named.at, None);
    bench.daemon.setup.zones.push(new);
    bench.daemon.write_settings();
    bench.daemon.start_again();
    assert!(bench.daemon.log().contains("a new zone waits for the next start"));
    bench.judge(1);
    assert_eq!(bench.wait_for_refusal("INSTALL_FAILED")["facts"]["disk"], "STORE_READ_ONLY");
    disk.remount("rw");
    bench.daemon.wait_for_serial(APEX, serial);
    bench.judge_after_kill(serial);
}

#[test]
fn flushes_that_fail_are_named_and_nothing_unflushed_is_served() {
    let mut bench = Bench::new("");
    let watch = Watch::begin(bench.daemon.at, APEX);
    let strace = Strace::inject(bench.daemon.program().pid(), "fdatasync,fsync:error=EIO");
    let serial = bench.edit();
    let failure = bench.wait_for_refusal("INSTALL_FAILED");
    assert_eq!(failure["facts"]["disk"], "STORE_IO", "{failure:#}");
    bench.judge(1);
    drop(strace);
    bench.daemon.wait_for_serial(APEX, serial);
    let next = bench.edit();
    bench.daemon.wait_for_serial(APEX, next);
    bench.versions.assert_had_all(&watch.end().serials);
    bench.judge_after_kill(next);
    bench.daemon.stop();
    assert!(bench.daemon.check_disk().status.success());
}

/// A limit on the size of files makes the system write a part and refuse the rest, and would end a program
/// that has no opinion about it.
#[test]
fn writes_that_are_done_in_part_are_taken_back_and_named() {
    let mut bench = Bench::new("");
    let log = bench.daemon.data_dir().join("shard-0/log-0000000001");
    let size = std::fs::metadata(&log).unwrap().len();
    own::limit_file_size(bench.daemon.program().pid(), Some(size + 5_000));
    let serial = bench.edit();
    let failure = bench.wait_for_refusal("INSTALL_FAILED");
    assert_eq!(failure["facts"]["disk"], "STORE_DISK_FULL", "{failure:#}");
    assert_eq!(std::fs::metadata(&log).unwrap().len(), size, "what was written is cut off again");
    bench.judge(1);
    own::limit_file_size(bench.daemon.program().pid(), None);
    bench.daemon.wait_for_serial(APEX, serial);
    bench.judge_after_kill(serial);
}
