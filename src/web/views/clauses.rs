//! Views of clauses: the index of regulations, one regulation or article, and what has still to be checked of one that was
//! amended.

use super::banks::pager;
use super::search::{question, results};
use crate::i18n::Described;
use crate::rules::clauses::Regulation;
use crate::rules::search::Asked;
use crate::service::clauses::{Amended, Amending, Opened};
use crate::service::search::Found;
use crate::web::input::Fields;
use crate::web::layout::{Field, crumbs, field, notice, summary};
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

fn address(regulation: &str, article: Option<u32>) -> String {
    let article = article.map(|article| format!("&article={article}")).unwrap_or_default();
    format!("/clauses/of?regulation={}{article}", segment(regulation))
}

/// `第七条`, or all of the regulation.
fn named(words: Words, article: Option<u32>) -> String {
    match article {
        Some(article) => words.with("clause-article", &[("article", count(article))]),
        None => words.t("clause-whole"),
    }
}

fn gaps(words: Words, regulation: &Regulation) -> String {
    let said = regulation.gaps().into_iter().map(|gap| {
        if gap.start() == gap.end() { gap.start().to_string() } else { format!("{}–{}", gap.start(), gap.end()) }
    });
    words.list(said)
}

/// The index of regulations.
pub fn index(words: Words, all: &[Regulation], amended: &[Amended]) -> Markup {
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks"))], &words.t("clauses")))
        div.head { h1 { (words.t("clauses")) } span.grow {} a.button.quiet href="/questions" { (words.t("search-title")) } }
        p.muted { (words.t("clauses-help")) }
        @if !amended.is_empty() { section.card { h2 { (words.t("amended")) } (list(words, amended, true)) } }
        section.card {
            @if all.is_empty() { p.muted { (words.t("clauses-none")) } }
            @else {
                table.cards {
                    thead { tr { th { (words.t("regulation")) } th.n { (words.t("articles")) } th.n { (words.t("questions")) } th { (words.t("clauses-gaps")) } } }
                    tbody { @for one in all {
                        tr {
                            td { a href=(address(&one.name, None)) { (one.name) } }
                            td.n data-label=(words.t("articles")) { (one.articles.iter().filter(|(article, _)| article.is_some()).count()) }
                            td.n data-label=(words.t("questions")) { (one.drawable()) @if one.retired() > 0 { br; span.small.muted { (words.with("clause-retired", &[("count", count(one.retired()))])) } } }
                            @let gaps = gaps(words, one);
                            td data-label=(words.t("clauses-gaps")) { @if gaps.is_empty() { "–" } @else { (gaps) } }
                        }
                    } }
                }
            }
        }
    }
}

fn list(words: Words, amended: &[Amended], with_regulation: bool) -> Markup {
    html! {
        ul.plain.rows { @for one in amended {
            li {
                a href={ "/clauses/amended/" (segment(&one.row.id)) } {
                    @if with_regulation { (one.row.regulation) " " } (named(words, one.article()))
                }
                " · " (one.row.amended_on) " · " (one.row.note) " "
                @if one.open == 0 { span.tag.good { (words.t("amended-done")) } } @else { span.tag.warn { (words.with("amended-open", &[("count", count(one.open))])) } }
            }
        } }
    }
}

/// A regulation or one of its articles, as its page shows it.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The regulation.
    pub regulation: &'a Regulation,
    /// The article, where one is meant.
    pub article: Option<u32>,
    /// Its questions, where one is meant, and by what they were found.
    pub found: Option<&'a (Asked, Found)>,
    /// What was amended of the regulation.
    pub amended: &'a [Amended],
    /// What was typed of an amendment that was refused, and why.
    pub refused: Option<(&'a Amending, Described)>,
    /// Today.
    pub today: &'a str,
}

/// The page of a regulation, or of one of its articles.
pub fn clause(words: Words, shown: &Shown<'_>) -> Markup {
    let name = &shown.regulation.name;
    let mut links = vec![("/banks".to_owned(), words.t("nav-banks")), ("/clauses".to_owned(), words.t("clauses"))];
    if shown.article.is_some() {
        links.push((address(name, None), name.clone()));
    }
    let here = shown.article.map_or_else(|| name.clone(), |article| named(words, Some(article)));
    html! {
        (crumbs(words, &links, &here))
        h1 { (name) @if shown.article.is_some() { " " (here) } }
        @let concerns = |one: &&Amended| shown.article.is_none() || one.article().is_none() || one.article() == shown.article;
        @let amended: Vec<Amended> = shown.amended.iter().filter(concerns).cloned().collect();
        @if !amended.is_empty() { section.card { h2 { (words.t("amended")) } (list(words, &amended, false)) } }
        @match shown.found {
            Some((asked, found)) => { (results(words, asked, found, false)) }
            None => { (articles(words, shown.regulation)) }
        }
        (amend_form(words, shown))
    }
}

fn articles(words: Words, regulation: &Regulation) -> Markup {
    let gaps = gaps(words, regulation);
    html! {
        section.card {
            @if !gaps.is_empty() { p { (words.t("clauses-gaps")) ": " (gaps) } }
            table {
                thead { tr { th { (words.t("article")) } th.n { (words.t("questions")) } th.n { (words.t("retired")) } } }
                tbody { @for (article, [drawable, retired]) in &regulation.articles {
                    tr {
                        td {
                            @match article {
                                Some(article) => { a href=(address(&regulation.name, Some(*article))) { (named(words, Some(*article))) } }
                                None => { span.muted { (words.t("clause-no-article")) } }
                            }
                        }
                        td.n { (drawable) } td.n { (retired) }
                    }
                } }
            }
            p.small { a href={ "/questions?regulation=" (segment(&regulation.name)) } { (words.t("clause-all")) } }
        }
    }
}

fn amend_form(words: Words, shown: &Shown<'_>) -> Markup {
    let typed = shown.refused.as_ref().map(|(typed, _)| *typed);
    let on = typed.map_or(shown.today, |typed| typed.on.as_str());
    let note = typed.map_or("", |typed| typed.note.as_str());
    html! {
        section.card.noprint #amend {
            h2 { (words.t("amend")) }
            @if let Some((_, said)) = &shown.refused { (summary(&said.what, &said.remedy, None)) }
            p.muted { (words.t("amend-help")) }
            form method="post" action="/clauses/amended" {
                input type="hidden" name="regulation" value=(shown.regulation.name);
                @if let Some(article) = shown.article { input type="hidden" name="article" value=(article); }
                (field(&Field { name: "on", kind: "date", label: words.t("amended-on"), value: on, ..Field::default() }))
                (field(&Field { name: "note", kind: "text", label: words.t("amended-note"), value: note, ..Field::default() }))
                p.actions { button.button { (words.t("amend-do")) } }
            }
        }
    }
}

/// An amended clause with the questions that have still to be checked.
pub fn amended(words: Words, opened: &Opened, refused: Option<&(&Fields, Described)>) -> Markup {
    let one = &opened.amended;
    let path = format!("/clauses/amended/{}", segment(&one.row.id));
    let from = i64::try_from(opened.from).unwrap_or(i64::MAX);
    let title = format!("{} {}", one.row.regulation, named(words, one.article()));
    let links = [
        ("/banks".to_owned(), words.t("nav-banks")),
        ("/clauses".to_owned(), words.t("clauses")),
        (address(&one.row.regulation, one.article()), title.clone()),
    ];
    html! {
        (crumbs(words, &links, &words.t("amended")))
        h1 { (title) }
        p { (one.row.amended_on) ": " (one.row.note) br;
            span.small.muted {
                (one.noted_by.clone().unwrap_or_else(|| words.t("correction-operator"))) " · "
                @match &one.branch { Some(code) => { (code) } None => { (words.t("whole-unit")) } } " · " (words.moment(one.row.noted_at_ms))
            }
        }
        @if let Some((_, said)) = refused { (summary(&said.what, &said.remedy, None)) }
        @if one.open == 0 { (notice("good", &words.t("amended-none-open"))) }
        @else { (open_questions(words, opened, (&path, refused.map(|(fields, _)| *fields)))) }
        (pager(words, &path, "from", from, i64::try_from(one.open).unwrap_or(i64::MAX)))
        @if one.may_withdraw {
            details.noprint { summary { (words.t("amended-withdraw")) }
                form method="post" action=(path) { p.muted { (words.t("amended-withdraw-help")) } button.button.quiet name="action" value="withdraw" { (words.t("amended-withdraw")) } }
            }
        }
    }
}

fn open_questions(words: Words, opened: &Opened, (path, typed): (&str, Option<&Fields>)) -> Markup {
    let is_ticked = |name: &str| typed.is_some_and(|typed| typed.all("question").any(|one| one == name));
    html! {
        p { strong { (words.with("amended-open", &[("count", count(opened.amended.open))])) } br; (words.t("amended-open-help")) }
        form method="post" action=(path) {
            input type="hidden" name="from" value=(opened.from);
            @for (bank, one) in &opened.questions { @if let Some(bank) = opened.banks.get(*bank) {
                @let name = format!("{}/{}", bank.row.name, one.id);
                (question(words, bank, one, &html! {
                    label.check { input type="checkbox" name="question" value=(name) checked[is_ticked(&name)]; " " (words.t("amended-choose")) " " code { (one.id) } }
                }))
            } }
            section.card.noprint {
                p.actions { button.button name="action" value="checked" { (words.t("amended-checked")) } }
                div.field { label for="f-note" { (words.t("amended-retire-reason")) } input id="f-note" name="note" value=(typed.map_or(opened.amended.row.note.as_str(), |typed| typed.get("note"))); p.help { (words.t("amended-retire-help")) } }
                p.actions { button.button.quiet name="action" value="retire" { (words.t("amended-retire")) } }
            }
        }
    }
}
