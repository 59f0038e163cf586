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
    let described = describe(words.0, error);
    html! {
        (summary(&described.what, &described.remedy, None))
        @match error {
            Error::File(problems) => { (json_problems(words, problems)) }
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

fn json_problems(words: Words, problems: &[Problem]) -> Markup {
    html! {
        table.cards {
            thead { tr { th { (words.t("problem-place")) } th { (words.t("problem-what")) } th { (words.t("problem-remedy")) } } }
            tbody {
                @for problem in problems.iter().take(MOST_LISTED) {
                    @let described = i18n::problem(words.0, problem);
                    tr {
                        td {
                            @if problem.place.line > 0 {
                                (words.with("problem-line", &[("line", count(problem.place.line)), ("column", count(problem.place.column))]))
                                br;
                            }
                            code.long { (problem.pointer) }
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
                            @if !problem.column.is_empty() { " " span.muted { (problem.column) } }
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
