//! attain-proto.
