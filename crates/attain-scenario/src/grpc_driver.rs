//! Runs scenarios through a server, as any other caller of it would.

mod corrections;
mod refusals;
mod rewards;
mod show;
mod wire;

use std::collections::BTreeMap;

use async_trait::async_trait;
use attain_client::proto::{
    Batch, BatchStatus, Credit, CreditRow, DateRange, DefinitionFile, DefinitionKind, Earning,
    EarningView, PaymentLine, Paysheet, TransactionRow, WhenBusy,
};
use attain_client::{ApplyMode, Client, ClientError, ImportProgress, Rows, proto};
use attain_domain::collecting::{RawCredit, RawTransaction};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::Process;
use futures::stream::{self, TryStreamExt};

use crate::driver::{Answer, BatchAction, Driver, LineChoice, SheetAction, View};
use crate::format::{AdjustStep, AdjustmentStep, ClearStep, RewardStep, UndoStep, WithdrawStep};
use crate::show::{counts, rejected};
use crate::table::Row;
use crate::texts::{process, rows};
use refusals::{reason, refusal, refusals};
use wire::{between, wire_date};

/// Who calls where a scenario does not say.
const ACTOR: &str = "scenario";

/// Number and type of a transaction, by its id or that of an earning.
type Numbers = BTreeMap<String, (String, String)>;

/// Runs scenarios on a server, in a workspace of their own.
pub struct GrpcDriver {
    address: String,
    client: Client,
}

impl GrpcDriver {
    /// A driver in the new workspace of this name; the address is such as
    /// `http://127.0.0.1:50051`.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses.
    pub async fn connect(address: &str, workspace: &str) -> Result<Self, Refusal> {
        let client = Client::connect(address, workspace, ACTOR)
            .await
            .map_err(refusal)?;
        client.create_workspace().await.map_err(refusal)?;
        Ok(Self {
            address: address.to_owned(),
            client,
        })
    }

    async fn client_of(&self, actor: Option<&str>) -> Result<Client, Refusal> {
        let Some(actor) = actor else {
            return Ok(self.client.clone());
        };
        let client = Client::connect(&self.address, self.client.workspace(), actor).await;
        client.map_err(refusal)
    }

    async fn sheet_of(&self, batch: &str, participant: &str) -> Result<Paysheet, Refusal> {
        let sheets: Vec<Paysheet> = all(self.client.paysheets(batch)).await?;
        let found = sheets
            .into_iter()
            .find(|sheet| sheet.participant == participant);
        found.ok_or_else(|| {
            let text = format!("`{participant}` has no sheet in the batch");
            Refusal::new(Reason::NotFound, text)
        })
    }

    async fn line_of(&self, sheet: &Paysheet, choice: &LineChoice) -> Result<PaymentLine, Refusal> {
        let lines = all(self.client.payment_lines(&sheet.paysheet_id)).await?;
        let numbers = self
            .numbers(&self.earnings(EarningView::Basic).await?)
            .await?;
        let fits = |line: &PaymentLine| {
            let number = numbers
                .get(&line.earning_id)
                .map(|(number, _)| number.as_str());
            let component = choice.component.as_deref();
            number == choice.number.as_deref()
                && component.is_none_or(|component| component == line.component)
        };
        let mut of_earnings = lines.into_iter().filter(|line| line.reward_id.is_empty());
        let found = of_earnings.find(fits);
        found.ok_or_else(|| Refusal::new(Reason::NotFound, "the sheet has no such line"))
    }

    async fn numbers(&self, earnings: &[Earning]) -> Result<Numbers, Refusal> {
        let known = self.keys_of(earnings).await?;
        let mut numbers = Numbers::new();
        for earning in earnings {
            if let Some(number) = known.get(&earning.transaction_id) {
                // A line that was paid before the earning was reversed points at the old one.
                if !earning.reversal_of.is_empty() {
                    numbers.insert(earning.reversal_of.clone(), number.clone());
                }
                numbers.insert(earning.earning_id.clone(), number.clone());
            }
        }
        Ok(numbers)
    }

    async fn earnings(&self, view: EarningView) -> Result<Vec<Earning>, Refusal> {
        all(self.client.earnings(None, DateRange::default(), view)).await
    }

    async fn batches(&self) -> Result<Vec<Batch>, Refusal> {
        all(self.client.batches()).await
    }

    async fn sheets(&self) -> Result<Vec<(Paysheet, BatchStatus)>, Refusal> {
        let mut sheets = Vec::new();
        for batch in self.batches().await? {
            let own = all(self.client.paysheets(&batch.batch_id)).await?;
            sheets.extend(own.into_iter().map(|sheet| (sheet, batch.status())));
        }
        Ok(sheets)
    }

    async fn lines(&self) -> Result<Vec<Row>, Refusal> {
        let numbers = self
            .numbers(&self.earnings(EarningView::Basic).await?)
            .await?;
        let mut rows = Vec::new();
        for (sheet, _) in self.sheets().await? {
            let lines = all(self.client.payment_lines(&sheet.paysheet_id)).await?;
            rows.extend(
                lines
                    .iter()
                    .map(|one| show::line(one, numbers.get(&one.earning_id))),
            );
        }
        Ok(rows)
    }

    async fn credits(&self) -> Result<Vec<Row>, Refusal> {
        let people = all(self.client.definitions(DefinitionKind::Participant)).await?;
        let mut rows = Vec::new();
        for person in people {
            let credits: Vec<Credit> = all(self
                .client
                .credits(&person.definition_id, DateRange::default()))
            .await?;
            rows.extend(credits.iter().map(show::credit));
        }
        Ok(rows)
    }
}

async fn all<T>(rows: Rows<T>) -> Result<Vec<T>, Refusal> {
    rows.try_collect().await.map_err(refusal)
}

fn transaction_row(row: RawTransaction) -> TransactionRow {
    TransactionRow {
        number: row.number.unwrap_or_default(),
        r#type: row.kind.unwrap_or_default(),
        event_date: row.event_date.unwrap_or_default(),
        amount: row.amount.unwrap_or_default(),
        currency: row.currency.unwrap_or_default(),
        quantity: row.quantity.unwrap_or_default(),
        updated_at: row.updated_at.unwrap_or_default(),
        category: row.category.unwrap_or_default(),
        preserve_credits: row.preserve_credits.unwrap_or_default(),
        hold: row.hold.unwrap_or_default(),
        do_not_classify: row.do_not_classify.unwrap_or_default(),
        do_not_roll_up: row.do_not_roll_up.unwrap_or_default(),
        do_not_calculate: row.do_not_calculate.unwrap_or_default(),
        cancelled: row.cancelled.unwrap_or_default(),
        attributes: row.attributes,
    }
}

fn credit_row(row: RawCredit) -> CreditRow {
    CreditRow {
        number: row.number.unwrap_or_default(),
        r#type: row.kind.unwrap_or_default(),
        event_date: row.event_date.unwrap_or_default(),
        participant: row.participant.unwrap_or_default(),
        amount: row.amount.unwrap_or_default(),
        currency: row.currency.unwrap_or_default(),
        quantity: row.quantity.unwrap_or_default(),
        category: row.category.unwrap_or_default(),
        percent: row.percent.unwrap_or_default(),
        revenue: row.revenue.unwrap_or_default(),
        rolls_up: row.rolls_up.unwrap_or_default(),
        updated_at: row.updated_at.unwrap_or_default(),
        transaction_amount: row.transaction_amount.unwrap_or_default(),
    }
}

/// The rows of a file, and the line of each: the wire counts rows, a file counts lines.
fn split<R, W>(rows: Vec<(u64, R)>, wire: fn(R) -> W) -> (Vec<u64>, Vec<W>) {
    rows.into_iter()
        .map(|(line, row)| (line, wire(row)))
        .unzip()
}

async fn imported(
    answers: Result<Rows<ImportProgress>, ClientError>,
    lines: &[u64],
) -> Result<Answer, Refusal> {
    let answers = all(answers.map_err(refusal)?).await?;
    let last = answers
        .last()
        .map(|answer| answer.counts)
        .unwrap_or_default();
    let totals = [
        ("read", last.read),
        ("stored", last.stored),
        ("unchanged", last.unchanged),
        ("superseded", last.superseded),
        ("rejected", last.rejected),
    ];
    let refused = answers
        .iter()
        .flat_map(|answer| &answer.rejected)
        .map(|row| {
            let line = usize::try_from(row.index)
                .ok()
                .and_then(|index| lines.get(index));
            let refusal = Refusal::new(reason(&row.reason), &row.text);
            let refusal = if row.field.is_empty() {
                refusal
            } else {
                refusal.at(&row.field)
            };
            rejected(line.copied().unwrap_or_default(), &refusal)
        });
    let tables = BTreeMap::from([("rejected", refused.collect()), ("counts", counts(totals))]);
    Ok(Answer {
        tables,
        ..Answer::default()
    })
}

#[async_trait]
impl Driver for GrpcDriver {
    async fn apply(&mut self, documents: &str) -> Result<Answer, Vec<Refusal>> {
        let file = DefinitionFile {
            name: "scenario".to_owned(),
            text: documents.to_owned(),
        };
        let answer = self
            .client
            .apply(vec![file], Vec::new(), ApplyMode::Write)
            .await;
        let answer = answer.map_err(refusals)?;
        let applied = answer.definitions.iter().map(show::applied).collect();
        let findings = answer.findings.iter().map(show::finding).collect();
        let tables = BTreeMap::from([("applied", applied), ("findings", findings)]);
        Ok(Answer {
            tables,
            ..Answer::default()
        })
    }

    async fn import(&mut self, csv: &str) -> Result<Answer, Refusal> {
        let (lines, rows) = split(rows(csv)?, transaction_row);
        imported(
            self.client.import_transactions(stream::iter(rows)).await,
            &lines,
        )
        .await
    }

    async fn import_credits(&mut self, csv: &str) -> Result<Answer, Refusal> {
        let (lines, rows) = split(rows(csv)?, credit_row);
        imported(self.client.import_credits(stream::iter(rows)).await, &lines).await
    }

    async fn adjust(&mut self, step: &AdjustStep) -> Result<Answer, Refusal> {
        self.adjust_all(step).await
    }

    async fn preview(&mut self, what: &[AdjustmentStep]) -> Result<Answer, Refusal> {
        self.preview_all(what).await
    }

    async fn moment(&mut self) -> Result<String, Refusal> {
        self.last_moment().await
    }

    async fn as_of(&mut self, moment: &str) -> Result<Vec<Row>, Refusal> {
        self.known_at(moment).await
    }

    async fn run(&mut self, name: &str, dates: Option<(&str, &str)>) -> Result<Answer, Refusal> {
        let process = match process(name)? {
            Process::Revert => proto::Process::Revert,
            Process::RunAll => proto::Process::RunAll,
            Process::Classify => proto::Process::Classify,
            Process::Credit => proto::Process::Credit,
            Process::RollUp => proto::Process::RollUp,
            Process::Calculate => proto::Process::Calculate,
        };
        let ended = self
            .client
            .run_to_end(process, between(dates)?, WhenBusy::Refuse, |_| {})
            .await;
        let ended = ended.map_err(refusal)?;
        let tables = BTreeMap::from([("counts", show::run(&ended))]);
        Ok(Answer {
            tables,
            id: Some(ended.run_id),
            ..Answer::default()
        })
    }

    async fn create_batch(
        &mut self,
        pay_group: &str,
        period: &str,
        pay_date: Option<&str>,
    ) -> Result<Answer, Refusal> {
        let pay_date = pay_date
            .map(|text| wire_date("pay_date", text))
            .transpose()?;
        let made = self.client.create_batch(pay_group, period, pay_date).await;
        let batch = made.map_err(refusal)?.batch;
        Ok(Answer {
            id: Some(batch.batch_id),
            ..Answer::default()
        })
    }

    async fn batch(&mut self, id: &str, action: BatchAction) -> Result<Answer, Refusal> {
        let client = &self.client;
        let done = match action {
            BatchAction::Refresh => client.refresh_batch(id, None).await.map(drop),
            BatchAction::Edit { pay_date } => {
                let pay_date = wire_date("pay_date", &pay_date)?;
                client.set_pay_date(id, pay_date, None).await.map(drop)
            }
            BatchAction::Freeze => client.freeze_batch(id, None).await.map(drop),
            BatchAction::Pay => client.pay_batch(id, None).await.map(drop),
            BatchAction::Delete => client.delete_batch(id, None).await,
        };
        done.map(|()| Answer::default()).map_err(refusal)
    }

    async fn sheet(
        &mut self,
        batch: &str,
        participant: &str,
        actor: Option<&str>,
        action: SheetAction,
    ) -> Result<Answer, Refusal> {
        let sheet = self.sheet_of(batch, participant).await?;
        let (client, id) = (self.client_of(actor).await?, sheet.paysheet_id.as_str());
        let done = match action {
            SheetAction::Lock => client.lock_paysheet(id, None).await,
            SheetAction::Submit => client.submit_paysheet(id, None).await,
            SheetAction::Approve => client.approve_paysheet(id, None).await,
            SheetAction::Reject => client.reject_paysheet(id, None).await,
        };
        done.map(|_| Answer::default()).map_err(refusal)
    }

    async fn hold(
        &mut self,
        batch: &str,
        participant: &str,
        line: LineChoice,
        held: bool,
    ) -> Result<Answer, Refusal> {
        let sheet = self.sheet_of(batch, participant).await?;
        let line = self.line_of(&sheet, &line).await?;
        let done = if held {
            self.client.hold_line(&line.line_id, None).await
        } else {
            self.client.release_line(&line.line_id, None).await
        };
        done.map(|_| Answer::default()).map_err(refusal)
    }

    async fn assign(&mut self, rewards: &[RewardStep]) -> Result<Answer, Refusal> {
        self.assign_all(rewards).await
    }

    async fn withdraw(&mut self, reward: &WithdrawStep) -> Result<Answer, Refusal> {
        self.withdraw_one(reward).await
    }

    async fn clear(&mut self, step: &ClearStep) -> Result<Answer, Refusal> {
        self.clear_all(step).await
    }

    async fn undo_clear(&mut self, id: &str, step: &UndoStep) -> Result<Answer, Refusal> {
        self.undo_one(id, step).await
    }

    async fn balances_on(
        &mut self,
        date: Option<&str>,
        known_at: Option<&str>,
    ) -> Result<Vec<Row>, Refusal> {
        self.all_balances(date, known_at).await
    }

    async fn view(&mut self, view: View) -> Result<Vec<Row>, Refusal> {
        match view {
            View::Rewards => self.reward_rows().await,
            View::Balances => self.all_balances(None, None).await,
            View::Clears => self.all_clears().await,
            View::Transactions => {
                let transactions = all(self.client.transactions(DateRange::default())).await?;
                Ok(corrections::with_newer(&transactions)
                    .map(|(one, newer)| show::transaction(one, newer))
                    .collect())
            }
            View::TransactionHistory => self.transaction_versions().await,
            View::Credits => self.credits().await,
            View::CreditHistory => self.credit_versions().await,
            View::EarningHistory => self.earning_versions().await,
            View::Pending => self.waits().await,
            View::Activities => self.deeds_with_reasons().await,
            View::Earnings => {
                let earnings = self.earnings(EarningView::Full).await?;
                let numbers = self.numbers(&earnings).await?;
                let rows = earnings.iter();
                Ok(rows
                    .map(|one| show::earning(one, numbers.get(&one.earning_id)))
                    .collect())
            }
            View::Batches => Ok(self.batches().await?.iter().map(show::batch).collect()),
            View::Sheets => {
                let sheets = self.sheets().await?;
                Ok(sheets
                    .iter()
                    .map(|(sheet, batch)| show::sheet(sheet, *batch))
                    .collect())
            }
            View::Lines => self.lines().await,
        }
    }
}
