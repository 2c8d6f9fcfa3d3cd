//! What the activity log says of rewards and clearings.

use crate::activity::{Activity, ActivityAction, RecordKind};
use crate::ids::{ActivityId, RequestId};
use crate::reward::{Clear, ClearUndo, Reward};
use crate::working::Circumstances;

/// A reward, for people.
#[must_use]
pub fn reward_says(reward: &Reward) -> String {
    let recoverable = if reward.recoverable {
        "recoverable"
    } else {
        "not recoverable"
    };
    let mut text = format!(
        "{} of {} for `{}` on {}, {recoverable}",
        reward.kind.name(),
        reward.amount,
        reward.participant,
        reward.date
    );
    if reward.cleared.is_some() {
        text.push_str(", cleared");
    }
    if reward.withdrawn.is_some() {
        text.push_str(", withdrawn");
    }
    text
}

/// A clearing, for people.
#[must_use]
pub fn clear_says(clear: &Clear) -> String {
    format!(
        "{} of `{}` forgiven on {}: {} rewards",
        clear.forgiven,
        clear.participant,
        clear.date,
        clear.rewards.len()
    )
}

/// What is written down of one record.
struct Told {
    action: ActivityAction,
    record: RecordKind,
    subject: String,
    before: Option<String>,
    after: Option<String>,
    reason: String,
}

impl Told {
    fn entry(self, request: Option<&RequestId>, now: &mut Circumstances<'_>) -> Activity {
        Activity {
            id: ActivityId(now.id()),
            at: now.at,
            actor: now.actor.clone(),
            request: request.cloned(),
            run: None,
            action: self.action,
            record: self.record,
            subject: self.subject,
            count: 1,
            before: self.before,
            after: self.after,
            reason: Some(self.reason),
        }
    }
}

/// The entry of a reward that was assigned, or changed from `before`.
#[must_use]
pub fn tell_reward(
    before: Option<&Reward>,
    now: &Reward,
    reason: &str,
    request: Option<&RequestId>,
    circumstances: &mut Circumstances<'_>,
) -> Activity {
    let told = Told {
        action: match before {
            None => ActivityAction::Created,
            Some(_) => ActivityAction::Updated,
        },
        record: RecordKind::Reward,
        subject: now.id.to_string(),
        before: before.map(reward_says),
        after: Some(reward_says(now)),
        reason: reason.to_owned(),
    };
    told.entry(request, circumstances)
}

/// The entry of a clearing.
#[must_use]
pub fn tell_clear(
    clear: &Clear,
    request: Option<&RequestId>,
    circumstances: &mut Circumstances<'_>,
) -> Activity {
    let told = Told {
        action: ActivityAction::Created,
        record: RecordKind::Clear,
        subject: clear.id.to_string(),
        before: Some(format!("`{}` owed {}", clear.participant, clear.forgiven)),
        after: Some(clear_says(clear)),
        reason: clear.reason.clone(),
    };
    told.entry(request, circumstances)
}

/// The entries of an undone clearing: of the clearing, and of its undoing.
#[must_use]
pub fn tell_undo(
    clear: &Clear,
    undo: &ClearUndo,
    request: Option<&RequestId>,
    circumstances: &mut Circumstances<'_>,
) -> [Activity; 2] {
    let restored = format!(
        "`{}` owes {} again from {}",
        undo.participant, undo.restored, undo.date
    );
    let marked = Told {
        action: ActivityAction::Updated,
        record: RecordKind::Clear,
        subject: clear.id.to_string(),
        before: Some(clear_says(clear)),
        after: Some(format!("undone by {}", undo.id)),
        reason: undo.reason.clone(),
    };
    let made = Told {
        action: ActivityAction::Created,
        record: RecordKind::ClearUndo,
        subject: undo.id.to_string(),
        before: None,
        after: Some(restored),
        reason: undo.reason.clone(),
    };
    [
        marked.entry(request, circumstances),
        made.entry(request, circumstances),
    ]
}
