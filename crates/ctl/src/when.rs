//! Moments as seen from now.

use crate::text;
use api::Timestamp;

/// The moment in which a page is written; given, so that pages can be tested.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now(jiff::Timestamp);

impl Now {
    pub(crate) fn read() -> Self {
        Self(jiff::Timestamp::now())
    }

    #[cfg(test)]
    pub(crate) fn at(text: &str) -> Self {
        Self(text.parse().unwrap())
    }

    /// `3 min 12 s ago`, `in 6 d 23 h`, or `now`.
    #[must_use]
    pub(crate) fn away(self, moment: &Timestamp) -> String {
        let Ok(moment_read) = moment.0.parse::<jiff::Timestamp>() else {
            return format!("at {}", text::line(&moment.0));
        };
        let seconds = moment_read.as_second().saturating_sub(self.0.as_second());
        match seconds {
            0 => "now".to_owned(),
            1.. => format!("in {}", span(seconds.unsigned_abs())),
            _ => format!("{} ago", span(seconds.unsigned_abs())),
        }
    }

    /// The same with the moment itself: `3 min 12 s ago (2026-08-01 09:30:00 UTC)`.
    #[must_use]
    pub(crate) fn full(self, moment: &Timestamp) -> String {
        match moment.0.parse::<jiff::Timestamp>() {
            Err(_) => self.away(moment),
            Ok(read) => {
                let day_and_time = format!("{read:.0}").replace('T', " ").replace('Z', " UTC");
                format!("{} ({day_and_time})", self.away(moment))
            }
        }
    }
}

/// A span in its two largest units.
#[must_use]
pub(crate) fn span(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes, rest) {
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, 0) => format!("{m} min"),
        (0, 0, m, s) => format!("{m} min {s} s"),
        (0, h, 0, _) => format!("{h} h"),
        (0, h, m, _) => format!("{h} h {m} min"),
        (d, 0, _, _) => format!("{d} d"),
        (d, h, _, _) => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_their_two_largest_units() {
        for (seconds, told) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (192, "3 min 12 s"),
            (3_600, "1 h"),
            (3_659, "1 h"),
            (7_500, "2 h 5 min"),
            (86_400, "1 d"),
            (604_799, "6 d 23 h"),
        ] {
            assert_eq!(span(seconds), told);
        }
    }

    #[test]
    fn moments_are_told_from_now() {
        let now = Now::at("2026-08-01T09:30:00.900Z");
        let away = |text: &str| now.away(&Timestamp(text.to_owned()));
        assert_eq!(away("2026-08-01T09:30:00.100Z"), "now");
        assert_eq!(away("2026-08-01T09:29:48Z"), "12 s ago");
        assert_eq!(away("2026-08-02T10:30:00Z"), "in 1 d 1 h");
        assert_eq!(away("soon\u{1b}"), "at soon\\u{1b}");
        let full = now.full(&Timestamp("2026-08-01T09:29:48.120Z".to_owned()));
        assert_eq!(full, "12 s ago (2026-08-01 09:29:48 UTC)");
    }
}
