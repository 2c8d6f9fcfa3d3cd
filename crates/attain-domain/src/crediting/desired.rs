//! Credits as they should be: complete but for id and lineage, which [`super::difference`] gives.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::roll_up::Recipient;
use super::split::Part;
use crate::credit::{Credit, CreditKind, CreditOrigin, CreditStatus};
use crate::ids::{CategoryId, CreditId, LineageId, ParticipantId};
use crate::stamp::Stamp;
use crate::transaction::Transaction;

/// Who gets which part of a transaction, and how.
pub(super) struct Share {
    pub(super) participant: ParticipantId,
    pub(super) kind: CreditKind,
    pub(super) origin: CreditOrigin,
    pub(super) part: Part,
    pub(super) percent: Decimal,
    pub(super) revenue: bool,
    pub(super) rolls_up: bool,
}

/// The credit of a share.
pub(super) fn credit_for(
    transaction: &Transaction,
    category: Option<&CategoryId>,
    share: Share,
    stamp: &Stamp,
) -> Credit {
    Credit {
        id: CreditId(Uuid::nil()),
        lineage: LineageId(Uuid::nil()),
        adjusted_from: None,
        transaction: Some(transaction.id),
        key: transaction.key.clone(),
        participant: share.participant,
        kind: share.kind,
        origin: share.origin,
        amount: share.part.amount,
        quantity: share.part.quantity,
        percent: share.percent,
        revenue: share.revenue,
        rolls_up: share.rolls_up,
        calculates: !transaction.flags.do_not_calculate,
        credit_date: transaction.event_date,
        roll_up_date: transaction.event_date,
        period: transaction.period.clone(),
        category: category.cloned(),
        status: CreditStatus::Credited,
        obsolete: None,
        stamp: stamp.clone(),
    }
}

/// The credit of a recipient, made from another of a known id.
pub(super) fn made_from(
    source: &Credit,
    id: CreditId,
    recipient: Recipient<'_>,
    stamp: &Stamp,
) -> Credit {
    Credit {
        id: CreditId(Uuid::nil()),
        lineage: LineageId(Uuid::nil()),
        adjusted_from: None,
        transaction: source.transaction,
        key: source.key.clone(),
        participant: recipient.participant.clone(),
        kind: recipient.kind,
        origin: CreditOrigin::From {
            source: Some(id),
            through: recipient.through.clone(),
        },
        amount: source.amount,
        quantity: source.quantity,
        percent: source.percent,
        revenue: source.revenue,
        rolls_up: false,
        calculates: source.calculates,
        credit_date: source.credit_date,
        roll_up_date: source.roll_up_date,
        period: source.period.clone(),
        category: source.category.clone(),
        status: CreditStatus::Credited,
        obsolete: None,
        stamp: stamp.clone(),
    }
}
