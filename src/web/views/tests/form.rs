//! View of the form by which a test is made or changed.

mod blueprint;
mod inputs;
mod mistakes;
mod people;

use crate::rules::blueprint::{Caution, Keep, Occasion, Review};
use crate::service::Error;
use crate::service::tests::{Material, Measured, Newer, Unit};
use crate::web::draft::Draft;
use crate::web::layout::{crumbs, notice};
use crate::web::views::files::problems;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use inputs::{Context, Line, Mistakes};
use maud::{Markup, html};

const NOTHING: Markup = maud::PreEscaped(String::new());

/// Which test a form is for.
#[derive(Debug, Clone)]
pub enum Purpose {
    /// A new one.
    New,
    /// One that is there and has no papers yet.
    Change {
        /// Its name.
        name: String,
        /// Its title.
        title: String,
        /// Banks with newer editions.
        newer: Vec<Newer>,
    },
}

/// The test file shown with the form.
#[derive(Debug, Clone, Default)]
pub struct AsFile {
    /// Its text.
    pub text: String,
    /// By which the server tells later whether somebody typed into it.
    pub mark: String,
    /// Whether it was typed into, and so doesn't follow the form.
    pub edited: bool,
    /// What is wrong with it, where the form was to be filled from it.
    pub error: Option<std::sync::Arc<Error>>,
}

/// What the page shows.
#[derive(Debug)]
pub struct Shown {
    /// Which test it is for.
    pub purpose: Purpose,
    /// What was typed.
    pub draft: Draft,
    /// What there is to choose from.
    pub material: Material,
    /// What that comes to.
    pub measured: Measured,
    /// What to look at once more.
    pub cautions: Vec<Caution>,
    /// Why it wasn't taken.
    pub error: Option<Error>,
    /// What was done just now: the name of a message.
    pub done: Option<&'static str>,
    /// The field to go on with.
    pub focus: Option<String>,
    /// The same as a file.
    pub file: AsFile,
}

/// The whole page.
pub fn form(words: Words, shown: &Shown) -> Markup {
    let found = shown.error.as_ref().map(|error| mistakes::mistakes(words, error)).unwrap_or_default();
    let mut by_field = Mistakes::new();
    for (field, text) in &found {
        by_field.entry(field.clone()).or_insert_with(|| text.clone());
    }
    let context = Context { words, mistakes: &by_field, focus: shown.focus.as_deref() };
    let (title, action, make) = match &shown.purpose {
        Purpose::New => ("test-new", "/tests".to_owned(), "test-make"),
        Purpose::Change { name, .. } => ("test-edit", format!("/tests/{}/replace", segment(name)), "test-change"),
    };
    html! {
        (top(words, &shown.purpose, title))
        @if let Some(done) = shown.done { (notice("good", &words.t(done))) }
        (summary(words, &found, matches!(shown.error, Some(Error::Shortfall(_)))))
        form #plan method="post" action=(action) enctype="multipart/form-data" novalidate data-plan {
            input type="hidden" name="form" value="1";
            input type="hidden" name="suggested" value=(shown.draft.get("suggested"));
            // What the Enter key does: looks once more, makes nothing.
            button.visually-hidden name="action" value="check" tabindex="-1" aria-hidden="true" { (words.t("form-check")) }
            (naming(context, shown))
            (who(context, shown))
            (when(context, shown))
            (marks(context, shown))
            (integrity(context, shown))
            section.card { (blueprint::blueprint(context, shown)) }
            (offer(context, shown))
            (as_file(words, shown))
            p.actions {
                button.button name="action" value="make" { (words.t(make)) }
                button.button.quiet name="action" value="check" { (words.t("form-check")) }
                button.button.quiet name="action" value="try" { (words.t("form-try")) }
            }
        }
    }
}

fn top(words: Words, purpose: &Purpose, title: &str) -> Markup {
    html! {
        @match purpose {
            Purpose::New => { (crumbs(words, &[("/tests".into(), words.t("nav-tests"))], &words.t(title))) }
            Purpose::Change { name, title: of_test, .. } => {
                (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("/tests/{}/manage", segment(name)), of_test.clone())], &words.t(title)))
            }
        }
        h1 { (words.t(title)) }
        p.muted { (words.t(match purpose { Purpose::New => "test-new-help", Purpose::Change { .. } => "test-edit-help" })) }
    }
}

/// What is wrong, each with a link to its field; `says_where`: the words name the place already.
fn summary(words: Words, found: &[(String, String)], says_where: bool) -> Markup {
    html! {
        @if !found.is_empty() {
            div.notice.bad #summary role="alert" tabindex="-1" {
                p { strong { (words.with("form-mistakes", &[("count", count(found.len()))])) } }
                ul { @for (field, text) in found {
                    li {
                        @match mistakes::label_of(words, field) {
                            Some(_) if says_where => { a href={ "#f-" (field) } { (text) } }
                            Some(label) => { a href={ "#f-" (field) } { (words.with("form-mistake", &[("field", label.into()), ("text", text.as_str().into())])) } }
                            None => { (text) }
                        }
                    }
                } }
            }
        }
    }
}

fn naming(context: Context<'_>, shown: &Shown) -> Markup {
    let (words, draft) = (context.words, &shown.draft);
    let occasions = Occasion::ALL.map(|one| (one.name().to_owned(), words.t(&format!("occasion-{}", one.name()))));
    html! {
        section.card {
            h2 { (words.t("form-naming")) }
            div.grid {
                (context.line(Line { name: "title_zh", kind: "text", label: "form-title-zh", value: draft.get("title_zh") }, &NOTHING))
                (context.line(Line { name: "title_en", kind: "text", label: "form-title-en", value: draft.get("title_en") }, &NOTHING))
                (context.choice("occasion", "form-occasion", draft.get("occasion"), &occasions, false))
                @if let Purpose::New = shown.purpose {
                    div #live-test data-live { (context.line(Line { name: "test", kind: "text", label: "form-test", value: draft.get("test") }, &NOTHING)) }
                } @else {
                    input type="hidden" name="test" value=(draft.get("test"));
                }
            }
        }
    }
}

fn who(context: Context<'_>, shown: &Shown) -> Markup {
    let (words, draft, units) = (context.words, &shown.draft, &shown.material.units);
    html! {
        section.card {
            h2 { (words.t("audience")) }
            p { strong #live-due data-live role="status" { (words.with("form-due", &[("count", count(shown.measured.due))])) } }
            fieldset.plain #f-branches tabindex="-1" {
                legend { (words.t("form-branches")) }
                p.help { (words.t("form-branches.help")) }
                (context.error("branches"))
                (tree(words, "branches", units, &draft.branches))
            }
            details open[!draft.except.is_empty() || context.mistakes.contains_key("except")] {
                summary { (words.t("form-except")) }
                fieldset.plain #f-except tabindex="-1" {
                    legend.visually-hidden { (words.t("form-except")) }
                    p.help { (words.t("form-except.help")) }
                    (context.error("except"))
                    (tree(words, "except", units, &draft.except))
                }
            }
            (people::people(context, draft))
        }
    }
}

/// Branches to tick; ticked ones that aren't among them stay.
fn tree(words: Words, name: &str, units: &[Unit], ticked: &[String]) -> Markup {
    let is = |one: &str, other: &str| crate::rules::text::fold(one) == crate::rules::text::fold(other);
    let others = ticked.iter().filter(|code| !units.iter().any(|unit| is(&unit.node.code, code)));
    html! {
        ul.tree.scroll {
            @for unit in units {
                @let on = ticked.iter().any(|code| is(code, &unit.node.code));
                li class=[(unit.depth > 0).then(|| format!("d{}", unit.depth.min(6)))] {
                    label.check {
                        input type="checkbox" name=(name) value=(unit.node.code) checked[on];
                        " " (unit.node.name) " " span.muted.small { (words.with("form-members", &[("count", count(unit.members))])) }
                    }
                }
            }
            @for code in others { li { label.check { input type="checkbox" name=(name) value=(code) checked; " " code { (code) } } } }
        }
    }
}

fn caution(words: Words, shown: &Shown, caution: Caution) -> Markup {
    html! {
        div id={ "live-" (caution.name()) } data-live {
            @if shown.cautions.contains(&caution) { p.warn { "⚠ " (words.t(&format!("caution-{}", caution.name()))) } }
        }
    }
}

fn when(context: Context<'_>, shown: &Shown) -> Markup {
    let (words, draft) = (context.words, &shown.draft);
    let line = |name: &'static str, kind, label, more: Markup| {
        context.line(Line { name, kind, label, value: draft.get(name) }, &more)
    };
    html! {
        section.card {
            h2 { (words.t("window")) }
            p.muted { (words.with("form-zone", &[("zone", zone().into())])) }
            div.grid {
                (line("opens", "datetime-local", "form-opens", caution(words, shown, Caution::OpensInThePast)))
                (line("closes", "datetime-local", "form-closes", html! { (caution(words, shown, Caution::ClosesBeforeOpening)) (caution(words, shown, Caution::WindowShorterThanMinutes)) }))
                (line("minutes", "number", "form-minutes", NOTHING))
                (line("late_minutes", "number", "form-late", caution(words, shown, Caution::LateShutsMost)))
                (line("earliest_submit_minutes", "number", "form-earliest", caution(words, shown, Caution::SubmitOnlyAtTheEnd)))
            }
        }
    }
}

/// Folded away unless the test asks for something of it.
fn integrity(context: Context<'_>, shown: &Shown) -> Markup {
    const SWITCHES: [(&str, &str); 4] = [
        ("integrity_one_device", "form-one-device"),
        ("integrity_no_copy", "form-no-copy"),
        ("integrity_full_screen", "form-full-screen"),
        ("integrity_hints", "form-hints"),
    ];
    const LINES: [(&str, &str); 3] = [
        ("integrity_password", "form-password"),
        ("integrity_addresses", "form-addresses"),
        ("integrity_safe_exam_browser", "form-browser"),
    ];
    let (words, draft) = (context.words, &shown.draft);
    let is_asked = SWITCHES.iter().chain(&LINES).any(|(name, _)| !draft.get(name).is_empty());
    html! {
        section.card {
            details open[is_asked] {
                summary { (words.t("form-integrity")) }
                p.muted { (words.t("form-integrity-help")) }
                @for (name, label) in SWITCHES {
                    label.check {
                        input type="checkbox" name=(name) value="1" checked[!draft.get(name).is_empty()];
                        " " (words.t(label))
                    }
                }
                div.grid {
                    @for (name, label) in LINES { (context.line(Line { name, kind: "text", label, value: draft.get(name) }, &NOTHING)) }
                }
            }
        }
    }
}

/// The server's time zone, as far as it has a name.
fn zone() -> String {
    let zone = jiff::tz::TimeZone::system();
    zone.iana_name().unwrap_or("UTC").to_owned()
}

fn marks(context: Context<'_>, shown: &Shown) -> Markup {
    let (words, draft) = (context.words, &shown.draft);
    let line = |name: &'static str, label| {
        context.line(Line { name, kind: "number", label, value: draft.get(name) }, &NOTHING)
    };
    let keeps = Keep::ALL.map(|keep| (keep.name().to_owned(), words.t(&format!("form-keep-{}", keep.name()))));
    let reviews = Review::ALL.map(|one| (one.name().to_owned(), words.t(&format!("form-review-{}", one.name()))));
    let markers = ["1", "2"].map(|number| (number.to_owned(), words.t(&format!("form-markers-{number}"))));
    html! {
        section.card {
            h2 { (words.t("form-marks")) }
            div.grid {
                (line("pass", "form-pass"))
                (line("excellent", "form-excellent"))
                (line("attempts", "form-attempts"))
                (context.choice("keep", "form-keep", draft.get("keep"), &keeps, false))
                (context.choice("review", "form-review", draft.get("review"), &reviews, false))
                (line("objection_days", "form-objection-days"))
                (context.choice("markers", "form-markers", draft.get("markers"), &markers, false))
                (line("difference", "form-difference"))
            }
            label.check {
                input type="checkbox" name="approve_corrections" value="1" checked[!draft.get("approve_corrections").is_empty()];
                " " (words.t("form-approve-corrections"))
            }
        }
    }
}

/// Newer editions, to be taken with the next save.
fn offer(context: Context<'_>, shown: &Shown) -> Markup {
    let words = context.words;
    html! {
        @if let Purpose::Change { newer, .. } = &shown.purpose { @if !newer.is_empty() {
            section.card #newer {
                h2 { (words.t("newer-title")) }
                (newer_list(words, newer))
                label.check { input type="checkbox" name="newest" value="1" data-refresh checked[shown.draft.newest]; " " (words.t("newer-take")) }
                p.help { (words.t("newer-help")) }
            }
        } }
    }
}

/// Banks with newer editions than those pinned.
pub(super) fn newer_list(words: Words, newer: &[Newer]) -> Markup {
    html! {
        ul { @for bank in newer {
            li { (words.with("newer-edition", &[("bank", bank.bank.as_str().into()), ("pinned", count(bank.pinned)), ("newest", count(bank.newest))])) }
        } }
    }
}

fn as_file(words: Words, shown: &Shown) -> Markup {
    html! {
        section.card {
            details #as-file open[shown.file.edited] {
                summary { (words.t("form-as-file")) }
                p { (words.t("form-as-file-help")) }
                @if let Some(error) = &shown.file.error { (problems(words, error)) }
                div #live-file data-live {
                    input type="hidden" name="mark" value=(shown.file.mark);
                    div.field {
                        label for="f-definition" { (words.t("test-definition")) }
                        textarea.code id="f-definition" name="definition" rows="16" spellcheck="false" autocapitalize="off" { "\n" (shown.file.text) }
                    }
                }
                div.field {
                    label for="f-file" { (words.t("test-file")) }
                    input id="f-file" type="file" name="file" accept=".json,application/json";
                    p.help { (words.t("test-file-help")) }
                }
                p.actions { button.button.quiet name="action" value="fill" { (words.t("form-fill")) } }
                (fields_help(words))
            }
        }
    }
}

/// What each field of a test file means.
fn fields_help(words: Words) -> Markup {
    let fields = [
        "test",
        "occasion",
        "audience",
        "opens",
        "minutes",
        "attempts",
        "pass",
        "review",
        "late",
        "integrity",
        "objections",
        "markers",
        "sections",
        "draw",
    ];
    html! {
        details {
            summary { (words.t("fields-title")) }
            dl.facts { @for name in fields {
                dt { code { (words.t(&format!("field-{name}.names"))) } }
                dd { (words.t(&format!("field-{name}"))) }
            } }
        }
    }
}

/// The form for longer times, all that may be changed once papers are out.
pub fn longer(words: Words, name: &str, title: &str, draft: &Draft, error: Option<&Error>) -> Markup {
    let path = format!("/tests/{}", segment(name));
    let found = error.map(|error| mistakes::mistakes(words, error)).unwrap_or_default();
    let by_field: Mistakes = found.iter().cloned().collect();
    let context = Context { words, mistakes: &by_field, focus: None };
    let line =
        |name: &'static str, kind, label| context.line(Line { name, kind, label, value: draft.get(name) }, &NOTHING);
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{path}/manage"), title.to_owned())], &words.t("test-edit")))
        h1 { (words.t("test-edit")) }
        (summary(words, &found, false))
        section.card {
            (notice("warn", &words.t("test-edit-papers-out")))
            form method="post" action={ (path) "/replace" } enctype="multipart/form-data" novalidate {
                input type="hidden" name="form" value="longer";
                p.muted { (words.with("form-zone", &[("zone", zone().into())])) }
                div.grid {
                    (line("closes", "datetime-local", "form-closes"))
                    (line("minutes", "number", "form-minutes"))
                    (line("late_minutes", "number", "form-late"))
                }
                p.actions {
                    button.button name="action" value="make" { (words.t("test-change")) }
                    a.button.quiet href={ (path) "/manage" } { (words.t("back")) }
                }
            }
        }
    }
}
