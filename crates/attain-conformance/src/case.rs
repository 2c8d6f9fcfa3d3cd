//! One promise of the ports as a test, and what is reported when it is not kept.

use std::any::Any;
use std::borrow::Cow;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;

use libtest_mimic::{Completion, Failed, Trial};
use tokio::runtime::Runtime;

use crate::site::Site;
use crate::{Harness, Hook};

type Running = Pin<Box<dyn Future<Output = Ended>>>;

/// Stands in front of a case in every runner's output.
const NOT_OFFERED: &str = "not offered by this harness";

/// How a case ended that did not fail.
pub(crate) enum Ended {
    Kept,
    /// The harness does not have what the case needs.
    NotOffered(Hook),
}

impl From<()> for Ended {
    fn from((): ()) -> Self {
        Self::Kept
    }
}

pub(crate) struct Case {
    pub(crate) chapter: &'static str,
    pub(crate) name: Cow<'static, str>,
    /// Where the ports promise it, a colon, and the sentence; line by line.
    pub(crate) promise: &'static str,
    /// What of the harness it needs beside a fresh store.
    pub(crate) needs: Option<Hook>,
    pub(crate) run: Box<dyn FnOnce(Site) -> Running + Send>,
}

impl Case {
    pub(crate) fn trial(self, harness: Arc<dyn Harness>) -> Trial {
        let name = format!("{}::{}", self.chapter, self.name);
        let missing = self.needs.filter(|hook| !harness.offers(*hook));
        if let Some(hook) = missing {
            let runner = move || Ok(not_offered(hook));
            return Trial::ignorable_test(name, runner).with_kind(NOT_OFFERED);
        }
        Trial::ignorable_test(name, move || self.conclude(harness))
    }

    fn conclude(self, harness: Arc<dyn Harness>) -> Result<Completion, Failed> {
        let store = harness.name();
        let (claim, promise) = (self.claim(), self.promise());
        let run = self.run;
        let runtime = runtime()?;
        let opening = || runtime.block_on(Site::open(harness));
        let site = catch_unwind(AssertUnwindSafe(opening)).map_err(|panic| {
            let what = text_of(&*panic);
            Failed::from(format!("{store}: no fresh store to work on: {what}"))
        })?;
        let case = || runtime.block_on(async move { run(site).await });
        match catch_unwind(AssertUnwindSafe(case)) {
            Ok(Ended::Kept) => Ok(Completion::Completed),
            Ok(Ended::NotOffered(hook)) => Ok(not_offered(hook)),
            Err(panic) => {
                let what = text_of(&*panic);
                let report = format!(
                    "{store} does not keep a promise: {claim}.\nThe port says: {promise}\n\
                     But: {what}\n"
                );
                Err(report.into())
            }
        }
    }

    /// The name, as a sentence.
    fn claim(&self) -> String {
        self.name.replace('_', " ")
    }

    /// The port's sentence, with its place behind it.
    pub(crate) fn promise(&self) -> String {
        let words: Vec<&str> = self.promise.split_whitespace().collect();
        let text = words.join(" ");
        match text.split_once(": ") {
            Some((place, sentence)) => format!("\"{sentence}\" ({place})"),
            None => format!("see the documentation of the ports on {}", self.chapter),
        }
    }
}

fn not_offered(hook: Hook) -> Completion {
    Completion::ignored_with(format!("{NOT_OFFERED}: {}", hook.method()))
}

/// Two threads, so that what is spawned in races does race.
fn runtime() -> Result<Runtime, Failed> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build();
    runtime.map_err(|why| Failed::from(format!("no runtime: {why}")))
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<String>() {
        return text.clone();
    }
    let text = panic.downcast_ref::<&str>().copied();
    text.unwrap_or("it panicked without a word").to_owned()
}

/// The cases of a file, by chapter: async functions that take a [`Site`], named as claims. Above
/// each stands what the ports promise: where, a colon, and the sentence. Behind it, in parentheses,
/// the [`Hook`] without which there is nothing to see.
macro_rules! cases {
    ($($chapter:literal: $($(#[doc = $promise:literal])* $name:ident $(($hook:ident))?)+)+) => {
        pub(crate) fn cases() -> Vec<$crate::case::Case> {
            vec![$($(
                $crate::case::Case {
                    chapter: $chapter,
                    name: stringify!($name).into(),
                    promise: concat!($($promise, "\n",)*),
                    needs: [$($crate::Hook::$hook)?].into_iter().next(),
                    run: Box::new(|site| Box::pin(async move { $name(site).await.into() })),
                },
            )+)+]
        }
    };
}
pub(crate) use cases;
