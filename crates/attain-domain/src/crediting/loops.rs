//! Finds loops in dated reporting lines: dates on which somebody would report to themselves.

use std::collections::BTreeSet;

use crate::time::{Date, DateRange};

/// A reporting line between people by number.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) manager: usize,
    pub(super) effective: DateRange,
}

/// A loop: who reports to whom on a date, in order; the last reports to the first.
pub(super) struct Loop {
    /// The first date on which it is closed; `None` when it has been forever.
    pub(super) since: Option<Date>,
    pub(super) people: Vec<usize>,
}

/// The loops, the earliest of each group of people who report to each other at some time.
/// `lines[person]` are the lines of a person to managers.
pub(super) fn loops(lines: &[Vec<Line>]) -> Vec<Loop> {
    groups(lines)
        .iter()
        .filter_map(|group| earliest_loop(lines, group))
        .collect()
}

/// People who could be in a loop, dates aside: the strongly connected groups. Only within those
/// are dates looked at, so that a hierarchy without loops costs one walk.
fn groups(lines: &[Vec<Line>]) -> Vec<BTreeSet<usize>> {
    let mut reversed: Vec<Vec<usize>> = vec![Vec::new(); lines.len()];
    for (person, up) in lines.iter().enumerate() {
        for line in up {
            reversed[line.manager].push(person);
        }
    }
    let forward: Vec<Vec<usize>> = lines
        .iter()
        .map(|up| up.iter().map(|line| line.manager).collect())
        .collect();
    let mut seen = vec![false; lines.len()];
    let mut finished = Vec::with_capacity(lines.len());
    for person in 0..lines.len() {
        walk(&forward, person, &mut seen, &mut finished);
    }
    let mut seen = vec![false; lines.len()];
    let mut groups = Vec::new();
    for person in finished.into_iter().rev() {
        let mut group = Vec::new();
        walk(&reversed, person, &mut seen, &mut group);
        let reports_to_self = forward[person].contains(&person);
        if group.len() > 1 || (reports_to_self && !group.is_empty()) {
            groups.push(group.into_iter().collect());
        }
    }
    groups
}

/// Depth first, in the order of finishing; without recursion, however long a chain is.
fn walk(edges: &[Vec<usize>], from: usize, seen: &mut [bool], finished: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[from], true) {
        return;
    }
    let mut stack = vec![(from, 0)];
    while let Some((at, next)) = stack.last_mut() {
        match edges[*at].get(*next) {
            Some(&to) => {
                *next += 1;
                if !std::mem::replace(&mut seen[to], true) {
                    stack.push((to, 0));
                }
            }
            None => {
                finished.push(*at);
                stack.pop();
            }
        }
    }
}

fn earliest_loop(lines: &[Vec<Line>], group: &BTreeSet<usize>) -> Option<Loop> {
    let inside = || {
        let up = group.iter().flat_map(|person| &lines[*person]);
        up.filter(|line| group.contains(&line.manager))
    };
    // A loop closes at the beginning of time, or on the first date of one of its lines.
    let mut starts: Vec<Option<Date>> = inside().map(|line| line.effective.from).collect();
    starts.push(None);
    starts.sort_unstable();
    starts.dedup();
    starts.into_iter().find_map(|since| {
        let people = loop_at(lines, group, since.unwrap_or(Date::MIN))?;
        Some(Loop { since, people })
    })
}

fn loop_at(lines: &[Vec<Line>], group: &BTreeSet<usize>, date: Date) -> Option<Vec<usize>> {
    let managers = |person: usize| {
        lines[person]
            .iter()
            .filter(|line| line.effective.contains(date) && group.contains(&line.manager))
            .map(|line| line.manager)
    };
    // Whoever has nobody above is out, level by level; who is left is in a loop or below one.
    let mut left = group.clone();
    loop {
        let is_below = |person: &&usize| managers(**person).any(|m| left.contains(&m));
        let below: BTreeSet<usize> = left.iter().filter(is_below).copied().collect();
        if below.len() == left.len() {
            break;
        }
        left = below;
    }
    let mut path: Vec<usize> = vec![*left.first()?];
    loop {
        let next = managers(*path.last()?).find(|manager| left.contains(manager))?;
        if let Some(start) = path.iter().position(|person| *person == next) {
            return Some(path.split_off(start));
        }
        path.push(next);
    }
}
