//! Signing in and out, the own password, the first administrator, the language.

use crate::app::{App, Asked};
use crate::http::{self, Access, ClientAddress, Route};
use crate::i18n::describe;
use crate::limits;
use crate::rules::text::Language;
use crate::service::accounts::{self, Entering, SignedIn, Waiting};
use crate::service::people::own_data;
use crate::service::{Error, people};
use crate::web::input::Fields;
use crate::web::pages::banks::attachment;
use crate::web::views::session::{self as view, PasswordForm, SetUpForm, SignInForm};
use crate::web::visit::{TextSize, Visit, go, text_size_cookie, with_cookie};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Access::Anyone, show_sign_in),
        Route::post("/sign-in", Access::Anyone, sign_in),
        Route::get("/sign-in/wait", Access::Anyone, wait),
        Route::post("/sign-out", Access::SignedIn, sign_out),
        Route::post("/sign-out-everywhere", Access::SignedIn, sign_out_everywhere),
        Route::get("/password", Access::SignedIn, show_password),
        Route::post("/password", Access::SignedIn, change_password),
        Route::get("/set-up/{token}", Access::Anyone, show_set_up),
        Route::post("/set-up/{token}", Access::Anyone, set_up),
        Route::post("/language", Access::Anyone, language),
        Route::post("/text-size", Access::Anyone, text_size),
        Route::get("/account", Access::SignedIn, account),
        Route::get("/account/data", Access::SignedIn, data),
    ]
}

/// An address of this server to go on to; never another server's.
fn local(path: &str) -> &str {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(|character| character.is_control() || character.is_whitespace());
    if is_local { path } else { "/" }
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn show_sign_in(visit: Visit, Query(Next { next }): Query<Next>) -> Response {
    if visit.is_signed_in() {
        return go(local(&next));
    }
    let form = SignInForm { login: "", next: local(&next), error: None };
    visit.page(&visit.words().t("sign-in"), view::sign_in(visit.words(), &form))
}

/// The cookie with the ticket of a sign-in that waits its turn.
const TURN: &str = "kaohe_turn";

fn turn_cookie(app: &App, ticket: &str) -> String {
    let (lasts, secure) = (limits::TICKET_MS / 1000, if app.settings.is_secure() { "; Secure" } else { "" });
    let lasts = if ticket.is_empty() { 0 } else { lasts };
    format!("{TURN}={ticket}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={lasts}{secure}")
}

async fn sign_in(
    State(app): State<App>,
    visit: Visit,
    address: ClientAddress,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let (login, next) = (fields.get("login").to_owned(), local(fields.get("next")).to_owned());
    let asked = Asked { login: login.clone(), next: next.clone() };
    let (password, before) = (fields.get("password").to_owned(), http::cookie(&headers, TURN));
    match accounts::enter(&app, visit.now_ms, asked, password, &address.to_string(), before).await {
        Ok(Entering::In(signed_in)) => entered(&app, &visit, &signed_in, &next).await,
        Ok(Entering::Waits(ticket)) => with_cookie(go("/sign-in/wait"), &turn_cookie(&app, &ticket)),
        Err(error) => not_entered(&visit, &login, &next, &error),
    }
}

/// One browser, one session: what the former one held is then free for this one.
async fn entered(app: &App, visit: &Visit, signed_in: &SignedIn, next: &str) -> Response {
    if visit.is_signed_in() {
        let _ = accounts::sign_out(app, &visit.caller).await;
    }
    let to = if signed_in.caller.must_change { "/password" } else { next };
    with_cookie(go(to), &http::session_cookie(app, &signed_in.token))
}

fn not_entered(visit: &Visit, login: &str, next: &str, error: &Error) -> Response {
    let status = match error {
        Error::WrongCredentials => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Throttled { .. } | Error::Busy => crate::api::problem::status(error),
        _ => return visit.error(error),
    };
    let described = describe(visit.language, error);
    let form = SignInForm { login, next, error: Some(&described) };
    visit.page_with(status, &visit.words().t("sign-in"), view::sign_in(visit.words(), &form))
}

/// The page of whoever waits: it comes again by itself, also where no script runs, until the turn has come.
async fn wait(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Response {
    let ticket = http::cookie(&headers, TURN).unwrap_or_default();
    let answer = match accounts::wait(&app, visit.now_ms, ticket).await {
        Ok(Waiting::At { place, seconds }) => {
            let words = visit.words();
            let mut page = visit.page(&words.t("sign-in-wait"), view::wait(words, place, seconds));
            page.headers_mut().insert(header::REFRESH, HeaderValue::from(seconds.clamp(2, 10) / 2));
            return page;
        }
        Ok(Waiting::In(signed_in, next)) => entered(&app, &visit, &signed_in, &next).await,
        Ok(Waiting::Refused(asked, error)) => not_entered(&visit, &asked.login, &asked.next, &error),
        Ok(Waiting::Unknown) => go("/sign-in"),
        Err(error) => visit.error(&error),
    };
    with_cookie(answer, &turn_cookie(&app, ""))
}

async fn sign_out(State(app): State<App>, visit: Visit) -> Response {
    match accounts::sign_out(&app, &visit.caller).await {
        Ok(()) => with_cookie(go("/sign-in"), &http::without_session_cookie(&app)),
        Err(error) => visit.error(&error),
    }
}

async fn sign_out_everywhere(State(app): State<App>, visit: Visit) -> Response {
    match accounts::sign_out_everywhere(&app, &visit.caller).await {
        Ok(()) => with_cookie(go("/sign-in"), &http::without_session_cookie(&app)),
        Err(error) => visit.error(&error),
    }
}

async fn show_password(visit: Visit) -> Response {
    let form = PasswordForm { must_change: visit.caller.must_change, ..PasswordForm::default() };
    visit.page(&visit.words().t("password-title"), view::password(visit.words(), &form))
}

async fn change_password(State(app): State<App>, visit: Visit, fields: Fields) -> Response {
    let (before, after) = (fields.get("before"), fields.get("after"));
    let words = visit.words();
    let mut form = PasswordForm { must_change: visit.caller.must_change, ..PasswordForm::default() };
    if after == fields.get("again") {
        match accounts::change_password(&app, &visit.caller, before.to_owned(), after.to_owned()).await {
            Ok(()) => return go("/account?changed=1"),
            Err(Error::WrongCredentials) => form.before = Some(words.t("password-wrong")),
            Err(Error::BadPassword) => form.after = Some(describe(visit.language, &Error::BadPassword).remedy),
            Err(error) => return visit.error(&error),
        }
    } else {
        form.again = Some(words.t("password-differs"));
    }
    visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &words.t("password-title"), view::password(words, &form))
}

async fn show_set_up(State(app): State<App>, visit: Visit, Path(token): Path<String>) -> Response {
    if !accounts::is_first_link(&app, &token) {
        return visit.error(&Error::LinkNotValid);
    }
    visit.page(&visit.words().t("set-up-title"), view::set_up(visit.words(), &SetUpForm::default()))
}

async fn set_up(State(app): State<App>, visit: Visit, Path(token): Path<String>, fields: Fields) -> Response {
    let words = visit.words();
    let (login, name, password) = (fields.get("login"), fields.get("name"), fields.get("password"));
    let mut form = SetUpForm { login, name, error: None };
    if password == fields.get("again") {
        match accounts::set_up(&app, visit.now_ms, &token, login, name, password.to_owned()).await {
            Ok(signed_in) => return with_cookie(go("/"), &http::session_cookie(&app, &signed_in.token)),
            Err(Error::LinkNotValid) => return visit.error(&Error::LinkNotValid),
            Err(error @ Error::Invalid { field, .. }) => {
                form.error = Some((field, describe(visit.language, &error).what));
            }
            Err(Error::Fields(mistakes)) => {
                let first = mistakes.first();
                form.error = first.map(|wrong| (wrong.field, words.t(&format!("expected-{}", wrong.expected))));
            }
            Err(error @ Error::BadPassword) => {
                form.error = Some(("password", describe(visit.language, &error).remedy));
            }
            Err(error @ Error::NameTaken(_)) => form.error = Some(("login", describe(visit.language, &error).what)),
            Err(error) => return visit.error(&error),
        }
    } else {
        form.error = Some(("again", words.t("password-differs")));
    }
    visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &words.t("set-up-title"), view::set_up(words, &form))
}

async fn language(visit: Visit, fields: Fields) -> Response {
    let chosen = Language::from_code(fields.get("language")).unwrap_or(visit.language);
    let cookie = format!("kaohe_language={}; Path=/; SameSite=Lax; Max-Age=31536000", chosen.code());
    with_cookie(go(local(fields.get("back"))), &cookie)
}

async fn text_size(fields: Fields) -> Response {
    with_cookie(go(local(fields.get("back"))), &text_size_cookie(TextSize::from_percent(fields.get("size"))))
}

#[derive(Deserialize)]
struct Changed {
    changed: Option<String>,
}

async fn account(State(app): State<App>, visit: Visit, Query(query): Query<Changed>) -> Response {
    match people::current_tree(&app).await {
        Ok(tree) => visit.page(
            &visit.words().t("account-title"),
            view::account(visit.words(), &visit.caller, &tree, query.changed.is_some()),
        ),
        Err(error) => visit.error(&error),
    }
}

/// Everything that is kept about the caller, as a file.
async fn data(State(app): State<App>, visit: Visit) -> Response {
    match own_data::own_data(&app, &visit.caller).await {
        Ok(data) => {
            let name = format!("{}.json", visit.caller.login);
            let text = format!("{:#}\n", crate::api::own_data::document(&data));
            attachment("application/json", &name, text.into_bytes())
        }
        Err(error) => visit.error(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_addresses_of_this_server_are_gone_on_to() {
        assert_eq!(local("/tests/a?b=c"), "/tests/a?b=c");
        for elsewhere in
            ["", "https://x.example", "//x.example", "/\\x.example", "javascript:alert(1)", "/a b", "/a\tb"]
        {
            assert_eq!(local(elsewhere), "/", "{elsewhere}");
        }
    }
}
