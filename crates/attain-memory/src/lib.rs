//! attain-memory.
