//! Connections: taken, attended request by request, and at rest between two of them.
//!
//! A member reads for half a minute and is heard for a millisecond. What the HTTP library holds for a connection
//! (two buffers of 8 kB, its state) is given back while nothing is said, so that a hall of ten thousand costs the
//! sockets and little more.

use crate::http::server::Server;
use crate::limits;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// How long a connection may take over the head of a request, and stay open without one.
const PATIENCE: Duration = Duration::from_millis(limits::HEAD_MS);

/// Attends whoever connects until told to stop; then lets requests under way end, for a while.
pub async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, server: Server, told: impl Future<Output = ()>) {
    let (ending, end) = watch::channel(false);
    let mut attended = JoinSet::new();
    let mut told = pin!(told);
    loop {
        tokio::select! {
            biased;
            () = &mut told => break,
            taken = listener.accept() => match taken {
                Ok((stream, peer)) => {
                    drop(attended.spawn(attend(stream, peer, tls.clone(), server.clone(), end.clone())));
                }
                Err(error) => refused(&error).await,
            },
            Some(_) = attended.join_next() => {}
        }
    }
    drop(listener);
    ending.send_replace(true);
    let leave = async { while attended.join_next().await.is_some() {} };
    let _ = timeout(Duration::from_millis(limits::DRAIN_MS), leave).await;
}

/// A caller who went away while waiting concerns nobody; with too many files open, those who leave make room.
async fn refused(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "a connection couldn't be taken; it is tried again");
        sleep(Duration::from_millis(limits::ACCEPT_AGAIN_MS)).await;
    }
}

async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    server: Server,
    end: watch::Receiver<bool>,
) {
    // Answers are written whole: waiting for more to send with them would only delay them.
    let _ = stream.set_nodelay(true);
    let attendant = Attendant { server, peer, tally: Arc::default() };
    match tls {
        None => converse(stream, attendant, end).await,
        // A session takes some kilobytes, which plain connections needn't hold.
        Some(tls) => {
            Box::pin(async move {
                if let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await {
                    converse(stream, attendant, end).await;
                }
            })
            .await;
        }
    }
}

/// Waits until the server is told to stop.
async fn told(end: &mut watch::Receiver<bool>) {
    drop(end.wait_for(|is_over| *is_over).await);
}

/// Waits for a request, attends it and those that follow closely, and waits again.
async fn converse<S>(mut stream: S, attendant: Attendant, mut end: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut first = Bytes::new();
    loop {
        if first.is_empty() {
            let heard = tokio::select! {
                biased;
                heard = timeout(PATIENCE, hear(&mut stream)) => heard,
                () = told(&mut end) => return,
            };
            match heard {
                Ok(Ok(heard)) if !heard.is_empty() => first = heard,
                _ => return,
            }
        }
        match attended(stream, first, &attendant, &mut end).await {
            Some(at_rest) => (stream, first) = at_rest,
            None => return,
        }
    }
}

/// The next bytes of a line, with no room held for them before they come; none at its end.
async fn hear<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Bytes> {
    poll_fn(|context| {
        let mut room = [MaybeUninit::uninit(); limits::FIRST_BYTES];
        let mut heard = ReadBuf::uninit(&mut room);
        ready!(Pin::new(&mut *stream).poll_read(context, &mut heard))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(heard.filled())))
    })
    .await
}

/// Attends requests until the line has been quiet for a while, and gives it back with what was heard too late; nothing
/// if it is over.
async fn attended<S>(
    stream: S,
    first: Bytes,
    attendant: &Attendant,
    end: &mut watch::Receiver<bool>,
) -> Option<(S, Bytes)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let tally = &attendant.tally;
    let line = Line { stream, first, tally: tally.clone() };
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let mut connection = Box::pin(builder.serve_connection(TokioIo::new(line), attendant.clone()));
    let quiet = Duration::from_millis(limits::QUIET_MS);
    let mut looks = interval_at(Instant::now() + quiet, quiet);
    let mut seen = 0;
    loop {
        tokio::select! {
            biased;
            _ = &mut connection => return None,
            _ = looks.tick() => {
                let moves = tally.moves.load(Ordering::Relaxed);
                if moves == seen && tally.is_quiet() {
                    break;
                }
                seen = moves;
            }
            () = told(end) => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
                return None;
            }
        }
    }
    // The library has the last word: it ends at once if it waits for a request, and otherwise after this one.
    connection.as_mut().graceful_shutdown();
    let ended = poll_fn(|context| Poll::Ready(connection.poll_without_shutdown(context))).await;
    if let Poll::Ready(Ok(())) = ended {
        let parts = Pin::into_inner(connection).into_parts();
        return Some((parts.io.into_inner().stream, parts.read_buf));
    }
    if ended.is_pending() {
        let _ = connection.await;
    }
    None
}

/// What happens on a connection, for telling whether it is quiet.
#[derive(Debug, Default)]
struct Tally {
    /// Requests whose answers aren't handed over whole.
    under_way: AtomicUsize,
    /// Something was heard that is no whole head of a request yet.
    is_spoken_to: AtomicBool,
    /// The line didn't take all that was to be sent.
    is_full: AtomicBool,
    /// Reads and writes that moved something.
    moves: AtomicUsize,
}

impl Tally {
    fn is_quiet(&self) -> bool {
        self.under_way.load(Ordering::Relaxed) == 0
            && !self.is_spoken_to.load(Ordering::Relaxed)
            && !self.is_full.load(Ordering::Relaxed)
    }

    fn sent<T>(&self, sent: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.moves.fetch_add(1, Ordering::Relaxed);
        self.held_up(sent)
    }

    fn held_up<T>(&self, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.is_full.store(done.is_pending(), Ordering::Relaxed);
        done
    }
}

/// A request that is being answered.
#[derive(Debug)]
struct UnderWay(Arc<Tally>);

impl UnderWay {
    fn begun(tally: &Arc<Tally>) -> Self {
        tally.under_way.fetch_add(1, Ordering::Relaxed);
        tally.is_spoken_to.store(false, Ordering::Relaxed);
        Self(tally.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
        self.0.is_spoken_to.store(false, Ordering::Relaxed);
    }
}

/// Who answers on one connection.
#[derive(Debug, Clone)]
struct Attendant {
    server: Server,
    peer: SocketAddr,
    tally: Arc<Tally>,
}

impl Service<Request<Incoming>> for Attendant {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let under_way = UnderWay::begun(&self.tally);
        let server = self.server.clone();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        Box::pin(async move { Ok(server.respond(request).await.map(|body| Answer { body, _under_way: under_way })) })
    }
}

/// The body of an answer, whose request is under way until it is handed over.
#[derive(Debug)]
struct Answer {
    body: Body,
    _under_way: UnderWay,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket, or the TLS session over it, with what was already heard on it.
struct Line<S> {
    stream: S,
    first: Bytes,
    tally: Arc<Tally>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        if self.first.is_empty() {
            ready!(Pin::new(&mut self.stream).poll_read(context, into))?;
        } else {
            let fits = self.first.len().min(into.remaining());
            into.put_slice(&self.first.split_to(fits));
        }
        if into.filled().len() > before {
            self.tally.is_spoken_to.store(true, Ordering::Relaxed);
            self.tally.moves.fetch_add(1, Ordering::Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.tally.sent(sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.tally.sent(sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.tally.held_up(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
