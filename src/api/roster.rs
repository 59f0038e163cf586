//! Loading branches and members from sheets.

use crate::api::Answer;
use crate::app::App;
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::limits;
use crate::service::roster;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/roster/branches", Access::ADMINISTRATOR, load_branches)
            .with_body(limits::ROSTER_BYTES)
            .with_query(&OF_BRANCHES),
        Route::post("/api/v1/roster/members", Access::ADMINISTRATOR, load_members)
            .with_body(limits::ROSTER_BYTES)
            .with_query(&OF_MEMBERS),
    ]
}

const OF_BRANCHES: [Parameter; 2] = [Parameter::switch("dry_run"), Parameter::texts("column")];
const OF_MEMBERS: [Parameter; 4] =
    [Parameter::switch("dry_run"), Parameter::texts("column"), Parameter::texts("same"), Parameter::texts("left")];

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Said {
    dry_run: bool,
    column: Vec<String>,
    same: Vec<String>,
    left: Vec<String>,
}

impl Said {
    fn options(&self) -> crate::service::Result<roster::Options> {
        roster::said(self.dry_run, &self.column, &self.same, &self.left)
    }
}

async fn load_branches(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Query(said): Query<Said>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let loaded = async { roster::load_branches(&app, &caller, now, bytes.to_vec(), said.options()?).await };
    answer.json(loaded.await)
}

async fn load_members(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Query(said): Query<Said>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let loaded = async { roster::load_members(&app, &caller, now, bytes.to_vec(), said.options()?).await };
    answer.json(loaded.await)
}
