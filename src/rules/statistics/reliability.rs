//! How far scores would stay the same on another paper.
//!
//! Where all papers are alike: alpha (Cronbach 1951; KR-20 of Kuder & Richardson 1937 for right and wrong) and Guttman's
//! lambda 2 (1945), both lower bounds. Where each member gets other questions those don't exist; the index of
//! dependability Φ does (Brennan 2001, one facet, estimated as 1 − MSW / MSB of a one-way analysis of variance). A paper
//! drawn section by section is no draw from one pool: its error is the sum of the errors of its sections.

use crate::rules::statistics::moments::Moments;
use crate::rules::statistics::size;

/// Reliability of papers that are all alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// Cronbach's alpha.
    pub alpha: f64,
    /// Guttman's lambda 2.
    pub lambda_2: f64,
}

/// Of marks by question, each list in the same order of members. `None` of fewer than two questions or members, or
/// where nobody differs.
pub fn alike(questions: &[Vec<f64>]) -> Option<Alike> {
    let members = questions.first()?.len();
    if questions.len() < 2 || members < 2 || questions.iter().any(|marks| marks.len() != members) {
        return None;
    }
    let centred: Vec<Vec<f64>> = questions.iter().map(|marks| centre(marks)).collect();
    let product = |one: &[f64], two: &[f64]| one.iter().zip(two).map(|(x, y)| x * y).sum::<f64>();
    let (mut own, mut shared, mut squares) = (0.0, 0.0, 0.0);
    for (index, one) in centred.iter().enumerate() {
        own += product(one, one);
        for two in centred.iter().take(index) {
            let covariance = product(one, two);
            shared += 2.0 * covariance;
            squares += 2.0 * covariance * covariance;
        }
    }
    let (total, k) = (own + shared, size(questions.len()));
    (total > 0.0).then(|| Alike {
        alpha: k / (k - 1.0) * (1.0 - own / total),
        lambda_2: (shared + (k / (k - 1.0) * squares).sqrt()) / total,
    })
}

fn centre(marks: &[f64]) -> Vec<f64> {
    let mean = marks.iter().sum::<f64>() / size(marks.len());
    marks.iter().map(|mark| mark - mean).collect()
}

/// The standard error of a score from the spread of scores and their reliability.
pub fn standard_error(standard_deviation: f64, reliability: f64) -> f64 {
    standard_deviation * (1.0 - reliability).max(0.0).sqrt()
}

/// What one member did in one stratum: how many marks, their sum, and the sum of their squares.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Own {
    /// How many.
    pub count: usize,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

impl Own {
    /// Counts a mark in.
    pub fn add(&mut self, mark: f64) {
        self.count += 1;
        self.sum += mark;
        self.squares += mark * mark;
    }

    fn within(&self) -> f64 {
        if self.count == 0 { 0.0 } else { (self.squares - self.sum * self.sum / size(self.count)).max(0.0) }
    }
}

impl FromIterator<f64> for Own {
    fn from_iter<I: IntoIterator<Item = f64>>(marks: I) -> Self {
        let mut own = Self::default();
        for mark in marks {
            own.add(mark);
        }
        own
    }
}

/// A one-way analysis of variance of marks over members, who may have different numbers of marks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneWay {
    /// Mean square between members.
    pub between: f64,
    /// Mean square within members.
    pub within: f64,
    /// How many marks a member has, as far as the differences between members go.
    pub each: f64,
}

impl OneWay {
    /// `None` where there are not two members, or none has two marks.
    pub fn of(members: &[Own]) -> Option<Self> {
        let members: Vec<&Own> = members.iter().filter(|own| own.count > 0).collect();
        let all: usize = members.iter().map(|own| own.count).sum();
        let (n, p) = (size(all), size(members.len()));
        if members.len() < 2 || all <= members.len() {
            return None;
        }
        let mean = members.iter().map(|own| own.sum).sum::<f64>() / n;
        let between = |own: &&Own| {
            let count = size(own.count);
            count * (own.sum / count - mean).powi(2)
        };
        let squares = members.iter().map(|own| size(own.count).powi(2)).sum::<f64>();
        Some(Self {
            between: members.iter().map(between).sum::<f64>() / (p - 1.0),
            within: members.iter().map(|own| own.within()).sum::<f64>() / (n - p),
            each: (n - squares / n) / (p - 1.0),
        })
    }

    /// Φ of the mean of a member's marks; `None` where members don't differ.
    pub fn dependability(&self) -> Option<f64> {
        (self.between > 0.0).then(|| 1.0 - self.within / self.between)
    }

    /// The variance between members without the share of chance.
    pub fn members_variance(&self) -> f64 {
        (self.between - self.within) / self.each
    }
}

/// A part of the paper that is filled from its own pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// Marks as shares of full marks, member by member.
    pub members: Vec<Own>,
    /// The sum of the squares of its questions' points.
    pub squared_points: f64,
}

/// Reliability of scores over papers drawn stratum by stratum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dependability {
    /// Φ: the share of the variance of scores that isn't chance. Below 0 where there is nothing but chance.
    pub phi: f64,
    /// The standard error of a score, in points.
    pub standard_error: f64,
}

/// Φ of the sum over strata: 1 − Σ error variance / variance of the scores, where the error variance of a stratum is its
/// mean square within members times its squared points. A stratum of one question says nothing about its error: all of
/// its variance is taken for it, so that Φ errs to the low side. `None` where scores don't differ, or no stratum has two
/// questions.
pub fn dependability(strata: &[Stratum], scores: &[f64]) -> Option<Dependability> {
    let variance = Moments::of(scores).variance().filter(|variance| *variance > 0.0)?;
    let within = |stratum: &Stratum| Some(OneWay::of(&stratum.members)?.within * stratum.squared_points);
    let alone = |stratum: &Stratum| {
        let marks: Vec<f64> = stratum.members.iter().map(|own| own.sum).collect();
        Moments::of(&marks).variance().unwrap_or_default() * stratum.squared_points
    };
    let error: f64 = strata.iter().map(|stratum| within(stratum).unwrap_or_else(|| alone(stratum))).sum();
    let says_something = strata.iter().any(|stratum| within(stratum).is_some());
    says_something.then(|| Dependability { phi: 1.0 - error / variance, standard_error: error.sqrt() })
}

#[cfg(test)]
mod tests {
    use super::{OneWay, Own, Stratum, alike, dependability, standard_error};
    use crate::rules::statistics::moments::{Moments, Paired};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    /// Section 6 of the LSAT (Bock & Lieberman 1970): how many of 1,000 gave each pattern of right answers.
    const LSAT_6: &str = "00000 3,00001 6,00010 2,00011 11,00100 1,00101 1,00110 3,00111 4,01000 1,01001 8,01011 16,01101 3,\
        01110 2,01111 15,10000 10,10001 29,10010 14,10011 81,10100 3,10101 28,10110 15,10111 80,11000 16,11001 56,\
        11010 21,11011 173,11100 11,11101 61,11110 28,11111 298";

    fn lsat() -> Vec<Vec<f64>> {
        let mut questions = vec![Vec::new(); 5];
        for line in LSAT_6.split(',') {
            let (pattern, count) = line.trim().split_once(' ').unwrap();
            for (question, digit) in pattern.chars().enumerate() {
                let mark = f64::from(digit.to_digit(10).unwrap());
                questions[question].extend(std::iter::repeat_n(mark, count.parse().unwrap()));
            }
        }
        questions
    }

    fn own(marks: &[f64]) -> Own {
        marks.iter().copied().collect()
    }

    #[test]
    fn the_figures_of_the_lsat_are_those_of_other_programs() {
        let questions = lsat();
        assert_eq!(questions[0].len(), 1000);
        let alpha = alike(&questions).unwrap().alpha;
        assert!((alpha - 0.294_997_192_215_944).abs() < 1e-12, "{alpha}");
        // The other program takes lambda 2 of correlations: of marks that all have the same spread.
        let even = |marks: &Vec<f64>| {
            let deviation = Moments::of(marks).standard_deviation().unwrap();
            marks.iter().map(|mark| mark / deviation).collect::<Vec<f64>>()
        };
        let lambda_2 = alike(&questions.iter().map(even).collect::<Vec<_>>()).unwrap().lambda_2;
        assert!((lambda_2 - 0.296_999_070_646_961).abs() < 1e-12, "{lambda_2}");
        let error = standard_error(1.035_041_211_889_8, alpha);
        assert!((error - 0.869_066_612_393_306).abs() < 1e-12, "{error}");
        let expected = [
            0.112_832_688_922_342,
            0.153_178_120_116_53,
            0.172_778_943_291_09,
            0.144_428_095_247_094,
            0.121_596_402_547_096,
        ];
        for (index, expected) in expected.into_iter().enumerate() {
            let rest =
                |member: usize| questions.iter().map(|marks| marks[member]).sum::<f64>() - questions[index][member];
            let r = Paired::of((0..1000).map(|member| (questions[index][member], rest(member)))).unwrap().correlation();
            assert!((r.unwrap() - expected).abs() < 1e-12, "{r:?}, not {expected}");
        }
    }

    #[test]
    fn phi_is_one_less_within_over_between() {
        // Worked by hand: means 0.5, 1 and 0 over 2, 3 and 1 marks; grand mean 4 / 6.
        let members = [own(&[0.0, 1.0]), own(&[1.0, 1.0, 1.0]), own(&[0.0])];
        let found = OneWay::of(&members).unwrap();
        let between = (2.0 * (1.0_f64 / 6.0).powi(2) + 3.0 * (1.0_f64 / 3.0).powi(2) + (2.0_f64 / 3.0).powi(2)) / 2.0;
        assert!((found.between - between).abs() < 1e-12 && (found.within - 0.5 / 3.0).abs() < 1e-12, "{found:?}");
        assert!((found.each - (6.0 - 14.0 / 6.0) / 2.0).abs() < 1e-12);
        assert!((found.dependability().unwrap() - (1.0 - found.within / between)).abs() < 1e-12);
        // The published mean squares of a simulation of 800 members with 20 of 60 questions.
        let simulated = OneWay { between: 0.842_812, within: 0.210_411, each: 20.0 };
        assert!((simulated.dependability().unwrap() - 0.7503).abs() < 5e-5);
        assert!((simulated.members_variance() - 0.031_620).abs() < 5e-7);
    }

    #[test]
    fn one_question_says_nothing_about_its_error() {
        assert_eq!(OneWay::of(&[own(&[1.0]), own(&[0.0])]), None);
        assert_eq!(OneWay::of(&[own(&[1.0, 0.0])]), None);
        assert_eq!(alike(&[vec![1.0, 0.0]]), None);
        assert_eq!(alike(&[vec![1.0, 1.0], vec![0.0, 0.0]]), None);
        let alone = Stratum { members: vec![own(&[1.0]), own(&[0.0])], squared_points: 9.0 };
        assert_eq!(dependability(std::slice::from_ref(&alone), &[3.0, 0.0]), None);
        // Beside a stratum that says something, all of its variance is error: 9 / 2, and 4 of the other.
        let other = Stratum { members: vec![own(&[1.0, 0.0]), own(&[0.0, 1.0])], squared_points: 8.0 };
        let found = dependability(&[alone, other], &[10.0, 0.0]).unwrap();
        assert!(
            (found.phi - (1.0 - 8.5 / 50.0)).abs() < 1e-12 && (found.standard_error - 8.5_f64.sqrt()).abs() < 1e-12
        );
    }

    proptest! {
        #[test]
        fn of_one_stratum_phi_is_that_of_the_analysis_of_variance(marks in vec(vec(0_u8..3, 4), 3..20)) {
            let members: Vec<Own> = marks.iter().map(|marks| own(&marks.iter().map(|m| f64::from(*m)).collect::<Vec<_>>())).collect();
            let scores: Vec<f64> = members.iter().map(|own| own.sum).collect();
            let plain = OneWay::of(&members).unwrap().dependability();
            let found = dependability(&[Stratum { members, squared_points: 4.0 }], &scores);
            match plain.zip(found) {
                Some((plain, found)) => prop_assert!((plain - found.phi).abs() < 1e-9),
                None => prop_assert!(found.is_none()),
            }
        }

        #[test]
        fn lambda_2_is_never_below_alpha(marks in vec(vec(0_u8..5, 6), 2..9)) {
            let questions: Vec<Vec<f64>> = marks.iter().map(|marks| marks.iter().map(|m| f64::from(*m)).collect()).collect();
            if let Some(found) = alike(&questions) {
                prop_assert!(found.lambda_2 >= found.alpha - 1e-9);
            }
        }
    }
}
