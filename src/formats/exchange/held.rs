//! Texts as a form can hold them: with their pictures, tables and formulas, or in words alone.

use super::Form;
use crate::formats::mathml;
use crate::rules::bank::Bank;
use crate::rules::rich::{self, Block, Inline, Picture, blocks, inline, is_plain, plain};
use std::borrow::Cow;
use std::collections::HashMap;

/// Pictures by their names.
pub(super) type Files<'p> = HashMap<&'p str, &'p [u8]>;

/// A bank as a form holds it, and as it would without losing anything; `None` where that is the bank itself.
pub(super) struct Held {
    /// To be written.
    pub(super) written: Option<Bank>,
    /// To be compared with what was written.
    pub(super) whole: Option<Bank>,
}

/// What a form of another system holds of a bank's texts; in our own they stay as they are.
pub(super) fn held(bank: &Bank, form: Form, files: &Files<'_>) -> Held {
    if !form.holds_one_language() {
        return Held { written: None, whole: None };
    }
    if !form.holds_pictures() {
        return Held { written: with_texts(bank, &|text| plain(text)), whole: None };
    }
    Held {
        written: with_texts(bank, &|text| usual(text, &|name| files.contains_key(name))),
        whole: with_texts(bank, &|text| usual(text, &|_| true)),
    }
}

fn with_texts(bank: &Bank, change: &dyn Fn(&str) -> Cow<'_, str>) -> Option<Bank> {
    let mut changed = false;
    let mut bank = bank.clone();
    for question in &mut bank.questions {
        question.for_each_text(&mut |_, text| {
            for version in text.versions_mut() {
                if let Cow::Owned(other) = change(version) {
                    changed |= other != *version;
                    *version = other;
                }
            }
        });
    }
    changed.then_some(bank)
}

/// A text with its tables and formulas as they are usually written, and in words what isn't there or can't be shown.
fn usual<'t>(text: &'t str, is_there: &dyn Fn(&str) -> bool) -> Cow<'t, str> {
    if !is_rich(text) {
        return Cow::Borrowed(text);
    }
    let mut usual = String::with_capacity(text.len());
    let mut is_below_table = false;
    for block in blocks(text) {
        if !usual.is_empty() {
            usual.push('\n');
        }
        let is_table = matches!(block, Block::Table(_));
        match block {
            Block::Lines(lines) => usual.push_str(&usual_lines(lines, is_there)),
            Block::Table(table) => {
                // Two tables are told apart by a line between them.
                usual.push_str(if is_below_table { "\n" } else { "" });
                let row = |cells: &[&str]| {
                    let cells = cells.iter().map(|cell| format!(" {} |", usual_lines(cell, is_there)));
                    format!("|{}", cells.collect::<String>())
                };
                let rule = format!("|{}", "---|".repeat(table.heading.len()));
                let rows = table.rows.iter().map(|cells| row(cells));
                let lines: Vec<String> = [row(&table.heading), rule].into_iter().chain(rows).collect();
                usual.push_str(&lines.join("\n"));
            }
        }
        is_below_table = is_table;
    }
    Cow::Owned(usual)
}

fn usual_lines(lines: &str, is_there: &dyn Fn(&str) -> bool) -> String {
    let said = |one: Inline<'_>| match one {
        Inline::Words(words) => words.to_owned(),
        Inline::Picture(Picture { alt, name }) if is_there(name) => format!("![{alt}]({name})"),
        Inline::Picture(Picture { alt, .. }) => format!("[{alt}]"),
        Inline::Formula(formula) => {
            mathml::clean(formula).map_or_else(|| rich::letters(formula), |formula| one_line(&formula))
        }
    };
    inline(lines).into_iter().map(said).collect()
}

/// A formula on one line.
pub(super) fn one_line(formula: &str) -> String {
    formula.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// Whether a text shows more than words.
pub(super) fn is_rich(text: &str) -> bool {
    let is_more = |one: &Inline<'_>| !matches!(one, Inline::Words(_));
    !is_plain(text) && (has_table(text) || inline(text).iter().any(is_more))
}

/// Whether a text shows a table.
pub(super) fn has_table(text: &str) -> bool {
    text.contains('|') && blocks(text).iter().any(|block| matches!(block, Block::Table(_)))
}

/// The names of the pictures that a text shows.
pub(super) fn pictures(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for one in inline(text) {
        match one {
            Inline::Picture(picture) if !names.contains(&picture.name) => names.push(picture.name),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests;
