//! Who reports to whom, and since when: the ancestors of a participant at a date.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::OnceLock;

use super::loops::{Line, loops};
use crate::definition::check::about;
use crate::definition::{DefinitionKind, DefinitionSet};
use crate::ids::ParticipantId;
use crate::refusal::{Reason, Refusal};
use crate::time::{Date, DateRange};

/// Somebody above a participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancestor {
    /// Who.
    pub participant: ParticipantId,
    /// The direct report of that ancestor on the shortest path from the participant; the
    /// participant itself at level 1.
    pub through: ParticipantId,
    /// Steps up from the participant, from 1.
    pub level: u32,
}

/// The dated hierarchy. Ancestors are worked out when they are first asked for, once for each span
/// of dates in which they are the same.
pub struct Hierarchy {
    numbers: BTreeMap<ParticipantId, usize>,
    people: Vec<Person>,
}

struct Person {
    id: ParticipantId,
    /// When the person is there: who is not gets no roll-up, but passes it on upwards.
    there: DateRange,
    lines: Vec<Line>,
    segments: OnceLock<Vec<Segment>>,
}

/// The ancestors from a date on, until the next segment.
struct Segment {
    from: Option<Date>,
    ancestors: Vec<Ancestor>,
}

impl Hierarchy {
    /// Builds the hierarchy. Managers that do not exist are refused by `definition::check`; here
    /// they count for nothing.
    ///
    /// # Errors
    /// `CYCLE`, naming the loop and the first date of it.
    pub fn build(set: &DefinitionSet) -> Result<Self, Vec<Refusal>> {
        let numbers: BTreeMap<ParticipantId, usize> =
            set.participants.keys().cloned().zip(0..).collect();
        let people: Vec<Person> = set
            .participants
            .values()
            .map(|participant| {
                let mut lines: Vec<Line> = participant
                    .reports_to
                    .iter()
                    .filter_map(|line| {
                        let manager = *numbers.get(&line.manager)?;
                        Some(Line {
                            manager,
                            effective: line.effective,
                        })
                    })
                    .collect();
                lines.sort_by_key(|line| line.manager);
                let to = participant.end.and_then(|last| last.succ_opt());
                Person {
                    id: participant.id.clone(),
                    there: DateRange {
                        from: participant.start,
                        to,
                    },
                    lines,
                    segments: OnceLock::new(),
                }
            })
            .collect();
        let hierarchy = Self { numbers, people };
        let wrong = hierarchy.refuse_loops();
        if wrong.is_empty() {
            Ok(hierarchy)
        } else {
            Err(wrong)
        }
    }

    /// Everybody above a participant at a date, each once, nearest first, and by id where equally
    /// near. Who is not there at the date is left out, but not who stands above them.
    #[must_use]
    pub fn ancestors(&self, participant: &ParticipantId, date: Date) -> &[Ancestor] {
        let Some(number) = self.numbers.get(participant) else {
            return &[];
        };
        let Some(person) = self.people.get(*number) else {
            return &[];
        };
        if person.lines.is_empty() {
            return &[];
        }
        let segments = person.segments.get_or_init(|| self.segments_of(*number));
        let after =
            segments.partition_point(|segment| segment.from.is_none_or(|from| from <= date));
        let segment = after.checked_sub(1).and_then(|last| segments.get(last));
        segment
            .map(|segment| segment.ancestors.as_slice())
            .unwrap_or_default()
    }

    fn refuse_loops(&self) -> Vec<Refusal> {
        let lines: Vec<Vec<Line>> = self
            .people
            .iter()
            .map(|person| person.lines.clone())
            .collect();
        let refusal = |found: super::loops::Loop| {
            let first = &self.people[found.people[0]].id;
            let mut path: Vec<&str> = found
                .people
                .iter()
                .map(|person| self.people[*person].id.as_str())
                .collect();
            path.push(first.as_str());
            let path = path.join(" → ");
            let since = found
                .since
                .map_or("always".to_owned(), |date| format!("from {date} on"));
            let text = format!("{since}, the reporting lines {path} would go in a circle");
            let refusal = Refusal::new(Reason::Cycle, text)
                .at("reports_to")
                .with("loop", path);
            let refusal = match found.since {
                Some(date) => refusal.with("date", date),
                None => refusal,
            };
            about(DefinitionKind::Participant, first.as_str(), refusal)
        };
        loops(&lines).into_iter().map(refusal).collect()
    }

    fn segments_of(&self, participant: usize) -> Vec<Segment> {
        let mut starts: BTreeSet<Option<Date>> = BTreeSet::from([None]);
        let mut seen = BTreeSet::from([participant]);
        let mut queue = VecDeque::from([participant]);
        while let Some(at) = queue.pop_front() {
            for line in &self.people[at].lines {
                let there = self.people[line.manager].there;
                let ends = [line.effective.from, line.effective.to, there.from, there.to];
                starts.extend(ends.into_iter().filter(Option::is_some));
                if seen.insert(line.manager) {
                    queue.push_back(line.manager);
                }
            }
        }
        let mut segments: Vec<Segment> = Vec::with_capacity(starts.len());
        for from in starts {
            let ancestors = self.ancestors_at(participant, from.unwrap_or(Date::MIN));
            if segments
                .last()
                .is_none_or(|before| before.ancestors != ancestors)
            {
                segments.push(Segment { from, ancestors });
            }
        }
        segments
    }

    /// Level by level, each level in the order of ids: of several shortest paths that with the
    /// smallest ids counts, whatever order the lines were written in.
    fn ancestors_at(&self, participant: usize, date: Date) -> Vec<Ancestor> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::from([participant]);
        let mut level: BTreeSet<usize> = BTreeSet::from([participant]);
        for steps in 1.. {
            let mut above: BTreeMap<usize, usize> = BTreeMap::new();
            for through in level {
                for line in &self.people[through].lines {
                    if line.effective.contains(date) && seen.insert(line.manager) {
                        above.insert(line.manager, through);
                    }
                }
            }
            if above.is_empty() {
                break;
            }
            let there = above
                .iter()
                .filter(|(who, _)| self.people[**who].there.contains(date));
            found.extend(there.map(|(who, through)| Ancestor {
                participant: self.people[*who].id.clone(),
                through: self.people[*through].id.clone(),
                level: steps,
            }));
            level = above.into_keys().collect();
        }
        found
    }
}
