//! How many members would get the same decision, pass or fail, with another paper.
//!
//! After Peng & Subkoviak (1980), person by person: a second score follows the first by the line of regression, with the
//! reliability as slope and what the first leaves open as spread; half a step of the scale is the correction for scores
//! that come in steps.

use crate::rules::statistics::moments::Moments;
use crate::rules::statistics::{normal_below, size};

/// The share of members with the same decision on another paper, from 0 to 1; `None` where scores don't differ.
/// `step` is the least difference between two scores, 0 where there is none to speak of.
pub fn consistency(scores: &[f64], line: f64, reliability: f64, step: f64) -> Option<f64> {
    let moments = Moments::of(scores);
    let deviation = moments.standard_deviation().filter(|deviation| *deviation > 0.0)?;
    let mean = moments.mean()?;
    let slope = reliability.clamp(0.0, 1.0);
    let spread = deviation * (1.0 - slope * slope).sqrt();
    let same = |score: &f64| {
        let distance = mean + slope * (score - mean) - (line - step / 2.0);
        let passes_again =
            if spread > 0.0 { normal_below(distance / spread) } else { f64::from(u8::from(distance >= 0.0)) };
        if *score >= line { passes_again } else { 1.0 - passes_again }
    };
    Some(scores.iter().map(same).sum::<f64>() / size(scores.len()))
}

#[cfg(test)]
mod tests {
    use super::consistency;
    use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

    /// Members of known ability sit two papers of other questions; how many get the same decision is known then.
    #[test]
    fn the_share_is_that_of_a_second_paper() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for _ in 0..4000 {
            // Six uniform numbers are near enough to a normal one.
            let ability: f64 = (0..6).map(|_| random.random_range(-1.0..1.0)).sum::<f64>() / 2.0;
            let mut sit = || -> f64 {
                (0..20)
                    .filter(|_| {
                        let difficulty: f64 = random.random_range(-2.0..1.0);
                        random.random_range(0.0..1.0) < 1.0 / (1.0 + (difficulty - 1.5 * ability).exp())
                    })
                    .count()
                    .try_into()
                    .map_or(0.0, |right: u32| f64::from(right))
            };
            first.push(sit());
            second.push(sit());
        }
        let r = crate::rules::statistics::moments::Paired::of(first.iter().copied().zip(second.iter().copied()));
        let reliability = r.unwrap().correlation().unwrap();
        assert!((0.5..0.9).contains(&reliability), "{reliability}");
        for line in [8.0, 12.0, 16.0] {
            let agree = first.iter().zip(&second).filter(|(a, b)| (**a >= line) == (**b >= line)).count();
            let actual = f64::from(u32::try_from(agree).unwrap()) / 4000.0;
            let found = consistency(&first, line, reliability, 1.0).unwrap();
            assert!((found - actual).abs() < 0.025, "line {line}: {found}, in truth {actual}");
        }
    }

    #[test]
    fn perfect_scores_decide_the_same_and_equal_ones_tell_nothing() {
        assert_eq!(consistency(&[10.0, 20.0], 15.0, 1.0, 1.0), Some(1.0));
        assert_eq!(consistency(&[10.0, 10.0], 15.0, 0.9, 1.0), None);
        let chance = consistency(&[10.0, 20.0], 15.0, 0.0, 0.0).unwrap();
        assert!((chance - 0.5).abs() < 1e-9, "{chance}");
    }
}
