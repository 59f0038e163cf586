//! Views of questions over all banks: what was looked for, and pairs that ask nearly the same.

use super::banks::{one, pager};
use crate::i18n::Described;
use crate::rules::lint::LintCode;
use crate::rules::question::{Kind, Question};
use crate::rules::search::{Asked, Used};
use crate::service::banks::Listed;
use crate::service::items::Behaved;
use crate::service::search::{Choices, Found, Hit, Pair, Pairs};
use crate::web::layout::{crumbs, notice, summary};
use crate::web::visit::segment;
use crate::web::words::{Words, count, percent};
use maud::{Markup, html};

/// The page of a search; without results where what was asked for can't be meant.
pub fn search(
    words: Words,
    choices: &Choices,
    asked: &Asked,
    mistake: Option<&(&'static str, Described)>,
    results: &Markup,
) -> Markup {
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks"))], &words.t("search-title")))
        (head(words, "search-title", "/questions/duplicates", "duplicates"))
        @if let Some((field, said)) = mistake { (summary(&said.remedy, "", Some(field))) }
        @if choices.banks.is_empty() { p.muted { (words.t("search-no-banks")) } }
        @else { (form(words, choices, asked)) (results) }
    }
}

fn head(words: Words, title: &str, other: &str, other_title: &str) -> Markup {
    html! {
        div.head {
            h1 { (words.t(title)) } span.grow {}
            a.button.quiet href=(other) { (words.t(other_title)) }
            a.button.quiet href="/clauses" { (words.t("clauses")) }
        }
    }
}

type Offer<'a> = (&'a str, String);

fn select(words: Words, (name, label, value): (&str, &str, &str), options: &[Offer<'_>]) -> Markup {
    html! {
        label { span { (words.t(label)) } select id={ "f-" (name) } name=(name) {
            option value="" { (words.t("all")) }
            @for (code, said) in options { option value=(code) selected[*code == value] { (said) } }
        } }
    }
}

fn form(words: Words, choices: &Choices, asked: &Asked) -> Markup {
    let levels = ["1", "2", "3", "4", "5"].map(|level| (level, level.to_owned()));
    let kinds = Kind::ALL.map(|kind| (kind.name(), words.t(&format!("kind-{}", kind.name()))));
    let banks: Vec<Offer<'_>> =
        choices.banks.iter().map(|bank| (bank.row.name.as_str(), words.of(&bank.title).to_owned())).collect();
    html! {
        form method="get" action="/questions" role="search" {
            div.filters {
                label { span { (words.t("search")) } input type="search" name="text" value=(asked.text) placeholder=(words.t("search-questions")); }
                (select(words, ("bank", "bank", &asked.bank), &banks))
                (topics(words, choices, asked))
                (select(words, ("kind", "kind", &asked.kind), &kinds))
                (select(words, ("difficulty_from", "difficulty-from", &asked.difficulty_from), &levels))
                (select(words, ("difficulty_to", "difficulty-to", &asked.difficulty_to), &levels))
            }
            (further(words, choices, asked))
            p.actions { button.button type="submit" { (words.t("search")) } " " a.button.quiet href="/questions" { (words.t("search-anew")) } }
        }
    }
}

/// Topics bank by bank; a topic of the same name in several banks is meant in all of them.
fn topics(words: Words, choices: &Choices, asked: &Asked) -> Markup {
    let is_offered = |bank: &&Listed| asked.bank.is_empty() || asked.bank == bank.row.name;
    html! {
        label { span { (words.t("topic")) } select id="f-topic" name="topic" {
            option value="" { (words.t("all")) }
            @for bank in choices.banks.iter().filter(is_offered) {
                optgroup label=(words.of(&bank.title)) {
                    @for topic in &bank.topics { option value=(topic.id) selected[topic.id == asked.topic] { (words.of(&topic.title)) } }
                }
            }
        } }
    }
}

fn further(words: Words, choices: &Choices, asked: &Asked) -> Markup {
    let lints = LintCode::OF_QUESTIONS.map(|code| (code.name(), words.t(&format!("lint-name-{}", code.name()))));
    let used = Used::ALL.map(|used| (used.name(), words.t(&format!("used-{}", used.name()))));
    let retired = [("false", words.t("search-not-retired")), ("true", words.t("retired"))];
    let is_open = asked.fields().iter().skip(6).any(|(_, value)| !value.is_empty());
    html! {
        details open[is_open] {
            summary { (words.t("search-further")) }
            div.filters {
                label { span { (words.t("regulation")) } input id="f-regulation" name="regulation" list="regulations" value=(asked.regulation); }
                datalist id="regulations" { @for regulation in &choices.regulations { option value=(regulation) {} } }
                (number(words, ("article", "article", &asked.article), ("1", "")))
                (select(words, ("lint", "bank-lints", &asked.lint), &lints))
                (select(words, ("retired", "search-drawable", &asked.retired), &retired))
                (select(words, ("used", "search-used", &asked.used), &used))
                (number(words, ("facility_from", "facility-from", &asked.facility_from), ("0", "100")))
                (number(words, ("facility_to", "facility-to", &asked.facility_to), ("0", "100")))
            }
            p.small.muted { (words.t("search-used-help")) }
        }
    }
}

fn number(words: Words, (name, label, value): (&str, &str, &str), (least, most): (&str, &str)) -> Markup {
    html! {
        label { span { (words.t(label)) }
            input id={ "f-" (name) } type="number" name=(name) value=(value) min=(least) max=[(!most.is_empty()).then_some(most)] step=[(most == "100").then_some("any")] inputmode="decimal"; }
    }
}

/// The address of a search.
fn address(asked: &Asked) -> String {
    let said = asked.fields().into_iter().filter(|(_, value)| !value.is_empty());
    let said: Vec<String> = said.map(|(name, value)| format!("{name}={}", segment(value))).collect();
    format!("/questions?{}", said.join("&"))
}

/// What was found.
pub fn results(words: Words, asked: &Asked, found: &Found, behaved: bool) -> Markup {
    let from = i64::try_from(found.from).unwrap_or(i64::MAX);
    let all = i64::try_from(found.count).unwrap_or(i64::MAX);
    html! {
        @if found.hits.is_empty() { p.muted { (words.t("bank-none-found")) } }
        @else { h2.part-title #questions { (words.with("bank-questions", &[("from", count(from + 1)), ("to", count(found.from + found.hits.len())), ("all", count(all))])) } }
        @for hit in &found.hits { (hit_of(words, found, hit, behaved)) }
        (pager(words, &address(asked), "from", from, all))
    }
}

fn hit_of(words: Words, found: &Found, hit: &Hit, behaved: bool) -> Markup {
    let Some(bank) = found.banks.get(hit.bank) else { return html! {} };
    html! {
        (question(words, bank, &hit.question, &html! { @if behaved { (use_of(words, hit.behaved.as_ref())) } }))
    }
}

/// A question with the name of its bank, what else is to be said of it, and the ways to it.
pub(super) fn question(words: Words, bank: &Listed, question: &Question, more: &Markup) -> Markup {
    let (path, id) = (format!("/banks/{}", segment(&bank.row.name)), segment(&question.id));
    html! {
        p.small.in-bank { a href=(path) { (words.of(&bank.title)) } }
        (one(words, &bank.topics, question, Some(&path)))
        (more)
        p.actions.noprint {
            a href={ (path) "?search=" (id) "#questions" } { (words.t("search-in-bank")) } " · "
            a href={ (path) "/draft/question?id=" (id) } { (words.t("question-change")) }
        }
    }
}

fn use_of(words: Words, behaved: Option<&Behaved>) -> Markup {
    let Some(behaved) = behaved else { return html! { p.small.muted { (words.t("used-never")) } } };
    html! {
        p.small {
            (words.with("used-in", &[("tests", count(behaved.tests))]))
            @match &behaved.last {
                None => { span.muted { " · " (words.t("question-changed-since")) } }
                Some(figures) => {
                    " · " (words.t("facility")) " " (percent(figures.facility)) " · " (words.t("discrimination")) " " (figures.discrimination.map_or_else(|| "–".to_owned(), |index| format!("{index:.2}"))) " "
                    @for flag in &figures.flags { span.tag.warn { (words.t(&format!("flag-{}", flag.name()))) } " " }
                }
            }
        }
    }
}

/// Questions of different banks that ask nearly the same.
pub fn duplicates(words: Words, pairs: &Pairs) -> Markup {
    let from = i64::try_from(pairs.from).unwrap_or(i64::MAX);
    let all = i64::try_from(pairs.count).unwrap_or(i64::MAX);
    html! {
        (crumbs(words, &[("/banks".into(), words.t("nav-banks"))], &words.t("duplicates")))
        (head(words, "duplicates", "/questions", "search-title"))
        p.muted { (words.t("duplicates-help")) }
        @if pairs.count == 0 { (notice("good", &words.t("duplicates-none"))) }
        @else {
            p { (words.with("duplicates-count", &[("count", count(pairs.count)), ("contradicting", count(pairs.contradicting))])) }
        }
        @for pair in &pairs.pairs { (pair_of(words, pairs, pair)) }
        (pager(words, "/questions/duplicates", "from", from, all))
    }
}

fn pair_of(words: Words, pairs: &Pairs, pair: &Pair) -> Markup {
    html! {
        section.card {
            p { @if pair.contradicts { span.tag.bad { (words.t("lint-name-contradicting-keys")) } } @else { span.tag.warn { (words.t("lint-name-near-duplicate")) } } }
            div.pairs { @for (bank, one) in &pair.questions {
                div { @if let Some(bank) = pairs.banks.get(*bank) { (question(words, bank, one, &html! {})) } }
            } }
        }
    }
}
