//! Files of zones, out of one folder and never out of another.
//!
//! A master file may name others with `$INCLUDE`, and who wrote the file is not always who reads it.
//! So a name is relative, stays inside the folder whatever links lie there, and leads to a regular
//! file; and all files together have a greatest size (threat 22).

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

/// Octets of all files that are read out of one folder.
const OCTETS_MAX: u64 = 1 << 30;

/// An open folder, and how much may still be read from it.
#[derive(Debug)]
pub(crate) struct MasterFolder {
    folder: File,
    octets_left: u64,
}

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// Absolute, upwards, or through a link that leads out.
    #[error("found a path out of the folder of the zone file, expected one inside")]
    Outside,
    /// A folder, a pipe, a device.
    #[error("found something other than a file, expected a regular file")]
    NotAFile,
    /// Together with the files before it.
    #[error("found more than {OCTETS_MAX} octets in all files together, expected fewer")]
    TooLarge,
    /// The system has no way to keep inside a folder.
    #[error("this system cannot confine files to a folder: Linux 5.6 or later is needed")]
    Unconfined,
    /// The system refuses.
    #[error("{0}")]
    Io(io::Error),
}

impl MasterFolder {
    /// Opens a folder.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { folder: File::open(path)?, octets_left: OCTETS_MAX })
    }

    /// The whole of one file.
    ///
    /// # Errors
    /// See [`FileFault`].
    pub(crate) fn read(&mut self, path: &Path) -> Result<Vec<u8>, FileFault> {
        // `a/../b` would stay inside, but nobody needs it.
        let is_plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !path.components().all(is_plain) {
            return Err(FileFault::Outside);
        }
        // A pipe must not keep us waiting for a writer.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let file = openat2(&self.folder, path, flags, Mode::empty(), resolve);
        let file = File::from(file.map_err(|errno| match errno {
            Errno::XDEV => FileFault::Outside,
            Errno::NOSYS => FileFault::Unconfined,
            errno => FileFault::Io(errno.into()),
        })?);
        if !file.metadata().map_err(FileFault::Io)?.is_file() {
            return Err(FileFault::NotAFile);
        }
        let mut octets = Vec::new();
        let limit = self.octets_left.saturating_add(1);
        let read = file.take(limit).read_to_end(&mut octets).map_err(FileFault::Io)?;
        let left = self.octets_left.checked_sub(read as u64).ok_or(FileFault::TooLarge)?;
        self.octets_left = left;
        Ok(octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    /// A folder `zones` with files in it, and a secret beside it.
    fn folders() -> (tempfile::TempDir, MasterFolder) {
        let parent = tempfile::tempdir().unwrap();
        let zones = parent.path().join("zones");
        fs::create_dir_all(zones.join("sub")).unwrap();
        fs::write(zones.join("a"), "one").unwrap();
        fs::write(zones.join("sub/b"), "two").unwrap();
        fs::write(parent.path().join("secret"), "key").unwrap();
        let folder = MasterFolder::open(&zones).unwrap();
        (parent, folder)
    }

    #[test]
    fn files_inside_are_read_through_links_that_stay_inside() {
        let (parent, mut folder) = folders();
        symlink("sub/b", parent.path().join("zones/link")).unwrap();
        for (path, content) in [("a", "one"), ("./sub/b", "two"), ("link", "two")] {
            assert_eq!(folder.read(Path::new(path)).unwrap(), content.as_bytes());
        }
    }

    /// Threat 22: no path in a master file leads out of its folder.
    #[test]
    fn nothing_outside_is_read_by_any_path_or_link() {
        let (parent, mut folder) = folders();
        let zones = parent.path().join("zones");
        let secret = parent.path().join("secret");
        symlink("../secret", zones.join("up")).unwrap();
        symlink(&secret, zones.join("absolute")).unwrap();
        symlink("..", zones.join("parent")).unwrap();
        symlink("/proc/self/root", zones.join("magic")).unwrap();
        symlink(zones.join("a"), zones.join("absolute-but-inside")).unwrap();
        let absolute = secret.to_str().unwrap();
        for path in [
            "../secret",
            "sub/../../secret",
            "sub/../a",
            absolute,
            "/etc/passwd",
            "up",
            "absolute",
            "absolute-but-inside",
            "parent/secret",
            "magic/etc/passwd",
            "..",
            "/",
        ] {
            let refused = folder.read(Path::new(path)).unwrap_err();
            assert!(matches!(refused, FileFault::Outside), "{path}: {refused}");
        }
    }

    /// Threat 22: what is no file neither hangs us nor is read.
    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let (parent, mut folder) = folders();
        let pipe = parent.path().join("zones/pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in ["pipe", "sub", "."] {
            let refused = folder.read(Path::new(path)).unwrap_err();
            assert!(matches!(refused, FileFault::NotAFile), "{path}: {refused}");
        }
        for path in ["", "none", "a/b", "nul\0"] {
            let refused = folder.read(Path::new(path)).unwrap_err();
            assert!(matches!(refused, FileFault::Io(_)), "{path}: {refused}");
        }
    }

    #[test]
    fn all_files_together_have_a_greatest_size() {
        let (_parent, folder) = folders();
        let mut folder = MasterFolder { octets_left: 7, ..folder };
        assert_eq!(folder.read(Path::new("a")).unwrap(), b"one");
        assert_eq!(folder.read(Path::new("a")).unwrap(), b"one");
        assert!(matches!(folder.read(Path::new("a")), Err(FileFault::TooLarge)));
    }
}
