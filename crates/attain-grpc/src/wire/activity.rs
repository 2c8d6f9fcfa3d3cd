//! The activity log.

use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::ids::ActorId;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Instant;
use attain_proto::attain::v1 as proto;

use super::given::instant_from_wire;
use super::values::{choice, missing, name, text_or_empty, time};

/// Which entries to list.
pub(crate) struct ActivityFilter {
    record: Option<RecordKind>,
    actor: Option<ActorId>,
    since: Option<Instant>,
    until: Option<Instant>,
}

impl ActivityFilter {
    /// Reads it.
    ///
    /// # Errors
    /// `MALFORMED_VALUE`; `OUT_OF_RANGE` for no time at all.
    pub(crate) fn from_wire(message: &proto::ListActivitiesRequest) -> Result<Self, Refusal> {
        let actor = Some(message.actor.as_str()).filter(|actor| !actor.is_empty());
        let (since, until) = (message.since_time.as_ref(), message.until_time.as_ref());
        let filter = Self {
            record: (message.record != 0)
                .then(|| record_from_wire(message.record))
                .transpose()?,
            actor: actor
                .map(|actor| name("actor", actor, ActorId::parse))
                .transpose()?,
            since: since
                .map(|time| instant_from_wire("since_time", time))
                .transpose()?,
            until: until
                .map(|time| instant_from_wire("until_time", time))
                .transpose()?,
        };
        if filter
            .since
            .zip(filter.until)
            .is_some_and(|(since, until)| since >= until)
        {
            let text = "must be after `since_time`";
            return Err(Refusal::new(Reason::OutOfRange, text).at("until_time"));
        }
        Ok(filter)
    }

    /// Whether it leaves every entry.
    pub(crate) fn is_open(&self) -> bool {
        let Self {
            record,
            actor,
            since,
            until,
        } = self;
        record.is_none() && actor.is_none() && since.is_none() && until.is_none()
    }

    /// Whether an entry is to be listed.
    pub(crate) fn takes(&self, entry: &Activity) -> bool {
        self.record.is_none_or(|record| record == entry.record)
            && self
                .actor
                .as_ref()
                .is_none_or(|actor| *actor == entry.actor)
            && self.since.is_none_or(|since| since <= entry.at)
            && self.until.is_none_or(|until| entry.at < until)
    }
}

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
        reason: activity.reason.clone().unwrap_or_default(),
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
        RecordKind::Reward => proto::RecordKind::Reward,
        RecordKind::Clear => proto::RecordKind::Clear,
        RecordKind::ClearUndo => proto::RecordKind::ClearUndo,
        RecordKind::Run => proto::RecordKind::Run,
        RecordKind::Calculation => proto::RecordKind::Calculation,
    }
}

fn record_from_wire(number: i32) -> Result<RecordKind, Refusal> {
    match choice("record", number)? {
        proto::RecordKind::Unspecified => Err(missing("record")),
        proto::RecordKind::Definition => Ok(RecordKind::Definition),
        proto::RecordKind::Transaction => Ok(RecordKind::Transaction),
        proto::RecordKind::Credit => Ok(RecordKind::Credit),
        proto::RecordKind::Earning => Ok(RecordKind::Earning),
        proto::RecordKind::Batch => Ok(RecordKind::Batch),
        proto::RecordKind::Paysheet => Ok(RecordKind::Paysheet),
        proto::RecordKind::PaymentLine => Ok(RecordKind::PaymentLine),
        proto::RecordKind::Reward => Ok(RecordKind::Reward),
        proto::RecordKind::Clear => Ok(RecordKind::Clear),
        proto::RecordKind::ClearUndo => Ok(RecordKind::ClearUndo),
        proto::RecordKind::Run => Ok(RecordKind::Run),
        proto::RecordKind::Calculation => Ok(RecordKind::Calculation),
    }
}
