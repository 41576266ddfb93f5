//! A disk of the test's own, in a namespace of its own; and a system that refuses what it is told to.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use peers::program::{self, Program};
use peers::wait;
use tempfile::TempDir;

/// A file system in memory over a folder, which only those see who enter.
pub(super) struct OwnDisk {
    holder: Program,
    over: PathBuf,
    /// Goes last: the guard of the holder reads its log there.
    _folder: TempDir,
}

impl OwnDisk {
    /// Mounts an empty one.
    pub(super) fn over(folder: &Path, size_mib: u32) -> Self {
        let log = tempfile::tempdir().unwrap();
        let script = format!(
            "mount -t tmpfs -o size={size_mib}m,mode=700 disk \"$0\" && echo mounted && exec sleep infinity"
        );
        let mut command = Command::new(program::find("unshare"));
        command.args(["--mount", "--propagation", "private"]);
        if !is_root() {
            command.args(["--user", "--map-root-user"]);
        }
        command.args(["sh", "-c", &script]).arg(folder);
        let holder = Program::start("disk", &mut command, log.path());
        wait::until(wait::SOON, "a disk of our own", || holder.log().contains("mounted"));
        Self { holder, over: folder.to_path_buf(), _folder: log }
    }

    /// The words that start a program on it.
    pub(super) fn enter(&self) -> Vec<String> {
        let pid = self.holder.pid().to_string();
        let mut words = vec!["nsenter", "--target", &pid, "--mount"];
        if !is_root() {
            words.extend(["--user", "--preserve-credentials"]);
        }
        words.push("--");
        words.into_iter().map(str::to_owned).collect()
    }

    /// Takes all space but this.
    pub(super) fn fill(&self, free_mib: usize) {
        let mut file = fs::File::create(self.filler()).unwrap();
        let mut size = 0_usize;
        for piece in [1 << 20, 4_096, 1] {
            let octets = vec![0x55; piece];
            while let Ok(written @ 1..) = file.write(&octets) {
                size += written;
            }
        }
        file.set_len((size - (free_mib << 20)) as u64).unwrap();
    }

    /// Gives it back.
    pub(super) fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    /// `ro` or `rw`; for `ro` nobody may have a file open to write.
    pub(super) fn remount(&self, how: &str) {
        let mut words = self.enter();
        let mut command = Command::new(program::find(&words.remove(0)));
        command.args(words).args(["mount", "-o", &format!("remount,{how}")]).arg(&self.over);
        assert!(command.status().unwrap().success(), "remount {how}");
    }

    /// The folder as it is seen from inside, from outside.
    fn filler(&self) -> PathBuf {
        let inside = PathBuf::from(format!("/proc/{}/root", self.holder.pid()));
        inside.join(self.over.strip_prefix("/").unwrap()).join("filler")
    }
}

/// A system that lets calls of a process fail, until this is dropped.
pub(super) struct Strace {
    program: Option<Program>,
    _folder: TempDir,
}

impl Strace {
    /// `fault` in strace's words: the calls, and what they come to.
    pub(super) fn inject(pid: u32, fault: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let calls = fault.split_once(':').unwrap().0;
        let mut command = Command::new(program::find("strace"));
        command.args(["-f", "-e", &format!("trace={calls}"), "-e", &format!("inject={fault}")]);
        command.args(["-p", &pid.to_string()]);
        let program = Program::start("strace", &mut command, folder.path());
        wait::until(wait::SOON, "strace is attached", || program.log().contains(" attached"));
        Self { program: Some(program), _folder: folder }
    }
}

impl Drop for Strace {
    fn drop(&mut self) {
        // Asked to end, it lets go of the process; killed, it might take it along.
        if let Some(mut program) = self.program.take() {
            program.end_gently();
        }
    }
}

/// Lets no file of a process grow beyond this any more; `None` is no limit.
pub(super) fn limit_file_size(pid: u32, octets: Option<u64>) {
    let limit = octets.map_or_else(|| "unlimited".to_owned(), |octets| octets.to_string());
    let mut command = Command::new(program::find("prlimit"));
    command.arg("--pid").arg(pid.to_string()).arg(format!("--fsize={limit}:unlimited"));
    assert!(command.status().unwrap().success(), "prlimit");
}

fn is_root() -> bool {
    fs::read_to_string("/proc/self/status").unwrap().contains("\nUid:\t0\t")
}
