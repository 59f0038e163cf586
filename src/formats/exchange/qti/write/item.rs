//! One question as an item.

use super::shown::{lines, paragraphs};
use super::{Version, identifier};
use crate::formats::exchange::held::has_table;
use crate::formats::exchange::qti::kinds::TOOL;
use crate::formats::exchange::xml::Element;
use crate::rules::question::blank::Gaps;
use crate::rules::question::matching::Pairs;
use crate::rules::question::numeric::{Numeric, plain};
use crate::rules::question::written::Model;
use crate::rules::question::{Choice, Key, Question, paper_label};
use crate::rules::rich;
use crate::rules::text::{Language, Text};

/// The only response of most items.
const RESPONSE: &str = "RESPONSE";
/// Most characters of a title.
const TITLE_CHARACTERS: usize = 60;

pub(super) struct Writer {
    pub(super) version: Version,
    pub(super) language: Language,
}

/// What an item is made of.
struct Parts {
    declared: Vec<Element>,
    body: Vec<Element>,
    rules: Option<Element>,
}

impl Writer {
    /// Nothing for a case, which an item of one response can't hold.
    pub(super) fn file(&self, question: &Question) -> Option<String> {
        let stem = self.show(&question.stem);
        let parts = self.parts(question, stem)?;
        let title: String = rich::plain(stem).split_whitespace().collect::<Vec<&str>>().join(" ");
        let language = if self.language == Language::Zh { "zh-CN" } else { "en" };
        let mut item = Element::new("assessmentItem")
            .with("identifier", identifier(&question.id))
            .with("title", title.chars().take(TITLE_CHARACTERS).collect::<String>())
            .with("label", &*question.id)
            .with("xml:lang", language)
            .with("adaptive", "false")
            .with("timeDependent", "false")
            .with("toolName", TOOL)
            .add_all(parts.declared)
            .add(outcome("SCORE", "float", "0"));
        let explanation = question.explanation.as_ref().map(|text| self.show(text)).filter(|text| !text.is_empty());
        if explanation.is_some() {
            item = item.add(outcome("FEEDBACK", "identifier", EXPLANATION));
        }
        item = item.add(Element::new("itemBody").add_all(parts.body)).add_all(parts.rules);
        if let Some(text) = explanation {
            let feedback = Element::new("modalFeedback")
                .with("outcomeIdentifier", "FEEDBACK")
                .with("identifier", EXPLANATION)
                .with("showHide", "show");
            item = item.add(self.content(feedback, text));
        }
        Some(self.version.file(item))
    }

    fn show<'t>(&self, text: &'t Text) -> &'t str {
        text.in_language(self.language)
    }

    /// A block with a text; version 3 wants one more element around it.
    fn content(&self, block: Element, text: &str) -> Element {
        let paragraphs = paragraphs(text, &|_| None);
        match self.version {
            Version::Two => block.add_all(paragraphs),
            Version::Three => block.add(Element::new("contentBody").add_all(paragraphs)),
        }
    }

    fn template(&self, name: &str) -> Element {
        Element::new("responseProcessing").with("template", self.version.template(name))
    }

    fn parts(&self, question: &Question, stem: &str) -> Option<Parts> {
        let match_correct = Some(self.template("match_correct"));
        // A prompt holds lines alone: with a table, all of the text stands before what asks.
        let (before, prompt) = if has_table(stem) {
            (paragraphs(stem, &|_| None), None)
        } else {
            (Vec::new(), Some(lines(Element::new("prompt"), stem)))
        };
        let (declared, asked, rules) = match &question.key {
            Key::Single(label) => {
                let right = labels(&question.options, std::slice::from_ref(label));
                let asked = self.choices("choiceInteraction", "1", prompt, &question.options);
                (vec![declared("single", "identifier", &right, &[])], vec![asked], match_correct)
            }
            Key::Multiple(right) => {
                let right = labels(&question.options, right);
                let asked = self.choices("choiceInteraction", "0", prompt, &question.options);
                (vec![declared("multiple", "identifier", &right, &[])], vec![asked], match_correct)
            }
            Key::TrueFalse(is_right) => {
                let right = [is_right.to_string()];
                (vec![declared("single", "identifier", &right, &[])], vec![self.verdicts(prompt)], match_correct)
            }
            Key::Order(order) => {
                let right = labels(&question.options, order);
                let asked = self.choices("orderInteraction", "", prompt, &question.options);
                (vec![declared("ordered", "identifier", &right, &[])], vec![asked], match_correct)
            }
            Key::Match(pairs) => {
                let right = paired(question, pairs);
                let asked = self.sets(prompt, question);
                (
                    vec![declared("multiple", "directedPair", &right, &right)],
                    vec![asked],
                    Some(self.template("map_response")),
                )
            }
            Key::Blank(gaps) => return Some(self.blank(stem, gaps)),
            Key::Numeric(number) => return Some(self.numeric(stem, number)),
            Key::Case(_) => return None,
            Key::Short(model) | Key::Essay(model) => {
                let asked =
                    Element::new("extendedTextInteraction").with("responseIdentifier", RESPONSE).add_all(prompt);
                (vec![declared("single", "string", &[], &[])], vec![self.model(model), asked], None)
            }
        };
        let body = before.into_iter().chain(asked).collect();
        Some(Parts { declared, body, rules })
    }

    fn choices(&self, name: &'static str, most: &str, prompt: Option<Element>, options: &[Choice]) -> Element {
        let mut asked = Element::new(name).with("responseIdentifier", RESPONSE).with("shuffle", "true");
        if !most.is_empty() {
            asked = asked.with("maxChoices", most);
        }
        let choice = |(index, option): (usize, &Choice)| {
            lines(Element::new("simpleChoice").with("identifier", paper_label(index)), self.show(&option.text))
        };
        asked.add_all(prompt).add_all(options.iter().enumerate().map(choice))
    }

    fn verdicts(&self, prompt: Option<Element>) -> Element {
        let words = if self.language == Language::Zh { ["正确", "错误"] } else { ["True", "False"] };
        let choices = ["true", "false"].into_iter().zip(words);
        Element::new("choiceInteraction")
            .with("responseIdentifier", RESPONSE)
            .with("shuffle", "false")
            .with("maxChoices", "1")
            .add_all(prompt)
            .add_all(choices.map(|(id, word)| Element::new("simpleChoice").with("identifier", id).text(word)))
    }

    fn sets(&self, prompt: Option<Element>, question: &Question) -> Element {
        let choice = |id: String, most: &str, choice: &Choice| {
            let element = Element::new("simpleAssociableChoice").with("identifier", id).with("matchMax", most);
            lines(element, self.show(&choice.text))
        };
        let options = question.options.iter().enumerate().map(|(index, one)| choice(paper_label(index), "1", one));
        let targets = question.targets.iter().enumerate().map(|(index, one)| choice(target(index), "0", one));
        Element::new("matchInteraction")
            .with("responseIdentifier", RESPONSE)
            .with("shuffle", "true")
            .with("maxAssociations", question.options.len().to_string())
            .add_all(prompt)
            .add(Element::new("simpleMatchSet").add_all(options))
            .add(Element::new("simpleMatchSet").add_all(targets))
    }

    fn model(&self, model: &Model) -> Element {
        let block = Element::new("rubricBlock").with("view", "scorer");
        let block = if self.version == Version::Three { block.with("use", "scoring") } else { block };
        self.content(block, self.show(&model.model))
    }

    /// Each gap is a response of its own; several add up.
    fn blank(&self, stem: &str, gaps: &Gaps) -> Parts {
        let is_lone = gaps.gaps.len() == 1;
        let name = |index: usize| if is_lone { RESPONSE.to_owned() } else { format!("{RESPONSE}{}", index + 1) };
        let declared = gaps.gaps.iter().enumerate().map(|(index, gap)| {
            let first = gap.accept.first().map(std::slice::from_ref).unwrap_or_default();
            named(name(index), "single", "string", first, &gap.accept)
        });
        let body = paragraphs(stem, &|index| gaps.gaps.get(index).map(|_| entry(name(index))));
        let declared = declared.collect();
        if is_lone {
            return Parts { declared, body, rules: Some(self.template("map_response")) };
        }
        let each = (0..gaps.gaps.len()).map(|index| Element::new("mapResponse").with("identifier", name(index)));
        let score = Element::new("setOutcomeValue").with("identifier", "SCORE").add(Element::new("sum").add_all(each));
        Parts { declared, body, rules: Some(Element::new("responseProcessing").add(score)) }
    }

    fn numeric(&self, stem: &str, number: &Numeric) -> Parts {
        let declared = vec![declared("single", "float", &[plain(&number.value)], &[])];
        let mut body = paragraphs(stem, &|_| None);
        body.push(Element::new("p").add(entry(RESPONSE.to_owned())));
        let tolerance = plain(&number.tolerance);
        if tolerance == "0" {
            return Parts { declared, body, rules: Some(self.template("match_correct")) };
        }
        let compared = Element::new("equal")
            .with("toleranceMode", "absolute")
            .with("tolerance", format!("{tolerance} {tolerance}"))
            .add(Element::new("variable").with("identifier", RESPONSE))
            .add(Element::new("correct").with("identifier", RESPONSE));
        let score = Element::new("setOutcomeValue")
            .with("identifier", "SCORE")
            .add(Element::new("baseValue").with("baseType", "float").text("1"));
        let condition = Element::new("responseCondition").add(Element::new("responseIf").add(compared).add(score));
        Parts { declared, body, rules: Some(Element::new("responseProcessing").add(condition)) }
    }
}

const EXPLANATION: &str = "EXPLANATION";

fn entry(name: String) -> Element {
    Element::new("textEntryInteraction").with("responseIdentifier", name)
}

fn outcome(name: &'static str, base: &'static str, usual: &str) -> Element {
    let value = Element::new("defaultValue").add(Element::new("value").text(usual));
    Element::new("outcomeDeclaration")
        .with("identifier", name)
        .with("cardinality", "single")
        .with("baseType", base)
        .add(value)
}

fn declared(cardinality: &'static str, base: &'static str, correct: &[String], mapped: &[String]) -> Element {
    named(RESPONSE.to_owned(), cardinality, base, correct, mapped)
}

fn named(
    name: String,
    cardinality: &'static str,
    base: &'static str,
    correct: &[String],
    mapped: &[String],
) -> Element {
    let mut declared = Element::new("responseDeclaration")
        .with("identifier", name)
        .with("cardinality", cardinality)
        .with("baseType", base);
    if !correct.is_empty() {
        let values = correct.iter().map(|value| Element::new("value").text(value));
        declared = declared.add(Element::new("correctResponse").add_all(values));
    }
    if !mapped.is_empty() {
        let entry = |key: &String| {
            let entry = Element::new("mapEntry").with("mapKey", key).with("mappedValue", "1");
            if base == "string" { entry.with("caseSensitive", "false") } else { entry }
        };
        declared = declared.add(Element::new("mapping").with("defaultValue", "0").add_all(mapped.iter().map(entry)));
    }
    declared
}

/// The names that options have in an item.
fn labels(options: &[Choice], labels: &[String]) -> Vec<String> {
    let at = |label: &String| options.iter().position(|option| option.label == *label);
    labels.iter().filter_map(at).map(paper_label).collect()
}

/// The name that a target has in an item.
fn target(index: usize) -> String {
    format!("T{}", index + 1)
}

fn paired(question: &Question, pairs: &Pairs) -> Vec<String> {
    let pair = |(index, option): (usize, &Choice)| {
        let label = pairs.get(&option.label)?;
        let at = question.targets.iter().position(|target| target.label == *label)?;
        Some(format!("{} {}", paper_label(index), target(at)))
    };
    question.options.iter().enumerate().filter_map(pair).collect()
}
