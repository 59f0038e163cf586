//! Changing a bank: one question at a time, and publishing what waits.

use crate::app::App;
use crate::formats::exchange::sheet::own::form::{self, FormField, Kinds, Use};
use crate::formats::picture;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::limits;
use crate::rules::bank::Problem;
use crate::rules::question::{Kind, Question};
use crate::service::banks::drafts::{self, Checked, Opened, Wish};
use crate::service::banks::pictures;
use crate::service::error::Thing;
use crate::service::{Error, Result};
use crate::web::input::{Fields, Upload};
use crate::web::views::banks::editor::{self as view, Shown};
use crate::web::visit::{Visit, go, segment};
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
    let done = if fields.get("action") == "discard" {
        let (id, version) = (fields.get("question"), fields.get("version"));
        drafts::discard(&app, caller, &name, id, version).await.map(|()| format!("{path}/draft"))
    } else {
        drafts::publish(&app, caller, visit.now_ms, &name, note).await.map(|_| format!("{path}/changes"))
    };
    match done {
        Ok(path) => go(&path),
        Err(error @ (Error::Invalid { .. } | Error::ChangedMeanwhile | Error::NothingToPublish | Error::File(_))) => {
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
    let kind = opened.question.as_ref().map_or_else(|| Kind::from_name(&asked.kind), |question| Some(question.kind()));
    let kind = kind.ok_or(Error::Invalid { field: "kind", expected: "kind" })?;
    let both = asked.languages == "2" || opened.question.as_ref().is_some_and(form::speaks_both);
    let kinds = opened.question.as_ref().map_or_else(|| Kinds { whole: kind, parts: Vec::new() }, Kinds::of);
    let fields = form::fields(opened.question.as_ref(), &kinds, both, visit.language);
    let (topic, difficulty) = opened.question.as_ref().map_or_else(Default::default, sort_of);
    let checked = opened.question.clone().map(|question| Checked { question, lints: Vec::new() });
    let shown = Shown {
        id: if is_new { "" } else { &asked.id },
        is_new,
        kinds: &kinds,
        sort: (&topic, &difficulty),
        both,
        seen: if is_new { "" } else { &opened.version },
        fields: &fields,
        checked: checked.as_ref(),
        problems: &[],
        refused: None,
        newer: opened.newer.as_ref(),
        bank: &opened.bank,
    };
    Ok(page(visit, StatusCode::OK, &shown))
}

fn sort_of(question: &Question) -> (String, String) {
    (question.topic.clone(), question.difficulty.to_string())
}

fn page(visit: &Visit, status: StatusCode, shown: &Shown<'_>) -> Response {
    let words = visit.words();
    let title = words.t(if shown.is_new { "question-new" } else { "question-change" });
    visit.page_with(status, &title, view::question(words, shown))
}

/// What came of a form.
enum Outcome {
    /// Nothing yet: a part was asked for.
    Going,
    Saved,
    Looked(Box<Checked>),
    Problems(Vec<(Option<String>, Problem)>),
    Refused(Error),
}

async fn save(State(app): State<App>, visit: Visit, Path(name): Path<String>, mut upload: Upload) -> Response {
    if upload.fields.get("action") == "add-picture" {
        let added = pictures::add(&app, &visit.caller, visit.now_ms, std::mem::take(&mut upload.file)).await;
        match added {
            Ok(picture) => show_in_stem(&mut upload.fields, &picture),
            Err(error @ Error::Invalid { .. }) => {
                let result = answer(&app, &visit, &name, &upload.fields, Some(error)).await;
                return visit.answer(result);
            }
            Err(error) => return visit.error(&error),
        }
    }
    let result = answer(&app, &visit, &name, &upload.fields, None).await;
    visit.answer(result)
}

/// Puts a picture at the end of the question, in each language that it speaks.
fn show_in_stem(fields: &mut Fields, picture: &str) {
    for (name, value) in &mut fields.0 {
        if form::is_stem(name) {
            *value = format!("{value}\n![]({picture})");
        }
    }
}

async fn answer(app: &App, visit: &Visit, name: &str, fields: &Fields, refused: Option<Error>) -> Result<Response> {
    let kind = Kind::from_name(fields.get("kind")).ok_or(Error::Invalid { field: "kind", expected: "kind" })?;
    let (is_new, both) = (fields.has("new"), fields.get("languages") == "2");
    let opened = drafts::open_question(app, &visit.caller, name, Some(fields.get("id")).filter(|_| !is_new)).await?;
    let mut kinds = Kinds::sent(kind, &fields.0);
    let added = Kind::from_name(fields.get("part-kind")).filter(|_| fields.get("action") == "add-part");
    let outcome = match (added, refused) {
        (_, Some(error)) => Outcome::Refused(error),
        (Some(part), _) => {
            kinds.parts.push(part);
            Outcome::Going
        }
        _ => try_it(app, visit, name, (fields, kind, is_new), &opened).await?,
    };
    let (status, checked, problems, refused) = match outcome {
        Outcome::Saved => return Ok(go(&format!("/banks/{}/draft", segment(name)))),
        Outcome::Going => (StatusCode::OK, None, Vec::new(), None),
        Outcome::Looked(checked) => (StatusCode::OK, Some(checked), Vec::new(), None),
        Outcome::Problems(problems) => (StatusCode::UNPROCESSABLE_ENTITY, None, problems, None),
        Outcome::Refused(error) => {
            (crate::api::problem::status(&error), None, Vec::new(), Some(describe(visit.language, &error)))
        }
    };
    let typed = typed(opened.question.as_ref(), &kinds, both, visit, fields);
    let shown = Shown {
        id: fields.get("id"),
        is_new,
        kinds: &kinds,
        sort: (fields.get("topic"), fields.get("difficulty")),
        both,
        seen: fields.get("seen"),
        fields: &typed,
        checked: checked.as_deref(),
        problems: &problems,
        refused,
        newer: None,
        bank: &opened.bank,
    };
    Ok(page(visit, status, &shown))
}

async fn try_it(
    app: &App,
    visit: &Visit,
    name: &str,
    (fields, kind, is_new): (&Fields, Kind, bool),
    opened: &Opened,
) -> Result<Outcome> {
    let id = if is_new {
        match drafts::new_id(app, &visit.caller, name, fields.get("id")).await {
            Ok(id) => id,
            Err(error @ (Error::Invalid { .. } | Error::NameTaken(_))) => return Ok(Outcome::Refused(error)),
            Err(error) => return Err(error),
        }
    } else {
        fields.get("id").to_owned()
    };
    let sort = (fields.get("topic"), fields.get("difficulty"));
    let filled = form::filled(&id, kind, sort, &fields.0, &opened.bank.topics);
    let question = filled.question();
    let done = if fields.get("action") == "save" {
        let wish = Wish { question, seen: fields.get("seen").to_owned() };
        drafts::save(app, &visit.caller, visit.now_ms, name, wish).await.map(|_| Outcome::Saved)
    } else {
        let checked = drafts::check(app, &visit.caller, name, question).await;
        checked.map(|checked| Outcome::Looked(Box::new(checked)))
    };
    match done {
        Err(Error::File(problems)) => Ok(Outcome::Problems(filled.placed(problems))),
        Err(error @ Error::ChangedMeanwhile) => Ok(Outcome::Refused(error)),
        done => done,
    }
}

/// The fields with what was typed into them.
fn typed(question: Option<&Question>, kinds: &Kinds, both: bool, visit: &Visit, sent: &Fields) -> Vec<FormField> {
    let mut fields = form::fields(question, kinds, both, visit.language);
    for field in &mut fields {
        let values: Vec<&str> = sent.all(&field.name).collect();
        field.value = match field.used {
            Use::Answer => values.join(", "),
            _ => values.first().copied().unwrap_or_default().to_owned(),
        };
    }
    fields
}
