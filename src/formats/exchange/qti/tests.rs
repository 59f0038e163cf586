use super::names::{camel, kebab, third_element};
use crate::formats::bundle::Beside;
use crate::formats::exchange::pictures::encoded;
use crate::formats::exchange::testing::{bank, banks, finished, questions, remarks};
use crate::formats::exchange::unreadable::Unreadable;
use crate::formats::exchange::{Draft, Form, write};
use crate::formats::picture::{self, tests::png};
use crate::rules::text::Language;
use proptest::prelude::{any, prop, prop_assert_eq, proptest};
use serde_json::{Value, json};
use std::io::{Cursor, Write};

fn read(bytes: &[u8]) -> Result<Draft, Unreadable> {
    super::read(bytes, &Beside::Nothing)
}

fn declared(id: &str, cardinality: &str, base: &str, inner: &str) -> String {
    format!(
        "<responseDeclaration identifier=\"{id}\" cardinality=\"{cardinality}\" baseType=\"{base}\">{inner}</responseDeclaration>"
    )
}

fn correct(values: &[&str]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("<value> {value} </value>")).collect();
    format!("<correctResponse>{}</correctResponse>", values.concat())
}

/// An item of version 2, and the same in version 3.
fn item(declared: &str, body: &str) -> [String; 2] {
    let two = format!(
        "<assessmentItem identifier=\"i-1\" title=\"T\">{declared}<itemBody>{body}</itemBody></assessmentItem>"
    );
    [third(&two), two]
}

/// The same in the names of version 3.
fn third(two: &str) -> String {
    let mut three = String::new();
    let mut in_tag = false;
    let mut rest = two.chars().peekable();
    let mut name = String::new();
    let mut text = String::new();
    while let Some(character) = rest.next() {
        match character {
            '<' => {
                in_tag = true;
                text.clear();
                three.push('<');
                if rest.peek() == Some(&'/') {
                    three.push(rest.next().unwrap());
                }
                name.clear();
                while rest.peek().is_some_and(char::is_ascii_alphanumeric) {
                    name.push(rest.next().unwrap());
                }
                let is_html = matches!(&*name, "p" | "b" | "br" | "img" | "div" | "bdo");
                three.push_str(&if is_html { name.clone() } else { third_element(&name) });
            }
            '>' => {
                in_tag = false;
                three.push('>');
            }
            '"' if in_tag => {
                three.push('"');
                for inner in rest.by_ref() {
                    three.push(inner);
                    if inner == '"' {
                        break;
                    }
                }
            }
            character if in_tag && character.is_ascii_uppercase() => {
                three.push('-');
                three.push(character.to_ascii_lowercase());
            }
            character => three.push(character),
        }
    }
    three
}

/// The only question of a file.
pub(super) fn one(file: &str) -> Value {
    let draft = read(file.as_bytes()).unwrap();
    assert_eq!(draft.questions.len(), 1, "{file}: {draft:?}");
    let mut question = questions(&draft).remove(0);
    question.as_object_mut().unwrap().remove("id");
    question
}

#[test]
fn names_lead_from_one_version_to_the_other() {
    for (two, three) in [("choiceInteraction", "choice-interaction"), ("value", "value"), ("maxChoices", "max-choices")]
    {
        assert_eq!((camel(three), kebab(two)), (two.to_owned(), three.to_owned()));
    }
    assert_eq!((third_element("p"), third_element("mapEntry")), ("p".to_owned(), "qti-map-entry".to_owned()));
    assert_eq!(camel("é--a"), "éA");
}

const CHOICES: &str = "<simpleChoice identifier=\"a1\">甲<b>一</b></simpleChoice><simpleChoice identifier=\"a2\">乙</simpleChoice><simpleChoice identifier=\"a3\">丙</simpleChoice>";

/// Each of these items, in both versions, is this question.
fn all_are(cases: impl IntoIterator<Item = (String, String, Value)>) {
    for (declared, body, expected) in cases {
        for file in item(&declared, &body) {
            assert_eq!(one(&file), expected, "{file}");
        }
    }
}

#[test]
fn choices_are_taken_over_from_both_versions() {
    let options = json!({ "A": "甲一", "B": "乙", "C": "丙" });
    let choice = |most: &str| {
        format!(
            "<p>看：</p><choiceInteraction responseIdentifier=\"R\" maxChoices=\"{most}\"><prompt>问</prompt>{CHOICES}</choiceInteraction>"
        )
    };
    let mapped =
        "<mapping><mapEntry mapKey=\"a1\" mappedValue=\"0.5\"/><mapEntry mapKey=\"a3\" mappedValue=\"1\"/></mapping>";
    all_are([
        (
            declared("R", "single", "identifier", &correct(&["a2"])),
            choice("1"),
            json!({ "kind": "single", "options": options, "answer": "B", "stem": "看：\n问" }),
        ),
        (
            declared("R", "multiple", "identifier", &correct(&["a1", "a3"])),
            choice("0"),
            json!({ "kind": "multiple", "options": options, "answer": ["A", "C"], "stem": "看：\n问" }),
        ),
        (
            declared("R", "multiple", "identifier", mapped),
            choice("0"),
            json!({ "kind": "multiple", "options": options, "answer": ["A", "C"], "stem": "看：\n问" }),
        ),
        (
            declared("R", "single", "identifier", mapped),
            choice("1"),
            json!({ "kind": "single", "options": options, "answer": "C", "stem": "看：\n问" }),
        ),
        (
            declared("R", "single", "identifier", &correct(&["F"])),
            "<choiceInteraction responseIdentifier=\"R\"><prompt>对吗</prompt><simpleChoice identifier=\"T\">说得对</simpleChoice><simpleChoice identifier=\"F\">不然</simpleChoice></choiceInteraction>".to_owned(),
            json!({ "kind": "true_false", "answer": false, "stem": "对吗" }),
        ),
    ]);
}

#[test]
fn orders_and_pairs_are_taken_over_from_both_versions() {
    let options = json!({ "A": "甲一", "B": "乙", "C": "丙" });
    let sets = concat!(
        "<matchInteraction responseIdentifier=\"R\"><prompt>配</prompt><simpleMatchSet>",
        "<simpleAssociableChoice identifier=\"A\">甲</simpleAssociableChoice><simpleAssociableChoice identifier=\"B\">乙</simpleAssociableChoice>",
        "</simpleMatchSet><simpleMatchSet><simpleAssociableChoice identifier=\"X\">一</simpleAssociableChoice>",
        "<simpleAssociableChoice identifier=\"Y\">二</simpleAssociableChoice></simpleMatchSet></matchInteraction>",
    );
    all_are([
        (
            declared("R", "ordered", "identifier", &correct(&["a3", "a1", "a2"])),
            format!("<orderInteraction responseIdentifier=\"R\">{CHOICES}</orderInteraction><p>排</p>"),
            json!({ "kind": "order", "options": options, "answer": ["C", "A", "B"], "stem": "排" }),
        ),
        (
            declared("R", "multiple", "directedPair", &correct(&["A Y", "B Y"])),
            sets.to_owned(),
            json!({ "kind": "match", "options": { "A": "甲", "B": "乙" }, "targets": { "1": "二", "2": "一" },
                    "answer": { "A": "1", "B": "1" }, "stem": "配" }),
        ),
        (
            declared("R", "multiple", "directedPair", &correct(&["A X", "A Y"])),
            sets.to_owned(),
            json!({ "kind": "match", "options": { "A": "一", "B": "二" }, "targets": { "1": "甲", "2": "乙" },
                    "answer": { "A": "1", "B": "1" }, "stem": "配" }),
        ),
        (
            declared("R", "multiple", "pair", &correct(&["A Y"])),
            sets.replace("<simpleMatchSet>", "")
                .replace("</simpleMatchSet>", "")
                .replace("matchI", "associateI")
                .replace("<simpleAssociableChoice identifier=\"B\">乙</simpleAssociableChoice>", ""),
            json!({ "kind": "match", "options": { "A": "甲" }, "targets": { "1": "二", "2": "一" }, "answer": { "A": "1" }, "stem": "配" }),
        ),
    ]);
}

#[test]
fn gaps_and_texts_are_taken_over_from_both_versions() {
    all_are([        (
            declared("R", "single", "string", &format!("{}<mapping><mapEntry mapKey=\"北京\" mappedValue=\"1\"/><mapEntry mapKey=\"北京市\" mappedValue=\"1\"/></mapping>", correct(&["北京"]))),
            "<p>首都是<textEntryInteraction responseIdentifier=\"R\"/>。</p>".to_owned(),
            json!({ "kind": "blank", "stem": "首都是{{1}}。", "answer": [["北京", "北京市"]] }),
        ),
        (
            [declared("R", "single", "float", &correct(&["3.5"])), declared("S", "single", "identifier", &correct(&["y"]))].concat(),
            "<p><textEntryInteraction responseIdentifier=\"R\"/>和<inlineChoiceInteraction responseIdentifier=\"S\"><inlineChoice identifier=\"x\">一</inlineChoice><inlineChoice identifier=\"y\">二</inlineChoice></inlineChoiceInteraction></p>".to_owned(),
            json!({ "kind": "blank", "stem": "{{1}}和{{2}}", "answer": [{ "accept": ["3.5"], "number": true }, ["二"]] }),
        ),
        (
            declared("S", "single", "identifier", &correct(&["y"])),
            "<p>选<inlineChoiceInteraction responseIdentifier=\"S\"><inlineChoice identifier=\"x\">一</inlineChoice><inlineChoice identifier=\"y\">二</inlineChoice></inlineChoiceInteraction>。</p>".to_owned(),
            json!({ "kind": "single", "options": { "A": "一", "B": "二" }, "answer": "B", "stem": "选_____。" }),
        ),
        (
            declared("R", "single", "integer", &correct(&["7"])),
            "<p>几？</p><p><textEntryInteraction responseIdentifier=\"R\"/></p>".to_owned(),
            json!({ "kind": "numeric", "stem": "几？", "answer": { "value": 7, "tolerance": 0 } }),
        ),
        (
            declared("R", "multiple", "directedPair", &correct(&["w2 g1", "w1 g2"])),
            "<gapMatchInteraction responseIdentifier=\"R\"><gapText identifier=\"w1\">猫</gapText><gapText identifier=\"w2\">狗</gapText><p><gap identifier=\"g1\"/>和<gap identifier=\"g2\"/></p></gapMatchInteraction>".to_owned(),
            json!({ "kind": "blank", "stem": "{{1}}和{{2}}", "answer": [["狗"], ["猫"]] }),
        ),
        (
            declared("R", "single", "identifier", &correct(&["h2"])),
            "<hottextInteraction responseIdentifier=\"R\"><p>甲<hottext identifier=\"h1\">乙</hottext><hottext identifier=\"h2\">丙</hottext></p></hottextInteraction>".to_owned(),
            json!({ "kind": "single", "stem": "甲乙丙", "options": { "A": "乙", "B": "丙" }, "answer": "B" }),
        ),
        (
            declared("R", "single", "string", ""),
            "<rubricBlock view=\"scorer\"><p>要点</p></rubricBlock><extendedTextInteraction responseIdentifier=\"R\"><prompt>谈<bdo dir=\"ltr\">谈</bdo></prompt></extendedTextInteraction>".to_owned(),
            json!({ "kind": "essay", "stem": "谈谈", "answer": "要点" }),
        ),
    ]);
}

#[test]
fn rules_say_what_declarations_leave_open() {
    let rules = |inner: &str| format!("<responseProcessing>{inner}</responseProcessing>");
    let numeric = |mode: &str, tolerance: &str| {
        let [_, file] = item(
            &declared("R", "single", "float", &correct(&["4.136"])),
            "<p>约<textEntryInteraction responseIdentifier=\"R\"/>万</p>",
        );
        let equal = format!(
            "<equal toleranceMode=\"{mode}\" tolerance=\"{tolerance}\"><variable identifier=\"R\"/><correct identifier=\"R\"/></equal>"
        );
        one(&file.replace("</itemBody>", &format!("</itemBody>{}", rules(&equal))))
    };
    assert_eq!(numeric("absolute", "0.5 0.5")["answer"], json!({ "value": 4.136, "tolerance": 0.5 }));
    assert_eq!(
        numeric("relative", "5.0 5.0"),
        json!({ "kind": "numeric", "stem": "约_____万", "answer": { "value": 4.136, "tolerance": 0.2068 } })
    );
    let [_, file] = item(
        &declared("R", "single", "identifier", ""),
        &format!("<choiceInteraction responseIdentifier=\"R\">{CHOICES}</choiceInteraction>"),
    );
    let matched = "<not><match><variable identifier=\"R\"/><baseValue>a1</baseValue></match></not><match><variable identifier=\"R\"/><baseValue>a2</baseValue></match>";
    assert_eq!(one(&file.replace("</itemBody>", &format!("</itemBody>{}", rules(matched))))["answer"], json!("B"));
}

#[test]
fn what_is_not_taken_is_named_and_counted() {
    let file = |inner: &str| format!("<list>{inner}</list>");
    let [three, _] = item("<templateDeclaration/>", "<p/>");
    let [_, shot] = item("", "<hotspotInteraction/>");
    let [_, two] = item("", "<choiceInteraction/><sliderInteraction/>");
    let [_, text] = item("", "<p>只有文字</p>");
    let [_, shown] = item(
        &declared("R", "single", "string", &correct(&["x"])),
        "<p><img src=\"m.png\"/><textEntryInteraction responseIdentifier=\"R\"/></p>",
    );
    let feedback = "<modalFeedback identifier=\"incorrect\">错</modalFeedback><modalFeedback identifier=\"correct_fb\">对</modalFeedback></assessmentItem>";
    let shown = shown.replace("</assessmentItem>", feedback);
    let draft = read(file(&[three, shot.clone(), shot, two, text, shown].concat()).as_bytes()).unwrap();
    let found: Vec<(&str, &str)> = draft.remarks.iter().map(|remark| (remark.code, remark.found.as_str())).collect();
    assert_eq!(
        found,
        [
            ("items-skipped", "choiceInteraction + sliderInteraction × 1, hotspotInteraction × 2, template × 1"),
            ("item-skipped", "template: T"),
            ("item-skipped", "hotspotInteraction: T"),
            ("item-skipped", "hotspotInteraction: T"),
            ("item-skipped", "choiceInteraction + sliderInteraction: T"),
            ("text-skipped", "只有文字"),
            ("media-left-out", "m.png"),
            ("feedback-left-out", "错"),
        ]
    );
    assert_eq!(questions(&draft)[0]["explanation"], json!("对"));
    assert!(read(b"<quiz/>").unwrap_err().why.contains("<quiz>"));
}

fn package(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn choice(stem: &str, id: &str) -> String {
    let [_, file] = item(
        &declared("R", "single", "identifier", &correct(&["a2"])),
        &format!("<choiceInteraction responseIdentifier=\"R\"><prompt>{stem}</prompt>{CHOICES}</choiceInteraction>"),
    );
    file.replace("i-1", id)
}

#[test]
fn a_package_is_read_in_the_order_of_its_test_and_nothing_outside_it() {
    let manifest = concat!(
        "<manifest><resources><resource href=\"b.xml\"><metadata><lom><general><keyword><string>difficulty-5</string></keyword></general></lom></metadata></resource>",
        "<resource href=\"a.xml\"/><resource href=\"../../etc/passwd\"/><resource href=\"http://h/x.xml\"/></resources></manifest>",
    );
    let test = "<assessmentTest title=\"卷一\"><testPart><assessmentSection title=\"总纲\"><assessmentItemRef href=\"a.xml\"/></assessmentSection></testPart></assessmentTest>";
    let bytes = package(&[
        ("x/imsmanifest.xml", manifest),
        ("x/b.xml", &choice("乙题", "b")),
        ("x/a.xml", &choice("甲题", "a")),
        ("x/c.xml", &choice("丙题", "c")),
        ("x/c2.xml", &choice("丙题", "c")),
        ("x/t.xml", test),
        ("x/broken.xml", "<assessmentItem>\n<a>"),
        ("../../evil.xml", &choice("丁题", "d")),
        ("x/page.xml", "<html/>"),
    ]);
    assert_eq!(Form::detect("", &bytes), Form::Qti21);
    let draft = read(&bytes).unwrap();
    let told: Vec<(Value, Value, Value)> = questions(&draft)
        .iter()
        .map(|one| (one["stem"].clone(), one["topic"].clone(), one["difficulty"].clone()))
        .collect();
    let null = Value::Null;
    assert_eq!(
        told,
        [
            (json!("甲题"), json!("总纲"), null.clone()),
            (json!("乙题"), null.clone(), json!(5)),
            (json!("丙题"), null.clone(), null.clone()),
            (json!("丁题"), null.clone(), null),
        ]
    );
    assert_eq!(draft.title, Some(json!("卷一")));
    assert_eq!(draft.questions[1].origin.file.as_deref(), Some("x/b.xml"));
    let found: Vec<(&str, &str)> = draft.remarks.iter().map(|remark| (remark.code, remark.found.as_str())).collect();
    assert_eq!(found[0], ("reference-outside", "../../etc/passwd"));
    assert_eq!(found[1], ("reference-outside", "http://h/x.xml"));
    assert_eq!((found[2].0, found[3]), ("file-unreadable", ("repeated-left-out", "1")));
    assert!(!std::path::Path::new("../../evil.xml").exists(), "nothing is unpacked to the disk");
}

fn name(width: u32, height: u32) -> String {
    picture::read(&png(width, height)).unwrap().name
}

/// The stems of a package of these items and pictures, with what is told.
fn stems(items: &[(&str, &str)], pictures: &[(&str, Vec<u8>)]) -> (Vec<String>, Vec<(String, String)>) {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let texts = items.iter().map(|(name, text)| (*name, text.as_bytes()));
    for (name, bytes) in texts.chain(pictures.iter().map(|(name, bytes)| (*name, bytes.as_slice()))) {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    let draft = read(&archive.finish().unwrap().into_inner()).unwrap();
    let stems = questions(&draft).into_iter().map(|question| question["stem"].as_str().unwrap().to_owned());
    let told = draft.remarks.iter().map(|remark| (remark.code.to_owned(), remark.found.clone()));
    (stems.collect(), told.collect())
}

#[test]
fn pictures_of_a_package_are_found_from_the_file_that_shows_them() {
    let img = |address: &str| choice(&format!("看<img src=\"{address}\" alt=\"图\"/>"), &format!("i{}", address.len()));
    let object = choice("看<object data=\"m/a.png\" type=\"image/png\">党徽</object>", "i");
    let first = concat!(
        "<questestinterop><item ident=\"f\"><presentation><material><mattext>看</mattext>",
        "<matimage uri=\"%24IMS-CC-FILEBASE%24/up/d.png?x=1\" label=\"图\"/></material>",
        "<response_str ident=\"r\"><render_fib/></response_str></presentation></item></questestinterop>"
    );
    let items = [
        ("q/1.xml", &*img("m/a.png")),
        ("q/2.xml", &object),
        ("q/3.xml", &img("../m/b%20c.png")),
        ("q/4.xml", &img("elsewhere/only.png")),
        ("q/5.xml", first),
        ("q/6.xml", &img(&format!("data:image/png;base64,{}", encoded(&png(6, 6))))),
        ("q/7.xml", &img("m/v.svg")),
        ("q/8.xml", &img("http://host/only.png")),
        ("q/9.xml", &img("../../../etc/passwd")),
        ("q/10.xml", &img("m/large.png")),
    ];
    let mut large = png(10, 10);
    large.resize(3 * 1024 * 1024, 0);
    let pictures = [
        ("q/m/a.png", png(1, 1)),
        ("m/a.png", png(2, 2)),
        ("m/b c.png", png(3, 3)),
        ("z/only.png", png(4, 4)),
        ("web_resources/up/d.png", png(5, 5)),
        ("q/m/v.svg", b"<svg/>".to_vec()),
        ("q/m/large.png", large),
    ];
    let (stems, told) = stems(&items.map(|(name, text)| (name, text)), &pictures);
    let shown = |alt: &str, size: u32| format!("看![{alt}]({})", name(size, size));
    assert_eq!(
        stems,
        [shown("图", 1), shown("党徽", 1), shown("图", 3), shown("图", 4), shown("图", 5), shown("图", 6)]
            .into_iter()
            .chain(std::iter::repeat_n("看图".to_owned(), 4))
            .collect::<Vec<_>>()
    );
    let left = [
        ("picture-unfit", "m/v.svg"),
        ("media-left-out", "http://host/only.png"),
        ("media-left-out", "../../../etc/passwd"),
        ("picture-unfit", "m/large.png"),
    ];
    assert_eq!(told, left.map(|(code, found)| (code.to_owned(), found.to_owned())));
}

#[test]
fn a_lone_item_finds_its_pictures_beside_it() {
    let files = [("m/a b.png".to_owned(), png(1, 1))].into();
    let beside = Beside::Files(std::sync::Arc::new(files));
    let file = choice("看<img src=\"m/a%20b.png\"/><img src=\"http://h/m/a.png\" alt=\"外\"/>", "i");
    let draft = super::read(file.as_bytes(), &beside).unwrap();
    assert_eq!(questions(&draft)[0]["stem"], json!(format!("看![]({})外", name(1, 1))));
}

#[test]
fn what_is_to_be_typed_is_words() {
    let word = "<gapText identifier=\"w\">x<math><mi>y</mi></math></gapText>";
    let [_, file] = item(
        &declared("R", "multiple", "directedPair", &correct(&["w G"])),
        &format!(
            "<gapMatchInteraction responseIdentifier=\"R\">{word}<p>在<gap identifier=\"G\"/></p></gapMatchInteraction>"
        ),
    );
    let draft = read(file.as_bytes()).unwrap();
    assert_eq!(questions(&draft)[0]["answer"], json!([["xy"]]));
    let told: Vec<(&str, &str)> = draft.remarks.iter().map(|one| (one.code, one.found.as_str())).collect();
    assert_eq!(told, [("choices-as-gaps", "在{{1}}"), ("formula-flattened", "xy")]);
}

#[test]
fn bombs_are_refused_while_they_are_read() {
    let bomb = format!("<assessmentItem>{}", " ".repeat(65 * 1024 * 1024));
    assert!(read(&package(&[("a.xml", &bomb)])).unwrap_err().why.contains("64 MB"));
    let deep = format!("<assessmentItem>{}{}</assessmentItem>", "<p>".repeat(100_000), "</p>".repeat(100_000));
    let draft = read(&package(&[("a.xml", &deep)])).unwrap();
    assert_eq!(remarks(&draft).len(), 1);
    assert!(read(deep.as_bytes()).unwrap_err().why.contains("200"));
    for bytes in [&b"PK\x03\x04"[..], b"PK", b""] {
        assert!(read(bytes).is_err());
    }
    assert_eq!(read(&package(&[("a.xml", "<html/>")])).unwrap(), Draft::default());
}

#[test]
fn every_kind_comes_back_in_both_versions() {
    let bank = bank(&json!([
        { "id": "1", "topic": "t", "kind": "order", "stem": "s  t\n\nu", "options": { "A": "甲", "B": "乙" }, "answer": ["B", "A"], "explanation": "因为\n如此" },
        { "id": "b", "topic": "t", "kind": "blank", "stem": "<i>{{1}}{{2}}</i>", "answer": [["x", "X y"], ["y"]] },
        { "id": "c", "topic": "u", "kind": "numeric", "stem": "s", "answer": { "value": -1.5, "tolerance": 0.25, "units": ["年"] } },
        { "id": "d", "topic": "u", "kind": "short", "stem": "s", "retired": true, "explanation": "e", "answer": "m\nn" },
        { "id": "m", "topic": "t", "kind": "match", "stem": "配", "options": { "A": "甲", "B": "乙" }, "targets": { "1": "一", "2": "二", "3": "三" }, "answer": { "A": "2", "B": "2" } },
        { "id": "s", "topic": "t", "kind": "single", "stem": "s", "options": { "A": "对", "B": "错" }, "answer": "A", "cite": "c" },
    ]));
    for form in [Form::Qti21, Form::Qti3] {
        let written = write(&bank, &[], form, Language::Zh).unwrap();
        let found: Vec<&str> = written.remarks.iter().map(|remark| remark.found.as_str()).collect();
        assert_eq!(found, ["c: answer/units", "s: cite"]);
        assert_eq!(Form::detect("x", &written.bytes), Form::Qti21);
        let read_again = read(&written.bytes).unwrap();
        assert_eq!(
            (read_again.title.clone(), read_again.topics[0].clone()),
            (Some(json!("b")), ("t".to_owned(), json!("党章/总纲")))
        );
        assert_eq!(finished(&read_again).questions[0].explanation, bank.questions[0].explanation);
    }
}

proptest! {
    #[test]
    fn what_is_written_comes_back(bank in banks(), three in any::<bool>()) {
        let form = if three { Form::Qti3 } else { Form::Qti21 };
        let written = write(&bank, &[], form, Language::Zh).unwrap();
        prop_assert_eq!(&written.remarks, &vec![]);
        let read_again = read(&written.bytes).unwrap();
        prop_assert_eq!(&read_again.remarks, &vec![]);
        prop_assert_eq!(finished(&read_again).questions, bank.questions);
    }

    #[test]
    fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), odd in "(<(assessmentItem|itemBody|prompt|choiceInteraction|textEntryInteraction|gap|simpleChoice|responseDeclaration|correctResponse|value)( identifier=\"R\"| responseIdentifier=\"R\")?/>|[a-z ]){0,30}") {
        let _ = read(&bytes);
        let _ = read(format!("<assessmentItem><itemBody>{odd}</itemBody></assessmentItem>").as_bytes());
        let _ = read(format!("<questestinterop><item><presentation>{odd}</presentation></item></questestinterop>").as_bytes());
        let mut named = package(&[("a.xml", &choice("s", "a"))]);
        let at = bytes.len() % named.len();
        if let Some(byte) = named.get_mut(at) {
            *byte = byte.wrapping_add(bytes.first().copied().unwrap_or(1));
        }
        let _ = read(&named);
    }
}
