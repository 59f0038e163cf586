//! Tests and presence against what the chain says of them.

use crate::rules::blueprint::Definition;
use crate::rules::presence::Presence;
use crate::service::error::Result;
use crate::service::proofs::chain::Event;
use crate::store::db::Tx;
use crate::store::details;
use crate::store::presence::{self, PresenceRow};
use crate::store::tests::TestRow;
use serde_json::Value;
use std::collections::HashMap;

/// What the chain says of one test.
#[derive(Default)]
pub(super) struct Told {
    /// The last event that names the definition.
    pub(super) made: Option<Event>,
    pub(super) cancelled: Option<Event>,
    pub(super) settled: Option<Event>,
    /// In order.
    pub(super) presence: Vec<Event>,
}

/// Whether a test's rules, times, cancelling and frozen members are those of the chain.
pub(super) async fn is_as_told(
    tx: &mut Tx,
    row: &TestRow,
    definition: Option<&Definition>,
    told: &Told,
) -> Result<bool> {
    let times = (row.opens_at_ms, row.closes_at_ms);
    let times_hold = definition.is_some_and(|definition| (definition.opens_at_ms, definition.closes_at_ms) == times);
    let made_holds = told.made.as_ref().is_some_and(|event| {
        let at_ms = event.link.at_ms;
        if event.link.kind == "test-closed" {
            // The first version of this event says nothing of the definition.
            event.says(&details::test_closed(row, at_ms)) || event.says(&details::test_closed_before(at_ms))
        } else {
            event.says(&details::test_made(row))
        }
    });
    let cancelled_holds = match (&told.cancelled, &row.cancelled_reason) {
        (None, None) => true,
        (Some(event), Some(reason)) => event.says(&details::test_cancelled(reason)),
        _ => false,
    };
    Ok(times_hold && made_holds && cancelled_holds && settled_holds(tx, row, told.settled.as_ref()).await?)
}

async fn settled_holds(tx: &mut Tx, row: &TestRow, settled: Option<&Event>) -> Result<bool> {
    // Tests settled before the chain noted it can't be told.
    let Some(event) = settled else { return Ok(true) };
    let members = presence::closed_members(tx, &row.id).await?;
    let branches = presence::closed_branches(tx, &row.id).await?;
    Ok(row.finished_at_ms == Some(event.link.at_ms) && event.says(&details::test_settled(&members, &branches)))
}

/// People whose stored presence isn't the one set last.
pub(super) async fn differing_presence(tx: &mut Tx, test: &TestRow, events: &[Event]) -> Result<Vec<String>> {
    let mut last: HashMap<&str, &Value> = HashMap::new();
    for detail in events.iter().filter_map(|event| event.detail.as_ref()) {
        if let Some(person) = detail.get("person").and_then(Value::as_str) {
            last.insert(person, detail);
        }
    }
    let without: Vec<&Event> = events.iter().filter(|event| event.detail.is_none()).collect();
    let mut differing = Vec::new();
    for row in presence::list(tx, &test.id).await? {
        let is = details::presence_set(&test.id, &row);
        let said = last.remove(row.person_id.as_str());
        if said != Some(&is) && !without.iter().any(|event| event.says(&is)) {
            differing.push(row.person_id);
        }
    }
    // Set last to something and yet without a row: unless it was taken back, or may have been where particulars are gone.
    let gone = last.into_iter().filter(|(person, said)| without.is_empty() && !is_taken_back(&test.id, person, said));
    differing.extend(gone.map(|(person, _)| person.to_owned()));
    Ok(differing)
}

fn is_taken_back(test_id: &str, person_id: &str, said: &Value) -> bool {
    let reason = said.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned();
    let state = Presence::Absent.name().to_owned();
    let row = PresenceRow { person_id: person_id.to_owned(), state, reason, set_by: None, set_at_ms: 0 };
    *said == details::presence_set(test_id, &row)
}
