//! The form as a test file, as a definition to measure by, and where in the form a problem of the file lies.

use super::moment::{typed, written};
use super::{BAND_FIELDS, Draft, RowDraft, SectionDraft};
use crate::formats::test_json::usual_title;
use crate::rules::bank::{Problem, ProblemCode};
use crate::rules::blueprint::{
    Audience, Band, Definition, Keep, MOST_QUESTIONS, Occasion, Review, Row, Section, USUAL_BANDS,
};
use crate::rules::integrity::Integrity;
use crate::rules::marking::Marking;
use crate::rules::points::Points;
use crate::rules::question::{Kind, Policy};
use crate::rules::text::{Text, fold};
use serde_json::{Map, Value, json};

impl Draft {
    /// The test file. What isn't a number stays a text, and what is empty is left out, so that the rules of the file
    /// say what is wrong with it.
    pub fn file(&self) -> Value {
        let mut file = Map::new();
        put(&mut file, "test", text(self.get("test")));
        put(&mut file, "occasion", text(self.get("occasion")));
        put(&mut file, "title", both(self.get("title_zh"), self.get("title_en")));
        let mut audience = Map::new();
        put(&mut audience, "branches", (!self.branches.is_empty()).then(|| json!(self.branches)));
        put(&mut audience, "except", (!self.except.is_empty()).then(|| json!(self.except)));
        let members = self.members();
        put(&mut audience, "members", (!members.is_empty()).then(|| json!(members)));
        file.insert("audience".into(), audience.into());
        put(&mut file, "make_up_of", self.make_up_of());
        put(&mut file, "sample", self.sample());
        for name in ["opens", "closes"] {
            let value = self.get(name);
            put(&mut file, name, text(&typed(value).map_or_else(|| value.to_owned(), written)));
        }
        put(&mut file, "minutes", number(self.get("minutes")));
        put(&mut file, "attempts", number(self.get("attempts")));
        put(&mut file, "keep", text(self.get("keep")));
        put(&mut file, "pass", number(self.get("pass")));
        put(&mut file, "excellent", number(self.get("excellent")));
        put(&mut file, "review", text(self.get("review")));
        put(&mut file, "late_minutes", number(self.get("late_minutes")));
        put(&mut file, "earliest_submit_minutes", number(self.get("earliest_submit_minutes")));
        let integrity = self.integrity();
        put(&mut file, "integrity", (!integrity.is_empty()).then(|| integrity.into()));
        let approves = !self.get("approve_corrections").is_empty();
        put(&mut file, "approve_corrections", approves.then_some(Value::Bool(true)));
        put(&mut file, "objection_days", number(self.get("objection_days")));
        // One marker is the rule and needs no saying; a difference then says nothing.
        let markers = number(self.get("markers")).filter(|value| *value != json!(1));
        put(&mut file, "difference", markers.as_ref().and_then(|_| number(self.get("difference"))));
        put(&mut file, "markers", markers);
        file.insert("sections".into(), self.sections.iter().map(SectionDraft::file).collect());
        file.into()
    }

    fn integrity(&self) -> Map<String, Value> {
        let mut file = Map::new();
        for name in ["hints", "full_screen", "no_copy", "one_device"] {
            let is_on = !self.get(&format!("integrity_{name}")).is_empty();
            put(&mut file, name, is_on.then_some(Value::Bool(true)));
        }
        put(&mut file, "addresses", listed(self.get("integrity_addresses")));
        put(&mut file, "password", text(self.get("integrity_password")));
        put(&mut file, "safe_exam_browser", listed(self.get("integrity_safe_exam_browser")));
        file
    }

    /// The test file as it is shown.
    pub fn file_text(&self) -> String {
        serde_json::to_string_pretty(&self.file()).unwrap_or_default()
    }

    /// A definition to measure by: what can't be read counts for nothing.
    pub fn plan(&self) -> Definition {
        let named = |name: &str| fold(self.get(name));
        let whole = |name: &str| named(name).parse().ok();
        let line = |name: &str| points(self.get(name)).unwrap_or_default();
        Definition {
            test: self.get("test").to_owned(),
            title: Text::Same(String::new()),
            occasion: find(&Occasion::ALL, Occasion::name, self.get("occasion")),
            audience: Audience {
                branches: self.branches.clone(),
                except: self.except.clone(),
                members: self.members(),
            },
            opens_at_ms: typed(self.get("opens")).unwrap_or_default(),
            closes_at_ms: typed(self.get("closes")).unwrap_or_default(),
            minutes: whole("minutes").unwrap_or_default(),
            attempts: whole("attempts").unwrap_or(1),
            keep: find(&Keep::ALL, Keep::name, self.get("keep")),
            pass: line("pass"),
            excellent: line("excellent"),
            review: find(&Review::ALL, Review::name, self.get("review")),
            late_minutes: whole("late_minutes"),
            earliest_submit_minutes: whole("earliest_submit_minutes"),
            integrity: Integrity::default(),
            approve_corrections: false,
            make_up_of: None,
            sample: None,
            objection_days: None,
            marking: Marking::default(),
            sections: self.sections.iter().map(SectionDraft::plan).collect(),
        }
    }
}

impl SectionDraft {
    fn file(&self) -> Value {
        let mut file = Map::new();
        put(&mut file, "title", both(&self.title_zh, &self.title_en));
        put(&mut file, "kind", text(&self.kind));
        put(&mut file, "points", number(&self.points));
        put(&mut file, "policy", text(&self.policy).filter(|_| self.kind == Kind::Multiple.name()));
        file.insert("draw".into(), self.rows.iter().map(RowDraft::file).collect());
        file.into()
    }

    fn plan(&self) -> Section {
        let kind = Kind::from_name(&self.kind).unwrap_or(Kind::Single);
        Section {
            title: usual_title(kind),
            kind,
            points: points(&self.points).unwrap_or_default(),
            policy: Policy::default(),
            draw: self.rows.iter().map(RowDraft::plan).collect(),
        }
    }
}

impl RowDraft {
    fn file(&self) -> Value {
        let mut file = Map::new();
        put(&mut file, "bank", text(&self.bank));
        put(&mut file, "topics", (!self.topics.is_empty()).then(|| json!(self.topics)));
        put(&mut file, "count", number(&self.count));
        let mut bands = Map::new();
        for (band, count) in USUAL_BANDS.iter().zip(&self.bands) {
            put(&mut bands, &band.to_string(), number(count).filter(|count| *count != json!(0)));
        }
        for (band, count) in self.others() {
            put(&mut bands, &band, Some(number(&count).unwrap_or_default()));
        }
        put(&mut file, "difficulty", (!bands.is_empty()).then(|| bands.into()));
        file.into()
    }

    /// Other bands than the usual ones, as typed: band and count.
    fn others(&self) -> Vec<(String, String)> {
        let mix = fold(&self.mix);
        let parts = mix.split([',', ';', '、']).map(str::trim).filter(|part| !part.is_empty());
        let pair = |part: &str| {
            let (band, count) = part.split_once(':').unwrap_or((part, ""));
            (band.trim().to_owned(), count.trim().to_owned())
        };
        parts.map(pair).collect()
    }

    fn plan(&self) -> Row {
        let count = |text: &str| fold(text).parse().unwrap_or(0_u32).min(MOST_QUESTIONS);
        let usual = USUAL_BANDS.into_iter().zip(&self.bands).map(|(band, text)| (band, count(text)));
        let others = self.others().into_iter().filter_map(|(band, text)| Some((Band::parse(&band)?, count(&text))));
        let all = if self.bank.is_empty() { 0 } else { count(&self.count) };
        let difficulty: Vec<(Band, u32)> = usual.chain(others).filter(|(_, count)| *count > 0).collect();
        // Bands that don't add up yet say nothing about what is missing.
        let adds_up = difficulty.iter().map(|(_, count)| count).sum::<u32>() == all;
        Row {
            bank: self.bank.clone(),
            topics: self.topics.clone(),
            count: all,
            difficulty: if adds_up { difficulty } else { Vec::new() },
        }
    }
}

fn put(file: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        file.insert(name.to_owned(), value);
    }
}

fn text(typed: &str) -> Option<Value> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| typed.into())
}

/// What stands between commas or spaces.
fn listed(typed: &str) -> Option<Value> {
    let parts = typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；'));
    let all: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    (!all.is_empty()).then(|| json!(all))
}

/// A number as typed, also in full-width digits; what is none stays a text.
fn number(typed: &str) -> Option<Value> {
    let tidy = fold(typed);
    let read = serde_json::from_str::<Value>(&tidy).ok().filter(Value::is_number);
    read.or_else(|| text(typed))
}

fn points(typed: &str) -> Option<Points> {
    fold(typed).parse().ok().and_then(Points::from_number)
}

fn both(zh: &str, en: &str) -> Option<Value> {
    let mut title = Map::new();
    put(&mut title, "zh", text(zh));
    put(&mut title, "en", text(en));
    (!title.is_empty()).then(|| title.into())
}

fn find<T: Copy + Default>(all: &[T], name: fn(T) -> &'static str, typed: &str) -> T {
    all.iter().copied().find(|known| name(*known) == typed).unwrap_or_default()
}

/// The field of the form in which a problem of its file lies.
pub fn field_of(problem: &Problem) -> String {
    let mut parts: Vec<&str> = problem.pointer.split('/').skip(1).collect();
    if problem.code == ProblemCode::Missing {
        parts.push(&problem.expected);
    }
    match parts.as_slice() {
        ["title", ..] => "title_zh".to_owned(),
        ["sample", ..] => "sample".to_owned(),
        ["make_up_of", ..] => "occasion".to_owned(),
        ["audience", "except", ..] => "except".to_owned(),
        ["audience", ..] => "branches".to_owned(),
        ["integrity", field, ..] => format!("integrity_{field}"),
        ["sections", section, "draw", row, field, ..] => {
            let field = match *field {
                "difficulty" => BAND_FIELDS.first().copied().unwrap_or_default(),
                field => field,
            };
            format!("s{section}-r{row}-{field}")
        }
        ["sections", section, "draw", ..] => format!("s{section}-r0-bank"),
        ["sections", section, "title", ..] => format!("s{section}-title_zh"),
        ["sections", section, field, ..] => format!("s{section}-{field}"),
        ["sections", ..] => "add-section".to_owned(),
        [field, ..] => (*field).to_owned(),
        [] => String::new(),
    }
}
