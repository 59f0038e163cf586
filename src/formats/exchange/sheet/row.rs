//! One row of a sheet → one question.

use super::columns::{Field, Understood, column_name};
use super::gaps::{self, Gap};
use super::key::{self, Lettered, Named};
use super::own::is_mistakes_heading;
use super::{Hints, Kinds, kinds, options};
use crate::formats::exchange::{Draft, Drafted, Origin, Remark};
use crate::formats::sheet::{Sheet, SheetRow};
use crate::rules::question::Kind;
use crate::rules::text::fold;
use serde_json::{Map, Number, Value, json};

/// How a sheet uses numbers where other sheets write words or letters: seen from all of its rows together.
#[derive(Debug, Clone, Copy, Default)]
struct Habits {
    /// 1 is right and 0 is wrong: no verdict is another number.
    verdicts: bool,
    /// Options are counted from 1: a key names the last one by its number, and none is 0.
    counted: bool,
}

/// A sheet on its way into a draft.
struct Reading<'s> {
    sheet: &'s Sheet,
    understood: &'s Understood,
    kind: Option<Kind>,
    kinds: &'s Kinds,
    habits: Habits,
    remarks: &'s mut Vec<Remark>,
}

pub(in crate::formats::exchange) fn read_sheet(
    draft: &mut Draft,
    (sheet, understood): (&Sheet, &Understood),
    hints: &Hints,
) {
    let Draft { questions, remarks, .. } = draft;
    let kind = kinds::kind_of_sheet(&sheet.name);
    let mut reading = Reading { sheet, understood, kind, kinds: &hints.kinds, habits: Habits::default(), remarks };
    reading.habits = reading.habits();
    reading.remark_on_headings();
    for row in reading.rows() {
        if let Some(question) = reading.question(row) {
            questions.push(question);
        }
    }
}

impl<'s> Reading<'s> {
    fn rows(&self) -> impl Iterator<Item = &'s SheetRow> + use<'s> {
        let (sheet, understood) = (self.sheet, self.understood);
        let first = understood.header.unwrap_or_default();
        sheet.rows.iter().filter(move |row| row.number > first && row.cells != understood.headings)
    }

    fn cell<'r>(&self, row: &'r SheetRow, field: Field) -> &'r str {
        self.understood.column(field).map_or("", |column| row.cell(column))
    }

    fn origin(&self, row: usize, column: Option<usize>) -> Origin {
        let sheet = Some(self.sheet.name.clone()).filter(|name| !name.is_empty());
        Origin { sheet, line: Some(row), column: column.map(column_name), ..Origin::default() }
    }

    fn place(&self, row: &SheetRow, field: Field) -> Origin {
        self.origin(row.number, self.understood.column(field))
    }

    fn remark(&mut self, origin: Origin, code: &'static str, found: &str) {
        self.remarks.push(Remark { origin, code, found: found.to_owned() });
    }

    fn remark_on_headings(&mut self) {
        let understood = self.understood;
        let row = understood.header.unwrap_or_default();
        for (column, heading) in understood.headings.iter().enumerate() {
            let is_used = understood.fields.iter().any(|(_, used)| *used == column);
            if !heading.is_empty() && !is_used && !is_mistakes_heading(heading) {
                self.remark(self.origin(row, Some(column)), "column-ignored", heading);
            }
        }
    }

    fn habits(&self) -> Habits {
        let (mut verdicts, mut counted, mut zero) = (true, false, false);
        for row in self.rows() {
            let key = self.cell(row, Field::Answer);
            let Ok(number) = fold(key).parse::<usize>() else { continue };
            let options = self.options(row);
            let count = options.len();
            if key::named(key, &options) != Named::Unknown {
                // An option's own text proves nothing about how the sheet counts.
                continue;
            }
            if count == 0 {
                let is_verdict = self.said_kind(row) == Some(Kind::TrueFalse);
                verdicts &= !is_verdict || number <= 1;
            } else {
                counted |= number == count;
                zero |= number == 0 || number > count;
            }
        }
        Habits { verdicts, counted: counted && !zero }
    }

    /// The kind that the row or the sheet's name says.
    fn said_kind(&self, row: &SheetRow) -> Option<Kind> {
        let word = self.cell(row, Field::Kind);
        if word.is_empty() { self.kind } else { self.kinds.of(word) }
    }

    fn options(&self, row: &SheetRow) -> Vec<Lettered> {
        let columns = options::letters().filter_map(|letter| {
            let text = self.cell(row, Field::Option(letter));
            (!text.is_empty()).then(|| (letter.to_string(), options::without_letter(text, letter).to_owned()))
        });
        let lettered: Vec<Lettered> = columns.collect();
        let cell = self.cell(row, Field::Options);
        if self.understood.has_options_in_stem() {
            let texts = options::inside(cell).map(|(_, options)| options).unwrap_or_default();
            return options::letters().map(String::from).zip(texts).collect();
        }
        if !lettered.is_empty() || cell.is_empty() {
            return lettered;
        }
        let texts = options::split(cell).unwrap_or_else(|| vec![cell.to_owned()]);
        options::letters().map(String::from).zip(texts).collect()
    }

    fn question(&mut self, row: &SheetRow) -> Option<Drafted> {
        let mut options = self.options(row);
        let (stem, answer) = (self.cell(row, Field::Stem), self.cell(row, Field::Answer));
        if stem.is_empty() && answer.is_empty() && options.is_empty() {
            self.remark(self.origin(row.number, None), "row-ignored", &row.cells.join(" "));
            return None;
        }
        self.remark_on_dates(row);
        let asked_only = options::inside(stem).filter(|_| self.understood.has_options_in_stem());
        let stem = asked_only.map_or_else(|| stem.to_owned(), |(stem, _)| stem);
        let mut asked = Asked { stem, key: answer.to_owned() };
        let word = self.cell(row, Field::Kind);
        let said = self.said_kind(row);
        if !matches!(said, Some(Kind::Blank | Kind::Short | Kind::Essay)) {
            self.key_in_stem(row, &mut asked, &options);
        }
        let is_open = word.is_empty() || fold(word).starts_with("选择");
        let kind = said.or_else(|| if is_open { self.infer(row, &asked, &options) } else { None });
        let mut fields = Map::new();
        match kind {
            Some(kind) => fields.insert("kind".to_owned(), json!(kind.name())),
            None if is_open => None,
            None => fields.insert("kind".to_owned(), json!(word)),
        };
        let answer = kind.and_then(|kind| self.answer(row, kind, &mut asked, &mut options));
        let answer = answer.or_else(|| kind.is_none().then(|| json!(asked.key)).filter(|_| !asked.key.is_empty()));
        put(&mut fields, "stem", &asked.stem);
        if !options.is_empty() {
            let options = options.into_iter().map(|(label, text)| (label, Value::String(text)));
            fields.insert("options".to_owned(), Value::Object(options.collect()));
        }
        if let Some(answer) = answer {
            fields.insert("answer".to_owned(), answer);
        }
        self.put_others(row, &mut fields);
        Some(Drafted { origin: self.origin(row.number, None), fields, origins: self.origins(row) })
    }

    fn put_others(&self, row: &SheetRow, fields: &mut Map<String, Value>) {
        put(fields, "explanation", self.cell(row, Field::Explanation));
        put(fields, "topic", self.cell(row, Field::Topic));
        put(fields, "cite", self.cell(row, Field::Cite));
        let difficulty = self.cell(row, Field::Difficulty);
        match kinds::difficulty(difficulty) {
            Some(number) => {
                fields.insert("difficulty".to_owned(), json!(number));
            }
            None => put(fields, "difficulty", difficulty),
        }
    }

    fn origins(&self, row: &SheetRow) -> Vec<(String, Origin)> {
        let fields = self.understood.fields.iter();
        fields.map(|(field, column)| (field.pointer(), self.origin(row.number, Some(*column)))).collect()
    }

    /// Excel makes dates of `3-5`; what was typed is no longer in the file.
    fn remark_on_dates(&mut self, row: &SheetRow) {
        let understood = self.understood;
        for (field, column) in &understood.fields {
            let cell = row.cell(*column);
            let is_key = matches!(field, Field::Option(_) | Field::Options | Field::Answer);
            if is_key && !self.sheet.name.is_empty() && is_date(cell) {
                self.remark(self.origin(row.number, Some(*column)), "date-cell", cell);
            }
        }
    }

    /// A key that was written into the last brackets of the stem: nobody shall read it there.
    fn key_in_stem(&mut self, row: &SheetRow, asked: &mut Asked, options: &[Lettered]) {
        let stem = asked.stem.clone();
        let is_key = |gap: &Gap<'_>| match options {
            [] => key::verdict(gap.inner, false).is_some(),
            _ => is_letters(gap.inner) && matches!(key::named(gap.inner, options), Named::Letters(_)),
        };
        let mut gaps = gaps::all(&stem);
        if !options.is_empty() && asked.key.is_empty() && gaps::empty(&stem).is_empty() {
            // Nothing else says what is right, so that a letter in any of the brackets is the key.
            gaps.retain(is_key);
        }
        let Some(gap) = gaps.pop().filter(is_key) else { return };
        let inner = gap.inner.trim().to_owned();
        let is_same = asked.key == inner
            || key::named(&asked.key, options) == key::named(&inner, options) && !options.is_empty()
            || options.is_empty() && key::verdict(&asked.key, false) == key::verdict(&inner, false);
        let place = self.place(row, Field::Stem);
        if !asked.key.is_empty() && !is_same {
            self.remark(place, "bracket-kept", &inner);
            return;
        }
        self.remark(place, "answer-taken-out", &inner);
        asked.stem = gaps::replace(&stem, &[gap], |_| "（ ）".to_owned());
        if asked.key.is_empty() {
            asked.key = inner;
        }
    }

    /// The kind that key, options and gaps leave no doubt about.
    fn infer(&mut self, row: &SheetRow, asked: &Asked, options: &[Lettered]) -> Option<Kind> {
        let kind = if is_verdicts(options) || options.is_empty() && key::verdict(&asked.key, false).is_some() {
            Kind::TrueFalse
        } else if !options.is_empty() {
            match key::named(&asked.key, options) {
                Named::Letters(letters) if letters.len() > 1 => Kind::Multiple,
                Named::Letters(_) => Kind::Single,
                Named::Either | Named::Unknown => return None,
            }
        } else if !gaps::empty(&asked.stem).is_empty() && !asked.key.is_empty() {
            Kind::Blank
        } else {
            return None;
        };
        self.remark(self.origin(row.number, None), "kind-inferred", kind.name());
        Some(kind)
    }

    /// The answer as a bank file holds it; as it is written where it can't be understood, so that it is refused there.
    fn answer(&mut self, row: &SheetRow, kind: Kind, asked: &mut Asked, options: &mut Vec<Lettered>) -> Option<Value> {
        if kind == Kind::Blank {
            return self.filled(row, asked, options);
        }
        if asked.key.is_empty() {
            if kind == Kind::TrueFalse && is_verdicts(options) {
                options.clear();
            }
            return None;
        }
        match kind {
            Kind::TrueFalse => Some(self.verdict(row, &asked.key, options)),
            Kind::Single | Kind::Multiple | Kind::Order => self.chosen(row, kind, &asked.key, options),
            Kind::Numeric => {
                let number = fold(&asked.key).parse::<f64>().ok().and_then(Number::from_f64);
                Some(number.map_or_else(|| json!(asked.key), |number| json!({ "value": number })))
            }
            _ => Some(json!(asked.key)),
        }
    }

    fn verdict(&mut self, row: &SheetRow, key: &str, options: &mut Vec<Lettered>) -> Value {
        let mut word = key.to_owned();
        if is_verdicts(options) {
            if let Named::Letters(letters) = key::named(key, options)
                && let [letter] = letters.as_slice()
                && let Some((_, text)) = options.iter().find(|(label, _)| label == letter)
            {
                word.clone_from(text);
            }
            options.clear();
        }
        let plain = key::verdict(&word, false);
        if plain.is_none() && key::verdict(&word, self.habits.verdicts).is_some() {
            self.remark(self.place(row, Field::Answer), "number-as-verdict", key);
        }
        key::verdict(&word, self.habits.verdicts).map_or_else(|| json!(key), |verdict| json!(verdict))
    }

    fn chosen(&mut self, row: &SheetRow, kind: Kind, key: &str, options: &[Lettered]) -> Option<Value> {
        let counted = fold(key).parse::<usize>().ok().filter(|_| self.habits.counted);
        let counted = counted.and_then(|number| options.get(number.checked_sub(1)?)).map(|(label, _)| label.clone());
        let place = self.place(row, Field::Answer);
        let letters = match (key::named(key, options), counted) {
            (Named::Letters(letters), None) => letters,
            (Named::Letters(letters), Some(label)) if letters == [label.as_str()] => letters,
            (Named::Unknown, Some(label)) => {
                self.remark(place, "number-as-option", key);
                vec![label]
            }
            (Named::Unknown, None) => vec![key.to_owned()],
            (Named::Either | Named::Letters(_), _) => {
                self.remark(place, "key-unclear", key);
                return None;
            }
        };
        match letters.as_slice() {
            [letter] if kind == Kind::Single => Some(json!(letter)),
            _ if kind == Kind::Single => Some(json!(key)),
            _ => Some(json!(letters)),
        }
    }

    /// The texts of the gaps: from the key or, where there is none, from the options' columns or the brackets.
    fn filled(&mut self, row: &SheetRow, asked: &mut Asked, options: &mut Vec<Lettered>) -> Option<Value> {
        let stem = asked.stem.clone();
        let mut gaps: Vec<Gap<'_>> = gaps::empty(&stem);
        let texts = if asked.key.is_empty() && gaps.is_empty() {
            gaps = gaps::all(&stem);
            let inner: Vec<String> = gaps.iter().map(|gap| gap.inner.trim().to_owned()).collect();
            if inner.is_empty() {
                return None;
            }
            self.remark(self.place(row, Field::Stem), "answer-taken-out", &inner.join("; "));
            inner
        } else if asked.key.is_empty() {
            if gaps.len() != options.len() {
                return None;
            }
            let texts: Vec<String> = std::mem::take(options).into_iter().map(|(_, text)| text).collect();
            self.remark(self.origin(row.number, None), "options-as-gaps", &texts.join("; "));
            texts
        } else {
            key::gaps(&asked.key, gaps.len()).unwrap_or_else(|| vec![asked.key.clone()])
        };
        asked.stem = gaps::replace(&stem, &gaps, |index| format!("{{{{{}}}}}", index + 1));
        Some(texts.into_iter().map(|text| json!([text])).collect())
    }
}

/// What a row asks, while it is read.
struct Asked {
    stem: String,
    key: String,
}

fn put(fields: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.is_empty() {
        fields.insert(name.to_owned(), json!(text));
    }
}

/// Whether two options are a right and a wrong.
fn is_verdicts(options: &[Lettered]) -> bool {
    let verdicts: Vec<Option<bool>> = options.iter().map(|(_, text)| key::verdict(text, false)).collect();
    matches!(verdicts.as_slice(), [Some(one), Some(other)] if one != other)
}

fn is_letters(text: &str) -> bool {
    fold(text).chars().all(|c| c.is_ascii_alphabetic() || c.is_whitespace() || matches!(c, ',' | '、' | ';'))
}

/// `2024-03-05`, as the sheet's reader writes a date cell.
fn is_date(cell: &str) -> bool {
    let shape: String = cell.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00"
}
