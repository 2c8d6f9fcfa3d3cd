//! Importing in chunks: what is reported, and what a repeat finds.
