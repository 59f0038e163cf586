//! The trial of a device before a test: one's own, and who has passed.

use crate::api::{Answer, Body, body, text_or_empty};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::service::device_checks::{self, OfBranch};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::put("/api/v1/tests/{test}/device-check", Access::SignedIn, save),
        Route::get("/api/v1/tests/{test}/device-checks", Access::REPORTS, overview),
    ]
}

struct Given {
    shape: String,
    word: String,
}

impl Body for Given {
    const FIELDS: &'static [&'static str] = &["shape", "word"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let (shape, word) = (text_or_empty(reader, fields, "shape"), text_or_empty(reader, fields, "word"));
        Some(Self { shape: shape?, word: word? })
    }
}

async fn save(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Given { shape, word } = body(&bytes)?;
        device_checks::save(&app, &caller, now, &name, &shape, &word).await
    };
    answer.json(result.await.map(|trial| {
        json!({ "shape": trial.shape_is_right(), "word": trial.word_is_right(), "passed": trial.check.passed_at_ms.is_some() })
    }))
}

async fn overview(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    let of = |one: &OfBranch| {
        json!({ "branch": one.branch.code, "name": one.branch.name, "due": one.due,
            "checked": one.due - one.missing.len(), "missing": one.missing })
    };
    let overview = device_checks::overview(&app, &caller, &name).await;
    answer.json(overview.map(|overview| {
        json!({ "due": overview.due(), "checked": overview.checked(),
            "branches": overview.branches.iter().map(of).collect::<Value>() })
    }))
}
