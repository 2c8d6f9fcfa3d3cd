//! Scenarios: given definitions, when this happens, then these numbers come out. A scenario is a
//! file that an analyst can write; it runs against anything that implements [`Driver`].

mod adjusting;
mod driver;
mod engine_driver;
mod files;
mod format;
#[cfg(feature = "grpc")]
mod grpc_driver;
mod runner;
mod show;
mod table;
mod texts;

pub use driver::{Answer, BatchAction, Driver, LineChoice, SheetAction, View};
pub use engine_driver::EngineDriver;
pub use files::{ScenarioFile, read_scenarios, yaml_files};
pub use format::{
    AdjustStep, AdjustmentStep, ChangeStep, ClearStep, CreditName, PartStep, PreviewStep,
    RewardStep, Scenario, ScenarioError, UndoStep, WithdrawStep,
};
#[cfg(feature = "grpc")]
pub use grpc_driver::GrpcDriver;
pub use runner::{Failure, run};
pub use table::{Row, Table, TableError};
