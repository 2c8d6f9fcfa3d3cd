//! A small company for tests, with a store in memory that applies what was decided.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{ChunkInput, ChunkOutcome, Hierarchy, Rulebook, Stages, credit_chunk, summarise};
use crate::change::{Changes, Guard};
use crate::collecting::{Collected, RawCredit, RawTransaction, collect, collect_credits};
use crate::credit::{Credit, CreditKind, CreditStatus, LeftBecause};
use crate::definition::calendar::{Period, PeriodStatus};
use crate::definition::category::CategoryRule;
use crate::definition::participant::{ReportingLine, TeamMember};
use crate::definition::rules::{CreditRule, Receiver, ReceiverKind};
use crate::definition::settings::NegativeSheet;
use crate::definition::{
    AttributeSchema, Calendar, Definition, DefinitionSet, Participant, RuleSet, Settings, Team,
};
use crate::expression::ValueType;
use crate::ids::{
    ActorId, AttributeName, CategoryId, CreditId, IntervalId, ParticipantId, PeriodId, RuleId,
    RuleSetId, TeamId, TransactionId,
};
use crate::money::{Currency, Money, Rounding};
use crate::time::{Date, DateRange, Instant};
use crate::transaction::{Transaction, TransactionStatus};
use crate::working::Circumstances;

pub(crate) const EVERYTHING: Stages = Stages {
    classify: true,
    credit: true,
    roll_up: true,
};

pub(crate) fn who(text: &str) -> ParticipantId {
    ParticipantId::parse(text).unwrap()
}

pub(crate) fn category(text: &str) -> CategoryId {
    CategoryId::parse(text).unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn usd(text: &str) -> Money {
    Money::new(decimal(text), Currency::parse("USD").unwrap())
}

pub(crate) fn person(id: &str, managers: &[&str]) -> Participant {
    let line = |manager: &&str| ReportingLine {
        manager: who(manager),
        effective: DateRange::ALWAYS,
    };
    Participant {
        id: who(id),
        name: id.to_owned(),
        start: None,
        end: None,
        pay_group: None,
        pay_currency: None,
        reports_to: managers.iter().map(line).collect(),
        assignments: Vec::new(),
        attributes: BTreeMap::new(),
    }
}

pub(crate) fn team(id: &str, lead: Option<&str>, members: &[&str]) -> Team {
    let member = |id: &&str| TeamMember {
        participant: who(id),
        effective: DateRange::ALWAYS,
    };
    Team {
        id: TeamId::parse(id).unwrap(),
        name: id.to_owned(),
        lead: lead.map(who),
        shares_members_credits: false,
        members: members.iter().map(member).collect(),
    }
}

/// A receiver that rolls up, by `ana`, `team:west` or `attribute:rep`.
pub(crate) fn receiver(to: &str, percent: &str, revenue: bool) -> Receiver {
    let who = match to.split_once(':') {
        Some(("team", id)) => ReceiverKind::Team(TeamId::parse(id).unwrap()),
        Some((_, name)) => ReceiverKind::Attribute(AttributeName::parse(name).unwrap()),
        None => ReceiverKind::Participant(who(to)),
    };
    Receiver {
        who,
        percent: decimal(percent),
        revenue,
        rolls_up: true,
    }
}

pub(crate) fn rule(id: &str, when: &str, receivers: Vec<Receiver>) -> CreditRule {
    CreditRule {
        id: RuleId::parse(id).unwrap(),
        effective: DateRange::ALWAYS,
        when: when.to_owned(),
        receivers,
    }
}

pub(crate) fn all_to(id: &str, to: &str) -> CreditRule {
    rule(id, "true", vec![receiver(to, "100", true)])
}

fn month(number: u32) -> Period {
    let next = if number == 12 {
        (2016, 1)
    } else {
        (2015, number + 1)
    };
    Period {
        id: PeriodId::parse(&format!("2015-{number:02}")).unwrap(),
        start: Date::from_ymd_opt(2015, number, 1).unwrap(),
        end: Date::from_ymd_opt(next.0, next.1, 1).unwrap(),
        quarter: IntervalId::parse(&format!("2015-Q{}", (number - 1) / 3 + 1)).unwrap(),
        year: IntervalId::parse("2015").unwrap(),
        status: PeriodStatus::Open,
    }
}

/// An order in dollars.
pub(crate) fn order(number: &str, date: &str, amount: &str) -> RawTransaction {
    RawTransaction {
        number: Some(number.to_owned()),
        kind: Some("ORDER".to_owned()),
        event_date: Some(date.to_owned()),
        amount: Some(amount.to_owned()),
        currency: Some("USD".to_owned()),
        ..RawTransaction::default()
    }
}

/// A ready-made credit in dollars.
pub(crate) fn given(number: &str, participant: &str, amount: &str) -> RawCredit {
    RawCredit {
        number: Some(number.to_owned()),
        kind: Some("ORDER".to_owned()),
        event_date: Some("2015-01-15".to_owned()),
        participant: Some(participant.to_owned()),
        amount: Some(amount.to_owned()),
        currency: Some("USD".to_owned()),
        ..RawCredit::default()
    }
}

/// The company and what is stored of it.
pub(crate) struct World {
    pub(crate) set: DefinitionSet,
    pub(crate) transactions: BTreeMap<TransactionId, Transaction>,
    pub(crate) credits: BTreeMap<CreditId, Credit>,
    pub(crate) departed: Vec<(Credit, LeftBecause, bool)>,
    ids: u128,
    seconds: i64,
}

impl World {
    /// Ana, Ben and Cat report to Mia, she to Zoe. No rules, no categories; all of 2015 is open.
    pub(crate) fn new() -> Self {
        let mut set = DefinitionSet::default();
        set.put(
            Definition::Settings(Settings {
                name: "Acme".to_owned(),
                operating_currency: Currency::parse("USD").unwrap(),
                rounding: Rounding::HalfEven,
                default_category: None,
                archive_updated_credits: false,
                collect_cancellations_as_zero: false,
                summarised_roll_up: false,
                negative_sheet: NegativeSheet::Stands,
            }),
            1,
        );
        set.put(
            Definition::Calendar(Calendar {
                periods: (1..=12).map(month).collect(),
            }),
            1,
        );
        let attributes = [
            ("rep", ValueType::Text),
            ("region", ValueType::Text),
            ("size", ValueType::Number),
            ("signed", ValueType::Date),
            ("renewal", ValueType::Bool),
        ];
        let attributes = attributes.map(|(name, of)| (AttributeName::parse(name).unwrap(), of));
        let schema = AttributeSchema {
            transaction: attributes.into(),
        };
        set.put(Definition::Attributes(schema), 1);
        for id in ["ana", "ben", "cat"] {
            set.put(Definition::Participant(person(id, &["mia"])), 1);
        }
        set.put(Definition::Participant(person("mia", &["zoe"])), 1);
        set.put(Definition::Participant(person("zoe", &[])), 1);
        let (transactions, credits) = (BTreeMap::new(), BTreeMap::new());
        Self {
            set,
            transactions,
            credits,
            departed: Vec::new(),
            ids: 0,
            seconds: 0,
        }
    }

    pub(crate) fn settings(&mut self) -> &mut Settings {
        self.set.settings.as_mut().unwrap()
    }

    pub(crate) fn rules(&mut self, set: &str, rules: Vec<CreditRule>) {
        let id = RuleSetId::parse(set).unwrap();
        self.set.put(
            Definition::RuleSet(RuleSet {
                id,
                name: set.to_owned(),
                rules,
            }),
            1,
        );
    }

    /// Each with its parent, or an empty text.
    pub(crate) fn categories(&mut self, tree: &[(&str, &str)]) {
        let node = |(id, parent): &(&str, &str)| {
            (category(id), (!parent.is_empty()).then(|| category(parent)))
        };
        self.set.categories.parents = tree.iter().map(node).collect();
    }

    pub(crate) fn classify(&mut self, rules: &[(&str, &str)]) {
        let rule = |(nth, (when, gives)): (usize, &(&str, &str))| CategoryRule {
            id: RuleId::parse(&format!("c{nth}")).unwrap(),
            effective: DateRange::ALWAYS,
            when: (*when).to_owned(),
            category: category(gives),
        };
        self.set.category_rules.rules = rules.iter().enumerate().map(rule).collect();
    }

    pub(crate) fn close(&mut self, period: usize) {
        self.set.calendar.periods[period - 1].status = PeriodStatus::Closed;
    }

    /// Decides with new ids and a later moment each time.
    pub(crate) fn now<T>(&mut self, decide: impl FnOnce(&Self, &mut Circumstances<'_>) -> T) -> T {
        self.seconds += 1;
        let actor = ActorId::parse("tester").unwrap();
        let mut ids = self.ids;
        let mut next_id = || {
            ids += 1;
            Uuid::from_u128(ids)
        };
        let at = Instant::from_micros(self.seconds * 1_000_000).unwrap();
        let mut now = Circumstances {
            at,
            actor: &actor,
            next_id: &mut next_id,
        };
        let decided = decide(self, &mut now);
        self.ids = ids;
        decided
    }

    pub(crate) fn import(&mut self, rows: &[RawTransaction]) -> Collected {
        let parsed = rows.iter().map(|row| row.parse(&self.set).unwrap());
        let rows: Vec<_> = (1..).zip(parsed).collect();
        let (existing, credits) = self.newest();
        let collected = self.now(|w, now| collect(&w.set, rows, &existing, &credits, now));
        self.store(&collected);
        collected
    }

    pub(crate) fn import_credits(&mut self, rows: &[RawCredit]) -> Collected {
        let parsed = rows.iter().map(|row| row.parse(&self.set).unwrap());
        let rows: Vec<_> = (1..).zip(parsed).collect();
        let (existing, credits) = self.newest();
        let collected = self.now(|w, now| collect_credits(&w.set, rows, &existing, &credits, now));
        self.store(&collected);
        collected
    }

    fn newest(&self) -> (Vec<Transaction>, Vec<Credit>) {
        let newest: BTreeMap<_, _> = self
            .transactions
            .values()
            .map(|transaction| (&transaction.key, transaction))
            .collect();
        let existing: Vec<Transaction> = newest.into_values().cloned().collect();
        let ids: BTreeSet<_> = existing
            .iter()
            .map(|transaction| Some(transaction.id))
            .collect();
        let credits = self
            .credits
            .values()
            .filter(|credit| ids.contains(&credit.transaction));
        (existing, credits.cloned().collect())
    }

    fn store(&mut self, collected: &Collected) {
        let counts = collected.counts;
        let sum = counts.stored + counts.unchanged + counts.superseded + counts.rejected;
        assert_eq!(counts.read, sum);
        self.check_guards(&collected.guards);
        self.apply(&collected.changes);
    }

    fn check_guards(&self, guards: &[Guard]) {
        for guard in guards {
            if let Guard::TransactionKeyFree(key) = guard {
                assert!(
                    !self
                        .live_transactions()
                        .any(|transaction| transaction.key == *key)
                );
            } else if let Guard::TransactionAt(id, version) = guard {
                assert_eq!(self.transactions[id].stamp.version, *version);
            } else {
                panic!("{guard:?}");
            }
        }
    }

    pub(crate) fn live_transactions(&self) -> impl Iterator<Item = &Transaction> {
        self.transactions.values().filter(|transaction| {
            !matches!(
                transaction.status,
                TransactionStatus::Obsolete | TransactionStatus::Cancelled
            )
        })
    }

    pub(crate) fn apply(&mut self, changes: &Changes) {
        for transaction in &changes.transactions {
            assert!(
                self.transactions
                    .insert(transaction.id, transaction.clone())
                    .is_none()
            );
        }
        for progress in changes.transactions_progressed.iter().cloned() {
            let transaction = self.transactions.get_mut(&progress.id).unwrap();
            assert_eq!(progress.stamp.version, transaction.stamp.version.next());
            transaction.status = progress.status;
            transaction.category = progress.category;
            transaction.flags = progress.flags;
            transaction.replaced_by = progress.replaced_by;
            transaction.stamp = progress.stamp;
        }
        for departure in &changes.credits_departed {
            let credit = self.credits.remove(&departure.id).unwrap();
            self.departed
                .push((credit, departure.because, departure.archive));
        }
        for obsoletion in &changes.credits_obsoleted {
            let credit = self.credits.get_mut(&obsoletion.id).unwrap();
            credit.obsolete = Some(obsoletion.mark.clone());
            credit.stamp = obsoletion.stamp.clone();
        }
        for judged in &changes.credits_judged {
            let credit = self.credits.get_mut(&judged.id).unwrap();
            credit.status = judged.status.clone();
            credit.stamp = judged.stamp.clone();
        }
        for credit in &changes.credits {
            assert!(self.credits.insert(credit.id, credit.clone()).is_none());
        }
        self.check_lineages();
    }

    /// Exactly one live version of each lineage.
    fn check_lineages(&self) {
        let counting = self
            .credits
            .values()
            .filter(|credit| credit.obsolete.is_none());
        let mut lineages = BTreeSet::new();
        for credit in counting {
            assert!(
                lineages.insert(credit.lineage),
                "two live versions: {credit:?}"
            );
        }
    }

    pub(crate) fn credit(&mut self, stages: Stages) -> ChunkOutcome {
        let mut outcomes = self.credit_in_chunks(stages, usize::MAX);
        assert_eq!(outcomes.len(), 1);
        outcomes.remove(0)
    }

    pub(crate) fn credit_in_chunks(&mut self, stages: Stages, size: usize) -> Vec<ChunkOutcome> {
        self.credit_judging(stages, size, &|_| CreditStatus::Eligible)
    }

    pub(crate) fn credit_judging(
        &mut self,
        stages: Stages,
        size: usize,
        judge: &dyn Fn(&Credit) -> CreditStatus,
    ) -> Vec<ChunkOutcome> {
        let book = Rulebook::compile(&self.set)
            .map_err(|wrong| wrong[0].clone())
            .unwrap();
        let hierarchy = Hierarchy::build(&self.set)
            .map_err(|wrong| wrong[0].clone())
            .unwrap();
        let all: Vec<TransactionId> = self.transactions.keys().copied().collect();
        let mut outcomes = Vec::new();
        for ids in all.chunks(size) {
            let transactions: Vec<_> = ids.iter().map(|id| self.transactions[id].clone()).collect();
            let other_versions = self.other_versions(&transactions);
            let at_hand = transactions.iter().chain(&other_versions);
            let wanted: BTreeSet<_> = at_hand.map(|transaction| transaction.id).collect();
            let wants =
                |credit: &&Credit| credit.transaction.is_some_and(|id| wanted.contains(&id));
            let credits = self.credits.values().filter(wants).cloned().collect();
            let input = ChunkInput {
                transactions,
                other_versions,
                credits,
                past_credits: Vec::new(),
            };
            let outcome = self
                .now(|w, now| credit_chunk(&book, &hierarchy, &w.set, input, stages, judge, now));
            let counts = &outcome.counts;
            assert_eq!(counts.taken, counts.done + counts.skipped + counts.failed);
            self.check_guards(&outcome.guards);
            self.apply(&outcome.changes);
            outcomes.push(outcome);
        }
        outcomes
    }

    /// Every other version of these.
    fn other_versions(&self, transactions: &[Transaction]) -> Vec<Transaction> {
        let taken: BTreeSet<_> = transactions.iter().map(|one| one.id).collect();
        let keys: BTreeSet<_> = transactions.iter().map(|one| &one.key).collect();
        let others = self.transactions.values();
        others
            .filter(|one| keys.contains(&one.key) && !taken.contains(&one.id))
            .cloned()
            .collect()
    }

    pub(crate) fn summarise(&mut self, child: &str) -> ChunkOutcome {
        let hierarchy = Hierarchy::build(&self.set)
            .map_err(|wrong| wrong[0].clone())
            .unwrap();
        let child = who(child);
        let all = self.credits.values();
        let direct = all
            .clone()
            .filter(|c| c.participant == child && c.transaction.is_some());
        let direct: Vec<Credit> = direct.cloned().collect();
        let through = all.filter(|c| c.transaction.is_none());
        let live: Vec<Credit> = through
            .filter(|c| c.key.number.as_str().starts_with(child.as_str()))
            .cloned()
            .collect();
        let judge = |_: &Credit| CreditStatus::Eligible;
        let outcome =
            self.now(|w, now| summarise(&hierarchy, &w.set, &child, &direct, &live, &judge, now));
        self.apply(&outcome.changes);
        outcome
    }

    /// The credits that count, as `kind participant amount`, in order.
    pub(crate) fn counting(&self) -> Vec<String> {
        let live = self.credits.values().filter(|c| c.obsolete.is_none());
        let mut lines: Vec<String> = live.map(line).collect();
        lines.sort();
        lines
    }

    pub(crate) fn check_counting(&self, expected: &[&str]) {
        assert_eq!(self.counting(), expected);
    }
}

fn line(credit: &Credit) -> String {
    let kind = match credit.kind {
        CreditKind::Direct => "direct",
        CreditKind::Indirect => "indirect",
        CreditKind::Team => "team",
    };
    format!("{kind} {} {}", credit.participant, credit.amount.amount)
}
