//! Summarised roll-up: one indirect credit per (ancestor, child, category, date), where the child
//! is whose direct credits they are. It belongs to no transaction. Its key is made up: the type is
//! [`SUMMARY_TYPE`], the number names child, date and category, as in `ana@2026-01-15 hardware`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::chunk::ChunkOutcome;
use super::difference::{Difference, Live};
use super::hierarchy::Hierarchy;
use crate::credit::{Credit, CreditKind, CreditOrigin, CreditStatus, LeftBecause};
use crate::definition::DefinitionSet;
use crate::ids::{
    CategoryId, CreditId, LineageId, NAME_BYTES_MAX, ParticipantId, SourceNumber, TransactionType,
};
use crate::money::{Money, MoneyError, add};
use crate::refusal::{Reason, RowError};
use crate::time::Date;
use crate::transaction::TransactionKey;
use crate::working::{Circumstances, RowFailure};

/// The transaction type in the key of a summarised credit.
pub const SUMMARY_TYPE: &str = "ROLL-UP";
/// How much of a long child or category goes into the number of a summary, in bytes.
const PART_BYTES_MAX: usize = 44;

/// What is summed up together. Revenue and non-revenue are kept apart, as are credits that may
/// become earnings and those that may not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    category: Option<CategoryId>,
    credit_date: Date,
    roll_up_date: Date,
    revenue: bool,
    calculates: bool,
}

/// Brings the summarised credits above one child up to date. `direct` are all live direct credits
/// of the child on some dates, `live` the summarised credits through the child on those dates. In
/// a workspace that does not summarise, the summarised credits go. Counts are of summaries.
#[must_use]
pub fn summarise(
    hierarchy: &Hierarchy,
    set: &DefinitionSet,
    child: &ParticipantId,
    direct: &[Credit],
    live: &[Credit],
    judge: &dyn Fn(&Credit) -> CreditStatus,
    circumstances: &mut Circumstances<'_>,
) -> ChunkOutcome {
    let mut written = Difference::new(set, judge);
    let mut desired = Vec::new();
    if set
        .settings
        .as_ref()
        .is_some_and(|settings| settings.summarised_roll_up)
    {
        for (group, credits) in groups(direct) {
            match summary(child, &group, &credits, circumstances) {
                Ok(summary) => {
                    let above = hierarchy.ancestors(child, group.roll_up_date).iter();
                    desired.extend(above.map(|ancestor| Credit {
                        participant: ancestor.participant.clone(),
                        ..summary.clone()
                    }));
                }
                Err(wrong) => {
                    let subject = format!("credits of {child} on {}", group.credit_date);
                    let error = RowError::new(Reason::Overflow, wrong.to_string());
                    let counts = &mut written.outcome.counts;
                    counts.failed += 1;
                    *counts.errors.entry(error.reason).or_default() += 1;
                    written.outcome.failures.push(RowFailure { subject, error });
                }
            }
        }
    }
    let mut live = Live::new(None, live.iter().collect());
    written.settle(&mut live, desired, circumstances);
    let replaced = written.credits.removed;
    written.remove(&mut live, |_| true, LeftBecause::Recredited, circumstances);
    let credits = written.credits;
    let counts = &mut written.outcome.counts;
    counts.done = credits.created + credits.judged + credits.removed - replaced;
    counts.skipped = credits.kept;
    counts.taken = counts.done + counts.skipped + counts.failed;
    written.finish(circumstances)
}

fn groups(direct: &[Credit]) -> BTreeMap<Group, Vec<&Credit>> {
    let mut groups: BTreeMap<Group, Vec<&Credit>> = BTreeMap::new();
    let rolls_up = |credit: &&Credit| {
        credit.kind == CreditKind::Direct && credit.rolls_up && credit.obsolete.is_none()
    };
    for credit in direct.iter().filter(rolls_up) {
        let group = Group {
            category: credit.category.clone(),
            credit_date: credit.credit_date,
            roll_up_date: credit.roll_up_date,
            revenue: credit.revenue,
            calculates: credit.calculates,
        };
        groups.entry(group).or_default().push(credit);
    }
    groups
}

/// The summary of a group, for any ancestor.
fn summary(
    child: &ParticipantId,
    group: &Group,
    credits: &[&Credit],
    now: &Circumstances<'_>,
) -> Result<Credit, MoneyError> {
    let first = credits.first().expect("a group begins with a credit");
    let zero = Money::zero(first.amount.currency);
    let amount = credits
        .iter()
        .try_fold(zero, |sum, credit| sum.checked_add(credit.amount))?;
    let quantity = credits
        .iter()
        .try_fold(Decimal::ZERO, |sum, one| add(sum, one.quantity))?;
    Ok(Credit {
        id: CreditId(Uuid::nil()),
        lineage: LineageId(Uuid::nil()),
        adjusted_from: None,
        transaction: None,
        key: key(child, group),
        participant: child.clone(),
        kind: CreditKind::Indirect,
        origin: CreditOrigin::From {
            source: None,
            through: child.clone(),
        },
        amount: Money::new(amount.amount.normalize(), amount.currency),
        quantity: quantity.normalize(),
        percent: Decimal::ONE_HUNDRED,
        revenue: group.revenue,
        rolls_up: false,
        calculates: group.calculates,
        credit_date: group.credit_date,
        roll_up_date: group.roll_up_date,
        period: first.period.clone(),
        category: group.category.clone(),
        status: CreditStatus::Credited,
        obsolete: None,
        stamp: now.stamp(),
    })
}

/// The category is in the number so that the order of credits never depends on lineages.
fn key(child: &ParticipantId, group: &Group) -> TransactionKey {
    let date = group.credit_date;
    let category = group
        .category
        .as_ref()
        .map(CategoryId::as_str)
        .unwrap_or_default();
    let number = |child: &str, category: &str| format!("{child}@{date} {category}");
    let mut text = number(child.as_str(), category);
    if text.trim_end().len() > NAME_BYTES_MAX {
        text = number(cut(child.as_str()), cut(category));
    }
    TransactionKey {
        number: SourceNumber::parse(text.trim_end()).expect("parts of names make a name"),
        kind: TransactionType::parse(SUMMARY_TYPE).expect("the constant is a name"),
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(PART_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
