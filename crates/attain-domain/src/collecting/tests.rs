//! Collecting: what rows come to, against each other and against what is stored.

mod counted;
mod given;
mod parsed;
