//! View of one question as a form with its preview: of a bank, or of a file that is still to be loaded.

use super::{on_paper, one};
use crate::formats::exchange::sheet::own::form::{FormField, Kinds, Use};
use crate::i18n::{self, Described};
use crate::rules::bank::{Problem, Topic};
use crate::rules::lint::Lint;
use crate::rules::question::case::MOST_PARTS;
use crate::rules::question::{Kind, Question};
use crate::service::banks::drafts::Checked;
use crate::web::layout::{crumbs, notice, summary};
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// Where a form stands.
#[derive(Debug)]
pub struct Place<'a> {
    /// The pages above it: address and title.
    pub above: Vec<(String, String)>,
    /// Its own address.
    pub action: String,
    /// What it is called.
    pub title: String,
    /// The topics to choose from.
    pub topics: &'a [Topic],
    /// Whether the question can be called otherwise.
    pub renames: bool,
    /// Whether the question may wait with its mistakes.
    pub may_wait: bool,
}

/// A question as its form shows it.
#[derive(Debug)]
pub struct Shown<'a> {
    /// Where.
    pub place: &'a Place<'a>,
    /// Its id; empty: the next free one.
    pub id: &'a str,
    /// Whether there was none before.
    pub is_new: bool,
    /// Its kind, and those of its parts.
    pub kinds: &'a Kinds,
    /// Its topic and difficulty as they were chosen.
    pub sort: (&'a str, &'a str),
    /// Whether there is a field for each language.
    pub both: bool,
    /// The version that was seen.
    pub seen: &'a str,
    /// Its fields.
    pub fields: &'a [FormField],
    /// The question as it would be, with what is suspicious in it.
    pub checked: Option<&'a Checked>,
    /// What is wrong with it, with the field.
    pub problems: &'a [(Option<String>, Problem)],
    /// Why it was refused otherwise.
    pub refused: Option<Described>,
    /// As a newer edition has it.
    pub newer: Option<&'a Question>,
}

/// The form of a question.
pub fn question(words: Words, shown: &Shown<'_>) -> Markup {
    let place = shown.place;
    html! {
        (crumbs(words, &place.above, &place.title))
        h1 { (place.title) }
        @if let Some(refused) = &shown.refused { (summary(&refused.what, &refused.remedy, None)) }
        @if let Some(newer) = shown.newer {
            (notice("warn", &words.t("question-newer")))
            (one(words, place.topics, newer, None))
        }
        form.card method="post" action=(place.action) enctype="multipart/form-data" data-plan {
            // What Enter does in a field.
            button.visually-hidden name="action" value="check" tabindex="-1" aria-hidden="true" { (words.t("question-look")) }
            input type="hidden" name="kind" value=(shown.kinds.whole.name());
            input type="hidden" name="seen" value=(shown.seen);
            @if shown.both { input type="hidden" name="languages" value="2"; }
            @if shown.is_new { input type="hidden" name="new" value="1"; }
            p.muted { (words.t(&format!("kind-{}", shown.kinds.whole.name())))
                @if !place.renames { " · " code { (shown.id) } input type="hidden" name="id" value=(shown.id); }
            }
            (sort(words, shown))
            (fields(words, shown, 0))
            @for (number, kind) in (1..).zip(&shown.kinds.parts) {
                fieldset.subquestion {
                    legend { (words.with("edit-part", &[("number", count(number))])) " · " (words.t(&format!("kind-{}", kind.name()))) }
                    input type="hidden" name={ "p" (number) " kind" } value=(kind.name());
                    (fields(words, shown, number))
                }
            }
            @if shown.kinds.whole == Kind::Case { (new_part(words, shown)) }
            details.field {
                summary { (words.t("edit-picture")) }
                p.help { (words.t("edit-picture-help")) }
                p.actions {
                    input type="file" name="file" accept="image/png,image/jpeg,image/gif,image/webp" aria-label=(words.t("edit-picture"));
                    button.button.quiet name="action" value="add-picture" formnovalidate { (words.t("edit-picture-add")) }
                }
            }
            div #live-look data-live { (look(words, shown)) }
            p.actions {
                button.button name="action" value="save" { (words.t("save")) }
                button.button.quiet name="action" value="check" { (words.t("question-look")) }
                @if place.may_wait && !shown.problems.is_empty() {
                    button.button.quiet name="action" value="unfinished" { (words.t("question-unfinished-save")) }
                }
                @if let Some((back, _)) = place.above.last() { a.button.quiet href=(back) { (words.t("back")) } }
            }
        }
    }
}

fn sort(words: Words, shown: &Shown<'_>) -> Markup {
    let (topic, difficulty) = shown.sort;
    html! {
        div.filters {
            label { span { (words.t("topic")) } select name="topic" {
                @if !shown.place.topics.iter().any(|one| one.id == topic) && !shown.is_new { option value=(topic) selected { (topic) } }
                @for one in shown.place.topics { option value=(one.id) selected[one.id == topic] { (words.of(&one.title)) } }
            } }
            label { span { (words.t("difficulty")) } select name="difficulty" {
                @if !shown.is_new && !matches!(difficulty, "1" | "2" | "3" | "4" | "5") { option value=(difficulty) selected { (difficulty) } }
                @for level in 1..=5_u8 { option value=(level) selected[level.to_string() == difficulty] { (level) } }
            } }
            @if shown.place.renames {
                label { span { (words.t("question-id")) } input name="id" value=(shown.id) maxlength="64" placeholder=(words.t("question-id-next")); }
            }
        }
    }
}

/// One more part of a case.
fn new_part(words: Words, shown: &Shown<'_>) -> Markup {
    html! {
        @if shown.kinds.parts.len() < MOST_PARTS {
            p.help { (words.t("edit-parts-help")) }
            p.actions {
                label.visually-hidden for="f-part-kind" { (words.t("edit-part-kind")) }
                select #f-part-kind name="part-kind" {
                    @for kind in Kind::of_parts() { option value=(kind.name()) { (words.t(&format!("kind-{}", kind.name()))) } }
                }
                button.button.quiet name="action" value="add-part" formnovalidate { (words.t("edit-part-add")) }
            }
        }
    }
}

/// Parts that most questions go without.
const SELDOM: [&str; 4] = ["regulation", "article", "excludes", "retired"];

/// All fields of the question or one of its parts, the languages of a text beside each other.
fn fields(words: Words, shown: &Shown<'_>, of: usize) -> Markup {
    let all: Vec<&FormField> = shown.fields.iter().filter(|field| field.of == of).collect();
    let groups = |seldom: bool| {
        let meant = all.chunk_by(|one, two| (one.part, one.used) == (two.part, two.used));
        meant.filter(move |group| group.first().is_some_and(|field| SELDOM.contains(&field.part) == seldom))
    };
    let is_filled = groups(true).flatten().any(|field| !field.value.is_empty());
    html! {
        @for group in groups(false) {
            @if let [field] = group { (self::field(words, shown, field)) }
            @else { div.pairs { @for field in group { (self::field(words, shown, field)) } } }
        }
        details open[is_filled] {
            summary { (words.t(if of == 0 { "edit-more" } else { "edit-more-part" })) }
            @for field in groups(true).flatten() { (self::field(words, shown, field)) }
        }
    }
}

fn field(words: Words, shown: &Shown<'_>, field: &FormField) -> Markup {
    let of_field = |(name, _): &&(Option<String>, Problem)| name.as_deref() == Some(&field.name);
    let problems: Vec<&(Option<String>, Problem)> = shown.problems.iter().filter(of_field).collect();
    let id = format!("f-{}", field.name.replace([' ', '(', ')'], "-"));
    let help = matches!(
        field.part,
        "stem" | "answer" | "numbers" | "units" | "tolerance" | "points" | "excludes" | "retired" | "share"
    )
    .then(|| i18n::find(words.0, &help_of(field.part, field.kind), &[]))
    .flatten();
    let is_bad = (!problems.is_empty()).then_some("true");
    if field.used == Use::Answer && matches!(field.kind, Kind::Single | Kind::Multiple | Kind::TrueFalse) {
        return answer(words, shown, field);
    }
    let heading = capital(&field.heading);
    html! {
        div.field {
            @if field.used == Use::Switch {
                label.check { input type="checkbox" name=(field.name) value="yes" checked[!field.value.is_empty()]; " " (heading) }
            } @else {
                label for=(id) { (heading) }
                @match field.used {
                    Use::Lines => textarea id=(id) name=(field.name) rows="3" aria-invalid=[is_bad] { (field.value) },
                    Use::Answer if matches!(field.kind, Kind::Short | Kind::Essay | Kind::Blank) =>
                        textarea id=(id) name=(field.name) rows="3" aria-invalid=[is_bad] { (field.value) },
                    _ => input id=(id) name=(field.name) value=(field.value) aria-invalid=[is_bad];,
                }
            }
            @if let Some(help) = help { p.help { (help) } }
            @for (_, problem) in problems { @let told = i18n::problem(words.0, problem); p.error { (told.what) " " (told.remedy) } }
        }
    }
}

/// A heading of a sheet as that of a field.
fn capital(heading: &str) -> String {
    let mut letters = heading.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The message that helps with a part; what is to be written as the answer differs from kind to kind.
fn help_of(part: &str, kind: Kind) -> String {
    match (part, kind) {
        ("answer", kind) => format!("edit-answer-{}", kind.name()),
        ("stem", Kind::Blank) => "edit-stem-blank".to_owned(),
        ("stem", Kind::Case) => "edit-stem-case".to_owned(),
        (part, _) => format!("edit-{part}"),
    }
}

/// The correct options, to be ticked.
fn answer(words: Words, shown: &Shown<'_>, field: &FormField) -> Markup {
    let labels: Vec<(String, String)> = if field.kind == Kind::TrueFalse {
        [("true", "right"), ("false", "wrong")].map(|(value, id)| (value.to_owned(), words.t(id))).into()
    } else {
        let mut letters: Vec<char> = Vec::new();
        for other in shown.fields.iter().filter(|other| other.of == field.of) {
            if let Use::Option(letter) = other.used
                && !letters.contains(&letter)
            {
                letters.push(letter);
            }
        }
        letters.into_iter().map(|letter| (letter.to_string(), letter.to_string())).collect()
    };
    let is_right = |value: &str| match field.kind {
        Kind::TrueFalse => {
            (value == "true") == matches!(field.value.as_str(), "true" | "对") && !field.value.is_empty()
        }
        _ => field.value.contains(value),
    };
    let problems = shown.problems.iter().filter(|(name, _)| name.as_deref() == Some(&field.name));
    let kind = if field.kind == Kind::Multiple { "checkbox" } else { "radio" };
    html! {
        fieldset.plain.field {
            legend { (capital(&field.heading)) }
            p.actions { @for (value, label) in &labels {
                label.check { input type=(kind) name=(field.name) value=(value) checked[is_right(value)]; " " (label) } " "
            } }
            @for (_, problem) in problems { @let told = i18n::problem(words.0, problem); p.error { (told.what) " " (told.remedy) } }
        }
    }
}

/// The question as a member will see it, and what is to be said of it.
fn look(words: Words, shown: &Shown<'_>) -> Markup {
    let elsewhere: Vec<&Problem> = shown
        .problems
        .iter()
        .filter(|(name, _)| !shown.fields.iter().any(|field| Some(&field.name) == name.as_ref()))
        .map(|(_, problem)| problem)
        .collect();
    html! {
        @if !shown.problems.is_empty() {
            div.notice.bad role="alert" {
                p { strong { (words.with("problems-count", &[("count", count(shown.problems.len()))])) } }
                ul { @for (_, problem) in shown.problems { @let told = i18n::problem(words.0, problem); li { (told.what) " " span.muted { (told.remedy) } } } }
            }
        }
        @if elsewhere.is_empty() && shown.problems.is_empty() && let Some(checked) = shown.checked {
            h2.part-title { (words.t("question-preview")) }
            (super::super::exam::question(words, (1, &on_paper(&checked.question)), (&serde_json::Value::Null, &serde_json::Value::Null), None, &html! {}))
            (suspicious(words, &checked.lints))
        }
    }
}

fn suspicious(words: Words, lints: &[Lint]) -> Markup {
    html! {
        @for lint in lints { @let told = i18n::lint(words.0, lint); (notice("warn", &format!("{} {}", told.what, told.remedy))) }
    }
}
