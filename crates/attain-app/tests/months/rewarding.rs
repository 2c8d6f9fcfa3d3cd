//! Rewards are assigned and withdrawn, what is owed is forgiven and owed again, and each is refused
//! exactly when it has to be.

use attain_app::ClearAsked;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::{Clear, Reward, RewardOrigin, RewardPayment};
use attain_domain::rewarding::NewReward;
use attain_domain::testing::name;

use crate::company::{Broken, Company, Kept, accepted, ensure};
use crate::documents::{date_of, person_id};
use crate::linking::cents_of;
use crate::operations::ByHandReward;
use crate::owed::owed_on;
use crate::taking::{Outcome, dollars};

const SAME_REASON: &str = "rewards are refused when they have to be";

impl Company {
    pub(crate) async fn assign(&mut self, new: &ByHandReward) -> Result<Outcome, Broken> {
        let reward = NewReward {
            participant: name(&person_id(new.who)),
            amount: dollars(new.cents),
            recoverable: new.recoverable,
            kind: None,
            component: None,
            date: date_of(new.day),
            reason: "as promised".to_owned(),
        };
        let report = self.engine.assign_rewards(&self.caller, &[reward]).await;
        let mut outcomes = accepted("a request to assign", report)?.outcomes;
        let done = outcomes.pop().expect("one was asked for");
        let is_closed = self.business.terms.is_closed(new.day);
        let expected = is_closed.then_some(Reason::PeriodNotOpen);
        same_reason("assign", expected, &done)?;
        Ok(outcome(&done))
    }

    pub(crate) async fn withdraw(&mut self, which: u8) -> Result<Outcome, Broken> {
        let all = &self.books.rewards;
        let Some(row) = all.get(usize::from(which) % all.len().max(1)) else {
            return Ok(Outcome::Refused);
        };
        let may = row.origin == RewardOrigin::ByHand
            && row.payment == RewardPayment::Unpaid
            && row.cleared.is_none()
            && row.withdrawn.is_none();
        let (engine, caller) = (&self.engine, &self.caller);
        let done = engine
            .withdraw_reward(caller, row.id, "not promised", None)
            .await;
        let expected = (!may).then_some(Reason::WrongState);
        same_reason("withdraw", expected, &done)?;
        Ok(outcome(&done))
    }

    /// A preview says the same, and does nothing.
    pub(crate) async fn clear(&mut self, who: u8, day: u32) -> Result<Outcome, Broken> {
        let asked = ClearAsked {
            participants: vec![name(&person_id(who))],
            date: Some(date_of(day)),
            reason: "forgiven".to_owned(),
        };
        let is_closed = self.business.terms.is_closed(day);
        let expected = is_closed.then_some(Reason::PeriodNotOpen);
        let preview = self.engine.preview_clear(&self.caller, &asked).await;
        same_reason("preview a clearing", expected, &preview)?;
        let unchanged = self.read().await == self.books;
        ensure(unchanged, "a preview changes nothing", || {
            format!("{preview:?}")
        })?;
        let done = self.engine.clear_balances(&self.caller, &asked).await;
        same_reason("clear", expected, &done)?;
        let (Ok(preview), Ok(mut report)) = (preview, done) else {
            return Ok(Outcome::Refused);
        };
        let cleared = |clear: &Option<Clear>| clear.as_ref().map(|clear| clear.forgiven);
        let previewed = preview.outcomes.iter().map(|one| one.result.as_ref());
        let previewed: Vec<_> = previewed.map(|one| one.map(cleared)).collect();
        let told: Vec<_> = report
            .outcomes
            .iter()
            .map(|one| one.result.as_ref())
            .collect();
        let told: Vec<_> = told.into_iter().map(|one| one.map(cleared)).collect();
        ensure(
            previewed == told,
            "clearing does what its preview says",
            || format!("{previewed:?}, and {told:?}"),
        )?;
        let last = report.outcomes.pop().expect("one was asked for").result;
        let forgiven = accepted("a clearing", last)?.map(|clear| cents_of(clear.forgiven.amount));
        let owed = owed_on(&self.books, who, None);
        let expected = (owed != 0).then_some(owed);
        ensure(
            forgiven == expected,
            "clearing forgives what is owed",
            || format!("{forgiven:?}, expected {expected:?}"),
        )?;
        Ok(if owed == 0 {
            Outcome::Refused
        } else {
            Outcome::Done
        })
    }

    pub(crate) async fn undo(&mut self, which: u8, day: u32) -> Result<Outcome, Broken> {
        let all = &self.books.clears;
        let Some(clear) = all.get(usize::from(which) % all.len().max(1)).cloned() else {
            return Ok(Outcome::Refused);
        };
        let date = date_of(day);
        let expected = if self.business.terms.is_closed(day) {
            Some(Reason::PeriodNotOpen)
        } else if clear.undone.is_some() {
            Some(Reason::WrongState)
        } else {
            (date < clear.date).then_some(Reason::OutOfRange)
        };
        let (engine, caller) = (&self.engine, &self.caller);
        let done = engine
            .undo_clear(caller, clear.id, Some(date), "a mistake", None)
            .await;
        same_reason("undo a clearing", expected, &done)?;
        let Ok(view) = &done else {
            return Ok(Outcome::Refused);
        };
        let is_of_it = |row: &&Reward| clear.rewards.contains(&row.id) && row.withdrawn.is_none();
        let rows = self.books.rewards.iter().filter(is_of_it);
        let expected: i64 = rows.map(|row| cents_of(row.amount.amount)).sum();
        let restored = view
            .undo
            .as_ref()
            .map(|undo| cents_of(undo.restored.amount));
        ensure(
            restored == Some(expected),
            "undoing restores what was forgiven",
            || format!("{restored:?}, expected {expected}"),
        )?;
        Ok(Outcome::Done)
    }

    /// Other payment plans, where there are any.
    pub(crate) async fn agree_draws(&mut self, draws: u8) -> Result<Outcome, Broken> {
        if !self.business.terms.has_draws() {
            return Ok(Outcome::Refused);
        }
        self.agree(|terms| terms.draws = draws).await
    }
}

fn outcome<T>(done: &Result<T, Refusal>) -> Outcome {
    if done.is_ok() {
        Outcome::Done
    } else {
        Outcome::Refused
    }
}

fn same_reason<T>(what: &str, expected: Option<Reason>, done: &Result<T, Refusal>) -> Kept {
    let told = done.as_ref().err().map(|refusal| refusal.reason);
    ensure(told == expected, SAME_REASON, || {
        let refusal = done.as_ref().err();
        format!("{what}: {refusal:?}, expected {expected:?}")
    })
}
