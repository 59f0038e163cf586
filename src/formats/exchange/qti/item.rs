//! An item of version 2 or 3: what it declares, and what readers see of it.

use super::names::{all, attribute, first, name};
use super::{Reading, kinds};
use crate::formats::exchange::xml::{markup, text_of};
use roxmltree::Node;
use serde_json::json;
use std::collections::HashMap;

pub(super) fn read(reading: &mut Reading<'_, '_, '_>) {
    let node = reading.node;
    let is_true = |name: &str| attribute(node, name) == Some("true");
    if first(node, "templateDeclaration").is_some() || first(node, "templateProcessing").is_some() {
        return reading.skip("template");
    }
    if is_true("adaptive") {
        return reading.skip("adaptive");
    }
    let Some(body) = first(node, "itemBody") else { return reading.skip("assessmentItem") };
    let asked: Vec<Node<'_, '_>> = body.descendants().filter(|inner| name(*inner).ends_with("Interaction")).collect();
    let item = Item { body, declared: declarations(node), asked };
    let Some(mut fields) = kinds::question(reading, &item) else { return };
    if let Some(explanation) = explanation(reading) {
        fields.insert("explanation".to_owned(), json!(explanation));
    }
    let ids = [attribute(node, "label"), attribute(node, "identifier")];
    reading.take(fields, ids, None);
}

/// What is known of an item.
pub(super) struct Item<'a, 'i> {
    pub(super) body: Node<'a, 'i>,
    declared: HashMap<&'a str, Declared<'a, 'i>>,
    /// Everything in it that asks.
    pub(super) asked: Vec<Node<'a, 'i>>,
}

impl<'a, 'i> Item<'a, 'i> {
    /// What is declared of the response to something that asks.
    pub(super) fn declared(&self, asked: Node<'a, 'i>) -> Declared<'a, 'i> {
        attribute(asked, "responseIdentifier").and_then(|id| self.declared.get(id)).cloned().unwrap_or_default()
    }
}

/// What is declared of a response.
#[derive(Debug, Clone, Default)]
pub(super) struct Declared<'a, 'i> {
    pub(super) node: Option<Node<'a, 'i>>,
    pub(super) cardinality: &'a str,
    pub(super) base: &'a str,
    /// What is correct.
    pub(super) correct: Vec<String>,
    /// What earns how much.
    pub(super) mapped: Vec<(String, f64)>,
    /// How far off a number may be: as a share, or as it is.
    pub(super) tolerance: Option<Tolerance<'a>>,
}

/// How far off a number may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tolerance<'a> {
    pub(super) is_relative: bool,
    pub(super) written: &'a str,
}

impl Declared<'_, '_> {
    /// What earns most, where nothing is said to be correct.
    fn complete(&mut self) {
        if !self.correct.is_empty() {
            return;
        }
        let most = self.mapped.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        let is_one = self.cardinality == "single";
        let right = self.mapped.iter().filter(|(_, value)| *value > 0.0 && (!is_one || *value >= most));
        self.correct = right.map(|(key, _)| key.clone()).collect();
    }
}

fn declarations<'a, 'i>(item: Node<'a, 'i>) -> HashMap<&'a str, Declared<'a, 'i>> {
    let mut declared = HashMap::new();
    for node in all(item, "responseDeclaration") {
        let Some(id) = attribute(node, "identifier") else { continue };
        let correct = first(node, "correctResponse");
        let values = correct.into_iter().flat_map(|correct| all(correct, "value"));
        let mut one = Declared {
            node: Some(node),
            cardinality: attribute(node, "cardinality").unwrap_or_default(),
            base: attribute(node, "baseType").unwrap_or_default(),
            correct: values.map(|value| text_of(value).trim().to_owned()).collect(),
            mapped: all(node, "mapEntry").filter_map(entry).collect(),
            tolerance: None,
        };
        one.complete();
        declared.insert(id, one);
    }
    complete_by_rules(item, &mut declared);
    declared
}

fn entry(node: Node<'_, '_>) -> Option<(String, f64)> {
    let value = attribute(node, "mappedValue")?.trim().parse().ok()?;
    Some((attribute(node, "mapKey")?.to_owned(), value))
}

/// Tolerances, and keys that are declared nowhere but compared with: `equal`, `match`, `stringMatch`.
fn complete_by_rules<'a>(item: Node<'a, '_>, declared: &mut HashMap<&'a str, Declared<'a, '_>>) {
    let Some(rules) = first(item, "responseProcessing") else { return };
    let mut compared: Vec<(&str, String)> = Vec::new();
    for rule in rules.descendants().filter(|rule| matches!(&*name(*rule), "equal" | "match" | "stringMatch")) {
        let inner = |wanted: &str| rule.children().find(|child| name(*child) == wanted);
        let Some(id) = inner("variable").and_then(|variable| attribute(variable, "identifier")) else { continue };
        let Some(one) = declared.get_mut(id) else { continue };
        let mode = attribute(rule, "toleranceMode").unwrap_or_default();
        if let Some(written) = attribute(rule, "tolerance")
            && one.tolerance.is_none()
            && matches!(mode, "absolute" | "relative")
        {
            one.tolerance = Some(Tolerance { is_relative: mode == "relative", written });
        }
        if let Some(value) = inner("baseValue")
            && one.correct.is_empty()
            && !is_negated(rule, rules)
        {
            compared.push((id, text_of(value).trim().to_owned()));
        }
    }
    for (id, value) in compared {
        if let Some(one) = declared.get_mut(id) {
            one.correct.push(value);
        }
    }
}

fn is_negated<'a, 'i>(rule: Node<'a, 'i>, rules: Node<'a, 'i>) -> bool {
    rule.ancestors().take_while(|node| *node != rules).any(|node| name(node) == "not")
}

/// What is said to all afterwards: the only feedback, or the one whose name says so.
fn explanation(reading: &mut Reading<'_, '_, '_>) -> Option<String> {
    let feedback: Vec<Node<'_, '_>> = all(reading.node, "modalFeedback").collect();
    let mut texts = Vec::new();
    for node in &feedback {
        let text = reading.show(&html(*node));
        let id = attribute(*node, "identifier").unwrap_or_default().to_ascii_lowercase();
        let is_named = ["explanation", "general", "solution", "correct"].iter().any(|word| id.contains(word));
        texts.push((is_named && !id.contains("incorrect"), text));
    }
    texts.retain(|(_, text)| !text.is_empty());
    let are_alike = texts.windows(2).all(|two| matches!(two, [one, other] if one.1 == other.1));
    let chosen = if are_alike { texts.first() } else { texts.iter().find(|(is_named, _)| *is_named) };
    let chosen = chosen.map(|(_, text)| text.clone());
    let lost = texts.iter().find(|(_, text)| Some(text) != chosen.as_ref()).map(|(_, text)| text.clone());
    if let Some(lost) = lost {
        reading.remark("feedback-left-out", lost);
    }
    chosen
}

/// What stands in an element as HTML, with markers `{{1}}`, `{{2}}` … for what is to be filled in.
pub(super) fn html(node: Node<'_, '_>) -> String {
    let mut count = 0;
    html_inside(node, &mut count)
}

fn html_inside(node: Node<'_, '_>, count: &mut usize) -> String {
    markup(node, &mut |inner| instead(inner, count))
}

/// What readers of a question see in place of an element.
fn instead(node: Node<'_, '_>, count: &mut usize) -> Option<String> {
    let name = name(node);
    match &*name {
        "textEntryInteraction" | "inlineChoiceInteraction" | "gap" => {
            *count += 1;
            Some(format!("{{{{{count}}}}}"))
        }
        "gapMatchInteraction" | "hottextInteraction" => None,
        "gapText"
        | "gapImg"
        | "feedbackInline"
        | "feedbackBlock"
        | "modalFeedback"
        | "templateInline"
        | "templateBlock"
        | "infoControl"
        | "stylesheet"
        | "simpleChoice"
        | "simpleMatchSet"
        | "simpleAssociableChoice" => Some(String::new()),
        "rubricBlock" if !attribute(node, "view").unwrap_or("candidate").contains("candidate") => Some(String::new()),
        "prompt" => Some(format!("<p>{}</p>", html_inside(node, count))),
        name if name.ends_with("Interaction") => {
            let prompt = first(node, "prompt");
            Some(prompt.map(|prompt| format!("<p>{}</p>", html_inside(prompt, count))).unwrap_or_default())
        }
        _ => None,
    }
}
