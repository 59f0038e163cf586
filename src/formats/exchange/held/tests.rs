use super::usual;
use crate::formats::bank_json;
use crate::formats::bundle::Beside;
use crate::formats::exchange::sheet::Hints;
use crate::formats::exchange::testing::bank;
use crate::formats::exchange::{Form, Naming, convert, write};
use crate::formats::picture::{self, tests::png};
use crate::rules::bank::Bank;
use crate::rules::question::Question;
use crate::rules::text::Language;
use proptest::prelude::{Strategy, prop, prop_assert_eq, proptest};
use serde_json::json;
use std::collections::BTreeSet;

const FORMS: [Form; 3] = [Form::MoodleXml, Form::Qti21, Form::Qti3];
const FORMULA: &str = "<math display=\"block\"><mfrac><mi>a</mi><mn>2</mn></mfrac><mo>{</mo><mo>&lt;</mo></math>";

fn name(side: u32) -> String {
    picture::read(&png(side, side)).unwrap().name
}

fn pictures() -> Vec<(String, Vec<u8>)> {
    (1..4).map(|side| (name(side), png(side, side))).collect()
}

/// The bank that a file makes elsewhere, with the names of its pictures.
fn elsewhere(bytes: &[u8], form: Form) -> (Bank, BTreeSet<String>) {
    let naming = Naming { bank: "b".to_owned(), title: None };
    let converted = convert(bytes, form, &naming, &Hints::default(), &Beside::Nothing).unwrap();
    let bank = bank_json::read(&converted.json).unwrap();
    (bank, converted.pictures.keys().cloned().collect())
}

fn names(bank: &Bank) -> BTreeSet<String> {
    bank.questions.iter().flat_map(Question::pictures).collect()
}

/// What stands in a line.
fn line() -> impl Strategy<Value = String> {
    let picture = (1_u32..4).prop_map(|side| format!("![a \"b\" {{1:SA:=x}}]({})", name(side)));
    let words = prop::sample::select(vec!["词", "x<y", "&amp;", "!", "[a](b)", "_", "{{", "a  b", "<b>"]);
    let piece = prop::strategy::Union::new([
        words.prop_map(str::to_owned).boxed(),
        picture.boxed(),
        prop::strategy::Just(FORMULA.to_owned()).boxed(),
    ]);
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("词{}词", pieces.concat()))
}

/// A text of lines and tables.
fn text() -> impl Strategy<Value = String> {
    let table = (line(), line(), prop::collection::vec((line(), line()), 1..3)).prop_map(|(one, two, rows)| {
        let rows = rows.iter().map(|(one, two)| format!("\n| {one} | {two} |"));
        format!("| {one} | {two} |\n|---|---|{}", rows.collect::<String>())
    });
    (line(), prop::option::of(table), line()).prop_map(|(before, table, after)| {
        let table = table.map(|table| format!("{table}\n")).unwrap_or_default();
        format!("{before}\n{table}{after}")
    })
}

proptest! {
    #[test]
    fn what_is_shown_comes_back(stem in text(), option in line(), long in text(), more in text(), form in prop::sample::select(FORMS.to_vec())) {
        let options = json!({ "A": format!("甲{option}"), "B": format!("乙{long}") });
        let bank = bank(&json!([
            { "id": "s", "topic": "t", "kind": "single", "stem": stem, "options": options, "answer": "A", "explanation": more },
            { "id": "o", "topic": "t", "kind": "order", "stem": stem, "options": options, "answer": ["A", "B"] },
            { "id": "v", "topic": "t", "kind": "true_false", "stem": more, "answer": true },
            { "id": "n", "topic": "t", "kind": "numeric", "stem": more, "answer": { "value": 1, "tolerance": 0 } },
            { "id": "b", "topic": "t", "kind": "blank", "stem": format!("{{{{1}}}}{stem}"), "answer": [["x"]] },
            { "id": "c", "topic": "t", "kind": "blank", "stem": format!("| a | {{{{1}}}} |\n|---|---|\n| {{{{2}}}} | {option} |\n{stem}"), "answer": [["x"], ["y"]] },
            { "id": "m", "topic": "t", "kind": "match", "stem": stem, "options": options, "targets": { "1": "一", "2": "二" }, "answer": { "A": "1", "B": "2" } },
            { "id": "e", "topic": "t", "kind": "essay", "stem": stem, "answer": more },
        ]));
        let written = write(&bank, &pictures(), form, Language::Zh).unwrap();
        prop_assert_eq!(&written.remarks, &vec![]);
        let (read, kept) = elsewhere(&written.bytes, form);
        prop_assert_eq!(&read.questions, &bank.questions);
        prop_assert_eq!(kept, names(&bank));
    }
}

#[test]
fn what_is_not_there_or_has_no_place_is_written_in_words_and_told() {
    let gone = name(9);
    let bank = bank(&json!([
        { "id": "s", "topic": "t", "kind": "single", "stem": format!("看![图]({gone})"), "options": { "A": "甲", "B": "乙" }, "answer": "A" },
        { "id": "m", "topic": "t", "kind": "match", "stem": "配", "options": { "A": "甲", "B": "乙" },
          "targets": { "1": format!("![图]({})", name(1)), "2": format!("![图]({})", name(2)) }, "answer": { "A": "1", "B": "2" } },
    ]));
    for form in FORMS {
        let written = write(&bank, &pictures(), form, Language::Zh).unwrap();
        let found: Vec<&str> = written.remarks.iter().map(|remark| remark.found.as_str()).collect();
        let (read, _) = elsewhere(&written.bytes, form);
        assert_eq!(read.questions[0].stem.in_language(Language::Zh), "看[图]");
        if form == Form::MoodleXml {
            assert_eq!(found, ["m: match", "s: stem"], "pictures to choose from can't be told apart in words");
        } else {
            assert_eq!(found, ["s: stem"]);
            assert_eq!(read.questions[1], bank.questions[1]);
        }
    }
    for form in [Form::Json, Form::Csv] {
        let written = write(&bank, &[], form, Language::Zh).unwrap();
        let told: Vec<(&str, &str)> =
            written.remarks.iter().map(|remark| (remark.code, remark.found.as_str())).collect();
        assert_eq!(told, [("not-in-form", "pictures × 3")], "{form:?}");
    }
    let gift = write(&bank, &pictures(), Form::Gift, Language::Zh).unwrap();
    assert!(String::from_utf8(gift.bytes).unwrap().contains("看[图]"));
}

#[test]
fn other_spellings_of_the_same_are_no_loss() {
    let text = "前\n\n|a|b|\n|:-:|--|\n|c|d|\n\n|e|f|\n|--|--|\n后<math xmlns=\"http://www.w3.org/1998/Math/MathML\">\n<mi>x</mi></math>";
    let same = "前\n| a | b |\n|---|---|\n| c | d |\n\n| e | f |\n|---|---|\n后<math> <mi>x</mi></math>";
    assert_eq!(usual(text, &|_| true), same);
    let bank = bank(&json!([{ "id": "e", "topic": "t", "kind": "essay", "stem": text, "answer": "m" }]));
    for form in FORMS {
        let written = write(&bank, &[], form, Language::Zh).unwrap();
        assert_eq!(written.remarks, []);
        let (read, _) = elsewhere(&written.bytes, form);
        assert_eq!(read.questions[0].stem.in_language(Language::Zh), same);
    }
}
