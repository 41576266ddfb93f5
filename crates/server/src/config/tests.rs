use super::*;
use ::zone::Limits as ContentLimits;
use proto::answer::{TEXT_OCTETS_MAX, Text};

mod keys;
mod reload;
mod told;
mod values;
mod zones;

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

/// A hundred thousand zones of one primary have one set of settings, and a zone that differs its own.
#[test]
fn zones_with_equal_settings_share_them() {
    let zone = |name: &str, primary: u8, more: &str| {
        format!("[[zone]]\nname = \"{name}\"\nprimaries = [\"192.0.2.{primary}\"]\n{more}\n")
    };
    let text: String = [("a", 1, ""), ("b", 2, ""), ("c", 1, ""), ("d", 1, "notify = []")]
        .map(|(name, primary, more)| zone(name, primary, more))
        .concat();
    let config = accepted(&text);
    let zones: Vec<_> = config.zones.values().collect();
    assert!(Arc::ptr_eq(zones[0], zones[2]));
    assert!(!Arc::ptr_eq(zones[0], zones[1]) && !Arc::ptr_eq(zones[0], zones[3]));
    let views: Vec<_> = config.zones.keys().map(|name| name.view.as_ptr()).collect();
    assert!(views.iter().all(|view| *view == views[0]));
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

/// A fix that sends an operator to a setting names one that exists, in the section where it is.
#[test]
fn settings_that_fixes_name_stand_in_the_example_of_the_manual() {
    let example = include_str!("../../../../docs/operating/understudy.example.toml");
    let section = |name: &str| {
        let (_, rest) = example.split_once(&format!("\n[{name}]")).unwrap_or_default();
        rest.split("\n[").next().unwrap_or_default()
    };
    let mut named = 0_usize;
    for code in proto::code::Code::ALL {
        // "`write-seconds` in [tcp] and `total-seconds` in [transfer]": each with the next section.
        let fix = code.fix();
        for (at, _) in fix.match_indices(" in [") {
            let name = fix[at + 5..].split(']').next().unwrap_or_default();
            let before = fix[..at].rfind("] ").map_or(&fix[..at], |end| &fix[end..at]);
            for setting in before.split('`').skip(1).step_by(2) {
                let line = format!("\n{setting} = ");
                assert!(section(name).contains(&line), "{code}: no `{setting}` in [{name}]");
                named += 1;
            }
        }
    }
    assert!(named >= 5, "{named}");
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
