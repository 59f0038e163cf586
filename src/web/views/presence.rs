//! View of presence: who sat, who is missing, who is on leave; and the form that sets one person's state.

use super::banks::pager;
use crate::i18n::Described;
use crate::rules::presence::Presence;
use crate::rules::rights::Caller;
use crate::rules::tree::Node;
use crate::service::people::shown_login;
use crate::service::reports::Line;
use crate::service::tests::{Member, Test};
use crate::web::layout::{crumbs, summary};
use crate::web::views::tests::reason;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// People on one page of the list.
const PAGE: usize = 50;

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The test.
    pub test: &'a Test,
    /// Everyone in the audience within the branch and the reader's rights; nobody where they are too many to list.
    pub members: Option<&'a [Member]>,
    /// The branch that was asked for.
    pub branch: Option<&'a Node>,
    /// The branches above it that the reader may see, with itself.
    pub path: &'a [Node],
    /// The figures of the branches right below.
    pub below: &'a [Line],
    /// What is looked for.
    pub search: &'a str,
    /// Whether the reader organizes the test.
    pub manages: bool,
    /// Whether the test is settled.
    pub is_final: bool,
    /// Whose state is being set.
    pub chosen: Option<&'a Member>,
    /// Only these.
    pub state: Option<Presence>,
    /// Where the page of the list begins.
    pub from: i64,
    /// What went wrong.
    pub error: Option<Described>,
}

/// A state in words; `absent` means "not yet" while the test is open.
pub fn state_in_words(words: Words, member: &Member, is_final: bool) -> Markup {
    let (colour, id) = match member.presence {
        Presence::Sat => ("good", "presence-sat"),
        Presence::Absent if member.working => ("warn", "working"),
        Presence::Absent if !is_final => ("none", "not-yet"),
        Presence::Absent => ("", "presence-absent"),
        Presence::Excused => ("none", "presence-excused"),
        Presence::Exempt => ("none", "presence-exempt"),
        Presence::Disqualified => ("", "presence-disqualified"),
    };
    html! { span class={ "tag " (colour) } { (words.t(id)) } }
}

/// The whole page.
pub fn presence(words: Words, caller: &Caller, shown: &Shown<'_>) -> Markup {
    let definition = &shown.test.definition;
    let path = format!("/tests/{}", segment(&definition.test));
    let up = if shown.manages { format!("{path}/manage") } else { format!("{path}/report") };
    let within = within(shown);
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (up, words.of(&definition.title).to_owned())], &words.t("presence-title")))
        h1 { (words.t("presence-title")) }
        @if let Some(member) = shown.chosen { (set_form(words, &path, member, shown)) }
        (search(words, &path, shown))
        @if let Some(members) = shown.members { (list(words, caller, shown, (members, &path, &within))) } @else { (below(words, &path, shown)) }
    }
}

/// What the links of the page keep: branch and search.
fn within(shown: &Shown<'_>) -> String {
    let branch = shown.branch.map(|branch| segment(&branch.code)).unwrap_or_default();
    format!("branch={branch}&search={}", segment(shown.search))
}

/// Where one is, and a name to look for.
fn search(words: Words, path: &str, shown: &Shown<'_>) -> Markup {
    html! {
        @if shown.branch.is_some() {
            p.small { a href={ (path) "/presence" } { (words.t("all")) }
                @for node in shown.path { " › " a href={ (path) "/presence?branch=" (segment(&node.code)) } { (node.name) } }
            }
        }
        form.filters.noprint method="get" action={ (path) "/presence" } role="search" {
            label { span { (words.t("search")) } input type="search" name="search" value=(shown.search) placeholder=(words.t("search-people")); }
            button.button.quiet type="submit" { (words.t("search")) }
        }
    }
}

/// The branches right below, where there are too many people for a list.
fn below(words: Words, path: &str, shown: &Shown<'_>) -> Markup {
    let states = [Presence::Sat, Presence::Absent, Presence::Excused, Presence::Exempt, Presence::Disqualified];
    html! {
        section.card {
            p.muted { (words.t("presence-many")) }
            table.cards {
                thead { tr { th { (words.t("branch")) } @for state in states { th.n { (words.t(&format!("presence-{}", state.name()))) } } } }
                tbody { @for line in shown.below {
                    tr {
                        td { @match &line.branch {
                            Some(node) if !line.direct => a href={ (path) "/presence?branch=" (segment(&node.code)) } { (node.name) },
                            Some(node) => (node.name),
                            None => (words.t("branch-elsewhere")),
                        } }
                        @for state in states { td.n data-label=(words.t(&format!("presence-{}", state.name()))) { (number(line, state)) } }
                    }
                } }
            }
        }
    }
}

const fn number(line: &Line, state: Presence) -> u64 {
    let tally = &line.tally;
    match state {
        Presence::Sat => tally.sat,
        Presence::Absent => tally.absent,
        Presence::Excused => tally.excused,
        Presence::Exempt => tally.exempt,
        Presence::Disqualified => tally.disqualified,
    }
}

fn list(words: Words, caller: &Caller, shown: &Shown<'_>, (members, path, within): (&[Member], &str, &str)) -> Markup {
    let listed: Vec<&Member> =
        members.iter().filter(|member| shown.state.is_none_or(|state| member.presence == state)).collect();
    let skipped = usize::try_from(shown.from).unwrap_or_default();
    let here = format!("{path}/presence?{within}&state={}", shown.state.map_or("", Presence::name));
    html! {
        (filter(words, shown, (members, path, within)))
        section.card {
            @if listed.is_empty() { p.muted { (words.t("presence-none")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("name")) } th { (words.t("login")) } th { (words.t("branch")) } th { (words.t("state")) } th { (words.t("reason")) } th.noprint {} } }
                    tbody { @for member in listed.iter().skip(skipped).take(PAGE) {
                        tr {
                            td { (member.person.name) }
                            td.muted.beside { (shown_login(&member.person.login, caller)) }
                            td.beside { (member.branch.name) }
                            td.beside { (state_in_words(words, member, shown.is_final)) }
                            td.beside { (member.reason.as_deref().unwrap_or_default()) }
                            td.n.noprint.beside {
                                a href={ (path) "/presence?" (within) "&person=" (member.person.id) } { (words.t("presence-set")) }
                                @if shown.manages && !shown.is_final { " · " a href={ (path) "/slips?person=" (member.person.id) } { (words.t("slip-short")) } }
                            }
                        }
                    } }
                }
            }
            (pager(words, &here, "from", shown.from, i64::try_from(listed.len()).unwrap_or(i64::MAX)))
        }
    }
}

fn filter(words: Words, shown: &Shown<'_>, (members, path, within): (&[Member], &str, &str)) -> Markup {
    let number = |state: Presence| members.iter().filter(|member| member.presence == state).count();
    html! {
        p.filter.noprint {
            a href={ (path) "/presence?" (within) } aria-current=[shown.state.is_none().then_some("page")] { (words.t("all")) " " (members.len()) }
            @for state in Presence::ALL {
                a href={ (path) "/presence?" (within) "&state=" (state.name()) } aria-current=[(shown.state == Some(state)).then_some("page")] {
                    (words.t(&format!("presence-{}", state.name()))) " " (number(state))
                }
            }
        }
        p.small.muted { (words.with("presence-count", &[("count", count(members.len()))])) }
    }
}

fn set_form(words: Words, path: &str, member: &Member, shown: &Shown<'_>) -> Markup {
    let states = [Presence::Excused, Presence::Exempt, Presence::Disqualified, Presence::Absent];
    html! {
        section.card.narrow #set {
            h2 { (member.person.name) " · " (member.branch.name) }
            p { (state_in_words(words, member, shown.is_final)) }
            @if let Some(error) = &shown.error { (summary(&error.what, &error.remedy, None)) }
            form method="post" action={ (path) "/presence" } {
                input type="hidden" name="person" value=(member.person.id);
                fieldset.plain {
                    legend { (words.t("presence-to")) }
                    @for state in states {
                        label.option {
                            input type="radio" name="state" value=(state.name()) required checked[member.presence == state];
                            span.text {
                                @if state == Presence::Absent { (words.t("presence-take-back")) } @else { (words.t(&format!("presence-{}", state.name()))) }
                            }
                        }
                    }
                }
                (reason(words))
                p.actions {
                    button.button type="submit" { (words.t("save")) }
                    a.button.quiet href={ (path) "/presence" } { (words.t("back")) }
                }
            }
        }
    }
}
