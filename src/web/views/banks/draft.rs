//! View of everything of a bank that waits to be published.

use super::one;
use super::outline::differing;
use crate::i18n::Described;
use crate::limits;
use crate::rules::question::Kind;
use crate::service::banks::Listed;
use crate::service::banks::drafts::outline::OutlineChange;
use crate::service::banks::drafts::{Change, Draft};
use crate::web::layout::{crumbs, notice, summary};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// Everything that waits to be published.
pub fn draft(words: Words, draft: &Draft, refused: Option<&Described>, note: &str) -> Markup {
    let path = format!("/banks/{}", segment(&draft.bank.row.name));
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks")), (path.clone(), words.of(&draft.bank.title).to_owned())], &words.t("draft")))
        h1 { (words.t("draft")) }
        @if let Some(refused) = refused { (summary(&refused.what, &refused.remedy, None)) }
        p.muted { (words.t("draft-help")) }
        (new_question(words, &draft.bank, &path))
        p.actions.noprint { a.button.quiet href={ (path) "/draft/outline" } { (words.t("outline")) } }
        @if draft.count() == 0 { (notice("", &words.t("draft-none"))) }
        @else {
            form.card method="post" action={ (path) "/draft" } {
                h2 { (words.with("draft-publish-title", &[("count", count(draft.count())), ("edition", count(draft.bank.row.number + 1))])) }
                div.field {
                    label for="f-note" { (words.t("draft-note")) }
                    input id="f-note" name="note" value=(note) required maxlength=(limits::REASON_CHARACTERS);
                    p.help { (words.t("draft-note-help")) }
                }
                p.actions { button.button name="action" value="publish" { (words.t("draft-publish")) } }
            }
        }
        @if let Some(outline) = &draft.outline { (outline_waiting(words, outline, &path)) }
        @for change in &draft.changes { (waiting(words, draft, change, &path)) }
    }
}

/// The kinds to begin a question of.
pub fn new_question(words: Words, bank: &Listed, path: &str) -> Markup {
    html! {
        form.filters.noprint method="get" action={ (path) "/draft/question" } {
            label { span { (words.t("question-new")) } select name="kind" {
                @for kind in Kind::ALL { option value=(kind.name()) { (words.t(&format!("kind-{}", kind.name()))) } }
            } }
            label.check { input type="checkbox" name="languages" value="2" checked[speaks_both(bank)]; " " (words.t("question-languages")) }
            button.button.quiet type="submit" { (words.t("question-begin")) }
        }
    }
}

fn speaks_both(bank: &Listed) -> bool {
    !matches!(bank.title, crate::rules::text::Text::Same(_))
}

fn waiting(words: Words, draft: &Draft, change: &Change, path: &str) -> Markup {
    let id = &change.id;
    let topics = draft.outline.as_ref().map_or(&draft.bank.topics, |outline| &outline.after.topics);
    html! {
        section.card {
            p {
                @if change.before.is_none() { span.tag.good { (words.t("question-is-new")) } " " }
                code { (id) } " · " (change.changed_by.clone().unwrap_or_else(|| words.t("correction-operator"))) " · " (words.moment(change.changed_at_ms))
            }
            @if change.is_overtaken { (notice("warn", &words.t("question-overtaken"))) }
            @match (&change.before, change.after.sound()) {
                (Some(before), Some(after)) => div.pairs {
                    div { p.small.muted { (words.t("question-before")) } (one(words, topics, before, None)) }
                    div { p.small.muted { (words.t("question-after")) } (one(words, topics, after, None)) }
                },
                (None, Some(after)) => (one(words, topics, after, None)),
                (_, None) => (notice("warn", &words.t("question-unfinished"))),
            }
            form.actions method="post" action={ (path) "/draft" } {
                input type="hidden" name="question" value=(id);
                input type="hidden" name="version" value=(change.version);
                a.button.quiet href={ (path) "/draft/question?id=" (segment(id)) } { (words.t("question-go-on")) }
                button.button.quiet name="action" value="discard" { (words.t("question-discard")) }
            }
        }
    }
}

fn outline_waiting(words: Words, change: &OutlineChange, path: &str) -> Markup {
    html! {
        section.card {
            p {
                (words.t("outline")) " · " (change.changed_by.clone().unwrap_or_else(|| words.t("correction-operator"))) " · " (words.moment(change.changed_at_ms))
            }
            @if change.is_overtaken { (notice("warn", &words.t("question-overtaken"))) }
            (differing(words, (&words.t("question-before"), &change.before), (&words.t("question-after"), &change.after)))
            @if !change.after.moves.is_empty() { p { (words.with("outline-moves", &[("count", count(change.after.moves.len()))])) } }
            form.actions method="post" action={ (path) "/draft" } {
                input type="hidden" name="version" value=(change.version);
                a.button.quiet href={ (path) "/draft/outline" } { (words.t("question-go-on")) }
                button.button.quiet name="action" value="discard-outline" { (words.t("question-discard")) }
            }
        }
    }
}
