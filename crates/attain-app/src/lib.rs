//! attain-app.
