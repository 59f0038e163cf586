//! The grammar of RFC 8259, nothing more: no comments, no trailing commas, no lone surrogates.

use super::{MOST_LEVELS, MOST_VALUES, Member, RepeatedField, Value, decode, inside, offset};
use crate::rules::bank::ProblemCode;
use std::borrow::Cow;
use std::collections::HashMap;

/// Objects up to this size are searched for repeated fields by comparing each with each.
const FEW_MEMBERS: usize = 16;

/// Where reading ended, and why.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: u32,
    pub(super) code: ProblemCode,
    pub(super) expected: String,
}

/// A reader over one text.
pub(super) struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    values: usize,
    repeated: Vec<RepeatedField>,
}

impl<'a> Parser<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, values: 0, repeated: Vec::new() }
    }

    pub(super) fn into_repeated(self) -> Vec<RepeatedField> {
        self.repeated
    }

    /// One value and nothing behind it.
    pub(super) fn document(&mut self) -> Result<Value, Fault> {
        self.skip_space();
        let value = self.value(1)?;
        self.skip_space();
        if self.at < self.bytes.len() { Err(self.fault("")) } else { Ok(value) }
    }

    fn value(&mut self, level: usize) -> Result<Value, Fault> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(self.limit(ProblemCode::TooMany, MOST_VALUES));
        }
        let at = offset(self.at);
        match self.peek() {
            Some(b'{') => self.object(level),
            Some(b'[') => self.list(level),
            Some(b'"') => self.string().map(|(at, end)| Value::Text { at, end }),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true").map(|()| Value::Boolean { at, value: true }),
            Some(b'f') => self.word("false").map(|()| Value::Boolean { at, value: false }),
            Some(b'n') => self.word("null").map(|()| Value::Null { at }),
            _ => Err(self.fault("{ [ \" 0-9 true false null")),
        }
    }

    fn object(&mut self, level: usize) -> Result<Value, Fault> {
        let at = offset(self.at);
        let mut members = Vec::new();
        if self.open(level, b'}')? {
            loop {
                self.skip_space();
                if self.peek() != Some(b'"') {
                    return Err(self.fault("\""));
                }
                let (key_at, key_end) = self.string()?;
                self.skip_space();
                self.need(b':', ":")?;
                self.skip_space();
                let value = self.value(level + 1)?;
                members.push(Member { key_at, key_end, value });
                self.skip_space();
                if !self.take(b',') {
                    self.need(b'}', ", }")?;
                    break;
                }
            }
        }
        self.find_repeated(&members);
        Ok(Value::Object { at, members: members.into_boxed_slice() })
    }

    fn list(&mut self, level: usize) -> Result<Value, Fault> {
        let at = offset(self.at);
        let mut items = Vec::new();
        if self.open(level, b']')? {
            loop {
                self.skip_space();
                items.push(self.value(level + 1)?);
                self.skip_space();
                if !self.take(b',') {
                    self.need(b']', ", ]")?;
                    break;
                }
            }
        }
        Ok(Value::List { at, items: items.into_boxed_slice() })
    }

    /// Steps into a list or object; whether there is anything in it.
    fn open(&mut self, level: usize, closing: u8) -> Result<bool, Fault> {
        if level > MOST_LEVELS {
            return Err(self.limit(ProblemCode::TooDeep, MOST_LEVELS));
        }
        self.at += 1;
        self.skip_space();
        Ok(!self.take(closing))
    }

    /// Steps over a string; where it starts and ends, quotes included.
    fn string(&mut self) -> Result<(u32, u32), Fault> {
        let start = offset(self.at);
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok((start, offset(self.at)));
                }
                Some(b'\\') => self.escape()?,
                Some(0..0x20) | None => return Err(self.fault("\"")),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let start = self.at;
                let unit = self.unit()?;
                let low_follows = (0xd800..0xdc00).contains(&unit)
                    && self.take(b'\\')
                    && self.peek() == Some(b'u')
                    && (0xdc00..0xe000).contains(&self.unit()?);
                if (0xd800..0xe000).contains(&unit) && !low_follows {
                    self.at = start;
                    return Err(self.fault("\\uD800-\\uDBFF \\uDC00-\\uDFFF"));
                }
            }
            _ => return Err(self.fault("\" \\ / b f n r t u")),
        }
        Ok(())
    }

    /// Steps over `uXXXX`.
    fn unit(&mut self) -> Result<u32, Fault> {
        self.at += 1;
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit * 16 + digit.ok_or_else(|| self.fault("0-9 A-F"))?;
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value, Fault> {
        let at = offset(self.at);
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Value::Number { at, end: offset(self.at) })
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.fault("0-9")) } else { Ok(()) }
    }

    fn word(&mut self, word: &str) -> Result<(), Fault> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            return Ok(());
        }
        Err(self.fault(word))
    }

    fn find_repeated(&mut self, members: &[Member]) {
        let key = |member: &Member| inside(self.text, member.key_at, member.key_end);
        let mut found = Vec::new();
        let mut note = |first: u32, again: &Member| {
            found.push(RepeatedField { at: again.key_at, end: again.key_end, first });
        };
        if members.len() <= FEW_MEMBERS {
            for (index, member) in members.iter().enumerate() {
                let before = members.iter().take(index).find(|other| same(key(other), key(member)));
                if let Some(first) = before {
                    note(first.key_at, member);
                }
            }
        } else {
            let mut known: HashMap<Cow<'_, str>, u32> = HashMap::with_capacity(members.len());
            for member in members {
                match known.entry(decode(key(member))) {
                    std::collections::hash_map::Entry::Occupied(first) => note(*first.get(), member),
                    std::collections::hash_map::Entry::Vacant(place) => {
                        place.insert(member.key_at);
                    }
                }
            }
        }
        self.repeated.append(&mut found);
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn need(&mut self, byte: u8, expected: &str) -> Result<(), Fault> {
        if self.take(byte) { Ok(()) } else { Err(self.fault(expected)) }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn fault(&self, expected: &str) -> Fault {
        Fault { at: offset(self.at), code: ProblemCode::Syntax, expected: expected.to_owned() }
    }

    fn limit(&self, code: ProblemCode, limit: usize) -> Fault {
        Fault { at: offset(self.at), code, expected: limit.to_string() }
    }
}

fn same(one: &str, two: &str) -> bool {
    if one.contains('\\') || two.contains('\\') { decode(one) == decode(two) } else { one == two }
}
