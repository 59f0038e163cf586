//! What a correction would change, with the way to make it or to decide about it.

use super::way;
use crate::documents::question::change;
use crate::i18n::Described;
use crate::rules::points::Points;
use crate::service::corrections::{BranchChange, Correction, Preview, ResultChange, Standing};
use crate::web::input::Fields;
use crate::web::layout::{notice, summary};
use crate::web::views::question::{bank_key, stem};
use crate::web::views::tests::reason;
use crate::web::visit::segment;
use crate::web::words::{Words, count, percent};
use maud::{Markup, html};

/// Where the correction comes from.
#[derive(Debug)]
pub enum Sent<'a> {
    /// A form, to be sent again with a reason.
    Form(&'a Fields),
    /// Somebody's proposal, and what went wrong with a decision about it.
    Waiting(&'a Correction, Option<&'a Described>),
}

/// Most results shown; programs get all of them.
const MOST_SHOWN: usize = 500;

/// The whole page.
pub fn preview(words: Words, preview: &Preview, sent: &Sent<'_>) -> Markup {
    let all = preview.results.len() + preview.unseen;
    html! {
        (way(words, &preview.test, &words.t("correction-preview"), true))
        h1 { (words.t("correction-preview")) }
        section.card {
            p.small.muted { (preview.named.0) "/" (preview.named.1) }
            div.stem { (stem(words, words.of(&preview.question.stem))) }
            dl.facts {
                dt { (words.t("correction-key-before")) } dd.stem { (bank_key(words, &preview.question.key)) }
                dt { (words.t("correction-what")) } dd { strong { (change(words, &preview.change)) } }
            }
        }
        @if all == 0 { (notice("", &words.t("correction-nothing"))) }
        div.tiles {
            div.tile { b { (all) } span { (words.t("correction-results")) } }
            div.tile { b { (preview.passing) } span { (words.t("correction-passing")) } }
            div.tile { b { (preview.failing) } span { (words.t("correction-failing")) } }
            div.tile { b { (preview.moved) } span { (words.t("correction-moved")) } }
        }
        @match sent {
            Sent::Form(fields) => { (confirm(words, preview, fields)) }
            Sent::Waiting(correction, error) => { (decide(words, preview, correction, *error)) }
        }
        (branches(words, &preview.branches))
        (results(words, preview))
    }
}

fn confirm(words: Words, preview: &Preview, fields: &Fields) -> Markup {
    let path = format!("/tests/{}/corrections", segment(&preview.test.definition.test));
    let waits = preview.test.definition.approve_corrections;
    html! {
        form.card method="post" action=(path) {
            @for (name, value) in fields.0.iter().filter(|(name, _)| name != "apply" && name != "reason") {
                input type="hidden" name=(name) value=(value);
            }
            input type="hidden" name="apply" value="1";
            (reason(words))
            p.muted { (words.t(if waits { "corrections-second" } else { "correction-keeps" })) }
            p.actions {
                button.button type="submit" { (words.t(if waits { "correction-propose" } else { "correction-do" })) }
                a.button.quiet href=(path) { (words.t("back")) }
            }
        }
    }
}

fn decide(words: Words, preview: &Preview, correction: &Correction, error: Option<&Described>) -> Markup {
    let path = format!("/tests/{}/corrections", segment(&preview.test.definition.test));
    html! {
        form.card method="post" action={ (path) "/waiting/" (correction.row.id) } {
            @if let Some(error) = error { (summary(&error.what, &error.remedy, None)) }
            p { (words.with("late-because", &[("reason", correction.row.reason.as_str().into())])) }
            p.actions {
                @if correction.may_decide { button.button name="decision" value="approve" { (words.t("correction-approve")) } }
                @else { span.muted { (words.t("correction-own-proposal")) } }
                button.button.quiet name="decision" value="refuse" { (words.t("correction-refuse")) }
                a.button.quiet href=(path) { (words.t("back")) }
            }
        }
    }
}

/// `60 → 62`, or one of them where they are equal.
fn arrow(before: &str, after: &str) -> Markup {
    html! { @if before == after { (before) } @else { (before) " → " strong { (after) } } }
}

fn shown(number: Option<usize>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| number.to_string())
}

fn branches(words: Words, branches: &[BranchChange]) -> Markup {
    html! {
        @if !branches.is_empty() {
            section.card {
                h2 { (words.t("correction-branches")) }
                table.cards {
                    thead { tr { th { (words.t("branch")) } th.n { (words.t("mean")) } th.n { (words.t("pass-rate")) } th.n { (words.t("excellence-rate")) } th.n { (words.t("correction-rank")) } } }
                    tbody { @for one in branches {
                        tr {
                            td { @match &one.branch { Some(node) => { (node.name) } None => { (words.t("whole-unit")) } } }
                            td.n data-label=(words.t("mean")) { (arrow(&percent(one.before.mean), &percent(one.after.mean))) }
                            td.n data-label=(words.t("pass-rate")) { (arrow(&percent(one.before.pass_rate), &percent(one.after.pass_rate))) }
                            td.n data-label=(words.t("excellence-rate")) { (arrow(&percent(one.before.excellence_rate), &percent(one.after.excellence_rate))) }
                            td.n data-label=(words.t("correction-rank")) { (arrow(&shown(one.rank_before), &shown(one.rank))) }
                        }
                    } }
                }
            }
        }
    }
}

fn results(words: Words, preview: &Preview) -> Markup {
    html! {
        @if !preview.results.is_empty() {
            section.card {
                h2 { (words.t("correction-results")) }
                table.cards {
                    thead { tr { th { (words.t("name")) } th { (words.t("branch")) } th.n { (words.t("correction-score")) } th { (words.t("correction-result")) } th.n { (words.t("correction-rank")) } } }
                    tbody { @for one in preview.results.iter().take(MOST_SHOWN) { (result(words, one)) } }
                }
                @if preview.results.len() > MOST_SHOWN { p.muted { (words.with("correction-more", &[("count", count(preview.results.len() - MOST_SHOWN))])) } }
                @if preview.unseen > 0 { p.muted { (words.with("correction-unseen", &[("count", count(preview.unseen))])) } }
            }
        }
    }
}

fn result(words: Words, one: &ResultChange) -> Markup {
    let verdict = |standing: &Standing| match (standing.score, standing.excellent, standing.passed) {
        (None, ..) => "–".to_owned(),
        (_, true, _) => words.t("excellent"),
        (_, _, true) => words.t("passed"),
        _ => words.t("correction-failed"),
    };
    let score = |points: Points| points.to_string();
    html! {
        tr {
            td { (one.name) " " span.muted.small { (one.login) } }
            td data-label=(words.t("branch")) { @if let Some(branch) = &one.branch { (branch.name) } }
            td.n data-label=(words.t("correction-score")) { (arrow(&score(one.score_before), &score(one.score))) }
            td data-label=(words.t("correction-result")) { (arrow(&verdict(&one.before), &verdict(&one.after))) }
            td.n data-label=(words.t("correction-rank")) { (arrow(&shown(one.before.rank), &shown(one.after.rank))) }
        }
    }
}
