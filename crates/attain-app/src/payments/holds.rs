//! Holding and releasing what stands on sheets.

use attain_domain::ids::{PaysheetId, RewardId};
use attain_domain::paying::{
    Decided, FillSheet, HoldOf, LineAction, hold_on_sheet, release_reward_to_next_batch,
    release_to_next_batch,
};
use attain_domain::payment::{BatchStatus, PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::Snapshot;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::Reward;
use attain_domain::stamp::Version;
use attain_domain::time::Instant;

use super::load::{books, check_etag, line_at, not_found, sheet_at};
use super::rewards::facts_before;
use super::views::LineOutcome;
use super::write::Answered;
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::world::World;

/// What is to be held or released.
enum Held {
    Line(PaymentLine),
    Reward(Reward),
}

impl Held {
    async fn load(
        snapshot: &dyn Snapshot,
        of: HoldOf,
        etag: Option<Version>,
    ) -> Result<Self, Refusal> {
        match of {
            HoldOf::Line(id) => Ok(Self::Line(line_at(snapshot, id, etag).await?)),
            HoldOf::Reward(id) => {
                let row = reward_now(snapshot, id).await?;
                let row = row.ok_or_else(|| not_found("reward", id))?;
                check_etag(etag, row.stamp.version)?;
                Ok(Self::Reward(row))
            }
        }
    }

    /// The sheet that shows it.
    fn sheet(&self, action: LineAction) -> Result<PaysheetId, Refusal> {
        match self {
            Self::Line(line) => Ok(line.paysheet),
            Self::Reward(row) => row.line().map(|line| line.paysheet).ok_or_else(|| {
                let text = format!("reward {} is on no paysheet", row.id);
                Refusal::new(Reason::WrongState, text)
                    .with("reward", row.id)
                    .with("state", "on no paysheet")
                    .with("action", action.name())
            }),
        }
    }
}

async fn reward_now(snapshot: &dyn Snapshot, id: RewardId) -> Result<Option<Reward>, Refusal> {
    let found = snapshot.rewards_by_id(&[id]).await;
    Ok(found.map_err(store_refusal)?.pop())
}

/// A sheet with all that it shows, to be settled anew.
async fn standing(
    snapshot: &dyn Snapshot,
    world: &World,
    sheet: &Paysheet,
) -> Result<FillSheet, Refusal> {
    let lines = snapshot.lines_of_paysheets(&[sheet.id]).await;
    let lines = lines.map_err(store_refusal)?;
    let whose = std::slice::from_ref(&sheet.participant);
    let mut facts = facts_before(snapshot, &world.set, sheet.batch, whose).await?;
    Ok(FillSheet {
        participant: sheet.participant.clone(),
        sheet: Some(sheet.clone()),
        books: books(snapshot, Vec::new(), lines.iter()).await?,
        lines,
        stale_holds: Vec::new(),
        rewards: facts.remove(&sheet.participant).unwrap_or_default(),
    })
}

impl Engine {
    /// Holds a line or a reward of an unpaid sheet, or releases it. What payment plans make of the
    /// sheet is settled anew. Released once the batch is paid, it leaves the sheet, and the next
    /// batch takes it.
    ///
    /// # Errors
    /// `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`; when the store fails.
    pub async fn line_action(
        &self,
        caller: &Caller,
        of: impl Into<HoldOf>,
        action: LineAction,
        etag: Option<Version>,
    ) -> Result<LineOutcome, Refusal> {
        let of = of.into();
        let content = match of {
            HoldOf::Line(id) => format!("{} line {id}", action.name()),
            HoldOf::Reward(id) => format!("{} reward {id}", action.name()),
        };
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if let Some(answer) = self.first_answer(caller, &*snapshot, &content).await? {
                return line_outcome(&*snapshot, of, &answer).await;
            }
            let held = Held::load(&*snapshot, of, etag).await?;
            let (batch, sheet) = sheet_at(&*snapshot, held.sheet(action)?, None).await?;
            let world = self.world(caller, &*snapshot).await?;
            let fill = standing(&*snapshot, &world, &sheet).await?;
            drop(snapshot);
            let place = Place {
                world: &world,
                batch: &batch,
                sheet: &sheet,
            };
            let (decided, at) = self.decide_held(caller, &place, fill, (of, &held), action)?;
            let outcome = outcome_of(of, &decided, sheet);
            let answered = Answered {
                content: &content,
                answer: outcome.sheet.id.to_string(),
            };
            if self.write(caller, decided, at, Some(answered)).await? {
                return Ok(outcome);
            }
        }
    }

    fn decide_held(
        &self,
        caller: &Caller,
        place: &Place<'_>,
        fill: FillSheet,
        (of, held): (HoldOf, &Held),
        action: LineAction,
    ) -> Result<(Decided, Instant), Refusal> {
        let (set, archive) = (
            &place.world.set,
            place.world.settings().archive_updated_credits,
        );
        let (batch, sheet) = (place.batch, place.sheet);
        let is_late = action == LineAction::Release && batch.status == BatchStatus::Paid;
        let ((), decided, at) = self.decide_now(caller, |circumstances, decided| {
            if !is_late {
                return hold_on_sheet(set, batch, fill, (of, action), circumstances, decided);
            }
            let mut books = fill.books;
            match held {
                Held::Line(line) => {
                    let lines = std::slice::from_ref(line);
                    release_to_next_batch(batch, sheet, lines, &mut books, circumstances, decided)?;
                }
                Held::Reward(row) => {
                    release_reward_to_next_batch(batch, sheet, row, circumstances, decided)?;
                }
            }
            books
                .into_values()
                .try_for_each(|book| book.close(&set.calendar, archive, circumstances, decided))
        })?;
        Ok((decided, at))
    }
}

/// Where what is held stands.
struct Place<'a> {
    world: &'a World,
    batch: &'a PaymentBatch,
    sheet: &'a Paysheet,
}

fn outcome_of(of: HoldOf, decided: &Decided, sheet: Paysheet) -> LineOutcome {
    let changes = &decided.changes;
    let (mut line, mut reward) = (None, None);
    match of {
        HoldOf::Line(id) => line = changes.lines.iter().find(|row| row.id == id).cloned(),
        HoldOf::Reward(id) => {
            let found = changes.rewards.iter().find(|row| row.id == id);
            reward = found.filter(|row| row.line().is_some()).cloned();
        }
    }
    LineOutcome {
        line,
        reward,
        sheet: changes.paysheets.first().cloned().unwrap_or(sheet),
    }
}

/// The answer to a repeated request: how what was held and its sheet are now.
async fn line_outcome(
    snapshot: &dyn Snapshot,
    of: HoldOf,
    answer: &str,
) -> Result<LineOutcome, Refusal> {
    let sheet = PaysheetId::parse(answer).map_err(|error| {
        let text = format!("an answer that is no paysheet: {error}");
        Refusal::new(Reason::Internal, text)
    })?;
    let (mut line, mut reward) = (None, None);
    match of {
        HoldOf::Line(id) => {
            let found = snapshot.lines_by_id(&[id]).await;
            line = found.map_err(store_refusal)?.pop();
        }
        HoldOf::Reward(id) => {
            let found = reward_now(snapshot, id).await?;
            reward = found.filter(|row| row.line().is_some());
        }
    }
    Ok(LineOutcome {
        line,
        reward,
        sheet: sheet_at(snapshot, sheet, None).await?.1,
    })
}
