//! The frame around every page: head, bar with navigation, language switch, foot.

use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::Language;
use crate::web::assets;
use crate::web::visit::Visit;
use crate::web::words::Words;
use maud::{DOCTYPE, Markup, html};

/// A whole page.
pub fn page(visit: &Visit, title: &str, body: &Markup) -> Markup {
    let words = visit.words();
    document(
        visit,
        title,
        assets::page_script(),
        &html! {
            a.skip href="#main" { (words.t("skip-to-content")) }
            header.bar {
                a.name href="/" { (words.t("product")) }
                (navigation(visit))
                (switch(visit))
            }
            main #main { (body) }
            footer.foot.noprint { (text_size(visit)) }
        },
    )
}

/// A document from its body on, with its one script.
pub fn document(visit: &Visit, title: &str, script: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang(visit.language)) class=[visit.text_size.class()] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="format-detection" content="telephone=no";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (visit.words().t("product")) }
                link rel="stylesheet" href=(assets::style());
                link rel="icon" href=(assets::icon()) type="image/svg+xml";
                script defer src=(script) {}
            }
            body { (body) }
        }
    }
}

/// Smaller and larger letters, remembered in the browser.
pub fn text_size(visit: &Visit) -> Markup {
    let words = visit.words();
    html! {
        form.sizes method="post" action="/text-size" {
            input type="hidden" name="back" value=(visit.here);
            button name="size" value=(visit.text_size.smaller().percent()) title=(words.t("text-smaller")) { "A−" span.visually-hidden { " " (words.t("text-smaller")) } }
            button name="size" value=(visit.text_size.larger().percent()) title=(words.t("text-larger")) { "A+" span.visually-hidden { " " (words.t("text-larger")) } }
        }
    }
}

/// The value of the attribute `lang`.
pub const fn lang(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh-CN",
        Language::En => "en",
    }
}

fn navigation(visit: &Visit) -> Markup {
    let words = visit.words();
    html! {
        @if visit.is_signed_in() && !visit.caller.must_change {
            nav aria-label=(words.t("nav")) {
                @for (path, id) in links(&visit.caller) {
                    @let is_below = |path: &str| visit.here.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
                    @let here = is_below(path) || path == "/people" && is_below("/slips") || path == "/banks" && (is_below("/questions") || is_below("/clauses"));
                    a href=(path) aria-current=[here.then_some("page")] { (words.t(id)) }
                }
            }
        }
        span.grow {}
    }
}

fn links(caller: &Caller) -> Vec<(&'static str, &'static str)> {
    let organizer = caller.has(Role::Organizer);
    let committee = caller.has(Role::Committee);
    let administrator = caller.has(Role::Administrator);
    let office = organizer || committee || administrator;
    [
        (organizer || committee, ("/tests", "nav-tests")),
        (organizer || committee, ("/overview", "overview")),
        (committee, ("/assessments", "assessments-title")),
        (organizer, ("/banks", "nav-banks")),
        (office, ("/people", "nav-people")),
        (office, ("/branches", "nav-branches")),
        (administrator, ("/roster", "nav-roster")),
    ]
    .into_iter()
    .filter_map(|(shown, link)| shown.then_some(link))
    .collect()
}

fn switch(visit: &Visit) -> Markup {
    let words = visit.words();
    let other = match visit.language {
        Language::Zh => Language::En,
        Language::En => Language::Zh,
    };
    html! {
        form.switch method="post" action="/language" {
            input type="hidden" name="back" value=(visit.here);
            button name="language" value=(other.code()) lang=(lang(other)) { (Words(other).t("language-name")) }
        }
        @if visit.is_signed_in() {
            a.me href="/account" { (visit.caller.name) }
        } @else if !visit.here.is_empty() && !visit.here.starts_with("/sign-in") {
            a href="/sign-in" { (words.t("sign-in")) }
        }
    }
}

/// The way from the top down to this page; the last is this page itself.
pub fn crumbs(words: Words, links: &[(String, String)], here: &str) -> Markup {
    html! {
        nav.crumbs aria-label=(words.t("crumbs")) {
            @for (path, name) in links { a href=(path) { (name) } span aria-hidden="true" { " › " } }
            span aria-current="page" { (here) }
        }
    }
}

/// Places to sign on paper.
pub fn signatures(words: Words) -> Markup {
    html! {
        div.signatures.print-only {
            @for id in ["sign-maker", "sign-checker", "sign-secretary", "sign-seal", "sign-date"] { span { (words.t(id)) } }
        }
    }
}

/// A field of a form: label above, help below, error beside.
#[derive(Debug, Clone, Default)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type: `text`, `password`, `number` ….
    pub kind: &'a str,
    /// The label.
    pub label: String,
    /// What was typed.
    pub value: &'a str,
    /// Help below.
    pub help: Option<String>,
    /// What is wrong with it.
    pub error: Option<String>,
    /// For the browser's memory.
    pub autocomplete: Option<&'a str>,
    /// Whether it may stay empty.
    pub optional: bool,
}

/// Renders a field.
pub fn field(field: &Field<'_>) -> Markup {
    let id = format!("f-{}", field.name);
    let (help, error) = (format!("{id}-help"), format!("{id}-error"));
    let described: Vec<&str> =
        [field.error.as_ref().map(|_| error.as_str()), field.help.as_ref().map(|_| help.as_str())]
            .into_iter()
            .flatten()
            .collect();
    html! {
        div.field {
            label for=(id) { (field.label) }
            input id=(id) type=(field.kind) name=(field.name) value=[(!field.value.is_empty()).then_some(field.value)]
                autocomplete=[field.autocomplete] required[!field.optional] aria-invalid=[field.error.as_ref().map(|_| "true")]
                aria-describedby=[(!described.is_empty()).then(|| described.join(" "))] autocapitalize="off" spellcheck="false";
            @if let Some(text) = &field.error { p.error id=(error) { (text) } }
            @if let Some(text) = &field.help { p.help id=(help) { (text) } }
        }
    }
}

/// What went wrong, on top of a form; links to the field where there is one.
pub fn summary(what: &str, remedy: &str, name: Option<&str>) -> Markup {
    html! {
        div.notice.bad role="alert" tabindex="-1" {
            p { strong { @if let Some(name) = name { a href={ "#f-" (name) } { (what) } } @else { (what) } } }
            @if !remedy.is_empty() { p { (remedy) } }
        }
    }
}

/// A note of a colour: `good`, `warn`, `bad`, or none.
pub fn notice(colour: &str, text: &str) -> Markup {
    html! { div class={ "notice " (colour) } role="status" { p { (text) } } }
}
