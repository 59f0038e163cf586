//! Scanned signed pages as they are stored, against what the chain says of them.

use crate::service::error::Result;
use crate::service::proofs::chain::Event;
use crate::service::signed_pages::events;
use crate::store::db::Tx;
use crate::store::trace::sha256_hex;
use crate::store::{assessments, details, signed_pages};
use serde_json::Value;
use std::collections::HashMap;

/// What the chain says of pages: the last event about each.
#[derive(Default)]
pub(super) struct Told(HashMap<String, Event>);

/// Whose pages aren't as the chain says.
#[derive(Default)]
pub(super) struct Differing {
    /// Ids of tests.
    pub(super) tests: Vec<String>,
    /// Years of annual assessments.
    pub(super) years: Vec<String>,
}

impl Told {
    /// Whether an event is about a page; then it is kept.
    pub(super) fn is_about(kind: &str) -> bool {
        matches!(kind, events::SENT | events::REMOVED)
    }

    pub(super) fn take(&mut self, event: Event) {
        self.0.insert(event.link.subject.clone(), event);
    }

    pub(super) async fn differing(mut self, tx: &mut Tx) -> Result<Differing> {
        let listed = assessments::list(tx, None).await?;
        let years: HashMap<String, i64> = listed.into_iter().map(|row| (row.id, row.year)).collect();
        let mut differing = Differing::default();
        let mut add = |test: Option<String>, assessment: Option<String>, page: &str| match (test, assessment) {
            (Some(test), _) => differing.tests.push(test),
            (None, Some(id)) => differing.years.push(years.get(&id).map_or(id, ToString::to_string)),
            (None, None) => differing.tests.push(page.to_owned()),
        };
        for row in signed_pages::list_all(tx).await? {
            let content = signed_pages::content(tx, &row.id).await?;
            let is_whole = content.is_some_and(|content| sha256_hex(&content) == row.digest);
            let says = |event: Event| event.link.kind == events::SENT && event.says(&details::signed_page(&row));
            if !(self.0.remove(&row.id).is_some_and(says) && is_whole) {
                add(row.test_id, row.assessment_id, &row.id);
            }
        }
        // What the chain tells of pages that are gone without having been removed.
        for event in self.0.values().filter(|event| event.link.kind == events::SENT) {
            let of = |name: &str| event.detail.as_ref()?.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
            add(of("test"), of("assessment"), &event.link.subject);
        }
        differing.years.dedup();
        Ok(differing)
    }
}
