//! Crediting: rules, splits, roll-up, and the difference to what is live.

mod changed;
mod credited;
mod hierarchies;
mod properties;
mod rules;
mod summaries;
