//! One participant in one plan: what is personal, and when it holds.

use rust_decimal::Decimal;

use super::compiled::{CompiledComponent, CompiledMeasure, CompiledPlan};
use super::draft::Window;
use super::goals::{Presence, goal_of, target_of};
use super::table::CompiledTable;
use super::timeline::{Span, Timeline};
use crate::definition::Participant;
use crate::definition::participant::Assignment;
use crate::money::{Currency, MoneyError, Rounding};
use crate::time::{Date, DateRange};

/// What all components of one participant share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) timeline: &'a Timeline,
    pub(super) participant: &'a Participant,
    pub(super) window: Window,
    pub(super) currency: Currency,
    pub(super) rounding: Rounding,
    /// Whether plain components may walk in whole numbers; tests compare.
    pub(super) lanes: bool,
}

impl Scene<'_> {
    /// Whether an interval is calculated, or only adds up for longer ones.
    pub(super) fn is_wanted(&self, span: &Span) -> bool {
        span.interval.end > self.window.from && span.interval.start <= self.window.through
    }
}

/// The rate tables of one assignment, by the number of the component in the plan.
pub(super) type PersonalTables = Vec<Vec<CompiledTable>>;

/// An assignment with its rate tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assigned<'a> {
    pub(super) assignment: &'a Assignment,
    pub(super) tables: &'a [Vec<CompiledTable>],
}

/// All assignments of one participant to one plan.
#[derive(Clone, Debug)]
pub(super) struct Membership<'a> {
    pub(super) plan: &'a CompiledPlan,
    pub(super) assigned: Vec<Assigned<'a>>,
    pub(super) presence: Presence,
}

impl<'a> Membership<'a> {
    pub(super) fn new(
        plan: &'a CompiledPlan,
        assigned: Vec<Assigned<'a>>,
        participant: &Participant,
    ) -> Self {
        let ranges = assigned.iter().map(|a| a.assignment.effective);
        let presence = Presence::new(participant.start, participant.end, ranges);
        Self {
            plan,
            assigned,
            presence,
        }
    }

    pub(super) fn is_assigned(&self, date: Date) -> bool {
        self.assigned
            .iter()
            .any(|a| a.assignment.effective.contains(date))
    }

    fn latest(&self, fits: impl Fn(&DateRange) -> bool) -> Option<&Assigned<'a>> {
        self.assigned
            .iter()
            .filter(|a| fits(&a.assignment.effective))
            .max_by_key(|a| a.assignment.effective.from)
    }

    /// The assignment that decides for a whole interval: the last one in it. One decides, so that
    /// the goal of an interval does not depend on when it is calculated.
    fn governing(&self, range: DateRange) -> Option<&Assigned<'a>> {
        self.latest(|effective| effective.overlaps(&range))
    }

    /// The rate table of a component on a date: the personal one, else the plan's.
    pub(super) fn table(
        &self,
        component: &'a CompiledComponent,
        number: usize,
        date: Date,
        interval: Option<DateRange>,
    ) -> Option<&'a CompiledTable> {
        let assigned = match interval {
            None => self.latest(|effective| effective.contains(date)),
            Some(range) => self.governing(range),
        };
        let personal = assigned
            .and_then(|a| a.tables.get(number))
            .map_or(&[][..], Vec::as_slice);
        let effective = |table: &&CompiledTable| table.effective.contains(date);
        personal
            .iter()
            .find(effective)
            .or_else(|| component.tables.iter().find(effective))
    }

    /// The one rate table of a component in a whole interval, if it is plain.
    pub(super) fn only_table(
        &self,
        component: &'a CompiledComponent,
        number: usize,
        range: DateRange,
    ) -> Option<&'a CompiledTable> {
        let [assigned] = self.assigned.as_slice() else {
            return None;
        };
        if assigned
            .tables
            .get(number)
            .is_some_and(|tables| !tables.is_empty())
        {
            return None;
        }
        let holds = |table: &&CompiledTable| {
            let DateRange { from, to } = table.effective;
            let starts = from.is_none_or(|from| range.from.is_some_and(|start| from <= start));
            let ends = to.is_none_or(|to| range.to.is_some_and(|end| end <= to));
            starts && ends && table.is_plain()
        };
        component.tables.iter().find(holds)
    }

    /// The goal of a measure in one of its intervals.
    pub(super) fn goal(
        &self,
        measure: &CompiledMeasure,
        timeline: &Timeline,
        span: &Span,
    ) -> Result<Option<Decimal>, MoneyError> {
        let Some(id) = &measure.goal else {
            return Ok(None);
        };
        let governing = self.governing(span.interval.range());
        let personal = governing.and_then(|a| a.assignment.goals.get(id));
        match personal.or_else(|| self.plan.goal(id)) {
            Some(goal) => goal_of(goal, timeline, span, &self.presence),
            None => Ok(None),
        }
    }

    /// The target incentive of an interval.
    pub(super) fn target(
        &self,
        timeline: &Timeline,
        span: &Span,
    ) -> Result<Option<Decimal>, MoneyError> {
        let governing = self.governing(span.interval.range());
        match governing.and_then(|a| a.assignment.target_incentive) {
            Some(yearly) => target_of(yearly, timeline, span).map(Some),
            None => Ok(None),
        }
    }
}
