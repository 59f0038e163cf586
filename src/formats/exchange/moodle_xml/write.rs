//! Bank → Moodle's XML.

use super::cloze;
use crate::formats::exchange::drafting::{tags, with_gap};
use crate::formats::exchange::gift::write::share;
use crate::formats::exchange::xml::{Element, escape, spaced};
use crate::rules::bank::Bank;
use crate::rules::question::blank::Gaps;
use crate::rules::question::numeric::{Numeric, plain};
use crate::rules::question::{Key, Question};
use crate::rules::text::{Language, Text};
use serde_json::Number;

/// Writes a bank in one language. Moodle can ask every kind of question but a case.
pub fn write(bank: &Bank, language: Language) -> (String, Vec<&Question>) {
    let mut file = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n".to_owned();
    let writer = Writer { language };
    let mut topic = None;
    let mut kept = Vec::with_capacity(bank.questions.len());
    for question in &bank.questions {
        let Some(element) = writer.question(question) else { continue };
        if topic != Some(&question.topic) {
            topic = Some(&question.topic);
            writer.category(bank, &question.topic).write(0, &mut file);
        }
        element.write(0, &mut file);
        kept.push(question);
    }
    file.push_str("</quiz>\n");
    (file, kept)
}

struct Writer {
    language: Language,
}

/// An element around `<text>`, as Moodle wants it.
fn wrapped(name: &'static str, text: &str) -> Element {
    Element::new(name).add(Element::new("text").text(text))
}

/// The same for a text that is shown as it is.
fn shown(name: &'static str, text: &str) -> Element {
    wrapped(name, text).with("format", "plain_text")
}

fn leaf(name: &'static str, text: &str) -> Element {
    Element::new(name).text(text)
}

fn answer(fraction: &str, text: &str) -> Element {
    shown("answer", text).with("fraction", fraction)
}

/// A text as HTML that shows it letter by letter, also where Moodle looks for embedded questions.
pub(super) fn html(text: &str) -> String {
    escape(&spaced(text)).replace('{', "&#123;").replace('\u{a0}', "&nbsp;").replace('\n', "<br/>")
}

impl Writer {
    fn show<'t>(&self, text: &'t Text) -> &'t str {
        text.in_language(self.language)
    }

    fn category(&self, bank: &Bank, topic: &str) -> Element {
        let title = bank.topics.iter().find(|known| known.id == topic).map_or(topic, |known| self.show(&known.title));
        let path = format!("$course$/top/{}", title.replace('/', "//"));
        Element::new("question").with("type", "category").add(wrapped("category", &path))
    }

    /// Nothing for a case, which Moodle can't ask.
    fn question(&self, question: &Question) -> Option<Element> {
        let stem = self.show(&question.stem);
        let (kind, stem, answers) = match &question.key {
            Key::Single(label) => (
                "multichoice",
                shown("questiontext", stem),
                self.options(question, true, |option| if option == label { "100".to_owned() } else { "0".to_owned() }),
            ),
            Key::Multiple(labels) => {
                let right = share(labels.len());
                let answers = self.options(question, false, |option| {
                    if labels.iter().any(|label| label == option) { right.clone() } else { "-100".to_owned() }
                });
                ("multichoice", shown("questiontext", stem), answers)
            }
            Key::TrueFalse(is_right) => ("truefalse", shown("questiontext", stem), verdicts(*is_right)),
            Key::Blank(gaps) => blank(stem, gaps),
            Key::Order(labels) => ("ordering", shown("questiontext", stem), self.order(question, labels)),
            Key::Match(_) => ("matching", shown("questiontext", stem), self.pairs(question)),
            Key::Numeric(number) => ("numerical", shown("questiontext", stem), numerical(number)),
            Key::Short(model) | Key::Essay(model) => {
                let model = shown("graderinfo", self.show(&model.model));
                ("essay", shown("questiontext", stem), vec![leaf("responseformat", "plain"), model])
            }
            Key::Case(_) => return None,
        };
        let explanation = question.explanation.as_ref().map_or("", |explanation| self.show(explanation));
        let tags = tags(question);
        let element = Element::new("question")
            .with("type", kind)
            .add(wrapped("name", &question.id))
            .add(stem)
            .add(shown("generalfeedback", explanation))
            .add(leaf("defaultgrade", "1"))
            .add(leaf("penalty", "0"))
            .add(leaf("hidden", if question.retired { "1" } else { "0" }))
            .add(leaf("idnumber", &question.id))
            .add_all(answers)
            .add(Element::new("tags").add_all(tags.iter().map(|tag| wrapped("tag", tag))));
        Some(element)
    }

    fn options(&self, question: &Question, single: bool, fraction: impl Fn(&String) -> String) -> Vec<Element> {
        let settings = [
            ("single", if single { "true" } else { "false" }),
            ("shuffleanswers", "true"),
            ("answernumbering", "ABCD"),
        ];
        let answers = question.options.iter().map(|option| answer(&fraction(&option.label), self.show(&option.text)));
        settings.iter().map(|(name, value)| leaf(name, value)).chain(answers).collect()
    }

    /// Moodle takes the order of the answers for the right one.
    fn order(&self, question: &Question, labels: &[String]) -> Vec<Element> {
        let settings = [("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("gradingtype", "ABSOLUTE_POSITION")];
        let options = labels.iter().filter_map(|label| question.options.iter().find(|option| option.label == *label));
        let answers = (1..).zip(options).map(|(place, option)| {
            let place: usize = place;
            answer(&place.to_string(), self.show(&option.text))
        });
        settings.iter().map(|(name, value)| leaf(name, value)).chain(answers).collect()
    }

    fn pairs(&self, question: &Question) -> Vec<Element> {
        let Key::Match(pairs) = &question.key else { return Vec::new() };
        let pair = |option: &str, target: &Text| shown("subquestion", option).add(wrapped("answer", self.show(target)));
        let target = |label: &String| question.targets.iter().find(|target| target.label == *label);
        let matched = question.options.iter().filter_map(|option| {
            let target = target(pairs.get(&option.label)?)?;
            Some(pair(self.show(&option.text), &target.text))
        });
        let more = question.targets.iter().filter(|target| !pairs.values().any(|label| *label == target.label));
        let more = more.map(|target| pair("", &target.text));
        std::iter::once(leaf("shuffleanswers", "true")).chain(matched).chain(more).collect()
    }
}

fn verdicts(is_right: bool) -> Vec<Element> {
    let one = |verdict: bool, word: &str| {
        wrapped("answer", word).with("fraction", if verdict == is_right { "100" } else { "0" })
    };
    vec![one(true, "true"), one(false, "false")]
}

/// A lone gap is asked for by a line in the text; several, or one among other lines, are embedded.
fn blank(stem: &str, gaps: &Gaps) -> (&'static str, Element, Vec<Element>) {
    let marked = stem.replacen("{{1}}", "_____", 1);
    if let [gap] = gaps.gaps.as_slice()
        && with_gap(&marked) == stem
    {
        let answers = gap.accept.iter().map(|text| {
            wrapped("answer", &text.replace('*', "\\*")).with("fraction", "100").with("format", "plain_text")
        });
        let answers = std::iter::once(leaf("usecase", "0")).chain(answers).collect();
        return ("shortanswer", shown("questiontext", &marked), answers);
    }
    let mut pieces = stem.split("{{");
    let mut text = html(pieces.next().unwrap_or_default());
    for piece in pieces {
        let gap = piece.split_once("}}").and_then(|(number, rest)| {
            let gap = gaps.gaps.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
            Some((gap, rest))
        });
        match gap {
            Some((gap, rest)) => {
                text.push_str(&cloze::written(&gap.accept));
                text.push_str(&html(rest));
            }
            None => text.push_str(&html(&format!("{{{{{piece}"))),
        }
    }
    ("cloze", wrapped("questiontext", &text).with("format", "html"), Vec::new())
}

fn numerical(number: &Numeric) -> Vec<Element> {
    let written = |number: &Number| plain(number);
    let answer = wrapped("answer", &written(&number.value))
        .with("fraction", "100")
        .add(leaf("tolerance", &written(&number.tolerance)));
    let unit = |name: &String| Element::new("unit").add(leaf("multiplier", "1")).add(leaf("unit_name", name));
    let units = Element::new("units").add_all(number.units.iter().map(unit));
    // Units may stand behind the number and cost nothing.
    vec![
        answer,
        units,
        leaf("unitgradingtype", "0"),
        leaf("unitpenalty", "0"),
        leaf("showunits", "0"),
        leaf("unitsleft", "0"),
    ]
}
