//! Who marks at a test beside those who organize it.

use super::list;
use crate::app::App;
use crate::rules::rights::Caller;
use crate::service::accounts::event;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::{find_person, shown_login};
use crate::service::tests::{Test, find_managed};
use crate::store::markers::{self, MarkerRow};
use crate::store::{people, tests, trace};

/// Most who are named at a test.
const MOST_MARKERS: usize = 100;

/// Somebody who was named to mark.
#[derive(Debug, Clone)]
pub struct Marker {
    /// What the person signs in with, as the caller may see it.
    pub login: String,
    /// Who.
    pub name: String,
    /// Since when.
    pub named_at_ms: i64,
}

/// Those who were named at a test. For those who organize it.
pub async fn list_markers(app: &App, caller: &Caller, name: &str) -> Result<Vec<Marker>> {
    let mut tx = app.db.read().await?;
    let test = find_managed(&mut tx, caller, name).await?;
    let mut listed = Vec::new();
    for row in markers::of_test(&mut tx, &test.row.id).await? {
        let Some(person) = people::find(&mut tx, &row.person_id).await? else { continue };
        let login = shown_login(&person.login, caller);
        listed.push(Marker { login, name: person.name, named_at_ms: row.named_at_ms });
    }
    Ok(listed)
}

/// Names somebody to mark at a test: they see its queue, without names, and nothing else of it.
pub async fn name(app: &App, caller: &Caller, now_ms: i64, test: &str, login: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let test = find_managed(&mut tx, caller, test).await?;
    let person = find_person(&mut tx, login).await?;
    if markers::of_test(&mut tx, &test.row.id).await?.len() >= MOST_MARKERS {
        return Err(Error::Invalid { field: "login", expected: "markers" });
    }
    let row = MarkerRow {
        test_id: test.row.id,
        person_id: person.id,
        named_by: caller.person_id.clone(),
        named_at_ms: now_ms,
    };
    if markers::name(&mut tx, &row).await? {
        let detail = serde_json::json!({ "person": row.person_id });
        trace::append(&mut tx, &event(caller, now_ms, "marker-named", &row.test_id, &detail)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Takes somebody's name off; marks that they gave stay.
pub async fn end(app: &App, caller: &Caller, now_ms: i64, test: &str, login: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let test = find_managed(&mut tx, caller, test).await?;
    let person = find_person(&mut tx, login).await?;
    if !markers::take_off(&mut tx, &test.row.id, &person.id).await? {
        return Err(Error::NotFound(Thing::Person));
    }
    let detail = serde_json::json!({ "person": person.id });
    trace::append(&mut tx, &event(caller, now_ms, "marker-ended", &test.row.id, &detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// A test at which the caller was named to mark.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The test.
    pub test: Test,
    /// How many responses wait; `None` while the caller may still sit it.
    pub waiting: Option<usize>,
}

/// Tests at which the caller was named.
pub async fn queues(app: &App, caller: &Caller) -> Result<Vec<Queue>> {
    let Some(person_id) = &caller.person_id else { return Ok(Vec::new()) };
    let mut tx = app.db.read().await?;
    let names = markers::tests_of(&mut tx, person_id).await?;
    let mut queues = Vec::new();
    for name in names {
        let Some(row) = tests::find(&mut tx, &name).await? else { continue };
        let waiting = match list(app, caller, &name).await {
            Ok(listed) => Some(listed.questions.iter().map(|question| question.waiting.len()).sum()),
            Err(Error::TestNotOver) => None,
            Err(error) => return Err(error),
        };
        queues.push(Queue { test: Test::read(row)?, waiting });
    }
    Ok(queues)
}
