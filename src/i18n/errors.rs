//! What went wrong, in words: what happened, where, and what to do.

use crate::i18n::times::moment;
use crate::i18n::{Value, find, text, text_with};
use crate::rules::bank::{Origin, Problem, ProblemCode, Remark};
use crate::rules::lint::Lint;
use crate::rules::question::Misfit;
use crate::rules::roster::{SheetProblem, SheetProblemCode};
use crate::rules::text::Language;
use crate::service::Error;
use crate::service::error::{Flaw, NamedShortfall, Thing};

/// An error in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// What happened.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// An error in words. Messages are `error-<code>` with an attribute `remedy`.
pub fn describe(language: Language, error: &Error) -> Described {
    let id = format!("error-{}", error.code());
    let values = values(language, error);
    let values: Vec<(&str, Value<'_>)> =
        values.iter().map(|(name, value)| (*name, Value::from(value.as_str()))).collect();
    Described {
        what: text_with(language, &id, &values),
        remedy: find(language, &format!("{id}.remedy"), &values).unwrap_or_default(),
    }
}

fn values(language: Language, error: &Error) -> Vec<(&'static str, String)> {
    match error {
        Error::Throttled { wait_seconds } => vec![("minutes", (wait_seconds / 60 + 1).to_string())],
        Error::Forbidden(role) => {
            vec![
                ("role", role.map(|role| text(language, &format!("role-{}", role.name()))).unwrap_or_default()),
                ("known", if role.is_some() { "yes".into() } else { "no".into() }),
            ]
        }
        Error::NotFound(thing) | Error::NameTaken(thing) => {
            vec![("thing", text(language, &format!("thing-{}", thing_name(*thing))))]
        }
        Error::Invalid { field, expected } => {
            vec![("field", (*field).to_owned()), ("expected", text(language, &format!("expected-{expected}")))]
        }
        Error::Fields(mistakes) => {
            let said: Vec<String> =
                mistakes.iter().map(|mistake| text(language, &format!("expected-{}", mistake.expected))).collect();
            vec![("count", said.len().to_string()), ("expected", said.join(" "))]
        }
        Error::BranchInUse(uses) => {
            let said: Vec<String> = uses.iter().map(|id| text(language, &format!("in-use-{id}"))).collect();
            vec![("uses", said.join(&text(language, "list-semicolon")))]
        }
        Error::Template(flaws) => {
            let said: Vec<String> = flaws.iter().map(|flaw| template_flaw(language, flaw)).collect();
            vec![("said", said.join(" "))]
        }
        Error::File(problems) => vec![("count", problems.len().to_string())],
        Error::Sheet(problems) => vec![("count", problems.len().to_string())],
        Error::Unanswered { count } => vec![("count", count.to_string())],
        Error::Shortfall(shortfalls) => vec![("count", shortfalls.len().to_string())],
        Error::NotOpen { opens_at_ms, closed_at_ms } => vec![
            ("state", if opens_at_ms.is_some() { "early".into() } else { "closed".into() }),
            ("opens", opens_at_ms.map(|at| moment(language, at)).unwrap_or_default()),
            ("closed", closed_at_ms.map(|at| moment(language, at)).unwrap_or_default()),
        ],
        Error::Unreadable(problems) | Error::Parameters(problems) => first_problem(language, problems),
        Error::AddressNotAdmitted { address } => vec![("address", address.clone())],
        Error::Cancelled { reason } => vec![("reason", reason.clone())],
        Error::ObjectionsClosed { since_ms } => vec![
            ("had", if since_ms.is_some() { "yes".into() } else { "no".into() }),
            ("since", since_ms.map(|at| moment(language, at)).unwrap_or_default()),
        ],
        Error::TooEarly { from_ms } => vec![("from", moment(language, *from_ms))],
        Error::Misfit(misfit) => vec![("misfit", text(language, &format!("misfit-{}", misfit_name(*misfit))))],
        _ => Vec::new(),
    }
}

/// The first problem of a small request; the others stand beside it.
fn first_problem(language: Language, problems: &[Problem]) -> Vec<(&'static str, String)> {
    let Some(first) = problems.first() else { return vec![("known", "no".to_owned())] };
    let Described { what, remedy } = problem(language, first);
    let (line, column) = (first.place.line.to_string(), first.place.column.to_string());
    vec![("known", "yes".to_owned()), ("line", line), ("column", column), ("why", what), ("remedy", remedy)]
}

/// What keeps a file from being a template, and what to do.
pub fn template_flaw(language: Language, flaw: &Flaw) -> String {
    text_with(language, &format!("template-flaw-{}", flaw.code), &[("what", Value::from(flaw.what.as_str()))])
}

const fn thing_name(thing: Thing) -> &'static str {
    match thing {
        Thing::Page => "page",
        Thing::Bank => "bank",
        Thing::Test => "test",
        Thing::Paper => "paper",
        Thing::Attempt => "attempt",
        Thing::Question => "question",
        Thing::Branch => "branch",
        Thing::Person => "person",
        Thing::Pause => "pause",
        Thing::Slip => "slip",
        Thing::Correction => "correction",
        Thing::Assessment => "assessment",
        Thing::MarkList => "mark-list",
        Thing::Objection => "objection",
        Thing::Amendment => "amendment",
        Thing::Template => "template",
        Thing::SignedPage => "signed-page",
    }
}

const fn misfit_name(misfit: Misfit) -> &'static str {
    match misfit {
        Misfit::Form => "form",
        Misfit::UnknownLabel => "unknown-label",
        Misfit::RepeatedLabel => "repeated-label",
        Misfit::GapCount => "gap-count",
        Misfit::PartCount => "part-count",
        Misfit::Incomplete => "incomplete",
        Misfit::TooLong => "too-long",
        Misfit::Nul => "nul",
    }
}

/// A problem of a JSON file in words. Messages are `problem-<code>` with an attribute `remedy`.
pub fn problem(language: Language, problem: &Problem) -> Described {
    // Whoever wrote a sheet knows its headings and not the fields of our own file.
    let field = problem.origin.as_ref().and_then(|_| find(language, &format!("bank-field-{}", problem.expected), &[]));
    let expected = field.as_deref().unwrap_or(&problem.expected);
    // Nor does a cell have a type of JSON.
    let is_cell = problem.origin.as_ref().is_some_and(|origin| origin.column.is_some());
    let code = match problem.code {
        ProblemCode::WrongType if is_cell => "unreadable-cell".to_owned(),
        ref code => code_of(code),
    };
    filled(language, "problem", &code, &problem.found, expected)
}

/// Something suspicious in a bank in words. Messages are `lint-<code>` with an attribute `remedy`.
pub fn lint(language: Language, lint: &Lint) -> Described {
    filled(language, "lint", lint.code.name(), &lint.found, "")
}

/// Where something stands in a file of another form, in words; nothing where it isn't known.
pub fn origin(language: Language, origin: &Origin) -> String {
    let line = origin.line.map(|line| line.to_string());
    let parts = [
        ("file", origin.file.as_deref()),
        ("sheet", origin.sheet.as_deref().filter(|name| !name.is_empty())),
        ("line", line.as_deref()),
        ("column", origin.column.as_deref()),
    ];
    let said = parts.into_iter().filter_map(|(name, value)| {
        value.map(|value| text_with(language, &format!("origin-{name}"), &[(name, Value::from(value))]))
    });
    said.collect::<Vec<_>>().join(&text(language, "list-comma"))
}

/// What was left out of a file of another form, or taken over otherwise than written, in words. Messages are
/// `remark-<code>`.
pub fn remark(language: Language, remark: &Remark) -> String {
    let found = if remark.code == "not-in-form" { lost(language, &remark.found) } else { remark.found.clone() };
    text_with(language, &format!("remark-{}", remark.code), &[("found", Value::from(found))])
}

/// What a form can't hold, in words: a part of a question (`q1: explanation`), of many (`cite × 40`) or of the bank.
pub fn lost(language: Language, found: &str) -> String {
    let said = |part: &str| {
        let field = find(language, &format!("bank-field-{}", part.replace('/', "-")), &[]);
        let whole = || {
            let kind = find(language, &format!("kind-{part}"), &[])?;
            Some(text_with(language, "lost-question", &[("kind", Value::from(kind))]))
        };
        field.or_else(whole).unwrap_or_else(|| part.to_owned())
    };
    match (found.rsplit_once(": "), found.split_once(" × ")) {
        (Some((question, part)), _) => format!("{question}: {}", said(part)),
        (None, Some((part, count))) => format!("{} × {count}", said(part)),
        (None, None) => said(found),
    }
}

/// A problem of a sheet in words. Messages are `sheet-<code>` with an attribute `remedy`.
pub fn sheet_problem(language: Language, problem: &SheetProblem) -> Described {
    let expected = match problem.code {
        SheetProblemCode::NoHeader | SheetProblemCode::MissingColumn => {
            let columns: Vec<String> = problem.expected.split(", ").map(|name| column(language, name)).collect();
            columns.join(&text(language, "list-comma"))
        }
        _ => problem.expected.clone(),
    };
    filled(language, "sheet", &code_of(&problem.code), &problem.found, &expected)
}

/// A column in words, where it bears one of the names that files in English have; otherwise as it stands.
pub fn column(language: Language, name: &str) -> String {
    let known = find(language, &format!("column-{name}"), &[]);
    known.map_or_else(|| name.to_owned(), |words| format!("{words} ({name})"))
}

fn code_of<T: serde::Serialize>(code: &T) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}

fn filled(language: Language, family: &str, code: &str, found: &str, expected: &str) -> Described {
    let known = if expected.is_empty() { "no" } else { "yes" };
    let values = [("found", Value::from(found)), ("expected", Value::from(expected)), ("known", Value::from(known))];
    let id = format!("{family}-{code}");
    Described {
        what: text_with(language, &id, &values),
        remedy: find(language, &format!("{id}.remedy"), &values).unwrap_or_default(),
    }
}

/// A shortfall in words, naming the rows that compete: "第三章 multiple choice: 6 needed, 4 there".
pub fn shortfall(language: Language, shortfall: &NamedShortfall) -> String {
    let rows: Vec<String> = shortfall
        .rows
        .iter()
        .map(|row| {
            let topics: Vec<&str> = row.topics.iter().map(|title| title.in_language(language)).collect();
            let values = [
                ("section", Value::from(row.section.to_string())),
                ("row", Value::from(row.row.to_string())),
                ("bank", Value::from(row.bank.as_str())),
                ("topics", Value::from(topics.join(&text(language, "list-comma")))),
                ("has_topics", Value::from(if topics.is_empty() { "no" } else { "yes" })),
                ("kind", Value::from(text(language, &format!("kind-{}", row.kind.name())))),
                ("difficulty", Value::from(row.difficulty.clone().unwrap_or_default())),
                ("has_difficulty", Value::from(if row.difficulty.is_some() { "yes" } else { "no" })),
            ];
            text_with(language, "shortfall-row", &values)
        })
        .collect();
    let values = [
        ("rows", Value::from(rows.join(&text(language, "list-semicolon")))),
        ("needed", Value::from(shortfall.needed.to_string())),
        ("there", Value::from(shortfall.there.to_string())),
    ];
    text_with(language, "shortfall", &values)
}
