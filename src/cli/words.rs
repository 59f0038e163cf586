//! What commands print, in the language of the environment.

use crate::cli::Failure;
use crate::formats::bank_json::Placed;
use crate::i18n::{self, Value};
use crate::rules::bank::{Origin, Place as FilePlace, Problem};
use crate::rules::text::Language;
use crate::service::Error;

/// Prints in one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) language: Language,
}

impl Words {
    /// Chinese where the environment says so, otherwise English.
    pub(super) fn from_environment() -> Self {
        let said = ["KAOHE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        Self { language: said.as_deref().and_then(Language::from_code).unwrap_or(Language::En) }
    }

    /// A message filled with values.
    pub(super) fn say(&self, id: &str, values: &[(&str, &str)]) -> String {
        let values: Vec<(&str, Value<'_>)> = values.iter().map(|(name, value)| (*name, Value::from(*value))).collect();
        i18n::text_with(self.language, id, &values)
    }

    /// Says what failed and what to do, on standard error.
    pub(super) fn print_failure(&self, failure: &Failure) {
        match failure {
            Failure::Service(error) => self.print_error(error),
            Failure::Store(error) => say!("{}", self.say("cli-database-failed", &[("why", &error.to_string())])),
            Failure::File(path, error) => {
                say!(
                    "{}",
                    self.say("cli-file-failed", &[("file", &path.display().to_string()), ("why", &error.to_string())])
                );
            }
            Failure::Said(id, value) => say!("{}", self.say(id, &[("value", value)])),
        }
    }

    fn print_error(&self, error: &Error) {
        let described = i18n::describe(self.language, error);
        say!("{}", described.what);
        // On the command line there is no home page to begin from.
        let remedy =
            i18n::find(self.language, &format!("error-{}.command", error.code()), &[]).unwrap_or(described.remedy);
        if !remedy.is_empty() {
            say!("{remedy}");
        }
        if let Error::Store(cause) = error {
            say!("{cause}");
        }
        for line in self.particulars(error) {
            say!("  {line}");
        }
    }

    /// Every problem of a file of JSON, or of one that was turned into it, a line each.
    pub(super) fn problems(&self, problems: &[Problem]) -> Vec<String> {
        let line = |problem: &Problem| {
            let said = i18n::problem(self.language, problem);
            self.at((problem.place, &problem.pointer, problem.origin.as_deref()), &said)
        };
        problems.iter().map(line).collect()
    }

    /// The same for what is suspicious.
    pub(super) fn lints(&self, lints: &[Placed]) -> Vec<String> {
        let line = |one: &Placed| {
            let said = i18n::lint(self.language, &one.lint);
            self.at((one.place, &one.pointer, one.origin.as_deref()), &said)
        };
        lints.iter().map(line).collect()
    }

    /// What is to be said of a place in a file: by where it came from, or by line, column and pointer.
    fn at(&self, (place, pointer, origin): (FilePlace, &str, Option<&Origin>), said: &i18n::Described) -> String {
        let (line, column) = (place.line.to_string(), place.column.to_string());
        let place = origin.map(|origin| i18n::origin(self.language, origin)).unwrap_or_default();
        let values = [
            ("place", place.as_str()),
            ("line", &line),
            ("column", &column),
            ("pointer", pointer),
            ("what", &said.what),
            ("remedy", &said.remedy),
        ];
        let id = match (origin, place.is_empty()) {
            (Some(_), true) => "cli-whole-problem",
            (Some(_), false) => "cli-origin-problem",
            (None, _) => "cli-file-problem",
        };
        self.say(id, &values)
    }

    /// Every single error of a file, a line each.
    fn particulars(&self, error: &Error) -> Vec<String> {
        match error {
            Error::File(problems) => self.problems(problems),
            Error::Sheet(problems) => problems
                .iter()
                .map(|problem| {
                    let words = i18n::sheet_problem(self.language, problem);
                    let row = problem.row.to_string();
                    self.say(
                        "cli-sheet-problem",
                        &[("row", &row), ("column", &problem.column), ("what", &words.what), ("remedy", &words.remedy)],
                    )
                })
                .collect(),
            Error::Shortfall(shortfalls) => {
                shortfalls.iter().map(|short| i18n::shortfall(self.language, short)).collect()
            }
            _ => Vec::new(),
        }
    }
}
