//! Batches are made, refreshed, frozen, paid and deleted, and refused exactly when they have to be.

use attain_domain::ids::BatchId;
use attain_domain::payment::BatchStatus;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::testing::{date, name};
use attain_domain::time::{Date, DateRange};

use crate::company::{Broken, Company, Kept, accepted, ensure};
use crate::documents::date_of;
use crate::taking::Outcome;
use crate::terms::{CARRIED, last_day, month_name};

impl Company {
    /// Why a batch cannot be filled, if so: something waits for Revert, or for a calculation.
    async fn unsettled(&self, pay_date: Date) -> Result<Option<Reason>, Broken> {
        let range = DateRange {
            from: None,
            to: pay_date.succ_opt(),
        };
        if self.waits(range).await? {
            return Ok(Some(Reason::RevertPending));
        }
        // What waits in a closed month waits until it is opened again.
        let terms = &self.business.terms;
        let waits = self.books.earnings.iter().any(|one| {
            let is_closed = terms.is_period_closed(one.period.as_str());
            one.awaits_calculation && one.date <= pay_date && !is_closed
        });
        Ok(waits.then_some(Reason::CalculationPending))
    }

    fn is_payable(&self, pay_date: Date) -> bool {
        self.books.earnings.iter().any(|earning| {
            earning.obsolete.is_none()
                && !earning.awaits_calculation
                && earning.instalments.taken == 0
                && earning.amount().is_some()
                && earning.date <= pay_date
        })
    }

    /// Whether a batch may be made, or not, because of what is neither earned nor on a sheet:
    /// rewards and payment plans give a sheet to pay, and what is carried leaves none.
    fn may_also(&self, unsettled: Option<Reason>, payable: bool, told: Option<Reason>) -> bool {
        let terms = &self.business.terms;
        if unsettled.is_some() || !terms.has_rewards() {
            return false;
        }
        match told {
            None => true,
            Some(Reason::NothingToPay) => !payable || terms.negative == CARRIED,
            Some(_) => false,
        }
    }

    async fn make_batch(
        &mut self,
        month: usize,
        pay_date: Option<Date>,
    ) -> Result<Option<BatchId>, Broken> {
        let due = pay_date.unwrap_or_else(|| date_of(last_day(month)));
        let unsettled = self.unsettled(due).await?;
        let is_payable = self.is_payable(due);
        let expected = unsettled.or_else(|| (!is_payable).then_some(Reason::NothingToPay));
        let (group, period) = (name("staff"), name(&month_name(month)));
        let made = self
            .engine
            .create_batch(&self.caller, &group, &period, pay_date)
            .await;
        let told = made.as_ref().err().map(|refusal| refusal.reason);
        let expected = if self.may_also(unsettled, is_payable, told) {
            told
        } else {
            expected
        };
        same_reason("make", expected, &made)?;
        Ok(made.ok().map(|view| view.batch.id))
    }

    pub(crate) async fn make(&mut self, month: usize) -> Result<Outcome, Broken> {
        let made = self.make_batch(month, None).await?;
        Ok(made.map_or(Outcome::Refused, |_| Outcome::Done))
    }

    pub(crate) async fn pay_month(&mut self, month: usize) -> Result<Outcome, Broken> {
        let Some(id) = self.make_batch(month, None).await? else {
            return Ok(Outcome::Refused);
        };
        accepted(
            "freeze",
            self.engine.freeze_batch(&self.caller, id, None).await,
        )?;
        accepted("pay", self.engine.pay_batch(&self.caller, id, None).await)?;
        Ok(Outcome::Done)
    }

    pub(crate) async fn refresh(&mut self, which: u8) -> Result<Outcome, Broken> {
        let Some(batch) = self.batch(which).map(|fact| fact.batch.clone()) else {
            return Ok(Outcome::Refused);
        };
        let expected = match refused_unless(batch.status, BatchStatus::Unpaid) {
            Some(reason) => Some(reason),
            None => self.unsettled(batch.pay_date).await?,
        };
        let done = self
            .engine
            .refresh_batch(&self.caller, batch.id, None)
            .await;
        same_reason("refresh", expected, &done)?;
        if done.is_ok() && self.business.terms.has_rewards() {
            let once = self.read().await;
            let again = self
                .engine
                .refresh_batch(&self.caller, batch.id, None)
                .await;
            accepted("refresh again", again)?;
            let twice = self.read().await;
            ensure(once == twice, "refreshing again changes nothing", || {
                crate::owed::what_differs(&once, &twice)
            })?;
        }
        Ok(outcome(&done))
    }

    pub(crate) async fn delete(&mut self, which: u8) -> Result<Outcome, Broken> {
        let Some(batch) = self.batch(which).map(|fact| fact.batch.clone()) else {
            return Ok(Outcome::Refused);
        };
        let expected = refused_unless(batch.status, BatchStatus::Unpaid);
        let done = self.engine.delete_batch(&self.caller, batch.id, None).await;
        same_reason("delete", expected, &done)?;
        Ok(outcome(&done))
    }

    pub(crate) async fn freeze(&mut self, which: u8) -> Result<Outcome, Broken> {
        let Some(batch) = self.batch(which).map(|fact| fact.batch.clone()) else {
            return Ok(Outcome::Refused);
        };
        let expected = refused_unless(batch.status, BatchStatus::Unpaid);
        let done = self.engine.freeze_batch(&self.caller, batch.id, None).await;
        same_reason("freeze", expected, &done)?;
        Ok(outcome(&done))
    }

    pub(crate) async fn pay(&mut self, which: u8) -> Result<Outcome, Broken> {
        let Some(batch) = self.batch(which).map(|fact| fact.batch.clone()) else {
            return Ok(Outcome::Refused);
        };
        let expected = refused_unless(batch.status, BatchStatus::Frozen);
        let done = self.engine.pay_batch(&self.caller, batch.id, None).await;
        same_reason("pay", expected, &done)?;
        Ok(outcome(&done))
    }

    /// Drops or pays what stands, and pays the rest.
    pub(crate) async fn pay_everything(&mut self) -> Kept {
        let standing: Vec<_> = self
            .books
            .batches
            .iter()
            .map(|fact| (fact.batch.id, fact.batch.status))
            .collect();
        for (id, status) in standing {
            match status {
                BatchStatus::Building | BatchStatus::Unpaid | BatchStatus::Deleting => {
                    accepted(
                        "delete",
                        self.engine.delete_batch(&self.caller, id, None).await,
                    )?;
                }
                BatchStatus::Frozen | BatchStatus::Paying => {
                    accepted("pay", self.engine.pay_batch(&self.caller, id, None).await)?;
                }
                BatchStatus::Paid => {}
            }
        }
        self.books = self.read().await;
        let far = Some(date("2027-12-31"));
        if let Some(id) = self.make_batch(crate::terms::MONTHS - 1, far).await? {
            accepted(
                "freeze",
                self.engine.freeze_batch(&self.caller, id, None).await,
            )?;
            accepted("pay", self.engine.pay_batch(&self.caller, id, None).await)?;
        }
        self.books = self.read().await;
        Ok(())
    }
}

fn refused_unless(status: BatchStatus, wanted: BatchStatus) -> Option<Reason> {
    (status != wanted).then_some(Reason::WrongState)
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
    ensure(
        told == expected,
        "batches are refused when they have to be",
        || {
            let refusal = done.as_ref().err();
            format!("{what}: {refusal:?}, expected {expected:?}")
        },
    )
}
