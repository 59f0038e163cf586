//! Branch reports and raw data.

use crate::api::{Answer, csv, json, time};
use crate::app::App;
use crate::documents::{self, Document};
use crate::formats::sheet::write_csv;
use crate::http::{Access, Arrived, Parameter, Route, ServerAddress, SignedIn};
use crate::i18n::words::Words;
use crate::rules::advice::Advice;
use crate::rules::points::Points;
use crate::service::objections::provisional_until;
use crate::service::reports::{self, AttemptLine, Line, Report, ResponseLine};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json as value};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/api/v1/tests/{test}/report", Access::REPORTS, report).with_query(&NARROWED),
        Route::get("/api/v1/tests/{test}/attempts.csv", Access::REPORTS, attempts),
        Route::get("/api/v1/tests/{test}/responses.csv", Access::REPORTS, responses),
    ];
    routes.extend(FILES.map(|(path, document)| {
        let handler = move |app, caller, arrived, of, answer| file(app, caller, arrived, of, (answer, document));
        let route = Route::get(path, Access::REPORTS, handler);
        match document {
            _ if document.is_narrowed() => route.with_query(&NARROWED),
            _ if document.is_of_branch() => route.with_query(&BRANCH),
            _ => route,
        }
    }));
    routes
}

const FILES: [(&str, Document); 7] = [
    ("/api/v1/tests/{test}/report.csv", Document::ReportCsv),
    ("/api/v1/tests/{test}/report.xlsx", Document::ReportXlsx),
    ("/api/v1/tests/{test}/register.xlsx", Document::RegisterXlsx),
    ("/api/v1/tests/{test}/register.docx", Document::RegisterDocx),
    ("/api/v1/tests/{test}/circular.docx", Document::Circular),
    ("/api/v1/tests/{test}/announcement.docx", Document::Announcement),
    ("/api/v1/tests/{test}/archive.zip", Document::Archive),
];

const BRANCH: [Parameter; 1] = [Parameter::text("branch")];
const NARROWED: [Parameter; 2] = [Parameter::text("branch"), Parameter::text("category")];

#[derive(Deserialize)]
struct ReportQuery {
    branch: Option<String>,
    category: Option<String>,
}

async fn report(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
    answer: Answer,
) -> Response {
    let narrowed = (query.branch.as_deref(), query.category.as_deref());
    match reports::report_of(&app, &caller, &name, narrowed).await {
        Ok(report) => json(&document(&report)),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// What a document is asked for by: the test, the branch, and the address of the server.
type Of = (Path<String>, Query<ReportQuery>, ServerAddress);

async fn file(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now_ms): Arrived,
    (Path(test), Query(query), ServerAddress(address)): Of,
    (answer, document): (Answer, Document),
) -> Response {
    let words = Words(answer.language);
    let (branch, category) = (query.branch.as_deref(), query.category.as_deref());
    let asked = documents::Asked { caller: &caller, words, now_ms, test: &test, branch, category, address: &address };
    match documents::make(&app, document, asked).await {
        Ok(file) => ([(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response(),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// A report as the API and the command line give it.
pub fn document(report: &Report) -> Value {
    let topics: Vec<Value> = report
        .topics
        .iter()
        .map(|line| value!({ "bank": line.bank, "topic": line.topic, "title": line.title, "won": line.won, "possible": line.possible }))
        .collect();
    let mut told = value!({
        "test": report.test.row.name,
        "title": report.test.definition.title,
        "final": report.is_final,
        "provisional_until": provisional_until(&report.test).map(time),
        "cancelled": report.test.row.cancelled_reason,
        "branch": line(&report.line),
        "children": report.children.iter().map(line).collect::<Vec<_>>(),
        "bands": report.bands,
        "topics": topics,
        "trace_head": report.trace_head,
    });
    if let (Some(category), Some(fields)) = (&report.category, told.as_object_mut()) {
        fields.insert("category".into(), value!(category));
    }
    if let (Some(estimated), Some(fields)) = (&report.estimated, told.as_object_mut()) {
        fields.insert("estimate".into(), value!(estimated));
    }
    if let (Some(remade), Some(fields)) = (&report.after, told.as_object_mut()) {
        let names: Vec<&str> = remade.tests.iter().map(|test| test.row.name.as_str()).collect();
        let settled = remade.tests.iter().all(|test| test.row.finished_at_ms.is_some());
        fields.insert(
            "make_ups".into(),
            value!({ "tests": names, "final": settled, "sat": remade.after.sat,
            "made_up": remade.after.passed, "passed": remade.passed, "pass_rate": remade.pass_rate,
            "pass_rate_due": remade.pass_rate_due }),
        );
    }
    told
}

fn line(line: &Line) -> Value {
    let (tally, figures) = (&line.tally, &line.figures);
    let mut members = value!({
        "code": line.branch.as_ref().map(|node| &node.code),
        "name": line.branch.as_ref().map(|node| &node.name),
        "due": tally.due(), "sat": tally.sat, "absent": tally.absent, "excused": tally.excused, "exempt": tally.exempt,
        "disqualified": tally.disqualified, "working": tally.working, "pending": tally.pending,
    });
    if let (Some(members), Ok(Value::Object(figures))) = (members.as_object_mut(), serde_json::to_value(figures)) {
        members.extend(figures);
        members.insert("advice".into(), advice(&line.advice));
        if line.direct {
            members.insert("direct".into(), value!(true));
        }
        if line.elsewhere {
            members.insert("elsewhere".into(), value!(true));
        }
    }
    members
}

/// What stands beside the figures: ranges, the mean and the pass rate with numbers taken into account, and the place in
/// the official ranking, which is by the raw mean.
fn advice(advice: &Advice) -> Value {
    value!({
        "pass_rate": advice.pass_rate,
        "excellence_rate": advice.excellence_rate,
        "adjusted_mean": advice.adjusted_mean,
        "adjusted_pass_rate": advice.adjusted_pass_rate,
        "standing": advice.standing,
        "rank": advice.place.map(|place| place.rank),
        "shared": advice.place.map(|place| place.shared),
    })
}

async fn attempts(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    match reports::attempt_lines(&app, &caller, &name).await {
        Ok(lines) => csv(attempts_csv(&lines)),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// Attempts as CSV.
pub fn attempts_csv(lines: &[AttemptLine]) -> Vec<u8> {
    let heading = "test,attempt,login,name,branch,number,started,finished,score,full,percent,passed,presence";
    let mut rows: Vec<Vec<String>> = vec![heading.split(',').map(ToOwned::to_owned).collect()];
    for line in lines {
        let attempt = line.attempt.as_ref();
        let full = attempt.map(|attempt| Points::from_hundredths(attempt.full));
        let score = attempt.and_then(|attempt| attempt.score).map(Points::from_hundredths);
        let percent = score.zip(full).and_then(|(score, full)| score.percent_of(full));
        rows.push(vec![
            line.test.clone(),
            attempt.map(|attempt| attempt.id.clone()).unwrap_or_default(),
            line.person.login.clone(),
            line.person.name.clone(),
            line.branch.code.clone(),
            attempt.map(|attempt| attempt.number.to_string()).unwrap_or_default(),
            attempt.map(|attempt| time(attempt.started_at_ms)).unwrap_or_default(),
            attempt.and_then(|attempt| attempt.finished_at_ms).map(time).unwrap_or_default(),
            score.map(|score| score.to_string()).unwrap_or_default(),
            full.map(|full| full.to_string()).unwrap_or_default(),
            percent.map(|percent| percent.to_string()).unwrap_or_default(),
            line.passed.map(|passed| passed.to_string()).unwrap_or_default(),
            line.presence.name().to_owned(),
        ]);
    }
    write_csv(&rows)
}

async fn responses(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now): Arrived,
    Path(name): Path<String>,
    answer: Answer,
) -> Response {
    match reports::response_lines(&app, &caller, now, &name).await {
        Ok(lines) => csv(responses_csv(&lines)),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// Responses as CSV.
pub fn responses_csv(lines: &[ResponseLine]) -> Vec<u8> {
    let heading = "test,attempt,login,position,bank,question,edition,kind,topic,response,points,full";
    let mut rows: Vec<Vec<String>> = vec![heading.split(',').map(ToOwned::to_owned).collect()];
    for line in lines {
        rows.push(vec![
            line.test.clone(),
            line.attempt.clone(),
            line.login.clone(),
            line.position.to_string(),
            line.bank.clone(),
            line.question.clone(),
            line.edition.to_string(),
            line.kind.to_owned(),
            line.topic.clone(),
            line.response.clone(),
            line.points.map(|points| points.to_string()).unwrap_or_default(),
            line.full.to_string(),
        ]);
    }
    write_csv(&rows)
}
