//! What the marks of several persons come to: one alone, the mean of two, or the word of a third.

use crate::rules::points::Points;

/// How a test's written answers are marked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Marking {
    /// Whether two persons mark each answer, neither seeing the other's mark before the own.
    pub two: bool,
    /// Two marks further apart than this are decided by a third person; `None`: the mean stands however far they are.
    pub difference: Option<Points>,
}

impl Marking {
    /// Whether one person marks, which needs no saying.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// How many persons.
    pub const fn markers(&self) -> u32 {
        if self.two { 2 } else { 1 }
    }
}

/// The step of marks, in hundredths.
pub const STEP: i64 = 50;

/// What marks given in this order come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Another mark is needed.
    Waits,
    /// Two lie too far apart: a third person decides.
    Third,
    /// This.
    Points(Points),
}

/// Whether points may be given for a question of `full` points: in halves, or all of them.
pub fn may_be_given(points: Points, full: Points) -> bool {
    Points::ZERO <= points && points <= full && (points.hundredths() % STEP == 0 || points == full)
}

/// What marks for a question of `full` points come to: the mean of two, rounded half up to what may be given.
pub fn outcome(marking: Marking, given: &[Points], full: Points) -> Outcome {
    match given {
        [] => Outcome::Waits,
        [one] => {
            if marking.two {
                Outcome::Waits
            } else {
                Outcome::Points(*one)
            }
        }
        [one, two] => {
            let apart = (one.hundredths() - two.hundredths()).abs();
            match marking.difference {
                Some(most) if apart > most.hundredths() => Outcome::Third,
                _ => Outcome::Points(mean(*one, *two, full)),
            }
        }
        [.., last] => Outcome::Points(*last),
    }
}

/// The same part by part of a case: what counts once [`outcome`] of the whole is decided. `fulls` are the points of the
/// parts; parts that no person marks have `None`.
pub fn of_parts(given: &[Vec<Option<Points>>], fulls: &[Points]) -> Vec<Option<Points>> {
    let at = |marks: &Vec<Option<Points>>, index: usize| marks.get(index).copied().flatten();
    let one = |(index, full): (usize, &Points)| match given {
        [one, two] => Some(mean(at(one, index)?, at(two, index)?, *full)),
        _ => at(given.last()?, index),
    };
    fulls.iter().enumerate().map(one).collect()
}

fn mean(one: Points, two: Points, full: Points) -> Points {
    if one == two {
        return one;
    }
    let halves = (one.hundredths() + two.hundredths() + STEP).div_euclid(2 * STEP);
    Points::from_hundredths((halves * STEP).min(full.hundredths()))
}

#[cfg(test)]
mod tests {
    use super::{Marking, Outcome, may_be_given, outcome};
    use crate::rules::points::Points;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    fn points(hundredths: i64) -> Points {
        Points::from_hundredths(hundredths)
    }

    fn two(difference: Option<i64>) -> Marking {
        Marking { two: true, difference: difference.map(points) }
    }

    #[test]
    fn a_third_decides_only_beyond_the_difference() {
        let of = |marking, given: &[i64]| {
            outcome(marking, &given.iter().map(|one| points(*one)).collect::<Vec<_>>(), points(1000))
        };
        assert_eq!(of(Marking::default(), &[350]), Outcome::Points(points(350)));
        assert_eq!(of(two(None), &[350]), Outcome::Waits);
        assert_eq!(of(two(None), &[0, 1000]), Outcome::Points(points(500)));
        assert_eq!(of(two(Some(200)), &[300, 500]), Outcome::Points(points(400)), "as far apart as allowed");
        assert_eq!(of(two(Some(200)), &[300, 550]), Outcome::Third);
        assert_eq!(of(two(Some(200)), &[300, 550, 450]), Outcome::Points(points(450)));
        assert_eq!(of(two(None), &[300, 350]), Outcome::Points(points(350)), "half up to a half");
    }

    proptest! {
        #[test]
        fn the_mean_lies_between_may_be_given_and_needs_no_order(full in 1..4000_i64, one in 0..80_i64, other in 0..80_i64) {
            let full = points(full);
            let all = [one, other].map(|halves| points(halves * 50).min(full));
            let Outcome::Points(mean) = outcome(two(None), &all, full) else { panic!() };
            prop_assert!(may_be_given(mean, full));
            prop_assert!(mean >= all[0].min(all[1]) && mean <= all[0].max(all[1]));
            prop_assert_eq!(outcome(two(None), &[all[1], all[0]], full), Outcome::Points(mean));
            let exact = all[0].hundredths() + all[1].hundredths();
            prop_assert!((2 * mean.hundredths() - exact).abs() <= 50 || mean == full);
        }
    }
}
