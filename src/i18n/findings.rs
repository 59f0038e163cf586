//! What was found when looking whether everything is ready, in words.

use crate::i18n::times::{moment, stamp};
use crate::i18n::{Described, Value, find, text_with};
use crate::rules::text::Language;
use crate::service::readiness::{Finding, Subject};

/// Room on a disk: `12.3 GB`.
fn gigabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

/// A finding in words. Messages are `ready-<name>-<state>` with an attribute `remedy`.
pub fn finding(language: Language, finding: &Finding) -> Described {
    let when = |at_ms: Option<i64>| at_ms.map(|at_ms| moment(language, at_ms)).unwrap_or_default();
    let values = match &finding.subject {
        Subject::Address { address } => vec![("address", address.clone())],
        Subject::Phone { at_ms, device } => {
            vec![("at", when(*at_ms)), ("device", device.clone().unwrap_or_default())]
        }
        Subject::Disk { free } => vec![("free", free.map(gigabytes).unwrap_or_default())],
        Subject::Clock { now_ms, drift_ms } => {
            vec![("now", stamp(*now_ms)), ("drift", (drift_ms.abs() / 1_000).to_string())]
        }
        Subject::Backup { at_ms } => {
            vec![("at", when(*at_ms)), ("known", if at_ms.is_some() { "yes" } else { "no" }.into())]
        }
        Subject::Database { kind } => vec![("kind", (*kind).to_owned())],
        Subject::Files { most } => vec![("most", most.map(|most| most.to_string()).unwrap_or_default())],
    };
    let values: Vec<(&str, Value<'_>)> =
        values.iter().map(|(name, value)| (*name, Value::from(value.as_str()))).collect();
    let id = format!("ready-{}-{}", finding.subject.name(), finding.state.name());
    Described {
        what: text_with(language, &id, &values),
        remedy: find(language, &format!("{id}.remedy"), &values).unwrap_or_default(),
    }
}
