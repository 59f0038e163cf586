//! Stored figures equal those computed from the attempts, after any sequence of what can happen.

use crate::support::{MINUTE, World, definition, questions, right};
use axum::http::Method;
use kaohe::rules::rights::Caller;
use kaohe::service::{reports, roster};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PLACES: [&str; 6] = ["HQ", "A", "A1", "A2", "B1", "OUT"];
const LOGINS: [&str; 8] = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"];

struct Life {
    world: World,
    chance: ChaCha8Rng,
    /// attempt → whose.
    attempts: BTreeMap<String, String>,
    branches: u32,
}

impl Life {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        world.load_bank().await;
        let mut life = Self { world, chance: ChaCha8Rng::seed_from_u64(seed), attempts: BTreeMap::new(), branches: 0 };
        life.branches("code,name,parent,kind\nOUT,外单位,,党委\n").await;
        for login in LOGINS {
            let place = life.one(&PLACES);
            life.member(login, place, "yes").await;
        }
        life.world.give_passwords(LOGINS.into_iter()).await;
        let keep = life.one(&["best", "last", "first", "mean"]);
        let except = if life.chance.random() { vec!["A2"] } else { vec![] };
        let audience = json!({ "branches": ["HQ"], "except": except });
        let changes = json!({ "attempts": 3, "keep": keep, "audience": audience, "minutes": 10 });
        life.world.make(&definition("t", changes)).await;
        life.world
            .make(&definition("other", json!({ "opens": crate::support::time(life.world.now() + MINUTE) })))
            .await;
        life
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.chance.random_range(0..of.len())]
    }

    async fn branches(&self, sheet: &str) {
        let (operator, usual) = (Caller::operator(), roster::Options::usual(false));
        // A circle is refused, and nothing changes.
        let _ =
            roster::load_branches(&self.world.app, &operator, self.world.now(), sheet.to_owned().into(), usual).await;
    }

    async fn member(&self, login: &str, branch: &str, active: &str) {
        let sheet = format!("login,name,branch,role,active\n{login},人{login},{branch},member,{active}\n");
        let (operator, usual) = (Caller::operator(), roster::Options::usual(false));
        roster::load_members(&self.world.app, &operator, self.world.now(), sheet.into(), usual).await.unwrap();
    }

    async fn sit(&mut self) {
        let login = self.one(&LOGINS);
        let token = self.world.token(login).await;
        let paper = self.world.post("/api/v1/tests/t/attempts", &token, json!({})).await;
        let Some(attempt) = serde_json::from_str::<Value>(&paper.text)
            .ok()
            .and_then(|paper| paper["attempt"].as_str().map(ToOwned::to_owned))
        else {
            return;
        };
        let save = i64::try_from(self.attempts.len()).unwrap() + 1;
        for question in questions(&paper.json()) {
            if self.chance.random_bool(0.6) {
                let position = question["position"].as_i64().unwrap();
                let _ = self.world.save(&token, &attempt, position, save * 100, right(&question)).await;
            }
        }
        self.attempts.insert(attempt.clone(), login.to_owned());
        if self.chance.random_bool(0.7) {
            self.world.submit(&token, &attempt).await.good();
        }
    }

    async fn presence(&mut self) {
        let (login, state) = (self.one(&LOGINS), self.one(&["excused", "exempt", "disqualified", "absent"]));
        let com = self.world.token("com").await;
        let body = json!({ "state": state, "reason": "定了" });
        let _ = self.world.put(&format!("/api/v1/tests/t/presence/{login}"), &com, body).await;
    }

    async fn reopen(&mut self) {
        let attempts: Vec<String> = self.attempts.keys().cloned().collect();
        if attempts.is_empty() {
            return;
        }
        let attempt = &attempts[self.chance.random_range(0..attempts.len())];
        let org = self.world.token("org").await;
        let _ = self.world.post(&format!("/api/v1/attempts/{attempt}/reopen"), &org, json!({ "reason": "误交" })).await;
    }

    async fn move_branch(&mut self) {
        let (code, parent) = (self.one(&["A1", "A2", "A", "B1", "B"]), self.one(&["A", "B", "HQ", "OUT"]));
        self.branches(&format!("code,name,parent,kind\n{code},支部{code},{parent},支部\n")).await;
    }

    async fn new_branch(&mut self) {
        self.branches += 1;
        let (code, parent) = (format!("N{}", self.branches), self.one(&["A", "HQ", "OUT"]));
        self.branches(&format!("code,name,parent,kind\n{code},新支部,{parent},支部\n")).await;
        let login = self.one(&LOGINS);
        self.member(login, &code, "yes").await;
    }

    async fn correct(&mut self) {
        let org = self.world.token("org").await;
        let asked = self.world.get("/api/v1/tests/t/responses.csv", &org).await.text;
        let questions: Vec<&str> = asked.lines().skip(1).filter_map(|line| line.split(',').nth(5)).collect();
        if questions.is_empty() {
            return;
        }
        let question = questions[self.chance.random_range(0..questions.len())];
        let change = self.one(&["void", "full_points"]);
        let body = json!({ "bank": "rules", "question": question, "change": change, "reason": "有误" });
        let _ = self.world.post("/api/v1/tests/t/amendments", &org, body).await;
    }

    async fn step(&mut self, is_over: bool) -> &'static str {
        match self.chance.random_range(0..10) {
            0..3 if !is_over => {
                self.sit().await;
                "sit"
            }
            0..3 => {
                self.correct().await;
                "correct"
            }
            3 | 4 => {
                self.presence().await;
                "presence"
            }
            5 => {
                let (login, place) = (self.one(&LOGINS), self.one(&PLACES));
                self.member(login, place, "yes").await;
                "move"
            }
            6 => {
                let login = self.one(&LOGINS);
                let place = self.one(&PLACES);
                self.member(login, place, "no").await;
                "end"
            }
            7 => {
                self.move_branch().await;
                "branch"
            }
            8 => {
                self.new_branch().await;
                "new branch"
            }
            _ => {
                if is_over {
                    self.world.pass(MINUTE).await;
                } else {
                    self.reopen().await;
                    self.world.pass(2 * MINUTE).await;
                }
                "reopen"
            }
        }
    }

    async fn check(&self, done: &[&str]) {
        for test in ["t", "other"] {
            let differences = reports::check(&self.world.app, &Caller::operator(), test).await.unwrap();
            assert!(differences.is_empty(), "{test} after {done:?}: {differences:#?}");
        }
    }
}

async fn live(seed: u64) {
    let mut life = Life::new(seed).await;
    life.check(&[]).await;
    let mut done = Vec::new();
    for _ in 0..24 {
        done.push(life.step(false).await);
        if life.chance.random_bool(0.5) {
            life.check(&done).await;
        }
    }
    let org = life.world.token("org").await;
    let _ = life.world.send(Method::POST, "/api/v1/tests/t/close", Some(&org), "{}").await;
    life.world.pass(61 * MINUTE).await;
    done.push("close");
    life.check(&done).await;
    for _ in 0..12 {
        done.push(life.step(true).await);
        life.check(&done).await;
    }
    assert!(done.contains(&"sit") && life.attempts.len() > 1, "{done:?}");
}

#[tokio::test]
async fn stored_figures_follow_everything_that_happens() {
    for seed in [1, 2, 3] {
        live(seed).await;
    }
}

#[tokio::test]
async fn stored_figures_follow_everything_that_happens_otherwise() {
    for seed in [4, 5, 6] {
        live(seed).await;
    }
}

#[tokio::test]
async fn the_command_finds_figures_that_were_changed_by_hand() {
    let world = World::with_test().await;
    let token = world.token("m1").await;
    let attempt = world.start(&token).await["attempt"].as_str().unwrap().to_owned();
    world.submit(&token, &attempt).await.good();
    let right = world.command(&["report", "check"]);
    assert!(right.status.success(), "{right:?}");
    let mut tx = world.app.db.write().await.unwrap();
    let changed = tx.query("UPDATE rollup SET counts = replace(counts, '[1,', '[2,')").execute().await.unwrap();
    assert!(changed > 0);
    tx.commit().await.unwrap();
    let wrong = world.command(&["report", "check", "t", "--json"]);
    assert_eq!(wrong.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&wrong.stdout).unwrap();
    assert_eq!(told["differences"][0]["stored"]["sat"], json!(2), "{told}");
    assert_eq!(told["differences"][0]["computed"]["sat"], json!(1), "{told}");
}
