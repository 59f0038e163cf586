//! Make-ups of a settled test: planned with `dry_run=true`, or made.

use crate::api::tests::made;
use crate::api::{Answer, Body, body};
use crate::app::App;
use crate::formats::json::Value as JsonValue;
use crate::formats::reader::{Fields, Reader};
use crate::formats::test_json;
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::rules::make_up::Need;
use crate::rules::points::Points;
use crate::rules::rights::Caller;
use crate::service::people::shown_login;
use crate::service::tests::{MakeUpAsked, MakeUpPlan, make_up, plan_make_up};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::post("/api/v1/tests/{test}/make-up", Access::ORGANIZER, create).with_query(&MAKING)]
}

const MAKING: [Parameter; 1] = [Parameter::switch("dry_run")];

#[derive(Deserialize)]
struct Making {
    #[serde(default)]
    dry_run: bool,
}

impl Body for MakeUpAsked {
    const FIELDS: &'static [&'static str] = &["name", "opens", "closes", "cap", "who", "holds_review"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let given = |name: &str| fields.get(name).filter(|value| !matches!(value, JsonValue::Null { .. }));
        let name = given("name").map(|value| reader.name(value).map(std::borrow::Cow::into_owned));
        let opens = given("opens").map(|value| test_json::moment(reader, value));
        let closes = given("closes").map(|value| test_json::moment(reader, value));
        let whole = Points::ZERO..=Points::from_hundredths(10_000);
        let cap = given("cap").map(|value| reader.points(value, whole));
        let who = given("who").map(|value| {
            let items = reader.list(value, Need::ALL.len())?;
            items.iter().map(|item| reader.one_of(item, &Need::ALL, Need::name)).collect::<Option<Vec<Need>>>()
        });
        let holds_review = given("holds_review").map_or(Some(false), |value| reader.boolean(value));
        // A field that is there but can't be read was noted, and must not pass for one that was left out.
        let is_sound = name != Some(None) && opens != Some(None) && closes != Some(None) && cap != Some(None);
        let asked = Self {
            name: name.flatten(),
            opens_at_ms: opens.flatten(),
            closes_at_ms: closes.flatten(),
            cap: cap.flatten(),
            holds_review: holds_review?,
            who: match who {
                Some(who) => Some(who?),
                None => None,
            },
        };
        is_sound.then_some(asked)
    }
}

async fn create(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(name): Path<String>,
    Query(Making { dry_run }): Query<Making>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let asked: MakeUpAsked = match body(&bytes) {
        Ok(asked) => asked,
        Err(error) => return answer.problem(error).into_response(),
    };
    if dry_run {
        let plan = plan_make_up(&app, &caller, now, &name, &asked).await;
        return answer.json(plan.map(|plan| {
            let mut value = told(&plan, &caller);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("file".to_owned(), test_json::write(&plan.definition));
            }
            value
        }));
    }
    match make_up(&app, &caller, now, &name, &asked).await {
        Ok((plan, test)) => {
            let mut value = made(&test);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("make_up".to_owned(), told(&plan, &caller));
            }
            (StatusCode::CREATED, crate::api::json(&value)).into_response()
        }
        Err(error) => answer.problem(error).into_response(),
    }
}

/// A plan as the API and the command line give it.
pub fn told(plan: &MakeUpPlan, caller: &Caller) -> Value {
    let people: Vec<Value> = plan
        .people
        .iter()
        .map(|(member, need)| {
            json!({ "login": shown_login(&member.person.login, caller), "person": member.person.id,
                "name": member.person.name, "branch": member.branch.code, "need": need })
        })
        .collect();
    let needs: serde_json::Map<String, Value> =
        plan.needs.iter().map(|(need, count)| (need.name().to_owned(), json!(count))).collect();
    json!({ "first": plan.first.row.name, "test": plan.definition.test, "people": people, "needs": needs,
        "elsewhere": plan.elsewhere, "already": plan.already, "repeats": plan.repeats,
        "cap": plan.definition.make_up_of.as_ref().and_then(|make_up| make_up.cap) })
}
