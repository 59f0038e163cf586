//! Tests: making, changing, listing, closing, personal windows, presence.
//!
//! The editions drawn from are pinned when a test is made, and the draw is committed to, so that opening can't fail and
//! nothing can be changed afterwards unseen.

mod basis;
mod compose;
pub mod invigilate;
mod make_up;
mod manage;
mod plan;
mod presence;
mod reading;
mod trial;

pub use crate::store::tests::Test;
pub(crate) use basis::{Basis, among, drawn_on};
pub use compose::{Editions, create, replace};
pub use make_up::{MakeUpAsked, MakeUpPlan, Repeats, make_up, may_be_made_up, plan_make_up, repeats};
pub(crate) use manage::check_reason;
pub use manage::{PersonalWindowChange, cancel, close, set_window};
pub use plan::{
    Material, Measured, Newer, RowSupply, Unit, is_name_free, material, measure, newer_editions, unit_names,
};
pub use presence::{Member, PresenceChange, list_presence, one_presence, set_presence};
pub(crate) use presence::{counted, counted_at, list_presence_below, place};
pub use trial::{Trial, try_out, try_saved};

use crate::app::{App, Before, PinnedPool};
use crate::rules::attempt::Window;
use crate::rules::blueprint::Definition;
use crate::rules::draw::{Candidate, Pool};
use crate::rules::paper::Pinned;
use crate::rules::question::Kind;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::{Area, Tree};
use crate::service::error::{Error, Result, Thing};
use crate::service::people::tree;
use crate::store::db::Tx;
use crate::store::tests::{AudienceRow, TestRow, WindowRow};
use crate::store::{attempts, banks, basis as named, paper_sittings, people, tests};
use std::sync::Arc;

/// Roles that may see a test's report and presence.
pub const REPORT_ROLES: [Role; 2] = [Role::Organizer, Role::Committee];

/// The moment after which nobody can sit a test any more: the last personal window.
pub(crate) fn last_deadline(definition: &Definition, windows: &[WindowRow]) -> i64 {
    windows
        .iter()
        .map(|window| Window::of(definition, Some(window.personal())).last_deadline())
        .chain([definition.closes_at_ms])
        .max()
        .unwrap_or(definition.closes_at_ms)
}

/// What a caller is to a test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// May sit it.
    pub sits: bool,
    /// May change it.
    pub manages: bool,
    /// May read its report.
    pub reads_report: bool,
}

/// The branches of a test's audience.
pub(crate) fn audience_area(tree: &Tree, rows: &[AudienceRow]) -> Area {
    let of = |excepted: bool| rows.iter().filter(move |row| row.excepted == excepted).map(|row| row.branch_id.as_str());
    tree.area(of(false), of(true))
}

/// What the caller is to a test.
pub(crate) async fn standing(tx: &mut Tx, caller: &Caller, tree: &Tree, test: &TestRow) -> Result<Standing> {
    let rows = tests::audience(tx, &test.id).await?;
    let audience = audience_area(tree, &rows);
    let member_in = caller.places(Role::Member).flatten().any(|branch| audience.contains(branch));
    let mut sits = false;
    if let Some(person_id) = &caller.person_id {
        sits = member_in && named::admits(tx, &test.id, person_id).await?;
    }
    if let (false, Some(person_id)) = (sits, &caller.person_id) {
        sits = !attempts::list_of(tx, &test.id, person_id).await?.is_empty();
    }
    let manages = caller.covers(Role::Organizer, test.branch_id.as_deref(), tree);
    let reads_report = REPORT_ROLES
        .iter()
        .any(|role| caller.places(*role).any(|place| place.is_none_or(|place| audience.meets(place))));
    Ok(Standing { sits, manages, reads_report })
}

/// Tests that the caller may sit, manage or read the report of, the newest opening first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<(Test, Standing)>> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let mut listed = Vec::new();
    for row in tests::list(&mut tx).await? {
        let standing = standing(&mut tx, caller, &tree, &row).await?;
        if standing != Standing::default() {
            listed.push((Test::read(row)?, standing));
        }
    }
    Ok(listed)
}

/// One test, for whoever may sit it, manage it or read its report.
pub async fn show(app: &App, caller: &Caller, name: &str) -> Result<(Test, Standing)> {
    let mut tx = app.db.read().await?;
    find(&mut tx, caller, name).await
}

pub(crate) async fn find(tx: &mut Tx, caller: &Caller, name: &str) -> Result<(Test, Standing)> {
    let tree = tree(tx).await?;
    let row = tests::find(tx, name).await?.ok_or(Error::NotFound(Thing::Test))?;
    let standing = standing(tx, caller, &tree, &row).await?;
    if standing == Standing::default() {
        return Err(Error::NotFound(Thing::Test));
    }
    Ok((Test::read(row)?, standing))
}

/// A test that the caller organizes; otherwise refused, as far as its existence may be known.
pub(crate) async fn find_managed(tx: &mut Tx, caller: &Caller, name: &str) -> Result<Test> {
    let (test, standing) = find(tx, caller, name).await?;
    if standing.manages { Ok(test) } else { Err(Error::Forbidden(Some(Role::Organizer))) }
}

/// Whether anyone has got a paper of a test, on a device or on paper.
pub(crate) async fn any_paper(tx: &mut Tx, test_id: &str) -> Result<bool> {
    Ok(attempts::any(tx, test_id).await? || paper_sittings::any(tx, test_id).await?)
}

/// Whether anyone has got a paper of a test.
pub async fn papers_are_out(app: &App, test: &Test) -> Result<bool> {
    any_paper(&mut app.db.read().await?, &test.row.id).await
}

/// The pinned editions of a test.
pub async fn pinned(app: &App, test: &Test) -> Result<Vec<Pinned>> {
    Ok(read_pinned(&mut app.db.read().await?, &test.row.id).await?)
}

pub(crate) async fn read_pinned(tx: &mut Tx, test_id: &str) -> crate::store::Result<Vec<Pinned>> {
    let rows = tests::editions(tx, test_id).await?;
    Ok(rows
        .into_iter()
        .map(|row| Pinned { bank: row.bank, edition: row.edition_id, number: row.number, digest: row.digest })
        .collect())
}

/// The pool of a test, from memory or read once.
pub(crate) async fn pool(app: &App, tx: &mut Tx, test: &Test) -> Result<Arc<PinnedPool>> {
    // The commitment changes with everything that a draw depends on, and with nothing else.
    let key = (test.row.id.clone(), test.row.commitment.clone());
    if let Some(known) = app.caches.pools.get(&key) {
        return Ok(known);
    }
    let pinned = read_pinned(tx, &test.row.id).await?;
    let pool = read_pool(tx, &test.definition, &pinned).await?;
    let before = match &test.definition.make_up_of {
        Some(_) => Basis::of(tx, test).await?.before(&pool, &pinned),
        None => Before::default(),
    };
    let made = Arc::new((pool, pinned, before));
    app.caches.pools.insert(key, Arc::clone(&made));
    Ok(made)
}

/// Reads the candidates of pinned editions and sorts them into the cells of a blueprint.
pub(crate) async fn read_pool(tx: &mut Tx, definition: &Definition, pinned: &[Pinned]) -> Result<Pool> {
    let mut candidates = Vec::new();
    for (edition, pin) in pinned.iter().enumerate() {
        for question in banks::question_index(tx, &pin.edition).await? {
            let Some(kind) = Kind::from_name(&question.kind).filter(|_| !question.retired) else { continue };
            candidates.push(Candidate {
                edition,
                id: question.id,
                kind,
                topic: question.topic,
                difficulty: u8::try_from(question.difficulty).unwrap_or_default(),
                options: usize::try_from(question.option_count).unwrap_or_default(),
                further: question.further_counts.split(',').filter_map(|count| count.parse().ok()).collect(),
                family: question.family,
            });
        }
    }
    Ok(Pool::new(definition, candidates, |bank| pinned.iter().position(|pin| pin.bank == bank)))
}

/// One person's own window in a test, of those who may sit it.
pub(crate) async fn window_of(tx: &mut Tx, test: &Test, person_id: &str) -> Result<Window> {
    let row = tests::window(tx, &test.row.id, person_id).await?;
    Ok(Window::of(&test.definition, row.as_ref().map(WindowRow::personal)))
}

/// The person of a login, or of the key by which lists name people whose login is shown in part only.
pub(crate) async fn find_person(tx: &mut Tx, login: &str) -> Result<people::Person> {
    crate::service::people::find_person(tx, login).await
}
