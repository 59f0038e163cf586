use super::{LintCode, lints_of};
use crate::rules::question::{Choice, Key, Question};

fn question(id: &str, stem: &str, options: &[&str], key: Key) -> Question {
    let options = ('A'..).zip(options).map(|(label, text)| Choice { label: label.to_string(), text: (*text).into() });
    Question {
        id: id.into(),
        topic: "t".into(),
        difficulty: 3,
        stem: stem.into(),
        options: options.collect(),
        targets: vec![],
        parts: vec![],
        key,
        explanation: Some("说明".into()),
        cite: Some(crate::rules::question::Cite::Text("第七条".into())),
        excludes: vec![],
        retired: false,
    }
}

fn single(id: &str, stem: &str, options: &[&str], key: &str) -> Question {
    question(id, stem, options, Key::Single(key.into()))
}

fn found(questions: &[Question]) -> Vec<(Option<usize>, LintCode, String)> {
    lints_of(questions).into_iter().map(|lint| (lint.question, lint.code, lint.found)).collect()
}

const STEM: &str = "党的基层委员会、总支部委员会、支部委员会每届任期是（　）年。";

#[test]
fn a_sound_question_is_left_alone() {
    assert_eq!(found(&[single("a", STEM, &["一至二", "三至五", "六至七"], "B")]), []);
}

#[test]
fn options_that_give_themselves_away_are_named() {
    let long = "由上级党组织根据实际情况研究决定并且报备案";
    let questions = [
        single("a", STEM, &["一年", long, "两年"], "B"),
        single("b", "发展党员必须经过的程序由哪一级组织负责，下列选项中正确的是", &["一年", long, "两年"], "A"),
        single("c", "党员的权利包括什么，下列各项中应当选择哪一项", &["发言", "表决", "以上都是"], "C"),
        single("d", "中央委员会全体会议由谁召集，每年至少几次，请选择", &["１次", "1 次", "两次"], "C"),
    ];
    assert_eq!(
        found(&questions),
        [
            (Some(0), LintCode::LongestIsKey, "B".into()),
            (Some(2), LintCode::AllOfTheAbove, "C".into()),
            (Some(3), LintCode::OptionsAlike, "A".into()),
        ]
    );
}

#[test]
fn keys_under_one_label_are_noticed_once_there_are_enough() {
    let stem = |index: usize| {
        (0..14)
            .map(|place| char::from_u32(0x4e00 + u32::try_from(index * 20 + place).unwrap()).unwrap())
            .collect::<String>()
    };
    let keyed = |count: usize, key: fn(usize) -> &'static str| -> Vec<Question> {
        (0..count)
            .map(|index| single(&index.to_string(), &stem(index), &["甲", "乙", "丙", "丁"], key(index)))
            .collect()
    };
    assert_eq!(found(&keyed(19, |_| "A")), []);
    assert_eq!(found(&keyed(20, |_| "A")), [(None, LintCode::KeysInOnePlace, "A 100 %".into())]);
    assert_eq!(found(&keyed(400, |index| ["A", "B", "C", "D"][index % 4])), []);
}

#[test]
fn near_duplicates_are_named_unless_one_excludes_the_other() {
    let one = single("a", STEM, &["一至二", "三至五", "六至七"], "B");
    let like = single("b", &STEM.replace('是', "为"), &["一至二", "三至五", "八至九"], "B");
    assert_eq!(found(&[one.clone(), like.clone()]), [(Some(1), LintCode::NearDuplicate, "a".into())]);
    let linked = Question { excludes: vec!["a".into()], ..like.clone() };
    assert_eq!(found(&[one.clone(), linked]), []);
    let retired = Question { retired: true, ..like };
    assert_eq!(found(&[one, retired]), []);
}

#[test]
fn short_stems_are_told_apart_by_their_options() {
    let stem = "下列说法正确的是";
    let one = single("a", stem, &["党员可以不参加组织生活", "预备党员有表决权", "党费按月交纳"], "C");
    let other = single("b", stem, &["支部大会每年一次", "党课每季度一次", "党小组会每月一次"], "C");
    assert_eq!(found(&[one, other]), []);
}

#[test]
fn contradicting_keys_are_named_whatever_is_excluded() {
    let options = &["一至二", "三至五", "六至七"];
    let one = single("a", STEM, options, "B");
    let other = Question { excludes: vec!["a".into()], ..single("b", STEM, options, "C") };
    assert_eq!(found(&[one.clone(), other]), [(Some(1), LintCode::ContradictingKeys, "a".into())]);
    let seven = single("c", "《中国共产党章程》第七条规定的是下列哪一项内容", &["预备期", "党员义务"], "A");
    let three = single("d", "《中国共产党章程》第三条规定的是下列哪一项内容", &["预备期", "党员义务"], "B");
    assert_eq!(found(&[seven, three]).first().map(|one| one.1), Some(LintCode::NearDuplicate));
    let statement = |id: &str, right| {
        question(id, "预备党员的权利，除了没有表决权外，也没有选举权和被选举权。", &[], Key::TrueFalse(right))
    };
    assert_eq!(
        found(&[statement("e", true), statement("f", false)]),
        [(Some(1), LintCode::ContradictingKeys, "e".into())]
    );
}

/// A case of these parts.
fn case(id: &str, material: &str, parts: impl IntoIterator<Item = Question>) -> Question {
    use crate::rules::question::case::{Part, PartKey};
    let parts: Vec<Question> = parts.into_iter().collect();
    let keys = parts.iter().map(|part| PartKey { share: 1, key: part.key.clone() }).collect();
    let part = |Question { stem, options, targets, explanation, cite, .. }| Part {
        id: None,
        topic: None,
        difficulty: None,
        stem,
        options,
        targets,
        explanation,
        cite,
    };
    Question { parts: parts.into_iter().map(part).collect(), ..question(id, material, &[], Key::Case(keys)) }
}

#[test]
fn the_parts_of_a_case_are_looked_at_one_by_one() {
    let parts = ["a", "b"].map(|id| single(id, "下列选项中正确的是哪一项", &["一年", "两年", "以上都是"], "A"));
    let mut case = case("case", "某支部有党员十二名，一季度没有召开会议。", parts);
    (case.explanation, case.cite) = (None, None);
    let lints = lints_of(&[case.clone()]);
    let places: Vec<(LintCode, &str)> = lints.iter().map(|lint| (lint.code, lint.part.as_str())).collect();
    let summary = LintCode::AllOfTheAbove;
    assert_eq!(places, [(summary, "/parts/0/options/C"), (summary, "/parts/1/options/C")], "its parts explain it");
    case.parts[1].explanation = None;
    assert!(found(&[case]).iter().any(|(_, code, _)| *code == LintCode::NoExplanation));
}

#[test]
fn parts_that_ask_what_a_question_asks_are_named() {
    let options = &["一至二", "三至五", "六至七"];
    let part = |key| single("p", STEM, options, key);
    let material = "某支部有党员十二名，一季度没有召开会议，上级要求整改。";
    let other = "二月里一名预备党员转正，支部大会到会七人，表决通过。";
    let whole = single("q", STEM, options, "B");
    for questions in [
        [case("c", material, [single("o", "这一做法对不对", &["对的", "不对"], "A"), part("C")]), whole.clone()],
        [whole.clone(), case("c", material, [single("o", "这一做法对不对", &["对的", "不对"], "A"), part("C")])],
    ] {
        let lints = lints_of(&questions);
        let told: Vec<(LintCode, &str, &str)> =
            lints.iter().map(|lint| (lint.code, lint.part.as_str(), lint.found.as_str())).collect();
        assert_eq!(told, [(LintCode::NearDuplicate, "/parts/1/stem", "q")], "what is right follows from the material");
    }
    let cases = [case("c", material, [part("A")]), case("d", other, [part("B")])];
    assert_eq!(found(&cases), [], "of another material another part");
    let mut same = [case("c", material, [part("A")]), case("d", material, [part("A")])];
    assert_eq!(found(&same), [(Some(1), LintCode::NearDuplicate, "c".into())]);
    same[1] = case("d", material, [part("B")]);
    assert_eq!(found(&same), [(Some(1), LintCode::ContradictingKeys, "c".into())]);
    // Two questions that are the same are compared with each other and not with a part before them.
    let against = single("r", STEM, options, "C");
    let codes: Vec<(Option<usize>, LintCode)> = found(&[case("c", material, [part("A")]), whole, against])
        .into_iter()
        .map(|(index, code, _)| (index, code))
        .collect();
    assert_eq!(codes, [(Some(0), LintCode::NearDuplicate), (Some(2), LintCode::ContradictingKeys)]);
}
