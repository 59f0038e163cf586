//! The roster's sheets: sent, looked at, answered for, loaded.

use crate::app::App;
use crate::formats::sheet::write_csv;
use crate::http::{Access, Route, ServerAddress};
use crate::limits;
use crate::rules::roster::SheetKind;
use crate::rules::text::Language;
use crate::service::error::Thing;
use crate::service::roster::{self, Column, Files, Kept, Loaded, Options, Sent};
use crate::service::{Error, Result, people};
use crate::web::input::{Fields, Upload};
use crate::web::pages::banks::attachment;
use crate::web::views::files::is_in_the_file;
use crate::web::views::roster::look::{self, Look};
use crate::web::views::roster::{self as view, done};
use crate::web::visit::{Visit, go, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/roster", Access::ADMINISTRATOR, show),
        Route::post("/roster/branches", Access::ADMINISTRATOR, send_branches).with_body(limits::ROSTER_BYTES),
        Route::post("/roster/members", Access::ADMINISTRATOR, send_members).with_body(limits::ROSTER_BYTES),
        Route::get("/roster/files/{file}", Access::ADMINISTRATOR, look_at),
        Route::post("/roster/files/{file}", Access::ADMINISTRATOR, answer),
        Route::post("/roster/headings", Access::ADMINISTRATOR, unlearn),
        Route::get("/roster/template/{sheet}/{format}", Access::ADMINISTRATOR, template),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ShowQuery {
    done: String,
}

async fn show(State(app): State<App>, visit: Visit, Query(query): Query<ShowQuery>) -> Response {
    let result = async {
        let has_branches = !people::current_tree(&app).await?.nodes().is_empty();
        let learned = roster::learned(&app, &visit.caller).await?;
        let words = visit.words();
        let done = (query.done == "unlearned").then_some("roster-unlearned");
        Ok(visit.page(&words.t("roster-title"), view::send(words, has_branches, &learned, done)))
    };
    let result = result.await;
    visit.answer(result)
}

async fn send_branches(State(app): State<App>, visit: Visit, upload: Upload) -> Response {
    send(&app, &visit, SheetKind::Branches, upload).await
}

async fn send_members(State(app): State<App>, visit: Visit, upload: Upload) -> Response {
    send(&app, &visit, SheetKind::Members, upload).await
}

async fn send(app: &App, visit: &Visit, kind: SheetKind, upload: Upload) -> Response {
    let sent = Sent { kind, name: upload.file_name, content: upload.file };
    match roster::keep(app, &visit.caller, visit.now_ms, sent).await {
        Ok(id) => go(&format!("/roster/files/{id}")),
        Err(error) => visit.error(&error),
    }
}

async fn look_at(State(app): State<App>, visit: Visit, Path(file): Path<String>) -> Response {
    let result = async {
        let kept = roster::kept(&app, &visit.caller, &file).await?;
        render(&app, &visit, &kept, &Fields::default(), None).await
    };
    let result = result.await;
    visit.answer(result)
}

/// What the form says of columns; nothing where another row was chosen as heading.
fn columns(fields: &Fields) -> Vec<Column> {
    if fields.get("row") != fields.get("of_row") {
        return Vec::new();
    }
    let of = |(name, heading): &(String, String)| {
        let index = name.strip_prefix("heading-")?;
        let meaning = fields.get(&format!("meaning-{index}")).to_owned();
        Some(Column { heading: heading.clone(), meaning })
    };
    fields.0.iter().filter_map(of).collect()
}

fn chosen_twice(columns: &[Column]) -> Vec<String> {
    let is_twice = |one: &&Column| {
        !one.meaning.is_empty() && columns.iter().filter(|other| other.meaning == one.meaning).count() > 1
    };
    columns.iter().filter(is_twice).map(|one| one.meaning.clone()).collect()
}

fn files(sent: &Sent) -> Files {
    match sent.kind {
        SheetKind::Branches => Files { branches: Some(sent.content.clone()), members: None },
        SheetKind::Members => Files { branches: None, members: Some(sent.content.clone()) },
    }
}

async fn answer(
    State(app): State<App>,
    visit: Visit,
    Path(file): Path<String>,
    ServerAddress(address): ServerAddress,
    fields: Fields,
) -> Response {
    let result = async {
        let kept = roster::kept(&app, &visit.caller, &file).await?;
        let columns = columns(&fields);
        if fields.get("action") != "load" || !chosen_twice(&columns).is_empty() {
            return render(&app, &visit, &kept, &fields, None).await;
        }
        let options = Options { dry_run: false, columns, answers: look::answers(&fields), must_answer: true };
        match load(&app, &visit, &kept, options).await {
            Ok(loaded) => {
                roster::forget(&app, &visit.caller, &kept).await?;
                let has_people =
                    kept.sent.kind == SheetKind::Members || crate::service::home::progress(&app).await?.people;
                let words = visit.words();
                Ok(visit.page(&words.t("roster-loaded"), done::done(words, &loaded, &address, has_people)))
            }
            Err(error) if is_in_the_file(&error) || is_a_refusal(&error) => {
                render(&app, &visit, &kept, &fields, Some(error)).await
            }
            Err(error) => Err(error),
        }
    };
    let result = result.await;
    visit.answer(result)
}

const fn is_a_refusal(error: &Error) -> bool {
    matches!(error, Error::Unanswered { .. } | Error::OwnRole | Error::LastAdministrator | Error::Fields(_))
}

async fn load(app: &App, visit: &Visit, kept: &Kept, options: Options) -> Result<Loaded> {
    let (app, caller, now_ms, files) = (app.clone(), visit.caller.clone(), visit.now_ms, files(&kept.sent));
    to_its_end(async move { roster::load(&app, &caller, now_ms, files, options).await }).await
}

/// The sheet with what it would do by what was chosen so far.
async fn render(app: &App, visit: &Visit, kept: &Kept, fields: &Fields, refused: Option<Error>) -> Result<Response> {
    let columns = columns(fields);
    let row = fields.get("row").parse().ok();
    let overview = roster::looked_at(app, &visit.caller, &kept.sent, &columns, row).await.ok();
    let twice = chosen_twice(&columns);
    let options = Options { dry_run: true, columns, answers: look::answers(fields), must_answer: false };
    let outcome = roster::load(app, &visit.caller, visit.now_ms, files(&kept.sent), options).await;
    if let Err(error) = &outcome
        && !is_in_the_file(error)
        && !is_a_refusal(error)
    {
        return outcome.map(|_| go("/roster"));
    }
    let names = people::current_tree(app).await?;
    let names = names.nodes().iter().map(|node| (node.code.clone(), node.name.clone())).collect();
    let error = refused.as_ref().or_else(|| outcome.as_ref().err());
    let status = error.map_or(StatusCode::OK, crate::api::problem::status);
    let words = visit.words();
    let shown = Look { kept, overview, outcome, fields, twice, refused, names: &names };
    Ok(visit.page_with(status, &words.t("roster-title"), look::look(words, &shown)))
}

async fn unlearn(State(app): State<App>, visit: Visit, fields: Fields) -> Response {
    let result = async {
        let kind = SheetKind::from_name(fields.get("sheet")).ok_or(Error::NotFound(Thing::Page))?;
        roster::unlearn(&app, &visit.caller, kind, fields.get("heading")).await?;
        Ok(go("/roster?done=unlearned"))
    };
    let result = result.await;
    visit.answer(result)
}

/// A sheet to begin with, in the reader's language.
async fn template(visit: Visit, Path((sheet, format)): Path<(String, String)>) -> Response {
    let Some(kind) = SheetKind::from_name(&sheet) else { return visit.error(&Error::NotFound(Thing::Page)) };
    let rows = template_rows(kind, visit.language);
    let name = format!("kaohe-{}.{format}", kind.name());
    match format.as_str() {
        "csv" => attachment("text/csv; charset=utf-8", &name, write_csv(&rows)),
        "xlsx" => match workbook(&rows) {
            Ok(bytes) => attachment(XLSX, &name, bytes),
            Err(error) => {
                tracing::error!(%error, "a workbook couldn't be written");
                visit.error(&Error::Busy)
            }
        },
        _ => visit.error(&Error::NotFound(Thing::Page)),
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn template_rows(kind: SheetKind, language: Language) -> Vec<Vec<String>> {
    let rows: &[&[&str]] = match (kind, language) {
        (SheetKind::Branches, Language::Zh) => &[
            &["代码", "名称", "上级", "类别"],
            &["JG", "机关党委（示例，请删除）", "", "党委"],
            &["ZB1", "第一党支部（示例，请删除）", "JG", "党支部"],
        ],
        (SheetKind::Branches, Language::En) => &[
            &["code", "name", "parent", "kind"],
            &["HQ", "Head office (example, delete)", "", "committee"],
            &["B1", "First branch (example, delete)", "HQ", "branch"],
        ],
        (SheetKind::Members, Language::Zh) => &[
            &["姓名", "所在支部", "角色", "人员类别", "编号"],
            &["张三（示例，请删除）", "ZB1", "", "正式党员", ""],
            &["李四（示例，请删除）", "JG", "考务员", "", ""],
        ],
        (SheetKind::Members, Language::En) => &[
            &["login", "name", "branch", "role", "category", "number"],
            &["jsmith", "John Smith (example, delete)", "B1", "member", "full member", ""],
            &["mbrown", "Mary Brown (example, delete)", "HQ", "organizer", "", ""],
        ],
    };
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

fn workbook(rows: &[Vec<String>]) -> std::result::Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let heading = rust_xlsxwriter::Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    for (at, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            if at == 0 {
                sheet.write_string_with_format(at, column, cell, &heading)?;
            } else {
                sheet.write_string(at, column, cell)?;
            }
            sheet.set_column_width(column, 22)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}
