//! All definitions of a workspace, compiled: what a run uses from its start to its end.

use std::collections::HashMap;

use attain_domain::calculation::PlanBook;
use attain_domain::crediting::{Hierarchy, Rulebook};
use attain_domain::definition::calendar::IntervalKind;
use attain_domain::definition::{Calendar, DefinitionSet, Settings};
use attain_domain::ids::{ComponentId, IntervalId, PeriodId, PlanId};
use attain_domain::plan::Phase;
use attain_domain::refusal::Refusal;
use attain_domain::time::DateRange;

/// Definitions with everything compiled that can be.
pub struct World {
    /// The definitions.
    pub set: DefinitionSet,
    /// Category and credit rules.
    pub rules: Rulebook,
    /// Who reports to whom.
    pub hierarchy: Hierarchy,
    /// Plans.
    pub plans: PlanBook,
    /// The dates of every period, quarter and year.
    intervals: HashMap<IntervalId, DateRange>,
    /// The phase of every component.
    phases: HashMap<(PlanId, ComponentId), Phase>,
}

impl World {
    /// Compiles everything, and names everything that does not compile.
    pub(crate) fn compile(set: DefinitionSet) -> Result<Self, Vec<Refusal>> {
        let rules = Rulebook::compile(&set);
        let hierarchy = Hierarchy::build(&set);
        let plans = PlanBook::compile(&set);
        match (rules, hierarchy, plans) {
            (Ok(rules), Ok(hierarchy), Ok(plans)) => {
                let (intervals, phases) = (intervals(&set.calendar), phases(&set));
                Ok(Self {
                    set,
                    rules,
                    hierarchy,
                    plans,
                    intervals,
                    phases,
                })
            }
            (rules, hierarchy, plans) => {
                let refusals = [rules.err(), hierarchy.err(), plans.err()];
                Err(refusals.into_iter().flatten().flatten().collect())
            }
        }
    }

    /// The workspace settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.set
            .settings
            .as_ref()
            .expect("a world is compiled from a set with settings only")
    }

    /// The dates of an interval.
    pub(crate) fn interval(&self, id: &IntervalId) -> Option<DateRange> {
        self.intervals.get(id).copied()
    }

    /// The phase of a component; none for one that is no longer there.
    pub(crate) fn phase(&self, plan: &PlanId, component: &ComponentId) -> Option<Phase> {
        self.phases.get(&(plan.clone(), component.clone())).copied()
    }

    /// Whether a period is open.
    pub(crate) fn is_open(&self, period: &PeriodId) -> bool {
        self.set.calendar.is_open(period)
    }
}

fn intervals(calendar: &Calendar) -> HashMap<IntervalId, DateRange> {
    let kinds = [
        IntervalKind::Year,
        IntervalKind::Quarter,
        IntervalKind::Period,
    ];
    let all = kinds
        .into_iter()
        .flat_map(|kind| calendar.intervals_in(kind, DateRange::ALWAYS));
    all.map(|interval| (interval.id.clone(), interval.range()))
        .collect()
}

fn phases(set: &DefinitionSet) -> HashMap<(PlanId, ComponentId), Phase> {
    let plans = set.plans.values().map(|versioned| &versioned.plan);
    plans
        .flat_map(|plan| {
            plan.components
                .iter()
                .map(|c| ((plan.id.clone(), c.id.clone()), c.phase))
        })
        .collect()
}
