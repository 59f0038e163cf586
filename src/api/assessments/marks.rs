//! Marks that the committee enters.

use super::Wanted;
use crate::api::{Answer, Body, body, required_text, time};
use crate::app::App;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Arrived, Parameter, SignedIn};
use crate::service::assessments::{self, Entering, GivenMark, Loading, MemberLine, year};
use crate::service::error::{Error, Thing};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json as value};

/// What loading a list takes.
pub(super) const LOAD: [Parameter; 3] =
    [Parameter::text("branch"), Parameter::text("source"), Parameter::switch("dry_run")];

#[derive(Deserialize)]
pub(super) struct WantedOfList {
    branch: Option<String>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    dry_run: bool,
}

/// A mark as the API gives it.
pub(super) fn given(mark: &GivenMark) -> Value {
    let row = &mark.row;
    value!({ "mark": row.id, "points": row.mark().points, "full": row.mark().full, "value": row.mark().percent(),
        "source": row.source, "given_by": mark.by, "given_at": time(row.given_at_ms),
        "ended_at": row.ended_at_ms.map(time) })
}

pub(super) async fn list(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path((of, list)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result = async {
        let assessed = assessments::show(&app, &caller, now, year(&of)?, wanted.branch.as_deref()).await?;
        let (_, component, list) =
            assessed.definition.marked_component(&list).ok_or(Error::NotFound(Thing::MarkList))?;
        let of = |member: &MemberLine| {
            value!({ "login": member.login, "name": member.name, "branch": member.branch.code,
                "marks": member.marks_of(&list.name).map(given).collect::<Vec<_>>() })
        };
        Ok(value!({ "list": list.name, "title": component.title, "full": list.full,
            "members": assessed.members.iter().map(of).collect::<Vec<_>>() }))
    };
    answer.json(result.await)
}

/// A mark without its list, which stands in the address.
struct Given {
    login: String,
    score: String,
    source: String,
}

impl Body for Given {
    const FIELDS: &'static [&'static str] = &["login", "score", "source"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let login = required_text(reader, fields, "login");
        // A number of points, or a text such as 85%.
        let score = reader.required(fields, "score").and_then(|value| match reader.document().plain(value) {
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) => Some(text),
            _ => {
                reader.wrong_type(value, "number");
                None
            }
        });
        let source = required_text(reader, fields, "source");
        Some(Self { login: login?, score: score?, source: source? })
    }
}

pub(super) async fn enter(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path((of, list)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Given { login, score, source } = body(&bytes)?;
        let entering = Entering { list, login, score, source };
        let row = assessments::enter(&app, &caller, now, (year(&of)?, wanted.branch.as_deref()), &entering).await?;
        Ok(given(&GivenMark { row, by: Some(caller.name.clone()) }))
    };
    answer.json(result.await)
}

pub(super) async fn load(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path((of, list)): Path<(String, String)>,
    Query(wanted): Query<WantedOfList>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let WantedOfList { branch, source, dry_run } = wanted;
        let loading = Loading { list, file: bytes.to_vec(), source, dry_run };
        assessments::load_marks(&app, &caller, now, (year(&of)?, branch.as_deref()), loading).await
    };
    answer.json(result.await)
}

pub(super) async fn end(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path((of, _, mark)): Path<(String, String, String)>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result =
        async { assessments::end_mark(&app, &caller, now, (year(&of)?, wanted.branch.as_deref()), &mark).await };
    answer.empty(result.await)
}
