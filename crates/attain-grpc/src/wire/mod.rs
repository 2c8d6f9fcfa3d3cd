//! Between domain types and messages: `to_wire` cannot lose anything, `from_wire` refuses with the
//! path of the field. One file for each aggregate.

pub(crate) mod activity;
pub(crate) mod adjustment;
pub(crate) mod credit;
pub(crate) mod definition;
pub(crate) mod earning;
pub(crate) mod explanation;
pub(crate) mod given;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod payment;
pub(crate) mod reward;
pub(crate) mod run;
pub(crate) mod settlement;
pub(crate) mod statement;
pub(crate) mod transaction;
pub(crate) mod values;
