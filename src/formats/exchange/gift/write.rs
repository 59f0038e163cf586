//! Bank → GIFT.

use super::text::escape;
use crate::formats::exchange::drafting::tags;
use crate::rules::bank::Bank;
use crate::rules::question::numeric::plain;
use crate::rules::question::{Key, Question};
use crate::rules::text::{Language, Text};
use std::fmt::Write;

/// Writes a bank in one language, and says which of its questions GIFT can ask.
pub fn write(bank: &Bank, language: Language) -> (String, Vec<&Question>) {
    let mut writer = Writer { language, text: String::new() };
    let mut topic = None;
    let mut kept = Vec::new();
    for question in &bank.questions {
        let Some(answer) = writer.answer(question) else { continue };
        if topic != Some(&question.topic) {
            topic = Some(&question.topic);
            writer.category(bank, &question.topic);
        }
        writer.question(question, &answer);
        kept.push(question);
    }
    (writer.text, kept)
}

/// The marker of the first gap, escaped.
const GAP: &str = "\\{\\{1\\}\\}";

struct Writer {
    language: Language,
    text: String,
}

impl Writer {
    fn show(&self, text: &Text) -> String {
        escape(text.in_language(self.language))
    }

    fn category(&mut self, bank: &Bank, topic: &str) {
        let title =
            bank.topics.iter().find(|known| known.id == topic).map(|known| known.title.in_language(self.language));
        let title = title.unwrap_or(topic).split_whitespace().collect::<Vec<&str>>().join(" ").replace('/', "//");
        self.push(format_args!("$CATEGORY: $course$/top/{title}\n\n"));
    }

    fn question(&mut self, question: &Question, answer: &str) {
        let stem = self.show(&question.stem);
        let (before, after) = stem.split_once(GAP).unwrap_or((&stem, ""));
        let tags = tags(question).join("] [tag:");
        let (id, title) = (&question.id, escape(&question.id));
        self.push(format_args!("// [id:{id}] [tag:{tags}]\n::{title}::[plain]{before}{{{answer}"));
        self.general_feedback(question);
        self.push(format_args!("}}{after}\n\n"));
    }

    fn push(&mut self, words: std::fmt::Arguments<'_>) {
        // Writing into a string never fails.
        let _ = self.text.write_fmt(words);
    }

    /// What stands between the braces; nothing where GIFT can't ask such a question.
    fn answer(&self, question: &Question) -> Option<String> {
        let answer = match &question.key {
            Key::Single(label) => self.options(question, |option| if option == label { "=" } else { "~" }.to_owned()),
            Key::Multiple(labels) => {
                let share = share(labels.len());
                self.options(question, |option| {
                    if labels.iter().any(|label| label == option) {
                        format!("~%{share}%")
                    } else {
                        "~%-100%".to_owned()
                    }
                })
            }
            Key::TrueFalse(true) => "TRUE".to_owned(),
            Key::TrueFalse(false) => "FALSE".to_owned(),
            Key::Blank(gaps) => match gaps.gaps.as_slice() {
                [gap] if !gap.accept.iter().any(|text| text.contains("->")) => {
                    let texts = gap.accept.iter().map(|text| escape(&text.replace('*', "\\*")));
                    lines(texts.map(|text| format!("=%100%{}", formed(&text))))
                }
                _ => return None,
            },
            Key::Match(_) => self.pairs(question)?,
            Key::Numeric(number) => format!("#{}:{}", plain(&number.value), plain(&number.tolerance)),
            Key::Order(_) | Key::Case(_) => return None,
            Key::Short(_) | Key::Essay(_) => String::new(),
        };
        Some(answer)
    }

    fn options(&self, question: &Question, sign: impl Fn(&String) -> String) -> String {
        let options = question.options.iter();
        lines(options.map(|option| {
            let (sign, text) = (sign(&option.label), formed(&self.show(&option.text)));
            let weight = match (text.starts_with('%') && !sign.ends_with('%'), sign.as_str()) {
                (true, "=") => "%100%",
                (true, _) => "%0%",
                _ => "",
            };
            format!("{sign}{weight}{text}")
        }))
    }

    fn pairs(&self, question: &Question) -> Option<String> {
        let Key::Match(pairs) = &question.key else { return None };
        let mut written = Vec::new();
        for option in &question.options {
            let label = pairs.get(&option.label)?;
            let target = question.targets.iter().find(|target| target.label == *label)?;
            let text = self.show(&option.text);
            if text.contains("->") {
                return None;
            }
            written.push(format!("={} -> {}", formed(&text), formed(&self.show(&target.text))));
        }
        for target in question.targets.iter().filter(|target| !pairs.values().any(|used| *used == target.label)) {
            written.push(format!("= -> {}", formed(&self.show(&target.text))));
        }
        Some(lines(written))
    }

    /// The explanation; of a written answer the model, which GIFT has no other place for.
    fn general_feedback(&mut self, question: &Question) {
        let feedback = match &question.key {
            Key::Short(model) | Key::Essay(model) => Some(&model.model),
            _ => question.explanation.as_ref(),
        };
        if let Some(feedback) = feedback.filter(|feedback| !feedback.is_blank()) {
            let feedback = formed(&self.show(feedback));
            self.push(format_args!("####{feedback}"));
        }
    }
}

/// One answer a line.
fn lines(answers: impl IntoIterator<Item = String>) -> String {
    let mut text = "\n".to_owned();
    for answer in answers {
        text.push_str(&answer);
        text.push('\n');
    }
    text
}

/// A text that begins like a format says that it is plain.
fn formed(text: &str) -> String {
    if text.starts_with('[') { format!("[plain]{text}") } else { text.to_owned() }
}

/// An equal share of 100 as Moodle writes it.
pub(in crate::formats::exchange) fn share(count: usize) -> String {
    let hundred_thousandths = 10_000_000 / count.max(1);
    let rounded =
        if 10_000_000 % count.max(1) * 2 >= count.max(1) { hundred_thousandths + 1 } else { hundred_thousandths };
    let text = format!("{}.{:05}", rounded / 100_000, rounded % 100_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
