//! View of the announcement as an office sends it out: plain text to copy, or a page to print.

use super::announce::rules;
use crate::rules::points::Points;
use crate::service::tests::Test;
use crate::web::layout::crumbs;
use crate::web::visit::segment;
use crate::web::words::{Words, count};
use maud::{Markup, html};

/// What the announcement says.
#[derive(Debug, Clone)]
pub struct Notice {
    /// The test.
    pub test: Test,
    /// Names of the branches that take it, and of those taken out again.
    pub units: (Vec<String>, Vec<String>),
    /// How many are due.
    pub due: usize,
    /// Where members open it.
    pub address: String,
    /// Whom to ask.
    pub organizer: String,
    /// When it is written.
    pub now_ms: i64,
}

/// The whole page.
pub fn notice_page(words: Words, shown: &Notice) -> Markup {
    let definition = &shown.test.definition;
    let title = words.of(&definition.title);
    let path = format!("/tests/{}/manage", segment(&definition.test));
    html! {
        (crumbs(words, &[("/tests".into(), words.t("nav-tests")), (path.clone(), title.to_owned())], &words.t("notice")))
        p.actions.noprint {
            button.button data-copy="#notice" data-done=(words.t("notice-copied")) hidden { (words.t("notice-copy")) }
            a.button.quiet href=(path) { (words.t("back")) }
        }
        p.muted.noprint { (words.t("notice-help")) }
        article.card.official #notice {
            h1 { (words.with("notice-title", &[("title", title.into())])) }
            p { (words.t("notice-to")) }
            p { (words.with("notice-start", &[("title", title.into())])) }
            @for (index, (heading, lines)) in parts(words, shown).iter().enumerate() {
                h2 { (words.with("notice-heading", &[("number", words.t(&format!("notice-number-{}", index + 1)).into()), ("heading", words.t(heading).into())])) }
                @for line in lines { p { (line) } }
            }
            p.end { (words.t("notice-office")) br; (crate::i18n::day(words.0, shown.now_ms)) }
        }
    }
}

fn parts(words: Words, shown: &Notice) -> Vec<(&'static str, Vec<String>)> {
    let definition = &shown.test.definition;
    let (from, to) = (words.moment(definition.opens_at_ms), words.moment(definition.closes_at_ms));
    let time = words.with("notice-time-line", &[("from", from.into()), ("to", to.into())]);
    let (units, except) = &shown.units;
    let who = words.with(
        "notice-who-line",
        &[
            ("units", words.list(units.iter().cloned()).into()),
            ("has_except", if except.is_empty() { "no" } else { "yes" }.into()),
            ("except", words.list(except.iter().cloned()).into()),
            ("due", count(shown.due)),
        ],
    );
    let address = words.with("notice-address-line", &[("address", shown.address.as_str().into())]);
    let trial = format!("{}/try", shown.address);
    let trial = words.with("notice-trial-line", &[("address", trial.as_str().into())]);
    let contact = words.with("notice-contact-line", &[("name", shown.organizer.as_str().into())]);
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
        ("notice-paper", paper(words, shown)),
        ("notice-rules", others.enumerate().map(numbered).collect()),
        ("notice-how", vec![address, trial]),
        ("notice-contact", vec![contact]),
    ]
}

fn paper(words: Words, shown: &Notice) -> Vec<String> {
    let definition = &shown.test.definition;
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
