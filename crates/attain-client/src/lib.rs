//! attain-client.
