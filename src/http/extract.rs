//! What handlers are handed: who calls, when the request arrived, in which language to answer.

use crate::app::App;
use crate::rules::integrity::{BrowserProof, Came};
use crate::rules::rights::Caller;
use crate::rules::text::Language;
use crate::service::{Error, accounts};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, header};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The name of the cookie that holds a session's token.
const SESSION: &str = "kaohe_session";
/// Its name under TLS, where the browser then binds it to this host.
const SESSION_TLS: &str = "__Host-kaohe_session";
/// The name of the cookie that holds the language chosen.
const LANGUAGE: &str = "kaohe_language";

/// When the request arrived, in Unix milliseconds; set before any queue.
#[derive(Debug, Clone, Copy)]
pub struct Arrived(pub i64);

/// The id under which the request stands in the log, for the user to quote.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Who calls, if anyone is signed in.
#[derive(Debug, Clone)]
pub struct MaybeSignedIn(pub Option<Arc<Caller>>);

/// Who calls.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Arc<Caller>);

/// The language to answer in: chosen, or the browser's, or Chinese.
#[derive(Debug, Clone, Copy)]
pub struct Reader(pub Language);

/// The address a request came from, as far as it can be told: of the connection, or what a trusted proxy says of it.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

impl std::fmt::Display for ClientAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |address| address.fmt(formatter))
    }
}

/// From where and with which browser a request came.
#[derive(Debug, Clone)]
pub struct CameFrom(pub Came);

/// What Safe Exam Browser says of its configuration with each request.
const CONFIG_KEY_HASH: &str = "x-safeexambrowser-configkeyhash";
/// What proxies say of the client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The header that keeps a session in the browser.
pub fn session_cookie(app: &App, token: &str) -> String {
    let lasts = crate::limits::SESSION_MOST_MS / 1000;
    let (name, secure) = if app.settings.is_secure() { (SESSION_TLS, "; Secure") } else { (SESSION, "") };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={lasts}{secure}")
}

/// The header that forgets a session in the browser.
pub fn without_session_cookie(app: &App) -> String {
    let (name, secure) = if app.settings.is_secure() { (SESSION_TLS, "; Secure") } else { (SESSION, "") };
    format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}")
}

/// The token of a request: of the `Authorization` header, or of the cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<(&str, bool)> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let of_cookie = || cookie(headers, SESSION_TLS).or_else(|| cookie(headers, SESSION));
    bearer.map(|token| (token, true)).or_else(|| of_cookie().map(|token| (token, false)))
}

/// Finds who calls and notes it on the request.
pub(super) async fn note_caller(app: &App, parts: &mut Parts, now_ms: i64) -> Result<Option<Arc<Caller>>, Error> {
    let caller = match token(&parts.headers) {
        Some((token, _)) => accounts::authenticate(app, now_ms, token).await?,
        None => None,
    };
    parts.extensions.insert(MaybeSignedIn(caller.clone()));
    Ok(caller)
}

pub(super) fn language(headers: &HeaderMap) -> Language {
    let chosen = cookie(headers, LANGUAGE).and_then(Language::from_code);
    chosen.or_else(|| accepted(headers)).unwrap_or(Language::Zh)
}

/// The first known language of `Accept-Language`, by its weights.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut offers: Vec<(u32, Language)> = header
        .split(',')
        .filter_map(|offer| {
            let (code, weight) = offer.split_once(";q=").unwrap_or((offer, "1"));
            let thousandths = weight.trim().parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight))? * 1000.0;
            #[expect(
                clippy::as_conversions,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 1000"
            )]
            Some((thousandths as u32, Language::from_code(code)?))
        })
        .collect();
    offers.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    offers.first().map(|(_, language)| *language)
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeSignedIn {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self(None)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = axum::http::StatusCode;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        // The guard answers before, with words; this can only be a route whose access was declared wrongly.
        let caller = parts.extensions.get::<MaybeSignedIn>().and_then(|caller| caller.0.clone());
        caller.map(Self).ok_or(axum::http::StatusCode::UNAUTHORIZED)
    }
}

impl FromRequestParts<App> for Arrived {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_else(|| Self(app.clock.now_ms())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self(String::new())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(language(&parts.headers)))
    }
}

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        Ok(Self(peer.map(|peer| client(peer, &parts.headers, &app.settings.trusted_proxies))))
    }
}

/// The last address in the chain of proxies that no trusted one stands behind.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[ipnet::IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let lines = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
    let told: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let mut client = peer;
    for address in told.iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        let Ok(before) = address.trim().parse::<IpAddr>() else { break };
        client = before.to_canonical();
    }
    client
}

impl FromRequestParts<App> for CameFrom {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, app).await?;
        let digest = parts.headers.get(CONFIG_KEY_HASH).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        let ServerAddress(server) = ServerAddress::from_request_parts(parts, app).await?;
        let path = parts.uri.path_and_query().map_or("", PathAndQuery::as_str);
        let proof = digest.map(|digest| BrowserProof { url: format!("{server}{path}"), digest });
        Ok(Self(Came { address, browser: proof.into_iter().collect() }))
    }
}

/// The address of this server as people type it: the one that was set, or the one by which this request came.
#[derive(Debug, Clone)]
pub struct ServerAddress(pub String);

impl FromRequestParts<App> for ServerAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        if let Some(external) = app.settings.external_url.as_deref() {
            return Ok(Self(external.trim_end_matches('/').to_owned()));
        }
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        // HTTP/2, spoken under TLS, names the host in the address instead of a header.
        let host = host.or_else(|| parts.uri.authority().map(Authority::as_str)).unwrap_or_default();
        let scheme = if app.settings.tls { "https" } else { "http" };
        Ok(Self(format!("{scheme}://{host}")))
    }
}

#[cfg(test)]
mod tests {
    use super::client;
    use axum::http::{HeaderMap, HeaderValue};
    use std::net::IpAddr;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let address = |text: &str| -> IpAddr { text.parse().unwrap() };
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("10.9.9.9, 192.168.1.20"));
        headers.append("x-forwarded-for", HeaderValue::from_static("10.0.0.2"));
        let trusted = ["10.0.0.0/24".parse().unwrap()];
        assert_eq!(client(address("10.0.0.1"), &headers, &trusted), address("192.168.1.20"));
        assert_eq!(client(address("10.0.0.1"), &headers, &[]), address("10.0.0.1"));
        assert_eq!(client(address("172.16.0.1"), &headers, &trusted), address("172.16.0.1"));
        assert_eq!(client(address("10.0.0.1"), &HeaderMap::new(), &trusted), address("10.0.0.1"));
    }
}
