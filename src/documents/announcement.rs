//! The announcement 考试通知 of a test: when, who, which paper, rules, where, whom to ask. On a page to copy or print, and
//! as an official document to be edited.

use super::{Asked, official};
use crate::app::App;
use crate::formats::docx_writer::{Paragraph, Style};
use crate::i18n::words::{Words, count};
use crate::rules::blueprint::Definition;
use crate::rules::integrity::{Integrity, written};
use crate::rules::points::Points;
use crate::service::Result;
use crate::service::announcements::{Announced, announced};
use crate::service::reach;

/// What an announcement says.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// The title.
    pub title: String,
    /// To whom it goes.
    pub to: String,
    /// The first paragraph.
    pub start: String,
    /// The sections: heading and lines.
    pub parts: Vec<(String, Vec<String>)>,
    /// Who issues it, to be filled in.
    pub office: String,
    /// The day.
    pub day: String,
}

/// What is said of a test; `address`: where members open it, empty where that isn't known.
pub fn said(words: Words, announced: &Announced, address: &str, now_ms: i64) -> Announcement {
    let title = words.of(&announced.test.definition.title);
    let parts = parts(words, announced, address);
    Announcement {
        title: words.with("notice-title", &[("title", title.into())]),
        to: words.t("notice-to"),
        start: words.with("notice-start", &[("title", title.into())]),
        parts: parts.into_iter().map(|(heading, lines)| (words.t(heading), lines)).collect(),
        office: words.t("notice-office"),
        day: words.day(now_ms),
    }
}

fn parts(words: Words, announced: &Announced, address: &str) -> Vec<(&'static str, Vec<String>)> {
    let definition = &announced.test.definition;
    let (from, to) = (words.moment(definition.opens_at_ms), words.moment(definition.closes_at_ms));
    let time = words.with("notice-time-line", &[("from", from.into()), ("to", to.into())]);
    let (units, except) = &announced.units;
    let who = words.with(
        "notice-who-line",
        &[
            ("units", words.list(units.iter().cloned()).into()),
            ("has_except", if except.is_empty() { "no" } else { "yes" }.into()),
            ("except", words.list(except.iter().cloned()).into()),
            ("due", count(announced.due)),
        ],
    );
    let asks = if announced.asks.is_empty() { words.t("notice-contact-unknown") } else { announced.asks.clone() };
    let contact = words.with("notice-contact-line", &[("name", asks.into())]);
    let numbered = |(index, rule): (usize, String)| {
        words.with("notice-item", &[("number", count(index + 1)), ("text", rule.into())])
    };
    // The lines stand with the paper already, in points.
    let lines = [("pass", definition.pass.to_string().into()), ("excellent", definition.excellent.to_string().into())];
    let lines = words.with("rule-lines", &lines);
    let others = rules(words, definition, 0).into_iter().filter(|rule| *rule != lines);
    vec![
        ("notice-time", vec![time]),
        ("notice-who", vec![who]),
        ("notice-paper", paper(words, definition)),
        ("notice-rules", others.enumerate().map(numbered).collect()),
        ("notice-how", how(words, address)),
        ("notice-contact", vec![contact]),
    ]
}

fn how(words: Words, address: &str) -> Vec<String> {
    if address.is_empty() {
        return vec![words.t("notice-address-unknown")];
    }
    let trial = format!("{address}/try");
    vec![
        words.with("notice-address-line", &[("address", address.into())]),
        words.with("notice-trial-line", &[("address", trial.into())]),
    ]
}

fn paper(words: Words, definition: &Definition) -> Vec<String> {
    let full = definition.full();
    let of_full = |line: Points| full.share(line.hundredths(), 10_000).to_string();
    let sections = definition.sections.iter().map(|section| {
        let questions: u32 = section.draw.iter().map(|row| row.count).sum();
        words.with(
            "notice-section",
            &[
                ("title", words.of(&section.title).into()),
                ("questions", count(questions)),
                ("points", section.points.to_string().into()),
            ],
        )
    });
    let sections: Vec<String> = sections.collect();
    let values = [
        ("questions", count(definition.question_count())),
        ("full", full.to_string().into()),
        ("sections", sections.join(&words.t("list-semicolon")).into()),
    ];
    let lines = [("pass", of_full(definition.pass).into()), ("excellent", of_full(definition.excellent).into())];
    vec![words.with("notice-paper-line", &values), words.with("notice-lines", &lines)]
}

/// The rules of a test in words.
pub fn rules(words: Words, definition: &Definition, extra_minutes: u32) -> Vec<String> {
    let mut rules = vec![words.with("rule-minutes", &[("minutes", count(definition.minutes))])];
    if extra_minutes > 0 {
        rules.push(words.with("rule-extra", &[("minutes", count(extra_minutes))]));
    }
    rules.push(words.with("rule-attempts", &[("attempts", count(definition.attempts))]));
    if definition.attempts > 1 {
        rules.push(words.t(&format!("keep-{}", definition.keep.name())));
    }
    let lines = [("pass", definition.pass.to_string().into()), ("excellent", definition.excellent.to_string().into())];
    rules.push(words.with("rule-lines", &lines));
    if let Some(minutes) = definition.late_minutes {
        rules.push(words.with("rule-late", &[("minutes", count(minutes))]));
    }
    if let Some(minutes) = definition.earliest_submit_minutes {
        rules.push(words.with("rule-earliest", &[("minutes", count(minutes))]));
    }
    rules.extend(of_integrity(words, &definition.integrity));
    rules.push(words.t(&format!("review-{}", definition.review.name())));
    rules.push(words.t(if definition.integrity.is_bound() { "rule-saving-one-device" } else { "rule-saving" }));
    rules
}

/// What is asked of those who sit it beyond answering.
fn of_integrity(words: Words, integrity: &Integrity) -> Vec<String> {
    let asked = [
        (integrity.password.is_some(), "rule-password"),
        (!integrity.safe_exam_browser.is_empty(), "rule-browser"),
        (integrity.one_device, "rule-one-device"),
        (integrity.full_screen, "rule-full-screen"),
        (integrity.no_copy, "rule-no-copy"),
        (integrity.hints, "rule-hints"),
    ];
    let mut rules: Vec<String> =
        asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, rule)| words.t(rule)).collect();
    if !integrity.addresses.is_empty() {
        let networks = words.list(integrity.addresses.iter().map(written));
        rules.push(words.with("rule-addresses", &[("networks", networks.into())]));
    }
    rules
}

/// The announcement as a document.
pub(super) async fn make(app: &App, asked: Asked<'_>) -> Result<Vec<u8>> {
    let Asked { caller, words, now_ms, test, .. } = asked;
    let announced = announced(app, caller, test).await?;
    let server = reach::addresses(app, asked.address).into_iter().next().unwrap_or_default();
    let address = if server.is_empty() { server } else { format!("{server}/tests/{test}") };
    let said = said(words, &announced, &address, now_ms);
    let mut blocks = official::head(words, &said.title, &said.to);
    blocks.push(Paragraph::new(Style::Body, said.start).into());
    let last = said.parts.len();
    for (number, (heading, lines)) in (1..).zip(said.parts) {
        // Somebody has to say whom to ask, and where no address is known, where to go.
        let is_to_fill = number == last || (address.is_empty() && number + 1 == last);
        let paragraph = |line: String| {
            if is_to_fill { Paragraph::to_fill(Style::Body, line) } else { Paragraph::new(Style::Body, line) }
        };
        blocks.extend(official::section(words, number, &heading, lines.into_iter().map(paragraph).collect()));
    }
    let office = Paragraph::to_fill(Style::Closing, said.office);
    // Made later, for the files, it has the day on which it was sent out.
    let is_past = now_ms > announced.test.definition.opens_at_ms;
    let date =
        if is_past { Paragraph::to_fill(Style::Closing, words.t("sign-date")) } else { official::date(words, now_ms) };
    official::close(&mut blocks, office, date);
    official::write(words, &said.title, blocks).await
}
