//! What the API says when it cannot do what was asked.

use serde::{Deserialize, Serialize};

/// Media type of a [`Problem`] (RFC 9457 §3).
pub const PROBLEM_CONTENT_TYPE: &str = "application/problem+json";

/// RFC 9457 problem details. `type` is always `about:blank`, so it is not sent (RFC 9457 §3.1.1);
/// programs match on `code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// HTTP status, repeated in the body for those who only see the body.
    pub status: u16,
    /// Stable name: a catalogue code (`REFUSED`) or one of the API's own (`zone.not-found`).
    pub code: String,
    /// The status in words.
    pub title: String,
    /// What happened this time, in one sentence.
    pub detail: String,
    /// What to do about it, if we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Problem {
    /// A problem without a fix; the title follows from the status.
    #[must_use]
    pub fn new(status: u16, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            title: title(status).to_owned(),
            detail: detail.into(),
            fix: None,
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// No such zone here: 404 `zone.not-found`.
    #[must_use]
    pub fn zone_not_found(asked: impl std::fmt::Display) -> Self {
        Self::new(404, "zone.not-found", format!("there is no zone {asked} on this instance"))
            .with_fix("`understudy zone list` shows the zones of this instance")
    }

    /// The zone is there, but no version of it: 409 `zone.not-held`.
    #[must_use]
    pub fn zone_not_held(zone: impl std::fmt::Display) -> Self {
        Self::new(409, "zone.not-held", format!("no version of {zone} is held on this instance"))
            .with_fix("it was never transferred, or its content was lost; `understudy zone status` says why")
    }
}

/// Reason phrase of the statuses that we use (RFC 9110 §15).
const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        414 => "URI Too Long",
        422 => "Unprocessable Content",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Problem",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problem_says_status_code_and_detail_and_leaves_out_what_it_lacks() {
        let problem = Problem::new(404, "path.unknown", "no such path");
        assert_eq!(
            serde_json::to_value(&problem).unwrap(),
            serde_json::json!({
                "status": 404, "code": "path.unknown", "title": "Not Found",
                "detail": "no such path",
            })
        );
    }

    #[test]
    fn problem_with_unknown_fields_is_still_read() {
        let text = r#"{"status":409,"code":"c","title":"t","detail":"d","instance":"/x"}"#;
        let problem: Problem = serde_json::from_str(text).unwrap();
        assert_eq!((problem.status, problem.fix), (409, None));
    }
}
