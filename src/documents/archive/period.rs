//! The archive of a quarter or a year: a folder for each of its tests with what the archive of that test holds, the
//! circular of the period, the annual result, and a page of contents that says what is missing.

use super::package::{Package, address};
use super::{Made, gather, maker, signed};
use crate::app::App;
use crate::documents::assessment::{self, Workbook};
use crate::documents::circular::period::{self as circular, names};
use crate::documents::{Asked as AskedOfTest, File, aside, sample, signed_pages};
use crate::i18n::words::{Words, count};
use crate::rules::rights::Caller;
use crate::rules::text::file_stem;
use crate::service::archives::{Missing, Period, of_period};
use crate::service::assessments::{self, Assessed};
use crate::service::overview::Asked;
use crate::service::signed_pages::{SignedPage, Whose, all};
use crate::service::tests::Test;
use crate::service::{Error, Result};
use maud::{Markup, html};

/// Characters of the title of a test in the name of its folder; Windows takes 260 for a whole path.
const TITLE_CHARACTERS: usize = 40;

/// What the page of contents tells.
struct Contents {
    words: Words,
    now_ms: i64,
    maker: String,
    title: String,
    folders: Vec<(String, Test)>,
    missing: Vec<(Test, Missing)>,
    has_circular: bool,
    annual: Annual,
}

/// The result of the year.
enum Annual {
    /// A quarter, or tests of one occasion, were asked for.
    NotAsked,
    /// There is none, or none that the caller may see.
    Lacks,
    Shown(Box<Assessed>),
}

/// Makes it: of the tests whose archive the caller may have, which are settled.
pub(in crate::documents) async fn make(
    app: &App,
    caller: &Caller,
    (words, now_ms, server): (Words, i64, &str),
    asked: &Asked,
) -> Result<File> {
    let (period, tests_called) = names(words, asked)?;
    let Period { tests, missing } = of_period(app, caller, now_ms, asked).await?;
    let mut package = Package::new();
    let mut folders = Vec::new();
    for (number, test) in (1_usize..).zip(tests) {
        let one =
            AskedOfTest { caller, words, now_ms, test: &test.row.name, branch: None, category: None, address: server };
        let made = Box::pin(gather(app, one)).await?;
        let folder = folder(number, words.of(&test.definition.title));
        package = Box::pin(packed(package, folder.clone(), made)).await?;
        folders.push((folder, test));
    }
    package.open("");
    let mut more: Vec<(String, &'static str, Vec<u8>)> = Vec::new();
    let of_all = Asked { branch: None, ..asked.clone() };
    match circular::make(app, caller, (words, now_ms), &of_all).await {
        Ok(file) => more.push((words.t("archive-period-circular"), "docx", file.bytes)),
        Err(Error::TestNotOver) => {}
        Err(error) => return Err(error),
    }
    let has_circular = !more.is_empty();
    let annual = annual_result(app, caller, now_ms, asked).await?;
    if let Annual::Shown(assessed) = &annual {
        let at = (u32::try_from(assessed.row.year).unwrap_or_default(), None);
        let file = assessment::make(app, (caller, words, now_ms), at, Workbook::Results).await?;
        more.push((words.t("archive-period-result"), "xlsx", file.bytes));
    }
    let signed = signed_of_year(app, caller, &annual).await?;
    let title = words.with("archive-period-title", &[("period", period.into()), ("tests", tests_called.into())]);
    let contents =
        Contents { words, now_ms, maker: maker(words, caller), title, folders, missing, has_circular, annual };
    let bytes = aside(move || {
        for (name, form, bytes) in more {
            package.put(&name, form, &bytes)?;
        }
        signed_pages::pack(&mut package, &words.t("archive-period-signed-pages"), &signed)?;
        let page = contents.page(&package);
        package.put(&words.t("archive-contents"), "html", page.as_bytes())?;
        package.put_sums()?;
        package.finish()
    })
    .await?;
    let quarter = asked.quarter.map(|quarter| format!("-q{quarter}")).unwrap_or_default();
    let name = format!("{}{quarter}-archive.zip", asked.year.unwrap_or_default());
    Ok(File { name, media_type: "application/zip", bytes })
}

async fn packed(mut package: Package, folder: String, made: Box<Made>) -> Result<Package> {
    aside(move || {
        package.open(&folder);
        made.pack(&mut package)?;
        Ok::<_, super::Failed>(package)
    })
    .await
}

/// The result of the year, where all of it is asked for and the caller may see it.
async fn annual_result(app: &App, caller: &Caller, now_ms: i64, asked: &Asked) -> Result<Annual> {
    let year = asked.year.filter(|_| asked.quarter.is_none() && asked.occasion.is_none());
    let Some(year) = year.and_then(|year| u32::try_from(year).ok()) else { return Ok(Annual::NotAsked) };
    match assessments::show(app, caller, now_ms, year, None).await {
        Ok(assessed) => Ok(Annual::Shown(Box::new(assessed))),
        Err(Error::NotFound(_) | Error::Forbidden(_)) => Ok(Annual::Lacks),
        Err(error) => Err(error),
    }
}

/// The scanned pages of the year whose result is enclosed; none where the caller may read only a part of that.
async fn signed_of_year(app: &App, caller: &Caller, annual: &Annual) -> Result<Vec<(SignedPage, Vec<u8>)>> {
    let Annual::Shown(assessed) = annual else { return Ok(Vec::new()) };
    match all(app, caller, Whose::Year(assessed.definition.year, None)).await {
        Err(Error::NotFound(_) | Error::Forbidden(_)) => Ok(Vec::new()),
        pages => pages,
    }
}

/// The name of a test's folder, which every system takes.
fn folder(number: usize, title: &str) -> String {
    format!("{number:02} {}", file_stem(title, TITLE_CHARACTERS))
}

impl Contents {
    fn page(&self, package: &Package) -> String {
        let words = self.words;
        let contents = words.t("archive-contents");
        let body = html! {
            h2 { (words.t("archive-period-tests")) }
            ol { @for (folder, test) in &self.folders {
                li { a href=(address(&format!("{folder}/{contents}.html"))) { (folder) } " · " (words.span(test.definition.opens_at_ms, test.definition.closes_at_ms)) }
            } }
            (self.lacks())
            (self.annual())
            (package.listed(words))
            p { (words.t("archive-check")) }
            (signed(words, self.now_ms, &self.maker))
        };
        sample::framed(words, &self.title, &body)
    }

    /// What somebody could look for and not find.
    fn lacks(&self) -> Markup {
        let words = self.words;
        let why = |missing: Missing| match missing {
            Missing::NotOver => "archive-period-not-over",
            Missing::OnlyPart => "archive-period-only-part",
        };
        html! {
            @if !self.missing.is_empty() {
                p { strong { (words.with("archive-period-missing", &[("count", count(self.missing.len()))])) } }
                ul { @for (test, missing) in &self.missing { li { (words.of(&test.definition.title)) " — " (words.t(why(*missing))) } } }
            }
            @if !self.has_circular { p { strong { (words.t("archive-period-no-circular")) } } }
        }
    }

    /// Whether the annual result is signed, and whether anything changed since.
    fn annual(&self) -> Markup {
        let words = self.words;
        html! {
            @match &self.annual {
                Annual::NotAsked => {}
                Annual::Lacks => { p { strong { (words.t("archive-period-no-result")) } } }
                Annual::Shown(assessed) => { @match assessed.signings.last() {
                    None => { p { strong { (words.t("archive-period-unsigned")) } } }
                    Some(last) => {
                        p { (words.with("archive-period-signed", &[
                            ("number", count(last.number)),
                            ("date", words.moment(last.signed_at_ms).into()),
                            ("names", words.list(last.names()).into()),
                        ])) " " code { (last.digest) } }
                        @if let Some(changed) = assessed.changed_since_signed().filter(|changed| *changed > 0) {
                            p { strong { (words.with("archive-period-changed", &[("count", count(changed))])) } }
                        }
                    }
                } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn folders_have_names_that_every_system_takes() {
        assert_eq!(folder(1, "三季度测试（补）"), "01 三季度测试（补）");
        assert_eq!(folder(12, "a/b\\c: \"x\"?. "), "12 a b c   x");
        assert!(folder(1, &"长".repeat(200)).chars().count() <= 45);
    }
}
