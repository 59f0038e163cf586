//! The archive of a test 迎检材料: one ZIP that can be read without Kaohe, with a page of contents that holds the digest
//! of every file. Its files are made one after another, so that memory holds the archive and one of them.

mod package;
pub(super) mod period;

use super::named::values;
use super::report::objection_period;
use super::sample;
use super::{Asked, circular, items, presence, register, report, signed_pages};
use crate::app::App;
use crate::documents::announcement;
use crate::i18n::words::{Words, count};
use crate::rules::rights::Caller;
use crate::service::archives::{Archived, archived};
use crate::service::objections::Objected;
use crate::service::registers::{Levels, Register};
use crate::service::signed_pages::{SignedPage, Whose, all};
use crate::service::{Error, Result, registers};
use maud::{Markup, html};
pub(super) use package::{Failed, Package};

/// Makes it, of the whole test as far as the caller may see it, which is all of it.
pub(super) async fn make(app: &App, asked: Asked<'_>) -> Result<Vec<u8>> {
    let made = gather(app, asked).await?;
    super::aside(move || {
        let mut package = Package::new();
        made.pack(&mut package)?;
        package.finish()
    })
    .await
}

/// Everything that the archive of a test is made of.
async fn gather(app: &App, asked: Asked<'_>) -> Result<Box<Made>> {
    let Asked { caller, words, now_ms, test, .. } = asked;
    let asked = Asked { branch: None, category: None, ..asked };
    let archived = archived(app, caller, test).await?;
    let announcement = announcement::make(app, asked).await?;
    // Nothing is published while answers wait to be marked; the archive then goes without.
    let circular = match circular::make(app, asked).await {
        Ok((_, bytes)) => Some(bytes),
        Err(Error::TestNotOver) => None,
        Err(error) => return Err(error),
    };
    let levels = registers::levels(app, caller, test, (None, None)).await?;
    let register = registers::register(app, caller, test, None).await?;
    let analysis = crate::service::items::items(app, caller, now_ms, test, None).await?;
    let signed = all(app, caller, Whose::Test(test)).await?;
    let maker = maker(words, caller);
    Ok(Box::new(Made { words, now_ms, maker, archived, levels, register, announcement, circular, analysis, signed }))
}

/// Who makes an archive.
fn maker(words: Words, caller: &Caller) -> String {
    if caller.name.is_empty() { words.t("correction-operator") } else { caller.name.clone() }
}

struct Made {
    words: Words,
    now_ms: i64,
    maker: String,
    archived: Archived,
    levels: Levels,
    register: Register,
    announcement: Vec<u8>,
    circular: Option<Vec<u8>>,
    analysis: crate::service::items::Items,
    signed: Vec<(SignedPage, Vec<u8>)>,
}

impl Made {
    /// Puts everything into the folder that the package has open.
    fn pack(&self, package: &mut Package) -> std::result::Result<(), Failed> {
        let (words, now_ms) = (self.words, self.now_ms);
        package.put(&words.t("archive-announcement"), "docx", &self.announcement)?;
        package.put(
            &words.t("archive-report"),
            "xlsx",
            &report::workbook(words, now_ms, &self.levels, &self.register)?,
        )?;
        package.put(&words.t("archive-register"), "xlsx", &register::workbook(words, now_ms, &self.register)?)?;
        package.put(&words.t("archive-register"), "docx", &register::document(words, &self.register)?)?;
        package.put(&words.t("archive-presence"), "csv", &presence::csv(words, &self.register))?;
        let corrections = presence::corrections_csv(words, &self.archived);
        package.put(&words.t("archive-corrections"), "csv", &corrections)?;
        package.put(&words.t("archive-objections"), "csv", &presence::objections_csv(words, &self.archived))?;
        package.put(&words.t("archive-items"), "xlsx", &items::workbook(words, now_ms, &self.analysis)?)?;
        if let Some(circular) = &self.circular {
            package.put(&words.t("archive-circular"), "docx", circular)?;
        }
        if let Some(sample) = &self.archived.sample {
            package.put(&words.t("archive-sample"), "html", sample::page(words, &self.archived, sample).as_bytes())?;
        }
        signed_pages::pack(package, &words.t("archive-signed-pages"), &self.signed)?;
        let contents = self.contents(&package.listed(words));
        package.put(&words.t("archive-contents"), "html", contents.as_bytes())?;
        package.put_sums()
    }

    /// The page of contents: the test in figures, every file with its digest, what proves the draw and the record of
    /// changes, and places for signatures.
    fn contents(&self, listed: &Markup) -> String {
        let words = self.words;
        let test = &self.archived.test;
        let waiting: usize = self.archived.objections.iter().map(Objected::waiting).sum();
        let title = words.with("archive-title", &[("title", words.of(&test.definition.title).into())]);
        let body = html! {
            p { (words.span(test.definition.opens_at_ms, test.definition.closes_at_ms)) }
            p { (self.figures()) }
            (listed)
            @if let Some(period) = objection_period(words, test) { p { (period) } }
            @if waiting > 0 { p { strong { (words.with("objections-count", &[("count", count(waiting))])) } } }
            p { (words.t("archive-check")) }
            p { (words.t("commitment")) " " code { (test.row.commitment) } }
            p { (words.t("trace-head")) " " code { (self.register.trace_head) } }
            (signed(words, self.now_ms, &self.maker))
        };
        sample::framed(words, &title, &body)
    }

    fn figures(&self) -> String {
        let line = &self.levels.report.line;
        self.words.with("circular-figures", &values(&line.tally, &line.figures))
    }
}

/// Who made a page of contents and when, and places for signatures.
fn signed(words: Words, now_ms: i64, maker: &str) -> Markup {
    html! {
        p { (words.with("archive-made", &[("date", words.moment(now_ms).into()), ("name", maker.into())])) }
        div.sign { @for id in ["sign-maker", "sign-checker", "sign-secretary", "sign-seal", "sign-date"] { span { (words.t(id)) } } }
    }
}
