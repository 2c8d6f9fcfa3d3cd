//! Prints docs/ERRORS.md.

fn main() {
    print!("{}", attain_grpc::error_reference());
}
