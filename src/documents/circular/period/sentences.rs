//! The sentences of the circular about a period, each only where figures of enough people support it.

use super::Public;
use crate::documents::circular::sentences::{APART, COMMENDED, LEAST_RANKED, MANY, MOST_NAMES, MOST_TOPICS, STRONG};
use crate::i18n::words::{count, figure, percent};
use crate::rules::items::LEAST as LEAST_ATTEMPTS;
use crate::rules::overview::Cell;
use crate::rules::publication::LEAST;
use crate::service::overview::Row;
use crate::service::tests::Test;

pub(super) fn start(public: &Public<'_>) -> String {
    let words = public.words;
    let one = |test: &Test| {
        let values = [
            ("title", words.of(&test.definition.title).into()),
            ("day", words.day(test.definition.closes_at_ms).into()),
        ];
        words.with("circular-period-test", &values)
    };
    let tests = &public.overview.tests;
    let named = if tests.len() <= MOST_NAMES {
        words.with("circular-period-named", &[("tests", words.list(tests.iter().map(one)).into())])
    } else {
        String::new()
    };
    let values = [("period", public.period.as_str().into()), ("count", count(tests.len())), ("named", named.into())];
    words.with("circular-period-start", &values)
}

pub(super) fn basics(public: &Public<'_>) -> String {
    let words = public.words;
    let Some(whole) = &public.whole else {
        return words.with("circular-few", &[("least", count(LEAST))]);
    };
    let figures = &whole.figures;
    let values = [
        ("due", count(whole.due)),
        ("sat", count(whole.sat)),
        ("participation", percent(figures.participation_rate).into()),
        ("mean", figure(figures.mean).into()),
        ("passed", count(figures.passed)),
        ("pass_rate", percent(figures.pass_rate).into()),
        ("excellent", count(figures.excellent)),
        ("excellence_rate", percent(figures.excellence_rate).into()),
    ];
    words.with("circular-period-figures", &values)
}

/// The branch of a row that may be commended by its name.
fn name(row: &Row) -> Option<String> {
    row.branch.as_ref().filter(|_| !row.direct).map(|node| node.name.clone())
}

pub(super) fn features(public: &Public<'_>) -> Vec<String> {
    let words = public.words;
    let Some(whole) = &public.whole else { return Vec::new() };
    let high = whole.figures.participation_rate.filter(|rate| *rate >= MANY);
    let took_part = high
        .map(|rate| words.with("circular-took-part", &[("rate", percent(Some(rate)).into())]) + &full_branches(public));
    let pass = whole.figures.pass_rate.filter(|rate| *rate >= MANY).map(|rate| {
        let values = [("rate", percent(Some(rate)).into()), ("mean", figure(whole.figures.mean).into())];
        words.with("circular-passed", &values)
    });
    let strong = topics(public, |share| share >= STRONG, true, "circular-topic");
    let strong = strong.map(|topics| words.with("circular-strong", &[("topics", topics.into())]));
    let rose = change(public).filter(|points| *points >= APART).map(|points| changed(public, "circular-rose", points));
    [took_part, pass, leading(public), rose, strong].into_iter().flatten().collect()
}

fn full_branches(public: &Public<'_>) -> String {
    let words = public.words;
    let full = public.alone.iter().filter(|(_, cell)| cell.sat == cell.due);
    let names: Vec<String> = full.filter_map(|(row, _)| name(row)).collect();
    match names.len() {
        0 => String::new(),
        few if few <= MOST_NAMES => words.with("circular-full", &[("names", words.list(names).into())]),
        many => words.with("circular-full-count", &[("count", count(many))]),
    }
}

/// The three branches with the highest means of the period, ties included, where nobody is merged who could be among them.
fn leading(public: &Public<'_>) -> Option<String> {
    let words = public.words;
    let mut means: Vec<(f64, &Row)> =
        public.alone.iter().filter_map(|(row, cell)| Some((cell.figures.mean?, *row))).collect();
    if means.len() < LEAST_RANKED || public.together.is_some() {
        return None;
    }
    means.sort_by(|one, two| two.0.total_cmp(&one.0));
    let third = means.get(COMMENDED - 1)?.0;
    let first: Vec<(f64, String)> = means
        .into_iter()
        .take_while(|(mean, _)| *mean >= third)
        .filter_map(|(mean, row)| Some((mean, name(row)?)))
        .collect();
    if first.is_empty() || first.len() > MOST_NAMES {
        return None;
    }
    let one = |(mean, name): (f64, String)| {
        words.with("circular-branch-mean", &[("name", name.into()), ("mean", figure(Some(mean)).into())])
    };
    let names = words.list(first.into_iter().map(one));
    Some(words.with("circular-leading", &[("names", names.into())]))
}

/// The mean of the last test less that of the first, in points of a hundred.
fn change(public: &Public<'_>) -> Option<f64> {
    let (first, last) = (public.tests.first()?, public.tests.last()?);
    (public.tests.len() > 1).then_some(last.1.figures.mean? - first.1.figures.mean?)
}

fn changed(public: &Public<'_>, id: &str, points: f64) -> String {
    let mean = |test: Option<&(&Test, Cell)>| figure(test.and_then(|(_, cell)| cell.figures.mean));
    let values = [
        ("first", mean(public.tests.first()).into()),
        ("last", mean(public.tests.last()).into()),
        ("points", figure(Some(points.abs())).into()),
    ];
    public.words.with(id, &values)
}

pub(super) fn problems(public: &Public<'_>) -> Vec<String> {
    let words = public.words;
    let Some(whole) = &public.whole else { return Vec::new() };
    let rest = |rate: Option<f64>| rate.map(|rate| 100.0 - rate).filter(|rest| *rest >= 0.05);
    let of_rest = |id: &str, rate: f64| words.with(id, &[("rate", percent(Some(rate)).into())]);
    let missed = rest(whole.figures.participation_rate).map(|rate| of_rest("circular-missed", rate));
    let failed = rest(whole.figures.pass_rate).map(|rate| of_rest("circular-failed", rate));
    let weak = weak_topics(public, "circular-topic");
    let weak = weak.map(|topics| words.with("circular-weak", &[("topics", topics.into())]));
    let fell = change(public).filter(|points| *points <= -APART).map(|points| changed(public, "circular-fell", points));
    [missed, failed, weak, spread(public), fell].into_iter().flatten().collect()
}

fn spread(public: &Public<'_>) -> Option<String> {
    let means = || public.alone.iter().filter_map(|(_, cell)| cell.figures.mean);
    let apart = means().max_by(f64::total_cmp)? - means().min_by(f64::total_cmp)?;
    (apart >= APART).then(|| public.words.with("circular-spread", &[("apart", figure(Some(apart)).into())]))
}

fn weak_topics(public: &Public<'_>, id: &str) -> Option<String> {
    let mean = public.whole.and_then(|whole| whole.figures.mean).unwrap_or_default();
    topics(public, |share| share <= mean - APART, false, id)
}

/// The strongest or weakest topics with their share of points won, in one sentence; only of so many points as that many
/// sittings have on average for one question.
fn topics(public: &Public<'_>, is_meant: impl Fn(f64) -> bool, strongest: bool, id: &str) -> Option<String> {
    let words = public.words;
    let definitions = || public.overview.tests.iter().map(|test| &test.definition);
    let questions = definitions().map(|definition| i64::from(definition.question_count())).sum::<i64>().max(1);
    let hundredths: i64 = definitions().map(|definition| definition.full().hundredths()).sum();
    let least = hundredths / questions * i64::try_from(LEAST_ATTEMPTS).unwrap_or(i64::MAX);
    let told = public.overview.total.topics.iter().filter(|(_, (_, possible))| possible.hundredths() >= least);
    let mut told: Vec<(f64, &(String, String))> = told
        .filter_map(|(topic, (won, possible))| Some((won.percent_of(*possible)?, topic)))
        .filter(|(share, _)| is_meant(*share))
        .collect();
    told.sort_by(|one, two| one.0.total_cmp(&two.0));
    if strongest {
        told.reverse();
    }
    told.truncate(MOST_TOPICS);
    let one = |(share, topic): &(f64, &(String, String))| {
        let title = public.overview.titles.get(*topic).map_or(topic.1.as_str(), |title| words.of(title));
        words.with(id, &[("topic", title.into()), ("share", percent(Some(*share)).into())])
    };
    (!told.is_empty()).then(|| words.list(told.iter().map(one)))
}

pub(super) fn next(public: &Public<'_>) -> Vec<String> {
    let words = public.words;
    let study = match weak_topics(public, "circular-topic-name") {
        Some(topics) => words.with("circular-next-study-topics", &[("topics", topics.into())]),
        None => words.t("circular-next-study"),
    };
    vec![study, words.t("circular-next-make-up"), words.t("circular-next-use")]
}
