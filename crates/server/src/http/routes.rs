//! Paths, methods, limits, and the way from a request to a view.

use super::control::{Control, Detail, ZoneFilter};
use super::export::ExportBody;
use api::{Accepted, Health, PAGE_DEFAULT, PAGE_MAX, Problem, ReloadReport, SystemView};
use api::{ZonePage, ZoneState, ZoneView};
use axum::body::{Body, to_bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use wire::name::Name;
use zone::ZoneId;

/// Octets of a request body at most. No request has a use for one yet.
const BODY_BYTES_MAX: usize = 64 * 1_024;
/// Octets of path and query at most: a name in presentation form can take 1,000.
const URI_BYTES_MAX: usize = 4_096;
/// The longest that a request may take, below the limit of our own client.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// Zones that are exported at the same time; others wait. Each costs a thread and holds a version.
const EXPORTS_MAX: usize = 4;

/// All paths of the API.
pub(super) fn router<C: Control>(control: C) -> Router {
    let turns = Exports(Arc::new(Semaphore::new(EXPORTS_MAX)));
    Router::new()
        .route("/v1/zones", get(zones::<C>))
        .route("/v1/zones/{id}", get(zone::<C>))
        .route("/v1/zones/{id}/export", get(export::<C>))
        .route("/v1/zones/{id}/refresh", post(refresh::<C>))
        .route("/v1/zones/{id}/retransfer", post(retransfer::<C>))
        .route("/v1/reload", post(reload::<C>))
        .route("/v1/system", get(system::<C>))
        .route("/v1/health", get(health::<C>))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .layer(middleware::from_fn(bounded))
        .layer(Extension(turns))
        .with_state(control)
}

/// `GET /v1/zones`. Problems: 400 `query.invalid`.
async fn zones<C: Control>(
    State(control): State<C>,
    query: Result<Query<ZonesQuery>, QueryRejection>,
) -> Result<Json<ZonePage>, Refusal> {
    let mut filter = parse_query(query)?.into_filter()?;
    let limit = filter.limit;
    filter.limit = limit.saturating_add(1); // one more tells whether there is a next page
    let mut items = control.zones(filter).await;
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Json(ZonePage { items, next_cursor }))
}

/// `GET /v1/zones/{id}`. Problems: 400 `query.invalid`, 404 `zone.not-found`.
async fn zone<C: Control>(
    State(control): State<C>,
    id: Result<Path<u32>, PathRejection>,
    query: Result<Query<ZoneQuery>, QueryRejection>,
) -> Result<Json<ZoneView>, Refusal> {
    let id = parse_id(id)?;
    let detail = if parse_query(query)?.digest { Detail::WithDigest } else { Detail::Plain };
    let view = control.zone(id, detail).await;
    Ok(Json(view.ok_or_else(|| Problem::zone_not_found(format_args!("number {}", id.0)))?))
}

/// `GET /v1/zones/{id}/export`: the version held, as a master file (RFC 4027). Problems: 404
/// `zone.not-found`, 409 `zone.not-held`.
async fn export<C: Control>(
    State(control): State<C>,
    Extension(Exports(turns)): Extension<Exports>,
    id: Result<Path<u32>, PathRejection>,
) -> Result<ExportBody, Refusal> {
    let id = parse_id(id)?;
    let turn = turns.acquire_owned().await;
    let turn = turn.map_err(|_| Problem::new(503, "daemon.stopping", "the daemon is stopping"))?;
    Ok(ExportBody { held: control.held(id).await?, turn })
}

/// `POST /v1/zones/{id}/refresh`. Problems: 404 `zone.not-found`, 503.
async fn refresh<C: Control>(
    State(control): State<C>,
    id: Result<Path<u32>, PathRejection>,
) -> Result<(StatusCode, Json<Accepted>), Refusal> {
    let id = parse_id(id)?;
    let apex = control.refresh(id).await?;
    Ok((StatusCode::ACCEPTED, Json(Accepted { id: id.0, name: apex.to_string() })))
}

/// `POST /v1/zones/{id}/retransfer`. Problems: 404 `zone.not-found`, 503.
async fn retransfer<C: Control>(
    State(control): State<C>,
    id: Result<Path<u32>, PathRejection>,
) -> Result<(StatusCode, Json<Accepted>), Refusal> {
    let id = parse_id(id)?;
    let apex = control.retransfer(id).await?;
    Ok((StatusCode::ACCEPTED, Json(Accepted { id: id.0, name: apex.to_string() })))
}

/// `POST /v1/reload`. Problems: 422 `config.invalid`.
async fn reload<C: Control>(State(control): State<C>) -> Result<Json<ReloadReport>, Refusal> {
    Ok(Json(control.reload().await?))
}

/// `GET /v1/system`.
async fn system<C: Control>(State(control): State<C>) -> Json<SystemView> {
    Json(control.system().await)
}

/// `GET /v1/health`: 503 until ready, for those who only look at the status.
async fn health<C: Control>(State(control): State<C>) -> (StatusCode, Json<Health>) {
    let health = control.health().await;
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health))
}

/// The turns of exports.
#[derive(Clone)]
struct Exports(Arc<Semaphore>);

async fn unknown_path(request: Request) -> Refusal {
    let path = request.uri().path();
    Refusal(Problem::new(404, "path.unknown", format!("there is nothing at {path}")))
}

async fn unknown_method(request: Request) -> Refusal {
    let (method, path) = (request.method(), request.uri().path());
    Refusal(Problem::new(405, "method.not-allowed", format!("{path} does not take {method}")))
}

/// Bounds size and time of every request.
async fn bounded(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let uri_bytes = parts.uri.path_and_query().map_or(0, |text| text.as_str().len());
    if uri_bytes > URI_BYTES_MAX {
        let detail = format!("path and query have {uri_bytes} octets, at most {URI_BYTES_MAX}");
        return Refusal(Problem::new(414, "path.too-long", detail)).into_response();
    }
    let answer = async {
        match to_bytes(body, BODY_BYTES_MAX).await {
            Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
            Err(_) => {
                let detail = format!("a request body has at most {BODY_BYTES_MAX} octets");
                Refusal(Problem::new(413, "body.too-large", detail)).into_response()
            }
        }
    };
    tokio::time::timeout(REQUEST_LIMIT, answer).await.unwrap_or_else(|_| {
        let detail = format!("no answer within {} seconds", REQUEST_LIMIT.as_secs());
        Refusal(Problem::new(504, "request.timeout", detail)).into_response()
    })
}

/// What may be asked of `GET /v1/zones`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ZonesQuery {
    name: Option<String>,
    view: Option<String>,
    state: Option<ZoneState>,
    cursor: Option<u32>,
    limit: Option<usize>,
}

impl ZonesQuery {
    fn into_filter(self) -> Result<ZoneFilter, Problem> {
        let name = self.name.map(|text| parse_name(&text)).transpose()?;
        let limit = self.limit.unwrap_or(PAGE_DEFAULT);
        if !(1..=PAGE_MAX).contains(&limit) {
            let detail = format!("`limit` is {limit}, expected 1 to {PAGE_MAX}");
            return Err(Problem::new(400, "query.invalid", detail));
        }
        let (view, state, after) = (self.view, self.state, self.cursor.map(ZoneId));
        Ok(ZoneFilter { name, view, state, after, limit })
    }
}

/// What may be asked of `GET /v1/zones/{id}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneQuery {
    #[serde(default)]
    digest: bool,
}

fn parse_query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    let Query(query) =
        query.map_err(|fault| Problem::new(400, "query.invalid", fault.body_text()))?;
    Ok(query)
}

/// An id that is no number names no zone, so it is 404 like any other.
fn parse_id(id: Result<Path<u32>, PathRejection>) -> Result<ZoneId, Problem> {
    let Path(id) = id.map_err(|_| {
        Problem::zone_not_found("with that id")
            .with_fix("ids are numbers; find them by name with GET /v1/zones?name=")
    })?;
    Ok(ZoneId(id))
}

fn parse_name(text: &str) -> Result<Name, Problem> {
    text.parse().map_err(|fault| {
        Problem::new(400, "query.invalid", format!("`name` is not a domain name: {fault}"))
    })
}

/// A problem on its way out.
struct Refusal(Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.0)).into_response();
        let media_type = HeaderValue::from_static(api::PROBLEM_CONTENT_TYPE);
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        response
    }
}
