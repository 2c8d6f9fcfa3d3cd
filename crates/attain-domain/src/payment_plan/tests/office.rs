//! A pay office of one participant: assigns, settles, pays and clears, month after month, and looks
//! after every step whether all money is accounted for.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::super::*;
use crate::definition::settings::NegativeSheet;
use crate::definition::{Definition, DefinitionSet, Participant};
use crate::ids::{ActorId, BatchId, PaysheetId};
use crate::money::{Currency, Money};
use crate::refusal::Refusal;
use crate::reward::{Account, Clear, ClearOrigin, Reward, RewardLine};
use crate::rewarding::{
    self, AsOf, ClearRequest, Movements, NewReward, UndoRequest, balance, balance_as_of, balances,
    conserve,
};
use crate::testing::{at, calendar, date, live, name, participant, pay_group, settings, usd, uuid};
use crate::time::Date;
use crate::working::Circumstances;

/// What somebody could read at one moment.
#[derive(Clone, Debug)]
struct Reading {
    as_of: AsOf,
    balance: Money,
}

#[derive(Debug)]
pub(super) struct Office {
    pub(super) set: DefinitionSet,
    pub(super) plans: Vec<PaymentPlan>,
    pub(super) rewards: Vec<Reward>,
    pub(super) clears: Vec<Clear>,
    pub(super) states: BTreeMap<crate::ids::PaymentPlanId, PlanState>,
    /// Lines that wait because their sheet was carried.
    waiting: Vec<SheetLine>,
    pub(super) paid: Money,
    earned: Money,
    period: usize,
    seconds: i64,
    next: u64,
    readings: Vec<Reading>,
}

pub(super) fn usd_currency() -> Currency {
    Currency::parse("USD").expect("USD is a currency")
}

/// What component `id` earned.
pub(super) fn line(id: &str, amount: &str) -> SheetLine {
    SheetLine {
        plan: name("reps"),
        component: name(id),
        categories: Vec::new(),
        amount: usd(amount),
    }
}

impl Office {
    pub(super) fn new(plans: impl Into<Vec<PaymentPlan>>) -> Self {
        let definitions = [
            Definition::Settings(settings()),
            Definition::Calendar(calendar()),
            Definition::PayGroup(pay_group("staff")),
            Definition::Participant(participant("ann")),
        ];
        Self {
            set: DefinitionSet::gather(definitions.map(|body| live(body, 1))),
            plans: plans.into(),
            rewards: Vec::new(),
            clears: Vec::new(),
            states: BTreeMap::new(),
            waiting: Vec::new(),
            paid: usd("0"),
            earned: usd("0"),
            period: 0,
            seconds: 0,
            next: 0,
            readings: Vec::new(),
        }
    }

    pub(super) fn negative_sheets(mut self, negative_sheet: NegativeSheet) -> Self {
        let settings = self.set.settings.as_mut().expect("there are settings");
        settings.negative_sheet = negative_sheet;
        self
    }

    /// Starts in a month, from 1.
    pub(super) fn starting_in(mut self, month: usize) -> Self {
        self.period = month - 1;
        self
    }

    pub(super) fn person(&mut self) -> &mut Participant {
        let ann = self.set.participants.get_mut(&name("ann"));
        ann.expect("Ann is there")
    }

    pub(super) fn today(&self) -> Date {
        self.set.calendar.periods[self.period].last_date()
    }

    /// Does something a second later.
    fn deed<T>(&mut self, what: impl FnOnce(&mut Self, &mut Circumstances<'_>) -> T) -> T {
        self.seconds += 1;
        let moment = at(self.seconds);
        let actor: ActorId = name("clerk");
        let mut next = self.next;
        let mut next_id = || -> Uuid {
            next += 1;
            uuid(next)
        };
        let mut circumstances = Circumstances {
            at: moment,
            actor: &actor,
            next_id: &mut next_id,
        };
        let answer = what(self, &mut circumstances);
        self.next = next;
        self.check();
        answer
    }

    /// Everything is accounted for, and what could be read before can be read again.
    fn check(&mut self) {
        let waiting = self.waiting.iter().map(|line| line.amount);
        let zero = usd("0");
        let earnings_waiting = waiting
            .into_iter()
            .try_fold(zero, Money::checked_add)
            .expect("small sums");
        let lines = conserve(&Movements {
            paid: self.paid,
            earned: self.earned,
            earnings_waiting,
            rewards: &self.rewards,
        })
        .expect("small sums");
        assert!(lines.gap.amount.is_zero(), "{lines:?}");
        let forgiven = self.clears.iter().filter(|clear| clear.undone.is_none());
        let forgiven = forgiven
            .map(|clear| clear.forgiven)
            .try_fold(zero, Money::checked_add)
            .expect("small sums");
        assert_eq!(lines.forgiven.amount, forgiven.amount);
        let as_of = AsOf {
            date: self.today(),
            known_at: at(self.seconds),
        };
        assert_eq!(lines.balance, self.balance_as_of(as_of));
        self.readings.push(Reading {
            as_of,
            balance: lines.balance,
        });
        for reading in &self.readings {
            assert_eq!(self.balance_as_of(reading.as_of), reading.balance);
        }
    }

    fn balance_as_of(&self, as_of: AsOf) -> Money {
        balance_as_of(&self.rewards, &self.clears, as_of, usd_currency()).expect("small sums")
    }

    /// What was owed on a date, as known now.
    pub(super) fn owed_on(&self, date: Date) -> Money {
        let known_at = at(self.seconds);
        self.balance_as_of(AsOf { date, known_at })
    }

    pub(super) fn owed(&self) -> Money {
        balance(&self.rewards, usd_currency()).expect("small sums")
    }

    pub(super) fn assign(&mut self, amount: &str, recoverable: bool) -> Result<Reward, Refusal> {
        let new = NewReward {
            participant: name("ann"),
            amount: usd(amount),
            recoverable,
            kind: None,
            component: None,
            date: self.today(),
            reason: "as agreed".to_owned(),
        };
        self.deed(|office, circumstances| {
            let mut answers = rewarding::assign(&office.set, &[new], circumstances);
            let reward = answers.remove(0)?;
            office.rewards.push(reward.clone());
            Ok(reward)
        })
    }

    /// Withdraws the newest reward that may be withdrawn.
    pub(super) fn withdraw_newest(&mut self) {
        self.deed(|office, circumstances| {
            let withdrawn =
                office.rewards.iter().rev().find_map(|reward| {
                    rewarding::withdraw(reward, "a mistake", circumstances).ok()
                });
            if let Some(withdrawn) = withdrawn {
                office.write(vec![withdrawn]);
            }
        });
    }

    fn write(&mut self, changed: Vec<Reward>) {
        for reward in changed {
            let old = self.rewards.iter_mut().find(|old| old.id == reward.id);
            match old {
                Some(old) => *old = reward,
                None => self.rewards.push(reward),
            }
        }
    }

    /// Clears what is owed; how much was forgiven, if anything.
    pub(super) fn clear(&mut self) -> Option<Money> {
        self.clear_as(ClearOrigin::ByHand)
    }

    fn clear_as(&mut self, origin: ClearOrigin) -> Option<Money> {
        let request = ClearRequest {
            participant: name("ann"),
            date: self.today(),
            reason: "forgiven".to_owned(),
            origin,
        };
        self.deed(|office, circumstances| {
            let rewards = &office.rewards;
            let cleared = rewarding::clear(rewards, &request, usd_currency(), circumstances);
            let cleared = cleared.expect("a reason and small sums")?;
            office.write(cleared.rewards);
            office.clears.push(cleared.clear.clone());
            Some(cleared.clear.forgiven)
        })
    }

    /// Undoes the newest clearing that stands.
    pub(super) fn undo_newest(&mut self) -> Option<Money> {
        let request = UndoRequest {
            date: self.today(),
            reason: "it was not meant".to_owned(),
        };
        self.deed(|office, circumstances| {
            let at = office.clears.iter().rposition(|c| c.undone.is_none())?;
            let clear = &office.clears[at];
            let restored = rewarding::undo_clear(clear, &office.rewards, &request, circumstances)
                .expect("a reason and small sums");
            office.write(restored.rewards);
            office.clears[at] = restored.clear;
            Some(restored.undo.restored)
        })
    }

    /// What a sheet would come to now.
    pub(super) fn settle(&self, lines: &[SheetLine]) -> Settlement {
        let today = self.today();
        let is_taken = |reward: &Reward| reward.is_payable() && reward.date <= today;
        let (taken, before): (Vec<Reward>, Vec<Reward>) =
            self.rewards.iter().cloned().partition(is_taken);
        let balances = balances(&before, usd_currency()).expect("small sums");
        let owing = balances.keys().filter_map(|account| match account {
            Account::General => None,
            Account::PaymentPlan(plan) => Some(plan.clone()),
        });
        let owing: BTreeSet<_> = owing.collect();
        let person = &self.set.participants[&name("ann")];
        let applied = applied_plans(&self.plans, person, &owing);
        let lines: Vec<SheetLine> = self.waiting.iter().chain(lines).cloned().collect();
        let facts = SheetFacts {
            period: &self.set.calendar.periods[self.period].id,
            pay_date: self.today(),
            lines: &lines,
            rewards: &taken,
            balances: &balances,
            states: &self.states,
        };
        settle(&self.set, &applied, &facts).expect("a sheet that can be settled")
    }

    /// Settles and pays a sheet in this month.
    pub(super) fn sheet(&mut self, lines: &[SheetLine]) -> Settlement {
        let settled = self.settle(lines);
        for line in lines {
            self.earned = self.earned.checked_add(line.amount).expect("small sums");
        }
        if let SheetOutcome::Carried(_) = settled.outcome {
            self.waiting.extend(lines.iter().cloned());
            self.deed(|_, _| ());
            return settled;
        }
        // Whatever waits and whatever comes is paid in one step, so that each look in between sees
        // nothing half done.
        for (plan, _) in &settled.waived {
            self.waiting.extend(lines.iter().cloned());
            let batch = BatchId(uuid(9_000_000));
            let plan = plan.clone();
            self.clear_as(ClearOrigin::Waived { plan, batch });
            self.waiting.truncate(self.waiting.len() - lines.len());
        }
        let today = self.today();
        self.deed(|office, circumstances| {
            let batch = BatchId(circumstances.id());
            let paysheet = PaysheetId(circumstances.id());
            let ann = name("ann");
            for draft in settled.rewards.clone() {
                let reward = draft.into_reward(&ann, batch, today, circumstances);
                office.rewards.push(reward);
            }
            for reward in &mut office.rewards {
                if reward.is_payable() && reward.date <= today {
                    let on_sheet = RewardLine {
                        batch,
                        paysheet,
                        currency_rate: rust_decimal::Decimal::ONE,
                        pay_amount: reward.amount,
                        held: false,
                    };
                    let on_sheet = rewarding::take_up(reward, on_sheet, circumstances);
                    let paid = rewarding::pay(&on_sheet.expect("unpaid"), circumstances);
                    *reward = paid.expect("on a sheet");
                }
            }
            office.waiting.clear();
            office.states = settled.states.clone();
            office.paid = office.paid.checked_add(settled.pays).expect("small sums");
        });
        assert_eq!(self.owed(), settled.balance);
        settled
    }

    pub(super) fn next_month(&mut self) {
        self.period += 1;
    }

    /// Pays a month of one component, and goes on to the next.
    pub(super) fn month(&mut self, earned: &str) -> Settlement {
        let settled = self.sheet(&[line("commission", earned)]);
        self.next_month();
        settled
    }

    /// Months of one component: what is earned, paid, and owed then.
    pub(super) fn check_months(&mut self, months: &[(&str, &str, &str)]) {
        for (index, (earned, paid, owed)) in months.iter().enumerate() {
            let settled = self.month(earned);
            let found = (settled.pays.to_string(), settled.balance.to_string());
            let expected = (usd(paid).to_string(), usd(owed).to_string());
            assert_eq!(found, expected, "month {}: {settled:#?}", index + 1);
        }
    }
}

/// The last day of a month of 2026.
pub(super) fn end_of(month: u32) -> Date {
    let next = format!("2026-{:02}-01", month + 1);
    date(&next).pred_opt().expect("dates go on")
}
