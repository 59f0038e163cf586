//! The chain of changes, verified: every link, its particulars, and the rows that they speak of.
//!
//! Particulars may be deleted after their time. As far as a row can say them again, their digest in the chain still
//! tells whether the row was changed.

use crate::app::App;
use crate::rules::blueprint::Definition;
use crate::service::error::Result;
use crate::service::proofs::tests_told::{Told, differing_presence, is_as_told};
use crate::service::proofs::{assessments_told, late_told, objections_told, signed_pages_told};
use crate::store::attempts::{self, AttemptRow};
use crate::store::corrections::{self, state};
use crate::store::db::Tx;
use crate::store::tests::TestRow;
use crate::store::trace::{self, Link, chain, sha256_hex};
use crate::store::{details, late, people, tests};
use serde::Serialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

const PAGE: i64 = 2_000;

/// An attempt by what people call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedAttempt {
    /// The attempt.
    pub attempt: String,
    /// The test; empty where it is gone.
    pub test: String,
    /// Whose; empty where the person is gone.
    pub login: String,
}

/// A presence by what people call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedPresence {
    /// The test.
    pub test: String,
    /// Whose.
    pub login: String,
}

/// What verifying the chain of changes found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TraceVerified {
    /// Links that were checked.
    pub links: i64,
    /// The head.
    pub head: String,
    /// Numbers of links that are edited, removed or out of order; the first breaks all that follow.
    pub broken: Vec<i64>,
    /// Numbers of links whose particulars were edited.
    pub edited_details: Vec<i64>,
    /// Numbers of links whose particulars are gone although the responses they speak of are kept.
    pub missing_details: Vec<i64>,
    /// Attempts that aren't as the chain says: paper, times, branch, responses, marks, score, receipt.
    pub differing_attempts: Vec<NamedAttempt>,
    /// Tests whose rules, times, cancelling, frozen members, objections or scanned pages aren't as the chain says.
    pub differing_tests: Vec<String>,
    /// Presences that nobody set, or set otherwise.
    pub differing_presence: Vec<NamedPresence>,
    /// Annual assessments, by year, whose rules, adjustments, signed versions or scanned pages aren't as the chain says.
    pub differing_assessments: Vec<String>,
    /// Attempts whose particulars and responses are both gone, so that their marks can't be checked any more.
    pub unchecked_attempts: Vec<NamedAttempt>,
}

impl TraceVerified {
    /// Whether nothing was found.
    pub const fn holds(&self) -> bool {
        self.broken.is_empty()
            && self.edited_details.is_empty()
            && self.missing_details.is_empty()
            && self.differing_attempts.is_empty()
            && self.differing_tests.is_empty()
            && self.differing_presence.is_empty()
            && self.differing_assessments.is_empty()
    }
}

/// A link with its particulars, where they are kept and unedited.
pub(super) struct Event {
    pub(super) link: Link,
    pub(super) detail: Option<Value>,
}

impl Event {
    /// Whether the event says this of a row, by its particulars or, without them, by their digest.
    pub(super) fn says(&self, expected: &Value) -> bool {
        match &self.detail {
            Some(detail) => detail == expected,
            None => sha256_hex(expected.to_string().as_bytes()) == self.link.detail_digest,
        }
    }
}

#[derive(Default)]
struct Check {
    verified: TraceVerified,
    tests: HashMap<String, Told>,
    started: HashSet<String>,
    finished: HashSet<String>,
    rows: HashMap<String, (TestRow, Option<Definition>)>,
    /// Where attempts were last opened again: what the chain says of an end before is history.
    reopened: HashMap<String, i64>,
    late: HashMap<String, late_told::Told>,
    /// The last event about each correction.
    corrections: HashMap<String, Event>,
    assessments: assessments_told::Told,
    objections: objections_told::Told,
    signed_pages: signed_pages_told::Told,
}

/// Checks every link of the chain, its particulars, and stored rows against it. For the operator.
pub async fn verify_trace(app: &App) -> Result<TraceVerified> {
    let mut tx = app.db.read().await?;
    let mut check = Check::default();
    for row in tests::list(&mut tx).await? {
        let definition = serde_json::from_str(&row.definition).ok();
        check.rows.insert(row.id.clone(), (row, definition));
    }
    check.reopened = trace::last_of_kind(&mut tx, "attempt-reopened").await?.into_iter().collect();
    check.links(&mut tx).await?;
    check.attempts_without_events(&mut tx).await?;
    check.told_late(&mut tx).await?;
    check.told_corrections(&mut tx).await?;
    let told = std::mem::take(&mut check.objections);
    check.tests_differ(told.differing(&mut tx).await?);
    let told = std::mem::take(&mut check.signed_pages);
    let pages = told.differing(&mut tx).await?;
    check.tests_differ(pages.tests);
    check.told_tests(&mut tx).await?;
    let told = std::mem::take(&mut check.assessments);
    check.verified.differing_assessments = told.differing(&mut tx).await?;
    check.verified.differing_assessments.extend(pages.years);
    Ok(check.verified)
}

async fn login(tx: &mut Tx, person_id: &str) -> Result<String> {
    Ok(people::find(tx, person_id).await?.map(|person| person.login).unwrap_or_default())
}

impl Check {
    async fn links(&mut self, tx: &mut Tx) -> Result<()> {
        let (last, head) = trace::head(tx).await?;
        let (mut before, mut at) = (String::new(), 0);
        loop {
            let links = trace::list(tx, at, PAGE).await?;
            let Some(end) = links.last().map(|link| link.seq) else { break };
            let mut kept: HashMap<i64, String> = trace::details(tx, at, end).await?.into_iter().collect();
            for link in links {
                if link.seq != at + 1 || chain(&before, &link) != link.digest {
                    self.verified.broken.push(link.seq);
                }
                let detail = kept.remove(&link.seq);
                let is_edited = detail.as_ref().is_some_and(|text| sha256_hex(text.as_bytes()) != link.detail_digest);
                if is_edited {
                    self.verified.edited_details.push(link.seq);
                }
                at = link.seq;
                before.clone_from(&link.digest);
                self.verified.links += 1;
                let detail = detail.filter(|_| !is_edited).and_then(|text| serde_json::from_str(&text).ok());
                self.event(tx, Event { link, detail }).await?;
            }
        }
        if at != last || before != head {
            self.verified.broken.push(at + 1);
        }
        self.verified.head = head;
        Ok(())
    }

    async fn event(&mut self, tx: &mut Tx, event: Event) -> Result<()> {
        let subject = event.link.subject.clone();
        match event.link.kind.as_str() {
            "attempt-started" => {
                self.started.insert(subject);
                self.attempt_started(tx, &event).await?;
            }
            "attempt-finished" if self.reopened.get(&subject).is_some_and(|seq| event.link.seq < *seq) => {}
            "attempt-finished" => {
                self.finished.insert(subject);
                self.attempt_finished(tx, &event).await?;
            }
            "late-received" => self.late.entry(subject).or_default().received = Some(event),
            "late-decided" | "response-marked" | "attempt-corrected" => {
                self.late.entry(subject).or_default().decided.push(event);
            }
            "correction-proposed" | "correction-decided" | "correction-refused" => {
                self.corrections.insert(subject, event);
            }
            "test-made" | "test-changed" | "test-lengthened" | "test-closed" => {
                self.tests.entry(subject).or_default().made = Some(event);
            }
            "test-cancelled" => self.tests.entry(subject).or_default().cancelled = Some(event),
            "test-settled" => self.tests.entry(subject).or_default().settled = Some(event),
            "presence-set" => self.tests.entry(subject).or_default().presence.push(event),
            kind if objections_told::Told::is_about(kind) => self.objections.take(event),
            kind if signed_pages_told::Told::is_about(kind) => self.signed_pages.take(event),
            kind if assessments_told::Told::is_about(kind) => self.assessments.take(event),
            _ => {}
        }
        Ok(())
    }

    async fn named(&self, tx: &mut Tx, attempt_id: &str, attempt: Option<&AttemptRow>) -> Result<NamedAttempt> {
        let test = attempt.and_then(|attempt| self.rows.get(&attempt.test_id)).map(|(row, _)| row.name.clone());
        let login = match attempt {
            Some(attempt) => login(tx, &attempt.person_id).await?,
            None => String::new(),
        };
        Ok(NamedAttempt { attempt: attempt_id.to_owned(), test: test.unwrap_or_default(), login })
    }

    async fn differs(&mut self, tx: &mut Tx, attempt_id: &str, attempt: Option<&AttemptRow>) -> Result<()> {
        let named = self.named(tx, attempt_id, attempt).await?;
        if !self.verified.differing_attempts.contains(&named) {
            self.verified.differing_attempts.push(named);
        }
        Ok(())
    }

    async fn attempt_started(&mut self, tx: &mut Tx, event: &Event) -> Result<()> {
        let attempt = attempts::find(tx, &event.link.subject).await?;
        let holds = attempt.as_ref().is_some_and(|attempt| match event.detail.as_ref().and_then(Value::as_object) {
            // Its end says all of it again.
            None => true,
            Some(said) => {
                let is = details::attempt_started(attempt);
                attempt.started_at_ms == event.link.at_ms
                    && said.iter().all(|(name, value)| {
                        // Later times for all or for one move the deadline, never backwards.
                        let later = name == "deadline_at_ms" && value.as_i64() <= Some(attempt.deadline_at_ms);
                        later || is.get(name) == Some(value)
                    })
            }
        });
        if holds { Ok(()) } else { self.differs(tx, &event.link.subject, attempt.as_ref()).await }
    }

    async fn attempt_finished(&mut self, tx: &mut Tx, event: &Event) -> Result<()> {
        let id = &event.link.subject;
        let Some(attempt) = attempts::find(tx, id).await? else { return self.differs(tx, id, None).await };
        // Decisions after the end have their own events.
        let (attempt, responses) = late_told::as_ended(tx, attempt).await?;
        let is_edited = self.verified.edited_details.contains(&event.link.seq);
        if event.detail.is_none() && !is_edited && !responses.is_empty() {
            self.verified.missing_details.push(event.link.seq);
        }
        let definition = self.rows.get(&attempt.test_id).and_then(|(_, definition)| definition.as_ref());
        let is_whole = definition.is_some_and(|definition| definition.full().hundredths() == attempt.full)
            && attempt.receipt.as_deref() == Some(trace::receipt(&event.link.digest).as_str());
        let says = |responses: &str| {
            event.says(&details::attempt_finished(&attempt, responses))
                || event.says(&details::attempt_finished_before(&attempt, responses))
        };
        let answers = responses.iter().filter_map(|row| Some((row.position, row.response.as_deref()?)));
        // Responses are deleted after their time; then their digest is taken as it was.
        let said = event.detail.as_ref().and_then(|detail| detail.get("responses")).and_then(Value::as_str);
        let without = responses.is_empty() && said.is_some_and(says);
        if is_whole && (without || says(&details::responses_digest(answers))) {
            return Ok(());
        }
        if is_whole && !is_edited && responses.is_empty() && event.detail.is_none() {
            let named = self.named(tx, id, Some(&attempt)).await?;
            self.verified.unchecked_attempts.push(named);
            return Ok(());
        }
        self.differs(tx, id, Some(&attempt)).await
    }

    /// Attempts that the chain doesn't know, or knows as open.
    async fn attempts_without_events(&mut self, tx: &mut Tx) -> Result<()> {
        let mut after = String::new();
        loop {
            let page = attempts::list_after(tx, &after, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(last);
            for (id, finished_at_ms) in page {
                if !self.started.contains(&id) || finished_at_ms.is_some() != self.finished.contains(&id) {
                    let attempt = attempts::find(tx, &id).await?;
                    self.differs(tx, &id, attempt.as_ref()).await?;
                }
            }
        }
    }

    async fn told_late(&mut self, tx: &mut Tx) -> Result<()> {
        let mut told = std::mem::take(&mut self.late);
        let ids: HashSet<String> = late::attempts(tx).await?.into_iter().chain(told.keys().cloned()).collect();
        for id in ids {
            if !late_told::is_as_told(tx, &id, &told.remove(&id).unwrap_or_default()).await? {
                let attempt = attempts::find(tx, &id).await?;
                self.differs(tx, &id, attempt.as_ref()).await?;
            }
        }
        Ok(())
    }

    async fn told_corrections(&mut self, tx: &mut Tx) -> Result<()> {
        let mut told = std::mem::take(&mut self.corrections);
        let mut differing: Vec<String> = Vec::new();
        for row in corrections::list_all(tx).await? {
            let expected = match row.state.as_str() {
                state::WAITING => "correction-proposed",
                state::REFUSED => "correction-refused",
                _ => "correction-decided",
            };
            let says = |event: Event| event.link.kind == expected && event.says(&details::correction(&row));
            if !told.remove(&row.id).is_some_and(says) {
                differing.push(row.test_id);
            }
        }
        // What the chain tells of corrections that are gone.
        for event in told.values() {
            let test = event.detail.as_ref().and_then(|detail| detail.get("test")).and_then(Value::as_str);
            differing.push(test.unwrap_or(&event.link.subject).to_owned());
        }
        self.tests_differ(differing);
        Ok(())
    }

    fn tests_differ(&mut self, ids: Vec<String>) {
        for id in ids {
            let name = self.rows.get(&id).map_or(id, |(row, _)| row.name.clone());
            if !self.verified.differing_tests.contains(&name) {
                self.verified.differing_tests.push(name);
            }
        }
    }

    async fn told_tests(&mut self, tx: &mut Tx) -> Result<()> {
        for (id, (row, definition)) in std::mem::take(&mut self.rows) {
            let told = self.tests.remove(&id).unwrap_or_default();
            if !is_as_told(tx, &row, definition.as_ref(), &told).await? {
                self.verified.differing_tests.push(row.name.clone());
            }
            for person_id in differing_presence(tx, &row, &told.presence).await? {
                let login = login(tx, &person_id).await?;
                self.verified.differing_presence.push(NamedPresence { test: row.name.clone(), login });
            }
        }
        // What the chain tells of tests that are gone.
        self.verified.differing_tests.extend(std::mem::take(&mut self.tests).into_keys());
        Ok(())
    }
}
