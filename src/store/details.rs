//! What the trace says of attempts and tests. Whoever writes an event and whoever verifies it ask here, so that a
//! detail can be told again from the rows that it speaks of, also where it was deleted.

use crate::store::assessment_marks::MarkRow;
use crate::store::assessments::{AdjustmentRow, AssessmentRow, SigningRow};
use crate::store::attempts::AttemptRow;
use crate::store::branches::Branch;
use crate::store::corrections::CorrectionRow;
use crate::store::late::{AmendmentRow, LateRow};
use crate::store::markers::GivenRow;
use crate::store::objections::ObjectionRow;
use crate::store::presence::{ClosedMember, PresenceRow};
use crate::store::signed_pages::SignedPage;
use crate::store::tests::TestRow;
use crate::store::trace::sha256_hex;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Of the start of an attempt.
pub fn attempt_started(attempt: &AttemptRow) -> Value {
    json!({ "test": attempt.test_id, "person": attempt.person_id, "branch": attempt.branch_id, "number": attempt.number,
        "seed": attempt.seed, "paper": sha256_hex(attempt.paper.as_bytes()), "deadline_at_ms": attempt.deadline_at_ms,
        "full": attempt.full })
}

/// Of the end of an attempt: everything that its result depends on.
pub fn attempt_finished(attempt: &AttemptRow, responses: &str) -> Value {
    let mut detail = attempt_started(attempt);
    if let (Some(members), Value::Object(end)) = (detail.as_object_mut(), attempt_finished_before(attempt, responses)) {
        members.insert("started_at_ms".into(), json!(attempt.started_at_ms));
        members.extend(end);
    }
    detail
}

/// The same as events of the first version hold it.
pub fn attempt_finished_before(attempt: &AttemptRow, responses: &str) -> Value {
    let marks: Value = attempt.marks.as_deref().and_then(|marks| serde_json::from_str(marks).ok()).unwrap_or_default();
    json!({ "test": attempt.test_id, "by": attempt.finished_by, "finished_at_ms": attempt.finished_at_ms,
        "responses": responses, "marks": marks, "score": attempt.score })
}

/// SHA-256 over the answers of an attempt: position → response.
pub fn responses_digest<'r>(answers: impl Iterator<Item = (i64, &'r str)>) -> String {
    let sorted: BTreeMap<i64, &str> = answers.collect();
    sha256_hex(serde_json::to_string(&sorted).unwrap_or_default().as_bytes())
}

/// Of what arrived after the end of an attempt, all of it as it then is.
pub fn late_received(rows: &[LateRow]) -> Value {
    json!({ "late": late_digest(rows) })
}

/// Of the decision about it; `responses` is the digest of the answers since.
pub fn late_decided(amendment: &AmendmentRow, rows: &[LateRow], responses: &str) -> Value {
    let marks = |text: &str| -> Value { serde_json::from_str(text).unwrap_or_default() };
    json!({ "accepted": amendment.accepted, "reason": amendment.reason, "late": late_digest(rows), "responses": responses,
        "marks_before": marks(&amendment.marks_before), "score_before": amendment.score_before,
        "marks": marks(&amendment.marks), "score": amendment.score })
}

/// Of a mark that a person gave.
pub fn response_marked(amendment: &AmendmentRow) -> Value {
    let marks = |text: &str| -> Value { serde_json::from_str(text).unwrap_or_default() };
    let mut detail = json!({ "note": amendment.reason, "marks_before": marks(&amendment.marks_before),
        "score_before": amendment.score_before, "marks": marks(&amendment.marks), "score": amendment.score });
    // Marks given before these were kept were told without them.
    put(&mut detail, "position", amendment.position.map(Value::from));
    put(&mut detail, "parts", amendment.parts.as_deref().map(marks));
    detail
}

fn put(detail: &mut Value, name: &str, value: Option<Value>) {
    if let (Some(members), Some(value)) = (detail.as_object_mut(), value) {
        members.insert(name.to_owned(), value);
    }
}

/// Of a scanned signed page, sent or removed; a removal adds its reason.
pub fn signed_page(page: &SignedPage) -> Value {
    let mut detail = json!({ "title": page.title, "kind": page.kind, "digest": page.digest, "size": page.size,
        "by": page.sent_by });
    put(&mut detail, "test", page.test_id.clone().map(Value::from));
    put(&mut detail, "assessment", page.assessment_id.clone().map(Value::from));
    detail
}

/// Of a mark that comes to a result only with others.
pub fn mark_given(row: &GivenRow) -> Value {
    let mut detail = json!({ "position": row.position, "number": row.number, "points": row.points, "note": row.note });
    let parts = row.parts.as_deref().and_then(|parts| serde_json::from_str(parts).ok());
    put(&mut detail, "parts", parts);
    detail
}

/// Of a result that follows from a correction.
pub fn corrected(amendment: &AmendmentRow) -> Value {
    let marks = |text: &str| -> Value { serde_json::from_str(text).unwrap_or_default() };
    json!({ "correction": amendment.correction_id, "marks_before": marks(&amendment.marks_before),
        "score_before": amendment.score_before, "marks": marks(&amendment.marks), "score": amendment.score })
}

/// Of a correction that was proposed, applied or refused.
pub fn correction(row: &CorrectionRow) -> Value {
    let change: Value = serde_json::from_str(&row.change).unwrap_or_default();
    json!({ "test": row.test_id, "number": row.number, "bank": row.bank, "question": row.question, "change": change,
        "reason": row.reason, "proposed_by": row.proposed_by, "proposed_at_ms": row.proposed_at_ms,
        "decided_by": row.decided_by, "decided_at_ms": row.decided_at_ms })
}

/// Of an objection that was sent, changed, withdrawn or answered, all of it as it then is.
pub fn objection(row: &ObjectionRow) -> Value {
    json!({ "test": row.test_id, "attempt": row.attempt_id, "position": row.position, "bank": row.bank,
        "question": row.question, "note": row.note, "written_at_ms": row.written_at_ms,
        "withdrawn_at_ms": row.withdrawn_at_ms, "upheld": row.upheld, "answer": row.answer,
        "answered_by": row.answered_by, "answered_at_ms": row.answered_at_ms })
}

/// Of the rules of an assessment.
pub fn assessment_set(row: &AssessmentRow) -> Value {
    json!({ "year": row.year, "place": row.place, "revision": row.revision,
        "definition": sha256_hex(row.definition.as_bytes()) })
}

/// Of an adjustment that was made or taken back.
pub fn assessment_adjusted(row: &AdjustmentRow) -> Value {
    json!({ "assessment": row.assessment_id, "person": row.person_id, "points": row.points, "reason": row.reason })
}

/// Of marks that were entered together, and of those that were replaced or taken back with it: digests over them.
pub fn marks_entered(entered: &[&MarkRow], ended: &[&MarkRow]) -> Value {
    let digest = |rows: &[&MarkRow]| {
        let mut lines: Vec<String> = rows
            .iter()
            .map(|row| {
                json!([row.id, row.assessment_id, row.list, row.person_id, row.points, row.full_points, row.source])
                    .to_string()
            })
            .collect();
        lines.sort();
        sha256_hex(lines.join("\n").as_bytes())
    };
    json!({ "entered": entered.len(), "marks": digest(entered), "ended": ended.len(), "before": digest(ended) })
}

/// Of a signed version.
pub fn assessment_signed(row: &SigningRow) -> Value {
    json!({ "assessment": row.assessment_id, "number": row.number, "digest": row.digest, "signers": row.signers,
        "note": row.note })
}

fn late_digest(rows: &[LateRow]) -> String {
    sha256_hex(serde_json::to_string(rows).unwrap_or_default().as_bytes())
}

/// Of the making or changing of a test.
pub fn test_made(test: &TestRow) -> Value {
    json!({ "test": test.name, "commitment": test.commitment, "definition": sha256_hex(test.definition.as_bytes()) })
}

/// Of the closing of a test, which changes its times.
pub fn test_closed(test: &TestRow, at_ms: i64) -> Value {
    json!({ "at_ms": at_ms, "commitment": test.commitment, "definition": sha256_hex(test.definition.as_bytes()) })
}

/// The same as events of the first version hold it.
pub fn test_closed_before(at_ms: i64) -> Value {
    json!({ "at_ms": at_ms })
}

/// Of the cancelling of a test.
pub fn test_cancelled(reason: &str) -> Value {
    json!({ "reason": reason })
}

/// Of a pause that began: for a branch, for a person, or for everyone.
pub fn paused(branch_id: &Option<String>, person_id: &Option<String>, reason: &str) -> Value {
    json!({ "branch": branch_id, "person": person_id, "reason": reason })
}

/// Of a pause that ended.
pub fn resumed(branch_id: &Option<String>, person_id: &Option<String>, lasted_ms: i64, reason: &str) -> Value {
    json!({ "branch": branch_id, "person": person_id, "lasted_ms": lasted_ms, "reason": reason })
}

/// Of a message.
pub fn message(branch_id: &Option<String>, person_id: &Option<String>, text: &str) -> Value {
    json!({ "branch": branch_id, "person": person_id, "text": text })
}

/// Of an attempt that goes on after its end: what its end had been.
pub fn reopened(attempt: &AttemptRow, reason: &str) -> Value {
    json!({ "test": attempt.test_id, "by": attempt.finished_by, "finished_at_ms": attempt.finished_at_ms,
        "marks": attempt.marks, "score": attempt.score, "receipt": attempt.receipt, "reason": reason })
}

/// Of an attempt that another device may go on with.
pub fn released(test_id: &str, attempt: &AttemptRow, reason: &str) -> Value {
    json!({ "test": test_id, "save_base": attempt.save_base, "reason": reason })
}

/// Of what is frozen when a test is settled: who was due, and the tree.
pub fn test_settled(members: &[ClosedMember], branches: &[Branch]) -> Value {
    let mut members: Vec<String> =
        members.iter().map(|member| format!("{} {}\n", member.person_id, member.branch_id)).collect();
    members.sort();
    let mut branches: Vec<&Branch> = branches.iter().collect();
    branches.sort_by(|one, two| one.id.cmp(&two.id));
    let mut tree = String::new();
    for branch in branches {
        let place = json!([branch.id, branch.code, branch.name, branch.kind, branch.parent_id, branch.position]);
        let _ = writeln!(tree, "{place}");
    }
    json!({ "members": sha256_hex(members.concat().as_bytes()), "branches": sha256_hex(tree.as_bytes()) })
}

/// Of one person's presence as it was set.
pub fn presence_set(test_id: &str, presence: &PresenceRow) -> Value {
    json!({ "test": test_id, "person": presence.person_id, "state": presence.state, "reason": presence.reason })
}
