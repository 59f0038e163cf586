//! Lines → questions.

use super::answers::Answers;
use super::keys::{is_key, pairs};
use super::marks::{self, Numbered, Scheme};
use super::{Line, remark};
use crate::formats::exchange::Remark;
use crate::formats::exchange::sheet::{Field, gaps, kinds, options};
use crate::rules::question::Kind;
use std::collections::HashMap;

/// Most characters of a line that may be a list's title.
const MOST_TITLE_CHARACTERS: usize = 100;

/// A question as its lines say it.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Where it begins.
    pub(super) line: usize,
    /// Its number.
    pub(super) number: usize,
    /// Its section, from 0.
    pub(super) section: usize,
    /// Its options, A first.
    pub(super) options: Vec<String>,
    /// Where its fields begin.
    pub(super) places: Vec<(Field, usize)>,
    /// Whether keys that differ are given for it.
    pub(super) is_contested: bool,
    texts: HashMap<Field, String>,
    at: Option<Field>,
    /// The last number inside its answer or explanation.
    counted: Option<usize>,
}

impl Found {
    /// What it says in a field.
    pub(super) fn text(&self, field: Field) -> &str {
        self.texts.get(&field).map(String::as_str).unwrap_or_default()
    }

    /// Adds to what it says in a field.
    pub(super) fn add(&mut self, field: Field, line: usize, text: &str) {
        if !self.places.iter().any(|(known, _)| *known == field) {
            self.places.push((field, line));
        }
        let whole = self.texts.entry(field).or_default();
        if !whole.is_empty() && !text.is_empty() {
            whole.push('\n');
        }
        whole.push_str(text);
        self.at = Some(field);
        if let Some(Numbered { scheme: Scheme::Plain, number, .. }) = marks::numbered(text) {
            self.counted = Some(number);
        }
    }

    /// Takes a field's text away.
    pub(super) fn clear(&mut self, field: Field) {
        self.texts.remove(&field);
    }

    /// Whether its answer may be any text.
    pub(super) fn is_free(&self) -> bool {
        let word = self.text(Field::Kind);
        match kinds::kind(word) {
            Some(kind) => matches!(kind, Kind::Blank | Kind::Short | Kind::Essay | Kind::Numeric),
            None => self.options.is_empty() && !word.starts_with("选择") && !is_key(self.text(Field::Answer)),
        }
    }

    fn is_whole(&self) -> bool {
        !self.options.is_empty() || self.is_answered()
    }

    /// Whether it bears its answer itself.
    fn is_answered(&self) -> bool {
        let in_brackets = || gaps::all(self.text(Field::Stem)).iter().any(|gap| is_key(gap.inner));
        !self.text(Field::Answer).is_empty() || in_brackets()
    }
}

/// What a list holds.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) title: Option<String>,
    pub(super) questions: Vec<Found>,
    /// The word that names the kind of each section.
    pub(super) sections: Vec<String>,
    pub(super) remarks: Vec<Remark>,
}

/// A list on its way.
struct Reading {
    list: List,
    lines: Vec<Line>,
    scheme: Option<Scheme>,
    topic: String,
    /// Whether the last question may go on.
    is_open: bool,
    answers: Option<Answers>,
}

pub(super) fn read(lines: Vec<Line>) -> List {
    let list = List { sections: vec![String::new()], ..List::default() };
    let mut reading = Reading { list, lines, scheme: None, topic: String::new(), is_open: false, answers: None };
    for index in 0..reading.lines.len() {
        if let Some(line) = reading.lines.get(index).cloned() {
            reading.line(index, &line);
        }
    }
    reading.list
}

impl Reading {
    fn line(&mut self, index: usize, line: &Line) {
        if self.begins_answers(index, line) {
            self.answers = Some(Answers::new(&self.list.questions));
        }
        if let Some(answers) = &mut self.answers {
            answers.line(&mut self.list, line);
        } else if let Some((word, _)) = marks::heading(&line.text) {
            self.list.sections.push(word.to_owned());
            (self.scheme, self.is_open) = (None, false);
        } else if let Some(topic) = self.topic_of_section(index, &line.text) {
            (self.topic, self.is_open) = (topic, false);
        } else if let Some((numbered, rest)) = self.begins_question(index, &line.text) {
            self.begin(line.number, &numbered);
            self.absorb(line.number, &rest);
        } else if self.is_open {
            self.absorb(line.number, &line.text);
        } else {
            self.preamble(line);
        }
    }

    fn preamble(&mut self, line: &Line) {
        let is_first = self.list.title.is_none() && self.list.questions.is_empty() && self.list.sections.len() == 1;
        if is_first && line.text.chars().count() <= MOST_TITLE_CHARACTERS {
            self.list.title = Some(line.text.clone());
        } else {
            self.list.remarks.push(remark(line.number, "paragraph-skipped", &line.text));
        }
    }

    fn text(&self, index: usize) -> &str {
        self.lines.get(index).map(|line| line.text.as_str()).unwrap_or_default()
    }

    /// Whether the answers of all questions are listed from here on.
    fn begins_answers(&self, index: usize, line: &Line) -> bool {
        if self.answers.is_some() || self.list.questions.is_empty() {
            return false;
        }
        if let Some((_, rest)) = marks::heading(&line.text) {
            return pairs(rest.trim_start_matches(['：', ':'])).is_some();
        }
        if pairs(&line.text).is_some_and(|pairs| pairs.len() > 1) {
            return true;
        }
        let next = self.text(index + 1);
        let restarts = || self.list.questions.len() > 1 && marks::numbered(next).is_some_and(|next| next.number == 1);
        let none_known = || !self.list.questions.iter().any(Found::is_answered);
        marks::is_title_of_answers(&line.text)
            && (pairs(next).is_some()
                || next.starts_with("题号")
                || none_known() && (restarts() || self.is_of_a_section(next)))
    }

    /// Whether a heading names a section that is there already.
    fn is_of_a_section(&self, text: &str) -> bool {
        marks::heading(text).is_some_and(|(word, _)| self.list.sections.iter().any(|known| known == word))
    }

    /// The topic of all questions from here on.
    fn topic_of_section(&self, index: usize, text: &str) -> Option<String> {
        if marks::is_chapter(text) {
            return Some(text.to_owned());
        }
        let is_between = !self.is_open || marks::heading(self.text(index + 1)).is_some();
        match marks::parts(text).as_slice() {
            [(Some(Field::Topic), topic)] if is_between => Some((*topic).to_owned()),
            _ => None,
        }
    }

    /// The number of a question that begins on this line, and its first words.
    fn begins_question<'t>(&self, index: usize, text: &'t str) -> Option<(Numbered<'t>, String)> {
        // A verdict may stand before the number.
        let bracket = gaps::all(text).into_iter().next().filter(|gap| gap.from == 0);
        let verdict = bracket.and_then(|gap| {
            let behind = marks::numbered(text.get(gap.to..)?.trim_start())?;
            let is_verdict = gap.inner.trim().is_empty() || is_key(gap.inner);
            (is_verdict && behind.scheme == Scheme::Plain).then_some((behind, text.get(..gap.to)?))
        });
        let (numbered, behind) = match verdict {
            Some((numbered, bracket)) => (numbered, bracket),
            None => (marks::numbered(text)?, ""),
        };
        self.is_question(index, &numbered).then(|| (numbered, format!("{}{behind}", numbered.rest)))
    }

    fn is_question(&self, index: usize, numbered: &Numbered<'_>) -> bool {
        let Some(scheme) = self.scheme else {
            let next = marks::numbered(self.text(index + 1));
            let is_above = next.is_some_and(|next| next.scheme == Scheme::Plain);
            return numbered.scheme == Scheme::Plain || numbered.number == 1 && !is_above;
        };
        let Some(last) = self.list.questions.last().filter(|_| self.is_open) else { return scheme == numbered.scheme };
        let is_next = numbered.number == last.number + 1;
        if scheme != numbered.scheme {
            return false;
        }
        let is_inside = matches!(last.at, Some(Field::Answer | Field::Explanation)) && last.counted.is_some();
        if is_inside && last.counted.is_some_and(|counted| numbered.number == counted + 1) {
            return is_next && self.is_answered_below(index);
        }
        let is_in_text = match last.at {
            Some(Field::Answer) => last.is_free(),
            Some(Field::Explanation) => numbered.number == 1,
            _ => false,
        };
        is_next || last.is_whole() && !numbered.is_doubtful && !is_in_text
    }

    /// Whether options or an answer follow before the next number.
    fn is_answered_below(&self, index: usize) -> bool {
        let lines = self.lines.iter().skip(index + 1).take_while(|line| marks::numbered(&line.text).is_none());
        let mut lines = lines.map(|line| line.text.as_str());
        lines.any(|line| {
            let is_label = matches!(marks::parts(line).first(), Some((Some(Field::Answer), _)));
            is_label || marks::options(line, 'A', true).is_some()
        })
    }

    fn begin(&mut self, line: usize, numbered: &Numbered<'_>) {
        let section = self.list.sections.len() - 1;
        let word = self.list.sections.last().cloned().unwrap_or_default();
        let mut found = Found { line, number: numbered.number, section, ..Found::default() };
        found.add(Field::Kind, line, &word);
        if !self.topic.is_empty() {
            found.add(Field::Topic, line, &self.topic);
        }
        found.at = Some(Field::Stem);
        found.counted = None;
        self.scheme = Some(numbered.scheme);
        self.is_open = true;
        self.list.questions.push(found);
    }

    fn absorb(&mut self, line: usize, text: &str) {
        let List { questions, remarks, .. } = &mut self.list;
        let Some(found) = questions.last_mut() else { return };
        for (field, text) in marks::parts(text) {
            let is_taken = match field {
                Some(field) => found.labelled(field, line, text),
                None => found.more(line, text),
            };
            if !is_taken {
                remarks.push(remark(line, "paragraph-skipped", text));
            }
        }
    }
}

impl Found {
    /// A text that a label announces; false where it can't be taken.
    fn labelled(&mut self, field: Field, line: usize, text: &str) -> bool {
        let mut text = text;
        let stem = self.texts.get_mut(&Field::Stem);
        if let Some(stem) = stem.filter(|stem| self.at == Some(Field::Stem) && stem.ends_with(['（', '('])) {
            // `（答案：B）`
            stem.pop();
            stem.truncate(stem.trim_end().len());
            text = text.trim_end_matches(['）', ')']);
        }
        let short = text.trim_end_matches(['。', '.', '；', ';']).trim();
        let is_known = field == Field::Topic && self.text(field) == text;
        if field == Field::Topic {
            self.clear(field);
        } else if is_known || field != Field::Explanation && !self.text(field).is_empty() && !self.is_free() {
            return self.text(field) == short;
        }
        self.add(field, line, if field == Field::Answer && is_key(short) { short } else { text });
        true
    }

    /// A text without a label: options, or more of what stood before.
    fn more(&mut self, line: usize, text: &str) -> bool {
        let count = self.options.len();
        let is_line = self.at != Some(Field::Stem) || !self.text(Field::Stem).is_empty();
        let next = options::letters().nth(count).filter(|_| count == 0 || self.at.is_none());
        let is_stem = self.at == Some(Field::Stem);
        let cut = next.filter(|_| is_stem || self.at.is_none()).and_then(|next| marks::options(text, next, is_line));
        if let Some((before, options)) = cut.filter(|(before, _)| is_stem || before.is_empty()) {
            if !before.is_empty() {
                self.add(Field::Stem, line, before);
            }
            for (letter, option) in options::letters().skip(count).zip(options) {
                self.places.push((Field::Option(letter), line));
                self.options.push(option);
            }
            self.at = None;
            return true;
        }
        match self.at {
            Some(field @ (Field::Stem | Field::Explanation)) => self.add(field, line, text),
            Some(Field::Answer) if self.is_free() => self.add(Field::Answer, line, text),
            _ => return false,
        }
        true
    }
}
