use super::{Asked, Shelf, Used, Wanted};
use crate::rules::question::{Choice, Cite, Clause, Key, Kind, Question};
use crate::rules::text::{EachLanguage, Text};
use proptest::prelude::{any, prop_assert_eq, proptest};

fn question(id: &str, stem: &str) -> Question {
    Question {
        id: id.into(),
        topic: "t".into(),
        difficulty: 3,
        stem: stem.into(),
        options: vec![],
        targets: vec![],
        parts: vec![],
        key: Key::TrueFalse(true),
        explanation: None,
        cite: None,
        excludes: vec![],
        retired: false,
    }
}

fn cited(id: &str, regulation: &str, article: Option<u32>) -> Question {
    let clause = Clause { zh: None, en: None, regulation: regulation.into(), article };
    Question { cite: Some(Cite::Clause(clause)), ..question(id, "s") }
}

fn shelf(questions: &[Question]) -> Shelf {
    let mut shelf = Shelf::default();
    for (sequence, question) in (0_i64..).zip(questions) {
        shelf.add(sequence, question);
    }
    shelf.ordered()
}

fn found(questions: &[Question], asked: &Asked) -> Vec<String> {
    let wanted = asked.wanted().unwrap();
    shelf(questions).matching(&wanted, |_| true).into_iter().map(ToOwned::to_owned).collect()
}

fn text(text: &str) -> Asked {
    Asked { text: text.into(), ..Asked::default() }
}

#[test]
fn every_word_is_needed_and_width_and_case_make_no_difference() {
    let both = Text::Each(EachLanguage {
        zh: Some("预备党员的预备期".into()), en: Some("Probationary Period".into())
    });
    let mut one = Question { stem: both, explanation: Some("As of 2022".into()), ..question("pc-1", "") };
    one.options = vec![Choice { label: "A".into(), text: "一年".into() }];
    let all = [one, question("pc-2", "period of 2022")];
    for (asked, ids) in [
        ("预备 一年", &["pc-1"][..]),
        ("PROBATIONARY　２０２２", &["pc-1"]),
        ("period", &["pc-1", "pc-2"]),
        ("period 一年", &["pc-1"]),
        ("ＰＣ-2", &["pc-2"]),
        ("预备期probationary", &[]),
        ("period oath", &[]),
        ("  ", &["pc-1", "pc-2"]),
    ] {
        assert_eq!(found(&all, &text(asked)), ids, "{asked}");
    }
}

#[test]
fn a_clause_is_found_by_regulation_and_article() {
    let all =
        [cited("a", "章程", Some(7)), cited("b", "章程", None), cited("c", "章程", Some(8)), question("d", "章程")];
    let clause = |regulation: &str, article: &str| Asked {
        regulation: regulation.into(),
        article: article.into(),
        ..Asked::default()
    };
    assert_eq!(found(&all, &clause(" 章程 ", "7")), ["a"]);
    assert_eq!(found(&all, &clause("章程", "")), ["a", "b", "c"], "words alone are no data");
    assert!(found(&all, &clause("章", "")).is_empty());
    for (asked, field) in [(clause("", "7"), "regulation"), (clause("章程", "七"), "article")] {
        assert_eq!(asked.wanted().unwrap_err().0, field);
    }
    let shelf = shelf(&all);
    let counts = shelf.clauses();
    assert_eq!((counts.len(), counts.get(&("章程", None))), (3, Some(&[1, 0])));
}

#[test]
fn what_cannot_be_meant_is_told() {
    let is = |name: &str, value: &str| {
        let mut asked = Asked::default();
        let field = match name {
            "kind" => &mut asked.kind,
            "difficulty_from" => &mut asked.difficulty_from,
            "lint" => &mut asked.lint,
            "retired" => &mut asked.retired,
            "used" => &mut asked.used,
            _ => &mut asked.facility_from,
        };
        value.clone_into(field);
        asked.wanted().map_err(|(field, _)| field)
    };
    for (name, good, bad) in [
        ("kind", "single", "singles"),
        ("difficulty_from", "5", "6"),
        ("lint", "near-duplicate", "keys-in-one-place"),
        ("retired", "true", "yes"),
        ("used", "never", "often"),
        ("facility_from", "12.5", "NaN"),
    ] {
        assert!(is(name, good).is_ok_and(|wanted| !wanted.is_everything()), "{name}");
        assert_eq!(is(name, bad), Err(name));
    }
    let backwards = Asked { difficulty_from: "4".into(), difficulty_to: "2".into(), ..Asked::default() };
    assert_eq!(backwards.wanted(), Err(("difficulty_from", "difficulties")));
    assert_eq!(Used::ALL.map(Used::name).len(), 4);
}

proptest! {
    #[test]
    fn a_shelf_finds_what_looking_at_each_question_finds(
        questions in proptest::collection::vec((1_u8..=5, any::<bool>(), 0_usize..3, "[ab国 ]{0,6}"), 0..40),
        from in 1_u8..=5, width in 0_u8..=4, retired in proptest::option::of(any::<bool>()),
        word in "[ab国Ａ]{0,2}",
    ) {
        let made: Vec<Question> = questions.iter().enumerate().map(|(index, (difficulty, retired, topic, stem))| Question {
            difficulty: *difficulty,
            retired: *retired,
            topic: format!("t{topic}"),
            ..question(&format!("q-{index}"), stem)
        }).collect();
        let to = (from + width).min(5);
        let wanted = Wanted {
            words: super::Sought::new(&word),
            difficulty: Some(from..=to),
            topic: Some("t1".into()),
            kind: Some(Kind::TrueFalse),
            retired,
            ..Wanted::default()
        };
        let plain = word.replace('Ａ', "a");
        let expected: Vec<&str> = made.iter().filter(|one| {
            (from..=to).contains(&one.difficulty) && one.topic == "t1" && retired.is_none_or(|r| r == one.retired)
                && one.stem.versions().any(|stem| stem.contains(&plain))
        }).map(|one| one.id.as_str()).collect();
        let shelf = shelf(&made);
        prop_assert_eq!(shelf.matching(&wanted, |_| true), expected);
    }
}
