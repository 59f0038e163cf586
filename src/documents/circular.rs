//! The circular 通报 about a test, for publication: an official document to be edited, filled as far as the figures
//! support a sentence. Groups of few are merged (`rules::publication`); it names branches only to commend them, and
//! nobody who was absent, failed or was corrected.

pub(super) mod period;
mod sentences;

use super::official::{self, Circular};
use super::report::objection_period;
use super::{Asked, named::line_name};
use crate::app::App;
use crate::formats::docx_writer::{Block, Cell, Paragraph, Style, Table};
use crate::i18n::words::{Words, count, figure, percent};
use crate::rules::figures::{Figures, Tally};
use crate::rules::publication::{LEAST, Published, Size, published};
use crate::rules::tree::Node;
use crate::service::circular_templates;
use crate::service::items::{Items, items};
use crate::service::objections::provisional_until;
use crate::service::reports::{Line, Report, report};
use crate::service::{Error, Result};

/// What may be published of a report.
struct Public<'a> {
    words: Words,
    report: &'a Report,
    items: &'a Items,
    /// Whether the figures of all together may be published.
    whole: bool,
    /// Branches that stand by themselves.
    alone: Vec<&'a Line>,
    /// How many are told of together, and what they add up to.
    together: Option<(usize, Tally)>,
}

impl<'a> Public<'a> {
    fn new(words: Words, report: &'a Report, items: &'a Items) -> Self {
        let size = |tally: &Tally| Size { marked: tally.marked(), due: tally.due() };
        let sizes: Vec<Size> = report.children.iter().map(|line| size(&line.tally)).collect();
        let lines = |indices: &[usize]| indices.iter().filter_map(|&index| report.children.get(index)).collect();
        let whole = published(&[size(&report.line.tally)]).is_some();
        let Published { alone, together } = published(&sizes).filter(|_| whole).unwrap_or_default();
        let merged: Vec<&Line> = lines(&together);
        let mut sum = Tally::default();
        for line in &merged {
            sum.add_all(&line.tally);
        }
        Self {
            words,
            report,
            items,
            whole,
            alone: lines(&alone),
            together: (!merged.is_empty()).then_some((merged.len(), sum)),
        }
    }

    /// Whether there is a table worth printing: the rows tell more than the total.
    fn has_table(&self) -> bool {
        self.alone.len() + usize::from(self.together.is_some()) > 1
    }

    fn title(&self) -> String {
        let title = self.words.of(&self.report.test.definition.title);
        self.words.with("circular-title", &[("title", title.into())])
    }
}

/// Makes it, once nothing can change any more: two circulars of different moments would tell of those between them.
pub(super) async fn make(app: &App, asked: Asked<'_>) -> Result<(Option<Node>, Vec<u8>)> {
    let Asked { caller, words, now_ms, test, branch, .. } = asked;
    let report = report(app, caller, test, branch).await?;
    if let Some(reason) = report.test.row.cancelled_reason {
        return Err(Error::Cancelled { reason });
    }
    if !report.is_final {
        return Err(Error::TestNotOver);
    }
    let items = items(app, caller, now_ms, test, branch).await?;
    let public = Public::new(words, &report, &items);
    let template = circular_templates::for_branch(app, report.line.branch.as_ref()).await?;
    let bytes = circular(&public, now_ms).write(words, template).await?;
    Ok((report.line.branch.clone(), bytes))
}

fn circular(public: &Public<'_>, now_ms: i64) -> Circular {
    let words = public.words;
    let mut told: Vec<Block> = vec![Paragraph::new(Style::Body, sentences::start(public)).into()];
    let test = &public.report.test;
    if provisional_until(test).is_some_and(|until| now_ms < until) {
        let period = objection_period(words, test).unwrap_or_default();
        told.push(Paragraph::new(Style::Body, period).into());
    }
    let parts = [
        ("circular-basics", sentences::basics(public)),
        ("circular-features", numbered(words, sentences::features(public))),
        ("circular-problems", numbered(words, sentences::problems(public))),
        ("circular-next", numbered(words, sentences::next(public))),
    ];
    for (number, (heading, paragraphs)) in (1..).zip(parts) {
        told.extend(official::section(words, number, &words.t(heading), paragraphs));
    }
    let mut enclosures = Vec::new();
    if public.has_table() {
        told.push(Paragraph::new(Style::Body, "").keeping_next().into());
        let line = words.with("circular-enclosed", &[("title", words.t("circular-table").into())]);
        told.push(Paragraph::new(Style::Body, line).into());
        let note = words.with("circular-table-note", &[("least", count(LEAST))]);
        enclosures = vec![
            Paragraph::new(Style::Label, words.t("circular-enclosure")).on_new_page().into(),
            Paragraph::new(Style::Title, words.t("circular-table")).into(),
            Block::Table(table(public)),
            Paragraph::new(Style::Note, note).into(),
        ];
    }
    let office = office(words, public.report.line.branch.as_ref());
    Circular { title: public.title(), text: told, office, at_ms: now_ms, enclosures }
}

/// Who signs: the branch; of the whole unit somebody has to say so.
fn office(words: Words, branch: Option<&Node>) -> Paragraph {
    match branch {
        Some(node) => Paragraph::new(Style::Closing, node.name.as_str()),
        None => Paragraph::to_fill(Style::Closing, words.t("notice-office")),
    }
}

/// Paragraphs with （一）, （二） before them; where the figures say nothing, one to be filled in.
fn numbered(words: Words, lines: Vec<String>) -> Vec<Paragraph> {
    if lines.is_empty() {
        return vec![Paragraph::to_fill(Style::Body, words.t("circular-to-fill"))];
    }
    let paragraph = |(number, line): (usize, String)| {
        let values = [("number", official::numeral(words, number).into()), ("text", line.into())];
        Paragraph::new(Style::Body, words.with("circular-item", &values))
    };
    (1..).zip(lines).map(paragraph).collect()
}

const COLUMNS: [(&str, u32); 8] = [
    ("register-number", 12),
    ("branch", 42),
    ("due", 13),
    ("presence-sat", 13),
    ("participation", 22),
    ("mean", 16),
    ("pass-rate", 17),
    ("excellence-rate", 21),
];

fn table(public: &Public<'_>) -> Table {
    let words = public.words;
    let row = |number: String, name: String, tally: &Tally, figures: &Figures| {
        let figures = [
            tally.due().to_string(),
            tally.sat.to_string(),
            percent(figures.participation_rate),
            figure(figures.mean),
            percent(figures.pass_rate),
            percent(figures.excellence_rate),
        ];
        let names = [Cell::new(Style::Cell, number), Cell::new(Style::CellLeft, name)];
        names.into_iter().chain(figures.into_iter().map(|text| Cell::new(Style::Cell, text))).collect::<Vec<_>>()
    };
    let alone = (1..).zip(&public.alone);
    let mut rows: Vec<Vec<Cell>> = alone
        .map(|(number, line): (usize, &&Line)| {
            row(number.to_string(), line_name(words, line), &line.tally, &line.figures)
        })
        .collect();
    if let Some((branches, tally)) = &public.together {
        let name = words.with("circular-together", &[("count", count(*branches))]);
        rows.push(row((rows.len() + 1).to_string(), name, tally, &tally.figures(public.report.scale)));
    }
    let all = &public.report.line;
    rows.push(row(String::new(), words.t("total"), &all.tally, &all.figures));
    Table {
        widths: COLUMNS.iter().map(|(_, width)| *width).collect(),
        heads: vec![COLUMNS.iter().map(|(id, _)| Cell::new(Style::CellHead, words.t(id))).collect()],
        rows,
        row_height: 8,
    }
}
