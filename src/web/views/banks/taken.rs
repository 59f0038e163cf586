//! View of a file that was taken or tried: what is to be said of it, and its first questions as they were read.

use super::one;
use crate::i18n;
use crate::service::Error;
use crate::service::banks::{Notes, Taken};
use crate::web::views::files::problems_of;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// Most remarks that are listed; the rest is counted.
const MOST_LISTED: usize = 100;

/// What was left out, and what was taken over otherwise than written.
pub(super) fn notes(words: Words, notes: &Notes) -> Markup {
    let remarks = &notes.remarks;
    html! {
        @if !notes.left_out.is_empty() {
            section.card {
                h2 { (words.t("left-out")) }
                (problems_of(words, &Error::File(notes.left_out.clone()), &[]))
            }
        }
        @if !remarks.is_empty() {
            section.card {
                h2 { (words.with("remarks", &[("count", count(remarks.len()))])) }
                ul.plain.rows { @for remark in remarks.iter().take(MOST_LISTED) {
                    li { span.muted { (i18n::origin(words.0, &remark.origin)) " " } (i18n::remark(words.0, remark)) }
                } }
                @if remarks.len() > MOST_LISTED { p.muted { (words.with("problems-more", &[("count", count(remarks.len() - MOST_LISTED))])) } }
            }
        }
    }
}

/// The first questions as they were read.
pub(super) fn preview(words: Words, taken: &Taken) -> Markup {
    html! {
        h2.part-title { (words.with("preview-first", &[("count", count(taken.first.len()))])) }
        @for question in &taken.first { (one(words, &taken.topics, question, None)) }
    }
}
