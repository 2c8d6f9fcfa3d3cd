//! attain-domain.
