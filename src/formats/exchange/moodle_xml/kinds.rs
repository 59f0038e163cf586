//! Kinds of Moodle → kinds of ours.

use super::cloze;
use super::read::{Answer, Reading, inner_text};
use crate::formats::exchange::drafting::{Fields, choice, fields, matching, with_gap};
use crate::formats::exchange::gift::answers::number;
use crate::formats::exchange::sheet::key::verdict;
use crate::formats::exchange::xml::{child, children, text_of};
use crate::rules::question::paper_label;
use serde_json::json;

/// The fields of a question; nothing where its kind can't be taken over.
pub(super) fn question(reading: &mut Reading<'_, '_, '_>, kind: &str) -> Option<Fields> {
    Some(match kind {
        "multichoice" | "multichoiceset" | "oumultiresponse" => multichoice(reading, kind),
        "truefalse" => true_false(reading),
        "shortanswer" => short_answer(reading),
        "numerical" => numerical(reading),
        "matching" | "match" => pairs(reading),
        "essay" => essay(reading),
        "ordering" | "order" => ordering(reading),
        "cloze" | "multianswer" => cloze::question(reading)?,
        "gapselect" | "ddwtos" => missing_words(reading)?,
        _ => return None,
    })
}

fn with_stem(mut fields: Fields, stem: &str) -> Fields {
    fields.insert("stem".to_owned(), json!(stem));
    fields
}

fn multichoice(reading: &mut Reading<'_, '_, '_>, kind: &str) -> Fields {
    let stem = reading.shown("questiontext");
    let answers = reading.answers();
    let says_single =
        child(reading.node, "single").is_none_or(|single| !matches!(text_of(single).trim(), "false" | "0"));
    let full = answers.iter().filter(|answer| answer.is_full()).count();
    let is_single = kind == "multichoice" && says_single && full < 2;
    if says_single && kind == "multichoice" && full > 1 {
        let place = reading.place(reading.node);
        reading.draft.remark(place, "several-right", &stem);
    }
    let is_right = |answer: &Answer<'_, '_>| if is_single { answer.is_full() } else { answer.fraction > 0.0 };
    let mut options = Vec::with_capacity(answers.len());
    for (index, answer) in answers.iter().enumerate() {
        let text = reading.show(answer.node);
        reading.note(format!("/options/{}", paper_label(index)), answer.node);
        if is_single && answer.fraction > 0.0 && !answer.is_full() {
            let place = reading.place(answer.node);
            reading.draft.remark(place, "partial-credit", &text);
        }
        options.push(text);
    }
    let right: Vec<bool> = answers.iter().map(is_right).collect();
    let key = answers.iter().find(|answer| is_single && is_right(answer));
    let mut fields = with_stem(choice(if is_single { "single" } else { "multiple" }, options, &right), &stem);
    reading.explain(&mut fields, key, &answers);
    fields
}

fn true_false(reading: &mut Reading<'_, '_, '_>) -> Fields {
    let mut fields = fields(json!({ "kind": "true_false", "stem": reading.shown("questiontext") }));
    let answers = reading.answers();
    let key = answers.iter().find(|answer| answer.is_full());
    if let Some(key) = key {
        reading.note("/answer".to_owned(), key.node);
        let word = inner_text(key.node);
        let answer = verdict(&word, false).map_or_else(|| json!(word), |is_right| json!(is_right));
        fields.insert("answer".to_owned(), answer);
    }
    reading.explain(&mut fields, key, &answers);
    fields
}

fn short_answer(reading: &mut Reading<'_, '_, '_>) -> Fields {
    let stem = with_gap(&reading.shown("questiontext"));
    let answers = reading.answers();
    let mut accept: Vec<String> = Vec::new();
    for answer in &answers {
        // Never HTML, whatever is said of its format.
        let text = inner_text(answer.node).trim().to_owned();
        let place = reading.place(answer.node);
        if answer.is_full() {
            if text.replace("\\*", "").contains('*') {
                reading.draft.remark(place, "wildcard", &text);
            }
            let text = text.replace("\\*", "*");
            if accept.is_empty() {
                reading.note("/answer".to_owned(), answer.node);
            }
            if !accept.contains(&text) {
                accept.push(text);
            }
        } else if answer.fraction > 0.0 {
            reading.draft.remark(place, "partial-credit", text);
        }
    }
    let mut fields = fields(json!({ "kind": "blank", "stem": stem }));
    if !accept.is_empty() {
        fields.insert("answer".to_owned(), json!([accept]));
    }
    reading.explain(&mut fields, answers.iter().find(|answer| answer.is_full()), &answers);
    fields
}

fn numerical(reading: &mut Reading<'_, '_, '_>) -> Fields {
    let mut fields = fields(json!({ "kind": "numeric", "stem": reading.shown("questiontext") }));
    let answers = reading.answers();
    let key = answers.iter().find(|answer| answer.is_full());
    if let Some(key) = key {
        reading.note("/answer".to_owned(), key.node);
        let value = inner_text(key.node).trim().to_owned();
        let tolerance = child(key.node, "tolerance").map(text_of).unwrap_or_default();
        let tolerance = if tolerance.trim().is_empty() { "0".to_owned() } else { tolerance };
        let units = units(reading);
        let answer = match (number(&value), number(&tolerance)) {
            (Some(value), Some(tolerance)) => json!({ "value": value, "tolerance": tolerance, "units": units }),
            _ => json!(value),
        };
        fields.insert("answer".to_owned(), answer);
    }
    for answer in &answers {
        let is_key = key.is_some_and(|key| key.node == answer.node);
        if answer.fraction > 0.0 && !is_key {
            let code = if answer.is_full() { "answer-left-out" } else { "partial-credit" };
            let place = reading.place(answer.node);
            reading.draft.remark(place, code, inner_text(answer.node));
        }
    }
    reading.explain(&mut fields, key, &answers);
    fields
}

/// The units that mean what the value means; others would need a factor.
fn units(reading: &mut Reading<'_, '_, '_>) -> Vec<String> {
    let mut units = Vec::new();
    for unit in child(reading.node, "units").into_iter().flat_map(|units| children(units, "unit")) {
        let name = child(unit, "unit_name").map(text_of).unwrap_or_default().trim().to_owned();
        let factor = child(unit, "multiplier").map(text_of).unwrap_or_default();
        if name.is_empty() || units.contains(&name) {
            continue;
        }
        if factor.trim().parse::<f64>().is_ok_and(|factor| (factor - 1.0).abs() > 1e-9) {
            let place = reading.place(unit);
            reading.draft.remark(place, "unit-left-out", name);
        } else {
            units.push(name);
        }
    }
    units
}

fn pairs(reading: &mut Reading<'_, '_, '_>) -> Fields {
    let stem = reading.shown("questiontext");
    let (mut pairs, mut more) = (Vec::new(), Vec::new());
    for node in children(reading.node, "subquestion") {
        let option = reading.show(node);
        let target = child(node, "answer").map(|answer| reading.show(answer)).unwrap_or_default();
        if option.is_empty() {
            more.push(target);
        } else {
            reading.note(format!("/options/{}", paper_label(pairs.len())), node);
            pairs.push((option, target));
        }
    }
    let mut fields = with_stem(matching(pairs, more), &stem);
    reading.explain(&mut fields, None, &[]);
    fields
}

fn essay(reading: &mut Reading<'_, '_, '_>) -> Fields {
    let mut fields = fields(json!({ "kind": "essay", "stem": reading.shown("questiontext") }));
    let model = reading.shown("graderinfo");
    reading.explain(&mut fields, None, &[]);
    let model = if model.is_empty() { fields.remove("explanation") } else { Some(json!(model)) };
    if let Some(model) = model {
        fields.insert("answer".to_owned(), model);
    }
    fields
}

/// The answers stand in the right order.
fn ordering(reading: &mut Reading<'_, '_, '_>) -> Fields {
    let stem = reading.shown("questiontext");
    let mut answers = reading.answers();
    answers.sort_by(|one, other| one.fraction.total_cmp(&other.fraction));
    let mut options = Vec::with_capacity(answers.len());
    for (index, answer) in answers.iter().enumerate() {
        reading.note(format!("/options/{}", paper_label(index)), answer.node);
        options.push(reading.show(answer.node));
    }
    let all = vec![true; options.len()];
    let mut fields = with_stem(choice("order", options, &all), &stem);
    reading.explain(&mut fields, None, &[]);
    fields
}

/// `[[1]]` in the text stands for the first of the words to choose from.
fn missing_words(reading: &mut Reading<'_, '_, '_>) -> Option<Fields> {
    let text = reading.shown("questiontext");
    let node = reading.node;
    let words = children(node, "selectoption").chain(children(node, "dragbox"));
    let words: Vec<_> = words.map(|word| (reading.show(word), child(word, "group").map(text_of))).collect();
    let mut stem = String::new();
    let mut right: Vec<usize> = Vec::new();
    let mut pieces = text.split("[[");
    stem.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (number, rest) = piece.split_once("]]")?;
        let index = number.trim().parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < words.len())?;
        right.push(index);
        stem.push_str(&cloze::marker(right.len()));
        stem.push_str(rest);
    }
    let (word, group) = words.get(*right.first()?)?;
    let mut fields = if let [_] = right.as_slice() {
        let options: Vec<String> =
            words.iter().filter(|(_, other)| other == group).map(|(word, _)| word.clone()).collect();
        let is_right: Vec<bool> = options.iter().map(|option| option == word).collect();
        with_stem(choice("single", options, &is_right), &stem.replace(&cloze::marker(1), "_____"))
    } else {
        let place = reading.place(node);
        reading.draft.remark(place, "choices-as-gaps", &text);
        let accept = right.iter().map(|index| words.get(*index).map(|(word, _)| vec![word.clone()]));
        let accept: Option<Vec<Vec<String>>> = accept.collect();
        fields(json!({ "kind": "blank", "stem": stem, "answer": accept? }))
    };
    reading.explain(&mut fields, None, &[]);
    Some(fields)
}
