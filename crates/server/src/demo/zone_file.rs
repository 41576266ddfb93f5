//! The operator's own zone, read from a master file and the files beside it.

use super::primary::Content;
use crate::master_folder::{FileFault, MasterFolder};
use std::path::{Path, PathBuf};
use wire::codes::Rrtype;
use wire::master::{MasterError, Reader};
use wire::name::Name;
use wire::record::Record;
use zone::{Builder, CheckError, Limits};

/// Why a file is no zone.
#[derive(Debug, thiserror::Error)]
pub enum ZoneFileError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: FileFault,
    },
    /// Nothing says where relative names end.
    #[error("found the file name {}, expected the name of a zone; give it with `--origin`", path.display())]
    Origin {
        /// The file.
        path: PathBuf,
    },
    /// A line is not as it should be.
    #[error("{} line {}: {}", path.display(), error.line, error.fault)]
    Line {
        /// The file that the line is in.
        path: PathBuf,
        /// What was found in it, and what was expected.
        error: MasterError,
    },
    /// There is no SOA to say which zone it is.
    #[error("{}: found no SOA, expected one", path.display())]
    NoSoa {
        /// The file.
        path: PathBuf,
    },
    /// The records are no zone.
    #[error("{}: {source}", path.display())]
    Zone {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        source: CheckError,
    },
}

/// Reads a zone. Until the text says `$ORIGIN`, relative names end in `origin`, or else in what the
/// file is called: `example.net`, `example.net.zone`, `db.example.net`. The apex is the SOA's owner.
/// `$INCLUDE` finds files in the folder of this one.
pub(super) fn read(path: &Path, origin: Option<Name>) -> Result<Content, ZoneFileError> {
    let unnamed = || ZoneFileError::Origin { path: path.to_path_buf() };
    let file = path.file_name().ok_or_else(unnamed)?;
    let origin = origin.or_else(|| file.to_str().and_then(origin_of)).ok_or_else(unnamed)?;
    let unreadable = |source| ZoneFileError::File { path: path.to_path_buf(), source };
    // The operator named this file, so it may be a link; what it includes lies where the link leads.
    let found = path.canonicalize().map_err(|fault| unreadable(FileFault::Io(fault)))?;
    let parent = found.parent().unwrap_or(Path::new("/"));
    let folder = MasterFolder::open(parent);
    let mut folder = folder.map_err(|fault| unreadable(FileFault::Io(fault)))?;
    let text = folder.read(Path::new(found.file_name().unwrap_or(file))).map_err(unreadable)?;
    let mut include = |name: &str| folder.read(Path::new(name)).map_err(|fault| fault.to_string());
    let records: Vec<Record> =
        Reader::new(&text, origin, &mut include).collect::<Result<_, _>>().map_err(|error| {
            let included = !error.file.is_empty();
            let path = if included { parent.join(&error.file) } else { path.to_path_buf() };
            ZoneFileError::Line { path, error }
        })?;
    checked(records, path)
}

/// Refuses here what the secondary would refuse.
fn checked(records: Vec<Record>, path: &Path) -> Result<Content, ZoneFileError> {
    let path = || path.to_path_buf();
    let soa = records.iter().find(|record| record.rrtype == Rrtype::SOA);
    let apex = soa.ok_or_else(|| ZoneFileError::NoSoa { path: path() })?.owner.clone();
    let mut builder = Builder::new(apex, Limits::default());
    let pushed = records.iter().try_for_each(|record| builder.push(record.as_ref()));
    let built = pushed.and_then(|()| builder.finish());
    built.map_err(|source| ZoneFileError::Zone { path: path(), source })?;
    Content::of_zone(records).ok_or_else(|| ZoneFileError::NoSoa { path: path() })
}

/// The zone that a file is named after.
fn origin_of(file: &str) -> Option<Name> {
    let name = file.strip_prefix("db.").unwrap_or(file);
    let ends = [".zone", ".db", ".txt", ".signed"];
    let name = ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::primary::Edit;
    use super::*;
    use std::fs;
    use wire::serial::Serial;

    const SOA: &str = "@ 60 SOA ns host 7 3600 600 86400 60\n@ NS ns\nns A 192.0.2.1\n";

    fn read_text(name: &str, text: &str) -> Result<Content, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::write(folder.path().join("hosts"), "www A 192.0.2.2\nbad A 192.0.2.\n").unwrap();
        let shown = format!("{}/", folder.path().display());
        read(&path, None).map_err(|fault| fault.to_string().replace(&shown, ""))
    }

    #[test]
    fn zone_is_what_its_soa_says_and_relative_names_end_in_the_name_of_the_file() {
        for name in ["example.net", "example.net.zone", "db.example.net", "example.net.db"] {
            let content = read_text(name, SOA).unwrap();
            assert_eq!(content.apex().to_string(), "example.net.");
            assert_eq!((content.serial(), content.records().len()), (Serial(7), 2));
            let soa = wire::master::line(content.soa().as_ref()).to_string();
            assert!(
                soa.ends_with("\tns.example.net. host.example.net. 7 3600 600 86400 60"),
                "{soa}"
            );
        }
        let content = read_text("zone", &format!("$ORIGIN other.test.\n{SOA}")).unwrap();
        assert_eq!(content.apex().to_string(), "other.test.");
    }

    #[test]
    fn faults_tell_file_line_what_was_found_and_what_was_expected() {
        for (text, told) in [
            ("@ SOA", "db.example line 1: found"),
            ("\n\n@ A 192.0.2.1 $\n", "db.example line 3: found"),
            ("$INCLUDE hosts\n", "hosts line 1: found a record without a ttl"),
            ("$TTL 60\n$INCLUDE hosts\n", "hosts line 2: found `192.0.2.`"),
            ("$INCLUDE ../hosts\n", "line 1: cannot include `../hosts`: found a path out of"),
            ("$INCLUDE /etc/passwd\n", "line 1: cannot include `/etc/passwd`: found a path out of"),
            ("@ 60 A 192.0.2.1\n", "db.example: found no SOA, expected one"),
            (&format!("{SOA}other.test. A 192.0.2.1\n"), "db.example: "),
        ] {
            let fault = read_text("db.example", text).unwrap_err();
            assert!(fault.contains(told), "{text:?}: {fault}");
        }
        assert!(read_text("a..b", SOA).unwrap_err().ends_with("give it with `--origin`"));
        let missing = read(Path::new("/nonexistent/db.example"), None).unwrap_err();
        assert!(missing.to_string().contains("/nonexistent"), "{missing}");
    }

    #[test]
    fn edits_of_a_zone_from_a_file_keep_its_soa_but_for_the_serial() {
        let mut content = read_text("db.example", SOA).unwrap();
        let before = content.soa();
        content.edit(Edit::default());
        let after = content.soa();
        assert_eq!(after.ttl, before.ttl);
        let changed = before.rdata.iter().zip(&after.rdata).filter(|(a, b)| a != b).count();
        assert_eq!((before.rdata.len(), changed), (after.rdata.len(), 1));
    }
}
