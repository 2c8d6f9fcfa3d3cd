//! The activity log.

use async_trait::async_trait;
use attain_domain::activity::Activity;
use attain_domain::ids::{ActivityId, ActorId, RequestId, RunId};
use attain_domain::ports::{ActivityRepository, ChunkSize, StoreError};

use crate::bulk::Writer;
use crate::snapshot::PgSnapshot;
use crate::statements::activity as sql;
use crate::stored::{Reading, each};

fn activity(row: &mut Reading<'_>) -> Result<Activity, StoreError> {
    Ok(Activity {
        id: row.id(ActivityId)?,
        at: row.instant()?,
        actor: row.name(ActorId::parse)?,
        request: row.name_or_none(RequestId::parse)?,
        run: row.id_or_none(RunId)?,
        action: row.code()?,
        record: row.code()?,
        subject: row.text()?,
        count: row.count()?,
        before: row.text_or_none()?,
        after: row.text_or_none()?,
        reason: row.text_or_none()?,
    })
}

impl Writer<'_> {
    pub(crate) async fn insert_activities(&mut self, new: &[Activity]) -> Result<(), StoreError> {
        if new.is_empty() {
            return Ok(());
        }
        let mut cells = self.cells();
        cells.ids(new.iter().map(|row| row.id.0));
        cells.instants(new.iter().map(|row| row.at));
        cells.texts(new.iter().map(|row| row.actor.as_str()));
        let requests = new.iter().map(|row| row.request.as_ref());
        cells.texts_or_none(requests.map(|id| id.map(RequestId::as_str)));
        cells.ids_or_none(new.iter().map(|row| row.run.map(|id| id.0)));
        cells.codes(new.iter().map(|row| row.action));
        cells.codes(new.iter().map(|row| row.record));
        cells.texts(new.iter().map(|row| row.subject.as_str()));
        cells.counts(new.iter().map(|row| row.count));
        cells.texts_or_none(new.iter().map(|row| row.before.as_deref()));
        cells.texts_or_none(new.iter().map(|row| row.after.as_deref()));
        cells.texts_or_none(new.iter().map(|row| row.reason.as_deref()));
        self.run(sql::INSERT_ACTIVITIES, cells).await?;
        Ok(())
    }
}

#[async_trait]
impl ActivityRepository for PgSnapshot {
    async fn activities_after(
        &self,
        after: Option<ActivityId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Activity>, StoreError> {
        let mut cells = self.cells();
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        let rows = self.rows(sql::ACTIVITIES_AFTER, cells).await?;
        each("activities", &rows, activity)
    }
}
