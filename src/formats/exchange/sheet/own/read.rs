//! Our own sheet → questions. A cell that can't be understood is handed on as it is written, to be refused at its place.

use super::cells::{bare, items, lines, numbered};
use super::{Column, Layout, Other, Part, Version, kind_of};
use crate::formats::exchange::drafting::Fields;
use crate::formats::exchange::sheet::columns::column_name;
use crate::formats::exchange::sheet::{gaps, key, kinds, options::letters};
use crate::formats::exchange::{Draft, Drafted, Origin};
use crate::formats::sheet::{Sheet, SheetRow};
use crate::rules::question::Kind;
use crate::rules::text::fold;
use serde_json::{Number, Value, json};

/// Reads the rows of a sheet of our own.
pub(in crate::formats::exchange::sheet) fn read(draft: &mut Draft, sheet: &Sheet, layout: &Layout) {
    for (column, heading) in &layout.ignored {
        draft.remark(origin(sheet, layout.header, Some(*column)), "column-ignored", heading);
    }
    for row in sheet.rows.iter().filter(|row| row.number > layout.header) {
        let row = Row { layout, row };
        match Other::of(&row.cell(Part::Kind)) {
            Some(Other::Bank) => {
                draft.title = row.text(Part::Stem).or(draft.title.take());
                draft.source = row.text(Part::Cite).or(draft.source.take());
            }
            Some(Other::Topic) => {
                let cells = Version::ALL.map(|version| row.version(Part::Stem, version));
                let named = std::iter::once(row.cell(Part::Topic)).chain(cells).find(|name| !name.is_empty());
                let topic = named.unwrap_or_default();
                let title = row.text(Part::Stem).unwrap_or_else(|| json!(topic));
                draft.topics.push((topic, title));
            }
            None if row.is_empty() => {
                draft.remark(origin(sheet, row.row.number, None), "row-ignored", row.row.cells.join(" "));
            }
            None => {
                let (fields, origins) = (row.question(), row.origins(sheet));
                let one = Drafted { origin: origin(sheet, row.row.number, None), fields, origins };
                if switch(row.cell(Part::OfCase)).is_some() {
                    add_part(draft, one);
                } else {
                    draft.questions.push(one);
                }
            }
        }
    }
}

/// Adds a part to the case above it. A part above which there is none begins one whose material is missing.
fn add_part(draft: &mut Draft, part: Drafted) {
    let is_case = |question: &Drafted| question.fields.get("kind").and_then(Value::as_str) == Some(Kind::Case.name());
    if !draft.questions.last().is_some_and(is_case) {
        let fields = Fields::from_iter([("kind".to_owned(), json!(Kind::Case.name()))]);
        draft.questions.push(Drafted { origin: part.origin.clone(), fields, origins: Vec::new() });
    }
    let Some(case) = draft.questions.last_mut() else { return };
    let parts = case.fields.entry("parts").or_insert_with(|| json!([]));
    let Some(parts) = parts.as_array_mut() else { return };
    let pointer = format!("/parts/{}", parts.len());
    parts.push(part.fields.into());
    case.origins.push((pointer.clone(), part.origin));
    case.origins.extend(part.origins.into_iter().map(|(place, origin)| (pointer.clone() + &place, origin)));
}

fn origin(sheet: &Sheet, row: usize, column: Option<usize>) -> Origin {
    let sheet = Some(sheet.name.clone()).filter(|name| !name.is_empty());
    Origin { sheet, line: Some(row), column: column.map(column_name), ..Origin::default() }
}

struct Row<'s> {
    layout: &'s Layout,
    row: &'s SheetRow,
}

impl Row<'_> {
    fn version(&self, part: Part, version: Version) -> String {
        let wanted = Column { part, version };
        let column = self.layout.columns.iter().find(|(column, _)| *column == wanted);
        column.map(|(_, index)| bare(self.row.cell(*index)).to_owned()).unwrap_or_default()
    }

    /// A cell that speaks to all.
    fn cell(&self, part: Part) -> String {
        self.version(part, Version::Same)
    }

    /// A text in all its versions; nothing where every cell is empty.
    fn text(&self, part: Part) -> Option<Value> {
        whole(Version::ALL.map(|version| self.version(part, version)))
    }

    fn is_empty(&self) -> bool {
        let is_of_question = |part: Part| matches!(part, Part::Id | Part::Stem | Part::Answer | Part::Option(_));
        let cells = self.layout.columns.iter().filter(|(column, _)| is_of_question(column.part));
        cells.into_iter().all(|(_, index)| self.row.cell(*index).is_empty())
    }

    fn origins(&self, sheet: &Sheet) -> Vec<(String, Origin)> {
        let mut origins: Vec<(String, Origin)> = Vec::with_capacity(self.layout.columns.len());
        for (column, index) in &self.layout.columns {
            let place = origin(sheet, self.row.number, Some(*index));
            let pointer = column.part.pointer();
            match column.version {
                Version::Same => {}
                Version::Zh => origins.push((format!("{pointer}/zh"), place.clone())),
                Version::En => origins.push((format!("{pointer}/en"), place.clone())),
            }
            if !pointer.is_empty() && !origins.iter().any(|(known, _)| *known == pointer) {
                origins.push((pointer, place));
            }
        }
        origins
    }

    fn question(&self) -> Fields {
        let mut fields = Fields::new();
        let word = self.cell(Part::Kind);
        let kind = kind_of(&word);
        put(&mut fields, "id", said(self.cell(Part::Id)));
        put(&mut fields, "kind", kind.map(|kind| json!(kind.name())).or_else(|| said(word)));
        let share = self.cell(Part::Share);
        put(&mut fields, "share", (!share.is_empty()).then(|| number(share.trim_end_matches(['%', '％']))));
        put(&mut fields, "topic", said(self.cell(Part::Topic)));
        let difficulty = self.cell(Part::Difficulty);
        put(&mut fields, "difficulty", kinds::difficulty(&difficulty).map(Value::from).or_else(|| said(difficulty)));
        let stem = self.text(Part::Stem);
        put(&mut fields, "stem", if kind == Some(Kind::Blank) { stem.map(with_markers) } else { stem });
        let options = letters().filter_map(|letter| Some((letter.to_string(), self.text(Part::Option(letter))?)));
        put(&mut fields, "options", list(options));
        let targets =
            (1..=super::MOST_TARGETS).filter_map(|number| Some((number.to_string(), self.text(Part::Target(number))?)));
        put(&mut fields, "targets", list(targets));
        let answer = self.answer(kind, fields.get("stem"));
        put(&mut fields, "answer", answer);
        put(&mut fields, "any_order", switch(self.cell(Part::AnyOrder)));
        put(&mut fields, "explanation", self.text(Part::Explanation));
        put(&mut fields, "cite", self.cite());
        let excluded = self.cell(Part::Excludes);
        let ids = excluded.split([',', '，', '、', ';', '；', ' ', '\n']).map(str::trim).filter(|id| !id.is_empty());
        put(&mut fields, "excludes", Some(ids.collect()).filter(|ids| *ids != json!([])));
        put(&mut fields, "retired", switch(self.cell(Part::Retired)));
        fields
    }

    fn answer(&self, kind: Option<Kind>, stem: Option<&Value>) -> Option<Value> {
        let written = self.cell(Part::Answer);
        match kind {
            Some(Kind::Short | Kind::Essay) => {
                let model = self.text(Part::Answer);
                match self.points() {
                    Some(points) => Some(json!({ "model": model?, "points": points })),
                    None => model,
                }
            }
            _ if written.is_empty() => None,
            Some(Kind::Single) => Some(match labels(&written).as_deref() {
                Some([label]) => json!(label),
                _ => json!(written),
            }),
            Some(Kind::Multiple | Kind::Order) => {
                Some(labels(&written).map_or_else(|| json!([written]), |labels| json!(labels)))
            }
            Some(Kind::TrueFalse) => Some(key::verdict(&written, false).map_or_else(|| json!(written), Value::from)),
            Some(Kind::Blank) => Some(self.filled(&written, stem)),
            Some(Kind::Match) => Some(pairs(&written)),
            Some(Kind::Numeric) => Some(self.number(&written)),
            Some(Kind::Case) | None => Some(json!(written)),
        }
    }

    fn filled(&self, written: &str, stem: Option<&Value>) -> Value {
        let asked = stem.map(gap_count).unwrap_or_default();
        let mut accepted: Vec<Vec<String>> = lines(written).map(items).collect();
        // People write the texts of several gaps side by side.
        if accepted.len() == 1
            && asked > 1
            && let Some(texts) = key::gaps(written, asked)
        {
            accepted = texts.iter().map(|text| vec![text.clone()]).collect();
        }
        let numbers = self.cell(Part::Numbers);
        let numbers: Vec<usize> = numbers.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
        let units = self.cell(Part::Units);
        let units: Vec<(usize, Vec<String>)> = lines(&units)
            .filter(|line| !line.is_empty())
            .map(|line| {
                let (number, rest) = numbered(line, &['=', '＝', ':', '：']).unwrap_or((1, line));
                (usize::try_from(number).unwrap_or_default(), items(rest))
            })
            .collect();
        let gap = |(number, accept): (usize, Vec<String>)| {
            let units = units.iter().find(|(gap, _)| *gap == number).map(|(_, units)| units);
            match units {
                Some(units) => json!({ "accept": accept, "number": true, "units": units }),
                None if numbers.contains(&number) => json!({ "accept": accept, "number": true }),
                None => json!(accept),
            }
        };
        (1..).zip(accepted).map(gap).collect()
    }

    fn number(&self, written: &str) -> Value {
        let mut fields = Fields::new();
        fields.insert("value".to_owned(), number(written));
        put(
            &mut fields,
            "tolerance",
            Some(self.cell(Part::Tolerance)).filter(|cell| !cell.is_empty()).map(|t| number(&t)),
        );
        let units = self.cell(Part::Units);
        put(&mut fields, "units", (!units.is_empty()).then(|| json!(items(&units))));
        fields.into()
    }

    /// Marking points: a line for each in every language, its share in front.
    fn points(&self) -> Option<Value> {
        let cells = Version::ALL.map(|version| self.version(Part::Points, version));
        let count = cells.iter().filter(|cell| !cell.is_empty()).map(|cell| lines(cell).count()).max()?;
        let mut points = Vec::with_capacity(count);
        for index in 0..count {
            let mut shares: Vec<u32> = Vec::new();
            let texts = cells.each_ref().map(|cell| {
                let line = lines(cell).nth(index).unwrap_or_default();
                let (share, text) = numbered(line, &['%', '％', ' ', ':', '：', '、']).unzip();
                shares.extend(share.filter(|share| !shares.contains(share)));
                let text = text.unwrap_or(line);
                let text = text.strip_prefix([' ', ':', '：']).unwrap_or(text);
                items(text).join("|")
            });
            let mut point = Fields::new();
            put(&mut point, "text", whole(texts));
            put(&mut point, "share", one_share(&shares));
            points.push(Value::Object(point));
        }
        Some(points.into())
    }

    /// Words, or a clause where the regulation or its article is named.
    fn cite(&self) -> Option<Value> {
        let (regulation, article) = (self.cell(Part::Regulation), self.cell(Part::Article));
        if regulation.is_empty() && article.is_empty() {
            return self.text(Part::Cite);
        }
        let [same, zh, en] = Version::ALL.map(|version| self.version(Part::Cite, version));
        let mut clause = Fields::new();
        put(&mut clause, "zh", said(if zh.is_empty() { same } else { zh }));
        put(&mut clause, "en", said(en));
        put(&mut clause, "regulation", said(regulation));
        put(&mut clause, "article", (!article.is_empty()).then(|| number(&article)));
        Some(clause.into())
    }
}

/// The share that a point has in all languages; several are handed on, to be refused.
fn one_share(shares: &[u32]) -> Option<Value> {
    match shares {
        [] => None,
        [share] => Some(json!(share)),
        several => Some(json!(several)),
    }
}

/// A text of its versions: what speaks to all stands in for a language that is missing beside the other, and is handed
/// on beside both, to be refused.
fn whole([same, zh, en]: [String; 3]) -> Option<Value> {
    let (zh, en, more) = match (zh.is_empty(), en.is_empty()) {
        (true, true) => return said(same),
        (true, false) => (same, en, String::new()),
        (false, true) => (zh, same, String::new()),
        (false, false) => (zh, en, same),
    };
    let mut versions = Fields::new();
    for (name, text) in [("zh", zh), ("en", en), ("all", more)] {
        put(&mut versions, name, said(text));
    }
    Some(versions.into())
}

fn said(text: String) -> Option<Value> {
    (!text.is_empty()).then_some(Value::String(text))
}

fn put(fields: &mut Fields, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value);
    }
}

fn list(texts: impl Iterator<Item = (String, Value)>) -> Option<Value> {
    let fields: Fields = texts.collect();
    (!fields.is_empty()).then_some(fields.into())
}

/// `是` or `yes`; nothing where it is denied.
fn switch(cell: String) -> Option<Value> {
    match key::verdict(&cell, true) {
        Some(true) => Some(json!(true)),
        Some(false) => None,
        None => said(cell),
    }
}

fn number(written: &str) -> Value {
    let plain = fold(written);
    let number = serde_json::from_str::<Number>(&plain).ok();
    let number = number.or_else(|| plain.parse().ok().and_then(Number::from_f64));
    number.map_or_else(|| json!(written), Value::Number)
}

/// The letters of a key.
fn labels(written: &str) -> Option<Vec<String>> {
    let folded = fold(written).to_uppercase();
    let is_between = |c: &char| c.is_whitespace() || matches!(c, ',' | ';' | '、' | '|' | '/' | '.' | '>' | '-');
    let labels: Vec<char> = folded.chars().filter(|c| !is_between(c)).collect();
    let is_known = !labels.is_empty() && labels.iter().all(|label| letters().contains(label));
    is_known.then(|| labels.into_iter().map(String::from).collect())
}

/// `A=2, B=1`
fn pairs(written: &str) -> Value {
    let folded = fold(written).to_uppercase();
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、' | '|');
    let mut pairs = Fields::new();
    for pair in folded.split(is_between).filter(|pair| !pair.is_empty()) {
        let mut rest = pair.chars();
        let letter = rest.next().filter(|letter| letters().contains(letter));
        let target = rest.as_str().trim_start_matches(['=', '-', '>', ':', '→', '—']);
        let is_new = letter.is_some_and(|letter| pairs.insert(letter.to_string(), json!(target)).is_none());
        if !is_new || target.is_empty() {
            return json!(written);
        }
    }
    pairs.into()
}

/// A stem whose gaps people drew as brackets or lines.
fn with_markers(stem: Value) -> Value {
    match stem {
        Value::String(text) if gap_count_of(&text) == 0 => {
            json!(gaps::replace(&text, &gaps::empty(&text), |index| format!("{{{{{}}}}}", index + 1)))
        }
        Value::Object(versions) => {
            versions.into_iter().map(|(language, text)| (language, with_markers(text))).collect::<Fields>().into()
        }
        other => other,
    }
}

fn gap_count(stem: &Value) -> usize {
    match stem {
        Value::String(text) => gap_count_of(text),
        Value::Object(versions) => versions.values().map(gap_count).max().unwrap_or_default(),
        _ => 0,
    }
}

fn gap_count_of(stem: &str) -> usize {
    stem.split("{{").skip(1).filter(|part| part.split_once("}}").is_some_and(|(n, _)| n.parse::<u8>().is_ok())).count()
}
