//! Files of questions that are kept until they are loaded: looked at, mended, loaded.

use super::question_form::{Outcome, Shape, add_picture, fill, page, sent_kind, try_it};
use crate::app::App;
use crate::formats::picture;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::limits;
use crate::rules::question::Kind;
use crate::service::banks::kept::{self, Item, Kept, Looked};
use crate::service::error::Thing;
use crate::service::{Error, Result};
use crate::web::input::{Fields, Upload};
use crate::web::views::banks::editor::{Place, Shown};
use crate::web::views::banks::kept as view;
use crate::web::visit::{Visit, go, segment, to_its_end};
use crate::web::words::Words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::Value;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/question-files/{file}", Access::ORGANIZER, show),
        Route::post("/question-files/{file}", Access::ORGANIZER, decide),
        Route::get("/question-files/{file}/{number}", Access::ORGANIZER, question),
        Route::post("/question-files/{file}/{number}", Access::ORGANIZER, save)
            .with_body(limits::BODY_BYTES + picture::MOST_BYTES),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Page {
    from: usize,
    as_member: bool,
}

async fn show(State(app): State<App>, visit: Visit, Path(id): Path<String>, Query(asked): Query<Page>) -> Response {
    let result = async {
        let kept = kept::open(&app, &visit.caller, &id).await?;
        render(&visit, &kept, &asked, None).await
    };
    let result = result.await;
    visit.answer(result)
}

async fn render(visit: &Visit, kept: &Kept, asked: &Page, error: Option<&Error>) -> Result<Response> {
    let looked = kept::look(kept).await?;
    let shown = view::Shown {
        kept,
        from: if asked.from < looked.items.len() { asked.from } else { 0 },
        looked: &looked,
        as_member: asked.as_member,
        refused: error.map(|error| describe(visit.language, error)),
    };
    let status = error.map_or(StatusCode::OK, crate::api::problem::status);
    Ok(visit.page_with(status, &kept.reading.file, view::kept(visit.words(), &shown)))
}

async fn decide(State(app): State<App>, visit: Visit, Path(id): Path<String>, fields: Fields) -> Response {
    let result = async {
        let kept = kept::open(&app, &visit.caller, &id).await?;
        let done = act(&app, &visit, &kept, &fields).await;
        match done {
            Ok(path) => Ok(go(&path)),
            Err(error @ (Error::File(_) | Error::ChangedMeanwhile | Error::NameTaken(_))) => {
                render(&visit, &kept, &Page::default(), Some(&error)).await
            }
            Err(error) => Err(error),
        }
    };
    let result = result.await;
    visit.answer(result)
}

/// Does what a button asks for; where to go on.
async fn act(app: &App, visit: &Visit, kept: &Kept, fields: &Fields) -> Result<String> {
    let here = view::address(&kept.id);
    let number = || numbered(fields.get("number"));
    match fields.get("action") {
        "load" => {
            let (app, caller, kept, now_ms) = (app.clone(), visit.caller.clone(), kept.clone(), visit.now_ms);
            let shared = fields.has("shared");
            let loaded = to_its_end(async move { kept::load(&app, &caller, now_ms, &kept, shared).await }).await?;
            Ok(format!("/banks/{}", segment(&loaded.bank)))
        }
        "forget" => kept::forget(app, &visit.caller, kept).await.map(|()| "/banks".to_owned()),
        "leave-out" => {
            let place = (number()?, fields.get("seen"));
            kept::mend(app, &visit.caller, kept, place, None).await.map(|()| here)
        }
        _ => kept::restore(app, &visit.caller, kept, number()?).await.map(|()| here),
    }
}

/// The place of a question from its number, which counts from 1.
fn numbered(number: &str) -> Result<usize> {
    let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    place.ok_or(Error::NotFound(Thing::Question))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    kind: String,
}

fn place<'l>(words: Words, kept: &Kept, looked: &'l Looked, item: &Item) -> Place<'l> {
    let own = view::address(&kept.id);
    Place {
        above: vec![("/banks".into(), words.t("nav-banks")), (own.clone(), kept.reading.file.clone())],
        action: format!("{own}/{}", item.number + 1),
        title: words.with("kept-number", &[("number", crate::web::words::count(item.number + 1))]),
        topics: &looked.topics,
        renames: true,
        may_wait: true,
    }
}

async fn opened(app: &App, visit: &Visit, id: &str, number: &str) -> Result<(Kept, Looked, Item)> {
    let number = numbered(number)?;
    let kept = kept::open(app, &visit.caller, id).await?;
    let looked = kept::look(&kept).await?;
    let item = looked.items.get(number).cloned().ok_or(Error::NotFound(Thing::Question))?;
    Ok((kept, looked, item))
}

fn id_of(item: &Item) -> &str {
    item.written.get("id").and_then(Value::as_str).unwrap_or_default()
}

async fn question(
    State(app): State<App>,
    visit: Visit,
    Path((id, number)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let result = async {
        let (kept, looked, item) = opened(&app, &visit, &id, &number).await?;
        // What has no kind that is known is taken for the commonest, until somebody says otherwise.
        let kind = Kind::from_name(&asked.kind);
        let shape = Shape::of(Some(&item.written), kind, false, visit.language)
            .or_else(|| Shape::of(Some(&item.written), Some(Kind::Single), false, visit.language))
            .ok_or(Error::Invalid { field: "kind", expected: "kind" })?;
        let own = id_of(&item);
        let fields = shape.sent(own);
        let outcome = try_it((&fields, shape.kinds.whole, own), &looked.topics, async |question| {
            kept::check(&app, &kept, item.number, &question).await.map(Some)
        })
        .await?;
        let place = place(visit.words(), &kept, &looked, &item);
        let shown = Shown {
            place: &place,
            id: own,
            is_new: false,
            kinds: &shape.kinds,
            sort: (&shape.topic, &shape.difficulty),
            both: shape.both,
            seen: &item.version,
            fields: &shape.fields,
            checked: outcome.checked(),
            problems: outcome.problems(),
            refused: None,
            newer: None,
        };
        Ok(page(&visit, StatusCode::OK, &shown))
    };
    let result = result.await;
    visit.answer(result)
}

async fn save(
    State(app): State<App>,
    visit: Visit,
    Path((id, number)): Path<(String, String)>,
    mut upload: Upload,
) -> Response {
    let refused = match add_picture(&app, &visit, &mut upload).await {
        Ok(refused) => refused,
        Err(error) => return visit.error(&error),
    };
    let result = answer(&app, &visit, (&id, &number), &upload.fields, refused).await;
    visit.answer(result)
}

async fn answer(
    app: &App,
    visit: &Visit,
    (id, number): (&str, &str),
    fields: &Fields,
    refused: Option<Error>,
) -> Result<Response> {
    let (kept, looked, item) = opened(app, visit, id, number).await?;
    let kind = sent_kind(fields)?;
    let typed = fields.get("id").trim();
    let own = if typed.is_empty() { id_of(&item) } else { typed };
    let outcome = async |kind| {
        let action = fields.get("action");
        try_it((fields, kind, own), &looked.topics, async |question| {
            if action != "unfinished" {
                let checked = kept::check(app, &kept, item.number, &question).await?;
                if action != "save" {
                    return Ok(Some(checked));
                }
            }
            let place = (item.number, fields.get("seen"));
            kept::mend(app, &visit.caller, &kept, place, Some(&question)).await.map(|()| None)
        })
        .await
    };
    let filled = fill(fields, (kind, Some(&item.written)), visit, refused, outcome).await?;
    if matches!(filled.outcome, Outcome::Saved) {
        return Ok(go(&view::address(&kept.id)));
    }
    let place = place(visit.words(), &kept, &looked, &item);
    Ok(filled.answer(visit, &place, fields, false))
}
