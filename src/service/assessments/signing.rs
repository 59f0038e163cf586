//! Signing an assessment off: rules and results as they then are, a digest over both, and who signed.

use super::{Assessed, MemberLine, SigningRow, kept, results};
use crate::app::App;
use crate::formats::assessment_json;
use crate::limits;
use crate::rules::rights::Caller;
use crate::service::accounts::event;
use crate::service::error::{Error, Result};
use crate::service::tests::check_reason;
use crate::store::trace::sha256_hex;
use crate::store::{assessments, details, trace};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Most who sign.
const MOST_SIGNERS: usize = 20;

/// A result as it was signed, by person.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Signed {
    /// The person's id.
    pub person: String,
    /// The branch's id.
    pub branch: String,
    /// Hundredths; `None` without a result.
    pub total: Option<i64>,
    /// The index of the band.
    pub band: Option<usize>,
}

fn signed(member: &MemberLine) -> Signed {
    Signed {
        person: member.person_id.clone(),
        branch: member.branch.id.clone(),
        total: member.outcome.total.ok().map(crate::rules::points::Points::hundredths),
        band: member.outcome.band,
    }
}

/// SHA-256 over "kaohe-assessment-1", rules and results, each on its line.
pub(crate) fn digest(definition: &str, results: &str) -> String {
    sha256_hex(format!("kaohe-assessment-1\n{definition}\n{results}").as_bytes())
}

/// Freezes the results of the whole assessment. A later version says what is different.
pub async fn sign(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (year, branch): (u32, Option<&str>),
    (signers, note): (&[String], &str),
) -> Result<SigningRow> {
    let signers: Vec<String> =
        signers.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let fits = |name: &String| name.chars().count() <= limits::REASON_CHARACTERS && !name.contains('\0');
    if signers.is_empty() || signers.len() > MOST_SIGNERS || !signers.iter().all(fits) {
        return Err(Error::Invalid { field: "signers", expected: "signers" });
    }
    let mut tx = app.db.write().await?;
    let mut found = kept(&mut tx, caller, year, branch).await?;
    // What is signed is the whole of it, wherever the caller looks.
    found.scope = super::place(&found.row).and_then(|place| found.tree.get(place)).cloned();
    let before = assessments::signings(&mut tx, &found.row.id).await?;
    let note = if before.is_empty() && note.trim().is_empty() { String::new() } else { check_reason(note)? };
    let definition = found.definition.clone();
    let assessed = results::of(&mut tx, caller, now_ms, found, definition).await?;
    let mut lines: Vec<Signed> = assessed.members.iter().map(signed).collect();
    lines.sort_by(|one, two| one.person.cmp(&two.person));
    let definition = assessment_json::write(&assessed.definition).to_string();
    let results = crate::store::write_json("assessment", &lines)?;
    let row = SigningRow {
        id: app.randomness.id(now_ms),
        assessment_id: assessed.row.id.clone(),
        number: before.last().map_or(1, |last| last.number + 1),
        digest: digest(&definition, &results),
        definition,
        results,
        signers: crate::store::write_json("assessment", &signers)?,
        note,
        signed_by: caller.person_id.clone(),
        signed_at_ms: now_ms,
    };
    assessments::sign(&mut tx, &row).await?;
    trace::append(&mut tx, &event(caller, now_ms, "assessment-signed", &row.id, &details::assessment_signed(&row)))
        .await?;
    tx.commit().await?;
    Ok(row)
}

impl SigningRow {
    /// Names of those who signed.
    pub fn names(&self) -> Vec<String> {
        serde_json::from_str(&self.signers).unwrap_or_default()
    }
}

impl Assessed {
    /// Of those shown, how many results differ from the last signed version; `None` where nothing was signed.
    pub fn changed_since_signed(&self) -> Option<usize> {
        let last = self.signings.last()?;
        let lines: Vec<Signed> = serde_json::from_str(&last.results).unwrap_or_default();
        let known: BTreeMap<&str, &Signed> = lines.iter().map(|line| (line.person.as_str(), line)).collect();
        let differs = |member: &&MemberLine| known.get(member.person_id.as_str()).copied() != Some(&signed(member));
        Some(self.members.iter().filter(differs).count())
    }

    /// Whether the rules differ from those of the last signed version.
    pub fn has_other_rules(&self) -> bool {
        let now = assessment_json::write(&self.definition);
        self.signings
            .last()
            .is_some_and(|last| serde_json::from_str::<Value>(&last.definition).unwrap_or_else(|_| json!(null)) != now)
    }
}
