//! `[[key]]`: names, algorithms, and secrets that must stay secret.

use super::fault::{Fault, Faults};
use super::raw::{Entry, RawKey};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{Metadata, OpenOptions};
use std::io::Read;
use std::ops::Range;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use wire::name::Name;
use wire::tsig::{Algorithm, Key, KeyError, SECRET_OCTETS_STRONG};

/// Octets of a secret file at most; the longest secret takes 684.
const SECRET_FILE_BYTES_MAX: u64 = 4_096;

/// The keys of the file, by name, while zones ask for them.
pub(super) struct Keys {
    keys: BTreeMap<Name, Defined>,
    /// Named in a `[[key]]` that has a fault of its own: not missing, only wrong.
    faulty: BTreeSet<Name>,
}

struct Defined {
    /// `None` when the secret or the algorithm is wrong.
    key: Option<Arc<Key>>,
    span: Range<usize>,
    used: bool,
}

impl Keys {
    /// Reads every key; relative secret files start at `folder`.
    pub(super) fn read(raw: Vec<Entry<RawKey>>, folder: &Path, faults: &mut Faults) -> Self {
        let mut keys = Self { keys: BTreeMap::new(), faulty: BTreeSet::new() };
        for entry in raw {
            match entry.raw {
                Ok(raw) => keys.add(raw, entry.span, folder, faults),
                Err(name) => keys.faulty.extend(name.and_then(|name| name.parse::<Name>().ok())),
            }
        }
        keys
    }

    fn add(&mut self, raw: RawKey, span: Range<usize>, folder: &Path, faults: &mut Faults) {
        let RawKey { name, algorithm, secret, secret_file } = raw;
        let named = name.ok_or_else(|| missing(span.clone(), "name", "name = \"k1\""));
        let named = named.and_then(|text| Ok((parse_name(&text)?, text.span())));
        let algorithm = algorithm
            .ok_or_else(|| missing(span.clone(), "algorithm", "algorithm = \"hmac-sha256\""))
            .and_then(|text| parse_algorithm(&text));
        let secret = read_secret(secret, secret_file, span, folder);
        let named = faults.keep(named);
        let algorithm = faults.keep(algorithm);
        let secret = faults.keep(secret);
        let Some((name, name_span)) = named else { return };
        if self.keys.contains_key(&name) {
            let found = format!("a second key with the name {name}");
            faults.push(Fault::new(name_span, found, "each name once, letter case aside"));
            return;
        }
        let key = algorithm.zip(secret).and_then(|(algorithm, secret)| {
            let made = Key::from_base64(name.clone(), algorithm, &secret.text);
            faults.keep(made.map_err(|fault| secret.fault(&fault)))
        });
        if let Some(key) = &key {
            warn_if_weak(key, name_span.clone(), faults);
        }
        let defined = Defined { key: key.map(Arc::new), span: name_span, used: false };
        self.keys.insert(name, defined);
    }

    /// The key that a zone refers to; `None` when it does not exist, which is a fault, or is
    /// faulty, which has been noted.
    pub(super) fn find(&mut self, text: &Spanned<String>, faults: &mut Faults) -> Option<Arc<Key>> {
        let name = faults.keep(parse_name(text))?;
        if let Some(defined) = self.keys.get_mut(&name) {
            defined.used = true;
            return defined.key.clone();
        }
        if !self.faulty.contains(&name) {
            let known: Vec<String> = self.keys.keys().take(8).map(plain).collect();
            let expected = if known.is_empty() {
                "a [[key]] with that name in this file, which has none".to_owned()
            } else {
                format!("a [[key]] with that name in this file, which has {}", known.join(", "))
            };
            faults.push(Fault::new(text.span(), format!("no key {}", plain(&name)), expected));
        }
        None
    }

    /// Keys that no zone uses are likely typing errors on one side or the other.
    pub(super) fn warn_of_unused(&self, faults: &mut Faults) {
        for (name, defined) in self.keys.iter().filter(|(_, defined)| !defined.used) {
            let found = format!("no zone uses the key {}", plain(name));
            faults.warn(Fault::new(defined.span.clone(), found, ""));
        }
    }

    pub(super) fn into_map(self) -> BTreeMap<Name, Arc<Key>> {
        self.keys.into_iter().filter_map(|(name, defined)| Some((name, defined.key?))).collect()
    }
}

fn missing(span: Range<usize>, key: &str, example: &str) -> Fault {
    Fault::new(span, format!("[[key]] without `{key}`"), format!("`{example}`"))
}

/// Without the final dot, as operators write key names.
fn plain(name: &Name) -> String {
    let text = name.to_string();
    text.strip_suffix('.').filter(|bare| !bare.is_empty()).map_or(text.clone(), str::to_owned)
}

fn parse_name(text: &Spanned<String>) -> Result<Name, Fault> {
    let expected = "the name of a key, such as \"k1\" or \"tsig.example.net\"";
    let fault = |found: String| Fault::new(text.span(), found, expected);
    let name: Name = text
        .get_ref()
        .parse()
        .map_err(|error| fault(format!("{:?} is not a domain name: {error}", text.get_ref())))?;
    if name.as_ref().is_root() {
        Err(fault("the root is no name for a key".into()))
    } else {
        Ok(name)
    }
}

fn parse_algorithm(text: &Spanned<String>) -> Result<Algorithm, Fault> {
    text.get_ref().parse().map_err(|_| {
        let known: Vec<&str> = Algorithm::ALL.iter().rev().map(|known| short(*known)).collect();
        let found = format!("unknown algorithm {:?}", text.get_ref());
        Fault::new(text.span(), found, format!("one of {}", known.join(", ")))
    })
}

/// What operators call it: only HMAC-MD5 has a longer name on the wire.
fn short(algorithm: Algorithm) -> &'static str {
    let name = algorithm.as_str();
    name.split_once('.').map_or(name, |(short, _)| short)
}

/// A secret in base64 and where it was written.
struct Secret {
    text: String,
    span: Range<usize>,
    /// The file it came from, as written.
    file: Option<String>,
}

impl Secret {
    /// Says what is wrong without saying the secret.
    fn fault(&self, fault: &KeyError) -> Fault {
        let found = match &self.file {
            None => fault.to_string(),
            Some(file) => format!("{fault} (in {file})"),
        };
        Fault::new(self.span.clone(), found, "base64, such as `understudy key generate` prints")
    }
}

fn read_secret(
    secret: Option<Spanned<toml::Value>>,
    file: Option<Spanned<String>>,
    key: Range<usize>,
    folder: &Path,
) -> Result<Secret, Fault> {
    match (secret, file) {
        (Some(secret), None) => {
            let span = secret.span();
            match secret.into_inner() {
                toml::Value::String(text) => Ok(Secret { text, span, file: None }),
                other => {
                    let found = format!("the secret is of type {}", other.type_str());
                    Err(Fault::new(span, found, "base64 in quotes"))
                }
            }
        }
        (None, Some(file)) => {
            let text = read_secret_file(&folder.join(file.get_ref()))
                .map_err(|(found, expected)| Fault::new(file.span(), found, expected))?;
            Ok(Secret { text, span: file.span(), file: Some(file.into_inner()) })
        }
        (Some(_), Some(file)) => {
            let found = "both `secret` and `secret-file`";
            Err(Fault::new(file.span(), found, "one of them"))
        }
        (None, None) => Err(missing(key, "secret", "secret-file = \"k1.secret\"")),
    }
}

/// The text of a file that only we or root can read. Looks at the open file, so what was checked
/// is what is read.
fn read_secret_file(path: &Path) -> Result<String, (String, String)> {
    let shown = path.display();
    let readable = || format!("a file with the secret in base64 at {shown}");
    let cannot = |error: std::io::Error| (format!("cannot read {shown}: {error}"), readable());
    // A pipe would keep us waiting for somebody to write to it.
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK);
    let file = options.open(path).map_err(cannot)?;
    let found = file.metadata().map_err(cannot)?;
    if !found.is_file() {
        return Err((format!("{shown} is not a regular file"), readable()));
    }
    if open_to_others(&found) {
        let mode = found.permissions().mode() & 0o7777;
        let expected = format!("mode 0600 or stricter; run: chmod 600 {shown}");
        return Err((format!("others may read {shown} (mode {mode:04o})"), expected));
    }
    let us = std::fs::metadata("/proc/self").map_err(cannot)?.uid();
    if found.uid() != 0 && found.uid() != us {
        let found = format!("{shown} belongs to user {}", found.uid());
        return Err((found, format!("user {us} or root as its owner; run: chown {us} {shown}")));
    }
    let mut text = String::new();
    file.take(SECRET_FILE_BYTES_MAX).read_to_string(&mut text).map_err(cannot)?;
    Ok(text.trim().to_owned())
}

/// Whether anybody but the owner may read, write or run it.
fn open_to_others(found: &Metadata) -> bool {
    found.permissions().mode() & 0o077 != 0
}

fn warn_if_weak(key: &Key, span: Range<usize>, faults: &mut Faults) {
    let (name, bits) = (plain(key.name()), key.secret_bits());
    if bits < SECRET_OCTETS_STRONG * 8 {
        let found = format!("the secret of key {name} has only {bits} bits");
        let advice = format!("at least {} bits", SECRET_OCTETS_STRONG * 8);
        faults.warn(Fault::new(span.clone(), found, advice));
    }
    if key.algorithm() == Algorithm::HmacMd5 {
        let found = format!("key {name} uses hmac-md5, which is broken for other purposes");
        faults.warn(Fault::new(span, found, "hmac-sha256 wherever the primary has it"));
    }
}

/// A configuration with secrets in it is itself a secret.
pub(super) fn warn_of_readers(text: &str, path: &Path, found: &Metadata) -> Option<String> {
    let holds_secrets = text.lines().any(|line| {
        let key = line.trim_start().split('=').next().unwrap_or("");
        key.trim_end() == "secret"
    });
    (holds_secrets && open_to_others(found)).then(|| {
        let (path, mode) = (path.display(), found.permissions().mode() & 0o7777);
        format!(
            "{path}: holds secrets and others may read it (mode {mode:04o}); run: chmod 600 {path}, \
             or move the secrets to files with `secret-file`"
        )
    })
}
