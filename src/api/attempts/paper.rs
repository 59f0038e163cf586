//! A paper as the API shows it; what review adds comes from outside.

use crate::api::time;
use crate::formats::bank_json;
use crate::rules::paper::Item;
use crate::rules::points::Points;
use crate::rules::question::{Choice, Key, Kind, paper_label, target_label};
use crate::rules::rights::Caller;
use crate::rules::text::Text;
use crate::service::review::Given;
use crate::service::sitting::Sitting;
use crate::service::sitting::standing::is_elsewhere;
use serde::Serialize;
use serde_json::{Map, Value, json as value};

#[derive(Serialize)]
pub(super) struct PaperBody<'s> {
    attempt: &'s str,
    test: &'s str,
    deadline: String,
    server_time: String,
    save_base: i64,
    held_elsewhere: bool,
    sections: Vec<SectionBody<'s>>,
}

#[derive(Serialize)]
pub(super) struct SectionBody<'s> {
    title: &'s Text,
    questions: Vec<QuestionBody<'s>>,
}

#[derive(Serialize)]
struct QuestionBody<'s> {
    position: i64,
    kind: Kind,
    stem: &'s Text,
    points: Points,
    options: Vec<OptionBody<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    targets: Option<Vec<OptionBody<'s>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<PartBody<'s>>>,
    response: Value,
    save: i64,
    /// What review adds.
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// A part of a case.
#[derive(Serialize)]
struct PartBody<'s> {
    kind: Kind,
    stem: &'s Text,
    points: Points,
    options: Vec<OptionBody<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    targets: Option<Vec<OptionBody<'s>>>,
    /// What review adds.
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// What review adds to a question, and to the parts of a case.
#[derive(Default)]
pub(super) struct More {
    question: Map<String, Value>,
    parts: Vec<Map<String, Value>>,
}

#[derive(Serialize)]
struct OptionBody<'s> {
    label: String,
    text: &'s Text,
}

pub(super) fn paper<'s>(caller: &Caller, sitting: &'s Sitting, now_ms: i64) -> PaperBody<'s> {
    PaperBody {
        attempt: &sitting.attempt.id,
        test: &sitting.test.row.name,
        deadline: time(sitting.runs_until(now_ms)),
        server_time: time(now_ms),
        save_base: sitting.attempt.save_base,
        held_elsewhere: is_elsewhere(caller, &sitting.attempt),
        sections: sections(sitting, |_, _| More::default()),
    }
}

pub(super) fn sections(sitting: &Sitting, more: impl Fn(i64, &Item) -> More) -> Vec<SectionBody<'_>> {
    let of = |index: usize| {
        let items = (1_i64..).zip(&sitting.sheet.items).filter(move |(_, item)| usize::from(item.section) == index);
        items
            .map(|(position, item)| {
                let stored = sitting.responses.get(&position);
                let response = stored.and_then(|row| row.response.as_deref());
                let response = response.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
                question((position, item), (response, stored.map_or(0, |row| row.save)), more(position, item))
            })
            .collect()
    };
    let sections = sitting.test.definition.sections.iter().enumerate();
    sections.map(|(index, section)| SectionBody { title: &section.title, questions: of(index) }).collect()
}

/// A question of a paper without its key, with what was answered and the number of that.
pub(in crate::api) fn without_key(at: (i64, &Item), stored: (Value, i64)) -> impl Serialize + use<'_> {
    question(at, stored, More::default())
}

fn question((position, item): (i64, &Item), (response, save): (Value, i64), more: More) -> QuestionBody<'_> {
    QuestionBody {
        position,
        kind: item.question.kind(),
        stem: &item.question.stem,
        points: item.points,
        options: options(item, &item.question.options),
        targets: targets(item, &item.question.targets),
        parts: parts(item, more.parts),
        response,
        save,
        more: more.question,
    }
}

fn options<'q>(item: &Item, choices: &'q [Choice]) -> Vec<OptionBody<'q>> {
    let one = |(shown, &index): (usize, &u8)| {
        Some(OptionBody { label: paper_label(shown), text: &choices.get(usize::from(index))?.text })
    };
    item.options.iter().enumerate().filter_map(one).collect()
}

/// Of a match only.
fn targets<'q>(item: &Item, choices: &'q [Choice]) -> Option<Vec<OptionBody<'q>>> {
    let one = |(shown, &index): (usize, &u8)| {
        Some(OptionBody { label: target_label(shown), text: &choices.get(usize::from(index))?.text })
    };
    (item.question.kind() == Kind::Match).then(|| item.targets().iter().enumerate().filter_map(one).collect())
}

/// Of a case only.
fn parts(item: &Item, more: Vec<Map<String, Value>>) -> Option<Vec<PartBody<'_>>> {
    (item.question.kind() == Kind::Case).then(|| {
        let (parts, mut more) = (item.parts(), more.into_iter());
        item.question
            .parts
            .iter()
            .zip(&parts)
            .map(|(part, asked)| PartBody {
                kind: asked.question.kind(),
                stem: &part.stem,
                points: asked.points,
                options: options(asked, &part.options),
                targets: targets(asked, &part.targets),
                more: more.next().unwrap_or_default(),
            })
            .collect()
    })
}

/// What review adds to a question: mark, key in the paper's labels, explanation, citation and where it comes from; of a
/// case, mark and key of each part as well.
pub(super) fn reviewed(sitting: &Sitting, position: i64, item: &Item, given: &Given) -> More {
    let mut members = explained(item, given.at(position));
    members.insert("bank".into(), value!(item.bank));
    members.insert("id".into(), value!(item.question.id));
    members.insert("topic".into(), value!(item.question.topic));
    members.insert("difficulty".into(), value!(item.question.difficulty));
    let stored = sitting.responses.get(&position).and_then(|row| row.response.as_deref());
    let marks = given.parts_at(position, item, stored);
    More {
        question: members,
        parts: item.parts().iter().zip(marks).map(|(part, mark)| explained(part, mark)).collect(),
    }
}

fn explained(item: &Item, mark: Option<Points>) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("mark".into(), value!(mark));
    members.insert("answer".into(), bank_json::written_answer(&item.paper_key()));
    if matches!(&item.question.key, Key::Blank(gaps) if gaps.any_order) {
        members.insert("any_order".into(), value!(true));
    }
    if let Some(explanation) = &item.question.explanation {
        members.insert("explanation".into(), value!(explanation));
    }
    if let Some(cite) = &item.question.cite {
        members.insert("cite".into(), value!(cite));
    }
    members
}
