//! The activity log of runs: one entry per commit and kind of record that is made, changed or
//! removed.

use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::change::Changes;
use attain_domain::ids::{ActivityId, RunId};
use attain_domain::time::Instant;

use crate::caller::Caller;
use crate::engine::Engine;

/// Completes the entries of a piece of work. Those of the domain's decisions name no request and no
/// run yet.
pub(super) fn log_activities(
    engine: &Engine,
    caller: &Caller,
    run: RunId,
    changes: &mut Changes,
    at: Instant,
) {
    for activity in &mut changes.activities {
        activity.request.clone_from(&caller.request);
        activity.run = Some(run);
    }
    for (action, record, count, first) in calculated(changes) {
        let Some(subject) = first else { continue };
        changes.activities.push(Activity {
            id: ActivityId(engine.ids.next()),
            at,
            actor: caller.actor.clone(),
            request: caller.request.clone(),
            run: Some(run),
            action,
            record,
            subject,
            count: count as u64,
            before: None,
            after: None,
            reason: None,
        });
    }
}

type Deed = (ActivityAction, RecordKind, usize, Option<String>);

/// What the calculation does to records, with the first of each: the domain's crediting writes its
/// own entries.
fn calculated(changes: &Changes) -> [Deed; 6] {
    use ActivityAction::{Created, Deleted, Updated};
    use RecordKind::{Calculation, Credit, Earning};
    fn deed<T>(
        action: ActivityAction,
        record: RecordKind,
        rows: &[T],
        id: impl Fn(&T) -> String,
    ) -> Deed {
        (action, record, rows.len(), rows.first().map(id))
    }
    [
        deed(Updated, Credit, &changes.credits_judged, |row| {
            row.id.to_string()
        }),
        deed(Created, Earning, &changes.earnings, |row| {
            row.id.to_string()
        }),
        deed(Updated, Earning, &changes.earnings_explained, |row| {
            row.id.to_string()
        }),
        deed(Updated, Earning, &changes.earnings_returned, |row| {
            row.id.to_string()
        }),
        deed(Deleted, Earning, &changes.earnings_departed, |row| {
            row.id.to_string()
        }),
        deed(Updated, Calculation, &changes.calculations, |row| {
            row.id.to_string()
        }),
    ]
}
