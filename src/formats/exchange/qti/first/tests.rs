use crate::formats::exchange::qti::tests::one;
use serde_json::{Value, json};

/// An item of version 1.2.
fn first(kind: &str, presentation: &str, conditions: &[(&str, &str)]) -> Value {
    let conditions: Vec<String> = conditions
        .iter()
        .map(|(test, score)| format!("<respcondition><conditionvar>{test}</conditionvar><setvar action=\"Set\" varname=\"SCORE\">{score}</setvar></respcondition>"))
        .collect();
    let field = format!(
        "<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield>"
    );
    one(&format!(
        "<!DOCTYPE questestinterop SYSTEM \"ims.dtd\"><questestinterop><assessment title=\"卷\"><section title=\"总纲\"><item ident=\"x 1\" title=\"T\"><itemmetadata><qtimetadata>{field}</qtimetadata></itemmetadata><presentation>{presentation}</presentation><resprocessing>{}</resprocessing></item></section></assessment></questestinterop>",
        conditions.concat()
    ))
}

fn material(text: &str) -> String {
    format!("<material><mattext texttype=\"text/html\">{text}</mattext></material>")
}

fn lid(ident: &str, cardinality: &str, own: &str, labels: &[&str]) -> String {
    let labels: Vec<String> = (1..)
        .zip(labels)
        .map(|(number, text)| format!("<response_label ident=\"{ident}{number}\"><material><mattext>{text}</mattext></material></response_label>"))
        .collect();
    format!(
        "<response_lid ident=\"{ident}\" rcardinality=\"{cardinality}\">{own}<render_choice>{}</render_choice></response_lid>",
        labels.concat()
    )
}

fn equal(ident: &str, value: &str) -> String {
    format!("<varequal respident=\"{ident}\">{value}</varequal>")
}

/// Each of these is that question in the section's topic.
fn all_are(cases: impl IntoIterator<Item = (Value, Value)>) {
    for (found, mut expected) in cases {
        expected["topic"] = json!("总纲");
        assert_eq!(found, expected);
    }
}

#[test]
fn choices_of_version_1_are_taken_over() {
    let stem = material("&lt;p&gt;问&lt;/p&gt;");
    let both = format!("<and>{}<not>{}</not>{}</and>", equal("r", "r1"), equal("r", "r2"), equal("r", "r3"));
    all_are([
        (
            first(
                "multiple_choice_question",
                &(stem.clone() + &lid("r", "Single", "", &["甲", "乙"])),
                &[(&equal("r", "r2"), "100"), (&equal("r", "r1"), "0")],
            ),
            json!({ "kind": "single", "options": { "A": "甲", "B": "乙" }, "answer": "B", "stem": "问" }),
        ),
        (
            first(
                "multiple_answers_question",
                &(stem.clone() + &lid("r", "Multiple", "", &["甲", "乙", "丙"])),
                &[(&both, "100")],
            ),
            json!({ "kind": "multiple", "options": { "A": "甲", "B": "乙", "C": "丙" }, "answer": ["A", "C"], "stem": "问" }),
        ),
        (
            first(
                "true_false_question",
                &(stem.clone() + &lid("r", "Single", "", &["True", "False"])),
                &[(&equal("r", "r1"), "100")],
            ),
            json!({ "kind": "true_false", "answer": true, "stem": "问" }),
        ),
        (
            first(
                "",
                &(stem.clone() + &lid("r", "Ordered", "", &["甲", "乙"])),
                &[(&(equal("r", "r2") + &equal("r", "r1")), "1")],
            ),
            json!({ "kind": "order", "options": { "A": "甲", "B": "乙" }, "answer": ["B", "A"], "stem": "问" }),
        ),
    ]);
}

#[test]
fn other_items_of_version_1_are_taken_over() {
    let stem = material("&lt;p&gt;问&lt;/p&gt;");
    let string = "<response_str ident=\"s\"><render_fib><response_label ident=\"a\"/></render_fib></response_str>";
    let number = format!(
        "<or>{}<and><vargte respident=\"s\">2.5</vargte><varlte respident=\"s\">3.5</varlte></and></or>",
        equal("s", "3")
    );
    all_are([
        (
            first(
                "short_answer_question",
                &(stem.clone() + string),
                &[(&(equal("s", "一") + &equal("s", "1")), "100")],
            ),
            json!({ "kind": "blank", "stem": "问{{1}}", "answer": [["一", "1"]] }),
        ),
        (
            first("", &format!("{}{string}{}", material("在"), material("年")), &[(&equal("s", "1921"), "1")]),
            json!({ "kind": "blank", "stem": "在{{1}}年", "answer": [["1921"]] }),
        ),
        (
            first(
                "fill_in_multiple_blanks_question",
                &(material("[a]和[b]")
                    + &lid("response_b", "", &material("b"), &["乙", "二"])
                    + &lid("response_a", "", &material("a"), &["甲"])),
                &[(&equal("response_a", "response_a1"), "50"), (&equal("response_b", "response_b1"), "50")],
            ),
            json!({ "kind": "blank", "stem": "{{1}}和{{2}}", "answer": [["甲"], ["乙", "二"]] }),
        ),
        (
            first(
                "matching_question",
                &(stem.clone()
                    + &lid("response_1", "", &material("甲"), &["一", "二"])
                    + &lid("response_2", "", &material("乙"), &["一", "二"])),
                &[(&equal("response_1", "response_12"), "50"), (&equal("response_2", "response_22"), "50")],
            ),
            json!({ "kind": "match", "options": { "A": "甲", "B": "乙" }, "targets": { "1": "二", "2": "一" }, "answer": { "A": "1", "B": "1" }, "stem": "问" }),
        ),
        (
            first("numerical_question", &(stem.clone() + string), &[(&number, "100")]),
            json!({ "kind": "numeric", "stem": "问", "answer": { "value": 3, "tolerance": 0.5 } }),
        ),
        (first("essay_question", &(stem + string), &[]), json!({ "kind": "essay", "stem": "问" })),
    ]);
}
