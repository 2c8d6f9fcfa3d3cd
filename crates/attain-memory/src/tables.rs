//! The state of one workspace. A copy shares every row with its original.

use crate::activity::Activities;
use crate::chunks::Chunks;
use crate::credits::Credits;
use crate::definitions::Definitions;
use crate::earnings::Earnings;
use crate::payments::Payments;
use crate::requests::Requests;
use crate::rewards::Rewards;
use crate::runs::Runs;
use crate::transactions::Transactions;
use crate::work::Work;

#[derive(Clone, Default)]
pub(crate) struct Tables {
    pub(crate) definitions: Definitions,
    pub(crate) transactions: Transactions,
    pub(crate) credits: Credits,
    pub(crate) earnings: Earnings,
    pub(crate) payments: Payments,
    pub(crate) rewards: Rewards,
    pub(crate) runs: Runs,
    pub(crate) chunks: Chunks,
    pub(crate) work: Work,
    pub(crate) activities: Activities,
    pub(crate) requests: Requests,
}
