//! Direct credits: what the rules give to whom, or what is preserved of it.

use super::desired::{Share, credit_for};
use super::index::Scratch;
use super::names::Facts;
use super::rulebook::{CompiledRule, CompiledSet, Rulebook};
use super::split::{Part, Split};
use crate::credit::{Credit, CreditKind, CreditOrigin};
use crate::definition::rules::{Receiver, ReceiverKind};
use crate::definition::{DefinitionSet, Team};
use crate::expression::Value;
use crate::ids::{AttributeName, CategoryId, ParticipantId, RuleId, RuleSetId};
use crate::money::{MoneyError, Rounding};
use crate::refusal::{Reason, RowError};
use crate::stamp::Stamp;
use crate::time::Date;
use crate::transaction::Transaction;

/// What direct credits of one transaction are made of.
#[derive(Clone, Copy)]
pub(super) struct Sale<'a> {
    pub(super) set: &'a DefinitionSet,
    pub(super) transaction: &'a Transaction,
    pub(super) category: Option<&'a CategoryId>,
    pub(super) rounding: Rounding,
    pub(super) stamp: &'a Stamp,
}

impl Sale<'_> {
    /// The credits that the rules give: of each set, those of its first matching rule.
    pub(super) fn by_rules(
        &self,
        book: &Rulebook,
        scratch: &mut Scratch,
    ) -> Result<Vec<Credit>, RowError> {
        let facts = Facts {
            transaction: self.transaction,
            category: self.category,
        };
        let mut credits = Vec::with_capacity(4);
        let mut any_matched = false;
        for rules in &book.sets {
            if let Some(rule) = rules.first(facts, scratch)? {
                any_matched = true;
                self.by_rule(rules, rule, &mut credits)?;
            }
        }
        if any_matched {
            return Ok(credits);
        }
        let text = "no credit rule matches the transaction";
        Err(RowError::new(Reason::NoCreditRule, text))
    }

    fn by_rule(
        &self,
        rules: &CompiledSet,
        rule: &CompiledRule,
        credits: &mut Vec<Credit>,
    ) -> Result<(), RowError> {
        let transaction = self.transaction;
        let (amount, quantity) = (transaction.operating_amount, transaction.quantity);
        let mut split = Split::new(amount, quantity, self.rounding);
        for receiver in &rule.receivers {
            let part = if receiver.revenue {
                split.revenue(receiver.percent)
            } else {
                split.alone(receiver.percent)
            };
            let part = part.map_err(|wrong| overflow(&rules.id, &rule.id, wrong))?;
            let origin = CreditOrigin::Rule {
                set: rules.id.clone(),
                rule: rule.id.clone(),
            };
            self.receive(receiver, &part, &origin, credits)?;
        }
        Ok(())
    }

    fn receive(
        &self,
        receiver: &Receiver,
        part: &Part,
        origin: &CreditOrigin,
        credits: &mut Vec<Credit>,
    ) -> Result<(), RowError> {
        let flags = self.transaction.flags;
        let date = self.transaction.event_date;
        let mut give = |participant: ParticipantId, kind, rolls_up| {
            let share = Share {
                participant,
                kind,
                origin: origin.clone(),
                part: *part,
                percent: receiver.percent,
                revenue: receiver.revenue,
                rolls_up: rolls_up && !flags.do_not_roll_up,
            };
            credits.push(credit_for(
                self.transaction,
                self.category,
                share,
                self.stamp,
            ));
        };
        match &receiver.who {
            ReceiverKind::Participant(id) => {
                self.present(id)?;
                give(id.clone(), CreditKind::Direct, receiver.rolls_up);
            }
            ReceiverKind::Attribute(name) => {
                give(self.named_by(name)?, CreditKind::Direct, receiver.rolls_up);
            }
            ReceiverKind::Team(id) => {
                let Some(team) = self.set.teams.get(id) else {
                    return Err(unknown(format!("there is no team `{id}`")));
                };
                if let Some(lead) = &team.lead {
                    // The other members get theirs from this one: see `roll_up`.
                    self.present(lead)?;
                    give(lead.clone(), CreditKind::Direct, receiver.rolls_up);
                    return Ok(());
                }
                let mut members: Vec<_> = members_at(self.set, team, date).collect();
                if members.is_empty() {
                    return Err(unknown(format!("team `{id}` has no member on {date}")));
                }
                members.sort_unstable();
                members.dedup();
                for member in members.into_iter().filter(|_| !flags.do_not_roll_up) {
                    give(member.clone(), CreditKind::Team, false);
                }
            }
        }
        Ok(())
    }

    fn present(&self, id: &ParticipantId) -> Result<(), RowError> {
        let date = self.transaction.event_date;
        match self.set.active_participant(id, date) {
            Some(_) => Ok(()),
            None => Err(unknown(format!("there is no participant `{id}` on {date}"))),
        }
    }

    fn named_by(&self, name: &AttributeName) -> Result<ParticipantId, RowError> {
        let text = match self.transaction.attributes.get(name) {
            Some(Value::Text(text)) => text,
            Some(Value::Number(_) | Value::Bool(_) | Value::Date(_)) | None => {
                return Err(unknown(format!(
                    "the attribute `{name}` names no participant"
                )));
            }
        };
        let id = ParticipantId::parse(text)
            .map_err(|wrong| unknown(format!("`{text}` in the attribute `{name}` {wrong}")))?;
        self.present(&id)?;
        Ok(id)
    }
}

/// The members of a team who are there at a date, in the order of the team.
pub(super) fn members_at<'a>(
    set: &'a DefinitionSet,
    team: &'a Team,
    date: Date,
) -> impl Iterator<Item = &'a ParticipantId> {
    let here = team
        .members
        .iter()
        .filter(move |member| member.effective.contains(date));
    here.map(|member| &member.participant)
        .filter(move |id| set.active_participant(id, date).is_some())
}

fn unknown(text: String) -> RowError {
    RowError::new(Reason::UnknownParticipant, text)
}

fn overflow(set: &RuleSetId, rule: &RuleId, wrong: MoneyError) -> RowError {
    RowError::new(
        Reason::Overflow,
        format!("the split of rule `{rule}` of `{set}`: {wrong}"),
    )
}
