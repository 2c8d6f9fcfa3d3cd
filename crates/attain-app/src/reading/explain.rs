//! Gathering the stored facts about an earning.

use attain_domain::credit::{Credit, CreditOrigin};
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{CreditId, DefinitionId, EarningId, PaysheetId, TransactionId};
use attain_domain::paying::HoldOf;
use attain_domain::payment::{PaymentLine, PaysheetStatus};
use attain_domain::plan::{Component, Plan};
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::DateRange;
use attain_domain::transaction::Transaction;

use super::counted::counted_credits;
use super::explanation::{
    CountedCredits, CreditExplained, EarningSource, Explanation, LineExplained, PATH_STEPS_MAX,
    PaymentExplained, PaysheetExplanation, RuleExplained,
};
use crate::caller::Caller;
use crate::corrections::Left;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::world::World;

impl Engine {
    /// How an earning came to be and what became of it, from what is stored; also for one that went
    /// to history.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn explain_earning(
        &self,
        caller: &Caller,
        id: EarningId,
    ) -> Result<Explanation, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        let explainer = Explainer {
            snapshot: &*snapshot,
            world: &world,
        };
        match explainer.find(id).await? {
            Some(found) => explainer.explain(found).await,
            None => {
                let text = format!("there is no earning {id}");
                Err(Refusal::new(Reason::NotFound, text).with("earning", id))
            }
        }
    }

    /// A paysheet with its lines explained, a page at a time.
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn explain_paysheet(
        &self,
        caller: &Caller,
        id: PaysheetId,
        after: Option<HoldOf>,
        chunk: ChunkSize,
    ) -> Result<PaysheetExplanation, Refusal> {
        let view = self.paysheet(caller, id).await?;
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        let explainer = Explainer {
            snapshot: &*snapshot,
            world: &world,
        };
        let count = view.lines.len() + view.rewards.len();
        let position = after.and_then(|after| match after {
            HoldOf::Line(id) => view.lines.iter().position(|line| line.id == id),
            HoldOf::Reward(id) => {
                let at = view.rewards.iter().position(|reward| reward.id == id);
                at.map(|at| view.lines.len() + at)
            }
        });
        let first = position.map_or(0, |position| position + 1);
        let mut lines = Vec::new();
        for line in view.lines.iter().skip(first).take(chunk.rows()) {
            let earning = match explainer.find(line.earning).await? {
                Some(found) => Some(Box::new(explainer.explain(found).await?)),
                None => None,
            };
            let line = line.clone();
            lines.push(LineExplained::Earning {
                line: Box::new(line),
                earning,
            });
        }
        let skipped = first.saturating_sub(view.lines.len());
        let room = chunk.rows().saturating_sub(lines.len());
        let rewards = view.rewards.iter().skip(skipped).take(room);
        lines.extend(rewards.map(|reward| LineExplained::Reward(Box::new(reward.clone()))));
        let is_end = first + lines.len() >= count;
        let next = lines.last().map(LineExplained::of).filter(|_| !is_end);
        let (sheet, batch) = (view.sheet, view.batch);
        Ok(PaysheetExplanation {
            sheet,
            batch,
            line_count: count as u64,
            lines,
            next,
        })
    }
}

/// An earning, live or past.
struct Found {
    earning: Earning,
    left: Option<Left>,
}

struct Explainer<'a> {
    snapshot: &'a dyn Snapshot,
    world: &'a World,
}

impl Explainer<'_> {
    async fn find(&self, id: EarningId) -> Result<Option<Found>, Refusal> {
        let live = self
            .snapshot
            .earnings_by_id(&[id])
            .await
            .map_err(store_refusal)?
            .pop();
        if let Some(earning) = live {
            return Ok(Some(Found {
                earning,
                left: None,
            }));
        }
        let past = self
            .snapshot
            .past_earnings(&[id])
            .await
            .map_err(store_refusal)?
            .pop();
        Ok(past.map(
            |PastEarning {
                 earning,
                 because,
                 left_at,
                 left_by,
             }| {
                let left = Some(Left {
                    because,
                    at: left_at,
                    by: left_by,
                });
                Found { earning, left }
            },
        ))
    }

    async fn explain(&self, found: Found) -> Result<Explanation, Refusal> {
        let Found { earning, left } = found;
        let plan = self.plan_of(&earning).await?;
        let component = plan
            .as_ref()
            .and_then(|plan| component_of(plan, &earning))
            .cloned();
        let source = match earning.credit {
            Some(id) => EarningSource::Credit(Box::new(self.credit(id, &earning).await?)),
            None => {
                self.interval(&earning, plan.as_ref(), component.as_ref())
                    .await?
            }
        };
        let calculation = self.snapshot.calculation(earning.calculation).await;
        let calculation = calculation.map_err(store_refusal)?;
        let payments = self.payments(earning.id).await?;
        let (reversals, on_that_date) = self.siblings(&earning).await?;
        let takes_back = match earning.reversal_of {
            Some(id) => self.find(id).await?.map(|found| found.earning),
            None => None,
        };
        let successor = match on_that_date {
            Some(successor) => Some(successor),
            None => self.successor(&earning).await?,
        };
        let successor = successor.filter(|successor| successor.id != earning.id);
        Ok(Explanation {
            earning,
            left,
            component,
            source,
            calculation,
            payments,
            reversals,
            takes_back,
            successor,
        })
    }

    /// The plan in the version that was used.
    async fn plan_of(&self, earning: &Earning) -> Result<Option<Plan>, Refusal> {
        let id = DefinitionId::parse(earning.key.plan.as_str()).map_err(|error| {
            Refusal::new(Reason::Internal, format!("the name of a plan: {error}"))
        })?;
        let version = earning.trace.plan_version;
        let record = self
            .snapshot
            .definition_at(DefinitionKind::Plan, &id, version)
            .await;
        Ok(record
            .map_err(store_refusal)?
            .and_then(|record| match record.body {
                Definition::Plan(plan) => Some(plan),
                Definition::Settings(_)
                | Definition::Attributes(_)
                | Definition::Calendar(_)
                | Definition::Rates(_)
                | Definition::Categories(_)
                | Definition::CategoryRules(_)
                | Definition::PayGroup(_)
                | Definition::Participant(_)
                | Definition::Team(_)
                | Definition::RuleSet(_)
                | Definition::PaymentPlan(_) => None,
            }))
    }

    async fn interval(
        &self,
        earning: &Earning,
        plan: Option<&Plan>,
        component: Option<&Component>,
    ) -> Result<EarningSource, Refusal> {
        let credits = match (plan, component) {
            (Some(plan), Some(component)) => {
                counted_credits(self.snapshot, self.world, earning, plan, component).await?
            }
            _ => CountedCredits {
                count: 0,
                first: Vec::new(),
            },
        };
        Ok(EarningSource::Interval(credits))
    }

    async fn credit(&self, id: CreditId, earning: &Earning) -> Result<CreditExplained, Refusal> {
        let credit = self.credit_by_id(id).await?;
        let path = self.path(credit.as_ref()).await?;
        let direct = path.last().or(credit.as_ref());
        let rule = direct.and_then(|direct| self.rule_of(direct));
        let of_credit = direct.and_then(|direct| direct.transaction);
        let transaction = match earning.transaction.or(of_credit) {
            Some(id) => self.transaction(id, direct).await?,
            None => None,
        };
        Ok(CreditExplained {
            id,
            credit,
            path,
            rule,
            transaction,
        })
    }

    /// A version of a transaction, live or past: that of a credit is found by its key.
    async fn transaction(
        &self,
        id: TransactionId,
        of: Option<&Credit>,
    ) -> Result<Option<Transaction>, Refusal> {
        let live = self.snapshot.transactions_by_id(&[id]).await;
        let live = live.map_err(store_refusal)?.pop();
        let (None, Some(credit)) = (&live, of) else {
            return Ok(live);
        };
        let keys = std::slice::from_ref(&credit.key);
        let past = self.snapshot.past_transactions_of_keys(keys).await;
        let past = past.map_err(store_refusal)?.into_iter();
        let mut past = past.map(|past| past.transaction);
        Ok(past.find(|transaction| transaction.id == id))
    }

    /// A credit, live or past.
    async fn credit_by_id(&self, id: CreditId) -> Result<Option<Credit>, Refusal> {
        let live = self.snapshot.credits_by_id(&[id]).await;
        if let Some(credit) = live.map_err(store_refusal)?.pop() {
            return Ok(Some(credit));
        }
        let past = self.snapshot.past_credits(&[id]).await;
        Ok(past.map_err(store_refusal)?.pop().map(|past| past.credit))
    }

    /// From source to source, until the direct credit.
    async fn path(&self, credit: Option<&Credit>) -> Result<Vec<Credit>, Refusal> {
        let mut path: Vec<Credit> = Vec::new();
        while path.len() < PATH_STEPS_MAX {
            let Some(at) = path.last().or(credit) else {
                break;
            };
            let CreditOrigin::From {
                source: Some(source),
                ..
            } = &at.origin
            else {
                break;
            };
            let Some(next) = self.credit_by_id(*source).await? else {
                break;
            };
            path.push(next);
        }
        Ok(path)
    }

    fn rule_of(&self, direct: &Credit) -> Option<RuleExplained> {
        match &direct.origin {
            CreditOrigin::Rule { set, rule } => {
                let rules = self.world.set.rule_sets.get(set);
                let reads_now = rules.and_then(|rules| rules.rules.iter().find(|r| r.id == *rule));
                Some(RuleExplained {
                    set: set.clone(),
                    rule: rule.clone(),
                    reads_now: reads_now.cloned(),
                })
            }
            CreditOrigin::Given | CreditOrigin::From { .. } => None,
        }
    }

    async fn payments(&self, earning: EarningId) -> Result<Vec<PaymentExplained>, Refusal> {
        let lines: Vec<PaymentLine> = self
            .snapshot
            .lines_of_earnings(&[earning])
            .await
            .map_err(store_refusal)?;
        let mut payments = Vec::new();
        for line in lines {
            let sheet = self
                .snapshot
                .paysheet(line.paysheet)
                .await
                .map_err(store_refusal)?;
            let batch = self
                .snapshot
                .batch(line.batch)
                .await
                .map_err(store_refusal)?;
            if let (Some(sheet), Some(batch)) = (sheet, batch) {
                let is_paid = sheet.status == PaysheetStatus::Paid && !line.held;
                payments.push(PaymentExplained {
                    line,
                    sheet,
                    batch,
                    is_paid,
                });
            }
        }
        Ok(payments)
    }

    /// The reversals of an earning, which have its date, and the current earning of its key, if it
    /// has that date too.
    async fn siblings(
        &self,
        earning: &Earning,
    ) -> Result<(Vec<Earning>, Option<Earning>), Refusal> {
        let Some(next_day) = earning.date.succ_opt() else {
            return Ok((Vec::new(), None));
        };
        let range = DateRange::between(earning.date, next_day);
        let whose = Some(&earning.key.participant);
        let (mut reversals, mut current) = (Vec::new(), None);
        let mut after: Option<EarningPosition> = None;
        loop {
            let chunk = ChunkSize::largest();
            let page = self
                .snapshot
                .earnings_after(whose, range, after.as_ref(), chunk)
                .await;
            let page = page.map_err(store_refusal)?;
            let is_end = page.len() < chunk.rows();
            after = page.last().map(EarningPosition::of);
            for other in page {
                if other.reversal_of == Some(earning.id) {
                    reversals.push(other);
                } else if other.is_current() && other.key == earning.key {
                    current = Some(other);
                }
            }
            if is_end {
                return Ok((reversals, current));
            }
        }
    }

    /// The current earning of a key whose credit moved to another date.
    async fn successor(&self, earning: &Earning) -> Result<Option<Earning>, Refusal> {
        let Some(lineage) = earning.key.lineage else {
            return Ok(None);
        };
        let whose = std::slice::from_ref(&earning.key.participant);
        let current = self.snapshot.earnings_of_lineages(whose, &[lineage]).await;
        let current = current.map_err(store_refusal)?;
        Ok(current.into_iter().find(|other| other.key == earning.key))
    }
}

fn component_of<'a>(plan: &'a Plan, earning: &Earning) -> Option<&'a Component> {
    plan.components
        .iter()
        .find(|component| component.id == earning.key.component)
}
