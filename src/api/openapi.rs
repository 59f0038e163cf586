//! The description of the API, made from the table of routes so that none can be missing.

mod requests;
mod summaries;

pub use summaries::SUMMARIES;

use crate::documents::Document;
use crate::http::{Access, Route, Takes};
use axum::http::Method;
use axum::response::Response;
use requests::request;
use serde_json::{Map, Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/openapi.json", Access::Anyone, show)]
}

async fn show() -> Response {
    crate::api::json(&document())
}

/// The whole description (OpenAPI 3.1).
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in crate::api::routes() {
        let name = format!("{} {}", route.method, route.path);
        let summary =
            SUMMARIES.iter().find(|(known, _)| *known == name).map(|(_, summary)| *summary).unwrap_or_default();
        let parameters: Vec<Value> = path_names(route.path)
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .chain(route.query.iter().map(|parameter| {
                let kind = match parameter.takes {
                    Takes::Switch => "boolean",
                    Takes::Whole(_) => "integer",
                    Takes::Text | Takes::Texts => "string",
                };
                json!({ "name": parameter.name, "in": "query", "schema": { "type": kind } })
            }))
            .collect();
        let security =
            if route.access == Access::Anyone { json!([]) } else { json!([{ "bearer": [] }, { "cookie": [] }]) };
        let mut operation = json!({
            "summary": summary,
            "security": security,
            "responses": responses(&route, &name),
        });
        if let Some(members) = operation.as_object_mut() {
            if !parameters.is_empty() {
                members.insert("parameters".into(), json!(parameters));
            }
            if let Some((kind, schema)) = request(&name) {
                members.insert("requestBody".into(), json!({ "content": { kind: { "schema": schema } } }));
            }
        }
        let path = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(members) = path.as_object_mut() {
            members.insert(route.method.as_str().to_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Kaohe", "version": env!("CARGO_PKG_VERSION"), "description": "A knowledge-test and assessment server." },
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" }, "cookie": { "type": "apiKey", "in": "cookie", "name": "kaohe_session" } },
            "schemas": { "Problem": problem_schema() },
        },
    })
}

/// What a call answers, its refusals included.
fn responses(route: &Route, name: &str) -> Value {
    let mut done = json!({ "description": "Done", "content": content(name) });
    let is_sitting = name.contains("/attempts") && !name.contains(".csv");
    let problem = |description: &str| {
        let mut problem = json!({ "description": description,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } });
        if let (Some(members), true) = (problem.as_object_mut(), is_sitting) {
            members.insert("headers".into(), time_headers());
        }
        problem
    };
    if let (Some(members), true) = (done.as_object_mut(), is_sitting) {
        members.insert("headers".into(), time_headers());
    }
    let mut responses = Map::new();
    responses.insert(success(name).into(), done);
    for (status, description) in refusals(route, name) {
        responses.insert((*status).into(), problem(description));
    }
    responses.insert("default".into(), problem("A problem"));
    Value::Object(responses)
}

/// The statuses with which a call may be refused, beside a failure of the server.
fn refusals(route: &Route, name: &str) -> Vec<&'static (&'static str, &'static str)> {
    const REFUSALS: &[(&str, &str)] = &[
        ("401", "Nobody is signed in, or login or password is wrong"),
        ("403", "Not allowed, or not now: forbidden, password-change-needed, not-open, too-late, cancelled"),
        ("404", "Not there, or not for the caller"),
        ("409", "It stands otherwise: stale-save, taken-over, attempt-finished, no-attempt-left, test-is-over …"),
        ("410", "deadline-passed"),
        ("413", "The body is too large"),
        ("422", "What was sent can't be taken; every error is listed"),
        ("429", "Too many failed sign-ins; Retry-After says how long to wait"),
        ("503", "Too much at once; Retry-After says how long to wait"),
    ];
    let (is_open, changes) = (route.access == Access::Anyone, !matches!(route.method, Method::GET));
    let (is_save, is_sign_in) = (name.contains("/responses/{position}"), name == "POST /api/v1/session");
    let can = move |status: &str| match status {
        "401" => !is_open || is_sign_in,
        "403" => !is_open,
        "404" => route.path.contains('{'),
        "409" => changes || matches!(file_of(name), Some(Document::Circular | Document::Archive)),
        "413" | "503" => changes,
        "410" => is_save,
        "429" => is_sign_in,
        _ => true,
    };
    REFUSALS.iter().filter(|(status, _)| can(status)).collect()
}

fn time_headers() -> Value {
    let milliseconds = |description: &str| json!({ "description": description, "schema": { "type": "integer" } });
    json!({ "Kaohe-Time": milliseconds("The server's time, Unix milliseconds"),
        "Kaohe-Deadline": milliseconds("The attempt's deadline, Unix milliseconds; where there is an attempt") })
}

fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn success(name: &str) -> &'static str {
    match name {
        "POST /api/v1/tests" | "POST /api/v1/people" | "POST /api/v1/branches" => "201",
        "PUT /api/v1/attempts/{attempt}/responses/{position}"
        | "POST /api/v1/attempts/{attempt}/release"
        | "DELETE /api/v1/session"
        | "DELETE /api/v1/sessions"
        | "PUT /api/v1/password"
        | "DELETE /api/v1/people/{login}/roles"
        | "POST /api/v1/people/{login}/departure"
        | "DELETE /api/v1/branches/{code}"
        | "DELETE /api/v1/tests/{test}/slips/{login}"
        | "DELETE /api/v1/tests/{test}/signed-pages/{page}"
        | "DELETE /api/v1/assessments/{year}/signed-pages/{page}"
        | "DELETE /api/v1/clauses/amended/{amended}"
        | "DELETE /api/v1/attempts/{attempt}/objections/{position}"
        | "PUT /api/v1/tests/{test}/markers/{login}"
        | "DELETE /api/v1/tests/{test}/markers/{login}"
        | "PUT /api/v1/tests/{test}/presence/{login}" => "204",
        _ => "200",
    }
}

fn content(name: &str) -> Value {
    match success(name) {
        "204" => json!({}),
        _ if file_of(name).is_some() => {
            let media_type = file_of(name).map_or("", Document::media_type);
            json!({ media_type: { "schema": { "type": "string", "format": "binary" } } })
        }
        _ if ["/export", "/template", "/marked", "/signed-pages/{page}"]
            .iter()
            .any(|ending| name.ends_with(ending)) =>
        {
            json!({ "*/*": { "schema": {} } })
        }
        _ if name.contains(".xlsx") => {
            let media_type = Document::ReportXlsx.media_type();
            json!({ media_type: { "schema": { "type": "string", "format": "binary" } } })
        }
        _ if name.contains(".csv") => json!({ "text/csv": { "schema": { "type": "string" } } }),
        _ => json!({ "application/json": { "schema": {} } }),
    }
}

/// The document of a test that a call answers with.
fn file_of(name: &str) -> Option<Document> {
    let last = name.strip_prefix("GET /api/v1/tests/{test}/")?;
    Document::ALL.into_iter().find(|document| document.name() == last)
}

fn problem_schema() -> Value {
    json!({ "type": "object", "required": ["type", "title", "status"], "properties": {
        "type": { "type": "string", "description": "Stable name of the problem." },
        "title": { "type": "string", "description": "What happened, in the caller's language." },
        "status": { "type": "integer" },
        "detail": { "type": "string", "description": "What to do." },
        "request_id": { "type": "string", "description": "Under which the server's log has it." },
        "errors": { "type": "array", "description": "Every error of a file." },
        "shortfalls": { "type": "array", "description": "What a blueprint lacks." },
        "stored": { "description": "What is stored where a save was refused." } } })
}
