//! Civil dates, half-open date ranges, and instants as values. Nothing here asks what time it is.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

/// A civil date.
pub type Date = NaiveDate;

/// A moment, to the microsecond (what every store keeps exactly).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// Cuts to whole microseconds.
    #[must_use]
    pub fn new(at: DateTime<Utc>) -> Self {
        let micros = at.timestamp_micros();
        Self(DateTime::from_timestamp_micros(micros).unwrap_or(at))
    }

    /// From microseconds since 1970; `None` outside the range of dates.
    #[must_use]
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Self)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// As a calendar value.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%.6fZ"))
    }
}

/// Half-open span of dates, `[from, to)`; either end may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    /// First date in it; `None` is the beginning of time.
    pub from: Option<Date>,
    /// First date after it; `None` is forever.
    pub to: Option<Date>,
}

impl DateRange {
    /// Everything.
    pub const ALWAYS: Self = Self {
        from: None,
        to: None,
    };

    /// `[from, to)`.
    #[must_use]
    pub fn between(from: Date, to: Date) -> Self {
        Self {
            from: Some(from),
            to: Some(to),
        }
    }

    /// Whether the date is in it.
    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date < to)
    }

    /// Whether they share a date.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let starts_before_end = |a: &Self, b: &Self| match (a.from, b.to) {
            (Some(from), Some(to)) => from < to,
            _ => true,
        };
        starts_before_end(self, other) && starts_before_end(other, self)
    }

    /// Whether it holds no date.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if from >= to)
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, None) => f.write_str("always"),
            (Some(from), None) => write!(f, "from {from}"),
            (None, Some(to)) => write!(f, "before {to}"),
            (Some(from), Some(to)) => write!(f, "from {from} before {to}"),
        }
    }
}
