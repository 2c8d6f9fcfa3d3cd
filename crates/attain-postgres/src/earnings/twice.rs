//! At most one current earning has a key. Within a year the index of its partition sees to it; here
//! is what looks into the other years.

use std::collections::BTreeMap;

use attain_domain::earning::{Earning, EarningKey};
use attain_domain::ids::{EarningId, LineageId};
use attain_domain::ports::StoreError;
use attain_domain::time::Date;
use chrono::Datelike;
use sqlx::postgres::PgRow;

use super::{WHAT, key};
use crate::bulk::Writer;
use crate::cells::Cells;
use crate::error::conflict;
use crate::statements::earnings as sql;
use crate::stored::each;

/// A current earning of a commit.
struct Current<'a> {
    id: EarningId,
    key: &'a EarningKey,
    date: Date,
}

impl Writer<'_> {
    /// That no other year has a current earning of the key of a new one.
    pub(super) async fn refuse_new_twice(&mut self, new: &[Earning]) -> Result<(), StoreError> {
        let current = new.iter().filter(|row| row.is_current());
        let current = current.map(|row| Current {
            id: row.id,
            key: &row.key,
            date: row.date,
        });
        let current: Vec<Current<'_>> = current.collect();
        self.refuse_twice(&current).await
    }

    /// As [`Self::refuse_new_twice`], for what came back from history: the rows say what that is.
    pub(super) async fn refuse_returned_twice(&mut self, back: &[PgRow]) -> Result<(), StoreError> {
        let back = each(WHAT, back, |row| {
            Ok((row.id(EarningId)?, key(row)?, row.date()?, row.flag()?))
        })?;
        let current = back.iter().filter(|(_, _, _, is_current)| *is_current);
        let current = current.map(|(id, key, date, _)| Current {
            id: *id,
            key,
            date: *date,
        });
        let current: Vec<Current<'_>> = current.collect();
        self.refuse_twice(&current).await
    }

    async fn refuse_twice(&mut self, current: &[Current<'_>]) -> Result<(), StoreError> {
        let Some(span) = year_of(current) else {
            return Ok(());
        };
        let mut lineages: Vec<LineageId> =
            current.iter().filter_map(|row| row.key.lineage).collect();
        lineages.sort_unstable();
        lineages.dedup();
        if !lineages.is_empty() {
            let mut cells = self.outside(span);
            cells.ids(lineages.iter().map(|id| id.0));
            let there = self.rows(sql::CURRENT_OF_CREDITS_OUTSIDE, cells).await?;
            check(current, &there)?;
        }
        let keys: Vec<&EarningKey> = current
            .iter()
            .map(|row| row.key)
            .filter(|key| key.lineage.is_none())
            .collect();
        if !keys.is_empty() {
            let mut cells = self.outside(span);
            cells.texts(keys.iter().map(|key| key.participant.as_str()));
            cells.texts(keys.iter().map(|key| key.plan.as_str()));
            cells.texts(keys.iter().map(|key| key.component.as_str()));
            cells.texts(keys.iter().map(|key| key.interval.as_str()));
            let there = self.rows(sql::CURRENT_OF_INTERVALS_OUTSIDE, cells).await?;
            check(current, &there)?;
        }
        Ok(())
    }

    fn outside(&self, (first, after): (Date, Date)) -> Cells {
        let mut cells = self.cells();
        cells.date(first);
        cells.date(after);
        cells
    }
}

/// The first day of the year of these earnings, and of the next. If they are of several years, an
/// empty span: then all years are looked into, and these earnings are found there, too.
fn year_of(earnings: &[Current<'_>]) -> Option<(Date, Date)> {
    let year = earnings.first()?.date.year();
    let first = Date::from_ymd_opt(year, 1, 1)?;
    if earnings.iter().any(|row| row.date.year() != year) {
        return Some((first, first));
    }
    Some((first, Date::from_ymd_opt(year.checked_add(1)?, 1, 1)?))
}

fn check(current: &[Current<'_>], there: &[PgRow]) -> Result<(), StoreError> {
    let there = each(WHAT, there, |row| Ok((row.id(EarningId)?, key(row)?)))?;
    if there.is_empty() {
        return Ok(());
    }
    let ids: BTreeMap<&EarningKey, EarningId> =
        current.iter().map(|row| (row.key, row.id)).collect();
    let is_another =
        |(id, key): &(EarningId, EarningKey)| ids.get(key).is_some_and(|named| named != id);
    if there.iter().any(is_another) {
        return Err(conflict("a key would have two current earnings"));
    }
    Ok(())
}
