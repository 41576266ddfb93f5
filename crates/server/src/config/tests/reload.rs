//! What a reload changes, and what it leaves to a restart.

use super::*;

#[test]
fn a_reload_touches_only_what_differs() {
    let text = |secret: &str, b: &str, c: &str, server: &str| {
        format!(
            "[server]\n{server}\n[[key]]\nname = \"k\"\nalgorithm = \"hmac-sha256\"\nsecret = \"{secret}\"\n\
             [[zone]]\nname = \"a\"\nprimaries = [{{ address = \"192.0.2.1\", key = \"k\" }}]\n\
             [[zone]]\nname = \"b\"\nprimaries = [\"{b}\"]\n\
             [[zone]]\nname = \"{c}\"\nprimaries = [\"192.0.2.1\"]\n"
        )
    };
    let old = accepted(&text(SECRET, "192.0.2.1", "c", ""));
    let same = accepted(&format!("# a comment\n{}", text(SECRET, "192.0.2.1", "C.", "")));
    let difference = old.difference(&same);
    assert_eq!(difference.unchanged, 3);

    let new = accepted(&text(SECRET, "192.0.2.2", "d", "udp-threads = 200\nudp-payload-max = 600"));
    let difference = old.difference(&new);
    let names = |zones: &[(&ZoneName, &Arc<Zone>)]| {
        zones.iter().map(|(name, _)| name.apex.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&difference.added), ["d."]);
    assert_eq!(names(&difference.changed), ["b."]);
    assert_eq!(difference.changed[0].1.primaries[0].address.to_string(), "192.0.2.2:53");
    assert_eq!(difference.removed.iter().map(|n| n.apex.to_string()).collect::<Vec<_>>(), ["c."]);
    assert_eq!(difference.unchanged, 1);

    let rekeyed = accepted(&text("b3RoZXJvdGhlcm90aGVyb3RoZXI=", "192.0.2.1", "c", ""));
    assert_eq!(names(&old.difference(&rekeyed).changed), ["a."], "its key has another secret");
}

#[test]
fn a_reload_names_what_only_a_restart_brings_into_force() {
    let zone = "[[zone]]\nname = \"a\"\nprimaries = [\"192.0.2.1\"]\n";
    let all = "[server]\nlisten = [\"192.0.2.53:53\"]\ndata-dir = \"d\"\ncontrol-socket = \"s\"\n\
               udp-threads = 200\nudp-payload-max = 600\n\
               [store]\nlog-size-min = 1\nimage-size-min = 1\nreserve-bytes = 0\n\
               [tcp]\nclients-max = 9\nper-client-max = 8\nidle-seconds = 7\nwrite-seconds = 6\n\
               [limits]\ntransfers-max = 9\ntransfers-per-primary-max = 8\nmemory-bytes-max = 7\n\
               records-max = 5\n[log]\nlevel = \"debug\"\nformat = \"json\"\n";
    let (plain, other) = (accepted(zone), accepted(&format!("{all}{zone}")));
    let named = plain.at_start().restart_needed(&other);
    let is_read_at_start = |key: &&str| {
        !["udp-payload-max", "records-max", "level"].contains(key) && !key.starts_with('[')
    };
    let written = all.lines().map(|line| line.split(' ').next().unwrap_or_default());
    let mut section = "";
    let mut expected = Vec::new();
    for key in written {
        if let Some(name) = key.strip_prefix('[') {
            section = name.trim_end_matches(']');
        } else if is_read_at_start(&key) {
            expected.push(format!("{section}.{key}"));
        }
    }
    assert_eq!(named, expected);
    assert!(plain.at_start().restart_needed(&plain).is_empty(), "as it was at start");
}
