//! The part of the form of a test that narrows its audience down to people: those it names, and those an inspection draws.

use super::inputs::{Context, Line};
use crate::rules::sample::By;
use crate::web::draft::{Draft, name_of};
use crate::web::words::count;
use maud::{Markup, html};

/// Who of the audience takes it.
pub(super) fn people(context: Context<'_>, draft: &Draft) -> Markup {
    let words = context.words;
    let sizes = [("", "sample-none"), ("share", "sample-share"), ("per_branch", "sample-per-branch")]
        .map(|(value, id)| (value.to_owned(), words.t(id)));
    let size = draft.get("sample_size");
    let members = draft.members().len();
    html! {
        input type="hidden" name="belonging" value=(draft.get("belonging"));
        @if members > 0 { p.notice { (words.with("form-only-named", &[("count", count(members))])) } }
        details open[!size.is_empty() || context.mistakes.contains_key("sample")] {
            summary { (words.t("form-sample")) }
            fieldset.plain #f-sample tabindex="-1" {
                legend.visually-hidden { (words.t("form-sample")) }
                p.help { (words.t("form-sample.help")) }
                (context.error("sample"))
                div.grid {
                    (context.choice("sample_size", "form-sample-size", size, &sizes, false))
                    (context.line(Line { name: "sample_number", kind: "text", label: "form-sample-number", value: draft.get("sample_number") }, &html! {}))
                }
                @for by in By::ALL {
                    label.check {
                        input type="checkbox" name=(name_of(by)) value="1" checked[size.is_empty() || !draft.get(name_of(by)).is_empty()];
                        " " (words.t(&format!("sample-by-{}", by.name())))
                    }
                }
            }
        }
    }
}
