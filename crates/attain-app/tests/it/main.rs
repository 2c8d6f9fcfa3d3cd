//! Whole workspaces through the engine, on the memory store: what must be true of any company, any
//! sales and any order of doing things.
//!
//! Every random test prints what failed, shrunk, and keeps its seed in `tests/regressions/`.
//! `ATTAIN_PROPERTY_CASES` makes more cases than the few that every run of all tests can afford.

mod adjusting;
mod choreography;
mod closing;
mod corrections;
mod crashes;
mod incremental;
mod independence;
mod payment_plans;
mod payments;
mod races;
mod splits;
mod totals;
mod workers;
mod world;
