//! View of a trial paper: the questions as a member sees them, with fields that go nowhere and without keys.

use crate::service::tests::Trial;
use crate::web::layout::crumbs;
use crate::web::views::exam::question;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use serde_json::Value;

/// Where a trial was asked for.
#[derive(Debug, Clone)]
pub enum Back {
    /// From a test that is there.
    Test {
        /// Its name.
        name: String,
    },
    /// From the form, whose fields come along so that nothing typed is lost.
    Form {
        /// Where the form goes.
        action: String,
        /// What was typed.
        fields: Vec<(String, String)>,
    },
}

/// The whole page.
pub fn trial(words: Words, shown: &Trial, back: &Back) -> Markup {
    let definition = &shown.definition;
    let title = words.of(&definition.title);
    html! {
        @if let Back::Test { name } = back {
            (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("/tests/{}/manage", segment(name)), title.to_owned())], &words.t("trial")))
        }
        div.notice.warn role="note" { p { strong { (words.t("trial-mark")) } } p { (words.t("trial-explained")) } }
        h1 { (title) }
        p.muted { (words.with("trial-facts", &[("questions", count(shown.sheet.items.len())), ("points", definition.full().to_string().into()),
            ("minutes", count(definition.minutes))])) }
        (again(words, back))
        @for (index, section) in definition.sections.iter().enumerate() {
            section.part {
                h2.part-title { (words.with("exam-part", &[("number", count(index + 1)), ("title", words.of(&section.title).into()),
                    ("points", section.points.to_string().into())])) }
                @for (position, item) in (1_i64..).zip(&shown.sheet.items).filter(|(_, item)| usize::from(item.section) == index) {
                    (question(words, (position, item), (&Value::Null, &Value::Null), None, &html! {}))
                }
            }
        }
        (again(words, back))
    }
}

fn again(words: Words, back: &Back) -> Markup {
    html! {
        @match back {
            Back::Test { name } => {
                @let path = format!("/tests/{}", segment(name));
                p.actions {
                    a.button.quiet href={ (path) "/trial" } { (words.t("trial-again")) }
                    a.button.quiet href={ (path) "/manage" } { (words.t("back")) }
                }
            }
            Back::Form { action, fields } => {
                form.actions method="post" action=(action) enctype="multipart/form-data" {
                    input type="hidden" name="form" value="1";
                    @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                    button.button name="action" value="check" { (words.t("trial-back")) }
                    button.button.quiet name="action" value="try" { (words.t("trial-again")) }
                }
            }
        }
    }
}
