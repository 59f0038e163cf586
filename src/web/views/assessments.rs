//! Views of the annual study assessment: years, results of branches and members, one member's result, the rules.

mod commended;
mod compared;
mod marks;
mod member;
mod rules;
mod to_help;

pub use commended::commended;
pub use compared::compared;
pub use marks::{Looked, marks};
pub use member::member;
pub use rules::{RulesForm, Tried, fields_of, file_of, rules};
pub use to_help::to_help;

use crate::i18n::Described;
use crate::rules::assessment::{Component, Definition, MarkList, Outcome, ready};
use crate::rules::points::Points;
use crate::rules::tree::Node;
use crate::service::assessments::{Assessed, BranchLine, MemberLine, YearTest};
use crate::web::layout::{crumbs, notice, signatures, summary};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// The page of a year's results.
pub fn path(year: &str, branch: Option<&str>) -> String {
    format!("/assessments/{}{}", segment(year), query(branch))
}

/// The page of a member's result.
pub fn member_path(year: &str, login: &str, branch: Option<&str>) -> String {
    format!("/assessments/{}/members/{}{}", segment(year), segment(login), query(branch))
}

fn query(branch: Option<&str>) -> String {
    branch.map(|code| format!("?branch={}", segment(code))).unwrap_or_default()
}

/// The years, and the way to a new one.
pub fn years(words: Words, now_ms: i64, listed: &[(Definition, Option<Node>)]) -> Markup {
    let year = words.day(now_ms).chars().filter(char::is_ascii_digit).collect::<String>();
    let this = crate::i18n::stamp(now_ms).get(..4).unwrap_or(&year).to_owned();
    html! {
        h1 { (words.t("assessments-title")) }
        p { (words.t("assessments-explained")) }
        section.card {
            @if listed.is_empty() { p.muted { (words.t("assessments-none")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("assessment-year")) } th { (words.t("assessment-holds")) } } }
                    tbody { @for (definition, place) in listed {
                        tr {
                            td { a href=(path(&definition.year.to_string(), place.as_ref().map(|node| node.code.as_str()))) { (words.of(&definition.title)) } }
                            td data-label=(words.t("assessment-holds")) { (place_name(words, place.as_ref())) }
                        }
                    } }
                }
            }
        }
        section.card {
            h2 { (words.with("assessment-new", &[("year", this.as_str().into())])) }
            p.muted { (words.t("assessment-ready")) }
            ul { @for name in ready::NAMES {
                li { a href={ "/assessments/" (this) "/rules?ready=" (name) } { (words.t(&format!("ready-{name}"))) } }
            } }
        }
    }
}

fn place_name(words: Words, place: Option<&Node>) -> String {
    place.map_or_else(|| words.t("whole-unit"), |node| node.name.clone())
}

fn points(points: Option<Points>) -> String {
    points.map_or_else(|| "–".to_owned(), |points| points.to_string())
}

fn rate(rate: Option<Points>) -> String {
    rate.map_or_else(|| "–".to_owned(), |rate| format!("{rate}%"))
}

/// The result of a member in a word: the points, or why there are none.
fn total(words: Words, outcome: &Outcome) -> Markup {
    html! {
        @match outcome.total {
            Ok(total) => { (total) }
            Err(why) => { span.tag.none { (words.t(&format!("ungraded-{}", why.name()))) } }
        }
    }
}

fn band(words: Words, definition: &Definition, outcome: &Outcome) -> String {
    outcome
        .band
        .and_then(|band| definition.bands.get(band))
        .map(|band| words.of(&band.title).to_owned())
        .unwrap_or_default()
}

fn way(words: Words, assessed: &Assessed, here: &str) -> Markup {
    let year = assessed.definition.year.to_string();
    let mut links = vec![("/assessments".to_owned(), words.t("assessments-title"))];
    let of_place = |node: &Node| (path(&year, Some(&node.code)), node.name.clone());
    links.extend(assessed.path.iter().filter(|node| Some(*node) != assessed.line.branch.as_ref()).map(of_place));
    crumbs(words, &links, here)
}

/// The head of a list of a year: where one is, what it is, and its data to be taken along.
fn list_head(words: Words, assessed: &Assessed, title: &str, name: &str) -> Markup {
    let year = assessed.definition.year.to_string();
    let scope = assessed.line.branch.as_ref();
    let code = scope.map(|node| node.code.as_str());
    html! {
        (way_below(words, assessed, &words.t(title)))
        div.head {
            h1 { (words.t(title)) } span.muted { (words.of(&assessed.definition.title)) " · " (place_name(words, scope)) } span.grow {}
            a.button.quiet.noprint href={ "/api/v1/assessments/" (year) "/" (name) ".xlsx" (query(code)) } download { "Excel" }
        }
    }
}

/// Says how many a page leaves out; files and programs have all of them.
fn more(words: Words, all: usize) -> Markup {
    html! { @if all > MOST_SHOWN { p.muted { (words.with("correction-more", &[("count", count(all - MOST_SHOWN))])) } } }
}

/// The place of a member, with a word where others share it.
fn rank(words: Words, assessed: &Assessed, line: &MemberLine) -> String {
    let Some(rank) = line.rank else { return "–".to_owned() };
    if assessed.members.iter().filter(|other| other.rank == Some(rank)).count() > 1 {
        words.with("rank-shared", &[("rank", count(rank))])
    } else {
        rank.to_string()
    }
}

/// The lists that a year has beside its results.
fn lists(words: Words, year: &str, code: Option<&str>, has_signed_pages: bool) -> Markup {
    html! {
        p.actions.noprint {
            @for (name, title) in [("commended", "commended-title"), ("to-help", "to-help-title"), ("compared", "compared-title")] {
                a.button.quiet href={ "/assessments/" (year) "/" (name) (query(code)) } { (words.t(title)) }
            }
            @if has_signed_pages { a.button.quiet href={ "/assessments/" (year) "/signed-pages" (query(code)) } { (words.t("signed-pages")) } }
        }
    }
}

/// The way to a page behind the results of a branch, which are on it.
fn way_below(words: Words, assessed: &Assessed, here: &str) -> Markup {
    let year = assessed.definition.year.to_string();
    let mut links = vec![("/assessments".to_owned(), words.t("assessments-title"))];
    let title = words.of(&assessed.definition.title).to_owned();
    links.extend(assessed.path.is_empty().then(|| (path(&year, None), title)));
    links.extend(assessed.path.iter().map(|node| (path(&year, Some(&node.code)), node.name.clone())));
    crumbs(words, &links, here)
}

/// The results of a year for a branch.
pub fn results(words: Words, assessed: &Assessed, error: Option<&Described>) -> Markup {
    let definition = &assessed.definition;
    let year = definition.year.to_string();
    let scope = assessed.line.branch.as_ref();
    let code = scope.map(|node| node.code.as_str());
    html! {
        (way(words, assessed, &place_name(words, scope)))
        div.head {
            h1 { (words.of(&definition.title)) } span.muted { (place_name(words, scope)) } span.grow {}
            @if assessed.may_keep { a.button.quiet.noprint href={ "/assessments/" (year) "/rules" (query(code)) } { (words.t("assessment-rules")) } }
            button.button.quiet.noprint type="button" data-print hidden { (words.t("print")) }
            a.button.quiet.noprint href={ "/api/v1/assessments/" (year) "/results.xlsx" (query(code)) } download { "Excel" }
            a.button.quiet.noprint href={ "/api/v1/assessments/" (year) (query(code)) } download={ "assessment-" (year) ".json" } { (words.t("assessment-download")) }
        }
        (lists(words, &year, code, assessed.may_keep && !assessed.signings.is_empty()))
        @if let Some(error) = error { (summary(&error.what, &error.remedy, None)) }
        (signed(words, assessed))
        (tiles(words, assessed))
        (how(words, assessed))
        (branches(words, assessed))
        (members(words, assessed))
        @if assessed.may_keep { (sign_form(words, assessed, &year, code)) }
        (signatures(words))
    }
}

fn signed(words: Words, assessed: &Assessed) -> Markup {
    let Some(last) = assessed.signings.last() else { return notice("", &words.t("assessment-unsigned")) };
    let changed = assessed.changed_since_signed().unwrap_or_default();
    let values = [
        ("number", count(last.number)),
        ("date", words.day(last.signed_at_ms).into()),
        ("names", words.list(last.names()).into()),
    ];
    html! {
        div.notice.good {
            p { strong { (words.with("assessment-signed", &values)) } }
            @if !last.note.is_empty() { p { (words.with("late-because", &[("reason", last.note.as_str().into())])) } }
            p.small { (words.t("assessment-digest")) " " code.long { (last.digest) } }
        }
        @if changed > 0 || assessed.has_other_rules() {
            (notice("warn", &words.with("assessment-changed", &[("count", count(changed))])))
        }
        @if assessed.signings.len() > 1 {
            details {
                summary { (words.t("assessment-versions")) }
                ul.plain { @for one in &assessed.signings {
                    li { (one.number) ". " (words.moment(one.signed_at_ms)) " · " (words.list(one.names())) @if !one.note.is_empty() { " · " (one.note) } br; code.long.small { (one.digest) } }
                } }
            }
        }
    }
}

fn tiles(words: Words, assessed: &Assessed) -> Markup {
    let (tally, figures) = (&assessed.line.tally, &assessed.line.figures);
    html! {
        div.tiles {
            div.tile { b { (points(figures.score)) } span { (words.t("assessment-score")) } }
            div.tile { b { (points(figures.mean)) } span { (words.t("assessment-mean")) } }
            div.tile { b { (rate(figures.participation)) } span { (words.t("participation")) } }
            div.tile { b { (rate(figures.pass)) } span { (words.t("pass-rate")) } }
            div.tile { b { (rate(figures.excellence)) } span { (words.t("excellence-rate")) } }
            div.tile { b { (tally.graded) "/" (tally.members) } span { (words.t("assessment-graded")) } }
        }
    }
}

/// How a result is made, and what a branch's is made of.
fn how(words: Words, assessed: &Assessed) -> Markup {
    let definition = &assessed.definition;
    let weights = &definition.branch;
    html! {
        details.card {
            summary { (words.t("assessment-how")) }
            ul { @for (component, tests) in definition.components.iter().zip(&assessed.tests) {
                li {
                    strong { (words.of(&component.title)) " " (component.weight) "%" } " · " (ways(words, component))
                    @if component.least > 0 { " · " (words.with("assessment-least", &[("count", count(component.least))])) }
                    @if let Some(list) = component.marks() { p.small { (list_link(words, assessed, list)) } }
                    @else { p.small.muted { @if tests.is_empty() { (words.t("assessment-no-tests")) } @else { (words.list(tests.iter().map(|one| words.of(&one.test.definition.title).to_owned()))) } } }
                }
            } }
            p { (words.with("assessment-of-branch", &[("mean", weights.mean.to_string().into()), ("participation", weights.participation.to_string().into()), ("pass", weights.pass.to_string().into()), ("excellence", weights.excellence.to_string().into())])) }
            p.muted { (words.t("assessment-rounding")) " " (words.t("assessment-only-study")) }
        }
    }
}

/// How a component comes about, in short.
fn ways(words: Words, component: &Component) -> String {
    if let Some(list) = component.marks() {
        let full = [("full", list.full.to_string().into())];
        let missing = words.t(&format!("mark-none-{}", component.absent.name()));
        return format!("{} · {missing}", words.with("assessment-marks-of", &full));
    }
    let best = component.best.map(|best| format!(" {best}")).unwrap_or_default();
    let (absent, excused) = (component.absent.name(), component.excused.name());
    let combine = words.t(&format!("combine-{}", component.combine.name()));
    format!("{combine}{best} · {} · {}", words.t(&format!("absent-{absent}")), words.t(&format!("excused-{excused}")))
}

/// The page of a list of marks.
pub fn list_path(year: &str, list: &str, branch: Option<&str>) -> String {
    format!("/assessments/{}/marks/{}{}", segment(year), segment(list), query(branch))
}

/// How many have a mark, and the way to enter them.
fn list_link(words: Words, assessed: &Assessed, list: &MarkList) -> Markup {
    let code = assessed.line.branch.as_ref().map(|node| node.code.as_str());
    let marked = assessed.members.iter().filter(|line| line.marks_of(&list.name).any(|mark| mark.row.stands())).count();
    let values = [("count", count(marked)), ("all", count(assessed.members.len()))];
    html! {
        a href=(list_path(&assessed.definition.year.to_string(), &list.name, code)) { (words.with("assessment-marked", &values)) }
    }
}

fn branches(words: Words, assessed: &Assessed) -> Markup {
    let year = assessed.definition.year.to_string();
    html! {
        @if assessed.children.iter().any(|line| !line.direct) {
            section.card {
                h2 { (words.t("assessment-branches")) }
                table.cards {
                    thead { tr {
                        th { (words.t("branch")) } th.n { (words.t("correction-rank")) } th.n { (words.t("assessment-score")) } th.n { (words.t("assessment-mean")) }
                        th.n { (words.t("participation")) } th.n { (words.t("pass-rate")) } th.n { (words.t("excellence-rate")) } th.n { (words.t("assessment-graded")) }
                    } }
                    tbody { @for line in &assessed.children { (branch(words, &year, line)) } }
                }
                @if assessed.definition.least_members > 0 { p.small.muted { (words.with("assessment-small", &[("count", count(assessed.definition.least_members))])) } }
            }
        }
    }
}

fn branch(words: Words, year: &str, line: &BranchLine) -> Markup {
    let figures = &line.figures;
    html! {
        tr {
            td { @if let Some(node) = &line.branch {
                @if line.direct { (words.with("direct-members", &[("branch", node.name.as_str().into())])) }
                @else { a href=(path(year, Some(&node.code))) { (node.name) } }
            } }
            td.n data-label=(words.t("correction-rank")) { @if let Some(rank) = line.rank { (rank) } @else { "–" } }
            td.n data-label=(words.t("assessment-score")) { strong { (points(figures.score)) } }
            td.n data-label=(words.t("assessment-mean")) { (points(figures.mean)) }
            td.n data-label=(words.t("participation")) { (rate(figures.participation)) " " span.small.muted { (line.tally.sat) "/" (line.tally.due) } }
            td.n data-label=(words.t("pass-rate")) { (rate(figures.pass)) }
            td.n data-label=(words.t("excellence-rate")) { (rate(figures.excellence)) }
            td.n data-label=(words.t("assessment-graded")) { (line.tally.graded) "/" (line.tally.members) }
        }
    }
}

/// Most members shown; programs get all of them.
const MOST_SHOWN: usize = 1000;

fn members(words: Words, assessed: &Assessed) -> Markup {
    let definition = &assessed.definition;
    html! {
        section.card {
            h2 { (words.t("assessment-members")) }
            ul.plain { @for (index, one) in definition.bands.iter().enumerate() {
                li { (words.of(&one.title)) " (≥ " (one.from) ") " strong { (assessed.line.tally.bands.get(index).copied().unwrap_or_default()) } }
            } }
            table.cards {
                thead { tr {
                    th.n { (words.t("correction-rank")) } th { (words.t("name")) } th { (words.t("branch")) }
                    @for component in &definition.components { th.n { (words.of(&component.title)) } }
                    th.n { (words.t("assessment-total")) } th { (words.t("assessment-band")) }
                } }
                tbody { @for line in assessed.members.iter().take(MOST_SHOWN) { (member_row(words, assessed, line)) } }
            }
            (more(words, assessed.members.len()))
        }
    }
}

fn member_row(words: Words, assessed: &Assessed, line: &MemberLine) -> Markup {
    let definition = &assessed.definition;
    let year = definition.year.to_string();
    let code = assessed.line.branch.as_ref().map(|node| node.code.as_str());
    html! {
        tr {
            td.n data-label=(words.t("correction-rank")) { @if let Some(rank) = line.rank { (rank) } @else { "–" } }
            td.name { a href=(member_path(&year, &line.login, code)) { (line.name) } }
            td data-label=(words.t("branch")) { (line.branch.name) }
            @for (component, part) in definition.components.iter().zip(&line.outcome.parts) { td.n data-label=(words.of(&component.title)) { (points(part.value)) } }
            td.n data-label=(words.t("assessment-total")) { strong { (total(words, &line.outcome)) } }
            td.name data-label=(words.t("assessment-band")) { (band(words, definition, &line.outcome)) }
        }
    }
}

/// What still waits for an answer, or may still be objected to, in tests that count.
fn open_objections(words: Words, assessed: &Assessed) -> Markup {
    let waiting: Vec<&YearTest> = assessed.tests.iter().flatten().filter(|one| one.objections > 0).collect();
    html! {
        @if !waiting.is_empty() {
            div.notice.warn {
                p { (words.t("assessment-objections")) }
                ul { @for one in &waiting {
                    li {
                        a href={ "/tests/" (segment(&one.test.row.name)) "/objections" } { (words.of(&one.test.definition.title)) }
                        " · " (words.with("objections-waiting", &[("count", count(one.objections))]))
                    }
                } }
            }
        }
    }
}

fn sign_form(words: Words, assessed: &Assessed, year: &str, code: Option<&str>) -> Markup {
    html! {
        details.card.noprint {
            summary { (words.t("assessment-sign")) }
            p { (words.t("assessment-sign-explained")) }
            (open_objections(words, assessed))
            form method="post" action={ "/assessments/" (year) "/sign" (query(code)) } {
                div.field { label for="f-signers" { (words.t("assessment-signers")) } textarea #f-signers name="signers" rows="3" required {} p.help { (words.t("assessment-signers-help")) } }
                @if !assessed.signings.is_empty() { div.field { label for="f-note" { (words.t("assessment-note")) } input #f-note type="text" name="note" required maxlength="500"; } }
                p.actions { button.button type="submit" { (words.t("assessment-sign")) } }
            }
        }
    }
}
