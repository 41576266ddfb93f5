//! The primary of the show, whoever plays it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use wire::name::Name;
use wire::serial::Serial;
use wire::tsig::Key;

use super::folder::Folder;
use super::named::Named;
use super::primary::{Content, Edit, Primary, SoaTimers, below, record, text};
use super::{DemoError, PrimaryKind};

/// What the show needs of a primary.
pub(super) enum Upstream {
    Scripted(Primary),
    Named(Box<Named>),
}

impl Upstream {
    pub(super) async fn start(
        kind: PrimaryKind,
        folder: &Folder,
        apex: &Name,
        key: &Arc<Key>,
        secondary: SocketAddr,
    ) -> Result<Self, DemoError> {
        match kind {
            PrimaryKind::Scripted => {
                let started = Primary::start(first_content(apex), Some(Arc::clone(key))).await;
                started.map(Self::Scripted).map_err(|source| {
                    let what = "start the scripted primary";
                    DemoError::System { what, source }
                })
            }
            PrimaryKind::Named => {
                Named::start(folder, apex, key, secondary).await.map(Box::new).map(Self::Named)
            }
        }
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

    /// Makes `now.<apex> TXT` say these words and nothing else. Returns the new serial.
    pub(super) async fn edit(&self, apex: &Name, words: &str) -> Result<Serial, DemoError> {
        match self {
            Self::Scripted(primary) => {
                let owner = below(apex, "now");
                let removed = primary.content().find(owner.as_ref(), wire::codes::Rrtype::TXT);
                Ok(primary.edit(Edit { removed, added: vec![text(owner, words)] }))
            }
            Self::Named(named) => named.edit(apex, words).await,
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

fn first_content(apex: &Name) -> Content {
    let timers = SoaTimers { refresh: 3_600, retry: 600, expire: 1_209_600 };
    let mut content = Content::new(apex.clone(), Serial(0), timers);
    let www = record(below(apex, "www"), wire::codes::Rrtype::A, &[192, 0, 2, 80]);
    let added = vec![www, text(below(apex, "now"), "not edited yet")];
    content.edit(Edit { removed: Vec::new(), added });
    content
}
