//! The list of answers at the end of a list of questions.

use super::keys::pairs;
use super::questions::{Found, List};
use super::{Line, marks, remark};
use crate::formats::exchange::sheet::{Field, kinds};
use crate::rules::text::fold;
use std::collections::HashMap;

/// Where in the list of answers we are.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// The section whose answers stand here, where a heading says it.
    section: Option<usize>,
    /// Whether a heading names a section that isn't there.
    is_lost: bool,
    /// The question that was answered last.
    last: Option<usize>,
    /// The numbers that a row of a table names.
    numbers: Vec<usize>,
    /// The questions of each number, in order.
    by_number: HashMap<usize, Vec<usize>>,
}

impl Answers {
    pub(super) fn new(questions: &[Found]) -> Self {
        let mut answers = Self::default();
        for (index, found) in questions.iter().enumerate() {
            answers.by_number.entry(found.number).or_default().push(index);
        }
        answers
    }

    pub(super) fn line(&mut self, list: &mut List, line: &Line) {
        let text = line.text.as_str();
        if let Some((word, rest)) = marks::heading(text) {
            self.section = section(list, word);
            (self.is_lost, self.last) = (self.section.is_none(), None);
            let rest = rest.trim_start_matches(['：', ':']);
            if self.is_lost {
                list.remarks.push(remark(line.number, "key-unplaced", text));
            } else if let Some(pairs) = pairs(rest) {
                self.place_all(list, line, pairs);
            }
        } else if let Some(numbers) = text.strip_prefix("题号") {
            self.numbers = numbers.split('\t').filter_map(|number| fold(number).parse().ok()).collect();
        } else if let Some(keys) = text.strip_prefix("答案\t").filter(|_| !self.numbers.is_empty()) {
            let keys = keys.split('\t').map(str::to_owned);
            let pairs = std::mem::take(&mut self.numbers).into_iter().zip(keys).collect();
            self.place_all(list, line, pairs);
        } else if let Some(pairs) = pairs(text) {
            self.place_all(list, line, pairs);
        } else if let Some(numbered) = marks::numbered(text).filter(|one| !self.is_inside(list, one)) {
            self.described(list, line, numbered.number, numbered.rest);
        } else if !marks::is_title_of_answers(text) {
            self.more(list, line);
        }
    }

    /// Whether a number belongs to the answer before it.
    fn is_inside(&self, list: &List, numbered: &marks::Numbered<'_>) -> bool {
        let before = self.last.and_then(|last| list.questions.get(last));
        numbered.scheme != marks::Scheme::Plain
            || before.is_some_and(|found| found.is_free() && numbered.number <= found.number)
    }

    fn place_all(&mut self, list: &mut List, line: &Line, pairs: Vec<(usize, String)>) {
        for (number, key) in pairs {
            match self.find(list, number) {
                Some(index) => self.place(list, line.number, index, &key),
                None => list.remarks.push(remark(line.number, "key-unplaced", &format!("{number} {key}"))),
            }
        }
    }

    /// The question of a number: the next one of it in the section.
    fn find(&self, list: &List, number: usize) -> Option<usize> {
        if self.is_lost {
            return None;
        }
        let all = self.by_number.get(&number)?;
        let section = |index: &usize| list.questions.get(*index).map(|found| found.section);
        let begin = self.section.map_or(0, |wanted| all.partition_point(|index| section(index) < Some(wanted)));
        let end = self.section.map_or(all.len(), |wanted| all.partition_point(|index| section(index) <= Some(wanted)));
        let all = all.get(begin..end)?;
        let behind = self.last.map_or(0, |placed| all.partition_point(|index| *index <= placed));
        match all {
            [only] => Some(*only),
            _ => all.get(behind).copied(),
        }
    }

    fn place(&mut self, list: &mut List, line: usize, index: usize, key: &str) {
        self.last = Some(index);
        let Some(found) = list.questions.get_mut(index) else { return };
        let known = found.text(Field::Answer);
        if known.is_empty() && !found.is_contested {
            found.add(Field::Answer, line, key);
        } else if fold(known) != fold(key) {
            // Of keys that differ none is taken.
            found.is_contested = true;
            found.clear(Field::Answer);
            list.remarks.push(remark(line, "key-unclear", key));
        }
    }

    /// An answer in words, or with an explanation.
    fn described(&mut self, list: &mut List, line: &Line, number: usize, text: &str) {
        let Some(index) = self.find(list, number) else {
            list.remarks.push(remark(line.number, "key-unplaced", &line.text));
            return;
        };
        self.last = Some(index);
        for (field, text) in marks::parts(text) {
            match field.unwrap_or(Field::Answer) {
                Field::Answer => self.place(list, line.number, index, text),
                field => self.add(list, line.number, field, text),
            }
        }
    }

    fn add(&self, list: &mut List, line: usize, field: Field, text: &str) {
        if let Some(found) = self.last.and_then(|last| list.questions.get_mut(last)) {
            found.add(field, line, text);
        }
    }

    /// More of the answer before.
    fn more(&self, list: &mut List, line: &Line) {
        let before = self.last.and_then(|last| list.questions.get(last));
        let is_free = before.is_some_and(|found| found.is_free() && found.text(Field::Explanation).is_empty());
        let is_explained = before.is_some_and(|found| !found.text(Field::Explanation).is_empty());
        for (field, text) in marks::parts(&line.text) {
            match field {
                Some(field) if self.last.is_some() => self.add(list, line.number, field, text),
                None if is_explained => self.add(list, line.number, Field::Explanation, text),
                None if is_free => self.add(list, line.number, Field::Answer, text),
                _ => list.remarks.push(remark(line.number, "paragraph-skipped", text)),
            }
        }
    }
}

/// The section of a kind.
fn section(list: &List, word: &str) -> Option<usize> {
    let kind = kinds::kind(word);
    let is_it = |known: &String| known == word || kind.is_some() && kinds::kind(known) == kind;
    list.sections.iter().position(is_it)
}
