//! A clock and a source of ids that do as they are told.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use uuid::Uuid;

use super::values::{at, uuid};
use crate::ports::{Clock, IdSource};
use crate::time::Instant;

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Instant>,
}

impl Default for ManualClock {
    /// Stands at second 0: the start of 2026.
    fn default() -> Self {
        Self::new(at(0))
    }
}

impl ManualClock {
    /// Stands at a moment.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            now: Mutex::new(now),
        }
    }

    /// Moves to a moment, back as well.
    pub fn set(&self, now: Instant) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves on by so many seconds.
    pub fn advance(&self, seconds: u32) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = Instant::new(now.utc() + TimeDelta::seconds(i64::from(seconds)));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the ids 1, 2, 3, …, so that a test can name them.
#[derive(Debug)]
pub struct SequentialIds {
    next: AtomicU64,
}

impl Default for SequentialIds {
    fn default() -> Self {
        Self::starting_at(1)
    }
}

impl SequentialIds {
    /// Begins with the id of a number.
    #[must_use]
    pub fn starting_at(number: u64) -> Self {
        Self {
            next: AtomicU64::new(number),
        }
    }
}

impl IdSource for SequentialIds {
    fn next(&self) -> Uuid {
        uuid(self.next.fetch_add(1, Ordering::SeqCst))
    }
}
