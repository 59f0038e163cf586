//! The overview of branches over tests.

use crate::api::{Answer, json};
use crate::app::App;
use crate::documents;
use crate::http::{Access, Arrived, Parameter, Route, ServerAddress, SignedIn};
use crate::i18n::words::Words;
use crate::rules::blueprint::Occasion;
use crate::rules::overview::{Cell, Topics};
use crate::rules::points::Points;
use crate::service::error::{Error, Result};
use crate::service::overview::{self, Asked, Overview, Row};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json as value};

/// Calls of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/overview", Access::REPORTS, show).with_query(&PARAMETERS),
        Route::get("/api/v1/overview/circular.docx", Access::REPORTS, circular).with_query(&PERIOD),
        Route::get("/api/v1/overview/archive.zip", Access::REPORTS, archive).with_query(&WHOLE_PERIOD),
    ]
}

const PERIOD: [Parameter; 4] = [
    Parameter::text("branch"),
    Parameter::whole("year", 9_999),
    Parameter::whole("quarter", 4),
    Parameter::text("occasion"),
];
const WHOLE_PERIOD: [Parameter; 3] =
    [Parameter::whole("year", 9_999), Parameter::whole("quarter", 4), Parameter::text("occasion")];
const PARAMETERS: [Parameter; 7] = [
    Parameter::text("branch"),
    Parameter::whole("year", 9_999),
    Parameter::whole("quarter", 4),
    Parameter::text("occasion"),
    Parameter::text("kind"),
    Parameter::text("category"),
    Parameter::from(),
];

#[derive(Deserialize)]
struct Wanted {
    branch: Option<String>,
    year: Option<i16>,
    quarter: Option<u8>,
    occasion: Option<String>,
    kind: Option<String>,
    category: Option<String>,
    #[serde(default)]
    from: i64,
}

impl Wanted {
    fn asked(self) -> Result<Asked> {
        let of_name =
            |name: String| Occasion::from_name(&name).ok_or(Error::Invalid { field: "occasion", expected: "occasion" });
        if self.quarter.is_some_and(|quarter| self.year.is_none() || !(1..=4).contains(&quarter)) {
            return Err(Error::Invalid { field: "quarter", expected: "quarter" });
        }
        Ok(Asked {
            branch: self.branch,
            year: self.year,
            quarter: self.quarter,
            occasion: self.occasion.map(of_name).transpose()?,
            kind: self.kind,
            category: self.category,
            from: self.from.max(0),
            whole: false,
        })
    }
}

async fn circular(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now_ms): Arrived,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let made = async {
        let asked = wanted.asked()?;
        documents::circular_of_period(&app, &caller, (Words(answer.language), now_ms), &asked).await
    };
    sent(made.await, &answer)
}

fn sent(made: Result<documents::File>, answer: &Answer) -> Response {
    match made {
        Ok(file) => ([(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response(),
        Err(error) => answer.problem(error).into_response(),
    }
}

async fn archive(
    State(app): State<App>,
    (SignedIn(caller), Arrived(now_ms)): (SignedIn, Arrived),
    Query(wanted): Query<Wanted>,
    ServerAddress(address): ServerAddress,
    answer: Answer,
) -> Response {
    let made = async {
        let asked = wanted.asked()?;
        documents::archive_of_period(&app, &caller, (Words(answer.language), now_ms, &address), &asked).await
    };
    sent(made.await, &answer)
}

async fn show(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Arrived(now_ms): Arrived,
    Query(wanted): Query<Wanted>,
    answer: Answer,
) -> Response {
    let result = async {
        let asked = wanted.asked()?;
        overview::overview(&app, &caller, now_ms, &asked).await
    };
    match result.await {
        Ok(overview) => json(&document(&overview)),
        Err(error) => answer.problem(error).into_response(),
    }
}

/// An overview as the API and the command line give it.
pub fn document(overview: &Overview) -> Value {
    let tests: Vec<Value> = overview
        .tests
        .iter()
        .map(|test| {
            value!({
                "test": test.row.name, "title": test.definition.title, "occasion": test.definition.occasion.name(),
                "closes": crate::api::time(test.definition.closes_at_ms), "final": test.row.finished_at_ms.is_some(),
            })
        })
        .collect();
    value!({
        "tests": tests,
        "total": row(&overview.total),
        "branches": overview.rows.iter().map(row).collect::<Vec<_>>(),
        "count": overview.count,
    })
}

fn row(row: &Row) -> Value {
    let mut members = value!({
        "code": row.branch.as_ref().map(|node| &node.code),
        "name": row.branch.as_ref().map(|node| &node.name),
        "tests": row.cells.iter().map(|one| one.as_ref().map(cell)).collect::<Vec<_>>(),
        "topics": topics(&row.topics),
    });
    if let Some(members) = members.as_object_mut().filter(|_| row.direct) {
        members.insert("direct".into(), value!(true));
    }
    members
}

fn cell(cell: &Cell) -> Value {
    let mut members = value!({ "due": cell.due, "sat": cell.sat, "marked": cell.marked });
    if let (Some(members), Ok(Value::Object(figures))) = (members.as_object_mut(), serde_json::to_value(cell.figures)) {
        members.extend(figures);
    }
    members
}

fn topics(topics: &Topics) -> Vec<Value> {
    let one = |((bank, topic), (won, possible)): (&(String, String), &(Points, Points))| value!({ "bank": bank, "topic": topic, "won": won, "possible": possible });
    topics.iter().map(one).collect()
}
