//! The annual study assessment. For committees at or above a branch.

pub mod lists;
mod marks;

use crate::api::{Answer, Body, body, json, required_text, text_or_empty, time};
use crate::app::App;
use crate::formats::assessment_json;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::limits;
use crate::rules::assessment::{Counted, Part};
use crate::rules::roster::Role;
use crate::service::assessments::{self, Adjusting, AdjustmentRow, Assessed, BranchLine, MemberLine, SigningRow, year};
use crate::service::error::{Error, Thing};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json as value};

/// For committees.
const COMMITTEE: Access = Access::Roles(&[Role::Committee]);

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/assessments", COMMITTEE, years),
        Route::get("/api/v1/assessments/{year}", COMMITTEE, show).with_query(&BRANCH),
        Route::put("/api/v1/assessments/{year}", COMMITTEE, set).with_query(&SET),
        Route::get("/api/v1/assessments/{year}/members/{login}", COMMITTEE, member).with_query(&BRANCH),
        Route::post("/api/v1/assessments/{year}/adjustments", COMMITTEE, adjust).with_query(&BRANCH),
        Route::delete("/api/v1/assessments/{year}/adjustments/{adjustment}", COMMITTEE, end).with_query(&BRANCH),
        Route::post("/api/v1/assessments/{year}/signings", COMMITTEE, sign).with_query(&BRANCH),
        Route::get("/api/v1/assessments/{year}/results.xlsx", COMMITTEE, lists::results_xlsx).with_query(&BRANCH),
        Route::get("/api/v1/assessments/{year}/commended", COMMITTEE, lists::commended).with_query(&BRANCH),
        Route::get("/api/v1/assessments/{year}/commended.xlsx", COMMITTEE, lists::commended_xlsx).with_query(&BRANCH),
        Route::get("/api/v1/assessments/{year}/to-help", COMMITTEE, lists::to_help).with_query(&BRANCH),
        Route::get("/api/v1/assessments/{year}/to-help.xlsx", COMMITTEE, lists::to_help_xlsx).with_query(&BRANCH),
        Route::get("/api/v1/assessments/{year}/compared", COMMITTEE, lists::compared).with_query(&BRANCH),
        Route::get("/api/v1/assessments/{year}/compared.xlsx", COMMITTEE, lists::compared_xlsx).with_query(&BRANCH),
        Route::get("/api/v1/assessments/{year}/marks/{list}", COMMITTEE, marks::list).with_query(&BRANCH),
        Route::post("/api/v1/assessments/{year}/marks/{list}", COMMITTEE, marks::enter).with_query(&BRANCH),
        Route::put("/api/v1/assessments/{year}/marks/{list}", COMMITTEE, marks::load)
            .with_body(limits::MARK_LIST_BYTES)
            .with_query(&marks::LOAD),
        Route::delete("/api/v1/assessments/{year}/marks/{list}/{mark}", COMMITTEE, marks::end).with_query(&BRANCH),
    ]
}

const BRANCH: [Parameter; 1] = [Parameter::text("branch")];
const SET: [Parameter; 2] = [Parameter::text("branch"), Parameter::switch("preview")];

#[derive(Deserialize)]
struct Wanted {
    branch: Option<String>,
    #[serde(default)]
    preview: bool,
}

async fn years(State(app): State<App>, SignedIn(caller): SignedIn, answer: Answer) -> Response {
    match assessments::years(&app, &caller).await {
        Ok(listed) => {
            let one =
                |(definition, place): &(crate::rules::assessment::Definition, Option<crate::rules::tree::Node>)| {
                    value!({ "year": definition.year, "title": definition.title,
                    "branch": place.as_ref().map(|node| &node.code) })
                };
            json(&listed.iter().map(one).collect::<Value>())
        }
        Err(error) => answer.problem(error).into_response(),
    }
}

async fn show(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result = async { assessments::show(&app, &caller, now, year(&of)?, wanted.branch.as_deref()).await };
    answer.json(result.await.map(|assessed| document(&assessed)))
}

async fn set(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let place = (year(&of)?, wanted.branch.as_deref());
        if wanted.preview {
            let (before, after) = assessments::try_rules(&app, &caller, now, place, &bytes).await?;
            return Ok(value!({ "before": before.as_ref().map(document), "after": document(&after) }));
        }
        let row = assessments::set(&app, &caller, now, place, &bytes).await?;
        Ok(value!({ "year": row.year, "revision": row.revision }))
    };
    answer.json(result.await)
}

async fn member(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path((of, login)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result = async {
        let assessed = assessments::show(&app, &caller, now, year(&of)?, wanted.branch.as_deref()).await?;
        let id = assessments::person_id(&app, &login).await?;
        let found = assessed.members.iter().find(|member| member.person_id == id);
        found.map(|member| explained(&assessed, member)).ok_or(Error::NotFound(Thing::Person))
    };
    answer.json(result.await)
}

impl Body for Adjusting {
    const FIELDS: &'static [&'static str] = &["login", "points", "reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let login = required_text(reader, fields, "login");
        let points = reader.required(fields, "points").and_then(|value| {
            let text = reader.document().plain(value);
            let hundredths = text.as_f64().and_then(assessments::hundredths_of);
            if hundredths.is_none() {
                reader.wrong_type(value, "number");
            }
            hundredths
        });
        let reason = text_or_empty(reader, fields, "reason");
        Some(Self { login: login?, points: points?, reason: reason? })
    }
}

async fn adjust(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let adjusting: Adjusting = body(&bytes)?;
        assessments::adjust(&app, &caller, now, (year(&of)?, wanted.branch.as_deref()), &adjusting).await
    };
    answer.json(result.await.map(|row| adjustment(&row)))
}

async fn end(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path((of, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result =
        async { assessments::end_adjustment(&app, &caller, now, (year(&of)?, wanted.branch.as_deref()), &id).await };
    answer.empty(result.await)
}

struct Signature {
    signers: Vec<String>,
    note: String,
}

impl Body for Signature {
    const FIELDS: &'static [&'static str] = &["signers", "note"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let items = reader.required(fields, "signers").and_then(|value| reader.list(value, 100));
        let mut signers = Vec::new();
        for item in items? {
            signers.push(reader.text(item, crate::formats::reader::MOST_TEXT_CHARACTERS)?.into_owned());
        }
        Some(Self { signers, note: text_or_empty(reader, fields, "note")? })
    }
}

async fn sign(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Signature { signers, note } = body(&bytes)?;
        assessments::sign(&app, &caller, now, (year(&of)?, wanted.branch.as_deref()), (&signers, &note)).await
    };
    answer.json(result.await.map(|row| signing(&row)))
}

fn adjustment(row: &AdjustmentRow) -> Value {
    let points = crate::rules::points::number(row.points) / 100.0;
    value!({ "adjustment": row.id, "points": points, "reason": row.reason, "given_at": time(row.given_at_ms),
        "ended_at": row.ended_at_ms.map(time) })
}

fn signing(row: &SigningRow) -> Value {
    value!({ "number": row.number, "digest": row.digest, "signers": row.names(), "note": row.note,
        "signed_at": time(row.signed_at_ms) })
}

/// Results as the API and the command line give them.
pub fn document(assessed: &Assessed) -> Value {
    let tests: Vec<Vec<&str>> =
        assessed.tests.iter().map(|list| list.iter().map(|one| one.test.row.name.as_str()).collect()).collect();
    let waiting: serde_json::Map<String, Value> = assessed
        .tests
        .iter()
        .flatten()
        .filter(|one| one.objections > 0)
        .map(|one| (one.test.row.name.clone(), value!(one.objections)))
        .collect();
    value!({
        "year": assessed.definition.year,
        "title": assessed.definition.title,
        "holds_at": assessed.place.as_ref().map(|node| &node.code),
        "rules": assessment_json::write(&assessed.definition),
        "tests": tests,
        "open_objections": waiting,
        "branch": branch(&assessed.line),
        "children": assessed.children.iter().map(branch).collect::<Vec<_>>(),
        "members": assessed.members.iter().map(|member| line(assessed, member)).collect::<Vec<_>>(),
        "signings": assessed.signings.iter().map(signing).collect::<Vec<_>>(),
        "changed_since_signed": assessed.changed_since_signed(),
    })
}

fn branch(line: &BranchLine) -> Value {
    let (tally, figures) = (&line.tally, &line.figures);
    let mut members = value!({
        "code": line.branch.as_ref().map(|node| &node.code), "name": line.branch.as_ref().map(|node| &node.name),
        "members": tally.members, "graded": tally.graded, "due": tally.due, "sat": tally.sat,
        "passed": tally.passed, "excellent": tally.excellent, "bands": tally.bands,
        "mean": figures.mean, "participation_rate": figures.participation, "pass_rate": figures.pass,
        "excellence_rate": figures.excellence, "score": figures.score, "rank": line.rank,
    });
    if let (true, Some(fields)) = (line.direct, members.as_object_mut()) {
        fields.insert("direct".into(), value!(true));
    }
    members
}

fn line(assessed: &Assessed, member: &MemberLine) -> Value {
    let outcome = &member.outcome;
    let band = outcome.band.and_then(|band| assessed.definition.bands.get(band)).map(|band| &band.title);
    value!({ "login": member.login, "name": member.name, "branch": member.branch.code,
        "total": outcome.total.ok(), "why_none": outcome.total.err(), "band": band, "rank": member.rank,
        "adjusted": crate::rules::points::number(outcome.adjusted.hundredths()) / 100.0,
        "components": outcome.parts.iter().map(|part| part.value).collect::<Vec<_>>() })
}

/// A member's result and how it came about.
pub fn explained(assessed: &Assessed, member: &MemberLine) -> Value {
    let mut members = line(assessed, member);
    let parts: Vec<Value> = assessed
        .definition
        .components
        .iter()
        .zip(&member.outcome.parts)
        .enumerate()
        .map(|(index, (component, part))| {
            let tests = assessed.tests.get(index).map(Vec::as_slice).unwrap_or_default();
            let name = |one: &Counted| tests.get(one.sitting.test).map(|known| known.test.row.name.as_str());
            if let Some(list) = component.marks() {
                let given: Vec<Value> = member.marks_of(&list.name).map(marks::given).collect();
                return value!({ "title": component.title, "weight": component.weight, "value": part.value,
                    "list": list.name, "marks": given });
            }
            value!({ "title": component.title, "weight": component.weight, "value": part.value, "sat": part.sat,
                "least": part.least, "tests": counted(part, name) })
        })
        .collect();
    if let Some(fields) = members.as_object_mut() {
        fields.insert("components".into(), parts.into());
        fields.insert("adjustments".into(), member.adjustments.iter().map(adjustment).collect());
    }
    members
}

fn counted<'t>(part: &Part, name: impl Fn(&Counted) -> Option<&'t str>) -> Vec<Value> {
    let one = |one: &Counted| {
        let (score, full) = one.sitting.score.unzip();
        let mut test = value!({ "test": name(one), "presence": one.sitting.presence, "score": score, "full": full,
            "value": one.value, "use": one.use_ });
        if let (Some(made_up), Some(fields)) = (one.sitting.made_up, test.as_object_mut()) {
            let (score, full) = made_up.score.unzip();
            fields.insert(
                "make_up".into(),
                value!({ "score": score, "full": full, "cap": made_up.cap,
                "counts": one.made_up }),
            );
        }
        test
    };
    part.tests.iter().map(one).collect()
}
