//! Filling batches: making, refreshing, editing. Participant after participant, some at a time;
//! between two commits the batch is `Building`.

use attain_domain::change::{DefinitionsMark, Guard};
use attain_domain::ids::{BatchId, ParticipantId, PayGroupId, PeriodId};
use attain_domain::paying::{BatchAction, Decided, check_batch, fill_sheet, new_batch, next_batch};
use attain_domain::payment::{BatchStatus, PaymentBatch};
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::stamp::Version;
use attain_domain::time::{Date, Instant};
use attain_domain::working::RowFailure;

use super::gather::{Gathered, Standing, gather};
use super::load::batch_at;
use super::refusals::{nothing_to_pay, refuse_closed_sheets};
use super::views::{BatchView, FAILURES_NAMED_MAX};
use super::write::Answered;
use crate::caller::Caller;
use crate::corrections::refuse_unsettled;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::world::World;

/// Which batch is filled.
enum Target<'a> {
    /// One that is to be made.
    New {
        pay_group: &'a PayGroupId,
        period: &'a PeriodId,
        pay_date: Option<Date>,
    },
    /// One that stands.
    Standing {
        id: BatchId,
        etag: Option<Version>,
        action: BatchAction,
        pay_date: Option<Date>,
    },
}

/// How far the filling has come after a commit.
struct Filled {
    batch: BatchId,
    /// The last participant who was looked at; none at the end.
    next: Option<ParticipantId>,
    failures: Vec<RowFailure>,
    /// The request was carried out before: by a call that may have been cut off.
    is_repeat: bool,
}

/// What one commit of the filling has to decide about.
struct Scan {
    decided: Decided,
    at: Instant,
    next: Option<ParticipantId>,
    failures: Vec<RowFailure>,
}

impl Engine {
    /// Makes a batch of everything that is unpaid and dated on or before the pay date (the last
    /// day of the period, if none is given), for the participants of a pay group.
    ///
    /// # Errors
    /// `UNKNOWN_REFERENCE`; `NOTHING_TO_PAY`; when the store fails. A batch whose making was cut
    /// off is `Building`: repeat the request, or refresh the batch.
    pub async fn create_batch(
        &self,
        caller: &Caller,
        pay_group: &PayGroupId,
        period: &PeriodId,
        pay_date: Option<Date>,
    ) -> Result<BatchView, Refusal> {
        let date = pay_date.map_or_else(String::new, |date| date.to_string());
        let content = format!("create_batch {pay_group} / {period} / {date}");
        self.fill(
            caller,
            &content,
            &Target::New {
                pay_group,
                period,
                pay_date,
            },
        )
        .await
    }

    /// Fills an unpaid batch anew: it shows what a new one would. Holds are kept, and sheets that
    /// are locked or further on stay as they are.
    ///
    /// # Errors
    /// `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`; when the store fails.
    pub async fn refresh_batch(
        &self,
        caller: &Caller,
        id: BatchId,
        etag: Option<Version>,
    ) -> Result<BatchView, Refusal> {
        let (action, pay_date) = (BatchAction::Refresh, None);
        let target = Target::Standing {
            id,
            etag,
            action,
            pay_date,
        };
        self.fill(caller, &format!("refresh_batch {id}"), &target)
            .await
    }

    /// Gives an unpaid batch another pay date, and fills it anew for that date.
    ///
    /// # Errors
    /// As [`Self::refresh_batch`]; `WRONG_STATE` too while a sheet is locked or further on.
    pub async fn edit_batch(
        &self,
        caller: &Caller,
        id: BatchId,
        pay_date: Date,
        etag: Option<Version>,
    ) -> Result<BatchView, Refusal> {
        let action = BatchAction::Edit;
        let target = Target::Standing {
            id,
            etag,
            action,
            pay_date: Some(pay_date),
        };
        self.fill(caller, &format!("edit_batch {id} {pay_date}"), &target)
            .await
    }

    /// Who is due in an unpaid batch and could not be taken, and why (the first 1 000).
    ///
    /// # Errors
    /// `NOT_FOUND`; when the store fails.
    pub async fn left_out(&self, caller: &Caller, id: BatchId) -> Result<Vec<RowFailure>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let batch = batch_at(&*snapshot, id, None).await?;
        let mut failures = Vec::new();
        match batch.status {
            BatchStatus::Building | BatchStatus::Unpaid => {}
            BatchStatus::Frozen
            | BatchStatus::Paying
            | BatchStatus::Paid
            | BatchStatus::Deleting => return Ok(failures),
        }
        let world = self.world(caller, &*snapshot).await?;
        let standing = Standing::load(&*snapshot, &world.set, &batch).await?;
        let mut from = None;
        loop {
            let gathered = gather(
                &*snapshot,
                &world.set,
                &batch,
                from.as_ref(),
                self.rows(),
                &standing,
            )
            .await?;
            from = gathered.next.clone();
            let (_, decided, _) = self.fill_gathered(caller, &world, &batch, gathered)?;
            note(&mut failures, decided.failures);
            if from.is_none() || failures.len() >= FAILURES_NAMED_MAX {
                return Ok(failures);
            }
        }
    }

    async fn fill(
        &self,
        caller: &Caller,
        content: &str,
        target: &Target<'_>,
    ) -> Result<BatchView, Refusal> {
        let first = self.fill_first(caller, content, target).await?;
        let (batch, mut failures) = (first.batch, first.failures);
        let mut next = first.next;
        let quietly = Caller {
            request: None,
            ..caller.clone()
        };
        let mut is_going_on = first.is_repeat || next.is_some();
        while is_going_on {
            let step = self.fill_further(&quietly, batch, next).await?;
            note(&mut failures, step.failures);
            next = step.next;
            is_going_on = next.is_some();
        }
        if first.is_repeat {
            failures = self.left_out(caller, batch).await?;
        }
        self.batch_view(caller, batch, failures).await
    }

    /// The first commit: it makes the batch, or opens it for being filled anew, and takes as much
    /// as fits. What fits whole never is `Building`.
    async fn fill_first(
        &self,
        caller: &Caller,
        content: &str,
        target: &Target<'_>,
    ) -> Result<Filled, Refusal> {
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            if let Some(answer) = self.first_answer(caller, &*snapshot, content).await? {
                let batch = BatchId::parse(&answer).map_err(|error| {
                    Refusal::new(
                        Reason::Internal,
                        format!("an answer that is no batch: {error}"),
                    )
                })?;
                return Ok(Filled {
                    batch,
                    next: None,
                    failures: Vec::new(),
                    is_repeat: true,
                });
            }
            let world = self.world(caller, &*snapshot).await?;
            let (read, batch) = self.open(caller, &*snapshot, &world, target).await?;
            refuse_unsettled(&*snapshot, &world, batch.pay_date).await?;
            let mut scan = self.scan(caller, &*snapshot, &world, &batch, None).await?;
            if read.is_none() && scan.decided.is_empty() {
                return Err(nothing_to_pay(&batch, &scan.failures));
            }
            drop(snapshot);
            self.close_step(caller, read.as_ref(), &batch, &mut scan)?;
            let id = batch.id;
            let answered = Answered {
                content,
                answer: id.to_string(),
            };
            let is_written = scan.decided.is_empty()
                || self
                    .write(caller, scan.decided, scan.at, Some(answered))
                    .await?;
            if is_written {
                let (next, failures) = (scan.next, scan.failures);
                return Ok(Filled {
                    batch: id,
                    next,
                    failures,
                    is_repeat: false,
                });
            }
        }
    }

    /// One more commit for a batch that is `Building`.
    async fn fill_further(
        &self,
        caller: &Caller,
        id: BatchId,
        from: Option<ParticipantId>,
    ) -> Result<Filled, Refusal> {
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            let batch = snapshot.batch(id).await.map_err(store_refusal)?;
            let ended = Filled {
                batch: id,
                next: None,
                failures: Vec::new(),
                is_repeat: false,
            };
            // Gone or whole: somebody else deleted it, or filled it to the end.
            let Some(batch) = batch.filter(|batch| batch.status == BatchStatus::Building) else {
                return Ok(ended);
            };
            let world = self.world(caller, &*snapshot).await?;
            let mut scan = self
                .scan(caller, &*snapshot, &world, &batch, from.clone())
                .await?;
            drop(snapshot);
            self.close_step(caller, Some(&batch), &batch, &mut scan)?;
            if scan.decided.is_empty() || self.write(caller, scan.decided, scan.at, None).await? {
                return Ok(Filled {
                    next: scan.next,
                    failures: scan.failures,
                    ..ended
                });
            }
        }
    }

    /// The batch as it was read, if it stands, and as it is filled.
    async fn open(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
        world: &World,
        target: &Target<'_>,
    ) -> Result<(Option<PaymentBatch>, PaymentBatch), Refusal> {
        match target {
            Target::New {
                pay_group,
                period,
                pay_date,
            } => {
                let (group, period) = ((*pay_group).clone(), (*period).clone());
                let (batch, _, _) = self.decide_now(caller, |circumstances, _| {
                    new_batch(&world.set, group, period, *pay_date, circumstances)
                })?;
                Ok((None, batch))
            }
            Target::Standing {
                id,
                etag,
                action,
                pay_date,
            } => {
                let read = batch_at(snapshot, *id, *etag).await?;
                check_batch(&read, *action)?;
                let pay_date = pay_date.unwrap_or(read.pay_date);
                if pay_date != read.pay_date {
                    refuse_closed_sheets(snapshot, *id).await?;
                }
                let batch = PaymentBatch {
                    pay_date,
                    ..read.clone()
                };
                Ok((Some(read), batch))
            }
        }
    }

    /// Looks at participants above `from` until there is something to commit, or nobody left.
    async fn scan(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
        world: &World,
        batch: &PaymentBatch,
        mut from: Option<ParticipantId>,
    ) -> Result<Scan, Refusal> {
        let mark: DefinitionsMark = snapshot.definitions_mark().await.map_err(store_refusal)?;
        let standing = Standing::load(snapshot, &world.set, batch).await?;
        let mut failures = Vec::new();
        loop {
            let gathered = gather(
                snapshot,
                &world.set,
                batch,
                from.as_ref(),
                self.rows(),
                &standing,
            )
            .await?;
            from = gathered.next.clone();
            let ((), mut decided, at) = self.fill_gathered(caller, world, batch, gathered)?;
            note(&mut failures, std::mem::take(&mut decided.failures));
            if !decided.is_empty() || from.is_none() {
                decided.guards.push(Guard::DefinitionsUnchanged(mark));
                return Ok(Scan {
                    decided,
                    at,
                    next: from,
                    failures,
                });
            }
        }
    }

    fn fill_gathered(
        &self,
        caller: &Caller,
        world: &World,
        batch: &PaymentBatch,
        gathered: Gathered,
    ) -> Result<((), Decided, Instant), Refusal> {
        self.decide_now(caller, |circumstances, decided| {
            gathered
                .fills
                .into_iter()
                .try_for_each(|fill| fill_sheet(&world.set, batch, fill, circumstances, decided))
        })
    }

    /// Adds the batch itself to a step: its state tells whether there is more to come. A batch that
    /// stays as it is is not written.
    fn close_step(
        &self,
        caller: &Caller,
        read: Option<&PaymentBatch>,
        batch: &PaymentBatch,
        scan: &mut Scan,
    ) -> Result<(), Refusal> {
        let status = match scan.next {
            Some(_) => BatchStatus::Building,
            None => BatchStatus::Unpaid,
        };
        let is_same = read.is_some_and(|read| {
            (read.status, read.pay_date) == (status, batch.pay_date) && scan.decided.is_empty()
        });
        if is_same {
            return Ok(());
        }
        let ((), of_batch, _) = self.decide_now(caller, |circumstances, decided| {
            match read {
                Some(read) => {
                    decided.write_batch(read, next_batch(batch, status, circumstances));
                }
                None => {
                    let batch = PaymentBatch {
                        status,
                        ..batch.clone()
                    };
                    decided.changes.batches.push(batch);
                }
            }
            Ok(())
        })?;
        scan.decided.guards.extend(of_batch.guards);
        scan.decided
            .changes
            .batches
            .extend(of_batch.changes.batches);
        scan.decided
            .changes
            .activities
            .extend(of_batch.changes.activities);
        Ok(())
    }

    /// How many earnings or lines one commit takes.
    pub(super) fn rows(&self) -> ChunkSize {
        ChunkSize::new(self.limits.chunk_payments)
    }
}

fn note(failures: &mut Vec<RowFailure>, more: Vec<RowFailure>) {
    let room = FAILURES_NAMED_MAX.saturating_sub(failures.len());
    failures.extend(more.into_iter().take(room));
}
