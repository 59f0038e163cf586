//! Clauses that questions cite as data, and what was amended of them.

use crate::api::search::{From, named};
use crate::api::{Answer, Body, body, required_text, text_or_empty, time};
use crate::app::App;
use crate::formats::reader::{Fields, MOST_TEXT_CHARACTERS, Reader};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::rules::clauses::Regulation;
use crate::service::clauses::{self, Amended, Amending, Opened};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/clauses", Access::ORGANIZER, index),
        Route::get("/api/v1/clauses/amended", Access::ORGANIZER, list),
        Route::post("/api/v1/clauses/amended", Access::ORGANIZER, amend),
        Route::get("/api/v1/clauses/amended/{amended}", Access::ORGANIZER, open).with_query(&FROM),
        Route::delete("/api/v1/clauses/amended/{amended}", Access::ORGANIZER, withdraw),
        Route::post("/api/v1/clauses/amended/{amended}/checked", Access::ORGANIZER, check),
        Route::post("/api/v1/clauses/amended/{amended}/retired", Access::ORGANIZER, retire),
    ]
}

const FROM: [Parameter; 1] = [Parameter::from()];
/// Most questions that are named at once.
const MOST_NAMED: usize = 1_000;

async fn index(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    answer.json(clauses::index(&app, &caller).await.map(|all| document_of_index(&all)))
}

/// Regulations with their articles, as a document.
pub(crate) fn document_of_index(all: &[Regulation]) -> Value {
    let one = |regulation: &Regulation| {
        let article = |(article, [drawable, retired]): &(Option<u32>, [usize; 2])| json!({ "article": article, "questions": drawable, "retired": retired });
        let gap = |gap: std::ops::RangeInclusive<u32>| json!({ "from": gap.start(), "to": gap.end() });
        json!({ "regulation": regulation.name, "questions": regulation.drawable(), "retired": regulation.retired(),
            "articles": regulation.articles.iter().map(article).collect::<Value>(),
            "without_question": regulation.gaps().into_iter().map(gap).collect::<Value>() })
    };
    all.iter().map(one).collect()
}

fn amended(one: &Amended) -> Value {
    let row = &one.row;
    json!({ "amended": row.id, "regulation": row.regulation, "article": row.article, "on": row.amended_on, "note": row.note,
        "branch": one.branch, "noted_by": one.noted_by, "noted_at": time(row.noted_at_ms), "to_check": one.open })
}

async fn list(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    answer.json(clauses::amended(&app, &caller).await.map(|all| document_of_amended(&all)))
}

/// What was amended, as a document.
pub(crate) fn document_of_amended(all: &[Amended]) -> Value {
    all.iter().map(amended).collect()
}

impl Body for Amending {
    const FIELDS: &'static [&'static str] = &["regulation", "article", "on", "note"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let article = match fields.get("article") {
            None | Some(crate::formats::json::Value::Null { .. }) => Some(String::new()),
            Some(value) => reader.integer(value, 1..=u32::MAX).map(|article| article.to_string()),
        };
        let regulation = required_text(reader, fields, "regulation");
        let (on, note) = (required_text(reader, fields, "on"), required_text(reader, fields, "note"));
        Some(Self { regulation: regulation?, article: article?, on: on?, note: note? })
    }
}

async fn amend(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let done = async { clauses::amend(&app, &caller, now, &body(&bytes)?).await };
    answer.json(done.await.map(|id| json!({ "amended": id })))
}

async fn open(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    Query(page): Query<From>,
    answer: Answer,
) -> Response {
    answer.json(clauses::open(&app, &caller, &id, page.from).await.map(|opened| document(&opened)))
}

/// An amended clause with the questions that have still to be checked, as a document.
pub(crate) fn document(opened: &Opened) -> Value {
    let mut value = amended(&opened.amended);
    if let Some(members) = value.as_object_mut() {
        let questions = opened.questions.iter().map(|(bank, question)| named(&opened.banks, *bank, question));
        members.insert("from".to_owned(), opened.from.into());
        members.insert("questions".to_owned(), questions.collect());
    }
    value
}

async fn withdraw(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    answer: Answer,
) -> Response {
    answer.empty(clauses::withdraw(&app, &caller, &id).await)
}

/// Questions by `bank/question`, and why.
struct Chosen {
    questions: Vec<String>,
    note: String,
}

impl Body for Chosen {
    const FIELDS: &'static [&'static str] = &["questions", "note"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let items = reader.required(fields, "questions").and_then(|value| reader.list(value, MOST_NAMED));
        let mut questions = Vec::new();
        for item in items? {
            questions.push(reader.text(item, MOST_TEXT_CHARACTERS)?.into_owned());
        }
        Some(Self { questions, note: text_or_empty(reader, fields, "note")? })
    }
}

async fn check(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(id): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let done = async {
        let Chosen { questions, .. } = body(&bytes)?;
        clauses::check(&app, &caller, now, &id, &questions).await
    };
    answer.json(done.await.map(|count| json!({ "checked": count })))
}

async fn retire(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(id): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let done = async {
        let Chosen { questions, note } = body(&bytes)?;
        clauses::retire(&app, &caller, now, &id, (&questions, &note)).await
    };
    answer.json(done.await)
}
