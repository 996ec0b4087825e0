//! Moments on the command line: RFC 3339, or a day in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// What was given: a moment, or the first and the last of a day. Milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Reads `2027-01-31` or `2027-01-31T12:00:00Z`, for clap.
pub(super) fn parse(text: &str) -> Result<Moment, String> {
    let wrong = |error: jiff::Error| format!("expected 2027-01-31 or 2027-01-31T12:00:00Z: {error}");
    if text.len() > "2027-01-31".len() {
        let moment: Timestamp = text.parse().map_err(wrong)?;
        let moment = moment.as_millisecond();
        return Ok(Moment {
            first: moment,
            last: moment,
        });
    }
    let day: Date = text.parse().map_err(wrong)?;
    let start = |day: Date| {
        day.to_zoned(TimeZone::UTC)
            .map(|zoned| zoned.timestamp().as_millisecond())
    };
    let next = day.checked_add(1.day()).map_err(wrong)?;
    Ok(Moment {
        first: start(day).map_err(wrong)?,
        last: start(next).map_err(wrong)? - 1,
    })
}

/// A moment for people; one beyond the calendar as its number.
pub(super) fn show(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| format!("{milliseconds} ms"), |moment| moment.to_string())
}

/// Now, in milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_ends_with_its_last_millisecond() {
        let day = parse("2027-01-31").unwrap();
        assert_eq!(
            (show(day.first), show(day.last)),
            ("2027-01-31T00:00:00Z".into(), "2027-01-31T23:59:59.999Z".into())
        );
        let moment = parse("2027-01-31T12:00:00+02:00").unwrap();
        assert_eq!(
            (show(moment.first), moment.first),
            ("2027-01-31T10:00:00Z".into(), moment.last)
        );
        for wrong in ["", "tomorrow", "2027-02-30", "2027-01-31T12:00:00", "31.01.2027"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(show(i64::MAX), format!("{} ms", i64::MAX));
    }
}
