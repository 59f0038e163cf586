//! What lines of a report are called, the same on the page and in files.

use crate::i18n::Value;
use crate::i18n::words::{Words, count, figure, percent};
use crate::rules::figures::{BandCount, Figures, Scale, Tally};
use crate::rules::statistics::branches::Standing;
use crate::service::reports::Line;

/// The line of excellence as it is written; a dash where nobody reaches it, as in a make-up.
pub fn excellence(scale: Scale) -> String {
    scale.excellence().map_or_else(|| "–".to_owned(), |line| line.to_string())
}

/// The name of the branch of a line.
pub fn branch_name(words: Words, line: &Line) -> String {
    let unnamed = if line.elsewhere { "branch-elsewhere" } else { "whole-unit" };
    line.branch.as_ref().map_or_else(|| words.t(unnamed), |node| node.name.clone())
}

/// The same, where a line may stand for the branch's own members only.
pub fn line_name(words: Words, line: &Line) -> String {
    match &line.branch {
        Some(node) if line.direct => words.with("direct-members", &[("branch", node.name.as_str().into())]),
        _ => branch_name(words, line),
    }
}

/// A band as people write it; its lower end belongs to it.
pub fn band_name(band: &BandCount) -> String {
    match (band.from, band.to) {
        (0, to) => format!("<{to}"),
        (from, 100) => format!("{from}–100"),
        (from, to) => format!("{from}–{}", to - 1),
    }
}

/// A range, as `86–100`.
pub fn range(low: f64, high: f64) -> String {
    format!("{low:.0}–{high:.0}")
}

/// The message that says how a branch stands against all. Advice only; never decides a rank.
pub const fn judged(standing: Standing) -> &'static str {
    match standing {
        Standing::Above => "judged-above",
        Standing::Below => "judged-below",
        Standing::Same => "judged-same",
        Standing::Few => "judged-few",
        Standing::Nobody => "judged-nobody",
        Standing::Alone => "judged-alone",
    }
}

/// Counts and figures as messages take them, by the same names in all.
pub fn values(tally: &Tally, figures: &Figures) -> Vec<(&'static str, Value<'static>)> {
    vec![
        ("due", count(tally.due())),
        ("sat", count(tally.sat)),
        ("absent", count(tally.absent)),
        ("excused", count(tally.excused)),
        ("disqualified", count(tally.disqualified)),
        ("exempt", count(tally.exempt)),
        ("participation", percent(figures.participation_rate).into()),
        ("mean", figure(figures.mean).into()),
        ("passed", count(figures.passed)),
        ("pass_rate", percent(figures.pass_rate).into()),
        ("excellent", count(figures.excellent)),
        ("excellence_rate", percent(figures.excellence_rate).into()),
    ]
}

/// The official place; small branches stand apart, and whoever is no branch has none.
pub fn place(words: Words, line: &Line) -> Option<String> {
    match line.advice.place {
        Some(place) => {
            let shared = if place.shared { "yes" } else { "no" };
            Some(words.with("rank-of", &[("rank", count(place.rank)), ("shared", shared.into())]))
        }
        None if line.direct || line.elsewhere || line.tally.marked() == 0 => None,
        None => Some(words.t("rank-apart")),
    }
}
