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
        let text = with(&format!("primaries = [\"192.0.2.1\"]\nnotify = [{sender}]"));
        let error = parse(&text).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        assert!(error.lines().iter().all(|line| *line == 4), "{error}");
    }
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
