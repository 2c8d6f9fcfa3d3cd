//! attain-demo.
