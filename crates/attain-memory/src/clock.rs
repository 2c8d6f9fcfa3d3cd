//! The clock of the machine, for stores that are not given another.

use std::time::{SystemTime, UNIX_EPOCH};

use attain_domain::ports::Clock;
use attain_domain::time::Instant;

pub(crate) struct MachineClock;

/// Where clocks stand that tell no time.
const START: i64 = 0;

impl Clock for MachineClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "a clock has to read the time somewhere"
    )]
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = since.map_or(START, |since| {
            i64::try_from(since.as_micros()).unwrap_or(START)
        });
        Instant::from_micros(micros).unwrap_or_else(|| Instant::new(Default::default()))
    }
}
