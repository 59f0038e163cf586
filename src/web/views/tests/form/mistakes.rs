//! What the use case refuses, said beside the field of the form in which it lies.

use crate::i18n::{self, describe};
use crate::rules::bank::Problem;
use crate::service::Error;
use crate::web::draft::field_of;
use crate::web::words::Words;

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
