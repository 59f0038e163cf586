//! Every page in every state, in both languages, narrow and wide: nothing scrolls sideways, nothing weighs too much, and
//! an independent checker of accessibility finds nothing serious.
//!
//! With `KAOHE_SCREENSHOTS` naming a folder, a picture of each is written there: `scripts/screenshots`.

use crate::stage::{Look, Stage, tool};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Shows every form that is folded away.
const OPEN_ALL: &str = "document.querySelectorAll('details').forEach(function (one) { one.open = true; })";

/// A page in one state.
struct Stop {
    name: &'static str,
    login: Option<&'static str>,
    path: String,
    /// Run on the page first.
    act: &'static str,
    /// Also in the dark scheme and in print.
    main: bool,
    /// Whether it is opened on another device than what was opened before.
    aside: bool,
}

fn stop(name: &'static str, login: &'static str, path: &str) -> Stop {
    Stop { name, login: Some(login), path: path.to_owned(), act: "", main: false, aside: false }
}

impl Stop {
    fn main(self) -> Self {
        Self { main: true, ..self }
    }

    fn after(self, act: &'static str) -> Self {
        Self { act, ..self }
    }

    fn aside(self) -> Self {
        Self { aside: true, ..self }
    }

    fn signed_out(self) -> Self {
        Self { login: None, ..self }
    }
}

fn time(minutes_from_now: i64) -> String {
    let at = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    jiff::Timestamp::from_second(i64::try_from(at).unwrap() + minutes_from_now * 60).unwrap().to_string()
}

/// A test that opened or opens so many minutes from now, for ten hours.
async fn make_test(stage: &Stage, name: &str, opens: i64, changes: Value) {
    let mut test = json!({
        "test": name, "title": { "zh": "党支部工作条例测试", "en": "Test on branch work" },
        "audience": { "branches": ["HQ"] }, "opens": time(opens), "closes": time(opens + 600), "minutes": 30,
        "sections": [{ "title": { "zh": "单项选择题", "en": "Single choice" }, "kind": "single", "points": 10,
            "draw": [{ "bank": "branch-work", "count": 10 }] }]
    });
    for (field, value) in changes.as_object().unwrap() {
        test[field] = value.clone();
    }
    stage.call("organizer", Method::POST, "/api/v1/tests", Some(test)).await;
}

/// The attempts of a unit in which every state of every page can be found.
struct Sat {
    open: String,
    submitted: String,
    reviewed: String,
    /// A paper of case studies, and one that was handed in and may be reviewed.
    cases: [String; 2],
    /// The address of a slip that is in use, and of one that isn't.
    slips: [String; 2],
}

async fn sat(stage: &Stage) -> Sat {
    for login in ["m002", "m003", "m005"] {
        stage.settle(login);
    }
    make_test(stage, "waiting", 10, json!({})).await;
    make_test(stage, "late", -120, json!({ "late_minutes": 30 })).await;
    make_test(stage, "practice", -5, json!({ "occasion": "practice", "review": "after_submit", "attempts": 3 })).await;
    make_test(stage, "cancelled", -5, json!({})).await;
    let reason = [("reason", "题库有误，改日另行通知")];
    stage.post_form("organizer", "/tests/cancelled/cancel", &reason).await;
    let started = stage.call("m001", Method::POST, "/api/v1/tests/annual-study/attempts", Some(json!({}))).await;
    let open = started["attempt"].as_str().unwrap().to_owned();
    for position in [1, 2, 4] {
        let path = format!("/api/v1/attempts/{open}/responses/{position}");
        stage.call("m001", Method::PUT, &path, Some(json!({ "response": "A", "save": 1 }))).await;
    }
    let practice = stage.call("m001", Method::POST, "/api/v1/tests/practice/attempts", Some(json!({}))).await;
    let reviewed = practice["attempt"].as_str().unwrap().to_owned();
    stage.call("m001", Method::POST, &format!("/api/v1/attempts/{reviewed}/submit"), Some(json!({}))).await;
    let [submitted, another] = [submit(stage, "m002").await, submit(stage, "m005").await];
    let late = |position: i64, answer: &str| json!({ "position": position, "response": answer, "save": 9 });
    for (login, attempt) in [("m001", &reviewed), ("m002", &submitted), ("m005", &another)] {
        let path = format!("/api/v1/attempts/{attempt}/late-responses");
        let sent = json!({ "responses": [late(2, "B"), late(3, "C")] });
        stage.call(login, Method::POST, &path, Some(sent)).await;
    }
    let accepted = json!({ "accepted": true, "reason": "三楼断网，代码与当场出示的一致" });
    let path = format!("/api/v1/tests/practice/late-responses/{reviewed}");
    stage.call("organizer", Method::POST, &path, Some(accepted)).await;
    let further = json!({ "bank": "branch-work", "question": "bw-0011", "change": "accept", "answer": "C",
        "reason": "两种说法都见于条例释义" });
    stage.call("organizer", Method::POST, "/api/v1/tests/monthly-study/amendments", Some(further)).await;
    let on_paper = json!({ "people": ["m005", "m006"] });
    stage.call("organizer", Method::POST, "/api/v1/tests/waiting/papers", Some(on_paper)).await;
    objected(stage, [("m001", &open), ("m002", &submitted), ("m001", &reviewed)]).await;
    assessed(stage).await;
    inspected(stage).await;
    let cases = sat_cases(stage).await;
    let people = json!({ "people": ["m003", "m004"] });
    let made = stage.call("organizer", Method::POST, "/api/v1/tests/waiting/slips", Some(people)).await;
    let code = json!({ "code": made[0]["code"] });
    stage.call("m003", Method::POST, "/api/v1/session", Some(code)).await;
    let slips = [0, 1].map(|index| made[index]["path"].as_str().unwrap().to_owned());
    Sat { open, submitted, reviewed, cases, slips }
}

/// A sitting of the annual test, handed in without an answer.
async fn submit(stage: &Stage, login: &str) -> String {
    let started = stage.call(login, Method::POST, "/api/v1/tests/annual-study/attempts", Some(json!({}))).await;
    let attempt = started["attempt"].as_str().unwrap().to_owned();
    stage.call(login, Method::POST, &format!("/api/v1/attempts/{attempt}/submit"), Some(json!({}))).await;
    attempt
}

/// Case studies with a table and a formula in their material: one paper is open, one handed in.
async fn sat_cases(stage: &Stage) -> [String; 2] {
    let more = "\\n| 季度 | 党员大会 |\\n|---|---|\\n| 一 | 1 |\\n<math><mfrac><mn>1</mn><mn>3</mn></mfrac></math>";
    let bank = include_str!("../fixtures/cases.json")
        .replace("没有召开支部委员会会议。\"", &format!("没有召开支部委员会会议。{more}\""));
    let bank: Value = serde_json::from_str(&bank).unwrap();
    stage.call("organizer", Method::POST, "/api/v1/banks?shared=true", Some(bank)).await;
    let sections = json!([{ "kind": "case", "points": 20, "draw": [{ "bank": "cases", "count": 2 }] }]);
    let practice = json!({ "occasion": "practice", "review": "after_submit", "sections": sections });
    make_test(stage, "cases", -5, practice).await;
    let mut attempts = Vec::new();
    for login in ["m002", "m001"] {
        let paper = stage.call(login, Method::POST, "/api/v1/tests/cases/attempts", Some(json!({}))).await;
        let attempt = paper["attempt"].as_str().unwrap().to_owned();
        for case in paper["sections"][0]["questions"].as_array().unwrap() {
            let is_large = case["parts"].as_array().unwrap().len() == 6;
            let large =
                json!(["A", ["A", "B"], ["A", "B", "C"], { "A": "1" }, ["季度"], "没有按月召开支部委员会会议。"]);
            let response = if is_large { large } else { json!([true, "4次", null]) };
            let path = format!("/api/v1/attempts/{attempt}/responses/{}", case["position"]);
            stage.call(login, Method::PUT, &path, Some(json!({ "response": response, "save": 1 }))).await;
        }
        attempts.push(attempt);
    }
    stage.call("m001", Method::POST, &format!("/api/v1/attempts/{}/submit", attempts[1]), Some(json!({}))).await;
    attempts.try_into().unwrap()
}

fn case_studies(Sat { cases: [open, reviewed], .. }: &Sat) -> Vec<Stop> {
    let question = "bank=cases&question=case-1";
    vec![
        stop("case", "m002", &format!("/attempts/{open}")).main(),
        stop("case-check", "m002", &format!("/attempts/{open}/check")),
        stop("case-review", "m001", &format!("/attempts/{reviewed}")).main(),
        stop("case-marking", "organizer", "/tests/cases/marking?question=cases/case-1"),
        stop("case-correction", "organizer", &format!("/tests/cases/corrections/question?{question}")),
        stop("case-edit", "organizer", "/banks/cases/draft/question?id=case-1").after(OPEN_ALL),
        stop("case-bank", "organizer", "/banks/cases").main(),
    ]
}

/// Objections to questions: some wait, one is answered.
async fn objected(stage: &Stage, sittings: [(&str, &str); 3]) {
    for (login, attempt) in sittings {
        for (position, note) in [(1, "A 和 B 的说法都见于条例。"), (2, "题干“应当”与原文“必须”不一致。")]
        {
            let path = format!("/api/v1/attempts/{attempt}/objections");
            stage.call(login, Method::POST, &path, Some(json!({ "position": position, "note": note }))).await;
        }
    }
    let listed = stage.api("organizer", "/tests/practice/objections").await;
    let answer = json!({ "bank": "branch-work", "question": listed["questions"][0]["question"], "upheld": true,
        "answer": "原文确为“必须”，已更正试题，得分不受影响。" });
    stage.call("organizer", Method::POST, "/api/v1/tests/practice/objections", Some(answer)).await;
}

/// A make-up of the demo's settled test that lies ahead, and a settled inspection that some of those drawn have sat.
async fn inspected(stage: &Stage) {
    let asked = json!({ "opens": time(60), "closes": time(660), "name": "made-up" });
    stage.call("organizer", Method::POST, "/api/v1/tests/monthly-study/make-up", Some(asked)).await;
    let drawn = json!({ "occasion": "inspection", "sample": { "share": 10, "by": ["branch"] } });
    make_test(stage, "inspection", -5, drawn).await;
    let sampled = stage.call("organizer", Method::GET, "/api/v1/tests/inspection/sample", None).await;
    for person in sampled["people"].as_array().unwrap().iter().take(6) {
        let login = person["login"].as_str().unwrap();
        stage.settle(login);
        let paper = stage.call(login, Method::POST, "/api/v1/tests/inspection/attempts", Some(json!({}))).await;
        let attempt = paper["attempt"].as_str().unwrap();
        for position in 1..=7 {
            let path = format!("/api/v1/attempts/{attempt}/responses/{position}");
            stage.call(login, Method::PUT, &path, Some(json!({ "response": "A", "save": 1 }))).await;
        }
        stage.call(login, Method::POST, &format!("/api/v1/attempts/{attempt}/submit"), Some(json!({}))).await;
    }
    stage.call("organizer", Method::POST, "/api/v1/tests/inspection/close", None).await;
}

/// The year of the demo's settled test, assessed and signed, with something given to one member since.
async fn assessed(stage: &Stage) {
    let path = format!("/api/v1/assessments/{}", &time(0)[..4]);
    let rules = json!({
        "year": time(0)[..4].parse::<u32>().unwrap(), "title": { "zh": "年度学习考核", "en": "Annual study assessment" },
        "components": [{ "title": { "zh": "月度测试", "en": "Monthly tests" }, "weight": 80, "tests": { "occasion": "monthly" } },
            { "title": { "zh": "学习笔记", "en": "Study notes" }, "weight": 20, "marks": { "name": "notes", "full": 20 } }],
        "commend": { "members": { "total": 60, "most": 2 }, "branches": { "participation": 90 } }, "help": { "below": 65, "absences": 1 },
        "bands": [{ "title": { "zh": "优秀", "en": "Excellent" }, "from": 90 }, { "title": { "zh": "合格", "en": "Pass" }, "from": 60 },
            { "title": { "zh": "待提高", "en": "Needs study" }, "from": 0 }],
        "branch": { "mean": 60, "participation": 20, "pass": 10, "excellence": 10 }, "least_members": 5
    });
    stage.call("committee", Method::PUT, &path, Some(rules)).await;
    let mark = json!({ "login": "m001", "score": 17, "source": "春季培训班结业考试" });
    stage.call("committee", Method::POST, &format!("{path}/marks/notes"), Some(mark)).await;
    let signers = json!({ "signers": ["王主任", "陈委员"] });
    stage.call("committee", Method::POST, &format!("{path}/signings"), Some(signers)).await;
    let bonus = json!({ "login": "m001", "points": 2, "reason": "到联系点宣讲四次" });
    stage.call("committee", Method::POST, &format!("{path}/adjustments"), Some(bonus)).await;
}

/// Without a line, three answers at once.
const CUT: &str = "window.fetch = function () { return Promise.reject(new Error('no line')); };
    ['#q5', '#q6', '#q7'].forEach(function (q) { document.querySelector(q + ' input:not(:checked)').click(); })";

/// As the page shows what organizers say.
const MESSAGE: &str = "var box = document.getElementById('message'); box.hidden = false;
    box.querySelector('span').textContent = '09:31:07'; box.children[1].textContent = '请第三考场的同志注意：考试结束后请在座位上稍候。';
    document.getElementById('paused').hidden = false";

fn members(Sat { open, submitted, reviewed, .. }: &Sat) -> Vec<Stop> {
    let open = |rest: &str| format!("/attempts/{open}{rest}");
    vec![
        stop("sign-in", "m001", "/sign-in").signed_out().main(),
        stop("sign-in-first", "m001", "/tests/annual-study").signed_out(),
        stop("home-member", "m001", "/").main(),
        stop("account", "m001", "/account"),
        stop("password", "m001", "/password"),
        stop("test-open", "m003", "/tests/annual-study").main(),
        stop("test-running", "m001", "/tests/annual-study"),
        stop("test-waiting", "m001", "/tests/waiting"),
        stop("test-late", "m001", "/tests/late"),
        stop("test-closed", "m001", "/tests/monthly-study"),
        stop("test-cancelled", "m001", "/tests/cancelled"),
        stop("test-finished", "m002", "/tests/annual-study"),
        stop("exam", "m001", &open("")).main(),
        stop("exam-card", "m001", &open("")).after("document.getElementById('open-card').click()"),
        stop("exam-one", "m001", &open(""))
            .after("document.getElementById('one-or-all').click(); document.getElementById('next').click()"),
        stop("exam-large", "m001", &open(""))
            .after("for (var i = 0; i < 5; i++) { document.getElementById('larger').click(); }"),
        stop("exam-lost", "m001", &open("")).after(CUT),
        stop("exam-message", "m001", &open("")).after(MESSAGE),
        stop("exam-elsewhere", "m001", &open("")).aside(),
        stop("check", "m001", &open("/check")),
        stop("submitted", "m002", &format!("/attempts/{submitted}")).main(),
        stop("review", "m001", &format!("/attempts/{reviewed}")).main(),
        stop("not-found", "m001", "/nothing-here"),
        stop("forbidden", "m001", "/banks"),
        stop("form-signed-out", "m001", "/sign-in").signed_out().after(
            "var form = document.querySelector('main form'); form.action = '/password'; form.noValidate = true; form.submit()",
        ),
        stop("sign-in-wrong", "m001", "/sign-in").signed_out().after(SIGN_IN_WRONG),
    ]
}

/// Sends a sheet from the page: somebody new, somebody who may be known, somebody moved, and most aren't in it.
const SEND_A_SHEET: &str = "var sent = new DataTransfer();
    sent.items.add(new File(['账号,姓名,所在支部,工龄\\nm001,傅远国,A2,3\\n,,,\\nzhaoxin,赵新,A1,1\\nhuping,胡平,B1,2\\n'], '人事名册.csv'));
    var form = document.querySelector(\"form[action='/roster/members']\");
    form.querySelector('input[type=file]').files = sent.files; form.submit()";

/// Sends a scanned page, which comes back in the list.
const SEND_A_PAGE: &str = "var sent = new DataTransfer();
    sent.items.add(new File(['%PDF-1.7 ' + Date.now() + '\\n%%EOF\\n'], '成绩册签字页（第一至第四党支部）.pdf'));
    var form = document.querySelector(\"form[enctype='multipart/form-data']\");
    form.querySelector('input[type=file]').files = sent.files; form.submit()";

/// Tries a sheet of questions of which one has no answer, the others something to be said of.
const CHECK_QUESTIONS: &str = "var sent = new DataTransfer();
    sent.items.add(new File(['题型,题目,选项A,选项B,选项C,答案,备注\\n单选题,党支部委员会每届任期（　）年。,一,三,五,B,\\n多选题,党员义务有（AB）,学习,交纳党费,以上都对,,\\n单选题,没有答案的题,一,二,三,,\\n'], '题库.csv'));
    var form = document.querySelector(\"form[action='/banks']\");
    form.querySelector('input[type=file]').files = sent.files;
    form.querySelector('[name=bank]').value = 'from-a-sheet'; form.querySelector('[name=skip_faulty]').checked = true;
    form.querySelector('[value=check]').click()";

/// Sends a file with a question to be mended, and goes on to what is kept of it.
const MEND_QUESTIONS: &str = "var sent = new FormData();
    sent.append('action', 'check'); sent.append('bank', 'to-be-mended');
    sent.append('file', new File(['题型,题目,选项A,选项B,选项C,答案,备注\\n单选题,党支部委员会每届任期（　）年。,一,三,五,B,\\n单选题,没有答案的题,一,二,三,,\\n'], '题库.csv'));
    var request = new XMLHttpRequest(); request.open('POST', '/banks', false); request.send(sent);
    location.href = /\\/question-files\\/[0-9a-f]+/.exec(request.responseText)[0]";

/// The same of columns that nobody understands.
const CHECK_UNNAMED_QUESTIONS: &str = "var sent = new DataTransfer();
    sent.items.add(new File(['甲,乙\\n一,二\\n'], '题库.csv'));
    var form = document.querySelector(\"form[action='/banks']\");
    form.querySelector('input[type=file]').files = sent.files;
    form.querySelector('[name=bank]').value = 'from-a-sheet'; form.querySelector('[value=check]').click()";

/// The same of a sheet whose headings nobody understands.
const SEND_A_STRANGE_SHEET: &str = "var sent = new DataTransfer();
    sent.items.add(new File(['同志,片区,身份证\\n赵新,A1,11010519491231002X\\n'], '花名册.csv'));
    var form = document.querySelector(\"form[action='/roster/members']\");
    form.querySelector('input[type=file]').files = sent.files; form.submit()";

/// A question of the demo's settled test.
const CORRECTED: &str = "/tests/monthly-study/corrections/question?bank=branch-work&question=bw-0079";

const PREVIEW_VOID: &str = "document.querySelector('main [name=change][value=void]').checked = true; document.querySelector('main form').submit()";

const SIGN_IN_WRONG: &str =
    "document.getElementById('f-login').value = 'm050'; document.getElementById('f-password').value = 'no';
    document.querySelector('main form').submit()";

const MAKE_SLIPS: &str = "document.querySelector('input[name=who][value=waiting]').form.submit()";

const SEND_UNFILLED: &str = "document.querySelector('main form').submit()";

const ADD_PERSON: &str =
    "document.querySelector('main [name=name]').value = '林小梅'; document.querySelector('main form').submit()";

/// A question that nearly every tenth member of the demo got.
const ITEM: &str = "/tests/monthly-study/items/branch-work/bw-0001";

fn offices(_: &Sat) -> Vec<Stop> {
    vec![
        stop("home-organizer", "organizer", "/").main(),
        stop("home-committee", "committee", "/"),
        stop("home-administrator", "admin", "/").main(),
        stop("tests", "organizer", "/tests"),
        stop("test-new", "organizer", "/tests/new").main(),
        stop("test-manage", "organizer", "/tests/annual-study/manage").main(),
        stop("live", "organizer", "/tests/annual-study/live").main(),
        stop("live-one", "committee", "/tests/annual-study/live?state=working"),
        stop("late", "organizer", "/tests/annual-study/late").main(),
        stop("late-decided", "organizer", "/tests/practice/late"),
        stop("late-none", "organizer", "/tests/waiting/late"),
        stop("test-edit", "organizer", "/tests/waiting/edit"),
        stop("test-edit-out", "organizer", "/tests/annual-study/edit"),
        stop("test-copy", "organizer", "/tests/annual-study/copy"),
        stop("test-trial", "organizer", "/tests/annual-study/trial"),
        stop("test-notice", "organizer", "/tests/annual-study/notice").main(),
        stop("test-close", "organizer", "/tests/annual-study/close"),
        stop("test-draw", "organizer", "/tests/monthly-study/draw"),
        stop("objections", "organizer", "/tests/annual-study/objections").after(OPEN_ALL).main(),
        stop("objections-none", "committee", "/tests/monthly-study/objections"),
        stop("marking", "organizer", "/tests/annual-study/marking").after(OPEN_ALL),
        stop("make-up-form", "organizer", "/tests/inspection/make-up").main(),
        stop("make-up-made", "organizer", "/tests/made-up/manage"),
        stop("make-up-edit", "organizer", "/tests/made-up/edit").after(OPEN_ALL),
        stop("sample", "organizer", "/tests/inspection/sample").main(),
        stop("corrections", "organizer", "/tests/monthly-study/corrections").main(),
        stop("corrections-question", "organizer", CORRECTED).after(OPEN_ALL),
        stop("corrections-preview", "organizer", CORRECTED).after(PREVIEW_VOID).main(),
        stop("corrections-mark", "organizer", "/tests/monthly-study/corrections/mark").after(SEND_UNFILLED),
        stop("presence", "committee", "/tests/monthly-study/presence"),
        stop("overview", "committee", "/overview").main(),
        stop("study", "committee", "/tests/monthly-study/study"),
        stop("report", "committee", "/tests/monthly-study/report").main(),
        stop(
            "report-narrowed",
            "committee",
            "/tests/monthly-study/report?category=%E6%AD%A3%E5%BC%8F%E5%85%9A%E5%91%98",
        ),
        stop("report-branch", "secretary", "/tests/monthly-study/report"),
        stop("report-export", "committee", "/tests/monthly-study/report")
            .after("document.querySelector('details.menu').open = true"),
        stop("report-inspection", "committee", "/tests/inspection/report"),
        stop("report-open", "committee", "/tests/annual-study/report"),
        stop("items", "committee", "/tests/monthly-study/items").main(),
        stop("items-open", "committee", "/tests/annual-study/items"),
        stop("items-one", "organizer", ITEM).main(),
        stop("bank-question", "organizer", "/banks/party-constitution/questions/pc-0001"),
    ]
}

/// The annual assessment and what is made of it.
fn assessments(_: &Sat) -> Vec<Stop> {
    let year = &time(0)[..4];
    vec![
        stop("assessments", "committee", "/assessments"),
        stop("assessment-rules", "committee", "/assessments/2026/rules?ready=study-and-annual"),
        stop("assessment-tried", "committee", &format!("/assessments/{year}/rules?ready=monthly-nine-of-twelve"))
            .after("document.querySelector('[name=do][value=try]').click()"),
        stop("assessment", "committee", &format!("/assessments/{year}")).main(),
        stop("assessment-branch", "secretary", &format!("/assessments/{year}")),
        stop("assessment-member", "committee", &format!("/assessments/{year}/members/m001")).main(),
        stop("assessment-marks", "committee", &format!("/assessments/{year}/marks/notes")),
        stop("assessment-commended", "committee", &format!("/assessments/{year}/commended")),
        stop("assessment-to-help", "committee", &format!("/assessments/{year}/to-help")),
        stop("assessment-compared", "committee", &format!("/assessments/{year}/compared")),
        stop("assessment-signed-pages", "committee", &format!("/assessments/{year}/signed-pages")),
    ]
}

fn banks(_: &Sat) -> Vec<Stop> {
    vec![
        stop("banks", "organizer", "/banks"),
        stop("bank", "organizer", "/banks/party-constitution").main(),
        stop("bank-search", "organizer", "/banks/party-constitution?search=%E9%A2%84%E5%A4%87&difficulty=2"),
        stop("search", "organizer", "/questions?text=%E9%A2%84%E5%A4%87&difficulty_to=3").main(),
        stop("search-used", "organizer", "/questions?used=yes&facility_to=90"),
        stop("search-refused", "organizer", "/questions?article=7"),
        stop("duplicates", "organizer", "/questions/duplicates"),
        stop("clauses", "organizer", "/clauses").main(),
        stop(
            "clause",
            "organizer",
            "/clauses/of?regulation=%E4%B8%AD%E5%9B%BD%E5%85%B1%E4%BA%A7%E5%85%9A%E7%AB%A0%E7%A8%8B",
        ),
        stop(
            "clause-article",
            "organizer",
            "/clauses/of?regulation=%E4%B8%AD%E5%9B%BD%E5%85%B1%E4%BA%A7%E5%85%9A%E7%AB%A0%E7%A8%8B&article=7",
        ),
        stop("bank-as-member", "organizer", "/banks/party-constitution?as_member=true"),
        stop("bank-lints", "organizer", "/banks/party-constitution/lints"),
        stop("bank-sheet-checked", "organizer", "/banks").after(CHECK_QUESTIONS).main(),
        stop("bank-sheet-refused", "organizer", "/banks").after(CHECK_UNNAMED_QUESTIONS),
        stop("bank-file-kept", "organizer", "/banks").after(MEND_QUESTIONS).main(),
        stop("bank-outline", "organizer", "/banks/party-constitution/draft/outline").main(),
        stop("bank-forms", "organizer", "/banks/party-constitution/forms").main(),
        stop("bank-form-lost", "organizer", "/banks/party-constitution/forms?form=gift"),
        stop("bank-changes", "organizer", "/banks/party-constitution/changes"),
        stop("bank-draft", "organizer", "/banks/party-constitution/draft"),
        stop("bank-edit", "organizer", "/banks/party-constitution/draft/question?id=pc-0001").main(),
        stop("bank-edit-match", "organizer", "/banks/party-constitution/draft/question?kind=match&languages=2"),
    ]
}

fn rosters(_: &Sat) -> Vec<Stop> {
    vec![
        stop("people", "admin", "/people").main(),
        stop("people-give", "admin", "/people?give=organizer&search=m00"),
        stop("person-new", "admin", "/people/new?branch=B3"),
        stop("person", "admin", "/people/m001"),
        stop("person-keep", "admin", "/people/m001?give=organizer").after(OPEN_ALL),
        stop("person-read", "organizer", "/people/m001"),
        stop("slips", "admin", "/slips?branch=C2&search=m19").main(),
        stop("slips-made", "admin", "/slips?branch=C2").after(MAKE_SLIPS).main(),
        stop("branches", "admin", "/branches"),
        stop("branches-search", "committee", "/branches?search=B3"),
        stop("branch", "admin", "/branches/B"),
        stop("branch-keep", "admin", "/branches/B").after(OPEN_ALL),
        stop("branch-template", "committee", "/branches/HQ/template").main(),
        stop("branch-new", "admin", "/branches/new?parent=B"),
        stop("branch-new-refused", "admin", "/branches/new?parent=B").after(SEND_UNFILLED),
        stop("roster", "admin", "/roster").main(),
        stop("roster-look", "admin", "/roster").after(SEND_A_SHEET).main(),
        stop("roster-columns", "admin", "/roster").after(SEND_A_STRANGE_SHEET),
        stop("person-new-refused", "admin", "/people/new?branch=B3").after(SEND_UNFILLED),
        stop("person-added", "admin", "/people/new?branch=B3").after(ADD_PERSON),
    ]
}

fn doors(Sat { slips: [used, free], .. }: &Sat) -> Vec<Stop> {
    let path = |rest: &str| format!("/tests/waiting{rest}");
    vec![
        stop("signed-pages", "organizer", "/tests/monthly-study/signed-pages").after(SEND_A_PAGE).main(),
        stop("signed-pages-read", "committee", "/tests/monthly-study/signed-pages"),
        stop("papers", "organizer", "/tests/waiting/papers").main(),
        stop("papers-print", "organizer", "/tests/waiting/papers/print").main(),
        stop("paper-enter", "organizer", "/tests/waiting/papers")
            .after("document.querySelector('td .actions a:last-child').click()"),
        stop("test-slips", "organizer", &path("/slips")),
        stop("test-slips-branch", "organizer", &path("/slips?branch=C2")).after(OPEN_ALL),
        stop("test-slips-print", "organizer", &path("/slips?branch=C2")).after(PRINT_ALL_ANEW).main(),
        stop("slip-door", "organizer", "/s").signed_out(),
        stop("slip-door-wrong", "organizer", "/s").signed_out().after(WRONG_CODE),
        stop("slip-greet", "organizer", free).signed_out().main(),
        stop("slip-in-use", "organizer", used).signed_out().after(SEND_UNFILLED),
        stop("device-check", "m001", &path("/try")).main(),
        stop("device-check-passed", "m001", &path("/try")).after(TRY_DEVICE),
        stop("device-checks", "organizer", &path("/tried")),
        stop("ready", "organizer", "/ready").main(),
        stop("hello", "organizer", "/hello").signed_out(),
        stop("poster", "organizer", "/poster?wifi=%E4%BC%9A%E8%AE%AE%E5%AE%A4").main(),
    ]
}

/// Everyone below gets a slip, also those who have one by now.
const PRINT_ALL_ANEW: &str = "var form = document.querySelector('main form[action$=\"/slips\"]');
    var anew = form.querySelector('[name=anew]') || form.appendChild(document.createElement('input'));
    anew.type = 'hidden'; anew.name = 'anew'; anew.value = 'yes'; form.submit()";

const WRONG_CODE: &str =
    "document.getElementById('f-code').value = '01234 56789'; document.querySelector('main form').submit()";

const TRY_DEVICE: &str = "document.querySelector('[value=circle]').checked = true;
    document.getElementById('f-word').value = 'ready'; document.querySelector('form[data-trial]').submit()";

/// Bytes that a first visit brings over the line: the page, its sheet and its script.
const WEIGHT: &str =
    "return performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
    .reduce(function (sum, one) { return sum + one.encodedBodySize; }, 0)";

const SIDEWAYS: &str = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";

/// What a finger has to hit and is lower than 44 px; links within text are as high as their line.
const SMALL: &str =
    "return Array.from(document.querySelectorAll('button, .button, select, summary, nav a, .map a, label.option, label.check, textarea, input:not([type=hidden])'))
    .filter(function (one) { return !one.matches('.visually-hidden'); })
    .filter(function (one) {
        if (one.matches('input[type=radio], input[type=checkbox]') && one.closest('label')) { return false; }
        var box = one.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && box.height < 43.5 && getComputedStyle(one).visibility === 'visible';
    }).map(function (one) { return one.outerHTML.slice(0, 120) + ' ' + one.getBoundingClientRect().height; });";

/// What the checker finds serious or critical, each with its first places.
const AXE: &str = "var done = arguments[arguments.length - 1];
    axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(function (result) {
        done(result.violations.filter(function (one) { return one.impact === 'serious' || one.impact === 'critical'; })
            .map(function (one) { return one.id + ': ' + one.nodes.slice(0, 3).map(function (node) { return node.target.join(' '); }).join(' | '); }));
    })";

struct Tour<'s> {
    stage: &'s Stage,
    axe: String,
    pictures: Option<PathBuf>,
    faults: Vec<String>,
}

impl Tour<'_> {
    async fn open(&self, stop: &Stop, width: u32) {
        self.stage.resize(width, 844).await;
        self.stage.go(&stop.path).await;
        if !stop.act.is_empty() {
            self.stage.run(stop.act).await;
            // What was done may lead to another page.
            tokio::time::sleep(Duration::from_millis(250)).await;
            self.stage.find("body > main").await;
        }
    }

    async fn check(&mut self, stop: &Stop, width: u32, language: &str) {
        let here = format!("{} at {width} in {language}", stop.name);
        let sideways = self.stage.run(SIDEWAYS).await.as_i64().unwrap_or(-1);
        if sideways != 0 {
            self.faults.push(format!("{here}: {sideways} px wider than the screen"));
        }
        if width == 390 {
            for small in self.stage.run(SMALL).await.as_array().unwrap() {
                self.faults.push(format!("{here}: too low for a finger: {small}"));
            }
        }
        let weight = self.stage.run(WEIGHT).await.as_i64().unwrap_or(i64::MAX);
        if weight > 100_000 {
            self.faults.push(format!("{here}: {weight} bytes"));
        }
    }

    /// Letters twice as large, by the page's own means, on a screen of half the width.
    async fn check_zoomed(&mut self, stop: &Stop, language: &str) {
        self.stage.resize(640, 844).await;
        self.stage.run("document.documentElement.className += ' size-200'").await;
        let sideways = self.stage.run(SIDEWAYS).await.as_i64().unwrap_or(-1);
        if sideways != 0 {
            self.faults.push(format!("{} at 200 % in {language}: {sideways} px wider than the screen", stop.name));
        }
        self.stage.run("document.documentElement.classList.remove('size-200')").await;
        self.stage.resize(1280, 844).await;
    }

    async fn check_accessibility(&mut self, stop: &Stop, language: &str) {
        self.stage.driver.execute(self.axe.as_str(), Vec::new()).await.unwrap();
        let found = self.stage.driver.execute_async(AXE, Vec::new()).await.unwrap();
        for one in found.json().as_array().unwrap() {
            self.faults.push(format!("{} in {language}: {one}", stop.name));
        }
    }

    /// The whole page, however long.
    async fn picture(&self, name: &str, width: u32) {
        let Some(folder) = &self.pictures else { return };
        let height = self.stage.run("return document.documentElement.scrollHeight").await.as_u64().unwrap();
        self.stage.resize(width, u32::try_from(height).unwrap().clamp(844, 8000)).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
        std::fs::write(folder.join(format!("{name}.png")), self.stage.driver.screenshot_as_png().await.unwrap())
            .unwrap();
        self.stage.resize(width, 844).await;
    }

    async fn print(&self, name: &str) {
        let Some(folder) = &self.pictures else { return };
        let pdf = self.stage.driver.print_page(thirtyfour::common::print::PrintParameters::default()).await.unwrap();
        std::fs::write(folder.join(format!("{name}-print.pdf")), pdf).unwrap();
    }

    async fn dark(&self, on: bool) {
        let scheme = if on { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.stage.browser("Emulation.setEmulatedMedia", features).await;
    }

    /// A page is opened once in each language and then turned from width to width, as a phone is. The slow checker
    /// looks at it narrow in one language and wide in the other.
    async fn visit(&mut self, stop: &Stop, token: Option<&str>) {
        for (language, looked_at) in [("zh", 390), ("en", 1280)] {
            self.stage.become_reader(token, language).await;
            self.open(stop, 390).await;
            for (width, form) in [(390, "phone"), (320, "small"), (1280, "desktop")] {
                self.stage.resize(width, 844).await;
                self.check(stop, width, language).await;
                if width == looked_at {
                    self.check_accessibility(stop, language).await;
                }
                if width == 1280 {
                    self.check_zoomed(stop, language).await;
                }
                if width != 320 {
                    self.picture(&format!("{}-{form}-{language}", stop.name), width).await;
                }
            }
        }
        if stop.main {
            self.dark(true).await;
            self.open(stop, 390).await;
            self.check_accessibility(stop, "en, dark").await;
            self.picture(&format!("{}-phone-dark", stop.name), 390).await;
            self.dark(false).await;
            self.print(stop.name).await;
        }
    }
}

async fn tour(pages: fn(&Sat) -> Vec<Stop>) {
    let axe = tool("KAOHE_AXE");
    let stage = Stage::open(Look::PHONE_ZH).await;
    let sat = sat(&stage).await;
    let stops = pages(&sat);
    let pictures = std::env::var_os("KAOHE_SCREENSHOTS").map(PathBuf::from);
    let axe = std::fs::read_to_string(Path::new(&axe)).unwrap();
    let mut tour = Tour { stage: &stage, axe, pictures, faults: Vec::new() };
    stage.go("/healthz").await;
    // One device for each: it holds the open attempt.
    let mut tokens: HashMap<&str, String> = HashMap::new();
    let holder = tokens.entry("m001").or_insert_with(|| stage.token("m001"));
    let take_over = Some(json!({ "take_over": true }));
    stage.call_as(holder, Method::POST, "/api/v1/tests/annual-study/attempts", take_over).await;
    for stop in &stops {
        let token = stop.login.map(|login| {
            if stop.aside {
                stage.token(login)
            } else {
                tokens.entry(login).or_insert_with(|| stage.token(login)).clone()
            }
        });
        tour.visit(stop, token.as_deref()).await;
    }
    assert!(tour.faults.is_empty(), "{} faults:\n{}", tour.faults.len(), tour.faults.join("\n"));
    stage.close().await;
}

#[tokio::test]
async fn every_page_of_members_is_narrow_light_and_accessible() {
    tour(members).await;
}

#[tokio::test]
async fn every_page_of_case_studies_is_narrow_light_and_accessible() {
    tour(case_studies).await;
}

#[tokio::test]
async fn every_page_of_the_office_is_narrow_light_and_accessible() {
    tour(offices).await;
}

#[tokio::test]
async fn every_page_of_the_assessment_is_narrow_light_and_accessible() {
    tour(assessments).await;
}

#[tokio::test]
async fn every_page_of_the_day_before_and_the_door_is_narrow_light_and_accessible() {
    tour(doors).await;
}

#[tokio::test]
async fn every_page_about_banks_is_narrow_light_and_accessible() {
    tour(banks).await;
}

#[tokio::test]
async fn every_page_about_people_is_narrow_light_and_accessible() {
    tour(rosters).await;
}
