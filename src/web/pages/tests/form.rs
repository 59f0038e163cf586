//! Making and changing a test by form; the test file is taken as well, and fills the form.

use crate::app::App;
use crate::formats::test_json;
use crate::i18n::text;
use crate::rules::blueprint::cautions;
use crate::rules::question::Kind;
use crate::rules::roster::Role;
use crate::rules::text::Language;
use crate::service::tests::{self, Editions, Material, Test};
use crate::service::{Error, Result, banks};
use crate::web::draft::{Draft, RowDraft, SectionDraft, local, typed};
use crate::web::input::Upload;
use crate::web::views::files::is_in_the_file;
use crate::web::views::tests::{self as view, AsFile, Back, Purpose, Shown};
use crate::web::visit::{Visit, go, segment};
use axum::extract::{Path, State};
use axum::response::Response;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// One showing of the form.
#[derive(Debug, Default)]
struct Turn {
    draft: Draft,
    error: Option<Error>,
    done: Option<&'static str>,
    focus: Option<String>,
    file: AsFile,
}

pub(super) async fn new(State(app): State<App>, visit: Visit) -> Response {
    let result = async {
        let draft = start(&app, &visit).await?;
        render(&app, &visit, None, Turn { draft, ..Turn::default() }).await
    };
    let result = result.await;
    visit.answer(result)
}

/// A new test like an old one.
pub(super) async fn copy(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = async {
        let test = managed(&app, &visit, &name).await?;
        let draft = Draft::copy_of(&test.definition, visit.now_ms);
        render(&app, &visit, None, Turn { draft, done: Some("form-copied"), ..Turn::default() }).await
    };
    let result = result.await;
    visit.answer(result)
}

pub(super) async fn create(State(app): State<App>, visit: Visit, upload: Upload) -> Response {
    let result = if upload.fields.has("form") {
        take(&app, &visit, upload, None).await
    } else {
        take_file(&app, &visit, upload, None).await
    };
    visit.answer(result)
}

pub(super) async fn edit(State(app): State<App>, visit: Visit, Path(name): Path<String>) -> Response {
    let result = async {
        let test = managed(&app, &visit, &name).await?;
        let draft = Draft::of(&test.definition);
        render(&app, &visit, Some(&test), Turn { draft, ..Turn::default() }).await
    };
    let result = result.await;
    visit.answer(result)
}

pub(super) async fn replace(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    upload: Upload,
) -> Response {
    let result = async {
        let test = managed(&app, &visit, &name).await?;
        match upload.fields.get("form") {
            "" => take_file(&app, &visit, upload, Some(&test)).await,
            "longer" => lengthen(&app, &visit, &upload, &test).await,
            _ => take(&app, &visit, upload, Some(&test)).await,
        }
    };
    let result = result.await;
    visit.answer(result)
}

/// A test that the caller may change.
pub(super) async fn managed(app: &App, visit: &Visit, name: &str) -> Result<Test> {
    let (test, standing) = tests::show(app, &visit.caller, name).await?;
    if standing.manages { Ok(test) } else { Err(Error::Forbidden(Some(Role::Organizer))) }
}

/// Takes the form: does what its button says, and shows it again with everything kept, unless the test is made.
async fn take(app: &App, visit: &Visit, upload: Upload, changed: Option<&Test>) -> Result<Response> {
    let fields = &upload.fields;
    let mut draft = Draft::read(fields);
    if let Some(test) = changed {
        draft.set("test", test.definition.test.clone());
    }
    let sent = fields.get("definition").replace("\r\n", "\n");
    let edited = fields.has("definition") && mark(&sent) != fields.get("mark");
    let action = fields.get("action").to_owned();
    if action == "fill" || !upload.file.is_empty() {
        let file = if upload.file.is_empty() { sent.into_bytes() } else { upload.file };
        return render(app, visit, changed, filled(draft, &file)).await;
    }
    let file = if edited {
        AsFile { text: sent, mark: fields.get("mark").to_owned(), edited, error: None }
    } else {
        AsFile::default()
    };
    let mut turn = Turn { draft, file, ..Turn::default() };
    match action.as_str() {
        // Neither what was typed into the form nor into the file may be dropped unseen.
        "make" | "try" if edited => {
            turn.error = Some(Error::Invalid { field: "definition", expected: "filled-first" });
        }
        "make" => match make(app, visit, &mut turn.draft, changed).await {
            Ok(to) => return Ok(go(&to)),
            Err(error) => turn.error = Some(error),
        },
        "try" => {
            name(app, &mut turn.draft, changed).await?;
            let before = changed.map(|test| (test, editions(&turn.draft)));
            match tests::try_out(app, &visit.caller, turn.draft.file().to_string().as_bytes(), before).await {
                Ok(trial) => {
                    let action = changed.map_or_else(|| "/tests".to_owned(), replace_path);
                    let back = Back::Form { action, fields: turn.draft.fields() };
                    return Ok(visit.page(&visit.words().t("trial"), view::trial(visit.words(), &trial, &back)));
                }
                Err(error) => turn.error = Some(error),
            }
        }
        action => turn.focus = turn.draft.act(action),
    }
    render(app, visit, changed, turn).await
}

fn replace_path(test: &Test) -> String {
    format!("/tests/{}/replace", segment(&test.definition.test))
}

const fn editions(draft: &Draft) -> Editions {
    if draft.newest { Editions::Newest } else { Editions::Pinned }
}

/// The form filled from a test file, or as it was with what is wrong with the file.
fn filled(draft: Draft, file: &[u8]) -> Turn {
    match test_json::read(file) {
        Ok(definition) => Turn { draft: Draft::of(&definition), done: Some("form-filled"), ..Turn::default() },
        Err(problems) => {
            let error = Some(Arc::new(Error::File(problems)));
            let text = String::from_utf8_lossy(file).into_owned();
            Turn { draft, file: AsFile { text, mark: String::new(), edited: true, error }, ..Turn::default() }
        }
    }
}

/// Makes or changes the test that the form describes; returns where to go on.
async fn make(app: &App, visit: &Visit, draft: &mut Draft, changed: Option<&Test>) -> Result<String> {
    name(app, draft, changed).await?;
    let file = draft.file().to_string();
    let (caller, now_ms) = (&visit.caller, visit.now_ms);
    if let Some(test) = changed {
        let name = &test.definition.test;
        tests::replace(app, caller, now_ms, name, file.as_bytes(), editions(draft)).await?;
        return Ok(format!("/tests/{}/manage?done=changed", segment(name)));
    }
    let test = tests::create(app, caller, now_ms, file.as_bytes()).await?;
    Ok(format!("/tests/{}/manage?done=made", segment(&test.definition.test)))
}

/// Takes a test file as such, without a form.
async fn take_file(app: &App, visit: &Visit, upload: Upload, changed: Option<&Test>) -> Result<Response> {
    let file = if upload.file.is_empty() { upload.fields.get("definition").as_bytes().to_vec() } else { upload.file };
    let (caller, now_ms) = (&visit.caller, visit.now_ms);
    let taken = match changed {
        None => tests::create(app, caller, now_ms, &file).await.map(|test| (test, "made")),
        Some(test) => {
            let pinned = Editions::Pinned;
            tests::replace(app, caller, now_ms, &test.definition.test, &file, pinned)
                .await
                .map(|test| (test, "changed"))
        }
    };
    let error = match taken {
        Ok((test, done)) => return Ok(go(&format!("/tests/{}/manage?done={done}", segment(&test.definition.test)))),
        Err(error) if is_in_the_file(&error) => error,
        Err(error) => return Err(error),
    };
    let as_it_was = match changed {
        Some(test) => Draft::of(&test.definition),
        None => start(app, visit).await?,
    };
    let turn = filled(as_it_was, &file);
    let error = if turn.file.error.is_some() { None } else { Some(error) };
    render(app, visit, changed, Turn { error, done: None, ..turn }).await
}

/// Takes the form for longer times: everything else stays as it is.
async fn lengthen(app: &App, visit: &Visit, upload: &Upload, test: &Test) -> Result<Response> {
    let mut draft = Draft::of(&test.definition);
    for name in ["closes", "minutes", "late_minutes"] {
        draft.set(name, upload.fields.get(name));
    }
    let (plain, mut file) = (draft.file(), test_json::write(&test.definition));
    if let Some(members) = file.as_object_mut() {
        for name in ["closes", "minutes", "late_minutes"] {
            members.remove(name);
            if let Some(value) = plain.get(name) {
                members.insert(name.to_owned(), value.clone());
            }
        }
    }
    let name = &test.definition.test;
    let file = file.to_string();
    match tests::replace(app, &visit.caller, visit.now_ms, name, file.as_bytes(), Editions::Pinned).await {
        Ok(_) => Ok(go(&format!("/tests/{}/manage?done=changed", segment(name)))),
        Err(error) => Ok(render_longer(visit, test, &draft, Some(&error))),
    }
}

fn render_longer(visit: &Visit, test: &Test, draft: &Draft, error: Option<&Error>) -> Response {
    let words = visit.words();
    let body = view::longer(words, &test.definition.test, words.of(&test.definition.title), draft, error);
    let status = error.map_or(axum::http::StatusCode::OK, crate::api::problem::status);
    visit.page_with(status, &words.t("test-edit"), body)
}

/// Names a new test where nobody has: by occasion and day, with a number where that is taken.
async fn name(app: &App, draft: &mut Draft, changed: Option<&Test>) -> Result<()> {
    let untouched = draft.get("test").trim().is_empty() || draft.get("test") == draft.get("suggested");
    if changed.is_some() || !untouched {
        return Ok(());
    }
    let base = draft.name_to_suggest();
    let mut name = base.clone();
    for number in 2..100 {
        if tests::is_name_free(app, &name).await? {
            break;
        }
        name = format!("{base}-{number}");
    }
    draft.set("test", name.clone());
    draft.set("suggested", name);
    Ok(())
}

/// Shows the form with what it comes to; once papers are out, the form for longer times.
async fn render(app: &App, visit: &Visit, changed: Option<&Test>, turn: Turn) -> Result<Response> {
    let Turn { mut draft, error, done, focus, mut file } = turn;
    if let Some(test) = changed
        && tests::papers_are_out(app, test).await?
    {
        return Ok(render_longer(visit, test, &draft, error.as_ref()));
    }
    if let Some(Error::Store(cause)) = &error {
        tracing::error!(request_id = visit.request_id, %cause, "a test could not be saved");
    }
    name(app, &mut draft, changed).await?;
    let plan = draft.plan();
    let before = changed.map(|test| (test, editions(&draft)));
    let measured = tests::measure(app, &visit.caller, &plan, before).await?;
    let times = typed(draft.get("opens")).and(typed(draft.get("closes")));
    let cautions = if times.is_some() { cautions(&plan, visit.now_ms) } else { Vec::new() };
    let purpose = match changed {
        None => Purpose::New,
        Some(test) => Purpose::Change {
            name: test.definition.test.clone(),
            title: visit.words().of(&test.definition.title).to_owned(),
            newer: tests::newer_editions(app, test).await?,
        },
    };
    if !file.edited {
        file.text = draft.file_text();
        file.mark = mark(&file.text);
    }
    let status =
        error.as_ref().or(file.error.as_deref()).map_or(axum::http::StatusCode::OK, crate::api::problem::status);
    let title = visit.words().t(if changed.is_some() { "test-edit" } else { "test-new" });
    let material = tests::material(app, &visit.caller).await?;
    let shown = Shown { purpose, draft, material, measured, cautions, error, done, focus, file };
    Ok(visit.page_with(status, &title, view::form(visit.words(), &shown)))
}

/// By which a text is known again.
fn mark(text: &str) -> String {
    crate::rules::text::hex(&Sha256::digest(text.trim().as_bytes())).chars().take(16).collect()
}

/// A test to start from: the largest bank at hand with questions of each kind for a hundred points, the caller's own
/// branch, tomorrow from nine to six.
async fn start(app: &App, visit: &Visit) -> Result<Draft> {
    const HOUR_MS: i64 = 3_600_000;
    let material = tests::material(app, &visit.caller).await?;
    let today = local(visit.now_ms).get(..10).map(|day| format!("{day}T00:00"));
    let midnight = today.and_then(|text| typed(&text)).unwrap_or(visit.now_ms);
    let mut draft = Draft {
        branches: material.units.first().map(|unit| unit.node.code.clone()).into_iter().collect(),
        sections: first_sections(app, visit, &material).await?,
        ..Draft::default()
    };
    for (name, value) in [
        ("title_zh", text(Language::Zh, "form-first-title")),
        ("title_en", text(Language::En, "form-first-title")),
        ("occasion", "monthly".to_owned()),
        ("opens", local(midnight + 33 * HOUR_MS)),
        ("closes", local(midnight + 42 * HOUR_MS)),
        ("minutes", "60".to_owned()),
        ("attempts", "1".to_owned()),
        ("keep", "best".to_owned()),
        ("pass", "60".to_owned()),
        ("excellent", "90".to_owned()),
        ("review", "after_close".to_owned()),
    ] {
        draft.set(name, value);
    }
    Ok(draft)
}

async fn first_sections(app: &App, visit: &Visit, material: &Material) -> Result<Vec<SectionDraft>> {
    let usual = [(Kind::Single, 20, "2"), (Kind::Multiple, 10, "3"), (Kind::TrueFalse, 10, "2"), (Kind::Blank, 5, "2")];
    let section = |bank: &str, kind: Kind, count: usize, points: &str| SectionDraft {
        kind: kind.name().to_owned(),
        points: points.to_owned(),
        policy: "half_if_incomplete".to_owned(),
        rows: vec![RowDraft { bank: bank.to_owned(), count: count.to_string(), ..RowDraft::default() }],
        ..SectionDraft::default()
    };
    let Some(bank) = material.banks.iter().max_by_key(|bank| bank.row.question_count) else {
        return Ok(vec![section("", Kind::Single, 10, "2")]);
    };
    let (bank, counts) = banks::show(app, &visit.caller, &bank.row.name).await?;
    let there = |kind: Kind| counts.kinds.get(&kind).copied().unwrap_or_default();
    Ok(usual
        .into_iter()
        .filter(|(kind, _, _)| there(*kind) > 0)
        .map(|(kind, most, points)| section(&bank.row.name, kind, most.min(there(kind)), points))
        .collect())
}
