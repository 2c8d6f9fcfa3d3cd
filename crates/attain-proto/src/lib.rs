//! The wire types of Attain: generated code only, committed. What it means is in `proto/`; what it
//! maps to is in `attain-grpc`.

mod generated;

pub use generated::{attain, google};

/// Every file of the protocol, as a `google.protobuf.FileDescriptorSet`, for reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("generated/descriptor.bin");

/// The longest message that a server takes and a client should take, in bytes: 32 MiB. 60,000
/// participants as documents of 500 bytes fit.
pub const MESSAGE_BYTES_MAX: usize = 32 * 1024 * 1024;
