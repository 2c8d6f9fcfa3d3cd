//! What must be true of rewards, sheets and balances at any moment: added up from the rows that are
//! stored, and compared with what the engine answers.

use std::collections::{BTreeMap, BTreeSet};

use attain_app::BalanceAsked;
use attain_domain::ids::{BatchId, ClearId, EarningId, ParticipantId, PaysheetId, RewardId};
use attain_domain::payment::{Paysheet, PaysheetStatus};
use attain_domain::ports::{ChunkSize, Clock};
use attain_domain::reward::{Clear, ClearOrigin, Reward, RewardPayment};
use attain_domain::testing::name;
use attain_domain::time::Date;
use rust_decimal::Decimal;

use crate::books::Books;
use crate::company::{Broken, Company, Kept, accepted, ensure};
use crate::documents::{date_of, person_id};
use crate::linking::cents_of;
use crate::terms::{DAYS, PEOPLE};

/// What was answered once: by participant, in cents.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    asked: BalanceAsked,
    owed: Vec<i64>,
}

/// Checks rows, sheets and sums.
pub(crate) fn check_rewards(before: &Books, after: &Books) -> Kept {
    check_lasting(before, after)?;
    check_places(after)?;
    check_sheets(after)?;
    check_clears(after)?;
    (0..PEOPLE).try_for_each(|who| check_conserved(after, who))
}

/// What was said never changes, what was paid or withdrawn stays so, and nothing vanishes.
fn check_lasting(before: &Books, after: &Books) -> Kept {
    let promise = "what was said of a reward lasts";
    let now: BTreeMap<RewardId, &Reward> = after.rewards.iter().map(|row| (row.id, row)).collect();
    for old in &before.rewards {
        let Some(new) = now.get(&old.id) else {
            return ensure(false, promise, || format!("{old:?} is gone"));
        };
        let is_final = old.is_paid() || old.withdrawn.is_some();
        let expected = Reward {
            payment: if is_final { &old.payment } else { &new.payment }.clone(),
            withdrawn: if is_final {
                &old.withdrawn
            } else {
                &new.withdrawn
            }
            .clone(),
            cleared: new.cleared.clone(),
            stamp: new.stamp.clone(),
            ..old.clone()
        };
        ensure(expected == **new, promise, || {
            format!("it was {old:?}\nand is {new:?}")
        })?;
    }
    let clears: BTreeMap<ClearId, &Clear> = after.clears.iter().map(|one| (one.id, one)).collect();
    for old in &before.clears {
        let is_kept = clears.get(&old.id).is_some_and(|new| {
            let says = |one: &Clear| (one.rewards.clone(), one.forgiven, one.date, one.at);
            says(new) == says(old) && (old.undone.is_none() || old.undone == new.undone)
        });
        ensure(is_kept, "a clearing lasts", || format!("{old:?}"))?;
    }
    Ok(())
}

/// A reward is on one sheet of its participant or on none; paid ones on paid sheets.
fn check_places(books: &Books) -> Kept {
    let promise = "a reward is on one sheet";
    let mut sheets: BTreeMap<PaysheetId, &Paysheet> = BTreeMap::new();
    let mut shown: Vec<RewardId> = Vec::new();
    for fact in &books.batches {
        sheets.extend(fact.sheets.iter().map(|sheet| (sheet.id, sheet)));
        shown.extend(&fact.rewards);
    }
    shown.sort_unstable();
    let lined = books.rewards.iter().filter(|row| line_of(row).is_some());
    let mut lined: Vec<RewardId> = lined.map(|row| row.id).collect();
    lined.sort_unstable();
    ensure(shown == lined, promise, || {
        format!("sheets show {shown:?}, rewards say {lined:?}")
    })?;
    for row in &books.rewards {
        let Some((line_batch, line_sheet, held)) = line_of(row) else {
            continue;
        };
        let sheet = sheets.get(&line_sheet);
        let is_there = sheet.is_some_and(|sheet| {
            let is_paid = sheet.status == PaysheetStatus::Paid && !held;
            sheet.batch == line_batch
                && sheet.participant == row.participant
                && is_paid == matches!(row.payment, RewardPayment::Paid { .. })
        });
        ensure(is_there && row.withdrawn.is_none(), promise, || {
            format!("{row:?} on {sheet:?}")
        })?;
    }
    Ok(())
}

fn line_of(row: &Reward) -> Option<(BatchId, PaysheetId, bool)> {
    match &row.payment {
        RewardPayment::Unpaid => None,
        RewardPayment::OnPaysheet(line) | RewardPayment::Paid { line, .. } => {
            Some((line.batch, line.paysheet, line.held))
        }
    }
}

/// What a reward pays on its sheet.
fn pays(row: &Reward) -> Decimal {
    match &row.payment {
        RewardPayment::Unpaid => Decimal::ZERO,
        RewardPayment::OnPaysheet(line) | RewardPayment::Paid { line, .. } => {
            line.pay_amount.amount
        }
    }
}

/// A sheet is the sum of what it shows.
fn check_sheets(books: &Books) -> Kept {
    for fact in &books.batches {
        for sheet in &fact.sheets {
            let sum = |wanted: bool| -> Decimal {
                let lines = fact.lines.iter();
                let lines = lines.filter(|one| one.paysheet == sheet.id && one.held == wanted);
                let rewards = books.rewards.iter().filter(|row| {
                    line_of(row).is_some_and(|(_, at, held)| at == sheet.id && held == wanted)
                });
                let of_lines: Decimal = lines.map(|line| line.pay_amount.amount).sum();
                of_lines + rewards.map(pays).sum::<Decimal>()
            };
            let expected = (sum(false), sum(true));
            let told = (sheet.total.amount, sheet.held.amount);
            ensure(
                told == expected,
                "a sheet is the sum of what it shows",
                || format!("{sheet:?}: expected {expected:?}"),
            )?;
        }
    }
    Ok(())
}

/// Clearings and rewards agree, and those that a batch made last as long as the batch.
fn check_clears(books: &Books) -> Kept {
    let promise = "clearings and rewards agree";
    let rewards: BTreeMap<RewardId, &Reward> =
        books.rewards.iter().map(|row| (row.id, row)).collect();
    for clear in &books.clears {
        let rows = clear.rewards.iter().filter_map(|id| rewards.get(id));
        let rows: Vec<&&Reward> = rows.collect();
        let sum: i64 = rows.iter().map(|row| cents_of(row.amount.amount)).sum();
        let by_it = |row: &&&Reward| row.cleared.as_ref().is_some_and(|by| by.clear == clear.id);
        let fits = match clear.undone {
            None => rows.iter().all(by_it),
            Some(_) => !rows.iter().any(|row| by_it(row) && row.withdrawn.is_none()),
        };
        let is_whole = rows.len() == clear.rewards.len() && sum == cents_of(clear.forgiven.amount);
        let undos = books.undos.iter().filter(|undo| undo.clear == clear.id);
        let undone = undos.map(|undo| undo.id).collect::<Vec<_>>();
        let expected: Vec<_> = clear.undone.iter().map(|undone| undone.undo).collect();
        ensure(fits && is_whole && undone == expected, promise, || {
            format!("{clear:?} of {rows:?}, undone by {undone:?}")
        })?;
        let ClearOrigin::Waived { batch, .. } = &clear.origin else {
            continue;
        };
        let of_batch = books.batches.iter().filter(|fact| fact.batch.id == *batch);
        let mut sheets = of_batch.flat_map(|fact| &fact.sheets);
        let stands = sheets.any(|sheet| sheet.participant == clear.participant);
        ensure(
            stands || clear.undone.is_some(),
            "what a batch forgave is owed again when it is deleted",
            || format!("{clear:?}"),
        )?;
    }
    let standing = books.clears.iter().filter(|clear| clear.undone.is_none());
    let standing: BTreeMap<ClearId, &Clear> = standing.map(|clear| (clear.id, clear)).collect();
    for row in books.rewards.iter().filter(|row| row.withdrawn.is_none()) {
        let Some(cleared) = &row.cleared else {
            continue;
        };
        let is_of_one = standing.get(&cleared.clear);
        let is_of_one = is_of_one.is_some_and(|clear| clear.rewards.contains(&row.id));
        ensure(is_of_one, promise, || format!("{row:?}"))?;
    }
    Ok(())
}

/// paid − earned = owed + forgiven + not recoverable − what waits.
fn check_conserved(books: &Books, who: u8) -> Kept {
    let whose: ParticipantId = name(&person_id(who));
    let mut paid = 0;
    for sheet in books.batches.iter().flat_map(|fact| &fact.sheets) {
        if sheet.participant == whose && sheet.status == PaysheetStatus::Paid {
            paid += cents_of(sheet.total.amount);
        }
    }
    let (mut earned, mut waiting) = (0, 0);
    let of_lines = books.lines();
    let paid_ones = of_lines.iter().filter(|(_, is_paid)| *is_paid);
    let paid_ones: BTreeSet<EarningId> = paid_ones.map(|(line, _)| line.earning).collect();
    let past = books.past_earnings.iter().map(|past| &past.earning);
    // One that was replaced before it was paid stands no more.
    let past = past.filter(|one| paid_ones.contains(&one.id));
    let live = books.earnings.iter();
    let live = live.filter(|one| one.obsolete.is_none() || one.instalments.paid > 0);
    for earning in live.chain(past).filter(|one| one.key.participant == whose) {
        let cents = earning.amount().map_or(0, |money| cents_of(money.amount));
        earned += cents;
        if !paid_ones.contains(&earning.id) {
            waiting += cents;
        }
    }
    let (mut owed, mut forgiven, mut given) = (0, 0, 0);
    let own = books.rewards.iter().filter(|row| row.participant == whose);
    for row in own.filter(|row| row.withdrawn.is_none()) {
        let cents = cents_of(row.amount.amount);
        match (row.recoverable, &row.cleared) {
            (false, _) => given += cents,
            (true, Some(_)) => forgiven += cents,
            (true, None) => owed += cents,
        }
        if !matches!(row.payment, RewardPayment::Paid { .. }) {
            waiting += cents;
        }
    }
    let gap = paid - earned - (owed + forgiven + given - waiting);
    ensure(gap == 0, "money is conserved", || {
        format!(
            "{whose}: gap {gap}: paid {paid}, earned {earned}, owed {owed}, forgiven {forgiven}, \
             not recoverable {given}, waiting {waiting}"
        )
    })
}

/// What somebody owes, in cents: now, or as of a date.
pub(crate) fn owed_on(books: &Books, who: u8, date: Option<Date>) -> i64 {
    let whose: ParticipantId = name(&person_id(who));
    let has_come = |then: Date| date.is_none_or(|date| then <= date);
    let own = books.rewards.iter().filter(|row| row.participant == whose);
    let standing = books.clears.iter().filter(|clear| {
        let undone = clear.undone.as_ref();
        has_come(clear.date) && !undone.is_some_and(|undone| has_come(undone.date))
    });
    let cleared: BTreeSet<RewardId> = standing.flat_map(|clear| clear.rewards.clone()).collect();
    let counts = |row: &&Reward| {
        let is_cleared = match date {
            None => row.cleared.is_some(),
            Some(_) => cleared.contains(&row.id),
        };
        row.recoverable && row.withdrawn.is_none() && has_come(row.date) && !is_cleared
    };
    own.filter(counts)
        .map(|row| cents_of(row.amount.amount))
        .sum()
}

impl Company {
    /// What the engine answers is what the rows add up to, and what it answered before it answers
    /// still, when it is asked with what was known then.
    pub(crate) async fn check_owed(&mut self, books: &Books) -> Kept {
        if !self.business.terms.has_rewards() {
            return Ok(());
        }
        let step = self.owed.len();
        let at = u32::try_from(step).expect("a few operations");
        let date = Some(date_of(at * 13 % DAYS));
        let known_at = Some(self.clock.now());
        for date in [None, date] {
            let asked = BalanceAsked { date, known_at };
            let expected: Vec<i64> = (0..PEOPLE).map(|who| owed_on(books, who, date)).collect();
            self.check_answer(asked, &expected, "what is owed is the sum of its rewards")
                .await?;
            let now = BalanceAsked {
                known_at: None,
                ..asked
            };
            self.check_answer(now, &expected, "what is owed is the sum of its rewards")
                .await?;
            let owed = expected;
            self.owed.push(Remembered { asked, owed });
        }
        let count = self.owed.len();
        for past in [count / 2, step * 7 % count, count.saturating_sub(4)] {
            let Remembered { asked, owed } = &self.owed[past];
            self.check_answer(*asked, owed, "what was owed as of then stays")
                .await?;
        }
        self.check_account(u8::try_from(step % usize::from(PEOPLE)).expect("a few people"))
            .await
    }

    async fn check_answer(
        &self,
        asked: BalanceAsked,
        expected: &[i64],
        promise: &'static str,
    ) -> Kept {
        let told = self.answer(asked).await?;
        ensure(told == expected, promise, || {
            format!("{asked:?}: {told:?}, expected {expected:?}")
        })
    }

    async fn answer(&self, asked: BalanceAsked) -> Result<Vec<i64>, Broken> {
        let (engine, caller) = (&self.engine, &self.caller);
        let all = ChunkSize::largest();
        let answer = engine.participant_balances(caller, asked, None, all).await;
        let answer = accepted("balances", answer)?;
        let cents = answer.iter().map(|one| cents_of(one.balance.amount));
        Ok(cents.collect())
    }

    /// One participant's balance is that of the list, by accounts and by rewards.
    async fn check_account(&self, who: u8) -> Kept {
        let asked = BalanceAsked::default();
        let whose = name(&person_id(who));
        let view = self.engine.balance(&self.caller, &whose, asked).await;
        let view = accepted("a balance", view)?;
        let accounts = view.accounts.iter();
        let by_account: i64 = accounts.map(|one| cents_of(one.balance.amount)).sum();
        let rewards = view.rewards.iter();
        let by_reward: i64 = rewards.map(|row| cents_of(row.amount.amount)).sum();
        let listed = self.answer(asked).await?[usize::from(who)];
        let told = cents_of(view.balance.amount);
        let all = [by_account, by_reward, listed];
        ensure(all == [told; 3], "a balance is the same everywhere", || {
            format!("{whose}: {told}, by account, reward and in the list {all:?}")
        })
    }
}

/// Which rows of payment two readings do not share.
pub(crate) fn what_differs(one: &Books, other: &Books) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let rows = |books: &Books| -> BTreeSet<String> {
        let batches = books.batches.iter().map(|fact| format!("{:?}", fact.batch));
        let sheets = books.batches.iter().flat_map(|fact| &fact.sheets);
        let lines = books.batches.iter().flat_map(|fact| &fact.lines);
        let all = batches.chain(sheets.map(|row| format!("{row:?}")));
        let all = all.chain(lines.map(|row| format!("{row:?}")));
        let all = all.chain(books.rewards.iter().map(|row| format!("{row:?}")));
        let all = all.chain(books.clears.iter().map(|row| format!("{row:?}")));
        all.chain(books.undos.iter().map(|row| format!("{row:?}")))
            .collect()
    };
    let (one, other) = (rows(one), rows(other));
    for row in one.difference(&other) {
        write!(text, "\nbefore: {row}").expect("a text takes everything");
    }
    for row in other.difference(&one) {
        write!(text, "\nafter: {row}").expect("a text takes everything");
    }
    text
}
