//! What a sheet would do, and what has to be said before it does: what its columns mean, who somebody is, why somebody
//! isn't in it.

use super::meaning;
use crate::formats::roster::{Heading, Overview, meanings};
use crate::rules::roster::{Departure, SheetKind};
use crate::rules::text::fold;
use crate::service::Error;
use crate::service::roster::{BranchesLoaded, Candidate, ChangedField, Kept, Loaded, MembersLoaded, PossiblySame};
use crate::web::input::Fields;
use crate::web::layout::{crumbs, notice};
use crate::web::views::files::problems;
use crate::web::words::{Words, count};
use maud::{Markup, html};
use std::collections::{HashMap, HashSet};

/// Most people listed of each sort.
pub(super) const MOST_NAMED: usize = 200;

/// A sheet, looked at.
#[derive(Debug)]
pub struct Look<'a> {
    /// The sheet.
    pub kept: &'a Kept,
    /// Its columns; `None` where there is nothing to be read.
    pub overview: Option<Overview>,
    /// What it would do, or why it can't.
    pub outcome: Result<Loaded, Error>,
    /// What was chosen.
    pub fields: &'a Fields,
    /// Meanings that were chosen for several columns.
    pub twice: Vec<String>,
    /// Why it wasn't loaded just now.
    pub refused: Option<Error>,
    /// Code → name of branches.
    pub names: &'a HashMap<String, String>,
}

/// The whole page.
pub fn look(words: Words, shown: &Look<'_>) -> Markup {
    let sent = &shown.kept.sent;
    let is_open = shown.outcome.is_err() || !shown.twice.is_empty();
    html! {
        (crumbs(words, &[("/roster".into(), words.t("roster-title"))], &sent.name))
        h1 { (words.t(&format!("roster-{}", sent.kind.name()))) ": " (sent.name) }
        @if let Some(refused) = &shown.refused { (problems(words, refused)) }
        form #plan method="post" action={ "/roster/files/" (shown.kept.id) } {
            @match &shown.outcome {
                Ok(loaded) if shown.twice.is_empty() => {
                    (notice("", &words.t("roster-checked")))
                    @if let Some(members) = &loaded.members { (of_members(words, shown, members)) }
                    @if let Some(branches) = &loaded.branches { (of_branches(words, shown, branches)) }
                }
                Ok(_) => { (notice("bad", &words.t("roster-twice"))) }
                Err(error) => { section.card { h2 { (words.with("file-refused", &[("file", sent.name.as_str().into())])) } (problems(words, error)) } }
            }
            @if let Some(overview) = &shown.overview { (columns(words, shown, overview, is_open)) }
            p.actions {
                @if !is_open { button.button name="action" value="load" { (words.t("roster-load")) } }
                button class=(if is_open { "button" } else { "button quiet" }) name="action" value="check" { (words.t("roster-check-again")) }
                a.button.quiet href="/roster" { (words.t("roster-other-file")) }
            }
        }
    }
}

fn of_members(words: Words, shown: &Look<'_>, loaded: &MembersLoaded) -> Markup {
    let person = |login: &str| loaded.people.get(login).cloned().unwrap_or_default();
    let fields: HashMap<&str, &[ChangedField]> =
        loaded.changes.iter().map(|one| (one.login.as_str(), one.fields.as_slice())).collect();
    let of = |login: &String| fields.get(login.as_str()).copied().unwrap_or_default();
    html! {
        (possibly_same(words, shown, &loaded.possibly_same))
        (group(words, "roster-new", &loaded.new, |login| { let (name, branch) = person(login); html! { td { (name) } td.beside.muted { (login) } td.beside { (branch) } } }))
        @for (id, logins) in [("roster-moved", &loaded.moved), ("roster-changed", &loaded.changed), ("roster-ended", &loaded.ended)] {
            (group(words, id, logins, |login| html! { td { (person(login).0) } td.beside.muted { (login) } td { (changes(words, of(login))) } }))
        }
        (not_named(words, shown, loaded))
        (ignored(words, &loaded.ignored))
        (unchanged(words, loaded.unchanged))
    }
}

fn unchanged(words: Words, number: usize) -> Markup {
    html! { @if number > 0 { p.muted { (words.with("roster-unchanged", &[("count", count(number))])) } } }
}

fn of_branches(words: Words, shown: &Look<'_>, loaded: &BranchesLoaded) -> Markup {
    let row = |code: &String| {
        let name = loaded.names.get(code).or_else(|| shown.names.get(code)).cloned().unwrap_or_default();
        html! { td { (name) } td.beside.muted { (code) } }
    };
    html! {
        @for (id, codes) in [("roster-new", &loaded.new), ("roster-moved", &loaded.moved), ("roster-changed", &loaded.changed), ("roster-missing", &loaded.missing)] {
            (group(words, id, codes, row))
        }
        (ignored(words, &loaded.ignored))
        (unchanged(words, loaded.unchanged))
    }
}

/// One sort of change with whom it touches.
pub(super) fn group(words: Words, id: &str, keys: &[String], row: impl Fn(&String) -> Markup) -> Markup {
    html! {
        @if !keys.is_empty() {
            details.card open[keys.len() <= 20] {
                summary { (words.with(id, &[("count", count(keys.len()))])) }
                table.cards { tbody { @for key in keys.iter().take(MOST_NAMED) { tr { (row(key)) } } } }
                @if keys.len() > MOST_NAMED { p.muted { (words.with("problems-more", &[("count", count(keys.len() - MOST_NAMED))])) } }
            }
        }
    }
}

fn changes(words: Words, fields: &[ChangedField]) -> Markup {
    let said = |field: &str, text: &str| match field {
        _ if text.is_empty() => "–".to_owned(),
        "roles" => words.list(text.lines().map(|role| {
            let (role, branch) = role.split_once('@').unwrap_or((role, ""));
            let place = if branch.is_empty() { words.t("whole-unit") } else { branch.to_owned() };
            format!("{} · {place}", words.t(&format!("role-{role}")))
        })),
        _ => text.to_owned(),
    };
    html! {
        ul.plain { @for one in fields { li {
            span.muted { (meaning(words, if one.field == "roles" { "role" } else { one.field })) } " " (said(one.field, &one.from)) " → " (said(one.field, &one.to))
        } } }
    }
}

/// Columns that were left unread: a misspelt heading must not go unseen.
fn ignored(words: Words, columns: &[String]) -> Markup {
    html! {
        @if !columns.is_empty() {
            (notice("warn", &words.with("roster-ignored", &[("columns", words.list(columns.iter().cloned()).into())])))
        }
    }
}

fn possibly_same(words: Words, shown: &Look<'_>, all: &[PossiblySame]) -> Markup {
    let is_asked = matches!(shown.refused, Some(Error::Unanswered { .. }));
    html! {
        @if !all.is_empty() {
            section.card #same {
                h2 { (words.with("roster-same", &[("count", count(all.len()))])) }
                p { (words.t("roster-same-help")) }
                @for one in all {
                    @let name = format!("same-{}", one.row);
                    @let chosen = if shown.fields.has(&name) { Some(shown.fields.get(&name).to_owned()) } else { suggested(one) };
                    fieldset.plain #{ "f-" (name) } {
                        legend { (words.with("roster-same-who", &[("row", count(one.row)), ("name", one.name.as_str().into()), ("login", one.login.as_str().into())])) }
                        @if is_asked && one.answer.is_none() { p.error { (words.t("roster-same-choose")) } }
                        @for candidate in &one.candidates {
                            label.option { input type="radio" name=(name) value=(candidate.login) checked[chosen.as_ref() == Some(&candidate.login)]; span.text { (known(words, candidate)) } }
                        }
                        label.option { input type="radio" name=(name) value="" checked[chosen.as_deref() == Some("")]; span.text { (words.t("roster-same-new")) } }
                    }
                }
                @if all.len() > 1 {
                    label.check { input type="checkbox" name="others_new" value="1" checked[shown.fields.has("others_new")]; " " (words.t("roster-same-others")) }
                }
            }
        }
    }
}

/// The one who is offered first: a number tells who somebody is, a name alone doesn't.
fn suggested(one: &PossiblySame) -> Option<String> {
    let numbered: Vec<&Candidate> = one.candidates.iter().filter(|candidate| candidate.same_number).collect();
    match numbered.as_slice() {
        [candidate] => Some(candidate.login.clone()),
        _ => None,
    }
}

fn known(words: Words, candidate: &Candidate) -> Markup {
    html! {
        strong { (candidate.name) } " " span.muted { (candidate.login) }
        @if !candidate.branch.is_empty() { " · " (candidate.branch) }
        @if !candidate.number.is_empty() { " · " (words.t("number")) " " (candidate.number) }
        @if candidate.left { " · " (words.t("roster-same-left")) }
        @if candidate.same_number { " " span.tag.good { (words.t("roster-same-number")) } }
    }
}

/// Members whom the sheet doesn't name: they stay, unless somebody says why they left.
fn not_named(words: Words, shown: &Look<'_>, loaded: &MembersLoaded) -> Markup {
    let branch = |login: &String| loaded.people.get(login).map(|(_, branch)| branch.clone()).unwrap_or_default();
    let listed: Vec<&String> = loaded.missing.iter().take(MOST_NAMED).collect();
    html! {
        @if !loaded.missing.is_empty() {
            details.card open[loaded.missing.len() <= 20 || !loaded.left.is_empty()] {
                summary { (words.with("roster-missing", &[("count", count(loaded.missing.len()))])) }
                p { (words.t("roster-missing-help")) }
                div.field {
                    label for="f-others_left" { (words.t("roster-missing-all")) }
                    (reasons(words, "others_left", "f-others_left", shown.fields.get("others_left"), None))
                }
                @for group in listed.chunk_by(|one, two| branch(one) == branch(two)) {
                    h3.part-title { (group.first().map(|login| branch(login)).unwrap_or_default()) }
                    @for login in group {
                        @let name = format!("left-{login}");
                        div.row {
                            label for={ "f-" (name) } { (loaded.people.get(*login).map(|(name, _)| name.clone()).unwrap_or_default()) " " span.muted { (login) } }
                            div.side { (reasons(words, &name, &format!("f-{name}"), shown.fields.get(&name), Some(&words.t("roster-missing-as-all")))) }
                        }
                    }
                }
                @if loaded.missing.len() > MOST_NAMED { p.muted { (words.with("problems-more", &[("count", count(loaded.missing.len() - MOST_NAMED))])) } }
            }
        }
    }
}

fn reasons(words: Words, name: &str, id: &str, chosen: &str, as_all: Option<&str>) -> Markup {
    html! {
        select id=(id) name=(name) {
            @if let Some(as_all) = as_all { option value="" selected[chosen.is_empty()] { (as_all) } }
            option value="stays" selected[chosen == "stays" || (as_all.is_none() && chosen.is_empty())] { (words.t("roster-stays")) }
            @for reason in Departure::ALL { option value=(reason.name()) selected[chosen == reason.name()] { (words.t(&format!("departure-{}", reason.name()))) } }
        }
    }
}

/// What the columns are taken for.
fn columns(words: Words, shown: &Look<'_>, overview: &Overview, is_open: bool) -> Markup {
    let kind = shown.kept.sent.kind;
    let twice: HashSet<&str> = shown.twice.iter().map(String::as_str).collect();
    html! {
        details.card #columns open[is_open] {
            summary { (words.t("roster-columns")) }
            p.help { (words.t("roster-columns-help")) }
            div.field {
                label for="f-row" { (words.t("roster-heading-row")) }
                select id="f-row" name="row" { @for (number, text) in &overview.rows {
                    option value=(number) selected[*number == overview.row] { (number) ": " (text.chars().take(60).collect::<String>()) }
                } }
            }
            input type="hidden" name="of_row" value=(overview.row);
            table.cards {
                thead { tr { th { (words.t("roster-heading")) } th { (words.t("roster-examples")) } th { (words.t("roster-meaning")) } } }
                tbody { @for (index, heading) in overview.headings.iter().enumerate() { (column(words, kind, &twice, index, heading)) } }
            }
        }
    }
}

fn column(words: Words, kind: SheetKind, twice: &HashSet<&str>, index: usize, heading: &Heading) -> Markup {
    let chosen = heading.meaning.unwrap_or_default();
    let id = format!("f-meaning-{index}");
    html! {
        tr {
            td { label for=(id) { (heading.text) } input type="hidden" name={ "heading-" (index) } value=(heading.text); }
            td.muted { (words.list(heading.examples.iter().cloned())) }
            td {
                select id=(id) name={ "meaning-" (index) } aria-invalid=[twice.contains(chosen).then_some("true")] {
                    option value="" selected[chosen.is_empty()] { (meaning(words, "")) }
                    @for name in meanings(kind) { option value=(name) selected[name == chosen] { (meaning(words, name)) } }
                }
                @if !chosen.is_empty() && twice.contains(chosen) { p.error { (words.t("roster-twice-here")) } }
            }
        }
    }
}

/// The answers of a form.
pub fn answers(fields: &Fields) -> crate::service::roster::Answers {
    let behind = |start: &'static str| {
        fields.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(start)?, value.as_str())))
    };
    let left = |(login, reason): (&str, &str)| (fold(login), Departure::from_name(reason));
    crate::service::roster::Answers {
        same: behind("same-").map(|(row, login)| (row.to_owned(), login.to_owned())).collect(),
        others_new: fields.has("others_new"),
        left: behind("left-").filter(|(_, reason)| !reason.is_empty()).map(left).collect(),
        others_left: Departure::from_name(fields.get("others_left")),
    }
}
