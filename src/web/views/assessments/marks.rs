//! A list of marks that the committee enters: who has which, and what a sheet would enter.

use super::{MOST_SHOWN, list_path, member_path, more, points, query, way_below};
use crate::rules::assessment::{Component, MarkList, Part};
use crate::service::Error;
use crate::service::assessments::{Assessed, MarkChange, MarksLoaded, MemberLine};
use crate::web::layout::notice;
use crate::web::views::files::problems;
use crate::web::views::roster::drop;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// A sheet that was sent: what it would do, or did.
#[derive(Debug)]
pub struct Looked {
    /// What it says of each mark, or what is wrong with it.
    pub outcome: Result<MarksLoaded, Error>,
    /// Whether it was entered.
    pub is_entered: bool,
    /// Where marks come from whose row doesn't say.
    pub source: String,
    /// The sheet in hexadecimal digits, to be sent once more.
    pub sheet: String,
}

/// The whole page of a list.
pub fn marks(
    words: Words,
    assessed: &Assessed,
    (index, component, list): (usize, &Component, &MarkList),
    looked: Option<&Looked>,
) -> Markup {
    let year = assessed.definition.year.to_string();
    let code = assessed.line.branch.as_ref().map(|node| node.code.as_str());
    let title = words.of(&component.title);
    let full = [("full", list.full.to_string().into()), ("weight", component.weight.to_string().into())];
    html! {
        (way_below(words, assessed, title))
        div.head { h1 { (title) } span.muted { (words.of(&assessed.definition.title)) } }
        p { (words.with("marks-explained", &full)) " · " (words.t(&format!("mark-none-{}", component.absent.name()))) }
        @if let Some(looked) = looked { (outcome(words, looked, &list_path(&year, &list.name, code))) }
        @if assessed.may_keep && !looked.is_some_and(|looked| looked.outcome.is_ok() && !looked.is_entered) { (send(words, &year, list, code, looked)) }
        (table(words, assessed, (index, list), &year, code))
    }
}

fn send(words: Words, year: &str, list: &MarkList, code: Option<&str>, looked: Option<&Looked>) -> Markup {
    let base = format!("/assessments/{}/marks/{}", segment(year), segment(&list.name));
    let source = looked.filter(|looked| !looked.is_entered).map(|looked| looked.source.as_str()).unwrap_or_default();
    html! {
        section.card.noprint {
            h2 { (words.t("marks-load")) }
            p { (words.t("marks-load-help")) " " a href={ (base) "/template/xlsx" (query(code)) } download { "Excel" } " · " a href={ (base) "/template/csv" (query(code)) } download { "CSV" } }
            form method="post" action=(list_path(year, &list.name, code)) enctype="multipart/form-data" {
                (drop(words, "f-file", ".csv,.xlsx,text/csv", &words.t("marks-file-help")))
                div.field { label for="f-source" { (words.t("marks-source")) } input #f-source type="text" name="source" maxlength="500" value=[(!source.is_empty()).then_some(source)] aria-describedby="f-source-help"; p.help #f-source-help { (words.t("marks-source-help")) } }
                p.actions { button.button type="submit" name="do" value="look" { (words.t("roster-look")) } }
            }
        }
    }
}

/// What a sheet would enter, with the button that does; or what it has entered; or what is wrong with it.
fn outcome(words: Words, looked: &Looked, path: &str) -> Markup {
    html! {
        @match &looked.outcome {
            Err(error) => { section.card { (problems(words, error)) } }
            Ok(loaded) if looked.is_entered => { (notice("good", &said(words, "marks-entered", loaded))) }
            Ok(loaded) => {
                section.card #looked {
                    h2 { (words.t("marks-looked")) }
                    p { (said(words, "marks-would", loaded)) }
                    (changes(words, "marks-new", &loaded.new))
                    (changes(words, "marks-changed", &loaded.changed))
                    form method="post" action=(path) enctype="multipart/form-data" {
                        input type="hidden" name="sheet" value=(looked.sheet);
                        input type="hidden" name="source" value=(looked.source);
                        p.actions {
                            @if !loaded.new.is_empty() || !loaded.changed.is_empty() { button.button type="submit" name="do" value="load" { (words.t("marks-load-all")) } }
                            a.button.quiet href=(path) { (words.t("roster-other-file")) }
                        }
                    }
                }
            }
        }
    }
}

fn said(words: Words, id: &str, loaded: &MarksLoaded) -> String {
    let values = [
        ("new", count(loaded.new.len())),
        ("changed", count(loaded.changed.len())),
        ("unchanged", count(loaded.unchanged)),
        ("left", count(loaded.left_out)),
    ];
    words.with(id, &values)
}

fn changes(words: Words, id: &str, changes: &[MarkChange]) -> Markup {
    html! {
        @if !changes.is_empty() {
            h3.part-title { (words.with(id, &[("count", count(changes.len()))])) }
            table.cards {
                thead { tr { th { (words.t("name")) } th.n { (words.t("assessment-percent")) } th { (words.t("mark-source")) } } }
                tbody { @for one in changes.iter().take(MOST_SHOWN) {
                    tr {
                        td { (one.name) " " span.muted { (one.login) } }
                        td.n data-label=(words.t("assessment-percent")) { @if let Some(before) = one.before { (before) " → " } strong { (one.after) } }
                        td data-label=(words.t("mark-source")) { (one.source) }
                    }
                } }
            }
            (more(words, changes.len()))
        }
    }
}

fn table(
    words: Words,
    assessed: &Assessed,
    (index, list): (usize, &MarkList),
    year: &str,
    code: Option<&str>,
) -> Markup {
    let none = |line: &&MemberLine| !line.marks_of(&list.name).any(|mark| mark.row.stands());
    let without = assessed.members.iter().filter(none).count();
    html! {
        section.card {
            h2 { (words.t("assessment-members")) }
            @if without > 0 { p.muted { (words.with("marks-without", &[("count", count(without))])) } }
            table.cards {
                thead { tr { th { (words.t("name")) } th { (words.t("branch")) } th.n { (words.t("mark-score")) } th.n { (words.t("assessment-percent")) } th { (words.t("mark-source")) } } }
                tbody { @for line in assessed.members.iter().take(MOST_SHOWN) { (row(words, list, line, line.outcome.parts.get(index), &member_path(year, &line.login, code))) } }
            }
            (more(words, assessed.members.len()))
        }
    }
}

fn row(words: Words, list: &MarkList, line: &MemberLine, part: Option<&Part>, path: &str) -> Markup {
    let mark = line.marks_of(&list.name).find(|mark| mark.row.stands());
    html! {
        tr {
            td { a href=(path) { (line.name) } " " span.muted { (line.login) } }
            td data-label=(words.t("branch")) { (line.branch.name) }
            td.n data-label=(words.t("mark-score")) { @if let Some(mark) = mark { (mark.row.mark().points) " / " (mark.row.mark().full) } @else { "–" } }
            td.n data-label=(words.t("assessment-percent")) { (points(part.and_then(|part| part.value))) }
            td data-label=(words.t("mark-source")) { @if let Some(mark) = mark { (mark.row.source) } }
        }
    }
}
