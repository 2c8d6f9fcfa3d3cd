//! A company of six: a boss, two managers, three reps; one team; two sets of rules. What is
//! different about it is set by knobs.

use std::collections::BTreeMap;

use attain_domain::definition::calendar::{IntervalKind, PeriodStatus};
use attain_domain::definition::participant::{Assignment, ReportingLine, TeamMember};
use attain_domain::definition::rules::{CreditRule, Receiver, ReceiverKind};
use attain_domain::definition::{
    Calendar, CategoryTree, Definition, Participant, RuleSet, Settings, Team,
};
use attain_domain::expression::Value;
use attain_domain::ids::{DefinitionId, ParticipantId};
use attain_domain::money::Rounding;
use attain_domain::plan::{Goal, Proration, Spread};
use attain_domain::testing::{date, decimal, months, name, pay_group, settings};
use attain_domain::time::DateRange;

use super::basics::{self, currency};
use super::knobs::Knob;
use super::plans::{Plans, personal_table};

/// How many people there are: p0 is the boss, p1 and p2 manage, p3 to p5 sell.
pub(crate) const PEOPLE: u8 = 6;
/// How many months the calendar has.
pub(crate) const MONTHS: u32 = 6;

/// What is different about one of the people.
#[derive(Clone, Debug, Default)]
struct Person {
    manager: u8,
    moves: bool,
    overlay: bool,
    start: u8,
    end: u8,
    goal: u8,
    target: u8,
    plan: u8,
    grade: u8,
    personal_rates: bool,
}

impl Person {
    fn assignments(&self, usual: &str) -> Vec<Assignment> {
        let until = |day| DateRange {
            from: None,
            to: Some(date(day)),
        };
        let from_march = DateRange {
            from: Some(date("2026-03-01")),
            to: None,
        };
        match self.plan {
            0 => vec![self.assignment(usual, DateRange::ALWAYS)],
            1 => vec![
                self.assignment("reps", DateRange::ALWAYS),
                self.assignment("managers", from_march),
            ],
            2 => vec![self.assignment("reps", from_march)],
            3 => vec![
                self.assignment("reps", until("2026-02-11")),
                self.assignment("reps", from_march),
            ],
            _ => Vec::new(),
        }
    }

    fn assignment(&self, plan: &str, effective: DateRange) -> Assignment {
        let mut assignment = Assignment {
            plan: name(plan),
            effective,
            goals: BTreeMap::new(),
            rate_tables: BTreeMap::new(),
            target_incentive: match self.target {
                0 => Some(decimal("24000")),
                1 => Some(decimal("100.10")),
                _ => None,
            },
        };
        if plan == "reps" && self.goal > 0 {
            let amount = decimal(if self.goal == 1 { "1500" } else { "6000.50" });
            let interval = IntervalKind::Quarter;
            let spread = Spread::Each { interval, amount };
            let proration = Proration::ByDay;
            assignment
                .goals
                .insert(name("quota"), Goal { spread, proration });
        }
        if plan == "reps" && self.personal_rates {
            assignment
                .rate_tables
                .insert(name("rates"), personal_table());
        }
        assignment
    }
}

/// A company, as it is defined now.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    archive: bool,
    january_closed: bool,
    cancel_as_zero: bool,
    half_up: bool,
    summarised: bool,
    default_category: bool,
    laptops_under_software: bool,
    people: Vec<Person>,
    split: u8,
    catch_all: bool,
    second_set: u8,
    rule_dates: u8,
    team_lead: bool,
    team_shares: bool,
    team_members: u8,
    pub(crate) plans: Plans,
}

impl Default for Company {
    fn default() -> Self {
        Self {
            archive: true,
            january_closed: false,
            cancel_as_zero: false,
            half_up: false,
            summarised: false,
            default_category: true,
            laptops_under_software: false,
            people: vec![Person::default(); usize::from(PEOPLE)],
            split: 0,
            catch_all: true,
            second_set: 0,
            rule_dates: 0,
            team_lead: true,
            team_shares: false,
            team_members: 0,
            plans: Plans::default(),
        }
    }
}

/// The id of one of the people; beyond them, of nobody.
pub(crate) fn person_id(number: u8) -> String {
    if number < PEOPLE {
        format!("p{number}")
    } else {
        "nobody".to_owned()
    }
}

impl Company {
    /// A company that differs in some things from the plainest one.
    pub(crate) fn with(knobs: &[Knob]) -> Self {
        let mut company = Self::default();
        company.turn(knobs);
        company
    }

    /// Sets knobs.
    pub(crate) fn turn(&mut self, knobs: &[Knob]) {
        for knob in knobs {
            if !self.turn_people(knob) && !self.turn_rules(knob) {
                self.plans.turn(knob);
            }
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the other knobs are about nobody"
    )]
    fn turn_people(&mut self, knob: &Knob) -> bool {
        let (Knob::ReportsTo(who, ..)
        | Knob::Overlay(who, _)
        | Knob::Start(who, _)
        | Knob::End(who, _)
        | Knob::Goal(who, _)
        | Knob::Target(who, _)
        | Knob::InPlan(who, _)
        | Knob::Grade(who, _)
        | Knob::PersonalRates(who, _)) = knob
        else {
            return false;
        };
        let person = &mut self.people[usize::from(*who)];
        match knob {
            Knob::ReportsTo(_, to, moves) => (person.manager, person.moves) = (*to, *moves),
            Knob::Overlay(_, is) => person.overlay = *is,
            Knob::Start(_, when) => person.start = *when,
            Knob::End(_, when) => person.end = *when,
            Knob::Goal(_, goal) => person.goal = *goal,
            Knob::Target(_, target) => person.target = *target,
            Knob::InPlan(_, plan) => person.plan = *plan,
            Knob::Grade(_, grade) => person.grade = *grade,
            Knob::PersonalRates(_, has) => person.personal_rates = *has,
            _ => return false,
        }
        true
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the other knobs are about plans"
    )]
    fn turn_rules(&mut self, knob: &Knob) -> bool {
        match knob {
            Knob::Archive(is) => self.archive = *is,
            Knob::CloseJanuary(is) => self.january_closed = *is,
            Knob::CancelAsZero(is) => self.cancel_as_zero = *is,
            Knob::HalfUp(is) => self.half_up = *is,
            Knob::Summarised(is) => self.summarised = *is,
            Knob::DefaultCategory(is) => self.default_category = *is,
            Knob::LaptopsUnderSoftware(is) => self.laptops_under_software = *is,
            Knob::Split(split) => self.split = *split,
            Knob::CatchAll(is) => self.catch_all = *is,
            Knob::SecondSet(set) => self.second_set = *set,
            Knob::RuleDates(dates) => self.rule_dates = *dates,
            Knob::TeamLead(is) => self.team_lead = *is,
            Knob::TeamShares(is) => self.team_shares = *is,
            Knob::TeamMembers(members) => self.team_members = *members,
            _ => return false,
        }
        true
    }

    /// Everything that is defined.
    pub(crate) fn definitions(&self) -> Vec<Definition> {
        let mut all = vec![
            Definition::Settings(self.settings()),
            Definition::Attributes(basics::attributes()),
            Definition::Calendar(self.calendar()),
            Definition::Rates(basics::rates()),
            Definition::Categories(self.categories()),
            Definition::CategoryRules(basics::category_rules()),
            Definition::PayGroup(pay_group("staff")),
        ];
        all.extend(self.plans.all().into_iter().map(Definition::Plan));
        all.extend((0..PEOPLE).map(|who| Definition::Participant(self.person(who))));
        all.push(Definition::Team(self.team()));
        all.extend(self.rule_sets().into_iter().map(Definition::RuleSet));
        all
    }

    /// The rule sets that may stand from before and are there no more.
    pub(crate) fn gone(&self) -> Option<DefinitionId> {
        (self.second_set == 0).then(|| name("overlay"))
    }

    /// Whether nothing of January may change.
    pub(crate) fn is_january_closed(&self) -> bool {
        self.january_closed
    }

    fn calendar(&self) -> Calendar {
        let mut calendar = months(2026, MONTHS);
        if self.january_closed {
            calendar.periods[0].status = PeriodStatus::Closed;
        }
        calendar
    }

    fn settings(&self) -> Settings {
        Settings {
            rounding: if self.half_up {
                Rounding::HalfUp
            } else {
                Rounding::HalfEven
            },
            default_category: self.default_category.then(|| name("services")),
            archive_updated_credits: self.archive,
            collect_cancellations_as_zero: self.cancel_as_zero,
            summarised_roll_up: self.summarised,
            ..settings()
        }
    }

    fn categories(&self) -> CategoryTree {
        let above = if self.laptops_under_software {
            "software"
        } else {
            "hardware"
        };
        let parents = [
            ("hardware", None),
            ("software", None),
            ("services", None),
            ("laptop", Some(above)),
        ];
        let parents = parents.map(|(category, above)| (name(category), above.map(name)));
        CategoryTree {
            parents: parents.into(),
        }
    }

    fn person(&self, who: u8) -> Participant {
        let person = &self.people[usize::from(who)];
        let start = [None, Some("2026-01-20"), Some("2026-02-10")][usize::from(person.start)];
        let end = [None, Some("2026-02-15"), Some("2026-03-31")][usize::from(person.end)];
        let grade = Value::Number(person.grade.into());
        Participant {
            id: name(&person_id(who)),
            name: format!("Person {who}"),
            start: start.map(date),
            end: end.map(date),
            pay_group: Some(name("staff")),
            pay_currency: (who == 5).then(|| currency("EUR")),
            reports_to: self.lines_of(who),
            assignments: person.assignments(if who < 3 { "managers" } else { "reps" }),
            attributes: [(name("grade"), grade)].into(),
        }
    }

    fn lines_of(&self, who: u8) -> Vec<ReportingLine> {
        let person = &self.people[usize::from(who)];
        let line = |manager: u8, effective| ReportingLine {
            manager: name(&person_id(manager)),
            effective,
        };
        let (always, middle) = (DateRange::ALWAYS, date("2026-02-15"));
        let mut lines = match (who, person.manager) {
            (0, _) => Vec::new(),
            (1 | 2, 2) => Vec::new(),
            (1 | 2, _) => vec![line(0, always)],
            (_, manager) => {
                let managers = [1, 2, 0];
                let first = managers[usize::from(manager)];
                let next = managers[(usize::from(manager) + 1) % 3];
                if person.moves {
                    vec![
                        line(
                            first,
                            DateRange {
                                from: None,
                                to: Some(middle),
                            },
                        ),
                        line(
                            next,
                            DateRange {
                                from: Some(middle),
                                to: None,
                            },
                        ),
                    ]
                } else {
                    vec![line(first, always)]
                }
            }
        };
        if person.overlay && who >= 4 {
            lines.push(line(3, always));
        }
        lines
    }

    fn team(&self) -> Team {
        let always = DateRange::ALWAYS;
        let until_march = DateRange {
            from: None,
            to: Some(date("2026-03-01")),
        };
        let members: &[(&str, DateRange)] = match self.team_members {
            0 => &[("p3", always), ("p4", always)],
            1 => &[("p3", until_march), ("p5", always), ("p1", always)],
            _ => &[("p2", always)],
        };
        let member = |(who, effective): &(&str, DateRange)| TeamMember {
            participant: name(who),
            effective: *effective,
        };
        Team {
            id: name("crew"),
            name: "Crew".to_owned(),
            lead: self.team_lead.then(|| name("p3")),
            shares_members_credits: self.team_shares,
            members: members.iter().map(member).collect(),
        }
    }

    fn rule_sets(&self) -> Vec<RuleSet> {
        let dates = match self.rule_dates {
            0 => DateRange::ALWAYS,
            1 => DateRange {
                from: Some(date("2026-02-01")),
                to: None,
            },
            _ => DateRange::between(date("2026-01-10"), date("2026-03-15")),
        };
        let mut rules = vec![rule(
            "north",
            dates,
            "attribute.region == 'n'",
            self.north(),
        )];
        if self.catch_all {
            let everything = vec![receiver(owner(), "100", true)];
            rules.push(rule("rest", DateRange::ALWAYS, "true", everything));
        }
        let mut sets = vec![RuleSet {
            id: name("base"),
            name: "Base".to_owned(),
            rules,
        }];
        if self.second_set > 0 {
            let overlay = match self.second_set {
                1 => vec![receiver(person("p2"), "50", false)],
                _ => vec![
                    receiver(person("p5"), "12.5", false),
                    receiver(owner(), "150", false),
                ],
            };
            let rules = vec![rule("large", dates, "transaction.amount > 400.0", overlay)];
            sets.push(RuleSet {
                id: name("overlay"),
                name: "Overlay".to_owned(),
                rules,
            });
        }
        sets
    }

    fn north(&self) -> Vec<Receiver> {
        match self.split {
            0 => vec![receiver(owner(), "100", true)],
            1 => vec![
                receiver(owner(), "60", true),
                receiver(person("p3"), "40", true),
            ],
            2 => vec![
                receiver(owner(), "33.33", true),
                receiver(person("p3"), "33.33", true),
                receiver(person("p4"), "33.34", true),
            ],
            3 => vec![receiver(ReceiverKind::Team(name("crew")), "100", true)],
            4 => vec![
                receiver(person("p4"), "60", true),
                receiver(owner(), "40", true),
            ],
            _ => vec![
                Receiver {
                    rolls_up: false,
                    ..receiver(owner(), "100", true)
                },
                receiver(person("p5"), "30", false),
            ],
        }
    }
}

fn owner() -> ReceiverKind {
    ReceiverKind::Attribute(name("owner"))
}

fn person(id: &str) -> ReceiverKind {
    ReceiverKind::Participant(ParticipantId::parse(id).expect("an id of the tests"))
}

fn receiver(who: ReceiverKind, percent: &str, revenue: bool) -> Receiver {
    Receiver {
        who,
        percent: decimal(percent),
        revenue,
        rolls_up: true,
    }
}

fn rule(id: &str, effective: DateRange, when: &str, receivers: Vec<Receiver>) -> CreditRule {
    CreditRule {
        id: name(id),
        effective,
        when: when.to_owned(),
        receivers,
    }
}
