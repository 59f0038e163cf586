//! Changing a bank's titles, topics and the order of its questions.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::rules::bank::Topic;
use crate::rules::outline::{Move, Outline};
use crate::rules::text::{EachLanguage, Text};
use crate::service::banks::drafts::outline::{self, Opened, Wish};
use crate::service::{Error, Result};
use crate::web::draft::versions;
use crate::web::input::Fields;
use crate::web::views::banks::outline::{self as view, Shown, TopicRow, Typed};
use crate::web::visit::{Visit, go, segment};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use std::collections::HashSet;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/banks/{bank}/draft/outline", Access::ORGANIZER, show),
        Route::post("/banks/{bank}/draft/outline", Access::ORGANIZER, save),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Page {
    from: usize,
    done: String,
}

async fn show(State(app): State<App>, visit: Visit, Path(name): Path<String>, Query(page): Query<Page>) -> Response {
    let result = async {
        let opened = outline::open(&app, &visit.caller, &name).await?;
        let done = match page.done.as_str() {
            "saved" => Some("outline-saved"),
            "moved" => Some("outline-moved"),
            _ => None,
        };
        Ok(render(&visit, &opened, &typed_of(&opened.outline), (&opened.version, page.from), (None, done)))
    };
    let result = result.await;
    visit.answer(result)
}

fn render(
    visit: &Visit,
    opened: &Opened,
    typed: &Typed,
    (seen, from): (&str, usize),
    (error, done): (Option<&Error>, Option<&'static str>),
) -> Response {
    let words = visit.words();
    let problems = match error {
        Some(Error::File(problems)) => problems.as_slice(),
        _ => &[],
    };
    let from = if from < opened.order.len() { from } else { 0 };
    let refused = error.map(|error| describe(visit.language, error));
    let status = error.map_or(StatusCode::OK, crate::api::problem::status);
    let shown = Shown { opened, typed, seen, refused, problems, done, from };
    visit.page_with(status, &words.t("outline"), view::outline(words, &shown))
}

fn typed_of(outline: &Outline) -> Typed {
    let topic = |topic: &Topic| {
        let (zh, en) = versions(&topic.title);
        TopicRow { id: topic.id.clone(), is_old: true, zh, en }
    };
    Typed {
        title: versions(&outline.title),
        source: outline.source.as_ref().map(versions).unwrap_or_default(),
        topics: outline.topics.iter().map(topic).collect(),
    }
}

fn read(fields: &Fields) -> Typed {
    let text = |name: &str| fields.get(name).trim().to_owned();
    let pair = |name: &str| (text(&format!("{name}-zh")), text(&format!("{name}-en")));
    let topic = |index: usize| {
        let (zh, en) = pair(&format!("t{index}"));
        TopicRow { id: text(&format!("t{index}-id")), is_old: fields.has(&format!("t{index}-old")), zh, en }
    };
    let rows = (0..).take_while(|index| fields.has(&format!("t{index}-id")));
    Typed { title: pair("title"), source: pair("source"), topics: rows.map(topic).collect() }
}

/// A text of two versions; what says nothing new is left as it was.
fn text((zh, en): (&str, &str), before: Option<&Text>) -> Text {
    match before {
        Some(before) if versions(before) == (zh.to_owned(), en.to_owned()) => before.clone(),
        _ if zh.is_empty() || en.is_empty() => Text::Same(format!("{zh}{en}")),
        _ => Text::Each(EachLanguage { zh: Some(zh.to_owned()), en: Some(en.to_owned()) }),
    }
}

/// The outline that a form asks for. Rows of new topics in which nothing was written are none.
fn wished(typed: &Typed, opened: &Opened) -> Outline {
    let before = &opened.outline;
    let mut taken: HashSet<String> = typed.topics.iter().map(|topic| topic.id.clone()).collect();
    let mut topics = Vec::with_capacity(typed.topics.len());
    for row in &typed.topics {
        if !row.is_old && row.id.is_empty() && row.zh.is_empty() && row.en.is_empty() {
            continue;
        }
        let mut id = row.id.clone();
        if id.is_empty() {
            // Of one number more than are taken, one is free.
            let numbers = (1..=taken.len() + 1).map(|number| format!("t{number:02}"));
            id = numbers.into_iter().find(|id| !taken.contains(id)).unwrap_or_default();
            taken.insert(id.clone());
        }
        let known = before.topics.iter().find(|topic| topic.id == id).map(|topic| &topic.title);
        topics.push(Topic { title: text((&row.zh, &row.en), known), id });
    }
    let (zh, en) = &typed.source;
    let source = (!zh.is_empty() || !en.is_empty()).then(|| text((zh, en), before.source.as_ref()));
    let title = text((&typed.title.0, &typed.title.1), Some(&before.title));
    Outline { title, source, topics, moves: moves(opened) }
}

/// The moves that wait, but those of questions that are no longer there.
fn moves(opened: &Opened) -> Vec<Move> {
    let ids: HashSet<&str> = opened.order.iter().map(|(id, _)| id.as_str()).collect();
    let is_there = |id: &String| ids.contains(id.as_str());
    let all = opened.outline.moves.iter();
    all.filter(|one| is_there(&one.question) && one.after.as_ref().is_none_or(is_there)).cloned().collect()
}

/// Does what a button of the table of topics asks for; whether there is such a button.
fn act(typed: &mut Typed, action: &str) -> bool {
    let (verb, index) = action.split_once(':').unwrap_or((action, ""));
    let index = index.parse::<usize>().ok().filter(|index| *index < typed.topics.len());
    match (verb, index) {
        ("add", _) => typed.topics.push(TopicRow::default()),
        ("remove", Some(index)) => drop(typed.topics.remove(index)),
        ("up", Some(index)) if index > 0 => typed.topics.swap(index - 1, index),
        ("down", Some(index)) if index + 1 < typed.topics.len() => typed.topics.swap(index, index + 1),
        _ => return false,
    }
    true
}

/// The outline with one question moved to a place among all, from 1.
fn moved(opened: &Opened, id: &str, place: &str) -> Result<Outline> {
    let wrong = || Error::Invalid { field: "place", expected: "place" };
    let place: usize = crate::rules::text::fold(place).trim().parse().map_err(|_| wrong())?;
    let others: Vec<&String> = opened.order.iter().map(|(other, _)| other).filter(|other| *other != id).collect();
    if place == 0 || place > others.len() + 1 || others.len() == opened.order.len() {
        return Err(wrong());
    }
    let after = place.checked_sub(2).and_then(|index| others.get(index)).map(|id| (*id).clone());
    let mut moves = moves(opened);
    moves.push(Move { question: id.to_owned(), after });
    Ok(Outline { moves, ..opened.outline.clone() })
}

async fn save(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(page): Query<Page>,
    fields: Fields,
) -> Response {
    let result = async {
        let opened = outline::open(&app, &visit.caller, &name).await?;
        let (seen, action) = (fields.get("seen"), fields.get("action"));
        let at = (seen, page.from);
        let (outline, typed, done) = if let Some(id) = action.strip_prefix("move:") {
            let typed = typed_of(&opened.outline);
            match moved(&opened, id, fields.get(&format!("place-{id}"))) {
                Ok(outline) => (outline, typed, "moved"),
                Err(error) => return Ok(render(&visit, &opened, &typed, at, (Some(&error), None))),
            }
        } else {
            let mut typed = read(&fields);
            if act(&mut typed, action) {
                return Ok(render(&visit, &opened, &typed, at, (None, None)));
            }
            (wished(&typed, &opened), typed, "saved")
        };
        let wish = Wish { outline, seen: seen.to_owned() };
        match outline::save(&app, &visit.caller, visit.now_ms, &name, wish).await {
            Ok(_) => {
                let from = page.from;
                let anchor = if done == "moved" { "#order" } else { "" };
                Ok(go(&format!("/banks/{}/draft/outline?from={from}&done={done}{anchor}", segment(&name))))
            }
            Err(error @ (Error::File(_) | Error::Invalid { .. } | Error::ChangedMeanwhile)) => {
                Ok(render(&visit, &opened, &typed, at, (Some(&error), None)))
            }
            Err(error) => Err(error),
        }
    };
    let result = result.await;
    visit.answer(result)
}
