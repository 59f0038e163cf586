//! The router built from the table, and serving it.

use crate::app::App;
use crate::http::{Access, Route, guard};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// Every route of pages and API.
pub fn routes() -> Vec<Route> {
    let mut routes = crate::web::routes();
    routes.push(Route::get("/healthz", Access::Anyone, healthz));
    routes.push(Route::get("/readyz", Access::Anyone, readyz));
    routes.extend(crate::api::routes());
    routes
}

/// What a rehearsal measures this server against: a route of the bare framework.
fn yardstick(app: &App) -> Router {
    let bare = Router::new().route("/rehearsal/bare", axum::routing::put(|| async { StatusCode::NO_CONTENT }));
    if app.settings.rehearsal { bare } else { Router::new() }
}

/// The process is alive.
async fn healthz() -> &'static str {
    "ok"
}

/// The database answers and is of this version; it was brought there before the server began to listen.
async fn readyz(State(app): State<App>) -> Result<&'static str, (StatusCode, &'static str)> {
    let not_ready = |_| (StatusCode::SERVICE_UNAVAILABLE, "the database doesn't answer");
    crate::service::upkeep::is_ready(&app).await.map_err(not_ready)?;
    Ok("ready")
}

/// The whole server as a service.
pub fn router(app: &App) -> Router {
    let admit = |rule: guard::Rule| {
        let state = app.clone();
        from_fn(move |request: Request, next: Next| guard::admit(rule, state.clone(), request, next))
    };
    let mut router = Router::new();
    let rehearsal = if app.settings.rehearsal { crate::api::rehearsal::routes() } else { Vec::new() };
    for route in routes().into_iter().chain(rehearsal) {
        let rule = guard::Rule::of(&route);
        let handler = route.handler.layer(DefaultBodyLimit::max(route.body_bytes)).layer(admit(rule));
        router = router.route(route.path, handler);
    }
    router
        .fallback_service(any(crate::web::error::not_found).layer(admit(guard::Rule::UNKNOWN)).with_state(app.clone()))
        .method_not_allowed_fallback(crate::web::error::wrong_method)
        .layer(CompressionLayer::new().gzip(true))
        .layer(CatchPanicLayer::custom(crate::web::error::panicked))
        .layer(from_fn_with_state(app.clone(), guard::surround))
        .with_state(app.clone())
        .merge(yardstick(app))
}
