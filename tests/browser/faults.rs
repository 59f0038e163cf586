//! Exam day in the browser, with real faults. Always: what the page said was saved is in the database, and what was
//! answered before the end is marked.

use crate::line::{Line, Quality};
use crate::stage::{Look, Stage};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use thirtyfour::By;
use tokio::time::{Instant, sleep_until};

/// What the page calls saved: position → what is chosen there.
const SAYS_SAVED: &str = "var saved = {};
    Array.prototype.forEach.call(document.querySelectorAll('#exam .q'), function (q) {
        var chosen = q.querySelector('input:checked');
        if (q.querySelector('.state .good')) { saved[q.dataset.position] = chosen ? chosen.value : null; }
    }); return saved;";

fn in_seconds(seconds: i64) -> String {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    jiff::Timestamp::from_second(i64::try_from(now).unwrap() + seconds).unwrap().to_string()
}

/// A test of ten single choices that closes so many seconds from now.
async fn make_test(stage: &Stage, name: &str, closes: i64) {
    let test = json!({ "test": name, "title": name, "audience": { "branches": ["HQ"] }, "opens": in_seconds(-60),
        "closes": in_seconds(closes), "minutes": 60, "sections": [{ "title": "Single choice", "kind": "single",
            "points": 10, "draw": [{ "bank": "branch-work", "count": 10 }] }] });
    stage.call("organizer", Method::POST, "/api/v1/tests", Some(test)).await;
}

/// Somebody sits a test before a browser.
struct Sitting<'s> {
    stage: &'s Stage,
    login: &'static str,
    attempt: String,
}

impl<'s> Sitting<'s> {
    async fn start(stage: &'s Stage, login: &'static str, test: &str) -> Self {
        Self::enter(stage, login).await;
        Self::start_signed_in(stage, login, test).await
    }

    async fn start_signed_in(stage: &'s Stage, login: &'static str, test: &str) -> Self {
        stage.go(&format!("/tests/{test}")).await;
        stage.click("form[action$='/start'] button").await;
        stage.find("form#exam").await;
        let attempt = stage.address().await.rsplit('/').next().unwrap().to_owned();
        Self { stage, login, attempt }
    }

    async fn enter(stage: &Stage, login: &str) {
        stage.go("/healthz").await;
        stage.become_reader(Some(&stage.token(login)), "en").await;
    }

    fn page(&self) -> String {
        format!("/attempts/{}", self.attempt)
    }

    /// Chooses the n-th option, counted from 1.
    async fn choose(&self, position: usize, option: usize) {
        let css = format!("#q{position} label.option:nth-of-type({option}) input");
        self.stage.run(&format!("document.querySelector('{css}').click()")).await;
    }

    async fn saved(&self, positions: &[usize]) {
        for position in positions {
            self.stage.says_within(&format!("#s{position}"), "Saved", 60).await;
        }
    }

    /// What the database has: position → response.
    async fn stored(&self) -> BTreeMap<String, Value> {
        let attempt = self.stage.api(self.login, &format!("/attempts/{}", self.attempt)).await;
        let sections = attempt["sections"].as_array().unwrap().iter();
        let questions = sections.flat_map(|section| section["questions"].as_array().unwrap());
        questions
            .filter(|question| !question["response"].is_null())
            .map(|question| (question["position"].to_string(), question["response"].clone()))
            .collect()
    }

    /// What the page says is saved is in the database.
    async fn is_true_of_the_page(&self, positions: usize) {
        let said = self.stage.run(SAYS_SAVED).await;
        let stored = self.stored().await;
        for (position, response) in said.as_object().unwrap() {
            assert_eq!(stored.get(position), Some(response), "{position} in {stored:?}");
        }
        assert_eq!((said.as_object().unwrap().len(), stored.len()), (positions, positions), "{said} {stored:?}");
    }

    /// The positions that the organizer's list of marked responses has for this attempt.
    async fn marked(&self, test: &str) -> Vec<String> {
        let csv = self.stage.text_of("organizer", &format!("/api/v1/tests/{test}/responses.csv")).await;
        let lines =
            csv.lines().filter(|line| line.contains(&self.attempt)).map(|line| line.split(',').collect::<Vec<_>>());
        lines.filter(|cells| !cells[9].is_empty()).map(|cells| cells[3].to_owned()).collect()
    }
}

fn at<'s>(stage: &'s Stage, attempt: &str) -> Sitting<'s> {
    Sitting { stage, login: "m001", attempt: attempt.to_owned() }
}

async fn seconds(count: u64) {
    tokio::time::sleep(Duration::from_secs(count)).await;
}

/// The line is gone for a whole minute; the page stays calm, answering goes on; everything is sent when it is back.
async fn offline(stage: &Stage, line: &Line) {
    let sitting = Sitting::start(stage, "m003", "faults").await;
    sitting.choose(1, 1).await;
    sitting.saved(&[1]).await;
    line.become_now(Quality::Cut);
    let cut = Instant::now();
    for position in 2..=5 {
        sitting.choose(position, 2).await;
    }
    stage.says("#trouble", "please go on").await;
    stage.says("#s3", "Not saved").await;
    assert_eq!(sitting.stored().await.len(), 1);
    for position in 6..=9 {
        sleep_until(cut + Duration::from_secs(15 * (position - 5))).await;
        let position = usize::try_from(position).unwrap();
        sitting.choose(position, 1).await;
        sitting.choose(3, position - 5).await;
        stage.says("#trouble", "please go on").await;
        stage.says(&format!("#s{position}"), "Not saved").await;
        let said = stage.run(SAYS_SAVED).await;
        assert_eq!(said.as_object().unwrap().len(), 1, "only what arrived is called saved: {said}");
        assert_eq!(stage.run("return document.querySelectorAll('[aria-modal], dialog[open]').length").await, 0);
    }
    assert!(cut.elapsed() >= Duration::from_mins(1));
    line.become_now(Quality::Good);
    sitting.saved(&[2, 3, 4, 5, 6, 7, 8, 9]).await;
    sitting.is_true_of_the_page(9).await;
    assert_eq!(stage.run("return document.getElementById('trouble').hidden").await, true, "and the banner goes");
}

/// Three seconds there and back, and every fifth request fails.
async fn poor(stage: &Stage, line: &Line) {
    let sitting = Sitting::start(stage, "m002", "faults").await;
    line.become_now(Quality::Poor);
    for position in 1..=6 {
        sitting.choose(position, 1).await;
    }
    sitting.choose(2, 2).await;
    sitting.saved(&[1, 2, 3, 4, 5, 6]).await;
    sitting.is_true_of_the_page(6).await;
    line.become_now(Quality::Good);
}

/// The page is closed and opened again while there is no line; nothing that it kept is lost.
async fn closed(stage: &Stage, line: &Line) {
    stage.sign_in("m001").await;
    let sitting = Sitting::start_signed_in(stage, "m001", "faults").await;
    line.become_now(Quality::Cut);
    sitting.choose(1, 2).await;
    sitting.choose(2, 3).await;
    stage.says("#s2", "Not saved").await;
    let first = stage.driver.window().await.unwrap();
    stage.driver.new_tab().await.unwrap();
    let tabs = stage.driver.windows().await.unwrap();
    stage.driver.close_window().await.unwrap();
    let second = tabs.into_iter().find(|tab| *tab != first).unwrap();
    stage.driver.switch_to_window(second).await.unwrap();
    assert!(!stage.reaches(&sitting.page()).await, "plain http can't show the page without a line");
    line.become_now(Quality::Good);
    stage.go(&sitting.page()).await;
    sitting.saved(&[1, 2]).await;
    sitting.is_true_of_the_page(2).await;
    assert_eq!(sitting.stored().await["2"], "C");
    seconds(1).await;
    let kept = stage.driver.execute_async(KEPT, Vec::new()).await.unwrap().json().clone();
    assert_eq!(kept[1], 0, "nothing waits once the server has it: {kept}");
    // Somebody else at this device neither sees nor sends what was kept.
    let exam = stage.driver.window().await.unwrap();
    stage.driver.new_tab().await.unwrap();
    let aside = stage.driver.windows().await.unwrap().into_iter().find(|tab| *tab != exam).unwrap();
    for (login, says) in [("", "were signed out"), ("organizer", "Somebody else"), ("", "were signed out")] {
        stage.driver.switch_to_window(aside.clone()).await.unwrap();
        if login.is_empty() {
            stage.go("/account").await;
            stage.click("form[action='/sign-out'] button").await;
            stage.find("input[name=login]").await;
        } else {
            stage.sign_in(login).await;
        }
        stage.driver.switch_to_window(exam.clone()).await.unwrap();
        sitting.choose(3, 1).await;
        stage.says_within("#trouble", says, 20).await;
        assert_eq!(sitting.stored().await.len(), 2);
    }
    stage.driver.switch_to_window(aside.clone()).await.unwrap();
    stage.sign_in("m001").await;
    stage.driver.switch_to_window(exam.clone()).await.unwrap();
    sitting.saved(&[3]).await;
    sitting.is_true_of_the_page(3).await;
}

/// How many answers the device keeps: all, and those that the server hasn't acknowledged.
const KEPT: &str = "var done = arguments[arguments.length - 1]; var request = indexedDB.open('kaohe', 1);
    request.onsuccess = function () { request.result.transaction('kept').objectStore('kept').getAll().onsuccess = function () {
        done([this.result.length, this.result.filter(function (record) { return !record.stored; }).length]); }; };";

/// A browser that never answers when asked to store.
async fn without_storage(stage: &Stage, line: &Line) {
    stage.browser("Page.enable", json!({})).await;
    let hang = "IDBFactory.prototype.open = function () { return {}; };";
    stage.browser("Page.addScriptToEvaluateOnNewDocument", json!({ "source": hang })).await;
    let sitting = Sitting::start(stage, "m005", "faults").await;
    stage.says("#trouble", "can't keep answers").await;
    stage.click("#trouble button").await;
    sitting.choose(1, 1).await;
    sitting.saved(&[1]).await;
    line.become_now(Quality::Cut);
    sitting.choose(2, 2).await;
    stage.says("#s2", "Not saved").await;
    line.become_now(Quality::Good);
    sitting.saved(&[2]).await;
    sitting.is_true_of_the_page(2).await;
    assert_eq!(stage.run("return document.getElementById('trouble').hidden").await, true, "it is said once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_page_calls_saved_is_saved_on_every_bad_line() {
    let stage = Stage::open(Look::DESKTOP_EN).await;
    make_test(&stage, "faults", 3600).await;
    for login in ["m002", "m003", "m005"] {
        stage.settle(login);
    }
    let (mut one, mut two) = tokio::join!(stage.beside(Look::DESKTOP_EN), stage.beside(Look::DESKTOP_EN));
    let (first, second) = (one.through_a_line().await, two.through_a_line().await);
    tokio::join!(offline(&one, &first), async {
        closed(&two, &second).await;
        poor(&two, &second).await;
        without_storage(&two, &second).await;
    });
    one.close().await;
    two.close().await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_that_was_called_saved() {
    let mut stage = Stage::open(Look::DESKTOP_EN).await;
    make_test(&stage, "faults", 3600).await;
    let attempt = Sitting::start(&stage, "m001", "faults").await.attempt;
    for round in 0..3 {
        let sitting = Sitting { stage: &stage, login: "m001", attempt: attempt.clone() };
        sitting.choose(3 * round + 1, 1).await;
        sitting.choose(3 * round + 2, 2).await;
        tokio::time::sleep(Duration::from_millis(20 * u64::try_from(round).unwrap())).await;
        stage.pull_the_plug();
        let said = stage.run(SAYS_SAVED).await;
        let sitting = Sitting { stage: &stage, login: "m001", attempt: attempt.clone() };
        sitting.choose(3 * round + 3, 3).await;
        stage.says(&format!("#s{}", 3 * round + 3), "Not saved").await;
        stage.plug_in();
        let sitting = Sitting { stage: &stage, login: "m001", attempt: attempt.clone() };
        let stored = sitting.stored().await;
        for (position, response) in said.as_object().unwrap() {
            assert_eq!(stored.get(position), Some(response), "was called saved when the server died");
        }
        sitting.saved(&(1..=3 * round + 3).collect::<Vec<_>>()).await;
        sitting.is_true_of_the_page(3 * round + 3).await;
    }
    stage.close().await;
}

/// The machine dies, the time ends meanwhile, and the spare that takes over lacks an answer that was called saved: the
/// page tells its member what to show, sends it with what never arrived, and an organizer accepts both.
async fn ends_before_the_spare_is_there(stage: &mut Stage) {
    make_test(stage, "ending", 25).await;
    let attempt = Sitting::start(stage, "m001", "ending").await.attempt;
    at(stage, &attempt).choose(1, 1).await;
    at(stage, &attempt).saved(&[1]).await;
    stage.copy_data("fourth");
    at(stage, &attempt).choose(2, 2).await;
    at(stage, &attempt).saved(&[2]).await;
    stage.pull_the_plug();
    at(stage, &attempt).choose(3, 1).await;
    stage.says_within("#trouble", "Note the code", 45).await;
    stage.change_over_to("fourth");
    stage.says_within("#trouble", "question 2, 3 arrived after the end", 40).await;
    let listed = stage.api("organizer", "/tests/ending/late-responses").await;
    for code in listed[0]["codes"].as_array().unwrap() {
        stage.says("#trouble", code.as_str().unwrap()).await;
    }
    assert_eq!(at(stage, &attempt).marked("ending").await, ["1"]);
    Sitting::enter(stage, "organizer").await;
    stage.go("/tests/ending/manage").await;
    stage.go_by(".notice a[href$='/late']").await;
    stage.find("main [name=reason]").await.send_keys("The server failed").await.unwrap();
    stage.go_by("button[value=accept]").await;
    stage.says("main", "Accepted").await;
    assert_eq!(at(stage, &attempt).marked("ending").await, ["1", "2", "3"]);
    Sitting::enter(stage, "m001").await;
    stage.go(&at(stage, &attempt).page()).await;
    stage.says("#late", "The server failed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spare_that_lies_behind_is_given_what_it_lacks() {
    let mut stage = Stage::open(Look::DESKTOP_EN).await;
    make_test(&stage, "spare", 3600).await;
    let attempt = Sitting::start(&stage, "m001", "spare").await.attempt;
    at(&stage, &attempt).choose(1, 1).await;
    at(&stage, &attempt).choose(2, 2).await;
    at(&stage, &attempt).saved(&[1, 2]).await;
    let following = stage.follow("spare");
    seconds(3).await;
    drop(following);
    // Called saved, and never copied: one that is new, and one that was changed.
    at(&stage, &attempt).choose(3, 1).await;
    at(&stage, &attempt).saved(&[3]).await;
    at(&stage, &attempt).choose(1, 3).await;
    seconds(1).await;
    at(&stage, &attempt).saved(&[1]).await;
    let before = at(&stage, &attempt).stored().await;
    assert_eq!((before.len(), &before["1"]), (3, &json!("C")));
    stage.pull_the_plug();
    at(&stage, &attempt).choose(4, 1).await;
    stage.says("#s4", "Not saved").await;
    stage.change_over_to("spare");
    at(&stage, &attempt).saved(&[1, 2, 3, 4]).await;
    for _ in 0..100 {
        let stored = at(&stage, &attempt).stored().await;
        if stored.len() == 4 && stored["1"] == json!("C") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    at(&stage, &attempt).saved(&[1, 2, 3, 4]).await;
    assert_eq!(at(&stage, &attempt).stored().await["1"], json!("C"));
    at(&stage, &attempt).is_true_of_the_page(4).await;

    // A page that is loaded anew has only what the browser kept.
    stage.copy_data("second");
    at(&stage, &attempt).choose(5, 1).await;
    at(&stage, &attempt).saved(&[5]).await;
    stage.change_over_to("second");
    stage.go(&at(&stage, &attempt).page()).await;
    at(&stage, &attempt).saved(&[1, 2, 3, 4, 5]).await;
    at(&stage, &attempt).is_true_of_the_page(5).await;

    // Handing in first asks whether everything is there.
    stage.copy_data("third");
    at(&stage, &attempt).choose(6, 2).await;
    at(&stage, &attempt).saved(&[6]).await;
    stage.change_over_to("third");
    stage.run("kaohe.check()").await;
    stage.says("main", "7").await;
    for _ in 0..100 {
        if stage.address().await.ends_with("/check") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(at(&stage, &attempt).stored().await.len(), 6);
    stage.click("main form[action$='/submit'] button").await;
    stage.find("#finished").await;
    seconds(1).await;
    let kept = stage.driver.execute_async(KEPT, Vec::new()).await.unwrap().json().clone();
    assert_eq!(kept, json!([0, 0]), "a shared machine keeps nothing after the end");
    ends_before_the_spare_is_there(&mut stage).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tabs_are_in_step_and_two_devices_ask_first() {
    let mut stage = Stage::open(Look::DESKTOP_EN).await;
    make_test(&stage, "faults", 3600).await;
    let line = stage.through_a_line().await;
    let phone = stage.beside(Look::DESKTOP_EN).await;
    let sitting = Sitting::start(&stage, "m001", "faults").await;
    let first = stage.driver.window().await.unwrap();
    stage.driver.new_tab().await.unwrap();
    let second = stage.driver.windows().await.unwrap().into_iter().find(|tab| *tab != first).unwrap();
    stage.driver.switch_to_window(second).await.unwrap();
    stage.go(&sitting.page()).await;
    sitting.choose(1, 2).await;
    sitting.saved(&[1]).await;
    line.become_now(Quality::Cut);
    sitting.choose(2, 3).await;
    stage.says("#s2", "Not saved").await;
    stage.driver.close_window().await.unwrap();
    stage.driver.switch_to_window(first).await.unwrap();
    sitting.saved(&[1]).await;
    assert_eq!(stage.run("return document.querySelector('#q2 input:checked').value").await, "C", "the tab shows both");
    line.become_now(Quality::Good);
    sitting.saved(&[2]).await;
    sitting.choose(1, 1).await;
    sitting.saved(&[1]).await;
    sitting.is_true_of_the_page(2).await;
    assert_eq!(sitting.stored().await["1"], "A", "what was seen may be changed");

    // Another device asks, takes over, and the first says so and can take back.
    line.become_now(Quality::Cut);
    sitting.choose(3, 1).await;
    stage.says("#s3", "Not saved").await;
    Sitting::enter(&phone, "m001").await;
    phone.go(&sitting.page()).await;
    phone.says("main", "another device").await;
    assert!(phone.driver.find(By::Css("#exam")).await.is_err());
    phone.click("button[name=take_over]").await;
    let other = Sitting { stage: &phone, login: "m001", attempt: sitting.attempt.clone() };
    phone.find("form#exam").await;
    other.choose(4, 2).await;
    other.saved(&[1, 2, 4]).await;
    line.become_now(Quality::Good);
    stage.says_within("#trouble", "another device", 20).await;
    assert_eq!(sitting.stored().await.len(), 3, "who was taken over saves nothing");
    stage.click("#trouble button").await;
    sitting.saved(&[3, 4]).await;
    sitting.is_true_of_the_page(4).await;
    other.choose(5, 1).await;
    phone.says_within("#trouble", "another device", 20).await;
    phone.close().await;
    stage.close().await;
}

/// The device sleeps over the end, its own clock an hour wrong; what was saved before is marked.
async fn asleep(stage: &Stage) {
    stage.browser("Page.enable", json!({})).await;
    let wrong = "var real = Date.now; Date.now = function () { return real() + 3600000; };";
    stage.browser("Page.addScriptToEvaluateOnNewDocument", json!({ "source": wrong })).await;
    make_test(stage, "asleep", 25).await;
    let sitting = Sitting::start(stage, "m001", "asleep").await;
    let left = stage.run("return document.getElementById('time').textContent").await;
    assert!(left.as_str().unwrap().starts_with("00:"), "the server's clock counts: {left}");
    sitting.choose(1, 1).await;
    sitting.choose(2, 2).await;
    sitting.saved(&[1, 2]).await;
    stage.browser("Page.setWebLifecycleState", json!({ "state": "frozen" })).await;
    seconds(33).await;
    stage.browser("Page.setWebLifecycleState", json!({ "state": "active" })).await;
    stage.says_within("main", "anded in", 20).await;
    assert_eq!(sitting.marked("asleep").await, ["1", "2"]);
}

/// The line is cut over the end: the member learns exactly what didn't arrive, and an organizer decides.
async fn late(stage: &Stage, line: &Line) {
    make_test(stage, "late", 25).await;
    let sitting = Sitting::start(stage, "m001", "late").await;
    sitting.choose(1, 1).await;
    sitting.saved(&[1]).await;
    line.become_now(Quality::Cut);
    sitting.choose(2, 1).await;
    sitting.choose(3, 2).await;
    stage.says_within("#trouble", "Note the code", 45).await;
    let said = stage.run("return document.querySelector('#trouble p').textContent").await;
    assert!(said.as_str().unwrap().contains("question 2, 3."), "{said}");
    assert_eq!(sitting.stored().await.len(), 1);
    line.become_now(Quality::Good);
    stage.says_within("#trouble", "arrived after the end", 30).await;
    let listed = stage.api("organizer", "/tests/late/late-responses").await;
    let code = listed[0]["codes"][0].as_str().unwrap();
    assert!(said.as_str().unwrap().contains(code), "{code} was shown before there was a line: {said}");
    assert_eq!(sitting.marked("late").await, ["1"]);
    stage.click("#trouble a.button").await;
    stage.says("#late", code).await;
    let path = format!("/api/v1/tests/late/late-responses/{}", sitting.attempt);
    let accepted = json!({ "accepted": true, "reason": "The network failed" });
    stage.call("organizer", Method::POST, &path, Some(accepted)).await;
    assert_eq!(sitting.marked("late").await, ["1", "2", "3"]);
    stage.go(&sitting.page()).await;
    stage.says("#late", "The network failed").await;
}

/// Answered within the last seconds, on time and all saved: the page hands in by itself.
async fn in_time(stage: &Stage) {
    make_test(stage, "in-time", 20).await;
    let sitting = Sitting::start(stage, "m001", "in-time").await;
    sitting.choose(1, 1).await;
    sitting.saved(&[1]).await;
    stage.says_within("main", "anded in", 40).await;
    assert_eq!(sitting.marked("in-time").await, ["1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_before_the_end_is_marked_however_it_ends() {
    let stage = Stage::open(Look::DESKTOP_EN).await;
    let (sleeper, mut cut) = tokio::join!(stage.beside(Look::DESKTOP_EN), stage.beside(Look::DESKTOP_EN));
    let line = cut.through_a_line().await;
    tokio::join!(asleep(&sleeper), late(&cut, &line), in_time(&stage));
    sleeper.close().await;
    cut.close().await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_organizers_do_reaches_the_page_by_itself() {
    let stage = Stage::open(Look::DESKTOP_EN).await;
    make_test(&stage, "faults", 7200).await;
    let sitting = Sitting::start(&stage, "m001", "faults").await;
    // What an older version kept is sent, and gone from where it was.
    let key = format!("kaohe:{}", sitting.attempt);
    stage.run(&format!("localStorage.setItem('{key}', JSON.stringify({{ 7: {{ w: '\"B\"', n: 1 }} }}))")).await;
    stage.go(&sitting.page()).await;
    sitting.saved(&[7]).await;
    assert_eq!(sitting.stored().await["7"], "B");
    assert_eq!(stage.run(&format!("return localStorage.getItem('{key}')")).await, Value::Null);

    let before = stage.run("return document.getElementById('time').textContent").await;
    assert!(before == "1:00:00" || before.as_str().unwrap().starts_with("59:"), "{before}");
    let more = json!({ "extra_minutes": 30, "reason": "断电" });
    stage.call("organizer", Method::PUT, "/api/v1/tests/faults/members/m001", Some(more)).await;
    let message = json!({ "text": "The bus leaves at five." });
    stage.call("organizer", Method::POST, "/api/v1/tests/faults/messages", Some(message)).await;
    stage.run("window.dispatchEvent(new Event('online'))").await;
    stage.says("#message", "The bus leaves at five.").await;
    stage.says("#announce", "The bus leaves at five.").await;
    stage.says("#time", "1:29:").await;
    stage.click("#message button").await;
    stage.go(&sitting.page()).await;
    stage.run("window.dispatchEvent(new Event('online'))").await;

    let pauses = "/api/v1/tests/faults/pauses";
    let pause = stage.call("organizer", Method::POST, pauses, Some(json!({ "reason": "no power" }))).await;
    stage.run("window.dispatchEvent(new Event('online'))").await;
    stage.says("#paused", "The test is paused").await;
    assert_eq!(stage.run("return document.querySelector('#q1 fieldset').disabled").await, true, "locked");
    assert_eq!(stage.run("return document.getElementById('message').hidden").await, true, "understood once is enough");
    let standing = stage.run("return document.getElementById('time').textContent").await;
    seconds(2).await;
    assert_eq!(stage.run("return document.getElementById('time').textContent").await, standing, "time stands");
    let resume = format!("{pauses}/{}/resume", pause["pause"].as_str().unwrap());
    stage.call("organizer", Method::POST, &resume, Some(json!({ "reason": "power is back" }))).await;
    for _ in 0..20 {
        if stage.run("return document.getElementById('paused').hidden").await == true {
            break;
        }
        seconds(1).await;
    }
    sitting.choose(2, 1).await;
    sitting.saved(&[2]).await;
    assert_eq!(stage.run("return document.getElementById('paused').hidden").await, true, "it goes on by itself");

    // Who watches sees it without reloading.
    Sitting::enter(&stage, "organizer").await;
    stage.go("/tests/faults/live?state=finished").await;
    stage.says("#live", "Nobody").await;
    stage.call("m001", Method::POST, &format!("/api/v1{}/submit", sitting.page()), Some(json!({}))).await;
    stage.says("#live table", "handed in").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_tls_nothing_is_lost_either() {
    let mut stage = Stage::open(Look::DESKTOP_EN).await;
    make_test(&stage, "faults", 3600).await;
    let token = stage.token("m001");
    stage.plug_in_under_tls();
    let line = stage.through_a_line().await;
    stage.go("/healthz").await;
    stage.become_reader_under_tls(&token).await;
    stage.go("/tests/faults").await;
    stage.click("form[action$='/start'] button").await;
    stage.find("form#exam").await;
    let attempt = stage.address().await.rsplit('/').next().unwrap().to_owned();
    let sitting = Sitting { stage: &stage, login: "m001", attempt: attempt.clone() };
    line.become_now(Quality::Cut);
    sitting.choose(1, 1).await;
    sitting.choose(2, 2).await;
    stage.says("#s2", "Not saved").await;
    assert!(!stage.reaches(&sitting.page()).await);
    line.become_now(Quality::Good);
    stage.go(&sitting.page()).await;
    sitting.saved(&[1, 2]).await;
    let said = stage.run(SAYS_SAVED).await;
    stage.pull_the_plug();
    stage.plug_in();
    let stored = Sitting { stage: &stage, login: "m001", attempt }.stored().await;
    assert_eq!(json!(stored), said);
    stage.close().await;
}
