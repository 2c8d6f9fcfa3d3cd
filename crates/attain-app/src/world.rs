//! All definitions of a workspace, compiled: what a run uses from its start to its end.

use attain_domain::calculation::PlanBook;
use attain_domain::crediting::{Hierarchy, Rulebook};
use attain_domain::definition::{DefinitionSet, Settings};
use attain_domain::refusal::Refusal;

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
}

impl World {
    /// Compiles everything, and names everything that does not compile.
    pub(crate) fn compile(set: DefinitionSet) -> Result<Self, Vec<Refusal>> {
        let rules = Rulebook::compile(&set);
        let hierarchy = Hierarchy::build(&set);
        let plans = PlanBook::compile(&set);
        match (rules, hierarchy, plans) {
            (Ok(rules), Ok(hierarchy), Ok(plans)) => Ok(Self { set, rules, hierarchy, plans }),
            (rules, hierarchy, plans) => {
                let refusals = [rules.err(), hierarchy.err(), plans.err()];
                Err(refusals.into_iter().flatten().flatten().collect())
            }
        }
    }

    /// The workspace settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.set.settings.as_ref().expect("a world is compiled from a set with settings only")
    }
}
