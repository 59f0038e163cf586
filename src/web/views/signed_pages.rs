//! View of the scanned signed pages of a test or a year.

use super::tests::reason;
use crate::formats::signed_page::TITLE_CHARACTERS;
use crate::limits;
use crate::service::Error;
use crate::service::signed_pages::{Owner, Pages, SignedPage, Whose};
use crate::web::layout::{crumbs, notice};
use crate::web::views::assessments;
use crate::web::views::files::problems;
use crate::web::views::roster::drop;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The pages.
    pub pages: &'a Pages,
    /// The branch of the address.
    pub branch: Option<&'a str>,
    /// What was done just now: the name of a message.
    pub done: Option<&'static str>,
    /// What is wrong with what was sent, and the title that was typed.
    pub refused: Option<(&'a Error, &'a str)>,
}

/// The address of the page after something was done.
pub fn done(whose: Whose<'_>, what: &str) -> String {
    match whose {
        Whose::Test(name) => format!("/tests/{}/signed-pages?done={what}", segment(name)),
        Whose::Year(year, None) => format!("/assessments/{year}/signed-pages?done={what}"),
        Whose::Year(year, Some(code)) => {
            format!("/assessments/{year}/signed-pages?branch={}&done={what}", segment(code))
        }
    }
}

/// The whole page.
pub fn signed_pages(words: Words, shown: &Shown<'_>) -> Markup {
    let pages = shown.pages;
    let query = shown.branch.map(|code| format!("?branch={}", segment(code))).unwrap_or_default();
    let (path, way) = match &pages.owner {
        Owner::Test(test) => {
            let path = format!("/tests/{}", segment(&test.row.name));
            let title = words.of(&test.definition.title).to_owned();
            let report = (format!("{path}/report"), title);
            (format!("{path}/signed-pages"), [("/tests".to_owned(), words.t("nav-tests")), report])
        }
        Owner::Year { year, title } => {
            let result = (assessments::path(&year.to_string(), shown.branch), words.of(title).to_owned());
            let all = ("/assessments".to_owned(), words.t("assessments-title"));
            (format!("/assessments/{year}/signed-pages"), [all, result])
        }
    };
    html! {
        (crumbs(words, &way, &words.t("signed-pages")))
        h1 { (words.t("signed-pages")) }
        p.muted { (words.t("signed-pages-explained")) }
        @if let Some(done) = shown.done { (notice("good", &words.t(done))) }
        @if let Some((error, _)) = shown.refused { (problems(words, error)) }
        @if pages.pages.is_empty() { (notice("", &words.t("signed-pages-none"))) }
        @else { (table(words, pages, (&path, &query))) }
        @if pages.may_keep && pages.is_time { (form(words, &format!("{path}{query}"), shown.refused.map_or("", |(_, title)| title))) }
        @else if pages.may_keep { (notice("warn", &words.t(early(&pages.owner)))) }
    }
}

/// Why nothing can be sent.
const fn early(owner: &Owner) -> &'static str {
    match owner {
        Owner::Test(_) => "signed-pages-early",
        Owner::Year { .. } => "signed-pages-unsigned",
    }
}

fn table(words: Words, pages: &Pages, (path, query): (&str, &str)) -> Markup {
    html! {
        section.card {
            table.cards {
                thead { tr {
                    th { (words.t("signed-page-title")) } th { (words.t("signed-page-sent-when")) }
                    th { (words.t("archive-bytes")) } th { "SHA-256" }
                    @if pages.may_keep { th.noprint {} }
                } }
                tbody { @for page in &pages.pages { tr {
                    td { a href={ "/api/v1" (path) "/" (page.id) (query) } download { (page.title) "." (page.kind) } }
                    td data-label=(words.t("signed-page-sent-when")) { (words.moment(page.sent_at_ms)) br; span.muted.small { (sender(words, page)) } }
                    td data-label=(words.t("archive-bytes")) { (words.with("template-bytes", &[("count", count(page.size))])) }
                    td data-label="SHA-256" { code.long.small { (page.digest) } }
                    @if pages.may_keep { td.noprint {
                        details.object {
                            summary { (words.t("signed-page-remove")) }
                            form method="post" action={ (path) "/" (page.id) "/remove" (query) } {
                                (reason(words))
                                p.actions { button.button.quiet.danger { (words.t("signed-page-remove")) } }
                            }
                        }
                    } }
                } } }
            }
        }
    }
}

fn sender(words: Words, page: &SignedPage) -> String {
    page.sender.clone().unwrap_or_else(|| words.t("correction-operator"))
}

fn form(words: Words, action: &str, title: &str) -> Markup {
    let help = words.with("signed-page-file-help", &[("count", count(limits::SIGNED_PAGES))]);
    html! {
        form.card method="post" action=(action) enctype="multipart/form-data" {
            h2 { (words.t("signed-page-send")) }
            (drop(words, "signed-page", ".pdf,.jpg,.jpeg,.png", &help))
            div.field {
                label for="f-title" { (words.t("signed-page-title")) }
                input #f-title name="title" value=(title) maxlength=(TITLE_CHARACTERS) aria-describedby="f-title-help";
                p.help #f-title-help { (words.t("signed-page-title-help")) }
            }
            p.actions { button.button { (words.t("signed-page-send-do")) } }
        }
    }
}
