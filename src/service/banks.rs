//! Banks: loading, listing, showing, exporting. Keys are for those who organize at or above the bank's branch.

mod browse;
pub mod drafts;
mod forms;
mod hints;
pub mod kept;
mod lints;
pub mod pictures;

pub(crate) use browse::bodies;
pub(crate) use browse::with_question;
pub use browse::{Compared, compare, questions};
pub use forms::{Notes, Reading, Taken, export, load_file, marked, open, template, write};
pub use lints::suspects;
pub(crate) use lints::suspects_of;

use crate::app::App;
use crate::formats::bank_json;
use crate::limits;
use crate::rules::bank::{Bank, Counts, Difference, Topic, difference, families};
use crate::rules::question::{Kind, Question};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::Text;
use crate::rules::tree::Tree;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::banks::{self, BankRow, NewEdition, NewQuestion};
use crate::store::db::Tx;
use crate::store::trace::{self, sha256_hex};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What a load did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Loaded {
    /// The bank.
    pub bank: String,
    /// The number of the edition: the new one, or the newest where nothing changed.
    pub edition: i64,
    /// What changed.
    #[serde(flatten)]
    pub difference: Difference,
    /// Whether organizers below may draw from it; the list of banks tells it to programs.
    #[serde(skip)]
    pub shared: bool,
}

/// How a bank is to be loaded.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The code of the branch it is to belong to; by default the caller's.
    pub branch: Option<String>,
    /// Whether organizers below may draw from it; unchanged by default, at first only what the operator loads for the
    /// whole unit.
    pub shared: Option<bool>,
    /// Only say what would change.
    pub dry_run: bool,
    /// The number of the edition that must be the newest one, so that nobody's is passed over.
    pub after: Option<i64>,
    /// Why the edition is made.
    pub note: Option<String>,
}

/// A bank as a list shows it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its row.
    pub row: BankRow,
    /// Its title.
    pub title: Text,
    /// Which version of which rules it asks about.
    pub source: Option<Text>,
    /// Its topics.
    pub topics: Vec<Topic>,
    /// The code of its branch; `None`: the whole unit's.
    pub branch: Option<String>,
    /// Whether the caller may read its keys.
    pub reads_keys: bool,
}

/// Checks a bank file and loads it as a new edition. Nothing is visible before all of it is.
pub async fn load(app: &App, caller: &Caller, now_ms: i64, file: Arc<Vec<u8>>, options: LoadOptions) -> Result<Loaded> {
    may_load(caller)?;
    let prepared =
        tokio::task::spawn_blocking(move || bank_json::read(&file).map(prepare)).await.map_err(|_| Error::Busy)?;
    store(app, caller, now_ms, &prepared.map_err(Error::File)?, options).await
}

fn may_load(caller: &Caller) -> Result<()> {
    if caller.has(Role::Organizer) { Ok(()) } else { Err(Error::Forbidden(Some(Role::Organizer))) }
}

async fn store(app: &App, caller: &Caller, now_ms: i64, prepared: &Prepared, options: LoadOptions) -> Result<Loaded> {
    let Prepared { bank, questions } = prepared;
    let before = owner_and_newest(app, caller, bank, &options).await?;
    if options.after.is_some_and(|number| number != before.number) {
        return Err(Error::ChangedMeanwhile);
    }
    let after = questions.iter().map(|question| (question.id.clone(), question.digest.clone())).collect();
    let difference = difference(&before.digests, &after);
    let same = before.newest.as_ref().is_some_and(|row| is_same_edition(row, bank, questions))
        && before.order.iter().eq(questions.iter().map(|question| &question.id));
    let shared = options.shared.unwrap_or_else(|| {
        let first = shared_at_first(caller, before.branch_id.as_deref());
        before.newest.as_ref().map_or(first, |row| row.shared)
    });
    let mut loaded = Loaded { bank: bank.name.clone(), edition: before.number, difference, shared };
    if options.dry_run {
        loaded.edition += i64::from(!same);
        return Ok(loaded);
    }
    if !same {
        loaded.edition = write_edition(app, caller, now_ms, prepared, &before, &options).await?;
    } else if let Some((row, shared)) = before.newest.as_ref().zip(options.shared) {
        let mut tx = app.db.write().await?;
        banks::set_shared(&mut tx, &row.id, shared).await?;
        tx.commit().await?;
    }
    Ok(loaded)
}

/// Whether a new bank is shared where nobody says: what the operator loads for the whole unit is, since nobody
/// organizes above the branches who could draw from it otherwise.
const fn shared_at_first(caller: &Caller, branch_id: Option<&str>) -> bool {
    caller.person_id.is_none() && branch_id.is_none()
}

/// A bank read from a file, with the rows to be stored.
struct Prepared {
    bank: Bank,
    questions: Vec<NewQuestion>,
}

/// What stands before a load.
struct Before {
    branch_id: Option<String>,
    newest: Option<BankRow>,
    number: i64,
    digests: BTreeMap<String, String>,
    /// The ids of its questions in their order.
    order: Vec<String>,
}

async fn owner_and_newest(app: &App, caller: &Caller, bank: &Bank, options: &LoadOptions) -> Result<Before> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let newest = banks::find(&mut tx, &bank.name).await?;
    let given = match &options.branch {
        None => None,
        Some(code) => Some(tree.by_code(code).ok_or(Error::NotFound(Thing::Branch))?.id.clone()),
    };
    let branch_id = match (&newest, given) {
        (Some(row), None) => row.branch_id.clone(),
        (Some(row), Some(given)) if row.branch_id.as_ref() == Some(&given) => Some(given),
        (Some(_), Some(_)) => return Err(Error::NameTaken(Thing::Bank)),
        (None, Some(given)) => Some(given),
        (None, None) => caller.places(Role::Organizer).next().flatten().map(ToOwned::to_owned),
    };
    if !caller.covers(Role::Organizer, branch_id.as_deref(), &tree) {
        return Err(if newest.is_some() {
            Error::NameTaken(Thing::Bank)
        } else {
            Error::Forbidden(Some(Role::Organizer))
        });
    }
    let (mut digests, mut order) = (BTreeMap::new(), Vec::new());
    if let Some(row) = &newest {
        let index = banks::question_index(&mut tx, &row.edition_id).await?;
        digests = index.into_iter().map(|question| (question.id, question.digest)).collect();
        order = banks::order(&mut tx, &row.edition_id).await?;
    }
    let number = newest.as_ref().map_or(0, |row| row.number);
    Ok(Before { branch_id, newest, number, digests, order })
}

fn is_same_edition(row: &BankRow, bank: &Bank, questions: &[NewQuestion]) -> bool {
    row.digest == edition_digest(digests(questions))
        && row.title == json(&bank.title)
        && row.topics == json(&bank.topics)
        && row.source == bank.source.as_ref().map(json)
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// How long the further lists of a question are, as its row holds it.
pub(crate) fn written_counts(question: &Question) -> String {
    question.further_counts().iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The digest of a question as it is stored.
fn digest_of(body: &str) -> String {
    sha256_hex(body.as_bytes())
}

/// The rows of a bank's questions.
fn prepare(bank: Bank) -> Prepared {
    let families = families(&bank.questions);
    let questions = (0_i64..)
        .zip(&bank.questions)
        .map(|(sequence, question)| {
            let body = serde_json::to_string(question).unwrap_or_default();
            NewQuestion {
                id: question.id.clone(),
                sequence,
                kind: question.kind().name(),
                topic: question.topic.clone(),
                difficulty: i64::from(question.difficulty),
                option_count: i64::try_from(question.options.len()).unwrap_or_default(),
                further_counts: written_counts(question),
                family: families.get(question.id.as_str()).map(|&family| family.to_owned()),
                retired: question.retired,
                digest: digest_of(&body),
                body,
            }
        })
        .collect();
    Prepared { bank, questions }
}

fn digests(questions: &[NewQuestion]) -> impl Iterator<Item = (&str, &str)> {
    questions.iter().map(|question| (question.id.as_str(), question.digest.as_str()))
}

/// SHA-256 over a line `id digest` for each question, in the order of the ids' bytes.
pub(crate) fn edition_digest<'q>(questions: impl Iterator<Item = (&'q str, &'q str)>) -> String {
    let mut lines: Vec<String> = questions.map(|(id, digest)| format!("{id} {digest}\n")).collect();
    lines.sort();
    sha256_hex(lines.concat().as_bytes())
}

async fn write_edition(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    prepared: &Prepared,
    before: &Before,
    options: &LoadOptions,
) -> Result<i64> {
    let Prepared { bank, questions } = prepared;
    let mut tx = app.db.write().await?;
    banks::insert(
        &mut tx,
        &app.randomness.id(now_ms),
        &bank.name,
        before.branch_id.as_deref(),
        options.shared.unwrap_or_else(|| shared_at_first(caller, before.branch_id.as_deref())),
        now_ms,
    )
    .await?;
    let (bank_id, branch_id, _) = banks::find_owner(&mut tx, &bank.name).await?.ok_or(Error::NotFound(Thing::Bank))?;
    if branch_id != before.branch_id {
        return Err(Error::NameTaken(Thing::Bank));
    }
    let edition = NewEdition {
        id: app.randomness.id(now_ms),
        bank_id: bank_id.clone(),
        title: crate::store::write_json("edition", &bank.title)?,
        source: bank.source.as_ref().map(|source| crate::store::write_json("edition", source)).transpose()?,
        topics: crate::store::write_json("edition", &bank.topics)?,
        digest: edition_digest(digests(questions)),
        question_count: i64::try_from(questions.len()).unwrap_or(i64::MAX),
        loaded_by: caller.person_id.clone(),
        loaded_at_ms: now_ms,
        note: options.note.clone(),
    };
    banks::insert_edition(&mut tx, &edition).await?;
    tx.commit().await?;
    for chunk in questions.chunks(limits::LOAD_CHUNK_QUESTIONS) {
        let mut tx = app.db.write().await?;
        banks::insert_questions(&mut tx, &edition.id, chunk).await?;
        tx.commit().await?;
    }
    let mut tx = app.db.write().await?;
    let number =
        banks::publish_edition(&mut tx, &edition.id, &bank_id, before.number).await?.ok_or(Error::ChangedMeanwhile)?;
    if let Some(shared) = options.shared {
        banks::set_shared(&mut tx, &bank_id, shared).await?;
    }
    let mut detail = serde_json::json!({ "bank": bank.name, "edition": number, "digest": edition.digest });
    if let (Some(note), Some(members)) = (&options.note, detail.as_object_mut()) {
        members.insert("reason".to_owned(), note.as_str().into());
    }
    trace::append(&mut tx, &super::accounts::event(caller, now_ms, "bank-loaded", &edition.id, &detail)).await?;
    tx.commit().await?;
    Ok(number)
}

/// Removes what a load that never ended has left. A load may be under way in another process: the younger ones stay.
pub async fn clean_up(app: &App, now_ms: i64) -> Result<()> {
    let before_ms = now_ms - limits::LOAD_MOST_MS;
    let unfinished = banks::unfinished_editions(&mut app.db.read().await?, before_ms).await?;
    for (edition_id,) in unfinished {
        loop {
            let mut tx = app.db.write().await?;
            let removed = banks::delete_questions(&mut tx, &edition_id, 500).await?;
            if removed == 0 {
                banks::delete_edition(&mut tx, &edition_id).await?;
            }
            tx.commit().await?;
            if removed == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// Whether the caller may read a bank's keys.
pub(crate) fn reads_keys(caller: &Caller, branch_id: Option<&str>, tree: &Tree) -> bool {
    caller.covers(Role::Organizer, branch_id, tree)
}

/// Whether the caller may draw from a bank.
pub(crate) fn may_draw(caller: &Caller, row: &BankRow, tree: &Tree) -> bool {
    let branch = row.branch_id.as_deref();
    reads_keys(caller, branch, tree) || (row.shared && caller.stands_within(Role::Organizer, branch, tree))
}

fn listed(row: BankRow, caller: &Caller, tree: &Tree) -> Result<Listed> {
    Ok(Listed {
        title: crate::store::read_json("edition", &row.edition_id, &row.title)?,
        source: row
            .source
            .as_deref()
            .map(|source| crate::store::read_json("edition", &row.edition_id, source))
            .transpose()?,
        topics: crate::store::read_json("edition", &row.edition_id, &row.topics)?,
        branch: row.branch_id.as_deref().and_then(|id| tree.get(id)).map(|node| node.code.clone()),
        reads_keys: reads_keys(caller, row.branch_id.as_deref(), tree),
        row,
    })
}

/// Banks the caller may draw from, by name.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Listed>> {
    if !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let rows = banks::list(&mut tx).await?;
    rows.into_iter().filter(|row| may_draw(caller, row, &tree)).map(|row| listed(row, caller, &tree)).collect()
}

/// One bank with its counts.
pub async fn show(app: &App, caller: &Caller, name: &str) -> Result<(Listed, Counts)> {
    if !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let row = banks::find(&mut tx, name)
        .await?
        .filter(|row| may_draw(caller, row, &tree))
        .ok_or(Error::NotFound(Thing::Bank))?;
    let mut counts = Counts::default();
    for question in banks::question_index(&mut tx, &row.edition_id).await? {
        let kind = Kind::from_name(&question.kind).ok_or_else(|| corrupt(&question.id))?;
        counts.add(&question.topic, kind, u8::try_from(question.difficulty).unwrap_or_default(), question.retired);
    }
    Ok((listed(row, caller, &tree)?, counts))
}

/// The banks whose keys the caller may read, by name.
pub(crate) async fn readable(tx: &mut Tx, caller: &Caller) -> Result<Vec<Listed>> {
    if !caller.has(Role::Organizer) {
        return Err(Error::Forbidden(Some(Role::Organizer)));
    }
    let tree = tree(tx).await?;
    let rows = banks::list(tx).await?;
    let reads = |row: &BankRow| reads_keys(caller, row.branch_id.as_deref(), &tree);
    rows.into_iter().filter(reads).map(|row| listed(row, caller, &tree)).collect()
}

async fn with_keys(tx: &mut Tx, caller: &Caller, name: &str) -> Result<BankRow> {
    let tree = tree(tx).await?;
    let row =
        banks::find(tx, name).await?.filter(|row| may_draw(caller, row, &tree)).ok_or(Error::NotFound(Thing::Bank))?;
    if reads_keys(caller, row.branch_id.as_deref(), &tree) {
        Ok(row)
    } else {
        Err(Error::Forbidden(Some(Role::Organizer)))
    }
}

/// The newest edition, for those who may read its keys.
async fn newest(app: &App, caller: &Caller, name: &str) -> Result<Bank> {
    let mut tx = app.db.read().await?;
    let row = with_keys(&mut tx, caller, name).await?;
    let bodies = banks::list_questions(&mut tx, &row.edition_id, 0, i64::MAX).await?;
    let questions = bodies
        .iter()
        .map(|(body,)| crate::store::read_json("question", &row.edition_id, body))
        .collect::<crate::store::Result<_>>()?;
    let tree = tree(&mut tx).await?;
    let listed = listed(row, caller, &tree)?;
    Ok(Bank { name: listed.row.name, title: listed.title, source: listed.source, topics: listed.topics, questions })
}

/// Questions of editions, by edition and id, from memory or read with one statement an edition.
pub(crate) async fn pick<'e>(
    app: &App,
    tx: &mut Tx,
    entries: impl Iterator<Item = (&'e str, &'e str)>,
) -> Result<HashMap<(&'e str, &'e str), Arc<Question>>> {
    let mut found = HashMap::new();
    let mut missing: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (edition, id) in entries {
        match app.caches.questions.get(&(edition.to_owned(), id.to_owned())) {
            Some(known) => drop(found.insert((edition, id), known)),
            None => missing.entry(edition).or_default().push(id),
        }
    }
    for (edition, ids) in missing {
        let mut bodies: HashMap<String, String> = banks::find_questions(tx, edition, &ids).await?.into_iter().collect();
        for id in ids {
            let body = bodies.remove(id).ok_or_else(|| corrupt(id))?;
            let question: Arc<Question> = Arc::new(crate::store::read_json("question", id, &body)?);
            app.caches.questions.insert((edition.to_owned(), id.to_owned()), Arc::clone(&question));
            found.insert((edition, id), question);
        }
    }
    Ok(found)
}

fn corrupt(id: &str) -> Error {
    Error::Store(crate::store::Error::Corrupt { table: "question", id: id.to_owned(), what: "not readable".into() })
}
