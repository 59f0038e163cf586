//! The form for the rules of a year, and what other rules would give.

mod criteria;

use super::{band, member_path, points, query};
use crate::formats::assessment_json;
use crate::i18n::problem;
use crate::rules::assessment::{Combine, Definition, Missing, Selection};
use crate::rules::bank::Problem;
use crate::rules::blueprint::Occasion;
use crate::rules::text::{Language, Text};
use crate::service::assessments::Assessed;
use crate::web::input::Fields;
use crate::web::layout::{Field, crumbs, field, notice};
use crate::web::words::{Words, count};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Results by the rules that hold, where there are any, and by others.
pub type Tried = (Option<Assessed>, Assessed);

/// What the page shows.
#[derive(Debug)]
pub struct RulesForm<'a> {
    /// The year.
    pub year: u32,
    /// The branch that is looked at.
    pub branch: Option<&'a str>,
    /// What stands in the form.
    pub fields: &'a Fields,
    /// Whether rules of the year are there already.
    pub is_known: bool,
    /// What is wrong with them.
    pub problems: &'a [Problem],
    /// What they would give.
    pub tried: Option<&'a Tried>,
}

/// What the choice of tests says of a component that has none.
const BY_HAND: &str = "marks";
/// Rows for components and for bands that the form has.
const ROWS: usize = 6;
/// Most changed results shown.
const MOST_SHOWN: usize = 200;

fn version(text: &Text, language: Language) -> String {
    match text {
        Text::Same(text) => text.clone(),
        Text::Each(each) => match language {
            Language::Zh => each.zh.clone(),
            Language::En => each.en.clone(),
        }
        .unwrap_or_default(),
    }
}

/// The form of rules.
pub fn fields_of(definition: &Definition) -> Fields {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut put = |name: String, value: String| fields.push((name, value));
    let titled = |put: &mut dyn FnMut(String, String), start: &str, text: &Text| {
        put(format!("{start}title_zh"), version(text, Language::Zh));
        put(format!("{start}title_en"), version(text, Language::En));
    };
    titled(&mut put, "", &definition.title);
    for (index, component) in definition.components.iter().enumerate() {
        let start = format!("c{index}-");
        titled(&mut put, &start, &component.title);
        put(format!("{start}weight"), component.weight.to_string());
        let (occasion, names) = match &component.tests {
            Selection::Occasion(occasion) => (occasion.name().to_owned(), String::new()),
            Selection::Names(names) => (String::new(), names.join(", ")),
            Selection::Marks(list) => {
                put(format!("{start}list"), list.name.clone());
                put(format!("{start}full"), list.full.to_string());
                (BY_HAND.to_owned(), String::new())
            }
        };
        put(format!("{start}occasion"), occasion);
        put(format!("{start}names"), names);
        put(format!("{start}combine"), component.combine.name().to_owned());
        put(format!("{start}best"), component.best.map(|best| best.to_string()).unwrap_or_default());
        put(format!("{start}least"), component.least.to_string());
        put(format!("{start}absent"), component.absent.name().to_owned());
        put(format!("{start}excused"), component.excused.name().to_owned());
    }
    for (index, band) in definition.bands.iter().enumerate() {
        titled(&mut put, &format!("b{index}-"), &band.title);
        put(format!("b{index}-from"), band.from.to_string());
    }
    let weights = &definition.branch;
    for (name, value) in [
        ("pass", definition.pass),
        ("excellent", definition.excellent),
        ("w-mean", weights.mean),
        ("w-participation", weights.participation),
        ("w-pass", weights.pass),
        ("w-excellence", weights.excellence),
    ] {
        put(name.to_owned(), value.to_string());
    }
    put("least_members".to_owned(), definition.least_members.to_string());
    criteria::put(definition, &mut put);
    Fields(fields)
}

/// What was typed into a field.
fn typed(fields: &Fields, name: &str) -> String {
    fields.get(name).trim().to_owned()
}

/// A number, as far as it is one; what is wrong with it says the reader of the file.
fn number(fields: &Fields, name: &str) -> Value {
    match typed(fields, name) {
        empty if empty.is_empty() => Value::Null,
        text => text.parse::<f64>().map_or_else(|_| Value::from(text.as_str()), |number| json!(number)),
    }
}

fn title(fields: &Fields, start: &str) -> Value {
    let (zh, en) = (typed(fields, &format!("{start}title_zh")), typed(fields, &format!("{start}title_en")));
    match (zh.is_empty(), en.is_empty()) {
        (true, true) => Value::Null,
        (false, true) => Value::from(zh),
        (true, false) => Value::from(en),
        (false, false) if zh == en => Value::from(zh),
        (false, false) => json!({ "zh": zh, "en": en }),
    }
}

/// An object of what is there.
fn with(pairs: Vec<(&str, Value)>) -> Value {
    let there = pairs.into_iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

fn component_of(fields: &Fields, index: usize) -> Value {
    let start = format!("c{index}-");
    let text = |name: &str| typed(fields, &format!("{start}{name}"));
    let number = |name: &str| number(fields, &format!("{start}{name}"));
    let (title, weight) = (title(fields, &start), number("weight"));
    if text("occasion") == BY_HAND {
        let list = text("list");
        let list = if list.is_empty() { format!("marks-{}", index + 1) } else { list };
        let marks = with(vec![("name", Value::from(list)), ("full", number("full"))]);
        return with(vec![("title", title), ("weight", weight), ("marks", marks), ("absent", text("absent").into())]);
    }
    let names = text("names");
    let names: Vec<&str> = names.split([',', '，', '、']).map(str::trim).filter(|name| !name.is_empty()).collect();
    let tests = if names.is_empty() { json!({ "occasion": text("occasion") }) } else { json!({ "names": names }) };
    let combine = text("combine");
    let best = if combine == Combine::Best.name() { number("best") } else { Value::Null };
    with(vec![
        ("title", title),
        ("weight", weight),
        ("tests", tests),
        ("combine", Value::from(combine)),
        ("best", best),
        ("least", number("least")),
        ("absent", text("absent").into()),
        ("excused", text("excused").into()),
    ])
}

/// What a form says, as a file of rules would say it; rows without a title are left out.
pub fn file_of(year: u32, fields: &Fields) -> Value {
    let band = |index: usize| {
        let start = format!("b{index}-");
        with(vec![("title", title(fields, &start)), ("from", number(fields, &format!("{start}from")))])
    };
    let has_title = |start: &str| !title(fields, start).is_null();
    let number = |name: &str| number(fields, name);
    let weight = |name: &str| number(&format!("w-{name}"));
    with(vec![
        ("year", json!(year)),
        ("title", title(fields, "")),
        (
            "components",
            (0..ROWS)
                .filter(|index| has_title(&format!("c{index}-")))
                .map(|index| component_of(fields, index))
                .collect(),
        ),
        ("bands", (0..ROWS).filter(|index| has_title(&format!("b{index}-"))).map(band).collect()),
        ("pass", number("pass")),
        ("excellent", number("excellent")),
        ("branch", with(["mean", "participation", "pass", "excellence"].map(|name| (name, weight(name))).to_vec())),
        ("least_members", number("least_members")),
        ("commend", criteria::commend(fields)),
        ("help", criteria::help(fields)),
    ])
}

/// The whole page.
pub fn rules(words: Words, shown: &RulesForm<'_>) -> Markup {
    let fields = shown.fields;
    let line = |name: &str, label: &str| {
        field(&Field {
            name,
            kind: "text",
            label: words.t(label),
            value: fields.get(name),
            autocomplete: Some("off"),
            optional: true,
            ..Field::default()
        })
    };
    html! {
        (crumbs(words, &[("/assessments".into(), words.t("assessments-title"))], &words.t("assessment-rules")))
        h1 { (words.with("assessment-rules-of", &[("year", shown.year.to_string().into())])) }
        @if !shown.is_known && shown.tried.is_none() && shown.problems.is_empty() { (notice("", &words.t("assessment-rules-new"))) }
        (problems(words, shown.problems))
        @if let Some(tried) = shown.tried { (effect(words, shown, tried)) }
        form method="post" action={ "/assessments/" (shown.year) "/rules" (query(shown.branch)) } {
            section.card { div.grid { (line("title_zh", "form-title-zh")) (line("title_en", "form-title-en")) } }
            section.card {
                h2 { (words.t("assessment-components")) }
                p.muted { (words.t("assessment-components-help")) }
                @for index in 0..ROWS { (component(words, fields, index)) }
            }
            section.card {
                h2 { (words.t("assessment-bands")) }
                p.muted { (words.t("assessment-bands-help")) }
                @for index in 0..ROWS {
                    div.grid {
                        (line(&format!("b{index}-title_zh"), "form-title-zh"))
                        (line(&format!("b{index}-title_en"), "form-title-en"))
                        (line(&format!("b{index}-from"), "assessment-from"))
                    }
                }
                div.grid { (line("pass", "form-pass")) (line("excellent", "form-excellent")) }
            }
            section.card {
                h2 { (words.t("assessment-of-branches")) }
                p.muted { (words.t("assessment-of-branches-help")) }
                div.grid {
                    (line("w-mean", "assessment-mean")) (line("w-participation", "participation"))
                    (line("w-pass", "pass-rate")) (line("w-excellence", "excellence-rate"))
                    (line("least_members", "assessment-least-members"))
                }
            }
            (criteria::form(words, fields))
            p.actions {
                button.button.quiet type="submit" name="do" value="try" { (words.t("assessment-try")) }
                button.button type="submit" name="do" value="save" { (words.t("assessment-save")) }
            }
        }
    }
}

fn problems(words: Words, problems: &[Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.notice.bad role="alert" tabindex="-1" {
                ul { @for one in problems {
                    @let said = problem(words.0, one);
                    li { code { (one.pointer) } " " strong { (said.what) } " " (said.remedy) }
                } }
            }
        }
    }
}

fn component(words: Words, fields: &Fields, index: usize) -> Markup {
    let name = |field: &str| format!("c{index}-{field}");
    let line = |one: &str, label: &str| {
        field(&Field {
            name: &name(one),
            kind: "text",
            label: words.t(label),
            value: fields.get(&name(one)),
            autocomplete: Some("off"),
            optional: true,
            ..Field::default()
        })
    };
    let choice = |one: &str, label: &str, options: Vec<(&str, String)>| {
        let id = name(one);
        html! {
            div.field {
                label for={ "f-" (id) } { (words.t(label)) }
                select id={ "f-" (id) } name=(id) { @for (value, text) in &options { option value=(value) selected[fields.get(&id) == *value] { (text) } } }
            }
        }
    };
    let occasions = assessment_json::ASSESSED
        .map(|one: Occasion| (one.name(), words.t(&format!("occasion-{}", one.name()))))
        .into_iter()
        .chain([(BY_HAND, words.t("assessment-by-hand"))])
        .collect();
    let combines = Combine::ALL.map(|one| (one.name(), words.t(&format!("combine-{}", one.name())))).to_vec();
    let missing =
        |kind: &str| Missing::ALL.map(|one| (one.name(), words.t(&format!("{kind}-{}", one.name())))).to_vec();
    let is_used = !fields.get(&name("title_zh")).is_empty() || !fields.get(&name("title_en")).is_empty();
    html! {
        details open[is_used] {
            summary { (words.with("assessment-component", &[("number", count(index + 1))])) }
            div.grid {
                (line("title_zh", "form-title-zh")) (line("title_en", "form-title-en")) (line("weight", "assessment-weight"))
                (choice("occasion", "assessment-occasion", occasions)) (line("names", "assessment-names"))
                (choice("combine", "assessment-combine", combines)) (line("best", "assessment-best")) (line("least", "assessment-least-label"))
                (line("list", "assessment-list")) (line("full", "assessment-full"))
                (choice("absent", "presence-absent", missing("absent"))) (choice("excused", "presence-excused", missing("excused")))
            }
        }
    }
}

/// Whose results, bands and places would be others.
fn effect(words: Words, shown: &RulesForm<'_>, (before, after): &Tried) -> Markup {
    let known: HashMap<&str, _> =
        before.iter().flat_map(|before| &before.members).map(|line| (line.person_id.as_str(), line)).collect();
    let figures = |of: Option<&Assessed>| of.map_or_else(|| "–".into(), |of| points(of.line.figures.score));
    let changed: Vec<_> = after
        .members
        .iter()
        .filter(|line| {
            known.get(line.person_id.as_str()).is_none_or(|was| {
                was.outcome.total != line.outcome.total
                    || was.outcome.band != line.outcome.band
                    || was.rank != line.rank
            })
        })
        .collect();
    let score = |line: &crate::service::assessments::MemberLine| {
        line.outcome.total.map_or_else(|_| "–".to_owned(), |total| total.to_string())
    };
    let place = |rank: Option<usize>| rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string());
    html! {
        section.card #tried {
            h2 { (words.t("assessment-tried")) }
            p { (words.with("assessment-tried-explained", &[("count", count(changed.len())), ("all", count(after.members.len())), ("before", figures(before.as_ref()).into()), ("after", figures(Some(after)).into())])) }
            table.cards {
                thead { tr { th { (words.t("name")) } th.n { (words.t("assessment-total")) } th { (words.t("assessment-band")) } th.n { (words.t("correction-rank")) } } }
                tbody { @for line in changed.iter().take(MOST_SHOWN) {
                    @let was = known.get(line.person_id.as_str());
                    tr {
                        td { a href=(member_path(&shown.year.to_string(), &line.login, shown.branch)) { (line.name) } }
                        td.n data-label=(words.t("assessment-total")) { @if let Some(was) = was { (score(was)) " → " } strong { (score(line)) } }
                        td data-label=(words.t("assessment-band")) { @if let (Some(was), Some(before)) = (was, before) { (band(words, &before.definition, &was.outcome)) " → " } (band(words, &after.definition, &line.outcome)) }
                        td.n data-label=(words.t("correction-rank")) { @if let Some(was) = was { (place(was.rank)) " → " } (place(line.rank)) }
                    }
                } }
            }
            @if changed.len() > MOST_SHOWN { p.muted { (words.with("correction-more", &[("count", count(changed.len() - MOST_SHOWN))])) } }
        }
    }
}
