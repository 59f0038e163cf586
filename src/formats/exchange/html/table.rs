//! A table of HTML → lines between `|`, where it is one of rows and columns and its cells are lines.

use std::fmt::Write;
use std::ops::Range;

/// A table on its way: where its cells stand in the text that is written of it. That text stays where it can't be a table.
#[derive(Debug)]
pub(super) struct Table {
    from: usize,
    rows: Vec<Vec<Range<usize>>>,
    is_open: bool,
    /// Tables inside this one.
    pub(super) inner: usize,
    /// Whether a cell is wider or higher than one.
    pub(super) is_odd: bool,
    /// Whether a cell is a heading: what has none may only lay out a page.
    pub(super) has_heading: bool,
}

impl Table {
    /// A table whose text begins here.
    pub(super) const fn new(from: usize) -> Self {
        Self { from, rows: Vec::new(), is_open: false, inner: 0, is_odd: false, has_heading: false }
    }

    pub(super) fn begin_row(&mut self) {
        self.rows.push(Vec::new());
    }

    pub(super) fn begin_cell(&mut self, at: usize) {
        if self.rows.is_empty() {
            self.begin_row();
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(at..at);
            self.is_open = true;
        }
    }

    pub(super) fn end_cell(&mut self, at: usize) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()).filter(|_| self.is_open) {
            cell.end = at;
        }
        self.is_open = false;
    }

    /// Where the table begins, and its lines in place of `text`; nothing where they would say less.
    pub(super) fn lines(&self, text: &str) -> Option<(usize, String)> {
        let rows: Vec<&Vec<Range<usize>>> = self.rows.iter().filter(|row| !row.is_empty()).collect();
        let width = rows.first()?.len();
        let is_table = self.has_heading || width > 1 && rows.len() > 1;
        if self.is_odd || !is_table || rows.iter().any(|row| row.len() != width) {
            return None;
        }
        let (mut lines, mut at) = (String::new(), self.from);
        for (index, row) in rows.into_iter().enumerate() {
            for cell in row {
                let between = text.get(at..cell.start)?.trim();
                if index == 0 && lines.is_empty() {
                    lines.push_str(between);
                    lines.push_str(if between.is_empty() { "|" } else { "\n|" });
                } else if !between.chars().all(|c| c == '|' || c.is_whitespace()) {
                    return None;
                }
                let inner = text.get(cell.clone())?.lines().map(str::trim).filter(|line| !line.is_empty());
                let inner = inner.collect::<Vec<&str>>().join(" ");
                if inner.contains('|') {
                    return None;
                }
                let _ = write!(lines, " {inner} |");
                at = cell.end;
            }
            lines.push('\n');
            if index == 0 {
                let _ = writeln!(lines, "|{}", "---|".repeat(width));
            }
            lines.push('|');
        }
        lines.pop();
        text.get(at..)?.trim().is_empty().then_some((self.from, lines))
    }
}
