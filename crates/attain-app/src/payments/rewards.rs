//! Reading what decisions about sheets need to know of rewards: a fixed number of statements,
//! however many participants there are; none of them for people who never had any.

use std::collections::BTreeMap;

use attain_domain::definition::DefinitionSet;
use attain_domain::ids::{BatchId, ParticipantId, PaysheetId};
use attain_domain::paying::RewardFacts;
use attain_domain::ports::{ChunkSize, RewardPosition, Snapshot};
use attain_domain::refusal::Refusal;
use attain_domain::reward::Reward;

use crate::failure::store_refusal;

/// All rewards of some participants, in rising position order.
pub(crate) async fn rewards_of(
    snapshot: &dyn Snapshot,
    participants: &[ParticipantId],
) -> Result<Vec<Reward>, Refusal> {
    let mut rewards: Vec<Reward> = Vec::new();
    loop {
        let chunk = ChunkSize::largest();
        let after = rewards.last().map(RewardPosition::of);
        let page = snapshot
            .rewards_of_participants(participants, after.as_ref(), chunk)
            .await
            .map_err(store_refusal)?;
        let is_end = page.len() < chunk.rows();
        rewards.extend(page);
        if is_end {
            return Ok(rewards);
        }
    }
}

/// What is known of the rewards of some participants. Those who never had any, and from whose sheets
/// no payment plan goes on, are left out.
pub(crate) async fn reward_facts(
    snapshot: &dyn Snapshot,
    participants: &[ParticipantId],
) -> Result<BTreeMap<ParticipantId, RewardFacts>, Refusal> {
    let mut facts: BTreeMap<ParticipantId, RewardFacts> = BTreeMap::new();
    let marks = snapshot
        .rewards_marks(participants)
        .await
        .map_err(store_refusal)?;
    for read in marks {
        facts.entry(read.participant).or_default().mark = read.mark;
    }
    let having: Vec<ParticipantId> = facts.keys().cloned().collect();
    if having.is_empty() {
        return Ok(facts);
    }
    for row in rewards_of(snapshot, &having).await? {
        let of_whom = facts.entry(row.participant.clone()).or_default();
        of_whom.rewards.push(row);
    }
    let clears = snapshot.clears_of_participants(&having).await;
    for clear in clears.map_err(store_refusal)? {
        let of_whom = facts.entry(clear.participant.clone()).or_default();
        of_whom.clears.push(clear);
    }
    Ok(facts)
}

/// The same, and how far payment plans had come before a batch.
pub(super) async fn facts_before(
    snapshot: &dyn Snapshot,
    set: &DefinitionSet,
    batch: BatchId,
    participants: &[ParticipantId],
) -> Result<BTreeMap<ParticipantId, RewardFacts>, Refusal> {
    let mut facts = reward_facts(snapshot, participants).await?;
    if set.payment_plans.is_empty() || participants.is_empty() {
        return Ok(facts);
    }
    let sheets = snapshot.settled_before(participants, batch).await;
    for sheet in sheets.map_err(store_refusal)? {
        let of_whom = facts.entry(sheet.participant).or_default();
        of_whom.states = sheet.settlement.map(|kept| kept.states).unwrap_or_default();
    }
    Ok(facts)
}

/// The rewards of some sheets, by sheet.
pub(super) async fn rewards_by_sheet(
    snapshot: &dyn Snapshot,
    sheets: &[PaysheetId],
) -> Result<BTreeMap<PaysheetId, Vec<Reward>>, Refusal> {
    let mut by_sheet: BTreeMap<PaysheetId, Vec<Reward>> = BTreeMap::new();
    if sheets.is_empty() {
        return Ok(by_sheet);
    }
    let rows = snapshot.rewards_of_paysheets(sheets).await;
    for row in rows.map_err(store_refusal)? {
        if let Some(line) = row.line() {
            by_sheet.entry(line.paysheet).or_default().push(row);
        }
    }
    Ok(by_sheet)
}
