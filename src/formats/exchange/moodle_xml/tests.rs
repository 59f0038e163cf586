use crate::formats::bundle::Beside;
use crate::formats::exchange::pictures::encoded;
use crate::formats::exchange::testing::{bank, banks, finished, questions, remarks};
use crate::formats::exchange::unreadable::Unreadable;
use crate::formats::exchange::{Draft, Form, write};
use crate::formats::picture::tests::png;
use crate::rules::rich::{Inline, Picture, inline};
use crate::rules::text::Language;
use proptest::prelude::{any, prop_assert_eq, proptest};
use serde_json::{Value, json};

fn read(bytes: &[u8]) -> Result<Draft, Unreadable> {
    super::read(bytes, &Beside::Nothing)
}

fn draft(questions: &str) -> Draft {
    read(format!("<?xml version=\"1.0\"?>\n<quiz>\n{questions}\n</quiz>").as_bytes()).unwrap()
}

fn one(kind: &str, inner: &str) -> Value {
    let draft = draft(&format!("<question type=\"{kind}\">{inner}</question>"));
    assert_eq!(draft.questions.len(), 1, "{inner}: {draft:?}");
    questions(&draft).remove(0)
}

const STEM: &str =
    "<questiontext format=\"html\"><text><![CDATA[<p>问<sub>2</sub>&nbsp;&lt;？</p>]]></text></questiontext>";

fn answers(list: &[(&str, &str)]) -> String {
    let one = |(fraction, text): &(&str, &str)| format!("<answer fraction=\"{fraction}\"><text>{text}</text></answer>");
    list.iter().map(one).collect()
}

#[test]
fn every_kind_that_fits_is_taken_over() {
    let stem = "问₂ <？";
    for (kind, inner, expected) in [
        (
            "multichoice",
            answers(&[("0", "&lt;b&gt;甲&lt;/b&gt;"), ("100.00000", "乙")]),
            json!({ "kind": "single", "options": { "A": "甲", "B": "乙" }, "answer": "B" }),
        ),
        (
            "multichoice",
            format!("<single>false</single>{}", answers(&[("33,33333", "甲"), ("-50", "乙"), ("66.66667", "丙")])),
            json!({ "kind": "multiple", "options": { "A": "甲", "B": "乙", "C": "丙" }, "answer": ["A", "C"] }),
        ),
        ("truefalse", answers(&[("0", "true"), ("100", "false")]), json!({ "kind": "true_false", "answer": false })),
        (
            "numerical",
            format!(
                "{}<units><unit><multiplier>1.0</multiplier><unit_name>年</unit_name></unit></units>",
                "<answer fraction=\"100\"><text>3.25</text><tolerance>0.01</tolerance></answer>"
            ),
            json!({ "kind": "numeric", "answer": { "value": 3.25, "tolerance": 0.01, "units": ["年"] } }),
        ),
        (
            "matching",
            [("甲", "一"), ("乙", "二"), ("丙", "一"), ("", "三")]
                .map(|(option, target)| format!("<subquestion><text>{option}</text><answer><text>{target}</text></answer></subquestion>"))
                .concat(),
            json!({ "kind": "match", "options": { "A": "甲", "B": "乙", "C": "丙" },
                    "targets": { "1": "一", "2": "二", "3": "三" }, "answer": { "A": "1", "B": "2", "C": "1" } }),
        ),
        (
            "ordering",
            answers(&[("2", "乙"), ("1", "甲")]),
            json!({ "kind": "order", "options": { "A": "甲", "B": "乙" }, "answer": ["A", "B"] }),
        ),
        (
            "essay",
            "<graderinfo format=\"html\"><text>要点</text></graderinfo><generalfeedback><text>因为</text></generalfeedback>".to_owned(),
            json!({ "kind": "essay", "explanation": "因为", "answer": "要点" }),
        ),
        ("essay", "<generalfeedback><text>因为</text></generalfeedback>".to_owned(), json!({ "kind": "essay", "answer": "因为" })),
    ] {
        let mut expected = expected;
        expected["stem"] = json!(stem);
        assert_eq!(one(kind, &format!("{STEM}{inner}")), expected, "{inner}");
    }
    let short =
        one("shortanswer", &format!("{STEM}{}", answers(&[("100", "a &lt;b&gt;"), ("100", "x\\*"), ("50", "c")])));
    assert_eq!(short["answer"], json!([["a <b>", "x*"]]));
    assert_eq!(short["stem"], json!("问₂ <？{{1}}"));
}

#[test]
fn embedded_questions_become_gaps_or_a_choice() {
    let text = |inner: &str| format!("<questiontext format=\"html\"><text>{inner}</text></questiontext>");
    let several = draft(&format!(
        "<question type=\"cloze\"><name><text>c1</text></name>{}</question>",
        text("在{1:SHORTANSWER:=北京#好~%100%京\\}城~%50%南京}，{2:NM:=3:0.1}年，{:MC:甲~=乙}、{x}")
    ));
    assert_eq!(
        questions(&several),
        [json!({ "kind": "blank", "stem": "在{{1}}，{{2}}年，{{3}}、{x}", "id": "c1",
            "answer": [["北京", "京}城"], { "accept": ["3"], "number": true }, ["乙"]] })]
    );
    let codes: Vec<&str> = several.remarks.iter().map(|remark| remark.code).collect();
    assert_eq!(codes, ["choices-as-gaps", "tolerance-left-out", "partial-credit", "feedback-left-out"]);
    assert_eq!(
        one("cloze", &text("首都是{1:MULTICHOICE_S:~甲~=乙}。")),
        json!({ "kind": "single", "options": { "A": "甲", "B": "乙" }, "answer": "B", "stem": "首都是_____。" })
    );
    assert_eq!(one("cloze", &text("几？{1:NUMERICAL:=5:1}"))["answer"], json!({ "value": 5, "tolerance": 1 }));
    let words = "<selectoption><text>猫</text><group>1</group></selectoption><selectoption><text>狗</text><group>1</group></selectoption>";
    assert_eq!(
        one("gapselect", &format!("{}{words}", text("我有[[2]]。"))),
        json!({ "kind": "single", "options": { "A": "猫", "B": "狗" }, "answer": "B", "stem": "我有_____。" })
    );
    assert_eq!(one("ddwtos", &format!("{}{words}", text("[[2]]和[[1]]")))["answer"], json!([["狗"], ["猫"]]));
}

#[test]
fn what_stands_around_questions_is_taken_and_what_is_lost_is_told() {
    let draft = draft(concat!(
        "<question type=\"category\"><category><text>$course$/top/党章/总纲</text></category></question>\n",
        "<question type=\"description\"><name><text>说明</text></name></question>\n",
        "<question type=\"calculated\"><name><text>算</text></name></question>\n",
        "<question type=\"ddmarker\"><name><text>图</text></name></question>\n",
        "<question type=\"multichoice\"><name><text>q-1</text></name><idnumber>pc-7</idnumber><hidden>1</hidden>\n",
        "<questiontext format=\"html\"><text>见&lt;img src=\"@@PLUGINFILE@@/a.png\"></text><file name=\"a.png\" encoding=\"base64\">eA==</file></questiontext>\n",
        "<answer fraction=\"100\" format=\"plain_text\"><text> &lt;甲&gt; </text><feedback><text>对</text></feedback></answer>\n",
        "<answer fraction=\"30\"><text>乙</text><feedback><text>不对</text></feedback></answer>\n",
        "<tags><tag><text>difficulty-4</text></tag><tag><text>别的</text></tag></tags></question>\n",
        "<question type=\"truefalse\"><name><text>pc-7</text></name><questiontext><text>对吗</text></questiontext>",
        "<answer fraction=\"100\"><text>true</text></answer></question>",
    ));
    let topic = "党章 / 总纲";
    assert_eq!(
        questions(&draft),
        [
            json!({ "kind": "single", "options": { "A": "<甲>", "B": "乙" }, "answer": "A", "stem": "见",
                    "explanation": "对", "id": "pc-7", "topic": topic, "retired": true, "difficulty": 4 }),
            json!({ "kind": "true_false", "stem": "对吗", "answer": true, "topic": topic }),
        ]
    );
    assert_eq!(
        remarks(&draft),
        [
            (0, "items-skipped", "calculated × 1, ddmarker × 1"),
            (4, "text-skipped", "说明"),
            (5, "item-skipped", "calculated: 算"),
            (6, "item-skipped", "ddmarker: 图"),
            (7, "picture-unfit", "a.png"),
            (10, "partial-credit", "乙"),
            (10, "feedback-left-out", "不对"),
        ]
    );
    let places: Vec<_> =
        draft.questions[0].origins.iter().map(|(at, place)| (at.as_str(), place.line.unwrap())).collect();
    assert_eq!(places, [("/options/A", 9), ("/options/B", 10)]);
}

/// Pictures in a text, as their words and the ends of their names.
fn shown(text: &Value) -> Vec<(String, String)> {
    let pictures = inline(text.as_str().unwrap()).into_iter().filter_map(|one| match one {
        Inline::Picture(Picture { alt, name }) => Some((alt.to_owned(), name.split_once('-').unwrap().1.to_owned())),
        _ => None,
    });
    pictures.collect()
}

fn pair(alt: &str, name: &str) -> (String, String) {
    (alt.to_owned(), name.to_owned())
}

#[test]
fn pictures_are_taken_from_where_they_belong() {
    let file = |name: &str, path: &str, (width, height): (u32, u32)| {
        let bytes = encoded(&png(width, height));
        format!("<file name=\"{name}\" path=\"{path}\" encoding=\"base64\">\n{bytes}\n</file>")
    };
    let img = |address: &str, alt: &str| format!("&lt;img alt='{alt}' src=\"{address}\"&gt;");
    let question = |stem: &str, option: &str| {
        format!(
            "<question type=\"multichoice\"><questiontext format=\"html\">{stem}</questiontext><answer fraction=\"100\" format=\"html\">{option}</answer></question>"
        )
    };
    let text = |inner: &str| format!("<text>{inner}</text>");
    let of_moodle = img("@@PLUGINFILE@@/a.png", "图");
    let inside = format!("data:image/png;base64,{}", encoded(&png(4, 4)));
    let others = ["https://h/a.png", "b.png", "@@PLUGINFILE@@/gone.png"].map(|address| img(address, "外")).concat();
    let draft = draft(
        &[
            // Two files of one name, also in one question.
            question(
                &(text(&of_moodle) + &file("a.png", "/", (1, 1))),
                &(text(&of_moodle) + &file("a.png", "/", (2, 2))),
            ),
            question(
                &(text(&img("@@PLUGINFILE@@/in%20x/%E5%9B%BE.png?t=1", "")) + &file("图.png", "/in x/", (3, 3))),
                &text(&img(&inside, "[甲]")),
            ),
            question(&(text(&others) + &file("b.png", "/", (5, 5)) + &file("c.svg", "/", (6, 6))), &text("乙")),
        ]
        .concat(),
    );
    let of = |index: usize, pointer: &str| shown(questions(&draft)[index].pointer(pointer).unwrap());
    assert_eq!(of(0, "/stem"), [pair("图", "1x1.png")]);
    assert_eq!(of(0, "/options/A"), [pair("图", "2x2.png")]);
    assert_eq!(of(1, "/stem"), [pair("", "3x3.png")]);
    assert_eq!(of(1, "/options/A"), [pair("(甲)", "4x4.png")]);
    assert_eq!(of(2, "/stem"), [pair("外", "5x5.png")]);
    assert!(questions(&draft)[2]["stem"].as_str().unwrap().starts_with("外!["), "what isn't there stays in words");
    let told: Vec<(&str, &str)> = remarks(&draft).into_iter().map(|(_, code, found)| (code, found)).collect();
    assert_eq!(
        told,
        [("media-left-out", "https://h/a.png"), ("media-left-out", "gone.png"), ("media-left-out", "c.svg")]
    );
    assert_eq!(draft.pictures.clone().into_files().len(), 5);
}

#[test]
fn a_picture_of_an_old_version_stands_below_its_question() {
    let old = format!(
        "<questiontext><text>问</text></questiontext><image>a.png</image><image_base64>{}</image_base64>",
        encoded(&png(1, 2))
    );
    let question = one("essay", &old);
    assert_eq!(shown(&question["stem"]), [pair("", "1x2.png")]);
    let unfit = draft(
        "<question type=\"essay\"><questiontext><text>问</text></questiontext><image>a.bmp</image><image_base64>Qk0=</image_base64></question>",
    );
    assert_eq!(remarks(&unfit), [(3, "media-left-out", "a.bmp")]);
}

#[test]
fn other_files_are_refused() {
    for (bytes, why) in [(&b"<examview/>"[..], "<examview>"), (b"<quiz>", "closed"), (b"\0", "")] {
        let refused = read(bytes).unwrap_err();
        assert!(refused.why.contains(why), "{refused:?}");
    }
    assert_eq!(read(b"<quiz/>").unwrap(), Draft::default());
}

#[test]
fn every_kind_comes_back() {
    let bank = bank(&json!([
        { "id": "1", "topic": "t", "kind": "order", "stem": "s", "options": { "A": "甲", "B": "乙" }, "answer": ["B", "A"] },
        { "id": "b", "topic": "t", "kind": "blank", "stem": "<i>{{1}}  _____和\n{1:SA:=x}{{2}}</i>", "answer": [["x}~#/\"\\", "=%50%*"], ["y"]] },
        { "id": "c", "topic": "u", "kind": "numeric", "stem": "s", "answer": { "value": -1.5, "tolerance": 0.25, "units": ["年", "岁"] } },
        { "id": "d", "topic": "u", "kind": "short", "stem": "s\n\n  t", "retired": true, "explanation": "e", "answer": "m" },
        { "id": "m", "topic": "u", "kind": "match", "stem": "配", "options": { "A": "甲->", "B": "乙" }, "targets": { "1": "一", "2": "二", "3": "三" }, "answer": { "A": "2", "B": "2" } },
        { "id": "g", "topic": "u", "kind": "blank", "stem": "{{1}}", "answer": [{ "accept": ["3"], "number": true, "units": ["年"] }], "cite": "第一条" },
    ]));
    let written = write(&bank, &[], Form::MoodleXml, Language::Zh).unwrap();
    let found: Vec<&str> = written.remarks.iter().map(|remark| remark.found.as_str()).collect();
    assert_eq!(found, ["g: answer/number", "g: answer/units", "g: cite"]);
    let read_again = finished(&read(&written.bytes).unwrap());
    assert_eq!(read_again.topics[..2], bank.topics[..]);
    assert_eq!(read_again.questions[3], bank.questions[3]);
}

proptest! {
    #[test]
    fn what_is_written_comes_back(bank in banks()) {
        let written = write(&bank, &[], Form::MoodleXml, Language::Zh).unwrap();
        prop_assert_eq!(&written.remarks, &vec![]);
        let text = String::from_utf8_lossy(&written.bytes);
        let read_again = read(&written.bytes).unwrap();
        prop_assert_eq!(&read_again.remarks, &vec![], "{}", text);
        prop_assert_eq!(finished(&read_again).questions, bank.questions, "{}", text);
    }

    #[test]
    fn nothing_makes_it_panic(text in any::<String>(), odd in "(\\{|1:|MC:|SA:|NM:|=|~|%|50|#|\\}|\\\\|大|\\[\\[|1|\\]\\]| |&amp;|&lt;p&gt;){0,40}", kind in "(cloze|gapselect|shortanswer|numerical|ordering|multichoice)") {
        let _ = read(text.as_bytes());
        let inner = format!("<questiontext><text>{odd}</text></questiontext><answer fraction=\"{odd}\"><text>{odd}</text></answer><selectoption><text>a</text></selectoption>");
        let _ = read(format!("<quiz><question type=\"{kind}\">{inner}</question></quiz>").as_bytes());
    }
}
