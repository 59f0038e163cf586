//! Keeping branches, one by one.

use crate::api::{Answer, Body, body, optional_text, required_text, text_or_empty};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::rules::tree::Node;
use crate::service::branches::{self, Facts};
use crate::service::people::current_tree;
use crate::service::{Error, Result};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    let access = Access::ADMINISTRATOR;
    vec![
        Route::post("/api/v1/branches", access, add),
        Route::patch("/api/v1/branches/{code}", access, change),
        Route::post("/api/v1/branches/{code}/move", access, move_below),
        Route::post("/api/v1/branches/{code}/order", access, reorder),
        Route::delete("/api/v1/branches/{code}", access, delete),
    ]
}

async fn described(app: &App, node: Node) -> Result<Value> {
    let tree = current_tree(app).await?;
    let parent = node.parent.as_deref().and_then(|id| tree.get(id)).map(|above| above.code.as_str());
    Ok(json!({ "code": node.code, "name": node.name, "kind": node.kind, "parent": parent }))
}

struct NewBranch {
    facts: Facts,
    parent: String,
}

impl Body for NewBranch {
    const FIELDS: &'static [&'static str] = &["code", "name", "kind", "parent"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let (code, name) = (required_text(reader, fields, "code"), required_text(reader, fields, "name"));
        let (kind, parent) = (optional_text(reader, fields, "kind"), optional_text(reader, fields, "parent"));
        let facts = Facts { code: Some(code?), name: Some(name?), kind: kind?.text() };
        Some(Self { facts, parent: parent?.text().unwrap_or_default() })
    }
}

async fn add(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let NewBranch { facts, parent } = body(&bytes)?;
        described(&app, branches::add(&app, &caller, now, &facts, &parent).await?).await
    };
    match result.await {
        Ok(value) => (StatusCode::CREATED, crate::api::json(&value)).into_response(),
        Err(error) => answer.problem(error).into_response(),
    }
}

impl Body for Facts {
    const FIELDS: &'static [&'static str] = &["code", "name", "kind"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let (code, name) = (optional_text(reader, fields, "code"), optional_text(reader, fields, "name"));
        let kind = optional_text(reader, fields, "kind");
        Some(Self { code: code?.text(), name: name?.text(), kind: kind?.text() })
    }
}

async fn change(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(code): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async { described(&app, branches::change(&app, &caller, now, &code, &body(&bytes)?).await?).await };
    answer.json(result.await)
}

/// Where a branch is to stand: below another, or at the top where that is null or empty.
struct Below {
    parent: String,
}

impl Body for Below {
    const FIELDS: &'static [&'static str] = &["parent"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        reader.required(fields, "parent")?;
        Some(Self { parent: optional_text(reader, fields, "parent")?.text().unwrap_or_default() })
    }
}

async fn move_below(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(code): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Below { parent } = body(&bytes)?;
        described(&app, branches::move_below(&app, &caller, now, &code, &parent).await?).await
    };
    answer.json(result.await)
}

struct Order {
    to: String,
}

impl Body for Order {
    const FIELDS: &'static [&'static str] = &["to"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        Some(Self { to: text_or_empty(reader, fields, "to")? })
    }
}

async fn reorder(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(code): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Order { to } = body(&bytes)?;
        let up = match to.as_str() {
            "up" => true,
            "down" => false,
            _ => return Err(Error::Invalid { field: "to", expected: "up-or-down" }),
        };
        described(&app, branches::reorder(&app, &caller, now, &code, up).await?).await
    };
    answer.json(result.await)
}

async fn delete(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(code): Path<String>,
    answer: Answer,
) -> Response {
    answer.empty(branches::delete(&app, &caller, now, &code).await)
}
