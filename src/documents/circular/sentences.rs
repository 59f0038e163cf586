//! The sentences of a circular, each only where figures of enough people support it.

use super::Public;
use crate::documents::named::{range, values};
use crate::formats::docx_writer::{Paragraph, Style};
use crate::i18n::words::{Words, count, figure, percent};
use crate::rules::blueprint::Keep;
use crate::rules::items::{Flag, LEAST as LEAST_ATTEMPTS};
use crate::rules::points::{Points, number};
use crate::rules::publication::LEAST;
use crate::rules::statistics::branches::Standing;
use crate::rules::statistics::survey::Estimate;
use crate::service::reports::{Line, TopicLine};
use std::collections::HashMap;

/// Participation that is worth praise, in percent.
pub(super) const MANY: f64 = 95.0;
/// A topic of which so much was won is known well, in percent.
pub(super) const STRONG: f64 = 85.0;
/// Places that are commended.
pub(super) const COMMENDED: usize = 3;
/// Fewest ranked branches before the first ones are commended.
pub(super) const LEAST_RANKED: usize = 4;
/// Most names in one sentence.
pub(super) const MOST_NAMES: usize = 10;
/// Most topics in one sentence.
pub(super) const MOST_TOPICS: usize = 3;
/// Means of branches that lie so far apart are worth a sentence, in points of a hundred.
pub(super) const APART: f64 = 10.0;

pub(super) fn start(public: &Public<'_>) -> String {
    let words = public.words;
    let definition = &public.report.test.definition;
    let (from, to) = (words.day(definition.opens_at_ms), words.day(definition.closes_at_ms));
    let same = if from == to { "yes" } else { "no" };
    let title = words.of(&definition.title);
    words.with(
        "circular-start",
        &[("from", from.into()), ("to", to.into()), ("same", same.into()), ("title", title.into())],
    )
}

pub(super) fn basics(public: &Public<'_>) -> Vec<Paragraph> {
    let words = public.words;
    let definition = &public.report.test.definition;
    let full = definition.full();
    let of_full = |line: Points| full.share(line.hundredths(), 10_000).to_string();
    let paper = words.with(
        "circular-paper",
        &[
            ("questions", count(definition.question_count())),
            ("full", full.to_string().into()),
            ("minutes", count(definition.minutes)),
            ("pass", of_full(definition.pass).into()),
            ("excellent", of_full(definition.excellent).into()),
        ],
    );
    let text = if public.whole {
        paper + &all(public) + &after(public) + &estimate(public)
    } else {
        paper + &words.with("circular-few", &[("least", count(LEAST))])
    };
    vec![Paragraph::new(Style::Body, text)]
}

fn all(public: &Public<'_>) -> String {
    let line = &public.report.line;
    public.words.with("circular-figures", &values(&line.tally, &line.figures))
}

/// The pass rate after make-ups, once all are settled and none of the groups that it tells of is of few: those who sat
/// one, of these who had been absent, and of these who had failed.
fn after(public: &Public<'_>) -> String {
    let Some(remade) = &public.report.after else { return String::new() };
    let is_settled = remade.tests.iter().all(|test| test.row.finished_at_ms.is_some());
    let groups = [remade.after.newly_sat, remade.after.sat.saturating_sub(remade.after.newly_sat)];
    let is_large = remade.after.sat >= LEAST && groups.into_iter().all(|group| group == 0 || group >= LEAST);
    if !is_settled || !is_large {
        return String::new();
    }
    public.words.with("circular-after", &[("rate", percent(remade.pass_rate).into())])
}

/// What the sample of an inspection says of everybody.
fn estimate(public: &Public<'_>) -> String {
    let words = public.words;
    let told = public.report.estimated.as_ref().and_then(|found| {
        let (mean, pass) = (found.mean?, found.pass_rate?);
        let likely = |one: Estimate| one.range.map(|found| range(found.low, found.high));
        let values = [
            ("known", count(found.members - found.unknown)),
            ("drawn", count(found.drawn)),
            ("mean", figure(Some(mean.value)).into()),
            ("mean_range", likely(mean)?.into()),
            ("rate", percent(Some(pass.value)).into()),
            ("rate_range", likely(pass)?.into()),
        ];
        Some(words.with("circular-estimate", &values))
    });
    told.unwrap_or_default()
}

pub(super) fn features(public: &Public<'_>) -> Vec<String> {
    if !public.whole {
        return Vec::new();
    }
    let words = public.words;
    let figures = &public.report.line.figures;
    let high = figures.participation_rate.filter(|rate| *rate >= MANY);
    let took_part = high
        .map(|rate| words.with("circular-took-part", &[("rate", percent(Some(rate)).into())]) + &full_branches(public));
    let pass = figures.pass_rate.filter(|rate| *rate >= MANY).map(|rate| {
        let values = [("rate", percent(Some(rate)).into()), ("mean", figure(figures.mean).into())];
        words.with("circular-passed", &values)
    });
    let strong = in_a_row(public, &topics(public, |share| share >= STRONG, true), "circular-topic");
    let strong = (!strong.is_empty()).then(|| words.with("circular-strong", &[("topics", strong.into())]));
    [took_part, pass, leading(public), strong].into_iter().flatten().collect()
}

/// Branches of which everybody took part: by name, or where that were too many, their number.
fn full_branches(public: &Public<'_>) -> String {
    let words = public.words;
    let is_full = |line: &&&Line| line.tally.due() > 0 && line.tally.sat == line.tally.due() && is_named(line);
    let names: Vec<String> = public.alone.iter().filter(is_full).filter_map(|line| name(line)).collect();
    match names.len() {
        0 => String::new(),
        few if few <= MOST_NAMES => words.with("circular-full", &[("names", words.list(names).into())]),
        many => words.with("circular-full-count", &[("count", count(many))]),
    }
}

fn is_named(line: &Line) -> bool {
    line.branch.is_some() && !line.direct && !line.elsewhere
}

fn name(line: &Line) -> Option<String> {
    line.branch.as_ref().map(|node| node.name.clone())
}

/// Branches in the first places of the official ranking, with their means. Who is merged isn't named, and nobody moves up.
fn leading(public: &Public<'_>) -> Option<String> {
    let words = public.words;
    let ranked = public.report.children.iter().filter(|line| line.advice.place.is_some()).count();
    let mut leading: Vec<(usize, &Line)> = public
        .alone
        .iter()
        .filter_map(|line| Some((line.advice.place?.rank, *line)))
        .filter(|(rank, line)| *rank <= COMMENDED && is_named(line))
        .collect();
    if ranked < LEAST_RANKED || leading.is_empty() || leading.len() > MOST_NAMES {
        return None;
    }
    leading.sort_by_key(|(rank, _)| *rank);
    let one = |(_, line): (usize, &Line)| {
        let values = [("name", name(line).unwrap_or_default().into()), ("mean", figure(line.figures.mean).into())];
        words.with("circular-branch-mean", &values)
    };
    let names = words.list(leading.into_iter().map(one));
    Some(words.with("circular-leading", &[("names", names.into())]))
}

pub(super) fn problems(public: &Public<'_>) -> Vec<String> {
    if !public.whole {
        return Vec::new();
    }
    let words = public.words;
    let figures = &public.report.line.figures;
    let rest = |rate: Option<f64>| rate.map(|rate| 100.0 - rate).filter(|rest| *rest >= 0.05);
    let of_rest = |id: &str, rate: f64| words.with(id, &[("rate", percent(Some(rate)).into())]);
    let missed = rest(figures.participation_rate).map(|rate| of_rest("circular-missed", rate));
    let failed = rest(figures.pass_rate).map(|rate| of_rest("circular-failed", rate));
    let weak = in_a_row(public, &weak_topics(public), "circular-topic");
    let weak = (!weak.is_empty()).then(|| words.with("circular-weak", &[("topics", weak.into())]));
    [missed, failed, weak, questions(public), spread(public), below(public)].into_iter().flatten().collect()
}

/// The weakest topics: below the pass line, or far below the mean.
fn weak_topics<'a>(public: &Public<'a>) -> Vec<(f64, &'a TopicLine)> {
    let pass = number(public.report.scale.pass.hundredths()) / 100.0;
    let mean = public.report.line.figures.mean.unwrap_or_default();
    topics(public, |share| share < pass || share <= mean - APART, false)
}

/// The strongest or the weakest topics with their share of points won; only such as enough people got.
fn topics<'a>(public: &Public<'a>, is_meant: impl Fn(f64) -> bool, strongest: bool) -> Vec<(f64, &'a TopicLine)> {
    let definition = &public.report.test.definition;
    // With the mean of several attempts one member is in the figures of a question as often as that.
    let each =
        if definition.keep == Keep::Mean { usize::try_from(definition.attempts).unwrap_or(usize::MAX) } else { 1 };
    let least = LEAST_ATTEMPTS.saturating_mul(each);
    let mut attempts: HashMap<(&str, &str), usize> = HashMap::new();
    for line in &public.items.questions {
        let asked = &line.figures.asked;
        let most = attempts.entry((&*asked.bank, asked.question.topic.as_str())).or_default();
        *most = (*most).max(line.figures.attempts);
    }
    let supported = |topic: &&TopicLine| {
        attempts.get(&(topic.bank.as_str(), topic.topic.as_str())).is_some_and(|attempts| *attempts >= least)
    };
    let found = public.report.topics.iter().filter(supported);
    let mut found: Vec<(f64, &TopicLine)> = found
        .filter_map(|topic| Some((topic.won.percent_of(topic.possible)?, topic)))
        .filter(|(share, _)| is_meant(*share))
        .collect();
    found.sort_by(|one, two| one.0.total_cmp(&two.0));
    if strongest {
        found.reverse();
    }
    found.truncate(MOST_TOPICS);
    found
}

/// Topics in one sentence, each by a message.
fn in_a_row(public: &Public<'_>, topics: &[(f64, &TopicLine)], id: &str) -> String {
    let words = public.words;
    let one = |(share, topic): &(f64, &TopicLine)| {
        let values = [("topic", words.of(&topic.title).into()), ("share", percent(Some(*share)).into())];
        words.with(id, &values)
    };
    words.list(topics.iter().map(one))
}

/// Questions that hardly anybody knew or that many left out, by their number.
fn questions(public: &Public<'_>) -> Option<String> {
    let flagged = |flag: Flag| public.items.questions.iter().filter(|line| line.flags().contains(&flag)).count();
    let (hard, omitted) = (flagged(Flag::TooHard), flagged(Flag::OftenOmitted));
    let values = [("hard", count(hard)), ("omitted", count(omitted))];
    let words: Words = public.words;
    match (hard, omitted) {
        (0, 0) => None,
        (_, 0) => Some(words.with("circular-hard", &values)),
        (0, _) => Some(words.with("circular-omitted", &values)),
        _ => Some(words.with("circular-hard-omitted", &values)),
    }
}

/// How far the means of published branches lie apart.
fn spread(public: &Public<'_>) -> Option<String> {
    let means = || public.alone.iter().filter_map(|line| line.figures.mean);
    let (highest, lowest) = (means().max_by(f64::total_cmp)?, means().min_by(f64::total_cmp)?);
    let apart = highest - lowest;
    (apart >= APART).then(|| public.words.with("circular-spread", &[("apart", figure(Some(apart)).into())]))
}

/// How many branches lie clearly below all, numbers taken into account.
fn below(public: &Public<'_>) -> Option<String> {
    let below = public.alone.iter().filter(|line| line.advice.standing == Standing::Below && is_named(line)).count();
    (below > 0).then(|| public.words.with("circular-below", &[("count", count(below))]))
}

/// What is asked for next: lines to start from.
pub(super) fn next(public: &Public<'_>) -> Vec<String> {
    let words = public.words;
    let weak = if public.whole { weak_topics(public) } else { Vec::new() };
    let weak = in_a_row(public, &weak, "circular-topic-name");
    let study = if weak.is_empty() {
        words.t("circular-next-study")
    } else {
        words.with("circular-next-study-topics", &[("topics", weak.into())])
    };
    vec![study, words.t("circular-next-make-up"), words.t("circular-next-use")]
}
