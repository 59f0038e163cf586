//! Every kind of question through the server: order, match and numeric.

use crate::support::{Answer, World, definition, open, posted, questions};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

pub(crate) const KINDS: &str = include_str!("../fixtures/kinds.json");

/// Loads the bank that has a question of each of these kinds.
pub(crate) async fn load_kinds(world: &World) {
    let org = world.token("org").await;
    world.send(Method::POST, "/api/v1/banks?shared=true", Some(&org), KINDS).await.good();
}

/// A test with a question of each of these kinds: 3, 3 and 2 points.
fn all_kinds() -> Value {
    let section = |kind: &str, points: u32| json!({ "title": kind, "kind": kind, "points": points, "draw": [{ "bank": "kinds", "count": 1 }] });
    definition("t", json!({ "sections": [section("order", 3), section("match", 3), section("numeric", 2)] }))
}

async fn with_kinds() -> World {
    let world = World::new().await;
    load_kinds(&world).await;
    world.make(&all_kinds()).await;
    world
}

/// The label under which a paper shows an English text, in `list`.
fn label(question: &Value, list: &str, text: &str) -> String {
    let shown = question[list].as_array().unwrap().iter().find(|one| one["text"]["en"] == text).unwrap();
    shown["label"].as_str().unwrap().to_owned()
}

const STEPS: [&str; 4] = ["apply", "be named an activist", "be admitted on probation", "become a full member"];

fn steps(question: &Value, order: [usize; 4]) -> Vec<String> {
    order.map(|step| label(question, "options", STEPS[step])).to_vec()
}

fn pair(question: &Value, option: &str, target: &str) -> (String, Value) {
    (label(question, "options", option), json!(label(question, "targets", target)))
}

fn pairs(question: &Value) -> Value {
    let pairs = [
        ("branch meeting", "once a quarter"),
        ("group meeting", "once a month"),
        ("party lecture", "at regular times"),
    ];
    Value::Object(pairs.iter().map(|(option, target)| pair(question, option, target)).collect())
}

#[tokio::test]
async fn a_paper_shows_its_own_labels_and_nothing_of_a_key() {
    let world = with_kinds().await;
    let (mut orders, mut targets) = (Vec::new(), Vec::new());
    for login in ["m1", "m2", "m3", "m4"] {
        let token = world.token(login).await;
        let paper = world.start(&token).await;
        let [order, pairs, number] = questions(&paper).try_into().unwrap();
        let shown = |question: &Value, list: &str, part: &str| -> Vec<String> {
            question[list].as_array().unwrap().iter().map(|one| one[part].to_string()).collect()
        };
        assert_eq!(shown(&order, "options", "label"), ["\"A\"", "\"B\"", "\"C\"", "\"D\""]);
        assert_eq!(shown(&pairs, "targets", "label"), ["\"1\"", "\"2\"", "\"3\"", "\"4\""]);
        assert_eq!((&number["options"], number.get("targets"), order.get("targets")), (&json!([]), None, None));
        orders.push(shown(&order, "options", "text"));
        targets.push(shown(&pairs, "targets", "text"));
        let attempt = paper["attempt"].as_str().unwrap();
        let page = open(&world, &format!("/attempts/{attempt}"), &token).await.text;
        for body in [paper.to_string(), page] {
            for secret in
                ["qid-", "because-explained", "cited-", "secret-topic", "\"answer\"", "tolerance", "\"units\""]
            {
                assert!(!body.contains(secret), "{secret} in {body}");
            }
        }
    }
    orders.dedup();
    targets.dedup();
    assert!(orders.len() > 1 && targets.len() > 1, "each paper has an order of its own");
}

#[tokio::test]
async fn responses_speak_in_the_labels_of_the_paper_and_are_marked() {
    let world = with_kinds().await;
    let (m1, m3, org) = (world.token("m1").await, world.token("m3").await, world.token("org").await);
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap();
    let [order, matched, _] = questions(&paper).try_into().unwrap();
    let all = steps(&order, [0, 1, 2, 3]);
    for (position, wrong) in [
        (1, json!("A")),
        (1, json!(["A", "B", "C"])),
        (1, json!(["A", "B", "C", "C"])),
        (1, json!(["A", "B", "C", "E"])),
        (2, json!(["A"])),
        (2, json!({ "A": "5" })),
        (2, json!({ "A": 1 })),
        (2, json!({ "D": "1" })),
        (3, json!(["3"])),
        (3, json!("3".repeat(501))),
        (3, json!("3\u{0}")),
    ] {
        let refused = world.save(&m1, attempt, position, 1, wrong.clone()).await;
        assert_eq!(
            (refused.status, refused.kind()),
            (StatusCode::UNPROCESSABLE_ENTITY, "response-misfit".into()),
            "{wrong}"
        );
    }
    for (position, response) in [(1, json!(all)), (2, pairs(&matched)), (3, json!(3))] {
        assert_eq!(world.save(&m1, attempt, position, 1, response).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.submit(&m1, attempt).await.good()["score"], json!(8));

    // Two of three neighbours kept; one of three pairs; a number with its unit.
    let paper = world.start(&m3).await;
    let other = paper["attempt"].as_str().unwrap();
    let [order, matched, _] = questions(&paper).try_into().unwrap();
    let (first, one) = (steps(&order, [3, 0, 1, 2]), pair(&matched, "group meeting", "once a month"));
    for (position, response) in
        [(1, json!(first)), (2, Value::Object([one.clone()].into_iter().collect())), (3, json!("叁年"))]
    {
        assert_eq!(world.save(&m3, other, position, 1, response).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.submit(&m3, other).await.good()["score"], json!(5));

    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    let review = world.get(&format!("/api/v1/attempts/{other}"), &m3).await.good();
    let [order, matched, number] = questions(&review).try_into().unwrap();
    assert_eq!((&order["mark"], &matched["mark"], &number["mark"]), (&json!(2), &json!(1), &json!(2)));
    assert_eq!(order["answer"], json!(steps(&order, [0, 1, 2, 3])), "the key in the labels of this paper");
    assert_eq!(matched["answer"], pairs(&matched));
    assert_eq!(number["answer"], json!({ "value": 3, "tolerance": 0, "units": ["年", "years"] }));
    let page = open(&world, &format!("/attempts/{other}"), &m3).await.text;
    assert!(
        page.contains(&steps(&order, [0, 1, 2, 3]).join(" → "))
            && page.contains(&steps(&order, [3, 0, 1, 2]).join(" → "))
    );

    let sheet = world.get("/api/v1/tests/t/responses.csv", &org).await.text;
    let line = |question: &str, attempt: &str| {
        sheet.lines().find(|line| line.contains(question) && line.contains(attempt)).unwrap()
    };
    assert!(line("qid-o1", other).contains("\"D,A,B,C\""), "{sheet}");
    assert!(line("qid-x1", attempt).contains(r#""{""A"":""1"",""B"":""2"",""C"":""4""}""#), "{sheet}");
    assert!(line("qid-n1", other).contains("叁年"), "{sheet}");
}

async fn form(world: &World, token: &str, attempt: &str, fields: &[(&str, &str)]) -> Answer {
    posted(world, &format!("/attempts/{attempt}"), token, fields).await
}

#[tokio::test]
async fn a_plain_form_numbers_pairs_and_calculates() {
    let world = with_kinds().await;
    let m1 = world.token("m1").await;
    let paper = world.start(&m1).await;
    let attempt = paper["attempt"].as_str().unwrap();
    let known = [("was1", "null"), ("save1", "0"), ("was2", "null"), ("save2", "0"), ("was3", "null"), ("save3", "0")];
    let half = [&known[..], &[("r1_1", "2"), ("r1_2", "2"), ("r1_3", ""), ("r1_4", "1")]].concat();
    let refused = form(&world, &m1, attempt, &half).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "half an order is no order");
    assert_eq!(
        refused.text.matches("<option value=\"2\" selected>").count(),
        2,
        "it stays in the form: {}",
        refused.text
    );
    let whole = [
        &known[..],
        &[
            ("r1_1", "2"),
            ("r1_2", "3"),
            ("r1_3", "4"),
            ("r1_4", "1"),
            ("r2_1", "2"),
            ("r2_2", ""),
            ("r2_3", "2"),
            ("r3", "3 年"),
        ],
    ]
    .concat();
    assert_eq!(form(&world, &m1, attempt, &whole).await.status, StatusCode::SEE_OTHER);
    let stored: Vec<Value> = questions(&world.start(&m1).await).iter().map(|one| one["response"].clone()).collect();
    assert_eq!(stored, [json!(["D", "A", "B", "C"]), json!({ "A": "2", "C": "2" }), json!("3 年")]);
    let again = open(&world, &format!("/attempts/{attempt}"), &m1).await.text;
    assert!(again.contains("value=\"3 年\"") && again.matches(" selected>").count() == 6, "{again}");
}

#[tokio::test]
async fn an_exported_bank_is_the_same_edition() {
    let world = World::new().await;
    load_kinds(&world).await;
    let org = world.token("org").await;
    let exported = world.get("/api/v1/banks/kinds/export", &org).await.text;
    let again = world.send(Method::POST, "/api/v1/banks", Some(&org), exported).await.good();
    assert_eq!((&again["edition"], &again["unchanged"]), (&json!(1), &json!(6)));
    let counts = world.get("/api/v1/banks/kinds", &org).await.good()["counts"]["kinds"].clone();
    assert_eq!(counts, json!({ "blank": 1, "order": 1, "match": 1, "numeric": 1, "short": 1, "essay": 1 }));
}

/// A test of a short answer (5 points), an essay (10) and a gap (2), handed in by `login`.
async fn written(world: &World, login: &str, [short, essay, gap]: [&str; 3]) -> String {
    let token = world.token(login).await;
    let paper = world.start(&token).await;
    let attempt = paper["attempt"].as_str().unwrap();
    for (position, response) in [(1, json!(short)), (2, json!(essay)), (3, json!([gap]))] {
        assert_eq!(world.save(&token, attempt, position, 1, response).await.status, StatusCode::NO_CONTENT);
    }
    world.submit(&token, attempt).await.good();
    attempt.to_owned()
}

async fn with_written() -> World {
    let world = World::new().await;
    load_kinds(&world).await;
    let section = |kind: &str, points: u32| json!({ "title": kind, "kind": kind, "points": points, "draw": [{ "bank": "kinds", "count": 1 }] });
    let sections = json!([section("short", 5), section("essay", 10), section("blank", 2)]);
    world.make(&definition("t", json!({ "sections": sections }))).await;
    world
}

fn waiting(list: &Value, question: &str) -> Vec<Value> {
    let questions = list["questions"].as_array().unwrap();
    let one = questions.iter().find(|one| one["question"] == question).unwrap();
    one["waiting"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_is_written_or_nearly_right_is_marked_by_a_person() {
    let world = with_written().await;
    let (org, m1) = (world.token("org").await, world.token("m1").await);
    let first = written(&world, "m1", ["first answer", "an\nessay", "民主集中"]).await;
    written(&world, "m3", ["", "  ", "民主集中制"]).await;
    let done = world.submit(&m1, &first).await.good();
    assert_eq!((&done["score"], &done["pending"]), (&json!(0), &json!(3)));
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    let report = world.get("/api/v1/tests/t/report", &org).await.good();
    let branch = &report["branch"];
    assert_eq!((&report["final"], &branch["sat"], &branch["pending"]), (&json!(false), &json!(2), &json!(1)));
    assert_eq!(branch["highest"], branch["lowest"], "the score of one counts so far");

    let list = world.get("/api/v1/tests/t/marking", &org).await.good();
    assert_eq!((&list["waiting"], &list["marked"]), (&json!(3), &json!(0)));
    for private in ["m1", &first, "\"login\"", "\"name\"", "\"attempt\""] {
        assert!(!list.to_string().contains(private), "{private} in {list}");
    }
    let short = waiting(&list, "kinds/qid-w1")[0].clone();
    assert_eq!((&short["text"], &short["points"]), (&json!("first answer"), &json!(5)));
    let mark = |response: Value, points: Value| {
        world.post("/api/v1/tests/t/marking", &org, json!({ "response": response, "points": points, "note": "fair" }))
    };
    for wrong in [json!(5.5), json!(3.3)] {
        assert_eq!(mark(short["response"].clone(), wrong).await.kind(), "invalid-field");
    }
    assert_eq!(mark(short["response"].clone(), json!(3.5)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        mark(short["response"].clone(), json!(4)).await.kind(),
        "changed-meanwhile",
        "a response is marked once"
    );
    assert_eq!(
        mark(waiting(&list, "kinds/qid-b2")[0]["response"].clone(), json!(2)).await.status,
        StatusCode::NO_CONTENT
    );
    let open = world.get(&format!("/api/v1/attempts/{first}"), &m1).await.good();
    let marks: Vec<Value> = questions(&open).iter().map(|one| one["mark"].clone()).collect();
    assert_eq!((marks, &open["pending"]), (vec![json!(3.5), Value::Null, json!(2)], &json!(1)));
    let page = open_page(&world, &org, "kinds/qid-w2").await;
    assert!(page.contains("an\nessay") && page.contains("model-answer-essay") && !page.contains(&first), "{page}");
    let fields = [("question", "kinds/qid-w2"), ("response", key_on(&page)), ("points", "7")];
    assert_eq!(posted(&world, "/tests/t/marking", &org, &fields).await.status, StatusCode::SEE_OTHER);

    let done = world.get(&format!("/api/v1/attempts/{first}"), &m1).await.good();
    assert_eq!((&done["score"], &done["pending"], &done["passed"]), (&json!(12.5), &json!(0), &json!(true)));
    let report = world.get("/api/v1/tests/t/report", &org).await.good();
    assert_eq!((&report["final"], &report["branch"]["pending"]), (&json!(true), &json!(0)));
    let list = world.get("/api/v1/tests/t/marking", &org).await.good();
    assert_eq!((&list["waiting"], &list["marked"]), (&json!(0), &json!(3)));
    let given = list["questions"].as_array().unwrap().iter().find(|one| one["question"] == "kinds/qid-w1").unwrap();
    assert_eq!(given["marked"][0]["mark"], json!(3.5));
    let again = |note: &str| {
        let body = json!({ "response": given["marked"][0]["response"], "points": 5, "again": true, "note": note });
        let (world, org) = (&world, &org);
        async move { world.post("/api/v1/tests/t/marking", org, body).await.status }
    };
    assert_eq!(again(" ").await, StatusCode::UNPROCESSABLE_ENTITY, "a change says why");
    assert_eq!(again("all points are there").await, StatusCode::NO_CONTENT);
    let changed = world.get(&format!("/api/v1/attempts/{first}"), &m1).await.good();
    assert_eq!(changed["score"], json!(14));
    let verified = kaohe::service::proofs::verify_trace(&world.app).await.unwrap();
    assert!(verified.holds(), "{verified:?}");
}

async fn open_page(world: &World, token: &str, question: &str) -> String {
    open(world, &format!("/tests/t/marking?question={question}"), token).await.text
}

fn key_on(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"response\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn nobody_marks_beyond_their_branch_nor_the_own_answer() {
    let world = with_written().await;
    written(&world, "m1", ["a", "b", "c"]).await;
    let (org_b, m1) = (world.token("org-b").await, world.token("m1").await);
    assert_eq!(world.get("/api/v1/tests/t/marking", &m1).await.status, StatusCode::FORBIDDEN);
    let beyond = world.get("/api/v1/tests/t/marking", &org_b).await;
    assert!([StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&beyond.status), "{}", beyond.text);
}
