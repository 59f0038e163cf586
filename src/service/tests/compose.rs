//! Making a test, and changing one before its first paper.

use super::basis::{self, Basis, Named};
use super::{Test, any_paper, find_managed, read_pool, reading};
use crate::app::App;
use crate::rules::bank::{Place, Problem, ProblemCode, Topic};
use crate::rules::blueprint::{Definition, Row, Section};
use crate::rules::draw::Pool;
use crate::rules::paper::Pinned;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::nearest;
use crate::rules::tree::Tree;
use crate::service::accounts::event;
use crate::service::banks::may_draw;
use crate::service::error::{Error, NamedRow, NamedShortfall, Result, Thing};
use crate::service::people::tree;
use crate::service::proofs::{commitment, draw_statement};
use crate::store::answer_writer::Extend;
use crate::store::banks::{self, BankRow};
use crate::store::db::Tx;
use crate::store::tests::{self, AudienceRow, PinnedRow, TestRow};
use crate::store::{details, trace};
use std::collections::HashMap;

/// A definition checked against branches, banks and questions.
pub(super) struct Checked {
    branch_id: Option<String>,
    audience: Vec<AudienceRow>,
    pub(super) pinned: Vec<Pinned>,
    pub(super) pool: Pool,
    basis: Basis,
}

/// What a definition is checked with besides.
#[derive(Default)]
pub(super) struct Known {
    /// Pinned editions that stay.
    pub(super) editions: Vec<PinnedRow>,
    /// The questions on papers of the test that it makes up for.
    pub(super) drawn_before: Vec<Named>,
    /// What the test went by until now.
    pub(super) basis: Option<Basis>,
}

/// Which editions a changed test draws from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Editions {
    /// Those pinned before; the newest of banks that are new in it.
    #[default]
    Pinned,
    /// The newest of all.
    Newest,
}

/// Makes a test from a test file.
pub async fn create(app: &App, caller: &Caller, now_ms: i64, file: &[u8]) -> Result<Test> {
    if !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let mut definition = reading::read(file)?;
    reading::refuse_past(file, &definition, now_ms)?;
    let known = Known { drawn_before: basis::drawn_before(app, &definition).await?, ..Known::default() };
    let mut tx = app.db.write().await?;
    if tests::find(&mut tx, &definition.test).await?.is_some() {
        return Err(Error::NameTaken(Thing::Test));
    }
    let checked =
        check(&mut tx, caller, &mut definition, &known).await.map_err(|error| reading::located(file, error))?;
    let id = app.randomness.id(now_ms);
    let secret = app.randomness.token();
    let basis = checked.basis.clone().drawn(&definition, &id, &secret);
    let row = TestRow {
        name: definition.test.clone(),
        branch_id: checked.branch_id.clone(),
        definition: crate::store::write_json("test", &definition)?,
        opens_at_ms: definition.opens_at_ms,
        closes_at_ms: definition.closes_at_ms,
        revision: 1,
        draw_statement: draw_statement(&id, &definition, &checked.pinned, &basis),
        commitment: String::new(),
        secret,
        cancelled_reason: None,
        finished_at_ms: None,
        created_by: caller.person_id.clone(),
        created_at_ms: now_ms,
        id,
    };
    let row = TestRow { commitment: commitment(&row.secret, &row.draw_statement), ..row };
    if !tests::insert(&mut tx, &row).await? {
        return Err(Error::NameTaken(Thing::Test));
    }
    store_parts(&mut tx, &row.id, &checked, &basis).await?;
    trace::append(&mut tx, &event(caller, now_ms, "test-made", &row.id, &details::test_made(&row))).await?;
    tx.commit().await?;
    Ok(Test { row, definition })
}

async fn store_parts(tx: &mut Tx, test_id: &str, checked: &Checked, basis: &Basis) -> Result<()> {
    let editions: Vec<String> = checked.pinned.iter().map(|pin| pin.edition.clone()).collect();
    tests::set_editions_and_audience(tx, test_id, &editions, &checked.audience).await?;
    basis.store(tx, test_id).await
}

/// Changes a test: anything before its first paper; afterwards nothing but longer times for all. A newer edition of a
/// bank is taken only where `editions` asks for it.
pub async fn replace(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    name: &str,
    file: &[u8],
    editions: Editions,
) -> Result<Test> {
    let mut definition = reading::read(file)?;
    let drawn_before = basis::drawn_before(app, &definition).await?;
    let mut tx = app.db.write().await?;
    let before = find_managed(&mut tx, caller, name).await?;
    if definition.test != before.definition.test {
        return Err(Error::Invalid { field: "test", expected: "same-name" });
    }
    if before.row.finished_at_ms.is_some() || before.row.cancelled_reason.is_some() {
        return Err(Error::TestIsOver);
    }
    if definition.closes_at_ms != before.row.closes_at_ms {
        reading::refuse_past(file, &definition, now_ms)?;
    }
    keep_cap(&before.definition, &mut definition);
    if any_paper(&mut tx, &before.row.id).await? {
        drop(tx);
        return lengthen(app, caller, now_ms, before, definition).await;
    }
    let known = Known {
        editions: kept(&mut tx, &before, editions).await?,
        drawn_before,
        basis: Some(Basis::of(&mut tx, &before).await?),
    };
    let checked =
        check(&mut tx, caller, &mut definition, &known).await.map_err(|error| reading::located(file, error))?;
    let (secret, basis) = redrawn(app, &before, &definition, (&checked, known.basis));
    let statement = draw_statement(&before.row.id, &definition, &checked.pinned, &basis);
    let mut row = TestRow {
        definition: crate::store::write_json("test", &definition)?,
        opens_at_ms: definition.opens_at_ms,
        closes_at_ms: definition.closes_at_ms,
        commitment: commitment(&secret, &statement),
        draw_statement: statement,
        secret,
        ..before.row
    };
    if !tests::update(&mut tx, &row).await? {
        return Err(Error::ChangedMeanwhile);
    }
    row.revision += 1;
    // The update holds the test's row: from here on nobody starts with the old rules, and whoever did is seen now.
    if any_paper(&mut tx, &row.id).await? {
        return Err(Error::ChangedMeanwhile);
    }
    store_parts(&mut tx, &row.id, &checked, &basis).await?;
    trace::append(&mut tx, &event(caller, now_ms, "test-changed", &row.id, &details::test_made(&row))).await?;
    tx.commit().await?;
    Ok(Test { row, definition })
}

/// A file that leaves out the cap means the one that the test has.
fn keep_cap(before: &Definition, definition: &mut Definition) {
    if let (Some(old), Some(new)) = (&before.make_up_of, &mut definition.make_up_of)
        && old.test == new.test
        && new.cap.is_none()
    {
        new.cap = old.cap;
    }
}

/// The secret of a changed test and what it goes by. Members who were drawn stay so as long as nothing changes by which
/// they were, and with them the secret.
fn redrawn(
    app: &App,
    before: &Test,
    definition: &Definition,
    (checked, basis): (&Checked, Option<Basis>),
) -> (String, Basis) {
    let is_same = definition.sample.is_some()
        && definition.sample == before.definition.sample
        && definition.audience == before.definition.audience;
    if let Some(basis) = basis.filter(|_| is_same) {
        return (before.row.secret.clone(), basis);
    }
    let secret = app.randomness.token();
    let basis = checked.basis.clone().drawn(definition, &before.row.id, &secret);
    (secret, basis)
}

/// After the first paper: a later closing, more minutes, later admission; nothing else.
async fn lengthen(app: &App, caller: &Caller, now_ms: i64, before: Test, definition: Definition) -> Result<Test> {
    let allowed = Definition {
        closes_at_ms: definition.closes_at_ms,
        minutes: definition.minutes,
        late_minutes: definition.late_minutes,
        ..before.definition.clone()
    };
    let later_entry = match (before.definition.late_minutes, definition.late_minutes) {
        (None, Some(_)) => false,
        (Some(old), Some(new)) => new >= old,
        (_, None) => true,
    };
    let longer = definition.closes_at_ms >= before.definition.closes_at_ms
        && definition.minutes >= before.definition.minutes
        && later_entry;
    if allowed != definition || !longer {
        return Err(Error::PapersAreOut);
    }
    let mut row = TestRow {
        definition: crate::store::write_json("test", &definition)?,
        closes_at_ms: definition.closes_at_ms,
        ..before.row
    };
    let event = event(caller, now_ms, "test-lengthened", &row.id, &details::test_made(&row));
    let extend = Extend {
        test_id: row.id.clone(),
        definition: definition.clone(),
        test: Some(row.clone()),
        window: None,
        event,
    };
    if !app.writer.extend(extend).await? {
        return Err(Error::ChangedMeanwhile);
    }
    row.revision += 1;
    Ok(Test { row, definition })
}

/// The pinned editions that a test keeps.
pub(super) async fn kept(tx: &mut Tx, test: &Test, editions: Editions) -> Result<Vec<PinnedRow>> {
    match editions {
        Editions::Pinned => Ok(tests::editions(tx, &test.row.id).await?),
        Editions::Newest => Ok(Vec::new()),
    }
}

/// Checks everything that a file alone can't tell: branches, rights, banks, topics, and whether every paper can be filled.
pub(super) async fn check(tx: &mut Tx, caller: &Caller, definition: &mut Definition, known: &Known) -> Result<Checked> {
    let tree = tree(tx).await?;
    let mut problems = Vec::new();
    let audience = find_audience(&tree, definition, &mut problems);
    let sources = find_sources(tx, caller, definition, &known.editions, &mut problems).await?;
    let before = (known.drawn_before.clone(), known.basis.as_ref(), &mut problems);
    let basis = basis::find(tx, (caller, &tree), definition, &audience, before).await?;
    if !problems.is_empty() {
        return Err(Error::File(problems));
    }
    let branch_id = owner(caller, &tree, &audience)?;
    let pool = read_pool(tx, definition, &sources.pinned).await?;
    let shortfalls = named_shortfalls(&pool, definition, &sources.topics);
    if shortfalls.is_empty() {
        Ok(Checked { branch_id, audience, pinned: sources.pinned, pool, basis })
    } else {
        Err(Error::Shortfall(shortfalls))
    }
}

/// Where a definition draws from.
pub(super) struct Sources {
    /// The editions, by the names of their banks.
    pub(super) pinned: Vec<Pinned>,
    /// The topics of each.
    pub(super) topics: HashMap<String, Vec<Topic>>,
}

/// Finds the editions of every row that the caller may draw from, `kept` ones before the newest.
pub(super) async fn find_sources(
    tx: &mut Tx,
    caller: &Caller,
    definition: &Definition,
    kept: &[PinnedRow],
    problems: &mut Vec<Problem>,
) -> Result<Sources> {
    let tree = tree(tx).await?;
    let all = banks::list(tx).await?;
    let mut sources = Sources { pinned: Vec::new(), topics: HashMap::new() };
    let of_section = |(index, section): (usize, &'_ Section)| -> Vec<(String, Row)> {
        let pointer = |row: usize| format!("/sections/{index}/draw/{row}");
        section.draw.iter().enumerate().map(|(row, asked)| (pointer(row), asked.clone())).collect()
    };
    for (pointer, row) in definition.sections.iter().enumerate().flat_map(of_section) {
        let known = all.iter().filter(|bank| may_draw(caller, bank, &tree));
        let Some(bank) = known.clone().find(|bank| bank.name == row.bank) else {
            let near = nearest(&row.bank, known.map(|bank| bank.name.as_str())).unwrap_or_default();
            problems.push(problem(format!("{pointer}/bank"), ProblemCode::UnknownBank, &row.bank, near));
            continue;
        };
        if !sources.topics.contains_key(&bank.name) {
            let (pin, topics) = edition(bank, kept)?;
            sources.topics.insert(bank.name.clone(), topics);
            sources.pinned.push(pin);
        }
        let of_bank = sources.topics.get(&bank.name).map(Vec::as_slice).unwrap_or_default();
        for (index, topic) in
            row.topics.iter().enumerate().filter(|(_, topic)| !of_bank.iter().any(|known| known.id == **topic))
        {
            let near = nearest(topic, of_bank.iter().map(|known| known.id.as_str())).unwrap_or_default();
            problems.push(problem(format!("{pointer}/topics/{index}"), ProblemCode::UnknownTopic, topic, near));
        }
    }
    sources.pinned.sort_by(|one, two| one.bank.cmp(&two.bank));
    Ok(sources)
}

/// The edition of a bank to draw from, with its topics.
fn edition(bank: &BankRow, kept: &[PinnedRow]) -> Result<(Pinned, Vec<Topic>)> {
    let (edition, number, digest, topics) = kept
        .iter()
        .find(|pin| pin.bank == bank.name)
        .map_or((&bank.edition_id, bank.number, &bank.digest, &bank.topics), |pin| {
            (&pin.edition_id, pin.number, &pin.digest, &pin.topics)
        });
    let topics = crate::store::read_json("edition", edition, topics)?;
    let (edition, digest) = (edition.clone(), digest.clone());
    Ok((Pinned { bank: bank.name.clone(), edition, number, digest }, topics))
}

fn problem(pointer: String, code: ProblemCode, found: &str, expected: &str) -> Problem {
    Problem::new(Place::default(), pointer, code, found.to_owned(), expected.to_owned())
}

pub(super) fn find_audience(tree: &Tree, definition: &Definition, problems: &mut Vec<Problem>) -> Vec<AudienceRow> {
    let mut rows = Vec::new();
    for (field, excepted, codes) in
        [("branches", false, &definition.audience.branches), ("except", true, &definition.audience.except)]
    {
        for (index, code) in codes.iter().enumerate() {
            if let Some(node) = tree.by_code(code) {
                rows.push(AudienceRow { branch_id: node.id.clone(), excepted });
            } else {
                let near = nearest(code, tree.nodes().iter().map(|node| node.code.as_str())).unwrap_or_default();
                problems.push(problem(format!("/audience/{field}/{index}"), ProblemCode::UnknownBranch, code, near));
            }
        }
    }
    rows
}

/// A test belongs where the caller organizes: the lowest such place that covers the whole audience.
fn owner(caller: &Caller, tree: &Tree, audience: &[AudienceRow]) -> Result<Option<String>> {
    let covers = |place: Option<&str>| {
        let within = |row: &AudienceRow| place.is_none_or(|place| tree.is_within(&row.branch_id, place));
        audience.iter().filter(|row| !row.excepted).all(within)
    };
    caller
        .places(Role::Organizer)
        .filter(|place| covers(*place))
        .max_by_key(|place| place.map_or(0, |place| tree.path(place).len()))
        .map(|place| place.map(ToOwned::to_owned))
        .ok_or(Error::Forbidden(Some(Role::Organizer)))
}

pub(super) fn named_shortfalls(
    pool: &Pool,
    definition: &Definition,
    topics: &HashMap<String, Vec<Topic>>,
) -> Vec<NamedShortfall> {
    let name = |index: usize| {
        let cell = pool.cells().get(index)?;
        let section = definition.sections.get(cell.section)?;
        let row = section.draw.get(cell.row)?;
        let of_bank = topics.get(&row.bank).map(Vec::as_slice).unwrap_or_default();
        Some(NamedRow {
            section: cell.section + 1,
            row: cell.row + 1,
            bank: row.bank.clone(),
            topics: of_bank
                .iter()
                .filter(|topic| row.topics.contains(&topic.id))
                .map(|topic| topic.title.clone())
                .collect(),
            kind: section.kind,
            difficulty: cell.band.map(|band| band.to_string()),
            needed: cell.need,
        })
    };
    let shortfalls = pool.shortfalls().into_iter();
    shortfalls
        .map(|short| NamedShortfall {
            rows: short.cells.into_iter().filter_map(name).collect(),
            needed: short.needed,
            there: short.there,
        })
        .collect()
}
