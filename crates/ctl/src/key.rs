//! `key generate`.

use anyhow::{Result, anyhow};
use clap::ValueEnum;
use data_encoding::BASE64;
use std::fmt;

/// TSIG algorithms that new keys may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Algorithm {
    /// For primaries that have nothing else
    HmacMd5,
    /// For primaries that have nothing better
    HmacSha1,
    /// Rarely used
    HmacSha224,
    /// The usual choice
    HmacSha256,
    /// Longer than needed
    HmacSha384,
    /// Longer than needed
    HmacSha512,
}

impl Algorithm {
    /// The name that understudy.toml and BIND share.
    const fn as_str(self) -> &'static str {
        match self {
            Self::HmacMd5 => "hmac-md5",
            Self::HmacSha1 => "hmac-sha1",
            Self::HmacSha224 => "hmac-sha224",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha512 => "hmac-sha512",
        }
    }

    /// A secret as long as the hash is as strong as the hash (RFC 2104 §3).
    const fn secret_octets(self) -> usize {
        match self {
            Self::HmacMd5 => 16,
            Self::HmacSha1 => 20,
            Self::HmacSha224 => 28,
            Self::HmacSha256 => 32,
            Self::HmacSha384 => 48,
            Self::HmacSha512 => 64,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A new key. Printing it is the only thing that is ever done with it.
pub(crate) struct NewKey {
    name: String,
    algorithm: Algorithm,
    secret: String,
}

/// Takes random octets from the operating system.
pub(crate) fn generate(name: String, algorithm: Algorithm) -> Result<NewKey> {
    let mut secret = vec![0; algorithm.secret_octets()];
    getrandom::fill(&mut secret).map_err(|error| anyhow!("no random octets: {error}"))?;
    Ok(NewKey { name, algorithm, secret: BASE64.encode(&secret) })
}

impl NewKey {
    /// Both ends, ready to paste.
    pub(crate) fn to_text(&self) -> String {
        format!(
            "# For understudy.toml, which should then have mode 0600:\n{}\n\
             # For named.conf of a BIND primary:\n{}",
            self.toml(),
            self.bind()
        )
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.name,
            "algorithm": self.algorithm.as_str(),
            "secret": self.secret,
            "toml": self.toml(),
            "bind": self.bind(),
        })
    }

    fn toml(&self) -> String {
        let Self { name, algorithm, secret } = self;
        format!("[[key]]\nname = \"{name}\"\nalgorithm = \"{algorithm}\"\nsecret = \"{secret}\"\n")
    }

    fn bind(&self) -> String {
        let Self { name, algorithm, secret } = self;
        format!("key \"{name}\" {{\n    algorithm {algorithm};\n    secret \"{secret}\";\n}};\n")
    }
}

/// A name that needs no escapes at either end: letters, digits, `-`, `_`, and dots between labels.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|o| o.is_ascii_alphanumeric() || o == b'-' || o == b'_')
    };
    if name.len() <= 253 && name.split('.').all(fits) {
        return Ok(name.to_owned());
    }
    Err("expected a name such as k1 or tsig.example.net: labels of at most 63 letters, digits, \
         - and _, with dots between them, 253 in all"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_algorithm_gets_a_secret_as_long_as_its_hash_and_never_the_same_twice() {
        for algorithm in Algorithm::value_variants() {
            let [one, two] = [0, 1].map(|_| generate("k1".into(), *algorithm).unwrap().secret);
            assert_ne!(one, two);
            let octets = BASE64.decode(one.as_bytes()).unwrap().len();
            assert_eq!(octets, algorithm.secret_octets(), "{algorithm}");
        }
    }

    #[test]
    fn key_is_printed_for_both_ends_with_one_secret() {
        let key = NewKey {
            name: "k1".into(),
            algorithm: Algorithm::HmacSha256,
            secret: "c2VjcmV0".into(),
        };
        assert_eq!(
            key.to_text(),
            "# For understudy.toml, which should then have mode 0600:\n[[key]]\nname = \"k1\"\n\
             algorithm = \"hmac-sha256\"\nsecret = \"c2VjcmV0\"\n\n\
             # For named.conf of a BIND primary:\nkey \"k1\" {\n    algorithm hmac-sha256;\n    \
             secret \"c2VjcmV0\";\n};\n"
        );
        assert_eq!(key.to_json()["secret"], "c2VjcmV0");
    }

    #[test]
    fn names_that_would_need_escapes_are_refused() {
        for good in ["k1", "tsig.example.net.", "a_b-c", &"a".repeat(63)] {
            assert!(parse_name(good).is_ok(), "{good}");
        }
        let long = vec!["a".repeat(63); 4].join(".");
        for bad in ["", ".", "a..b", "a b", "k\"1", "k;1", "é", "a\n", &"a".repeat(64), &long] {
            assert!(parse_name(bad).is_err(), "{bad}");
        }
    }
}
