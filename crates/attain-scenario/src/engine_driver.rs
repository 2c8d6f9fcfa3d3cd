//! Runs scenarios on an engine in this process.

mod corrections;

use std::collections::BTreeMap;

use async_trait::async_trait;
use attain_app::{
    ApplyMode, Caller, DefinitionOutcome, Engine, HoldOf, ImportReport, LineAction, PaysheetAction,
    RunRequest, WhenBusy,
};
use attain_documents::read_documents;
use attain_domain::ids::{
    ActorId, BatchId, EarningId, ParticipantId, PayGroupId, PeriodId, WorkspaceId,
};
use attain_domain::payment::{PaymentLine, Paysheet};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::run::Run;
use attain_domain::time::DateRange;

use crate::driver::{Answer, BatchAction, Driver, LineChoice, SheetAction, View};
use crate::format::{AdjustStep, AdjustmentStep};
use crate::show;
use crate::table::Row;
use crate::texts::{date, dates, malformed, process, rows};

/// Runs scenarios on an engine, in a workspace of their own.
pub struct EngineDriver {
    engine: Engine,
    caller: Caller,
}

impl EngineDriver {
    /// A driver in the new workspace `scenario`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn new(engine: Engine) -> Result<Self, Refusal> {
        Self::in_workspace(engine, "scenario").await
    }

    /// A driver in a new workspace of this name, on a store that others use too.
    ///
    /// # Errors
    /// When the name is none, or the store fails.
    pub async fn in_workspace(engine: Engine, workspace: &str) -> Result<Self, Refusal> {
        let workspace = WorkspaceId::parse(workspace).map_err(malformed("workspace"))?;
        let actor = ActorId::parse("scenario").map_err(malformed("actor"))?;
        engine.create_workspace(&workspace).await?;
        Ok(Self {
            engine,
            caller: Caller::new(workspace, actor),
        })
    }

    async fn sheet_of(&self, batch: &str, participant: &str) -> Result<Paysheet, Refusal> {
        let batch = BatchId::parse(batch).map_err(malformed("batch"))?;
        let sheets = self
            .engine
            .paysheets(&self.caller, batch, None, ChunkSize::largest())
            .await?;
        let found = sheets
            .into_iter()
            .find(|sheet| sheet.participant.as_str() == participant);
        found.ok_or_else(|| {
            Refusal::new(
                Reason::NotFound,
                format!("`{participant}` has no sheet in the batch"),
            )
        })
    }

    async fn line_of(&self, sheet: &Paysheet, choice: &LineChoice) -> Result<PaymentLine, Refusal> {
        let lines = self.engine.paysheet(&self.caller, sheet.id).await?.lines;
        let numbers = self.numbers().await?;
        let fits = |line: &PaymentLine| {
            let number = numbers
                .get(&line.earning)
                .map(|(number, _)| number.as_str());
            let component = choice.component.as_deref();
            number == choice.number.as_deref()
                && component.is_none_or(|component| component == line.component.as_str())
        };
        let found = lines.into_iter().find(fits);
        found.ok_or_else(|| Refusal::new(Reason::NotFound, "the sheet has no such line"))
    }

    /// Number and type of the transaction of each live earning.
    async fn numbers(&self) -> Result<BTreeMap<EarningId, (String, String)>, Refusal> {
        let earnings = self.earnings().await?;
        let keys = self.keys_of(&earnings).await?;
        let mut numbers: BTreeMap<EarningId, (String, String)> = BTreeMap::new();
        for earning in &earnings {
            if let Some(key) = earning.transaction.and_then(|id| keys.get(&id)) {
                let number = (key.number.to_string(), key.kind.to_string());
                // A line that was paid before the earning was reversed points at the old one.
                if let Some(old) = earning.reversal_of {
                    numbers.insert(old, number.clone());
                }
                numbers.insert(earning.id, number);
            }
        }
        Ok(numbers)
    }

    async fn transactions(&self) -> Result<Vec<attain_domain::transaction::Transaction>, Refusal> {
        self.engine
            .transactions(&self.caller, DateRange::ALWAYS, None, ChunkSize::largest())
            .await
    }

    async fn earnings(&self) -> Result<Vec<attain_domain::earning::Earning>, Refusal> {
        self.engine
            .earnings(
                &self.caller,
                None,
                DateRange::ALWAYS,
                None,
                ChunkSize::largest(),
            )
            .await
    }

    async fn sheets(&self) -> Result<Vec<Paysheet>, Refusal> {
        let mut sheets = Vec::new();
        for batch in self
            .engine
            .batches(&self.caller, None, ChunkSize::largest())
            .await?
        {
            let page = self
                .engine
                .paysheets(&self.caller, batch.id, None, ChunkSize::largest())
                .await?;
            sheets.extend(page);
        }
        Ok(sheets)
    }

    async fn lines(&self) -> Result<Vec<Row>, Refusal> {
        let numbers = self.numbers().await?;
        let mut rows = Vec::new();
        for sheet in self.sheets().await? {
            for line in self.engine.paysheet(&self.caller, sheet.id).await?.lines {
                rows.push(show::line(&line, numbers.get(&line.earning)));
            }
        }
        Ok(rows)
    }

    async fn people(&self) -> Result<Vec<ParticipantId>, Refusal> {
        let mut people = Vec::new();
        for record in self.engine.export(&self.caller).await? {
            if let attain_domain::definition::Definition::Participant(person) = record.body {
                people.push(person.id);
            }
        }
        Ok(people)
    }

    async fn credits(&self) -> Result<Vec<Row>, Refusal> {
        let people = self.people().await?;
        let credits = self
            .engine
            .credits(
                &self.caller,
                &people,
                DateRange::ALWAYS,
                None,
                ChunkSize::largest(),
            )
            .await?;
        Ok(credits.iter().map(show::credit).collect())
    }
}

fn imported(report: &ImportReport) -> Answer {
    let counts = &report.counts;
    let counts = [
        ("read", counts.read),
        ("stored", counts.stored),
        ("unchanged", counts.unchanged),
        ("superseded", counts.superseded),
        ("rejected", counts.rejected),
    ];
    let rejected = report
        .rejected
        .iter()
        .map(|row| show::rejected(row.position, &row.refusal));
    let tables = BTreeMap::from([
        ("counts", show::counts(counts)),
        ("rejected", rejected.collect()),
    ]);
    Answer {
        tables,
        ..Answer::default()
    }
}

fn ran(run: &Run) -> Answer {
    let counts = &run.counts;
    let totals = [
        ("taken", counts.taken),
        ("done", counts.done),
        ("skipped", counts.skipped),
        ("failed", counts.failed),
    ];
    let mut rows = show::counts(totals);
    rows.extend(show::counts(
        counts.outcomes.iter().map(|(name, n)| (name.as_str(), *n)),
    ));
    rows.extend(show::counts(
        counts.errors.iter().map(|(reason, n)| (reason.code(), *n)),
    ));
    let status = format!("status {}", show::run_status(run.status));
    rows.extend(show::counts([(status.as_str(), 1)]));
    Answer {
        tables: BTreeMap::from([("counts", rows)]),
        id: Some(run.id.to_string()),
        ..Answer::default()
    }
}

#[async_trait]
impl Driver for EngineDriver {
    async fn apply(&mut self, documents: &str) -> Result<Answer, Vec<Refusal>> {
        let definitions = read_documents("scenario", documents)?;
        let plan = self
            .engine
            .apply(&self.caller, &definitions, &[], ApplyMode::Write)
            .await?;
        let applied = plan.definitions.iter().map(|one| {
            let outcome = match one.outcome {
                DefinitionOutcome::Created => "created",
                DefinitionOutcome::Updated => "updated",
                DefinitionOutcome::Unchanged => "unchanged",
                DefinitionOutcome::Deleted => "deleted",
            };
            show::row([
                ("kind", one.kind.name().to_owned()),
                ("id", one.id.to_string()),
                ("outcome", outcome.to_owned()),
            ])
        });
        let of_draws = plan.draw_findings.iter().map(show::draw_finding);
        let findings = plan.findings.iter().map(show::finding);
        let findings = findings.chain(of_draws).collect();
        let tables = BTreeMap::from([("applied", applied.collect()), ("findings", findings)]);
        Ok(Answer {
            tables,
            ..Answer::default()
        })
    }

    async fn import(&mut self, csv: &str) -> Result<Answer, Refusal> {
        let rows = rows(csv)?;
        let mut report = ImportReport::default();
        for chunk in rows.chunks(self.engine.import_chunk_rows()) {
            report.add(self.engine.import_transactions(&self.caller, chunk).await?);
        }
        Ok(imported(&report))
    }

    async fn import_credits(&mut self, csv: &str) -> Result<Answer, Refusal> {
        let rows = rows(csv)?;
        let mut report = ImportReport::default();
        for chunk in rows.chunks(self.engine.import_chunk_rows()) {
            report.add(self.engine.import_credits(&self.caller, chunk).await?);
        }
        Ok(imported(&report))
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

    async fn run(&mut self, name: &str, between: Option<(&str, &str)>) -> Result<Answer, Refusal> {
        let request = RunRequest {
            process: process(name)?,
            range: dates(between)?,
            when_busy: WhenBusy::Refuse,
        };
        Ok(ran(&self.engine.run_to_end(&self.caller, &request).await?))
    }

    async fn create_batch(
        &mut self,
        pay_group: &str,
        period: &str,
        pay_date: Option<&str>,
    ) -> Result<Answer, Refusal> {
        let group = PayGroupId::parse(pay_group).map_err(malformed("pay_group"))?;
        let period = PeriodId::parse(period).map_err(malformed("period"))?;
        let pay_date = pay_date.map(|text| date("pay_date", text)).transpose()?;
        let view = self
            .engine
            .create_batch(&self.caller, &group, &period, pay_date)
            .await?;
        Ok(Answer {
            id: Some(view.batch.id.to_string()),
            ..Answer::default()
        })
    }

    async fn batch(&mut self, id: &str, action: BatchAction) -> Result<Answer, Refusal> {
        let id = BatchId::parse(id).map_err(malformed("batch"))?;
        let (engine, caller) = (&self.engine, &self.caller);
        match action {
            BatchAction::Refresh => engine.refresh_batch(caller, id, None).await.map(drop)?,
            BatchAction::Edit { pay_date } => {
                let pay_date = date("pay_date", &pay_date)?;
                engine
                    .edit_batch(caller, id, pay_date, None)
                    .await
                    .map(drop)?;
            }
            BatchAction::Freeze => engine.freeze_batch(caller, id, None).await.map(drop)?,
            BatchAction::Pay => engine.pay_batch(caller, id, None).await.map(drop)?,
            BatchAction::Delete => engine.delete_batch(caller, id, None).await.map(drop)?,
        }
        Ok(Answer::default())
    }

    async fn sheet(
        &mut self,
        batch: &str,
        participant: &str,
        actor: Option<&str>,
        action: SheetAction,
    ) -> Result<Answer, Refusal> {
        let sheet = self.sheet_of(batch, participant).await?;
        let action = match action {
            SheetAction::Lock => PaysheetAction::Lock,
            SheetAction::Submit => PaysheetAction::Submit,
            SheetAction::Approve => PaysheetAction::Approve,
            SheetAction::Reject => PaysheetAction::Reject,
        };
        let mut caller = self.caller.clone();
        if let Some(actor) = actor {
            caller.actor = ActorId::parse(actor).map_err(malformed("actor"))?;
        }
        self.engine
            .paysheet_action(&caller, sheet.id, action, None)
            .await?;
        Ok(Answer::default())
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
        let action = if held {
            LineAction::Hold
        } else {
            LineAction::Release
        };
        self.engine
            .line_action(&self.caller, HoldOf::Line(line.id), action, None)
            .await?;
        Ok(Answer::default())
    }

    async fn view(&mut self, view: View) -> Result<Vec<Row>, Refusal> {
        match view {
            View::Transactions => {
                let transactions = self.transactions().await?;
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
                let numbers = self.numbers().await?;
                let earnings = self.earnings().await?;
                let rows = earnings
                    .iter()
                    .map(|one| show::earning(one, numbers.get(&one.id)));
                Ok(rows.collect())
            }
            View::Batches => {
                let batches = self
                    .engine
                    .batches(&self.caller, None, ChunkSize::largest())
                    .await?;
                Ok(batches.iter().map(show::batch).collect())
            }
            View::Sheets => {
                let batches = self
                    .engine
                    .batches(&self.caller, None, ChunkSize::largest())
                    .await?;
                let rows = self.sheets().await?.into_iter().map(|sheet| {
                    let batch = batches.iter().find(|batch| batch.id == sheet.batch);
                    show::sheet(&sheet, batch.map(|batch| batch.status))
                });
                Ok(rows.collect())
            }
            View::Lines => self.lines().await,
        }
    }
}
