//! What needs someone now: the caller's tests to sit, with where each stands.

use crate::app::App;
use crate::rules::attempt::{StartRefusal, Window};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::tree::Node;
use crate::service::error::{Error, Result};
use crate::service::people::tree;
use crate::service::tests::{Standing, Test, list, window_of};
use crate::store::attempts::{self, AttemptRow};
use crate::store::people::found::{self, Narrowed};
use crate::store::{branches, results};
use std::collections::HashSet;

pub use crate::store::attempts::AttemptRow as Attempt;

/// A test as a member sees it.
#[derive(Debug, Clone)]
pub struct MyTest {
    /// The test.
    pub test: Test,
    /// The member's own window.
    pub window: Window,
    /// The member's attempts, the first one first.
    pub attempts: Vec<AttemptRow>,
    /// Whether a new attempt may start now, or why not.
    pub may_start: std::result::Result<(), StartRefusal>,
}

impl Progress {
    /// Whether nothing is left to set up.
    pub const fn is_complete(self) -> bool {
        self.branches && self.people && self.organizer && self.banks && self.tests
    }
}

impl MyTest {
    /// The open attempt.
    pub fn open(&self) -> Option<&AttemptRow> {
        self.attempts.iter().find(|attempt| attempt.finished_at_ms.is_none())
    }
}

/// Tests that the caller may sit, the newest opening first.
pub async fn my_tests(app: &App, caller: &Caller, now_ms: i64) -> Result<Vec<MyTest>> {
    let Some(person_id) = caller.person_id.as_deref() else { return Err(Error::SignInNeeded) };
    let listed = list(app, caller).await?;
    let mut tx = app.db.read().await?;
    let mut mine = Vec::new();
    for (test, _) in listed.into_iter().filter(|(_, standing)| standing.sits) {
        let window = window_of(&mut tx, &test, person_id).await?;
        let attempts = attempts::list_of(&mut tx, &test.row.id, person_id).await?;
        let used = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
        let may_start = window.may_start(&test.definition, now_ms, used);
        mine.push(MyTest { test, window, attempts, may_start });
    }
    Ok(mine)
}

/// A test as those who manage it or read its report see it.
#[derive(Debug, Clone)]
pub struct OfficeTest {
    /// The test.
    pub test: Test,
    /// What the caller is to it.
    pub standing: Standing,
    /// Attempts handed in, and attempts under way: of tests that are open now and that the caller manages.
    pub counts: Option<(i64, i64)>,
}

/// Tests that the caller manages or reads the report of, the newest opening first.
pub async fn office(app: &App, caller: &Caller, now_ms: i64) -> Result<Vec<OfficeTest>> {
    let listed = list(app, caller).await?;
    let mut tx = app.db.read().await?;
    let mut office = Vec::new();
    for (test, standing) in listed.into_iter().filter(|(_, standing)| standing.manages || standing.reads_report) {
        let is_open = test.row.finished_at_ms.is_none()
            && test.row.cancelled_reason.is_none()
            && test.definition.opens_at_ms <= now_ms;
        let counts = if standing.manages && is_open {
            let (started, finished) = results::version(&mut tx, &test.row.id).await?;
            Some((finished, started - finished))
        } else {
            None
        };
        office.push(OfficeTest { test, standing, counts });
    }
    Ok(office)
}

/// How far a new unit has come: whether there are branches, people beside the first, an
/// organizer, banks and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five steps, each done or not, in any order")]
pub struct Progress {
    /// Branches are loaded.
    pub branches: bool,
    /// People are loaded.
    pub people: bool,
    /// Somebody is an organizer.
    pub organizer: bool,
    /// A bank is loaded.
    pub banks: bool,
    /// A test is made.
    pub tests: bool,
}

/// How far the unit has come, for those who set it up.
pub async fn progress(app: &App) -> Result<Progress> {
    let mut tx = app.db.read().await?;
    Ok(Progress {
        branches: !branches::list(&mut tx).await?.is_empty(),
        people: found::extent(&mut tx).await?.0 > 1,
        organizer: found::is_role_held(&mut tx, Role::Organizer.name()).await?,
        banks: !crate::store::banks::list(&mut tx).await?.is_empty(),
        tests: !crate::store::tests::list(&mut tx).await?.is_empty(),
    })
}

/// What those who keep people look at first, within their rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upkeep {
    /// How many people are on the roster.
    pub people: i64,
    /// How many branches there are.
    pub branches: usize,
    /// How many of the people still have the first password.
    pub waiting: i64,
    /// Branches that no member belongs to, neither directly nor below.
    pub empty: Vec<Node>,
}

/// What there is to keep up, by counts alone.
pub async fn upkeep(app: &App, caller: &Caller) -> Result<Upkeep> {
    let mut tx = app.db.read().await?;
    let tree = tree(&mut tx).await?;
    let kept: Vec<&Node> =
        tree.nodes().iter().filter(|node| caller.covers(Role::Administrator, Some(&node.id), &tree)).collect();
    let mut narrowed = Narrowed {
        branch_ids: kept.iter().map(|node| node.id.clone()).collect(),
        whole: caller.covers(Role::Administrator, None, &tree),
        role: String::new(),
        state: "roster",
        waiting: false,
    };
    let people = found::count(&mut tx, &narrowed).await?;
    narrowed.waiting = true;
    let waiting = found::count(&mut tx, &narrowed).await?;
    let mut peopled: HashSet<String> = HashSet::new();
    for (id, _) in found::members_by_branch(&mut tx).await? {
        peopled.extend(tree.path(&id).into_iter().map(|above| above.id.clone()));
    }
    let empty = kept.iter().filter(|node| !peopled.contains(&node.id)).map(|node| (*node).clone()).collect();
    Ok(Upkeep { people, branches: kept.len(), waiting, empty })
}

/// One of the tests that the caller may sit; `None` where the caller doesn't.
pub async fn my_test(app: &App, caller: &Caller, now_ms: i64, test: Test, sits: bool) -> Result<Option<MyTest>> {
    let Some(person_id) = caller.person_id.as_deref().filter(|_| sits) else { return Ok(None) };
    let mut tx = app.db.read().await?;
    let window = window_of(&mut tx, &test, person_id).await?;
    let attempts = attempts::list_of(&mut tx, &test.row.id, person_id).await?;
    let used = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
    let may_start = window.may_start(&test.definition, now_ms, used);
    Ok(Some(MyTest { test, window, attempts, may_start }))
}
