//! The router built from the table, and serving it.

use crate::api::attempts::SaveCall;
use crate::app::App;
use crate::http::patience::patient;
use crate::http::{Access, Route, guard};
use axum::Router;
use axum::body::{Bytes, HttpBody};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::any;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::Service;
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

/// The address of what a rehearsal measures this server against.
const YARDSTICK: &str = "/rehearsal/bare";

/// A route of the bare framework.
fn yardstick() -> Router {
    Router::new().route(YARDSTICK, axum::routing::put(|| async { StatusCode::NO_CONTENT }))
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

/// The routes of pages and API, each behind its access.
fn router(app: &App) -> Router {
    let admit = |rule: guard::Rule| {
        let state = app.clone();
        from_fn(move |request: Request, next: Next| {
            let app = state.clone();
            async move { guard::admit(rule, &app, request, |request| answer(request, next)).await }
        })
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
        .with_state(app.clone())
}

async fn answer(request: Request, next: Next) -> Response {
    if guard::is_reading(request.method()) {
        return next.run(request).await;
    }
    guard::to_its_end(next.run(request)).await
}

/// The whole server: pages and API by the table of routes, and a lane of their own for saves, which come by the
/// thousand and need none of the layers that the others pass.
#[derive(Debug, Clone)]
pub struct Server {
    app: App,
    router: Router,
    bare: Option<Router>,
}

impl Server {
    /// A server of this Kaohe.
    pub fn new(app: &App) -> Self {
        let bare = app.settings.rehearsal.then(yardstick);
        Self { app: app.clone(), router: router(app), bare }
    }

    /// Answers one request, whose body may not dawdle.
    pub async fn respond<B>(mut self, request: axum::http::Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let request = request.map(patient);
        let path = request.uri().path();
        if let (Some(bare), true) = (&mut self.bare, path == YARDSTICK) {
            return bare.call(request).await.unwrap_or_else(|never| match never {});
        }
        if let Some(save) = SaveCall::of(&request) {
            let app = self.app;
            let no_span = |_: &str, _: &Request| tracing::Span::none();
            let lane = |request| guard::admit(guard::Rule::SAVE, &app, request, |request| save.run(&app, request));
            // Else whoever asks for anything would hold the room that a save takes.
            return Box::pin(guard::surround(&app, request, no_span, lane)).await;
        }
        let span = |id: &str, request: &Request| tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
        let mut router = self.router;
        let route = |request: Request| async move { router.call(request).await.unwrap_or_else(|never| match never {}) };
        guard::surround(&self.app, request, span, route).await
    }
}

impl<B> Service<axum::http::Request<B>> for Server
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: axum::http::Request<B>) -> Self::Future {
        let server = self.clone();
        Box::pin(async move { Ok(server.respond(request).await) })
    }
}
