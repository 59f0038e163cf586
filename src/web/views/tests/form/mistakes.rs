//! What the use case refuses, said beside the field of the form in which it lies.

use crate::i18n::{self, describe};
use crate::rules::bank::Problem;
use crate::service::Error;
use crate::web::draft::field_of;
use crate::web::words::{Words, count};

/// Field and words of each mistake; the field is empty where there is none.
pub(super) fn mistakes(words: Words, error: &Error) -> Vec<(String, String)> {
    match error {
        Error::File(problems) => problems.iter().map(|problem| (field_of(problem), said(words, problem))).collect(),
        Error::Shortfall(shortfalls) => shortfalls
            .iter()
            .map(|short| {
                let first = short.rows.first();
                let field = first.map(|row| format!("s{}-r{}-count", row.section.max(1) - 1, row.row.max(1) - 1));
                (field.unwrap_or_default(), i18n::shortfall(words.0, short))
            })
            .collect(),
        Error::Forbidden(_) => vec![("branches".to_owned(), words.t("form-outside"))],
        Error::NameTaken(_) => vec![("test".to_owned(), words.t("form-name-taken"))],
        Error::Invalid { field, expected } => {
            vec![((*field).to_owned(), words.t(&format!("expected-{expected}")))]
        }
        other => {
            let described = describe(words.0, other);
            let comma = if described.remedy.is_empty() { "" } else { " " };
            vec![(String::new(), format!("{}{comma}{}", described.what, described.remedy))]
        }
    }
}

/// A problem in the words of the form, which knows no names of fields.
fn said(words: Words, problem: &Problem) -> String {
    let code = serde_json::to_value(problem.code).unwrap_or_default();
    let id = format!("form-problem-{}", code.as_str().unwrap_or_default());
    let values = [("found", problem.found.as_str().into()), ("expected", problem.expected.as_str().into())];
    i18n::find(words.0, &id, &values).unwrap_or_else(|| {
        let described = i18n::problem(words.0, problem);
        format!("{} {}", described.what, described.remedy)
    })
}

/// The field in the words of the form, with its place where there are several; `None` where the words of the mistake
/// say it themselves.
pub(super) fn label_of(words: Words, field: &str) -> Option<String> {
    let place =
        |text: &str, letter: char| text.strip_prefix(letter)?.parse::<usize>().ok().map(|index| count(index + 1));
    let parts: Vec<&str> = field.split('-').collect();
    let (at, name) = match parts.as_slice() {
        [section, row, name] => {
            let values = [("section", place(section, 's')?), ("row", place(row, 'r')?)];
            (Some(words.with("form-row", &values)), *name)
        }
        [section, name] if place(section, 's').is_some() => {
            (Some(words.with("form-section", &[("number", place(section, 's')?)])), *name)
        }
        _ => (None, field),
    };
    let label = match name {
        "title_zh" => "form-title-zh",
        "title_en" => "form-title-en",
        "test" => "form-test",
        "occasion" => "form-occasion",
        "branches" => "form-branches",
        "sample" => "form-sample",
        "except" => "form-except",
        "opens" => "form-opens",
        "closes" => "form-closes",
        "minutes" => "form-minutes",
        "late_minutes" => "form-late",
        "earliest_submit_minutes" => "form-earliest",
        "integrity_addresses" => "form-addresses",
        "integrity_password" => "form-password",
        "integrity_safe_exam_browser" => "form-browser",
        "attempts" => "form-attempts",
        "keep" => "form-keep",
        "pass" => "form-pass",
        "excellent" => "form-excellent",
        "review" => "form-review",
        "objection_days" => "form-objection-days",
        "markers" => "form-markers",
        "difference" => "form-difference",
        "kind" => "form-kind",
        "points" => "form-points",
        "policy" => "form-policy",
        "bank" => "form-bank",
        "count" => "form-count",
        "topics" => "form-topics",
        "easy" => "form-difficulty",
        "definition" => "test-definition",
        _ => return at,
    };
    let label = words.t(label);
    Some(at.map_or_else(
        || label.clone(),
        |at| words.with("form-at", &[("place", at.into()), ("field", label.as_str().into())]),
    ))
}
