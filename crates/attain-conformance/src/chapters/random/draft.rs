//! A script: one change set after the other. Most are fine; some have one mistake, so that it is
//! clear how they must end.

use std::collections::BTreeSet;

use attain_domain::change::{ChangeSet, Changes, Guard};
use attain_domain::chunk::{ChunkState, RunChunk};
use attain_domain::ids::{CategoryId, ParticipantId, PeriodId, RunId, WorkspaceId};
use attain_domain::money::Money;
use attain_domain::stamp::{Stamp, Version};
use attain_domain::testing::{at, date, decimal, name, request, transaction, usd, uuid};
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::TransactionKey;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{calculated, paid, processed, rewarded, sold};
use crate::dice::Dice;
use crate::everything::Everything;

const CHANGES_MAX: u64 = 12;
const MONTHS: [&str; 4] = ["2026-01", "2026-02", "2026-03", "2026-04"];
const DAYS: [&str; 6] = [
    "2026-01-01",
    "2026-01-31",
    "2026-02-01",
    "2026-02-28",
    "2026-03-15",
    "2026-05-01",
];
const PEOPLE: [&str; 4] = ["ann", "Bob", "ça", "é"];

pub(crate) struct Script {
    dice: Dice,
    workspace: WorkspaceId,
    ids: u64,
    requests: usize,
}

impl Script {
    pub(crate) fn new(seed: u64, workspace: WorkspaceId) -> Self {
        Self {
            dice: Dice::new(seed),
            workspace,
            ids: 0,
            requests: 0,
        }
    }

    pub(crate) fn next(&mut self, now: &Everything) -> ChangeSet {
        let may_err = self.dice.one_in(4);
        let mut draft = Draft {
            dice: &mut self.dice,
            ids: &mut self.ids,
            now,
            changes: Changes::default(),
            named: BTreeSet::new(),
            may_err,
        };
        let guards = draft.guards();
        for _ in 0..draft.dice.between(1, CHANGES_MAX) {
            draft.change();
        }
        let changes = draft.changes;
        let mut set = ChangeSet {
            guards,
            changes,
            ..ChangeSet::new(self.workspace.clone())
        };
        if self.dice.one_in(3) {
            // Now and then one that was sent before, whatever became of it.
            let is_repeat = self.requests > 0 && self.dice.one_in(4);
            let number = if is_repeat {
                self.dice.below(self.requests)
            } else {
                self.requests += 1;
                self.requests
            };
            set.request = Some(request(&format!("request {number}")));
        }
        set
    }
}

/// Draws one change of a kind.
type Draw = fn(&mut Draft<'_>);

/// One change set in the making, after what there is now.
pub(super) struct Draft<'a> {
    pub(super) dice: &'a mut Dice,
    ids: &'a mut u64,
    pub(super) now: &'a Everything,
    pub(super) changes: Changes,
    /// Rows and keys that the set names already: nothing is named twice.
    named: BTreeSet<String>,
    /// Whether a mistake may still be made; one is enough.
    may_err: bool,
}

impl Draft<'_> {
    fn change(&mut self) {
        let kinds: [Draw; 17] = [
            sold::definition,
            sold::transaction,
            sold::transaction_progress,
            sold::credit,
            sold::credit_change,
            calculated::earning,
            calculated::earning_change,
            calculated::reversal,
            calculated::calculation,
            paid::batch,
            paid::paysheet,
            paid::line,
            rewarded::reward,
            rewarded::clear,
            rewarded::clear_undo,
            processed::run,
            processed::log,
        ];
        // Some are drawn more often: they are about the same few rows.
        let more: [Draw; 9] = [
            sold::transaction_departure,
            calculated::earning_revert,
            calculated::earning_return,
            calculated::earning_return,
            processed::work,
            processed::change,
            processed::claim,
            processed::activity,
            processed::chunk,
        ];
        let all = [&kinds[..], &more[..], &kinds[1..8]].concat();
        let kind = *self.dice.pick(&all);
        kind(self);
    }

    /// Whether to make the one mistake here.
    pub(super) fn errs(&mut self) -> bool {
        let errs = self.may_err && self.dice.one_in(4);
        self.may_err &= !errs;
        errs
    }

    /// Names a row or key; false if it is named already.
    pub(super) fn names(&mut self, what: impl std::fmt::Debug) -> bool {
        self.named.insert(format!("{what:?}"))
    }

    pub(super) fn is_named(&self, what: impl std::fmt::Debug) -> bool {
        self.named.contains(&format!("{what:?}"))
    }

    /// A row that the set does not name yet; it does from now on.
    pub(super) fn some<'r, T, Id: std::fmt::Debug>(
        &mut self,
        rows: &'r [T],
        id: impl Fn(&T) -> Id,
    ) -> Option<&'r T> {
        if rows.is_empty() {
            return None;
        }
        let row = self.dice.pick(rows);
        self.names(id(row)).then_some(row)
    }

    /// An id above all before it.
    pub(super) fn id(&mut self) -> u64 {
        *self.ids += 1;
        *self.ids
    }

    pub(super) fn absent_id(&mut self) -> Uuid {
        uuid(1_000_000 + self.dice.between(0, 9))
    }

    pub(super) fn key(&mut self) -> TransactionKey {
        transaction(self.dice.between(1, 6)).key
    }

    pub(super) fn participant(&mut self) -> ParticipantId {
        name(self.dice.text(&PEOPLE))
    }

    pub(super) fn period(&mut self) -> PeriodId {
        name(self.dice.text(&MONTHS))
    }

    pub(super) fn category(&mut self) -> Option<CategoryId> {
        let all = [None, Some("hardware"), Some("ソフト")];
        self.dice.pick(&all).map(name)
    }

    pub(super) fn date(&mut self) -> Date {
        date(self.dice.text(&DAYS))
    }

    pub(super) fn range(&mut self) -> DateRange {
        let (from, to) = (self.date(), self.date());
        match self.dice.below(4) {
            0 => DateRange::ALWAYS,
            1 => DateRange {
                from: Some(from),
                to: None,
            },
            _ => DateRange::between(from.min(to), from.max(to)),
        }
    }

    pub(super) fn number(&mut self) -> Decimal {
        let all = [
            "0",
            "1",
            "-12.5",
            "999999999999999.99999999",
            "0.00000001",
            "33.33",
        ];
        decimal(self.dice.text(&all))
    }

    pub(super) fn money(&mut self) -> Money {
        let number = self.number();
        Money::new(number, usd("0").currency)
    }

    /// The stamp of a new row, or of the next version of one.
    pub(super) fn stamp(&mut self, before: Option<&Stamp>) -> Stamp {
        let now = at(i64::try_from(self.dice.between(0, 1_000)).unwrap());
        let actor = name(self.dice.text(&PEOPLE));
        match before {
            Some(stamp) => stamp.touched(now, actor),
            None => Stamp::new(now, actor),
        }
    }

    fn guards(&mut self) -> Vec<Guard> {
        let mut guards = Vec::new();
        for _ in 0..self.dice.between(0, 4) {
            guards.extend(self.guard());
        }
        guards
    }

    /// One that holds, or one that does not if a mistake is due.
    fn guard(&mut self) -> Option<Guard> {
        let errs = self.errs();
        let seen = |version: Version| if errs { version.next() } else { version };
        let now = self.now;
        let guard = match self.dice.below(12) {
            0 => {
                let mut mark = now.mark;
                mark.0 += u64::from(errs);
                Guard::DefinitionsUnchanged(mark)
            }
            1 => {
                let row = some_of(self.dice, &now.definitions)?;
                let version = seen(row.stamp.version);
                Guard::DefinitionAt(row.body.kind(), row.body.id(), version)
            }
            2 => some_of(self.dice, &now.transactions)
                .map(|row| Guard::TransactionAt(row.id, seen(row.stamp.version)))?,
            3 => some_of(self.dice, &now.credits_by_id)
                .map(|row| Guard::CreditAt(row.id, seen(row.stamp.version)))?,
            4 => some_of(self.dice, &now.earnings)
                .map(|row| Guard::EarningAt(row.id, seen(row.stamp.version)))?,
            5 => some_of(self.dice, &now.lines_by_id)
                .map(|row| Guard::LineAt(row.id, seen(row.stamp.version)))?,
            6 => some_of(self.dice, &now.batches)
                .map(|row| Guard::BatchAt(row.id, seen(row.stamp.version)))?,
            7 => some_of(self.dice, &now.runs)
                .map(|row| Guard::RunAt(row.id, seen(row.stamp.version)))?,
            8 => some_of(self.dice, &now.rewarded.by_id)
                .map(|row| Guard::RewardAt(row.id, seen(row.stamp.version)))?,
            9 => some_of(self.dice, &now.rewarded.clears)
                .map(|row| Guard::ClearAt(row.id, seen(row.stamp.version)))?,
            10 => {
                let mut read = some_of(self.dice, &now.rewarded.marks)?.clone();
                read.mark += u64::from(errs);
                Guard::RewardsUnchanged(read)
            }
            _ => return self.guard_of_runs(errs),
        };
        Some(guard)
    }

    fn guard_of_runs(&mut self, errs: bool) -> Option<Guard> {
        if !errs {
            let is_leased = |chunk: &&RunChunk| matches!(chunk.state, ChunkState::Leased(_));
            let held = self.now.chunks.iter().find(is_leased)?;
            return Some(match self.dice.below(2) {
                0 => Guard::ChunkAt(held.id, held.version),
                _ => Guard::ChunkHeld {
                    chunk: held.id,
                    attempt: held.attempt,
                },
            });
        }
        // May hold or not; the set makes no other mistake.
        Some(Guard::NoRunOverlaps {
            except: RunId(uuid(self.dice.between(1, 50))),
            range: self.range(),
            at: at(i64::try_from(self.dice.between(0, 120)).unwrap()),
        })
    }
}

fn some_of<'r, T>(dice: &mut Dice, rows: &'r [T]) -> Option<&'r T> {
    (!rows.is_empty()).then(|| dice.pick(rows))
}
