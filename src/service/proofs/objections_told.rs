//! Objections as they are stored, against what the chain says of them.

use crate::service::error::Result;
use crate::service::objections::events;
use crate::service::proofs::chain::Event;
use crate::store::db::Tx;
use crate::store::{details, objections};
use serde_json::Value;
use std::collections::HashMap;

/// What the chain says of objections: the last event about each.
#[derive(Default)]
pub(super) struct Told(HashMap<String, Event>);

impl Told {
    /// Whether an event is about an objection; then it is kept.
    pub(super) fn is_about(kind: &str) -> bool {
        matches!(kind, events::SENT | events::CHANGED | events::WITHDRAWN | events::ANSWERED)
    }

    pub(super) fn take(&mut self, event: Event) {
        self.0.insert(event.link.subject.clone(), event);
    }

    /// Ids of tests with objections that aren't as the chain says.
    pub(super) async fn differing(mut self, tx: &mut Tx) -> Result<Vec<String>> {
        let mut differing = Vec::new();
        for row in objections::list_all(tx).await? {
            let says = |event: Event| event.says(&details::objection(&row));
            if !self.0.remove(&row.id).is_some_and(says) {
                differing.push(row.test_id);
            }
        }
        // What the chain tells of objections that are gone.
        for event in self.0.values() {
            let test = event.detail.as_ref().and_then(|detail| detail.get("test")).and_then(Value::as_str);
            differing.push(test.unwrap_or(&event.link.subject).to_owned());
        }
        Ok(differing)
    }
}
