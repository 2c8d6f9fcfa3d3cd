//! The activity log: what was done is on it once, as it was written, in the order of writing, and
//! stays as it is.

use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::change::{ChangeSet, Changes, Guard};
use attain_domain::ids::RunId;
use attain_domain::ports::ChunkSize;
use attain_domain::stamp::Version;
use attain_domain::testing::{activity, request, uuid};

use super::fidelity::extremes::{LARGEST, Numbered, instants, names, texts};
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::samples::{first_commit, second_commit, third_commit};
use crate::site::Site;

cases! { "activity":
    /// Snapshot: What was written is read back equal, field by field.
    activities_are_read_as_they_were_written
    /// ActivityRepository::activities_after: Entries with ids above `after`, in rising order.
    activities_are_listed_by_id
    /// Store::commit: A set fails whole, as `StoreErrorKind::Conflict`, if a row that it adds is
    /// there already
    an_entry_is_never_written_over
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    what_was_refused_left_no_entry
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    entries_stay_whatever_comes_later
}

async fn activities_are_read_as_they_were_written(site: Site) {
    use ActivityAction::{Created, Deleted, Updated};
    let kinds = [
        RecordKind::Definition,
        RecordKind::Transaction,
        RecordKind::Credit,
        RecordKind::Earning,
        RecordKind::Batch,
        RecordKind::Paysheet,
        RecordKind::PaymentLine,
        RecordKind::Reward,
        RecordKind::Clear,
        RecordKind::ClearUndo,
        RecordKind::Run,
        RecordKind::Calculation,
    ];
    let entries: Vec<Activity> = Numbered::new(activity)
        .vary(instants(), |row, at| row.at = at)
        .vary(names(), |row, name| row.actor = name)
        .vary(names(), |row, name| row.request = Some(name))
        .vary([RunId(uuid(7))], |row, run| row.run = Some(run))
        .vary([Created, Updated, Deleted], |row, action| {
            row.action = action
        })
        .vary(kinds, |row, kind| row.record = kind)
        .vary(texts(), |row, text| row.subject = text)
        .vary([0, LARGEST], |row, count| row.count = count)
        .vary(texts(), |row, text| row.before = Some(text))
        .vary(texts(), |row, text| row.after = Some(text))
        .vary(texts(), |row, text| row.reason = Some(text))
        .rows;
    site.commit(Changes {
        activities: entries.clone(),
        ..Changes::default()
    })
    .await;
    let read = site
        .view()
        .await
        .activities_after(None, ChunkSize::largest())
        .await
        .unwrap();
    check_same(&read, &entries, "processes");
}

async fn activities_are_listed_by_id(site: Site) {
    let all: Vec<_> = (1..=6).map(activity).collect();
    for some in [&all[..2], &all[2..3], &all[3..]] {
        site.commit(Changes {
            activities: some.iter().rev().cloned().collect(),
            ..Changes::default()
        })
        .await;
    }
    let view = site.view().await;
    check_list(
        "activities",
        &all,
        |entry| entry.id,
        async |after, chunk| view.activities_after(after, chunk).await.unwrap(),
    )
    .await;
}

fn only(activities: Vec<Activity>) -> Changes {
    Changes {
        activities,
        ..Changes::default()
    }
}

async fn log_of(site: &Site) -> Vec<Activity> {
    let view = site.view().await;
    let page = view.activities_after(None, ChunkSize::largest()).await;
    page.unwrap()
}

async fn an_entry_is_never_written_over(site: Site) {
    site.commit(only(vec![activity(1)])).await;
    let other = Activity {
        subject: "something else".to_owned(),
        ..activity(1)
    };
    let set = only(vec![activity(2), other]);
    site.check_conflicts(set, "an entry of this id is there")
        .await;
    check_same(&log_of(&site).await, &[activity(1)], "the log");
}

async fn what_was_refused_left_no_entry(site: Site) {
    site.commit(only(vec![activity(1)])).await;
    let broken = Guard::RunAt(RunId(uuid(99)), Version(1));
    let set = site.set(vec![broken.clone()], only(vec![activity(2)]));
    site.check_guard_fails(set, &broken).await;
    let requested = |number| ChangeSet {
        request: Some(request("first")),
        ..site.set(Vec::new(), only(vec![activity(number)]))
    };
    site.try_commit(requested(3)).await.expect("a new request");
    site.check_fails(requested(4)).await;
    let expected = [activity(1), activity(3)];
    check_same(&log_of(&site).await, &expected, "the log");
}

async fn entries_stay_whatever_comes_later(site: Site) {
    let early: Vec<_> = (101..=103).map(activity).collect();
    site.commit(only(early.clone())).await;
    let mut expected = Vec::new();
    for changes in [first_commit(), second_commit(), third_commit()] {
        expected.extend(changes.activities.clone());
        site.commit(changes).await;
    }
    expected.extend(early);
    check_same(&log_of(&site).await, &expected, "the log");
}
