//! GIFT → [`Draft`].

use super::answers::{Piece, numeric, pair, piece, pieces, verdict};
use super::blocks::{Block, split};
use super::text::{Format, bare, find, find_general_feedback, format, plain, split_at};
use crate::formats::exchange::drafting::{Fields, apply_tags, choice, fields, line, matching, push, with_gap};
use crate::formats::exchange::moodle_xml::cloze::Cloze;
use crate::formats::exchange::{Draft, Drafted, Origin};
use crate::rules::question::paper_label;
use crate::rules::text::is_name;
use serde_json::json;

/// Reads the questions of a GIFT file.
pub fn read(text: &str) -> Draft {
    let mut draft = Draft::default();
    for block in split(text) {
        Reading { draft: &mut draft, block: &block, at: 0, format: Format::Moodle, origins: Vec::new() }.read();
    }
    draft
}

/// One question on its way into a draft.
struct Reading<'d, 'b> {
    draft: &'d mut Draft,
    block: &'b Block,
    /// Where the answer block starts.
    at: usize,
    format: Format,
    origins: Vec<(String, Origin)>,
}

/// What stands around the braces.
#[derive(Clone, Copy)]
struct Stem<'b> {
    before: &'b str,
    after: &'b str,
}

impl<'b> Reading<'_, 'b> {
    fn read(mut self) {
        let (title, body) = titled(&self.block.text);
        let title = title.map(|title| plain(title, Format::Plain).text);
        let name = title.clone().filter(|title| !title.is_empty()).unwrap_or_else(|| body.to_owned());
        let Some((before, inner, after)) = braces(body) else {
            let code = if find(body, '{').is_some() { "brace-open" } else { "text-skipped" };
            return self.draft.remark(line(self.block.line), code, name);
        };
        self.at = self.block.text.len() - body.len() + before.len() + 1;
        let mut fields = if find(after, '{').is_some() {
            match self.embedded(body) {
                Some(fields) => fields,
                None => return self.draft.remark(line(self.block.line), "several-answers", name),
            }
        } else {
            let (format, before) = format(before, Format::Moodle);
            self.format = format;
            self.question(Stem { before, after }, inner)
        };
        let id = self.block.id.clone().filter(|id| is_name(id)).or_else(|| title.filter(|title| is_name(title)));
        if let Some(id) = id {
            fields.insert("id".to_owned(), json!(id));
        }
        if let Some(topic) = self.block.category.as_deref().and_then(topic) {
            fields.insert("topic".to_owned(), json!(topic));
        }
        apply_tags(self.draft, &mut fields, &self.block.tags);
        self.origins.push(("/answer".to_owned(), line(self.block.line_at(self.at))));
        let question = Drafted { origin: line(self.block.line), fields, origins: self.origins };
        push(self.draft, question);
    }

    fn question(&mut self, stem: Stem<'b>, inner: &'b str) -> Fields {
        let (inner, general) = match find_general_feedback(inner) {
            Some(at) => {
                let (inner, general) = split_at(inner, at, 4);
                (inner, Some(self.show(general)).filter(|text| !text.is_empty()))
            }
            None => (inner, None),
        };
        let has = |sign: char| find(inner, sign).is_some();
        let trimmed = inner.trim();
        if trimmed.is_empty() {
            return self.essay(stem, general);
        }
        if let Some(numbers) = trimmed.strip_prefix('#') {
            return self.numeric(stem, numbers, general);
        }
        if has('~') {
            return self.choice(stem, inner, general);
        }
        let pairs = pieces(inner);
        if pairs.len() > 1 && pairs.iter().all(|piece| piece.text.contains("->")) {
            return self.matching(stem, &pairs, general);
        }
        let lone = piece(true, 0, trimmed);
        if let Some(is_right) = verdict(lone.text) {
            return self.true_false(stem, is_right, &lone, general);
        }
        self.blank(stem, &pairs, general)
    }

    /// Several answers in one text are no GIFT, but people write them as Moodle's embedded questions.
    fn embedded(&mut self, body: &str) -> Option<Fields> {
        let (format, body) = format(body, Format::Moodle);
        self.format = format;
        let cloze = Cloze::read(body);
        let stem = self.show(&cloze.text);
        let (fields, remarks) = cloze.fields(&stem).filter(|_| !cloze.text.replace("{{", "").contains('{'))?;
        for (code, found) in remarks {
            self.draft.remark(line(self.block.line), code, found);
        }
        Some(fields)
    }

    /// What readers see of a text; pictures are told.
    fn show(&mut self, text: &str) -> String {
        let shown = plain(text, self.format);
        for (code, found) in shown.told {
            self.draft.remark(line(self.block.line), code, found);
        }
        shown.text
    }

    fn stem(&mut self, stem: Stem<'_>, gap: &str) -> String {
        if stem.after.trim().is_empty() {
            return self.show(stem.before);
        }
        self.show(&format!("{}{gap}{}", stem.before, stem.after))
    }

    fn essay(&mut self, stem: Stem<'_>, general: Option<String>) -> Fields {
        let mut fields = fields(json!({ "kind": "essay", "stem": self.stem(stem, "") }));
        if let Some(model) = general {
            fields.insert("answer".to_owned(), json!(model));
        }
        fields
    }

    fn numeric(&mut self, stem: Stem<'_>, written: &'b str, general: Option<String>) -> Fields {
        let all = pieces(written);
        let key = all.iter().find(|piece| piece.is_full()).cloned();
        let mut fields = fields(json!({ "kind": "numeric", "stem": self.stem(stem, "_____") }));
        if let Some(key) = &key {
            let answer = numeric(key.text).map(|(value, tolerance)| json!({ "value": value, "tolerance": tolerance }));
            fields.insert("answer".to_owned(), answer.unwrap_or_else(|| json!(key.text)));
        }
        for other in all.iter().filter(|piece| piece.is_full()).skip(1) {
            self.remark_at(other, "answer-left-out");
        }
        self.explain(&mut fields, general, key.as_ref(), &all);
        fields
    }

    fn choice(&mut self, stem: Stem<'_>, inner: &'b str, general: Option<String>) -> Fields {
        let all = pieces(inner);
        let equal = all.iter().filter(|piece| piece.is_equal).count();
        let is_right = |piece: &Piece<'_>| {
            if equal > 0 { piece.is_equal } else { piece.weight.is_some_and(|weight| weight > 0.0) }
        };
        let right: Vec<bool> = all.iter().map(is_right).collect();
        let kind = if equal == 1 || all.iter().all(|piece| piece.weight.is_none()) { "single" } else { "multiple" };
        if equal > 1 {
            self.draft.remark(line(self.block.line), "several-right", stem.before);
        }
        let mut options = Vec::with_capacity(all.len());
        for (index, piece) in all.iter().enumerate() {
            options.push(self.show(piece.text));
            let place = line(self.block.line_at(self.at + piece.at));
            self.origins.push((format!("/options/{}", paper_label(index)), place));
        }
        let mut fields = choice(kind, options, &right);
        fields.insert("stem".to_owned(), json!(self.stem(stem, "_____")));
        let key = all.iter().find(|piece| is_right(piece)).filter(|_| kind == "single");
        if kind == "single" {
            self.explain(&mut fields, general, key, &all);
        } else {
            self.explain(&mut fields, general, None, &[]);
            self.remark_comments(&all);
        }
        fields
    }

    fn matching(&mut self, stem: Stem<'_>, all: &[Piece<'b>], general: Option<String>) -> Fields {
        let written = all.iter().filter_map(pair);
        let (pairs, more): (Vec<_>, Vec<_>) = written.partition(|(option, _)| !option.is_empty());
        let mut fields = matching(pairs, more.into_iter().map(|(_, target)| target).collect());
        fields.insert("stem".to_owned(), json!(self.stem(stem, "_____")));
        self.explain(&mut fields, general, None, &[]);
        self.remark_comments(all);
        fields
    }

    fn true_false(&mut self, stem: Stem<'_>, is_right: bool, lone: &Piece<'b>, general: Option<String>) -> Fields {
        let mut fields = fields(json!({ "kind": "true_false", "stem": self.stem(stem, "_____"), "answer": is_right }));
        // What is said to who was wrong stands first and explains most.
        let comment = lone.comment.and_then(|comment| {
            let (wrong, right) = find(comment, '#').map_or((comment, ""), |at| split_at(comment, at, 1));
            [wrong, right].into_iter().find(|text| !text.trim().is_empty())
        });
        let explained = general.or_else(|| comment.map(|comment| self.show(comment)));
        self.explain(&mut fields, explained, None, &[]);
        fields
    }

    fn blank(&mut self, stem: Stem<'_>, all: &[Piece<'b>], general: Option<String>) -> Fields {
        let text = self.stem(stem, "{{1}}");
        let text = if stem.after.trim().is_empty() { with_gap(&text) } else { text };
        let mut accept: Vec<String> = Vec::new();
        for piece in all.iter().filter(|piece| piece.is_full()) {
            let text = self.show(piece.text);
            if text.replace("\\*", "").contains('*') {
                self.remark_at(piece, "wildcard");
            }
            let text = text.replace("\\*", "*");
            if !accept.contains(&text) {
                accept.push(text);
            }
        }
        let mut fields = fields(json!({ "kind": "blank", "stem": text }));
        if !accept.is_empty() {
            fields.insert("answer".to_owned(), json!([accept]));
        }
        let key = all.iter().find(|piece| piece.is_full());
        self.explain(&mut fields, general, key, all);
        fields
    }

    /// Puts in the explanation: the general one, or what is said to who answers with the key; tells what is lost.
    fn explain(&mut self, fields: &mut Fields, general: Option<String>, key: Option<&Piece<'b>>, all: &[Piece<'b>]) {
        let of_key = key.and_then(|key| key.comment).map(|comment| self.show(comment));
        let is_taken = general.is_none() && of_key.is_some();
        if let Some(explanation) = general.or(of_key) {
            fields.insert("explanation".to_owned(), json!(explanation));
        }
        for piece in all.iter().filter(|piece| piece.is_partial()) {
            self.remark_at(piece, "partial-credit");
        }
        let lost = all.iter().filter(|piece| !(is_taken && key.is_some_and(|key| key.at == piece.at)));
        self.remark_comments(&lost.cloned().collect::<Vec<_>>());
    }

    /// Tells once a question that comments on single answers are lost.
    fn remark_comments(&mut self, all: &[Piece<'b>]) {
        if let Some(first) = all.iter().find(|piece| piece.comment.is_some()) {
            let place = line(self.block.line_at(self.at + first.at));
            self.draft.remark(place, "feedback-left-out", first.comment.unwrap_or_default());
        }
    }

    fn remark_at(&mut self, piece: &Piece<'_>, code: &'static str) {
        let place = line(self.block.line_at(self.at + piece.at));
        let found = plain(piece.text, Format::Moodle).text;
        self.draft.remark(place, code, found);
    }
}

/// The title of a question and the rest.
fn titled(text: &str) -> (Option<&str>, &str) {
    let Some(rest) = text.trim_start().strip_prefix("::") else { return (None, text) };
    let mut last = None;
    for (at, _) in bare(rest).filter(|(_, character)| *character == ':') {
        if last.is_some_and(|last| last + 1 == at) {
            let (title, body) = split_at(rest, at - 1, 2);
            return (Some(title), body);
        }
        last = Some(at);
    }
    (None, text)
}

/// What stands before, between and behind the first braces.
fn braces(body: &str) -> Option<(&str, &str, &str)> {
    let open = find(body, '{')?;
    let (before, rest) = split_at(body, open, 1);
    let (inner, after) = split_at(rest, find(rest, '}')?, 1);
    Some((before, inner, after))
}

/// The topic that a category's path names: without the parts that every path starts with.
pub(in crate::formats::exchange) fn topic(path: &str) -> Option<String> {
    let doubled = path.replace("//", "\u{0}");
    let parts: Vec<String> = doubled.split('/').map(|part| part.replace('\u{0}', "/").trim().to_owned()).collect();
    let is_usual = |part: &String| part.is_empty() || part == "top" || part.starts_with('$') && part.ends_with('$');
    let own: Vec<String> = parts.into_iter().skip_while(is_usual).filter(|part| !part.is_empty()).collect();
    (!own.is_empty()).then(|| own.join(" / "))
}
