//! Sign-in slips for a test: who has one, the sheet to print, and what their holders meet at the door.

use super::slips::print_button;
use crate::formats::qr;
use crate::i18n::Described;
use crate::rules::slip::printed_code;
use crate::rules::tree::Node;
use crate::service::sign_in_slips::{self as slips, Holder, Listed, Sheet, Slip};
use crate::web::layout::{Field, crumbs, field, notice, summary};
use crate::web::views::fields::{Form, Refused};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, PreEscaped, html};

/// What the page of a test's slips shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The test and the people.
    pub listed: &'a Listed,
    /// Only somebody of this id.
    pub person: &'a str,
    /// Addresses that may stand on slips, the best first.
    pub addresses: &'a [String],
    /// What was refused.
    pub refused: Option<&'a Refused>,
}

/// People in a row of one branch.
struct Group<'a> {
    node: &'a Node,
    holders: Vec<&'a Holder>,
}

impl Group<'_> {
    fn made(&self) -> usize {
        self.holders.iter().filter(|one| one.slip.is_some()).count()
    }

    fn missing(&self) -> usize {
        self.holders.iter().filter(|one| one.slip.is_none() && !one.is_spared).count()
    }
}

fn groups(listed: &Listed) -> Vec<Group<'_>> {
    listed
        .holders
        .chunk_by(|one, two| one.branch == two.branch)
        .filter_map(|part| Some(Group { node: &part.first()?.branch, holders: part.iter().collect() }))
        .collect()
}

/// Where forms of the page go, and what they carry along.
struct Place<'a> {
    path: String,
    branch: &'a str,
    addresses: &'a [String],
}

/// The whole page.
pub fn list(words: Words, shown: &Shown<'_>) -> Markup {
    let listed = shown.listed;
    let definition = &listed.test.definition;
    let up = format!("/tests/{}", segment(&definition.test));
    let branch = listed.branch.as_ref().map_or("", |node| node.code.as_str());
    let place = Place { path: format!("{up}/slips"), branch, addresses: shown.addresses };
    let groups = groups(listed);
    let made: usize = groups.iter().map(Group::made).sum();
    let missing: usize = groups.iter().map(Group::missing).sum();
    let title = words.of(&definition.title).to_owned();
    let form = Form::of(words, "slips", shown.refused);
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{up}/manage"), title)], &words.t("test-slips")))
        h1 { (words.t("test-slips")) @if let Some(node) = &listed.branch { " · " (node.name) } }
        p { (words.t("test-slips-intro")) }
        (form.summary())
        @if listed.is_over() { (notice("", &words.t("test-slips-over"))) }
        @else if shown.person.is_empty() {
            section.card {
                div.tiles {
                    div.tile { b { (listed.holders.len()) } span { (words.t("test-slips-people")) } }
                    div.tile { b { (made) } span { (words.t("test-slips-valid")) } }
                    div.tile { b { (missing) } span { (words.t("test-slips-missing")) } }
                }
                @if missing > 0 { (make_form(words, &place, place.branch, missing)) }
                @if made > 0 { (anew_form(words, &place, place.branch, made)) }
            }
        }
        @if groups.len() > 1 && shown.person.is_empty() { (by_branch(words, &place, listed, &groups)) }
        @if groups.len() <= 1 || !shown.person.is_empty() { (people(words, &place, shown)) }
    }
}

fn hidden(place: &Place<'_>, branch: &str) -> Markup {
    html! {
        input type="hidden" name="branch" value=(branch);
        @if let [only] = place.addresses { input type="hidden" name="address" value=(only); }
    }
}

fn make_form(words: Words, place: &Place<'_>, branch: &str, missing: usize) -> Markup {
    html! {
        form method="post" action=(place.path) {
            (hidden(place, branch))
            @if place.addresses.len() > 1 {
                label.field {
                    span { (words.t("test-slips-address")) }
                    select name="address" { @for address in place.addresses { option value=(address) { (address) } } }
                    span.help { (words.t("test-slips-address-help")) }
                }
            }
            p.actions { button.button type="submit" { (words.with("test-slips-make", &[("count", count(missing))])) } }
        }
    }
}

/// Asks before slips that may lie printed on a desk stop working.
fn anew_form(words: Words, place: &Place<'_>, branch: &str, made: usize) -> Markup {
    html! {
        details {
            summary { (words.t("test-slips-anew")) }
            p { (words.with("test-slips-anew-explained", &[("count", count(made))])) }
            form.actions method="post" action=(place.path) {
                (hidden(place, branch))
                input type="hidden" name="anew" value="yes";
                button.button.quiet.danger type="submit" { (words.t("test-slips-anew-do")) }
            }
        }
    }
}

fn by_branch(words: Words, place: &Place<'_>, listed: &Listed, groups: &[Group<'_>]) -> Markup {
    html! {
        section.card {
            h2 { (words.t("test-slips-by-branch")) }
            table.cards {
                thead { tr { th { (words.t("branch")) } th.n { (words.t("test-slips-people")) } th.n { (words.t("test-slips-valid")) } th.n { (words.t("test-slips-missing")) } th {} } }
                tbody { @for group in groups {
                    tr {
                        td { a href={ (place.path) "?branch=" (segment(&group.node.code)) } { (group.node.name) } }
                        td.n data-label=(words.t("test-slips-people")) { (group.holders.len()) }
                        td.n data-label=(words.t("test-slips-valid")) { (group.made()) }
                        td.n data-label=(words.t("test-slips-missing")) { (group.missing()) }
                        td.n {
                            @if group.missing() > 0 && !listed.is_over() {
                                form method="post" action=(place.path) {
                                    (hidden(place, &group.node.code))
                                    button.button.quiet type="submit" { (words.with("test-slips-make", &[("count", count(group.missing()))])) }
                                }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn people(words: Words, place: &Place<'_>, shown: &Shown<'_>) -> Markup {
    let is_wanted = |holder: &&Holder| shown.person.is_empty() || holder.person.id == shown.person;
    html! {
        section.card {
            h2 { (words.t("test-slips-each")) }
            @for holder in shown.listed.holders.iter().filter(is_wanted) {
                div.row {
                    div {
                        h3 { (holder.person.name) }
                        p.small.muted { (holder.branch.name) }
                        (state(words, holder))
                    }
                    @if !shown.listed.is_over() { (for_one(words, place, holder)) }
                }
            }
        }
    }
}

fn state(words: Words, holder: &Holder) -> Markup {
    html! {
        p.small {
            @match &holder.slip {
                Some(slip) if slip.in_use => { span.tag.good { (words.t("slip-state-in-use")) } }
                Some(slip) => { span.tag.none { (words.with("slip-state-made", &[("at", words.moment(slip.made_at_ms).into())])) } }
                None if holder.is_spared => { span.tag.none { (words.t("slip-state-spared")) } }
                None => { span.tag.warn { (words.t("slip-state-none")) } }
            }
        }
    }
}

/// Two touches: one opens what is meant, the other does it.
fn for_one(words: Words, place: &Place<'_>, holder: &Holder) -> Markup {
    let own = html! { input type="hidden" name="person" value=(holder.person.id); };
    html! {
        @if holder.slip.is_none() {
            form method="post" action=(place.path) { (hidden(place, place.branch)) (own) button.button.quiet type="submit" { (words.t("slip-make-one")) } }
        } @else {
            details {
                summary { (words.t("slip-change")) }
                form.actions method="post" action=(place.path) {
                    (hidden(place, place.branch)) (own)
                    input type="hidden" name="anew" value="yes";
                    button.button.quiet type="submit" { (words.t("slip-anew-one")) }
                }
                form.actions method="post" action={ (place.path) "/cancel" } {
                    input type="hidden" name="branch" value=(place.branch); (own)
                    button.button.quiet.danger type="submit" { (words.t("slip-cancel-one")) }
                }
                p.small.muted { (words.t("slip-change-explained")) }
            }
        }
    }
}

/// What the page to print shows.
#[derive(Debug)]
pub struct Printing<'a> {
    /// The slips.
    pub sheet: &'a Sheet,
    /// The address of the server that stands on them.
    pub address: &'a str,
}

/// The sheet to print, branch by branch.
pub fn print(words: Words, shown: &Printing<'_>) -> Markup {
    let sheet = shown.sheet;
    let up = format!("/tests/{}", segment(&sheet.test));
    let names: Vec<(&str, Option<&Node>)> =
        sheet.slips.iter().map(|slip| (slip.name.as_str(), slip.path.last())).collect();
    let is_twice =
        |slip: &Slip| names.iter().filter(|(name, node)| *name == slip.name && *node == slip.path.last()).count() > 1;
    html! {
        div.noprint {
            (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (format!("{up}/manage"), words.of(&sheet.title).to_owned()), (format!("{up}/slips"), words.t("test-slips"))], &words.t("test-slips-print")))
            h1 { (words.with("slips-made", &[("count", count(sheet.slips.len()))])) }
            (notice("warn", &words.t("test-slips-once")))
            p.actions { (print_button(words)) a.button.quiet href={ (up) "/slips" } { (words.t("back")) } }
        }
        @for group in sheet.slips.chunk_by(|one, two| one.path.last() == two.path.last()) {
            section.card.sheet {
                h2.slips-title { (group.first().and_then(|slip| slip.path.last()).map_or("", |node| node.name.as_str())) " · " (group.len()) }
                div.slips { @for slip in group { (one(words, shown, slip, is_twice(slip))) } }
            }
        }
    }
}

fn one(words: Words, shown: &Printing<'_>, slip: &Slip, is_twice: bool) -> Markup {
    let (top, own) = (slip.path.first(), slip.path.last());
    html! {
        article.slip.with-qr {
            div.qr { (PreEscaped(qr::svg(&format!("{}/s/{}", shown.address, slip.token)).unwrap_or_default())) }
            div {
                p.small { @if let Some(top) = top.filter(|top| Some(*top) != own) { (top.name) " · " } (own.map_or("", |node| node.name.as_str())) }
                h3 { (slips::told_apart(slip, is_twice)) }
                p.small { (words.of(&shown.sheet.title)) }
                p { code.big { (printed_code(&slip.code)) } }
                p.small { (words.t("test-slip-how")) br; code.long { (shown.address) "/s" } }
            }
        }
    }
}

/// What was typed at the door.
#[derive(Debug, Clone, Copy, Default)]
pub struct CodeForm<'a> {
    /// The code.
    pub code: &'a str,
    /// What went wrong.
    pub error: Option<&'a Described>,
}

/// The form for a typed code.
pub fn code(words: Words, form: &CodeForm<'_>) -> Markup {
    html! {
        section.card.narrow {
            h1 { (words.t("slip-door")) }
            @if let Some(error) = form.error { (summary(&error.what, &error.remedy, Some("code"))) }
            form method="post" action="/s" {
                (field(&Field { name: "code", kind: "tel", label: words.t("slip-code"), value: form.code,
                    help: Some(words.t("slip-code-help")), autocomplete: Some("off"), ..Field::default() }))
                p.actions { button.button.wide type="submit" { (words.t("sign-in")) } }
            }
            p.small { a href="/sign-in" { (words.t("slip-with-password")) } }
        }
    }
}

/// Whose slip it is, and one button.
pub fn greet(words: Words, token: &str, shown: &slips::Shown) -> Markup {
    html! {
        section.card.narrow {
            h1 { (words.with("slip-greet", &[("name", shown.name.as_str().into())])) }
            p { (shown.branch) }
            p { (words.of(&shown.title)) }
            form method="post" action="/s" {
                input type="hidden" name="token" value=(token);
                p.actions { button.button.wide type="submit" { (words.with("slip-enter", &[("name", shown.name.as_str().into())])) } }
            }
            p.small.muted { (words.t("slip-not-me")) }
        }
    }
}

/// Asks once before another device is signed out.
pub fn in_use(words: Words, token: &str, code: &str) -> Markup {
    html! {
        section.card.narrow {
            h1 { (words.t("slip-in-use")) }
            p { (words.t("slip-in-use-explained")) }
            form method="post" action="/s" {
                input type="hidden" name="take_over" value="yes";
                @if token.is_empty() { input type="hidden" name="code" value=(code); } @else { input type="hidden" name="token" value=(token); }
                p.actions {
                    button.button type="submit" { (words.t("slip-take-over")) }
                    a.button.quiet href="/s" { (words.t("back")) }
                }
            }
        }
    }
}
