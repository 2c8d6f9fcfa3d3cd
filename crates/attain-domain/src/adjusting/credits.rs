//! A credit is changed, split, transferred or cancelled.

use uuid::Uuid;

use super::decide::Outcome;
use super::figures::{credit_says, parts};
use super::group::Group;
use super::request::{CreditAction, CreditPatch, SplitPart};
use crate::activity::{Activity, ActivityAction, RecordKind};
use crate::collecting::{Decisions, known_category, open_period_at, refuse_closed};
use crate::credit::{Credit, CreditKind, CreditStatus, LeftBecause};
use crate::ids::{ActivityId, CreditId, LineageId, ParticipantId};
use crate::money::{Money, check_number};
use crate::refusal::{Reason, Refusal};
use crate::time::Date;
use crate::transaction::Transaction;
use crate::working::Circumstances;

impl Group<'_> {
    pub(super) fn adjust_credit(
        &self,
        credit: &Credit,
        transaction: &Transaction,
        action: &CreditAction,
        decisions: &mut Decisions,
        activities: &mut Vec<Activity>,
        now: &mut Circumstances<'_>,
    ) -> Result<Outcome, Refusal> {
        refuse_derived(credit)?;
        refuse_obsolete(credit)?;
        refuse_closed(self.side.known.set, &credit.period)?;
        let mut desired = match action {
            CreditAction::Change(patch) => vec![self.changed(credit, patch)?],
            CreditAction::Split(into) => self.split(credit, into)?,
            CreditAction::Transfer(to) => vec![self.transferred(credit, to)?],
            CreditAction::Cancel => Vec::new(),
        };
        if let [one] = desired.as_slice()
            && one.lineage == credit.lineage
            && one.says_the_same(credit)
        {
            return Ok(Outcome::default());
        }
        let because = match action {
            CreditAction::Cancel => LeftBecause::Cancelled,
            CreditAction::Change(_) | CreditAction::Split(_) | CreditAction::Transfer(_) => {
                LeftBecause::Adjusted
            }
        };
        let replaced = self.with_derived(credit);
        let obsolete = replaced.iter().map(|credit| credit.id).collect();
        decisions.obsolete(replaced, because, now);
        for new in &mut desired {
            self.complete(new, credit, transaction, now);
        }
        activities.push(self.activity(credit, &desired, now));
        let made = desired.iter().map(|credit| credit.id).collect();
        for new in desired {
            decisions.give(new);
        }
        Ok(Outcome {
            obsolete,
            made,
            transaction: None,
            changed: true,
        })
    }

    /// Identity and stamp. A split or a transfer begins a lineage of its own.
    fn complete(
        &self,
        new: &mut Credit,
        old: &Credit,
        transaction: &Transaction,
        now: &mut Circumstances<'_>,
    ) {
        new.id = CreditId(now.id());
        if new.lineage == old.lineage {
            new.stamp = now.succeed(&old.stamp);
        } else {
            new.lineage = LineageId(now.id());
            new.stamp = now.stamp();
        }
        new.adjusted_from = Some(old.id);
        new.obsolete = None;
        new.calculates = !transaction.flags.do_not_calculate;
        new.status = CreditStatus::Credited;
        new.status = (self.side.known.judge)(new);
    }

    fn changed(&self, credit: &Credit, patch: &CreditPatch) -> Result<Credit, Refusal> {
        let CreditPatch {
            amount,
            quantity,
            participant,
            percent,
            revenue,
            rolls_up,
            category,
            credit_date,
            roll_up_date,
        } = patch;
        let mut new = credit.clone();
        if let Some(amount) = amount {
            new.amount = operating("amount", *amount, credit)?;
        }
        if let Some(quantity) = quantity {
            new.quantity = in_range("quantity", *quantity)?;
        }
        if let Some(percent) = percent {
            new.percent = in_range("percent", *percent)?;
        }
        new.revenue = revenue.unwrap_or(credit.revenue);
        new.rolls_up = rolls_up.unwrap_or(credit.rolls_up);
        if let Some(category) = category {
            known_category(self.side.known.set, category)?;
            new.category = Some(category.clone());
        }
        if let Some(date) = credit_date {
            let period = open_period_at(self.side.known.set, *date);
            new.period = period.map_err(|refusal| refusal.at("credit_date"))?.clone();
            new.credit_date = *date;
        }
        new.roll_up_date = roll_up_date.unwrap_or(credit.roll_up_date);
        if let Some(to) = participant.as_ref().filter(|to| **to != credit.participant) {
            new.lineage = LineageId(Uuid::nil());
            new.participant = to.clone();
        }
        self.refuse_absent("participant", &new.participant, new.credit_date)?;
        Ok(new)
    }

    fn transferred(&self, credit: &Credit, to: &ParticipantId) -> Result<Credit, Refusal> {
        self.refuse_absent("to", to, credit.credit_date)?;
        if *to == credit.participant {
            let text = format!("credit {} is of {to} already", credit.id);
            return Err(Refusal::new(Reason::WrongState, text).at("to"));
        }
        let mut new = credit.clone();
        new.lineage = LineageId(Uuid::nil());
        new.participant = to.clone();
        Ok(new)
    }

    fn split(&self, credit: &Credit, into: &[SplitPart]) -> Result<Vec<Credit>, Refusal> {
        for (index, part) in into.iter().enumerate() {
            let field = format!("parts[{index}].participant");
            self.refuse_absent(&field, &part.participant, credit.credit_date)?;
            if into[..index]
                .iter()
                .any(|one| one.participant == part.participant)
            {
                let text = format!("{} gets two parts of one credit", part.participant);
                return Err(Refusal::new(Reason::Duplicate, text).at(field));
            }
        }
        let settings = self.side.known.set.settings.as_ref();
        let rounding = settings
            .map(|settings| settings.rounding)
            .unwrap_or_default();
        let amounts = parts(credit, into, rounding)?;
        let new = into.iter().zip(amounts).map(|(part, figures)| {
            let mut new = credit.clone();
            new.lineage = LineageId(Uuid::nil());
            new.participant = part.participant.clone();
            new.amount = figures.amount;
            new.quantity = figures.quantity;
            new.percent = figures.percent;
            new
        });
        Ok(new.collect())
    }

    fn refuse_absent(&self, field: &str, who: &ParticipantId, date: Date) -> Result<(), Refusal> {
        if self.side.known.set.active_participant(who, date).is_some() {
            return Ok(());
        }
        let text = format!("there is no participant {who} on {date}");
        Err(Refusal::new(Reason::UnknownParticipant, text)
            .at(field)
            .with("participant", who))
    }

    fn activity(&self, old: &Credit, new: &[Credit], now: &mut Circumstances<'_>) -> Activity {
        let after: Vec<String> = new.iter().map(credit_says).collect();
        let (action, after) = if after.is_empty() {
            (ActivityAction::Deleted, None)
        } else {
            (ActivityAction::Updated, Some(after.join("; ")))
        };
        Activity {
            id: ActivityId(now.id()),
            at: now.at,
            actor: now.actor.clone(),
            request: None,
            run: None,
            action,
            record: RecordKind::Credit,
            subject: old.id.to_string(),
            count: 1,
            before: Some(credit_says(old)),
            after,
            reason: Some(self.reason.to_owned()),
        }
    }
}

fn refuse_derived(credit: &Credit) -> Result<(), Refusal> {
    let source = match (&credit.kind, &credit.origin) {
        (CreditKind::Direct, _) => return Ok(()),
        (_, crate::credit::CreditOrigin::From { source, .. }) => *source,
        (CreditKind::Indirect | CreditKind::Team, _) => None,
    };
    let text = format!(
        "credit {} was made from another credit: adjust that one, and it follows",
        credit.id
    );
    let refusal = Refusal::new(Reason::WrongState, text).at("credit");
    Err(match source {
        Some(source) => refusal.with("source", source),
        None => refusal,
    })
}

fn refuse_obsolete(credit: &Credit) -> Result<(), Refusal> {
    let Some(mark) = &credit.obsolete else {
        return Ok(());
    };
    let text = format!(
        "credit {} is obsolete since {} and waits for Revert: adjust what took its place",
        credit.id, mark.at
    );
    Err(Refusal::new(Reason::VersionMismatch, text)
        .at("credit")
        .with("current_version", credit.stamp.version.0))
}

fn operating(field: &str, amount: Money, credit: &Credit) -> Result<Money, Refusal> {
    let currency = credit.amount.currency;
    if amount.currency != currency {
        let text = format!("a credit is in operating currency, which is {currency}");
        return Err(Refusal::new(Reason::UnknownCurrency, text).at(field));
    }
    in_range(field, amount.amount)?;
    if amount.amount.normalize().scale() > currency.digits() {
        let text = format!("{} has more digits than {currency} has", amount.amount);
        return Err(Refusal::new(Reason::OutOfRange, text).at(field));
    }
    Ok(amount)
}

fn in_range(field: &str, number: rust_decimal::Decimal) -> Result<rust_decimal::Decimal, Refusal> {
    check_number(number)
        .map_err(|error| Refusal::new(Reason::OutOfRange, error.to_string()).at(field))?;
    Ok(number)
}
