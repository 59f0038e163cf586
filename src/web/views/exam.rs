//! View of an open attempt: a complete form that saves and submits without script, and the hooks by which the script
//! makes it save by itself. Shows position, kind, stem, options and points; never a key, an id or a topic.

mod fields;

pub use fields::part_name;
pub(super) use fields::question;

use super::integrity;
use super::objections;
use super::question::{canonical, said};
use crate::rules::integrity::Hinted;
use crate::rules::paper::Item;
use crate::rules::question::Kind;
use crate::service::objections::ObjectionRow;
use crate::service::sitting::Sitting;
use crate::service::sitting::standing::Message;
use crate::web::assets;
use crate::web::layout::{document, notice};
use crate::web::visit::{Visit, segment};
use crate::web::words::{Words, clock, count};
use maud::{Markup, html};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the page shows beside the paper.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Whether everything was just saved by the form.
    pub saved: bool,
    /// Whether another device has taken over.
    pub taken_over: bool,
    /// Responses of this form that were not stored because another one stands: position → what was sent.
    pub conflicts: BTreeMap<i64, Value>,
    /// Responses of this form that don't fit their question and stay in it: position → what was sent.
    pub misfits: BTreeMap<i64, Value>,
    /// Responses of this form that could not be stored now and stay in it: position → what was sent.
    pub unsaved: BTreeMap<i64, Value>,
    /// What was said to the member since the start.
    pub messages: Vec<Message>,
    /// What was noted as hints so far.
    pub noted: Vec<Hinted>,
    /// What was written against questions.
    pub objections: Vec<ObjectionRow>,
}

impl Shown {
    /// Whether nothing of a form was left over.
    pub fn is_all_stored(&self) -> bool {
        self.conflicts.is_empty() && self.misfits.is_empty() && self.unsaved.is_empty()
    }
}

/// How many questions have a response.
pub fn answered(sitting: &Sitting) -> usize {
    (1_i64..).zip(&sitting.sheet.items).filter(|(position, item)| !value(sitting, *position, item).is_null()).count()
}

/// Positions without a response, and cases of which a part has none.
pub fn unanswered(sitting: &Sitting) -> Vec<i64> {
    let is_open = |(position, item): &(i64, &Item)| match value(sitting, *position, item) {
        Value::Array(parts) if item.question.kind() == Kind::Case => parts.iter().any(Value::is_null),
        value => value.is_null(),
    };
    (1_i64..).zip(&sitting.sheet.items).filter(is_open).map(|(position, _)| position).collect()
}

fn value(sitting: &Sitting, position: i64, item: &Item) -> Value {
    canonical(item, sitting.responses.get(&position).and_then(|row| row.response.as_deref()))
}

/// The whole document.
pub fn exam(visit: &Visit, sitting: &Sitting, now_ms: i64, shown: &Shown) -> Markup {
    let words = visit.words();
    let title = words.of(&sitting.test.definition.title);
    let body = html! {
        a.skip href="#exam" { (words.t("skip-to-content")) }
        (bar(visit, sitting, title))
        main.exam.no-copy[sitting.test.definition.integrity.no_copy] #main {
            p.visually-hidden #announce aria-live="polite" {}
            (notices(words, sitting, shown))
            (integrity::on_paper(words, &sitting.test.definition.integrity, &shown.noted))
            (form(words, sitting, now_ms, shown))
        }
        (script_words(words, sitting.test.definition.integrity.is_bound()))
    };
    document(visit, title, assets::exam_script(), &body)
}

fn bar(visit: &Visit, sitting: &Sitting, title: &str) -> Markup {
    let words = visit.words();
    let (all, done) = (sitting.sheet.items.len(), answered(sitting));
    let until = clock(sitting.runs_until(visit.now_ms));
    html! {
        header.bar.exam-bar {
            h1.name { (title) }
            span.grow {}
            span.small.muted {
                span #progress { (words.with("exam-progress", &[("done", count(done)), ("left", count(all - done))])) }
                span.js-only #saving {}
            }
            (letters(visit))
            span.clock {
                span.time #time role="timer" { (words.with("exam-until", &[("time", until.get(..5).unwrap_or_default().into())])) }
                button.tool.js-only #hide-time type="button" aria-pressed="false" { (words.t("exam-time-hide")) }
            }
            div.alerts.js-only {
                div.notice.warn #trouble role="status" hidden { p {} p.actions {} }
                div.notice.warn #paused role="status" hidden { p { (words.t("exam-paused")) } }
                div.notice #message role="dialog" aria-label=(words.t("exam-message")) hidden {
                    p { strong { (words.t("exam-message")) } " " span.muted.small {} }
                    p {}
                    p.actions { button.button.quiet type="button" { (words.t("exam-understood")) } }
                }
            }
        }
    }
}

/// Smaller and larger letters. They send the whole form, so that nothing chosen is lost where the script doesn't run.
fn letters(visit: &Visit) -> Markup {
    let (words, size) = (visit.words(), visit.text_size);
    let button = |id: &str, label: &str, percent: &str, name: &str| {
        html! {
            button.tool id=(id) form="exam" name="size" value=(percent) title=(words.t(name)) { (label) span.visually-hidden { " " (words.t(name)) } }
        }
    };
    html! {
        span.letters role="group" aria-label=(words.t("text-size")) {
            (button("smaller", "A−", size.smaller().percent(), "text-smaller"))
            (button("larger", "A+", size.larger().percent(), "text-larger"))
        }
    }
}

fn notices(words: Words, sitting: &Sitting, shown: &Shown) -> Markup {
    html! {
        @if shown.taken_over {
            div.notice.warn role="alert" #taken {
                p { (words.t("exam-taken-over")) }
                (take_over(words, sitting, &html! {}))
            }
        }
        @if sitting.attempt.paused_at_ms.is_some() { div.notice.warn.no-js role="status" { p { (words.t("exam-paused-no-script")) } } }
        @for message in &shown.messages {
            div.notice.no-js { p { strong { (words.t("exam-message")) } " " span.muted.small { (clock(message.sent_at_ms)) } } div.stem { (message.text) } }
        }
        @if !shown.unsaved.is_empty() {
            (notice("warn", &words.with("exam-kept", &[("numbers", words.list(shown.unsaved.keys().map(ToString::to_string)).into())])))
        }
        @if shown.saved && shown.is_all_stored() { (notice("good", &words.t("exam-saved-all"))) }
        @if !shown.conflicts.is_empty() {
            div.notice.warn role="alert" {
                p { (words.t("exam-conflicts")) }
                ul { @for (position, sent) in &shown.conflicts { li {
                    a href={ "#q" (position) } { (words.with("question-number", &[("number", count(*position))])) }
                    @if let Some(item) = sitting.sheet.item(*position) { " " (words.with("exam-you-sent", &[("sent", said(words, &item.question, sent).into())])) }
                } } }
            }
        }
        @for position in shown.misfits.keys() {
            div.notice.bad role="alert" { p { a href={ "#q" (position) } { (words.with("exam-misfit", &[("number", count(*position))])) } } }
        }
    }
}

fn form(words: Words, sitting: &Sitting, now_ms: i64, shown: &Shown) -> Markup {
    let attempt = &sitting.attempt;
    html! {
        form #exam method="post" action={ "/attempts/" (attempt.id) } autocomplete="off" data-attempt=(attempt.id)
            data-test=(sitting.test.row.name) data-now=(now_ms) data-deadline=(sitting.runs_until(now_ms)) data-base=(attempt.save_base)
            data-taken[shown.taken_over] data-paused[attempt.paused_at_ms.is_some()] {
            div.split {
                div {
                    @for (index, section) in sitting.test.definition.sections.iter().enumerate() {
                        @let items: Vec<_> = (1_i64..).zip(&sitting.sheet.items).filter(|(_, item)| usize::from(item.section) == index).collect();
                        section.part {
                            h2.part-title { (words.with("exam-part", &[("number", count(index + 1)), ("title", words.of(&section.title).into()),
                                ("points", section.points.to_string().into())])) }
                            @for (position, item) in items {
                                @let stored = value(sitting, position, item);
                                @let filled = shown.unsaved.get(&position).or_else(|| shown.misfits.get(&position)).unwrap_or(&stored);
                                (question(words, (position, item), (&stored, filled), sitting.responses.get(&position).map(|row| (row.save, row.received_at_ms)), &objections::fields(words, position, &shown.objections)))
                            }
                        }
                    }
                    div.dock.js-only {
                        button.button.quiet #previous type="button" { (words.t("exam-previous")) }
                        button.button.quiet #open-card type="button" aria-controls="card" { (words.t("exam-card")) " " span #card-count {} }
                        button.button #next type="button" { (words.t("exam-next")) }
                    }
                    p.actions.js-only.all-only { button.button name="action" value="submit" { (words.t("exam-check")) } }
                    p.actions.no-js {
                        button.button.quiet name="action" value="save" { (words.t("exam-save")) }
                        button.button name="action" value="submit" { (words.t("exam-check")) }
                    }
                    p.small.muted.no-js { (words.with("exam-no-script", &[("deadline", words.moment(attempt.deadline_at_ms).into())])) }
                }
                (answer_card(words, sitting))
            }
        }
    }
}

fn answer_card(words: Words, sitting: &Sitting) -> Markup {
    html! {
        aside.card.card-wide #card aria-label=(words.t("exam-card")) {
            h2 { (words.t("exam-card")) }
            div.map {
                @for (position, item) in (1_i64..).zip(&sitting.sheet.items) {
                    @let done = !value(sitting, position, item).is_null();
                    a href={ "#q" (position) } class=[done.then_some("done")] { (position) }
                }
            }
            p.small.muted.legend { span.tag.good { (words.t("exam-key-saved")) } " " span.tag.warn.js-only { (words.t("exam-key-unsent")) } " " span.tag.none { (words.t("exam-key-empty")) } " " span.tag.none.js-only { "⚑ " (words.t("exam-key-flagged")) } }
            p { button.button.quiet.wide #to-check name="action" value="submit" { (words.t("exam-check")) } }
            p.js-only { button.button.quiet.wide #one-or-all type="button" { (words.t("exam-show-all")) } }
            p.js-only { button.button.quiet.wide #close-card type="button" { (words.t("exam-card-close")) } }
            p.small.muted.js-only.wide-only { (words.t("exam-keys")) }
        }
    }
}

/// Words for the script; `{…}` stands for what it fills in.
fn script_words(words: Words, is_bound: bool) -> Markup {
    let (taken, take) =
        if is_bound { ("exam-one-device", String::new()) } else { ("exam-taken-over", words.t("exam-take-over")) };
    let fill = |id: &str, names: &[&str]| {
        let braced: Vec<(&str, String)> = names.iter().map(|name| (*name, format!("{{{name}}}"))).collect();
        let values: Vec<_> = braced.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        words.with(id, &values)
    };
    html! {
        template #words
            data-saved=(fill("exam-saved", &["time"])) data-saving=(words.t("exam-saving")) data-unsaved=(words.t("exam-unsaved"))
            data-refused=(words.t("exam-refused")) data-all-saved=(words.t("exam-all-saved")) data-some=(fill("exam-some-unsaved", &["count"]))
            data-done=(fill("exam-done", &["done"])) data-left=(fill("exam-left", &["left"])) data-minutes=(fill("exam-minutes-left", &["minutes"]))
            data-time-over=(words.t("exam-time-over")) data-sign-in=(words.t("exam-signed-out")) data-sign-in-link=(words.t("sign-in"))
            data-stale=(fill("exam-stale", &["sent"])) data-taken=(words.t(taken)) data-take=(take)
            data-over=(words.t("exam-over")) data-late=(fill("exam-late", &["positions", "code"])) data-late-sent=(fill("late-sent", &["positions", "code"])) data-result=(words.t("see-result"))
            data-next=(words.t("exam-next")) data-check=(words.t("exam-check")) data-comma=(words.t("list-comma")) data-none=(words.t("no-answer"))
            data-hide=(words.t("exam-time-hide")) data-show=(words.t("exam-time-show")) data-hidden=(words.t("exam-time-hidden"))
            data-one=(words.t("exam-show-one")) data-all=(words.t("exam-show-all")) data-letters=(fill("text-now", &["percent"]))
            data-right=(words.t("right")) data-wrong=(words.t("wrong")) data-wait=(fill("exam-wait", &["positions"])) data-other=(words.t("exam-other-person")) data-objected=(words.t("objection-sent")) data-withdrawn=(words.t("objection-withdrawn")) data-objection-failed=(words.t("objection-failed"))
            data-offline=(words.t("exam-offline")) data-no-room=(words.t("exam-no-room")) data-outside=(words.t("exam-outside")) data-unstored=(words.t("exam-unstored")) data-understood=(words.t("exam-understood"))
            data-moved=(fill("order-moved", &["label", "place", "all"])) data-message=(words.t("exam-message")) data-goes-on=(words.t("exam-goes-on")) {}
    }
}

/// Asks before an attempt is taken over from another device that holds it.
pub fn elsewhere(words: Words, sitting: &Sitting, now_ms: i64) -> Markup {
    html! {
        section.card.narrow {
            p.muted.small { (words.of(&sitting.test.definition.title)) }
            h1 { (words.t("exam-elsewhere")) }
            @if !sitting.test.definition.integrity.is_bound() {
                p { (words.with("exam-elsewhere-explained", &[("count", count(answered(sitting)))])) }
            }
            p.muted { (words.with("home-running", &[("deadline", words.moment(sitting.runs_until(now_ms)).into())])) }
            (take_over(words, sitting, &html! { a.button.quiet href="/" { (words.t("exam-elsewhere-leave")) } }))
        }
    }
}

/// The way to go on with an attempt that another device holds, where there is one.
fn take_over(words: Words, sitting: &Sitting, beside: &Markup) -> Markup {
    let asked = &sitting.test.definition.integrity;
    html! {
        @if asked.is_bound() { p { strong { (words.t("exam-one-device")) } } p.actions { (beside) } }
        @else {
            form.actions method="post" action={ "/tests/" (segment(&sitting.test.row.name)) "/start" } {
                (integrity::start_fields(words, asked))
                button.button name="take_over" value="1" { (words.t("exam-take-over")) }
                (beside)
            }
        }
    }
}

/// Most numbers of unanswered questions said in a sentence; all of them stand below it.
const MOST_NUMBERS: usize = 15;

/// What is still unanswered, and the last step.
pub fn check(words: Words, sitting: &Sitting, now_ms: i64, too_early: Option<i64>) -> Markup {
    let empty = unanswered(sitting);
    let path = format!("/attempts/{}", sitting.attempt.id);
    let minutes = (sitting.runs_until(now_ms) - now_ms).max(0) / 60_000;
    let many = empty.len() > MOST_NUMBERS;
    let numbers = words.list(empty.iter().take(MOST_NUMBERS).map(ToString::to_string)) + if many { " …" } else { "" };
    html! {
        section.card.narrow {
            p.muted.small { (words.of(&sitting.test.definition.title)) }
            h1 { (words.t("check-title")) }
            @if empty.is_empty() {
                (notice("good", &words.with("check-complete", &[("count", count(sitting.sheet.items.len()))])))
            } @else {
                (notice("warn", &words.with("check-unanswered", &[("count", count(empty.len())), ("numbers", numbers.into())])))
                p { (words.t("check-go-back")) }
                div.map { @for position in &empty { a href={ (path) "#q" (position) } { (position) } } }
            }
            p.muted { (words.with("check-time", &[("minutes", count(minutes)), ("deadline", words.moment(sitting.runs_until(now_ms)).into())])) }
            @if let Some(from_ms) = too_early { (notice("warn", &words.with("check-too-early", &[("from", words.moment(from_ms).into())]))) }
            form.actions method="post" action={ (path) "/submit" } {
                button.button type="submit" { (words.t("submit")) }
                a.button.quiet href=(path) { (words.t("check-back")) }
            }
        }
    }
}
