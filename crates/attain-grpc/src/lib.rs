//! attain-grpc.
