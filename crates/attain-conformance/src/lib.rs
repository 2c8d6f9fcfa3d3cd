//! attain-conformance.
