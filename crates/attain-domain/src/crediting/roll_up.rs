//! What follows from direct credits: credits of teams, and of everybody above.

use super::desired::made_from;
use super::direct::members_at;
use super::hierarchy::Hierarchy;
use super::rulebook::Rulebook;
use crate::credit::{Credit, CreditKind, CreditOrigin};
use crate::definition::DefinitionSet;
use crate::ids::TeamId;
use crate::stamp::Stamp;

/// Who is credited for others' credits, and whether one by one.
#[derive(Clone, Copy)]
pub(super) struct Above<'a> {
    pub(super) set: &'a DefinitionSet,
    pub(super) book: &'a Rulebook,
    pub(super) hierarchy: &'a Hierarchy,
    /// Ancestors get summarised credits, which are made elsewhere.
    pub(super) summarised: bool,
    pub(super) stamp: &'a Stamp,
}

impl Above<'_> {
    /// The credits made from these, which have their ids already.
    pub(super) fn credits(&self, direct: &[Credit]) -> Vec<Credit> {
        let mut made = Vec::new();
        for source in direct.iter().filter(|credit| credit.kind == CreditKind::Direct) {
            self.share(source, &mut made);
            if source.rolls_up && !self.summarised {
                let above = self.hierarchy.ancestors(&source.participant, source.roll_up_date);
                made.extend(above.iter().map(|ancestor| {
                    let (who, through) = (&ancestor.participant, &ancestor.through);
                    made_from(source, who, CreditKind::Indirect, through, self.stamp)
                }));
            }
        }
        made
    }

    /// Each other member of a team gets one team credit, however many teams are shared.
    fn share(&self, source: &Credit, made: &mut Vec<Credit>) {
        let begin = made.len();
        for team in self.led_teams(source) {
            self.share_in(team, source, begin, made);
        }
        for team in self.book.sharing_teams(&source.participant) {
            let is_member = self.set.teams.get(team).is_some_and(|team| {
                members_at(self.set, team, source.credit_date).any(|m| *m == source.participant)
            });
            if is_member {
                self.share_in(team, source, begin, made);
            }
        }
    }

    /// The teams for which the rule credited this lead. Somebody may lead one team and be credited
    /// beside it by the same rule: then the percent tells which credit is the team's, unless that
    /// was adjusted.
    fn led_teams(&self, source: &Credit) -> impl Iterator<Item = &TeamId> {
        let credited = match &source.origin {
            CreditOrigin::Rule { set, rule } => self.book.credited_teams(set, rule),
            CreditOrigin::Given | CreditOrigin::From { .. } => &[],
        };
        let percent = source.percent;
        let exact = credited.iter().any(|(_, of_team)| *of_team == percent);
        let lead = source.participant.clone();
        let is_led = move |team: &TeamId| {
            self.set.teams.get(team).is_some_and(|team| team.lead.as_ref() == Some(&lead))
        };
        let credited = credited.iter().filter(move |(_, of_team)| !exact || *of_team == percent);
        credited.map(|(team, _)| team).filter(move |team| is_led(team))
    }

    fn share_in(&self, team: &TeamId, source: &Credit, begin: usize, made: &mut Vec<Credit>) {
        let Some(team) = self.set.teams.get(team) else { return };
        for member in members_at(self.set, team, source.credit_date) {
            let has_one = made.iter().skip(begin).any(|credit| credit.participant == *member);
            if *member != source.participant && !has_one {
                let through = &source.participant;
                made.push(made_from(source, member, CreditKind::Team, through, self.stamp));
            }
        }
    }
}
