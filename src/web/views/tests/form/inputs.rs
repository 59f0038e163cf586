//! The fields of the form for a test: label above, error and help below, what was typed kept.

use crate::web::words::Words;
use maud::{Markup, html};
use std::collections::HashMap;

/// What is wrong, by field.
pub(super) type Mistakes = HashMap<String, String>;

/// A field with one line to type into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its type.
    pub(super) kind: &'a str,
    /// The name of the message of its label; `.help` of it is the help below, where there is any.
    pub(super) label: &'a str,
    /// What was typed.
    pub(super) value: &'a str,
}

/// Where the words and mistakes of fields come from, and which field to go on with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The words.
    pub(super) words: Words,
    /// What is wrong.
    pub(super) mistakes: &'a Mistakes,
    /// The field to go on with.
    pub(super) focus: Option<&'a str>,
}

impl Context<'_> {
    fn described(self, name: &str, help: bool) -> Option<String> {
        let error = self.mistakes.contains_key(name).then(|| format!("f-{name}-error"));
        let help = help.then(|| format!("f-{name}-help"));
        let ids: Vec<String> = [error, help].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn is_wrong(self, name: &str) -> Option<&'static str> {
        self.mistakes.contains_key(name).then_some("true")
    }

    /// Error and help of a field.
    fn below(self, name: &str, help: Option<&str>) -> Markup {
        html! {
            (self.error(name))
            @if let Some(help) = help { p.help id={ "f-" (name) "-help" } { (help) } }
        }
    }

    /// What is wrong with a field.
    pub(super) fn error(self, name: &str) -> Markup {
        html! { @if let Some(error) = self.mistakes.get(name) { p.error id={ "f-" (name) "-error" } { (error) } } }
    }

    fn help(self, label: &str) -> Option<String> {
        crate::i18n::find(self.words.0, &format!("{label}.help"), &[])
    }

    /// A field with one line; `more` stands below it.
    pub(super) fn line(self, line: Line<'_>, more: &Markup) -> Markup {
        let Line { name, kind, label, value } = line;
        let help = self.help(label);
        // A field for numbers would drop what isn't one, e.g. full-width digits.
        let (kind, keyboard) = if kind == "number" { ("text", Some("decimal")) } else { (kind, None) };
        html! {
            div.field {
                label for={ "f-" (name) } { (self.words.t(label)) }
                input id={ "f-" (name) } type=(kind) name=(name) value=(value) inputmode=[keyboard] autocomplete="off" autocapitalize="off"
                    spellcheck="false" aria-invalid=[self.is_wrong(name)] aria-describedby=[self.described(name, help.is_some())]
                    autofocus[self.focus == Some(name)];
                (self.below(name, help.as_deref()))
                (more)
            }
        }
    }

    /// A field that offers a few choices: value and words of each. `refresh`: other fields depend on it.
    pub(super) fn choice(
        self,
        name: &str,
        label: &str,
        value: &str,
        choices: &[(String, String)],
        refresh: bool,
    ) -> Markup {
        let help = self.help(label);
        let known = choices.iter().any(|(choice, _)| choice == value);
        html! {
            div.field {
                label for={ "f-" (name) } { (self.words.t(label)) }
                select id={ "f-" (name) } name=(name) data-refresh[refresh] aria-invalid=[self.is_wrong(name)]
                    aria-describedby=[self.described(name, help.is_some())] autofocus[self.focus == Some(name)] {
                    @if !known { option value=(value) selected { @if value.is_empty() { (self.words.t("form-choose")) } @else { (value) } } }
                    @for (choice, text) in choices { option value=(choice) selected[choice == value] { (text) } }
                }
                (self.below(name, help.as_deref()))
            }
        }
    }
}

/// A button that changes the form and shows it again.
pub(super) fn step(action: &str, name: &str, text: &str, focus: bool) -> Markup {
    html! {
        button.button.quiet id=[(!name.is_empty()).then(|| format!("f-{name}"))] name="action" value=(action) data-step autofocus[focus] { (text) }
    }
}
