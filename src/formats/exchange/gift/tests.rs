use super::read;
use crate::formats::exchange::testing::{bank, banks, finished, questions, remarks};
use crate::formats::exchange::{Form, Remark};
use crate::rules::bank::Bank;
use crate::rules::text::Language;
use proptest::prelude::{any, prop_assert_eq, proptest};
use serde_json::{Value, json};

fn write(bank: &Bank, language: Language) -> (String, Vec<Remark>) {
    let written = crate::formats::exchange::write(bank, &[], Form::Gift, language).unwrap();
    (String::from_utf8(written.bytes).unwrap(), written.remarks)
}

fn one(text: &str) -> Value {
    let draft = read(text);
    assert_eq!(draft.questions.len(), 1, "{text}: {draft:?}");
    questions(&draft).remove(0)
}

#[test]
fn every_kind_of_question_is_taken_over() {
    for (text, expected) in [
        (
            "谁？{~甲 ~乙 =丙}",
            json!({ "kind": "single", "options": { "A": "甲", "B": "乙", "C": "丙" }, "answer": "C", "stem": "谁？" }),
        ),
        (
            "The sky is {~red =blue} today.",
            json!({ "kind": "single", "options": { "A": "red", "B": "blue" }, "answer": "B", "stem": "The sky is _____ today." }),
        ),
        (
            "哪些？{~%50%甲 ~%-100%乙 ~%50%丙 ####因为}",
            json!({ "kind": "multiple", "options": { "A": "甲", "B": "乙", "C": "丙" }, "answer": ["A", "C"], "stem": "哪些？", "explanation": "因为" }),
        ),
        ("对吗。{T}", json!({ "kind": "true_false", "stem": "对吗。", "answer": true })),
        (
            "对吗。{FALSE#应为乙#正确}",
            json!({ "kind": "true_false", "stem": "对吗。", "answer": false, "explanation": "应为乙" }),
        ),
        (
            "首都是？{=北京 =北京市}",
            json!({ "kind": "blank", "stem": "首都是？{{1}}", "answer": [["北京", "北京市"]] }),
        ),
        ("成立于{=1921}年。", json!({ "kind": "blank", "stem": "成立于{{1}}年。", "answer": [["1921"]] })),
        ("____ is a year. {2000}", json!({ "kind": "blank", "stem": "{{1}} is a year. ", "answer": [["2000"]] })),
        (
            "几年？{#1921:2}",
            json!({ "kind": "numeric", "stem": "几年？", "answer": { "value": 1921, "tolerance": 2 } }),
        ),
        (
            "几？{#\n=3.1..3.2 # 对\n}",
            json!({ "kind": "numeric", "stem": "几？", "answer": { "value": 3.15, "tolerance": 0.05 }, "explanation": "对" }),
        ),
        (
            "配对。{=甲 -> 一 =乙 -> 二 =丙->一 =->三}",
            json!({ "kind": "match", "options": { "A": "甲", "B": "乙", "C": "丙" }, "targets": { "1": "一", "2": "二", "3": "三" },
                    "answer": { "A": "1", "B": "2", "C": "1" }, "stem": "配对。" }),
        ),
        ("谈谈。{}", json!({ "kind": "essay", "stem": "谈谈。" })),
        ("谈谈。{####要点}", json!({ "kind": "essay", "stem": "谈谈。", "answer": "要点" })),
    ] {
        let mut found = one(text);
        if let Some(stem) = expected["stem"].as_str().map(str::trim) {
            assert_eq!(found["stem"].as_str().map(str::trim), Some(stem), "{text}");
            found["stem"] = expected["stem"].clone();
        }
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn titles_categories_comments_and_escapes() {
    let draft = read(concat!(
        "// a comment with = ~ { }\n",
        "$CATEGORY: $course$/top/党章//党规/总纲\n\n",
        "// [id:pc-1] [tag:difficulty-4] [tag:other]\n",
        "::标题 \\: 一::a \\= b \\~ \\{c\\} \\\\ d\\ne \\x?{\n// inner\n= \\#1\n\n~ \\: 2\n}\n",
        "::q-2::[html]<p>x<sup>2</sup> &lt; <img src=\"m.png\"></p>{T}\n",
    ));
    let first = json!({
        "kind": "single", "options": { "A": "#1", "B": ": 2" }, "answer": "A", "stem": "a = b ~ {c} \\ d\ne \\x?",
        "id": "pc-1", "topic": "党章/党规 / 总纲", "difficulty": 4
    });
    let second =
        json!({ "kind": "true_false", "stem": "x² <", "answer": true, "id": "q-2", "topic": "党章/党规 / 总纲" });
    assert_eq!(questions(&draft), [first, second]);
    assert_eq!(draft.topics, [("党章/党规 / 总纲".to_owned(), json!("党章/党规 / 总纲"))]);
    assert_eq!(remarks(&draft), [(11, "media-left-out", "m.png")]);
    let lines: Vec<_> =
        draft.questions[0].origins.iter().map(|(at, place)| (at.as_str(), place.line.unwrap())).collect();
    assert_eq!(lines, [("/options/A", 7), ("/options/B", 9), ("/answer", 5)]);
    assert_eq!(draft.questions[0].origin.line, Some(5));
}

#[test]
fn several_answers_are_read_as_embedded_questions() {
    let text = "::q1:: 在{1:MC:~甲~=乙}和{1:SA:=丙~=丁}。";
    assert_eq!(
        one(text),
        json!({ "kind": "blank", "stem": "在{{1}}和{{2}}。", "answer": [["乙"], ["丙", "丁"]], "id": "q1" })
    );
    assert_eq!(remarks(&read("甲{1:SA:=乙}丙{丁}")), [(1, "several-answers", "甲{1:SA:=乙}丙{丁}")]);
}

#[test]
fn what_is_lost_is_told() {
    let draft = read(concat!(
        "::intro::Read this first.\n\n",
        "Open {=a\n\n",
        "Two {=a} and {=b}\n\n",
        "Which? {~a#no =b#yes ~%50%c}\n\n",
        "Which? {=a =b ~c}\n\n",
        "What? {=a* =%50%b}\n\n",
        "How many? {#3 =4}\n\n",
        "None? {~a ~b}\n",
    ));
    assert_eq!(
        remarks(&draft),
        [
            (1, "text-skipped", "intro"),
            (3, "brace-open", "Open {=a"),
            (5, "several-answers", "Two {=a} and {=b}"),
            (7, "partial-credit", "c"),
            (7, "feedback-left-out", "no"),
            (9, "several-right", "Which?"),
            (11, "wildcard", "a*"),
            (11, "partial-credit", "b"),
            (13, "answer-left-out", "4"),
        ]
    );
    let last = questions(&draft).pop().unwrap();
    assert_eq!((last["kind"].as_str(), last.get("answer")), (Some("single"), None));
}

#[test]
fn what_the_form_cannot_hold_is_listed() {
    let bank = bank(&json!([
        { "id": "a", "topic": "t", "kind": "order", "stem": "s", "options": { "A": "1", "B": "2" }, "answer": ["B", "A"] },
        { "id": "b", "topic": "t", "kind": "blank", "stem": { "zh": "{{1}}和{{2}}", "en": "{{1}} and {{2}}" }, "answer": [["x"], ["y"]] },
        { "id": "c", "topic": "u", "kind": "numeric", "stem": "s", "answer": { "value": 1, "units": ["年"] }, "cite": "第一条", "excludes": ["d"] },
        { "id": "d", "topic": "u", "kind": "short", "stem": "s", "retired": true, "explanation": "e",
          "answer": { "model": "m", "points": [{ "text": "p", "share": 100 }] } },
    ]));
    let (text, remarks) = write(&bank, Language::Zh);
    let found: Vec<&str> = remarks.iter().map(|remark| remark.found.as_str()).collect();
    let expected = [
        "en",
        "a: order",
        "b: blank",
        "c: answer/units",
        "c: cite",
        "c: excludes",
        "d: answer/points",
        "d: explanation",
    ];
    assert_eq!(found, expected);
    assert!(remarks.iter().all(|remark| remark.code == "not-in-form"));
    let read_again = questions(&read(&text));
    assert_eq!(
        read_again[1],
        json!({ "kind": "short", "stem": "s", "answer": "m", "id": "d", "topic": "u", "difficulty": 3, "retired": true })
    );
}

#[test]
fn a_match_comes_back() {
    let bank = bank(&json!([{ "id": "m", "topic": "t", "difficulty": 2, "kind": "match", "stem": "=配~",
        "options": { "A": "[html]甲", "B": "乙" }, "targets": { "1": "一", "2": "二", "3": "三->四" }, "answer": { "A": "2", "B": "2" } }]));
    let read_again = finished(&read(&write(&bank, Language::Zh).0));
    let question = &read_again.questions[0];
    assert_eq!(question.options, bank.questions[0].options);
    let targets: Vec<&str> = question.targets.iter().map(|target| target.text.in_language(Language::Zh)).collect();
    assert_eq!(targets, ["二", "一", "三->四"]);
}

proptest! {
    #[test]
    fn what_is_written_comes_back(bank in banks()) {
        let (text, remarks) = write(&bank, Language::Zh);
        prop_assert_eq!(remarks, vec![]);
        let back = read(&text);
        prop_assert_eq!(&back.remarks, &vec![], "{}", text);
        prop_assert_eq!(finished(&back).questions, bank.questions, "{}", text);
    }

    #[test]
    fn nothing_makes_it_panic(text in any::<String>(), odd in "(\\{|\\}|=|~|#|####|%|50%|\\\\|n|::|->|\n|//|\\[html\\]|<p>|T|\\$CATEGORY:|大|1|\\.\\.|:| ){0,40}") {
        read(&text);
        read(&odd);
    }
}
