//! The branch report of a test, and the documents of a test as files.

use crate::app::App;
use crate::documents::{self, Document};
use crate::http::{Access, Route, ServerAddress};
use crate::service::{archives, reports, tests};
use crate::web::pages::banks::attachment;
use crate::web::views::report::{self as view, Shown, Sort};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

/// Pages of this subject.
pub fn routes() -> Vec<Route> {
    let mut routes = vec![Route::get("/tests/{test}/report", Access::REPORTS, show)];
    routes.extend(FILES.map(|(path, document)| {
        let handler = move |app, visit, name, query, address| file(app, visit, name, query, (address, document));
        Route::get(path, Access::REPORTS, handler)
    }));
    routes
}

const FILES: [(&str, Document); 7] = [
    ("/tests/{test}/report.csv", Document::ReportCsv),
    ("/tests/{test}/report.xlsx", Document::ReportXlsx),
    ("/tests/{test}/register.xlsx", Document::RegisterXlsx),
    ("/tests/{test}/register.docx", Document::RegisterDocx),
    ("/tests/{test}/circular.docx", Document::Circular),
    ("/tests/{test}/announcement.docx", Document::Announcement),
    ("/tests/{test}/archive.zip", Document::Archive),
];

#[derive(Deserialize)]
struct ReportQuery {
    branch: Option<String>,
    category: Option<String>,
    #[serde(default)]
    sort: String,
}

impl ReportQuery {
    fn code(&self) -> Option<&str> {
        self.branch.as_deref().filter(|code| !code.is_empty())
    }

    fn category(&self) -> Option<&str> {
        self.category.as_deref().filter(|category| !category.is_empty())
    }
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Response {
    let result = async {
        let report = reports::report_of(&app, &visit.caller, &name, (query.code(), query.category())).await?;
        let title = visit.words().of(&report.test.definition.title).to_owned();
        let shown = Shown {
            may_make_up: tests::may_be_made_up(&app, &visit.caller, &report.test).await?,
            has_archive: archives::is_offered(&app, &visit.caller, &name).await?,
            report: &report,
            now_ms: visit.now_ms,
            sort: Sort::from_name(&query.sort),
        };
        Ok(visit.page(&title, view::report(visit.words(), &visit.caller, &shown)))
    };
    let result = result.await;
    visit.answer(result)
}

async fn file(
    State(app): State<App>,
    visit: Visit,
    Path(test): Path<String>,
    Query(query): Query<ReportQuery>,
    (ServerAddress(address), document): (ServerAddress, Document),
) -> Response {
    let asked = documents::Asked {
        caller: &visit.caller,
        words: visit.words(),
        now_ms: visit.now_ms,
        test: &test,
        branch: query.code(),
        category: query.category(),
        address: &address,
    };
    let made = documents::make(&app, document, asked).await;
    visit.answer(made.map(|file| attachment(file.media_type, &file.name, file.bytes)))
}
