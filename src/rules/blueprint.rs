//! A test as its organizer defines it: who sits it, when, by which rules, and what is drawn.

use crate::rules::figures::Scale;
use crate::rules::integrity::Integrity;
use crate::rules::make_up::{MakeUpOf, OUT_OF_REACH};
use crate::rules::marking::Marking;
use crate::rules::objection::USUAL_DAYS;
use crate::rules::points::Points;
use crate::rules::question::{Kind, Policy};
use crate::rules::sample::Sample;
use crate::rules::text::Text;
use serde::{Deserialize, Serialize};

/// What a test is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// 练习; never enters an assessed score.
    Practice,
    /// 月考.
    #[default]
    Monthly,
    /// 季度考核.
    Quarterly,
    /// 年度考核.
    Annual,
    /// 补考.
    MakeUp,
    /// 抽查.
    Inspection,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 6] =
        [Self::Practice, Self::Monthly, Self::Quarterly, Self::Annual, Self::MakeUp, Self::Inspection];

    /// The occasion of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name() == name)
    }

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Annual => "annual",
            Self::MakeUp => "make_up",
            Self::Inspection => "inspection",
        }
    }
}

/// Which of several finished attempts counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The highest score.
    #[default]
    Best,
    /// The one finished last.
    Last,
    /// The one finished first.
    First,
    /// The mean, rounded half up to a hundredth.
    Mean,
}

impl Keep {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Best, Self::Last, Self::First, Self::Mean];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Last => "last",
            Self::First => "first",
            Self::Mean => "mean",
        }
    }

    /// The score that counts, of scores in the order of finishing; `None` of none.
    pub fn of(self, scores: &[Points]) -> Option<Points> {
        match self {
            Self::Best => scores.iter().copied().max(),
            Self::Last => scores.last().copied(),
            Self::First => scores.first().copied(),
            Self::Mean => {
                let count = i64::try_from(scores.len()).ok().filter(|&count| count > 0)?;
                let sum: Points = scores.iter().copied().sum();
                Some(sum.share(1, count))
            }
        }
    }
}

/// When members see keys and explanations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// Never.
    Never,
    /// Once the member has submitted; for practice only.
    AfterSubmit,
    /// After the last personal window.
    #[default]
    AfterClose,
}

impl Review {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::Never, Self::AfterSubmit, Self::AfterClose];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::AfterSubmit => "after_submit",
            Self::AfterClose => "after_close",
        }
    }
}

/// A range of difficulties, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Band {
    /// Lowest, 1 to 5.
    pub from: u8,
    /// Highest, 1 to 5.
    pub to: u8,
}

impl Band {
    /// `1-2`, `3`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let (from, to): (u8, u8) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        (1 <= from && from <= to && to <= 5).then_some(Self { from, to })
    }

    /// Whether a difficulty lies in it.
    pub const fn holds(self, difficulty: u8) -> bool {
        self.from <= difficulty && difficulty <= self.to
    }
}

impl std::fmt::Display for Band {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.from == self.to {
            write!(formatter, "{}", self.from)
        } else {
            write!(formatter, "{}-{}", self.from, self.to)
        }
    }
}

/// The bands that organizers think in: easy, middling, hard.
pub const USUAL_BANDS: [Band; 3] = [Band { from: 1, to: 2 }, Band { from: 3, to: 3 }, Band { from: 4, to: 5 }];

/// One row of a section: how many questions to draw from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The bank.
    pub bank: String,
    /// Only these topics; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// How many.
    pub count: u32,
    /// How many of each band of difficulty; they add up to `count`. Any difficulty where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub difficulty: Vec<(Band, u32)>,
}

/// A section of a paper: questions of one kind at the same points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading.
    pub title: Text,
    /// The kind of its questions.
    pub kind: Kind,
    /// Points of each question.
    pub points: Points,
    /// How a partly right multiple choice counts.
    #[serde(default)]
    pub policy: Policy,
    /// What is drawn.
    pub draw: Vec<Row>,
}

/// Who takes a test.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Codes of branches, each standing for its whole subtree.
    pub branches: Vec<String>,
    /// Codes of branches taken out again, with their subtrees.
    pub except: Vec<String>,
    /// Logins (or keys) of the only people there who take it; everybody there where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

/// A test as its organizer defines it. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Its name.
    pub test: String,
    /// What readers see.
    pub title: Text,
    /// What it is for.
    pub occasion: Occasion,
    /// Who takes it.
    pub audience: Audience,
    /// From when it can be started.
    pub opens_at_ms: i64,
    /// Until when responses are taken (before extra minutes).
    pub closes_at_ms: i64,
    /// Minutes from start to deadline.
    pub minutes: u32,
    /// How often a member may sit it.
    pub attempts: u32,
    /// Which attempt counts.
    pub keep: Keep,
    /// The pass line in percent of full marks (inclusive); hundredths of a percent inside.
    pub pass: Points,
    /// The line of excellence, likewise.
    pub excellent: Points,
    /// When keys are shown.
    pub review: Review,
    /// Start is refused later than this after the person's own opening.
    pub late_minutes: Option<u32>,
    /// Submitting is refused earlier than this after the start.
    pub earliest_submit_minutes: Option<u32>,
    /// What is asked of those who sit it beyond answering.
    #[serde(default, skip_serializing_if = "Integrity::is_nothing")]
    pub integrity: Integrity,
    /// Whether corrections after the test need a second person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approve_corrections: bool,
    /// What it makes up for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make_up_of: Option<MakeUpOf>,
    /// How its members are drawn; all of its audience where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// Working days after the test was settled in which results are provisional and members may object to questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection_days: Option<u32>,
    /// How written answers are marked.
    #[serde(default, skip_serializing_if = "Marking::is_usual")]
    pub marking: Marking,
    /// What is drawn.
    pub sections: Vec<Section>,
}

/// Most minutes of a test: a week.
pub const MOST_MINUTES: u32 = 7 * 24 * 60;
/// Most attempts of one member.
pub const MOST_ATTEMPTS: u32 = 1000;
/// Most sections of a test.
pub const MOST_SECTIONS: usize = 50;
/// Most rows of a section.
pub const MOST_ROWS: usize = 200;
/// Most questions of a paper.
pub const MOST_QUESTIONS: u32 = 1000;

impl Definition {
    /// How many questions a paper holds.
    pub fn question_count(&self) -> u32 {
        self.sections.iter().flat_map(|section| &section.draw).map(|row| row.count).sum()
    }

    /// Working days to object in, the usual ones where none are stated.
    pub fn days_to_object(&self) -> u32 {
        self.objection_days.unwrap_or(USUAL_DAYS)
    }

    /// Full marks and lines.
    pub fn scale(&self) -> Scale {
        Scale { full: self.full(), pass: self.pass, excellent: self.excellence() }
    }

    /// The line from which a score is excellent; nobody reaches it in a make-up.
    pub const fn excellence(&self) -> Points {
        if self.make_up_of.is_some() { OUT_OF_REACH } else { self.excellent }
    }

    /// Full marks.
    pub fn full(&self) -> Points {
        self.sections
            .iter()
            .flat_map(|section| section.draw.iter().map(|row| section.points.share(i64::from(row.count), 1)))
            .sum()
    }
}

/// Something that a test may have, but hardly on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caution {
    /// It opens in the past.
    OpensInThePast,
    /// It closes before it opens.
    ClosesBeforeOpening,
    /// The window is shorter than the time to answer: nobody has all of it.
    WindowShorterThanMinutes,
    /// The latest start leaves less than half of the window to start in.
    LateShutsMost,
    /// Nobody may submit before the time is over.
    SubmitOnlyAtTheEnd,
}

impl Caution {
    /// The name of its message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpensInThePast => "opens-in-the-past",
            Self::ClosesBeforeOpening => "closes-first",
            Self::WindowShorterThanMinutes => "window-short",
            Self::LateShutsMost => "late-shuts-most",
            Self::SubmitOnlyAtTheEnd => "submit-at-the-end",
        }
    }
}

/// What an organizer should look at once more.
pub fn cautions(definition: &Definition, now_ms: i64) -> Vec<Caution> {
    let window_ms = definition.closes_at_ms - definition.opens_at_ms;
    let shuts = |late: u32| minutes_ms(late).saturating_mul(2) < window_ms;
    [
        (definition.opens_at_ms < now_ms, Caution::OpensInThePast),
        (window_ms <= 0, Caution::ClosesBeforeOpening),
        (window_ms > 0 && window_ms < minutes_ms(definition.minutes), Caution::WindowShorterThanMinutes),
        (definition.late_minutes.is_some_and(shuts), Caution::LateShutsMost),
        (
            definition.earliest_submit_minutes.is_some_and(|earliest| earliest > 0 && earliest >= definition.minutes),
            Caution::SubmitOnlyAtTheEnd,
        ),
    ]
    .into_iter()
    .filter_map(|(holds, caution)| holds.then_some(caution))
    .collect()
}

/// A window moved by whole weeks, so that it opens after `now_ms` on the same day of the week at the same time.
pub fn moved_ahead(opens_at_ms: i64, closes_at_ms: i64, now_ms: i64) -> (i64, i64) {
    const WEEK_MS: i64 = 7 * 24 * 3_600_000;
    let behind = now_ms - opens_at_ms;
    let by = if behind < 0 { 0 } else { (behind / WEEK_MS + 1) * WEEK_MS };
    (opens_at_ms + by, closes_at_ms + by)
}

/// `minutes` in milliseconds.
pub const fn minutes_ms(minutes: u32) -> i64 {
    // `From` is not const; widening can't lose anything.
    #[expect(clippy::as_conversions, reason = "widening in a const fn")]
    let minutes = minutes as i64;
    minutes * 60_000
}

#[cfg(test)]
mod tests {
    use super::{Audience, Caution, Definition, Integrity, Keep, Marking, Occasion, Review, cautions, moved_ahead};
    use crate::rules::points::Points;

    fn definition() -> Definition {
        Definition {
            test: "t".into(),
            title: "T".into(),
            occasion: Occasion::Monthly,
            audience: Audience::default(),
            opens_at_ms: 1_000_000,
            closes_at_ms: 1_000_000 + 8 * 3_600_000,
            minutes: 60,
            attempts: 1,
            keep: Keep::Best,
            pass: Points::from_hundredths(6000),
            excellent: Points::from_hundredths(9000),
            review: Review::AfterClose,
            late_minutes: None,
            earliest_submit_minutes: None,
            integrity: Integrity::default(),
            approve_corrections: false,
            make_up_of: None,
            sample: None,
            objection_days: None,
            marking: Marking::default(),
            sections: Vec::new(),
        }
    }

    #[test]
    fn a_latest_start_before_half_of_the_window_is_pointed_out() {
        let late = |minutes| cautions(&Definition { late_minutes: Some(minutes), ..definition() }, 0);
        assert_eq!(late(30), [Caution::LateShutsMost]);
        assert_eq!(late(239), [Caution::LateShutsMost]);
        assert_eq!(late(240), []);
        assert_eq!(cautions(&definition(), 0), []);
    }

    #[test]
    fn other_oddities_are_pointed_out_too() {
        let short = Definition { minutes: 9 * 60, earliest_submit_minutes: Some(9 * 60), ..definition() };
        let all = [Caution::OpensInThePast, Caution::WindowShorterThanMinutes, Caution::SubmitOnlyAtTheEnd];
        assert_eq!(cautions(&short, 1_000_001), all);
    }

    #[test]
    fn a_copied_window_keeps_its_day_of_the_week_and_its_length() {
        const DAY: i64 = 24 * 3_600_000;
        assert_eq!(moved_ahead(DAY, 2 * DAY, 15 * DAY), (22 * DAY, 23 * DAY));
        assert_eq!(moved_ahead(DAY, 2 * DAY, DAY), (8 * DAY, 9 * DAY));
        assert_eq!(moved_ahead(DAY, 2 * DAY, 0), (DAY, 2 * DAY));
    }
}
