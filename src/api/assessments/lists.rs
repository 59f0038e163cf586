//! Who can be commended, who needs help, and a year beside the year before; and all of these as workbooks.

use super::{Wanted, branch, line};
use crate::api::Answer;
use crate::app::App;
use crate::documents::assessment::{self, Workbook};
use crate::http::{Arrived, SignedIn};
use crate::i18n::words::Words;
use crate::rules::assessment::commendation::{Attendance, Criterion, Held};
use crate::rules::assessment::help::Need;
use crate::service::assessments::{
    self, Before, BranchCandidate, BranchChange, Candidate, Commended, Compared, InNeed, NamedYear, ToHelp, year,
};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde_json::{Value, json as value};

pub(super) async fn commended(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result = async { assessments::commended(&app, &caller, now, (year(&of)?, wanted.branch.as_deref())).await };
    answer.json(result.await.map(|shown| document_of_commended(&shown)))
}

pub(super) async fn to_help(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result = async { assessments::to_help(&app, &caller, now, (year(&of)?, wanted.branch.as_deref())).await };
    answer.json(result.await.map(|shown| document_of_help(&shown)))
}

pub(super) async fn compared(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
    Path(of): Path<String>,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result = async { assessments::compared(&app, &caller, now, (year(&of)?, wanted.branch.as_deref())).await };
    answer.json(result.await.map(|shown| document_of_compared(&shown)))
}

/// Where a workbook of a year is asked for.
type Of = (Path<String>, Query<Wanted>);

macro_rules! workbook {
    ($handler:ident, $workbook:ident) => {
        pub(super) async fn $handler(
            State(app): State<App>,
            (SignedIn(caller), Arrived(now)): (SignedIn, Arrived),
            (Path(of), Query(wanted)): Of,
            answer: Answer,
        ) -> Response {
            let by = (caller.as_ref(), Words(answer.language), now);
            let made = async {
                let at = (year(&of)?, wanted.branch.as_deref());
                assessment::make(&app, by, at, Workbook::$workbook).await
            };
            match made.await {
                Ok(file) => ([(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response(),
                Err(error) => answer.problem(error).into_response(),
            }
        }
    };
}

workbook!(results_xlsx, Results);
workbook!(commended_xlsx, Commended);
workbook!(to_help_xlsx, ToHelp);
workbook!(compared_xlsx, Compared);

fn criteria(held: &[Held]) -> Value {
    let one = |one: &Held| {
        let mut criterion = value!({ "criterion": one.criterion.name(), "met": one.is_met(), "near": one.is_near() });
        if let (true, Some(fields)) = (has_line(one.criterion), criterion.as_object_mut()) {
            fields.insert("value".into(), value!(one.value));
            fields.insert("line".into(), value!(one.line));
        }
        if let (Criterion::Component(index), Some(fields)) = (one.criterion, criterion.as_object_mut()) {
            fields.insert("component".into(), value!(index));
        }
        criterion
    };
    held.iter().map(one).collect()
}

const fn has_line(criterion: Criterion) -> bool {
    !matches!(criterion, Criterion::Result | Criterion::NoAbsence | Criterion::NoFail)
}

fn with(mut document: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (document.as_object_mut(), more) {
        fields.extend(more);
    }
    document
}

fn attendance(of: &Attendance) -> Value {
    value!({ "due": of.due, "sat": of.sat, "absent": of.absent, "failed": of.failed })
}

/// Who can be commended, as the API and the command line give it.
pub fn document_of_commended(shown: &Commended) -> Value {
    let assessed = &shown.assessed;
    let member = |one: &Candidate| {
        let member = assessed.members.get(one.member)?;
        let more =
            value!({ "attendance": attendance(&one.attendance), "criteria": criteria(&one.held), "place": one.place });
        Some(with(line(assessed, member), more))
    };
    let of_branch = |one: &BranchCandidate| {
        with(branch(&one.line), value!({ "criteria": criteria(&one.held), "place": one.place }))
    };
    value!({
        "year": assessed.definition.year,
        "criteria": crate::formats::assessment_json::write(&assessed.definition).get("commend"),
        "members": shown.members.iter().filter_map(member).collect::<Vec<_>>(),
        "close_members": shown.close.iter().filter_map(member).collect::<Vec<_>>(),
        "branches": shown.branches.iter().map(of_branch).collect::<Vec<_>>(),
        "close_branches": shown.close_branches.iter().map(of_branch).collect::<Vec<_>>(),
    })
}

/// Who needs help, as the API and the command line give it.
pub fn document_of_help(shown: &ToHelp) -> Value {
    let assessed = &shown.assessed;
    let need = |need: &Need| {
        let amount = need.amount().and_then(|amount| amount.parse::<f64>().ok());
        value!({ "need": need.name(), "amount": amount })
    };
    let member = |one: &InNeed| {
        let member = assessed.members.get(one.member)?;
        let topics: Vec<Value> = one
            .topics
            .iter()
            .map(|topic| value!({ "title": topic.title, "won": topic.won, "possible": topic.possible }))
            .collect();
        let more = value!({ "attendance": attendance(&one.attendance), "last_year": one.last,
            "needs": one.needs.iter().map(need).collect::<Vec<_>>(), "weak_topics": topics });
        Some(with(line(assessed, member), more))
    };
    value!({
        "year": assessed.definition.year,
        "criteria": crate::formats::assessment_json::write(&assessed.definition).get("help"),
        "last_year": shown.last.as_ref().map(named),
        "has_topics": shown.has_topics,
        "members": shown.members.iter().filter_map(member).collect::<Vec<_>>(),
    })
}

fn named(year: &NamedYear) -> Value {
    value!({ "year": year.year, "title": year.title, "same_rules": year.same_rules,
        "signed_version": year.signed.map(|(number, _)| number),
        "signed_at": year.signed.map(|(_, at)| crate::api::time(at)) })
}

fn before(before: &Before) -> Value {
    value!({ "branch": before.branch.code, "total": before.total, "rank": before.rank,
        "participation_rate": before.attendance.participation() })
}

/// A year beside the year before, as the API and the command line give it.
pub fn document_of_compared(shown: &Compared) -> Value {
    let assessed = &shown.assessed;
    let change = |one: &BranchChange| {
        value!({ "code": one.branch.as_ref().map(|node| &node.code), "name": one.branch.as_ref().map(|node| &node.name),
            "now": one.now.as_ref().map(branch), "before": one.before.as_ref().map(branch), "shift": one.shift })
    };
    let member = |one: &assessments::MemberChange| {
        let member = assessed.members.get(one.member)?;
        let more = value!({ "participation_rate": one.attendance.participation(),
            "before": one.before.as_ref().map(before) });
        Some(with(line(assessed, member), more))
    };
    let gone = |one: &Before| with(before(one), value!({ "name": one.name }));
    value!({
        "year": assessed.definition.year,
        "last_year": shown.last.as_ref().map(named),
        "branches": shown.branches.iter().map(change).collect::<Vec<_>>(),
        "members": shown.members.iter().filter_map(member).collect::<Vec<_>>(),
        "gone": shown.gone.iter().map(gone).collect::<Vec<_>>(),
    })
}
