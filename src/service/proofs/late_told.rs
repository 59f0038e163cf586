//! What arrived after the end of an attempt, and what was decided about it, against what the chain says.

use crate::service::error::Result;
use crate::service::late::stored_in_time;
use crate::service::proofs::chain::Event;
use crate::store::attempts::{self, AttemptRow, ResponseRow};
use crate::store::db::Tx;
use crate::store::details;
use crate::store::late::{self, AmendmentRow};
use serde_json::Value;

/// What the chain says of one attempt after its end.
#[derive(Default)]
pub(super) struct Told {
    /// The last of these events: it covers everything that had arrived.
    pub(super) received: Option<Event>,
    /// In order.
    pub(super) decided: Vec<Event>,
}

/// The attempt and its responses as they were when it ended, before any decision.
pub(super) async fn as_ended(tx: &mut Tx, mut attempt: AttemptRow) -> Result<(AttemptRow, Vec<ResponseRow>)> {
    let responses = attempts::responses(tx, &attempt.id).await?;
    let amendments = late::amendments(tx, &attempt.id).await?;
    let Some(first) = amendments.first() else { return Ok((attempt, responses)) };
    attempt.marks = Some(first.marks_before.clone());
    attempt.score = Some(first.score_before);
    if responses.is_empty() {
        return Ok((attempt, responses));
    }
    let rows = late::list(tx, &attempt.id).await?;
    let decision = amendments.iter().find(|amendment| amendment.kind == late::LATE);
    Ok((attempt, stored_in_time(responses, &rows, decision).into_values().collect()))
}

/// Whether late responses, decisions and the result since are those of the chain.
pub(super) async fn is_as_told(tx: &mut Tx, attempt_id: &str, told: &Told) -> Result<bool> {
    let rows = late::list(tx, attempt_id).await?;
    let responses = attempts::responses(tx, attempt_id).await?;
    // Late responses are deleted after their time, with all others.
    let are_gone = rows.is_empty() && responses.is_empty();
    let received = are_gone
        || rows.is_empty() && told.received.is_none()
        || told.received.as_ref().is_some_and(|event| event.says(&details::late_received(&rows)));
    let amendments = late::amendments(tx, attempt_id).await?;
    if !received || amendments.len() != told.decided.len() {
        return Ok(false);
    }
    let answers = responses.iter().filter_map(|row| Some((row.position, row.response.as_deref()?)));
    let digest = details::responses_digest(answers);
    let hold = amendments.iter().zip(&told.decided).all(|(amendment, event)| {
        if amendment.kind == late::MARKING {
            let is_said = event.says(&details::response_marked(amendment));
            return is_said && event.link.kind == "response-marked" && event.link.at_ms == amendment.decided_at_ms;
        }
        if amendment.kind == late::CORRECTION {
            let is_said = event.says(&details::corrected(amendment));
            return is_said && event.link.kind == "attempt-corrected" && event.link.at_ms == amendment.decided_at_ms;
        }
        let is_said = event.says(&details::late_decided(amendment, &rows, &digest));
        event.link.at_ms == amendment.decided_at_ms && (is_said || are_gone && says_result(event, amendment))
    });
    let last = amendments.last();
    let attempt = attempts::find(tx, attempt_id).await?;
    let is_result = last.is_none_or(|last| {
        attempt.is_some_and(|attempt| attempt.marks.as_ref() == Some(&last.marks) && attempt.score == Some(last.score))
    });
    Ok(hold && is_result)
}

/// Without the responses only the rest of a decision can be compared, and not without its particulars.
fn says_result(event: &Event, amendment: &AmendmentRow) -> bool {
    let Some(mut said) = event.detail.clone() else { return true };
    let mut is = details::late_decided(amendment, &[], "");
    for detail in [&mut said, &mut is] {
        if let Some(members) = detail.as_object_mut() {
            members.retain(|name, _| name != "late" && name != "responses");
        }
    }
    said == is && is != Value::Null
}
