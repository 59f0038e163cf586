//! Lines and columns of byte offsets, worked out in one pass however many are asked for in order.

use super::{index, offset, slice};
use crate::rules::bank::Place;

/// Finds places in one text.
#[derive(Debug)]
pub struct Places<'a> {
    text: &'a str,
    /// Where each line ends.
    ends: Vec<u32>,
    /// The place found last: files of one endless line would otherwise be counted through for every problem.
    last: (u32, Place),
}

impl<'a> Places<'a> {
    /// Looks where the lines of `text` end.
    pub fn new(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| offset(at)).collect();
        Self { text, ends, last: (0, Place { line: 1, column: 1 }) }
    }

    /// The line of a byte, from 1.
    pub fn line(&self, at: u32) -> usize {
        self.ends.partition_point(|&end| end < at) + 1
    }

    /// The place of a byte.
    pub fn place(&mut self, at: u32) -> Place {
        let line = self.line(at);
        let start = line.checked_sub(2).and_then(|before| self.ends.get(before)).map_or(0, |end| end + 1);
        let (from, column) = match self.last {
            (last, place) if place.line == line && last <= at => (last, place.column),
            _ => (start, 1),
        };
        let end = index(at).min(self.text.len());
        let column = column + slice(self.text, from, offset(end)).chars().count();
        self.last = (at, Place { line, column });
        Place { line, column }
    }
}
