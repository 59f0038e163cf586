//! Everything that is kept about one person, for that person: what others decided about them, and what they answered. No
//! question and no key: those are the unit's, and are shown where review rules allow.

use crate::app::App;
use crate::rules::blueprint::Review;
use crate::rules::rights::Caller;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::find_person;
use crate::service::tests::Test;
use crate::store::attempts::{self, AttemptRow, ResponseRow};
use crate::store::db::Tx;
use crate::store::hints::{self, HintSum};
use crate::store::late::{self, AmendmentRow, LateRow};
use crate::store::objections::{self, ObjectionRow};
use crate::store::own_data::{self, OwnRows};
use crate::store::people::{self, Person};
use crate::store::tests;

/// What is kept about a person.
#[derive(Debug, Clone)]
pub struct OwnData {
    /// Who.
    pub person: Person,
    /// What others decided, and devices.
    pub rows: OwnRows,
    /// Sittings, the newest first.
    pub attempts: Vec<OwnAttempt>,
}

/// A sitting.
#[derive(Debug, Clone)]
pub struct OwnAttempt {
    /// The test.
    pub test: Test,
    /// The attempt.
    pub attempt: AttemptRow,
    /// What was answered, while it is kept.
    pub responses: Vec<ResponseRow>,
    /// What arrived late.
    pub late: Vec<LateRow>,
    /// What changed the result.
    pub amendments: Vec<AmendmentRow>,
    /// What was written against questions.
    pub objections: Vec<ObjectionRow>,
    /// What the page noted.
    pub hints: Vec<HintSum>,
    /// Whether points may be told question by question.
    pub shows_marks: bool,
}

/// What is kept about the caller.
pub async fn own_data(app: &App, caller: &Caller) -> Result<OwnData> {
    let id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    let mut tx = app.db.read().await?;
    let person = people::find(&mut tx, id).await?.ok_or(Error::NotFound(Thing::Person))?;
    of(&mut tx, person).await
}

/// What is kept about somebody, for the operator who answers their request.
pub async fn data_of(app: &App, login: &str) -> Result<OwnData> {
    let mut tx = app.db.read().await?;
    let person = find_person(&mut tx, login).await?;
    of(&mut tx, person).await
}

async fn of(tx: &mut Tx, person: Person) -> Result<OwnData> {
    let rows = own_data::of(tx, &person.id).await?;
    let mut sat = Vec::new();
    for attempt in attempts::list_of_person(tx, &person.id).await? {
        let Some(row) = tests::find_by_id(tx, &attempt.test_id).await? else { continue };
        let shows_marks = row.finished_at_ms.is_some();
        let test = Test::read(row)?;
        let id = attempt.id.clone();
        sat.push(OwnAttempt {
            shows_marks: shows_marks && test.definition.review != Review::Never,
            test,
            attempt,
            responses: attempts::responses(tx, &id).await?,
            late: late::list(tx, &id).await?,
            amendments: late::amendments(tx, &id).await?,
            objections: objections::of_attempt(tx, &id).await?,
            hints: hints::of_attempt(tx, &id).await?,
        });
    }
    Ok(OwnData { person, rows, attempts: sat })
}
