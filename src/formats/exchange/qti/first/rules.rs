//! Which responses earn something.

use crate::formats::exchange::xml::text_of;
use roxmltree::Node;
use std::collections::HashMap;

/// The values that earn something, with their scores, by response.
#[derive(Debug, Default)]
pub(super) struct Rules {
    values: HashMap<String, Vec<(String, f64)>>,
    ranges: HashMap<String, (Option<String>, Option<String>)>,
}

impl Rules {
    pub(super) fn of(item: Node<'_, '_>) -> Self {
        let conditions: Vec<Node<'_, '_>> =
            item.descendants().filter(|node| node.tag_name().name() == "respcondition").collect();
        let mut scored: Vec<(Node<'_, '_>, f64)> =
            conditions.iter().map(|node| (*node, score(*node))).filter(|(_, score)| *score > 0.0).collect();
        if scored.is_empty() {
            scored = conditions.iter().filter(|node| is_called_correct(**node)).map(|node| (*node, 1.0)).collect();
        }
        let mut rules = Self::default();
        for (condition, score) in scored {
            rules.take(condition, score);
        }
        rules
    }

    fn take(&mut self, condition: Node<'_, '_>, score: f64) {
        for test in condition.descendants() {
            let Some(ident) = test.attribute("respident") else { continue };
            let is_denied =
                test.ancestors().take_while(|node| *node != condition).any(|node| node.tag_name().name() == "not");
            if is_denied {
                continue;
            }
            let value = text_of(test).trim().to_owned();
            let range = self.ranges.entry(ident.to_owned()).or_default();
            match test.tag_name().name() {
                "vargte" | "vargt" => range.0 = Some(value),
                "varlte" | "varlt" => range.1 = Some(value),
                "varequal" | "varsubset" => {
                    let values = self.values.entry(ident.to_owned()).or_default();
                    match values.iter_mut().find(|(known, _)| *known == value) {
                        Some((_, most)) => *most = most.max(score),
                        None => values.push((value, score)),
                    }
                }
                _ => {}
            }
        }
    }

    /// The values of a response that earn something, in the order of the rules.
    pub(super) fn values(&self, ident: &str) -> Vec<(String, f64)> {
        self.values.get(ident).cloned().unwrap_or_default()
    }

    /// The least and the greatest number that earn something.
    pub(super) fn range(&self, ident: &str) -> Option<(&str, &str)> {
        let (least, most) = self.ranges.get(ident)?;
        Some((least.as_deref()?, most.as_deref()?))
    }

    pub(super) fn has_range(&self, ident: &str) -> bool {
        self.range(ident).is_some()
    }
}

/// What a condition earns.
fn score(condition: Node<'_, '_>) -> f64 {
    let setters = condition.descendants().filter(|node| node.tag_name().name() == "setvar");
    let scores = setters.map(|setter| {
        let value = text_of(setter).trim().replace(',', ".");
        let is_taken = setter.attribute("action").is_some_and(|action| action.eq_ignore_ascii_case("subtract"));
        // Blackboard writes the name of the highest score.
        let score = if value == "SCORE.max" { 100.0 } else { value.parse::<f64>().unwrap_or_default() };
        if is_taken { -score } else { score }
    });
    scores.filter(|score| score.is_finite()).fold(0.0, |sum, score| sum + score)
}

/// Whether nothing but its name or its feedback says that a condition is the right one.
fn is_called_correct(condition: Node<'_, '_>) -> bool {
    let is_correct = |word: &str| word.to_ascii_lowercase().starts_with("correct");
    let mut shown = condition.descendants().filter(|node| node.tag_name().name() == "displayfeedback");
    condition.attribute("title").is_some_and(is_correct)
        || shown.any(|feedback| feedback.attribute("linkrefid").is_some_and(is_correct))
}
