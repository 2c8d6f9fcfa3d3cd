//! Promises for any input.
