//! Rewards, clearings and their undoings, the marks of all of it, and what sheets were settled.

mod listed;
mod marked;
mod settled;

use attain_domain::change::Changes;
use attain_domain::reward::{Clear, ClearUndo, Reward};

use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [listed::cases(), marked::cases(), settled::cases()]
        .into_iter()
        .flatten()
        .collect()
}

fn rewarding(rewards: Vec<Reward>) -> Changes {
    Changes {
        rewards,
        ..Changes::default()
    }
}

fn clearing(clears: Vec<Clear>) -> Changes {
    Changes {
        clears,
        ..Changes::default()
    }
}

fn undoing(clear_undos: Vec<ClearUndo>) -> Changes {
    Changes {
        clear_undos,
        ..Changes::default()
    }
}
