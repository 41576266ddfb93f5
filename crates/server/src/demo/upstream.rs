//! The primary of the show, whoever plays it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use wire::codes::Rrtype;
use wire::name::Name;
use wire::serial::Serial;
use wire::tsig::Key;

use super::DemoError;
use super::folder::Folder;
use super::named::Named;
use super::primary::{Content, Edit, Primary, SoaTimers, below, record, text};

/// What the show needs of a primary.
pub(super) enum Upstream {
    Scripted(Primary),
    Named(Box<Named>),
}

impl Upstream {
    /// A primary of our own with this zone.
    pub(super) async fn scripted(content: Content, key: &Arc<Key>) -> Result<Self, DemoError> {
        let started = Primary::start(content, Some(Arc::clone(key))).await;
        let what = "start the scripted primary";
        started.map(Self::Scripted).map_err(|source| DemoError::System { what, source })
    }

    /// A real BIND with a small zone.
    pub(super) async fn named(
        folder: &Folder,
        apex: &Name,
        key: &Key,
        secondary: SocketAddr,
    ) -> Result<Self, DemoError> {
        Named::start(folder, apex, key, secondary).await.map(Box::new).map(Self::Named)
    }

    pub(super) const fn at(&self) -> SocketAddr {
        match self {
            Self::Scripted(primary) => primary.at(),
            Self::Named(named) => named.at(),
        }
    }

    pub(super) fn serial(&self) -> Serial {
        match self {
            Self::Scripted(primary) => primary.serial(),
            Self::Named(named) => named.serial(),
        }
    }

    /// Makes the TXT record of `owner` say these words and nothing else. Returns the new serial.
    pub(super) async fn edit(
        &self,
        apex: &Name,
        owner: &Name,
        words: &str,
    ) -> Result<Serial, DemoError> {
        match self {
            Self::Scripted(primary) => {
                let removed = primary.find(owner.as_ref(), Rrtype::TXT);
                let added = vec![text(owner.clone(), words)];
                Ok(primary.edit(Edit { removed, added }))
            }
            Self::Named(named) => named.edit(apex, owner, words).await,
        }
    }

    /// Sends NOTIFY and waits until it is confirmed; `None` if this primary does so by itself.
    pub(super) async fn tell(&self, to: SocketAddr) -> Result<Option<Duration>, DemoError> {
        match self {
            Self::Scripted(primary) => Ok(Some(primary.notify(to).await?)),
            Self::Named(_) => Ok(None),
        }
    }
}

/// The zone that is shown if the operator brings none.
pub(super) fn first_content(apex: &Name) -> Content {
    let timers = SoaTimers { refresh: 3_600, retry: 600, expire: 1_209_600 };
    let mut content = Content::new(apex.clone(), Serial(0), timers);
    let www = record(below(apex, "www"), Rrtype::A, &[192, 0, 2, 80]);
    let added = vec![www, text(below(apex, "now"), "not edited yet")];
    content.edit(Edit { removed: Vec::new(), added });
    content
}
