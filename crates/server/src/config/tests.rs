use super::*;
use ::zone::Limits as ContentLimits;
use proto::answer::{TEXT_OCTETS_MAX, Text};
use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

/// 32 octets. Its decoded and encoded forms must never be seen in a message.
const SECRET: &str = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=";

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new("/etc/understudy/understudy.toml"))
}

#[track_caller]
fn accepted(text: &str) -> Config {
    parse(text).unwrap_or_else(|error| panic!("{error}\nin\n{text}"))
}

/// Each fault as (line, part of what is said), in the order of the file, and no others.
#[track_caller]
fn refused(text: &str, faults: &[(usize, &str)]) {
    let error = match parse(text) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(error) => error,
    };
    let said = error.to_string();
    let lines: Vec<usize> = faults.iter().map(|(line, _)| *line).collect();
    assert_eq!(error.lines(), lines, "{text}\nsaid\n{said}");
    for ((line, expected), said) in faults.iter().zip(said.lines()) {
        assert!(said.starts_with(&format!("/etc/understudy/understudy.toml:{line}:")), "{said}");
        assert!(said.contains(expected), "{text}\nsaid\n{said}\nnot\n{expected}");
    }
    let drawn = error.draw(Picture::Plain);
    for (line, _) in faults {
        assert!(drawn.contains(&format!("understudy.toml:{line}:")), "{drawn}");
    }
    for secret in ["c2VjcmV0", "secretsecret"] {
        assert!(!said.contains(secret) && !drawn.contains(secret), "{said}\n{drawn}");
    }
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn only_zone(config: &Config) -> &Zone {
    assert_eq!(config.zones.len(), 1);
    config.zones.values().next().unwrap()
}

#[test]
fn empty_file_has_only_defaults() {
    let config = accepted("");
    let listen: Vec<String> = config.server.listen.iter().map(ToString::to_string).collect();
    assert_eq!(listen, ["127.0.0.1:53", "[::1]:53"]);
    assert_eq!(config.server.data_dir, Path::new("/var/lib/understudy"));
    assert_eq!(config.server.control_socket, Path::new(api::DEFAULT_SOCKET));
    assert_eq!(config.server.udp_payload_max, 1_232);
    assert!(config.server.udp_threads.get() >= 1);
    assert_eq!(config.log, Log { level: LogLevel::Info, format: LogFormat::Auto });
    assert_eq!((config.keys.len(), config.zones.len()), (0, 0));
    assert_eq!(config.warnings, [""; 0]);
}

#[test]
fn zone_needs_only_a_name_and_a_primary() {
    let config = accepted("[[zone]]\nname = \"Example.NET\"\nprimaries = [\"192.0.2.1\"]\n");
    let named = ZoneName { view: "default".into(), apex: name("example.net.") };
    let zone = &config.zones[&named];
    assert_eq!(zone.primaries.len(), 1);
    assert_eq!(zone.primaries[0].address.to_string(), "192.0.2.1:53");
    assert_eq!(zone.notify, [AccessRule { range: "192.0.2.1".parse().unwrap(), key: None }]);
    assert_eq!(zone.query.len(), 2, "everybody, over IPv4 and IPv6");
    assert_eq!(zone.bounds, Bounds::default());
    assert_eq!(zone.limits.content, ContentLimits::default());
}

/// I-4: each primary has its own address, port, key and source.
#[test]
fn primaries_are_written_short_or_long() {
    let config = accepted(&format!(
        r#"
        [[key]]
        name = "K1."
        algorithm = "HMAC-SHA256"
        secret = "{SECRET}"
        [[zone]]
        name = "example.net"
        primaries = [
            "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353",
            "::ffff:192.0.2.7",
            {{ address = "192.0.2.2" }},
            {{ address = "192.0.2.3", port = 53, key = "k1", source = "192.0.2.9" }},
        ]"#
    ));
    let zone = only_zone(&config);
    let addresses: Vec<String> = zone.primaries.iter().map(|p| p.address.to_string()).collect();
    assert_eq!(
        addresses,
        [
            "192.0.2.1:53",
            "192.0.2.1:5353",
            "[2001:db8::1]:53",
            "[2001:db8::1]:5353",
            "192.0.2.7:53",
            "192.0.2.2:53",
            "192.0.2.3:53",
        ]
    );
    let last = zone.primaries.last().unwrap();
    assert_eq!(last.key.as_ref().unwrap().name(), &name("k1."));
    assert_eq!(last.source.unwrap().to_string(), "192.0.2.9");
    assert!(zone.primaries[..6].iter().all(|p| p.key.is_none() && p.source.is_none()));
}

/// I-2: senders of NOTIFY are addresses or ranges, with or without a key.
#[test]
fn notify_senders_are_the_primaries_with_their_keys_unless_listed() {
    let text = |notify: &str| {
        format!(
            "[[key]]\nname = \"k1\"\nalgorithm = \"hmac-sha256\"\nsecret = \"{SECRET}\"\n\
             [[zone]]\nname = \"example.net\"\n\
             primaries = [\"192.0.2.1\", {{ address = \"192.0.2.2\", key = \"k1\" }}]\n{notify}"
        )
    };
    let rules = |notify: &str| {
        let config = accepted(&text(notify));
        let rules = only_zone(&config).notify.iter();
        rules.map(|rule| format!("{} {:?}", rule.range, rule.key)).collect::<Vec<_>>()
    };
    let k1 = format!("{:?}", Some(name("k1.")));
    assert_eq!(rules(""), ["192.0.2.1 None".to_owned(), format!("192.0.2.2 {k1}")]);
    assert_eq!(
        rules("notify = [\"198.51.100.0/24\", { from = \"2001:db8::/32\", key = \"k1\" }]"),
        ["198.51.100.0/24 None".to_owned(), format!("2001:db8::/32 {k1}")]
    );
    assert_eq!(rules("notify = []"), [""; 0], "nobody, and polling by timers only");
}

/// I-3: a zone changes single bounds and limits, and keeps the others.
#[test]
fn zones_override_single_defaults() {
    let config = accepted(
        r#"
        [bounds]
        refresh-min = 30
        retry-max = 900
        [limits]
        records-max = 500
        bytes-max = "1 MiB"
        [query]
        allow = ["192.0.2.0/24"]
        [[zone]]
        name = "a"
        primaries = ["192.0.2.1"]
        [[zone]]
        name = "b"
        primaries = ["192.0.2.1"]
        bounds = { refresh-max = 60 }
        limits = { records-max = 7 }
        query = { allow = [] }"#,
    );
    let zones: Vec<&Zone> = config.zones.values().map(AsRef::as_ref).collect();
    assert_eq!(zones[0].bounds, Bounds::new((30, 43_200), (60, 900)).unwrap());
    assert_eq!(zones[1].bounds, Bounds::new((30, 60), (60, 900)).unwrap());
    let content = |zone: &Zone| (zone.limits.content.records_max, zone.limits.content.bytes_max);
    assert_eq!((content(zones[0]), content(zones[1])), ((500, 1 << 20), (7, 1 << 20)));
    assert_eq!((zones[0].query.len(), zones[1].query.len()), (1, 0));
}

#[test]
fn relative_paths_start_at_the_folder_of_the_file() {
    let config = accepted("[server]\ndata-dir = \"data\"\n");
    assert_eq!(config.server.data_dir, Path::new("/etc/understudy/data"));
    assert_eq!(config.server.control_socket, Path::new("/etc/understudy/data/control.sock"));
}

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
        ("{ key = \"k1\" }", "a sender without `from`"),
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
fn keys_are_refused_without_ever_showing_the_secret() {
    let key = |rest: &str| format!("[[key]]\nname = \"k1\"\n{rest}\n");
    refused(
        "[[key]]\nalgorithm = \"hmac-sha256\"\nsecret = \"c2VjcmV0\"\n",
        &[(1, "without `name`")],
    );
    refused(&key("secret = \"c2VjcmV0\""), &[(1, "[[key]] without `algorithm`")]);
    refused(&key("algorithm = \"hmac-sha256\""), &[(1, "[[key]] without `secret`")]);
    refused(
        &key("algorithm = \"hmac-sha3\"\nsecret = \"c2VjcmV0\""),
        &[(3, "unknown algorithm \"hmac-sha3\"; expected one of hmac-sha512")],
    );
    let good = "algorithm = \"hmac-sha256\"";
    refused(&key(&format!("{good}\nsecret = \"c2VjcmV0!\"")), &[(4, "not base64")]);
    refused(&key(&format!("{good}\nsecret = \"\"")), &[(4, "the secret is empty")]);
    let long = "c2VjcmV0".repeat(100);
    refused(&key(&format!("{good}\nsecret = \"{long}\"")), &[(4, "the secret has 600 octets")]);
    refused(
        &key(&format!("{good}\nsecret = \"c2VjcmV0\"\nsecret-file = \"k1\"")),
        &[(5, "both `secret` and `secret-file`; expected one of them")],
    );
    refused(
        "[[key]]\nname = \".\"\nalgorithm = \"hmac-sha256\"\nsecret = \"c2VjcmV0\"",
        &[(2, "the root is no name for a key")],
    );
    refused(&key(&format!("{good}\nsecret = c2VjcmV0c2VjcmV0==")), &[(4, "quoted"), (4, "")]);
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

#[test]
fn a_fault_in_a_key_is_told_once_and_not_at_each_zone_that_uses_it() {
    let zone = "[[zone]]\nname = \"a\"\nprimaries = [{ address = \"192.0.2.1\", key = \"k1\" }]\n";
    let key = "[[key]]\nname = \"k1\"\nalgorithm = \"hmac-sha256\"\n";
    refused(&format!("{key}secret = \"!\"\n{zone}"), &[(4, "not base64")]);
    refused(&format!("{key}secert = \"!\"\n{zone}"), &[(4, "unknown key `secert`")]);
}

#[test]
fn several_faults_are_told_together_in_the_order_of_the_file() {
    refused(
        "[server]\nfoo = 1\nudp-threads = \"x\"\nbar = 2\n\n[tcp]\nclients-max = 0\nidle-seconds = 0\n\n\
         [[zone]]\nname = \"a\"\nprimaries = [\"x\"]\n\n[[zone]]\nname = \"b\"\nmasters = 1\n\n[extra]\n",
        &[
            (2, "unknown key `foo`"),
            (3, "expected a whole number"),
            (4, "unknown key `bar`"),
            (7, "found 0"),
            (8, "found 0"),
            (12, "\"x\" is not an IP address"),
            (16, "unknown key `masters`"),
            (18, "unknown key `extra`"),
        ],
    );
}

#[test]
fn a_flood_of_faults_is_cut_with_its_number() {
    let mut text = String::from("[server]\n");
    (0..40).for_each(|n| writeln!(text, "key{n} = 1").unwrap());
    let error = parse(&text).unwrap_err();
    assert_eq!(error.lines().len(), 40);
    assert_eq!(error.to_string().lines().count(), 26);
    assert!(error.to_string().ends_with("… and 15 more"));
    assert!(error.draw(Picture::Plain).contains("… and 15 more"));
}

#[test]
fn a_flood_of_warnings_is_cut_with_its_number() {
    let mut text = String::new();
    for n in 0..40 {
        writeln!(
            text,
            "[[key]]\nname = \"k{n}\"\nalgorithm = \"hmac-sha256\"\nsecret = \"{SECRET}\""
        )
        .unwrap();
    }
    let config = accepted(&text);
    assert_eq!(config.warnings.len(), 26);
    assert!(config.warnings[25].ends_with("… and 15 more warnings"));
}

#[test]
fn a_picture_shows_the_line_and_points_at_the_value() {
    let error = parse("[server]\nlisten = [\"127.0.0.1\"]\n").unwrap_err();
    let drawn = error.draw(Picture::Plain);
    for part in
        ["understudy.toml:2:11", "listen = [\"127.0.0.1\"]", "expected an address with a port"]
    {
        assert!(drawn.contains(part), "{drawn}");
    }
    assert!(!drawn.contains('\u{1b}'), "no colours in files: {drawn}");
    assert!(error.draw(Picture::Coloured).contains('\u{1b}'));
}

#[test]
fn what_works_but_is_weak_is_a_warning_with_its_line() {
    let config = accepted(
        "[[key]]\nname = \"old\"\nalgorithm = \"hmac-md5\"\nsecret = \"c2VjcmV0\"\n\
         [[zone]]\nname = \"a\"\nprimaries = [{ address = \"192.0.2.1\", key = \"old\" }]\n\
         [[key]]\nname = \"idle\"\nalgorithm = \"hmac-sha256\"\nsecret = \"c2VjcmV0c2VjcmV0c2VjcmV0\"\n",
    );
    let expected = [
        (2, "the secret of key old has only 48 bits; expected at least 128 bits"),
        (2, "key old uses hmac-md5"),
        (9, "no zone uses the key idle"),
    ];
    assert_eq!(config.warnings.len(), expected.len(), "{:?}", config.warnings);
    for (warning, (line, said)) in config.warnings.iter().zip(expected) {
        assert!(warning.contains(&format!(".toml:{line}:")) && warning.contains(said), "{warning}");
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

const WITH_SECRET_FILE: &str = "[[key]]\nname = \"k1\"\nalgorithm = \"hmac-sha256\"\nsecret-file = \"k1.secret\"\n\
     [[zone]]\nname = \"a\"\nprimaries = [{ address = \"192.0.2.1\", key = \"k1\" }]\n";

#[test]
fn secret_file_is_read_beside_the_configuration_if_only_we_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("understudy.toml");
    let secret = folder.path().join("k1.secret");
    write(&path, WITH_SECRET_FILE, 0o644);
    let said = |path: &Path| Config::load(path).unwrap_err().to_string();

    assert!(said(&path).contains(":4:15: cannot read"), "{}", said(&path));
    for mode in [0o640, 0o604, 0o644, 0o620, 0o601] {
        write(&secret, SECRET, mode);
        let said = said(&path);
        assert!(said.contains("others may read") && said.contains("chmod 600 "), "{said}");
        assert!(said.contains(&format!("(mode {mode:04o})")), "{said}");
    }
    for mode in [0o600, 0o400] {
        write(&secret, &format!("\n{SECRET}\n"), mode);
        let config = Config::load(&path).unwrap();
        assert_eq!(config.keys[&name("k1.")].secret_base64(), SECRET);
        assert_eq!(config.warnings, [""; 0], "the file itself holds no secret");
    }
    write(&secret, "c2VjcmV0!", 0o600);
    let said = said(&path);
    assert!(said.contains("not base64") && said.contains("(in k1.secret)"), "{said}");
    assert!(!said.contains("c2VjcmV0"), "{said}");
}

#[test]
fn a_secret_file_that_is_no_file_is_refused_without_waiting_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("understudy.toml");
    write(&path, WITH_SECRET_FILE, 0o600);
    std::fs::create_dir(folder.path().join("k1.secret")).unwrap();
    let said = Config::load(&path).unwrap_err().to_string();
    assert!(said.contains("is not a regular file"), "{said}");
}

#[test]
fn a_configuration_with_secrets_that_others_may_read_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("understudy.toml");
    let text =
        WITH_SECRET_FILE.replace("secret-file = \"k1.secret\"", &format!("secret = \"{SECRET}\""));
    write(&path, &text, 0o644);
    let warnings = Config::load(&path).unwrap().warnings;
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("mode 0644") && warnings[0].contains("chmod 600"), "{warnings:?}");
    write(&path, &text, 0o600);
    assert_eq!(Config::load(&path).unwrap().warnings, [""; 0]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Config::load(Path::new("/nonexistent/understudy.toml")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read /nonexistent/understudy.toml: "), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("understudy.toml");
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(Config::load(&path).unwrap_err().to_string().contains("UTF-8"));
}

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
fn nothing_is_told_of_the_instance_unless_it_is_set_and_fits_a_txt_record() {
    let zone = "[[zone]]\nname = \"a\"\nprimaries = [\"192.0.2.1\"]\n";
    let of = |text: &str| accepted(&format!("[identity]\n{text}\n{zone}")).identity;
    assert_eq!(accepted(zone).identity, Identity::default());
    assert_eq!(of(""), Identity::default());
    assert_eq!(of("version = \"v\""), Identity::new(Text::new("v"), None));
    assert_eq!(of("id = \"i\""), Identity::new(None, Text::new("i")));
    let longest = "x".repeat(TEXT_OCTETS_MAX);
    assert_eq!(of(&format!("id = \"{longest}\"")), Identity::new(None, Text::new(&longest)));
    refused(
        &format!("[identity]\nversion = \"{longest}x\"\n{zone}"),
        &[(2, "a text of 256 octets; expected at most 255")],
    );
}

#[test]
fn a_reload_names_what_only_a_restart_brings_into_force() {
    let zone = "[[zone]]\nname = \"a\"\nprimaries = [\"192.0.2.1\"]\n";
    let all = "[server]\nlisten = [\"192.0.2.53:53\"]\ndata-dir = \"d\"\ncontrol-socket = \"s\"\n\
               udp-threads = 200\nudp-payload-max = 600\n\
               [store]\nlog-size-min = 1\nimage-size-min = 1\n\
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

/// The manual's example says the defaults, and every key in it may be shown in an excerpt.
#[test]
fn example_of_the_manual_is_accepted_and_shows_every_setting() {
    let example = include_str!("../../../../docs/operating/understudy.example.toml");
    let config = accepted(example);
    assert!(config.zones.len() >= 2 && !config.keys.is_empty());
    let zone = "[[zone]]\nname = \"example.org\"\nprimaries = [\"192.0.2.1\"]\n";
    let defaults = accepted(zone);
    assert_eq!(only_zone(&defaults), config.zones.values().last().unwrap().as_ref());
    let threads = config.server.udp_threads;
    assert_eq!(config.server, Server { udp_threads: threads, ..defaults.server });
    assert_eq!(
        (config.tcp, config.limits, config.log),
        (defaults.tcp, defaults.limits, defaults.log)
    );
    let drawn = redact::redact(example);
    for (written, shown) in example.lines().zip(drawn.lines()) {
        let holds_secret = written.starts_with("secret =");
        let is_comment = written.starts_with('#');
        assert!(is_comment || (written == shown) != holds_secret, "{written}\n{shown}");
    }
}

proptest::proptest! {
    /// Nothing a file holds may panic, and a secret never comes out.
    #[test]
    fn any_text_is_accepted_or_refused_in_words(
        lines in proptest::collection::vec(
            proptest::sample::select(vec![
                "[server]", "[[zone]]", "[[key]]", "[limits]", "[bounds]", "listen = [\"[::1]:53\"]",
                "name = \"a\"", "name = 5", "primaries = [\"192.0.2.1\"]", "primaries = [{}]",
                "primaries = [{ key = \"a\" }]", "algorithm = \"hmac-sha256\"",
                "secret = \"c2VjcmV0\"", "secret = \"c2VjcmV0", "secret = c2VjcmV0",
                "secret = [\"c2VjcmV0\"]", "secret = { a = \"c2VjcmV0\" }", "notify = [{ from = \"::\" }]",
                "refresh-min = 5", "bytes-max = \"1 é\"", "é = 1", "\"\"\"", "}", "key = \"k1\"", "# secret = \"c2VjcmV0\"",
                "bounds = { refresh-min = 9, refresh-max = 1 }", "secret.x = \"c2VjcmV0\"", "secret",
            ]),
            0..8,
        )
    ) {
        let text = lines.join("\n");
        if let Err(error) = parse(&text) {
            let all = format!("{error}{}", error.draw(Picture::Plain));
            proptest::prop_assert!(!all.contains("c2VjcmV0"), "{}\n{}", text, all);
        }
    }
}
