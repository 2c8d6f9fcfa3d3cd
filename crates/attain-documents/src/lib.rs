//! attain-documents.
