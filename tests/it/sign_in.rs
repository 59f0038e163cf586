//! Signing in, sessions, throttling, the first administrator.

use crate::support::{MINUTE, World};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use kaohe::service::{Error, accounts};
use serde_json::json;

async fn sign_in(world: &World, login: &str, password: &str) -> crate::support::Answer {
    world.send(Method::POST, "/api/v1/session", None, json!({ "login": login, "password": password }).to_string()).await
}

#[tokio::test]
async fn a_wrong_login_and_a_wrong_password_are_told_alike() {
    let world = World::new().await;
    let (one, two) = (sign_in(&world, "m1", "nonsense").await, sign_in(&world, "nobody", "nonsense").await);
    assert_eq!((one.status, one.kind()), (StatusCode::UNAUTHORIZED, "wrong-credentials".into()));
    assert_eq!(
        (two.status, two.kind(), two.json()["title"].clone()),
        (one.status, one.kind(), one.json()["title"].clone())
    );
    let good = sign_in(&world, " M1 ", "password-of-m1").await.good();
    assert_eq!(world.get("/api/v1/me", good["token"].as_str().unwrap()).await.good()["login"], json!("m1"));
    assert_eq!(world.get("/api/v1/me", "nonsense").await.kind(), "sign-in-needed");
}

#[tokio::test]
async fn only_failures_are_throttled_and_neighbours_go_on() {
    let world = World::new().await;
    for _ in 0..kaohe::limits::LOGIN_FAILURES {
        assert_eq!(sign_in(&world, "m1", "nonsense").await.status, StatusCode::UNAUTHORIZED);
    }
    let held = sign_in(&world, "m1", "password-of-m1").await;
    assert_eq!((held.status, held.kind().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-many-failures"));
    assert!(held.headers.contains_key(header::RETRY_AFTER));
    for _ in 0..30 {
        sign_in(&world, "m2", "password-of-m2").await.good();
    }
    world.app.clock.move_by(kaohe::limits::FAILURE_WINDOW_MS);
    sign_in(&world, "m1", "password-of-m1").await.good();
}

#[tokio::test]
async fn sessions_end_idle_and_absolutely_unless_an_attempt_is_open() {
    let world = World::with_test().await;
    let (idle, sitting) = (world.token("m2").await, world.token("m1").await);
    world.start(&sitting).await;
    world.app.clock.move_by(kaohe::limits::SESSION_IDLE_MS + MINUTE);
    assert_eq!(world.get("/api/v1/me", &idle).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        world.get("/api/v1/me", &sitting).await.status,
        StatusCode::OK,
        "an open attempt keeps its session alive"
    );
    let used = world.token("org").await;
    for _ in 0..40 {
        world.app.clock.move_by(kaohe::limits::SESSION_MOST_MS / 40);
        // What is queued behind the note that the session was used is done after it.
        world.token("m3").await;
        if world.get("/api/v1/me", &used).await.status != StatusCode::OK {
            break;
        }
    }
    world.app.clock.move_by(MINUTE);
    assert_eq!(world.get("/api/v1/me", &used).await.status, StatusCode::UNAUTHORIZED, "however often it is used");
}

#[tokio::test]
async fn a_changed_password_and_sign_out_everywhere_end_other_sessions() {
    let world = World::new().await;
    let (here, there) = (world.token("m1").await, world.token("m1").await);
    assert_eq!(world.get("/api/v1/me", &there).await.status, StatusCode::OK);
    let short = world.put("/api/v1/password", &here, json!({ "before": "password-of-m1", "after": "short" })).await;
    assert_eq!(short.kind(), "bad-password");
    let changed =
        world.put("/api/v1/password", &here, json!({ "before": "password-of-m1", "after": "a longer one" })).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT);
    assert_eq!(
        (world.get("/api/v1/me", &here).await.status, world.get("/api/v1/me", &there).await.status),
        (StatusCode::OK, StatusCode::UNAUTHORIZED)
    );
    sign_in(&world, "m1", "a longer one").await.good();
    assert_eq!(world.send(Method::DELETE, "/api/v1/sessions", Some(&here), "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get("/api/v1/me", &here).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_first_password_must_be_changed_before_anything_else() {
    let world = World::with_test().await;
    let admin = world.token("admin").await;
    let first = world.post("/api/v1/people/m1/password", &admin, json!({})).await.good()["password"]
        .as_str()
        .unwrap()
        .to_owned();
    let session = sign_in(&world, "m1", &first).await.good();
    assert_eq!(session["must_change"], json!(true));
    let token = session["token"].as_str().unwrap();
    assert_eq!(world.get("/api/v1/tests", token).await.kind(), "password-change-needed");
    world.put("/api/v1/password", token, json!({ "before": first, "after": "my own words" })).await;
    assert_eq!(world.get("/api/v1/tests", token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_cookie_is_only_good_from_our_own_pages() {
    let world = World::with_test().await;
    let token = world.token("m1").await;
    let post = |origin: Option<&str>| {
        let mut request = Request::post("/api/v1/tests/t/attempts")
            .header(header::HOST, "danwei.example")
            .header(header::COOKIE, format!("kaohe_session={token}"));
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        world.request(request.body(Body::from("{}")).unwrap())
    };
    assert_eq!(post(None).await.kind(), "foreign-origin");
    assert_eq!(post(Some("http://elsewhere.example")).await.kind(), "foreign-origin");
    assert_eq!(post(Some("null")).await.kind(), "foreign-origin");
    assert_eq!(post(Some("http://danwei.example")).await.status, StatusCode::OK);
    let over_http2 = Request::post("https://danwei.example/api/v1/tests/t/attempts")
        .header(header::ORIGIN, "https://danwei.example")
        .header(header::COOKIE, format!("kaohe_session={token}"));
    let answer = world.request(over_http2.body(Body::from("{}")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "HTTP/2 names the host in the address: {answer:?}");
}

#[tokio::test]
async fn the_first_link_works_once() {
    let world = World::new().await;
    assert!(accounts::first_link(&world.app).await.unwrap().is_none(), "there is an administrator");
    let mut tx = world.app.db.write().await.unwrap();
    let admin = kaohe::store::people::find_by_login(&mut tx, "admin").await.unwrap().unwrap();
    let roles: Vec<String> =
        kaohe::store::people::roles_of(&mut tx, &admin.id).await.unwrap().into_iter().map(|role| role.id).collect();
    kaohe::store::people::end_roles(&mut tx, &roles, world.now(), None).await.unwrap();
    tx.commit().await.unwrap();
    let link = accounts::first_link(&world.app).await.unwrap().unwrap();
    let set_up = |token: String, login: &'static str| {
        accounts::set_up(&world.app, world.now(), &{ token.leak() }[..], login, "某人", "a good password".into())
    };
    assert!(matches!(set_up("wrong".into(), "root").await, Err(Error::LinkNotValid)));
    set_up(link.clone(), "root").await.unwrap();
    assert!(matches!(set_up(link, "root2").await, Err(Error::LinkNotValid)));
}

#[tokio::test]
async fn an_address_waits_after_many_failures_and_others_go_on() {
    use axum::extract::ConnectInfo;
    let world = World::new().await;
    let from = |address: [u8; 4], login: String, password: String| {
        let mut request = Request::post("/api/v1/session").header(header::HOST, "danwei.example");
        let source: std::net::SocketAddr = (address, 4_000).into();
        request.extensions_mut().unwrap().insert(ConnectInfo(source));
        let body = json!({ "login": login, "password": password }).to_string();
        world.request(request.body(Body::from(body)).unwrap())
    };
    let (hall, office) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    // Failures are counted in memory; checking each password would take a minute.
    for failure in 0..kaohe::limits::ADDRESS_FAILURES - 1 {
        world.app.throttle.failed(&format!("nobody-{failure}"), "10.0.0.1", world.now());
    }
    from(hall, "m1".into(), "password-of-m1".into()).await.good();
    for _ in 0..2 {
        assert_eq!(from(hall, "x".into(), "nonsense".into()).await.status, StatusCode::UNAUTHORIZED);
    }
    let held = from(hall, "m2".into(), "password-of-m2".into()).await;
    assert_eq!(held.status, StatusCode::TOO_MANY_REQUESTS, "{held:?}");
    from(office, "m2".into(), "password-of-m2".into()).await.good();
    world.app.clock.move_by(kaohe::limits::FAILURE_WINDOW_MS);
    from(hall, "m2".into(), "password-of-m2".into()).await.good();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_link_makes_one_administrator_however_often_it_is_sent() {
    let folder = tempfile::TempDir::new().unwrap();
    let location = crate::support::place(&folder).await;
    let db = kaohe::store::db::Db::open(&location, false).await.unwrap();
    let clock = kaohe::app::Clock::standing(crate::support::NOON);
    let app = kaohe::app::App::new(db, clock, kaohe::app::Randomness::seeded(1), kaohe::config::Settings::at(location));
    let link = accounts::first_link(&app).await.unwrap().unwrap();
    let logins: Vec<String> = (0..4).map(|number| format!("root{number}")).collect();
    let set_up = |login: &'static str, password: &str| {
        let (app, link, password) = (app.clone(), link.clone(), password.to_owned());
        async move { accounts::set_up(&app, crate::support::NOON, &link, login, "某人", password).await.map(drop) }
    };
    assert!(matches!(set_up("root", "short").await, Err(Error::BadPassword)), "and the link stays good");
    let logins = logins.into_iter().map(|login| &*login.leak());
    let made = futures_util::future::join_all(logins.map(|login| set_up(login, "a good password"))).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1, "{made:?}");
}

/// Keeps the pool busy for seconds, as a hall does that signs in at once.
async fn storm(world: &World) {
    for number in 0..150_u8 {
        let hasher = world.app.hasher.clone();
        tokio::spawn(async move { hasher.hash("somebody else".into(), [number; 16]).await });
    }
    while world.app.hasher.queue_ms() <= kaohe::limits::SIGN_IN_MOMENT_MS {
        tokio::task::yield_now().await;
    }
}

async fn own_password(world: &World, login: &str) {
    let stored = world.app.hasher.hash("an own password".into(), [7; 16]).await.unwrap();
    let mut tx = world.app.db.write().await.unwrap();
    let person = kaohe::store::people::find_by_login(&mut tx, login).await.unwrap().unwrap();
    kaohe::store::people::set_password(&mut tx, &person.id, stored.text(), false).await.unwrap();
    tx.commit().await.unwrap();
}

async fn look(world: &World, turn: &str) -> crate::support::Answer {
    let request = Request::get("/sign-in/wait")
        .header(header::HOST, "danwei.example")
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::COOKIE, turn);
    world.request(request.body(Body::empty()).unwrap()).await
}

/// Waits until the page goes on by itself.
async fn turn_comes(world: &World, turn: &str) -> crate::support::Answer {
    loop {
        let answer = look(world, turn).await;
        if answer.status != StatusCode::OK {
            return answer;
        }
        assert!(answer.headers.contains_key("refresh") && answer.text.contains("Your place: "), "{answer:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_storm_of_sign_ins_waits_its_turn_on_a_page() {
    let world = World::new().await;
    own_password(&world, "m1").await;
    own_password(&world, "m2").await;
    storm(&world).await;
    let form = |login: &'static str, password: &'static str| {
        let fields = [("login", login), ("password", password), ("next", "/tests")];
        let world = &world;
        async move { crate::support::posted(world, "/sign-in", "", &fields).await }
    };
    let at_once = form("m3", "password-of-m3").await;
    assert_eq!(at_once.headers["location"], "/tests", "a first password needs no place in the queue");
    let (right, wrong) = (form("m1", "an own password").await, form("m2", "not the password").await);
    let turn = |answer: &crate::support::Answer| {
        assert_eq!(
            (answer.status, &answer.headers["location"]),
            (StatusCode::SEE_OTHER, &"/sign-in/wait".parse().unwrap())
        );
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && !cookie.contains("password"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    };
    let (mine, other) = (turn(&right), turn(&wrong));
    assert_eq!(look(&world, "kaohe_turn=guessed").await.headers["location"], "/sign-in");
    let inside = turn_comes(&world, &mine).await;
    assert_eq!((inside.status, &inside.headers["location"]), (StatusCode::SEE_OTHER, &"/tests".parse().unwrap()));
    let cookies: Vec<&str> =
        inside.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("kaohe_session=")), "{cookies:?}");
    assert!(cookies.iter().any(|cookie| cookie.starts_with("kaohe_turn=;")), "{cookies:?}");
    assert_eq!(look(&world, &mine).await.headers["location"], "/sign-in", "a ticket is used up once");
    let refused = turn_comes(&world, &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("value=\"m2\""), "the login stays");
}
