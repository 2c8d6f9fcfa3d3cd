//! Tests of the calculation: the worked numbers of the acceptance cases, and laws.

mod differences;
mod errors;
mod goals;
mod intervals;
mod laws;
mod limits;
mod lints;
mod measures;
mod plans;
mod rates;
mod world;
