//! View of an item analysis: what is to be looked at in plain words on top, then the figures of the test, then every
//! question. One question, and its past, are files beside this one.

mod history;
mod question;
pub mod study;

pub use history::history;
pub use question::question;

use super::banks::pager;
use super::question::opening;
use crate::limits;
use crate::rules::items::{Flag, LEAST, QuestionFigures};
use crate::rules::points::number;
use crate::service::items::{Items, Line};
use crate::web::charts;
use crate::web::layout::notice;
use crate::web::visit::segment;
use crate::web::words::{Words, count, figure, percent};
use maud::{Markup, html};

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The analysis.
    pub items: &'a Items,
    /// A question of the topic to which the list is narrowed.
    pub topic: Option<&'a Line>,
    /// The order of the questions.
    pub sort: Sort,
    /// Where the page of questions begins.
    pub from: usize,
    /// When the page was made.
    pub now_ms: i64,
}

/// A question of a topic, where the test asked some.
pub fn topic<'i>(items: &'i Items, bank: &str, topic: &str) -> Option<&'i Line> {
    items.questions.iter().find(|line| topic_of(line) == (bank, topic))
}

/// The bank and the topic of a question.
fn topic_of(line: &Line) -> (&str, &str) {
    let asked = &line.figures.asked;
    (&asked.bank, &asked.question.topic)
}

/// The part of an address that narrows the questions of a test to a topic.
pub fn of_topic(bank: &str, topic: &str) -> String {
    format!("&bank={}&topic={}", segment(bank), segment(topic))
}

impl Shown<'_> {
    /// The questions that are listed.
    fn lines(&self) -> Vec<&Line> {
        let is_shown = |line: &&Line| self.topic.is_none_or(|topic| topic_of(topic) == topic_of(line));
        self.sort.of(self.items.questions.iter().filter(is_shown).collect())
    }

    /// What narrows them, as an address has it.
    fn narrowed(&self) -> String {
        self.topic.map(topic_of).map(|(bank, topic)| of_topic(bank, topic)).unwrap_or_default()
    }
}

/// The order of the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By bank and id.
    #[default]
    Name,
    /// The hardest first.
    Facility,
    /// What tells least first.
    Discrimination,
}

impl Sort {
    /// The order of a name in an address; by bank and id where there is none such.
    pub fn from_name(name: &str) -> Self {
        [Self::Facility, Self::Discrimination].into_iter().find(|sort| sort.name() == name).unwrap_or_default()
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Name => "",
            Self::Facility => "facility",
            Self::Discrimination => "discrimination",
        }
    }

    /// The lines in this order; those without the figure stand at the end.
    fn of(self, mut sorted: Vec<&Line>) -> Vec<&Line> {
        let key = |line: &Line| match self {
            Self::Name => 0.0,
            Self::Facility => line.figures.facility.unwrap_or(f64::MAX),
            Self::Discrimination => line.figures.discrimination.unwrap_or(f64::MAX),
        };
        sorted.sort_by(|one, two| key(one).total_cmp(&key(two)));
        sorted
    }
}

/// Where things of this analysis are.
struct Places {
    test: String,
    query: String,
}

impl Places {
    fn of(items: &Items) -> Self {
        let test = format!("/tests/{}", segment(&items.test.row.name));
        Self {
            test,
            query: items.branch.as_ref().map(|node| format!("branch={}", segment(&node.code))).unwrap_or_default(),
        }
    }

    fn question(&self, line: &Line) -> String {
        let asked = &line.figures.asked;
        format!("{}/items/{}/{}?{}", self.test, segment(&asked.bank), segment(&asked.question.id), self.query)
    }
}

/// The whole page.
pub fn items(words: Words, shown: &Shown<'_>) -> Markup {
    let items = shown.items;
    let places = Places::of(items);
    let title = shown.topic.map_or_else(|| words.t("items"), |line| words.of(&line.topic).to_owned());
    html! {
        (way(words, items, &places, &title))
        div.head {
            h1 { (title) } span.muted { (words.of(&items.test.definition.title)) } span.grow {}
            @if shown.topic.is_some() { a.button.quiet.noprint href={ (places.test) "/items?" (places.query) } { (words.t("items")) } }
            button.button.quiet.noprint type="button" data-print hidden { (words.t("print")) }
            a.button.quiet.noprint href={ (places.test) "/study?" (places.query) } { (words.t("study")) }
            a.button.quiet.noprint href={ (places.test) "/report?" (places.query) } { (words.t("report")) }
        }
        p.print-only { (branch_name(words, items)) " · " (words.moment(shown.now_ms)) }
        @if let Some(reason) = &items.test.row.cancelled_reason {
            (notice("warn", &words.with("cancelled-because", &[("reason", reason.as_str().into())])))
        } @else if items.test.row.finished_at_ms.is_none() { (notice("warn", &words.t("items-provisional"))) }
        @if items.figures.attempts == 0 { section.card { p.muted { (words.t("items-none")) } } }
        @else {
            @if shown.topic.is_none() {
                (flagged(words, items, &places))
                (test_figures(words, items))
            }
            (questions(words, shown, &places))
            section.definitions.small.muted { p { (words.with("items-definitions", &[("alike", if items.figures.papers_alike { "yes" } else { "no" }.into())])) } }
        }
    }
}

fn branch_name(words: Words, items: &Items) -> String {
    items.branch.as_ref().map_or_else(|| words.t("whole-unit"), |node| node.name.clone())
}

/// The way from the test's report through the branches to what is shown.
fn way(words: Words, items: &Items, places: &Places, here: &str) -> Markup {
    html! {
        nav.crumbs aria-label=(words.t("crumbs")) {
            a href="/tests" { (words.t("nav-tests")) } span aria-hidden="true" { " › " }
            a href={ (places.test) "/report?" (places.query) } { (words.of(&items.test.definition.title)) } span aria-hidden="true" { " › " }
            @for node in &items.path { a href={ (places.test) "/items?branch=" (segment(&node.code)) } { (node.name) } span aria-hidden="true" { " › " } }
            span aria-current="page" { (here) }
        }
    }
}

/// Questions by what is to be looked at, the gravest first, with what to do.
fn flagged(words: Words, items: &Items, places: &Places) -> Markup {
    let mut flags: Vec<&'static str> = Vec::new();
    let mut all: Vec<Flag> = items.questions.iter().flat_map(|line| line.flags().iter().copied()).collect();
    all.sort_unstable();
    for flag in all {
        if !flags.contains(&flag.name()) {
            flags.push(flag.name());
        }
    }
    let with = |name: &str| -> Vec<(&Line, Flag)> {
        let flag = |line: &Line| line.flags().iter().copied().find(|flag| flag.name() == name);
        items.questions.iter().filter_map(|line| Some((line, flag(line)?))).collect()
    };
    html! {
        section.card {
            h2 { (words.t("items-flagged")) }
            @if flags.is_empty() { p.muted { (words.t("items-nothing-flagged")) } }
            @for name in flags {
                @let lines = with(name);
                div.targets {
                    h3 { span class={ "tag " (colour(name)) } { (words.t(&format!("flag-{name}"))) } " " (lines.len()) }
                    p.muted { (words.t(&format!("flag-{name}-do"))) }
                    ul.rules { @for (line, flag) in lines { li { a href=(places.question(line)) { (title(words, line)) } @if flag.tells_of_options() { " " span.muted { (what(words, line, flag)) } } } } }
                }
            }
        }
    }
}

/// The colour of a flag: what may be wrong, what is to be thought about, what is only said.
fn colour(flag: &str) -> &'static str {
    match flag {
        "key-suspect" | "negative-discrimination" => "bad",
        "too-easy" | "dead-distractor" => "none",
        _ => "warn",
    }
}

/// The beginning of a question's words, or its name where they are not for the reader.
fn title(words: Words, line: &Line) -> String {
    /// In letters as wide as Latin ones.
    const MOST_WIDE: usize = 80;
    let question = &line.figures.asked.question;
    if !line.shows_words {
        return question.id.clone();
    }
    opening(words.of(&question.stem), MOST_WIDE)
}

/// What a flag says of a question, with the options that it speaks of.
fn what(words: Words, line: &Line, flag: Flag) -> String {
    let named = line.choices().into_iter().enumerate().filter(|(index, _)| flag.is_of(*index));
    let labels = named.map(|(_, (label, _))| option_name(words, label));
    words.with(&format!("flag-{}-what", flag.name()), &[("options", words.list(labels).into())])
}

/// An option's label, or what judging it says.
fn option_name(words: Words, label: &str) -> String {
    match label {
        "true" => words.t("right"),
        "false" => words.t("wrong"),
        label => label.to_owned(),
    }
}

/// A figure between −1 and 1, or a dash.
fn index(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

fn test_figures(words: Words, items: &Items) -> Markup {
    let figures = &items.figures;
    // Among members with the same questions these say more than those that hold of any papers.
    let reliability = figures.alpha.or(figures.reliability);
    let standard_error = figures.alpha_standard_error.or(figures.standard_error);
    html! {
        div.tiles {
            div.tile { b { (figures.attempts) } span { (words.t("items-attempts")) } }
            div.tile { b { (figure(figures.mean)) } span { (words.t("mean")) " · " (words.t("median")) " " (figure(figures.median)) } }
            div.tile { b { (figure(figures.standard_deviation)) } span { (words.t("deviation")) } }
            div.tile { b { (index(reliability)) } span { (words.t("reliability")) } }
            div.tile { b { (figure(standard_error)) } span { (words.t("standard-error")) } }
            div.tile { b { (percent(figures.decision_consistency)) } span { (words.t("decision-consistency")) } }
        }
        section.card {
            p { (words.t(if figures.papers_alike { "items-alike" } else { "items-apart" })) }
            @if figures.attempts < LEAST { p { (words.with("items-few", &[("least", count(LEAST))])) } }
            @if let Some(error) = standard_error {
                p { (words.with("items-reliability", &[
                    ("error", format!("{error:.1}").into()),
                    ("full", items.scale.full.to_string().into()),
                    ("difference", format!("{:.0}", (error * LEAST_DIFFERENCE).ceil()).into()),
                ])) }
            }
            @if let Some(share) = figures.decision_consistency { p { (words.with("items-consistency", &[("share", format!("{share:.0}").into())])) } }
        }
    }
}

/// So many standard errors of one score make a difference of two that chance alone rarely makes: 1.96 × √2.
const LEAST_DIFFERENCE: f64 = 2.771_807_648_699_405;

fn questions(words: Words, shown: &Shown<'_>, places: &Places) -> Markup {
    let items = shown.items;
    let sorted = shown.lines();
    let page = usize::try_from(limits::PAGE_ITEMS).unwrap_or(usize::MAX);
    let from = shown.from.min(sorted.len());
    let here = format!("{}/items?{}{}&sort={}", places.test, places.query, shown.narrowed(), shown.sort.name());
    let all = i64::try_from(sorted.len()).unwrap_or(i64::MAX);
    let range =
        [("from", count(from + 1)), ("to", count((from + page).min(sorted.len()))), ("all", count(sorted.len()))];
    html! {
        section.card #questions {
            h2 { (words.with("items-questions", &range)) }
            @if items.questions.iter().any(|line| !line.shows_words) { p.small.muted { (words.t("items-no-words")) } }
            @else if items.questions.iter().any(|line| !line.shows_key) { p.small.muted { (words.t("items-no-keys")) } }
            table.cards.figures {
                thead { tr {
                    (heading(words, shown, places, Sort::Name, "question"))
                    th.n { (words.t("items-attempts")) }
                    (heading(words, shown, places, Sort::Facility, "facility"))
                    (heading(words, shown, places, Sort::Discrimination, "discrimination"))
                    th.n { (words.t("omitted")) } th { (words.t("flags")) }
                } }
                tbody { @for line in sorted.iter().skip(from).take(page) { (row(words, line, places)) } }
            }
            (pager(words, &here, "from", i64::try_from(from).unwrap_or_default(), all))
        }
    }
}

fn heading(words: Words, shown: &Shown<'_>, places: &Places, sort: Sort, id: &str) -> Markup {
    let current = shown.sort == sort;
    let class = if sort == Sort::Name { "" } else { "n" };
    html! {
        th class=(class) aria-sort=[current.then_some("ascending")] {
            a href={ (places.test) "/items?" (places.query) (shown.narrowed()) "&sort=" (sort.name()) "#questions" } { (words.t(id)) @if current { " ↑" } }
        }
    }
}

fn row(words: Words, line: &Line, places: &Places) -> Markup {
    let figures = &line.figures;
    let asked = &figures.asked;
    html! {
        tr {
            td { a href=(places.question(line)) { (title(words, line)) } br; span.muted.small { code { (asked.question.id) } " · " (words.t(&format!("kind-{}", asked.question.kind().name()))) } }
            td.n data-label=(words.t("items-attempts")) { (figures.attempts) }
            td.n data-label=(words.t("facility")) { (percent(figures.facility)) (charts::bar(figures.facility.unwrap_or_default(), is_weak(figures))) }
            td.n data-label=(words.t("discrimination")) { (index(figures.discrimination)) }
            td.n data-label=(words.t("omitted")) { (figures.omitted) }
            td { (tags(words, line)) }
        }
    }
}

/// Whether less than half is won.
fn is_weak(figures: &QuestionFigures) -> bool {
    figures.facility.is_some_and(|facility| facility < number(50))
}

fn tags(words: Words, line: &Line) -> Markup {
    html! { @for flag in line.flags() { span class={ "tag " (colour(flag.name())) } { (words.t(&format!("flag-{}", flag.name()))) } " " } }
}
