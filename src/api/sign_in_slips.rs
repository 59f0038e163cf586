//! Sign-in slips for a test: who has one, making, cancelling. Codes and links are told once.

use crate::api::{Answer, Body, body, optional_text, switch};
use crate::app::App;
use crate::formats::reader::{Fields, MOST_TEXT_CHARACTERS, Reader};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::limits;
use crate::rules::slip::printed_code;
use crate::service::people::shown_login;
use crate::service::sign_in_slips::{self as slips, Asked, Holder};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/tests/{test}/slips", Access::ORGANIZER, list).with_query(&LISTING),
        Route::post("/api/v1/tests/{test}/slips", Access::ORGANIZER, make),
        Route::delete("/api/v1/tests/{test}/slips/{login}", Access::ORGANIZER, cancel),
    ]
}

const LISTING: [Parameter; 1] = [Parameter::text("branch")];

#[derive(Deserialize)]
struct Listing {
    branch: Option<String>,
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    (Path(name), Query(Listing { branch })): (Path<String>, Query<Listing>),
    answer: Answer,
) -> Response {
    let listed = slips::list(&app, &caller, &name, branch.as_deref()).await;
    let time = |ms: i64| jiff::Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default();
    let of = |holder: &Holder| {
        json!({ "login": shown_login(&holder.person.login, &caller), "person": holder.person.id,
            "name": holder.person.name, "branch": holder.branch.code,
            "made": holder.slip.as_ref().map(|slip| time(slip.made_at_ms)),
            "in_use": holder.slip.as_ref().is_some_and(|slip| slip.in_use) })
    };
    answer.json(listed.map(|listed| listed.holders.iter().map(of).collect::<Value>()))
}

impl Body for Asked {
    const FIELDS: &'static [&'static str] = &["branch", "people", "anew"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let branch = optional_text(reader, fields, "branch");
        let people = match fields.get("people") {
            None => Some(Vec::new()),
            Some(value) => {
                let listed = reader.list_or_none(value, limits::SLIPS);
                let text = |item| reader.text(item, MOST_TEXT_CHARACTERS).map(std::borrow::Cow::into_owned);
                listed.and_then(|items| items.iter().map(text).collect())
            }
        };
        let anew = switch(reader, fields, "anew");
        Some(Self { branch: branch?.text(), people: people?, anew: anew? })
    }
}

async fn make(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let asked: Asked = body(&bytes)?;
        slips::make(&app, &caller, now, &name, &asked).await
    };
    let of = |slip: &slips::Slip| {
        json!({ "person": slip.person_id, "name": slip.name, "branch": slip.path.last().map(|node| node.code.as_str()),
            "code": slip.code, "printed": printed_code(&slip.code), "path": format!("/s/{}", slip.token) })
    };
    answer.json(result.await.map(|sheet| sheet.slips.iter().map(of).collect::<Value>()))
}

async fn cancel(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, login)): Path<(String, String)>,
    answer: Answer,
) -> Response {
    answer.empty(slips::cancel(&app, &caller, now, &name, &login).await)
}
