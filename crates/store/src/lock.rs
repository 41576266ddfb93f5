//! One daemon, one data directory.
//!
//! Touches the disk: a lock of the operating system on the file `lock`, which ends with whoever
//! holds it, however that one ends.

use crate::error::StoreError;
use crate::layout::LOCK;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Holds the directory until dropped.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    _file: File,
}

/// Takes the directory for this program, and writes down who has it.
pub(crate) fn take(folder: &Path) -> Result<DirectoryLock, StoreError> {
    let path = folder.join(LOCK);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    // A disk that takes no writes may still be served from.
    let mut file = options
        .open(&path)
        .or_else(|fault| File::open(&path).map_err(|_| fault))
        .map_err(|source| StoreError::from_io("open", &path, 0, source))?;
    lock(&mut file, folder, &path)?;
    // Only a courtesy to whoever is refused, so a full disk is no reason to stop.
    let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
    Ok(DirectoryLock { _file: file })
}

/// Keeps a daemon out while the directory is read; `None` where no daemon has ever been.
pub(crate) fn take_to_read(folder: &Path) -> Result<Option<DirectoryLock>, StoreError> {
    let path = folder.join(LOCK);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::from_io("open", &path, 0, source)),
    };
    lock(&mut file, folder, &path)?;
    Ok(Some(DirectoryLock { _file: file }))
}

fn lock(file: &mut File, folder: &Path, path: &Path) -> Result<(), StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let read = file.read_to_string(&mut text);
            let pid = read.ok().and_then(|_| text.trim().parse().ok());
            Err(StoreError::Locked { folder: folder.to_path_buf(), pid })
        }
        Err(TryLockError::Error(source)) => Err(StoreError::from_io("lock", path, 0, source)),
    }
}
