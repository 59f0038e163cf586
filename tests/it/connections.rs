//! Connections that rest between two requests: whatever comes in pieces, or isn't read, is neither lost nor mixed up.

use crate::support::World;
use kaohe::http::connections::serve;
use kaohe::http::server::Server;
use kaohe::limits::QUIET_MS;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Longer than it takes until a connection rests.
const WHILE: Duration = Duration::from_millis(QUIET_MS * 5 / 2);

struct Served {
    world: World,
    address: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

async fn served() -> Served {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, told) = oneshot::channel();
    let serving = tokio::spawn(serve(listener, None, Server::new(&world.app), async { drop(told.await) }));
    Served { world, address, stop, serving }
}

async fn say(line: &mut TcpStream, words: &str) {
    line.write_all(words.as_bytes()).await.unwrap();
}

/// The body of the next answer, which must be a good one.
async fn answer(line: &mut TcpStream) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push(char::from(line.read_u8().await.unwrap()));
    }
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; length];
    line.read_exact(&mut body).await.unwrap();
    String::from_utf8(body).unwrap()
}

const ALIVE: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn it_is_heard_again_after_a_rest_however_the_request_comes() {
    let served = served().await;
    let mut line = TcpStream::connect(&served.address).await.unwrap();
    for _ in 0..2 {
        say(&mut line, ALIVE).await;
        assert_eq!(answer(&mut line).await, "ok");
        sleep(WHILE).await;
    }
    let (begins, ends) = ALIVE.split_at(9);
    say(&mut line, begins).await;
    sleep(WHILE).await;
    say(&mut line, ends).await;
    assert_eq!(answer(&mut line).await, "ok");
    say(&mut line, &format!("{ALIVE}{ALIVE}{begins}")).await;
    assert_eq!(answer(&mut line).await + &answer(&mut line).await, "okok");
    sleep(WHILE).await;
    say(&mut line, ends).await;
    assert_eq!(answer(&mut line).await, "ok");
}

#[tokio::test]
async fn a_body_that_comes_in_two_parts_is_one() {
    let served = served().await;
    served.world.give_passwords(["m1"].into_iter()).await;
    let mut line = TcpStream::connect(&served.address).await.unwrap();
    let body = r#"{"login":"m1","password":"wrong"}"#;
    for at in [0, 10] {
        let head = format!(
            "POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        say(&mut line, &format!("{head}{}", &body[..at])).await;
        sleep(WHILE).await;
        say(&mut line, &body[at..]).await;
        let mut said = vec![0; 12];
        line.read_exact(&mut said).await.unwrap();
        assert_eq!(String::from_utf8(said).unwrap(), "HTTP/1.1 401");
        // The rest of the answer, whatever its length.
        let mut rest = vec![0; 65_536];
        while timeout(Duration::from_millis(200), line.read(&mut rest)).await.is_ok() {}
    }
    say(&mut line, ALIVE).await;
    assert_eq!(answer(&mut line).await, "ok");
}

#[tokio::test]
async fn answers_that_wait_for_a_slow_reader_come_whole() {
    let served = served().await;
    let mut line = TcpStream::connect(&served.address).await.unwrap();
    let many = 60;
    let ask = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(many);
    say(&mut line, &ask).await;
    sleep(WHILE).await;
    let first = answer(&mut line).await;
    assert!(first.len() * many > 8_000_000, "more than the line holds");
    for _ in 1..many {
        assert_eq!(answer(&mut line).await, first);
    }
    say(&mut line, ALIVE).await;
    assert_eq!(answer(&mut line).await, "ok");
}

#[tokio::test]
async fn whoever_rests_is_let_go_at_once_when_the_server_ends() {
    let served = served().await;
    let mut line = TcpStream::connect(&served.address).await.unwrap();
    say(&mut line, ALIVE).await;
    assert_eq!(answer(&mut line).await, "ok");
    let mut silent = TcpStream::connect(&served.address).await.unwrap();
    sleep(WHILE).await;
    served.stop.send(()).unwrap();
    timeout(Duration::from_secs(2), served.serving).await.unwrap().unwrap();
    assert_eq!((line.read(&mut [0; 9]).await.unwrap(), silent.read(&mut [0; 9]).await.unwrap()), (0, 0));
}
