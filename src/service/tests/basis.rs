//! What a test goes by besides its definition, fixed when it is made and covered by its commitment: the only people who
//! take it, the test that it makes up for with the questions of its papers, and whom its members are drawn from.

use crate::app::{App, Before};
use crate::limits;
use crate::rules::bank::{Place, Problem, ProblemCode};
use crate::rules::blueprint::{Definition, Occasion};
use crate::rules::draw::{Candidate, Pool, sample_seed};
use crate::rules::make_up::is_cap;
use crate::rules::paper::{Paper, Pinned};
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::sample::Framed;
use crate::rules::text::fold;
use crate::rules::tree::Tree;
use crate::service::error::Result;
use crate::service::proofs::unhex;
use crate::service::tests::{Test, audience_area};
use crate::store::basis::{self, BasisRow};
use crate::store::db::Tx;
use crate::store::tests::{self, AudienceRow};
use crate::store::trace::sha256_hex;
use crate::store::{people, presence, read_json, results, write_json};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;

/// Bank and id of a question.
pub(crate) type Named = (String, String);

/// What a test goes by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Basis {
    /// The test it makes up for.
    pub(crate) first_test_id: Option<String>,
    /// The questions on papers of that one, in order.
    pub(crate) drawn_before: Vec<Named>,
    /// Everybody who may be drawn, in the order of their ids.
    pub(crate) frame: Vec<Framed>,
    /// Ids of the only people who take it, in order; nobody where everybody in its branches does.
    pub(crate) members: Vec<String>,
}

impl Basis {
    /// What a stored test goes by.
    pub(crate) async fn of(tx: &mut Tx, test: &Test) -> Result<Self> {
        let id = &test.row.id;
        let Some(row) = basis::find(tx, id).await? else {
            return Ok(Self { members: basis::members(tx, id).await?, ..Self::default() });
        };
        Ok(Self {
            first_test_id: row.first_test_id,
            drawn_before: read_json("test_basis", id, &row.drawn_before)?,
            frame: read_json("test_basis", id, &row.frame)?,
            members: basis::members(tx, id).await?,
        })
    }

    pub(super) async fn store(&self, tx: &mut Tx, test_id: &str) -> Result<()> {
        let row = (self.first_test_id.is_some() || !self.frame.is_empty()).then_some(()).map(|()| {
            Ok::<_, crate::store::Error>(BasisRow {
                first_test_id: self.first_test_id.clone(),
                drawn_before: write_json("test_basis", &self.drawn_before)?,
                frame: write_json("test_basis", &self.frame)?,
            })
        });
        Ok(basis::set(tx, test_id, row.transpose()?.as_ref(), &self.members).await?)
    }

    /// Draws the members of an inspection; others keep theirs.
    pub(super) fn drawn(self, definition: &Definition, test_id: &str, secret: &str) -> Self {
        let members = self.sample(definition, test_id, secret);
        Self { members: members.unwrap_or(self.members), ..self }
    }

    /// Who is drawn of the frame, where members are drawn.
    pub(crate) fn sample(&self, definition: &Definition, test_id: &str, secret: &str) -> Option<Vec<String>> {
        let seed = sample_seed(&unhex(secret)?, test_id);
        definition.sample.as_ref().map(|rule| rule.draw(seed, &self.frame))
    }

    /// What stood on papers before, among the candidates of the test's pool.
    pub(super) fn before(self, pool: &Pool, pinned: &[Pinned]) -> Before {
        let drawn: HashSet<Named> = self.drawn_before.into_iter().collect();
        Before { first_test_id: self.first_test_id, drawn: among(pool, pinned, &drawn) }
    }

    /// What the statement of a draw says of it; nothing where the definition says everything.
    pub(crate) fn told(&self, definition: &Definition) -> Map<String, Value> {
        let mut told = Map::new();
        if !definition.audience.members.is_empty() {
            let lines = self.members.iter().fold(String::new(), |text, id| text + id + "\n");
            let value = json!({ "count": self.members.len(), "digest": sha256_hex(lines.as_bytes()) });
            told.insert("members".to_owned(), value);
        }
        if let Some(rule) = &definition.sample {
            let digest = sha256_hex(frame_text(&self.frame).as_bytes());
            let value = json!({ "rule": rule, "count": self.frame.len(), "frame": digest });
            told.insert("sample".to_owned(), value);
        }
        if let Some(first) = &self.first_test_id {
            let mut lines = String::new();
            for (bank, id) in &self.drawn_before {
                let _ = writeln!(lines, "{bank} {id}");
            }
            let value =
                json!({ "test_id": first, "count": self.drawn_before.len(), "drawn": sha256_hex(lines.as_bytes()) });
            told.insert("make_up_of".to_owned(), value);
        }
        told
    }
}

/// The candidates among some questions, whatever their edition.
pub(crate) fn among(pool: &Pool, pinned: &[Pinned], questions: &HashSet<Named>) -> HashSet<usize> {
    let is_one = |candidate: &Candidate| {
        let bank = pinned.get(candidate.edition).map(|pin| pin.bank.clone()).unwrap_or_default();
        questions.contains(&(bank, candidate.id.clone()))
    };
    let all = pool.candidates().iter().enumerate();
    all.filter(|(_, candidate)| is_one(candidate)).map(|(index, _)| index).collect()
}

/// A line for each who may be drawn: a JSON list of id, branch and category.
fn frame_text(frame: &[Framed]) -> String {
    let mut text = String::new();
    for one in frame {
        let _ = writeln!(text, "{}", json!([one.person_id, one.branch_id, one.category]));
    }
    text
}

/// The questions on papers of the test that a definition makes up for, in order; none where there is no such settled
/// test. Read in pieces: the papers of a settled test don't change.
pub(super) async fn drawn_before(app: &App, definition: &Definition) -> Result<Vec<Named>> {
    let Some(make_up) = &definition.make_up_of else { return Ok(Vec::new()) };
    let mut tx = app.db.read().await?;
    let Some(first) = tests::find(&mut tx, &make_up.test).await?.filter(|row| row.finished_at_ms.is_some()) else {
        return Ok(Vec::new());
    };
    let rows = results::list_bare(&mut tx, &first.id).await?;
    drop(tx);
    drawn_on(app, &rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>()).await
}

/// The questions on papers of some attempts, in order.
pub(crate) async fn drawn_on(app: &App, attempt_ids: &[&str]) -> Result<Vec<Named>> {
    let mut drawn: BTreeSet<Named> = BTreeSet::new();
    for some in attempt_ids.chunks(limits::DRAWN_AT_ONCE) {
        for row in results::papers(&mut app.db.read().await?, some).await? {
            let paper: Paper = read_json("attempt", &row.id, &row.paper)?;
            drawn.extend(paper.sections.into_iter().flatten().map(|entry| (entry.bank, entry.id)));
        }
    }
    Ok(drawn.into_iter().collect())
}

/// Finds what a definition goes by, notes what is wrong, and fills in the cap of a make-up. `before` is what the test
/// went by until now.
pub(super) async fn find(
    tx: &mut Tx,
    (caller, tree): (&Caller, &Tree),
    definition: &mut Definition,
    audience: &[AudienceRow],
    (drawn_before, before, problems): (Vec<Named>, Option<&Basis>, &mut Vec<Problem>),
) -> Result<Basis> {
    let mut found = Basis::default();
    if definition.make_up_of.is_some() {
        found.first_test_id = first(tx, (caller, tree), definition, problems).await?;
        found.drawn_before = drawn_before;
    }
    if definition.audience.members.is_empty() && definition.sample.is_none() {
        return Ok(found);
    }
    let branches = audience_area(tree, audience);
    let there: HashMap<String, String> = presence::members(tx)
        .await?
        .into_iter()
        .filter(|member| branches.contains(&member.branch_id))
        .map(|member| (member.person_id, member.branch_id))
        .collect();
    let people = people::list(tx).await?;
    if !definition.audience.members.is_empty() {
        let kept = before.map(|before| before.members.as_slice()).unwrap_or_default();
        found.members =
            named(definition, &people, |id| there.contains_key(id) || kept.binary_search(id).is_ok(), problems);
    }
    if definition.sample.is_some() {
        let is_named = |id: &String| found.members.is_empty() || found.members.binary_search(id).is_ok();
        let framed = |person: people::Person| {
            let branch_id = there.get(&person.id).filter(|_| is_named(&person.id))?.clone();
            Some(Framed { branch_id, person_id: person.id, category: person.category })
        };
        found.frame = people.into_iter().filter_map(framed).collect();
        found.frame.sort_unstable();
        if found.frame.is_empty() {
            problems.push(problem("/audience/branches".to_owned(), ProblemCode::NobodyTakesIt, "", ""));
        }
    }
    Ok(found)
}

fn problem(pointer: String, code: ProblemCode, found: &str, expected: &str) -> Problem {
    Problem::new(Place::default(), pointer, code, found.to_owned(), expected.to_owned())
}

/// The ids of those named, by login or id, in order.
fn named(
    definition: &Definition,
    people: &[people::Person],
    may_take: impl Fn(&String) -> bool,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let by_login: HashMap<&str, &String> =
        people.iter().map(|person| (person.login_folded.as_str(), &person.id)).collect();
    let ids: HashSet<&String> = people.iter().map(|person| &person.id).collect();
    let mut members: BTreeSet<String> = BTreeSet::new();
    for (index, login) in definition.audience.members.iter().enumerate() {
        let id = by_login.get(fold(login).as_str()).copied().or_else(|| ids.get(login).copied());
        if let Some(id) = id.filter(|id| may_take(id)) {
            members.insert(id.clone());
        } else {
            let pointer = format!("/audience/members/{index}");
            problems.push(problem(pointer, ProblemCode::UnknownMember, login, ""));
        }
    }
    members.into_iter().collect()
}

/// The id of the first test, where the caller may make one up for it.
async fn first(
    tx: &mut Tx,
    (caller, tree): (&Caller, &Tree),
    definition: &mut Definition,
    problems: &mut Vec<Problem>,
) -> Result<Option<String>> {
    let Some(make_up) = &mut definition.make_up_of else { return Ok(None) };
    let found = match tests::find(tx, &make_up.test).await? {
        Some(row) => Some(Test::read(row)?),
        None => None,
    };
    let first = match found {
        Some(test) if may_make_up(tx, caller, tree, &test).await? => test,
        _ => {
            problems.push(problem("/make_up_of/test".to_owned(), ProblemCode::UnknownTest, &make_up.test, ""));
            return Ok(None);
        }
    };
    let cap = *make_up.cap.get_or_insert(first.definition.pass);
    if !is_cap(cap, &first.definition) {
        let range = cap_range(&first.definition);
        problems.push(problem("/make_up_of/cap".to_owned(), ProblemCode::CapUnfit, &cap.to_string(), &range));
    }
    Ok(Some(first.row.id))
}

fn cap_range(first: &Definition) -> String {
    let most = Points::from_hundredths(first.excellent.hundredths() - 1).max(first.pass);
    format!("{}…{most}", first.pass)
}

/// Whether a test is settled, counts, is no make-up itself, and the caller organizes some of its audience.
pub(super) async fn may_make_up(tx: &mut Tx, caller: &Caller, tree: &Tree, first: &Test) -> Result<bool> {
    let counts = first.row.finished_at_ms.is_some()
        && first.row.cancelled_reason.is_none()
        && first.definition.make_up_of.is_none()
        && first.definition.occasion != Occasion::Practice;
    if !counts {
        return Ok(false);
    }
    let audience = audience_area(tree, &tests::audience(tx, &first.row.id).await?);
    Ok(audience.iter().any(|branch| caller.covers(Role::Organizer, Some(branch), tree)))
}
