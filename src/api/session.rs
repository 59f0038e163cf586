//! Signing in and out, and one's own password.

use crate::api::{Answer, Body, body, required_text, switch};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, ClientAddress, MaybeSignedIn, Route, SignedIn};
use crate::service::accounts;
use crate::service::sign_in_slips::{self, Device, Key};
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/session", Access::Anyone, sign_in),
        Route::delete("/api/v1/session", Access::SignedIn, sign_out),
        Route::delete("/api/v1/sessions", Access::SignedIn, sign_out_everywhere),
        Route::put("/api/v1/password", Access::SignedIn, change_password),
        Route::get("/api/v1/me", Access::SignedIn, me),
    ]
}

/// With what somebody signs in.
enum Credentials {
    Password { login: String, password: String },
    Slip { code: String, take_over: bool },
}

impl Body for Credentials {
    const FIELDS: &'static [&'static str] = &["login", "password", "code", "take_over"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        if fields.get("code").is_some() {
            let (code, take_over) = (required_text(reader, fields, "code"), switch(reader, fields, "take_over"));
            return Some(Self::Slip { code: code?, take_over: take_over? });
        }
        let (login, password) = (required_text(reader, fields, "login"), required_text(reader, fields, "password"));
        Some(Self::Password { login: login?, password: password? })
    }
}

async fn sign_in(
    State(app): State<App>,
    Arrived(now): Arrived,
    address: ClientAddress,
    MaybeSignedIn(caller): MaybeSignedIn,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let address = address.to_string();
    let result = async {
        match body(&bytes)? {
            Credentials::Password { login, password } => {
                let signed_in = accounts::sign_in(&app, now, &login, password, &address).await?;
                Ok(serde_json::json!({ "token": signed_in.token, "must_change": signed_in.caller.must_change }))
            }
            Credentials::Slip { code, take_over } => {
                let device = Device { caller: caller.as_deref(), address: &address, takes_over: take_over };
                let entered = sign_in_slips::sign_in(&app, now, &Key::Code(code), device).await?;
                let token = entered.signed_in.map(|signed_in| signed_in.token);
                Ok(serde_json::json!({ "token": token, "must_change": false, "test": entered.test }))
            }
        }
    };
    answer.json(result.await)
}

async fn sign_out(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    answer.empty(accounts::sign_out(&app, &caller).await)
}

async fn sign_out_everywhere(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    answer.empty(accounts::sign_out_everywhere(&app, &caller).await)
}

struct PasswordChange {
    before: String,
    after: String,
}

impl Body for PasswordChange {
    const FIELDS: &'static [&'static str] = &["before", "after"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let (before, after) = (required_text(reader, fields, "before"), required_text(reader, fields, "after"));
        Some(Self { before: before?, after: after? })
    }
}

async fn change_password(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer, bytes: Bytes) -> Response {
    let result = async {
        let PasswordChange { before, after } = body(&bytes)?;
        accounts::change_password(&app, &caller, before, after).await
    };
    answer.empty(result.await)
}

async fn me(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    let result = async {
        let tree = crate::service::people::current_tree(&app).await?;
        let roles: Vec<_> = caller
            .roles
            .iter()
            .map(|(role, branch)| {
                let code = branch.as_deref().and_then(|id| tree.get(id)).map(|node| node.code.as_str());
                serde_json::json!({ "role": role.name(), "branch": code })
            })
            .collect();
        Ok(
            serde_json::json!({ "login": caller.login, "name": caller.name, "must_change": caller.must_change, "roles": roles }),
        )
    };
    answer.json(result.await)
}
