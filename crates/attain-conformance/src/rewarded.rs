//! Whatever the ports can tell about the rewards of a workspace.

use attain_domain::ids::{BatchId, ParticipantId};
use attain_domain::payment::Paysheet;
use attain_domain::ports::{ChunkSize, RewardPosition, RewardsMark, Snapshot};
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::testing::date;
use uuid::Uuid;

use crate::known::Known;
use crate::pages::all_pages;

const READS: &str = "the view answers";

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rewarded {
    pub(crate) by_id: Vec<Reward>,
    of_participants: Vec<Reward>,
    payable: Vec<Reward>,
    of_paysheets: Vec<Reward>,
    pub(crate) clears: Vec<Clear>,
    clears_by_id: Vec<Clear>,
    undos: Vec<ClearUndo>,
    pub(crate) marks: Vec<RewardsMark>,
    settled: Vec<Paysheet>,
}

impl Rewarded {
    pub(crate) async fn read(view: &dyn Snapshot, known: &Known, chunk: ChunkSize) -> Self {
        let participants: Vec<ParticipantId> = known.participants.iter().cloned().collect();
        let ids: Vec<_> = known.rewards.iter().copied().collect();
        let sheets: Vec<_> = known.paysheets.iter().copied().collect();
        let clears: Vec<_> = known.clears.iter().copied().collect();
        let page = async |after: Option<RewardPosition>| {
            let page = view.rewards_of_participants(&participants, after.as_ref(), chunk);
            page.await.expect(READS)
        };
        let of_participants = all_pages(chunk, RewardPosition::of, page).await;
        let clears_of = view.clears_of_participants(&participants).await;
        Self {
            by_id: view.rewards_by_id(&ids).await.expect(READS),
            of_participants,
            payable: payable(view, chunk).await,
            of_paysheets: view.rewards_of_paysheets(&sheets).await.expect(READS),
            clears: clears_of.expect(READS),
            clears_by_id: view.clears_by_id(&clears).await.expect(READS),
            undos: view.undos_of_clears(&clears).await.expect(READS),
            marks: view.rewards_marks(&participants).await.expect(READS),
            settled: settled(view, known, &participants).await,
        }
    }
}

/// What is due at the end of January 2026, and what ever is.
async fn payable(view: &dyn Snapshot, chunk: ChunkSize) -> Vec<Reward> {
    let mut all = Vec::new();
    for due in ["2026-01-31", "9999-12-31"].map(date) {
        let page = async |after: Option<RewardPosition>| {
            let page = view.payable_rewards(due, after.as_ref(), chunk).await;
            page.expect(READS)
        };
        all.extend(all_pages(chunk, RewardPosition::of, page).await);
    }
    all
}

/// Before each batch, and before whatever may come.
async fn settled(
    view: &dyn Snapshot,
    known: &Known,
    participants: &[ParticipantId],
) -> Vec<Paysheet> {
    let mut all = Vec::new();
    for batch in known.batches.iter().copied().chain([BatchId(Uuid::max())]) {
        let rows = view.settled_before(participants, batch).await;
        all.extend(rows.expect(READS));
    }
    all
}
