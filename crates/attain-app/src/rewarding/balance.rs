//! What is owed: by one participant with the rewards that make it up, and by all of them, now or as
//! of a past date with what was known at a past moment. Added up from the rewards every time.

use std::collections::BTreeMap;

use attain_domain::definition::Participant;
use attain_domain::ids::ParticipantId;
use attain_domain::money::{Money, MoneyError};
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::{Account, Clear, Reward};
use attain_domain::rewarding::{AsOf, by_account, owed, owed_as_of, sum};
use attain_domain::time::{Date, Instant};

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::payments::rewards_of;

/// As of when a balance is asked for. Without a date and a moment: now, whatever it is dated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BalanceAsked {
    /// What is dated on or before this date; any date, if none is given.
    pub date: Option<Date>,
    /// What was recorded at or before this moment; until now, if none is given.
    pub known_at: Option<Instant>,
}

impl BalanceAsked {
    fn as_of(self, now: Instant) -> Option<AsOf> {
        if self.date.is_none() && self.known_at.is_none() {
            return None;
        }
        Some(AsOf {
            date: self.date.unwrap_or(Date::MAX),
            known_at: self.known_at.unwrap_or(now),
        })
    }
}

/// What is owed in one account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountBalance {
    /// Which.
    pub account: Account,
    /// Operating currency; not 0.
    pub balance: Money,
}

/// What one participant owes, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct BalanceView {
    /// Whose.
    pub participant: ParticipantId,
    /// Operating currency; positive is owed to the company.
    pub balance: Money,
    /// By account; accounts in which nothing is owed are left out.
    pub accounts: Vec<AccountBalance>,
    /// The rewards that make it up, by date and id.
    pub rewards: Vec<Reward>,
}

/// One participant in the list of all.
#[derive(Clone, Debug, PartialEq)]
pub struct ParticipantBalance {
    /// The participant, as defined now.
    pub participant: Participant,
    /// What is owed. Operating currency.
    pub balance: Money,
    /// How many rewards make it up.
    pub rewards: u64,
}

impl Engine {
    /// What a participant owes: the sum of the recoverable rewards that were neither cleared nor
    /// withdrawn, paid or not.
    ///
    /// # Errors
    /// `UNKNOWN_PARTICIPANT`; `OVERFLOW`; when the store fails.
    pub async fn balance(
        &self,
        caller: &Caller,
        participant: &ParticipantId,
        asked: BalanceAsked,
    ) -> Result<BalanceView, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        if !world.set.participants.contains_key(participant) {
            let text = format!("there is no participant `{participant}`");
            return Err(Refusal::new(Reason::UnknownParticipant, text)
                .at("participant")
                .with("participant", participant));
        }
        let whose = std::slice::from_ref(participant);
        let as_of = asked.as_of(self.clock.now());
        let books = Books::load(&*snapshot, whose, as_of).await?;
        let currency = world.settings().operating_currency;
        let rewards = books.owed_by(participant, as_of);
        let each = || rewards.iter().copied();
        let balance = sum(each(), currency).map_err(overflow(participant))?;
        let accounts = by_account(each(), currency).map_err(overflow(participant))?;
        let accounts = accounts.into_iter();
        Ok(BalanceView {
            participant: participant.clone(),
            balance,
            accounts: accounts
                .map(|(account, balance)| AccountBalance { account, balance })
                .collect(),
            rewards: rewards.into_iter().cloned().collect(),
        })
    }

    /// The participants above `after` with what each owes, in rising order. A page costs the same
    /// few statements, however many rewards there are.
    ///
    /// # Errors
    /// `OVERFLOW`; when the store fails.
    pub async fn participant_balances(
        &self,
        caller: &Caller,
        asked: BalanceAsked,
        after: Option<&ParticipantId>,
        chunk: ChunkSize,
    ) -> Result<Vec<ParticipantBalance>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        let rest = world.set.participants.values();
        let rest = rest.filter(|person| after.is_none_or(|after| person.id > *after));
        let people: Vec<&Participant> = rest.take(chunk.rows()).collect();
        let ids: Vec<ParticipantId> = people.iter().map(|person| person.id.clone()).collect();
        let as_of = asked.as_of(self.clock.now());
        let books = Books::load(&*snapshot, &ids, as_of).await?;
        let currency = world.settings().operating_currency;
        let mut page = Vec::with_capacity(people.len());
        for person in people {
            let rewards = books.owed_by(&person.id, as_of);
            let count = rewards.len() as u64;
            let balance = sum(rewards.into_iter(), currency).map_err(overflow(&person.id))?;
            page.push(ParticipantBalance {
                participant: person.clone(),
                balance,
                rewards: count,
            });
        }
        Ok(page)
    }
}

/// The rewards of some participants; their clearings too, where the past is asked for.
struct Books {
    rewards: BTreeMap<ParticipantId, Vec<Reward>>,
    clears: BTreeMap<ParticipantId, Vec<Clear>>,
}

impl Books {
    async fn load(
        snapshot: &dyn Snapshot,
        participants: &[ParticipantId],
        as_of: Option<AsOf>,
    ) -> Result<Self, Refusal> {
        let mut books = Self {
            rewards: BTreeMap::new(),
            clears: BTreeMap::new(),
        };
        if participants.is_empty() {
            return Ok(books);
        }
        for row in rewards_of(snapshot, participants).await? {
            let of_whom = books.rewards.entry(row.participant.clone());
            of_whom.or_default().push(row);
        }
        if as_of.is_some() {
            let clears = snapshot.clears_of_participants(participants).await;
            for clear in clears.map_err(store_refusal)? {
                let of_whom = books.clears.entry(clear.participant.clone());
                of_whom.or_default().push(clear);
            }
        }
        Ok(books)
    }

    /// What makes up somebody's balance, by date and id.
    fn owed_by(&self, participant: &ParticipantId, as_of: Option<AsOf>) -> Vec<&Reward> {
        let rewards = self.rewards.get(participant).map_or(&[][..], Vec::as_slice);
        let clears = self.clears.get(participant).map_or(&[][..], Vec::as_slice);
        match as_of {
            None => owed(rewards).collect(),
            Some(as_of) => owed_as_of(rewards, clears, as_of),
        }
    }
}

fn overflow(participant: &ParticipantId) -> impl Fn(MoneyError) -> Refusal + '_ {
    move |error| {
        let text = format!("the balance of participant {participant}: {error}");
        Refusal::new(Reason::Overflow, text).with("participant", participant)
    }
}
