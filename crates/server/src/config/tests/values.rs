//! Values that are refused, each at its line: syntax, unknown keys, types, ranges.

use super::*;

#[test]
fn syntax_is_refused_with_its_place() {
    for (text, line, said) in [
        ("[server]\nlisten = [\"127.0.0.1:53\"\n[tcp]\n", 3, ""),
        ("[server\n", 1, ""),
        ("\n\n= 5\n", 3, ""),
        ("[server]\nudp-threads = 1\nudp-threads = 2\n", 3, "duplicate"),
        ("[server]\n[server]\n", 2, "duplicate"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.lines()[0], line, "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand() {
    let zone = "[[zone]]\nname = \"a\"\nprimaries = [\"192.0.2.1\"]\n";
    refused("foo = 1\n", &[(1, "unknown key `foo`; expected [server]")]);
    refused("[servers]\nlisten = []\n", &[(1, "unknown key `servers`; expected [server]")]);
    refused("[server]\nport = 53\n", &[(2, "unknown key `port`; expected one of `listen`")]);
    refused("[tcp]\nclients = 1\n", &[(2, "unknown key `clients`")]);
    refused("[query]\ndeny = []\n", &[(2, "unknown key `deny`; expected `allow`")]);
    refused("[limits]\nzones = 1\n", &[(2, "unknown key `zones`")]);
    refused("[bounds]\nexpire-max = 1\n", &[(2, "unknown key `expire-max`")]);
    refused("[log]\nfile = \"x\"\n", &[(2, "unknown key `file`")]);
    refused(&format!("{zone}masters = []\n"), &[(4, "unknown key `masters`")]);
    refused(&format!("{zone}bounds = {{ min = 1 }}\n"), &[(4, "unknown key `min`")]);
    refused(&format!("{zone}[zone.limits]\nmemory-bytes-max = 1\n"), &[(5, "unknown key")]);
    refused(&format!("{zone}notify = [{{ to = \"192.0.2.1\" }}]\n"), &[(4, "unknown key `to`")]);
    refused(
        "[[zone]]\nname = \"a\"\nprimaries = [\n  { address = \"192.0.2.1\", prot = 5 },\n]\n",
        &[(4, "unknown key `prot`; expected one of `address`, `port`, `key`, `source`")],
    );
    refused(
        &format!("[[key]]\nname = \"k\"\nalgorithm = \"hmac-sha256\"\nsecrte = \"{SECRET}\"\n"),
        &[(4, "unknown key `secrte`")],
    );
}

#[test]
fn wrong_types_are_refused_with_the_right_one() {
    refused("server = 5\n", &[(1, "found an integer; expected a table")]);
    refused("[zone]\nname = \"a\"\n", &[(1, "found a table; expected [[zone]] with double")]);
    refused("key = \"k1\"\n", &[(1, "found a string; expected [[key]] with double")]);
    refused("[server]\nudp-threads = \"4\"\n", &[(2, "expected a whole number")]);
    refused("[server]\nudp-threads = 1.5\n", &[(2, "found floating point")]);
    refused("[server]\nudp-threads = -1\n", &[(2, "found integer `-1`")]);
    refused("[server]\nlisten = \"127.0.0.1:53\"\n", &[(2, "expected an array")]);
    refused("[limits]\nbytes-max = \"2 GB\"\n", &[(2, "expected octets as a whole number")]);
    refused("[log]\nlevel = \"verbose\"\n", &[(2, "`verbose`; expected one of `error`, `warn`")]);
    refused("[log]\nformat = \"xml\"\n", &[(2, "`xml`; expected one of `auto`, `text`")]);
    refused(
        "[[zone]]\nname = \"a\"\nprimaries = [53]\n",
        &[(3, "found integer `53`; expected an address such as")],
    );
    refused(
        "[[key]]\nname = \"k\"\nalgorithm = \"hmac-sha256\"\nsecret = 5\n",
        &[(4, "the secret is of type integer; expected base64 in quotes")],
    );
}

#[test]
fn numbers_outside_their_range_are_refused() {
    for (text, said) in [
        ("[server]\nudp-threads = 0", "found 0; expected a number from 1 to 256"),
        ("[server]\nudp-threads = 257", "found 257"),
        ("[server]\nudp-payload-max = 511", "expected a number from 512 to 4096"),
        ("[server]\nudp-payload-max = 4097", "found 4097"),
        ("[tcp]\nclients-max = 0", "found 0"),
        ("[tcp]\nidle-seconds = 0", "found 0; expected a number from 1 to 31536000"),
        ("[tcp]\nidle-seconds = 31536001", "found 31536001"),
        ("[limits]\nrecords-max = 0", "found 0; expected 1 or more"),
        (
            "[limits]\nrrset-bytes-max = \"64 KiB\"",
            "found 65536; expected a number from 1 to 64000",
        ),
        ("[limits]\nrrset-records-max = 4294967296", "found 4294967296"),
        ("[limits]\ntypes-per-name-max = 65536", "found 65536"),
        ("[bounds]\nrefresh-min = 0", "found 0"),
        ("[bounds]\nrefresh-max = 1199", "refresh-min 1200 is more than refresh-max 1199"),
        ("[bounds]\nretry-min = 43201", "retry-min 43201 is more than retry-max 43200"),
    ] {
        refused(text, &[(2, said)]);
    }
    refused("[tcp]\nclients-max = 5\nper-client-max = 6", &[(3, "at most 5")]);
    refused("[limits]\ntransfers-max = 5\ntransfers-per-primary-max = 6", &[(3, "at most 5")]);
    refused(
        "[limits]\ntransfer-seconds = 60\ntransfer-idle-seconds = 61",
        &[(3, "transfer-idle-seconds 61 is more than transfer-seconds 60; expected at most 60")],
    );
}

#[test]
fn listeners_need_address_and_port_each_once() {
    refused("[server]\nlisten = []", &[(2, "no address to listen at; expected at least one")]);
    refused("[server]\nlisten = [\"192.0.2.1\"]", &[(2, "address without port: \"192.0.2.1\"")]);
    refused("[server]\nlisten = [\"::1\"]", &[(2, "address without port")]);
    refused("[server]\nlisten = [\"localhost:53\"]", &[(2, "not an address with a port")]);
    refused("[server]\nlisten = [\"127.0.0.1:0\"]", &[(2, "port 0")]);
    refused("[server]\nlisten = [\"127.0.0.1:70000\"]", &[(2, "not an address with a port")]);
    refused(
        "[server]\nlisten = [\n \"127.0.0.1:53\",\n \"127.0.0.1:53\",\n]",
        &[(4, "127.0.0.1:53 is listed twice")],
    );
}

#[test]
fn a_socket_path_that_the_system_would_cut_is_refused() {
    let long = "x".repeat(100);
    refused(&format!("[server]\ncontrol-socket = \"/run/{long}.sock\""), &[(2, "110 octets")]);
    refused("[server]\ndata-dir = \"\"", &[(2, "not a path")]);
}
