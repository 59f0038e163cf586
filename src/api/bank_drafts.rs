//! Changing a bank question by question: what waits, and publishing it.

use crate::api::{Answer, Body, body, problem, required_text, switch, text_or_empty};
use crate::app::App;
use crate::formats::bank_json::written_question;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::i18n;
use crate::rules::lint::Lint;
use crate::rules::outline::Outline;
use crate::rules::text::Language;
use crate::service::banks::drafts::outline::{self, OutlineChange};
use crate::service::banks::drafts::{self, Change, Waiting, Wish};
use crate::service::{Error, Result};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/banks/{bank}/draft", Access::ORGANIZER, draft),
        Route::post("/api/v1/banks/{bank}/draft/publish", Access::ORGANIZER, publish),
        Route::put("/api/v1/banks/{bank}/draft/questions/{question}", Access::ORGANIZER, save),
        Route::delete("/api/v1/banks/{bank}/draft/questions/{question}", Access::ORGANIZER, discard)
            .with_query(&DISCARD),
        Route::get("/api/v1/banks/{bank}/draft/outline", Access::ORGANIZER, open_outline),
        Route::put("/api/v1/banks/{bank}/draft/outline", Access::ORGANIZER, save_outline),
        Route::delete("/api/v1/banks/{bank}/draft/outline", Access::ORGANIZER, discard_outline).with_query(&DISCARD),
    ]
}

const DISCARD: [Parameter; 1] = [Parameter::text("version")];

fn change(change: &Change) -> Value {
    json!({
        "question": change.id, "version": change.version, "overtaken": change.is_overtaken,
        "before": change.before.as_ref().map(written_question), "after": change.after.written(),
        "unfinished": matches!(change.after, Waiting::Unfinished(_)),
        "changed_at": crate::api::time(change.changed_at_ms), "changed_by": change.changed_by,
    })
}

fn outline_change(change: &OutlineChange) -> Value {
    json!({
        "version": change.version, "overtaken": change.is_overtaken, "before": change.before, "after": change.after,
        "changed_at": crate::api::time(change.changed_at_ms), "changed_by": change.changed_by,
    })
}

/// What waits, as a document.
pub(crate) fn document(draft: &drafts::Draft) -> Value {
    let changes: Value = draft.changes.iter().map(change).collect();
    json!({
        "bank": draft.bank.row.name, "edition": draft.bank.row.number, "changes": changes,
        "outline": draft.outline.as_ref().map(outline_change),
    })
}

async fn draft(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    answer.json(drafts::draft(&app, &caller, &name).await.map(|draft| document(&draft)))
}

/// A question as it is to be.
pub struct Given {
    /// As in a bank file; its id may be left out.
    question: Value,
    /// The version that was seen; empty: there was none.
    seen: String,
    /// Only look whether it is sound.
    dry_run: bool,
    /// Let it wait though it isn't.
    unfinished: bool,
}

impl Body for Given {
    const FIELDS: &'static [&'static str] = &["question", "seen", "dry_run", "unfinished"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let question = reader.required(fields, "question").map(|value| reader.document().plain(value));
        let seen = text_or_empty(reader, fields, "seen");
        let dry_run = switch(reader, fields, "dry_run");
        let unfinished = switch(reader, fields, "unfinished");
        Some(Self { question: question?, seen: seen?, dry_run: dry_run?, unfinished: unfinished? })
    }
}

async fn save(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, id)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let saved = async {
        let given: Given = body(&bytes)?;
        let question = named(given.question, &id)?;
        if given.dry_run {
            let checked = drafts::check(&app, &caller, &name, question).await?;
            return Ok(json!({ "warnings": warnings(answer.language, &checked.lints) }));
        }
        let wish = Wish { question, seen: given.seen, unfinished: given.unfinished };
        let saved = drafts::save(&app, &caller, now, &name, wish).await?;
        let mistakes = saved.problems.iter().map(|problem| problem::of_file(problem, answer.language));
        Ok(json!({
            "version": saved.version, "waits": !saved.is_as_published,
            "warnings": warnings(answer.language, &saved.lints), "mistakes": mistakes.collect::<Value>(),
        }))
    };
    answer.json(saved.await)
}

/// The question under the name of the address.
fn named(mut question: Value, id: &str) -> Result<Value> {
    let wrong = Error::Invalid { field: "question", expected: "question" };
    let fields = question.as_object_mut().ok_or(wrong)?;
    let said = fields.entry("id").or_insert_with(|| id.into());
    if said.as_str() != Some(id) {
        return Err(Error::Invalid { field: "id", expected: "same-id" });
    }
    Ok(question)
}

fn warnings(language: Language, lints: &[Lint]) -> Value {
    let one = |lint: &Lint| {
        let words = i18n::lint(language, lint);
        json!({ "code": lint.code.name(), "found": lint.found, "message": words.what, "remedy": words.remedy })
    };
    lints.iter().map(one).collect()
}

#[derive(Deserialize)]
struct DiscardQuery {
    #[serde(default)]
    version: String,
}

async fn discard(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((name, id)): Path<(String, String)>,
    Query(query): Query<DiscardQuery>,
    answer: Answer,
) -> Response {
    answer.empty(drafts::discard(&app, &caller, &name, &id, &query.version).await)
}

async fn open_outline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let opened = outline::open(&app, &caller, &name).await;
    answer.json(opened.map(|opened| {
        let order: Value = opened.order.into_iter().map(|(id, _)| Value::String(id)).collect();
        json!({ "version": opened.version, "outline": opened.outline, "overtaken": opened.newer.is_some(), "order": order })
    }))
}

/// An outline as it is to be.
pub struct GivenOutline {
    /// As it is told.
    outline: Value,
    /// The version that was seen.
    seen: String,
}

impl Body for GivenOutline {
    const FIELDS: &'static [&'static str] = &["outline", "seen"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let outline = reader.required(fields, "outline").map(|value| reader.document().plain(value));
        let seen = required_text(reader, fields, "seen");
        Some(Self { outline: outline?, seen: seen? })
    }
}

async fn save_outline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let saved = async {
        let given: GivenOutline = body(&bytes)?;
        let outline: Outline = serde_json::from_value(given.outline)
            .map_err(|_| Error::Invalid { field: "outline", expected: "outline" })?;
        let wish = outline::Wish { outline, seen: given.seen };
        let version = outline::save(&app, &caller, now, &name, wish).await?;
        Ok(json!({ "version": version }))
    };
    answer.json(saved.await)
}

async fn discard_outline(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    Query(query): Query<DiscardQuery>,
    answer: Answer,
) -> Response {
    answer.empty(outline::discard(&app, &caller, &name, &query.version).await)
}

/// Why an edition is made.
pub struct Reason {
    note: String,
}

impl Body for Reason {
    const FIELDS: &'static [&'static str] = &["note"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        Some(Self { note: required_text(reader, fields, "note")? })
    }
}

async fn publish(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let published = async {
        let reason: Reason = body(&bytes)?;
        drafts::publish(&app, &caller, now, &name, &reason.note).await
    };
    answer.json(published.await)
}
