//! A small unit on an own database, and requests to it as somebody.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use kaohe::app::{App, Clock, Randomness};
use kaohe::config::Settings;
use kaohe::http::server::Server;
use kaohe::rules::rights::Caller;
use kaohe::service::{accounts, banks, roster, upkeep};
use kaohe::store::db::{Db, Location};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;

/// Noon of a day, on which every test begins.
pub(crate) const NOON: i64 = 1_795_000_000_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const BANK: &str = include_str!("../fixtures/bank.json");

pub(crate) const BRANCHES: &str = "code,name,parent,kind\nHQ,机关党委,,党委\nA,第一总支,HQ,总支\nA1,一支部,A,支部\nA2,二支部,A,支部\nB,第二总支,HQ,总支\nB1,三支部,B,支部\n";

pub(crate) const MEMBERS: &str = "login,name,branch,role\nadmin,管理员,,administrator\norg,组织员,HQ,organizer\norg-a,甲组织员,A,organizer\n\
org-b,乙组织员,B,organizer\ncom,委员,HQ,committee\ncom-b,乙委员,B,committee\nadm-a,甲管理员,A,administrator\n\
m1,王一,A1,member\nm2,王二,A1,member\nm3,王三,A2,member\nm4,王四,B1,member\n";

/// A running Kaohe of a test.
pub(crate) struct World {
    pub(crate) app: App,
    server: Server,
    location: Location,
    _folder: TempDir,
    _schema: Schema,
}

/// The schema of a test on PostgreSQL; goes with it, as far as nothing holds it up.
struct Schema(Option<String>);

impl Drop for Schema {
    fn drop(&mut self) {
        let (Some(schema), Ok(url)) = (self.0.take(), std::env::var("TEST_POSTGRES_URL")) else { return };
        let gone = async move {
            let mut connection = <sqlx_postgres::PgConnection as sqlx::Connection>::connect(&url).await?;
            let statement = format!("SET lock_timeout = '300ms'; DROP SCHEMA {schema} CASCADE");
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.map(drop)
        };
        // The test's own runtime may be ending.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let _ = std::thread::spawn(move || runtime.map(|runtime| runtime.block_on(gone))).join();
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }

    /// The JSON of a success.
    pub(crate) fn good(&self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.json()
    }
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// An own database: a file, or a schema of the given PostgreSQL.
pub(crate) async fn place(folder: &TempDir) -> Location {
    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
        return Location::Sqlite(folder.path().join("kaohe.sqlite"));
    };
    let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let pool = sqlx_postgres::PgPool::connect(&url).await.unwrap();
    // One of this name is left over by a process that had the same number once.
    let statement = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap();
    pool.close().await;
    let separator = if url.contains('?') { '&' } else { '?' };
    Location::Postgres(format!("{url}{separator}options=-c%20search_path%3D{schema}"))
}

impl World {
    /// Branches and people, nothing else.
    pub(crate) async fn new() -> Self {
        Self::by(Clock::standing(NOON)).await
    }

    /// The same by another clock.
    pub(crate) async fn by(clock: Clock) -> Self {
        let folder = TempDir::new().unwrap();
        let location = place(&folder).await;
        let db = Db::open(&location, false).await.unwrap();
        let app = App::new(db, clock, Randomness::seeded(7), Settings::at(location.clone()));
        let schema = match &location {
            Location::Postgres(url) => url.rsplit("%3D").next().map(ToOwned::to_owned),
            Location::Sqlite(_) => None,
        };
        let world = Self { server: Server::new(&app), app, location, _folder: folder, _schema: Schema(schema) };
        let operator = Caller::operator();
        roster::load_branches(&world.app, &operator, NOON - 86_400_000, BRANCHES.into(), roster::Options::usual(false))
            .await
            .unwrap();
        roster::load_members(&world.app, &operator, NOON - 86_400_000, MEMBERS.into(), roster::Options::usual(false))
            .await
            .unwrap();
        world.give_passwords(MEMBERS.lines().skip(1).filter_map(|line| line.split(',').next())).await;
        world
    }

    /// Final passwords that cost nothing to check: `password-of-LOGIN`.
    pub(crate) async fn give_passwords<'a>(&self, logins: impl Iterator<Item = &'a str>) {
        let mut tx = self.app.db.write().await.unwrap();
        for login in logins {
            let found = kaohe::store::people::find_by_login(&mut tx, login).await.unwrap().unwrap();
            let stored = kaohe::app::Stored::first(&format!("password-of-{login}"));
            kaohe::store::people::set_password(&mut tx, &found.id, stored.text(), false).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// With the bank and a test named `t`, open now for an hour.
    pub(crate) async fn with_test() -> Self {
        let world = Self::new().await;
        world.load_bank().await;
        world.make(&definition("t", json!({}))).await;
        world
    }

    pub(crate) async fn load_bank(&self) {
        let options =
            banks::LoadOptions { branch: Some("HQ".into()), shared: Some(true), ..banks::LoadOptions::default() };
        banks::load(&self.app, &Caller::operator(), self.now(), BANK.as_bytes().to_vec().into(), options)
            .await
            .unwrap();
    }

    pub(crate) async fn make(&self, definition: &Value) -> Value {
        let token = self.token("org").await;
        self.send(Method::POST, "/api/v1/tests", Some(&token), definition.to_string()).await.good()
    }

    /// The same data under a new server, as after a restart.
    pub(crate) async fn restarted(mut self) -> Self {
        let now = self.now();
        self.app.db.close().await;
        let db = Db::open(&self.location, false).await.unwrap();
        let app = App::new(
            db,
            Clock::standing(now),
            Randomness::seeded(u64::from(NEXT.fetch_add(1, Ordering::Relaxed)) + 100),
            Settings::at(self.location.clone()),
        );
        self.server = Server::new(&app);
        self.app = app;
        self
    }

    /// The output of a command on the same data.
    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = crate::commands::program();
        command.args(arguments);
        match &self.location {
            Location::Sqlite(file) => command.arg("--data").arg(file.parent().unwrap()),
            Location::Postgres(url) => command.arg("--database").arg(url),
        };
        command.output().unwrap()
    }

    pub(crate) fn now(&self) -> i64 {
        self.app.clock.now_ms()
    }

    /// Lets time pass; the server's own work happens at its end.
    pub(crate) async fn pass(&self, milliseconds: i64) {
        self.app.clock.move_by(milliseconds);
        upkeep::round(&self.app, self.now()).await.unwrap();
    }

    pub(crate) async fn token(&self, login: &str) -> String {
        accounts::issue_token(&self.app, self.now(), login).await.unwrap()
    }

    pub(crate) async fn caller(&self, login: &str) -> Caller {
        let token = self.token(login).await;
        (*accounts::authenticate(&self.app, self.now(), &token).await.unwrap().unwrap()).clone()
    }

    pub(crate) async fn request(&self, request: Request<Body>) -> Answer {
        self.request_file(request).await.0
    }

    /// The same with the bytes as they came, for what is no text.
    pub(crate) async fn request_file(&self, request: Request<Body>) -> (Answer, Vec<u8>) {
        let response = self.server.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        (Answer { status: parts.status, headers: parts.headers, text }, bytes)
    }

    pub(crate) async fn send(&self, method: Method, path: &str, token: Option<&str>, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "danwei.example");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.request(request.body(body.into()).unwrap()).await
    }

    /// Whoever reads a report also learns whether its figures are those that follow from the attempts.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        let answer = self.send(Method::GET, path, Some(token), Body::empty()).await;
        let test = path.strip_prefix("/api/v1/tests/").and_then(|path| path.split_once("/report"));
        if let Some((test, _)) = test.filter(|_| answer.status == StatusCode::OK) {
            let wrong = kaohe::service::reports::check(&self.app, &Caller::operator(), test).await.unwrap();
            assert!(wrong.is_empty(), "{path}: {wrong:#?}");
        }
        answer
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(token), body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(token), body.to_string()).await
    }

    pub(crate) async fn start(&self, token: &str) -> Value {
        self.post("/api/v1/tests/t/attempts", token, json!({})).await.good()
    }

    pub(crate) async fn save(&self, token: &str, attempt: &str, position: i64, save: i64, response: Value) -> Answer {
        self.put(
            &format!("/api/v1/attempts/{attempt}/responses/{position}"),
            token,
            json!({ "response": response, "save": save }),
        )
        .await
    }

    /// Lets somebody sit a test whole, with so many answers right from the first question on and none else.
    pub(crate) async fn sits(&self, login: &str, test: &str, rights: usize) -> String {
        let token = self.token(login).await;
        let paper = self.post(&format!("/api/v1/tests/{test}/attempts"), &token, json!({})).await.good();
        let attempt = paper["attempt"].as_str().unwrap().to_owned();
        for (position, question) in (1_i64..).zip(questions(&paper)).take(rights) {
            let saved = self.save(&token, &attempt, position, position, right(&question)).await;
            assert_eq!(saved.status, StatusCode::NO_CONTENT);
        }
        self.submit(&token, &attempt).await.good();
        attempt
    }

    pub(crate) async fn submit(&self, token: &str, attempt: &str) -> Answer {
        self.post(&format!("/api/v1/attempts/{attempt}/submit"), token, json!({})).await
    }
}

/// A page in English, as a browser opens it.
pub(crate) async fn open(world: &World, path: &str, token: &str) -> Answer {
    let encoded = path.replace("王一", "%E7%8E%8B%E4%B8%80");
    let request = Request::get(encoded)
        .header(header::HOST, "danwei.example")
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::COOKIE, format!("kaohe_session={token}"));
    world.request(request.body(Body::empty()).unwrap()).await
}

/// A form in English, as a browser sends it.
pub(crate) async fn posted(world: &World, path: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, "danwei.example")
        .header(header::ORIGIN, "http://danwei.example")
        .header(header::ACCEPT_LANGUAGE, "en")
        .header(header::COOKIE, format!("kaohe_session={token}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.request(request.body(Body::from(body.join("&"))).unwrap()).await
}

pub(crate) fn time(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).unwrap().to_string()
}

/// A test of seven questions (20 points), open from a minute ago for an hour; `changes` replaces members.
#[expect(clippy::needless_pass_by_value, reason = "callers write it in place")]
pub(crate) fn definition(name: &str, changes: Value) -> Value {
    let mut definition = json!({
        "test": name, "title": "A test", "occasion": "monthly", "audience": { "branches": ["HQ"] },
        "opens": time(NOON - MINUTE), "closes": time(NOON + 60 * MINUTE), "minutes": 20,
        "sections": [
            { "title": "Single", "kind": "single", "points": 2, "draw": [{ "bank": "rules", "count": 3 }] },
            { "title": "Multiple", "kind": "multiple", "points": 4, "policy": "half_if_incomplete", "draw": [{ "bank": "rules", "count": 1, "topics": ["secret-topic-a"] }] },
            { "title": "Judge", "kind": "true_false", "points": 2, "draw": [{ "bank": "rules", "count": 2 }] },
            { "title": "Fill", "kind": "blank", "points": 6, "draw": [{ "bank": "rules", "count": 1 }] }
        ]
    });
    for (name, value) in changes.as_object().unwrap() {
        definition[name] = value.clone();
    }
    definition
}

/// Every question of a paper.
pub(crate) fn questions(paper: &Value) -> Vec<Value> {
    paper["sections"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|section| section["questions"].as_array().unwrap().clone())
        .collect()
}

/// The right response to a question, known from the fixture: the key of every choice begins with its first option.
pub(crate) fn right(question: &Value) -> Value {
    let label = |texts: &[&str]| -> Vec<Value> {
        let options = question["options"].as_array().unwrap();
        options
            .iter()
            .filter(|option| texts.contains(&option["text"].as_str().unwrap()))
            .map(|option| option["label"].clone())
            .collect()
    };
    match question["kind"].as_str().unwrap() {
        "single" => label(&["alpha", "alpha2", "alpha3", "alpha4"])[0].clone(),
        "multiple" if question["stem"] == "Multiple one" => json!(label(&["one", "three"])),
        "multiple" => json!(label(&["five", "six"])),
        "true_false" => json!(!question["stem"].as_str().unwrap().contains("false")),
        _ => json!(["一年", " 大会 "]),
    }
}
