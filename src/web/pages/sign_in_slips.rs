//! Sign-in slips for a test: making, printing and cancelling them; and the way in for whoever holds one.

use crate::app::App;
use crate::http::{self, Access, ClientAddress, Route, ServerAddress};
use crate::i18n::describe;
use crate::service::sign_in_slips::{self as slips, Asked, Device, Key, Sheet};
use crate::service::{Error, Result, accounts, reach};
use crate::web::input::Fields;
use crate::web::views::fields::Refused;
use crate::web::views::sign_in_slips::{self as view, CodeForm, Printing, Shown};
use crate::web::visit::{Visit, go, segment, with_cookie};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/slips", Access::ORGANIZER, list),
        Route::post("/tests/{test}/slips", Access::ORGANIZER, make),
        Route::post("/tests/{test}/slips/cancel", Access::ORGANIZER, cancel),
        Route::get("/tests/{test}/slips/{printout}", Access::ORGANIZER, print),
        Route::get("/s", Access::Anyone, ask_code),
        Route::post("/s", Access::Anyone, enter),
        Route::get("/s/{token}", Access::Anyone, greet),
    ]
}

/// What waits to be printed: a sheet, and the address that stands on it.
struct Printout {
    sheet: Sheet,
    address: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListQuery {
    branch: String,
    person: String,
}

async fn list(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    ServerAddress(address): ServerAddress,
    Query(query): Query<ListQuery>,
) -> Response {
    let result = render(&app, &visit, &name, &query, &address, None).await;
    visit.answer(result)
}

async fn render(
    app: &App,
    visit: &Visit,
    name: &str,
    query: &ListQuery,
    address: &str,
    refused: Option<&Refused>,
) -> Result<Response> {
    let listed = slips::list(app, &visit.caller, name, Some(&query.branch)).await?;
    let addresses = reach::addresses(app, address);
    let shown = Shown { listed: &listed, person: &query.person, addresses: &addresses, refused };
    let status = refused.map_or(StatusCode::OK, |refused| crate::api::problem::status(&refused.error));
    Ok(visit.page_with(status, &visit.words().t("test-slips"), view::list(visit.words(), &shown)))
}

async fn make(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    ServerAddress(asked_by): ServerAddress,
    fields: Fields,
) -> Response {
    let asked = Asked {
        branch: Some(fields.get("branch").to_owned()),
        people: fields.all("person").map(ToOwned::to_owned).collect(),
        anew: fields.get("anew") == "yes",
    };
    match slips::make(&app, &visit.caller, visit.now_ms, &name, &asked).await {
        Ok(sheet) => {
            let known = reach::addresses(&app, &asked_by);
            let chosen = known.iter().find(|one| *one == fields.get("address")).or_else(|| known.first());
            let printout = Printout { sheet, address: chosen.cloned().unwrap_or_default() };
            let id = app.randomness.short_token();
            app.printouts.keep(id.clone(), &visit.caller.session, visit.now_ms, printout);
            go(&format!("/tests/{}/slips/{id}", segment(&name)))
        }
        Err(error @ (Error::Fields(_) | Error::TestIsOver | Error::ChangedMeanwhile)) => {
            let query = ListQuery { branch: fields.get("branch").to_owned(), person: String::new() };
            let refused = Refused { form: "slips", fields, error };
            let result = render(&app, &visit, &name, &query, &asked_by, Some(&refused)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

async fn print(State(app): State<App>, visit: Visit, Path((name, printout)): Path<(String, String)>) -> Response {
    let found = app.printouts.find::<Printout>(&printout, &visit.caller.session, visit.now_ms);
    let Some(found) = found.filter(|found| found.sheet.test == name) else {
        return visit.error(&Error::PrintoutGone);
    };
    let shown = Printing { sheet: &found.sheet, address: &found.address };
    visit.page(&visit.words().t("test-slips-print"), view::print(visit.words(), &shown))
}

async fn cancel(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let cancelled = slips::cancel(&app, &visit.caller, visit.now_ms, &name, fields.get("person")).await;
    let back = format!("/tests/{}/slips?branch={}", segment(&name), segment(fields.get("branch")));
    visit.answer(cancelled.map(|()| go(&back)))
}

async fn ask_code(visit: Visit) -> Response {
    visit.page(&visit.words().t("slip-door"), view::code(visit.words(), &CodeForm::default()))
}

/// Opening the address of a slip only says whose it is: chat programs open addresses by themselves.
async fn greet(State(app): State<App>, visit: Visit, Path(token): Path<String>) -> Response {
    match slips::look(&app, &token).await {
        Ok(shown) => visit.page(&visit.words().t("slip-door"), view::greet(visit.words(), &token, &shown)),
        Err(error @ Error::SlipNotValid) => refused(&visit, StatusCode::GONE, "", &error),
        Err(error) => visit.error(&error),
    }
}

fn refused(visit: &Visit, status: StatusCode, code: &str, error: &Error) -> Response {
    let described = describe(visit.language, error);
    let form = CodeForm { code, error: Some(&described) };
    visit.page_with(status, &visit.words().t("slip-door"), view::code(visit.words(), &form))
}

async fn enter(State(app): State<App>, visit: Visit, address: ClientAddress, fields: Fields) -> Response {
    let (token, code) = (fields.get("token"), fields.get("code"));
    let key = if token.is_empty() { Key::Code(code.to_owned()) } else { Key::Token(token.to_owned()) };
    let caller = Some(&*visit.caller).filter(|_| visit.is_signed_in());
    let address = address.to_string();
    let device = Device { caller, address: &address, takes_over: fields.get("take_over") == "yes" };
    match slips::sign_in(&app, visit.now_ms, &key, device).await {
        Ok(entered) => {
            let answer = go(&format!("/tests/{}", segment(&entered.test)));
            match entered.signed_in {
                Some(signed_in) => {
                    // One browser, one session, as with a password.
                    if visit.is_signed_in() {
                        let _ = accounts::sign_out(&app, &visit.caller).await;
                    }
                    with_cookie(answer, &http::session_cookie(&app, &signed_in.token))
                }
                None => answer,
            }
        }
        Err(error @ Error::SlipInUse) => {
            let body = view::in_use(visit.words(), token, code);
            visit.page_with(crate::api::problem::status(&error), &visit.words().t("slip-in-use"), body)
        }
        Err(error @ Error::SlipNotValid) => refused(&visit, StatusCode::UNPROCESSABLE_ENTITY, code, &error),
        Err(error @ (Error::Throttled { .. } | Error::Busy)) => {
            refused(&visit, crate::api::problem::status(&error), code, &error)
        }
        Err(error) => visit.error(&error),
    }
}
