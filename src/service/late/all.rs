//! Late responses of many sittings at once, as after a failure of the network: what a decision would take in, and the
//! decision itself, the same for each.

use super::{Amendment, Late, checked, decide_one, list};
use crate::app::App;
use crate::rules::rights::Caller;
use crate::rules::tree::Node;
use crate::service::error::{Error, Result, Thing};
use crate::service::tests::check_reason;

/// What an acceptance of everything that waits would take in. Scores are left out, so that nobody decides by them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The attempts.
    pub attempts: Vec<String>,
    /// Late responses where nothing was stored in time.
    pub new: usize,
    /// Late responses that would take the place of others.
    pub replacing: usize,
    /// How many of the attempts each branch has, in the order of the list.
    pub branches: Vec<(Node, usize)>,
}

/// What of a list waits for a decision.
pub fn waiting_of(listed: &[Late]) -> Waiting {
    let mut waiting = Waiting::default();
    for late in listed.iter().filter(|late| late.decision.is_none()) {
        let is_stored = |position| late.stored.get(position).is_some_and(|stored| stored.response.is_some());
        let replacing = late.rows.iter().filter(|row| is_stored(&row.position)).count();
        waiting.replacing += replacing;
        waiting.new += late.rows.len() - replacing;
        waiting.attempts.push(late.attempt.id.clone());
        match waiting.branches.iter_mut().find(|(branch, _)| branch.id == late.branch.id) {
            Some((_, count)) => *count += 1,
            None => waiting.branches.push((late.branch.clone(), 1)),
        }
    }
    waiting
}

/// Accepts or refuses, with one reason, the late responses of those attempts at a test that wait for a decision; of
/// `only` some, where they are named, so that nothing is decided about that came in unseen. Each is an amendment of its
/// own: whatever stops this leaves the rest waiting. What somebody else has decided meanwhile stays as it is.
pub async fn decide_all(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    (name, only): (&str, Option<&[String]>),
    accepted: bool,
    reason: &str,
) -> Result<Vec<Amendment>> {
    let reason = check_reason(reason)?;
    let (test, listed) = list(app, caller, name).await?;
    let listed = checked(&test, listed)?;
    let is_listed = |id: &String| listed.iter().any(|late| late.attempt.id == *id);
    if !only.is_none_or(|only| only.iter().all(is_listed)) {
        return Err(Error::NotFound(Thing::Attempt));
    }
    let is_meant = |late: &&Late| late.decision.is_none() && only.is_none_or(|only| only.contains(&late.attempt.id));
    let mut decided = Vec::new();
    for late in listed.iter().filter(is_meant) {
        let at = (late.attempt.id.as_str(), &late.sheet);
        match decide_one(app, caller, now_ms, at, accepted, &reason).await {
            Ok(amendment) => decided.push(amendment),
            Err(Error::LateDecided | Error::AttemptOpen) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(decided)
}
