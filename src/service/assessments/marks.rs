//! Marks of an assessment that are entered by hand: one by one, or a list as a whole. For those who may sign off the
//! assessment; nobody enters an own mark.

use super::{Found, kept, results};
use crate::app::App;
use crate::formats::mark_sheet::{self, Column, MarkLine, MarkSheet};
use crate::rules::assessment::{Mark, MarkList};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::{SheetProblem, SheetProblemCode};
use crate::rules::text::{fold, tidy_name};
use crate::service::accounts::event;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::{find_person, shown_login};
use crate::service::tests::check_reason;
use crate::store::assessment_marks::{self, Ending, MarkRow};
use crate::store::db::Tx;
use crate::store::people::{self, Person};
use crate::store::{details, trace};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// The kind of event that tells of marks entered, replaced or taken back.
pub(crate) const MARKS_ENTERED: &str = "assessment-marks-entered";

impl MarkRow {
    /// The mark.
    pub const fn mark(&self) -> Mark {
        Mark { points: Points::from_hundredths(self.points), full: Points::from_hundredths(self.full_points) }
    }

    /// Whether it stands.
    pub const fn stands(&self) -> bool {
        self.ended_at_ms.is_none()
    }
}

/// A mark on its way in.
#[derive(Debug, Clone)]
pub struct Entering {
    /// The list, by its name in the rules.
    pub list: String,
    /// Whose.
    pub login: String,
    /// Points of full marks, or percent (`85%`).
    pub score: String,
    /// Where it comes from, and why.
    pub source: String,
}

/// Marks that are entered or ended together.
struct Entry<'a> {
    caller: &'a Caller,
    now_ms: i64,
    id: String,
    entered: Vec<MarkRow>,
    ended: Vec<&'a MarkRow>,
}

impl Entry<'_> {
    /// Stores them with one event.
    async fn store(self, mut tx: Tx) -> Result<()> {
        let ids: Vec<&str> = self.ended.iter().map(|row| row.id.as_str()).collect();
        let by = self.caller.person_id.as_ref();
        if !assessment_marks::end(&mut tx, &ids, Ending { entry_id: &self.id, by, at_ms: self.now_ms }).await? {
            return Err(Error::ChangedMeanwhile);
        }
        assessment_marks::put(&mut tx, &self.entered).await?;
        let detail = details::marks_entered(&self.entered.iter().collect::<Vec<_>>(), &self.ended);
        trace::append(&mut tx, &event(self.caller, self.now_ms, MARKS_ENTERED, &self.id, &detail)).await?;
        Ok(tx.commit().await?)
    }
}

/// The list of a name in the rules.
fn list<'f>(found: &'f Found, name: &str) -> Result<&'f MarkList> {
    let known = found.definition.marked_component(name);
    known.map(|(_, _, list)| list).ok_or(Error::NotFound(Thing::MarkList))
}

fn check_source(source: &str) -> Result<String> {
    check_reason(source).map_err(|_| Error::Invalid { field: "source", expected: "mark-source" })
}

/// Enters a member's mark, in the place of one that stands. Every mark has a source.
pub async fn enter(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
    entering: &Entering,
) -> Result<MarkRow> {
    let source = check_source(&entering.source)?;
    let mut tx = app.db.write().await?;
    let found = kept(&mut tx, caller, year, branch).await?;
    let list = list(&found, &entering.list)?;
    let wrong = Error::Invalid { field: "score", expected: "mark-score" };
    let mark = Mark::parse(&entering.score, list.full).ok_or(wrong)?;
    let person = find_person(&mut tx, &entering.login).await?;
    if caller.person_id.as_ref() == Some(&person.id) {
        return Err(Error::Invalid { field: "login", expected: "mark-own" });
    }
    if !results::assessed_ids(&mut tx, now_ms, &found).await?.contains(&person.id) {
        return Err(Error::NotFound(Thing::Person));
    }
    let known = assessment_marks::list(&mut tx, &found.row.id).await?;
    let ended =
        known.iter().filter(|row| row.stands() && row.list == list.name && row.person_id == person.id).collect();
    let mut entry = Entry { caller, now_ms, id: app.randomness.id(now_ms), entered: Vec::new(), ended };
    let row = row(app, &found, &entry, (&list.name, &person.id, mark, source));
    entry.entered.push(row.clone());
    entry.store(tx).await?;
    Ok(row)
}

fn row(
    app: &App,
    found: &Found,
    entry: &Entry<'_>,
    (list, person_id, mark, source): (&str, &str, Mark, String),
) -> MarkRow {
    MarkRow {
        id: app.randomness.id(entry.now_ms),
        assessment_id: found.row.id.clone(),
        list: list.to_owned(),
        person_id: person_id.to_owned(),
        points: mark.points.hundredths(),
        full_points: mark.full.hundredths(),
        source,
        entry_id: entry.id.clone(),
        given_by: entry.caller.person_id.clone(),
        given_at_ms: entry.now_ms,
        ended_entry_id: None,
        ended_by: None,
        ended_at_ms: None,
    }
}

/// Takes a mark back; it stays in the record.
pub async fn end_mark(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
    id: &str,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let found = kept(&mut tx, caller, year, branch).await?;
    let known = assessment_marks::list(&mut tx, &found.row.id).await?;
    let row = known.iter().find(|row| row.id == id).ok_or(Error::NotFound(Thing::MarkList))?;
    if caller.person_id.as_ref() == Some(&row.person_id) {
        return Err(Error::Invalid { field: "login", expected: "mark-own" });
    }
    let id = app.randomness.id(now_ms);
    Entry { caller, now_ms, id, entered: Vec::new(), ended: vec![row] }.store(tx).await
}

/// A list on its way in.
#[derive(Debug, Clone, Default)]
pub struct Loading {
    /// The list, by its name in the rules.
    pub list: String,
    /// The sheet: CSV or XLSX.
    pub file: Vec<u8>,
    /// Where marks come from whose row doesn't say.
    pub source: String,
    /// Only say what would change.
    pub dry_run: bool,
}

/// A mark that a list enters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkChange {
    /// What the member signs in with, as the caller may see it.
    pub login: String,
    /// Who.
    pub name: String,
    /// The mark that stood, in percent.
    pub before: Option<Points>,
    /// The mark, in percent.
    pub after: Points,
    /// Where it comes from.
    pub source: String,
}

/// What a list did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MarksLoaded {
    /// Members who had no mark.
    pub new: Vec<MarkChange>,
    /// Members who had another one, or one from another source.
    pub changed: Vec<MarkChange>,
    /// How many stand like this already.
    pub unchanged: usize,
    /// How many rows have no mark.
    pub left_out: usize,
}

/// Enters a list of marks; all or nothing. Members who aren't on the list keep theirs.
pub async fn load_marks(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
    loading: Loading,
) -> Result<MarksLoaded> {
    let Loading { list: name, file, source, dry_run } = loading;
    let mut tx = app.db.read().await?;
    let found = kept(&mut tx, caller, year, branch).await?;
    let full = list(&found, &name)?.full;
    drop(tx);
    let read = move || mark_sheet::read(&file, full);
    let sheet = tokio::task::spawn_blocking(read).await.map_err(|_| Error::Busy)?.map_err(Error::Sheet)?;
    let mut tx = if dry_run { app.db.read().await? } else { app.db.write().await? };
    let found = kept(&mut tx, caller, year, branch).await?;
    let list = list(&found, &name)?;
    if list.full != full {
        return Err(Error::ChangedMeanwhile);
    }
    let known = assessment_marks::list(&mut tx, &found.row.id).await?;
    let matched = Matching::of(&mut tx, caller, now_ms, &found).await?.matched(&sheet, &source)?;
    let standing: HashMap<&str, &MarkRow> = known
        .iter()
        .filter(|row| row.stands() && row.list == list.name)
        .map(|row| (row.person_id.as_str(), row))
        .collect();
    let mut loaded = MarksLoaded { left_out: sheet.without, ..MarksLoaded::default() };
    let mut entry = Entry { caller, now_ms, id: app.randomness.id(now_ms), entered: Vec::new(), ended: Vec::new() };
    for (person, line, source) in matched {
        let before = standing.get(person.id.as_str()).copied();
        if before.is_some_and(|row| row.mark() == line.mark && row.source == source) {
            loaded.unchanged += 1;
            continue;
        }
        let list_of = if before.is_some() { &mut loaded.changed } else { &mut loaded.new };
        list_of.push(MarkChange {
            login: shown_login(&person.login, caller),
            name: person.name.clone(),
            before: before.map(|row| row.mark().percent()),
            after: line.mark.percent(),
            source: source.clone(),
        });
        entry.ended.extend(before);
        entry.entered.push(row(app, &found, &entry, (&list.name, &person.id, line.mark, source)));
    }
    if !dry_run && !entry.entered.is_empty() {
        entry.store(tx).await?;
    }
    Ok(loaded)
}

/// Whom the rows of a list may mean.
struct Matching<'c> {
    caller: &'c Caller,
    people: HashMap<String, Person>,
    /// Folded logins, which a person may have in the place of the id.
    by_login: HashMap<String, String>,
    assessed: HashSet<String>,
}

impl<'c> Matching<'c> {
    async fn of(tx: &mut Tx, caller: &'c Caller, now_ms: i64, found: &Found) -> Result<Self> {
        let assessed = results::assessed_ids(tx, now_ms, found).await?;
        let people: HashMap<String, Person> =
            people::list(tx).await?.into_iter().map(|person| (person.id.clone(), person)).collect();
        let by_login = people.values().map(|person| (fold(&person.login), person.id.clone())).collect();
        Ok(Self { caller, people, by_login, assessed })
    }

    /// Every line with its person and source, or everything that is wrong.
    fn matched<'s>(mut self, sheet: &'s MarkSheet, source: &str) -> Result<Vec<(Person, &'s MarkLine, String)>> {
        let (mut matched, mut problems) = (Vec::with_capacity(sheet.lines.len()), Vec::new());
        let mut rows: HashMap<String, usize> = HashMap::new();
        for line in &sheet.lines {
            let mut note = |column, code, found: &str, expected: &str| {
                problems.push(SheetProblem {
                    row: line.row,
                    column: sheet.heading(column).to_owned(),
                    code,
                    found: found.to_owned(),
                    expected: expected.to_owned(),
                });
            };
            let own = if line.source.is_empty() { source } else { &line.source };
            let source = check_source(own).ok();
            if source.is_none() {
                let code = if own.trim().is_empty() { SheetProblemCode::Empty } else { SheetProblemCode::BadText };
                note(Column::Source, code, own, &crate::limits::REASON_CHARACTERS.to_string());
            }
            let id = self.by_login.get(&fold(&line.login)).cloned().unwrap_or_else(|| line.login.clone());
            if !self.assessed.contains(&id) {
                note(Column::Login, SheetProblemCode::NotAssessed, &line.login, "");
                continue;
            }
            if self.caller.person_id.as_ref() == Some(&id) {
                note(Column::Login, SheetProblemCode::OwnMark, &line.login, "");
                continue;
            }
            if let Some(first) = rows.insert(id.clone(), line.row) {
                note(Column::Login, SheetProblemCode::Repeated, &line.login, &first.to_string());
                continue;
            }
            let Some(person) = self.people.remove(&id) else { continue };
            if let Some(name) = line.name.as_ref().filter(|name| **name != tidy_name(&person.name)) {
                note(Column::Name, SheetProblemCode::NameDiffers, name, &person.name);
                continue;
            }
            matched.extend(source.map(|source| (person, line, source)));
        }
        if problems.is_empty() { Ok(matched) } else { Err(Error::Sheet(problems)) }
    }
}
