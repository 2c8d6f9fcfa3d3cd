//! attain-sqlite.
