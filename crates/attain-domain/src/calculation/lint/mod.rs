//! Lint: what a plan does that its author may not have meant, each with a counter-example. The
//! plan is tried out with the engine itself, so what is found is what would be paid.

mod cells;
mod probe;
mod trial;

use std::fmt;

use rust_decimal::Decimal;

use self::probe::{Paid, Probe};
use super::check::check_plan;
use crate::definition::DefinitionSet;
use crate::ids::ComponentId;
use crate::money::Money;
use crate::plan::{Component, Plan};

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingCode {
    /// No input ever comes to a cell of a rate table, or it never pays.
    UnreachableCell,
    /// There is a point where selling more pays less.
    SellingMorePaysLess,
    /// There is a point where the next cent sold pays far more than a cent.
    Cliff,
    /// The cap is reached before a tier begins.
    CapBelowTier,
}

impl FindingCode {
    /// The upper-snake code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnreachableCell => "UNREACHABLE_CELL",
            Self::SellingMorePaysLess => "SELLING_MORE_PAYS_LESS",
            Self::Cliff => "CLIFF",
            Self::CapBelowTier => "CAP_BELOW_TIER",
        }
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: FindingCode,
    /// Of which component.
    pub component: ComponentId,
    /// A sentence.
    pub text: String,
    /// Numbers that show it.
    pub counter_example: String,
}

/// Everything noteworthy about a plan. A plan that the checks refuse has no findings: mend it first.
#[must_use]
pub fn lint_plan(plan: &Plan, set: &DefinitionSet) -> Vec<Finding> {
    if !check_plan(plan, set).is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for component in &plan.components {
        cells::unreachable_cells(plan, component, set, &mut findings);
        for probe in probe::probes(plan, component, set) {
            check_curve(component, &probe, &mut findings);
        }
    }
    findings
}

/// One cent, or the least quantity.
const STEP: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

fn check_curve(component: &Component, probe: &Probe<'_>, findings: &mut Vec<Finding>) {
    let bounds = probe.bounds();
    let mut add = |code, text: String, counter_example: String| {
        let component = component.id.clone();
        let finding = Finding {
            code,
            component,
            text,
            counter_example,
        };
        let is_known = |other: &Finding| {
            other.code == finding.code
                && other.component == finding.component
                && other.counter_example == finding.counter_example
        };
        if !findings.iter().any(is_known) {
            findings.push(finding);
        }
    };
    let at = probe.setting();
    for bound in &bounds {
        let Some([far, near, edge, beyond]) =
            around(*bound).map(|points| points.map(|point| probe.paid(point)))
        else {
            continue;
        };
        let (Some(far), Some(near), Some(edge), Some(beyond)) = (far, near, edge, beyond) else {
            return;
        };
        if let Some(jump) = jump(&far, &near, &edge, &beyond) {
            let text = format!("the pay jumps by {}{at}", money(jump, &edge));
            let example = format!("{} pays {}, {} pays {}", near.sold, near, edge.sold, edge);
            add(FindingCode::Cliff, text, example);
        }
        if near.withheld > Decimal::ZERO {
            let text = format!("the cap is reached before the tier that begins at {bound}{at}");
            let example = format!(
                "{} pays {}, {} is withheld",
                near.sold,
                near,
                near.withheld.normalize()
            );
            add(FindingCode::CapBelowTier, text, example);
        }
    }
    let paid: Option<Vec<Paid>> = probe
        .grid(&bounds)
        .into_iter()
        .map(|p| probe.paid(p))
        .collect();
    for pair in paid.unwrap_or_default().windows(2) {
        let [less, more] = pair else { continue };
        if more.amount.amount < less.amount.amount {
            let text = format!("selling more pays less{at}");
            let example = format!("{} pays {}, {} pays {}", less.sold, less, more.sold, more);
            add(FindingCode::SellingMorePaysLess, text, example);
            return;
        }
    }
}

fn money(amount: Decimal, like: &Paid) -> Money {
    Money::new(amount, like.amount.currency)
}

fn around(bound: Decimal) -> Option<[Decimal; 4]> {
    let near = bound.checked_sub(STEP)?;
    Some([
        near.checked_sub(STEP)?,
        near,
        bound,
        bound.checked_add(STEP)?,
    ])
}

/// By how much more the step over a bound pays than the steps around it, if it is a jump.
fn jump(far: &Paid, near: &Paid, edge: &Paid, beyond: &Paid) -> Option<Decimal> {
    let step = |from: &Paid, to: &Paid| to.amount.amount.checked_sub(from.amount.amount);
    let over = step(near, edge)?;
    let usual = step(far, near)?.max(step(edge, beyond)?).max(Decimal::ZERO);
    let tolerance = usual.checked_add(STEP)?.checked_add(STEP)?;
    (over > tolerance).then_some(over)
}
