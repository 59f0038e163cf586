//! Hints that an open attempt's page tells of itself, where its test asks for them.

use crate::api::{Answer, Body, body};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route, SignedIn};
use crate::limits;
use crate::rules::bank::ProblemCode;
use crate::rules::integrity::{Hint, Hinted};
use crate::service::sitting::hints;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![Route::post("/api/v1/attempts/{attempt}/hints", Access::SignedIn, tell)]
}

struct Told(Vec<(Hint, Option<i64>)>);

impl Body for Told {
    const FIELDS: &'static [&'static str] = &["hints"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let list = reader.required(fields, "hints").and_then(|value| reader.list(value, limits::HINTS_AT_ONCE))?;
        let read: Vec<Option<(Hint, Option<i64>)>> = list
            .iter()
            .map(|one| {
                let fields = reader.fields(one, &["hint", "seconds"])?;
                let hint = reader.required(&fields, "hint");
                let hint = hint.and_then(|value| reader.one_of(value, &Hint::TOLD, Hint::name));
                let seconds = match fields.get("seconds") {
                    Some(value) => {
                        let seconds = reader.whole(value)?;
                        if seconds < 0 {
                            reader.note(value.at(), ProblemCode::OutOfRange, &seconds.to_string(), "0, 1, 2 …");
                        }
                        Some(seconds)
                    }
                    None => None,
                };
                Some((hint?, seconds))
            })
            .collect();
        Some(Self(read.into_iter().collect::<Option<_>>()?))
    }
}

async fn tell(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(attempt): Path<String>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Told(told) = body(&bytes)?;
        hints::tell(&app, &caller, now, &attempt, &told).await
    };
    answer.json(result.await.map(|noted| all(&noted)))
}

/// What was noted in an attempt.
pub(super) fn all(noted: &[Hinted]) -> Value {
    let one = |hinted: &Hinted| json!({ "hint": hinted.hint, "times": hinted.times, "seconds": hinted.seconds });
    noted.iter().map(one).collect()
}
