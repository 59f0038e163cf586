//! Corrections of a test: previewed, made, proposed, approved. For those who organize it.

use crate::api::{Answer, Body, body, json, required_text, switch, text_or_empty, time};
use crate::app::App;
use crate::formats::bank_json;
use crate::formats::reader::{Fields, Reader};
use crate::http::{Access, Arrived, Parameter, Route, SignedIn};
use crate::rules::correction::Change;
use crate::rules::figures::Figures;
use crate::rules::points::Points;
use crate::service::corrections::{
    self, Amended, Asked, BranchChange, Correction, CorrectionRow, Preview, ResultChange, Standing, Subject,
};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json as value};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/tests/{test}/amendments", Access::ORGANIZER, list),
        Route::post("/api/v1/tests/{test}/amendments", Access::ORGANIZER, amend).with_query(&PREVIEW),
        Route::get("/api/v1/tests/{test}/amendments/{amendment}", Access::ORGANIZER, show),
        Route::post("/api/v1/tests/{test}/amendments/{amendment}", Access::ORGANIZER, decide),
    ]
}

const PREVIEW: [Parameter; 1] = [Parameter::switch("preview")];

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    preview: bool,
}

/// What is to be corrected, and why.
pub struct Asking {
    /// What.
    pub subject: Subject,
    /// Why; may be empty for a preview.
    pub reason: String,
}

impl Body for Asking {
    const FIELDS: &'static [&'static str] =
        &["change", "bank", "question", "answer", "attempt", "position", "points", "reason"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        let named = reader.required(fields, "change");
        let change = named.and_then(|value| reader.one_of(value, &Change::NAMES, |name| name));
        let reason = text_or_empty(reader, fields, "reason");
        let subject = match change? {
            "mark" => {
                let most = Points::from_hundredths(1000 * 100);
                let attempt = required_text(reader, fields, "attempt");
                let position = reader.required(fields, "position").and_then(|value| reader.whole(value));
                let points = reader.required(fields, "points");
                let points = points.and_then(|value| reader.points(value, Points::ZERO..=most));
                Subject::Mark { attempt: attempt?, position: position?, points: points? }
            }
            change => {
                let bank = required_text(reader, fields, "bank");
                let question = required_text(reader, fields, "question");
                let mut answer = || Some(reader.document().plain(reader.required(fields, "answer")?));
                let change = match change {
                    "key" => answer().map(Asked::Key),
                    "accept" => answer().map(Asked::Accept),
                    "full_points" => Some(Asked::FullPoints),
                    _ => Some(Asked::Void),
                };
                Subject::Question { bank: bank?, question: question?, change: change? }
            }
        };
        Some(Self { subject, reason: reason? })
    }
}

async fn amend(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    if wanted.preview {
        let result = async {
            let Asking { subject, .. } = body(&bytes)?;
            corrections::preview(&app, &caller, &name, &subject).await
        };
        return answer.json(result.await.map(|preview| previewed(&preview)));
    }
    let result = async {
        let Asking { subject, reason } = body(&bytes)?;
        let row = corrections::correct(&app, &caller, now, &name, (&subject, &reason)).await?;
        made(&app, &caller, &name, &row).await
    };
    answer.json(result.await)
}

async fn made(
    app: &App,
    caller: &crate::rules::rights::Caller,
    name: &str,
    row: &CorrectionRow,
) -> crate::service::Result<Value> {
    let (_, listed) = corrections::list(app, caller, name).await?;
    Ok(listed.iter().find(|one| one.row.id == row.id).map(described).unwrap_or_default())
}

async fn list(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    match corrections::list(&app, &caller, &name).await {
        Ok((_, listed)) => json(&listed.iter().map(described).collect::<Value>()),
        Err(error) => answer.problem(error).into_response(),
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path((name, id)): Path<(String, String)>,
    answer: Answer,
) -> Response {
    let result = corrections::preview_waiting(&app, &caller, &name, &id).await;
    answer.json(result.map(|preview| previewed(&preview)))
}

struct Decision {
    approved: bool,
}

impl Body for Decision {
    const FIELDS: &'static [&'static str] = &["approved"];

    fn read<'d>(reader: &mut Reader<'d>, fields: &Fields<'d>) -> Option<Self> {
        reader.required(fields, "approved")?;
        Some(Self { approved: switch(reader, fields, "approved")? })
    }
}

async fn decide(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path((name, id)): Path<(String, String)>,
    answer: Answer,
    bytes: Bytes,
) -> Response {
    let result = async {
        let Decision { approved } = body(&bytes)?;
        let row = corrections::decide(&app, &caller, now, (&name, &id), approved).await?;
        made(&app, &caller, &name, &row).await
    };
    answer.json(result.await)
}

/// A changed result as its member sees it: without the key, which is for the review.
pub fn amended(amended: &Amended) -> Value {
    value!({ "change": amended.change.name(), "positions": amended.positions, "reason": amended.reason,
        "at": time(amended.at_ms), "score_before": amended.score_before, "score": amended.score })
}

/// A change without the question that it is about.
pub fn change(change: &Change) -> Value {
    let mut members = value!({ "change": change.name() });
    if let Some(fields) = members.as_object_mut() {
        if let Some(key) = change.key() {
            fields.insert("answer".into(), bank_json::written_answer(key));
        }
        if let Change::Mark { attempt, position, points } = change {
            fields.insert("attempt".into(), value!(attempt));
            fields.insert("position".into(), value!(position));
            fields.insert("points".into(), value!(points));
        }
    }
    members
}

/// A correction as the API and the command line give it.
pub fn described(correction: &Correction) -> Value {
    let row = &correction.row;
    let mut members = change(&correction.change);
    if let (Some(fields), Value::Object(more)) = (
        members.as_object_mut(),
        value!({ "amendment": row.id, "number": row.number, "state": row.state, "bank": row.bank,
            "question": row.question, "reason": row.reason, "proposed_by": correction.proposer,
            "proposed_at": time(row.proposed_at_ms), "decided_by": correction.decider,
            "decided_at": row.decided_at_ms.map(time), "changed": correction.changed }),
    ) {
        fields.extend(more);
    }
    members
}

/// What a correction would change, as the API and the command line give it.
pub fn previewed(preview: &Preview) -> Value {
    let mut members = change(&preview.change);
    if let (Some(fields), Value::Object(more)) = (
        members.as_object_mut(),
        value!({ "bank": preview.named.0, "question": preview.named.1,
            "answer_before": bank_json::written_answer(&preview.question.key),
            "changed": preview.results.len() + preview.unseen, "unseen": preview.unseen, "moved": preview.moved,
            "passing": preview.passing, "failing": preview.failing,
            "results": preview.results.iter().map(result).collect::<Vec<_>>(),
            "branches": preview.branches.iter().map(branch).collect::<Vec<_>>() }),
    ) {
        fields.extend(more);
    }
    members
}

fn result(change: &ResultChange) -> Value {
    value!({ "login": change.login, "name": change.name, "branch": change.branch.as_ref().map(|branch| &branch.code),
        "attempt": change.attempt, "score_before": change.score_before, "score": change.score,
        "before": standing(&change.before), "after": standing(&change.after) })
}

fn standing(standing: &Standing) -> Value {
    let band = standing.band.map(|(from, to)| value!({ "from": from, "to": to }));
    value!({ "score": standing.score, "passed": standing.passed, "excellent": standing.excellent, "band": band,
        "rank": standing.rank })
}

fn branch(change: &BranchChange) -> Value {
    let figures = |figures: &Figures, rank: Option<usize>| {
        value!({ "mean": figures.mean, "pass_rate": figures.pass_rate, "excellence_rate": figures.excellence_rate,
            "rank": rank })
    };
    value!({ "code": change.branch.as_ref().map(|branch| &branch.code),
        "name": change.branch.as_ref().map(|branch| &branch.name),
        "before": figures(&change.before, change.rank_before), "after": figures(&change.after, change.rank) })
}
