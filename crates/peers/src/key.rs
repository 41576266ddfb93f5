//! TSIG keys as three configurations write them.

/// A key both sides know. The secret is base64, as configurations have it.
#[derive(Clone, Debug)]
pub struct Key {
    /// As both sides write it.
    pub name: String,
    /// Such as `hmac-sha256`.
    pub algorithm: String,
    /// In base64.
    pub secret: String,
}

impl Key {
    /// A secret of 32 octets, the same for every key: what matters here is who knows it.
    pub fn new(name: &str, algorithm: &str) -> Self {
        let secret = "dGhpcyBpcyBhIHNlY3JldCBvZiAzMiBvY3RldHMuLi4=".to_owned();
        Self { name: name.to_owned(), algorithm: algorithm.to_owned(), secret }
    }

    /// Known to every secondary here, for questions that are signed.
    pub fn of_questions() -> Self {
        Self::new("questions.key", "hmac-sha256")
    }

    /// The same name with another secret.
    pub fn with_other_secret(&self) -> Self {
        let secret = "YW5vdGhlciBzZWNyZXQgb2YgMzIgb2N0ZXRzLi4uLi4=".to_owned();
        Self { secret, ..self.clone() }
    }

    /// The same secret under another name.
    pub fn with_name(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    /// A statement of `named.conf`.
    pub fn for_named(&self) -> String {
        let Self { name, algorithm, secret } = self;
        format!("key \"{name}\" {{ algorithm {algorithm}; secret \"{secret}\"; }};\n")
    }

    /// A clause of `nsd.conf`.
    pub fn for_nsd(&self) -> String {
        let Self { name, algorithm, secret } = self;
        format!("key:\n  name: {name}\n  algorithm: {algorithm}\n  secret: \"{secret}\"\n")
    }

    /// A section of `knot.conf`.
    pub fn for_knot(&self) -> String {
        let Self { name, algorithm, secret } = self;
        format!("key:\n  - id: {name}\n    algorithm: {algorithm}\n    secret: {secret}\n")
    }

    /// A container of `yadifad.conf`.
    pub fn for_yadifa(&self) -> String {
        let Self { name, algorithm, secret } = self;
        format!("<key>\n  name {name}\n  algorithm {algorithm}\n  secret {secret}\n</key>\n")
    }

    /// As `nsupdate -y` and `dig -y` take it.
    pub fn for_command_line(&self) -> String {
        format!("{}:{}:{}", self.algorithm, self.name, self.secret)
    }
}
