//! Proofs: the commitment to a draw, its verification, and the verification of the chain of changes.

mod assessments_told;
mod chain;
mod editions;
mod late_told;
mod objections_told;
mod signed_pages_told;
mod tests_told;

pub use chain::{NamedAttempt, NamedPresence, TraceVerified, verify_trace};

use crate::app::App;
use crate::rules::blueprint::Definition;
use crate::rules::draw::{VERSION, seed};
use crate::rules::paper::{Paper, Pinned};
use crate::rules::rights::Caller;
use crate::rules::sample::Framed;
use crate::service::error::{Error, Result, Thing};
use crate::service::review::has_ended;
use crate::service::sitting::drawing::later;
use crate::service::tests::{Basis, Standing, Test, drawn_on, find, pool};
use crate::store::attempts::{self, AttemptRow};
use crate::store::db::Tx;
use crate::store::results;
use crate::store::trace::sha256_hex;
use serde::Serialize;
use std::collections::BTreeSet;

/// The text that a commitment covers: blueprint, pinned editions and audience.
pub(crate) fn draw_statement(test_id: &str, definition: &Definition, pinned: &[Pinned], basis: &Basis) -> String {
    let editions: Vec<_> = pinned
        .iter()
        .map(|pin| serde_json::json!({ "bank": pin.bank, "number": pin.number, "digest": pin.digest }))
        .collect();
    let rows = |section: &crate::rules::blueprint::Section| -> Vec<serde_json::Value> {
        let bands = |row: &crate::rules::blueprint::Row| -> Vec<serde_json::Value> {
            row.difficulty
                .iter()
                .map(|(band, count)| serde_json::json!({ "from": band.from, "to": band.to, "count": count }))
                .collect()
        };
        let row = |row: &crate::rules::blueprint::Row| serde_json::json!({ "bank": row.bank, "topics": row.topics, "count": row.count, "difficulty": bands(row) });
        section.draw.iter().map(row).collect()
    };
    let sections: Vec<_> = definition
        .sections
        .iter()
        .map(|section| serde_json::json!({ "kind": section.kind, "points": section.points, "policy": section.policy, "draw": rows(section) }))
        .collect();
    let mut statement = serde_json::json!({ "draw_version": VERSION, "test_id": test_id, "sections": sections,
        "editions": editions,
        "audience": { "branches": definition.audience.branches, "except": definition.audience.except } });
    if let Some(members) = statement.as_object_mut() {
        members.extend(basis.told(definition));
    }
    statement.to_string()
}

/// SHA-256("kaohe-commitment-1" ‖ SHA-256(secret) ‖ SHA-256(statement)), digests as 32 bytes.
pub(crate) fn commitment(secret: &str, statement: &str) -> String {
    let mut bytes = b"kaohe-commitment-1".to_vec();
    bytes.extend(unhex(&secret_digest(secret)).unwrap_or_default());
    bytes.extend(unhex(&sha256_hex(statement.as_bytes())).unwrap_or_default());
    sha256_hex(&bytes)
}

fn secret_digest(secret: &str) -> String {
    sha256_hex(&unhex(secret).unwrap_or_default())
}

/// 32 bytes in hex.
pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    crate::rules::text::unhex(text)?.try_into().ok()
}

/// A candidate as the proof lists it.
#[derive(Debug, Clone, Serialize)]
pub struct ProofCandidate {
    /// The bank.
    pub bank: String,
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: &'static str,
    /// The topic.
    pub topic: String,
    /// From 1 to 5.
    pub difficulty: u8,
    /// How many options.
    pub options: usize,
    /// How long further lists are that the paper shuffles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<usize>,
    /// The family, or null.
    pub family: Option<String>,
}

/// One attempt as the proof lists it.
#[derive(Debug, Clone, Serialize)]
pub struct ProofAttempt {
    /// The attempt.
    pub attempt: String,
    /// The member's immutable id.
    pub member_id: String,
    /// The member's first, second …
    pub number: i64,
    /// The seed, in hex.
    pub seed: String,
    /// The list of the paper; see [`Paper::list`].
    pub paper: String,
    /// Bank and id of the questions that stood on the member's papers of the test that this one makes up for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_before: Vec<(String, String)>,
}

/// Everything by which a draw can be verified.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// The version of the draw.
    pub draw_version: u32,
    /// The test's immutable id.
    pub test_id: String,
    /// The commitment, made before the first paper.
    pub commitment: String,
    /// SHA-256 of the secret.
    pub secret_digest: String,
    /// SHA-256 of the statement.
    pub statement_digest: String,
    /// The text that the commitment covers. It tells what is drawn from where, so members see it with the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// The secret, once the last personal window has closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The candidates, once the secret is shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<ProofCandidate>,
    /// Attempts, once the secret is shown: all for organizers, one's own for members.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<ProofAttempt>,
    /// Bank and id of the questions on papers of the test that this one makes up for, once the secret is shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drawn_before: Vec<(String, String)>,
    /// Everybody who might be drawn for an inspection, once the secret is shown, for organizers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frame: Vec<Framed>,
    /// Ids of the only people who take the test, for organizers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

/// The proof of a test's draw, as far as the caller may see it now.
pub async fn proof(app: &App, caller: &Caller, now_ms: i64, name: &str) -> Result<Proof> {
    let mut tx = app.db.read().await?;
    let (test, standing) = find(&mut tx, caller, name).await?;
    let mut proof = Proof {
        draw_version: VERSION,
        test_id: test.row.id.clone(),
        commitment: test.row.commitment.clone(),
        secret_digest: secret_digest(&test.row.secret),
        statement_digest: sha256_hex(test.row.draw_statement.as_bytes()),
        statement: standing.manages.then(|| test.row.draw_statement.clone()),
        secret: None,
        candidates: Vec::new(),
        attempts: Vec::new(),
        drawn_before: Vec::new(),
        frame: Vec::new(),
        members: Vec::new(),
    };
    let basis = Basis::of(&mut tx, &test).await?;
    if standing.manages {
        proof.members.clone_from(&basis.members);
    }
    if !has_ended(&mut tx, now_ms, &test).await? {
        return Ok(proof);
    }
    let pool = pool(app, &mut tx, &test).await?;
    proof.secret = Some(test.row.secret.clone());
    proof.statement = Some(test.row.draw_statement.clone());
    proof.candidates = pool
        .0
        .candidates()
        .iter()
        .map(|candidate| ProofCandidate {
            bank: pool.1.get(candidate.edition).map(|pin| pin.bank.clone()).unwrap_or_default(),
            id: candidate.id.clone(),
            kind: candidate.kind.name(),
            topic: candidate.topic.clone(),
            difficulty: candidate.difficulty,
            options: candidate.options,
            further: candidate.further.clone(),
            family: candidate.family.clone(),
        })
        .collect();
    proof.attempts = proof_attempts(&mut tx, (caller, standing), &test, basis.first_test_id.as_deref()).await?;
    if standing.manages {
        proof.frame = basis.frame;
    }
    proof.drawn_before = basis.drawn_before;
    Ok(proof)
}

/// The attempts that the caller may see: all of a test that is managed, otherwise one's own.
async fn proof_attempts(
    tx: &mut Tx,
    (caller, standing): (&Caller, Standing),
    test: &Test,
    first_test_id: Option<&str>,
) -> Result<Vec<ProofAttempt>> {
    let mut shown = Vec::new();
    for attempt in attempts::list_of_test(tx, &test.row.id).await? {
        if !standing.manages && Some(&attempt.person_id) != caller.person_id.as_ref() {
            continue;
        }
        let mut own_before: BTreeSet<(String, String)> = BTreeSet::new();
        if let Some(first) = first_test_id {
            for before in attempts::list_of(tx, first, &attempt.person_id).await? {
                let paper: Paper = crate::store::read_json("attempt", &before.id, &before.paper)?;
                own_before.extend(paper.sections.into_iter().flatten().map(|entry| (entry.bank, entry.id)));
            }
        }
        let paper: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
        shown.push(ProofAttempt {
            attempt: attempt.id,
            member_id: attempt.person_id,
            number: attempt.number,
            seed: attempt.seed,
            paper: paper.list(),
            own_before: own_before.into_iter().collect(),
        });
    }
    Ok(shown)
}

/// What verifying a draw found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DrawVerified {
    /// Papers drawn again.
    pub papers: usize,
    /// Whether the commitment fits secret and statement, and the statement the test.
    pub commitment_holds: bool,
    /// Whether the members of an inspection are those that are drawn again.
    pub members_hold: bool,
    /// Whether what a make-up takes for the questions of the first test are those of its papers.
    pub before_holds: bool,
    /// Attempts whose stored paper or seed differs.
    pub differing: Vec<String>,
    /// Banks whose pinned edition holds other questions than when it was loaded.
    pub edited_banks: Vec<String>,
}

impl DrawVerified {
    /// Whether nothing was found.
    pub const fn holds(&self) -> bool {
        let drawn = self.commitment_holds && self.members_hold && self.before_holds;
        drawn && self.differing.is_empty() && self.edited_banks.is_empty()
    }
}

/// Draws every paper of a test again and compares, and the questions drawn from with their digests. For those who
/// organize the test.
pub async fn verify_draw(app: &App, caller: &Caller, name: &str) -> Result<DrawVerified> {
    let mut tx = app.db.read().await?;
    let test = super::tests::find_managed(&mut tx, caller, name).await?;
    let pool = pool(app, &mut tx, &test).await?;
    let secret = unhex(&test.row.secret).ok_or(Error::NotFound(Thing::Test))?;
    let basis = Basis::of(&mut tx, &test).await?;
    let statement = draw_statement(&test.row.id, &test.definition, &pool.1, &basis);
    let sample = basis.sample(&test.definition, &test.row.id, &test.row.secret);
    let mut verified = DrawVerified {
        commitment_holds: commitment(&test.row.secret, &test.row.draw_statement) == test.row.commitment
            && statement == test.row.draw_statement,
        members_hold: sample.is_none_or(|sample| sample == basis.members),
        ..DrawVerified::default()
    };
    for pin in &pool.1 {
        if !editions::is_as_loaded(&mut tx, pin).await? {
            verified.edited_banks.push(pin.bank.clone());
        }
    }
    let mut mine: Vec<AttemptRow> = Vec::new();
    for attempt in attempts::list_of_test(&mut tx, &test.row.id).await? {
        mine.retain(|earlier| earlier.person_id == attempt.person_id);
        let stored: Paper = crate::store::read_json("attempt", &attempt.id, &attempt.paper)?;
        let number = u32::try_from(attempt.number).unwrap_or_default();
        let seed = seed(&secret, &test.row.id, &attempt.person_id, number);
        let later = later(&mut tx, &pool, &attempt.person_id, &mine).await?;
        let drawn = pool.0.draw(seed, &later).map(|drawn| Paper::of(&pool.0, &pool.1, &drawn));
        let seed_holds = unhex(&attempt.seed) == Some(seed);
        if drawn.as_ref() != Some(&stored) || !seed_holds {
            verified.differing.push(attempt.id.clone());
        }
        verified.papers += 1;
        mine.push(attempt);
    }
    drop(tx);
    verified.before_holds = before_holds(app, &basis).await?;
    Ok(verified)
}

/// Whether the questions kept as those of the first test's papers are those of its papers.
async fn before_holds(app: &App, basis: &Basis) -> Result<bool> {
    let Some(first) = &basis.first_test_id else { return Ok(true) };
    let rows = results::list_bare(&mut app.db.read().await?, first).await?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    Ok(drawn_on(app, &ids).await? == basis.drawn_before)
}
