//! The services, one file each: read the request, call the engine, write the answer.

pub(crate) mod activity;
pub(crate) mod adjustment;
pub(crate) mod batch;
pub(crate) mod credit;
pub(crate) mod definition;
pub(crate) mod earning;
pub(crate) mod importing;
pub(crate) mod paysheet;
pub(crate) mod reward;
pub(crate) mod run;
pub(crate) mod statement;
pub(crate) mod transaction;
pub(crate) mod workspace;

use std::pin::Pin;

use futures::Stream;
use tonic::Status;

/// The answers of a call that streams them.
pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;
