//! One member's result, down to each test and the rule by which it counts.

use super::{band, points, query, total, way_below, ways};
use crate::i18n::Described;
use crate::rules::assessment::{Component, Counted, MarkList, Part, Use};
use crate::service::assessments::{AdjustmentRow, Assessed, GivenMark, MemberLine, YearTest, signed_points};
use crate::web::layout::{Field, field, summary};
use crate::web::views::tests::reason;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The whole page.
pub fn member(words: Words, assessed: &Assessed, line: &MemberLine, error: Option<&Described>) -> Markup {
    let definition = &assessed.definition;
    let outcome = &line.outcome;
    html! {
        (way_below(words, assessed, &line.name))
        div.head { h1 { (line.name) } span.muted { (line.login) " · " (line.branch.name) } }
        p { (words.of(&definition.title)) }
        @if let Some(error) = error { (summary(&error.what, &error.remedy, None)) }
        div.tiles {
            div.tile { b { (total(words, outcome)) } span { (words.t("assessment-total")) } }
            div.tile { b { (band(words, definition, outcome)) } span { (words.t("assessment-band")) } }
            div.tile { b { @if let Some(rank) = line.rank { (rank) } @else { "–" } } span { (words.t("correction-rank")) } }
        }
        (sum(words, assessed, line))
        @for ((component, part), tests) in definition.components.iter().zip(&outcome.parts).zip(&assessed.tests) {
            @if let Some(list) = component.marks() { (by_hand(words, assessed, line, (component, part, list))) }
            @else { (one(words, component, part, tests)) }
        }
        (adjustments(words, assessed, line))
        p.muted { (words.t("assessment-only-study")) }
    }
}

/// `50% × 78.34 + 50% × 85.5 + 2 = 83.92`
fn sum(words: Words, assessed: &Assessed, line: &MemberLine) -> Markup {
    let outcome = &line.outcome;
    let parts = assessed.definition.components.iter().zip(&outcome.parts);
    let terms: Vec<String> =
        parts.map(|(component, part)| format!("{}% × {}", component.weight, points(part.value))).collect();
    let adjusted = outcome.adjusted.hundredths();
    html! {
        section.card {
            h2 { (words.t("assessment-why")) }
            div.stem {
                (terms.join(" + ")) @if adjusted != 0 { " " (signed_points(adjusted)) } " = "
                strong { (total(words, outcome)) }
            }
            p.small.muted { (words.t("assessment-rounding")) }
        }
    }
}

fn one(words: Words, component: &Component, part: &Part, tests: &[YearTest]) -> Markup {
    let sat = [("sat", count(part.sat)), ("least", count(part.least))];
    html! {
        section.card {
            div.head { h2 { (words.of(&component.title)) } span.muted { (component.weight) "%" } span.grow {} strong { (points(part.value)) } }
            p.small.muted {
                (ways(words, component)) " · " (words.with("assessment-sat", &sat))
            }
            @if part.tests.is_empty() { p.muted { (words.t("assessment-no-tests")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("test")) } th { (words.t("presence-title")) } th.n { (words.t("correction-score")) } th.n { (words.t("assessment-percent")) } th { (words.t("assessment-use")) } } }
                    tbody { @for test in &part.tests { (row(words, test, tests)) } }
                }
            }
        }
    }
}

/// A component of marks that were entered: the one that counts, those that it replaced, and the form for another.
fn by_hand(
    words: Words,
    assessed: &Assessed,
    line: &MemberLine,
    (component, part, list): (&Component, &Part, &MarkList),
) -> Markup {
    let code = assessed.line.branch.as_ref().map(|node| node.code.as_str());
    let year = assessed.definition.year;
    let path = format!("/assessments/{year}/members/{}/marks{}", segment(&line.login), query(code));
    html! {
        section.card {
            div.head { h2 { (words.of(&component.title)) } span.muted { (component.weight) "%" } span.grow {} strong { (points(part.value)) } }
            p.small.muted { (ways(words, component)) }
            @if line.marks_of(&list.name).next().is_none() { p.muted { (words.t("assessment-no-mark")) } }
            ul.plain { @for one in line.marks_of(&list.name).rev() { li { (mark(words, assessed.may_keep, &path, one)) } } }
            @if assessed.may_keep {
                form.noprint method="post" action=(path) {
                    input type="hidden" name="list" value=(list.name);
                    (field(&Field { name: &format!("score-{}", list.name), kind: "text", label: words.t("mark-score"), help: Some(words.with("mark-score-help", &[("full", list.full.to_string().into())])), autocomplete: Some("off"), ..Field::default() }))
                    (field(&Field { name: &format!("source-{}", list.name), kind: "text", label: words.t("mark-source"), help: Some(words.t("mark-source-help")), autocomplete: Some("off"), ..Field::default() }))
                    p.actions { button.button.quiet type="submit" { (words.t("mark-enter")) } }
                }
            }
        }
    }
}

fn mark(words: Words, may_keep: bool, path: &str, one: &GivenMark) -> Markup {
    let row = &one.row;
    let by = one.by.clone().unwrap_or_else(|| words.t("correction-operator"));
    html! {
        b { (row.mark().points) " / " (row.mark().full) } " " (row.source) " "
        span.small.muted { (words.with("mark-given", &[("name", by.into()), ("date", words.day(row.given_at_ms).into())])) }
        @match row.ended_at_ms {
            Some(at) => { " " span.tag.none { (words.with("mark-ended", &[("date", words.day(at).into())])) } }
            None if may_keep => {
                form.inline.noprint method="post" action=(path) { input type="hidden" name="end" value=(row.id); " " button.button.quiet.small type="submit" { (words.t("adjustment-end")) } }
            }
            None => {}
        }
    }
}

fn row(words: Words, counted: &Counted, tests: &[YearTest]) -> Markup {
    let title = tests.get(counted.sitting.test).map(|one| words.of(&one.test.definition.title).to_owned());
    let name = match counted.use_ {
        Use::Counted => "use-counted",
        Use::NotAmong => "use-not-among",
        Use::Dropped => "use-dropped",
        Use::Waiting => "use-waiting",
    };
    html! {
        tr {
            td { (title.unwrap_or_default()) }
            td data-label=(words.t("presence-title")) { (words.t(&format!("presence-{}", counted.sitting.presence.name()))) }
            td.n data-label=(words.t("correction-score")) { @match counted.sitting.score { Some((won, full)) => { (won) " / " (full) } None => { "–" } } }
            td.n data-label=(words.t("assessment-percent")) { (points(counted.value)) }
            td data-label=(words.t("assessment-use")) { (words.t(name)) (made_up(words, counted)) }
        }
    }
}

/// How a make-up came in, in words: what it earned, its cap, and whether it is what counts.
fn made_up(words: Words, counted: &Counted) -> Markup {
    let Some(made_up) = counted.sitting.made_up else { return html! {} };
    let score = made_up.score.map(|(won, full)| format!("{won} / {full}"));
    let id = match (&score, counted.made_up) {
        (None, _) => "assessment-make-up-waits",
        (Some(_), true) => "assessment-make-up-counts",
        (Some(_), false) => "assessment-make-up-first",
    };
    let values = [
        ("score", score.unwrap_or_default().into()),
        ("cap", made_up.cap.to_string().into()),
        ("value", points(counted.value).into()),
    ];
    html! { br; span.small.muted { (words.with(id, &values)) } }
}

fn adjustments(words: Words, assessed: &Assessed, line: &MemberLine) -> Markup {
    let code = assessed.line.branch.as_ref().map(|node| node.code.as_str());
    let path = format!("/assessments/{}/members/{}{}", assessed.definition.year, segment(&line.login), query(code));
    html! {
        section.card {
            h2 { (words.t("assessment-adjustments")) }
            @if line.adjustments.is_empty() { p.muted { (words.t("assessment-no-adjustments")) } }
            ul.plain { @for one in &line.adjustments { li { (adjustment(words, assessed.may_keep, &path, one)) } } }
            @if assessed.may_keep {
                form.noprint method="post" action=(path) {
                    (field(&Field { name: "points", kind: "text", label: words.t("adjustment-points"), help: Some(words.t("adjustment-points-help")), autocomplete: Some("off"), ..Field::default() }))
                    (reason(words))
                    p.actions { button.button.quiet type="submit" { (words.t("adjustment-add")) } }
                }
            }
        }
    }
}

fn adjustment(words: Words, may_keep: bool, path: &str, one: &AdjustmentRow) -> Markup {
    html! {
        b { (signed_points(one.points)) } " " (one.reason) " " span.small.muted { (words.day(one.given_at_ms)) }
        @match one.ended_at_ms {
            Some(at) => { " " span.tag.none { (words.with("adjustment-ended", &[("date", words.day(at).into())])) } }
            None if may_keep => {
                form.inline.noprint method="post" action=(path) { input type="hidden" name="end" value=(one.id); " " button.button.quiet.small type="submit" { (words.t("adjustment-end")) } }
            }
            None => {}
        }
    }
}
