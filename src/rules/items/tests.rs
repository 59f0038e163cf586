use super::{Answer, Asked, Chosen, Sittings, analyse, choices, moodle};
use crate::rules::figures::Scale;
use crate::rules::points::Points;
use crate::rules::question::blank::Gaps;
use crate::rules::question::{Choice, Key, Question};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, proptest};
use proptest::sample::subsequence;
use std::sync::Arc;

pub(super) fn question(id: &str, options: &[&str], key: Key) -> Question {
    Question {
        id: id.into(),
        topic: "t".into(),
        difficulty: 3,
        stem: "s".into(),
        options: options.iter().map(|label| Choice { label: (*label).to_owned(), text: "x".into() }).collect(),
        targets: vec![],
        parts: vec![],
        key,
        explanation: None,
        cite: None,
        excludes: vec![],
        retired: false,
    }
}

#[test]
fn responses_are_counted_by_the_options_of_the_bank() {
    let single = question("q", &["A", "B", "C"], Key::Single("C".into()));
    let order = [2, 0, 1];
    let chosen = |stored: &str| Chosen::read(&single, &order, Some(stored));
    assert!(chosen("\"A\"").has(2) && !chosen("\"A\"").has(0));
    assert!(chosen("null").is_nothing() && Chosen::read(&single, &order, None).is_nothing());
    let multiple = question("q", &["A", "B", "C"], Key::Multiple(vec!["A".into(), "B".into()]));
    let two = Chosen::read(&multiple, &order, Some("[\"B\",\"C\"]"));
    assert!(two.has(0) && two.has(1) && !two.has(2) && !two.is_nothing());
    assert!(Chosen::read(&multiple, &order, Some("[]")).is_nothing());
    assert_eq!(choices(&multiple), [("A", true), ("B", true), ("C", false)]);
}

#[test]
fn what_is_judged_or_filled_in_is_told_from_nothing() {
    let judged = question("q", &[], Key::TrueFalse(false));
    assert!(Chosen::read(&judged, &[], Some("true")).has(0) && Chosen::read(&judged, &[], Some("false")).has(1));
    assert!(Chosen::read(&judged, &[], Some("null")).is_nothing());
    assert_eq!(choices(&judged), [("true", false), ("false", true)]);
    let filled = question("q", &[], Key::Blank(Gaps { gaps: vec![], any_order: false }));
    assert!(!Chosen::read(&filled, &[], Some("[\"1年\",null]")).is_nothing());
    assert!(Chosen::read(&filled, &[], Some("[null,\" \"]")).is_nothing());
    assert!(Chosen::read(&filled, &[], Some("\" \"")).is_nothing());
    assert!(!Chosen::read(&filled, &[], Some("3")).is_nothing());
    assert!(choices(&filled).is_empty());
}

/// What each of some members chose of questions drawn for them: question and option, 4 for none. The key is option 0.
type Drawn = Vec<Vec<(usize, usize)>>;

const SCALE: Scale = Scale {
    full: Points::from_hundredths(1200),
    pass: Points::from_hundredths(6000),
    excellent: Points::from_hundredths(9000),
};

fn sittings(members: &Drawn, questions: usize) -> Sittings {
    let mut sittings = Sittings::new(vec![Points::from_hundredths(200), Points::from_hundredths(400)]);
    for index in 0..questions {
        let asked = question(&format!("q{index}"), &["A", "B", "C", "D"], Key::Single("A".into()));
        sittings.add_question(Asked { bank: Arc::from("b"), edition: Arc::from("e"), question: Arc::new(asked) });
    }
    for (member, answers) in members.iter().enumerate() {
        let answer = |(position, &(question, option)): (usize, &(usize, usize))| {
            let section = u16::from(position >= 2);
            let full = if section == 0 { 200 } else { 400 };
            Answer {
                question: u32::try_from(question).unwrap(),
                mark: if option == 0 { full } else { 0 },
                chosen: if option == 4 { Chosen::NOTHING } else { Chosen(1 << option) },
                section,
            }
        };
        sittings.add_attempt(if member % 2 == 0 { "even" } else { "odd" }, answers.iter().enumerate().map(answer));
    }
    sittings
}

/// Four of six questions each.
fn drawn() -> impl Strategy<Value = Drawn> {
    let paper = subsequence((0..6).collect::<Vec<usize>>(), 4).prop_shuffle();
    vec(
        paper.prop_flat_map(|paper| {
            let answers: Vec<_> = paper.into_iter().map(|question| (Just(question), 0..5_usize)).collect();
            answers
        }),
        10..50,
    )
}

fn close(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        (one, other) => one == other,
    }
}

/// Pearson's r by its definition.
fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = f64::from(u32::try_from(pairs.len()).unwrap());
    let mean = |pick: fn(&(f64, f64)) -> f64| pairs.iter().map(pick).sum::<f64>() / n;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |term: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|pair| term(pair.0 - x, pair.1 - y)).sum::<f64>();
    let (xx, yy) = (sum(&|x, _| x * x), sum(&|_, y| y * y));
    (xx > 1e-12 && yy > 1e-12).then(|| sum(&|x, y| x * y) / (xx * yy).sqrt())
}

proptest! {
    #[test]
    fn figures_are_those_worked_out_the_long_way(members in drawn()) {
        let points = |position: usize, option: usize| if option > 0 { 0.0 } else if position < 2 { 2.0 } else { 4.0 };
        let score = |answers: &[(usize, usize)]| -> f64 { answers.iter().enumerate().map(|(at, answer)| points(at, answer.1)).sum() };
        let found = analyse(&sittings(&members, 6), SCALE, |_| true);
        prop_assert_eq!(found.test.attempts, members.len());
        let mean = members.iter().map(|answers| score(answers) / 0.12).sum::<f64>() / f64::from(u32::try_from(members.len()).unwrap());
        prop_assert!(close(found.test.mean, Some(mean)));
        for figures in &found.questions {
            let of = |answers: &Vec<(usize, usize)>| answers.iter().position(|answer| format!("q{}", answer.0) == figures.asked.question.id)
                .map(|at| (points(at, answers[at].1), score(answers), answers[at].1, if at < 2 { 2.0 } else { 4.0 }));
            let mine: Vec<(f64, f64, usize, f64)> = members.iter().filter_map(of).collect();
            let n = f64::from(u32::try_from(mine.len()).unwrap());
            let count = |option: usize| mine.iter().filter(|one| one.2 == option).count();
            prop_assert_eq!(figures.attempts, mine.len());
            prop_assert_eq!(figures.omitted, count(4));
            prop_assert!(close(figures.facility, Some(f64::from(u32::try_from(count(0)).unwrap()) * 100.0 / n)));
            let pairs: Vec<(f64, f64)> = mine.iter().map(|one| (one.0 / one.3, one.1 - one.0)).collect();
            prop_assert!(close(figures.discrimination, if mine.len() < super::LEAST { None } else { pearson(&pairs) }), "{:?}", figures);
            let parts: [fn(&super::OptionFigures) -> Option<f64>; 4] = [|o| o.share, |o| o.top, |o| o.middle, |o| o.bottom];
            for part in parts {
                let sum: Option<f64> = figures.options.iter().map(part).sum();
                prop_assert!(sum.is_none_or(|sum| sum < 100.0 + 1e-6 && (figures.omitted > 0 || sum > 100.0 - 1e-6)), "{sum:?}");
            }
        }
    }

    #[test]
    fn nothing_depends_on_the_order_of_members_and_branches_are_parts(members in drawn()) {
        let whole = analyse(&sittings(&members, 6), SCALE, |_| true);
        let mut turned = members.clone();
        turned.reverse();
        let again = analyse(&sittings(&turned, 6), SCALE, |_| true);
        for (one, other) in whole.questions.iter().zip(&again.questions) {
            prop_assert!(one.attempts == other.attempts && one.flags == other.flags);
            prop_assert!(close(one.discrimination, other.discrimination) && close(one.upper_lower, other.upper_lower));
            for (one, other) in one.options.iter().zip(&other.options) {
                prop_assert!(close(one.top, other.top) && close(one.bottom, other.bottom) && close(one.middle, other.middle));
            }
        }
        prop_assert!(close(whole.test.reliability, again.test.reliability));
        let even: Drawn = members.iter().step_by(2).cloned().collect();
        let part = analyse(&sittings(&members, 6), SCALE, |branch| branch == "even");
        prop_assert_eq!(part, analyse(&sittings(&even, 6), SCALE, |_| true));
    }

    /// The slots of a paper that is the same for all are its questions: Moodle's coefficient is alpha.
    #[test]
    fn of_papers_that_are_alike_moodles_coefficient_is_alpha(choices in vec(vec(0_usize..5, 4), 10..40)) {
        let members: Drawn = choices.into_iter().map(|options| options.into_iter().enumerate().collect()).collect();
        let sittings = sittings(&members, 4);
        let (found, moodle) = (analyse(&sittings, SCALE, |_| true), moodle(&sittings, |_| true));
        prop_assert!(found.test.papers_alike);
        let alpha = moodle.quiz.coefficient_of_internal_consistency.map(|percent| percent / 100.0);
        prop_assert!(close(found.test.alpha, alpha), "{:?} {:?}", found.test.alpha, alpha);
        for (figures, position) in found.questions.iter().zip(&moodle.positions) {
            prop_assert!(close(figures.discrimination, position.row.discrimination_index.map(|percent| percent / 100.0)));
            prop_assert!(close(figures.facility, position.row.facility));
            prop_assert_eq!(position.drawn.len(), 1);
        }
        let weights: f64 = moodle.positions.iter().filter_map(|position| position.intended_weight).sum();
        prop_assert!((weights - 100.0).abs() < 1e-9);
    }
}

#[test]
fn nobody_and_few_have_no_figures() {
    let nobody = analyse(&sittings(&vec![], 6), SCALE, |_| true);
    assert!(nobody.questions.is_empty() && nobody.test.mean.is_none() && nobody.test.reliability.is_none());
    let few: Drawn = (0..9).map(|member| vec![(0, member % 5), (1, 0), (2, 1), (3, member % 2)]).collect();
    let few = analyse(&sittings(&few, 4), SCALE, |_| true);
    assert!(few.test.mean.is_some() && few.test.reliability.is_none() && few.test.decision_consistency.is_none());
    assert!(
        few.questions.iter().all(|q| q.facility.is_some() && q.discrimination.is_none() && q.options[0].top.is_none())
    );
}

/// A member with a hard paper is as strong as one with an easy paper who did as much better than others with it.
#[test]
fn a_hard_paper_makes_nobody_weak() {
    // Questions 0 and 1 are easy, 2 and 3 hard; 4 is asked of all. Of those with the hard paper, two of three fail it.
    let mut members: Drawn = Vec::new();
    for member in 0..30 {
        let (strong, easy) = (member % 3 == 0, member % 2 == 0);
        let own = usize::from(!strong);
        let paper = if easy { vec![(0, 0), (1, own)] } else { vec![(2, own), (3, 1)] };
        members.push(paper.into_iter().chain([(4, if strong { 0 } else { 2 })]).collect());
    }
    let found = analyse(&sittings(&members, 5), SCALE, |_| true);
    let asked_of_all = &found.questions[4];
    assert_eq!(asked_of_all.attempts, 30);
    assert!(asked_of_all.options[0].top.unwrap() > 99.9, "the strong third is who is strong, whatever the paper");
    assert!(asked_of_all.options[2].bottom.unwrap() > 99.9);
}
