//! Operations are taken: by the engine and by the reference, and both must agree what is refused.

use attain_app::RunRequest;
use attain_app::WhenBusy;
use attain_domain::adjusting::{
    Adjustment, AdjustmentKind, CreditAction, CreditPatch, SplitPart, TransactionAction,
    TransactionPatch,
};
use attain_domain::collecting::{RawCredit, RawTransaction};
use attain_domain::credit::Credit;
use attain_domain::earning::Earning;
use attain_domain::expression::Value;
use attain_domain::ids::{CreditId, ParticipantId};
use attain_domain::money::{Currency, Money};
use attain_domain::refusal::Reason;
use attain_domain::run::{Process, Run, Scope};
use attain_domain::testing::name;
use attain_domain::time::DateRange;
use attain_domain::transaction::TransactionStatus;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::books::key_of;
use crate::company::{Broken, Company, Kept, accepted, broken, ensure};
use crate::documents::{amount_of, date_of, person_id};
use crate::operations::Operation;
use crate::reference::adjusting::{CreditDeed, SaleDeed};
use crate::reference::collecting::{Answer, ByHand, Row};
use crate::reference::crediting::Pass;
use crate::terms::{MONTHS, Terms, first_day, last_day, month_name, quarter_of};

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Something may have changed.
    Done,
    /// Nothing may have.
    Refused,
    /// Everything was run over all months.
    RanAll(Box<RunFacts>),
}

/// What a run told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunFacts {
    pub(crate) done: u64,
    pub(crate) reversals_created: u64,
    pub(crate) all: String,
}

const SAME_ANSWER: &str = "the engine answers as the reference does";

impl Company {
    /// Takes one operation.
    pub(crate) async fn act(&mut self, operation: &Operation) -> Result<Outcome, Broken> {
        match operation {
            Operation::Import(rows) => self.import(rows).await,
            Operation::Hand(hand) => self.by_hand(hand).await,
            Operation::Adjust(deeds) => self.adjust(deeds).await,
            Operation::AdjustSale(key, deed) => self.adjust_sale(*key, *deed).await,
            Operation::Rules(rules) => self.agree(|terms| terms.rules = *rules).await,
            Operation::Rates(rates) => self.agree(|terms| terms.rates = *rates).await,
            Operation::Team(team) => self.agree(|terms| terms.team = *team).await,
            Operation::Tree(tree) => self.agree(|terms| terms.tree = *tree).await,
            Operation::Archive(archive) => self.agree(|terms| terms.archive = *archive).await,
            Operation::Close(month) => self.close(*month).await,
            Operation::Open(month) => self.agree(|terms| terms.closed[*month] = false).await,
            Operation::Run(process, first, last) => self.run(*process, *first, *last).await,
            Operation::RunAll => self.run(Process::RunAll, 0, MONTHS - 1).await,
            Operation::Revert => self.revert().await,
            Operation::Make(month) => self.make(*month).await,
            Operation::PayMonth(month) => self.pay_month(*month).await,
            Operation::Refresh(which) => self.refresh(*which).await,
            Operation::Delete(which) => self.delete(*which).await,
            Operation::Freeze(which) => self.freeze(*which).await,
            Operation::Pay(which) => self.pay(*which).await,
            Operation::Assign(new) => self.assign(new).await,
            Operation::Withdraw(which) => self.withdraw(*which).await,
            Operation::Undo(which, day) => self.undo(*which, *day).await,
            Operation::Clear(who, day) => self.clear(*who, *day).await,
            Operation::Draws(draws) => self.agree_draws(*draws).await,
        }
    }

    /// A month is closed when everything in it is settled.
    async fn close(&mut self, month: usize) -> Result<Outcome, Broken> {
        let mut terms = self.business.terms.clone();
        terms.closed[month] = true;
        let is_refused = match self.applied(&terms).await {
            Ok(()) => false,
            Err(refusals) => {
                let fair = [Reason::RevertPending, Reason::CalculationPending];
                let is_fair = refusals.iter().all(|one| fair.contains(&one.reason));
                ensure(is_fair, SAME_ANSWER, || format!("closing: {refusals:?}"))?;
                true
            }
        };
        let is_open = !self.business.terms.closed[month];
        let expected = is_open && self.is_unsettled(month).await?;
        ensure(is_refused == expected, SAME_ANSWER, || {
            format!("closing {month} is refused: {is_refused}, expected {expected}")
        })?;
        if !is_refused {
            self.business.agree(terms);
        }
        Ok(outcome(!is_refused))
    }

    async fn is_unsettled(&self, month: usize) -> Result<bool, Broken> {
        let name = month_name(month);
        let books = &self.books;
        let mut reversals = books.earnings.iter().filter(|one| one.awaits_calculation);
        let own = books
            .changes
            .iter()
            .filter(|one| one.period.as_str() == name);
        let changed: Vec<_> = own.map(|change| &change.scope).collect();
        let is_changed = |who: &ParticipantId| {
            let of = |scope: &&Scope| matches!(scope, Scope::Participant(id) if id == who);
            changed.iter().any(of)
        };
        let is_half_credited =
            |credit: &Credit| credit.period.as_str() == name && is_changed(&credit.participant);
        let is_half_earned = |earning: &Earning| {
            earning.period.as_str() == name && is_changed(&earning.key.participant)
        };
        Ok(self.waits(dates(month, month)).await?
            || reversals.any(|one| one.period.as_str() == name)
            || books.counting().any(is_half_credited)
            || books.current().any(is_half_earned))
    }

    /// Something is agreed anew.
    pub(crate) async fn agree(
        &mut self,
        change: impl FnOnce(&mut Terms),
    ) -> Result<Outcome, Broken> {
        let mut terms = self.business.terms.clone();
        change(&mut terms);
        self.define(&terms).await?;
        self.business.agree(terms);
        Ok(Outcome::Done)
    }

    async fn import(&mut self, rows: &[Row]) -> Result<Outcome, Broken> {
        let raw: Vec<(u64, RawTransaction)> = (1..).zip(rows.iter().map(raw_row)).collect();
        let report = self.engine.import_transactions(&self.caller, &raw).await;
        let counts = accepted("an import", report)?.counts;
        let told = (
            counts.stored,
            counts.unchanged,
            counts.superseded,
            counts.rejected,
        );
        let expected = self.business.import(rows);
        ensure(told == expected, SAME_ANSWER, || {
            format!("an import says {told:?}, expected {expected:?}")
        })?;
        Ok(Outcome::Done)
    }

    async fn by_hand(&mut self, hand: &ByHand) -> Result<Outcome, Broken> {
        let report = self
            .engine
            .import_credits(&self.caller, &[(1, raw_credit(hand))])
            .await;
        let counts = accepted("a credit by hand", report)?.counts;
        let told = (counts.stored, counts.unchanged, counts.rejected);
        let expected = match self.business.by_hand(hand) {
            Answer::Stored => (1, 0, 0),
            Answer::Unchanged => (0, 1, 0),
            Answer::Rejected => (0, 0, 1),
        };
        ensure(told == expected, SAME_ANSWER, || {
            format!("a credit by hand: {told:?}, expected {expected:?}")
        })?;
        Ok(Outcome::Done)
    }

    async fn adjust(&mut self, deeds: &[(u32, CreditDeed)]) -> Result<Outcome, Broken> {
        let directs = self.business.directs();
        if directs.is_empty() {
            return Ok(Outcome::Refused);
        }
        let pick = |which: u32| directs[which as usize % directs.len()].1.clone();
        let picked: Vec<_> = deeds
            .iter()
            .map(|(which, deed)| (pick(*which), deed))
            .collect();
        let adjustments: Vec<Adjustment> = picked
            .iter()
            .map(|(direct, deed)| {
                let known = direct.known_as.expect("every credit was found");
                let id = CreditId(Uuid::from_u128(known));
                Adjustment {
                    version: None,
                    kind: AdjustmentKind::Credit(id, credit_action(deed)),
                }
            })
            .collect();
        let report = self
            .engine
            .adjust(&self.caller, &adjustments, "as agreed")
            .await;
        let outcomes = accepted("a request to adjust", report)?.outcomes;
        let numbered: Vec<_> = picked
            .into_iter()
            .map(|(direct, deed)| (direct.id, deed.clone()))
            .collect();
        let expected = self.business.adjust(&numbered);
        let told: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
        ensure(told == expected, SAME_ANSWER, || {
            format!("adjusting: {outcomes:?}, expected {expected:?}")
        })?;
        Ok(outcome(told.contains(&true)))
    }

    async fn adjust_sale(&mut self, key: u8, deed: SaleDeed) -> Result<Outcome, Broken> {
        let own = self
            .books
            .transactions
            .iter()
            .filter(|sale| sale.key == key_of(key));
        let newest = own.filter(|sale| sale.status != TransactionStatus::Obsolete);
        let Some(id) = newest.map(|sale| sale.id).max() else {
            return Ok(Outcome::Refused);
        };
        let adjustment = Adjustment {
            version: None,
            kind: AdjustmentKind::Transaction(id, sale_action(deed)),
        };
        let report = self
            .engine
            .adjust(&self.caller, &[adjustment], "as agreed")
            .await;
        let outcomes = accepted("a request to adjust", report)?.outcomes;
        let expected = self.business.adjust_sale(key, deed);
        let told = outcomes.iter().all(Result::is_ok);
        ensure(told == expected, SAME_ANSWER, || {
            format!("adjusting a sale: {outcomes:?}, expected {expected:?}")
        })?;
        Ok(outcome(told))
    }

    async fn run(
        &mut self,
        process: Process,
        first: usize,
        last: usize,
    ) -> Result<Outcome, Broken> {
        let range = dates(first, last);
        let counted = match process {
            Process::Calculate => dates(quarter_of(first).start, quarter_of(last).end - 1),
            Process::Revert
            | Process::Classify
            | Process::Credit
            | Process::RollUp
            | Process::RunAll => range,
        };
        let waits = self.waits(counted).await?;
        let waits_anywhere = self.waits(DateRange::ALWAYS).await?;
        let run = match self.start(process, range).await {
            Ok(run) => run,
            Err(refusal) => {
                let is_fair = is_fairly_refused(process, waits, waits_anywhere, (first, last));
                ensure(is_fair, "nothing is refused without need", || {
                    format!("{process:?} over {first}..={last}: {refusal:?}")
                })?;
                return Ok(Outcome::Refused);
            }
        };
        let is_gated = match process {
            Process::Revert | Process::RunAll => false,
            Process::Classify | Process::Credit | Process::RollUp | Process::Calculate => true,
        };
        ensure(
            !(waits && is_gated),
            "the gate is closed while something waits",
            || format!("{process:?} over {first}..={last}"),
        )?;
        check_counts(&run)?;
        if let Some(pass) = pass_of(process) {
            self.business.run(pass, first, last);
        }
        let ended_all = process == Process::RunAll && (first, last) == (0, MONTHS - 1);
        Ok(if ended_all {
            Outcome::RanAll(Box::new(facts(&run)))
        } else {
            Outcome::Done
        })
    }

    /// Runs everything over all months once more.
    pub(crate) async fn run_again(&self) -> Result<RunFacts, Broken> {
        let range = DateRange::between(date_of(0), date_of(last_day(MONTHS - 1) + 1));
        let run = accepted("run all again", self.start(Process::RunAll, range).await)?;
        check_counts(&run)?;
        Ok(facts(&run))
    }

    async fn revert(&mut self) -> Result<Outcome, Broken> {
        let first = self.start(Process::Revert, DateRange::ALWAYS).await;
        check_counts(&accepted("revert", first)?)?;
        let left = self.waits(DateRange::ALWAYS).await?;
        ensure(!left, "revert leaves nothing that waits", String::new)?;
        let again = self.start(Process::Revert, DateRange::ALWAYS).await;
        let again = accepted("revert again", again)?;
        ensure(
            again.counts.taken == 0,
            "reverting again moves nothing",
            || format!("{:?}", again.counts),
        )?;
        Ok(Outcome::Done)
    }

    async fn start(
        &self,
        process: Process,
        range: DateRange,
    ) -> Result<Run, attain_domain::refusal::Refusal> {
        let request = RunRequest {
            process,
            range,
            when_busy: WhenBusy::Refuse,
        };
        self.engine.run_to_end(&self.caller, &request).await
    }

    /// Whether something waits for Revert in the open periods of a range.
    pub(crate) async fn waits(&self, range: DateRange) -> Result<bool, Broken> {
        let report = self.engine.pending(&self.caller, range).await;
        Ok(accepted("what is pending", report)?.counts.rows() > 0)
    }
}

/// The days of some months.
fn dates(first: usize, last: usize) -> DateRange {
    DateRange::between(date_of(first_day(first)), date_of(last_day(last) + 1))
}

fn is_fairly_refused(
    process: Process,
    waits: bool,
    waits_anywhere: bool,
    months: (usize, usize),
) -> bool {
    match process {
        // It may part what belongs together.
        Process::Revert => waits_anywhere && months != (0, MONTHS - 1),
        Process::RunAll => false,
        Process::Classify | Process::Credit | Process::RollUp | Process::Calculate => waits,
    }
}

/// What the reference does for a process.
fn pass_of(process: Process) -> Option<Pass> {
    match process {
        Process::Classify => Some(Pass::Classify),
        Process::Credit => Some(Pass::Credit),
        Process::RollUp => Some(Pass::RollUp),
        Process::RunAll => Some(Pass::All),
        Process::Calculate | Process::Revert => None,
    }
}

fn outcome(is_done: bool) -> Outcome {
    if is_done {
        Outcome::Done
    } else {
        Outcome::Refused
    }
}

fn facts(run: &Run) -> RunFacts {
    let of = |name: &str| run.counts.outcomes.get(name).copied().unwrap_or_default();
    RunFacts {
        done: run.counts.done,
        reversals_created: of("reversals_created"),
        all: format!("{:?}", run.counts),
    }
}

fn check_counts(run: &Run) -> Kept {
    let counts = &run.counts;
    let adds_up = counts.taken == counts.done + counts.skipped + counts.failed;
    if run.status.has_ended() && adds_up {
        return Ok(());
    }
    broken("taken = done + skipped + failed", format!("{run:?}"))
}

fn text(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

fn raw_row(row: &Row) -> RawTransaction {
    let owner = (row.owner <= 5).then(|| ("owner".to_owned(), person_id(row.owner)));
    RawTransaction {
        number: text(format!("N{}", row.key)),
        kind: text("ORDER"),
        event_date: text(date_of(row.day).to_string()),
        amount: text(amount_of(row.cents).to_string()),
        currency: text("USD"),
        cancelled: row.cancelled.then(|| "true".to_owned()),
        attributes: owner.into_iter().collect(),
        ..RawTransaction::default()
    }
}

fn raw_credit(hand: &ByHand) -> RawCredit {
    RawCredit {
        number: text(format!("N{}", hand.key)),
        kind: text("ORDER"),
        event_date: text(date_of(hand.day).to_string()),
        participant: text(person_id(hand.who)),
        amount: text(amount_of(hand.cents).to_string()),
        currency: text("USD"),
        revenue: text(hand.revenue.to_string()),
        rolls_up: text(hand.rolls_up.to_string()),
        ..RawCredit::default()
    }
}

pub(crate) fn dollars(cents: i64) -> Money {
    let currency = Currency::parse("USD").expect("USD is a currency");
    Money::new(amount_of(cents), currency)
}

fn credit_action(deed: &CreditDeed) -> CreditAction {
    let patch = CreditPatch::default();
    match deed {
        CreditDeed::Cancel => CreditAction::Cancel,
        CreditDeed::Transfer(to) => CreditAction::Transfer(name(&person_id(*to))),
        CreditDeed::Split(parts) => {
            let part = |(who, percent): &(u8, i64)| SplitPart {
                participant: name(&person_id(*who)),
                percent: Decimal::new(*percent, 2),
            };
            CreditAction::Split(parts.iter().map(part).collect())
        }
        CreditDeed::Amount(cents) => CreditAction::Change(CreditPatch {
            amount: Some(dollars(*cents)),
            ..patch
        }),
        CreditDeed::Day(day) => CreditAction::Change(CreditPatch {
            credit_date: Some(date_of(*day)),
            ..patch
        }),
        CreditDeed::TreeDay(day) => CreditAction::Change(CreditPatch {
            roll_up_date: Some(date_of(*day)),
            ..patch
        }),
        CreditDeed::RollsUp(rolls_up) => CreditAction::Change(CreditPatch {
            rolls_up: Some(*rolls_up),
            ..patch
        }),
    }
}

fn sale_action(deed: SaleDeed) -> TransactionAction {
    let patch = TransactionPatch::default();
    let patch = match deed {
        SaleDeed::Cancel => return TransactionAction::Cancel,
        SaleDeed::Preserve(keep) => return TransactionAction::PreserveCredits(keep),
        SaleDeed::Amount(cents) => TransactionPatch {
            amount: Some(dollars(cents)),
            ..patch
        },
        SaleDeed::Day(day) => TransactionPatch {
            event_date: Some(date_of(day)),
            ..patch
        },
        SaleDeed::Owner(owner) => {
            let owner = (owner <= 5).then(|| Value::Text(person_id(owner).into()));
            TransactionPatch {
                attributes: [(name("owner"), owner)].into(),
                ..patch
            }
        }
    };
    TransactionAction::Change(Box::new(patch))
}
