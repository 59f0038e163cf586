//! What a rehearsal measured: how often, how fast, and what became of it.

use serde::Serialize;
use std::time::Duration;

/// A step of a member's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) enum Step {
    /// Signs in.
    SignIn,
    /// Starts, and receives a paper.
    Start,
    /// Saves an answer.
    Save,
    /// Hands in, and is marked.
    Submit,
}

impl Step {
    pub(in crate::cli) const ALL: [Self; 4] = [Self::SignIn, Self::Start, Self::Save, Self::Submit];

    pub(in crate::cli) const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Start => "start",
            Self::Save => "save",
            Self::Submit => "submit",
        }
    }
}

/// How long each call of each step took, in microseconds, and when the first began and the last ended.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Timings {
    taken: [Vec<u32>; 4],
    span: [Option<(Duration, Duration)>; 4],
}

const fn at(step: Step) -> usize {
    match step {
        Step::SignIn => 0,
        Step::Start => 1,
        Step::Save => 2,
        Step::Submit => 3,
    }
}

impl Timings {
    /// Notes a call that began and ended so long after the rehearsal's beginning.
    pub(in crate::cli) fn note(&mut self, step: Step, began: Duration, ended: Duration) {
        let taken = u32::try_from(ended.saturating_sub(began).as_micros()).unwrap_or(u32::MAX);
        if let (Some(list), Some(span)) = (self.taken.get_mut(at(step)), self.span.get_mut(at(step))) {
            list.push(taken);
            let (first, last) = span.unwrap_or((began, ended));
            *span = Some((first.min(began), last.max(ended)));
        }
    }

    /// Adds what another member measured.
    pub(in crate::cli) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.taken.iter_mut().zip(&other.taken) {
            mine.extend(theirs);
        }
        for (mine, theirs) in self.span.iter_mut().zip(&other.span) {
            *mine = match (*mine, *theirs) {
                (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
                (one, other) => one.or(other),
            };
        }
    }

    /// The figures of a step.
    pub(in crate::cli) fn figures(&self, step: Step) -> Figures {
        let mut taken = self.taken.get(at(step)).cloned().unwrap_or_default();
        taken.sort_unstable();
        let span = self.span.get(at(step)).copied().flatten();
        let seconds = span.map_or(0.0, |(first, last)| last.saturating_sub(first).as_secs_f64());
        let count = taken.len();
        let calls = crate::rules::points::number(i64::try_from(count).unwrap_or(i64::MAX));
        let part = |thousandths: usize| {
            let index = (count * thousandths / 1000).min(count.saturating_sub(1));
            f64::from(taken.get(index).copied().unwrap_or_default()) / 1000.0
        };
        Figures {
            step: step.name(),
            calls: count,
            per_second: if seconds > 0.0 { calls / seconds } else { 0.0 },
            p50_ms: part(500),
            p95_ms: part(950),
            p99_ms: part(990),
            most_ms: part(1000),
        }
    }
}

/// The figures of a step.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Figures {
    /// Its name.
    pub(in crate::cli) step: &'static str,
    /// Calls.
    pub(in crate::cli) calls: usize,
    /// Calls in a second, from the first to the last.
    pub(in crate::cli) per_second: f64,
    /// The median, in milliseconds.
    pub(in crate::cli) p50_ms: f64,
    /// Ninety-five of a hundred took no longer.
    pub(in crate::cli) p95_ms: f64,
    /// Ninety-nine of a hundred took no longer.
    pub(in crate::cli) p99_ms: f64,
    /// The longest.
    pub(in crate::cli) most_ms: f64,
}

#[cfg(test)]
mod tests {
    use super::{Step, Timings};
    use std::time::Duration;

    #[test]
    fn percentiles_and_rates_are_those_of_all_members() {
        let (mut one, mut other) = (Timings::default(), Timings::default());
        for number in 0..100_u64 {
            let member = if number % 2 == 0 { &mut one } else { &mut other };
            let began = Duration::from_millis(number * 10);
            member.note(Step::Save, began, began + Duration::from_millis(number + 1));
        }
        one.add(&other);
        let figures = one.figures(Step::Save);
        assert_eq!(figures.calls, 100);
        assert!((figures.p50_ms - 51.0).abs() < 1e-9 && (figures.p99_ms - 100.0).abs() < 1e-9, "{figures:?}");
        assert!((figures.per_second - 100.0 / 1.09).abs() < 1e-6, "{figures:?}");
        assert_eq!(one.figures(Step::Submit).calls, 0);
    }
}
