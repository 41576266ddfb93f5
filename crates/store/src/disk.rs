//! The few things the commit log asks of a folder, so that tests can put a failing one in place.
//!
//! Touches the disk. Every call maps to one or two system calls and decides nothing.
//!
//! Invariants: D1 a name appears in its folder only after [`Disk::rename`] from a working name,
//! so a file with a final name is complete up to its header at least. D2 nothing is durable
//! before [`DiskFile::sync`] (content) and [`Disk::sync_names`] (the names).

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// One folder of files.
pub(crate) trait Disk: Send + Sync {
    /// Where the file is, for messages.
    fn path_of(&self, name: &str) -> PathBuf;
    /// All names in the folder, sorted.
    fn names(&self) -> io::Result<Vec<String>>;
    /// A new empty file; an old one of that name is emptied.
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// An existing file, to read only.
    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// An existing file, to read and to write.
    fn open_to_write(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file its final name, replacing what had it.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a name.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes creations, renames and removals durable.
    fn sync_names(&self) -> io::Result<()>;
    /// Bytes that we may still write to the file system; `u64::MAX` when nobody counts them.
    fn free_bytes(&self) -> io::Result<u64>;
    /// A number that nobody can foresee, for the marks of a new file's frames.
    fn salt(&self) -> u32;
}

/// One open file.
pub(crate) trait DiskFile: Send + Sync {
    /// Current length in bytes.
    fn size(&self) -> io::Result<u64>;
    /// Fills `into` from `offset`, or fails with `UnexpectedEof`.
    fn read_exact_at(&self, into: &mut [u8], offset: u64) -> io::Result<()>;
    /// Writes all of `from` at `offset`.
    fn write_all_at(&self, from: &[u8], offset: u64) -> io::Result<()>;
    /// Cuts the file to `size` bytes.
    fn truncate(&self, size: u64) -> io::Result<()>;
    /// Makes the content and the length durable (fdatasync).
    fn sync(&self) -> io::Result<()>;
}

/// True for the fault of a bad sector: what is there is lost, and what is beside it is not.
pub(crate) fn is_bad_sector(fault: &io::Error) -> bool {
    const EIO: i32 = 5;
    fault.raw_os_error() == Some(EIO)
}

/// A folder of the real file system.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at `path`, which exists.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Disk for Folder {
    fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            // A name that is not UTF-8 is not one of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true).mode(0o600);
        Ok(Box::new(options.open(self.path_of(name))?))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File::open(self.path_of(name))?))
    }

    fn open_to_write(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OpenOptions::new().read(true).write(true).open(self.path_of(name))?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path_of(from), self.path_of(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path_of(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        sync_folder(&self.path)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let found = rustix::fs::statvfs(&self.path)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    fn salt(&self) -> u32 {
        // The standard library's hasher keys are the operating system's randomness.
        let [a, b, c, d, ..] = RandomState::new().hash_one(0_u8).to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

impl DiskFile for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_exact_at(&self, into: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(self, into, offset)
    }

    fn write_all_at(&self, from: &[u8], offset: u64) -> io::Result<()> {
        FileExt::write_all_at(self, from, offset)
    }

    fn truncate(&self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}
