use super::read_text;
use crate::formats::exchange::Draft;
use proptest::prelude::{prop, proptest};
use serde_json::{Value, json};

fn fields(draft: &Draft) -> Vec<Value> {
    draft.questions.iter().map(|question| Value::Object(question.fields.clone())).collect()
}

fn remarks(draft: &Draft) -> Vec<(Option<usize>, &str, &str)> {
    draft.remarks.iter().map(|remark| (remark.origin.line, remark.code, remark.found.as_str())).collect()
}

fn answers(text: &str) -> Vec<Value> {
    fields(&read_text(text)).iter().map(|question| question.get("answer").cloned().unwrap_or_default()).collect()
}

#[test]
fn a_question_is_the_same_however_it_is_laid_out() {
    let expected = json!({
        "kind": "single", "stem": "问（ ）。", "options": { "A": "甲", "B": "乙", "C": "丙" }, "answer": "B",
        "explanation": "因为",
    });
    for text in [
        "一、单项选择题（每题2分，共10分）\n1. 问（ ）。\nA. 甲\nB. 乙\nC. 丙\n答案：B\n解析：因为",
        "单选题\n1、问（ ）。\nA、甲  B、乙\tC、丙\n【答案】B【解析】因为",
        "题型：单选题\n１．问（ ）。\nＡ．甲 Ｂ．乙\nＣ．丙\n正确答案：Ｂ 解析：因为",
        "第一部分 单选题\n1.问（ B ）。A.甲 B.乙 C.丙\n答案解析：因为",
        "（一）单选题\n第1题 问（ ）。\n(A)甲 (B)乙 (C)丙\n参考答案：B。\n【解析】因为",
        "一、单选题\n（1）问（ ）。\nA.甲B.乙C.丙\n答案 B\n解析：因为",
        "一、单选题\n1.问（B）。\nA：甲；B：乙；C：丙\n答案：B 解析：因为",
    ] {
        assert_eq!(fields(&read_text(text)), std::slice::from_ref(&expected), "{text}");
    }
}

#[test]
fn answers_are_taken_from_a_list_at_the_end() {
    let questions = "一、单选题\n1.问\nA.甲 B.乙\n2.题\nA.甲 B.乙\n二、判断题\n1.如此。（ ）\n2.又如此。（ ）\n三、多选题\n\
                     1.问\nA.甲 B.乙 C.丙\n";
    let expected = [json!("B"), json!("A"), json!(true), json!(false), json!(["A", "C"])];
    for list in [
        "参考答案\n一、单选题\n1-2 BA\n二、判断题\n1-2：√×\n三、多选题\n1.AC",
        "答案：\n1.B 2.A\n1.√ 2.×\n1.AC",
        "参考答案\n三、多选题\n1、AC\n一、单选题 1～2 B A\n二、判断题：1对 2错",
        "1.B；2.A\n1-2 √×\n1.AC",
        "参考答案\n题号\t1\t2\n答案\tB\tA\n二、判断题\n1.正确\n2.错误\n三、多选题\n1.【答案】AC【解析】因为",
    ] {
        assert_eq!(answers(&format!("{questions}{list}")), expected, "{list}");
    }
    let wrong = read_text(&format!("{questions}参考答案\n一、单选题\n1-3 BAC\n四、填空题\n1.甲"));
    assert_eq!(
        remarks(&wrong)[..],
        [
            (Some(14), "key-unplaced", "3 C"),
            (Some(15), "key-unplaced", "四、填空题"),
            (Some(16), "key-unplaced", "1.甲")
        ][..]
    );
    let twice = read_text("单选题\n1.问\nA.甲 B.乙\n答案：A\n2.题\nA.甲 B.乙\n答案：A\n参考答案\n1.B 2.A");
    assert_eq!((fields(&twice)[0].get("answer"), &fields(&twice)[1]["answer"]), (None, &json!("A")));
    assert_eq!(remarks(&twice), [(Some(9), "key-unclear", "B")]);
    assert_eq!(answers("单选题\n1.问\nA.甲 B.乙\n参考答案\n1.A\n1.B\n1.A"), [Value::Null]);
}

#[test]
fn the_answer_of_one_question_is_no_list_of_all() {
    let draft = read_text(
        "单选题\n1.问（ A ）\nA.甲 B.乙\n2.题（ B ）\nA.甲 B.乙\n简答题\n1.为何？\n答案：\n1.甲\n2.乙\n2.如何？\n答案：如此",
    );
    let told: Vec<Value> = fields(&draft).iter().map(|one| one["answer"].clone()).collect();
    assert_eq!(told, [json!("A"), json!("B"), json!("1.甲\n2.乙"), json!("如此")]);
}

#[test]
fn verdicts_gaps_and_words_are_read_by_their_headings() {
    let draft = read_text(
        "题库\n分类：总纲\n一、判断题（对的打√，错的打×）\n1.如此。（√）\n（ × ）2.又如此。\n二、填空题\n1.在____年。\n答案：1921\n\
         2.在（1921）年（七）月。\n三、简答题\n1.为何？\n答：1.因为。\n2.所以。\n难度：难\n2.如何？\n答题要点：\n如此。\n再如此。",
    );
    let told: Vec<(Value, Value, Value)> =
        fields(&draft).iter().map(|one| (one["kind"].clone(), one["stem"].clone(), one["answer"].clone())).collect();
    let row = |kind: &str, stem: &str, answer: Value| (json!(kind), json!(stem), answer);
    assert_eq!(
        told,
        [
            row("true_false", "如此。（ ）", json!(true)),
            row("true_false", "又如此。（ ）", json!(false)),
            row("blank", "在{{1}}年。", json!([["1921"]])),
            row("blank", "在{{1}}年{{2}}月。", json!([["1921"], ["七"]])),
            row("short", "为何？", json!("1.因为。\n2.所以。")),
            row("short", "如何？", json!("如此。\n再如此。")),
        ]
    );
    assert_eq!(draft.title, Some(json!("题库")));
    assert_eq!(draft.topics, [("总纲".to_owned(), json!("总纲"))]);
    assert_eq!(fields(&draft)[4]["difficulty"], json!(5));
    assert_eq!(draft.questions[2].origin.line, Some(7));
    let answer = draft.questions[2].origins.iter().find(|(pointer, _)| pointer == "/answer").unwrap();
    assert_eq!((answer.1.line, &answer.1.column), (Some(8), &None));
}

#[test]
fn what_belongs_nowhere_is_told() {
    let draft = read_text(
        "单选题\n请仔细作答\n1.问（ ）\nA.甲\nB.乙\n走样的一行\n答案：A\n又一行\n2.维生素（A）是（ ）\nA.甲 B.乙\n答案：B",
    );
    let skipped: Vec<_> = remarks(&draft).into_iter().filter(|(_, code, _)| *code == "paragraph-skipped").collect();
    let expected = [(2, "请仔细作答"), (6, "走样的一行"), (8, "又一行")];
    assert_eq!(skipped, expected.map(|(line, text)| (Some(line), "paragraph-skipped", text)));
    assert_eq!(fields(&draft)[1]["stem"], json!("维生素（A）是（ ）"));
    assert_eq!(answers("单选题\n1.如图 A、B、C三点（ ）\nA.甲 B.乙\n答案：A"), [json!("A")]);
    assert_eq!(
        answers("单选题\n1.（ A ）规定何事\nA.甲 B.乙\n2.由（ B ）规定（含乙）\nA.甲 B.乙"),
        [json!("A"), json!("B")]
    );
}

proptest! {
    #[test]
    fn mangled_lists_never_panic(
        lines in prop::collection::vec("[一二1-3１（）()A-CＡ.、：答案解析题型单选判断√×_\\- \t甲]{1,14}", 0..12),
    ) {
        let _ = read_text(&lines.join("\n"));
    }
}

#[test]
fn a_very_long_line_is_read_in_one_go() {
    for piece in ["a <b> ", "[ ", " \u{3000} ", "（ A "] {
        let text = format!("1. 问（ ）。\nA. 甲\nB. 乙\n答案：B\n解析：{}", piece.repeat(100_000));
        assert_eq!(fields(&read_text(&text)).len(), 1, "{piece}");
    }
}
