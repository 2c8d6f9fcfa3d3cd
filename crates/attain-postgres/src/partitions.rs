//! The partitions by year: which there are, and making those that a commit needs. They are made
//! outside of the commit's transaction, so that others see them at once and nobody waits for it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use attain_domain::change::Changes;
use attain_domain::definition::{Calendar, Definition};
use attain_domain::ports::{StoreError, StoreErrorKind};
use attain_domain::time::Date;
use chrono::Datelike;
use sqlx::PgPool;

use crate::bulk;
use crate::cells::Cells;
use crate::session::{Preamble, Purpose, Session};
use crate::statements::schema as sql;
use crate::stored::each;

/// The years that are stored; others have no partitions.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// Most years that one calendar gets partitions for ahead. Rows of others get them when they come.
const YEARS_AHEAD: usize = 30;

/// The years that are known to have their partitions. Partitions are never taken away.
#[derive(Default)]
pub(crate) struct Years(Mutex<BTreeSet<i32>>);

impl Years {
    /// Those that the database has now.
    pub(crate) async fn load(
        pool: &PgPool,
        preamble: &Preamble,
        prepared: bool,
    ) -> Result<Self, StoreError> {
        let mut session = Session::begin(pool, preamble, Purpose::View, None).await?;
        let connection = session.connection()?;
        let rows = bulk::rows(connection, prepared, sql::KNOWN_YEARS, Cells::default()).await?;
        let years = each("partitions", &rows, |row| row.cell::<i32>())?;
        session.rollback().await;
        Ok(Self(Mutex::new(years.into_iter().collect())))
    }

    /// Makes the partitions that a commit needs and that are not known to be there.
    pub(crate) async fn open_for(
        &self,
        changes: &Changes,
        pool: &PgPool,
        preamble: &Preamble,
        prepared: bool,
    ) -> Result<(), StoreError> {
        let missing = self.missing(changes);
        for (first, last) in spans(&missing) {
            let (Some(first), Some(last)) = (first_day(first), first_day(last)) else {
                let text = format!("nothing of the years {first} to {last} is stored");
                return Err(StoreError::new(StoreErrorKind::Internal, text));
            };
            let mut session = Session::begin(pool, preamble, Purpose::Commit, None).await?;
            let mut cells = Cells::default();
            cells.date(first);
            cells.date(last);
            let connection = session.connection()?;
            bulk::rows(connection, prepared, sql::OPEN_PARTITIONS, cells).await?;
            session.commit().await?;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(missing);
        Ok(())
    }

    fn missing(&self, changes: &Changes) -> BTreeSet<i32> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut missing = BTreeSet::new();
        let mut last = None;
        for date in dates(changes) {
            let year = date.year();
            // Most rows of a commit are of one year.
            if last != Some(year) && !known.contains(&year) {
                missing.insert(year);
            }
            last = Some(year);
        }
        for definition in &changes.definitions {
            if let Some(Definition::Calendar(calendar)) = definition.body() {
                missing.extend(years_of(calendar).difference(&known));
            }
        }
        missing
    }
}

/// The dates by which the rows of a commit are partitioned.
fn dates(changes: &Changes) -> impl Iterator<Item = Date> {
    let transactions = changes.transactions.iter().map(|row| row.event_date);
    let credits = changes.credits.iter().map(|row| row.credit_date);
    let earnings = changes.earnings.iter().map(|row| row.date);
    let moved = changes.earnings_returned.iter();
    let moved = moved.chain(&changes.earnings_explained);
    let moved = moved.map(|facts| facts.date);
    transactions.chain(credits).chain(earnings).chain(moved)
}

fn years_of(calendar: &Calendar) -> BTreeSet<i32> {
    let days = calendar
        .periods
        .iter()
        .flat_map(|period| period.start.year()..=period.last_date().year());
    let mut years: BTreeSet<i32> = BTreeSet::new();
    for year in days.filter(|year| YEARS.contains(year)) {
        if years.len() >= YEARS_AHEAD {
            break;
        }
        years.insert(year);
    }
    years
}

/// The years as first and last of each unbroken row of them.
fn spans(years: &BTreeSet<i32>) -> Vec<(i32, i32)> {
    let mut spans: Vec<(i32, i32)> = Vec::new();
    for year in years {
        match spans.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*year) => *last = *year,
            _ => spans.push((*year, *year)),
        }
    }
    spans
}

fn first_day(year: i32) -> Option<Date> {
    YEARS
        .contains(&year)
        .then(|| Date::from_ymd_opt(year, 1, 1))
        .flatten()
}

#[cfg(test)]
mod tests;
