//! Changing a bank: one question at a time, and publishing what waits.

use super::question_form::{Outcome, Shape, add_picture, fill, page, sent_kind, try_it};
use crate::app::App;
use crate::formats::picture;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::limits;
use crate::rules::question::Kind;
use crate::service::banks::drafts::{self, Checked, Opened, Wish, outline};
use crate::service::error::Thing;
use crate::service::{Error, Result};
use crate::web::input::{Fields, Upload};
use crate::web::views::banks::draft as view;
use crate::web::views::banks::editor::{Place, Shown};
use crate::web::visit::{Visit, go, segment};
use crate::web::words::Words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/banks/{bank}/draft", Access::ORGANIZER, draft),
        Route::post("/banks/{bank}/draft", Access::ORGANIZER, decide),
        Route::get("/banks/{bank}/draft/question", Access::ORGANIZER, question),
        Route::post("/banks/{bank}/draft/question", Access::ORGANIZER, save)
            .with_body(limits::BODY_BYTES + picture::MOST_BYTES),
    ]
}

async fn draft(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = render_draft(&app, &visit, &name, None, "").await;
    visit.answer(result)
}

async fn render_draft(app: &App, visit: &Visit, name: &str, error: Option<&Error>, note: &str) -> Result<Response> {
    let draft = drafts::draft(app, &visit.caller, name).await?;
    let words = visit.words();
    let refused = error.map(|error| describe(visit.language, error));
    let status = error.map_or(StatusCode::OK, crate::api::problem::status);
    Ok(visit.page_with(status, &words.t("draft"), view::draft(words, &draft, refused.as_ref(), note)))
}

async fn decide(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let path = format!("/banks/{}", segment(&name));
    let (caller, note) = (&visit.caller, fields.get("note"));
    let (id, version) = (fields.get("question"), fields.get("version"));
    let done = match fields.get("action") {
        "discard" => drafts::discard(&app, caller, &name, id, version).await.map(|()| format!("{path}/draft")),
        "discard-outline" => outline::discard(&app, caller, &name, version).await.map(|()| format!("{path}/draft")),
        _ => drafts::publish(&app, caller, visit.now_ms, &name, note).await.map(|_| format!("{path}/changes")),
    };
    match done {
        Ok(path) => go(&path),
        Err(
            error @ (Error::Invalid { .. }
            | Error::ChangedMeanwhile
            | Error::NothingToPublish
            | Error::Unfinished
            | Error::File(_)),
        ) => {
            let result = render_draft(&app, &visit, &name, Some(&error), note).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    id: String,
    copy: String,
    kind: String,
    languages: String,
}

fn place(words: Words, opened: &Opened, is_new: bool) -> Place<'_> {
    let path = format!("/banks/{}", segment(&opened.bank.row.name));
    Place {
        above: vec![
            ("/banks".into(), words.t("nav-banks")),
            (path.clone(), words.of(&opened.bank.title).to_owned()),
            (format!("{path}/draft"), words.t("draft")),
        ],
        action: path + "/draft/question",
        title: words.t(if is_new { "question-new" } else { "question-change" }),
        topics: &opened.bank.topics,
        renames: is_new,
        may_wait: true,
    }
}

async fn question(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let result = show(&app, &visit, &name, &asked).await;
    visit.answer(result)
}

async fn show(app: &App, visit: &Visit, name: &str, asked: &Asked) -> Result<Response> {
    let is_new = asked.id.is_empty();
    let wanted = if is_new { &asked.copy } else { &asked.id };
    let opened =
        drafts::open_question(app, &visit.caller, name, Some(wanted).filter(|id| !id.is_empty()).map(String::as_str))
            .await?;
    if opened.question.is_none() && !wanted.is_empty() {
        return Err(Error::NotFound(Thing::Question));
    }
    let written = opened.question.as_ref().map(drafts::Waiting::written);
    let kind = Kind::from_name(&asked.kind);
    let shape = Shape::of(written.as_ref(), kind, asked.languages == "2", visit.language)
        .ok_or(Error::Invalid { field: "kind", expected: "kind" })?;
    let sound = opened.question.as_ref().and_then(drafts::Waiting::sound).cloned();
    let mut outcome =
        sound.map_or(Outcome::Going, |question| Outcome::Looked(Box::new(Checked { question, lints: Vec::new() })));
    // What is wrong with one that waits unfinished is told as soon as it is opened.
    if let (Some(drafts::Waiting::Unfinished(_)), Some(id)) =
        (&opened.question, Some(&asked.id).filter(|id| !id.is_empty()))
    {
        let fields = shape.sent(id);
        outcome = try_it((&fields, shape.kinds.whole, id), &opened.bank.topics, async |question| {
            drafts::check(app, &visit.caller, name, question).await.map(Some)
        })
        .await?;
    }
    let place = place(visit.words(), &opened, is_new);
    let shown = Shown {
        place: &place,
        id: if is_new { "" } else { &asked.id },
        is_new,
        kinds: &shape.kinds,
        sort: (&shape.topic, &shape.difficulty),
        both: shape.both,
        seen: if is_new { "" } else { &opened.version },
        fields: &shape.fields,
        checked: outcome.checked(),
        problems: outcome.problems(),
        refused: None,
        newer: opened.newer.as_ref(),
    };
    Ok(page(visit, StatusCode::OK, &shown))
}

async fn save(State(app): State<App>, visit: Visit, Path(name): Path<String>, mut upload: Upload) -> Response {
    let refused = match add_picture(&app, &visit, &mut upload).await {
        Ok(refused) => refused,
        Err(error) => return visit.error(&error),
    };
    let result = answer(&app, &visit, &name, &upload.fields, refused).await;
    visit.answer(result)
}

async fn answer(app: &App, visit: &Visit, name: &str, fields: &Fields, refused: Option<Error>) -> Result<Response> {
    let kind = sent_kind(fields)?;
    let is_new = fields.has("new");
    let opened = drafts::open_question(app, &visit.caller, name, Some(fields.get("id")).filter(|_| !is_new)).await?;
    let outcome = async |kind| {
        let id = match new_id(app, visit, name, (fields, is_new)).await? {
            Ok(id) => id,
            Err(error) => return Ok(Outcome::Refused(error)),
        };
        let action = fields.get("action");
        try_it((fields, kind, &id), &opened.bank.topics, async |question| {
            if matches!(action, "save" | "unfinished") {
                let wish = Wish { question, seen: fields.get("seen").to_owned(), unfinished: action == "unfinished" };
                drafts::save(app, &visit.caller, visit.now_ms, name, wish).await.map(|_| None)
            } else {
                drafts::check(app, &visit.caller, name, question).await.map(Some)
            }
        })
        .await
    };
    let written = opened.question.as_ref().map(drafts::Waiting::written);
    let filled = fill(fields, (kind, written.as_ref()), visit, refused, outcome).await?;
    if matches!(filled.outcome, Outcome::Saved) {
        return Ok(go(&format!("/banks/{}/draft", segment(name))));
    }
    let place = place(visit.words(), &opened, is_new);
    Ok(filled.answer(visit, &place, fields, is_new))
}

/// The id of the question: its own, or that of a new one.
async fn new_id(
    app: &App,
    visit: &Visit,
    name: &str,
    (fields, is_new): (&Fields, bool),
) -> Result<std::result::Result<String, Error>> {
    if !is_new {
        return Ok(Ok(fields.get("id").to_owned()));
    }
    match drafts::new_id(app, &visit.caller, name, fields.get("id")).await {
        Err(error @ (Error::Invalid { .. } | Error::NameTaken(_))) => Ok(Err(error)),
        id => id.map(Ok),
    }
}
