//! Who was drawn for an inspection.

use crate::api::Answer;
use crate::app::App;
use crate::http::{Access, Route, SignedIn};
use crate::rules::rights::Caller;
use crate::service::people::shown_login;
use crate::service::samples::{self, Sampled};
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/tests/{test}/sample", Access::REPORTS, show)]
}

async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    answer.json(samples::show(&app, &caller, &name).await.map(|sampled| document(&sampled, &caller)))
}

/// Who was drawn, as the API and the command line give it.
pub fn document(sampled: &Sampled, caller: &Caller) -> Value {
    let groups: Vec<Value> = sampled
        .groups
        .iter()
        .map(|group| {
            json!({ "branch": group.branch.as_ref().map(|node| &node.code), "category": group.category,
                "members": group.members, "drawn": group.drawn })
        })
        .collect();
    let people = sampled.people.iter().flat_map(|(branch, people)| people.iter().map(move |person| (branch, person)));
    let people: Vec<Value> = people
        .map(|(branch, person)| {
            json!({ "login": shown_login(&person.login, caller), "person": person.id, "name": person.name,
                "branch": branch.code, "category": person.category })
        })
        .collect();
    json!({ "test": sampled.test.row.name, "commitment": sampled.test.row.commitment, "groups": groups,
        "people": people })
}
