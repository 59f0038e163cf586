//! Bank → Moodle's XML.

use super::cloze;
use crate::formats::exchange::drafting::{tags, with_gap};
use crate::formats::exchange::gift::write::share;
use crate::formats::exchange::held::{Files, is_rich, pictures};
use crate::formats::exchange::pictures::encoded;
use crate::formats::exchange::xml::{Element, escape, spaced};
use crate::rules::bank::Bank;
use crate::rules::question::blank::Gaps;
use crate::rules::question::numeric::{Numeric, plain};
use crate::rules::question::{Choice, Key, Question};
use crate::rules::rich::{self, Block, Inline, Picture, blocks, inline, size};
use crate::rules::text::{Language, Text};
use serde_json::Number;
use std::collections::HashSet;

/// Writes a bank in one language, with the files of its pictures. Moodle can ask every kind of question but a case.
pub(in crate::formats::exchange) fn write<'b>(
    bank: &'b Bank,
    files: &Files<'_>,
    language: Language,
) -> (String, Vec<&'b Question>) {
    let mut file = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n".to_owned();
    let writer = Writer { files, language };
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

struct Writer<'w> {
    files: &'w Files<'w>,
    language: Language,
}

/// An element around `<text>`, as Moodle wants it.
fn wrapped(name: &'static str, text: &str) -> Element {
    Element::new(name).add(Element::new("text").text(text))
}

/// A text that is HTML.
fn formatted(name: &'static str, text: &str) -> Element {
    wrapped(name, text).with("format", "html")
}

fn leaf(name: &'static str, text: &str) -> Element {
    Element::new(name).text(text)
}

/// What [`html`] makes of `{{`.
const OPENED: &str = "&#123;&#123;";

/// A text as HTML that shows it letter by letter, also where Moodle looks for embedded questions.
pub(super) fn html(text: &str) -> String {
    escape(&spaced(text)).replace('{', "&#123;").replace('\u{a0}', "&nbsp;").replace('\n', "<br/>")
}

/// A text with pictures, tables and formulas as HTML.
fn rich_html(text: &str) -> String {
    let line = |line: &str| inline(line).into_iter().map(piece).collect::<String>();
    let row = |cells: &[&str], name: &str| {
        let cells = cells.iter().map(|cell| format!("<{name}>{}</{name}>", line(cell)));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let block = |block: Block<'_>| match block {
        Block::Lines(lines) => line(lines),
        Block::Table(table) => {
            let rows: String = table.rows.iter().map(|cells| row(cells, "td")).collect();
            format!("<table><thead>{}</thead><tbody>{rows}</tbody></table>", row(&table.heading, "th"))
        }
    };
    blocks(text).into_iter().map(block).collect()
}

fn piece(one: Inline<'_>) -> String {
    match one {
        Inline::Words(words) => html(words),
        Inline::Formula(formula) => formula.replace('{', "&#123;"),
        Inline::Picture(Picture { alt, name }) => {
            let size = size(name).map(|(width, height)| format!(" width=\"{width}\" height=\"{height}\""));
            let (alt, size) = (html(alt), size.unwrap_or_default());
            format!("<img src=\"@@PLUGINFILE@@/{name}\" alt=\"{alt}\"{size}/>")
        }
    }
}

impl Writer<'_> {
    /// A text that is shown as it is, or else as HTML with the files of its pictures.
    fn shown(&self, name: &'static str, text: &str) -> Element {
        if !is_rich(text) {
            return wrapped(name, text).with("format", "plain_text");
        }
        formatted(name, &rich_html(text)).add_all(self.files(text))
    }

    fn files(&self, text: &str) -> Vec<Element> {
        let file = |name: &str| {
            let file = Element::new("file").with("name", name).with("path", "/").with("encoding", "base64");
            self.files.get(name).map(|bytes| file.text(encoded(bytes)))
        };
        pictures(text).into_iter().filter_map(file).collect()
    }

    fn answer(&self, fraction: &str, text: &str) -> Element {
        self.shown("answer", text).with("fraction", fraction)
    }

    fn show<'t>(&self, text: &'t Text) -> &'t str {
        text.in_language(self.language)
    }

    fn category(&self, bank: &Bank, topic: &str) -> Element {
        let title = bank.topics.iter().find(|known| known.id == topic).map_or(topic, |known| self.show(&known.title));
        let path = format!("$course$/top/{}", title.replace('/', "//"));
        Element::new("question").with("type", "category").add(wrapped("category", &path))
    }

    /// Nothing for what Moodle can't ask: a case, or pictures to choose from.
    fn question(&self, question: &Question) -> Option<Element> {
        let stem = self.show(&question.stem);
        let (kind, stem, answers) = match &question.key {
            Key::Single(label) => (
                "multichoice",
                self.shown("questiontext", stem),
                self.options(question, true, |option| if option == label { "100".to_owned() } else { "0".to_owned() }),
            ),
            Key::Multiple(labels) => {
                let right = share(labels.len());
                let answers = self.options(question, false, |option| {
                    if labels.iter().any(|label| label == option) { right.clone() } else { "-100".to_owned() }
                });
                ("multichoice", self.shown("questiontext", stem), answers)
            }
            Key::TrueFalse(is_right) => ("truefalse", self.shown("questiontext", stem), verdicts(*is_right)),
            Key::Blank(gaps) => self.blank(stem, gaps),
            Key::Order(labels) => ("ordering", self.shown("questiontext", stem), self.order(question, labels)),
            Key::Match(_) if self.are_alike(&question.targets) => return None,
            Key::Match(_) => ("matching", self.shown("questiontext", stem), self.pairs(question)),
            Key::Numeric(number) => ("numerical", self.shown("questiontext", stem), numerical(number)),
            Key::Short(model) | Key::Essay(model) => {
                let model = self.shown("graderinfo", self.show(&model.model));
                ("essay", self.shown("questiontext", stem), vec![leaf("responseformat", "plain"), model])
            }
            Key::Case(_) => return None,
        };
        let explanation = question.explanation.as_ref().map_or("", |explanation| self.show(explanation));
        let tags = tags(question);
        let element = Element::new("question")
            .with("type", kind)
            .add(wrapped("name", &question.id))
            .add(stem)
            .add(self.shown("generalfeedback", explanation))
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
        let answers =
            question.options.iter().map(|option| self.answer(&fraction(&option.label), self.show(&option.text)));
        settings.iter().map(|(name, value)| leaf(name, value)).chain(answers).collect()
    }

    /// Moodle takes the order of the answers for the right one.
    fn order(&self, question: &Question, labels: &[String]) -> Vec<Element> {
        let settings = [("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("gradingtype", "ABSOLUTE_POSITION")];
        let options = labels.iter().filter_map(|label| question.options.iter().find(|option| option.label == *label));
        let answers = (1..).zip(options).map(|(place, option)| {
            let place: usize = place;
            self.answer(&place.to_string(), self.show(&option.text))
        });
        settings.iter().map(|(name, value)| leaf(name, value)).chain(answers).collect()
    }

    /// Whether texts to choose from are told apart only by what isn't words.
    fn are_alike(&self, targets: &[Choice]) -> bool {
        let texts: HashSet<_> = targets.iter().map(|target| rich::plain(self.show(&target.text))).collect();
        texts.len() < targets.len()
    }

    fn pairs(&self, question: &Question) -> Vec<Element> {
        let Key::Match(pairs) = &question.key else { return Vec::new() };
        // What is chosen has no format.
        let pair = |option: &str, target: &Text| {
            self.shown("subquestion", option).add(wrapped("answer", &rich::plain(self.show(target))))
        };
        let target = |label: &String| question.targets.iter().find(|target| target.label == *label);
        let matched = question.options.iter().filter_map(|option| {
            let target = target(pairs.get(&option.label)?)?;
            Some(pair(self.show(&option.text), &target.text))
        });
        let more = question.targets.iter().filter(|target| !pairs.values().any(|label| *label == target.label));
        let more = more.map(|target| pair("", &target.text));
        std::iter::once(leaf("shuffleanswers", "true")).chain(matched).chain(more).collect()
    }

    /// A lone gap is asked for by a line in the text; several, or one among other lines, are embedded.
    fn blank(&self, stem: &str, gaps: &Gaps) -> (&'static str, Element, Vec<Element>) {
        let marked = stem.replacen("{{1}}", "_____", 1);
        if let [gap] = gaps.gaps.as_slice()
            && with_gap(&marked) == stem
        {
            let answers = gap.accept.iter().map(|text| {
                wrapped("answer", &text.replace('*', "\\*")).with("fraction", "100").with("format", "plain_text")
            });
            let answers = std::iter::once(leaf("usecase", "0")).chain(answers).collect();
            return ("shortanswer", self.shown("questiontext", &marked), answers);
        }
        let whole = if is_rich(stem) { rich_html(stem) } else { html(stem) };
        let mut pieces = whole.split(OPENED);
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let gap = piece.split_once("}}").and_then(|(number, rest)| {
                let gap = gaps.gaps.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
                Some((gap, rest))
            });
            match gap {
                Some((gap, rest)) => {
                    text.push_str(&cloze::written(&gap.accept));
                    text.push_str(rest);
                }
                None => text.extend([OPENED, piece]),
            }
        }
        ("cloze", formatted("questiontext", &text).add_all(self.files(stem)), Vec::new())
    }
}

fn verdicts(is_right: bool) -> Vec<Element> {
    let one = |verdict: bool, word: &str| {
        wrapped("answer", word).with("fraction", if verdict == is_right { "100" } else { "0" })
    };
    vec![one(true, "true"), one(false, "false")]
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
