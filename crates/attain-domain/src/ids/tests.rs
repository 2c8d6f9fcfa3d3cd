//! What counts as a name and as an id.

use uuid::Uuid;

use super::{IdError, NAME_BYTES_MAX, ParticipantId, TransactionId};

#[test]
fn names_keep_their_text_and_refuse_what_cannot_be_seen() {
    assert_eq!(
        ParticipantId::parse("Clerk#000000951")
            .expect("a name")
            .as_str(),
        "Clerk#000000951"
    );
    assert_eq!(ParticipantId::parse(""), Err(IdError::Empty));
    assert_eq!(ParticipantId::parse(" ana"), Err(IdError::BadCharacter));
    assert_eq!(ParticipantId::parse("a\nb"), Err(IdError::BadCharacter));
    let long = "x".repeat(NAME_BYTES_MAX + 1);
    assert_eq!(
        ParticipantId::parse(&long),
        Err(IdError::TooLong { bytes: 101 })
    );
    assert!(ParticipantId::parse(&long[1..]).is_ok());
}

#[test]
fn ids_read_back_what_they_print() {
    let id = TransactionId(Uuid::from_u128(7));
    assert_eq!(TransactionId::parse(&id.to_string()), Ok(id));
    assert!(TransactionId::parse("crd_00000000000000000000000000000007").is_err());
    assert!(TransactionId::parse("trx_7").is_err());
}
