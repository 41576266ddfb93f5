//! Who may import whom. The table below is the design; `cargo metadata` is what is.
//!
//! A normal or build dependency between our crates must be listed. The pure crates may name only
//! the third-party crates listed here, and nothing forbidden may reach them through those either.
//! Development dependencies are free among third parties (oracles of tests), and listed among ours.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::shell;

/// What one of our crates may see.
struct Layer {
    name: &'static str,
    ours: &'static [&'static str],
    ours_in_tests: &'static [&'static str],
    theirs: Theirs,
}

/// Which third-party crates a crate may name.
enum Theirs {
    /// Only these: adding one takes an ADR. Nothing of `IMPURE` may come along with them.
    Pure(&'static [&'static str]),
    /// All but these.
    AllBut(&'static [&'static str]),
}

const LAYERS: &[Layer] = &[
    Layer {
        name: "wire",
        ours: &[],
        ours_in_tests: &[],
        theirs: Theirs::Pure(&["data-encoding", "hmac", "md-5", "sha1", "sha2", "thiserror"]),
    },
    Layer {
        name: "zone",
        ours: &["wire"],
        ours_in_tests: &[],
        theirs: Theirs::Pure(&["arc-swap", "sha1", "sha2", "thiserror"]),
    },
    Layer {
        name: "proto",
        ours: &["wire", "zone"],
        ours_in_tests: &[],
        theirs: Theirs::Pure(&["thiserror"]),
    },
    Layer {
        name: "store",
        ours: &["wire", "zone"],
        ours_in_tests: &[],
        theirs: Theirs::AllBut(&["tokio", "socket2", "mio", "axum", "reqwest"]),
    },
    Layer {
        name: "fleet",
        ours: &["wire", "zone", "store"],
        ours_in_tests: &[],
        theirs: Theirs::AllBut(&[]),
    },
    Layer { name: "api", ours: &[], ours_in_tests: &[], theirs: Theirs::AllBut(&["rusqlite"]) },
    Layer {
        name: "server",
        ours: &["wire", "zone", "proto", "store", "fleet", "api"],
        ours_in_tests: &[],
        theirs: Theirs::AllBut(&["anyhow"]),
    },
    Layer {
        name: "ctl",
        ours: &["api"],
        ours_in_tests: &[],
        theirs: Theirs::AllBut(&["rusqlite"]),
    },
    Layer {
        name: "sim",
        ours: &["wire", "zone", "proto", "store", "fleet"],
        ours_in_tests: &[],
        theirs: Theirs::AllBut(&["tokio", "socket2", "mio"]),
    },
    Layer {
        name: "understudy",
        ours: &["server", "ctl"],
        ours_in_tests: &["wire", "peers"],
        theirs: Theirs::AllBut(&[]),
    },
    Layer {
        name: "peers",
        ours: &[],
        ours_in_tests: &[],
        theirs: Theirs::AllBut(&["domain", "hickory-proto", "tokio"]),
    },
    Layer { name: "xtask", ours: &[], ours_in_tests: &[], theirs: Theirs::AllBut(&[]) },
];

/// Never in the closure of a pure crate: clocks with async, sockets, randomness, disks, serde, and
/// other people's DNS libraries.
const IMPURE: [&str; 14] = [
    "async-std",
    "axum",
    "domain",
    "fastrand",
    "getrandom",
    "hickory-proto",
    "mio",
    "rand",
    "rand_core",
    "rusqlite",
    "serde",
    "serde_core",
    "socket2",
    "tokio",
];

pub(crate) fn run() -> Result<()> {
    let faults = faults(&metadata(&[])?)?;
    for fault in &faults {
        eprintln!("layers: {fault}");
    }
    if !faults.is_empty() {
        bail!("{} imports that the design forbids (ARCHITECTURE.md, Layers)", faults.len());
    }
    println!("layers: every import between the crates is one of the design's");
    Ok(())
}

/// What cargo knows about the workspace.
pub(crate) fn metadata(arguments: &[&str]) -> Result<Value> {
    let output = shell::cargo()
        .args(["metadata", "--format-version", "1", "--quiet"])
        .args(arguments)
        .output()
        .context("cannot start cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")
}

/// Every edge that the table does not allow, as a sentence.
fn faults(metadata: &Value) -> Result<Vec<String>> {
    let members: BTreeSet<&str> =
        array(metadata, "workspace_members")?.iter().filter_map(Value::as_str).collect();
    let packages: BTreeMap<&str, &Value> = array(metadata, "packages")?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let ours: BTreeSet<&str> =
        members.iter().filter_map(|id| packages.get(id)?["name"].as_str()).collect();
    let mut faults = Vec::new();
    for id in &members {
        let package = packages.get(id).context("a member without a package")?;
        let name = package["name"].as_str().context("a package without a name")?;
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
            faults.push(format!("crate `{name}` is not in the table; a new crate needs a rule"));
            continue;
        };
        for dependency in array(package, "dependencies")? {
            faults.extend(fault_of_edge(layer, dependency, &ours));
        }
        if let Theirs::Pure(_) = layer.theirs {
            let reached = closure(metadata, id, &packages)?;
            let impure = reached.iter().filter(|theirs| IMPURE.contains(theirs));
            faults.extend(impure.map(|theirs| format!("`{name}` reaches `{theirs}` indirectly")));
        }
    }
    Ok(faults)
}

/// The sentence about one line of a crate's dependencies, if it is forbidden.
fn fault_of_edge(layer: &Layer, dependency: &Value, ours: &BTreeSet<&str>) -> Option<String> {
    let (importer, name) = (layer.name, dependency["name"].as_str()?);
    let in_tests = dependency["kind"].as_str() == Some("dev");
    if ours.contains(name) {
        let listed =
            layer.ours.contains(&name) || (in_tests && layer.ours_in_tests.contains(&name));
        return (!listed).then(|| format!("`{importer}` may not import `{name}`"));
    }
    let allowed = in_tests
        || match &layer.theirs {
            Theirs::Pure(listed) => listed.contains(&name),
            Theirs::AllBut(forbidden) => !forbidden.contains(&name),
        };
    (!allowed).then(|| format!("`{importer}` may not depend on `{name}`"))
}

/// The names of all packages that a package needs to be built, tests left aside.
fn closure<'m>(
    metadata: &'m Value,
    root: &'m str,
    packages: &BTreeMap<&'m str, &'m Value>,
) -> Result<BTreeSet<&'m str>> {
    let nodes: BTreeMap<&str, &Value> = array(&metadata["resolve"], "nodes")?
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let (mut seen, mut open) = (BTreeSet::new(), vec![root]);
    while let Some(id) = open.pop() {
        let node = nodes.get(id).context("cargo resolved no such package")?;
        for edge in array(node, "deps")? {
            let normal = array(edge, "dep_kinds")?.iter().any(|kind| kind["kind"].is_null());
            let Some(next) = edge["pkg"].as_str() else { continue };
            if normal && !is_procedural_macro(packages, next) && seen.insert(next) {
                open.push(next);
            }
        }
    }
    Ok(seen.iter().filter_map(|id| packages.get(id)?["name"].as_str()).collect())
}

/// Macros run in the compiler; what they depend on does not reach the crate.
fn is_procedural_macro(packages: &BTreeMap<&str, &Value>, id: &str) -> bool {
    let targets = packages.get(id).and_then(|package| package["targets"].as_array());
    targets.into_iter().flatten().any(|target| target["kind"][0] == "proc-macro")
}

fn array<'v>(value: &'v Value, key: &str) -> Result<&'v Vec<Value>> {
    value[key].as_array().with_context(|| format!("cargo metadata has no list `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(importer: &str, name: &str, kind: Option<&str>) -> Option<String> {
        let layer = LAYERS.iter().find(|layer| layer.name == importer).unwrap();
        let ours: BTreeSet<&str> = LAYERS.iter().map(|layer| layer.name).collect();
        fault_of_edge(layer, &serde_json::json!({ "name": name, "kind": kind }), &ours)
    }

    #[test]
    fn an_import_against_the_order_is_a_fault() {
        for (importer, name) in [
            ("wire", "zone"),
            ("zone", "proto"),
            ("proto", "store"),
            ("store", "proto"),
            ("api", "wire"),
            ("ctl", "wire"),
            ("ctl", "server"),
            ("understudy", "wire"),
            ("understudy", "api"),
            ("server", "ctl"),
            ("understudy", "peers"),
            ("peers", "wire"),
            ("xtask", "wire"),
        ] {
            assert!(edge(importer, name, None).is_some(), "{importer} → {name}");
            assert!(edge(importer, name, Some("build")).is_some(), "{importer} → {name}, build");
        }
        assert_eq!(edge("proto", "zone", None), None);
        assert_eq!(edge("server", "store", None), None);
    }

    #[test]
    fn what_a_pure_crate_must_not_see_is_a_fault() {
        for importer in ["wire", "zone", "proto"] {
            for name in ["tokio", "serde", "getrandom", "libc", "socket2", "rusqlite"] {
                assert!(edge(importer, name, None).is_some(), "{importer} → {name}");
            }
            assert_eq!(edge(importer, "proptest", Some("dev")), None, "oracles are for tests");
        }
    }

    #[test]
    fn tests_of_the_program_may_read_messages() {
        assert_eq!(edge("understudy", "wire", Some("dev")), None);
        assert!(edge("understudy", "zone", Some("dev")).is_some());
    }

    /// The workspace as it stands, so that `cargo test` alone sees a forbidden line.
    #[test]
    fn the_workspace_keeps_its_layers() {
        assert_eq!(faults(&metadata(&[]).unwrap()).unwrap(), Vec::<String>::new());
    }
}
