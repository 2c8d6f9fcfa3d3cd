//! What can be different about a company, as small values that shrink well.

use proptest::prelude::*;

/// One thing that is set, or set anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Knob {
    Archive(bool),
    CloseJanuary(bool),
    CancelAsZero(bool),
    /// Not turned later: amounts in operating currency stay as they were rounded.
    HalfUp(bool),
    Summarised(bool),
    DefaultCategory(bool),
    LaptopsUnderSoftware(bool),
    /// Who reports to which manager, and whether it changes in the middle of February.
    ReportsTo(u8, u8, bool),
    Overlay(u8, bool),
    Start(u8, u8),
    End(u8, u8),
    Goal(u8, u8),
    Target(u8, u8),
    InPlan(u8, u8),
    Grade(u8, u8),
    PersonalRates(u8, bool),
    Split(u8),
    CatchAll(bool),
    SecondSet(u8),
    RuleDates(u8),
    TeamLead(bool),
    TeamShares(bool),
    TeamMembers(u8),
    Basis(u8),
    Mode(u8),
    Interval(u8),
    MeasureInterval(u8),
    ByAttainment(bool),
    Tiers(u8),
    TableDates(bool),
    Cap(u8),
    Threshold(u8),
    RoundEach(bool),
    Instalments(u8),
    Output(u8),
    Bonus(u8),
    Laptops(u8),
    Override(u8),
    OverrideCounts(u8),
    Second(u8),
    SecondDepth(bool),
    Leavers(bool),
    Factor(u8),
}

/// Any knob.
pub(crate) fn a_knob() -> impl Strategy<Value = Knob> {
    prop_oneof![2 => of_settings(), 4 => of_people(), 3 => of_rules(), 5 => of_plans()]
}

fn of_settings() -> impl Strategy<Value = Knob> {
    prop_oneof![
        any::<bool>().prop_map(Knob::Archive),
        any::<bool>().prop_map(Knob::CloseJanuary),
        any::<bool>().prop_map(Knob::CancelAsZero),
        any::<bool>().prop_map(Knob::Summarised),
        any::<bool>().prop_map(Knob::DefaultCategory),
        any::<bool>().prop_map(Knob::LaptopsUnderSoftware),
    ]
}

fn of_people() -> impl Strategy<Value = Knob> {
    let who = || 0..super::company::PEOPLE;
    prop_oneof![
        (who(), 0_u8..3, any::<bool>())
            .prop_map(|(who, to, moves)| Knob::ReportsTo(who, to, moves)),
        (who(), any::<bool>()).prop_map(|(who, is)| Knob::Overlay(who, is)),
        (who(), 0_u8..3).prop_map(|(who, when)| Knob::Start(who, when)),
        (who(), 0_u8..3).prop_map(|(who, when)| Knob::End(who, when)),
        (who(), 0_u8..3).prop_map(|(who, goal)| Knob::Goal(who, goal)),
        (who(), 0_u8..3).prop_map(|(who, target)| Knob::Target(who, target)),
        (who(), 0_u8..5).prop_map(|(who, plan)| Knob::InPlan(who, plan)),
        (who(), 0_u8..2).prop_map(|(who, grade)| Knob::Grade(who, grade)),
        (who(), any::<bool>()).prop_map(|(who, has)| Knob::PersonalRates(who, has)),
    ]
}

fn of_rules() -> impl Strategy<Value = Knob> {
    prop_oneof![
        (0_u8..6).prop_map(Knob::Split),
        any::<bool>().prop_map(Knob::CatchAll),
        (0_u8..3).prop_map(Knob::SecondSet),
        (0_u8..3).prop_map(Knob::RuleDates),
        any::<bool>().prop_map(Knob::TeamLead),
        any::<bool>().prop_map(Knob::TeamShares),
        (0_u8..3).prop_map(Knob::TeamMembers),
    ]
}

fn of_plans() -> impl Strategy<Value = Knob> {
    let how = prop_oneof![
        (0_u8..4).prop_map(Knob::Basis),
        (0_u8..4).prop_map(Knob::Mode),
        (0_u8..3).prop_map(Knob::Interval),
        (0_u8..3).prop_map(Knob::MeasureInterval),
        any::<bool>().prop_map(Knob::ByAttainment),
        (0_u8..3).prop_map(Knob::Tiers),
        any::<bool>().prop_map(Knob::TableDates),
        (0_u8..3).prop_map(Knob::Cap),
        (0_u8..3).prop_map(Knob::Threshold),
        any::<bool>().prop_map(Knob::RoundEach),
    ];
    let what = prop_oneof![
        (1_u8..4).prop_map(Knob::Instalments),
        (0_u8..4).prop_map(Knob::Output),
        (0_u8..4).prop_map(Knob::Bonus),
        (0_u8..3).prop_map(Knob::Laptops),
        (0_u8..4).prop_map(Knob::Override),
        (0_u8..3).prop_map(Knob::OverrideCounts),
        (0_u8..3).prop_map(Knob::Second),
        any::<bool>().prop_map(Knob::SecondDepth),
        any::<bool>().prop_map(Knob::Leavers),
        (0_u8..3).prop_map(Knob::Factor),
    ];
    prop_oneof![how, what]
}

/// What is different about a company when it begins.
pub(crate) fn some_knobs(most: usize) -> impl Strategy<Value = Vec<Knob>> {
    proptest::collection::vec(a_knob(), 0..=most)
}
