//! Who is there: clerks, managers of nations, directors of regions, a vice president, and
//! specialists of a region and a segment who stand beside the hierarchy.

use std::collections::BTreeMap;

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::definition::participant::{Assignment, ReportingLine, TeamMember};
use attain_domain::definition::{Participant, Team};
use attain_domain::ids::{GoalId, ParticipantId, PayGroupId, PlanId, TeamId};
use attain_domain::money::Currency;
use attain_domain::plan::{Goal, Proration, Spread};
use attain_domain::time::DateRange;
use rust_decimal::Decimal;

use crate::mixing::choose;

/// The five regions of TPC-H.
pub(crate) const REGIONS: [&str; 5] = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"];

/// The 25 nations of TPC-H with their regions, by nation key.
pub(crate) const NATIONS: [(&str, usize); 25] = [
    ("ALGERIA", 0),
    ("ARGENTINA", 1),
    ("BRAZIL", 1),
    ("CANADA", 1),
    ("EGYPT", 4),
    ("ETHIOPIA", 0),
    ("FRANCE", 3),
    ("GERMANY", 3),
    ("INDIA", 2),
    ("INDONESIA", 2),
    ("IRAN", 4),
    ("IRAQ", 4),
    ("JAPAN", 2),
    ("JORDAN", 4),
    ("KENYA", 0),
    ("MOROCCO", 0),
    ("MOZAMBIQUE", 0),
    ("PERU", 1),
    ("CHINA", 2),
    ("ROMANIA", 3),
    ("SAUDI ARABIA", 4),
    ("VIETNAM", 2),
    ("RUSSIA", 3),
    ("UNITED KINGDOM", 3),
    ("UNITED STATES", 1),
];

/// The five market segments of TPC-H.
pub(crate) const SEGMENTS: [&str; 5] = [
    "AUTOMOBILE",
    "BUILDING",
    "FURNITURE",
    "HOUSEHOLD",
    "MACHINERY",
];

/// Clerks of a nation who work on key accounts, the lead included.
const KEY_ACCOUNT_CLERKS: u64 = 3;

/// The company at one scale.
pub(crate) struct Company {
    /// How many clerks.
    pub(crate) clerks: u64,
    /// TPC-H scale factor in thousandths.
    pub(crate) scale_thousandths: u32,
}

impl Company {
    /// TPC-H has 1 000 clerks for every scale factor of 1, and at least that many.
    pub(crate) fn of_scale(scale_thousandths: u32) -> Self {
        Self {
            clerks: u64::from(scale_thousandths).max(1_000),
            scale_thousandths,
        }
    }

    /// The nation of a clerk.
    pub(crate) fn nation_of(clerk: u64) -> usize {
        usize::try_from(clerk % 25).unwrap_or(0)
    }

    /// Another clerk of the same nation, who shares urgent orders.
    pub(crate) fn partner_of(&self, clerk: u64, order: u64) -> u64 {
        let colleagues = (self.clerks / 25).max(2);
        let step = 25 * (1 + choose(order, 1, colleagues - 1));
        (clerk - 1 + step) % (colleagues * 25) + 1
    }

    /// Everybody.
    pub(crate) fn participants(&self) -> Vec<Participant> {
        let mut people = vec![person("vp-sales", "Vice President Sales", &[], "manager")];
        for region in REGIONS {
            let (id, name) = (director(region), format!("Director {region}"));
            people.push(person(&id, &name, &["vp-sales"], "manager"));
        }
        for (nation, region) in NATIONS {
            let (id, name) = (manager(nation), format!("Manager {nation}"));
            let above = director(REGIONS[region]);
            people.push(person(&id, &name, &[&above], "manager"));
        }
        for region in REGIONS {
            for segment in SEGMENTS {
                let (id, name) = (
                    specialist(region, segment),
                    format!("{segment} in {region}"),
                );
                people.push(person(&id, &name, &["vp-sales"], "manager"));
            }
        }
        for number in 1..=self.clerks {
            people.push(clerk(number));
        }
        people
    }

    /// One team of key-account clerks a nation.
    pub(crate) fn teams(&self) -> Vec<Team> {
        let member = |number: u64| TeamMember {
            participant: id(&clerk_id(number)),
            effective: DateRange::ALWAYS,
        };
        let teams = NATIONS.iter().enumerate().map(|(key, (nation, _))| {
            let first = if key == 0 { 25 } else { key as u64 };
            let members = (0..KEY_ACCOUNT_CLERKS).map(|n| first + 25 * n);
            Team {
                id: TeamId::parse(&key_accounts(nation)).expect("a name"),
                name: format!("Key accounts {nation}"),
                lead: Some(id(&clerk_id(first))),
                shares_members_credits: false,
                members: members.filter(|n| *n <= self.clerks).map(member).collect(),
            }
        });
        teams.collect()
    }
}

pub(crate) fn clerk_id(number: u64) -> String {
    format!("Clerk#{number:09}")
}

pub(crate) fn manager(nation: &str) -> String {
    format!("manager-{}", slug(nation))
}

fn director(region: &str) -> String {
    format!("director-{}", slug(region))
}

pub(crate) fn specialist(region: &str, segment: &str) -> String {
    format!("specialist-{}-{}", slug(region), slug(segment))
}

pub(crate) fn key_accounts(nation: &str) -> String {
    format!("key-accounts-{}", slug(nation))
}

fn slug(text: &str) -> String {
    text.to_lowercase().replace(' ', "-")
}

fn id(text: &str) -> ParticipantId {
    ParticipantId::parse(text).expect("the company's ids are names")
}

fn assignment(plan: &str) -> Assignment {
    Assignment {
        plan: PlanId::parse(plan).expect("a name"),
        effective: DateRange::ALWAYS,
        goals: BTreeMap::new(),
        rate_tables: BTreeMap::new(),
        target_incentive: None,
    }
}

fn person(who: &str, name: &str, above: &[&str], plan: &str) -> Participant {
    let line = |manager: &&str| ReportingLine {
        manager: id(manager),
        effective: DateRange::ALWAYS,
    };
    Participant {
        id: id(who),
        name: name.to_owned(),
        start: None,
        end: None,
        pay_group: Some(PayGroupId::parse("everybody").expect("a name")),
        pay_currency: None,
        reports_to: above.iter().map(line).collect(),
        assignments: vec![assignment(plan)],
        attributes: BTreeMap::new(),
    }
}

/// A clerk has a quota of 6 to 10 million a quarter, and is paid in the currency of the region.
fn clerk(number: u64) -> Participant {
    let (nation, region) = NATIONS[Company::nation_of(number)];
    let who = clerk_id(number);
    let mut clerk = person(&who, &format!("Clerk {number}"), &[&manager(nation)], "rep");
    let quota = Decimal::from(6_000_000 + 100_000 * choose(number, 2, 41));
    let spread = Spread::Each {
        interval: IntervalKind::Quarter,
        amount: quota,
    };
    let goal = Goal {
        spread,
        proration: Proration::None,
    };
    for plan in &mut clerk.assignments {
        plan.goals
            .insert(GoalId::parse("quota").expect("a name"), goal.clone());
    }
    let mut bonus = assignment("bonus");
    bonus
        .goals
        .insert(GoalId::parse("quota").expect("a name"), goal);
    clerk.assignments.push(bonus);
    clerk.pay_currency = Some(currency(region));
    clerk
}

/// The currency of a region: dollars, euros or yen.
pub(crate) fn currency(region: usize) -> Currency {
    let code = match REGIONS[region] {
        "EUROPE" => "EUR",
        "ASIA" => "JPY",
        _ => "USD",
    };
    Currency::parse(code).expect("an ISO 4217 code")
}
