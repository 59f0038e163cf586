//! View of a finished attempt: the calm last page with the receipt; later, question by question, the review.

use super::integrity;
use super::late::outcome;
use super::objections;
use super::question::{canonical_of, key_in_words, key_shown, options, rich, said, stem, targets};
use crate::rules::blueprint::Review;
use crate::rules::correction::Counting;
use crate::rules::integrity::Hinted;
use crate::rules::paper::Item;
use crate::rules::points::Points;
use crate::rules::question::{Key, Kind, Response};
use crate::service::corrections::Amended;
use crate::service::late::Told as Late;
use crate::service::objections::ObjectionRow;
use crate::service::review::{Given, Score};
use crate::service::sitting::Sitting;
use crate::web::assets::late_script;
use crate::web::layout::crumbs;
use crate::web::visit::segment;
use crate::web::words::{Words, count, percent};
use maud::{Markup, html};
use serde_json::Value;

/// What a member is told of an own attempt besides its result.
#[derive(Debug)]
pub struct Told<'a> {
    /// What arrived late.
    pub late: Option<&'a Late>,
    /// What corrections changed.
    pub amended: &'a [Amended],
    /// What the page noted while it was sat.
    pub noted: &'a [Hinted],
    /// What the member has written against questions.
    pub objections: Objections<'a>,
    /// When.
    pub now_ms: i64,
}

/// A member's objections to questions of a sitting.
#[derive(Debug, Clone, Copy)]
pub struct Objections<'a> {
    /// Those that weren't withdrawn.
    pub written: &'a [ObjectionRow],
    /// Whether more may be written.
    pub takes: bool,
}

/// The page after submitting. `marks` are there once review is open.
pub fn result(
    words: Words,
    sitting: &Sitting,
    told: &Told<'_>,
    (score, marks): (Option<&Score>, Option<&Given>),
) -> Markup {
    let definition = &sitting.test.definition;
    let title = words.of(&definition.title);
    let test = format!("/tests/{}", segment(&definition.test));
    html! {
        @if marks.is_some() {
            (crumbs(words, &[("/".into(), words.t("home-title")), (test, title.to_owned())], &words.t("result-title")))
        }
        section.card.result.narrow[marks.is_none()] #finished data-attempt=(sitting.attempt.id) data-comma=(words.t("list-comma"))
            data-lost=(words.with("exam-late", &[("positions", "{positions}".into()), ("code", "{code}".into())])) {
            h1 { @if marks.is_some() { (words.t("result-title")) } @else { span.good aria-hidden="true" { "✓ " } (words.t("result-submitted")) } }
            p.muted { (title) @if let Some(at) = sitting.attempt.finished_at_ms { " · " (words.moment(at)) } }
            @if let Some(by) = how(words, sitting) { p { (by) } }
            div.notice.warn #lost role="status" hidden { p {} }
            @if let Some(late) = told.late { (late_told(words, late)) }
            @for amended in told.amended { (amended_told(words, amended)) }
            @if marks.is_none() { (objections::all_told(words, told.objections.written)) }
            (integrity::on_result(words, told.noted))
            @if let Some(receipt) = &sitting.attempt.receipt {
                p { (words.t("receipt")) br; code.receipt { (receipt) } br; span.small.muted { (words.t("receipt-help")) } }
            }
            @if let Some(score) = score { (score_tiles(words, score)) (objections::provisional(words, &sitting.test, told.now_ms)) }
            @if marks.is_none() { p { (words.t(&format!("review-{}", definition.review.name()))) } }
            div.actions.noprint {
                a.button href="/" { (words.t("to-home")) }
                form method="post" action="/sign-out" { button.button.quiet type="submit" { (words.t("sign-out")) } }
            }
        }
        @if let Some(marks) = marks { (review(words, sitting, told.objections, marks)) }
        script defer src=(late_script()) {}
    }
}

/// What came too late, the code to show, and what was decided.
fn late_told(words: Words, late: &Late) -> Markup {
    let positions = words.list(late.positions.iter().map(ToString::to_string));
    html! {
        div.notice.warn[late.decision.is_none()] #late {
            @match &late.decision {
                None => { p { (words.with("late-sent", &[("positions", positions.into()), ("code", words.list(late.codes.iter().cloned()).into())])) } }
                Some(decision) => {
                    p { (words.with("late-told", &[("positions", positions.into()), ("date", words.moment(decision.decided_at_ms).into())])) " " strong { (outcome(words, decision)) } }
                    p { (words.with("late-because", &[("reason", decision.reason.as_str().into())])) }
                }
            }
        }
    }
}

/// What a correction changed; the key itself is for the review.
fn amended_told(words: Words, amended: &Amended) -> Markup {
    let values = [
        ("date", words.moment(amended.at_ms).into()),
        ("positions", words.list(amended.positions.iter().map(ToString::to_string)).into()),
        ("change", words.t(&format!("correction-told-{}", amended.change.name())).into()),
        ("before", amended.score_before.to_string().into()),
        ("score", amended.score.to_string().into()),
    ];
    html! {
        div.notice {
            p { (words.with("correction-told", &values)) }
            p { (words.with("late-because", &[("reason", amended.reason.as_str().into())])) }
        }
    }
}

/// What was decided about a question after the test, beside its key.
fn ruling(words: Words, item: &Item) -> Markup {
    html! {
        @if let Some(ruling) = &item.ruling {
            @for key in &ruling.also { p { span.muted { (words.t("correction-also")) } " " strong.stem { (key_in_words(words, &item.with_key(key))) } } }
            @match ruling.counting {
                Counting::ByKey => {}
                Counting::ForAll => { p.muted { (words.t("correction-for-all")) } }
                Counting::Not => { p.muted { (words.t("correction-not-counted")) } }
            }
        }
    }
}

fn how(words: Words, sitting: &Sitting) -> Option<String> {
    match sitting.attempt.finished_by.as_deref() {
        Some("deadline") => Some(words.t("finished-by-deadline")),
        Some("organizer") => Some(words.t("finished-by-organizer")),
        Some("paper") => Some(words.t("finished-by-paper")),
        _ => None,
    }
}

fn score_tiles(words: Words, score: &Score) -> Markup {
    html! {
        div.tiles {
            div.tile { b { (score.score) } span { (words.with("full-marks", &[("full", score.full.to_string().into())])) } }
            div.tile { b { (percent(score.percent)) } span { (words.t("share")) } }
            div.tile {
                b { @if score.pending > 0 { (words.t("provisional")) } @else if score.excellent { (words.t("excellent")) } @else if score.passed { (words.t("passed")) } @else { (words.t("not-passed")) } }
                span { (words.t("grade")) }
            }
        }
        @if score.pending > 0 { p { (words.with("pending", &[("count", count(score.pending))])) } }
        p.small.muted { (words.t("result-note")) }
    }
}

fn review(words: Words, sitting: &Sitting, objections: Objections<'_>, given: &Given) -> Markup {
    html! {
        h2.part-title { (words.t("review-title")) }
        @if sitting.test.definition.review == Review::AfterSubmit { p.muted.small { (words.t("review-practice")) } }
        @for (position, item) in (1_i64..).zip(&sitting.sheet.items) {
            @let stored = sitting.responses.get(&position).and_then(|row| row.response.as_deref());
            @let below = objections::at_question(words, &sitting.attempt.id, (position, objections.takes), objections.written);
            (reviewed(words, (position, item), stored, (given.at(position), &given.parts_at(position, item, stored)), &below))
        }
    }
}

fn reviewed(
    words: Words,
    (position, item): (i64, &Item),
    stored: Option<&str>,
    (mark, parts): (Option<Points>, &[Option<Points>]),
    below: &Markup,
) -> Markup {
    html! {
        article.card.q id={ "q" (position) } {
            div.stem { span.muted { (position) "." } " " (stem(words, words.of(&item.question.stem))) " " (mark_tag(words, item, mark)) }
            @for (index, (part, mark)) in item.parts().iter().zip(parts).enumerate() {
                @let mine = item.read(stored).and_then(|response| response.part(index).cloned());
                div.subquestion {
                    div.stem { span.muted { "(" (index + 1) ")" } " " (stem(words, words.of(&part.question.stem))) " " (mark_tag(words, part, *mark)) }
                    (reviewed_answer(words, part, mine.as_ref()))
                }
            }
            @if item.question.kind() == Kind::Case { (also_said(words, item)) } @else { (reviewed_answer(words, item, item.read(stored).as_ref())) }
            (below)
        }
    }
}

/// How many points of how many.
fn mark_tag(words: Words, item: &Item, mark: Option<Points>) -> Markup {
    let colour = match mark {
        None => "none",
        Some(mark) if mark == item.points => "good",
        Some(mark) if mark > Points::ZERO => "warn",
        Some(_) => "bad",
    };
    let points = ("points", item.points.to_string().into());
    let marked = match mark {
        Some(mark) => words.with("mark-of", &[("mark", mark.to_string().into()), points]),
        None => words.with("mark-waits", &[points]),
    };
    html! { span class={ "tag " (colour) } { (marked) } }
}

/// What was answered beside what is correct, and why.
fn reviewed_answer(words: Words, item: &Item, response: Option<&Response>) -> Markup {
    let mine = response.map_or(Value::Null, |response| canonical_of(item, response));
    html! {
            @if item.question.kind().has_options() { (reviewed_options(words, item, response)) }
            dl.facts {
                dt { (words.t("my-answer")) } dd.stem { (said(words, &item.question, &mine)) }
                dt { (words.t("correct-answer")) } dd { (key_shown(words, &item.paper_key(), Some(item.points))) }
            }
            (also_said(words, item))
    }
}

/// What stands below a question once review is open: what was decided after the test, and why the key is right.
fn also_said(words: Words, item: &Item) -> Markup {
    html! {
            dl.facts {
                @if item.ruling.is_some() { dt { (words.t("corrections-title")) } dd { (ruling(words, item)) } }
                @if let Some(explanation) = &item.question.explanation { dt { (words.t("explanation")) } dd.stem { (rich(words.of(explanation))) } }
                @if let Some(cite) = &item.question.cite { dt { (words.t("citation")) } dd.muted { (cite.in_language(words.0)) } }
            }
    }
}

fn reviewed_options(words: Words, item: &Item, response: Option<&Response>) -> Markup {
    let several = item.question.kind() == Kind::Multiple;
    let chosen: Vec<String> = match response {
        Some(Response::Single(label)) => vec![label.clone()],
        Some(Response::Multiple(labels)) if several => labels.clone(),
        _ => Vec::new(),
    };
    let right: Vec<String> = match item.paper_key() {
        Key::Single(label) => vec![label],
        Key::Multiple(labels) => labels,
        _ => Vec::new(),
    };
    html! {
        ul.plain.reviewed { @for (label, text) in options(words, item) {
            @let (is_mine, is_right) = (chosen.contains(&label), right.contains(&label));
            li class=[is_right.then_some("right").or(is_mine.then_some("mine"))] {
                span.label { (label) } " " (rich(&text))
                @if is_mine { " " span.tag.none { (words.t("chosen")) } }
                @if is_right { " " span.tag.good { @if several { (words.t("correct-one")) } @else { (words.t("correct-answer")) } } }
            }
        } }
        @if !item.question.targets.is_empty() {
            ul.plain.reviewed { @for (label, text) in targets(words, item) { li { span.label { (label) } " " (rich(&text)) } } }
        }
    }
}
