//! Views of the trial of a device: two questions of no bank, what was found, and who has passed.

use crate::service::device_checks::{Overview, SHAPES, Trial};
use crate::web::layout::{Field, crumbs, field, notice};
use crate::web::visit::{Visit, segment};
use crate::web::words::{Words, count};
use maud::{Markup, PreEscaped, html};

/// A member's trial. What it says of saving is only what the server has stored.
pub fn trial(visit: &Visit, trial: &Trial) -> Markup {
    let words = visit.words();
    let definition = &trial.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let title = words.of(&definition.title).to_owned();
    let word = trial.check.word.as_deref().unwrap_or_default();
    html! {
        (crumbs(words, &[("/".into(), words.t("home-title")), (path.clone(), title)], &words.t("device-check")))
        section.card.narrow {
            h1 { (words.t("device-check")) }
            p { (words.t("device-check-intro")) }
            form method="post" action={ (path) "/try" } data-trial data-failed=(words.t("device-check-failed")) {
                fieldset.plain {
                    legend { (words.t("device-check-shape")) }
                    @for shape in SHAPES {
                        label.option {
                            input type="radio" name="shape" value=(shape) checked[trial.check.shape.as_deref() == Some(shape)];
                            span.label { (drawn(shape)) } span.text.visually-hidden { (words.t(&format!("device-check-{shape}"))) }
                        }
                    }
                }
                (field(&Field { name: "word", kind: "text", label: words.t("device-check-word"), value: word, autocomplete: Some("off"), optional: true, ..Field::default() }))
                p.actions { button.button type="submit" { (words.t("save")) } }
            }
            div #trial-state role="status" { (state(visit, trial)) }
        }
    }
}

fn drawn(shape: &str) -> PreEscaped<String> {
    let inner = match shape {
        "circle" => "<circle cx=\"12\" cy=\"12\" r=\"9\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>",
        "square" => "<path d=\"M4 4h16v16h-16z\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>",
        _ => "<path d=\"M12 4l9 16h-18z\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>",
    };
    PreEscaped(format!("<svg viewBox=\"0 0 24 24\" width=\"32\" height=\"32\" aria-hidden=\"true\">{inner}</svg>"))
}

fn state(visit: &Visit, trial: &Trial) -> Markup {
    let words = visit.words();
    let name = visit.caller.name.as_str();
    let is_answered = |right: bool, answered: bool| match (right, answered) {
        (true, _) => ("good", "device-check-right"),
        (false, true) => ("warn", "device-check-wrong"),
        (false, false) => ("none", "device-check-open"),
    };
    let shape = is_answered(trial.shape_is_right(), trial.check.shape.is_some());
    let word = is_answered(trial.word_is_right(), trial.check.word.is_some());
    html! {
        dl.facts {
            dt { (words.t("device-check-signed-in")) } dd { span.tag.good { (name) } }
            @for (id, (colour, state)) in [("device-check-display", shape), ("device-check-typing", word)] {
                dt { (words.t(id)) } dd { span class={ "tag " (colour) } { (words.t(state)) } }
            }
            dt { (words.t("device-check-saving")) }
            dd {
                @if trial.check.saved_at_ms > 0 { span.tag.good { (words.with("device-check-saved", &[("at", crate::web::words::clock(trial.check.saved_at_ms).into())])) } }
                @else { span.tag.none { (words.t("device-check-open")) } }
            }
        }
        @if trial.check.passed_at_ms.is_some() { (notice("good", &words.with("device-check-passed", &[("opens", words.moment(trial.test.definition.opens_at_ms).into())]))) }
    }
}

/// Who has passed, and who hasn't, by branch.
pub fn overview(words: Words, overview: &Overview) -> Markup {
    let definition = &overview.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let title = words.of(&definition.title).to_owned();
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (path.clone(), title)], &words.t("device-checks")))
        h1 { (words.t("device-checks")) }
        p.lead { (words.with("device-checks-count", &[("checked", count(overview.checked())), ("due", count(overview.due()))])) }
        p { (words.t("device-checks-explained")) " " code.long { (path) "/try" } }
        section.card {
            @if overview.branches.is_empty() { p.muted { (words.t("presence-none")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("branch")) } th.n { (words.t("device-checks-checked")) } th.n { (words.t("due")) } th { (words.t("device-checks-missing")) } } }
                    tbody { @for one in &overview.branches {
                        tr {
                            td { (one.branch.name) }
                            td.n data-label=(words.t("device-checks-checked")) { (one.due - one.missing.len()) }
                            td.n data-label=(words.t("due")) { (one.due) }
                            td { @if one.missing.is_empty() { span.tag.good { (words.t("device-checks-all")) } } @else { (words.list(one.missing.iter().cloned())) } }
                        }
                    } }
                }
            }
        }
    }
}
