//! Pictures of questions: taken in with a bank, kept by what they show, and shown to whoever is signed in and knows the
//! name, which only a text that they may read tells.

use super::may_load;
use crate::app::App;
use crate::formats::bundle::Beside;
use crate::formats::picture::{self, MOST_BYTES, Picture};
use crate::rules::bank::{Bank, Place, Problem, ProblemCode};
use crate::rules::rich::{self, ENDINGS, Inline, inline};
use crate::rules::rights::Caller;
use crate::rules::text::Text;
use crate::service::error::{Error, Result, Thing};
use crate::store::pictures;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// How many pictures are kept in one transaction, so that nobody's answer waits for long.
const CHUNK: usize = 4;

/// What the texts of a bank show.
#[derive(Debug, Default)]
pub struct Shown {
    /// Pictures that came with it.
    pub taken: Vec<Picture>,
    /// Names under which pictures are said to be kept already, with where they stand.
    named: BTreeMap<String, String>,
}

/// Takes in the pictures that the texts of a bank name, and gives them their lasting names there. Every picture that isn't
/// there or can't be taken is told with its pointer in the bank's file.
pub fn take(bank: &mut Bank, beside: &Beside) -> std::result::Result<Shown, Vec<Problem>> {
    let mut taking = Taking { beside, taken: BTreeMap::new(), shown: Shown::default(), problems: Vec::new() };
    for (index, question) in bank.questions.iter_mut().enumerate() {
        question.for_each_text(&mut |place, text| taking.text(&format!("/questions/{index}{place}"), text));
    }
    let Taking { mut shown, problems, taken, .. } = taking;
    shown.taken = taken.into_values().flatten().collect();
    shown.taken.sort_by(|one, two| one.name.cmp(&two.name));
    shown.taken.dedup_by(|one, two| one.name == two.name);
    if problems.is_empty() { Ok(shown) } else { Err(problems) }
}

struct Taking<'a> {
    beside: &'a Beside,
    /// By the names of files; nothing of one that can't be taken.
    taken: BTreeMap<String, Option<Picture>>,
    shown: Shown,
    problems: Vec<Problem>,
}

impl Taking<'_> {
    fn text(&mut self, pointer: &str, text: &mut Text) {
        match text {
            Text::Same(text) => self.version(pointer, text),
            Text::Each(each) => {
                for (code, version) in [("zh", &mut each.zh), ("en", &mut each.en)] {
                    if let Some(version) = version {
                        self.version(&format!("{pointer}/{code}"), version);
                    }
                }
            }
        }
    }

    fn version(&mut self, pointer: &str, text: &mut String) {
        if rich::is_plain(text) {
            return;
        }
        let mut written = String::with_capacity(text.len());
        for one in inline(text) {
            match one {
                Inline::Words(words) => written.push_str(words),
                Inline::Formula(formula) => written.push_str(formula),
                Inline::Picture(rich::Picture { alt, name }) => {
                    let name = self.name(pointer, name);
                    let _ = write!(written, "![{alt}]({name})");
                }
            }
        }
        *text = written;
    }

    fn name(&mut self, pointer: &str, name: &str) -> String {
        if let Some(known) = self.taken.get(name) {
            return known.as_ref().map_or(name, |picture| &picture.name).to_owned();
        }
        let Some(bytes) = self.beside.find(name) else {
            if rich::is_kept_name(name) {
                self.shown.named.entry(name.to_owned()).or_insert_with(|| pointer.to_owned());
            } else {
                self.note(pointer, ProblemCode::PictureMissing, name);
            }
            return name.to_owned();
        };
        let picture = picture::read(&bytes);
        if picture.is_none() {
            self.note(pointer, ProblemCode::PictureUnfit, name);
        }
        let kept = picture.as_ref().map_or(name, |picture| &picture.name).to_owned();
        self.taken.insert(name.to_owned(), picture);
        kept
    }

    fn note(&mut self, pointer: &str, code: ProblemCode, name: &str) {
        let expected = format!("{}; {} MB", ENDINGS.join(", "), MOST_BYTES / 1024 / 1024);
        self.problems.push(Problem::new(Place::default(), pointer.to_owned(), code, name.to_owned(), expected));
    }
}

/// Whether everything that texts name is there or has come; otherwise what is missing.
pub(super) async fn check(app: &App, shown: &Shown) -> Result<()> {
    check_but(app, shown, &[]).await
}

/// The same, where some pictures are about to be kept.
pub(super) async fn check_but(app: &App, shown: &Shown, coming: &[Picture]) -> Result<()> {
    let is_coming = |name: &&str| coming.iter().any(|picture| picture.name == **name);
    let names: Vec<&str> = shown.named.keys().map(String::as_str).filter(|name| !is_coming(name)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<String> = pictures::known(&mut app.db.read().await?, &names).await?.into_iter().collect();
    let is_missing = |name: &String| names.contains(&name.as_str()) && !known.contains(name);
    let missing = shown.named.iter().filter(|(name, _)| is_missing(name)).map(|(name, pointer)| {
        let code = ProblemCode::PictureMissing;
        Problem::new(Place::default(), pointer.clone(), code, name.clone(), String::new())
    });
    let missing: Vec<Problem> = missing.collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::File(missing)) }
}

/// Keeps pictures, a few at a time.
pub(super) async fn keep(app: &App, now_ms: i64, taken: Vec<Picture>) -> Result<()> {
    let mut taken = taken.into_iter().peekable();
    while taken.peek().is_some() {
        let mut tx = app.db.write().await?;
        for Picture { name, bytes } in taken.by_ref().take(CHUNK) {
            pictures::keep(&mut tx, &name, bytes, now_ms).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Takes in one picture for the question that somebody writes: the name under which it is kept.
pub async fn add(app: &App, caller: &Caller, now_ms: i64, bytes: Vec<u8>) -> Result<String> {
    may_load(caller)?;
    let picture = tokio::task::spawn_blocking(move || picture::read(&bytes)).await.map_err(|_| Error::Busy)?;
    let picture = picture.ok_or(Error::Invalid { field: "picture", expected: "picture" })?;
    let name = picture.name.clone();
    keep(app, now_ms, vec![picture]).await?;
    Ok(name)
}

/// What a picture is made of.
pub async fn find(app: &App, name: &str) -> Result<Arc<Vec<u8>>> {
    if !rich::is_kept_name(name) {
        return Err(Error::NotFound(Thing::Page));
    }
    if let Some(known) = app.caches.pictures.get(name) {
        return Ok(known);
    }
    let found = pictures::find(&mut app.db.read().await?, name).await?.ok_or(Error::NotFound(Thing::Page))?;
    let found = Arc::new(found);
    app.caches.pictures.insert(name.to_owned(), Arc::clone(&found));
    Ok(found)
}

/// The pictures that a bank shows, by name.
pub(super) async fn of_bank(app: &App, bank: &Bank) -> Result<Vec<(String, Vec<u8>)>> {
    let mut names = BTreeSet::new();
    for question in &bank.questions {
        names.extend(question.pictures().into_iter().filter(|name| rich::is_kept_name(name)));
    }
    let mut all = Vec::with_capacity(names.len());
    for name in names {
        if let Some(bytes) = pictures::find(&mut app.db.read().await?, &name).await? {
            all.push((name, bytes));
        }
    }
    Ok(all)
}
