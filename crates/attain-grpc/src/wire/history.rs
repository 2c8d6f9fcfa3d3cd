//! The versions of a record, live and past, and what was known at a moment.

use attain_app::{AsOf, Left, Version};
use attain_domain::credit::Credit;
use attain_domain::earning::Earning;
use attain_domain::refusal::Refusal;
use attain_domain::transaction::Transaction;
use attain_proto::attain::v1 as proto;

use super::earning::View;
use super::values::{money, time};
use super::{credit, earning, transaction};

/// One version of a transaction.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn of_transaction(
    version: &Version<Transaction>,
) -> Result<proto::TransactionVersion, Refusal> {
    Ok(proto::TransactionVersion {
        transaction: Some(transaction::to_wire(&version.row)?),
        left: version.left.as_ref().map(left),
    })
}

/// One version of a credit.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn of_credit(version: &Version<Credit>) -> Result<proto::CreditVersion, Refusal> {
    Ok(proto::CreditVersion {
        credit: Some(credit::to_wire(&version.row)?),
        left: version.left.as_ref().map(left),
    })
}

/// One version of an earning, or a reversal.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn of_earning(
    version: &Version<Earning>,
    view: View,
) -> Result<proto::EarningVersion, Refusal> {
    Ok(proto::EarningVersion {
        earning: Some(earning::to_wire(&version.row, view)?),
        left: version.left.as_ref().map(left),
    })
}

/// What was known at a moment.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn as_of(read: &AsOf) -> Result<proto::AsOf, Refusal> {
    let AsOf {
        at,
        earnings,
        earned,
        paid,
    } = read;
    let earnings = earnings
        .iter()
        .map(|row| earning::to_wire(row, View::Basic));
    let earned = earned.iter().map(|(period, sum)| {
        Ok(proto::EarnedInPeriod {
            period: period.to_string(),
            amount: Some(money(*sum)?),
        })
    });
    let paid = paid.iter().map(|(batch, sum)| {
        Ok(proto::PaidInBatch {
            batch_id: batch.to_string(),
            amount: Some(money(*sum)?),
        })
    });
    Ok(proto::AsOf {
        as_of_time: Some(time(*at)),
        earnings: earnings.collect::<Result<_, _>>()?,
        earned: earned.collect::<Result<_, Refusal>>()?,
        paid: paid.collect::<Result<_, Refusal>>()?,
    })
}

/// Why, when and by whom a row left the live tables.
pub(super) fn left(left: &Left) -> proto::LeftLive {
    let Left { because, at, by } = left;
    proto::LeftLive {
        because: credit::because(*because).into(),
        left_time: Some(time(*at)),
        actor: by.to_string(),
    }
}
