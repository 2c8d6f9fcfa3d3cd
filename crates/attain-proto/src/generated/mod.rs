//! Written by `cargo xtask codegen` from `proto/`; change it there.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    rustdoc::all,
    reason = "nobody reads or edits generated code"
)]

pub mod attain {
    pub mod v1 {
        include!("attain.v1.rs");
    }
}
pub mod google {
    pub mod r#type {
        include!("google.r#type.rs");
    }
}
