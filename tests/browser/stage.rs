//! A served demonstration and a browser before it.

use crate::line::Line;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::mem::ManuallyDrop;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::{By, ChromeCapabilities, Cookie, DesiredCapabilities, WebDriver, WebElement};

/// The name under which the browser finds the server: no loopback privileges.
const HOST: &str = "danwei.example";

/// How the browser is set up.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) language: &'static str,
    pub(crate) script: bool,
}

impl Look {
    pub(crate) const PHONE_ZH: Self = Self { width: 390, language: "zh-CN", script: true };
    pub(crate) const DESKTOP_EN: Self = Self { width: 1280, language: "en", script: true };
    pub(crate) const PHONE_EN_WITHOUT_SCRIPT: Self = Self { width: 390, language: "en", script: false };
}

/// A running process that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Server, browser, and where the data is.
pub(crate) struct Stage {
    _chromedriver: Running,
    // Never dropped: after a failed test that would wait for minutes for a browser that is gone.
    pub(crate) driver: ManuallyDrop<WebDriver>,
    port: u16,
    /// Where the browser finds the server: scheme and port.
    front: (&'static str, u16),
    data: PathBuf,
    server: Option<Running>,
    folder: TempDir,
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn tool(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run scripts/test --only browser"))
}

/// Starts the server and waits for its address; what it said last, for `serve` the link for the first administrator.
fn serve(command: &str, data: &Path, port: u16) -> (Running, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kaohe"))
        .args([command, "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let wanted = if command == "serve" { "/set-up/".to_owned() } else { format!(":{port}") };
    let said = lines.find_map(|line| line.ok().filter(|line| line.contains(&wanted)));
    (Running(child), said.unwrap())
}

impl Stage {
    pub(crate) async fn open(look: Look) -> Self {
        Self::open_served("demo", look).await.0
    }

    /// A unit in which nothing has been set up, with the path of the page for the first administrator.
    pub(crate) async fn open_empty(look: Look) -> (Self, String) {
        let (stage, said) = Self::open_served("serve", look).await;
        let (_, token) = said.rsplit_once("/set-up/").unwrap();
        (stage, format!("/set-up/{}", token.trim()))
    }

    async fn open_served(command: &str, look: Look) -> (Self, String) {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let data = folder.path().join("data");
        let (server, said) = serve(command, &data, port);
        (Self::before(look, folder, data, port, Some(server)).await, said)
    }

    /// Another device before the same server, which stays the first one's.
    pub(crate) async fn beside(&self, look: Look) -> Self {
        Self::before(look, TempDir::new().unwrap(), self.data.clone(), self.port, None).await
    }

    async fn before(look: Look, folder: TempDir, data: PathBuf, port: u16, server: Option<Running>) -> Self {
        let driver_port = free_port();
        let chromedriver = Running(
            Command::new(tool("CHROMEDRIVER"))
                .arg(format!("--port={driver_port}"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        );
        let capabilities = capabilities(folder.path(), look);
        let url = format!("http://127.0.0.1:{driver_port}");
        let mut tries = 0;
        let driver = loop {
            match WebDriver::new(&url, capabilities.clone()).await {
                Ok(driver) => break driver,
                Err(error) if tries > 50 => panic!("no browser: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
            tries += 1;
        };
        let (driver, front) = (ManuallyDrop::new(driver), ("http", port));
        Self { driver, port, front, data, server, _chromedriver: chromedriver, folder }
    }

    /// From now on the browser reaches the server through a line that can be cut.
    pub(crate) async fn through_a_line(&mut self) -> Line {
        let line = Line::to(self.port).await;
        self.front.1 = line.port;
        line
    }

    /// Serves the same data under TLS, with a certificate that nobody but this browser trusts.
    pub(crate) fn plug_in_under_tls(&mut self) {
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
        let certificate = self.file("certificate.pem", &made.cert.pem());
        let key = self.file("key.pem", &made.signing_key.serialize_pem());
        self.pull_the_plug();
        let mut child = Command::new(env!("CARGO_BIN_EXE_kaohe"))
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port), "--data"])
            .arg(&self.data)
            .arg("--tls-cert")
            .arg(certificate)
            .arg("--tls-key")
            .arg(key)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let wanted = format!(":{}", self.port);
        assert!(lines.any(|line| line.is_ok_and(|line| line.contains(&wanted))), "served under TLS");
        self.server = Some(Running(child));
        self.front.0 = "https";
    }

    /// A file beside the data, to be chosen on a page.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) async fn close(self) {
        WebDriver::clone(&self.driver).quit().await.unwrap();
    }

    /// Ends the server at once, as a power cut would.
    pub(crate) fn pull_the_plug(&mut self) {
        self.server = None;
    }

    /// Starts the server again on the same data and address.
    pub(crate) fn plug_in(&mut self) {
        self.server = Some(serve("demo", &self.data, self.port).0);
    }

    /// Follows the data into a folder until what this returns is dropped, as abruptly as a power cut.
    pub(crate) fn follow(&self, name: &str) -> impl Drop + use<> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
        command.args(["backup", "--data"]).arg(&self.data).arg("--follow").arg(self.folder.path().join(name));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains(name), "{line}");
        Running(child)
    }

    /// The data as they are now, to go on from later; the server stands meanwhile.
    pub(crate) fn copy_data(&mut self, name: &str) {
        self.pull_the_plug();
        let to = self.folder.path().join(name);
        std::fs::create_dir(&to).unwrap();
        for file in ["kaohe.sqlite", "kaohe.sqlite-wal"] {
            if self.data.join(file).exists() {
                std::fs::copy(self.data.join(file), to.join(file)).unwrap();
            }
        }
        self.plug_in();
    }

    /// The machine dies, and another goes on at its address from the data in a folder.
    pub(crate) fn change_over_to(&mut self, name: &str) {
        self.pull_the_plug();
        self.data = self.folder.path().join(name);
        self.plug_in();
    }

    fn url(&self, path: &str) -> String {
        let (scheme, port) = self.front;
        format!("{scheme}://{HOST}:{port}{path}")
    }

    /// Whether a page of ours comes.
    pub(crate) async fn reaches(&self, path: &str) -> bool {
        self.driver.goto(self.url(path)).await.is_ok() && self.driver.find(By::Css("#main")).await.is_ok()
    }

    pub(crate) async fn go(&self, path: &str) {
        self.driver.goto(self.url(path)).await.unwrap();
    }

    pub(crate) async fn find(&self, css: &str) -> WebElement {
        for _ in 0..100 {
            if let Ok(element) = self.driver.find(By::Css(css)).await {
                return element;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{css} is not on {}:\n{}", self.address().await, self.text().await);
    }

    pub(crate) async fn click(&self, css: &str) {
        let element = self.find(css).await;
        element.scroll_into_view().await.unwrap();
        element.click().await.unwrap();
    }

    /// Says that what is pressed next leads to another page, which [`Self::arrives`] waits for.
    pub(crate) async fn leaves(&self) {
        self.run("window.before = true").await;
    }

    /// Waits until another page is there than the one that was left.
    pub(crate) async fn arrives(&self, by: &str) {
        for _ in 0..200 {
            if self.run("return document.readyState === 'complete' && !window.before").await == json!(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{by} led nowhere from {}:\n{}", self.address().await, self.text().await);
    }

    /// Clicks what leads to another page, and waits until it is there.
    pub(crate) async fn go_by(&self, css: &str) {
        self.find(css).await;
        self.leaves().await;
        self.click(css).await;
        self.arrives(css).await;
    }

    pub(crate) async fn text(&self) -> String {
        self.driver.find(By::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// Waits until an element says something.
    pub(crate) async fn says(&self, css: &str, words: &str) {
        self.says_within(css, words, 15).await;
    }

    /// The same, with so many seconds of patience.
    pub(crate) async fn says_within(&self, css: &str, words: &str, seconds: usize) {
        let mut said = String::new();
        for _ in 0..seconds * 10 {
            if let Ok(element) = self.driver.find(By::Css(css)).await {
                said = element.text().await.unwrap_or_default();
                if said.contains(words) {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{css} says {said:?} instead of {words:?}");
    }

    pub(crate) async fn sign_in(&self, login: &str) {
        self.go("/sign-in").await;
        self.find("input[name=login]").await.send_keys(login).await.unwrap();
        self.find("input[name=password]").await.send_keys("kaohe-demo").await.unwrap();
        self.click("main form button").await;
        self.find("main h1").await;
    }

    /// A call of the API beside the browser, as the same person.
    pub(crate) async fn api(&self, login: &str, path: &str) -> Value {
        self.call(login, Method::GET, &format!("/api/v1{path}"), None).await
    }

    /// A call beside the browser, as somebody; null where the answer is no JSON.
    pub(crate) async fn call(&self, login: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        self.call_as(&self.token(login), method, path, body).await
    }

    /// The same in a session of one's own.
    pub(crate) async fn call_as(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let address = format!("http://127.0.0.1:{}{path}", self.port);
        let mut request = reqwest::Client::new().request(method, address).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().as_u16() < 400, "{path}: {answer:?}");
        answer.json().await.unwrap_or_default()
    }

    /// The text that a call beside the browser answers.
    pub(crate) async fn text_of(&self, login: &str, path: &str) -> String {
        let address = format!("http://127.0.0.1:{}{path}", self.port);
        let answer = reqwest::Client::new().get(address).bearer_auth(self.token(login)).send().await.unwrap();
        answer.text().await.unwrap()
    }

    /// A form sent beside the browser, as somebody.
    pub(crate) async fn post_form(&self, login: &str, path: &str, fields: &[(&str, &str)]) {
        let address = format!("http://127.0.0.1:{}{path}", self.port);
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| {
                format!("{name}={}", percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC))
            })
            .collect();
        let request = reqwest::Client::new().post(address).bearer_auth(self.token(login));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.join("&"));
        let answer = request.send().await.unwrap();
        assert!(answer.status().as_u16() < 400, "{path}: {answer:?}");
    }

    /// A final password for somebody who still has a first one.
    pub(crate) fn settle(&self, login: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
        with_password(command.args(["user", "password", login, "--password-stdin", "--data"]).arg(&self.data), login);
    }

    /// Somebody else with a role at a branch.
    pub(crate) fn add_person(&self, login: &str, role: &str, branch: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
        command.args(["user", "add", login, "--name", login, "--role", role, "--branch", branch, "--password-stdin"]);
        with_password(command.arg("--data").arg(&self.data), login);
    }

    /// A session of anybody, made by the operator at the machine.
    pub(crate) fn token(&self, login: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kaohe"));
        let said = command.args(["user", "token", login, "--data"]).arg(&self.data).output().unwrap();
        assert!(said.status.success(), "{login}: {said:?}");
        String::from_utf8(said.stdout).unwrap().trim().to_owned()
    }

    /// Makes the browser somebody's, or nobody's, in a language, without a form.
    pub(crate) async fn become_reader(&self, token: Option<&str>, language: &str) {
        self.driver.delete_all_cookies().await.unwrap();
        if let Some(token) = token {
            self.driver.add_cookie(Cookie::new("kaohe_session", token)).await.unwrap();
        }
        self.driver.add_cookie(Cookie::new("kaohe_language", language)).await.unwrap();
    }

    /// Makes the browser somebody's where its cookies are bound to TLS.
    pub(crate) async fn become_reader_under_tls(&self, token: &str) {
        let mut cookie = Cookie::new("__Host-kaohe_session", token);
        cookie.set_secure(true);
        cookie.set_path("/");
        self.driver.add_cookie(cookie).await.unwrap();
        self.driver.add_cookie(Cookie::new("kaohe_language", "en")).await.unwrap();
    }

    /// Nobody yet, in a language. The browser must have been on the server to be given a cookie.
    pub(crate) async fn become_reader_of(&self, path: &str, language: &str) {
        self.go(path).await;
        self.become_reader(None, if language.starts_with("zh") { "zh" } else { "en" }).await;
    }

    /// Runs a script in the page and returns what it returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.run_with(script, Vec::new()).await
    }

    /// Runs a script in the page with arguments.
    pub(crate) async fn run_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.driver.execute(script, arguments).await.unwrap().json().clone()
    }

    pub(crate) async fn address(&self) -> String {
        self.driver.current_url().await.unwrap().to_string()
    }

    /// A command of the browser's own protocol, and its answer.
    pub(crate) async fn browser(&self, method: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(method, parameters).await.unwrap()
    }

    /// Gives the page a size in CSS pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.browser("Emulation.setDeviceMetricsOverride", size).await;
    }
}

/// Runs a command that reads the password of somebody.
fn with_password(command: &mut Command, login: &str) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"kaohe-demo").unwrap();
    assert!(child.wait().unwrap().success(), "{login}");
}

fn capabilities(folder: &Path, look: Look) -> ChromeCapabilities {
    let mut chrome = DesiredCapabilities::chrome();
    chrome.set_binary(&tool("CHROMIUM")).unwrap();
    for argument in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--ignore-certificate-errors",
    ] {
        chrome.add_arg(argument).unwrap();
    }
    chrome.add_arg(&format!("--user-data-dir={}", folder.join("browser").display())).unwrap();
    chrome.add_arg(&format!("--window-size={},844", look.width)).unwrap();
    chrome.add_arg(&format!("--lang={}", look.language)).unwrap();
    chrome.add_arg(&format!("--host-resolver-rules=MAP {HOST} 127.0.0.1")).unwrap();
    let script = if look.script { 1 } else { 2 };
    let preferences = json!({ "intl.accept_languages": look.language, "profile.managed_default_content_settings.javascript": script });
    chrome.add_experimental_option("prefs", preferences).unwrap();
    chrome
}
