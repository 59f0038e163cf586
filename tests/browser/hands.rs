//! How people work a page: with a finger on a phone, with the keyboard alone, or where no script runs. Each press is
//! made where and as a person would make it, so that what can't be reached, seen or hit fails a test.

use crate::stage::{Look, Stage};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use thirtyfour::{By, Key};

/// What somebody works with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hands {
    /// Fingers on a phone of 390 px.
    Touch,
    /// Only the keyboard, before a desktop screen.
    Keyboard,
    /// A phone on which no script runs.
    WithoutScript,
}

/// Smallest side of what a finger must hit, in CSS pixels.
const TARGET: f64 = 44.0;

/// Most presses of the Tab key to get anywhere on a page.
const MOST_TABS: usize = 250;

/// Where an element stands on the screen, and whether a finger there would hit it (or its label).
const WHERE: &str = "
    var wanted = arguments[0];
    var shown = wanted.matches('input[type=radio], input[type=checkbox]') && wanted.closest('label') || wanted;
    shown.scrollIntoView({ block: 'center', behavior: 'instant' });
    var box = shown.getBoundingClientRect();
    var x = box.left + Math.min(box.width / 2, 60), y = box.top + box.height / 2;
    var hit = document.elementFromPoint(x, y);
    return { x: x, y: y, height: box.height, tall: !shown.matches('p a, li a, td a, dd a, h2 a, h3 a, .crumbs a, summary'),
        hit: !!hit && (shown.contains(hit) || hit.contains(shown)), over: hit ? hit.outerHTML.slice(0, 200) : 'nothing' };";

/// Whether the focus is on a wanted element, and whether one can see it there.
const FOCUSED: &str = "
    var here = document.activeElement;
    if (!here || !here.matches(arguments[0])) { return null; }
    var ringed = function (element) { var style = element && getComputedStyle(element);
        return !!style && (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none'); };
    return ringed(here) || ringed(here.closest('label')) || ringed(here.parentElement);";

/// Somebody before a page.
pub(crate) struct Person {
    pub(crate) stage: Stage,
    pub(crate) hands: Hands,
    pub(crate) language: &'static str,
}

impl Person {
    /// The member m001 before the paper of a test whose questions come from a bank that was loaded for it, and the
    /// attempt. `test` says what is particular to it.
    pub(crate) async fn before_a_paper(hands: Hands, width: u32, bank: &str, test: Value) -> (Self, String) {
        let stage = Stage::open(Look { width, language: "en", script: hands != Hands::WithoutScript }).await;
        let bank: Value = serde_json::from_str(bank).unwrap();
        stage.call("organizer", Method::POST, "/api/v1/banks?shared=true", Some(bank)).await;
        let annual = stage.api("organizer", "/tests/annual-study").await;
        let mut whole = json!({ "audience": annual["audience"], "opens": annual["opens"], "closes": annual["closes"],
            "minutes": 30 });
        whole.as_object_mut().unwrap().extend(test.as_object().unwrap().clone());
        let name = whole["test"].as_str().unwrap().to_owned();
        stage.call("organizer", Method::POST, "/api/v1/tests", Some(whole)).await;
        stage.sign_in("m001").await;
        stage.go(&format!("/tests/{name}")).await;
        stage.click("form[action$='/start'] button").await;
        stage.find("form#exam").await;
        let attempt = stage.driver.current_url().await.unwrap().path().rsplit('/').next().unwrap().to_owned();
        let person = Self { stage, hands, language: "en" };
        person.hold(width).await;
        (person, attempt)
    }

    /// Before a unit in which nothing has been set up, with the link for the first administrator.
    pub(crate) async fn before_an_empty_unit(hands: Hands, language: &'static str) -> (Self, String) {
        let width = if hands == Hands::Keyboard { 1280 } else { 390 };
        let (stage, link) = Stage::open_empty(Look { width, language, script: hands != Hands::WithoutScript }).await;
        let person = Self { stage, hands, language };
        person.hold(width).await;
        (person, link)
    }

    /// Takes the device into the hands that are to work it.
    pub(crate) async fn hold(&self, width: u32) {
        if self.hands == Hands::Touch {
            self.stage.browser("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
            let phone = json!({ "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": true });
            self.stage.browser("Emulation.setDeviceMetricsOverride", phone).await;
        }
    }

    pub(crate) fn is_chinese(&self) -> bool {
        self.language.starts_with("zh")
    }

    /// Presses a link, a button, or a choice.
    pub(crate) async fn press(&self, css: &str) {
        match self.hands {
            Hands::Touch => self.tap(css).await,
            Hands::Keyboard => {
                self.tab_to(css).await;
                let choice = self.stage.run_with(CHOICE, vec![json!(css)]).await == json!(true);
                self.type_keys(if choice { " " } else { "\u{e007}" }).await;
            }
            Hands::WithoutScript => self.stage.click(css).await,
        }
    }

    /// Presses what leads to another page, and waits until it is there.
    pub(crate) async fn go_by(&self, css: &str) {
        self.stage.find(css).await;
        self.stage.leaves().await;
        self.press(css).await;
        self.stage.arrives(css).await;
    }

    async fn tap(&self, css: &str) {
        let element = self.stage.find(css).await;
        let mut place = Value::Null;
        for _ in 0..20 {
            let before =
                std::mem::replace(&mut place, self.stage.run_with(WHERE, vec![element.to_json().unwrap()]).await);
            if before == place {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(place["hit"], true, "{css} lies under {}", place["over"]);
        let height = place["height"].as_f64().unwrap();
        assert!(place["tall"] == false || height >= TARGET - 0.5, "{css} is only {height} px high");
        let point = json!([{ "x": place["x"], "y": place["y"] }]);
        self.stage.browser("Input.dispatchTouchEvent", json!({ "type": "touchStart", "touchPoints": point })).await;
        self.stage.browser("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] })).await;
    }

    /// Goes through the page by the Tab key until the focus is where it is wanted.
    async fn tab_to(&self, css: &str) {
        self.stage.find(css).await;
        for _ in 0..MOST_TABS {
            match self.stage.run_with(FOCUSED, vec![json!(css)]).await {
                Value::Null => self.type_keys("\u{e004}").await,
                seen => return assert_eq!(seen, true, "the focus on {css} can't be seen"),
            }
        }
        panic!("{css} can't be reached by the Tab key on {}", self.stage.address().await);
    }

    async fn type_keys(&self, keys: &str) {
        self.stage.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// Fills a field in place of what stands there.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        if self.hands == Hands::WithoutScript {
            let field = self.stage.find(css).await;
            field.clear().await.unwrap();
            return field.send_keys(text).await.unwrap();
        }
        self.press_into(css).await;
        let all = self.stage.driver.action_chain().key_down(Key::Control).send_keys("a").key_up(Key::Control);
        all.perform().await.unwrap();
        self.type_keys(text).await;
    }

    pub(crate) async fn press_into(&self, css: &str) {
        match self.hands {
            Hands::Touch => self.tap(css).await,
            Hands::Keyboard | Hands::WithoutScript => self.tab_to(css).await,
        }
    }

    /// Types a time into its field, part by part.
    pub(crate) async fn type_time(&self, css: &str, [year, month, day, hour, minute]: [&str; 5]) {
        self.tab_to(css).await;
        let (half, hour) = match hour.parse::<u32>().unwrap() {
            0 => ('A', 12),
            before @ 1..12 => ('A', before),
            12 => ('P', 12),
            after => ('P', after - 12),
        };
        // The field follows the language of the browser's own menus, which is English in all these tests.
        let keys = format!("{month}{day}{year}{}{hour:02}{minute}{half}", char::from(Key::Right));
        self.type_keys(&keys).await;
    }

    /// Chooses a file. What the system shows for that can't be worked here; that the field is reached can.
    pub(crate) async fn choose_file(&self, css: &str, path: &Path) {
        if self.hands == Hands::Keyboard {
            self.tab_to(css).await;
        }
        self.stage.driver.find(By::Css(css)).await.unwrap().send_keys(path.to_str().unwrap()).await.unwrap();
    }

    pub(crate) async fn sign_in(&self, login: &str, password: &str) {
        self.stage.become_reader(None, if self.is_chinese() { "zh" } else { "en" }).await;
        self.stage.go("/sign-in").await;
        self.fill("#f-login", login).await;
        self.fill("#f-password", password).await;
        self.go_by("main form button").await;
    }
}

const CHOICE: &str = "return document.activeElement.matches('input[type=radio], input[type=checkbox]')";
