//! Lists of keys as parameters: ids, and participants with where to go on.

use attain_domain::ids::ParticipantId;
use attain_domain::ports::StoreError;
use attain_domain::time::{Date, DateRange};
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::bulk::Writer;
use crate::cells::{Cells, FIRST_DATE, LAST_DATE};
use crate::error::{conflict, corrupt};
use crate::snapshot::PgSnapshot;
use crate::stored::each;

impl PgSnapshot {
    /// The rows that a statement gives for a list of ids, which it need not look at twice.
    pub(crate) async fn rows_of(
        &self,
        statement: &'static str,
        ids: impl Iterator<Item = Uuid> + Send,
    ) -> Result<Vec<PgRow>, StoreError> {
        let mut ids: Vec<Uuid> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let mut cells = self.cells();
        cells.ids(ids);
        self.rows(statement, cells).await
    }
}

impl Cells {
    /// Three parameters: the participants from the position on, in rising order; for each the date
    /// to begin at; the date to end before. Says whether the position is within the first of them.
    pub(crate) fn participants(
        &mut self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<(&ParticipantId, Date)>,
    ) -> bool {
        let mut rest: Vec<&ParticipantId> = participants
            .iter()
            .filter(|whose| after.is_none_or(|(after, _)| *whose >= after))
            .collect();
        rest.sort_unstable();
        rest.dedup();
        let within = after.filter(|(after, _)| rest.first() == Some(after));
        let begin = range.from.unwrap_or(FIRST_DATE);
        let mut dates = vec![begin; rest.len()];
        if let (Some((_, date)), Some(first)) = (within, dates.first_mut()) {
            *first = begin.max(date);
        }
        self.texts(rest.iter().map(|whose| whose.as_str()));
        self.dates(dates);
        self.date(range.to.unwrap_or(LAST_DATE));
        within.is_some()
    }
}

impl Writer<'_> {
    /// Runs a statement over a list of ids whose rows must all be there.
    pub(crate) async fn remove(
        &mut self,
        what: &str,
        statement: &'static str,
        ids: impl Iterator<Item = Uuid> + Send,
    ) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = ids.collect();
        if ids.is_empty() {
            return Ok(());
        }
        let wanted = ids.len();
        let mut cells = self.cells();
        cells.ids(ids);
        self.change(what, statement, cells, wanted).await
    }

    /// That no row of these ids is there yet. A primary key over partitions has the date in it, so
    /// it is no lock against an id that comes again on another one.
    pub(crate) async fn refuse_present(
        &mut self,
        what: &str,
        statement: &'static str,
        ids: impl Iterator<Item = Uuid> + Send,
    ) -> Result<(), StoreError> {
        let mut ids: Vec<Uuid> = ids.collect();
        ids.sort_unstable();
        let (Some(first), Some(last)) = (ids.first().copied(), ids.last().copied()) else {
            return Ok(());
        };
        let comes_twice = ids.windows(2).any(|pair| pair[0] == pair[1]);
        let mut cells = self.cells();
        cells.ids(ids);
        cells.id(first);
        cells.id(last);
        if comes_twice || self.holds(statement, cells).await? {
            return Err(conflict(format!(
                "some of the new {what} are there already"
            )));
        }
        Ok(())
    }

    /// Whether what a statement asks is so.
    pub(crate) async fn holds(
        &mut self,
        statement: &'static str,
        cells: Cells,
    ) -> Result<bool, StoreError> {
        let rows = self.rows(statement, cells).await?;
        let answers = each("answers", &rows, |row| row.flag())?;
        answers
            .first()
            .copied()
            .ok_or_else(|| corrupt("answers", "there is none"))
    }
}
