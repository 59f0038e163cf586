//! Items of version 1.2, as Canvas and others write them.

mod rules;
mod shown;

use super::Reading;
use super::kinds::LINE;
use crate::formats::exchange::drafting::{Fields, choice, fields, matching, with_gap};
use crate::formats::exchange::gift::answers::{number, numeric};
use crate::formats::exchange::qti::kinds::sure_verdict;
use crate::formats::exchange::xml::{child, text_of};
use crate::rules::question::paper_label;
use crate::rules::text::fold;
use roxmltree::Node;
use rules::Rules;
use serde_json::{Value, json};
use shown::{Presented, Response, Sort, presented};
use std::collections::HashSet;

/// Kinds of Canvas that nothing here is like, whatever they are made of.
const OTHERS: [&str; 4] =
    ["calculated_question", "file_upload_question", "hot_spot_question", "categorization_question"];

pub(super) fn read(reading: &mut Reading<'_, '_, '_>) {
    let node = reading.node;
    let said = metadata(node, "question_type").or_else(|| metadata(node, "cc_profile")).unwrap_or_default();
    let Some(presented) = presented(reading) else { return reading.skip("item") };
    if said == "text_only_question" || presented.responses.is_empty() {
        let title = reading.title();
        let stem = reading.show(&presented.html);
        return reading.remark("text-skipped", if stem.is_empty() { title } else { stem });
    }
    if OTHERS.contains(&&*said) {
        return reading.skip(&said);
    }
    let rules = Rules::of(node);
    let Some(mut fields) = question(reading, &presented, &rules, &said) else {
        let kind = if said.is_empty() { presented.kind() } else { said };
        return reading.skip(&kind);
    };
    if let Some(explanation) = explanation(reading) {
        fields.insert("explanation".to_owned(), json!(explanation));
    }
    let topic = topic(node);
    reading.take(fields, [node.attribute("ident"), None], topic);
}

/// What the metadata of an item or its surroundings say under a label.
fn metadata(node: Node<'_, '_>, label: &str) -> Option<String> {
    let fields = node.descendants().filter(|field| field.tag_name().name() == "qtimetadatafield");
    let mut named =
        fields.filter(|field| child(*field, "fieldlabel").is_some_and(|name| text_of(name).trim() == label));
    named.find_map(|field| Some(text_of(child(field, "fieldentry")?).trim().to_owned()))
}

/// The title of the section or bank that an item stands in.
fn topic(item: Node<'_, '_>) -> Option<String> {
    item.ancestors().skip(1).find_map(|node| match node.tag_name().name() {
        "section" => node.attribute("title").map(str::to_owned),
        "objectbank" => {
            let own = node.children().find(|inner| inner.tag_name().name() == "qtimetadata")?;
            metadata(own, "bank_title")
        }
        _ => None,
    })
}

fn question(
    reading: &mut Reading<'_, '_, '_>,
    presented: &Presented<'_, '_>,
    rules: &Rules,
    said: &str,
) -> Option<Fields> {
    let responses = presented.responses.as_slice();
    let lids = responses.iter().filter(|response| response.sort == Sort::Choice).count();
    let mut stem = reading.show(&presented.html);
    let mut made = match responses {
        [one] if one.sort == Sort::Choice && one.placeholder(&stem).is_none() && said != "matching_question" => {
            chosen(reading, one, rules, said)?
        }
        [one] if one.sort == Sort::Text => {
            let is_number = one.is_number || rules.has_range(&one.ident) || said == "numerical_question";
            if is_number {
                numeric_answer(rules, &one.ident)
            } else if rules.values(&one.ident).is_empty() || said.contains("essay") {
                fields(json!({ "kind": "essay" }))
            } else {
                gaps(reading, presented, rules, said, &mut stem)
            }
        }
        [one] if one.sort == Sort::Choice && is_to_choose(one, said) && one.placeholder(&stem).is_some() => {
            stem = stem.replacen(&one.placeholder(&stem)?, LINE, 1);
            chosen(reading, one, rules, said)?
        }
        _ if lids == responses.len() && responses.iter().all(|one| one.placeholder(&stem).is_some()) => {
            gaps(reading, presented, rules, said, &mut stem)
        }
        _ if lids == responses.len() && responses.iter().all(|one| !one.prompt.is_empty()) => pairs(responses, rules)?,
        _ if lids == 0 => gaps(reading, presented, rules, said, &mut stem),
        _ => return None,
    };
    let is_blank = made.get("kind") == Some(&json!("blank"));
    if !is_blank {
        stem = presented.without_markers(&stem);
    }
    made.insert("stem".to_owned(), json!(stem));
    Some(made)
}

fn chosen(reading: &mut Reading<'_, '_, '_>, one: &Response<'_, '_>, rules: &Rules, said: &str) -> Option<Fields> {
    if one.labels.is_empty() {
        return None;
    }
    for (index, label) in one.labels.iter().enumerate() {
        reading.note(format!("/options/{}", paper_label(index)), label.node);
    }
    let is_ordered = one.cardinality.eq_ignore_ascii_case("ordered");
    let values = rules.values(&one.ident);
    if is_ordered {
        let place = |value: &str| one.labels.iter().position(|label| label.ident == value);
        let answer: Option<Vec<String>> = values.iter().map(|(value, _)| place(value).map(paper_label)).collect();
        let options = one.labels.iter().map(|label| label.text.clone()).collect();
        let mut made = choice("order", options, &[]);
        made.insert("answer".to_owned(), json!(answer?));
        return Some(made);
    }
    let is_multiple = one.cardinality.eq_ignore_ascii_case("multiple") || said.contains("multiple_answers");
    let most = values.iter().map(|(_, score)| *score).fold(0.0, f64::max);
    let is_right = |ident: &str| values.iter().any(|(value, score)| value == ident && (is_multiple || *score >= most));
    let right: Vec<bool> = one.labels.iter().map(|label| is_right(&label.ident)).collect();
    if !is_multiple {
        for label in one.labels.iter().filter(|label| !is_right(&label.ident)) {
            if values.iter().any(|(value, _)| *value == label.ident) {
                reading.remark("partial-credit", label.text.as_str());
            }
        }
        let verdicts: Vec<Option<bool>> = one.labels.iter().map(|label| sure_verdict(&label.text)).collect();
        if let [Some(first), Some(second)] = verdicts.as_slice()
            && first != second
        {
            let answer = right.iter().position(|right| *right).and_then(|at| verdicts.get(at).copied().flatten());
            let mut made = fields(json!({ "kind": "true_false" }));
            made.extend(answer.map(|answer| ("answer".to_owned(), json!(answer))));
            return Some(made);
        }
    }
    let several = !is_multiple && right.iter().filter(|right| **right).count() > 1;
    if several {
        reading.remark("several-right", &*one.ident);
    }
    let kind = if is_multiple || several { "multiple" } else { "single" };
    Some(choice(kind, one.labels.iter().map(|label| label.text.clone()).collect(), &right))
}

/// A number and how far off it may be, from ranges and values.
fn numeric_answer(rules: &Rules, ident: &str) -> Fields {
    let mut made = fields(json!({ "kind": "numeric" }));
    let exact = rules.values(ident).first().map(|(value, _)| value.trim().to_owned());
    let of_range = rules.range(ident).and_then(|(least, most)| numeric(&format!("{least}..{most}")));
    let answer = match (of_range, exact) {
        (Some((value, tolerance)), _) => Some(json!({ "value": value, "tolerance": tolerance })),
        (None, Some(exact)) => Some(number(&exact).map_or_else(|| json!(exact), |value| json!({ "value": value }))),
        (None, None) => None,
    };
    made.extend(answer.map(|answer| ("answer".to_owned(), answer)));
    made
}

/// Gaps in the text: where responses stand in it, or where it names them in brackets.
fn gaps(
    reading: &mut Reading<'_, '_, '_>,
    presented: &Presented<'_, '_>,
    rules: &Rules,
    said: &str,
    stem: &mut String,
) -> Fields {
    for one in &presented.responses {
        if let Some(placeholder) = one.placeholder(stem) {
            *stem = one.without_marker(stem).replacen(&placeholder, &one.marker(), 1);
        }
    }
    if let [one] = presented.responses.as_slice()
        && stem.ends_with(&one.marker())
    {
        *stem = with_gap(&one.without_marker(stem)).replace("{{1}}", &one.marker());
    }
    let mut in_order: Vec<&Response<'_, '_>> = presented.responses.iter().collect();
    in_order.sort_by_key(|one| stem.find(&one.marker()));
    let mut answer: Vec<Value> = Vec::new();
    let mut has_choices = false;
    for (index, one) in in_order.iter().enumerate() {
        *stem = stem.replacen(&one.marker(), &format!("{{{{{}}}}}", index + 1), 1);
        let accept = accepted(one, rules, said);
        has_choices |= one.sort == Sort::Choice && accept.len() < one.labels.len();
        answer.push(json!(accept));
    }
    if has_choices {
        reading.remark("choices-as-gaps", stem.as_str());
    }
    fields(json!({ "kind": "blank", "answer": answer }))
}

/// Whether one of the labels is to be chosen. Canvas lists what a gap accepts as if it could be chosen, and names only the
/// first among its rules: that it isn't to be chosen says the metadata, or that all is one word but for its case.
fn is_to_choose(one: &Response<'_, '_>, said: &str) -> bool {
    let mut folded: Vec<String> = one.labels.iter().map(|label| fold(&label.text)).collect();
    folded.dedup();
    said != "fill_in_multiple_blanks_question" && folded.len() > 1
}

/// What a gap accepts.
fn accepted(one: &Response<'_, '_>, rules: &Rules, said: &str) -> Vec<String> {
    let values = rules.values(&one.ident);
    let mut accept: Vec<String> = Vec::new();
    if one.sort == Sort::Choice {
        let is_right = |ident: &str| !is_to_choose(one, said) || values.iter().any(|(value, _)| value == ident);
        accept.extend(one.labels.iter().filter(|label| is_right(&label.ident)).map(|label| label.text.clone()));
    } else {
        accept.extend(values.into_iter().map(|(value, _)| value));
    }
    let mut seen = HashSet::new();
    accept.retain(|text| seen.insert(text.clone()));
    accept
}

/// Each response is an option, and what may be chosen for it are the targets.
fn pairs(responses: &[Response<'_, '_>], rules: &Rules) -> Option<Fields> {
    let mut pairs = Vec::with_capacity(responses.len());
    let mut targets = Vec::new();
    for one in responses {
        let values = rules.values(&one.ident);
        let right = one.labels.iter().find(|label| values.iter().any(|(value, _)| *value == label.ident))?;
        pairs.push((one.prompt.clone(), right.text.clone()));
        targets.extend(one.labels.iter().map(|label| label.text.clone()));
    }
    Some(matching(pairs, targets))
}

/// What is said to all afterwards, or else to who is right.
fn explanation(reading: &mut Reading<'_, '_, '_>) -> Option<String> {
    let mut of_key = None;
    let mut general = None;
    let mut lost = None;
    let feedback: Vec<Node<'_, '_>> =
        reading.node.children().filter(|node| node.tag_name().name() == "itemfeedback").collect();
    for node in feedback {
        let html = shown::material(node);
        let text = reading.show(&html);
        if text.is_empty() {
            continue;
        }
        let ident = node.attribute("ident").unwrap_or_default().to_ascii_lowercase();
        let slot = match ident {
            ident if ident.starts_with("general") || ident.starts_with("solution") => &mut general,
            ident if ident.starts_with("correct") => &mut of_key,
            _ => &mut lost,
        };
        slot.get_or_insert(text);
    }
    let lost = lost.or(if general.is_some() { of_key.clone() } else { None });
    if let Some(lost) = lost {
        reading.remark("feedback-left-out", lost);
    }
    general.or(of_key)
}

#[cfg(test)]
mod tests;
