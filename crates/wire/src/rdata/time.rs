//! Points in time as signatures show them.
//!
//! Pure: a calendar, no clock.
//!
//! Standards: RFC 4034 §3.1.5, §3.2.

use core::fmt;

/// YYYYMMDDHHmmSS in UTC (RFC 4034 §3.2), 1970 to 2106.
pub(super) fn print(seconds: u32, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    write!(out, "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

/// Days since 1970 as year, month, day: counts from March 1st of year 0, in eras of 400 years.
#[expect(clippy::arithmetic_side_effects, reason = "at most 49,710 days, so nothing can overflow")]
const fn civil_from_days(days: u32) -> (u32, u32, u32) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// YYYYMMDDHHmmSS, or seconds since 1970 when shorter (RFC 4034 §3.2).
pub(super) fn parse(text: &str) -> Option<u32> {
    if !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    if text.len() != 14 {
        return text.parse().ok();
    }
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_from_civil(year, month, day)?;
    let second_of_day = hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?)?;
    days.checked_mul(86_400)?.checked_add(second_of_day.checked_add(second)?)
}

/// Days from 1970 to a day that exists, until 2106.
fn days_from_civil(year: u32, month: u32, day: u32) -> Option<u32> {
    const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let is_leap = |year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let in_year = |year| if is_leap(year) { 366_u32 } else { 365 };
    let in_month = |month: usize, length: u32| {
        if month == 1 && is_leap(year) { length.saturating_add(1) } else { length }
    };
    if !(1970..=2106).contains(&year) {
        return None;
    }
    let months_before = usize::try_from(month.checked_sub(1)?).ok()?;
    let length = DAYS.get(months_before).map(|length| in_month(months_before, *length))?;
    if day > length {
        return None;
    }
    let before: u32 =
        DAYS.iter().take(months_before).enumerate().map(|(n, d)| in_month(n, *d)).sum();
    (1970..year).map(in_year).sum::<u32>().checked_add(before)?.checked_add(day.checked_sub(1)?)
}
