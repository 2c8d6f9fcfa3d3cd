//! The example company is the same each time, and as large and as messy as it is said to be.

use super::{Options, documents_folder, transactions_file, write_company};

#[test]
fn the_same_scale_writes_the_same_company() {
    let folder = std::env::temp_dir().join(format!("attain-demo-{}", std::process::id()));
    let options = |name: &str| Options {
        scale_thousandths: 10,
        folder: folder.join(name),
    };
    let first = write_company(&options("a")).expect("written");
    let second = write_company(&options("b")).expect("written");
    assert_eq!(first, second);
    assert!(first.participants >= 1_000);
    assert_eq!(first.rows, first.orders + first.returns + first.messy);
    let percent = first.returned_percent();
    assert!(
        (8.into()..=16.into()).contains(&percent),
        "{percent} percent come back"
    );
    let read = |name: &str| std::fs::read(transactions_file(&folder.join(name))).expect("read");
    assert_eq!(read("a"), read("b"));
    assert!(
        documents_folder(&folder.join("a"))
            .join("plans.yaml")
            .exists()
    );
    std::fs::remove_dir_all(&folder).expect("removed");
}
