//! `kaohe serve`: one server per SQLite file, background work, an orderly end.

use crate::app::{App, Clock, Randomness};
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open};
use crate::config::Settings;
use crate::http::connections;
use crate::http::server::Server;
use crate::limits;
use crate::service::error::Error;
use crate::service::sitting::waiting;
use crate::service::{accounts, banks, items, reach, reports, upkeep};
use crate::store::db::{Db, Location};
use crate::store::rehearsal;
use crate::store::trace;
use clap::Args;
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// The names of the arguments of `kaohe serve`.
pub(super) const ARGUMENTS: [&str; 7] =
    ["listen", "tls_cert", "tls_key", "external_url", "trusted_proxies", "accept_clock", "rehearsal"];

/// Arguments of `kaohe serve`.
#[derive(Debug, Clone, Args)]
pub(super) struct ServeArgs {
    /// Address to listen on.
    #[arg(long, env = "KAOHE_LISTEN", default_value = "0.0.0.0:8080", value_name = "ADDR")]
    listen: SocketAddr,
    /// Certificate chain in PEM, for https.
    #[arg(long, env = "KAOHE_TLS_CERT", requires = "tls_key", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Its private key in PEM.
    #[arg(long, env = "KAOHE_TLS_KEY", requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// The address that users type, where a proxy stands before the server.
    #[arg(long, env = "KAOHE_EXTERNAL_URL", value_name = "URL", value_parser = external_url)]
    external_url: Option<String>,
    /// Proxies whose X-Forwarded-For header counts, as addresses or networks with commas between.
    #[arg(long, env = "KAOHE_TRUSTED_PROXIES", value_name = "ADDR", value_delimiter = ',', value_parser = network)]
    trusted_proxies: Vec<ipnet::IpNet>,
    /// Start although the machine's clock lies behind the last stored event.
    #[arg(long, env = "KAOHE_ACCEPT_CLOCK")]
    accept_clock: bool,
    /// Serve an empty place beside the data, for `kaohe rehearse`; it is removed at the end.
    #[arg(long, env = "KAOHE_REHEARSAL")]
    rehearsal: bool,
}

fn network(text: &str) -> Result<ipnet::IpNet, String> {
    crate::rules::integrity::network(text).ok_or_else(|| "192.168.1.1, 10.0.0.0/8".to_owned())
}

/// An address as a browser sends it as origin: http or https, a host, perhaps a port, nothing behind.
pub(super) fn external_url(text: &str) -> Result<String, String> {
    let expected = "https://HOST or http://HOST:PORT".to_owned();
    let url: axum::http::Uri = text.parse().map_err(|_| expected.clone())?;
    let is_web = matches!(url.scheme_str(), Some("http" | "https"));
    let has_host = url.host().is_some_and(|host| !host.is_empty());
    let is_bare = url.path() == "/" && url.query().is_none() && !text.contains(['@', '#']);
    if is_web && has_host && is_bare { Ok(text.trim_end_matches('/').to_owned()) } else { Err(expected) }
}

/// Where and how to listen.
pub(super) struct Listening<'a> {
    address: SocketAddr,
    tls: Option<(&'a Path, &'a Path)>,
    folder: &'a Path,
}

impl<'a> Listening<'a> {
    pub(super) const fn plain(address: SocketAddr, folder: &'a Path) -> Self {
        Self { address, tls: None, folder }
    }
}

pub(super) async fn run(place: &Place, args: &ServeArgs, words: &Words) -> Outcome {
    let real = open::location(place)?;
    let tls = args.tls_cert.as_deref().zip(args.tls_key.as_deref());
    let listening = Listening { address: args.listen, tls, folder: &place.data };
    // Before anything is written: two servers on one file would each believe to be the only one.
    let _lock = match &real {
        Location::Sqlite(_) => Some(open::lock(&place.data, &args.listen.to_string()).await?),
        Location::Postgres(_) => None,
    };
    let location = if args.rehearsal { rehearsal::set_apart(&real).await? } else { real.clone() };
    let db = Db::open(&location, open::allow_unsafe()).await?;
    let settings = Settings {
        external_url: args.external_url.clone(),
        tls: tls.is_some(),
        trusted_proxies: args.trusted_proxies.clone(),
        rehearsal: args.rehearsal,
        ..Settings::at(location)
    };
    let app = App::new(db, Clock::system(), Randomness::system(), settings);
    check_clock(&app, args.accept_clock).await?;
    let first = if args.rehearsal { None } else { accounts::first_link(&app).await? };
    let serving = app.clone();
    let served = listen(app, &listening, words, move |address| {
        let id = if args.rehearsal { "cli-serving-rehearsal" } else { "cli-serving" };
        out!("{}", words.say(id, &[("address", address), ("data", &place.data.display().to_string())]));
        for reachable in reach::of_network(&serving) {
            out!("  {reachable}");
        }
        if let Some(token) = &first {
            out!("{}", words.say("cli-first-link", &[("link", &format!("{address}/set-up/{token}"))]));
        }
    })
    .await;
    if args.rehearsal {
        rehearsal::clear(&real).await?;
    }
    served
}

async fn check_clock(app: &App, accepted: bool) -> Outcome {
    let last = trace::last_at_ms(&mut app.db.read().await?).await?;
    match last {
        Some(last) if last > app.clock.now_ms() && !accepted => {
            Err(Failure::Said("cli-clock-behind", crate::i18n::stamp(last)))
        }
        _ => Ok(()),
    }
}

/// Listens with a queue that holds a whole hall: whoever finds it full is let in a second later at the earliest.
fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // As the standard library does: a server that is started again finds its port free.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(limits::WAITING_CONNECTIONS)
}

/// Serves until told to stop, then lets requests under way end; `ready` is told the address first.
pub(super) async fn listen(app: App, listening: &Listening<'_>, words: &Words, ready: impl FnOnce(&str)) -> Outcome {
    log_to_stderr();
    crate::app::raise_open_file_limit();
    banks::clean_up(&app, app.clock.now_ms()).await?;
    let cannot = |error: std::io::Error| Failure::Said("cli-cannot-listen", format!("{}: {error}", listening.address));
    let tls = listening.tls.map(tls).transpose()?;
    let listener = bind(listening.address).map_err(cannot)?;
    let local = listener.local_addr().map_err(cannot)?;
    let _ = app.listening.set(local);
    let mut background = JoinSet::new();
    background.spawn(keep_up(app.clone()));
    background.spawn(keep_figures(app.clone()));
    background.spawn(wait_ahead(app.clone()));
    let told = told_to_stop();
    let host = if local.ip().is_unspecified() { "localhost".to_owned() } else { local.ip().to_string() };
    let scheme = if listening.tls.is_some() { "https" } else { "http" };
    ready(&format!("{scheme}://{host}:{}", local.port()));
    connections::serve(listener, tls, Server::new(&app), told).await;
    background.abort_all();
    // What was acknowledged is durable without it; a database that doesn't answer holds nobody up.
    let _ = tokio::time::timeout(Duration::from_secs(1), async {
        let _ = app.db.checkpoint().await;
        app.db.close().await;
    })
    .await;
    let _ = (words, listening.folder);
    Ok(())
}

/// How TLS is spoken with the certificate and key that were named. Nothing is offered but what is spoken: a browser
/// that was offered HTTP/2 would speak it.
fn tls((certificate, key): (&Path, &Path)) -> Result<TlsAcceptor, Failure> {
    let unreadable = |path: &Path, id: &'static str| {
        let path = path.to_owned();
        move |error| match error {
            pem::Error::Io(error) => Failure::File(path, error),
            _ => Failure::Said(id, path.display().to_string()),
        }
    };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain: Vec<_> = chain.map_err(unreadable(certificate, "cli-tls-certificate"))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key, "cli-tls-key"))?;
    if chain.is_empty() {
        return Err(Failure::Said("cli-tls-certificate", certificate.display().to_string()));
    }
    let unfit = |_| Failure::Said("cli-tls-pair", format!("{}, {}", certificate.display(), key.display()));
    let builder = ServerConfig::builder().with_no_client_auth();
    let mut config = builder.with_single_cert(chain, secret).map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn log_to_stderr() {
    let asked = std::env::var("KAOHE_LOG").ok().and_then(|asked| asked.parse::<Targets>().ok());
    let usual = || Targets::new().with_target("kaohe", Level::INFO).with_default(Level::WARN);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // A second server in one process (tests) keeps the first one's log.
    let _ = tracing_subscriber::registry().with(lines.with_filter(asked.unwrap_or_else(usual))).try_init();
}

async fn keep_up(app: App) {
    let mut rounds = 0_u32;
    loop {
        tokio::time::sleep(Duration::from_millis(limits::TICK_MS)).await;
        let now_ms = app.clock.now_ms();
        if let Err(error) = upkeep::round(&app, now_ms).await {
            tracing::error!(%error, "ending attempts whose time is over failed; it is tried again");
        }
        rounds = rounds.wrapping_add(1);
        if rounds.is_multiple_of(60) {
            app.hasher.rest();
            app.printouts.tidy(now_ms);
        }
        if rounds.is_multiple_of(4) {
            if let Err(error) = upkeep::tidy(&app, now_ms).await {
                tracing::error!(%error, "tidying up failed; it is tried again");
            }
            note_drift(&app);
        }
    }
}

/// Brings stored figures up to date: soon after a change, and never for more than a fifth of the time.
async fn keep_figures(app: App) {
    loop {
        let begun_at_ms = app.clock.now_ms();
        if let Err(error) = keep_all(&app).await {
            tracing::warn!(%error, "figures couldn't be brought up to date; they are when somebody reads them");
        }
        let took_ms = u64::try_from(app.clock.now_ms() - begun_at_ms).unwrap_or_default();
        tokio::time::sleep(Duration::from_millis(limits::ROLLUP_TICK_MS.max(4 * took_ms))).await;
    }
}

async fn keep_all(app: &App) -> Result<(), Error> {
    reports::keep(app).await?;
    items::keep(app).await
}

/// Draws papers ahead, apart from everything that must be on time.
async fn wait_ahead(app: App) {
    loop {
        if let Err(error) = waiting::prepare(&app, app.clock.now_ms()).await {
            tracing::warn!(%error, "drawing papers ahead failed; they are drawn at the start");
        }
        tokio::time::sleep(Duration::from_millis(limits::WAITING_TICK_MS)).await;
    }
}

/// The wall clock was set: it is said, and nobody gains or loses time.
fn note_drift(app: &App) {
    if let Some(drift_ms) = app.clock.newly_set(limits::DRIFT_MS) {
        tracing::warn!(drift_ms, "the machine's clock was set; running tests keep the time they have");
    }
}

/// Waits until the process is told to end: Ctrl-C, or SIGTERM. Listens from the call on, so that whoever calls it before
/// it says that it is ready is never ended abruptly after that.
#[cfg(unix)]
pub(super) fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (interrupted, terminated) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        match (interrupted, terminated) {
            (Ok(mut interrupted), Ok(mut terminated)) => {
                tokio::select! { _ = interrupted.recv() => {}, _ = terminated.recv() => {} }
            }
            (Ok(mut one), Err(_)) | (Err(_), Ok(mut one)) => drop(one.recv().await),
            (Err(_), Err(_)) => std::future::pending().await,
        }
    }
}

/// Waits until the process is told to end: Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn told_to_stop() {
    drop(tokio::signal::ctrl_c().await);
}
