//! Durability: what outlives the store that wrote it. Nothing to see for stores that forget.

use attain_domain::change::Changes;
use attain_domain::testing::{activity, name};

use crate::Hook;
use crate::case::{Ended, cases};
use crate::samples::{first_commit, second_commit, third_commit};
use crate::site::Site;

cases! { "durability":
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    what_was_committed_is_there_after_a_restart(Reopen)
}

async fn what_was_committed_is_there_after_a_restart(site: Site) -> Ended {
    site.commit(first_commit()).await;
    site.commit(second_commit()).await;
    site.commit(third_commit()).await;
    let before = site.everything().await;
    let Some(site) = site.reopened().await else {
        return Ended::NotOffered(Hook::Reopen);
    };
    site.everything()
        .await
        .check_equal(&before, "after a restart");
    assert_eq!(site.store.workspaces().await.unwrap(), [name("acme")]);
    site.commit(Changes {
        activities: vec![activity(91)],
        ..Changes::default()
    })
    .await;
    Ended::Kept
}
