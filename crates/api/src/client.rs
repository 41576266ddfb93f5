//! A client of the API over the daemon's Unix socket.

use crate::{
    Accepted, ExportHead, Health, PAGE_MAX, Problem, ReloadReport, SystemView, ZONE_RECORDS,
    ZONE_SERIAL, ZONE_STATE, ZoneItem, ZonePage, ZoneState, ZoneView,
};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// The longest wait for an answer. The daemon only does work in memory before it answers.
const ANSWER_LIMIT: Duration = Duration::from_secs(35);

/// The longest that an export may take in all; one that stands still ends after [`ANSWER_LIMIT`].
const EXPORT_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Speaks to one daemon. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    socket: PathBuf,
}

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody is at the other end of the socket.
    #[error(
        "no daemon listens at {}; start it with `understudy serve`, or name its socket with \
         `--socket`",
        socket.display()
    )]
    NotRunning {
        /// Where we looked.
        socket: PathBuf,
    },
    /// The socket is there but not for us.
    #[error(
        "may not open {}: the socket belongs to the daemon's user; run this as that user or as \
         root",
        socket.display()
    )]
    Forbidden {
        /// Where we looked.
        socket: PathBuf,
    },
    /// The daemon said no.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// Something answered, but not as the contract says.
    #[error("the daemon at {} gave an answer that is not understood: {detail}", socket.display())]
    Garbled {
        /// Where we asked.
        socket: PathBuf,
        /// What was wrong with it.
        detail: String,
    },
    /// The request broke off on its way.
    #[error("the request to the daemon at {} broke off: {detail}", socket.display())]
    Broken {
        /// Where we asked.
        socket: PathBuf,
        /// How.
        detail: String,
    },
}

impl Client {
    /// A client for the daemon at `socket`. Nothing is opened yet.
    ///
    /// # Errors
    /// When the HTTP client cannot be built, which is a fault of this machine.
    pub fn new(socket: impl AsRef<Path>) -> Result<Self, ClientError> {
        let socket = socket.as_ref().to_path_buf();
        let http = reqwest::Client::builder()
            .unix_socket(socket.as_path())
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_LIMIT)
            .read_timeout(ANSWER_LIMIT)
            .build()
            .map_err(|error| ClientError::Broken {
                socket: socket.clone(),
                detail: innermost(&error),
            })?;
        Ok(Self { http, socket })
    }

    /// `GET /v1/zones`, one page.
    ///
    /// # Errors
    /// See [`ClientError`]; so for every request below.
    pub async fn zones(
        &self,
        state: Option<ZoneState>,
        cursor: Option<&str>,
    ) -> Result<ZonePage, ClientError> {
        let limit = PAGE_MAX.to_string();
        let mut query = vec![("limit", limit.as_str())];
        query.extend(state.map(|state| ("state", state.as_str())));
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        self.ask(Method::GET, &["zones"], &query).await
    }

    /// The zone of this name in this view, if there is one.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn find(&self, name: &str, view: &str) -> Result<Option<ZoneItem>, ClientError> {
        let page: ZonePage =
            self.ask(Method::GET, &["zones"], &[("name", name), ("view", view)]).await?;
        Ok(page.items.into_iter().next())
    }

    /// `GET /v1/zones/{id}`; `digest` asks for the digest, which reads the whole zone.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn zone(&self, id: u32, digest: bool) -> Result<ZoneView, ClientError> {
        let query: &[_] = if digest { &[("digest", "true")] } else { &[] };
        self.ask(Method::GET, &["zones", &id.to_string()], query).await
    }

    /// `POST /v1/zones/{id}/refresh`: ask the primaries now.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn refresh(&self, id: u32) -> Result<Accepted, ClientError> {
        self.ask(Method::POST, &["zones", &id.to_string(), "refresh"], &[]).await
    }

    /// `POST /v1/zones/{id}/retransfer`: fetch the whole zone now, whatever its serial.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn retransfer(&self, id: u32) -> Result<Accepted, ClientError> {
        self.ask(Method::POST, &["zones", &id.to_string(), "retransfer"], &[]).await
    }

    /// `GET /v1/zones/{id}/export`: the version held, as a master file.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn export(&self, id: u32) -> Result<Export, ClientError> {
        let url = self.url(&["zones", &id.to_string(), "export"], &[])?;
        let request = self.http.get(url).timeout(EXPORT_LIMIT);
        let response = request.send().await.map_err(|e| self.broken(&e))?;
        let status = response.status().as_u16();
        if status != 200 {
            let body = response.bytes().await.map_err(|e| self.broken(&e))?;
            return Err(self.refusal(status, &body));
        }
        let head = head(&response).map_err(|name| self.garbled(format!("{name} is missing")))?;
        Ok(Export { head, response, client: self.clone() })
    }

    /// `POST /v1/reload`: read `understudy.toml` again.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn reload(&self) -> Result<ReloadReport, ClientError> {
        self.ask(Method::POST, &["reload"], &[]).await
    }

    /// `GET /v1/system`.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn system(&self) -> Result<SystemView, ClientError> {
        self.ask(Method::GET, &["system"], &[]).await
    }

    /// `GET /v1/health`; a daemon that is not ready is not an error here.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn health(&self) -> Result<Health, ClientError> {
        let (status, body) = self.exchange(Method::GET, &["health"], &[]).await?;
        if status == 200 || status == 503 {
            return self.read(&body);
        }
        Err(self.refusal(status, &body))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, ClientError> {
        let (status, body) = self.exchange(method, path, query).await?;
        if (200..300).contains(&status) {
            self.read(&body)
        } else {
            Err(self.refusal(status, &body))
        }
    }

    async fn exchange(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<(u16, Vec<u8>), ClientError> {
        let url = self.url(path, query)?;
        let response = self.http.request(method, url).send().await.map_err(|e| self.broken(&e))?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(|e| self.broken(&e))?;
        Ok((status, body.to_vec()))
    }

    /// The host is of no meaning on a Unix socket, but HTTP/1.1 wants one (RFC 9110 §7.2).
    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, ClientError> {
        let base = format!("http://understudy.invalid/v1/{}", path.join("/"));
        let url =
            if query.is_empty() { Url::parse(&base) } else { Url::parse_with_params(&base, query) };
        url.map_err(|error| ClientError::Broken {
            socket: self.socket.clone(),
            detail: error.to_string(),
        })
    }

    fn read<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, ClientError> {
        serde_json::from_slice(body).map_err(|error| self.garbled(error.to_string()))
    }

    fn refusal(&self, status: u16, body: &[u8]) -> ClientError {
        match serde_json::from_slice::<Problem>(body) {
            Ok(problem) => ClientError::Refused(problem),
            Err(_) => self.garbled(format!("status {status} without problem details")),
        }
    }

    fn garbled(&self, detail: String) -> ClientError {
        ClientError::Garbled { socket: self.socket.clone(), detail }
    }

    fn broken(&self, error: &reqwest::Error) -> ClientError {
        let socket = self.socket.clone();
        match connect_fault(error) {
            Some(ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                ClientError::NotRunning { socket }
            }
            Some(ErrorKind::PermissionDenied) => ClientError::Forbidden { socket },
            Some(_) | None => ClientError::Broken { socket, detail: innermost(error) },
        }
    }
}

/// A zone on its way: the version's serial at once, its text piece by piece.
#[derive(Debug)]
pub struct Export {
    head: ExportHead,
    response: reqwest::Response,
    client: Client,
}

impl Export {
    /// Which version it is.
    #[must_use]
    pub const fn head(&self) -> ExportHead {
        self.head
    }

    /// The next piece of the text; `None` when all of it has come.
    ///
    /// # Errors
    /// When the text breaks off: what has come so far is not the whole zone.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        let chunk = self.response.chunk().await.map_err(|e| self.client.broken(&e))?;
        Ok(chunk.map(|octets| octets.to_vec()))
    }
}

/// The facts in the header of an export, or the name of the field that does not have its own.
fn head(response: &reqwest::Response) -> Result<ExportHead, &'static str> {
    fn field<T: FromStr>(
        response: &reqwest::Response,
        name: &'static str,
    ) -> Result<T, &'static str> {
        let text = response.headers().get(name).and_then(|value| value.to_str().ok());
        text.and_then(|text| text.parse().ok()).ok_or(name)
    }
    Ok(ExportHead {
        serial: field(response, ZONE_SERIAL)?,
        records: field(response, ZONE_RECORDS)?,
        state: field(response, ZONE_STATE)?,
    })
}

/// The kind of the I/O error inside, if the connection was never made.
fn connect_fault(error: &reqwest::Error) -> Option<ErrorKind> {
    if !error.is_connect() {
        return None;
    }
    causes(error).find_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind)
}

/// The message closest to the reason; the outer ones only say that a request failed.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}

fn causes<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}
