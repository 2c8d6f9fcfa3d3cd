//! The domain of Attain: transactions become credits, credits become earnings, earnings become
//! payments. Pure and synchronous outside of [`ports`]: no clock, no randomness, no I/O; time, ids
//! and rates are arguments.
#![deny(clippy::float_arithmetic)]
#![warn(missing_docs)]

pub mod activity;
pub mod adjusting;
pub mod calculation;
pub mod change;
pub mod chunk;
pub mod collecting;
pub mod credit;
pub mod crediting;
pub mod definition;
pub mod earning;
pub mod expression;
pub mod ids;
pub mod money;
pub mod paying;
pub mod payment;
pub mod payment_plan;
pub mod plan;
pub mod ports;
pub mod refusal;
pub mod reverting;
pub mod reward;
pub mod rewarding;
pub mod run;
pub mod stamp;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod transaction;
pub mod working;
