//! Questions embedded in a text, as `{1:SHORTANSWER:=Paris~%50%Marseille#No}`.

use super::read::Reading;
use crate::formats::exchange::drafting::{Fields, choice, fields};
use crate::formats::exchange::gift::answers::numeric;
use crate::formats::exchange::html::to_plain;
use crate::formats::exchange::xml::child;
use serde_json::{Value, json};

/// The marker of a gap.
pub(super) fn marker(number: usize) -> String {
    format!("{{{{{number}}}}}")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Text,
    Number,
    Choice,
    Choices,
}

const KINDS: [(Asks, &str); 4] = [
    (Asks::Text, "SHORTANSWER SA MW SHORTANSWER_C SAC MWC"),
    (Asks::Number, "NUMERICAL NM"),
    (
        Asks::Choice,
        "MULTICHOICE MC MULTICHOICE_V MCV MULTICHOICE_H MCH MULTICHOICE_S MCS MULTICHOICE_VS MCVS MULTICHOICE_HS MCHS",
    ),
    (Asks::Choices, "MULTIRESPONSE MR MULTIRESPONSE_H MRH MULTIRESPONSE_S MRS MULTIRESPONSE_HS MRHS"),
];

/// One embedded question.
#[derive(Debug)]
struct Embedded {
    asks: Asks,
    /// Shares of the points in percent, and texts.
    answers: Vec<(f64, String)>,
    has_comments: bool,
}

impl Embedded {
    fn full(&self) -> impl Iterator<Item = &str> {
        self.answers.iter().filter(|(share, _)| *share > 99.9).map(|(_, text)| text.as_str())
    }
}

/// The fields of a question with embedded ones; nothing where they can't be gaps.
pub(super) fn question(reading: &mut Reading<'_, '_, '_>) -> Option<Fields> {
    let text = child(reading.node, "questiontext")?;
    let html = super::read::inner_text(text);
    let cloze = Cloze::read(&html);
    let stem = reading.show_html(text, &cloze.text);
    let (mut made, remarks) = cloze.fields(&stem)?;
    let place = reading.place(reading.node);
    for (code, found) in remarks {
        reading.draft.remark(place.clone(), code, found);
    }
    reading.explain(&mut made, None, &[]);
    Some(made)
}

/// A text and the questions embedded in it.
pub(in crate::formats::exchange) struct Cloze {
    /// The text with markers in place of the questions.
    pub(in crate::formats::exchange) text: String,
    embedded: Vec<Embedded>,
}

/// Codes of remarks with what they are about.
type Remarks = Vec<(&'static str, String)>;

impl Cloze {
    /// The fields of one question, and what is lost; `stem` is what readers see of the text.
    pub(in crate::formats::exchange) fn fields(&self, stem: &str) -> Option<(Fields, Remarks)> {
        let mut remarks = Remarks::new();
        let mut made = match self.embedded.as_slice() {
            [] => return None,
            [one] if matches!(one.asks, Asks::Choice | Asks::Choices) => lone_choice(one),
            [one] if one.asks == Asks::Number => lone_number(one)?,
            all => gaps(all, stem, &mut remarks)?,
        };
        let is_blank = made.get("kind") == Some(&json!("blank"));
        let stem = if is_blank { stem.to_owned() } else { stem.replace(&marker(1), "_____") };
        let partial = self.embedded.iter().filter(|one| one.asks != Asks::Choices).flat_map(|one| &one.answers);
        let partial = partial.filter(|(share, _)| *share > 0.0 && *share <= 99.9);
        remarks.extend(partial.map(|(_, text)| ("partial-credit", text.clone())));
        if self.embedded.iter().any(|one| one.has_comments) {
            remarks.push(("feedback-left-out", stem.clone()));
        }
        made.insert("stem".to_owned(), json!(stem));
        Some((made, remarks))
    }
}

fn lone_choice(one: &Embedded) -> Fields {
    let is_single = one.asks == Asks::Choice;
    let right: Vec<bool> =
        one.answers.iter().map(|(share, _)| if is_single { *share > 99.9 } else { *share > 0.0 }).collect();
    let options = one.answers.iter().map(|(_, text)| text.clone()).collect();
    choice(if is_single { "single" } else { "multiple" }, options, &right)
}

fn lone_number(one: &Embedded) -> Option<Fields> {
    let (value, tolerance) = numeric(one.full().next()?)?;
    Some(fields(json!({ "kind": "numeric", "answer": { "value": value, "tolerance": tolerance } })))
}

fn gaps(embedded: &[Embedded], stem: &str, remarks: &mut Remarks) -> Option<Fields> {
    if embedded.iter().any(|one| one.asks == Asks::Choices) {
        return None;
    }
    if embedded.iter().any(|one| one.asks == Asks::Choice) {
        remarks.push(("choices-as-gaps", stem.to_owned()));
    }
    let mut answer = Vec::with_capacity(embedded.len());
    for one in embedded {
        let mut accept: Vec<String> = Vec::new();
        for text in one.full() {
            let is_number = one.asks == Asks::Number;
            let (value, tolerance) = text.split_once(':').filter(|_| is_number).unwrap_or((text, ""));
            if tolerance.trim().parse::<f64>().is_ok_and(|tolerance| tolerance > 0.0) {
                remarks.push(("tolerance-left-out", text.to_owned()));
            }
            let value = value.trim().replace("\\*", "*");
            if !accept.contains(&value) {
                accept.push(value);
            }
        }
        answer.push(if one.asks == Asks::Number { json!({ "accept": accept, "number": true }) } else { json!(accept) });
    }
    Some(fields(json!({ "kind": "blank", "answer": Value::Array(answer) })))
}

impl Cloze {
    /// Finds the questions embedded in a text.
    pub(in crate::formats::exchange) fn read(html: &str) -> Self {
        let mut cloze = Self { text: String::with_capacity(html.len()), embedded: Vec::new() };
        let mut rest = html;
        while let Some(at) = rest.find('{') {
            let (before, inside) = rest.split_at(at);
            cloze.text.push_str(before);
            if let Some((one, length)) = embedded_at(inside) {
                cloze.embedded.push(one);
                cloze.text.push_str(&marker(cloze.embedded.len()));
                rest = inside.get(length..).unwrap_or_default();
            } else {
                cloze.text.push('{');
                rest = inside.get(1..).unwrap_or_default();
            }
        }
        cloze.text.push_str(rest);
        cloze
    }
}

/// The embedded question that a text starts with, and its length.
fn embedded_at(text: &str) -> Option<(Embedded, usize)> {
    let inner = text.strip_prefix('{')?;
    let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (name, answers) = inner.get(digits..)?.strip_prefix(':')?.split_once(':')?;
    let name = name.to_ascii_uppercase();
    let (asks, _) = KINDS.iter().find(|(_, names)| names.split(' ').any(|known| known == name))?;
    let end = bare(answers).find(|(_, character)| *character == '}').map(|(at, _)| at)?;
    let written = answers.get(..end)?;
    let cuts = bare(written).filter(|(_, character)| *character == '~').map(|(at, _)| at);
    let mut pieces = Vec::new();
    let mut from = 0;
    for cut in cuts.chain([written.len()]) {
        pieces.push(written.get(from..cut)?);
        from = cut + 1;
    }
    let mut one = Embedded { asks: *asks, answers: Vec::new(), has_comments: false };
    for piece in pieces.into_iter().filter(|piece| !piece.trim().is_empty()) {
        let comment = bare(piece).find(|(_, character)| *character == '#').map(|(at, _)| at);
        let answer = piece.get(..comment.unwrap_or(piece.len()))?;
        one.has_comments |= comment.is_some_and(|at| !piece.get(at + 1..).unwrap_or_default().trim().is_empty());
        one.answers.push(share(answer.trim()));
    }
    Some((one, text.len() - answers.len() + end + 1))
}

/// The share of an answer and its text.
fn share(written: &str) -> (f64, String) {
    let weighted = written.strip_prefix('%').and_then(|rest| {
        let (share, text) = rest.split_once('%')?;
        Some((share.trim().replace(',', ".").parse().ok()?, text))
    });
    let (share, text) = weighted.unwrap_or_else(|| match written.strip_prefix('=') {
        Some(text) => (100.0, text),
        None => (0.0, written),
    });
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next_if(|next| ESCAPED.contains(next)) } else { None };
        plain.push(escaped.unwrap_or(character));
    }
    (share, to_plain(&plain).text)
}

const ESCAPED: [char; 6] = ['}', '#', '~', '/', '"', '\\'];

/// The characters that no backslash takes their meaning from, with their places.
fn bare(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut is_escaped = false;
    text.char_indices().filter(move |(_, character)| {
        let is_bare = !is_escaped;
        is_escaped = is_bare && *character == '\\';
        is_bare
    })
}

/// A gap that accepts these texts.
pub(super) fn written(accept: &[String]) -> String {
    let mut text = "{1:SHORTANSWER:".to_owned();
    for (index, answer) in accept.iter().enumerate() {
        text.push_str(if index > 0 { "~%100%" } else { "%100%" });
        for character in super::write::html(&answer.replace('*', "\\*")).chars() {
            if ESCAPED.contains(&character) {
                text.push('\\');
            }
            text.push(character);
        }
    }
    text.push('}');
    text
}
