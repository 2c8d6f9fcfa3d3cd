//! The clock and the ids of a real process: the one place that asks the machine.
#![allow(
    clippy::disallowed_methods,
    reason = "this adapter is where ambient time and randomness are turned into ports"
)]

use std::sync::Mutex;

use attain_domain::ports::{Clock, IdSource};
use attain_domain::time::Instant;
use uuid::{ContextV7, Timestamp, Uuid};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since_1970 = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map(|elapsed| i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX))
            .unwrap_or(0);
        Instant::from_micros(since_1970).expect("the machine's clock is within the range of dates")
    }
}

/// UUIDs of version 7: they rise with time, so that rows are appended to indexes.
#[derive(Debug, Default)]
pub struct TimeOrderedIds(Mutex<ContextV7>);

impl IdSource for TimeOrderedIds {
    fn next(&self) -> Uuid {
        let context = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::now(&*context))
    }
}
