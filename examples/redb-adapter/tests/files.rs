//! What the kit cannot know: which files are stores.

use attain_domain::ports::StoreErrorKind;
use attain_redb::RedbStore;
use redb::{Database, TableDefinition};

#[test]
fn a_file_of_another_format_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("acme.redb");
    drop(RedbStore::open(&file).expect("a new file"));
    let database = Database::open(&file).expect("it is a database");
    let later = database.begin_write().expect("nobody else has it");
    let format: TableDefinition<'_, &str, u32> = TableDefinition::new("format");
    let mut table = later.open_table(format).expect("the store has made it");
    table.insert("attain", u32::MAX).expect("a later program");
    drop(table);
    later.commit().expect("there is space");
    drop(database);
    let refused = RedbStore::open(&file).err().map(|error| error.kind);
    assert_eq!(refused, Some(StoreErrorKind::Version));
}

#[test]
fn a_file_is_open_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("acme.redb");
    let _store = RedbStore::open(&file).expect("a new file");
    let refused = RedbStore::open(&file).err().map(|error| error.kind);
    assert_eq!(refused, Some(StoreErrorKind::Unavailable));
}
