//! View of what is wrong with a file: every problem at once, with its place and what to do.

use crate::i18n::{self, describe};
use crate::rules::bank::Problem;
use crate::rules::roster::SheetProblem;
use crate::service::Error;
use crate::web::layout::summary;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// Most problems listed; the rest is counted.
const MOST_LISTED: usize = 200;

/// Whether an error lies in what was sent, so that the form is shown again with it.
pub const fn is_in_the_file(error: &Error) -> bool {
    matches!(
        error,
        Error::File(_)
            | Error::Sheet(_)
            | Error::Template(_)
            | Error::Shortfall(_)
            | Error::Invalid { .. }
            | Error::NameTaken(_)
            | Error::Unreadable { .. }
            | Error::PapersAreOut
            | Error::TestIsOver
            | Error::ChangedMeanwhile
    )
}

/// What went wrong with a file.
pub fn problems(words: Words, error: &Error) -> Markup {
    problems_in(words, error, &[])
}

/// What went wrong with a file, each mistake with the line where it stands.
pub fn problems_in(words: Words, error: &Error, file: &[u8]) -> Markup {
    let described = describe(words.0, error);
    html! {
        (summary(&described.what, &described.remedy, None))
        (problems_of(words, error, file))
    }
}

/// The single mistakes of a file.
pub fn problems_of(words: Words, error: &Error, file: &[u8]) -> Markup {
    html! {
        @match error {
            Error::File(problems) => { (json_problems(words, problems, file)) }
            Error::Sheet(problems) => { (sheet_problems(words, problems)) }
            Error::Shortfall(shortfalls) => {
                ul { @for short in shortfalls { li { (i18n::shortfall(words.0, short)) } } }
            }
            _ => {}
        }
    }
}

fn more(words: Words, all: usize) -> Markup {
    html! {
        @if all > MOST_LISTED { p.muted { (words.with("problems-more", &[("count", count(all - MOST_LISTED))])) } }
    }
}

/// Characters of a line shown before and after a mistake.
const AROUND: usize = 40;

/// The part of a line around a column (both from 1): before it, the character there, and after it.
fn excerpt(file: &[&str], line: usize, column: usize) -> Option<(String, String, String)> {
    let line = file.get(line.checked_sub(1)?)?;
    let at = column.checked_sub(1)?;
    let before: String = line.chars().take(at).collect::<Vec<_>>().into_iter().rev().take(AROUND).collect();
    let before: String = before.chars().rev().collect();
    let here: String = line.chars().skip(at).take(1).collect();
    let after: String = line.chars().skip(at + 1).take(AROUND).collect();
    Some((before.trim_start().to_owned(), here, after))
}

fn json_problems(words: Words, problems: &[Problem], file: &[u8]) -> Markup {
    let text = String::from_utf8_lossy(file);
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    html! {
        table.cards {
            thead { tr { th { (words.t("problem-place")) } th { (words.t("problem-what")) } th { (words.t("problem-remedy")) } } }
            tbody {
                @for problem in problems.iter().take(MOST_LISTED) {
                    @let described = i18n::problem(words.0, problem);
                    tr {
                        td {
                            @if let Some(origin) = &problem.origin { (i18n::origin(words.0, origin)) br; }
                            @else if problem.place.line > 0 {
                                (words.with("problem-line", &[("line", count(problem.place.line)), ("column", count(problem.place.column))]))
                                br;
                            }
                            @if problem.origin.is_none() { code.long { (problem.pointer) } }
                            @if problem.origin.is_none() && let Some((before, here, after)) = excerpt(&lines, problem.place.line, problem.place.column) {
                                code.excerpt.long { (before) mark { (here) } (after) }
                            }
                        }
                        td { (described.what) }
                        td { (described.remedy) }
                    }
                }
            }
        }
        (more(words, problems.len()))
    }
}

fn sheet_problems(words: Words, problems: &[SheetProblem]) -> Markup {
    html! {
        table.cards {
            thead { tr { th { (words.t("problem-place")) } th { (words.t("problem-what")) } th { (words.t("problem-remedy")) } } }
            tbody {
                @for problem in problems.iter().take(MOST_LISTED) {
                    @let described = i18n::sheet_problem(words.0, problem);
                    tr {
                        td {
                            @if problem.row > 0 { (words.with("problem-row", &[("row", count(problem.row))])) }
                            @if !problem.column.is_empty() { " " span.muted { (i18n::column(words.0, &problem.column)) } }
                        }
                        td { (described.what) }
                        td { (described.remedy) }
                    }
                }
            }
        }
        (more(words, problems.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn an_excerpt_shows_what_stands_around_a_mistake() {
        let file = ["{", "  \"难度\": 9,"];
        let (before, here, after) = excerpt(&file, 2, 9).unwrap();
        assert_eq!((before.as_str(), here.as_str(), after.as_str()), ("\"难度\": ", "9", ","));
        assert_eq!(excerpt(&file, 3, 1), None);
        assert_eq!(excerpt(&file, 0, 0), None);
    }
}
