//! What the API needs of the daemon.

use crate::export::Held;
use api::{Health, Problem, ReloadReport, SystemView, ZoneItem, ZoneState, ZoneView};
use wire::name::Name;
use zone::ZoneId;

/// The daemon as the API sees it. Cheap to clone: one is made for each request.
///
/// Reads answer from snapshots and never wait for a zone's work. Commands return when they are
/// queued, not when they are done.
pub(crate) trait Control: Clone + Send + Sync + 'static {
    /// At most `filter.limit` zones that match, in the order of ids, starting after
    /// `filter.after`.
    fn zones(&self, filter: ZoneFilter) -> impl Future<Output = Vec<ZoneItem>> + Send;

    /// Everything about one zone; `None` if there is no such id.
    fn zone(&self, id: ZoneId, detail: Detail) -> impl Future<Output = Option<ZoneView>> + Send;

    /// The version held of a zone, served or not, at this moment. Problems: 404 `zone.not-found`,
    /// 409 `zone.not-held`.
    fn held(&self, id: ZoneId) -> impl Future<Output = Result<Held, Problem>> + Send;

    /// Asks the zone's primaries for their serial now. Problems: 404 `zone.not-found`,
    /// 503 when the zone takes no commands.
    fn refresh(&self, id: ZoneId) -> impl Future<Output = Result<Name, Problem>> + Send;

    /// Fetches the whole zone now. Problems as in [`Control::refresh`].
    fn retransfer(&self, id: ZoneId) -> impl Future<Output = Result<Name, Problem>> + Send;

    /// Reads the configuration again and acts on what differs. Problems: 422 `config.invalid`,
    /// and then nothing has changed.
    fn reload(&self) -> impl Future<Output = Result<ReloadReport, Problem>> + Send;

    /// The instance as a whole.
    fn system(&self) -> impl Future<Output = SystemView> + Send;

    /// Whether the instance should be sent queries.
    fn health(&self) -> impl Future<Output = Health> + Send;
}

/// Which zones to list. An absent field matches everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ZoneFilter {
    /// Apex.
    pub(crate) name: Option<Name>,
    /// Name of the view.
    pub(crate) view: Option<String>,
    /// State at this moment.
    pub(crate) state: Option<ZoneState>,
    /// Only ids greater than this.
    pub(crate) after: Option<ZoneId>,
    /// Zones at most; at least 1.
    pub(crate) limit: usize,
}

/// How much work a view is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// What is at hand.
    Plain,
    /// Also the digest, which reads the whole zone.
    WithDigest,
}
