//! A GIFT file → its questions as text, with comments and categories taken out.

use super::text::find;

/// One question as it is written.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The line on which its text begins.
    pub(super) line: usize,
    /// Its text; comments are empty lines.
    pub(super) text: String,
    /// The category it stands in, as a path.
    pub(super) category: Option<String>,
    /// The id that a comment gives.
    pub(super) id: Option<String>,
    /// The tags that comments give.
    pub(super) tags: Vec<String>,
}

impl Block {
    /// The line of a place in the text.
    pub(super) fn line_at(&self, at: usize) -> usize {
        self.line + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }

    fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Reads lines into blocks.
#[derive(Default)]
struct Splitter {
    blocks: Vec<Block>,
    open: Block,
    category: Option<String>,
    /// Whether the open block has a brace that is not closed, or has closed one.
    is_inside: bool,
    is_answered: bool,
}

/// The questions of a file.
pub(super) fn split(text: &str) -> Vec<Block> {
    let mut splitter = Splitter::default();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (index, line) in lines.iter().enumerate() {
        let following = || lines.iter().skip(index + 1).find(|line| !line.is_empty()).copied().unwrap_or_default();
        splitter.take(index + 1, line, following);
    }
    splitter.close();
    splitter.blocks
}

impl Splitter {
    fn take<'l>(&mut self, number: usize, line: &'l str, following: impl FnOnce() -> &'l str) {
        if let Some(category) = line.strip_prefix("$CATEGORY:") {
            self.close();
            self.category = Some(category.trim().to_owned()).filter(|category| !category.is_empty());
        } else if let Some(comment) = line.strip_prefix("//") {
            self.comment(comment);
        } else if line.is_empty() {
            let goes_on = self.is_inside && following().starts_with(['=', '~', '}', '#']);
            if goes_on { self.open.text.push('\n') } else { self.close() }
        } else {
            if self.is_answered && line.starts_with("::") {
                self.close();
            }
            self.text(number, line);
        }
    }

    fn text(&mut self, number: usize, line: &str) {
        if self.open.is_empty() {
            self.open.line = number;
            self.open.text.clear();
        }
        self.open.text.push_str(line);
        self.open.text.push('\n');
        let mut rest = line;
        loop {
            let wanted = if self.is_inside { '}' } else { '{' };
            let Some(at) = find(rest, wanted) else { break };
            self.is_answered |= self.is_inside;
            self.is_inside = !self.is_inside;
            rest = rest.get(at + 1..).unwrap_or_default();
        }
    }

    /// A comment belongs to the question that it stands in or before.
    fn comment(&mut self, comment: &str) {
        for part in comment.split('[').skip(1) {
            let Some((inner, _)) = part.split_once(']') else { continue };
            match inner.split_once(':') {
                Some(("id", id)) if !id.trim().is_empty() => self.open.id = Some(id.trim().to_owned()),
                Some(("tag", tag)) if !tag.trim().is_empty() => self.open.tags.push(tag.trim().to_owned()),
                _ => {}
            }
        }
        if !self.open.is_empty() {
            self.open.text.push('\n');
        }
    }

    fn close(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let mut block = std::mem::take(&mut self.open);
        block.category.clone_from(&self.category);
        self.blocks.push(block);
        (self.is_inside, self.is_answered) = (false, false);
    }
}
