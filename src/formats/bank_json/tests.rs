use super::{read, write};
use crate::rules::bank::{Bank, Problem, ProblemCode, Topic};
use crate::rules::question::blank::{Gap, Gaps};
use crate::rules::question::case::{Part, PartKey};
use crate::rules::question::numeric::Numeric;
use crate::rules::question::written::{MarkingPoint, Model};
use crate::rules::question::{Choice, Cite, Clause, Key, Question};
use crate::rules::text::{EachLanguage, Text};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::subsequence;
use serde_json::Number;
use std::collections::HashSet;

const SOUND: &str = r#"{
  "bank": "b", "title": "T", "topics": [{"id": "t", "title": "Topic"}],
  "questions": [
    {"id": "q1", "kind": "single", "topic": "t", "stem": "S（　）", "options": {"A": "1", "B": "2"}, "answer": "B"},
    {"id": "q2", "kind": "multiple", "topic": "t", "stem": "S", "options": {"A": "1", "B": "2", "C": "3"}, "answer": ["C", "A"], "excludes": ["q1"]},
    {"id": "q3", "kind": "true_false", "topic": "t", "difficulty": 5, "stem": "S", "answer": false, "retired": true},
    {"id": "q4", "kind": "blank", "topic": "t", "stem": {"zh": "{{1}}和{{2}}", "en": "{{2}} and {{1}}"},
     "answer": [["甲"], {"accept": ["1", "一年"], "number": true, "units": ["年"]}], "any_order": true,
     "cite": {"zh": "第七条", "en": "Article 7", "regulation": "R", "article": 7}, "explanation": {"zh": "因为", "en": ""}}
  ]
}"#;

fn lines(problems: &[Problem]) -> String {
    let line = |p: &Problem| {
        let place = format!("{}:{}", p.place.line, p.place.column);
        format!("{place} {:?} {:?} found {:?} expected {:?}", p.pointer, p.code, p.found, p.expected)
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The problem that replacing a piece of the sound bank makes.
fn broken(piece: &str, by: &str) -> Problem {
    assert_eq!(SOUND.matches(piece).count(), 1, "{piece}");
    let problems = read(SOUND.replace(piece, by).as_bytes()).unwrap_err();
    assert_eq!(problems.len(), 1, "{by}: {}", lines(&problems));
    problems.into_iter().next().unwrap()
}

#[test]
fn a_bank_is_read_with_its_defaults() {
    let bank = read(SOUND.as_bytes()).unwrap();
    let [one, two, three, four] = bank.questions.as_slice() else { panic!("four questions") };
    assert_eq!((one.difficulty, &one.key, one.retired), (3, &Key::Single("B".into()), false));
    assert_eq!(two.key, Key::Multiple(vec!["A".into(), "C".into()]), "in the order of the options");
    assert_eq!((three.difficulty, three.retired, two.excludes.as_slice()), (5, true, &["q1".to_owned()][..]));
    assert!(matches!(&four.key, Key::Blank(gaps) if gaps.any_order && gaps.gaps.len() == 2));
    assert!(matches!(&four.cite, Some(Cite::Clause(Clause { article: Some(7), .. }))));
    assert!(matches!(&four.explanation, Some(Text::Each(EachLanguage { zh: Some(_), en: None }))));
}

#[test]
fn every_mistake_has_its_own_problem() {
    use ProblemCode as P;
    for (piece, by, code, found, expected) in [
        ("\"bank\": \"b\"", "\"bank\": \"党\"", P::BadName, "党", ""),
        ("\"bank\": \"b\", ", "", P::Missing, "", "bank"),
        ("\"title\": \"T\"", "\"title\": \" \"", P::Empty, "", ""),
        ("\"title\": \"T\"", "\"title\": {}", P::Missing, "", "zh, en"),
        ("\"title\": \"T\"", "\"title\": {\"zh\": \"T\", \"fr\": \"T\"}", P::UnknownField, "fr", ""),
        ("\"title\": \"T\"", "\"title\": 7", P::WrongType, "number", "string, object"),
        ("\"title\": \"T\"", "\"title\": \"a\\u0000b\"", P::Nul, "U+0000", ""),
        ("\"title\": \"T\"", "\"title\": \"T\", \"titel\": \"T\"", P::UnknownField, "titel", "title"),
        ("\"title\": \"T\"", "\"title\": \"T\",\n\"title\": \"T\"", P::RepeatedField, "title", "2"),
        ("\"id\": \"q3\"", "\"id\": \"q1\"", P::RepeatedId, "q1", "4"),
        (
            "\"kind\": \"single\"",
            "\"kind\": \"singel\"",
            P::NotOneOf,
            "singel",
            "single, multiple, true_false, blank, order, match, numeric, short, essay, case",
        ),
        ("\"t\", \"stem\": \"S（　）\"", "\"tt\", \"stem\": \"S\"", P::UnknownTopic, "tt", ""),
        ("\"difficulty\": 5", "\"difficulty\": 6", P::OutOfRange, "6", "1–5"),
        ("\"difficulty\": 5", "\"difficulty\": 2.5", P::OutOfRange, "2.5", "1–5"),
        ("\"difficulty\": 5", "\"difficulty\": \"5\"", P::WrongType, "string", "number"),
        ("S（　）", "", P::Empty, "", ""),
        ("\"A\": \"1\", \"B\": \"2\"}", "\"B\": \"2\"}", P::OutOfRange, "1", "2–26"),
        ("\"A\": \"1\", \"B\": \"2\"}", "\"甲\": \"1\", \"B\": \"2\"}", P::BadLabel, "甲", ""),
        ("\"answer\": \"B\"", "\"answer\": \"D\"", P::UnknownLabel, "D", "A, B"),
        ("\"answer\": \"B\"", "\"answer\": [\"B\"]", P::WrongType, "array", "string"),
        (", \"answer\": \"B\"", "", P::Missing, "", "answer"),
        ("\"answer\": \"B\"", "\"answer\": \"B\", \"any_order\": true", P::NotForKind, "any_order", "blank"),
        ("[\"C\", \"A\"]", "[]", P::Empty, "", ""),
        ("[\"C\", \"A\"]", "[\"C\", \"C\"]", P::Repeated, "C", ""),
        ("[\"q1\"]", "[\"q9\"]", P::UnknownQuestion, "q9", ""),
        ("[\"q1\"]", "[\"q2\"]", P::ExcludesItself, "q2", ""),
        ("[\"q1\"]", "[\"q1\", \"q1\"]", P::Repeated, "q1", ""),
        ("\"answer\": false", "\"answer\": \"false\"", P::WrongType, "string", "boolean"),
        ("\"answer\": false", "\"answer\": false, \"options\": {}", P::NoOptionsHere, "true_false", ""),
        ("\"retired\": true", "\"retired\": 1", P::WrongType, "number", "boolean"),
        ("{{2}} and {{1}}", "{{1}} and {{1}}", P::GapsDiffer, "{{1}} {{1}}", "{{1}} {{2}}"),
        ("{{2}} and {{1}}", "{{ 1 }} {{2}} and {{01}}", P::GapsDiffer, "{{2}}", "{{1}} {{2}}"),
        ("[\"甲\"]", "[]", P::Empty, "", ""),
        ("[\"甲\"]", "[\"\\u200b\"]", P::Empty, "", ""),
        ("[\"甲\"]", "\"甲\"", P::WrongType, "string", "array, object"),
        ("[\"甲\"]", "{\"accept\": [\"甲\"], \"units\": [\"年\"]}", P::NotForKind, "units", "number"),
        ("\"一年\"", "\"一月\"", P::NotNumber, "一月", ""),
        ("\"regulation\": \"R\", ", "", P::Missing, "", "regulation"),
        (
            "\"regulation\": \"R\", ",
            "\"regulations\": \"R\", \"regulation\": \"R\", ",
            P::UnknownField,
            "regulations",
            "regulation",
        ),
    ] {
        let problem = broken(piece, by);
        assert_eq!((problem.code, &*problem.found, &*problem.expected), (code, found, expected), "{by}");
    }
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_file() {
    let file = r#"{
  "bank": "b", "titel": "T",
  "topics": [{"id": "t", "title": "Topic"}, {"id": "t", "title": ""}],
  "questions": [
    {"id": "党", "kind": "single", "topic": "t", "stem": "S", "options": {"A": "1", "B": "２", "C": "2"}, "answer": "D"},
    7,
    {"id": "q", "kind": "puzzle", "topic": "T2", "difficulty": 0, "stem": {"zh": "章", "en": 1}, "answer": 1},
    {"id": "q", "kind": "blank", "topic": "t", "stem": "{{2}}", "answer": [["a", ""]], "excludes": ["q", "none"]}
  ]
}"#;
    let problems = read(file.as_bytes()).unwrap_err();
    insta::assert_snapshot!(lines(&problems), @r#"
    1:1 "" Missing found "" expected "title"
    2:16 "/titel" UnknownField found "titel" expected "title"
    3:52 "/topics/1/id" RepeatedId found "t" expected "3"
    3:66 "/topics/1/title" Empty found "" expected ""
    5:12 "/questions/0/id" BadName found "党" expected ""
    5:115 "/questions/0/answer" UnknownLabel found "D" expected "A, B, C"
    6:5 "/questions/1" WrongType found "number" expected "object"
    7:25 "/questions/2/kind" NotOneOf found "puzzle" expected "single, multiple, true_false, blank, order, match, numeric, short, essay, case"
    7:44 "/questions/2/topic" UnknownTopic found "T2" expected ""
    7:64 "/questions/2/difficulty" OutOfRange found "0" expected "1–5"
    7:93 "/questions/2/stem/en" WrongType found "number" expected "string"
    8:12 "/questions/3/id" RepeatedId found "q" expected "7"
    8:56 "/questions/3/stem" GapsDiffer found "{{2}}" expected "{{1}}"
    8:82 "/questions/3/answer/0/1" Empty found "" expected ""
    8:101 "/questions/3/excludes/0" ExcludesItself found "q" expected ""
    8:106 "/questions/3/excludes/1" UnknownQuestion found "none" expected ""
    "#);
}

#[test]
fn limits_hold() {
    let code = |file: &str| read(file.as_bytes()).unwrap_err().into_iter().map(|p| p.code).collect::<Vec<_>>();
    let long = SOUND.replace("S（　）", &"字".repeat(20_001));
    assert_eq!(code(&long), [ProblemCode::TooMany]);
    assert_eq!(read(SOUND.replace("S（　）", &"字".repeat(20_000)).as_bytes()).map(|_| ()), Ok(()));
    assert_eq!(code("{\"bank\": "), [ProblemCode::Syntax]);
    assert_eq!(code("[]"), [ProblemCode::WrongType]);
    let many: Vec<&str> = std::iter::repeat_n("0", 20_000).collect();
    let wrong = SOUND.replace("\"questions\": [", &format!("\"questions\": [{},", many.join(",")));
    assert_eq!(code(&wrong).len(), crate::formats::reader::MOST_PROBLEMS + 1);
    assert_eq!(code(&wrong).last(), Some(&ProblemCode::More));
}

#[test]
fn the_shipped_banks_are_sound_and_are_read_back() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/question_banks");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let bank =
                read(&std::fs::read(&path).unwrap()).unwrap_or_else(|p| panic!("{}:\n{}", path.display(), lines(&p)));
            assert_eq!(read(write(&bank).as_bytes()), Ok(bank));
        }
    }
}

#[test]
fn what_is_arranged_or_calculated_says_what_is_wrong_with_it() {
    use ProblemCode as P;
    let sound = include_str!("../../../tests/fixtures/kinds.json");
    assert_eq!(read(write(&read(sound.as_bytes()).unwrap()).as_bytes()), read(sound.as_bytes()));
    for (piece, by, code, found, expected) in [
        ("[\"A\", \"B\", \"C\", \"D\"]", "[\"D\", \"B\"]", P::OptionsMissing, "A, C", ""),
        ("[\"A\", \"B\", \"C\", \"D\"]", "[\"A\", \"B\", \"C\", \"D\", \"A\"]", P::Repeated, "A", ""),
        ("[\"A\", \"B\", \"C\", \"D\"]", "[\"A\", \"B\", \"C\", \"E\"]", P::UnknownLabel, "E", "A, B, C, D"),
        ("{\"A\": \"1\", \"B\": \"2\", \"C\": \"4\"}", "{\"A\": \"1\", \"C\": \"4\"}", P::OptionsMissing, "B", ""),
        ("\"C\": \"4\"}", "\"C\": \"5\"}", P::UnknownLabel, "5", "1, 2, 3, 4"),
        ("\"C\": \"4\"}", "\"C\": \"4\", \"E\": \"3\"}", P::UnknownLabel, "E", "A, B, C"),
        ("\"targets\"", "\"target\"", P::UnknownField, "target", "targets"),
        ("\"value\": 3", "\"value\": \"3\"", P::WrongType, "string", "number"),
        ("\"value\": 3", "\"value\": 3.0000000000000001", P::OutOfRange, "3.0000000000000001", "-10^15–10^15 (15)"),
        ("\"tolerance\": 0", "\"tolerance\": -1", P::OutOfRange, "-1", "0–10^15 (15)"),
        (
            "{\"value\": 3, \"tolerance\": 0, \"units\": [\"年\", \"years\"]}",
            "{\"value\": 3, \"unit\": []}",
            P::UnknownField,
            "unit",
            "units",
        ),
        (
            "{\"zh\": \"议事民主\", \"en\": \"debate\"}, \"share\": 40",
            "{\"zh\": \"议事民主\", \"en\": \"debate\"}, \"share\": 30",
            P::SharesSum,
            "90",
            "100",
        ),
        ("\"points\": [", "\"point\": [", P::UnknownField, "point", "points"),
        ("\"tolerance\"", "\"tolerence\"", P::UnknownField, "tolerence", "tolerance"),
        ("\"answer\": {\"value\"", "\"targets\": {}, \"answer\": {\"value\"", P::NotForKind, "targets", "match"),
    ] {
        let problems = read(sound.replacen(piece, by, 1).as_bytes()).unwrap_err();
        let is_told = |one: &Problem| (one.code, &*one.found, &*one.expected) == (code, found, expected);
        assert!(problems.iter().any(is_told), "{by}\n{}", lines(&problems));
    }
}

fn words() -> impl Strategy<Value = String> {
    "[a-z党章《》\"\\\\/ \n\u{1f600}]{0,8}[a-z党]"
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        words().prop_map(Text::Same),
        words().prop_map(|zh| Text::Each(EachLanguage { zh: Some(zh), en: None })),
        (words(), words()).prop_map(|(zh, en)| Text::Each(EachLanguage { zh: Some(zh), en: Some(en) })),
    ]
}

fn cite() -> impl Strategy<Value = Cite> {
    prop_oneof![
        text().prop_map(Cite::Text),
        (option::of(words()), option::of(words()), words(), option::of(1_u32..200))
            .prop_map(|(zh, en, regulation, article)| Cite::Clause(Clause { zh, en, regulation, article })),
    ]
}

fn options() -> impl Strategy<Value = Vec<Choice>> {
    subsequence(vec!["A", "B", "C", "d4", "E"], 2..=5).prop_flat_map(|labels| {
        let count = labels.len();
        btree_set("[a-z]{3,9}", count).prop_map(move |texts| {
            let choice = |(label, text): (&&str, String)| Choice { label: (*label).to_owned(), text: Text::Same(text) };
            labels.iter().zip(texts).map(choice).collect()
        })
    })
}

fn gap() -> impl Strategy<Value = Gap> {
    prop_oneof![
        btree_set(words(), 1..4).prop_map(|accept| Gap { accept: accept.into_iter().collect(), ..Gap::default() }),
        (btree_set(0_u32..500, 1..4), btree_set("[年月日]", 0..3)).prop_map(|(accept, units)| Gap {
            accept: accept.into_iter().map(|number| number.to_string()).collect(),
            number: true,
            units: units.into_iter().collect(),
        }),
    ]
}

/// A key with its stem, options and targets.
type Asked = (Text, Vec<Choice>, Vec<Choice>, Key);

fn labels(list: &[Choice]) -> Vec<String> {
    list.iter().map(|choice| choice.label.clone()).collect()
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        (-1_000_000_000_i64..1_000_000_000).prop_map(Number::from),
        (-10_000_i32..10_000).prop_map(|n| (n, f64::from(n) / 8.0)).prop_map(|(n, eighths)| {
            if n % 8 == 0 { Number::from(n / 8) } else { Number::from_f64(eighths).unwrap() }
        }),
    ]
}

fn arranged() -> impl Strategy<Value = Asked> {
    let order = (text(), options())
        .prop_flat_map(|(stem, options)| {
            let labels = labels(&options);
            (Just(stem), Just(options), Just(labels).prop_shuffle())
        })
        .prop_map(|(stem, options, key)| (stem, options, vec![], Key::Order(key)));
    let pairs = (text(), options(), options(), vec(any::<proptest::sample::Index>(), 5)).prop_map(
        |(stem, options, targets, picks)| {
            let to = |(option, pick): (&Choice, proptest::sample::Index)| {
                (option.label.clone(), targets[pick.index(targets.len())].label.clone())
            };
            let key = Key::Match(options.iter().zip(picks).map(to).collect());
            (stem, options, targets, key)
        },
    );
    let numeric = (text(), number(), 0_u32..50, btree_set("[年月日%]", 0..3)).prop_map(|(stem, value, off, units)| {
        let units = units.into_iter().collect();
        (stem, vec![], vec![], Key::Numeric(Numeric { value, tolerance: Number::from(off), units }))
    });
    let point = (text(), 1_u32..50).prop_map(|(text, share)| MarkingPoint { text, share });
    let written =
        (text(), text(), option::of((point, text())), any::<bool>()).prop_map(|(stem, model, points, short)| {
            let points = points.map_or(vec![], |(first, text)| {
                let rest = 100 - first.share;
                vec![first, MarkingPoint { text, share: rest }]
            });
            let model = Model { model, points };
            (stem, vec![], vec![], if short { Key::Short(model) } else { Key::Essay(model) })
        });
    prop_oneof![order, pairs, numeric, written]
}

fn asked() -> impl Strategy<Value = Asked> {
    let single = (text(), options(), any::<proptest::sample::Index>()).prop_map(|(stem, options, at)| {
        (stem, options.clone(), vec![], Key::Single(options[at.index(options.len())].label.clone()))
    });
    let multiple = (text(), options())
        .prop_flat_map(|(stem, options)| {
            let labels = labels(&options);
            let count = labels.len();
            (Just(stem), Just(options), subsequence(labels, 1..=count))
        })
        .prop_map(|(stem, options, key)| (stem, options, vec![], Key::Multiple(key)));
    let blank = (words(), vec(gap(), 1..4), any::<bool>()).prop_map(|(words, gaps, any_order)| {
        let stem = (1..=gaps.len()).rev().fold(words, |stem, gap| format!("{stem}{{{{{gap}}}}}"));
        (Text::Same(stem), vec![], vec![], Key::Blank(Gaps { gaps, any_order }))
    });
    prop_oneof![
        single,
        multiple,
        (text(), any::<bool>()).prop_map(|(s, right)| (s, vec![], vec![], Key::TrueFalse(right))),
        blank,
        arranged(),
    ]
}

/// What is asked, part by part of a case.
type WithParts = (Asked, Vec<Part>);

fn case() -> impl Strategy<Value = WithParts> {
    let id = option::of(any::<u16>());
    let part = (asked(), option::of(0..3_usize), option::of(1..=5_u8), option::of(text()), option::of(cite()), id)
        .prop_map(|((stem, options, targets, key), topic, difficulty, explanation, cite, id)| {
            let id = id.map(|id| format!("p{id}"));
            let topic = topic.map(|topic| format!("t{topic}"));
            (Part { id, topic, difficulty, stem, options, targets, explanation, cite }, key)
        });
    (text(), vec(part, 1..5), any::<bool>()).prop_map(|(stem, given, even)| {
        let last = u32::try_from(given.len()).unwrap() - 1;
        let mut ids = HashSet::new();
        let (mut parts, mut keys) = (Vec::new(), Vec::new());
        for (number, (mut part, key)) in (0..).zip(given) {
            let share = if even {
                1
            } else if number == last {
                100 - 9 * last
            } else {
                9
            };
            part.id = part.id.filter(|id| ids.insert(id.clone()));
            parts.push(part);
            keys.push(PartKey { share, key });
        }
        ((stem, vec![], vec![], Key::Case(keys)), parts)
    })
}

fn question() -> impl Strategy<Value = Question> {
    let asked = prop_oneof![4 => asked().prop_map(|asked| (asked, vec![])), 1 => case()];
    (asked, 0..3_usize, 1..=5_u8, option::of(text()), option::of(cite()), any::<bool>()).prop_map(
        |(((stem, options, targets, key), parts), topic, difficulty, explanation, cite, retired)| Question {
            id: String::new(),
            topic: format!("t{topic}"),
            difficulty,
            stem,
            options,
            targets,
            parts,
            key,
            explanation,
            cite,
            excludes: vec![],
            retired,
        },
    )
}

fn bank() -> impl Strategy<Value = Bank> {
    ("[A-Za-z0-9._-]{1,64}", text(), option::of(text()), vec(text(), 3), vec(question(), 1..6)).prop_map(
        |(name, title, source, topics, mut questions)| {
            let count = questions.len();
            for (index, question) in questions.iter_mut().enumerate() {
                question.id = format!("q-{index}");
                let other = (index * 7 + 1) % count;
                question.excludes = if other == index { vec![] } else { vec![format!("q-{other}")] };
            }
            let topic = |(index, title)| Topic { id: format!("t{index}"), title };
            Bank { name, title, source, topics: topics.into_iter().enumerate().map(topic).collect(), questions }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(bank in bank()) {
        let file = write(&bank);
        let again = read(file.as_bytes());
        prop_assert_eq!(again.map_err(|problems| lines(&problems)), Ok(bank), "{}", file);
    }

    #[test]
    fn no_mutation_makes_it_panic(at in 0..SOUND.len(), length in 0..9_usize, by in "[\\[\\]{}\",:a0\\\\\u{0}党]{0,3}") {
        let mut bytes = SOUND.as_bytes().to_vec();
        bytes.splice(at..(at + length).min(SOUND.len()), by.bytes());
        if let Err(problems) = read(&bytes) {
            assert!(!problems.is_empty());
        }
    }
}

#[test]
fn what_is_suspicious_is_named_with_its_place() {
    let file = r#"{
  "bank": "b", "title": "T", "topics": [{"id": "t", "title": "Topic"}],
  "questions": [
    {"id": "q", "kind": "single", "topic": "t", "stem": "S", "options": {"A": "1", "B": "２", "C": "2"}, "answer": "C",
     "explanation": "E", "cite": "1"},
    {"id": "r", "kind": "true_false", "topic": "t", "stem": "党员应当按期交纳党费并且参加组织生活", "answer": true}
  ]
}"#;
    let (_, placed) = super::examine(file.as_bytes()).unwrap();
    let lines: Vec<String> = placed
        .iter()
        .map(|one| {
            format!(
                "{}:{} {} {} {}",
                one.place.line,
                one.place.column,
                one.pointer,
                one.lint.code.name(),
                one.lint.found
            )
            .trim_end()
            .to_owned()
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    4:99 /questions/0/options/C options-alike B
    6:5 /questions/1 no-explanation
    6:5 /questions/1 no-cite
    ");
}
