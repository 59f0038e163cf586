//! View of the announcement as an office sends it out: plain text to copy, a page to print, or a file to edit.

use crate::documents::announcement::said;
use crate::service::announcements::Announced;
use crate::web::layout::crumbs;
use crate::web::visit::segment;
use crate::web::words::Words;
use maud::{Markup, html};

/// The whole page; `address`: where members open the test.
pub fn notice_page(words: Words, announced: &Announced, address: &str, now_ms: i64) -> Markup {
    let definition = &announced.test.definition;
    let said = said(words, announced, address, now_ms);
    let test = format!("/tests/{}", segment(&definition.test));
    let path = format!("{test}/manage");
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (path.clone(), words.of(&definition.title).to_owned())], &words.t("notice")))
        p.actions.noprint {
            button.button data-copy="#notice" data-done=(words.t("notice-copied")) hidden { (words.t("notice-copy")) }
            a.button.quiet href={ (test) "/announcement.docx" } download { (words.t("export-docx")) }
            a.button.quiet href=(path) { (words.t("back")) }
        }
        p.muted.noprint { (words.t("notice-help")) }
        article.card.official #notice {
            h1 { (said.title) }
            p { (said.to) }
            p { (said.start) }
            @for (index, (heading, lines)) in said.parts.iter().enumerate() {
                h2 { (words.with("notice-heading", &[("number", words.t(&format!("numeral-{}", index + 1)).into()), ("heading", heading.as_str().into())])) }
                @for line in lines { p { (line) } }
            }
            p.end { (said.office) br; (said.day) }
        }
    }
}
