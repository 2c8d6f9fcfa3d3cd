//! What follows from direct credits: credits of teams, and of everybody above.

use super::direct::members_at;
use super::hierarchy::Hierarchy;
use super::rulebook::Rulebook;
use crate::credit::{Credit, CreditKind, CreditOrigin};
use crate::definition::DefinitionSet;
use crate::ids::{ParticipantId, TeamId};

/// Who is credited for others' credits, and whether one by one.
#[derive(Clone, Copy)]
pub(super) struct Above<'a> {
    pub(super) set: &'a DefinitionSet,
    pub(super) book: &'a Rulebook,
    pub(super) hierarchy: &'a Hierarchy,
    /// Ancestors get summarised credits, which are made elsewhere.
    pub(super) summarised: bool,
}

/// Somebody who gets a credit made from another's.
#[derive(Clone, Copy)]
pub(super) struct Recipient<'a> {
    /// The position of the credit that theirs is made from.
    pub(super) source: usize,
    pub(super) participant: &'a ParticipantId,
    pub(super) kind: CreditKind,
    pub(super) through: &'a ParticipantId,
}

impl<'a> Above<'a> {
    /// Everybody who gets a credit made from these.
    pub(super) fn recipients(&self, direct: &'a [Credit]) -> Vec<Recipient<'a>> {
        let mut found = Vec::new();
        for (source, credit) in direct.iter().enumerate() {
            if credit.kind != CreditKind::Direct {
                continue;
            }
            self.share(source, credit, &mut found);
            if credit.rolls_up && !self.summarised {
                let date = credit.roll_up_date;
                let above = self.hierarchy.ancestors(&credit.participant, date);
                found.extend(above.iter().map(|ancestor| Recipient {
                    source,
                    participant: &ancestor.participant,
                    kind: CreditKind::Indirect,
                    through: &ancestor.through,
                }));
            }
        }
        found
    }

    /// Each other member of a team gets one team credit, however many teams are shared.
    fn share(&self, source: usize, credit: &'a Credit, found: &mut Vec<Recipient<'a>>) {
        for team in self.led_teams(credit) {
            self.share_in(team, source, credit, found);
        }
        for team in self.book.sharing_teams(&credit.participant) {
            let is_member = self.set.teams.get(team).is_some_and(|team| {
                members_at(self.set, team, credit.credit_date).any(|m| *m == credit.participant)
            });
            if is_member {
                self.share_in(team, source, credit, found);
            }
        }
    }

    fn share_in(
        &self,
        team: &TeamId,
        source: usize,
        credit: &'a Credit,
        found: &mut Vec<Recipient<'a>>,
    ) {
        let Some(team) = self.set.teams.get(team) else {
            return;
        };
        for member in members_at(self.set, team, credit.credit_date) {
            let has_one = found
                .iter()
                .any(|known| known.source == source && known.participant == member);
            if *member != credit.participant && !has_one {
                found.push(Recipient {
                    source,
                    participant: member,
                    kind: CreditKind::Team,
                    through: &credit.participant,
                });
            }
        }
    }

    /// The teams for which the rule credited this lead. Somebody may lead one team and be credited
    /// beside it by the same rule: then the percent tells which credit is the team's, unless that
    /// was adjusted.
    fn led_teams(&self, source: &Credit) -> impl Iterator<Item = &'a TeamId> + 'a {
        let credited = match &source.origin {
            CreditOrigin::Rule { set, rule } => self.book.credited_teams(set, rule),
            CreditOrigin::Given | CreditOrigin::From { .. } => &[],
        };
        let percent = source.percent;
        let exact = credited.iter().any(|(_, of_team)| *of_team == percent);
        let lead = source.participant.clone();
        let teams = &self.set.teams;
        let is_led = move |team: &TeamId| {
            teams
                .get(team)
                .is_some_and(|team| team.lead.as_ref() == Some(&lead))
        };
        let credited = credited
            .iter()
            .filter(move |(_, of_team)| !exact || *of_team == percent);
        credited
            .map(|(team, _)| team)
            .filter(move |team| is_led(team))
    }
}
