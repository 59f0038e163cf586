use super::{Draft, field_of};
use crate::formats::test_json;
use crate::rules::bank::ProblemCode;
use crate::web::input::Fields;
use serde_json::json;

fn file() -> String {
    json!({ "test": "t", "title": { "zh": "考试", "en": "Test" }, "occasion": "annual",
        "audience": { "branches": ["HQ", "B"], "except": ["A1"] },
        "opens": "2026-11-20T09:00:00+08:00", "closes": "2026-11-20T18:00:00+08:00", "minutes": 30, "attempts": 2,
        "keep": "mean", "pass": 62.5, "excellent": 85, "review": "never", "late_minutes": 15, "earliest_submit_minutes": 10,
        "sections": [
            { "kind": "single", "points": 1.5, "draw": [
                { "bank": "b", "topics": ["x", "y"], "count": 6, "difficulty": { "1-2": 2, "3": 4 } },
                { "bank": "b", "count": 4, "difficulty": { "1-3": 1, "4": 3 } }] },
            { "title": { "zh": "多选" }, "kind": "multiple", "points": 2, "policy": "per_option", "draw": [{ "bank": "c", "count": 3 }] }] })
    .to_string()
}

#[test]
fn a_test_goes_through_the_form_unchanged() {
    let definition = test_json::read(file().as_bytes()).unwrap();
    let draft = Draft::of(&definition);
    assert_eq!(draft.sections[0].rows[1].mix, "1-3: 1, 4: 3");
    let sent = Draft::read(&Fields(draft.fields()));
    assert_eq!(test_json::read(sent.file_text().as_bytes()).unwrap(), definition);
}

#[test]
fn what_is_typed_wrongly_is_kept_and_found_again() {
    let definition = test_json::read(file().as_bytes()).unwrap();
    let mut draft = Draft::of(&definition);
    draft.set("minutes", "半小时");
    draft.set("opens", "明天");
    draft.set("title_zh", " ");
    draft.set("title_en", "");
    draft.branches.clear();
    draft.sections[0].rows[1].count = String::new();
    draft.sections[0].rows[0].bands[0] = "3".into();
    draft.sections[1].points = "２".into();
    let problems = test_json::read(draft.file_text().as_bytes()).unwrap_err();
    let mut fields: Vec<(String, ProblemCode)> =
        problems.iter().map(|problem| (field_of(problem), problem.code)).collect();
    fields.sort_by(|one, two| one.0.cmp(&two.0));
    let expected = [
        ("branches", ProblemCode::Missing),
        ("minutes", ProblemCode::WrongType),
        ("opens", ProblemCode::BadTime),
        ("s0-r0-easy", ProblemCode::BandsSum),
        ("s0-r1-count", ProblemCode::Missing),
        ("title_zh", ProblemCode::Missing),
    ];
    assert_eq!(fields, expected.map(|(field, code)| (field.to_owned(), code)));
    assert_eq!(
        Draft::read(&Fields(draft.fields())),
        Draft { values: Draft::read(&Fields(draft.fields())).values, ..draft }
    );
}

#[test]
fn buttons_add_and_remove() {
    let mut draft = Draft::default();
    assert_eq!(draft.act("add-section").as_deref(), Some("s0-kind"));
    draft.sections[0].rows[0].bank = "b".into();
    assert_eq!(draft.act("add-row:0").as_deref(), Some("s0-r1-bank"));
    assert_eq!(draft.act("add-section").as_deref(), Some("s1-kind"));
    assert_eq!((draft.sections[1].kind.as_str(), draft.sections[1].rows[0].bank.as_str()), ("multiple", "b"));
    draft.act("remove-row:0:0");
    draft.act("remove-row:0:0");
    assert_eq!(draft.sections[0].rows.len(), 1, "a section keeps its last row");
    draft.act("remove-section:1");
    draft.act("remove-section:7");
    for nonsense in ["", "check", "add-row", "add-row:9", "remove-row:0:x", "remove-section:-1"] {
        assert_eq!(draft.act(nonsense), None, "{nonsense}");
    }
    assert_eq!(draft.sections.len(), 1);
}

#[test]
fn names_are_suggested_by_occasion_and_day() {
    let mut draft = Draft::default();
    assert_eq!(draft.name_to_suggest(), "test");
    draft.set("opens", "2026-11-20T09:00");
    for (occasion, name) in [
        ("monthly", "monthly-2026-11"),
        ("quarterly", "quarterly-2026-q4"),
        ("annual", "annual-2026"),
        ("make_up", "make-up-2026-11-20"),
        ("practice", "practice-2026-11-20"),
    ] {
        draft.set("occasion", occasion);
        assert_eq!(draft.name_to_suggest(), name);
    }
}
