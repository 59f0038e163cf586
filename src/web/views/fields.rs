//! Small forms: label above, error and help below, what was typed kept, what is wrong said on top with a link.

use crate::i18n::{self, describe};
use crate::service::Error;
use crate::service::error::Thing;
use crate::web::input::Fields;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// A form that was sent and refused.
#[derive(Debug)]
pub struct Refused {
    /// The form's name.
    pub form: &'static str,
    /// What was typed.
    pub fields: Fields,
    /// Why it was refused.
    pub error: Error,
}

/// What is wrong: the field, empty where it is none, and the words.
pub type Mistakes = Vec<(&'static str, String)>;

fn mistakes(words: Words, error: &Error) -> Mistakes {
    match error {
        Error::Fields(mistakes) => {
            mistakes.iter().map(|one| (one.field, words.t(&format!("expected-{}", one.expected)))).collect()
        }
        Error::Invalid { field, expected } => vec![(*field, words.t(&format!("expected-{expected}")))],
        Error::NameTaken(Thing::Branch) => vec![("code", words.t("code-taken"))],
        Error::NameTaken(_) => vec![("login", words.t("login-taken"))],
        Error::OwnRole => vec![("even_own", words.t("own-role-confirm"))],
        other => {
            let described = describe(words.0, other);
            let join = if described.remedy.is_empty() { String::new() } else { words.t("list-semicolon") };
            vec![("", format!("{}{join}{}", described.what, described.remedy))]
        }
    }
}

/// What fields of forms about people are called: the names of messages, in the order in which mistakes are told.
const OF_PEOPLE: Labels = &[
    ("name", "name"),
    ("branch", "branch"),
    ("role", "role"),
    ("category", "category"),
    ("number", "number"),
    ("login", "login"),
    ("on", "day"),
    ("as", "reason"),
];

/// What fields of forms about branches are called.
const OF_BRANCHES: Labels =
    &[("name", "branch-name"), ("code", "code"), ("kind", "branch-kind"), ("parent", "branch-parent")];

type Labels = &'static [(&'static str, &'static str)];

/// One form of a page, as it is shown.
#[derive(Debug)]
pub struct Form<'a> {
    words: Words,
    labels: Labels,
    name: &'a str,
    typed: Option<&'a Fields>,
    mistakes: Mistakes,
}

/// Value and words of something to choose.
pub type Choice = (String, String);

impl<'a> Form<'a> {
    /// The form about a person of a name; with what was typed, where it is the one that was refused.
    pub fn of(words: Words, name: &'a str, refused: Option<&'a Refused>) -> Self {
        Self::labelled(words, OF_PEOPLE, name, refused)
    }

    /// The same of a form about a branch.
    pub fn of_branch(words: Words, name: &'a str, refused: Option<&'a Refused>) -> Self {
        Self::labelled(words, OF_BRANCHES, name, refused)
    }

    fn labelled(words: Words, labels: Labels, name: &'a str, refused: Option<&'a Refused>) -> Self {
        let refused = refused.filter(|refused| refused.form == name);
        let mut mistakes = refused.map(|refused| mistakes(words, &refused.error)).unwrap_or_default();
        mistakes.sort_by_key(|(field, _)| labels.iter().position(|(known, _)| known == field));
        Self { words, labels, name, typed: refused.map(|refused| &refused.fields), mistakes }
    }

    /// Whether it was refused, and so has to be seen.
    pub const fn is_refused(&self) -> bool {
        self.typed.is_some()
    }

    /// What was typed into a field, or what it starts with.
    pub fn value<'v>(&'v self, name: &str, first: &'v str) -> &'v str {
        self.typed.map_or(first, |typed| typed.get(name))
    }

    fn error(&self, name: &str) -> Option<&str> {
        self.mistakes.iter().find(|(field, _)| *field == name).map(|(_, text)| text.as_str())
    }

    fn id(&self, name: &str) -> String {
        format!("f-{}-{name}", self.name)
    }

    /// Every mistake, each with a link to its field.
    pub fn summary(&self) -> Markup {
        html! {
            @if !self.mistakes.is_empty() {
                div.notice.bad #summary role="alert" tabindex="-1" {
                    p { strong { (self.words.with("fields-wrong", &[("count", count(self.mistakes.len()))])) } }
                    ul.plain { @for (field, text) in &self.mistakes {
                        li { @match self.labels.iter().find(|(known, _)| known == field) {
                            Some((_, label)) => { a href={ "#" (self.id(field)) } { (self.words.with("form-mistake", &[("field", self.words.t(label).into()), ("text", text.as_str().into())])) } }
                            None => { (text) }
                        } }
                    } }
                }
            }
        }
    }

    fn field(&self, name: &str, label: &str, input: impl FnOnce(Option<String>) -> Markup) -> Markup {
        let help = i18n::find(self.words.0, &format!("{label}.help"), &[]);
        let error = self.error(name);
        let id = self.id(name);
        let described = [error.map(|_| format!("{id}-error")), help.as_ref().map(|_| format!("{id}-help"))];
        let described: Vec<String> = described.into_iter().flatten().collect();
        html! {
            div.field {
                label for=(id) { (self.words.t(label)) }
                (input((!described.is_empty()).then(|| described.join(" "))))
                @if let Some(error) = error { p.error id={ (id) "-error" } { (error) } }
                @if let Some(help) = &help { p.help id={ (id) "-help" } { (help) } }
            }
        }
    }

    fn is_wrong(&self, name: &str) -> Option<&'static str> {
        self.error(name).map(|_| "true")
    }

    /// A field with one line. `label` names a message; its `.help` stands below.
    pub fn line(&self, name: &str, kind: &str, label: &str, first: &str) -> Markup {
        self.field(name, label, |described| html! {
            input id=(self.id(name)) type=(kind) name=(name) value=(self.value(name, first)) autocomplete="off" autocapitalize="off"
                spellcheck="false" aria-invalid=[self.is_wrong(name)] aria-describedby=[described];
        })
    }

    /// The same with words to choose from, or others.
    pub fn suggested(&self, name: &str, label: &str, first: &str, known: &[String]) -> Markup {
        let list = format!("{}-list", self.id(name));
        self.field(name, label, |described| html! {
            input id=(self.id(name)) type="text" name=(name) value=(self.value(name, first)) list=(list) autocomplete="off"
                aria-invalid=[self.is_wrong(name)] aria-describedby=[described];
            datalist id=(list) { @for word in known { option value=(word) {} } }
        })
    }

    /// A field that offers a few choices; where none was made yet, it says so.
    pub fn choice(&self, name: &str, label: &str, first: &str, choices: &[Choice]) -> Markup {
        let value = self.value(name, first);
        let is_known = choices.iter().any(|(choice, _)| choice == value);
        self.field(name, label, |described| {
            html! {
                select id=(self.id(name)) name=(name) aria-invalid=[self.is_wrong(name)] aria-describedby=[described] {
                    @if !is_known { option value="" selected { (self.words.t("form-choose")) } }
                    @for (choice, text) in choices { option value=(choice) selected[choice == value] { (text) } }
                }
            }
        })
    }

    /// A box to tick, only where the refusal asks for it.
    pub fn confirm(&self, name: &str) -> Markup {
        html! {
            @if let Some(text) = self.error(name) {
                label.check { input id=(self.id(name)) type="checkbox" name=(name) value="1"; " " (text) }
            }
        }
    }
}
