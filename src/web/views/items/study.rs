//! The study sheet: the weakest questions of a test, by topic, with the correct answer, its reason and its clause.

use super::{Places, branch_name, topic_of, way};
use crate::rules::bank::Topic;
use crate::rules::items::LEAST;
use crate::rules::points::number;
use crate::service::items::{Items, Line};
use crate::web::charts;
use crate::web::layout::notice;
use crate::web::views::banks::one;
use crate::web::visit::segment;
use crate::web::words::{Words, count, percent};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Questions of which less was won are on the sheet, the weakest first, up to so many.
const BELOW: f64 = 70.0;
const MOST: usize = 40;

/// The whole page.
pub fn study(words: Words, items: &Items, now_ms: i64) -> Markup {
    let places = Places::of(items);
    let (topics, hidden) =
        (weakest(items), items.questions.iter().filter(|line| is_weak(line) && !line.shows_key).count());
    html! {
        (way(words, items, &places, &words.t("study")))
        div.head {
            h1 { (words.t("study")) } span.muted { (words.of(&items.test.definition.title)) } span.grow {}
            button.button.quiet.noprint type="button" data-print hidden { (words.t("print")) }
            a.button.quiet.noprint href={ (places.test) "/items?" (places.query) } { (words.t("items")) }
        }
        p { (branch_name(words, items)) span.print-only { " · " (words.moment(now_ms)) } }
        p.muted { (words.with("study-lead", &[("below", count(70)), ("least", count(LEAST)), ("most", count(MOST))])) }
        @if hidden > 0 { (notice("", &words.with("study-hidden", &[("count", count(hidden))]))) }
        @if topics.is_empty() { section.card { p.muted { (words.t("study-none")) } } }
        @for (title, share, lines) in topics {
            section {
                h2.part-title { (title.in_language(words.0)) " · " (words.t("facility")) " " (percent(Some(share))) }
                @for line in lines { (question(words, line)) }
            }
        }
    }
}

fn is_weak(line: &Line) -> bool {
    line.figures.attempts >= LEAST && line.figures.facility.is_some_and(|facility| facility < BELOW)
}

/// Topics with their share and their weak questions, the weakest topic first.
fn weakest(items: &Items) -> Vec<(&crate::rules::text::Text, f64, Vec<&Line>)> {
    let mut weak: Vec<&Line> = items.questions.iter().filter(|line| line.shows_key && is_weak(line)).collect();
    weak.sort_by(|one, two| share(one).total_cmp(&share(two)));
    weak.truncate(MOST);
    let mut topics: BTreeMap<(&str, &str), Vec<&Line>> = BTreeMap::new();
    for line in weak {
        topics.entry(topic_of(line)).or_default().push(line);
    }
    let mut listed = Vec::new();
    for (topic, lines) in topics {
        let of_topic = items.questions.iter().filter(|line| topic_of(line) == topic);
        let asked = |line: &Line| number(i64::try_from(line.figures.attempts).unwrap_or(i64::MAX));
        let (won, all) =
            of_topic.fold((0.0, 0.0), |(won, all), line| (won + share(line) * asked(line), all + asked(line)));
        if let Some(first) = lines.first() {
            listed.push((&first.topic, won / all, lines));
        }
    }
    listed.sort_by(|(_, one, _), (_, two, _)| one.total_cmp(two));
    listed
}

fn share(line: &Line) -> f64 {
    line.figures.facility.unwrap_or_default()
}

fn question(words: Words, line: &Line) -> Markup {
    let asked = &line.figures.asked;
    let topics = [Topic { id: asked.question.topic.clone(), title: line.topic.clone() }];
    let bank = line.reads_bank.then(|| format!("/banks/{}", segment(&asked.bank)));
    html! {
        p.small { strong { (words.t("facility")) " " (percent(line.figures.facility)) } span.muted { " · " (words.with("study-asked", &[("count", count(line.figures.attempts))])) } }
        div.study { (charts::bar(share(line), true)) }
        (one(words, &topics, &asked.question, bank.as_deref()))
    }
}
