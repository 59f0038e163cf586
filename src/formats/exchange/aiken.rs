//! Aiken ↔ [`Draft`] and bank: questions with one right option and nothing else, line by line.
//!
//! More is taken than Moodle takes: stems of several lines, `A)` without a space, `answer: b`.

use super::drafting::{choice, line, push};
use super::sheet::options::{letters, wide};
use super::{Draft, Drafted, Origin};
use crate::rules::bank::Bank;
use crate::rules::question::{Key, Question};
use crate::rules::text::Language;
use serde_json::json;

const ANSWER: &str = "answer";

/// Whether a file shows a line `ANSWER: B` below an option.
pub(super) fn is_aiken(bytes: &[u8]) -> bool {
    let mut is_below_option = false;
    bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).any(|line| {
        let is_answer = is_below_option
            && line.strip_prefix(b"ANSWER").is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"));
        is_below_option = matches!(line, [b'A'..=b'Z', b'.' | b')', ..]);
        is_answer
    })
}

/// Reads the questions of an Aiken file.
pub fn read(text: &str) -> Draft {
    let mut draft = Draft::default();
    let mut open = Open::default();
    for (number, written) in (1..).zip(text.lines().map(str::trim)).filter(|(_, written)| !written.is_empty()) {
        if let Some(answer) = answer(written) {
            open.answered(number, answer);
            push(&mut draft, std::mem::take(&mut open).finish());
        } else if let Some(option) = open.next_option(written) {
            open.options.push((number, option.to_owned()));
        } else if open.options.len() > 1 {
            // What stands below options belongs to the next question: this one has no answer.
            push(&mut draft, std::mem::take(&mut open).finish());
            open.stem.push((number, written));
        } else {
            open.take_back_option();
            open.stem.push((number, written));
        }
    }
    match open.stem.first() {
        Some((number, text)) if open.options.is_empty() => draft.remark(line(*number), "text-skipped", *text),
        None if open.options.is_empty() => {}
        _ => push(&mut draft, open.finish()),
    }
    draft
}

/// A question while its lines are read.
#[derive(Default)]
struct Open<'t> {
    stem: Vec<(usize, &'t str)>,
    /// The line of the first option as it is written.
    first: Option<&'t str>,
    options: Vec<(usize, String)>,
    key: Option<(usize, String)>,
}

impl<'t> Open<'t> {
    /// The text of a line that is the option due next.
    fn next_option(&mut self, written: &'t str) -> Option<&'t str> {
        let due = letters().nth(self.options.len())?;
        let first = written.chars().next().filter(|first| wide(*first) == due)?;
        let text = written.get(first.len_utf8()..)?.strip_prefix(['.', ')', '．', '、', '）', ':', '：'])?;
        if self.options.is_empty() {
            self.first = Some(written);
        }
        Some(text.trim_start())
    }

    /// What looked like the first option was a line of the stem, as no second one follows.
    fn take_back_option(&mut self) {
        if let (Some((number, _)), Some(first)) = (self.options.pop(), self.first.take()) {
            self.stem.push((number, first));
        }
    }

    fn answered(&mut self, number: usize, answer: &str) {
        self.key = Some((number, answer.chars().map(wide).collect()));
    }

    fn finish(self) -> Drafted {
        let place = self.stem.first().map(|(number, _)| *number).or(self.options.first().map(|(number, _)| *number));
        let mut origins: Vec<(String, Origin)> =
            letters().zip(&self.options).map(|(letter, (at, _))| (format!("/options/{letter}"), line(*at))).collect();
        let mut fields = choice("single", self.options.into_iter().map(|(_, text)| text).collect(), &[]);
        let stem: Vec<&str> = self.stem.iter().map(|(_, text)| *text).collect();
        fields.insert("stem".to_owned(), json!(stem.join("\n")));
        let place = place.or(self.key.as_ref().map(|(at, _)| *at));
        if let Some((at, key)) = self.key {
            fields.insert("answer".to_owned(), json!(key));
            origins.push(("/answer".to_owned(), line(at)));
        }
        Drafted { origin: line(place.unwrap_or_default()), fields, origins }
    }
}

/// What stands behind `ANSWER:`.
fn answer(written: &str) -> Option<&str> {
    let head = written.get(..ANSWER.len()).filter(|head| head.eq_ignore_ascii_case(ANSWER))?;
    let rest = written.get(head.len()..)?.trim_start().strip_prefix([':', '：'])?;
    Some(rest.trim().trim_end_matches(['.', ')']))
}

/// Writes a bank in one language, and says which of its questions Aiken can ask.
pub fn write(bank: &Bank, language: Language) -> (String, Vec<&Question>) {
    let mut text = String::new();
    let mut kept = Vec::new();
    for question in &bank.questions {
        let Some(written) = written(question, language) else { continue };
        text.push_str(&written);
        kept.push(question);
    }
    (text, kept)
}

fn written(question: &Question, language: Language) -> Option<String> {
    let Key::Single(key) = &question.key else { return None };
    let one_line = |text: &str| text.trim().lines().map(str::trim).collect::<Vec<&str>>().join(" ");
    let stem = one_line(question.stem.in_language(language));
    // Such a stem would be taken for an answer or an option.
    if answer(&stem).is_some() || Open::default().next_option(&stem).is_some() {
        return None;
    }
    let mut lines = vec![stem];
    let mut right = None;
    for (letter, option) in letters().zip(&question.options) {
        lines.push(format!("{letter}. {}", one_line(option.text.in_language(language))));
        right = right.or((option.label == *key).then_some(letter));
    }
    lines.push(format!("ANSWER: {}\n\n", right?));
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests;
