use super::{BranchTally, Combine, Definition, MarkList, Missing, Selection, Sitting, Ungraded, Use, ready};
use crate::rules::make_up::MadeUp;
use crate::rules::points::Points;
use crate::rules::presence::Presence;
use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;

fn sat(test: usize, won: i64, full: i64) -> Sitting {
    let points = |points: i64| Points::from_hundredths(points * 100);
    Sitting { test, presence: Presence::Sat, score: Some((points(won), points(full))), made_up: None }
}

fn missing(test: usize, presence: Presence) -> Sitting {
    Sitting { test, presence, score: None, made_up: None }
}

fn monthly() -> Definition {
    ready::rules("monthly-nine-of-twelve", 2026).unwrap()
}

fn hundredths(total: Result<Points, Ungraded>) -> i64 {
    total.unwrap().hundredths()
}

#[test]
fn every_ready_rule_adds_up() {
    for name in ready::NAMES {
        let rules = ready::rules(name, 2026).unwrap();
        assert_eq!(rules.components.iter().map(|one| one.weight.hundredths()).sum::<i64>(), 10_000, "{name}");
        let weights = rules.branch;
        let sum = [weights.mean, weights.participation, weights.pass, weights.excellence];
        assert_eq!(sum.iter().map(|weight| weight.hundredths()).sum::<i64>(), 10_000);
    }
}

#[test]
fn a_result_can_be_recomputed_with_a_calculator() {
    let rules = ready::rules("study-and-annual", 2026).unwrap();
    // 2/3 → 66.67, 90 → 90.00; mean 78.335 → 78.34; the annual test 85.5.
    let annual = Sitting {
        test: 0,
        presence: Presence::Sat,
        score: Some((Points::from_hundredths(8550), Points::from_hundredths(10_000))),
        made_up: None,
    };
    let outcome = rules.outcome(&[vec![sat(0, 2, 3), sat(1, 90, 100)], vec![annual]], &[], Points::ZERO);
    assert_eq!(outcome.parts[0].value, Some(Points::from_hundredths(7834)));
    // 0.5 × 78.34 + 0.5 × 85.50 = 81.92
    assert_eq!(hundredths(outcome.total), 8192);
    assert_eq!(outcome.band, Some(1));
    let more = rules.outcome(&[vec![sat(0, 2, 3), sat(1, 90, 100)], vec![annual]], &[], Points::from_hundredths(850));
    assert_eq!((hundredths(more.total), more.band), (9042, Some(0)));
}

#[test]
fn absences_leave_and_disqualification_count_as_the_rules_say() {
    let mut rules = monthly();
    rules.components[0].least = 0;
    let sittings = || {
        vec![vec![
            sat(0, 80, 100),
            missing(1, Presence::Absent),
            missing(2, Presence::Excused),
            missing(3, Presence::Disqualified),
            missing(4, Presence::Exempt),
        ]]
    };
    let outcome = rules.outcome(&sittings(), &[], Points::ZERO);
    assert_eq!(hundredths(outcome.total), 2667, "80, 0, dropped, 0, not due");
    assert_eq!(outcome.parts[0].tests.len(), 4);
    rules.components[0].absent = Missing::Dropped;
    rules.components[0].excused = Missing::Zero;
    assert_eq!(hundredths(rules.outcome(&sittings(), &[], Points::ZERO).total), 2667);
    rules.components[0].excused = Missing::Dropped;
    assert_eq!(hundredths(rules.outcome(&sittings(), &[], Points::ZERO).total), 4000);
}

#[test]
fn who_sat_too_rarely_has_no_result_as_far_as_due_so_often() {
    let rules = monthly();
    let often = |times: usize| (0..times).map(|test| sat(test, 70, 100)).collect::<Vec<_>>();
    let mut eight = often(8);
    eight.extend((8..12).map(|test| missing(test, Presence::Absent)));
    assert_eq!(rules.outcome(&[eight], &[], Points::ZERO).total, Err(Ungraded::TooFew));
    assert_eq!(
        hundredths(rules.outcome(&[often(3)], &[], Points::ZERO).total),
        7000,
        "on the roster for three months only"
    );
    let waiting = vec![sat(0, 1, 1), Sitting { test: 1, presence: Presence::Sat, score: None, made_up: None }];
    assert_eq!(rules.outcome(&[waiting], &[], Points::ZERO).total, Err(Ungraded::Waiting));
    assert_eq!(rules.outcome(&[vec![]], &[], Points::ZERO).total, Err(Ungraded::NothingCounts));
}

#[test]
fn the_best_the_last_and_the_sum() {
    let mut rules = monthly();
    let component = &mut rules.components[0];
    (component.least, component.combine, component.best) = (0, Combine::Best, Some(2));
    let sittings = [vec![sat(0, 60, 100), sat(1, 90, 100), sat(2, 10, 20), sat(3, 90, 100)]];
    let outcome = rules.outcome(&sittings, &[], Points::ZERO);
    assert_eq!(hundredths(outcome.total), 9000);
    let uses: Vec<Use> = outcome.parts[0].tests.iter().map(|one| one.use_).collect();
    assert_eq!(uses, [Use::NotAmong, Use::Counted, Use::NotAmong, Use::Counted]);
    rules.components[0].combine = Combine::Last;
    assert_eq!(hundredths(rules.outcome(&[sittings[0][..3].to_vec()], &[], Points::ZERO).total), 5000);
    rules.components[0].combine = Combine::Sum;
    // (60 + 90 + 10 + 90) / (100 + 100 + 20 + 100)
    assert_eq!(hundredths(rules.outcome(&sittings, &[], Points::ZERO).total), 7813);
    let absent = [vec![sat(0, 60, 100), missing(1, Presence::Absent)]];
    assert_eq!(hundredths(rules.outcome(&absent, &[], Points::ZERO).total), 3000, "of 200");
}

fn sittings() -> impl Strategy<Value = Vec<Sitting>> {
    let one = (select(&Presence::ALL[..]), 0..=100_i64);
    vec(one, 0..12).prop_map(|all| {
        let sitting = |(test, (presence, won)): (usize, (Presence, i64))| match presence {
            Presence::Sat => sat(test, won, 100),
            presence => missing(test, presence),
        };
        all.into_iter().enumerate().map(sitting).collect()
    })
}

proptest! {
    #[test]
    fn a_result_lies_between_the_worst_and_the_best_that_count(
        all in sittings(), combine in select(&Combine::ALL[..]), best in 1..5_u32,
    ) {
        let mut rules = monthly();
        (rules.components[0].combine, rules.components[0].best, rules.components[0].least) = (combine, Some(best), 0);
        let outcome = rules.outcome(std::slice::from_ref(&all), &[], Points::ZERO);
        let counted: Vec<Points> = outcome.parts[0].tests.iter().filter(|one| one.use_ == Use::Counted).filter_map(|one| one.value).collect();
        match outcome.total {
            Ok(total) => {
                prop_assert!(counted.iter().min().unwrap() <= &total && &total <= counted.iter().max().unwrap());
                if combine == Combine::Best {
                    prop_assert!(counted.len() <= usize::try_from(best).unwrap());
                }
            }
            Err(why) => prop_assert_eq!((why, counted.len()), (Ungraded::NothingCounts, 0)),
        }
        // Nobody loses by having sat one more without a fault.
        if combine == Combine::Best {
            let mut more = all.clone();
            more.push(sat(all.len(), 100, 100));
            let with = rules.outcome(&[more], &[], Points::ZERO).total;
            let enough = counted.len() >= usize::try_from(best).unwrap() || counted.is_empty();
            prop_assert!(with.is_ok());
            if enough && let Ok(before) = outcome.total {
                prop_assert!(with.unwrap() >= before);
            }
        }
    }

    #[test]
    fn a_parent_is_the_sum_of_its_branches(all in vec((sittings(), 0..3_usize), 0..20)) {
        let mut rules = monthly();
        rules.components[0].least = 0;
        let (mut whole, mut parts) = (BranchTally::default(), vec![BranchTally::default(); 3]);
        for (sittings, branch) in &all {
            let outcome = rules.outcome(std::slice::from_ref(sittings), &[], Points::ZERO);
            whole.add(&rules, &outcome);
            parts[*branch].add(&rules, &outcome);
        }
        let mut sum = BranchTally::default();
        for part in &parts {
            sum.add_all(part);
        }
        prop_assert_eq!(&sum, &whole);
        let figures = whole.figures(&rules);
        for figure in [figures.mean, figures.participation, figures.score].into_iter().flatten() {
            prop_assert!(figure >= Points::ZERO && figure <= super::WHOLE);
        }
        prop_assert_eq!(whole.bands.iter().sum::<u64>(), whole.graded);
    }
}

#[test]
fn a_make_up_counts_at_most_its_cap_and_never_takes_away() {
    let mut rules = monthly();
    rules.components[0].least = 0;
    let points = |points: i64| Points::from_hundredths(points * 100);
    let made_up = |sitting: Sitting, won: i64| Sitting {
        made_up: Some(MadeUp {
            score: Some((points(won), points(50))),
            cap: points(60),
            full: points(20),
            passed: true,
        }),
        ..sitting
    };
    let value = |sitting: Sitting| rules.outcome(&[vec![sitting]], &[], Points::ZERO).parts[0].tests[0];
    let absent = value(made_up(missing(0, Presence::Absent), 50));
    assert_eq!((absent.value, absent.score, absent.made_up), (Some(points(60)), Some((points(12), points(20))), true));
    let excused = value(made_up(missing(0, Presence::Excused), 20));
    assert_eq!((excused.value, excused.use_), (Some(points(40)), Use::Counted));
    let failed = value(made_up(sat(0, 8, 20), 10));
    assert_eq!((failed.value, failed.made_up), (Some(points(40)), false), "the first was better");
    assert_eq!(value(made_up(sat(0, 8, 20), 40)).value, Some(points(60)));
    let disqualified = value(made_up(missing(0, Presence::Disqualified), 50));
    assert_eq!((disqualified.value, disqualified.made_up), (Some(Points::ZERO), false));
    let waiting = Sitting {
        made_up: Some(MadeUp { score: None, cap: points(60), full: points(20), passed: true }),
        ..missing(0, Presence::Absent)
    };
    assert_eq!(value(waiting).use_, Use::Waiting);
    assert_eq!(rules.outcome(&[vec![made_up(missing(0, Presence::Absent), 1)]], &[], Points::ZERO).parts[0].sat, 1);
}

#[test]
fn a_mark_that_was_entered_counts_and_one_that_wasnt_as_an_absence() {
    let mut rules = ready::rules("study-and-annual", 2026).unwrap();
    rules.components[0].tests =
        Selection::Marks(MarkList { name: "notes".into(), full: Points::from_hundredths(2000) });
    let annual = || vec![Vec::new(), vec![sat(0, 80, 100)]];
    let mark = |mark: Option<i64>| rules.outcome(&annual(), &[mark.map(Points::from_hundredths)], Points::ZERO);
    assert_eq!(hundredths(mark(Some(9050)).total), 8525, "0.5 × 90.5 + 0.5 × 80");
    assert_eq!(hundredths(mark(None).total), 4000);
    assert_eq!(mark(None).parts[0].tests.len(), 0);
    rules.components[0].absent = Missing::Dropped;
    let none = rules.outcome(&annual(), &[None], Points::ZERO);
    assert_eq!((none.total, none.parts[0].value), (Err(Ungraded::NothingCounts), None));
}
