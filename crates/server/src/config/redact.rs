//! Takes the secrets out of a configuration before any of it is shown.
//!
//! Works on text that need not be TOML, because the excerpt of a syntax error needs it most. So it
//! asks the other way round: a value is shown only if the key before it is known to be harmless.

/// Keys whose values may be shown: all of ours but `secret`.
const HARMLESS: [&str; 59] = [
    "address",
    "algorithm",
    "allow",
    "at-once-max",
    "bounds",
    "bytes-max",
    "clients-max",
    "control-socket",
    "data-dir",
    "format",
    "from",
    "id",
    "identity",
    "idle-seconds",
    "image-size-min",
    "key",
    "level",
    "limits",
    "listen",
    "log",
    "log-size-min",
    "memory-bytes-max",
    "name",
    "notify",
    "per-client-max",
    "port",
    "primaries",
    "query",
    "records-max",
    "refresh-max",
    "refresh-min",
    "reserve-bytes",
    "retry-max",
    "retry-min",
    "rrset-bytes-max",
    "rrset-records-max",
    "secret-file",
    "server",
    "source",
    "store",
    "tcp",
    "total-seconds",
    "transfer",
    "transfer-idle-seconds",
    "transfer-seconds",
    "transfers-max",
    "transfers-per-primary-max",
    "types-per-name-max",
    "udp-payload-max",
    "udp-threads",
    "version",
    "view",
    "write-seconds",
    "zone",
    // Likely mistakes, whose values help to see what was meant.
    "addr",
    "address-range",
    "file",
    "primary",
    "zones",
];

/// A word without quotes that is longer than this could be a secret: one that was commented out, or that lost a quote.
const WORD_MAX: usize = 15;

/// The same text, octet for octet as long, with everything that could be a secret made of `*`.
pub(super) fn redact(text: &str) -> String {
    let mut scan = Scan { text, at: 0, out: String::with_capacity(text.len()), shown: true };
    while let Some(rest) = scan.rest() {
        scan.step(rest);
    }
    scan.out
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    out: String,
    /// Whether the values of the last key may be shown.
    shown: bool,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> Option<&'t str> {
        self.text.get(self.at..).filter(|rest| !rest.is_empty())
    }

    fn step(&mut self, rest: &'t str) {
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote));
        if let Some(quote) = quote {
            self.quoted(rest, quote);
        } else if rest.starts_with('#') {
            self.comment(rest);
        } else if rest.starts_with(is_word) {
            self.word(rest);
        } else {
            let octets = rest.chars().next().map_or(1, char::len_utf8);
            self.copy(rest, octets);
        }
    }

    /// A string: a key if `=` follows, otherwise a value.
    fn quoted(&mut self, rest: &'t str, quote: &str) {
        let open = quote.len();
        let inside = rest.get(open..).unwrap_or("");
        let octets = content_octets(inside, quote);
        let content = inside.get(..octets).unwrap_or(inside);
        let after = inside.get(octets..).unwrap_or("").trim_start_matches(quote);
        self.copy(rest, open);
        if is_key(after) && self.at_key() {
            self.shown = HARMLESS.contains(&content);
            self.copy(inside, octets);
        } else {
            // No value of ours needs several lines, but a forgotten quote can swallow a secret.
            self.shown &= open == 1;
            self.value(content);
            self.shown &= !is_assigned(after) || HARMLESS.contains(&content);
        }
        let close = inside.get(octets..).unwrap_or("");
        self.copy(close, if close.starts_with(quote) { open } else { 0 });
    }

    /// A key, a table's name, or an unquoted value, which may be a secret without its quotes.
    fn word(&mut self, rest: &'t str) {
        let octets = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(octets).unwrap_or((rest, ""));
        if self.in_header() {
            self.shown = !is_assigned(after) || HARMLESS.contains(&word);
            self.copy(rest, octets);
        } else if is_key(after) && self.at_key() {
            self.shown = HARMLESS.contains(&word);
            self.copy(rest, octets);
        } else {
            let shown = self.shown;
            self.shown &= word.len() <= WORD_MAX;
            self.value(word);
            self.shown = shown && (!is_assigned(after) || HARMLESS.contains(&word));
        }
    }

    /// What is commented out was once a line like others; and long words are never prose.
    fn comment(&mut self, rest: &'t str) {
        let octets = rest.find('\n').unwrap_or(rest.len());
        let comment = rest.get(1..octets).unwrap_or("");
        let own_line = self.line_so_far().trim().is_empty();
        self.out.push('#');
        for word in redact(comment).split_inclusive([' ', '\t', '"', '\'']) {
            if (self.shown || own_line) && word.len() <= WORD_MAX {
                self.out.push_str(word);
            } else {
                self.out.extend(word.bytes().map(mask));
            }
        }
        self.at = self.at.saturating_add(octets);
    }

    fn value(&mut self, value: &str) {
        if self.shown {
            self.out.push_str(value);
        } else {
            self.out.extend(value.bytes().map(mask));
        }
        self.at = self.at.saturating_add(value.len());
    }

    fn copy(&mut self, from: &str, octets: usize) {
        self.out.push_str(from.get(..octets).unwrap_or(from));
        self.at = self.at.saturating_add(octets.min(from.len()));
    }

    /// Whether a key can stand here: at the start of a line, behind `{`, `,` or a dot.
    fn at_key(&self) -> bool {
        let line = self.line_so_far().trim_end_matches(['"', '\'']).trim_end_matches([' ', '\t']);
        line.is_empty() || line.ends_with(['{', ',', '.'])
    }

    /// Whether we are inside `[table]` or `[[table]]`.
    fn in_header(&self) -> bool {
        let line = self.line_so_far().trim_start();
        line.starts_with('[') && !line.contains([']', '"', '\'', ','])
    }

    fn line_so_far(&self) -> &str {
        let start = self.out.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
        self.out.get(start..).unwrap_or("")
    }
}

/// Letters of keys, numbers and base64, except the `=` that ends some base64.
fn is_word(c: char) -> bool {
    !c.is_whitespace() && !"=,{}[]\"'#.".contains(c)
}

fn is_key(after: &str) -> bool {
    after.trim_start_matches([' ', '\t']).starts_with(['=', '.'])
}

/// What stands before a `=` where no key can stand: base64 that ends in one, or a key after a forgotten comma or line
/// end, whose value may be a secret.
fn is_assigned(after: &str) -> bool {
    after.trim_start_matches([' ', '\t']).starts_with('=')
}

/// One star for each octet, but line ends stay so that lines keep their numbers.
fn mask(octet: u8) -> char {
    if octet == b'\n' { '\n' } else { '*' }
}

/// Octets up to the closing quote; up to the end of the line when a one-line string is not closed.
fn content_octets(inside: &str, quote: &str) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        let ends_line = quote.len() == 1 && c == '\n';
        let closes = !escaped && inside.get(at..).is_some_and(|rest| rest.starts_with(quote));
        if ends_line || closes {
            return at;
        }
        escaped = c == '\\' && !escaped && quote.starts_with('"');
    }
    inside.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_disappear_however_they_are_written_and_nothing_else_does() {
        for (written, shown) in [
            ("secret = \"c2VjcmV0\"", "secret = \"********\""),
            ("secret='c2VjcmV0'", "secret='********'"),
            ("\"secret\" = \"c2Vj\"", "\"secret\" = \"****\""),
            ("secret = \"\"\"\nc2Vj\ncmV0\"\"\"", "secret = \"\"\"\n****\n****\"\"\""),
            ("secret = c2VjcmV0==", "secret = ********=="),
            ("secret = c2/j+mV0==\nname = \"k\"", "secret = ********==\nname = \"k\""),
            ("secret = \"c2VjcmV0\nname = \"k\"", "secret = \"********\nname = \"k\""),
            ("secret = 1234567", "secret = *******"),
            ("secret = [\"c2\",\n \"Vj\"]", "secret = [\"**\",\n \"**\"]"),
            ("secrte = \"c2VjcmV0\"", "secrte = \"********\""),
            ("key = [{name = \"k\", secret = \"c2\"}]", "key = [{name = \"k\", secret = \"**\"}]"),
            ("key.secret = \"c2\"", "key.secret = \"**\""),
            ("[[key]]\nsecret = \"a\\\"b\" # c2Vj", "[[key]]\nsecret = \"****\" #*****"),
            ("# secret = \"c2VjcmV0\"", "# secret = \"********\""),
            ("# old: c2VjcmV0c2VjcmV0", "# old: ****************"),
            ("secret = \"c2\"\n# the office", "secret = \"**\"\n# the office"),
            ("\"\"\"\nsecret = \"c2\"", "\"\"\"\n*************"),
            ("{name = \"k\" secret = \"c2\"}", "{name = \"k\" secret = \"**\"}"),
            ("name = \"k\"secret=\"c2\"", "name = \"k\"secret=\"**\""),
            ("[[key secret = \"c2\"", "[[key secret = \"**\""),
            (
                "{name = \"k, secret = \"c2VjcmV0c2VjcmV0\"",
                "{name = \"k, secret = \"****************\"",
            ),
            ("port = 53 \"secret\" = \"c2\"", "port = 53 \"secret\" = \"**\""),
            ("secret = c2/j+mV0== name = \"k\"", "secret = ********== **** = \"*\""),
            ("# the office\nname = \"é\"", "# the office\nname = \"é\""),
            ("secret = \"é\"", "secret = \"**\""),
            ("listen = [\n \"[::1]:53\", # v6\n]", "listen = [\n \"[::1]:53\", # v6\n]"),
            ("[zone.bounds]\nrefresh-min = 5", "[zone.bounds]\nrefresh-min = 5"),
            ("port = 53", "port = 53"),
            ("secret-file = \"k1.key\"", "secret-file = \"k1.key\""),
        ] {
            let redacted = redact(written);
            assert_eq!(redacted, shown, "{written}");
            assert_eq!(redacted.len(), written.len(), "spans must keep their meaning");
        }
    }

    proptest::proptest! {
        /// Whatever the file holds, spans keep their meaning and lines their numbers.
        #[test]
        fn redaction_keeps_every_octet_in_its_place(text in "([a-z=\"'#\\[\\]{},.\\\\é \n]|secret = \"){0,60}") {
            let redacted = redact(&text);
            proptest::prop_assert_eq!(redacted.len(), text.len());
            let lines = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
            proptest::prop_assert_eq!(lines(&redacted), lines(&text));
        }
    }
}
