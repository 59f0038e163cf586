//! Corrections of a test: what was corrected, a question to correct, what that would change, and doing it.

use crate::app::App;
use crate::formats::bank_json;
use crate::http::{Access, Route};
use crate::i18n::describe;
use crate::rules::points::Points;
use crate::rules::question::{Key, Question};
use crate::service::corrections::{self, Asked, Subject};
use crate::service::{Error, Result};
use crate::web::input::Fields;
use crate::web::views::corrections::{self as view, Sent, Target, part_prefix};
use crate::web::visit::{Visit, go, segment, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use serde_json::{Value, json};

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/corrections", Access::ORGANIZER, list),
        Route::get("/tests/{test}/corrections/question", Access::ORGANIZER, question),
        Route::get("/tests/{test}/corrections/mark", Access::ORGANIZER, mark),
        Route::post("/tests/{test}/corrections", Access::ORGANIZER, correct),
        Route::get("/tests/{test}/corrections/waiting/{correction}", Access::ORGANIZER, waiting),
        Route::post("/tests/{test}/corrections/waiting/{correction}", Access::ORGANIZER, decide),
    ]
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    bank: String,
    #[serde(default)]
    question: String,
}

async fn list(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = async {
        let (test, listed) = corrections::list(&app, &visit.caller, &name).await?;
        let (_, asked) = corrections::asked(&app, &visit.caller, &name).await?;
        let words = visit.words();
        Ok(visit.page(&words.t("corrections-title"), view::list(words, &test, &listed, &asked)))
    };
    visit.answer(result.await)
}

async fn question(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(named): Query<Named>,
) -> Response {
    if named.question.is_empty() {
        let listed = corrections::list(&app, &visit.caller, &name).await;
        return visit.answer(listed.map(|_| go(&format!("/tests/{}/corrections#questions", segment(&name)))));
    }
    let result = form(&app, &visit, &name, (&named.bank, &named.question), None).await;
    visit.answer(result)
}

async fn form(
    app: &App,
    visit: &Visit,
    name: &str,
    (bank, id): (&str, &str),
    failed: Option<(&Fields, &Error)>,
) -> Result<Response> {
    let (test, question) = corrections::question(app, &visit.caller, name, bank, id).await?;
    let empty = Fields::default();
    let target = Target { test: &test, bank, question: &question };
    let error = failed.map(|(_, error)| describe(visit.language, error));
    let words = visit.words();
    let body = view::question(words, &target, failed.map_or(&empty, |(fields, _)| fields), error.as_ref());
    Ok(visit.page_with(status(failed.is_some()), &words.t("corrections-title"), body))
}

const fn status(is_failed: bool) -> StatusCode {
    if is_failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

async fn mark(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = mark_form(&app, &visit, &name, None).await;
    visit.answer(result)
}

async fn mark_form(app: &App, visit: &Visit, name: &str, failed: Option<(&Fields, &Error)>) -> Result<Response> {
    let (test, _) = corrections::list(app, &visit.caller, name).await?;
    let empty = Fields::default();
    let error = failed.map(|(_, error)| describe(visit.language, error));
    let words = visit.words();
    let body = view::mark(words, &test, failed.map_or(&empty, |(fields, _)| fields), error.as_ref());
    Ok(visit.page_with(status(failed.is_some()), &words.t("corrections-mark"), body))
}

/// The first step shows what would change; the second one, with a reason, does it.
async fn correct(State(app): State<App>, visit: Visit, Path(name): Path<String>, fields: Fields) -> Response {
    let result = step(&app, &visit, &name, &fields).await;
    match result {
        Err(error @ (Error::Invalid { .. } | Error::Unreadable(_) | Error::NotFound(_) | Error::ChangedMeanwhile))
            if fields.has("login") =>
        {
            let result = mark_form(&app, &visit, &name, Some((&fields, &error))).await;
            visit.answer(result)
        }
        Err(error @ (Error::Invalid { .. } | Error::Unreadable(_) | Error::ChangedMeanwhile)) => {
            let named = (fields.get("bank"), fields.get("question"));
            let result = form(&app, &visit, &name, named, Some((&fields, &error))).await;
            visit.answer(result)
        }
        result => visit.answer(result),
    }
}

async fn step(app: &App, visit: &Visit, name: &str, fields: &Fields) -> Result<Response> {
    let subject = subject(app, visit, name, fields).await?;
    if !fields.has("apply") {
        let preview = corrections::preview(app, &visit.caller, name, &subject).await?;
        let words = visit.words();
        let body = view::preview(words, &preview, &Sent::Form(fields));
        return Ok(visit.page(&words.t("corrections-title"), body));
    }
    let (to_end, caller, now_ms) = (app.clone(), visit.caller.clone(), visit.now_ms);
    let (of, reason) = (name.to_owned(), fields.get("reason").to_owned());
    to_its_end(async move { corrections::correct(&to_end, &caller, now_ms, &of, (&subject, &reason)).await }).await?;
    Ok(go(&format!("/tests/{}/corrections", segment(name))))
}

async fn subject(app: &App, visit: &Visit, name: &str, fields: &Fields) -> Result<Subject> {
    if fields.has("login") {
        let invalid = |field, expected| Error::Invalid { field, expected };
        let points = fields.get("points").trim().parse::<f64>().ok().and_then(Points::from_number);
        let position = fields.get("position").trim().parse().map_err(|_| invalid("position", "correction-position"))?;
        let number = Some(fields.get("number").trim()).filter(|text| !text.is_empty()).map(str::parse);
        let number = number.transpose().map_err(|_| invalid("number", "correction-number"))?;
        return Ok(Subject::Mark {
            attempt: corrections::attempt_of(app, &visit.caller, name, fields.get("login"), number).await?,
            position,
            points: points.ok_or_else(|| invalid("points", "correction-points"))?,
        });
    }
    let (bank, id) = (fields.get("bank"), fields.get("question"));
    let (_, question) = corrections::question(app, &visit.caller, name, bank, id).await?;
    let change = match fields.get("change") {
        "key" => Asked::Key(answer(&question, "", fields)),
        "accept" => Asked::Accept(answer(&question, "", fields)),
        "full_points" => Asked::FullPoints,
        "void" => Asked::Void,
        _ => return Err(Error::Invalid { field: "change", expected: "correction-change" }),
    };
    Ok(Subject::Question { bank: bank.to_owned(), question: id.to_owned(), change })
}

/// What the form says is correct, as a bank's file would say it; what is written by hand in a case stays as it is.
fn answer(question: &Question, of: &str, fields: &Fields) -> Value {
    let trimmed = |name: &str| fields.get(&format!("{of}{name}")).trim().to_owned();
    match &question.key {
        Key::Multiple(_) => json!(fields.all(&format!("{of}answer")).collect::<Vec<_>>()),
        Key::TrueFalse(_) => match trimmed("answer").as_str() {
            "true" => json!(true),
            "false" => json!(false),
            _ => Value::Null,
        },
        Key::Order(_) => {
            let labels = trimmed("answer");
            let labels = labels.split([',', '，', '、', ' ']).map(str::trim).filter(|label| !label.is_empty());
            json!(labels.collect::<Vec<_>>())
        }
        Key::Match(_) => question
            .options
            .iter()
            .map(|option| (option.label.clone(), json!(trimmed(&format!("pair-{}", option.label)))))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Key::Numeric(numeric) => {
            let number = |name: &str| trimmed(name).parse::<f64>().map_or_else(|_| json!(trimmed(name)), |n| json!(n));
            json!({ "value": number("answer"), "tolerance": number("tolerance"), "units": numeric.units })
        }
        Key::Blank(gaps) => (1..)
            .zip(&gaps.gaps)
            .map(|(number, gap)| {
                let text = trimmed(&format!("gap-{number}"));
                let accept: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
                if gap.number { json!({ "accept": accept, "number": true, "units": gap.units }) } else { json!(accept) }
            })
            .collect(),
        Key::Single(_) => json!(trimmed("answer")),
        key @ (Key::Short(_) | Key::Essay(_)) => bank_json::written_answer(key),
        Key::Case(_) => {
            let parts = (1..).zip(question.parts());
            parts.map(|(number, part)| answer(&part, &part_prefix(number), fields)).collect()
        }
    }
}

async fn waiting(State(app): State<App>, visit: Visit, Path((name, id)): Path<(String, String)>) -> Response {
    let result = show_waiting(&app, &visit, (&name, &id), None).await;
    visit.answer(result)
}

async fn show_waiting(app: &App, visit: &Visit, (name, id): (&str, &str), error: Option<&Error>) -> Result<Response> {
    let preview = corrections::preview_waiting(app, &visit.caller, name, id).await?;
    let (_, listed) = corrections::list(app, &visit.caller, name).await?;
    let Some(correction) = listed.iter().find(|one| one.row.id == id) else {
        return Ok(go(&format!("/tests/{}/corrections", segment(name))));
    };
    let words = visit.words();
    let error = error.map(|error| describe(visit.language, error));
    let body = view::preview(words, &preview, &Sent::Waiting(correction, error.as_ref()));
    Ok(visit.page_with(status(error.is_some()), &words.t("corrections-title"), body))
}

async fn decide(
    State(app): State<App>,
    visit: Visit,
    Path((name, id)): Path<(String, String)>,
    fields: Fields,
) -> Response {
    let approved = fields.get("decision") == "approve";
    let (to_end, caller, now_ms, of, which) =
        (app.clone(), visit.caller.clone(), visit.now_ms, name.clone(), id.clone());
    let decided =
        to_its_end(async move { corrections::decide(&to_end, &caller, now_ms, (&of, &which), approved).await }).await;
    match decided {
        Ok(_) | Err(Error::LateDecided) => go(&format!("/tests/{}/corrections", segment(&name))),
        Err(error @ (Error::SecondPersonNeeded | Error::ChangedMeanwhile)) => {
            let result = show_waiting(&app, &visit, (&name, &id), Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}
