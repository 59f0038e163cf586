//! A body that comes too slowly ends with an error, so that nobody holds a connection and its memory by dripping bytes.
//! A slow line has time: so long in any case, and a second more for each of the few bytes that the slowest line carries.

use crate::limits;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// A body and the time by which more of it must have come.
struct Patient<B> {
    inner: Pin<Box<B>>,
    began: Option<Instant>,
    bytes: u64,
    /// Made only when there is something to wait for: most bodies are there at once.
    end: Option<Pin<Box<Sleep>>>,
}

/// A body with a limit of time.
pub(super) fn patient<B>(body: B) -> Body
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    if body.is_end_stream() {
        return Body::empty();
    }
    Body::new(Patient { inner: Box::pin(body), began: None, bytes: 0, end: None })
}

impl<B> HttpBody for Patient<B>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = self.inner.as_mut().poll_frame(context) {
            if let Some(Ok(frame)) = &frame {
                self.bytes += frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or_default());
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let began = *self.began.get_or_insert_with(Instant::now);
        let worth = Duration::from_secs(self.bytes / limits::BODY_BYTES_PER_SECOND);
        let by = began + Duration::from_millis(limits::BODY_MS) + worth;
        let end = self.end.get_or_insert_with(|| Box::pin(sleep_until(by)));
        if end.deadline() != by {
            end.as_mut().reset(by);
        }
        ready!(end.as_mut().poll(context));
        Poll::Ready(Some(Err("the body came too slowly".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
