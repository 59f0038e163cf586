//! Looking for questions over all banks, and those of different banks that ask nearly the same.

use crate::app::App;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::rules::search::Asked;
use crate::service::{Error, search};
use crate::web::views::search as view;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/questions", Access::ORGANIZER, list),
        Route::get("/questions/duplicates", Access::ORGANIZER, duplicates),
    ]
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct From {
    from: usize,
}

async fn list(State(app): State<App>, visit: Visit, Query(asked): Query<Asked>, Query(page): Query<From>) -> Response {
    let words = visit.words();
    let title = words.t("search-title");
    let looked = async {
        let choices = search::choices(&app, &visit.caller).await?;
        let found = async { search::search(&app, &visit.caller, &search::wanted(&asked)?, page.from).await };
        match found.await {
            Ok(found) => {
                let behaved =
                    !asked.used.is_empty() || !asked.facility_from.is_empty() || !asked.facility_to.is_empty();
                let results = view::results(words, &asked, &found, behaved);
                Ok(visit.page(&title, view::search(words, &choices, &asked, None, &results)))
            }
            // What was typed stays, with what is wrong with it.
            Err(error @ Error::Invalid { field, .. }) => {
                let told = (field, describe(visit.language, &error));
                let body = view::search(words, &choices, &asked, Some(&told), &maud::html! {});
                Ok(visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &title, body))
            }
            Err(error) => Err(error),
        }
    };
    let result = looked.await;
    visit.answer(result)
}

async fn duplicates(State(app): State<App>, visit: Visit, Query(page): Query<From>) -> Response {
    let pairs = search::duplicates(&app, &visit.caller, page.from).await;
    visit.answer(pairs.map(|pairs| {
        let words = visit.words();
        visit.page(&words.t("duplicates"), view::duplicates(words, &pairs))
    }))
}
