//! Views of getting ready for a test: findings with what to do, the page for a phone, the poster.

use super::slips::print_button;
use crate::formats::qr;
use crate::i18n::finding;
use crate::service::readiness::{NextTest, Readiness, State};
use crate::web::layout::{Field, crumbs, field};
use crate::web::visit::{Visit, segment};
use crate::web::words::{Words, count};
use maud::{Markup, PreEscaped, html};

fn code(text: &str) -> Markup {
    html! { div.qr { (PreEscaped(qr::svg(text).unwrap_or_default())) } }
}

/// Everything that was looked at.
pub fn list(visit: &Visit, found: &Readiness) -> Markup {
    let words = visit.words();
    let address = format!("{}/hello", found.addresses.first().map(String::as_str).unwrap_or_default());
    html! {
        (crumbs(words, &[("/".into(), words.t("home-title"))], &words.t("ready")))
        div.head { h1 { (words.t("ready")) } span.grow {} a.button.quiet href="/ready" { (words.t("look-again")) } a.button.quiet href="/poster" { (words.t("poster")) } }
        section.card {
            h2 { (words.t("ready-phone-title")) }
            p { (words.t("ready-phone-how")) }
            div.with-qr { (code(&address)) div { p { code.long { (address) } } @for other in found.addresses.iter().skip(1) { p.small.muted { (words.t("ready-or")) " " code.long { (other) "/hello" } } } } }
        }
        section.card {
            h2 { (words.t("ready-machine")) }
            @for one in &found.findings {
                @let said = finding(visit.language, one);
                div.row {
                    div { h3 { (words.t(&format!("ready-{}", one.subject.name()))) } p { (said.what) } @if one.state != State::Good && !said.remedy.is_empty() { p.small { (said.remedy) } } }
                    (tag(words, one.state))
                }
            }
        }
        section.card {
            h2 { (words.t("ready-tests")) }
            @if found.tests.is_empty() { p.muted { (words.t("ready-tests-none")) } }
            @for one in &found.tests { (next(words, one)) }
        }
    }
}

fn tag(words: Words, state: State) -> Markup {
    let colour = match state {
        State::Good => "good",
        State::Warn => "warn",
        State::Unknown => "none",
    };
    html! { span class={ "tag " (colour) } { (words.t(&format!("ready-{}", state.name()))) } }
}

fn next(words: Words, one: &NextTest) -> Markup {
    let definition = &one.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let (checked, due) = one.checked;
    html! {
        div.row {
            div {
                h3 { a href=(path) { (words.of(&definition.title)) } }
                p.muted.small { (words.span(definition.opens_at_ms, definition.closes_at_ms)) }
                p.small {
                    (words.with("ready-test", &[("people", count(one.people)), ("slips", count(one.slips)), ("checked", count(checked)), ("due", count(due))]))
                    @if let Some(drawn) = one.drawn { " " (words.with("ready-test-drawn", &[("drawn", count(drawn))])) }
                }
            }
            div.side {
                a.button.quiet href={ (path) "/tried" } { (words.t("device-checks")) }
                a.button.quiet href={ (path) "/slips" } { (words.t("test-slips")) }
            }
        }
    }
}

/// What a phone sees that reaches the server.
pub fn hello(words: Words) -> Markup {
    html! {
        section.card.narrow {
            h1 { (words.t("hello")) }
            p.lead { (words.t("hello-explained")) }
            p.actions { a.button href="/s" { (words.t("slip-door")) } a.button.quiet href="/sign-in" { (words.t("sign-in")) } }
        }
    }
}

/// What the poster says.
#[derive(Debug)]
pub struct Poster<'a> {
    /// Addresses to choose from.
    pub addresses: &'a [String],
    /// The one chosen.
    pub address: &'a str,
    /// The name of the wireless network; empty: it isn't named.
    pub wifi: &'a str,
}

/// The poster for the door, with the form that fills it.
pub fn poster(words: Words, shown: &Poster<'_>) -> Markup {
    html! {
        div.noprint {
            (crumbs(words, &[("/ready".into(), words.t("ready"))], &words.t("poster")))
            h1 { (words.t("poster")) }
            form.card method="get" action="/poster" {
                (field(&Field { name: "wifi", kind: "text", label: words.t("poster-wifi"), value: shown.wifi, optional: true, autocomplete: Some("off"), ..Field::default() }))
                label.field { span { (words.t("test-slips-address")) } select name="address" { @for one in shown.addresses { option value=(one) selected[one == shown.address] { (one) } } } }
                p.actions { button.button.quiet type="submit" { (words.t("poster-fill")) } (print_button(words)) }
            }
        }
        article.card.poster {
            h1 { (words.t("poster-title")) }
            ol {
                @if !shown.wifi.is_empty() { li { (words.t("poster-join")) " " strong { (shown.wifi) } } }
                li { (words.t("poster-scan")) }
            }
            (code(shown.address))
            p { code.big.long { (shown.address) } }
            p { (words.t("poster-slip")) " " code.long { (shown.address) "/s" } }
            p.small { (words.t("poster-help")) }
        }
    }
}
