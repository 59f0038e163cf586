//! View of the form that makes a make-up: who needs one, times, cap, and how far questions repeat.

use crate::i18n::Described;
use crate::rules::make_up::Need;
use crate::service::tests::{MakeUpPlan, Repeats};
use crate::web::draft::local;
use crate::web::input::Fields;
use crate::web::layout::{Field, crumbs, field, summary};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The make-up as usual.
    pub plan: &'a MakeUpPlan,
    /// What was typed, where the form was refused.
    pub typed: Option<&'a Fields>,
    /// Why it was.
    pub error: Option<Described>,
}

impl Shown<'_> {
    fn value(&self, name: &str, usual: &str) -> String {
        self.typed.map_or_else(|| usual.to_owned(), |typed| typed.get(name).to_owned())
    }

    fn is_on(&self, name: &str, value: &str) -> bool {
        self.typed.is_none_or(|typed| typed.0.iter().any(|(known, given)| known == name && given == value))
    }
}

/// The whole page.
pub fn form(words: Words, shown: &Shown<'_>) -> Markup {
    let (plan, first) = (shown.plan, &shown.plan.first.definition);
    let path = format!("/tests/{}", segment(&first.test));
    let title = words.of(&first.title);
    let definition = &plan.definition;
    let line = |name: &'static str, kind: &'static str, value: &str, help: bool| {
        let label = format!("make-up-{name}");
        let help = help.then(|| words.t(&format!("{label}.help")));
        field(&Field { name, kind, label: words.t(&label), value, help, autocomplete: Some("off"), ..Field::default() })
    };
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{path}/report"), title.to_owned())], &words.t("make-up-make")))
        h1 { (words.t("make-up-make")) }
        p { (words.with("make-up-of", &[("title", title.into())])) }
        @if let Some(error) = &shown.error { (summary(&error.what, &error.remedy, None)) }
        form.card method="post" action={ (path) "/make-up" } {
            (who(words, shown))
            div.grid {
                (line("opens", "datetime-local", &shown.value("opens", &local(definition.opens_at_ms)), false))
                (line("closes", "datetime-local", &shown.value("closes", &local(definition.closes_at_ms)), false))
                (line("cap", "text", &shown.value("cap", &first.pass.to_string()), true))
                (line("name", "text", &shown.value("name", &definition.test), true))
            }
            label.check {
                input type="checkbox" name="holds_review" value="1" checked[shown.is_on("holds_review", "1")];
                " " (words.t("make-up-holds-review"))
            }
            p.muted { (words.t("make-up-same")) }
            (repeats(words, &plan.repeats))
            p.actions { button.button type="submit" { (words.t("make-up-do")) } a.button.quiet href={ (path) "/report" } { (words.t("back")) } }
        }
        (people(words, plan))
    }
}

fn who(words: Words, shown: &Shown<'_>) -> Markup {
    let plan = shown.plan;
    html! {
        fieldset.plain #f-who tabindex="-1" {
            legend { (words.t("make-up-who")) }
            @for (need, number) in &plan.needs {
                label.check {
                    input type="checkbox" name="who" value=(need.name()) checked[shown.is_on("who", need.name())];
                    " " (words.with(label(*need), &[("count", count(*number))]))
                }
            }
            @if plan.already > 0 { p.small.muted { (words.with("make-up-already", &[("count", count(plan.already))])) } }
            @if plan.elsewhere > 0 { p.small.muted { (words.with("make-up-elsewhere", &[("count", count(plan.elsewhere))])) } }
        }
    }
}

const fn label(need: Need) -> &'static str {
    match need {
        Need::Absent => "make-up-absent",
        Need::Failed => "make-up-failed",
        Need::Excused => "make-up-excused",
    }
}

/// How far papers repeat questions of the first test.
pub fn repeats(words: Words, repeats: &Repeats) -> Markup {
    let values = [
        ("candidates", count(repeats.candidates)),
        ("drawn", count(repeats.drawn_before)),
        ("questions", count(i64::from(repeats.questions))),
        ("least", count(repeats.at_least)),
    ];
    html! { p.small.muted { (words.with("make-up-repeats", &values)) } }
}

/// Who needs one by name, branch by branch.
fn people(words: Words, plan: &MakeUpPlan) -> Markup {
    let branches = plan.people.chunk_by(|(one, _), (two, _)| one.branch.id == two.branch.id);
    html! {
        section.card {
            h2 { (words.with("make-up-people", &[("count", count(plan.people.len()))])) }
            @if plan.people.is_empty() { p.muted { (words.t("list-none")) } }
            dl.facts.people { @for of_branch in branches {
                @if let Some((first, _)) = of_branch.first() {
                    dt { (first.branch.name) }
                    dd { (words.list(of_branch.iter().map(|(member, need)| format!("{} ({})", member.person.name, words.t(&format!("need-{}", need.name())))))) }
                }
            } }
        }
    }
}
