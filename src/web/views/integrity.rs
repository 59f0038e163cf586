//! What a test asks of those who sit it, on its pages: before the start, on the paper, and what was noted.

use crate::rules::integrity::{Hint, Hinted, Integrity};
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// Fields of the form that starts an attempt: the word, and what the script finds out about the browser.
pub fn start_fields(words: Words, integrity: &Integrity) -> Markup {
    html! {
        @if integrity.password.is_some() {
            label.field {
                span { (words.t("test-password")) }
                input type="text" name="password" required autocomplete="off" autocapitalize="off" spellcheck="false";
                span.help { (words.t("test-password-help")) }
            }
        }
        @if !integrity.safe_exam_browser.is_empty() {
            input type="hidden" name="browser_url" data-browser="url";
            input type="hidden" name="browser_digest" data-browser="digest";
        }
    }
}

/// What the paper's page says of itself, and the words for the script that follows it.
pub fn on_paper(words: Words, integrity: &Integrity, noted: &[Hinted]) -> Markup {
    let template = |hint: Hint| said(words, hint, "{times}".to_owned(), "{seconds}".to_owned());
    html! {
        @if integrity.hints || integrity.no_copy || integrity.full_screen {
            div.notice #integrity data-hints[integrity.hints] data-no-copy[integrity.no_copy]
                data-left_page=(template(Hint::LeftPage)) data-copied=(template(Hint::Copied)) data-pasted=(template(Hint::Pasted))
                data-other_device=(template(Hint::OtherDevice)) data-comma=(words.t("list-comma")) {
                @if integrity.hints {
                    p.small { (words.t("hints-on")) " " strong #hinted { (list(words, noted)) } }
                }
                @if integrity.full_screen {
                    p.actions { button.button.quiet #full-screen type="button" hidden { (words.t("full-screen")) } }
                }
            }
        }
    }
}

/// What was noted, in a line.
pub fn list(words: Words, noted: &[Hinted]) -> String {
    words.list(noted.iter().map(|one| said(words, one.hint, one.times.to_string(), one.seconds.to_string())))
}

fn said(words: Words, hint: Hint, times: String, seconds: String) -> String {
    let id = format!("hint-{}", hint.name().replace('_', "-"));
    words.with(&id, &[("times", times.into()), ("seconds", seconds.into())])
}

/// What was noted, on the page of the result while it is kept.
pub fn on_result(words: Words, noted: &[Hinted]) -> Markup {
    html! {
        @if !noted.is_empty() {
            p.small.muted { (words.with("hints-noted", &[("hints", list(words, noted).into()), ("days", count(crate::limits::OBJECTION_WORKING_DAYS))])) }
        }
    }
}
