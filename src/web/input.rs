//! What forms send: fields in order, and one file. Too large a body is answered with a page.

use crate::app::App;
use crate::web::error;
use crate::web::visit::Visit;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum_extra::extract::{Form, Multipart};

/// The fields of a form in order; a name may stand several times.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a name; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether no value holds U+0000, which no text of ours can hold and PostgreSQL doesn't take.
    fn can_be_kept(&self) -> bool {
        self.0.iter().all(|(_, value)| !value.contains('\0'))
    }

    /// Whether the name stands in the form at all.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

async fn visit(request: Request, app: &App) -> (Visit, Request) {
    let (mut parts, body) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
    (visit, Request::from_parts(parts, body))
}

impl FromRequest<App> for Fields {
    type Rejection = Response;
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (visit, request) = visit(request, app).await;
        let form = Form::<Vec<(String, String)>>::from_request(request, app).await;
        let Form(fields) = form.map_err(|rejection| {
            let status = axum::response::IntoResponse::into_response(rejection).status();
            error::unreadable(&visit, status)
        })?;
        let fields = Self(fields);
        if fields.can_be_kept() { Ok(fields) } else { Err(error::unreadable(&visit, StatusCode::UNPROCESSABLE_ENTITY)) }
    }
}

/// A form with a file, or without one.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    /// The other fields.
    pub fields: Fields,
    /// The file's content; empty where none was chosen.
    pub file: Vec<u8>,
    /// The file's name.
    pub file_name: String,
}

impl FromRequest<App> for Upload {
    type Rejection = Response;
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            let fields = Fields::from_request(request, app).await?;
            return Ok(Self { fields, ..Self::default() });
        }
        let (visit, request) = visit(request, app).await;
        let mut form = Multipart::from_request(request, app).await.map_err(|rejection| {
            let status = axum::response::IntoResponse::into_response(rejection).status();
            error::unreadable(&visit, status)
        })?;
        let mut upload = Self::default();
        loop {
            let part = form.next_field().await.map_err(|error| error::unreadable(&visit, error.status()))?;
            let Some(part) = part else {
                let refused = || error::unreadable(&visit, StatusCode::UNPROCESSABLE_ENTITY);
                return if upload.fields.can_be_kept() { Ok(upload) } else { Err(refused()) };
            };
            let name = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(ToOwned::to_owned);
            let bytes = part.bytes().await.map_err(|error| error::unreadable(&visit, error.status()))?;
            if let Some(file_name) = file_name {
                upload.file_name = file_name;
                upload.file = bytes.to_vec();
            } else {
                upload.fields.0.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
}
