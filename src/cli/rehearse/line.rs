//! One member's connection: HTTP/1.1, plain or under TLS, kept alive, opened again when it broke.

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// Times that a call is made before it counts as failed.
const TRIES: u32 = 8;

/// Why a call failed for good.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum LineError {
    /// The address isn't one that can be rehearsed.
    #[error("http://HOST:PORT, https://HOST:PORT")]
    Address,
    /// The authority of an https address can't be read.
    #[error("{file}: {why}; --ca FILE")]
    Authority {
        /// Where it was looked for.
        file: String,
        /// What was wrong.
        why: String,
    },
    /// No connection, or it broke each time.
    #[error("no answer: {0}")]
    Broken(String),
    /// An answer that nobody expected.
    #[error("{0}: {1}")]
    Refused(StatusCode, String),
    /// An answer that can't be read.
    #[error("unreadable answer: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// Where a server is.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Place {
    authority: String,
    host: HeaderValue,
    tls: Option<Tls>,
}

/// How an address is spoken to under TLS.
#[derive(Clone)]
struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tls").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Tls {
    /// Trusts nobody but one authority.
    fn trusting(authority: &Path, host: &str) -> Result<Self, LineError> {
        let unreadable = |error: &dyn std::fmt::Display| LineError::Authority {
            file: authority.display().to_string(),
            why: error.to_string(),
        };
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(authority).map_err(|error| unreadable(&error))? {
            let certificate = certificate.map_err(|error| unreadable(&error))?;
            roots.add(certificate).map_err(|error| unreadable(&error))?;
        }
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(name).map_err(|_| LineError::Address)?;
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }
}

/// What a connection is made of.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Place {
    /// Reads `http://HOST[:PORT]` or `https://HOST[:PORT]`, whose certificate an authority made.
    pub(in crate::cli) fn of(url: &str, authority_file: &Path) -> Result<Self, LineError> {
        let uri: Uri = url.trim_end_matches('/').parse().map_err(|_| LineError::Address)?;
        let authority = uri.authority().ok_or(LineError::Address)?;
        let (tls, usual) = match uri.scheme_str() {
            Some("http") => (None, 80),
            Some("https") => (Some(Tls::trusting(authority_file, authority.host())?), 443),
            _ => return Err(LineError::Address),
        };
        let port = authority.port_u16().unwrap_or(usual);
        let authority = format!("{}:{port}", authority.host());
        let host = HeaderValue::from_str(&authority).map_err(|_| LineError::Address)?;
        Ok(Self { authority, host, tls })
    }
}

/// A call to be made.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Call {
    pub(in crate::cli) method: Method,
    pub(in crate::cli) path: String,
    pub(in crate::cli) body: Bytes,
}

impl Call {
    pub(in crate::cli) fn new(method: Method, path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { method, path: path.into(), body: body.into() }
    }
}

/// What a line has been through.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cli) struct Troubles {
    /// Calls made again because the connection broke or no answer came.
    pub(in crate::cli) broken: u64,
    /// Calls made again because the server said that it was busy.
    pub(in crate::cli) busy: u64,
}

/// A connection.
#[derive(Debug)]
pub(in crate::cli) struct Line {
    place: Place,
    token: Option<HeaderValue>,
    sender: Option<SendRequest<Full<Bytes>>>,
    pub(in crate::cli) troubles: Troubles,
}

impl Line {
    pub(in crate::cli) const fn new(place: Place) -> Self {
        Self { place, token: None, sender: None, troubles: Troubles { broken: 0, busy: 0 } }
    }

    /// Calls as the owner of a token from now on.
    pub(in crate::cli) fn sign(&mut self, token: &str) {
        self.token = HeaderValue::from_str(&format!("Bearer {token}")).ok();
    }

    /// Makes a call until it is answered; an answer is anything but "busy".
    pub(in crate::cli) async fn call(&mut self, call: &Call) -> Result<(StatusCode, Bytes), LineError> {
        let mut said = String::new();
        for tried in 0..TRIES {
            match timeout(PATIENCE, self.once(call)).await {
                Ok(Ok((StatusCode::SERVICE_UNAVAILABLE, _))) => self.troubles.busy += 1,
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => {
                    self.troubles.broken += 1;
                    said = error.to_string();
                    self.hang_up();
                }
                Err(_) => {
                    self.troubles.broken += 1;
                    "no answer in time".clone_into(&mut said);
                    self.hang_up();
                }
            }
            sleep(Duration::from_millis(50 << tried)).await;
        }
        Err(LineError::Broken(said))
    }

    /// Makes a call that is to succeed, and reads its answer.
    pub(in crate::cli) async fn read<T: DeserializeOwned>(&mut self, call: &Call) -> Result<T, LineError> {
        let (status, body) = self.call(call).await?;
        if status.is_success() {
            return Ok(serde_json::from_slice(&body)?);
        }
        Err(LineError::Refused(status, String::from_utf8_lossy(&body).chars().take(300).collect()))
    }

    /// Sends a call and goes away before its answer, as a phone does that loses the network.
    pub(in crate::cli) async fn send_and_leave(&mut self, call: &Call, after: Duration) {
        let _ = timeout(after, self.once(call)).await;
        self.hang_up();
    }

    pub(in crate::cli) fn hang_up(&mut self) {
        self.sender = None;
    }

    async fn once(&mut self, call: &Call) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
        if self.sender.as_ref().is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(&self.place.authority).await?;
            stream.set_nodelay(true)?;
            let stream: Box<dyn Wire> = match &self.place.tls {
                None => Box::new(stream),
                Some(tls) => Box::new(tls.connector.connect(tls.name.clone(), stream).await?),
            };
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            // Ends when the sender is dropped.
            tokio::spawn(connection);
            self.sender = Some(sender);
        }
        let Some(sender) = &mut self.sender else { return Err("no connection".into()) };
        let mut request = Request::new(Full::new(call.body.clone()));
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = call.path.parse()?;
        let headers = request.headers_mut();
        headers.insert(HOST, self.place.host.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(token) = &self.token {
            headers.insert(AUTHORIZATION, token.clone());
        }
        let response = sender.send_request(request).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}
