//! The branch report of a test, on the page and as files.

use crate::app::App;
use crate::formats::sheet::write_csv;
use crate::http::{Access, Route};
use crate::service::reports::{self, Report};
use crate::service::{Error, Result};
use crate::web::pages::banks::attachment;
use crate::web::views::report::{self as view, Shown, Sort};
use crate::web::visit::Visit;
use crate::web::words::Words;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tests/{test}/report", Access::REPORTS, show),
        Route::get("/tests/{test}/report.csv", Access::REPORTS, csv),
        Route::get("/tests/{test}/report.xlsx", Access::REPORTS, xlsx),
    ]
}

#[derive(Deserialize)]
struct ReportQuery {
    branch: Option<String>,
    #[serde(default)]
    sort: String,
}

impl ReportQuery {
    fn code(&self) -> Option<&str> {
        self.branch.as_deref().filter(|code| !code.is_empty())
    }
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Response {
    let result = async {
        let report = reports::report(&app, &visit.caller, &name, query.code()).await?;
        let title = visit.words().of(&report.test.definition.title).to_owned();
        let shown = Shown { report: &report, now_ms: visit.now_ms, sort: Sort::from_name(&query.sort) };
        Ok(visit.page(&title, view::report(visit.words(), &visit.caller, &shown)))
    };
    let result = result.await;
    visit.answer(result)
}

async fn csv(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Response {
    let report = reports::report(&app, &visit.caller, &name, query.code()).await;
    visit.answer(report.map(|report| {
        let rows = view::rows(visit.words(), &report);
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(view::Cell::text).collect()).collect();
        attachment("text/csv; charset=utf-8", &file_name(&report, "csv"), write_csv(&rows))
    }))
}

fn file_name(report: &Report, extension: &str) -> String {
    let branch = report.line.branch.as_ref().map(|node| format!("-{}", node.code)).unwrap_or_default();
    format!("{}{branch}.{extension}", report.test.row.name)
}

async fn xlsx(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Response {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let result = async {
        let report = reports::report(&app, &visit.caller, &name, query.code()).await?;
        let bytes = workbook(visit.words(), &report).map_err(|error| {
            tracing::error!(%error, "a workbook couldn't be written");
            Error::Busy
        })?;
        Ok(attachment(kind, &file_name(&report, "xlsx"), bytes))
    };
    let result: Result<Response> = result.await;
    visit.answer(result)
}

fn workbook(words: Words, report: &Report) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let heading = Format::new().set_bold().set_text_wrap();
    let decimal = Format::new().set_num_format("0.0");
    let sheet = workbook.add_worksheet();
    sheet.set_name(words.t("report"))?;
    for (at, row) in (0_u32..).zip(view::rows(words, report)) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                view::Cell::Text(text) if at == 0 => sheet.write_string_with_format(at, column, &text, &heading)?,
                view::Cell::Text(text) => sheet.write_string(at, column, &text)?,
                view::Cell::Count(number) => sheet.write_number(at, column, crate::rules::points::number(number))?,
                view::Cell::Figure(Some(number)) => sheet.write_number_with_format(at, column, number, &decimal)?,
                view::Cell::Figure(None) => continue,
            };
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    sheet.set_column_width(0, 16)?;
    sheet.set_column_width(1, 32)?;
    for column in 2..18 {
        sheet.set_column_width(column, 11)?;
    }
    workbook.save_to_buffer()
}
