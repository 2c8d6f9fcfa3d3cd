//! Runs a scenario step by step, and says in the scenario's own words what is different.

use std::collections::BTreeMap;
use std::fmt;

use attain_domain::refusal::Refusal;

use crate::driver::{Answer, BatchAction, Driver, LineChoice, SheetAction, View};
use crate::format::{LineStep, Scenario, SheetStep, Step};
use crate::table::{Row, Table};

/// Where a scenario went another way than it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which step, from 1; 0 is what was given.
    pub step: usize,
    /// What is different.
    pub text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            0 => write!(f, "given: {}", self.text),
            step => write!(f, "step {step}: {}", self.text),
        }
    }
}

/// What the scenario has given names to.
#[derive(Default)]
struct Names {
    /// Batches, by their ids.
    batches: BTreeMap<String, String>,
    /// Moments.
    moments: BTreeMap<String, String>,
    /// Clearings, by their ids.
    clears: BTreeMap<String, String>,
}

impl Names {
    /// The id of a batch that the scenario has named; the name itself for one that it has not.
    fn batch<'a>(&'a self, name: &'a str) -> &'a str {
        self.batches.get(name).map_or(name, String::as_str)
    }
}

/// Runs one scenario. `includes` are the texts of its included files, in order.
///
/// # Errors
/// The first step that went another way.
pub async fn run(
    scenario: &Scenario,
    includes: &[String],
    driver: &mut dyn Driver,
) -> Result<(), Failure> {
    // One after another, so that what is given can replace what is included.
    for documents in includes.iter().chain(&scenario.given) {
        driver
            .apply(documents)
            .await
            .map_err(|refusals| fail(0, &list(&refusals)))?;
    }
    let mut names = Names::default();
    for (index, step) in scenario.steps.iter().enumerate() {
        let number = index + 1;
        let answer = act(step, driver, &mut names).await;
        let answer = expect_refusal(step, answer).map_err(|text| fail(number, &text))?;
        for (name, expected) in &step.then {
            let different = look(name, expected, &answer, &names, driver).await;
            if let Some(text) = different.map_err(|text| fail(number, &text))? {
                return Err(fail(number, &format!("{name}:\n{text}")));
            }
        }
    }
    Ok(())
}

fn fail(step: usize, text: &str) -> Failure {
    Failure {
        step,
        text: text.to_owned(),
    }
}

fn list(refusals: &[Refusal]) -> String {
    let lines = refusals
        .iter()
        .map(|refusal| format!("{}: {refusal}", refusal.reason));
    format!("refused:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// The step's answer, if it went as the step says. An element that is refused has to be expected:
/// by its reason, or in the table of the elements.
fn expect_refusal(step: &Step, answer: Result<Answer, Vec<Refusal>>) -> Result<Answer, String> {
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(refusals) if step.refused.is_none() => return Err(list(&refusals)),
        Err(refused) => Answer {
            refused,
            ..Answer::default()
        },
    };
    let refusals = &answer.refused;
    match &step.refused {
        None if refusals.is_empty() || step.then.contains_key("adjusted") => return Ok(answer),
        None => return Err(list(refusals)),
        Some(reason) if refusals.is_empty() => {
            return Err(format!("was to be refused with {reason}, and was not"));
        }
        Some(reason) if !refusals.iter().any(|one| one.reason.code() == reason) => {
            let listed = list(refusals);
            return Err(format!("was to be refused with {reason}; {listed}"));
        }
        Some(_) => {}
    }
    let rows = refusals.iter().map(refusal_row).collect();
    answer.tables.insert("refusals", rows);
    Ok(answer)
}

/// Reason, field and text; and a column for each variable of the sentence.
fn refusal_row(refusal: &Refusal) -> Row {
    let details = refusal.details.iter();
    let mut row: Row = details
        .map(|(name, value)| (name.to_string(), value.clone()))
        .collect();
    row.extend([
        ("reason".to_owned(), refusal.reason.code().to_owned()),
        (
            "field".to_owned(),
            refusal.field.clone().unwrap_or_default(),
        ),
        ("text".to_owned(), refusal.text.clone()),
    ]);
    row
}

async fn act(
    step: &Step,
    driver: &mut dyn Driver,
    names: &mut Names,
) -> Result<Answer, Vec<Refusal>> {
    if let Some(documents) = &step.apply {
        return driver.apply(documents).await;
    }
    act_one(step, driver, names)
        .await
        .map_err(|refusal| vec![refusal])
}

async fn act_one(
    step: &Step,
    driver: &mut dyn Driver,
    names: &mut Names,
) -> Result<Answer, Refusal> {
    if let Some(csv) = &step.import {
        return driver.import(csv).await;
    }
    if let Some(csv) = &step.import_credits {
        return driver.import_credits(csv).await;
    }
    if let Some(adjust) = &step.adjust {
        return driver.adjust(adjust).await;
    }
    if let Some(preview) = &step.preview {
        return driver.preview(&preview.what).await;
    }
    if let Some(name) = &step.moment {
        names.moments.insert(name.clone(), driver.moment().await?);
    }
    if let Some(answer) = rewarding(step, driver, names).await {
        return answer;
    }
    if let Some(run) = &step.run {
        let process = run.process.as_deref().unwrap_or("all");
        return driver.run(process, Some((&run.from, &run.through))).await;
    }
    if let Some(revert) = &step.revert {
        return driver.run("revert", revert.dates()?).await;
    }
    if let Some(new) = &step.create_batch {
        let date = new.pay_date.as_deref();
        let answer = driver
            .create_batch(&new.pay_group, &new.period, date)
            .await?;
        let id = answer.id.clone().unwrap_or_default();
        names.batches.insert(new.name.clone(), id);
        return Ok(answer);
    }
    if let Some(name) = &step.freeze_and_pay {
        driver.batch(names.batch(name), BatchAction::Freeze).await?;
        return driver.batch(names.batch(name), BatchAction::Pay).await;
    }
    if let Some((name, action)) = batch_action(step) {
        return driver.batch(names.batch(name), action).await;
    }
    if let Some((sheet, action)) = sheet_action(step) {
        let actor = sheet.actor.as_deref();
        let batch = names.batch(&sheet.batch);
        return driver.sheet(batch, &sheet.participant, actor, action).await;
    }
    if let Some((line, held)) = line_action(step) {
        let choice = LineChoice {
            number: line.number.clone(),
            component: line.component.clone(),
        };
        return driver
            .hold(names.batch(&line.batch), &line.participant, choice, held)
            .await;
    }
    Ok(Answer::default())
}

/// A step about rewards, if it is one.
async fn rewarding(
    step: &Step,
    driver: &mut dyn Driver,
    names: &mut Names,
) -> Option<Result<Answer, Refusal>> {
    if let Some(rewards) = &step.assign {
        return Some(driver.assign(rewards).await);
    }
    if let Some(reward) = &step.withdraw {
        return Some(driver.withdraw(reward).await);
    }
    if let Some(clear) = &step.clear {
        let answer = driver.clear(clear).await;
        let id = answer.as_ref().ok().and_then(|answer| answer.id.clone());
        if let (Some(name), Some(id)) = (&clear.name, id) {
            names.clears.insert(name.clone(), id);
        }
        return Some(answer);
    }
    let undo = step.undo_clear.as_ref()?;
    let id = names.clears.get(&undo.clear).unwrap_or(&undo.clear);
    Some(driver.undo_clear(id, undo).await)
}

fn batch_action(step: &Step) -> Option<(&str, BatchAction)> {
    let simple = [
        (&step.refresh_batch, BatchAction::Refresh),
        (&step.freeze_batch, BatchAction::Freeze),
        (&step.pay_batch, BatchAction::Pay),
        (&step.delete_batch, BatchAction::Delete),
    ];
    for (name, action) in simple {
        if let Some(name) = name {
            return Some((name, action));
        }
    }
    let edit = step.edit_batch.as_ref()?;
    Some((
        &edit.batch,
        BatchAction::Edit {
            pay_date: edit.pay_date.clone(),
        },
    ))
}

fn sheet_action(step: &Step) -> Option<(&SheetStep, SheetAction)> {
    let actions = [
        (&step.lock_sheet, SheetAction::Lock),
        (&step.submit_sheet, SheetAction::Submit),
        (&step.approve_sheet, SheetAction::Approve),
        (&step.reject_sheet, SheetAction::Reject),
    ];
    actions
        .into_iter()
        .find_map(|(sheet, action)| Some((sheet.as_ref()?, action)))
}

fn line_action(step: &Step) -> Option<(&LineStep, bool)> {
    let actions = [(&step.hold_line, true), (&step.release_line, false)];
    actions
        .into_iter()
        .find_map(|(line, held)| Some((line.as_ref()?, held)))
}

/// Compares one table of a step; `Ok(Some(_))` is the difference.
async fn look(
    name: &str,
    expected: &str,
    answer: &Answer,
    names: &Names,
    driver: &mut dyn Driver,
) -> Result<Option<String>, String> {
    let table = Table::parse(expected).map_err(|error| format!("{name}: {error}"))?;
    if let Some(asked) = name.strip_prefix("balances on ") {
        return balances_on(asked, &table, names, driver).await;
    }
    let rows = match (answer.tables.get(name), name.strip_prefix("as of ")) {
        (Some(rows), _) => Ok(rows.clone()),
        (None, Some(moment)) => {
            let at = names.moments.get(moment);
            let at = at.ok_or_else(|| format!("there is no moment `{moment}`"))?;
            driver.as_of(at).await
        }
        (None, None) => {
            let view = View::ALL.into_iter().find(|view| view.name() == name);
            let view = view.ok_or_else(|| format!("there is no table `{name}` to look at"))?;
            driver.view(view).await
        }
    };
    let rows = rows.map_err(|refusal| list(&[refusal]))?;
    if name == "counts" || name == View::Pending.name() {
        return Ok(table.difference(&of_named(&table, rows)));
    }
    Ok(table.difference(&with_names(rows, &names.batches)))
}

/// What was owed on a date: `balances on DATE`, or `balances on DATE known at MOMENT`.
async fn balances_on(
    asked: &str,
    table: &Table,
    names: &Names,
    driver: &mut dyn Driver,
) -> Result<Option<String>, String> {
    let (date, moment) = match asked.split_once(" known at ") {
        Some((date, moment)) => (date, Some(moment)),
        None => (asked, None),
    };
    let known_at = match moment {
        Some(moment) => {
            let at = names.moments.get(moment);
            Some(at.ok_or_else(|| format!("there is no moment `{moment}`"))?)
        }
        None => None,
    };
    let known_at = known_at.map(String::as_str);
    let rows = driver.balances_on(Some(date), known_at).await;
    let rows = rows.map_err(|refusal| list(&[refusal]))?;
    Ok(table.difference(&rows))
}

/// Only the counts that the scenario names: others are zero or beside the point.
fn of_named(table: &Table, mut rows: Vec<Row>) -> Vec<Row> {
    let position = table.columns.iter().position(|column| column == "name");
    let names: Vec<&String> = table
        .rows
        .iter()
        .filter_map(|row| row.get(position?))
        .collect();
    rows.retain(|row| row.get("name").is_some_and(|name| names.contains(&name)));
    for name in names {
        if !rows.iter().any(|row| row.get("name") == Some(name)) {
            let zero = ("count".to_owned(), "0".to_owned());
            rows.push(Row::from([("name".to_owned(), name.clone()), zero]));
        }
    }
    rows
}

/// Shows batches by the names that the scenario gave them.
fn with_names(mut rows: Vec<Row>, batches: &BTreeMap<String, String>) -> Vec<Row> {
    for row in &mut rows {
        let Some(batch) = row.get_mut("batch") else {
            continue;
        };
        if let Some((name, _)) = batches.iter().find(|(_, id)| *id == batch) {
            batch.clone_from(name);
        }
    }
    rows
}
