//! Rehearsing an exam day, on a server that was started for that.

use crate::api::{Answer, Body, body, switch};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Route};
use crate::service::rehearsal::{self, Scale};
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

/// Calls of this subject; only a server that was started for rehearsing has them.
pub fn routes() -> Vec<Route> {
    vec![Route::post("/api/v1/rehearsal", Access::Anyone, make), Route::get("/api/v1/rehearsal", Access::Anyone, used)]
}

impl Body for Scale {
    const FIELDS: &'static [&'static str] = &["members", "questions", "slips"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let mut count = |name: &str| {
            let value = reader.required(fields, name).and_then(|value| reader.whole(value))?;
            Some(u32::try_from(value).unwrap_or_default())
        };
        let (members, questions) = (count("members"), count("questions"));
        let slips = switch(reader, fields, "slips");
        Some(Self { members: members?, questions: questions?, slips: slips? })
    }
}

async fn make(State(app): State<App>, Arrived(now): Arrived, answer: Answer, bytes: Bytes) -> Response {
    let result = async { rehearsal::make(&app, now, body(&bytes)?).await };
    answer.json(result.await)
}

async fn used(State(app): State<App>, answer: Answer) -> Response {
    answer.json(rehearsal::used(&app))
}
