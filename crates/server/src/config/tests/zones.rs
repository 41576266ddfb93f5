//! Zones that are refused, for themselves or for the keys that they name.

use super::*;

#[test]
fn zones_are_refused_for_what_is_missing_or_wrong() {
    let with = |line: &str| format!("[[zone]]\nname = \"a\"\n{line}\n");
    refused("[[zone]]\nprimaries = [\"192.0.2.1\"]\n", &[(1, "[[zone]] without `name`")]);
    refused("[[zone]]\nname = \"a\"\n", &[(1, "[[zone]] without `primaries`")]);
    refused(&with("primaries = []"), &[(3, "a zone without primaries")]);
    refused("[[zone]]\nname = \"a..b\"\nprimaries = [\"192.0.2.1\"]", &[(2, "not a domain name")]);
    refused("[[zone]]\nname = \"\"\nprimaries = [\"192.0.2.1\"]", &[(2, "not a domain name")]);
    refused(
        &with("primaries = [\"192.0.2.1\"]\nview = \"office\""),
        &[(4, "unknown view \"office\"; expected \"default\"")],
    );
    for (primary, said) in [
        ("\"ns1.example.net\"", "not an IP address; expected an address such as"),
        ("\"192.0.2.1:0\"", "port 0; expected a port from 1 to 65535"),
        ("\"192.0.2.0/24\"", "not an IP address"),
        ("\"0.0.0.0\"", "0.0.0.0 names no host"),
        ("\"::\"", ":: names no host"),
        ("\"224.0.0.1\"", "names no host"),
        ("\"255.255.255.255\"", "names no host"),
        ("{ address = \"192.0.2.1\", port = 0 }", "port 0"),
        ("{ address = \"192.0.2.1\", port = 65536 }", "port 65536"),
        ("{ address = \"192.0.2.1:53\", port = 53 }", "a port in `address` and a `port`"),
        ("{ port = 53 }", "a primary without `address`"),
        ("{ address = \"192.0.2.1\", source = \"::1\" }", "are of two families"),
        ("{ address = \"192.0.2.1\", source = \"eth0\" }", "\"eth0\" is not an IP address"),
        ("\"192.0.2.1\", { address = \"192.0.2.1\", port = 53 }", "there a second time"),
    ] {
        refused(&with(&format!("primaries = [{primary}]")), &[(3, said)]);
    }
    for (sender, said) in [
        ("\"192.0.2.1/24\"", "did you mean 192.0.2.0/24?"),
        ("\"192.0.2.0/33\"", "not a prefix length"),
        ("{ key = \"k1\" }", "a rule without `from`"),
    ] {
        for setting in ["notify", "transfer"] {
            let text = with(&format!("primaries = [\"192.0.2.1\"]\n{setting} = [{sender}]"));
            let error = parse(&text).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
            assert!(error.lines().iter().all(|line| *line == 4), "{error}");
        }
    }
}

#[test]
fn transfers_are_for_nobody_unless_the_file_or_the_zone_says_so() {
    let zone = "[[zone]]\nname = \"a\"\nprimaries = [\"192.0.2.1\"]\n";
    let config = accepted(zone);
    assert!(only_zone(&config).transfer.is_empty() && config.transfer.is_empty());
    assert_eq!(config.transfers_out, TransfersOut::DEFAULT);
    let rule = |range: &str, key: Option<&str>| AccessRule {
        range: range.parse().unwrap(),
        key: key.map(name),
    };
    let text = format!(
        "[transfer]\nallow = [\"192.0.2.0/24\", {{ from = \"::/0\", key = \"k1\" }}]\nat-once-max = 7\n\
         [[key]]\nname = \"k1\"\nalgorithm = \"hmac-sha256\"\nsecret = \"{SECRET}\"\n{zone}"
    );
    let config = accepted(&text);
    let both = [rule("192.0.2.0/24", None), rule("::/0", Some("k1."))];
    assert_eq!((&*only_zone(&config).transfer, config.warnings.len()), (&both[..], 0));
    assert_eq!((config.transfers_out.at_once_max, config.transfers_out.per_client_max), (7, 7));
    let closed = accepted(&format!("{text}transfer = []\n"));
    assert!(only_zone(&closed).transfer.is_empty() && !closed.transfer.is_empty());
    let own = accepted(&format!("{text}transfer = [\"192.0.2.9\"]\n"));
    assert_eq!(*only_zone(&own).transfer, [rule("192.0.2.9", None)]);
}

#[test]
fn limits_of_transfers_to_others_are_checked() {
    refused("[transfer]\nallow = \"192.0.2.1\"\n", &[(2, "an array in brackets")]);
    refused("[transfer]\nat-once-max = 0\n", &[(2, "found 0")]);
    refused("[transfer]\ntotal-seconds = 0\n", &[(2, "found 0")]);
    refused(
        "[transfer]\nat-once-max = 3\nper-client-max = 4\n",
        &[(3, "per-client-max 4 is more than at-once-max 3; expected at most 3")],
    );
    // A rule whose key is unknown must not become one without a key.
    refused(
        "[transfer]\nallow = [{ from = \"::/0\", key = \"k1\" }]\n",
        &[(2, "no key k1; expected a [[key]] with that name in this file, which has none")],
    );
}

#[test]
fn a_zone_or_key_that_is_there_twice_is_refused_whatever_its_case() {
    let zone = |name: &str| format!("[[zone]]\nname = \"{name}\"\nprimaries = [\"192.0.2.1\"]\n");
    refused(
        &format!("{}{}", zone("example.net"), zone("EXAMPLE.net.")),
        &[(5, "the zone example.net. is there a second time")],
    );
    let key = |name: &str| {
        format!("[[key]]\nname = \"{name}\"\nalgorithm = \"hmac-sha256\"\nsecret = \"{SECRET}\"\n")
    };
    refused(&format!("{}{}", key("k1"), key("K1.")), &[(6, "a second key with the name K1.")]);
}

#[test]
fn references_to_keys_must_lead_somewhere() {
    let zone = "[[zone]]\nname = \"a\"\nprimaries = [{ address = \"192.0.2.1\", key = \"k2\" }]\n";
    refused(zone, &[(3, "no key k2; expected a [[key]] with that name in this file")]);
    let key =
        format!("[[key]]\nname = \"k1\"\nalgorithm = \"hmac-sha256\"\nsecret = \"{SECRET}\"\n");
    refused(&format!("{key}{zone}"), &[(7, "which has k1")]);
    refused(
        "[[zone]]\nname = \"a\"\nprimaries = [\"192.0.2.1\"]\nnotify = [{ from = \"192.0.2.1\", key = \"k2\" }]",
        &[(4, "no key k2")],
    );
}
