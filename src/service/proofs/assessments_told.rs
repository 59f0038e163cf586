//! Annual assessments as they are stored, against what the chain says: rules, adjustments, signed versions.

use crate::service::assessments::{MARKS_ENTERED, digest};
use crate::service::error::Result;
use crate::service::proofs::chain::Event;
use crate::store::assessment_marks::MarkRow;
use crate::store::db::Tx;
use crate::store::{assessment_marks, assessments, details};
use std::collections::{HashMap, HashSet};

/// What the chain says of assessments: the last event about each subject.
#[derive(Default)]
pub(super) struct Told(HashMap<String, Event>);

impl Told {
    /// Whether an event is about an assessment; then it is kept.
    pub(super) fn is_about(kind: &str) -> bool {
        matches!(
            kind,
            "assessment-set" | "assessment-adjusted" | "adjustment-ended" | "assessment-signed" | MARKS_ENTERED
        )
    }

    pub(super) fn take(&mut self, event: Event) {
        self.0.insert(event.link.subject.clone(), event);
    }

    /// Assessments, by year, that aren't as the chain says.
    pub(super) async fn differing(mut self, tx: &mut Tx) -> Result<Vec<String>> {
        let mut differing = Vec::new();
        for row in assessments::list(tx, None).await? {
            let is_told = |event: Event| event.says(&details::assessment_set(&row));
            let mut holds = self.0.remove(&row.id).is_some_and(is_told);
            for one in assessments::adjustments(tx, &row.id).await? {
                let kind = if one.ended_at_ms.is_some() { "adjustment-ended" } else { "assessment-adjusted" };
                let is_told = |event: Event| event.link.kind == kind && event.says(&details::assessment_adjusted(&one));
                holds &= self.0.remove(&one.id).is_some_and(is_told);
            }
            for one in assessments::signings(tx, &row.id).await? {
                let is_whole = digest(&one.definition, &one.results) == one.digest;
                let is_told = |event: Event| is_whole && event.says(&details::assessment_signed(&one));
                holds &= self.0.remove(&one.id).is_some_and(is_told);
            }
            holds &= self.marks_hold(&assessment_marks::list(tx, &row.id).await?);
            if !holds {
                differing.push(row.year.to_string());
            }
        }
        // What the chain tells of rows that are gone.
        differing.extend(self.0.into_keys());
        Ok(differing)
    }

    /// Whether the marks are what was told of each time that some were entered or ended.
    fn marks_hold(&mut self, marks: &[MarkRow]) -> bool {
        let entries: HashSet<&str> = marks
            .iter()
            .flat_map(|row| [Some(row.entry_id.as_str()), row.ended_entry_id.as_deref()])
            .flatten()
            .collect();
        entries.into_iter().fold(true, |holds, entry| {
            let entered: Vec<&MarkRow> = marks.iter().filter(|row| row.entry_id == entry).collect();
            let ended: Vec<&MarkRow> =
                marks.iter().filter(|row| row.ended_entry_id.as_deref() == Some(entry)).collect();
            let is_told = |event: Event| event.says(&details::marks_entered(&entered, &ended));
            self.0.remove(entry).is_some_and(is_told) && holds
        })
    }
}
