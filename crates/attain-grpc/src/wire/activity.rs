//! The activity log.

use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_proto::attain::v1 as proto;

use super::values::{text_or_empty, time};

/// An entry.
pub(crate) fn to_wire(activity: &Activity) -> proto::Activity {
    proto::Activity {
        activity_id: activity.id.to_string(),
        activity_time: Some(time(activity.at)),
        actor: activity.actor.to_string(),
        request_id: text_or_empty(activity.request.as_ref()),
        run_id: text_or_empty(activity.run),
        action: action(activity.action).into(),
        record: record(activity.record).into(),
        subject: activity.subject.clone(),
        count: activity.count,
        before: activity.before.clone().unwrap_or_default(),
        after: activity.after.clone().unwrap_or_default(),
    }
}

fn action(action: ActivityAction) -> proto::ActivityAction {
    match action {
        ActivityAction::Created => proto::ActivityAction::Created,
        ActivityAction::Updated => proto::ActivityAction::Updated,
        ActivityAction::Deleted => proto::ActivityAction::Deleted,
    }
}

fn record(record: RecordKind) -> proto::RecordKind {
    match record {
        RecordKind::Definition => proto::RecordKind::Definition,
        RecordKind::Transaction => proto::RecordKind::Transaction,
        RecordKind::Credit => proto::RecordKind::Credit,
        RecordKind::Earning => proto::RecordKind::Earning,
        RecordKind::Batch => proto::RecordKind::Batch,
        RecordKind::Paysheet => proto::RecordKind::Paysheet,
        RecordKind::PaymentLine => proto::RecordKind::PaymentLine,
        RecordKind::Run => proto::RecordKind::Run,
        RecordKind::Calculation => proto::RecordKind::Calculation,
    }
}
