//! A file that is replaced as a whole, or stays as it was.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// New content of a file, which takes its place in [`Replacement::finish`]. Until then, and if that
/// never comes, readers see what was there before.
#[derive(Debug)]
pub(crate) struct Replacement {
    file: File,
    /// Where it is written, beside the file; `None` when the target is no regular file.
    working: Option<Working>,
}

#[derive(Debug)]
struct Working {
    path: PathBuf,
    target: PathBuf,
}

impl Replacement {
    /// Begins to write. A symbolic link stays one, and what it leads to is replaced; a pipe or a
    /// device is written to as it is. A new file has the mode of the one it replaces.
    pub(crate) fn begin(path: &Path) -> io::Result<Self> {
        let found = match std::fs::metadata(path) {
            Ok(found) => Some(found),
            Err(fault) if fault.kind() == ErrorKind::NotFound => None,
            Err(fault) => return Err(fault),
        };
        let kind = found.as_ref().map(std::fs::Metadata::file_type);
        if kind.is_some_and(|kind| kind.is_dir()) {
            return Err(ErrorKind::IsADirectory.into());
        }
        if kind.is_some_and(|kind| !kind.is_file()) {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self { file, working: None });
        }
        // A link that leads nowhere yet is replaced itself.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let (file, path) = create_beside(&target)?;
        // From here on the working file goes when `self` does.
        let replacement = Self { file, working: Some(Working { path, target }) };
        if let Some(found) = found {
            replacement.file.set_permissions(found.permissions())?;
        }
        Ok(replacement)
    }

    /// Puts the new content in place, durably.
    pub(crate) fn finish(self) -> io::Result<()> {
        let Some(Working { path, target }) = &self.working else { return Ok(()) };
        self.file.sync_all()?;
        std::fs::rename(path, target)?;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

/// A file of ours in the same folder. One that a killed program left there, maybe of the same process
/// id in another container, is no obstacle and is not touched: it could be at work.
fn create_beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let mut attempt = 0_u32;
    loop {
        let name = format!(".understudy-export-{}-{attempt}", std::process::id());
        let path = target.with_file_name(OsStr::new(&name));
        match OpenOptions::new().write(true).create_new(true).mode(0o666).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(fault) if fault.kind() == ErrorKind::AlreadyExists && attempt < ATTEMPTS_MAX => {
                attempt += 1;
            }
            Err(fault) => return Err(fault),
        }
    }
}

/// Names to try before a folder is given up.
const ATTEMPTS_MAX: u32 = 1_000;

impl Write for Replacement {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.file.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some(Working { path, .. }) = &self.working {
            // After `finish` it has another name, and there is nothing to remove.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn replaced(path: &Path, text: &str) {
        let mut new = Replacement::begin(path).unwrap();
        new.write_all(text.as_bytes()).unwrap();
        new.finish().unwrap();
    }

    #[test]
    fn file_is_replaced_only_when_all_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zone");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let mut new = Replacement::begin(&path).unwrap();
        new.write_all(b"half of the").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        drop(new);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["zone"], "nothing is left behind");
        replaced(&path, "new");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(names(folder.path()), ["zone"]);
    }

    #[test]
    fn what_a_killed_program_left_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zone");
        let left = std::mem::ManuallyDrop::new(Replacement::begin(&path).unwrap());
        replaced(&path, "new");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()).len(), 2, "what {left:?} wrote is still there");
    }

    #[test]
    fn link_stays_a_link_and_a_pipe_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        std::os::unix::fs::symlink(&target, &link).unwrap();
        fs::write(&target, "old").unwrap();
        replaced(&link, "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        replaced(Path::new("/dev/null"), "gone");
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[test]
    fn folder_and_a_place_that_does_not_exist_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Replacement::begin(folder.path()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::IsADirectory);
        let refused = Replacement::begin(&folder.path().join("none/zone")).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
    }
}
