//! A line between browser and server that can be poor or cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How good the line is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    Good,
    /// Three seconds there and back, and every fifth request fails: half of those before they arrive, half when the
    /// server has done its work and the answer is lost.
    Poor,
    Cut,
}

/// The line.
pub(crate) struct Line {
    pub(crate) port: u16,
    quality: watch::Sender<Quality>,
}

const THERE: Duration = Duration::from_millis(1500);

impl Line {
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (quality, state) = watch::channel(Quality::Good);
        let requests = Arc::new(AtomicUsize::new(0));
        tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                if *state.borrow() != Quality::Cut {
                    tokio::spawn(carry(browser, server, state.clone(), Arc::clone(&requests)));
                }
            }
        });
        Self { port, quality }
    }

    pub(crate) fn become_now(&self, quality: Quality) {
        self.quality.send_replace(quality);
    }
}

async fn carry(mut browser: TcpStream, server: u16, state: watch::Receiver<Quality>, requests: Arc<AtomicUsize>) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
    let (mut from_browser, mut to_browser) = browser.split();
    let (mut from_server, mut to_server) = server.split();
    let mut cut = state.clone();
    let there = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(count @ 1..) = from_browser.read(&mut bytes).await {
            let is_poor = *state.borrow() == Quality::Poor;
            let number = if is_poor { requests.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
            if is_poor {
                tokio::time::sleep(THERE).await;
            }
            if number % 10 == 5 {
                return;
            }
            let sent = to_server.write_all(&bytes[..count]).await;
            if sent.is_err() || number % 10 == 9 {
                // The server has it, and whoever sent it will never know.
                tokio::time::sleep(THERE).await;
                return;
            }
        }
    };
    let back = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
            if *state.borrow() == Quality::Poor {
                tokio::time::sleep(THERE).await;
            }
            if to_browser.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
        _ = cut.wait_for(|quality| *quality == Quality::Cut) => {}
    }
}
