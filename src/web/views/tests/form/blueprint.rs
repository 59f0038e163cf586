//! The part of the form that says what is drawn: sections, their rows, how many questions there are, and the totals.

use super::Shown;
use super::inputs::{Context, Line, step};
use crate::rules::blueprint::Section;
use crate::rules::points::Points;
use crate::rules::question::{Kind, Policy};
use crate::service::tests::RowSupply;
use crate::web::draft::{BAND_FIELDS, RowDraft, SectionDraft};
use crate::web::words::{Words, count};
use maud::{Markup, html};

const NOTHING: Markup = maud::PreEscaped(String::new());

/// The whole part.
pub(super) fn blueprint(context: Context<'_>, shown: &Shown) -> Markup {
    let words = context.words;
    let plan = shown.draft.plan();
    html! {
        fieldset.plain #blueprint {
            legend { h2 { (words.t("form-paper")) } }
            p { (words.t("form-paper-help")) }
            @if shown.material.banks.is_empty() {
                div.notice.warn { p { (words.t("form-no-banks")) } p { a href="/banks" { (words.t("bank-load-first")) } } }
            }
            @for (index, section) in shown.draft.sections.iter().enumerate() {
                (part(context, shown, index, section, plan.sections.get(index)))
            }
            p.actions { (step("add-section", "add-section", &words.t("form-add-section"), context.focus == Some("add-section"))) }
            (context.error("add-section"))
            div #live-paper data-live role="status" { (totals(words, shown)) }
        }
    }
}

/// How many questions and points the paper has, and what is missing.
fn totals(words: Words, shown: &Shown) -> Markup {
    let plan = shown.draft.plan();
    let full = plan.full();
    let of_full = |line: Points| full.share(line.hundredths(), 10_000).to_string();
    html! {
        p.lead { (words.with("form-total", &[("questions", count(plan.question_count())), ("points", full.to_string().into()),
            ("pass", of_full(plan.pass).into()), ("excellent", of_full(plan.excellent).into())])) }
        @if !shown.measured.shortfalls.is_empty() {
            div.notice.bad {
                p { strong { (words.t("form-short")) } }
                ul { @for short in &shown.measured.shortfalls { li { (crate::i18n::shortfall(words.0, short)) } } }
                p { (words.t("error-shortfall.remedy")) }
            }
        } @else if plan.question_count() > 0 { p.good { "✓ " (words.t("form-enough")) } }
    }
}

fn part(context: Context<'_>, shown: &Shown, index: usize, section: &SectionDraft, plan: Option<&Section>) -> Markup {
    let words = context.words;
    let start = format!("s{index}");
    let named = |name: &str| format!("{start}-{name}");
    let kinds = Kind::ALL.map(|kind| (kind.name().to_owned(), words.t(&format!("kind-{}", kind.name()))));
    let policies = Policy::ALL.map(|policy| (policy.name().to_owned(), words.t(&format!("policy-{}", policy.name()))));
    html! {
        fieldset.card.part {
            legend { (words.with("form-section", &[("number", count(index + 1))])) }
            div.grid {
                (context.choice(&named("kind"), "form-kind", &section.kind, &kinds, true))
                (context.line(Line { name: &named("points"), kind: "number", label: "form-points", value: &section.points }, &NOTHING))
                @if section.kind == Kind::Multiple.name() {
                    @let policy = if section.policy.is_empty() { Policy::default().name() } else { &section.policy };
                    (context.choice(&named("policy"), "form-policy", policy, &policies, false))
                }
            }
            @for (row_index, row) in section.rows.iter().enumerate() {
                (row_fields(context, shown, (index, row_index), row))
            }
            details open[!section.title_zh.is_empty() || !section.title_en.is_empty()] {
                summary { (words.t("form-own-title")) }
                div.grid {
                    (context.line(Line { name: &named("title_zh"), kind: "text", label: "form-section-title-zh", value: &section.title_zh }, &NOTHING))
                    (context.line(Line { name: &named("title_en"), kind: "text", label: "form-section-title-en", value: &section.title_en }, &NOTHING))
                }
            }
            p id={ "live-" (start) } data-live { strong { (section_total(words, plan)) } }
            p.actions {
                (step(&format!("add-row:{index}"), "", &words.t("form-add-row"), false))
                @if shown.draft.sections.len() > 1 {
                    (step(&format!("remove-section:{index}"), "", &words.with("form-remove-section", &[("number", count(index + 1))]), false))
                }
            }
        }
    }
}

fn section_total(words: Words, plan: Option<&Section>) -> String {
    let questions: u32 = plan.iter().flat_map(|section| &section.draw).map(|row| row.count).sum();
    let points = plan.map(|section| section.points.share(i64::from(questions), 1)).unwrap_or_default();
    words.with("form-section-total", &[("questions", count(questions)), ("points", points.to_string().into())])
}

fn row_fields(context: Context<'_>, shown: &Shown, (section, index): (usize, usize), row: &RowDraft) -> Markup {
    let words = context.words;
    let start = format!("s{section}-r{index}");
    let named = |name: &str| format!("{start}-{name}");
    let banks: Vec<(String, String)> =
        shown.material.banks.iter().map(|bank| (bank.row.name.clone(), words.of(&bank.title).to_owned())).collect();
    let supply = shown.measured.rows.get(section).and_then(|rows| rows.get(index)).cloned().unwrap_or_default();
    let several = shown.draft.sections.get(section).is_some_and(|section| section.rows.len() > 1);
    let narrowed = !row.topics.is_empty() || !row.mix.is_empty() || row.bands.iter().any(|band| !band.is_empty());
    let wrong = context.mistakes.keys().any(|name| name.starts_with(&format!("{start}-")));
    html! {
        fieldset.plain.source {
            legend.visually-hidden { (words.with("form-row", &[("section", count(section + 1)), ("row", count(index + 1))])) }
            div.grid {
                (context.choice(&named("bank"), "form-bank", &row.bank, &banks, true))
                (context.line(Line { name: &named("count"), kind: "number", label: "form-count", value: &row.count }, &html! {
                    p.help id={ "live-" (start) } data-live { (available(words, row, &supply)) }
                }))
            }
            details open[narrowed || wrong] {
                summary { (words.t("form-narrow")) }
                (topics(context, shown, &start, row, &supply))
                fieldset.plain {
                    legend { (words.t("form-difficulty")) }
                    p.help { (words.t("form-difficulty-help")) }
                    div.grid { @for (name, value) in BAND_FIELDS.iter().zip(&row.bands) {
                        (context.line(Line { name: &named(name), kind: "number", label: &format!("form-{name}"), value }, &NOTHING))
                    } }
                    @if !row.mix.is_empty() || context.mistakes.contains_key(&named("mix")) {
                        (context.line(Line { name: &named("mix"), kind: "text", label: "form-mix", value: &row.mix }, &NOTHING))
                    }
                }
            }
            @if several {
                p.actions { (step(&format!("remove-row:{section}:{index}"), "", &words.with("form-remove-row", &[("row", count(index + 1))]), false)) }
            }
        }
    }
}

/// How many questions fit a row, whatever the others take.
fn available(words: Words, row: &RowDraft, supply: &RowSupply) -> Markup {
    let [easy, middling, hard] = supply.bands;
    let short = crate::rules::text::fold(&row.count).parse::<u32>().is_ok_and(|asked| asked > supply.there);
    let values =
        [("there", count(supply.there)), ("easy", count(easy)), ("middling", count(middling)), ("hard", count(hard))];
    html! {
        @if row.bank.is_empty() { (words.t("form-choose-bank-first")) }
        @else { span class=[short.then_some("warn")] { (words.with(if short { "form-there-short" } else { "form-there" }, &values)) } }
    }
}

fn topics(context: Context<'_>, shown: &Shown, start: &str, row: &RowDraft, supply: &RowSupply) -> Markup {
    let words = context.words;
    let known = shown.measured.topics.get(&row.bank).map(Vec::as_slice).unwrap_or_default();
    let gone = row.topics.iter().filter(|id| !known.iter().any(|topic| topic.id == **id));
    html! {
        fieldset.plain id={ "f-" (start) "-topics" } tabindex="-1" {
            legend { (words.t("form-topics")) }
            p.help { (words.t("form-topics-help")) }
            (context.error(&format!("{start}-topics")))
            div.choices {
                @for topic in known {
                    @let there = supply.topics.get(&topic.id).copied().unwrap_or_default();
                    label.check {
                        input type="checkbox" name={ (start) "-topics" } value=(topic.id) checked[row.topics.contains(&topic.id)];
                        " " (words.of(&topic.title)) " " span.muted.small { (words.with("form-questions-there", &[("count", count(there))])) }
                    }
                }
                @for id in gone { label.check { input type="checkbox" name={ (start) "-topics" } value=(id) checked; " " code { (id) } } }
            }
        }
    }
}
