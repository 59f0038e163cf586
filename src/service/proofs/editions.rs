//! Whether an edition still holds the questions that were loaded.

use crate::rules::bank::families;
use crate::rules::paper::Pinned;
use crate::rules::question::{Key, Question};
use crate::service::banks::{edition_digest, written_counts};
use crate::service::error::Result;
use crate::store::banks::{self, StoredQuestion};
use crate::store::db::Tx;
use crate::store::trace::sha256_hex;

const PAGE: i64 = 1_000;

/// Whether the stored questions give the pinned digest, and the columns that the draw reads say what the questions say.
pub(super) async fn is_as_loaded(tx: &mut Tx, pin: &Pinned) -> Result<bool> {
    let mut digests: Vec<(String, String)> = Vec::new();
    let mut stated: Vec<(String, Option<String>)> = Vec::new();
    let mut links: Vec<Question> = Vec::new();
    let mut after = String::new();
    loop {
        let page = banks::stored_questions(tx, &pin.edition, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        for stored in page {
            let Ok(question) = serde_json::from_str::<Question>(&stored.body) else { return Ok(false) };
            let digest = sha256_hex(stored.body.as_bytes());
            if digest != stored.digest || !agrees(&stored, &question) {
                return Ok(false);
            }
            digests.push((stored.id.clone(), digest));
            stated.push((stored.id, stored.family));
            links.push(link(question));
        }
    }
    let families = families(&links);
    let family_holds =
        |(id, family): &(String, Option<String>)| families.get(id.as_str()).copied() == family.as_deref();
    let pairs = digests.iter().map(|(id, digest)| (id.as_str(), digest.as_str()));
    Ok(stated.iter().all(family_holds) && edition_digest(pairs) == pin.digest)
}

fn agrees(stored: &StoredQuestion, question: &Question) -> bool {
    stored.id == question.id
        && stored.kind == question.kind().name()
        && stored.topic == question.topic
        && stored.difficulty == i64::from(question.difficulty)
        && usize::try_from(stored.option_count) == Ok(question.options.len())
        && stored.further_counts == written_counts(question)
        && stored.retired == question.retired
}

/// A question without its texts: families need no more, and the largest bank has two hundred thousand.
fn link(question: Question) -> Question {
    Question {
        stem: "".into(),
        options: Vec::new(),
        targets: Vec::new(),
        key: Key::TrueFalse(true),
        explanation: None,
        cite: None,
        ..question
    }
}
