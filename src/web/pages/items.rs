//! Item analysis: the questions of a test, one of them, and one of a bank across tests.

use crate::app::App;
use crate::http::{Access, Route};
use crate::service::error::Thing;
use crate::service::{Error, items};
use crate::web::views::items::{self as view, Shown, Sort};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/items", Access::REPORTS, list),
        Route::get("/tests/{test}/items/{bank}/{question}", Access::REPORTS, one),
        Route::get("/tests/{test}/study", Access::REPORTS, study),
        Route::get("/banks/{bank}/questions/{question}", Access::ORGANIZER, history),
    ]
}

#[derive(Deserialize)]
struct Asked {
    branch: Option<String>,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    from: usize,
    #[serde(default)]
    bank: String,
    #[serde(default)]
    topic: String,
}

impl Asked {
    fn code(&self) -> Option<&str> {
        self.branch.as_deref().filter(|code| !code.is_empty())
    }
}

async fn list(State(app): State<App>, visit: Visit, Path(name): Path<String>, Query(asked): Query<Asked>) -> Response {
    let found = items::items(&app, &visit.caller, visit.now_ms, &name, asked.code()).await;
    visit.answer(found.map(|items| {
        let words = visit.words();
        let title = format!("{} · {}", words.t("items"), words.of(&items.test.definition.title));
        let shown = Shown {
            topic: view::topic(&items, &asked.bank, &asked.topic),
            items: &items,
            sort: Sort::from_name(&asked.sort),
            from: asked.from,
            now_ms: visit.now_ms,
        };
        visit.page(&title, view::items(words, &shown))
    }))
}

/// What is to be taught, to print.
async fn study(State(app): State<App>, visit: Visit, Path(name): Path<String>, Query(asked): Query<Asked>) -> Response {
    let found = items::items(&app, &visit.caller, visit.now_ms, &name, asked.code()).await;
    visit.answer(found.map(|items| {
        let words = visit.words();
        let title = format!("{} · {}", words.t("study"), words.of(&items.test.definition.title));
        visit.page(&title, view::study::study(words, &items, visit.now_ms))
    }))
}

async fn one(
    State(app): State<App>,
    visit: Visit,
    Path((name, bank, question)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let found = items::items(&app, &visit.caller, visit.now_ms, &name, asked.code()).await.and_then(|items| {
        let is_meant = |line: &&items::Line| {
            let asked = &line.figures.asked;
            *asked.bank == *bank && asked.question.id == question
        };
        let line = items.questions.iter().find(is_meant).ok_or(Error::NotFound(Thing::Question))?;
        Ok(visit.page(&question, view::question(visit.words(), &items, line)))
    });
    visit.answer(found)
}

async fn history(State(app): State<App>, visit: Visit, Path((bank, question)): Path<(String, String)>) -> Response {
    let found = items::history(&app, &visit.caller, &bank, &question).await;
    visit.answer(found.map(|history| visit.page(&question, view::history(visit.words(), &history))))
}
