//! Paging: every list is the same, in the stated order, whatever the size of its pages. The lists
//! one by one are looked at beside the other reads of their records, under `reading`.

use attain_domain::ports::ChunkSize;

use super::random::draft::Script;
use crate::case::cases;
use crate::everything::Everything;
use crate::pages::CHUNKS;
use crate::samples::{first_commit, second_commit, third_commit};
use crate::site::Site;

cases! { "paging":
    /// ChunkSize: How many rows a page may have: 1 to `ChunkSize::MAX`.
    every_list_is_the_same_in_pages_of_any_size
    /// ChunkSize: How many rows a page may have: 1 to `ChunkSize::MAX`.
    every_list_of_a_workspace_with_a_past_is_the_same_in_pages_of_any_size
    /// repositories: Absence is `None` or an empty list, never an error.
    every_list_of_nothing_is_one_empty_page
}

/// How many commits make a past.
const COMMITS: u32 = 40;
const SEED: u64 = 0x00a7_7a14;

async fn check_pages(site: &Site) {
    let (view, known) = (site.view().await, site.known());
    let expected = Everything::read(&*view, &known, ChunkSize::largest()).await;
    for rows in CHUNKS {
        let read = Everything::read(&*view, &known, ChunkSize::new(rows)).await;
        read.check_equal(&expected, &format!("in pages of {rows}"));
    }
}

async fn every_list_is_the_same_in_pages_of_any_size(site: Site) {
    for changes in [first_commit(), second_commit(), third_commit()] {
        site.commit(changes).await;
        check_pages(&site).await;
    }
}

async fn every_list_of_a_workspace_with_a_past_is_the_same_in_pages_of_any_size(site: Site) {
    let mut script = Script::new(SEED, site.workspace.clone());
    for _ in 0..COMMITS {
        let now = site.everything().await;
        // Some have a mistake, and are refused.
        drop(site.try_commit(script.next(&now)).await);
    }
    check_pages(&site).await;
}

async fn every_list_of_nothing_is_one_empty_page(site: Site) {
    let beside = site.beside("beside").await;
    beside.commit(first_commit()).await;
    site.note(&site.set(Vec::new(), first_commit()));
    check_pages(&site).await;
    let is = site.everything().await;
    assert_eq!(is.transactions, [], "nothing was written here");
}
