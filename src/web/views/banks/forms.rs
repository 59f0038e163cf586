//! View of the forms in which a bank may be had.

use crate::formats::exchange::{Form, Remark};
use crate::i18n;
use crate::service::banks::Listed;
use crate::web::layout::{crumbs, notice};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// Most things listed that a form can't hold; the rest is counted.
const MOST_LISTED: usize = 100;

/// The forms, and what the chosen one can't hold.
pub fn forms(words: Words, bank: &Listed, chosen: Option<&(Form, Vec<Remark>)>) -> Markup {
    let path = format!("/banks/{}", segment(&bank.row.name));
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks")), (path.clone(), words.of(&bank.title).to_owned())], &words.t("bank-forms")))
        h1 { (words.t("bank-forms")) }
        @if let Some((form, remarks)) = chosen { (held(words, &path, *form, remarks)) }
        section.card {
            p.muted { (words.t("bank-forms-help")) }
            table.cards {
                thead { tr { th { (words.t("bank-form")) } th { (words.t("bank-form-for")) } th {} } }
                tbody { @for form in Form::WRITTEN {
                    tr {
                        td { strong { (words.t(&format!("form-{}", form.name()))) } }
                        td { (words.t(&format!("form-{}-for", form.name()))) }
                        td { a.button.quiet href={ (path) "/forms?form=" (form.name()) } { (words.t("bank-form-choose")) } }
                    }
                } }
            }
        }
    }
}

fn held(words: Words, path: &str, form: Form, remarks: &[Remark]) -> Markup {
    let name = words.t(&format!("form-{}", form.name()));
    html! {
        section.card {
            h2 { (name) }
            @if remarks.is_empty() { (notice("good", &words.t("bank-form-whole"))) }
            @else {
                p { (words.with("bank-form-lost", &[("count", count(remarks.len()))])) }
                ul.plain.rows { @for remark in remarks.iter().take(MOST_LISTED) { li { (i18n::lost(words.0, &remark.found)) } } }
                @if remarks.len() > MOST_LISTED { p.muted { (words.with("problems-more", &[("count", count(remarks.len() - MOST_LISTED))])) } }
            }
            p.actions { a.button href={ (path) "/export?form=" (form.name()) } { (words.t("bank-form-download")) } }
        }
    }
}
