//! Which call it is, and whether something happens to it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use attain_domain::ports::StoreError;

use super::{Fault, When, unavailable};
use crate::dice::Dice;

/// What a faulty store and its views know together.
#[derive(Default)]
pub(super) struct State(Mutex<Calls>);

#[derive(Default)]
struct Calls {
    rules: Vec<Rule>,
    commits: u64,
    reads: u64,
    happened: BTreeMap<Fault, u64>,
}

struct Rule {
    fault: Fault,
    when: When,
    dice: Dice,
}

impl Rule {
    fn hits(&mut self, number: u64) -> bool {
        match self.when {
            When::At(at) => number == at,
            When::From(from) => number >= from,
            When::OneIn { calls, .. } => calls > 0 && self.dice.one_in(calls),
        }
    }
}

impl Calls {
    fn strikes(&mut self, fault: Fault, number: u64) -> bool {
        let rules = self.rules.iter_mut().filter(|rule| rule.fault == fault);
        // Every rule is asked, so that the dice of one do not depend on another.
        let hits = rules.filter_map(|rule| rule.hits(number).then_some(()));
        let strikes = hits.count() > 0;
        if strikes {
            *self.happened.entry(fault).or_default() += 1;
        }
        strikes
    }
}

impl State {
    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, fault: Fault, when: When) {
        let seed = match when {
            When::OneIn { seed, .. } => seed,
            When::At(_) | When::From(_) => 0,
        };
        let dice = Dice::new(seed);
        self.calls().rules.push(Rule { fault, when, dice });
    }

    pub(super) fn heal(&self) {
        self.calls().rules.clear();
    }

    pub(super) fn happened(&self, fault: Fault) -> u64 {
        let happened = self.calls().happened.get(&fault).copied();
        happened.unwrap_or_default()
    }

    pub(super) fn commits(&self) -> u64 {
        self.calls().commits
    }

    pub(super) fn reads(&self) -> u64 {
        self.calls().reads
    }

    /// Counts a read, and fails it if it is the turn of one.
    pub(super) fn read(&self) -> Result<(), StoreError> {
        let mut calls = self.calls();
        calls.reads += 1;
        let number = calls.reads;
        if calls.strikes(Fault::FailRead, number) {
            return Err(unavailable("the read was not answered"));
        }
        Ok(())
    }

    /// Counts a commit. An error outside: it is not to be sent. One inside: its answer is lost.
    pub(super) fn commit(&self) -> Result<Result<(), StoreError>, StoreError> {
        let mut calls = self.calls();
        calls.commits += 1;
        let number = calls.commits;
        if calls.strikes(Fault::RefuseCommit, number) {
            return Err(unavailable("the commit did not arrive"));
        }
        Ok(if calls.strikes(Fault::LoseAnswer, number) {
            Err(unavailable("the commit was not answered"))
        } else {
            Ok(())
        })
    }
}
