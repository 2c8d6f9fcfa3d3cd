//! Doubles do as they are told.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::definition::DefinitionKind;
use crate::ports::{ChunkSize, Clock, IdSource, Store, StoreError, StoreErrorKind};

#[test]
fn the_clock_moves_only_when_told() {
    let clock = ManualClock::default();
    assert_eq!(clock.now(), at(0));
    clock.advance(60);
    assert_eq!(clock.now(), at(60));
    clock.set(at(5));
    assert_eq!(clock.now(), at(5));
}

#[test]
fn ids_rise_by_one() {
    let ids = SequentialIds::default();
    assert_eq!([ids.next(), ids.next()], [uuid(1), uuid(2)]);
}

#[test]
fn months_go_on_into_the_next_year() {
    let periods = months(2026, 13).periods;
    let last = periods.last().expect("13 months");
    let names = (last.id.as_str(), last.quarter.as_str(), last.year.as_str());
    assert_eq!(names, ("2027-01", "2027-Q1", "2027"));
    assert!(periods.windows(2).all(|pair| pair[0].end == pair[1].start));
}

/// The mocks never wait, so asking once is enough.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("a mock waits"),
    }
}

#[test]
fn mocks_answer_as_they_were_told() {
    let mut store = MockStore::new();
    store.expect_snapshot().returning(|_| {
        let mut view = MockSnapshot::new();
        view.expect_definitions_after()
            .returning(|_, _, _| Err(StoreError::new(StoreErrorKind::Unavailable, "is down")));
        Ok(Box::new(view))
    });
    let view = now(store.snapshot(&name("acme"))).expect("told so");
    let kind = DefinitionKind::Plan;
    let failure = now(view.definitions_after(kind, None, ChunkSize::largest()));
    let failure = failure.expect_err("told so");
    assert!(failure.is_retryable());
}
