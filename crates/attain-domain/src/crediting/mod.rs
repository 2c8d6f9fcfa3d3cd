//! Crediting: transactions get their category, their direct credits by the rules, and from those
//! the credits of teams and ancestors. What comes out is compared with what is live, and only the
//! difference is written; doing it again changes nothing. Decides only: nothing is read here.

mod chunk;
mod desired;
mod desk;
mod difference;
mod direct;
mod hierarchy;
mod index;
mod loops;
mod names;
mod roll_up;
mod rule_checks;
mod rulebook;
mod split;
mod summary;

pub use chunk::{ChunkInput, ChunkOutcome, Stages, credit_chunk};
pub use hierarchy::{Ancestor, Hierarchy};
pub use rulebook::Rulebook;
pub(crate) use split::Split;
pub use summary::{SUMMARY_TYPE, summarise};

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
