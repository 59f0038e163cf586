use super::template;
use crate::formats::bank_json;
use crate::formats::bundle::Beside;
use crate::formats::exchange::testing::words;
use crate::formats::exchange::{Form, Naming, Refused, Remark, convert, sheet::Hints, write};
use crate::formats::sheet;
use crate::rules::bank::Bank;
use crate::rules::question::Kind;
use crate::rules::text::Language;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Map, Value, json};

fn bank(file: &Value) -> Bank {
    bank_json::read(file.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?} in {file:#}"))
}

fn there_and_back(bank: &Bank, form: Form, language: Language) -> (Bank, Vec<Remark>) {
    let written = write(bank, &[], form, language).unwrap();
    let naming = Naming { bank: bank.name.clone(), title: None };
    let converted = convert(&written.bytes, form, &naming, &Hints::default(), &Beside::Nothing).unwrap();
    assert_eq!(converted.remarks, [], "nothing of ours is foreign to us");
    let again = bank_json::read(&converted.json).unwrap_or_else(|problems| panic!("{problems:#?}"));
    (again, written.remarks)
}

/// A text for all, or for some.
fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        words().prop_map(Value::String),
        (words(), words()).prop_map(|(zh, en)| json!({ "zh": zh, "en": en })),
        words().prop_map(|zh| json!({ "zh": zh })),
        words().prop_map(|en| json!({ "en": en })),
    ]
}

fn accepted() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[|\\\\甲=+a]{0,3}乙[0-9\n|]{0,2}丙", 1..4)
        .prop_map(|texts| texts.into_iter().collect())
}

fn labelled(texts: Vec<Value>, label: impl Fn(usize) -> String) -> Value {
    texts.into_iter().enumerate().map(|(index, text)| (label(index), text)).collect::<Map<_, _>>().into()
}

fn letter(index: usize) -> String {
    crate::rules::question::paper_label(index)
}

fn answered() -> impl Strategy<Value = Value> {
    let texts = || prop::collection::vec(text(), 2..6);
    let chosen = || any::<prop::sample::Index>();
    let gap = prop_oneof![
        accepted().prop_map(|accept| json!(accept)),
        Just(json!({ "accept": ["3", "三"], "number": true })),
        Just(json!({ "accept": ["12"], "number": true, "units": ["年", "岁|a"] })),
    ];
    let model = (text(), prop::collection::vec(text(), 0..4)).prop_map(|(model, points)| {
        let last = points.len().saturating_sub(1);
        let share = |index: usize| if index == last { 100 - 7 * last } else { 7 };
        let points: Vec<Value> = points
            .into_iter()
            .enumerate()
            .map(|(index, text)| json!({ "text": text, "share": share(index) }))
            .collect();
        if points.is_empty() { model } else { json!({ "model": model, "points": points }) }
    });
    prop_oneof![
        (texts(), chosen()).prop_map(|(texts, at)| {
            let at = letter(at.index(texts.len()));
            json!({ "kind": "single", "options": labelled(texts, letter), "answer": at })
        }),
        (texts(), chosen()).prop_map(|(texts, at)| {
            let labels: Vec<String> = (0..=at.index(texts.len())).map(letter).collect();
            json!({ "kind": "multiple", "options": labelled(texts, letter), "answer": labels })
        }),
        any::<bool>().prop_map(|right| json!({ "kind": "true_false", "answer": right })),
        (prop::collection::vec(gap, 1..4), any::<bool>()).prop_map(|(gaps, any_order)| {
            json!({ "kind": "blank", "answer": gaps, "any_order": any_order })
        }),
        texts().prop_map(|texts| {
            let labels: Vec<String> = (0..texts.len()).rev().map(letter).collect();
            json!({ "kind": "order", "options": labelled(texts, letter), "answer": labels })
        }),
        (texts(), texts()).prop_map(|(options, targets)| {
            let pair = |index: usize| (letter(index), json!((index % targets.len() + 1).to_string()));
            let answer: Map<String, Value> = (0..options.len()).map(pair).collect();
            let targets = labelled(targets.clone(), |index| (index + 1).to_string());
            json!({ "kind": "match", "options": labelled(options, letter), "targets": targets, "answer": answer })
        }),
        (any::<i32>(), 0_u8..3, prop::option::of(accepted())).prop_map(|(value, tolerance, units)| {
            let value = f64::from(value) / 8.0;
            json!({ "kind": "numeric", "answer": { "value": value, "tolerance": f64::from(tolerance) / 2.0, "units": units.unwrap_or_default() } })
        }),
        (model, any::<bool>()).prop_map(|(model, is_short)| {
            json!({ "kind": if is_short { "short" } else { "essay" }, "answer": model })
        }),
    ]
}

fn cite() -> impl Strategy<Value = Value> {
    prop_oneof![
        text(),
        (words(), prop::option::of(words()), prop::option::of(1_u32..99)).prop_map(|(regulation, en, article)| {
            let mut clause = Map::from_iter([("regulation".to_owned(), json!(regulation))]);
            clause.extend(en.map(|en| ("en".to_owned(), json!(en))));
            clause.extend(article.map(|article| ("article".to_owned(), json!(article))));
            clause.into()
        }),
    ]
}

fn question() -> impl Strategy<Value = Value> {
    let others = (prop::option::of(text()), prop::option::of(cite()), any::<bool>(), any::<bool>(), 1_u8..=5);
    (text(), answered(), others).prop_map(|(stem, mut question, (explanation, cite, retired, in_t, difficulty))| {
        let gaps = question["answer"].as_array().map(Vec::len).filter(|_| question["kind"] == "blank").unwrap_or(0);
        let markers = (1..=gaps).map(|number| format!("{{{{{number}}}}}")).collect::<Vec<_>>().concat();
        question["stem"] = match stem {
            Value::String(text) => json!(text + &markers),
            Value::Object(versions) => versions
                .into_iter()
                .map(|(language, text)| (language, json!(text.as_str().unwrap().to_owned() + &markers)))
                .collect::<Map<_, _>>()
                .into(),
            other => other,
        };
        for (name, value) in [("explanation", explanation), ("cite", cite)] {
            if let Some(value) = value {
                question[name] = value;
            }
        }
        question["retired"] = json!(retired);
        question["topic"] = json!(if in_t { "t" } else { "u" });
        question["difficulty"] = json!(difficulty);
        question
    })
}

/// A case whose parts are other questions.
fn case() -> impl Strategy<Value = Value> {
    (question(), prop::collection::vec((question(), any::<bool>()), 1..4), any::<bool>()).prop_map(
        |(mut case, parts, even)| {
            let last = parts.len() - 1;
            let part = |(index, (mut part, says)): (usize, (Value, bool))| {
                let fields = part.as_object_mut().unwrap();
                fields.remove("retired");
                if !says {
                    fields.remove("topic");
                    fields.remove("difficulty");
                }
                if !even {
                    part["share"] = json!(if index == last { 100 - 7 * last } else { 7 });
                }
                part
            };
            let parts: Vec<Value> = parts.into_iter().enumerate().map(part).collect();
            let fields = case.as_object_mut().unwrap();
            for field in ["options", "targets", "answer", "any_order"] {
                fields.remove(field);
            }
            case["kind"] = json!("case");
            case["parts"] = json!(parts);
            case
        },
    )
}

fn banks() -> impl Strategy<Value = Bank> {
    let question = prop_oneof![4 => question(), 1 => case()];
    (prop::collection::vec(question, 1..7), text(), prop::option::of(text()), text()).prop_map(
        |(mut questions, title, source, topic)| {
            for (number, question) in questions.iter_mut().enumerate() {
                question["id"] = json!(format!("q-{number}"));
                if number > 1 {
                    question["excludes"] = json!(["q-0", "q-1"]);
                }
            }
            let topics = json!([{ "id": "u", "title": "Duties" }, { "id": "t", "title": topic }, { "id": "none", "title": "无题" }]);
            let mut file = json!({ "bank": "b", "title": title, "topics": topics, "questions": questions });
            if let Some(source) = source {
                file["source"] = source;
            }
            bank(&file)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_comes_back(bank in banks(), in_zh in any::<bool>()) {
        let language = if in_zh { Language::Zh } else { Language::En };
        for form in Form::SHEETS {
            let (again, remarks) = there_and_back(&bank, form, language);
            prop_assert_eq!(&again, &bank);
            prop_assert!(remarks.is_empty(), "{remarks:?}");
        }
    }
}

#[test]
fn no_cell_runs_and_what_was_guarded_is_itself_again() {
    let file = json!({
        "bank": "b", "title": "+标题", "topics": [{ "id": "t", "title": "=1" }],
        "questions": [{ "id": "-q", "kind": "single", "topic": "t", "stem": "=1+1", "answer": "A",
            "options": { "A": "-x", "B": "'=2", "C": "@a", "D": "'tis", "E": "-3.5" } }]
    });
    let bank = bank(&file);
    for form in Form::SHEETS {
        let (again, remarks) = there_and_back(&bank, form, Language::En);
        assert_eq!((again, remarks), (bank.clone(), Vec::new()));
    }
    let text = String::from_utf8(write(&bank, &[], Form::Csv, Language::Zh).unwrap().bytes).unwrap();
    let row = text.lines().last().unwrap();
    assert_eq!(row, "'-q,单选题,t,3,'=1+1,'-x,''=2,'@a,''tis,-3.5,A");
}

#[test]
fn labels_that_are_no_columns_are_counted_anew_and_what_is_cut_off_is_told() {
    let file = json!({
        "bank": "b", "title": "b", "topics": [{ "id": "t", "title": "t" }],
        "questions": [
            { "id": "q1", "kind": "single", "topic": "t", "stem": "问", "answer": "1", "options": { "2": "甲", "1": "乙" } },
            { "id": "q2", "kind": "single", "topic": "t", "stem": "问", "answer": "D", "options": { "B": "甲", "D": "乙 " } },
        ]
    });
    let (again, remarks) = there_and_back(&bank(&file), Form::Csv, Language::Zh);
    let labels: Vec<String> =
        again.questions.iter().flat_map(|question| &question.options).map(|choice| choice.label.clone()).collect();
    assert_eq!(labels, ["A", "B", "B", "D"]);
    assert_eq!(again.questions[0].key, crate::rules::question::Key::Single("B".into()));
    let found: Vec<&str> = remarks.iter().map(|remark| remark.found.as_str()).collect();
    assert_eq!(found, ["q2: answer", "q2: options"]);
}

#[test]
fn a_question_too_long_for_a_cell_is_left_out_of_a_workbook_and_told() {
    let points: Vec<Value> = (0..4).map(|_| json!({ "text": "长".repeat(9000), "share": 25 })).collect();
    let question =
        |id: &str, answer: &Value| json!({ "id": id, "kind": "essay", "topic": "t", "stem": "问", "answer": answer });
    let questions = [question("q1", &json!({ "model": "答", "points": points })), question("q2", &json!("答"))];
    let file = json!({ "bank": "b", "title": "b", "topics": [{ "id": "t", "title": "t" }], "questions": questions });
    let bank = bank(&file);
    let (again, remarks) = there_and_back(&bank, Form::Xlsx, Language::Zh);
    assert_eq!((again.questions.len(), remarks[0].found.as_str()), (1, "q1: essay"));
    assert_eq!(there_and_back(&bank, Form::Csv, Language::Zh).0, bank);
}

fn read_csv(rows: &[&[&str]]) -> Vec<Value> {
    let draft =
        crate::formats::exchange::sheet::read(&sheet::write_csv(rows.iter().copied()), &Hints::default()).unwrap();
    crate::formats::exchange::testing::questions(&draft)
}

#[test]
fn people_may_write_as_they_are_used_to() {
    let heading =
        &["题号(kaohe)", "题型", "题干", "题干（英文）", "选项A", "选项 b", "配对项1", "答案", "停用", "得分点"][..];
    let rows = read_csv(&[
        heading,
        &["", "填空", "在（ ）年（ ）月", "in ____, (  )", "", "", "", "1921；7", "否", ""],
        &["", "判断", "问", "", "", "", "", "√", "是", ""],
        &["", "匹配题", "配", "", "甲", "乙", "一", "a→1；B-1", "", ""],
        &["", "简答", "谈", "", "", "", "", "答", "", "40：一\n60 二"],
        &["", "多选", "选", "", "甲", "乙", "", "a、b", "", ""],
        &["", "单选", "选", "", "甲", "乙", "", "甲", "也许", ""],
        &["", "计算", "算", "", "", "", "", "３.5", "", ""],
    ]);
    let expected = json!([
        { "kind": "blank", "stem": { "zh": "在{{1}}年{{2}}月", "en": "in {{1}}, {{2}}" }, "answer": [["1921"], ["7"]] },
        { "kind": "true_false", "stem": "问", "answer": true, "retired": true },
        { "kind": "match", "stem": "配", "options": { "A": "甲", "B": "乙" }, "targets": { "1": "一" }, "answer": { "A": "1", "B": "1" } },
        { "kind": "short", "stem": "谈", "answer": { "model": "答", "points": [{ "text": "一", "share": 40 }, { "text": "二", "share": 60 }] } },
        { "kind": "multiple", "stem": "选", "options": { "A": "甲", "B": "乙" }, "answer": ["A", "B"] },
        { "kind": "single", "stem": "选", "options": { "A": "甲", "B": "乙" }, "answer": "甲", "retired": "也许" },
        { "kind": "numeric", "stem": "算", "answer": { "value": 3.5 } },
    ]);
    assert_eq!(Value::from(rows), expected);
}

#[test]
fn what_contradicts_itself_is_handed_on() {
    let rows = read_csv(&[
        &["id (Kaohe)", "kind", "stem", "stem (zh)", "stem (en)", "answer", "marking points", "marking points (en)"],
        &["", "topic", "", "总纲", "", "", "", ""],
        &["q1", "essay", "问", "甲", "a", "答", "40 一", "50 one"],
    ]);
    let points = json!([{ "text": { "zh": "一", "en": "one" }, "share": [40, 50] }]);
    let stem = json!({ "zh": "甲", "en": "a", "all": "问" });
    let expected = json!({ "id": "q1", "kind": "essay", "stem": stem, "answer": { "model": "答", "points": points } });
    assert_eq!(rows, [expected]);
}

#[test]
fn mistakes_are_told_by_their_cells() {
    let rows = [
        &["题号（Kaohe）", "题型", "知识点", "题干（中文）", "答案", "误差", "错误（Kaohe）", "批注"][..],
        &["q1", "数值题", "t", "几？", "3年", "0", "错", ""],
    ];
    let naming = Naming { bank: "b".into(), title: None };
    let converted = convert(&sheet::write_csv(rows), Form::Csv, &naming, &Hints::default(), &Beside::Nothing).unwrap();
    let remarks: Vec<(&str, &str)> =
        converted.remarks.iter().map(|remark| (remark.code, remark.found.as_str())).collect();
    assert_eq!(remarks, [("column-ignored", "批注")]);
    let problems = converted.locate(bank_json::read(&converted.json).unwrap_err());
    let places: Vec<Option<&str>> = problems.iter().map(|problem| problem.origin.as_ref()?.column.as_deref()).collect();
    assert_eq!(places, [Some("E")]);
    let none = convert(
        &sheet::write_csv([["题号（Kaohe）", "题型"]]),
        Form::Csv,
        &naming,
        &Hints::default(),
        &Beside::Nothing,
    );
    assert!(matches!(none, Err(Refused::File(_))), "{none:?}");
}

#[test]
fn each_template_is_read_as_it_comes() {
    for form in Form::SHEETS {
        for language in Language::ALL {
            let help = vec![vec!["题号（Kaohe）".to_owned(), "可以不填".to_owned()]];
            let bytes = template(form, language, help).unwrap();
            let naming = Naming { bank: "b".into(), title: None };
            let converted = convert(&bytes, form, &naming, &Hints::default(), &Beside::Nothing).unwrap();
            assert_eq!(converted.remarks, []);
            let (bank, lints) = bank_json::examine(&converted.json).unwrap_or_else(|problems| panic!("{problems:#?}"));
            let kinds: Vec<Kind> = bank.questions.iter().map(crate::rules::question::Question::kind).collect();
            assert_eq!((kinds.as_slice(), bank.topics.len()), (&Kind::ALL[..], 2));
            assert!(lints.is_empty(), "{lints:?}");
        }
    }
}

#[test]
fn a_workbook_offers_what_may_be_filled_in_and_keeps_its_heading_in_sight() {
    let bytes = template(Form::Xlsx, Language::Zh, Vec::new()).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut text).unwrap();
    assert!(
        text.contains("单选题,多选题") && text.contains("1,2,3,4,5") && text.contains("state=\"frozen\""),
        "{text}"
    );
}
