//! What is to be looked at in a question. Each rule asks for enough attempts, and for a difference that chance alone
//! rarely makes; none is a verdict.

use super::analysis::{OptionFigures, QuestionFigures};
use crate::rules::question::Kind;
use crate::rules::statistics::{Z, size};

/// With fewer attempts at a question nothing is said of it.
const LEAST_FLAGGED: usize = 20;
/// With fewer attempts an option that few chose tells nothing.
const LEAST_DEAD: usize = 100;
/// An option that fewer choose, in percent, draws nobody away.
const DEAD: f64 = 5.0;
/// Nearly everybody wins so much, in percent.
const EASY: f64 = 95.0;
/// Few win so little, in percent.
const HARD: f64 = 25.0;
/// A question with less hardly tells strong from weak.
const WEAK: f64 = 0.2;
/// So many without a response are many, in percent.
const OMITTED: f64 = 20.0;

/// A reason to look at a question, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Flag {
    /// The strong choose something else than the key; which options.
    KeySuspect(u32),
    /// The weak do better than the strong.
    Negative,
    /// Hardly anybody wins it, or no more than by guessing.
    TooHard,
    /// Nearly everybody wins it.
    TooEasy,
    /// A wrong option draws the strong more than the weak; which options.
    StrongDistractor(u32),
    /// It hardly tells strong from weak.
    Weak,
    /// Wrong options that nearly nobody chooses; which.
    DeadDistractor(u32),
    /// Many leave it without a response.
    OftenOmitted,
}

impl Flag {
    /// The stable name, in the API and of its messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeySuspect(_) => "key-suspect",
            Self::Negative => "negative-discrimination",
            Self::TooHard => "too-hard",
            Self::TooEasy => "too-easy",
            Self::StrongDistractor(_) => "strong-distractor",
            Self::Weak => "weak-discrimination",
            Self::DeadDistractor(_) => "dead-distractor",
            Self::OftenOmitted => "often-omitted",
        }
    }

    /// Whether it speaks of an option, and so says something of the key.
    pub const fn tells_of_options(self) -> bool {
        matches!(self, Self::KeySuspect(_) | Self::StrongDistractor(_) | Self::DeadDistractor(_))
    }

    /// Whether it says that the question hardly tells strong from weak, or the wrong way round.
    pub const fn tells_of_discrimination(self) -> bool {
        matches!(self, Self::Negative | Self::Weak)
    }

    /// Whether it speaks of the option at an index, in the bank's order.
    pub fn is_of(self, option: usize) -> bool {
        match self {
            Self::KeySuspect(options) | Self::StrongDistractor(options) | Self::DeadDistractor(options) => {
                options & bit(option) != 0
            }
            _ => false,
        }
    }
}

fn bit(option: usize) -> u32 {
    u32::try_from(option).ok().filter(|option| *option < 32).map_or(0, |option| 1 << option)
}

/// What is to be looked at; `keys` says which options belong to the key.
pub(super) fn flags(kind: Kind, figures: &QuestionFigures, keys: &[bool]) -> Vec<Flag> {
    let n = figures.attempts;
    if n < LEAST_FLAGGED {
        return Vec::new();
    }
    let mut flags = Vec::new();
    let suspects = suspects(kind, figures, keys);
    if suspects != 0 {
        flags.push(Flag::KeySuspect(suspects));
    }
    let chance = Z / (size(n) - 1.0).sqrt();
    let discrimination = figures.discrimination;
    let facility = figures.facility.unwrap_or_default();
    if discrimination.is_some_and(|r| r < -chance) {
        flags.push(Flag::Negative);
    }
    if facility <= HARD.max(guessed(kind, keys.len())) {
        flags.push(Flag::TooHard);
    }
    let is_easy = facility >= EASY;
    if is_easy {
        flags.push(Flag::TooEasy);
    }
    let draws_the_strong = |option: &OptionFigures| {
        option.correlation.is_some_and(|r| r > chance) && option.share.is_some_and(|share| share >= DEAD)
    };
    let strong = wrong(figures, keys, draws_the_strong) & !suspects;
    if strong != 0 {
        flags.push(Flag::StrongDistractor(strong));
    }
    // Of an easy question it says nothing, and so it does where it is said already.
    let most = discrimination.map(|r| r + Z * (1.0 - r * r) / (size(n) - 1.0).sqrt());
    if n >= LEAST_DEAD && !is_easy && !flags.contains(&Flag::Negative) && most.is_some_and(|most| most < WEAK) {
        flags.push(Flag::Weak);
    }
    let dead = wrong(figures, keys, |option| option.share.is_some_and(|share| share < DEAD));
    if n >= LEAST_DEAD && !is_easy && dead != 0 {
        flags.push(Flag::DeadDistractor(dead));
    }
    if size(figures.omitted) * 100.0 / size(n) > OMITTED {
        flags.push(Flag::OftenOmitted);
    }
    flags
}

/// What guessing wins, in percent.
fn guessed(kind: Kind, options: usize) -> f64 {
    if matches!(kind, Kind::Single | Kind::TrueFalse) && options > 0 { 100.0 / size(options) } else { 0.0 }
}

/// The wrong options of which something holds.
fn wrong(figures: &QuestionFigures, keys: &[bool], holds: impl Fn(&OptionFigures) -> bool) -> u32 {
    let options = figures.options.iter().zip(keys).enumerate();
    options.filter(|(_, (option, is_key))| !**is_key && holds(option)).fold(0, |bits, (index, _)| bits | bit(index))
}

/// The options that make the key doubtful. Where one is chosen: a wrong one that the strongest third choose more than the
/// key, and not less than the weakest do. Where several are: a wrong one that most of the strongest third choose, or a
/// key that most of them leave out, likewise.
fn suspects(kind: Kind, figures: &QuestionFigures, keys: &[bool]) -> u32 {
    let third = size(figures.attempts) / 3.0;
    let part = |share: Option<f64>| share.unwrap_or_default() / 100.0;
    let beats = |one: f64, other: f64| (one - other) * third > Z * ((one + other) * third).sqrt();
    let options = || figures.options.iter().zip(keys.iter().copied()).enumerate();
    if kind == Kind::Multiple {
        let is_doubtful = |option: &OptionFigures, is_key: bool| {
            let (top, bottom) = (part(option.top), part(option.bottom));
            if is_key { beats(1.0 - top, top) && top <= bottom } else { beats(top, 1.0 - top) && top >= bottom }
        };
        return options()
            .filter(|(_, (option, is_key))| is_doubtful(option, *is_key))
            .fold(0, |bits, (i, _)| bits | bit(i));
    }
    let key = options().find(|(_, (_, is_key))| *is_key).map_or(1.0, |(_, (option, _))| part(option.top));
    let wrong = options().filter(|(_, (_, is_key))| !*is_key);
    let most = wrong.max_by(|one, two| part(one.1.0.top).total_cmp(&part(two.1.0.top)));
    let doubtful =
        most.filter(|(_, (option, _))| beats(part(option.top), key) && part(option.top) >= part(option.bottom));
    doubtful.map_or(0, |(index, _)| bit(index))
}

#[cfg(test)]
mod tests {
    use super::{Flag, flags};
    use crate::rules::items::{Asked, OptionFigures, QuestionFigures};
    use crate::rules::question::{Key, Kind};
    use std::sync::Arc;

    fn asked() -> Asked {
        let question = crate::rules::items::tests::question("q", &[], Key::TrueFalse(true));
        Asked { bank: Arc::from("b"), edition: Arc::from("e"), question: Arc::new(question) }
    }

    /// Options as (bottom, middle, top) in percent, and choosing each against the rest.
    fn figures(attempts: usize, facility: f64, r: f64, options: &[([f64; 3], f64)]) -> QuestionFigures {
        let option = |(parts, r): &([f64; 3], f64)| OptionFigures {
            share: Some(parts.iter().sum::<f64>() / 3.0),
            bottom: Some(parts[0]),
            middle: Some(parts[1]),
            top: Some(parts[2]),
            correlation: Some(*r),
        };
        QuestionFigures {
            asked: asked(),
            attempts,
            facility: Some(facility),
            omitted: 0,
            discrimination: Some(r),
            upper_lower: None,
            options: options.iter().map(option).collect(),
            flags: vec![],
        }
    }

    fn names(kind: Kind, figures: &QuestionFigures, keys: &[bool]) -> Vec<&'static str> {
        flags(kind, figures, keys).into_iter().map(Flag::name).collect()
    }

    const KEY_A: [bool; 4] = [true, false, false, false];

    #[test]
    fn a_question_that_does_its_work_is_left_alone() {
        let good = figures(
            300,
            60.0,
            0.4,
            &[
                ([40.0, 60.0, 80.0], 0.4),
                ([20.0, 15.0, 5.0], -0.2),
                ([20.0, 15.0, 8.0], -0.2),
                ([20.0, 10.0, 7.0], -0.1),
            ],
        );
        assert!(names(Kind::Single, &good, &KEY_A).is_empty());
    }

    #[test]
    fn most_of_the_strong_with_another_option_make_the_key_doubtful() {
        let wrong = figures(
            60,
            20.0,
            -0.4,
            &[
                ([40.0, 15.0, 5.0], -0.4),
                ([20.0, 10.0, 0.0], -0.2),
                ([20.0, 65.0, 95.0], 0.5),
                ([20.0, 10.0, 0.0], -0.1),
            ],
        );
        let found = flags(Kind::Single, &wrong, &KEY_A);
        assert!(found[0].is_of(2) && !found[0].is_of(0) && found[0].tells_of_options());
        assert_eq!(names(Kind::Single, &wrong, &KEY_A), ["key-suspect", "negative-discrimination", "too-hard"]);
        // A trap into which the weak fall more than the strong is a hard question, not a wrong key.
        let trap = figures(
            60,
            26.0,
            0.3,
            &[([10.0, 25.0, 42.0], 0.3), ([5.0, 5.0, 3.0], 0.0), ([80.0, 65.0, 50.0], -0.3), ([5.0, 5.0, 5.0], 0.0)],
        );
        assert!(!names(Kind::Single, &trap, &KEY_A).contains(&"key-suspect"));
        // Nine of whom five choose another one are too few to say.
        assert!(names(Kind::Single, &figures(19, 20.0, -0.4, &[]), &KEY_A).is_empty());
    }

    #[test]
    fn of_several_a_key_that_the_strong_leave_out_is_doubtful() {
        let figures = figures(
            90,
            30.0,
            0.1,
            &[
                ([60.0, 80.0, 95.0], 0.4),
                ([50.0, 20.0, 5.0], -0.4),
                ([30.0, 20.0, 10.0], -0.2),
                ([30.0, 70.0, 90.0], 0.4),
            ],
        );
        let found = flags(Kind::Multiple, &figures, &[true, true, false, false]);
        assert!(found[0] == Flag::KeySuspect(0b1010), "{found:?}");
    }

    #[test]
    fn easy_hard_and_dead() {
        let easy = figures(
            200,
            97.0,
            0.1,
            &[([94.0, 97.0, 100.0], 0.1), ([3.0, 1.0, 0.0], 0.0), ([2.0, 1.0, 0.0], 0.0), ([1.0, 1.0, 0.0], 0.0)],
        );
        assert_eq!(names(Kind::Single, &easy, &KEY_A), ["too-easy"]);
        let dead = figures(
            100,
            60.0,
            0.4,
            &[([40.0, 60.0, 80.0], 0.4), ([30.0, 20.0, 8.0], -0.2), ([28.0, 19.0, 12.0], -0.2), ([2.0, 1.0, 0.0], 0.0)],
        );
        assert_eq!(flags(Kind::Single, &dead, &KEY_A), [Flag::DeadDistractor(0b1000)]);
        assert!(names(Kind::Single, &QuestionFigures { attempts: 99, ..dead }, &KEY_A).is_empty());
        let guessed = figures(50, 48.0, 0.3, &[([35.0, 48.0, 62.0], 0.3), ([65.0, 52.0, 38.0], -0.3)]);
        assert_eq!(names(Kind::TrueFalse, &guessed, &[true, false]), ["too-hard"]);
    }

    #[test]
    fn what_tells_nothing_and_what_is_left_out() {
        let mut flat = figures(400, 60.0, 0.02, &[]);
        flat.omitted = 90;
        assert_eq!(names(Kind::Blank, &flat, &[]), ["weak-discrimination", "often-omitted"]);
    }
}
