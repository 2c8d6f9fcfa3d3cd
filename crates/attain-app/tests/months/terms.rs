//! What is agreed in the company, as plain numbers. Documents are written from them for the engine,
//! and the reference reckons with them. No type of the engine stands here.

/// p0 is the boss, p1 and p2 manage, p3 and p4 sell.
pub(crate) const PEOPLE: u8 = 5;
/// January to April.
pub(crate) const MONTHS: usize = 4;
/// How many different sales there are.
pub(crate) const KEYS: u8 = 8;
/// How many days the calendar has.
pub(crate) const DAYS: u32 = 31 + 28 + 31 + 30;
/// The first day of each month, and the day after the last.
const STARTS: [u32; MONTHS + 1] = [0, 31, 59, 90, DAYS];

/// Tiers of the ladder: their upper ends in cents, the last one open.
pub(crate) const LADDER: [i64; 2] = [100_000, 250_050];
/// Tiers of the managers' table.
pub(crate) const TEAM: [i64; 2] = [120_000, 400_000];
/// Tiers of the bonus, the last one closed as well: it is interpolated.
pub(crate) const BONUS: [i64; 3] = [200_000, 400_000, 10_000_000_000];
/// A tenth, in thousandths of a percent: what managers get of what their reports have earned.
pub(crate) const SHARE: i64 = 10_000;

/// The month of a day.
pub(crate) fn month_of(day: u32) -> usize {
    STARTS.iter().skip(1).filter(|start| **start <= day).count()
}

/// The first day of a month.
pub(crate) fn first_day(month: usize) -> u32 {
    STARTS[month]
}

/// The last day of a month.
pub(crate) fn last_day(month: usize) -> u32 {
    STARTS[month + 1] - 1
}

/// The months of a quarter.
pub(crate) fn quarter_of(month: usize) -> std::ops::Range<usize> {
    let first = month / 3 * 3;
    first..MONTHS.min(first + 3)
}

/// The name of the period of a month.
pub(crate) fn month_name(month: usize) -> String {
    format!("2026-{:02}", month + 1)
}

/// The name of the quarter of a month.
pub(crate) fn quarter_name(month: usize) -> String {
    format!("2026-Q{}", month / 3 + 1)
}

/// One receiver of a rule; nobody named is whom the sale names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receives {
    pub(crate) who: Option<u8>,
    /// In hundredths of a percent.
    pub(crate) percent: i64,
    pub(crate) revenue: bool,
    pub(crate) rolls_up: bool,
}

/// One credit rule; the first that matches gives the credits.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// Only for sales of more than so many cents.
    pub(crate) above: Option<i64>,
    pub(crate) receivers: Vec<Receives>,
}

/// What those who sell are paid, in thousandths of a percent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub(crate) flat: i64,
    pub(crate) ladder: [i64; 3],
    pub(crate) ladder_by_month: bool,
    pub(crate) bonus: [i64; 3],
}

/// Whom somebody reports to, from a day on and up to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReportsTo {
    pub(crate) manager: u8,
    pub(crate) from: Option<u32>,
    pub(crate) to: Option<u32>,
}

/// Everything that is defined; numbers pick among a few ways to write each document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) archive: bool,
    pub(crate) cancels_as_zero: bool,
    pub(crate) half_up: bool,
    pub(crate) rules: u8,
    pub(crate) rates: u8,
    pub(crate) team: u8,
    pub(crate) tree: u8,
    /// Payment plans; with 0 there is no reward at all, with 1 there are only those by hand.
    pub(crate) draws: u8,
    /// What a negative sheet does: it stands, is carried, or is lifted.
    pub(crate) negative: u8,
    pub(crate) closed: [bool; MONTHS],
}

/// How many sets of rules there are to pick from.
pub(crate) const RULES: u8 = 5;
/// How many sets of rates for those who sell.
pub(crate) const RATES: u8 = 4;
/// How many sets of rates for managers.
pub(crate) const TEAMS: u8 = 3;
/// How many sets of payment plans, and what comes before them: none.
pub(crate) const DRAWS: u8 = 6;
/// A negative sheet is carried.
pub(crate) const CARRIED: u8 = 1;
/// What a negative sheet may do.
pub(crate) const NEGATIVES: u8 = 3;
/// How many hierarchies.
pub(crate) const TREES: u8 = 5;

impl Terms {
    /// Whether rewards are part of the story.
    pub(crate) fn has_rewards(&self) -> bool {
        self.draws > 0
    }

    /// Whether there are payment plans.
    pub(crate) fn has_draws(&self) -> bool {
        self.draws > 1
    }

    /// Whether nothing of a day may change.
    pub(crate) fn is_closed(&self, day: u32) -> bool {
        self.closed[month_of(day)]
    }

    /// Whether nothing of a period, by its name, may change.
    pub(crate) fn is_period_closed(&self, period: &str) -> bool {
        (0..MONTHS).any(|month| self.closed[month] && month_name(month) == period)
    }

    /// The rules, first the first.
    pub(crate) fn rule_list(&self) -> Vec<Rule> {
        let owner = |percent| receives(None, percent);
        let rest = rule("rest", None, vec![owner(10_000)]);
        let big = |receivers| rule("big", Some(40_000), receivers);
        match self.rules {
            0 => vec![rest],
            1 => vec![big(vec![owner(6_000), receives(Some(4), 4_000)]), rest],
            2 => {
                let thirds = vec![
                    owner(3_333),
                    receives(Some(3), 3_333),
                    receives(Some(1), 3_334),
                ];
                vec![big(thirds), rest]
            }
            3 => {
                let beside = Receives {
                    revenue: false,
                    ..receives(Some(2), 5_000)
                };
                vec![big(vec![owner(10_000), beside])]
            }
            _ => {
                let alone = Receives {
                    rolls_up: false,
                    ..owner(10_000)
                };
                vec![big(vec![alone]), rest]
            }
        }
    }

    /// What those who sell are paid.
    pub(crate) fn rate_list(&self) -> Rates {
        let rates = |flat, ladder, bonus| Rates {
            flat,
            ladder,
            ladder_by_month: false,
            bonus,
        };
        match self.rates {
            0 => rates(5_000, [1_000, 2_000, 5_000], [3_000, 2_000, 1_000]),
            1 => rates(3_330, [3_500, 750, 10_000], [3_000, 2_500, 1_000]),
            2 => rates(5_000, [0, 4_125, 4_000], [1_000, 2_000, 0]),
            _ => Rates {
                ladder_by_month: true,
                ..rates(3_330, [1_000, 2_000, 5_000], [3_000, 2_000, 1_000])
            },
        }
    }

    /// What managers are paid of what rolls up to them.
    pub(crate) fn team_rates(&self) -> [i64; 3] {
        match self.team {
            0 => [500, 1_250, 2_000],
            1 => [1_000, 0, 3_000],
            _ => [750, 750, 750],
        }
    }

    /// Whom somebody reports to.
    pub(crate) fn lines_of(&self, who: u8) -> Vec<ReportsTo> {
        let always = |manager| {
            vec![ReportsTo {
                manager,
                from: None,
                to: None,
            }]
        };
        let moves = vec![
            ReportsTo {
                manager: 1,
                from: None,
                to: Some(45),
            },
            ReportsTo {
                manager: 2,
                from: Some(45),
                to: None,
            },
        ];
        match (self.tree, who) {
            (_, 0) | (3, 2) => Vec::new(),
            (0 | 2 | 3, 3) => always(1),
            (0, 4) | (1, 3 | 4) => always(2),
            (2, 4) => always(3),
            (3, 4) => moves,
            _ => always(0),
        }
    }

    /// Whom somebody reports to on a day.
    pub(crate) fn manager_of(&self, who: u8, day: u32) -> Option<u8> {
        let mut lines = self.lines_of(who).into_iter();
        lines
            .find(|line| {
                line.from.is_none_or(|from| from <= day) && line.to.is_none_or(|to| day < to)
            })
            .map(|line| line.manager)
    }
}

fn receives(who: Option<u8>, percent: i64) -> Receives {
    Receives {
        who,
        percent,
        revenue: true,
        rolls_up: true,
    }
}

fn rule(id: &'static str, above: Option<i64>, receivers: Vec<Receives>) -> Rule {
    Rule {
        id,
        above,
        receivers,
    }
}
