//! What an item asks → kinds of ours.

use super::Reading;
use super::item::{Declared, Item, html};
use super::names::{all, attribute, name};
use crate::formats::exchange::drafting::{Fields, choice, fields, matching};
use crate::formats::exchange::gift::answers::number;
use crate::formats::exchange::sheet::key::verdict;
use crate::rules::question::paper_label;
use crate::rules::text::fold;
use roxmltree::Node;
use serde_json::{Number, Value, json};
use std::collections::BTreeSet;

/// By this items of our own are known.
pub(super) const TOOL: &str = "Kaohe";
/// What stands where something was to be chosen in a text.
pub(super) const LINE: &str = "_____";
const GAP: &str = "{{1}}";

/// The fields of a question; nothing where the item can't be taken over, which is told.
pub(super) fn question(reading: &mut Reading<'_, '_, '_>, item: &Item<'_, '_>) -> Option<Fields> {
    let stem = reading.show(&html(item.body));
    let kinds: BTreeSet<String> = item.asked.iter().map(|asked| name(*asked).into_owned()).collect();
    let kind = kinds.iter().map(String::as_str).collect::<Vec<&str>>().join(" + ");
    let mut made = match item.asked.as_slice() {
        [] => {
            let title = reading.title();
            reading.remark("text-skipped", if stem.is_empty() { title } else { stem });
            return None;
        }
        [one] => match &*kind {
            "choiceInteraction" => Some(chosen(reading, item, *one, "simpleChoice")),
            "hottextInteraction" => Some(chosen(reading, item, *one, "hottext")),
            "inlineChoiceInteraction" => Some(chosen(reading, item, *one, "inlineChoice")),
            "orderInteraction" => Some(ordered(reading, item, *one)),
            "matchInteraction" | "associateInteraction" => matched(reading, item, *one),
            "gapMatchInteraction" => gap_words(reading, item, *one, &stem),
            "extendedTextInteraction" => Some(written(reading, item, *one)),
            "textEntryInteraction" if is_number(&item.declared(*one)) => Some(numeric(reading, item, *one)),
            "textEntryInteraction" => Some(filled(reading, item, &stem)),
            _ => None,
        },
        _ if kinds.iter().all(|kind| matches!(&**kind, "textEntryInteraction" | "inlineChoiceInteraction")) => {
            Some(filled(reading, item, &stem))
        }
        _ => None,
    };
    if let Some(made) = &mut made {
        let is_blank = made.get("kind") == Some(&json!("blank"));
        let at_end = stem.strip_suffix(GAP).map(str::trim_end).filter(|stem| !stem.is_empty() && !stem.contains(GAP));
        let is_numeric = made.get("kind") == Some(&json!("numeric"));
        let shown = match at_end {
            _ if is_blank => stem,
            Some(before) if is_numeric => before.to_owned(),
            _ => stem.replace(GAP, LINE),
        };
        made.insert("stem".to_owned(), json!(shown));
    } else {
        reading.skip(&kind);
    }
    made
}

/// What can be chosen: names and texts.
fn offered<'a>(reading: &mut Reading<'_, '_, '_>, asked: Node<'a, '_>, wanted: &'static str) -> Vec<(&'a str, String)> {
    let mut offered = Vec::new();
    for (index, node) in all(asked, wanted).enumerate() {
        reading.note(format!("/options/{}", paper_label(index)), node);
        let text = reading.show(&html(node));
        offered.push((attribute(node, "identifier").unwrap_or_default(), text));
    }
    offered
}

fn note_key(reading: &mut Reading<'_, '_, '_>, declared: &Declared<'_, '_>) {
    if let Some(node) = declared.node {
        reading.note("/answer".to_owned(), node);
    }
}

fn chosen<'a, 'i>(
    reading: &mut Reading<'_, '_, '_>,
    item: &Item<'a, 'i>,
    asked: Node<'a, 'i>,
    wanted: &'static str,
) -> Fields {
    let declared = item.declared(asked);
    note_key(reading, &declared);
    let offered = offered(reading, asked, wanted);
    let is_right = |id: &str| declared.correct.iter().any(|correct| correct == id);
    let is_multiple = declared.cardinality == "multiple" && attribute(asked, "maxChoices") != Some("1");
    if !is_multiple && let Some(verdicts) = verdicts(reading, &offered) {
        let answer = verdicts.iter().zip(&offered).find(|(_, (id, _))| is_right(id)).map(|(verdict, _)| *verdict);
        return answer.map_or_else(
            || fields(json!({ "kind": "true_false" })),
            |answer| fields(json!({ "kind": "true_false", "answer": answer })),
        );
    }
    if !is_multiple {
        partial(reading, &declared);
    }
    let right: Vec<bool> = offered.iter().map(|(id, _)| is_right(id)).collect();
    let options = offered.into_iter().map(|(_, text)| text).collect();
    choice(if is_multiple { "multiple" } else { "single" }, options, &right)
}

/// What earns some points without being correct.
fn partial(reading: &mut Reading<'_, '_, '_>, declared: &Declared<'_, '_>) {
    let partial = declared.mapped.iter().filter(|(key, value)| *value > 0.0 && !declared.correct.contains(key));
    for (key, _) in partial {
        reading.remark("partial-credit", key.as_str());
    }
}

/// What two options say, where one is right and the other wrong. Ours are known by their names alone: a choice between
/// these words stays one.
fn verdicts(reading: &Reading<'_, '_, '_>, offered: &[(&str, String)]) -> Option<[bool; 2]> {
    let [one, other] = offered else { return None };
    let is_name = |name: &str| matches!(&*name.to_ascii_lowercase(), "true" | "false" | "t" | "f");
    let by_name = [one.0, other.0].map(|name| sure_verdict(name).filter(|_| is_name(name)));
    let is_ours = attribute(reading.node, "toolName") == Some(TOOL);
    let by_text = if is_ours { [None; 2] } else { [&one.1, &other.1].map(|text| sure_verdict(text)) };
    [by_text, by_name].into_iter().find_map(|both| match both {
        [Some(one), Some(other)] if one != other => Some([one, other]),
        _ => None,
    })
}

/// Whether a word says right or wrong where it could as well be the name of something else.
pub(super) fn sure_verdict(word: &str) -> Option<bool> {
    verdict(word, false).filter(|_| !matches!(&*fold(word), "x" | "y" | "n"))
}

/// Labels of options by their names.
fn labels(offered: &[(&str, String)], names: &[String]) -> Vec<String> {
    let label = |name: &String| offered.iter().position(|(id, _)| id == name).map(paper_label);
    names.iter().map(|name| label(name).unwrap_or_else(|| name.clone())).collect()
}

fn ordered<'a, 'i>(reading: &mut Reading<'_, '_, '_>, item: &Item<'a, 'i>, asked: Node<'a, 'i>) -> Fields {
    let declared = item.declared(asked);
    note_key(reading, &declared);
    let offered = offered(reading, asked, "simpleChoice");
    let answer = labels(&offered, &declared.correct);
    let all = vec![false; offered.len()];
    let mut fields = choice("order", offered.into_iter().map(|(_, text)| text).collect(), &all);
    if !answer.is_empty() {
        fields.insert("answer".to_owned(), json!(answer));
    }
    fields
}

/// Pairs of two sets, or of one; each of one side must have exactly one partner.
fn matched<'a, 'i>(reading: &mut Reading<'_, '_, '_>, item: &Item<'a, 'i>, asked: Node<'a, 'i>) -> Option<Fields> {
    let declared = item.declared(asked);
    let pairs: Vec<(&str, &str)> =
        declared.correct.iter().filter_map(|pair| pair.split_once(char::is_whitespace)).collect();
    let pairs: Vec<(&str, &str)> = pairs.into_iter().map(|(one, other)| (one.trim(), other.trim())).collect();
    let sets: Vec<Node<'a, 'i>> = all(asked, "simpleMatchSet").collect();
    let (left, right) = match sets.as_slice() {
        [left, right] => {
            (offered(reading, *left, "simpleAssociableChoice"), offered(reading, *right, "simpleAssociableChoice"))
        }
        [] => {
            let of = |ids: Vec<&str>, all: &[(&'a str, String)]| -> Vec<(&'a str, String)> {
                ids.iter().filter_map(|id| all.iter().find(|(known, _)| known == id).cloned()).collect()
            };
            let all = offered(reading, asked, "simpleAssociableChoice");
            let left = of(pairs.iter().map(|(one, _)| *one).collect(), &all);
            let right = all.iter().filter(|(id, _)| !left.iter().any(|(other, _)| other == id)).cloned().collect();
            (left, right)
        }
        _ => return None,
    };
    reading.origins.clear();
    note_key(reading, &declared);
    let turned: Vec<(&str, &str)> = pairs.iter().map(|(one, other)| (*other, *one)).collect();
    paired(&left, &right, &pairs).or_else(|| paired(&right, &left, &turned))
}

fn paired(options: &[(&str, String)], targets: &[(&str, String)], pairs: &[(&str, &str)]) -> Option<Fields> {
    let mut texts = Vec::with_capacity(options.len());
    for (id, text) in options {
        let mut partners = pairs.iter().filter(|(option, _)| option == id).map(|(_, target)| *target);
        let partner = partners.next().filter(|_| partners.next().is_none())?;
        let (_, target) = targets.iter().find(|(known, _)| *known == partner)?;
        texts.push((text.clone(), target.clone()));
    }
    (!texts.is_empty()).then(|| matching(texts, targets.iter().map(|(_, text)| text.clone()).collect()))
}

/// Gaps to which words are dragged: the words become what is to be filled in.
fn gap_words<'a, 'i>(
    reading: &mut Reading<'_, '_, '_>,
    item: &Item<'a, 'i>,
    asked: Node<'a, 'i>,
    stem: &str,
) -> Option<Fields> {
    let declared = item.declared(asked);
    note_key(reading, &declared);
    let mut words = Vec::new();
    for node in all(asked, "gapText") {
        words.push((attribute(node, "identifier")?, reading.show(&html(node))));
    }
    let mut answer = Vec::new();
    for gap in all(asked, "gap") {
        let id = attribute(gap, "identifier")?;
        let right = declared.correct.iter().filter_map(|pair| pair.split_once(char::is_whitespace));
        let right: Vec<&str> = right.filter(|(_, to)| to.trim() == id).map(|(word, _)| word).collect();
        let accept = words.iter().filter(|(word, _)| right.contains(word)).map(|(_, text)| text);
        answer.push(accept.collect::<Vec<&String>>());
    }
    reading.remark("choices-as-gaps", stem);
    Some(fields(json!({ "kind": "blank", "answer": answer })))
}

fn is_number(declared: &Declared<'_, '_>) -> bool {
    matches!(declared.base, "float" | "integer")
}

fn numeric<'a, 'i>(reading: &mut Reading<'_, '_, '_>, item: &Item<'a, 'i>, asked: Node<'a, 'i>) -> Fields {
    let declared = item.declared(asked);
    note_key(reading, &declared);
    let mut made = fields(json!({ "kind": "numeric" }));
    if let Some(written) = declared.correct.first() {
        let answer = number(written).map(|value| {
            let tolerance = tolerance(&value, &declared).unwrap_or_else(|| Number::from(0));
            json!({ "value": value, "tolerance": tolerance })
        });
        made.insert("answer".to_owned(), answer.unwrap_or_else(|| json!(written)));
    }
    for other in declared.correct.iter().skip(1) {
        reading.remark("answer-left-out", other.as_str());
    }
    made
}

fn tolerance(value: &Number, declared: &Declared<'_, '_>) -> Option<Number> {
    let tolerance = declared.tolerance?;
    let written = tolerance.written.split_whitespace().next()?;
    if !tolerance.is_relative {
        return number(written);
    }
    let share: f64 = written.parse().ok()?;
    // What floating arithmetic adds behind twelve digits is no one's.
    let off = (value.as_f64()? * share / 100.0).abs();
    Number::from_f64(format!("{off:.12}").parse().ok()?)
}

/// Gaps to be filled in; what may be chosen for one becomes what is to be filled in.
fn filled(reading: &mut Reading<'_, '_, '_>, item: &Item<'_, '_>, stem: &str) -> Fields {
    let mut answer: Vec<Value> = Vec::new();
    let mut has_choices = false;
    for asked in &item.asked {
        let declared = item.declared(*asked);
        let mut accept = declared.correct.clone();
        if name(*asked) == "inlineChoiceInteraction" {
            has_choices = true;
            let offered = offered(reading, *asked, "inlineChoice");
            accept = offered
                .into_iter()
                .filter(|(id, _)| accept.iter().any(|one| one == id))
                .map(|(_, text)| text)
                .collect();
        } else {
            let most = declared.mapped.iter().map(|(_, value)| *value).fold(0.0, f64::max);
            let full = declared.mapped.iter().filter(|(_, value)| *value > 0.0 && *value >= most).map(|(key, _)| key);
            for key in full {
                if !accept.contains(key) {
                    accept.push(key.clone());
                }
            }
            partial(reading, &Declared { correct: accept.clone(), ..declared.clone() });
        }
        answer.push(if is_number(&declared) { json!({ "accept": accept, "number": true }) } else { json!(accept) });
    }
    reading.origins.clear();
    if let [asked] = item.asked.as_slice() {
        note_key(reading, &item.declared(*asked));
    }
    if has_choices {
        reading.remark("choices-as-gaps", stem);
    }
    fields(json!({ "kind": "blank", "answer": answer }))
}

fn written<'a, 'i>(reading: &mut Reading<'_, '_, '_>, item: &Item<'a, 'i>, asked: Node<'a, 'i>) -> Fields {
    let declared = item.declared(asked);
    note_key(reading, &declared);
    let mut made = fields(json!({ "kind": "essay" }));
    let rubric = all(reading.node, "rubricBlock")
        .find(|rubric| attribute(*rubric, "view").is_some_and(|view| view.contains("scorer")));
    let model = match rubric {
        _ if !declared.correct.is_empty() => declared.correct.join("\n"),
        Some(rubric) => reading.show(&html(rubric)),
        None => String::new(),
    };
    if !model.is_empty() {
        made.insert("answer".to_owned(), json!(model));
    }
    made
}
