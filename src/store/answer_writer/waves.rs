//! The order of a group's jobs: waves, one after the other; in each, one statement of each sort does all of its sort.
//!
//! Jobs of different attempts may pass each other, those of one attempt never do. In a wave finishes come first, then
//! starts, then saves: a save that arrived before a finish of the same attempt pushes that finish into the next wave.

use super::Job;
use std::collections::{HashMap, HashSet};

/// Indices of the jobs that one round of statements does.
#[derive(Debug, Default)]
pub(super) struct Wave {
    pub(super) sessions: Vec<usize>,
    pub(super) finishes: Vec<usize>,
    pub(super) starts: Vec<usize>,
    pub(super) saves: Vec<usize>,
    /// What nothing may pass: it is a wave by itself.
    pub(super) alone: Option<usize>,
}

/// What was last planned for an attempt.
#[derive(Debug, Clone, Copy)]
struct Last {
    wave: usize,
    is_save: bool,
}

/// Sorts a group into waves.
pub(super) fn waves(work: &[Job]) -> Vec<Wave> {
    let mut waves: Vec<Wave> = Vec::new();
    let mut floor = 0;
    let mut last: HashMap<&str, Last> = HashMap::new();
    let mut places: HashSet<(usize, &str, i64)> = HashSet::new();
    for (index, job) in work.iter().enumerate() {
        let wave = match job {
            Job::Save(save) => {
                let mut wave = last.get(save.attempt_id.as_str()).map_or(floor, |last| last.wave.max(floor));
                // One statement may touch a row once only.
                while !places.insert((wave, &save.attempt_id, save.position)) {
                    wave += 1;
                }
                last.insert(&save.attempt_id, Last { wave, is_save: true });
                wave
            }
            Job::Finish(finish) => {
                let behind = |last: &Last| if last.is_save { last.wave + 1 } else { last.wave };
                let mut wave = last.get(finish.attempt_id.as_str()).map_or(floor, |last| behind(last).max(floor));
                while !places.insert((wave, &finish.attempt_id, FINISH)) {
                    wave += 1;
                }
                last.insert(&finish.attempt_id, Last { wave, is_save: false });
                wave
            }
            Job::Start(_) | Job::Open(_) | Job::Seen(_) => floor,
            Job::TakeOver { .. } | Job::Act(_) => {
                floor = waves.len() + 1;
                waves.len()
            }
        };
        if waves.len() <= wave {
            waves.resize_with(wave + 1, Wave::default);
        }
        let Some(wave) = waves.get_mut(wave) else { continue };
        match job {
            Job::Save(_) => wave.saves.push(index),
            Job::Finish(_) => wave.finishes.push(index),
            Job::Start(_) => wave.starts.push(index),
            Job::Open(_) | Job::Seen(_) => wave.sessions.push(index),
            Job::TakeOver { .. } | Job::Act(_) => wave.alone = Some(index),
        }
    }
    waves
}

/// In the place of a position; positions count from 1.
const FINISH: i64 = 0;

#[cfg(test)]
mod tests {
    use super::waves;
    use crate::rules::paper::Sheet;
    use crate::store::answer_writer::{Finish, FinishedBy, Job, Save};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn save(attempt: u8, position: i64) -> Job {
        Job::Save(Save {
            attempt_id: attempt.to_string(),
            person_id: String::new(),
            session: String::new(),
            position,
            save: 1,
            response: None,
            is_set: false,
            received_at_ms: 0,
        })
    }

    fn finish(attempt: u8) -> Job {
        let sheet = Arc::new(Sheet { items: Box::default() });
        Job::Finish(Finish { attempt_id: attempt.to_string(), sheet, at_ms: 0, by: FinishedBy::Member, actor_id: None })
    }

    fn take_over(attempt: u8) -> Job {
        Job::TakeOver { attempt_id: attempt.to_string(), holder: String::new() }
    }

    fn job() -> impl Strategy<Value = Job> {
        prop_oneof![
            6 => (0_u8..4, 1_i64..4).prop_map(|(attempt, position)| save(attempt, position)),
            2 => (0_u8..4).prop_map(finish),
            1 => (0_u8..4).prop_map(take_over),
        ]
    }

    fn attempt_of(job: &Job) -> String {
        match job {
            Job::Save(save) => save.attempt_id.clone(),
            Job::Finish(finish) => finish.attempt_id.clone(),
            Job::TakeOver { attempt_id, .. } => attempt_id.clone(),
            _ => String::new(),
        }
    }

    proptest! {
        #[test]
        fn jobs_of_an_attempt_keep_their_order_and_no_statement_touches_a_row_twice(work in prop::collection::vec(job(), 0..40)) {
            let mut order = Vec::new();
            for wave in waves(&work) {
                let places: std::collections::HashSet<_> = wave.saves.iter().filter_map(|&index| match &work[index] {
                    Job::Save(save) => Some((save.attempt_id.clone(), save.position)),
                    _ => None,
                }).collect();
                prop_assert_eq!(places.len(), wave.saves.len());
                order.extend(wave.finishes);
                order.extend(wave.starts);
                order.extend(wave.saves);
                order.extend(wave.alone);
            }
            let mut all = order.clone();
            all.sort_unstable();
            prop_assert_eq!(all, (0..work.len()).collect::<Vec<_>>());
            for attempt in 0_u8..4 {
                let of: Vec<usize> = order.iter().copied().filter(|&index| attempt_of(&work[index]) == attempt.to_string()).collect();
                // Saves of different positions may pass each other: only what another job sees counts.
                for pair in of.windows(2) {
                    let both_save = matches!((&work[pair[0]], &work[pair[1]]), (Job::Save(a), Job::Save(b)) if a.position != b.position);
                    prop_assert!(pair[0] < pair[1] || both_save, "{:?} in {:?}", pair, order);
                }
            }
            for (at, &index) in order.iter().enumerate() {
                if matches!(work[index], Job::TakeOver { .. }) {
                    prop_assert!(order[..at].iter().all(|&before| before < index));
                    prop_assert!(order[at + 1..].iter().all(|&after| after > index));
                }
            }
        }
    }

    #[test]
    fn a_hall_that_saves_and_hands_in_needs_one_round() {
        let work: Vec<Job> =
            (0..100).flat_map(|attempt| [save(attempt, 1), save(attempt, 2), finish(attempt + 100)]).collect();
        assert_eq!(waves(&work).len(), 1);
    }
}
