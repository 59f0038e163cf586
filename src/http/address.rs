//! What stands in the address of a request: names that can be told, and for calls only known parameters.

use crate::http::{Parameter, Takes};
use crate::rules::bank::{Place, Problem, ProblemCode};
use crate::rules::text::nearest;
use crate::service::Error;
use crate::service::error::Thing;
use axum::extract::Query;
use axum::http::Uri;

/// Whether every name in a path can be told: UTF-8 without U+0000, which no name can hold and PostgreSQL refuses.
pub(super) fn is_told(uri: &Uri) -> bool {
    let told = |text: &str| {
        percent_encoding::percent_decode_str(text).decode_utf8().is_ok_and(|decoded| !decoded.contains('\0'))
    };
    told(uri.path()) && uri.query().is_none_or(told)
}

/// Refuses what can't be told, and for a call every parameter that it doesn't know.
pub(super) fn check(uri: &Uri, known: Option<&[Parameter]>) -> Result<(), Error> {
    if !is_told(uri) {
        return Err(Error::NotFound(Thing::Page));
    }
    let Some(known) = known else { return Ok(()) };
    let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(uri).unwrap_or_default();
    let problems: Vec<Problem> =
        given.iter().enumerate().filter_map(|(index, pair)| problem(pair, given.get(..index)?, known)).collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Parameters(problems)) }
}

fn problem((name, value): &(String, String), before: &[(String, String)], known: &[Parameter]) -> Option<Problem> {
    let is_whole = |most: u32| value.parse::<u32>().is_ok_and(|number| number <= most);
    let (code, found, expected) = match known.iter().find(|parameter| parameter.name == name).map(|known| known.takes) {
        None => {
            let near = nearest(name, known.iter().map(|parameter| parameter.name)).unwrap_or_default();
            (ProblemCode::UnknownField, name, near.to_owned())
        }
        Some(takes) if takes != Takes::Texts && before.iter().any(|(other, _)| other == name) => {
            (ProblemCode::Repeated, name, String::new())
        }
        Some(Takes::Switch) if !matches!(value.as_str(), "true" | "false") => {
            (ProblemCode::NotOneOf, value, "true, false".to_owned())
        }
        Some(Takes::Whole(most)) if !is_whole(most) => (ProblemCode::OutOfRange, value, format!("0–{most}")),
        Some(_) => return None,
    };
    let found: String = found.chars().take(80).collect();
    Some(Problem::new(Place::default(), name.clone(), code, found, expected))
}
