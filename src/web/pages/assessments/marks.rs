//! Marks that the committee enters: one on a member's page, or a list.

use super::{Wanted, one};
use crate::app::App;
use crate::documents::{self, mark_list};
use crate::limits;
use crate::rules::text::{hex, unhex};
use crate::service::assessments::{self, Entering, Loading, year};
use crate::service::error::Thing;
use crate::service::{Error, Result};
use crate::web::input::{Fields, Upload};
use crate::web::pages::banks::attachment;
use crate::web::views::assessments::{self as view, Looked};
use crate::web::views::files::is_in_the_file;
use crate::web::visit::{Visit, go, to_its_end};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;

/// Enters a member's mark, or takes one back.
pub(super) async fn enter(
    State(app): State<App>,
    visit: Visit,
    Path((of, login)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    fields: Fields,
) -> Response {
    let branch = wanted.branch.clone();
    let done = async {
        let of = year(&of)?;
        let (to_end, caller, now_ms, at) = (app.clone(), visit.caller.clone(), visit.now_ms, branch.clone());
        if fields.has("end") {
            let id = fields.get("end").to_owned();
            return to_its_end(async move {
                assessments::end_mark(&to_end, &caller, now_ms, (of, at.as_deref()), &id).await
            })
            .await;
        }
        let list = fields.get("list").to_owned();
        let of_list = |name: &str| fields.get(&format!("{name}-{list}")).to_owned();
        let (score, source) = (of_list("score"), of_list("source"));
        let entering = Entering { list, login: login.clone(), score, source };
        to_its_end(async move {
            assessments::enter(&to_end, &caller, now_ms, (of, at.as_deref()), &entering).await.map(drop)
        })
        .await
    };
    match done.await {
        Ok(()) => go(&view::member_path(&of, &login, branch.as_deref())),
        Err(error @ (Error::Invalid { .. } | Error::ChangedMeanwhile)) => {
            let result = one(&app, &visit, (&of, &login), branch.as_deref(), Some(&error)).await;
            visit.answer(result)
        }
        Err(error) => visit.error(&error),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    Path((of, list)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = page(&app, &visit, (&of, &list), wanted.branch.as_deref(), None).await;
    visit.answer(result)
}

async fn page(
    app: &App,
    visit: &Visit,
    (of, list): (&str, &str),
    branch: Option<&str>,
    looked: Option<&Looked>,
) -> Result<Response> {
    let assessed = assessments::show(app, &visit.caller, visit.now_ms, year(of)?, branch).await?;
    let found = assessed.definition.marked_component(list).ok_or(Error::NotFound(Thing::MarkList))?;
    let is_wrong = looked.is_some_and(|looked| looked.outcome.is_err());
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let words = visit.words();
    Ok(visit.page_with(status, words.of(&found.1.title), view::marks(words, &assessed, found, looked)))
}

/// Looks at a sheet, or enters what was looked at.
pub(super) async fn load(
    State(app): State<App>,
    visit: Visit,
    Path((of, list)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    upload: Upload,
) -> Response {
    let branch = wanted.branch.clone();
    let result = async {
        let year = year(&of)?;
        let enters = upload.fields.get("do") == "load";
        // What was looked at comes back as it was sent.
        let sent = unhex(upload.fields.get("sheet")).filter(|sheet| !sheet.is_empty());
        let file = sent.unwrap_or(upload.file);
        if file.len() > limits::MARK_LIST_BYTES {
            return Err(Error::BodyTooLarge);
        }
        let sheet = hex(&file);
        let source = upload.fields.get("source").trim().to_owned();
        let loading = Loading { list: list.clone(), file, source: source.clone(), dry_run: !enters };
        let (to_end, caller, now_ms, at) = (app.clone(), visit.caller.clone(), visit.now_ms, branch.clone());
        let outcome = to_its_end(async move {
            assessments::load_marks(&to_end, &caller, now_ms, (year, at.as_deref()), loading).await
        })
        .await;
        let outcome = match outcome {
            Err(error) if !is_in_the_file(&error) => return Err(error),
            outcome => outcome,
        };
        let looked = Looked { is_entered: enters && outcome.is_ok(), outcome, source, sheet };
        page(&app, &visit, (&of, &list), branch.as_deref(), Some(&looked)).await
    };
    visit.answer(result.await)
}

/// The list of everybody assessed, with the marks that stand, to be filled in.
pub(super) async fn template(
    State(app): State<App>,
    visit: Visit,
    Path((of, list, format)): Path<(String, String, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    let result = async {
        let assessed =
            assessments::show(&app, &visit.caller, visit.now_ms, year(&of)?, wanted.branch.as_deref()).await?;
        let documents::File { name, media_type, bytes } =
            mark_list::template(visit.words(), &assessed, &list, &format)?;
        Ok(attachment(media_type, &name, bytes))
    };
    visit.answer(result.await)
}
