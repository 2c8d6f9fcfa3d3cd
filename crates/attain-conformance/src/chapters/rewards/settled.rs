//! The last sheet of somebody that was settled.

use attain_domain::change::Changes;
use attain_domain::ids::{BatchId, ParticipantId, PaysheetId};
use attain_domain::money::Money;
use attain_domain::payment::Paysheet;
use attain_domain::testing::{name, paysheet, stamp_at, usd, uuid};
use uuid::Uuid;

use crate::case::cases;
use crate::chapters::fidelity::settlements::settlement;
use crate::difference::check_same;
use crate::site::Site;

cases! { "rewards":
    /// RewardRepository::settled_before: The newest sheet that has a settlement, of the batch of
    /// the highest id below `batch`, of each of these participants who has one, in rising
    /// participant order.
    the_last_settled_sheet_of_each_is_given
    /// RewardRepository::settled_before: The newest sheet that has a settlement
    a_sheet_is_settled_as_long_as_it_has_a_settlement
    /// ChangeSet::workspace: Where; nothing crosses a workspace.
    sheets_of_another_workspace_are_not_settled_here
}

fn settled(number: u64, batch: u64, whose: &str, balance: Money) -> Paysheet {
    let mut settlement = settlement();
    settlement.balance = balance;
    Paysheet {
        batch: BatchId(uuid(batch)),
        participant: name(whose),
        settlement: Some(Box::new(settlement)),
        ..paysheet(number)
    }
}

fn plain(number: u64, batch: u64, whose: &str) -> Paysheet {
    Paysheet {
        settlement: None,
        ..settled(number, batch, whose, usd("0"))
    }
}

fn sheets(paysheets: Vec<Paysheet>) -> Changes {
    Changes {
        paysheets,
        ..Changes::default()
    }
}

fn before(batch: u64) -> BatchId {
    BatchId(uuid(batch))
}

async fn check_settled(site: &Site, whose: &[&str], batch: BatchId, expected: &[Paysheet]) {
    let whose: Vec<ParticipantId> = whose.iter().map(|text| name(text)).collect();
    let read = site.view().await.settled_before(&whose, batch).await;
    check_same(&read.unwrap(), expected, "settled paysheets");
}

async fn the_last_settled_sheet_of_each_is_given(site: Site) {
    // The ids of sheets say nothing: Ann's later sheet has the lower one.
    let (early, later) = (
        settled(9, 2, "ann", usd("1")),
        settled(1, 4, "ann", usd("2")),
    );
    let (bobs, zoes) = (
        settled(3, 3, "bob", usd("3")),
        settled(4, 3, "Zoe", usd("4")),
    );
    let all = [
        early.clone(),
        later.clone(),
        bobs.clone(),
        zoes.clone(),
        // Newer, but not settled.
        plain(5, 5, "ann"),
        plain(6, 3, "é"),
    ];
    site.commit(sheets(all.to_vec())).await;
    let whose = ["é", "bob", "ann", "nobody", "Zoe", "bob"];
    let last = BatchId(Uuid::max());
    let newest = [zoes.clone(), later.clone(), bobs.clone()];
    check_settled(&site, &whose, last, &newest).await;
    check_settled(&site, &whose, before(5), &newest).await;
    let below_4 = [zoes, early.clone(), bobs.clone()];
    check_settled(&site, &whose, before(4), &below_4).await;
    check_settled(&site, &whose, before(3), &[early]).await;
    check_settled(&site, &whose, before(2), &[]).await;
    check_settled(&site, &["bob"], last, &[bobs]).await;
    check_settled(&site, &[], last, &[]).await;
}

async fn a_sheet_is_settled_as_long_as_it_has_a_settlement(site: Site) {
    let (first, second) = (
        settled(1, 1, "ann", usd("1")),
        settled(2, 2, "ann", usd("2")),
    );
    site.commit(sheets(vec![first.clone(), plain(2, 2, "ann")]))
        .await;
    check_settled(&site, &["ann"], before(9), std::slice::from_ref(&first)).await;
    site.commit(sheets(vec![second.clone()])).await;
    check_settled(&site, &["ann"], before(9), std::slice::from_ref(&second)).await;
    // Settled anew, with another outcome.
    let again = Paysheet {
        stamp: stamp_at(2),
        ..settled(2, 2, "ann", usd("-7.25"))
    };
    site.commit(sheets(vec![again.clone()])).await;
    check_settled(&site, &["ann"], before(9), &[again]).await;
    site.commit(sheets(vec![plain(2, 2, "ann")])).await;
    check_settled(&site, &["ann"], before(9), std::slice::from_ref(&first)).await;
    site.commit(Changes {
        paysheets_deleted: vec![PaysheetId(uuid(1))],
        ..Changes::default()
    })
    .await;
    check_settled(&site, &["ann"], before(9), &[]).await;
}

async fn sheets_of_another_workspace_are_not_settled_here(site: Site) {
    let beside = site.beside("beside").await;
    let theirs = settled(1, 1, "ann", usd("1"));
    beside.commit(sheets(vec![theirs.clone()])).await;
    check_settled(&site, &["ann"], before(9), &[]).await;
    check_settled(&beside, &["ann"], before(9), &[theirs]).await;
}
