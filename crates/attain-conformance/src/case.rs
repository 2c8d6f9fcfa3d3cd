//! One promise of the ports as a test.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};

use crate::Harness;
use crate::site::Site;

type Running = Pin<Box<dyn Future<Output = ()>>>;

pub(crate) struct Case {
    pub(crate) chapter: &'static str,
    pub(crate) name: Cow<'static, str>,
    pub(crate) run: Box<dyn FnOnce(Site) -> Running + Send>,
}

impl Case {
    pub(crate) fn trial(self, harness: Arc<dyn Harness>) -> Trial {
        let Self { chapter, name, run } = self;
        let runner = move || {
            // Two threads, so that what is spawned in races does race.
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .map_err(|why| Failed::from(format!("no runtime: {why}")))?;
            runtime.block_on(async move { run(Site::open(harness).await).await });
            Ok(())
        };
        Trial::test(format!("{chapter}::{name}"), runner)
    }
}

/// The cases of a chapter: async functions that take a [`Site`], named as promises.
macro_rules! cases {
    ($chapter:literal: $($name:ident)+) => {
        pub(crate) fn cases() -> Vec<$crate::case::Case> {
            vec![$(
                $crate::case::Case {
                    chapter: $chapter,
                    name: stringify!($name).into(),
                    run: Box::new(|site| Box::pin($name(site))),
                },
            )+]
        }
    };
}
pub(crate) use cases;
