//! Scanned signed pages of a test, and of a year of the annual assessment.

use crate::api::{Answer, Body, body, required_text, time};
use crate::app::App;
use crate::documents::{self, File};
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::limits;
use crate::rules::roster::Role;
use crate::service::Result;
use crate::service::assessments::year;
use crate::service::signed_pages::{self as service, Pages, Sending, SignedPage, Whose};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    const COMMITTEE: Access = Access::Roles(&[Role::Committee]);
    vec![
        Route::get("/api/v1/tests/{test}/signed-pages", Access::REPORTS, list),
        Route::post("/api/v1/tests/{test}/signed-pages", Access::ORGANIZER, send)
            .with_body(limits::SIGNED_PAGE_BYTES)
            .with_query(&TITLE),
        Route::get("/api/v1/tests/{test}/signed-pages/{page}", Access::REPORTS, file),
        Route::delete("/api/v1/tests/{test}/signed-pages/{page}", Access::ORGANIZER, remove),
        Route::get("/api/v1/assessments/{year}/signed-pages", COMMITTEE, list_of_year).with_query(&BRANCH),
        Route::post("/api/v1/assessments/{year}/signed-pages", COMMITTEE, send_of_year)
            .with_body(limits::SIGNED_PAGE_BYTES)
            .with_query(&BOTH),
        Route::get("/api/v1/assessments/{year}/signed-pages/{page}", COMMITTEE, file_of_year).with_query(&BRANCH),
        Route::delete("/api/v1/assessments/{year}/signed-pages/{page}", COMMITTEE, remove_of_year).with_query(&BRANCH),
    ]
}

const TITLE: [Parameter; 1] = [Parameter::text("title")];
const BRANCH: [Parameter; 1] = [Parameter::text("branch")];
const BOTH: [Parameter; 2] = [Parameter::text("branch"), Parameter::text("title")];

#[derive(Deserialize)]
struct Wanted {
    branch: Option<String>,
    #[serde(default)]
    title: String,
}

impl Wanted {
    fn whose(&self, of: &str) -> Result<Whose<'_>> {
        Ok(Whose::Year(year(of)?, self.branch.as_deref()))
    }
}

struct Reason(String);

impl Body for Reason {
    const FIELDS: &'static [&'static str] = &["reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        required_text(reader, fields, "reason").map(Self)
    }
}

/// A page as the API and the command line give it.
pub fn described(page: &SignedPage) -> Value {
    json!({ "page": page.id, "title": page.title, "kind": page.kind, "bytes": page.size, "digest": page.digest,
        "sent_at": time(page.sent_at_ms), "sent_by": page.sender })
}

/// Pages as the API and the command line give them.
pub fn document(pages: &Pages) -> Value {
    pages.pages.iter().map(described).collect()
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(test): Path<String>,
    answer: Answer,
) -> Response {
    let pages = service::list(&app, &caller, Whose::Test(&test)).await;
    answer.json(pages.map(|pages| document(&pages)))
}

async fn list_of_year(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let pages = async { service::list(&app, &caller, wanted.whose(&of)?).await };
    answer.json(pages.await.map(|pages| document(&pages)))
}

fn sending(title: &str, bytes: &Bytes) -> Sending {
    Sending { title: title.to_owned(), file_name: String::new(), content: bytes.to_vec() }
}

async fn send(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(test): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let sent = service::send(&app, &caller, now, Whose::Test(&test), sending(&wanted.title, &bytes)).await;
    answer.json(sent.map(|page| described(&page)))
}

async fn send_of_year(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let sent = async { service::send(&app, &caller, now, wanted.whose(&of)?, sending(&wanted.title, &bytes)).await };
    answer.json(sent.await.map(|page| described(&page)))
}

/// A scanned page is always handed over as a file to be saved: what somebody sent is never shown as a page of ours.
fn handed(found: Result<(SignedPage, Vec<u8>)>, answer: &Answer) -> Response {
    let (page, bytes) = match found {
        Ok(found) => found,
        Err(error) => return answer.problem(error).into_response(),
    };
    let File { name, media_type, bytes } = documents::signed_pages::file(&page, bytes);
    let encoded = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename=\"signed-page.{}\"; filename*=UTF-8''{encoded}", page.kind);
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

async fn file(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((test, id)): Path<(String, String)>,
    answer: Answer,
) -> Response {
    handed(service::content(&app, &caller, Whose::Test(&test), &id).await, &answer)
}

async fn file_of_year(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((of, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let found = async { service::content(&app, &caller, wanted.whose(&of)?, &id).await };
    handed(found.await, &answer)
}

async fn remove(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path((test, id)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let removed = async {
        let Reason(reason) = body(&bytes)?;
        service::remove(&app, &caller, now, Whose::Test(&test), (&id, &reason)).await
    };
    answer.empty(removed.await)
}

async fn remove_of_year(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path((of, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let removed = async {
        let Reason(reason) = body(&bytes)?;
        service::remove(&app, &caller, now, wanted.whose(&of)?, (&id, &reason)).await
    };
    answer.empty(removed.await)
}
