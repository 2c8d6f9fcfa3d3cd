//! attain-scenario.
