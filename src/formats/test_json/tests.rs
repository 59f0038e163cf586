use super::{read, rfc_3339, section::usual_title, write};
use crate::rules::bank::{Problem, ProblemCode};
use crate::rules::blueprint::{Audience, Band, Definition, Keep, Occasion, Review, Row, Section};
use crate::rules::integrity::{Integrity, network};
use crate::rules::make_up::MakeUpOf;
use crate::rules::marking::Marking;
use crate::rules::points::Points;
use crate::rules::question::{Kind, Policy};
use crate::rules::sample::{By, Sample, Size};
use crate::rules::text::Text;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;

const SOUND: &str = r#"{
  "test": "2026-annual", "occasion": "annual", "title": {"zh": "年度", "en": "Annual"},
  "audience": {"branches": ["HQ", "机关 一"], "except": ["B2"]},
  "opens": "2026-11-20T09:00:00+08:00", "closes": "2026-11-20T18:00:00+08:00",
  "minutes": 60, "late_minutes": 30, "pass": 62.5, "review": "never",
  "sections": [
    {"kind": "single", "points": 2, "draw": [
      {"bank": "b", "count": 10, "difficulty": {"1-2": 4, "3": 4, "4-5": 2}}, {"bank": "c", "topics": ["m"], "count": 5}]},
    {"title": "M", "kind": "multiple", "points": 0.5, "policy": "per_option", "draw": [{"bank": "b", "count": 5}]}
  ]
}"#;

fn broken(piece: &str, by: &str) -> Problem {
    assert_eq!(SOUND.matches(piece).count(), 1, "{piece}");
    let problems = read(SOUND.replace(piece, by).as_bytes()).unwrap_err();
    assert_eq!(problems.len(), 1, "{by}: {problems:?}");
    problems.into_iter().next().unwrap()
}

#[test]
fn a_test_is_read_with_its_defaults() {
    let test = read(SOUND.as_bytes()).unwrap();
    assert_eq!((test.attempts, test.keep, test.excellent), (1, Keep::Best, Points::from_hundredths(9000)));
    assert_eq!((test.late_minutes, test.earliest_submit_minutes), (Some(30), None));
    assert_eq!(test.opens_at_ms, 1_795_136_400_000);
    assert_eq!(test.sections[0].title, usual_title(Kind::Single));
    assert_eq!((test.sections[0].policy, test.sections[1].policy), (Policy::AllOrNothing, Policy::PerOption));
    assert_eq!(test.sections[0].draw[0].difficulty[1], (Band { from: 3, to: 3 }, 4));
    let least = SOUND.replace("\"occasion\": \"annual\", ", "").replace("\"pass\": 62.5, \"review\": \"never\",", "");
    let test = read(least.as_bytes()).unwrap();
    assert_eq!(
        (test.occasion, test.pass, test.review),
        (Occasion::Monthly, Points::from_hundredths(6000), Review::AfterClose)
    );
    let strict = read(SOUND.replace("62.5", "95").as_bytes()).unwrap();
    assert_eq!(strict.excellent, strict.pass, "a line left out gives way");
}

#[test]
fn every_mistake_has_its_own_problem() {
    use ProblemCode as P;
    for (piece, by, code, found) in [
        ("\"test\": \"2026-annual\", ", "", P::Missing, ""),
        ("\"test\": \"2026-annual\"", "\"test\": \"年\"", P::BadName, "年"),
        ("\"annual\"", "\"yearly\"", P::NotOneOf, "yearly"),
        ("[\"HQ\", \"机关 一\"]", "[]", P::Empty, ""),
        ("[\"HQ\", \"机关 一\"]", "[\"HQ\", \"hq\"]", P::Repeated, "hq"),
        ("[\"HQ\", \"机关 一\"]", "[\"H\\u0007\"]", P::BadCode, "H\u{7}"),
        ("09:00:00+08:00", "09:00:00", P::BadTime, "2026-11-20T09:00:00"),
        ("09:00:00+08:00", "09:00+08:00", P::BadTime, "2026-11-20T09:00+08:00"),
        ("20T18:00:00+08:00", "20T01:00:00Z", P::ClosesFirst, "2026-11-20T01:00:00Z"),
        ("\"minutes\": 60", "\"minutes\": 0", P::OutOfRange, "0"),
        ("\"minutes\": 60", "\"minutes\": 1.5", P::OutOfRange, "1.5"),
        ("\"late_minutes\": 30", "\"late_minutes\": -1", P::OutOfRange, "-1"),
        ("\"late_minutes\": 30", "\"earliest_submit_minutes\": 61", P::OutOfRange, "61"),
        ("\"late_minutes\": 30", "\"late_minute\": 30", P::UnknownField, "late_minute"),
        ("\"late_minutes\": 30", "\"policy\": \"per_option\"", P::UnknownField, "policy"),
        ("62.5", "62.555", P::BadPoints, "62.555"),
        ("62.5", "101", P::OutOfRange, "101"),
        ("\"pass\": 62.5", "\"pass\": 62.5, \"excellent\": 60", P::ExcellentBelowPass, "60"),
        ("\"never\"", "\"after_submit\"", P::PracticeOnly, "after_submit"),
        ("\"points\": 2", "\"points\": 0", P::OutOfRange, "0"),
        ("\"points\": 2", "\"points\": \"2\"", P::WrongType, "string"),
        ("\"points\": 2", "\"points\": 2, \"policy\": \"per_option\"", P::NotForKind, "policy"),
        ("\"count\": 5}]},", "\"count\": 0}]},", P::OutOfRange, "0"),
        ("\"count\": 5}]},", "\"count\": 999}]},", P::TooMany, "1014"),
        ("\"1-2\": 4", "\"1-3\": 4", P::BandsOverlap, "3"),
        ("\"1-2\": 4", "\"0-2\": 4", P::OutOfRange, "0-2"),
        ("\"1-2\": 4", "\"1-2\": 5", P::BandsSum, "11"),
        ("[{\"bank\": \"b\", \"count\": 5}]", "[]", P::Empty, ""),
        ("[\"m\"]", "[\"m\", \"m\"]", P::Repeated, "m"),
    ] {
        let problem = broken(piece, by);
        assert_eq!((problem.code, &*problem.found), (code, found), "{by}");
    }
}

#[test]
fn times_are_rfc_3339_with_an_offset() {
    for good in
        ["2026-11-20T09:00:00+08:00", "2026-11-20T01:00:00Z", "2026-11-20t01:00:00.000z", "2026-11-20 01:00:00-00:00"]
    {
        assert_eq!(rfc_3339(good), Some(1_795_136_400_000), "{good}");
    }
    for bad in [
        "",
        "2026-11-20",
        "2026-11-20T09:00:00+08",
        "2026-11-20T09:00:00+0800",
        "2026-11-20T09:00:00.+08:00",
        "2026-11-20T09:00:00+08:00[Asia/Shanghai]",
        "2026-02-30T09:00:00Z",
        "2026-11-20T25:00:00Z",
        "2026-W47-5T09:00:00Z",
        "２026-11-20T09:00:00Z",
    ] {
        assert_eq!(rfc_3339(bad), None, "{bad}");
    }
}

fn row() -> impl Strategy<Value = Row> {
    let bands = prop_oneof![
        proptest::strategy::Just(vec![]),
        (1..9_u32, 1..9_u32).prop_map(|(a, b)| vec![(Band { from: 1, to: 2 }, a), (Band { from: 4, to: 4 }, b)]),
    ];
    ("[a-z0-9._-]{1,9}", option::of("[a-z]{3}"), 1..20_u32, bands).prop_map(|(bank, topic, count, difficulty)| {
        let sum: u32 = difficulty.iter().map(|(_, number)| number).sum();
        Row {
            bank,
            topics: topic.into_iter().collect(),
            count: if difficulty.is_empty() { count } else { sum },
            difficulty,
        }
    })
}

fn section() -> impl Strategy<Value = Section> {
    ("[a-z题]{1,5}", select(Kind::ALL.to_vec()), 1..100_000_i64, select(Policy::ALL.to_vec()), vec(row(), 1..4))
        .prop_map(|(title, kind, points, policy, draw)| Section {
            title: Text::Same(title),
            kind,
            points: Points::from_hundredths(points),
            policy: if kind == Kind::Multiple { policy } else { Policy::AllOrNothing },
            draw,
        })
}

fn definition() -> impl Strategy<Value = Definition> {
    let rules =
        (select(Occasion::ALL.to_vec()), select(Keep::ALL.to_vec()), any::<bool>(), 0..5000_i64, 5000..=10_000_i64);
    let window = (0..4_000_000_000_000_i64, 1..10_000_000_000_i64, 1..10_080_u32);
    (rules, window, option::of(0..600_u32), option::of(0..2_u32), vec(section(), 1..4)).prop_map(
        |((occasion, keep, never, pass, excellent), (opens, length, minutes), late, earliest, sections)| Definition {
            test: "t".into(),
            title: Text::Same("T".into()),
            occasion,
            audience: Audience {
                branches: vec!["A".into(), "机关".into()],
                except: vec!["B".into()],
                members: members_of(minutes),
            },
            opens_at_ms: opens,
            closes_at_ms: opens + length,
            minutes,
            attempts: 3,
            keep,
            pass: Points::from_hundredths(pass),
            excellent: Points::from_hundredths(excellent),
            review: match occasion {
                Occasion::Practice => Review::AfterSubmit,
                _ if never => Review::Never,
                _ => Review::AfterClose,
            },
            late_minutes: late,
            earliest_submit_minutes: earliest.map(|minute| minute.min(minutes)),
            integrity: integrity_of(minutes),
            approve_corrections: minutes % 2 == 0,
            make_up_of: (occasion == Occasion::MakeUp).then(|| make_up_of(minutes)),
            sample: (occasion == Occasion::Inspection).then(|| sample_of(minutes)),
            marking: Marking {
                two: minutes % 5 < 2,
                difference: (minutes % 5 == 1).then_some(Points::from_hundredths(250)),
            },
            objection_days: (minutes % 3 == 0).then_some(minutes % 60),
            sections,
        },
    )
}

fn members_of(bits: u32) -> Vec<String> {
    ["m1", "党员"].iter().take((bits % 3).try_into().unwrap()).map(ToString::to_string).collect()
}

fn make_up_of(bits: u32) -> MakeUpOf {
    let cap = (!bits.is_multiple_of(3)).then(|| Points::from_hundredths(i64::from(bits % 10_001)));
    MakeUpOf { test: "first".into(), cap, holds_review: bits.is_multiple_of(2) }
}

fn sample_of(bits: u32) -> Sample {
    if bits.is_multiple_of(2) {
        Sample { size: Size::Share(bits % 100 + 1), by: vec![By::Category] }
    } else {
        Sample { size: Size::PerBranch(bits % 9 + 1), by: vec![By::Branch, By::Category] }
    }
}

/// Some of each, by a number.
fn integrity_of(bits: u32) -> Integrity {
    let is_on = |bit: u32| bits >> bit & 1 == 1;
    let some = |bit: u32, all: &[&str]| -> Vec<String> {
        all.iter().take(if is_on(bit) { all.len() } else { 0 }).map(ToString::to_string).collect()
    };
    Integrity {
        hints: is_on(0),
        full_screen: is_on(1),
        no_copy: is_on(2),
        one_device: is_on(3),
        addresses: some(4, &["10.1.0.0/16", "fd00::7"]).iter().filter_map(|text| network(text)).collect(),
        password: is_on(5).then(|| "红旗".to_owned()),
        safe_exam_browser: some(6, &[&"0f".repeat(32)]),
    }
}

#[test]
fn what_a_make_up_and_an_inspection_say_is_checked() {
    use ProblemCode as P;
    let with = |occasion: &str, field: &str| {
        let file = SOUND.replace("\"annual\"", &format!("\"{occasion}\""));
        read(file.replace("\"minutes\": 60", &format!("\"minutes\": 60, {field}")).as_bytes())
    };
    let make_up = with("make_up", r#""make_up_of": {"test": "first", "cap": 60.5}"#).unwrap().make_up_of;
    let expected = MakeUpOf { test: "first".into(), cap: Some(Points::from_hundredths(6050)), holds_review: false };
    assert_eq!(make_up, Some(expected));
    let sample = with("inspection", r#""sample": {"per_branch": 5}"#).unwrap().sample;
    assert_eq!(sample, Some(Sample { size: Size::PerBranch(5), by: By::ALL.to_vec() }));
    let refused = [
        ("monthly", r#""make_up_of": {"test": "first"}"#, P::NotForOccasion),
        ("make_up", r#""make_up_of": {"cap": 60}"#, P::Missing),
        ("make_up", r#""make_up_of": {"test": "first", "caps": 60}"#, P::UnknownField),
        ("make_up", r#""sample": {"share": 20}"#, P::NotForOccasion),
        ("inspection", r#""sample": {}"#, P::OneOfFields),
        ("inspection", r#""sample": {"share": 20, "per_branch": 5}"#, P::OneOfFields),
        ("inspection", r#""sample": {"share": 0}"#, P::OutOfRange),
        ("inspection", r#""sample": {"per_branch": 5, "by": ["category"]}"#, P::Missing),
        ("inspection", r#""sample": {"share": 5, "by": ["category", "category"]}"#, P::Repeated),
    ];
    for (occasion, field, code) in refused {
        let problems = with(occasion, field).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [code], "{field}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(definition in definition()) {
        let file = write(&definition).to_string();
        prop_assert_eq!(read(file.as_bytes()), Ok(definition), "{}", file);
    }

    #[test]
    fn no_mutation_makes_it_panic(at in 0..SOUND.len(), length in 0..9_usize, by in "[\\[\\]{}\",:a0.-]{0,3}") {
        let mut bytes = SOUND.as_bytes().to_vec();
        bytes.splice(at..(at + length).min(SOUND.len()), by.bytes());
        let _ = read(&bytes);
    }
}
