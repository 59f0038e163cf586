//! Looking for questions over all banks whose keys the caller may read.

use crate::api::Answer;
use crate::app::App;
use crate::formats::bank_json::written_question;
use crate::http::{Access, Parameter, Route, SignedIn};
use crate::rules::search::Asked;
use crate::service::banks::Listed;
use crate::service::items::Behaved;
use crate::service::search::{self, Found, Pair, Pairs};
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/questions", Access::ORGANIZER, list).with_query(&SEARCH),
        Route::get("/api/v1/questions/duplicates", Access::ORGANIZER, duplicates).with_query(&FROM),
    ]
}

const FROM: [Parameter; 1] = [Parameter::from()];
const SEARCH: [Parameter; 14] = [
    Parameter::text("text"),
    Parameter::text("bank"),
    Parameter::text("topic"),
    Parameter::text("kind"),
    Parameter::text("difficulty_from"),
    Parameter::text("difficulty_to"),
    Parameter::text("regulation"),
    Parameter::text("article"),
    Parameter::text("lint"),
    Parameter::switch("retired"),
    Parameter::text("used"),
    Parameter::text("facility_from"),
    Parameter::text("facility_to"),
    Parameter::from(),
];

/// Where a page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct From {
    /// How many stand before it.
    pub(crate) from: usize,
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Query(asked): Query<Asked>,
    Query(page): Query<From>,
    answer: Answer,
) -> Response {
    let found = async { search::search(&app, &caller, &search::wanted(&asked)?, page.from).await };
    answer.json(found.await.map(|found| document(&found)))
}

/// What was found, as a document.
pub(crate) fn document(found: &Found) -> Value {
    let one = |hit: &search::Hit| {
        let mut value = named(&found.banks, hit.bank, &hit.question);
        if let (Some(members), Some(behaved)) = (value.as_object_mut(), &hit.behaved) {
            members.insert("used".to_owned(), used(behaved));
        }
        value
    };
    json!({ "count": found.count, "from": found.from, "questions": found.hits.iter().map(one).collect::<Value>() })
}

/// A question with its bank.
pub(crate) fn named(banks: &[Listed], bank: usize, question: &crate::rules::question::Question) -> Value {
    let row = banks.get(bank).map(|bank| &bank.row);
    json!({ "bank": row.map(|row| &row.name), "edition": row.map(|row| row.number), "question": written_question(question) })
}

fn used(behaved: &Behaved) -> Value {
    let figures = behaved.last.as_ref();
    let flags: Option<Vec<&str>> = figures.map(|figures| figures.flags.iter().map(|flag| flag.name()).collect());
    json!({ "tests": behaved.tests, "attempts": figures.map(|figures| figures.attempts),
        "facility": figures.and_then(|figures| figures.facility),
        "discrimination": figures.and_then(|figures| figures.discrimination), "flags": flags })
}

async fn duplicates(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Query(page): Query<From>,
    answer: Answer,
) -> Response {
    let pairs = search::duplicates(&app, &caller, page.from).await;
    answer.json(pairs.map(|pairs| document_of_pairs(&pairs)))
}

/// Pairs that ask nearly the same, as a document.
pub(crate) fn document_of_pairs(pairs: &Pairs) -> Value {
    let one = |pair: &Pair| {
        let questions = pair.questions.each_ref().map(|(bank, question)| named(&pairs.banks, *bank, question));
        json!({ "contradicting": pair.contradicts, "questions": questions })
    };
    json!({ "count": pairs.count, "contradicting": pairs.contradicting, "from": pairs.from,
        "pairs": pairs.pairs.iter().map(one).collect::<Value>() })
}
