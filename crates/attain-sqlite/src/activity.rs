//! The activity log.

use async_trait::async_trait;
use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::ids::{ActivityId, ActorId, RequestId, RunId};
use attain_domain::ports::{ActivityRepository, ChunkSize, StoreError};
use attain_domain::time::Instant;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::Cells;
use crate::snapshot::SqliteSnapshot;
use crate::statements::activity as sql;
use crate::stored::{Maybe, Text, Whole, rows};

#[derive(Deserialize)]
struct ActivityRow {
    id: Text<ActivityId>,
    at: Whole<Instant>,
    actor: Text<ActorId>,
    request: Option<Text<RequestId>>,
    run: Maybe<RunId>,
    action: Text<ActivityAction>,
    record: Text<RecordKind>,
    subject: String,
    count: u64,
    before: Option<String>,
    after: Option<String>,
    reason: Option<String>,
}

impl ActivityRow {
    fn into_activity(self) -> Activity {
        Activity {
            id: self.id.0,
            at: self.at.0,
            actor: self.actor.0,
            request: self.request.map(|request| request.0),
            run: self.run.0,
            action: self.action.0,
            record: self.record.0,
            subject: self.subject,
            count: self.count,
            before: self.before,
            after: self.after,
            reason: self.reason,
        }
    }
}

impl Writer<'_> {
    pub(crate) async fn insert_activities(&mut self, new: &[Activity]) -> Result<(), StoreError> {
        self.write(sql::INSERT_ACTIVITIES, new, fill).await?;
        Ok(())
    }
}

fn fill(cells: &mut Cells, row: &Activity) {
    let Activity {
        id,
        at,
        actor,
        request,
        run,
        action,
        record,
        subject,
        count,
        before,
        after,
        reason,
    } = row;
    cells.id(id.0);
    cells.instant(*at);
    cells.text(actor.as_str());
    cells.text_or_none(request.as_ref().map(RequestId::as_str));
    cells.id_or_none(run.map(|id| id.0));
    cells.code(*action);
    cells.code(*record);
    cells.text(subject);
    cells.count(*count);
    cells.text_or_none(before.as_deref());
    cells.text_or_none(after.as_deref());
    cells.text_or_none(reason.as_deref());
}

#[async_trait]
impl ActivityRepository for SqliteSnapshot {
    async fn activities_after(
        &self,
        after: Option<ActivityId>,
        chunk: ChunkSize,
    ) -> Result<Vec<Activity>, StoreError> {
        let mut cells = self.cells();
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        let page = self.page(sql::ACTIVITIES_AFTER, cells).await?;
        let entries: Vec<ActivityRow> = rows("activities", &page)?;
        Ok(entries
            .into_iter()
            .map(ActivityRow::into_activity)
            .collect())
    }
}
