//! The flips: rules of ours, each with a text in a source and what it is turned into.
//!
//! They stand in `crates/xtask/flips/*.toml`. A flip applies if its text is in its file, once; else the rule has
//! moved, and the flip would prove nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

const FOLDER: &str = "crates/xtask/flips";
/// The keys of a flip.
const KEYS: [&str; 7] = ["id", "rule", "file", "from", "to", "package", "tests"];

/// One rule, and how it is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flip {
    /// Short, and the only one of its kind.
    pub(crate) id: String,
    /// The rule in words: what holds as long as it is not flipped.
    pub(crate) rule: String,
    pub(crate) file: String,
    pub(crate) from: String,
    pub(crate) to: String,
    /// The crate whose tests are to fall: its library's, or `sim --test seeds`.
    pub(crate) package: String,
    /// Parts of the names of the tests that are run; all of them if there are none.
    pub(crate) tests: Vec<String>,
}

impl Flip {
    fn parse(table: &Table) -> Result<Self> {
        if let Some(unknown) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            bail!("unknown key `{unknown}`");
        }
        let text = |key: &str| {
            let found = table.get(key).and_then(Value::as_str);
            found.map(str::to_owned).with_context(|| format!("no text `{key}`"))
        };
        let tests = table.get("tests").and_then(Value::as_array).into_iter().flatten();
        Ok(Self {
            id: text("id")?,
            rule: text("rule")?,
            file: text("file")?,
            from: text("from")?,
            to: text("to")?,
            package: text("package")?,
            tests: tests.filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        })
    }

    /// How names in the file's module begin: `xfr::inbound::` for `crates/proto/src/xfr/inbound.rs`.
    pub(crate) fn module(&self) -> String {
        let path = self.file.trim_end_matches(".rs").split('/').skip(3);
        path.map(|part| format!("{part}::")).collect()
    }

    /// The source with the rule flipped.
    pub(crate) fn apply(&self, source: &str) -> Result<String> {
        match source.matches(&self.from).count() {
            _ if self.from.is_empty() || self.from == self.to => bail!("it changes nothing"),
            1 => Ok(source.replacen(&self.from, &self.to, 1)),
            0 => bail!("its text is not in {} any more", self.file),
            times => bail!("its text is {times} times in {}", self.file),
        }
    }
}

/// All flips, file by file in the order of their names.
pub(crate) fn read(root: &Path) -> Result<Vec<Flip>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(FOLDER)).context(FOLDER)? {
        files.push(entry?.path());
    }
    files.sort();
    let mut flips = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        flips.extend(parse(&text).with_context(|| format!("in {}", file.display()))?);
    }
    Ok(flips)
}

fn parse(text: &str) -> Result<Vec<Flip>> {
    let table: Table = text.parse()?;
    let listed = table.get("flip").and_then(Value::as_array).context("no [[flip]]")?;
    let parse = |(at, value): (usize, &Value)| {
        let table = value.as_table().context("no table")?;
        Flip::parse(table).with_context(|| format!("flip {}", at.saturating_add(1)))
    };
    listed.iter().enumerate().map(parse).collect()
}

/// What is wrong with the flips, each with the file it is about; `read` gives the text of a source.
pub(crate) fn faults(
    flips: &[Flip],
    read: impl Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for flip in flips {
        let mut fault =
            |what: String| faults.push((flip.file.clone(), format!("flip `{}`: {what}", flip.id)));
        if !seen.insert(&flip.id) {
            fault("there is another with this name".to_owned());
        }
        match read(&flip.file).map(|source| flip.apply(&source)) {
            None => fault("there is no such file".to_owned()),
            Some(Err(error)) => fault(error.to_string()),
            Some(Ok(_)) => {}
        }
    }
    faults
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn flip(id: &str) -> Flip {
        let text = format!(
            "[[flip]]\nid = \"{id}\"\nrule = \"one is less than two\"\nfile = \"a.rs\"\nfrom = \"1 < 2\"\n\
             to = \"2 < 1\"\npackage = \"a\"\ntests = [\"b::\", \"c\"]\n"
        );
        parse(&text).unwrap().remove(0)
    }

    #[test]
    fn flips_are_read_with_all_their_keys_and_no_others() {
        let read = flip("order");
        assert_eq!(
            (read.id.as_str(), read.tests),
            ("order", vec!["b::".to_owned(), "c".to_owned()])
        );
        let inner = Flip { file: "crates/proto/src/xfr/inbound.rs".to_owned(), ..flip("order") };
        assert_eq!(inner.module(), "xfr::inbound::");
        for (wrong, said) in [
            ("[[flip]]\nid = \"a\"\n", "rule"),
            ("[[flip]]\nid = 5\n", "id"),
            ("[[flip]]\nidea = \"a\"\n", "idea"),
            ("id = \"a\"\n", "[[flip]]"),
        ] {
            let error = format!("{:#}", parse(wrong).unwrap_err());
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn flip_applies_exactly_once_or_is_a_fault() {
        let said = |source: Option<&str>| {
            let faults = faults(&[flip("order")], |_| source.map(str::to_owned));
            faults.into_iter().map(|(_, what)| what).collect::<String>()
        };
        assert_eq!(said(Some("if 1 < 2 {}")), "");
        assert_eq!(flip("order").apply("if 1 < 2 {}").unwrap(), "if 2 < 1 {}");
        assert!(said(Some("if 1 > 2 {}")).contains("not in a.rs"));
        assert!(said(Some("1 < 2 && 1 < 2")).contains("2 times"));
        assert!(said(None).contains("no such file"));
        let twice = faults(&[flip("a"), flip("a")], |_| Some("1 < 2".to_owned()));
        assert!(twice.len() == 1 && twice[0].1.contains("another"), "{twice:?}");
    }
}
