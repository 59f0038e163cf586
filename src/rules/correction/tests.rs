use super::{Change, Standing, corrected, marked_again, rulings, settle};
use crate::rules::paper::{Item, Sheet, stored};
use crate::rules::points::Points;
use crate::rules::question::{Choice, Key, Policy, Question};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

const LABELS: [&str; 4] = ["A", "B", "C", "D"];

fn item(index: usize, key: &str, points: i64) -> Item {
    let choice = |label: &str| Choice { label: label.into(), text: label.into() };
    let question = Question {
        id: format!("q{index}"),
        topic: "t".into(),
        difficulty: 3,
        stem: "S".into(),
        options: LABELS.map(choice).into(),
        targets: Vec::new(),
        parts: vec![],
        key: Key::Single(key.into()),
        explanation: None,
        cite: None,
        excludes: Vec::new(),
        retired: false,
    };
    Item {
        section: 0,
        bank: "b".into(),
        question: Arc::new(question),
        options: Box::new([2, 0, 3, 1]),
        further: Box::new([]),
        points: Points::from_hundredths(points),
        policy: Policy::AllOrNothing,
        ruling: None,
    }
}

fn sheet() -> impl Strategy<Value = Sheet> {
    vec((select(&LABELS[..]), 1_i64..1000), 1..12).prop_map(|items| Sheet {
        items: items.into_iter().enumerate().map(|(index, (key, points))| item(index, key, points)).collect(),
    })
}

fn answers() -> impl Strategy<Value = HashMap<i64, String>> {
    vec(of(select(&LABELS[..])), 12).prop_map(|labels| {
        let given = |(position, label): (i64, Option<&str>)| Some((position, format!("\"{}\"", label?)));
        (1..).zip(labels).filter_map(given).collect()
    })
}

fn single(label: &str) -> Key {
    Key::Single(label.into())
}

fn again(sheet: &Sheet, answers: &HashMap<i64, String>, changes: &[(&str, Change)]) -> Vec<i64> {
    let named: Vec<_> = changes.iter().map(|(id, change)| (("b".to_owned(), (*id).to_owned()), change)).collect();
    let rulings = rulings(named.iter().map(|(named, change)| (named, *change)));
    let before = stored(&sheet.marks(answers));
    let standing = Standing { marks: &before, kept: &HashSet::new(), parts: &HashMap::new() };
    let marks = marked_again(&corrected(sheet, &rulings), answers, standing);
    marks.into_iter().flatten().collect()
}

proptest! {
    #[test]
    fn without_a_correction_nothing_changes(sheet in sheet(), answers in answers()) {
        let before: Vec<i64> = stored(&sheet.marks(&answers)).into_iter().flatten().collect();
        prop_assert_eq!(again(&sheet, &answers, &[]), before.clone());
        let same = Change::Key { key: sheet.items[0].question.key.clone() };
        prop_assert_eq!(again(&sheet, &answers, &[("q0", Change::Void), ("q0", same)]), before, "taken back");
    }

    #[test]
    fn only_the_corrected_question_changes(sheet in sheet(), answers in answers(), label in select(&LABELS[..])) {
        let before = again(&sheet, &answers, &[]);
        let full = sheet.items[0].points.hundredths();
        for change in [Change::Key { key: single(label) }, Change::Accept { key: single(label) }, Change::FullPoints] {
            let after = again(&sheet, &answers, &[("q0", change.clone())]);
            prop_assert_eq!(&after[1..], &before[1..]);
            let is_best = after[0] == full;
            match change {
                Change::FullPoints => prop_assert!(is_best),
                Change::Accept { .. } => prop_assert!(after[0] >= before[0]),
                _ => {
                    let said = answers.get(&1).map(|text| sheet.items[0].read(Some(text)).unwrap());
                    let said = said.map(|response| sheet.items[0].in_bank_labels(&response).in_sheet(sheet.items[0].question.kind()));
                    prop_assert_eq!(is_best, said.as_deref() == Some(label));
                }
            }
        }
    }

    #[test]
    fn a_question_that_does_not_count_leaves_the_rate_of_the_rest(sheet in sheet(), answers in answers()) {
        let before = again(&sheet, &answers, &[]);
        let after = again(&sheet, &answers, &[("q0", Change::Void)]);
        let full: i64 = sheet.items.iter().map(|item| item.points.hundredths()).sum();
        let rest = full - sheet.items[0].points.hundredths();
        let won: i64 = before[1..].iter().sum();
        prop_assert_eq!(&after[1..], &before[1..]);
        let score: i64 = after.iter().sum();
        if rest == 0 {
            prop_assert_eq!(score, full);
        } else {
            // |score/full − won/rest| is at most half a hundredth of a point of the full marks.
            prop_assert!((2 * (score * rest - won * full)).abs() <= rest, "{score}/{full} {won}/{rest}");
        }
    }
}

#[test]
fn a_mark_that_somebody_changed_stays_unless_the_question_counts_for_all_or_nobody() {
    let sheet = Sheet { items: [item(0, "A", 200), item(1, "B", 200)].into() };
    let (before, kept) = (vec![Some(150), Some(0)], HashSet::from([1]));
    let with = |change: Change| {
        let named = ("b".to_owned(), "q0".to_owned());
        let sheet = corrected(&sheet, &rulings([(&named, &change)]));
        let standing = Standing { marks: &before, kept: &kept, parts: &HashMap::new() };
        marked_again(&sheet, &HashMap::new(), standing)
    };
    assert_eq!(with(Change::Key { key: single("C") }), [Some(150), Some(0)]);
    assert_eq!(with(Change::FullPoints), [Some(200), Some(0)]);
    assert_eq!(with(Change::Void), [Some(0), Some(0)]);
}

#[test]
fn what_waits_for_a_person_counts_nothing_for_the_rate_until_it_is_marked() {
    let sheet = Sheet { items: [item(0, "A", 200), item(1, "B", 200), item(2, "B", 100)].into() };
    let named = ("b".to_owned(), "q2".to_owned());
    let sheet = corrected(&sheet, &rulings([(&named, &Change::Void)]));
    let mut marks = vec![Some(200), None, Some(0)];
    settle(&sheet, &mut marks);
    assert_eq!(marks, [Some(200), None, Some(50)]);
    marks[1] = Some(200);
    settle(&sheet, &mut marks);
    assert_eq!(marks, [Some(200), Some(200), Some(100)]);
}
