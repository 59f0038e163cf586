//! JSON that remembers where everything stands.
//!
//! Strict RFC 8259 in UTF-8 (a byte order mark is allowed). A value holds byte offsets into the text and nothing else,
//! so that a bank of 256 MB costs little more than itself; texts are decoded when asked for, lines, columns and
//! pointers are worked out only where a problem is reported.

mod parser;
mod places;

pub use places::Places;

use crate::rules::bank::{Problem, ProblemCode};
use parser::Parser;
use std::borrow::Cow;

/// Most levels of lists and objects.
pub const MOST_LEVELS: usize = 64;
/// Most values in one file: some eighty for each question of the largest bank.
pub const MOST_VALUES: usize = 16_000_000;

/// A value; `at` is the byte where it starts, `end` the byte behind it.
#[derive(Debug)]
pub enum Value {
    /// `null`
    Null {
        /// Where it starts.
        at: u32,
    },
    /// `true` or `false`
    Boolean {
        /// Where it starts.
        at: u32,
        /// Which.
        value: bool,
    },
    /// A number; see [`Document::number`].
    Number {
        /// Where it starts.
        at: u32,
        /// The byte behind it.
        end: u32,
    },
    /// A string; see [`Document::text`].
    Text {
        /// Where its opening quote stands.
        at: u32,
        /// The byte behind its closing quote.
        end: u32,
    },
    /// An array.
    List {
        /// Where its bracket opens.
        at: u32,
        /// What it holds.
        items: Box<[Self]>,
    },
    /// An object.
    Object {
        /// Where its brace opens.
        at: u32,
        /// Its fields in the file's order, repeated ones included.
        members: Box<[Member]>,
    },
}

/// A field of an object.
#[derive(Debug)]
pub struct Member {
    key_at: u32,
    key_end: u32,
    /// What it holds.
    pub value: Value,
}

impl Value {
    /// The byte where it starts.
    pub const fn at(&self) -> u32 {
        match self {
            Self::Null { at }
            | Self::Boolean { at, .. }
            | Self::Number { at, .. }
            | Self::Text { at, .. }
            | Self::List { at, .. }
            | Self::Object { at, .. } => *at,
        }
    }

    /// The name of its JSON type.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null { .. } => "null",
            Self::Boolean { .. } => "boolean",
            Self::Number { .. } => "number",
            Self::Text { .. } => "string",
            Self::List { .. } => "array",
            Self::Object { .. } => "object",
        }
    }
}

impl Member {
    /// The byte where its name starts.
    pub const fn at(&self) -> u32 {
        self.key_at
    }
}

/// A field that stands twice in its object.
#[derive(Debug, Clone, Copy)]
pub struct RepeatedField {
    /// Where it stands again.
    pub at: u32,
    /// The byte behind its name there.
    end: u32,
    /// Where it stood first.
    pub first: u32,
}

/// A file of JSON, read.
#[derive(Debug)]
pub struct Document<'a> {
    text: &'a str,
    root: Value,
    repeated: Vec<RepeatedField>,
}

impl<'a> Document<'a> {
    /// Reads a file of at most `most_bytes`. What isn't JSON is one problem: the first.
    pub fn read(bytes: &'a [u8], most_bytes: usize) -> Result<Self, Problem> {
        if bytes.len() > most_bytes.min(MOST_BYTES) {
            return Err(of_the_file(ProblemCode::TooLarge, bytes.len().to_string(), most_bytes.to_string()));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
        if text.trim().is_empty() {
            return Err(of_the_file(ProblemCode::EmptyFile, String::new(), String::new()));
        }
        let mut parser = Parser::new(text);
        match parser.document() {
            Ok(root) => Ok(Self { text, root, repeated: parser.into_repeated() }),
            Err(fault) => Err(Problem {
                place: Places::new(text).place(fault.at),
                pointer: String::new(),
                code: fault.code,
                found: slice(text, fault.at, u32::MAX).chars().next().map(String::from).unwrap_or_default(),
                expected: fault.expected,
                origin: None,
            }),
        }
    }

    /// The whole text, without its byte order mark.
    pub const fn source(&self) -> &'a str {
        self.text
    }

    /// The outermost value.
    pub const fn root(&self) -> &Value {
        &self.root
    }

    /// Every field that stands twice in its object.
    pub fn repeated(&self) -> &[RepeatedField] {
        &self.repeated
    }

    /// The name of a repeated field.
    pub fn repeated_name(&self, field: RepeatedField) -> Cow<'a, str> {
        decode(inside(self.text, field.at, field.end))
    }

    /// The text of a string; `None` of anything else.
    pub fn text(&self, value: &Value) -> Option<Cow<'a, str>> {
        match value {
            Value::Text { at, end } => Some(decode(inside(self.text, *at, *end))),
            _ => None,
        }
    }

    /// A number as its nearest float (infinite where it is too large) and as written; `None` of anything else.
    pub fn number(&self, value: &Value) -> Option<(f64, &'a str)> {
        match value {
            Value::Number { at, end } => {
                let raw = slice(self.text, *at, *end);
                Some((raw.parse().unwrap_or(f64::NAN), raw))
            }
            _ => None,
        }
    }

    /// A value as the API hands it on; of a field that stands twice the last counts.
    pub fn plain(&self, value: &Value) -> serde_json::Value {
        match value {
            Value::Null { .. } => serde_json::Value::Null,
            Value::Boolean { value, .. } => serde_json::Value::Bool(*value),
            Value::Number { at, end } => serde_json::from_str(slice(self.text, *at, *end)).unwrap_or_default(),
            Value::Text { .. } => self.text(value).map(Cow::into_owned).into(),
            Value::List { items, .. } => items.iter().map(|item| self.plain(item)).collect(),
            Value::Object { members, .. } => {
                members.iter().map(|member| (self.key(member).into_owned(), self.plain(&member.value))).collect()
            }
        }
    }

    /// The name of a field.
    pub fn key(&self, member: &Member) -> Cow<'a, str> {
        decode(inside(self.text, member.key_at, member.key_end))
    }

    /// The value that a JSON pointer (RFC 6901) names.
    pub fn find(&self, pointer: &str) -> Option<&Value> {
        pointer.split('/').skip(1).try_fold(&self.root, |value, part| match value {
            Value::Object { members, .. } => {
                let name = part.replace("~1", "/").replace("~0", "~");
                members.iter().find(|member| self.key(member) == name).map(|member| &member.value)
            }
            Value::List { items, .. } => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The JSON pointer (RFC 6901) of the value or field name that starts at `at`.
    pub fn pointer(&self, at: u32) -> String {
        let mut pointer = String::new();
        let mut value = &self.root;
        loop {
            match value {
                Value::Object { at: start, members } if *start < at => {
                    let index = members.partition_point(|member| member.key_at <= at).checked_sub(1);
                    let Some(member) = index.and_then(|index| members.get(index)) else { break };
                    pointer.push('/');
                    pointer.push_str(&self.key(member).replace('~', "~0").replace('/', "~1"));
                    value = &member.value;
                }
                Value::List { at: start, items } if *start < at => {
                    let index = items.partition_point(|item| item.at() <= at).checked_sub(1);
                    let Some((index, item)) = index.and_then(|index| Some((index, items.get(index)?))) else { break };
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    value = item;
                }
                _ => break,
            }
        }
        pointer
    }
}

/// Offsets are kept in 32 bits.
const MOST_BYTES: usize = 1 << 31;

fn of_the_file(code: ProblemCode, found: String, expected: String) -> Problem {
    Problem::new(Places::new("").place(0), String::new(), code, found, expected)
}

fn not_utf8(bytes: &[u8], valid: usize) -> Problem {
    let before = bytes.get(..valid).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    Problem {
        place: Places::new(before).place(offset(valid)),
        pointer: String::new(),
        code: ProblemCode::NotUtf8,
        found: bytes.get(valid).map(|byte| format!("0x{byte:02X}")).unwrap_or_default(),
        expected: "UTF-8".to_owned(),
        origin: None,
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// The text between two bytes; nothing where they don't lie at characters of the text.
fn slice(text: &str, at: u32, end: u32) -> &str {
    text.get(index(at)..index(end).min(text.len())).unwrap_or_default()
}

/// What stands between two quotes.
fn inside(text: &str, at: u32, end: u32) -> &str {
    slice(text, at.saturating_add(1), end.saturating_sub(1))
}

/// Resolves the escapes of a string that the parser has accepted.
fn decode(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match rest.next() {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => text.push(unicode_escape(&mut rest)),
            Some(other) => text.push(other),
            None => {}
        }
    }
    Cow::Owned(text)
}

fn unicode_escape(rest: &mut std::str::Chars<'_>) -> char {
    let high = hex(rest);
    if (0xd800..0xdc00).contains(&high) {
        let low = {
            rest.by_ref().take(2).for_each(drop);
            hex(rest)
        };
        let code = 0x10000 + (high - 0xd800) * 0x400 + low.saturating_sub(0xdc00);
        return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn hex(rest: &mut std::str::Chars<'_>) -> u32 {
    rest.by_ref().take(4).fold(0, |code, digit| code * 16 + digit.to_digit(16).unwrap_or_default())
}

#[cfg(test)]
mod tests;
