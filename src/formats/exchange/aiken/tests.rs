use super::{is_aiken, read};
use crate::formats::exchange::testing::{bank, banks, questions, remarks};
use crate::formats::exchange::{Form, write};
use crate::rules::question::Kind;
use crate::rules::text::Language;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use serde_json::json;

#[test]
fn questions_are_read_however_their_lines_are_spelt() {
    for text in [
        "谁？\nA. 甲\nB. 乙\nANSWER: B\n",
        "谁？\r\nA) 甲\r\nB) 乙\r\nANSWER: B\r\n\r\n",
        "\n谁？\n\na.甲\n\nb.乙\n\nanswer:b",
        "  谁？\n Ａ、甲\n Ｂ、乙\n Answer ： Ｂ",
        "谁？\nA) 甲\nB) 乙\nANSWER: B.",
    ] {
        let expected = json!({ "kind": "single", "options": { "A": "甲", "B": "乙" }, "stem": "谁？", "answer": "B" });
        assert_eq!(questions(&read(text)), [expected], "{text}");
    }
}

#[test]
fn stems_may_have_several_lines_and_look_like_options() {
    let draft = read("下列说法：\nA. 股\n①一\nC. 二\nA. 甲\nB. 乙\nANSWER: A\n第二题\nA. 一\nB. 二\nANSWER: B\n");
    let stems: Vec<_> = questions(&draft).iter().map(|one| one["stem"].clone()).collect();
    assert_eq!(stems, [json!("下列说法：\nA. 股\n①一\nC. 二"), json!("第二题")]);
    let places: Vec<_> =
        draft.questions[1].origins.iter().map(|(at, place)| (at.as_str(), place.line.unwrap())).collect();
    assert_eq!(
        (draft.questions[1].origin.line, places),
        (Some(8), vec![("/options/A", 9), ("/options/B", 10), ("/answer", 11)])
    );
}

#[test]
fn what_is_missing_is_left_for_the_bank_to_refuse() {
    let draft = read("一\nA. 甲\nB. 乙\n二\nA. 甲\nB. 乙\nANSWER: C\nANSWER: A\n末尾");
    let found: Vec<_> = questions(&draft).iter().map(|one| (one["stem"].clone(), one.get("answer").cloned())).collect();
    assert_eq!(found, [(json!("一"), None), (json!("二"), Some(json!("C"))), (json!(""), Some(json!("A")))]);
    assert_eq!(remarks(&draft), [(9, "text-skipped", "末尾")]);
}

#[test]
fn the_limits_of_the_form_are_listed() {
    let one = |id: &str, stem: &str| json!({ "id": id, "topic": "t", "kind": "single", "stem": stem, "options": { "B": "一\n二", "X": "y" }, "answer": "X" });
    let bank = bank(&json!([
        { "id": "a", "topic": "t", "kind": "true_false", "stem": "s", "answer": true },
        one("b", "s"),
        one("c", "A. 股是什么"),
    ]));
    let written = write(&bank, &[], Form::Aiken, Language::Zh).unwrap();
    assert_eq!(String::from_utf8(written.bytes).unwrap(), "s\nA. 一 二\nB. y\nANSWER: B\n\n");
    let found: Vec<&str> = written.remarks.iter().map(|remark| remark.found.as_str()).collect();
    assert_eq!(found, ["a: true_false", "c: single", "b: id", "b: options", "b: topic"]);
}

#[test]
fn a_file_is_known_by_its_answers() {
    assert!(is_aiken(b"q\nA. x\nB) y\nANSWER: B"));
    assert!(
        !is_aiken(b"q\nA. x\nB. y\nAnswer: B")
            && !is_aiken(b"ANSWER: B")
            && !is_aiken("1. 问\nA.x\n答案：A".as_bytes())
    );
}

proptest! {
    #[test]
    fn what_is_written_comes_back(bank in banks()) {
        let written = write(&bank, &[], Form::Aiken, Language::Zh).unwrap();
        let back = read(std::str::from_utf8(&written.bytes).unwrap());
        let single = bank.questions.iter().filter(|question| question.kind() == Kind::Single);
        prop_assert_eq!(back.questions.len(), single.count());
        prop_assert!(written.remarks.iter().all(|lost| !lost.found.ends_with("stem") && !lost.found.ends_with("answer") && !lost.found.ends_with("options")), "{:?}", written.remarks);
    }

    #[test]
    fn nothing_makes_it_panic(text in any::<String>(), odd in "(A|B|C|\\.|\\)| |\n|ANSWER|:|大|Ａ|．){0,40}") {
        read(&text);
        read(&odd);
    }
}
