//! Views of corrections: what was corrected, the form for a question or a mark, and what a correction would change.

mod effect;
mod form;

pub use effect::{Sent, preview};
pub use form::{Target, mark, part_prefix, question};

use super::question::stem;
use crate::documents::question::change;
use crate::rules::correction::Named;
use crate::rules::question::Question;
use crate::service::corrections::{Correction, state};
use crate::service::tests::Test;
use crate::web::layout::{crumbs, notice};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use std::sync::Arc;

fn way(words: Words, test: &Test, here: &str, below: bool) -> Markup {
    let definition = &test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let mut links = vec![
        ("/tests".to_owned(), words.t("nav-tests")),
        (format!("{path}/manage"), words.of(&definition.title).to_owned()),
    ];
    if below {
        links.push((format!("{path}/corrections"), words.t("corrections-title")));
    }
    crumbs(words, &links, here)
}

/// Everything that was corrected, and the questions of the test.
pub fn list(words: Words, test: &Test, listed: &[Correction], asked: &[(Named, Arc<Question>, usize)]) -> Markup {
    let path = format!("/tests/{}/corrections", segment(&test.definition.test));
    let is_settled = test.row.finished_at_ms.is_some() && test.row.cancelled_reason.is_none();
    html! {
        (way(words, test, &words.t("corrections-title"), false))
        h1 { (words.t("corrections-title")) }
        p { (words.t("corrections-explained")) }
        @if test.definition.approve_corrections { p.muted { (words.t("corrections-second")) } }
        @if listed.is_empty() { section.card { p.muted { (words.t("corrections-none")) } } }
        @for correction in listed { (made(words, &path, correction)) }
        @if is_settled {
            section.card #questions {
                h2 { (words.t("corrections-choose")) }
                p { a href={ (path) "/mark" } { (words.t("corrections-mark")) } }
                table.cards {
                    thead { tr { th { (words.t("late-question")) } th { (words.t("kind")) } th.n { (words.t("papers")) } } }
                    tbody { @for ((bank, id), question, papers) in asked {
                        tr {
                            td {
                                a href={ (path) "/question?bank=" (segment(bank)) "&question=" (segment(id)) } { (bank) "/" (id) }
                                span.excerpt.small { (stem(words, words.of(&question.stem))) }
                            }
                            td data-label=(words.t("kind")) { (words.t(&format!("kind-{}", question.kind().name()))) }
                            td.n data-label=(words.t("papers")) { (papers) }
                        }
                    } }
                }
            }
        } @else { (notice("warn", &words.t("corrections-not-yet"))) }
    }
}

fn made(words: Words, path: &str, correction: &Correction) -> Markup {
    let row = &correction.row;
    let (colour, id) = match row.state.as_str() {
        state::WAITING => ("warn", "correction-waiting"),
        state::APPLYING => ("warn", "correction-applying"),
        state::REFUSED => ("none", "correction-refused"),
        _ => ("good", "correction-applied"),
    };
    let by = |name: &str| if name.is_empty() { words.t("correction-operator") } else { name.to_owned() };
    html! {
        section.card id={ "c" (row.number) } {
            div.head { h2 { (row.number) ". " (row.bank) "/" (row.question) } span.grow {} span class={ "tag " (colour) } { (words.t(id)) } }
            p.excerpt { (stem(words, words.of(&correction.question.stem))) }
            p { strong { (change(words, &correction.change)) } }
            p { (words.with("late-because", &[("reason", row.reason.as_str().into())])) }
            p.small.muted {
                (words.with("correction-proposed-by", &[("name", by(&correction.proposer).into()), ("date", words.moment(row.proposed_at_ms).into())]))
                @if let Some(at) = row.decided_at_ms.filter(|_| row.decided_by != row.proposed_by) {
                    " " (words.with("correction-decided-by", &[("name", by(&correction.decider).into()), ("date", words.moment(at).into())]))
                }
                @if row.state == state::APPLIED { " " (words.with("correction-changed", &[("count", count(correction.changed))])) }
            }
            @if row.state == state::WAITING { p.actions { a.button href={ (path) "/waiting/" (row.id) } { (words.t("correction-look")) } } }
        }
    }
}
