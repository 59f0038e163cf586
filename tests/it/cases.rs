//! Case studies: material with parts, each answered, marked and corrected as a question of its own.

use crate::support::{World, definition, open, posted, questions};
use axum::http::{Method, StatusCode};
use kaohe::service::proofs;
use serde_json::{Value, json};

const CASES: &str = include_str!("../fixtures/cases.json");
const MARKING: &str = "/api/v1/tests/t/marking";

async fn with_cases(changes: Value) -> World {
    let world = World::new().await;
    let org = world.token("org").await;
    world.send(Method::POST, "/api/v1/banks?shared=true", Some(&org), CASES).await.good();
    let mut test = definition("t", changes);
    test["sections"] = json!([{ "kind": "case", "points": 20, "draw": [{ "bank": "cases", "count": 2 }] }]);
    world.make(&test).await;
    world
}

/// The paper's label of what reads `text` in a list of a part.
fn label(part: &Value, list: &str, text: &str) -> String {
    let shown = part[list].as_array().unwrap().iter().find(|one| one["text"]["en"] == text);
    shown.unwrap()["label"].as_str().unwrap().to_owned()
}

fn with_parts(paper: &Value, count: usize) -> Value {
    questions(paper).into_iter().find(|one| one["parts"].as_array().unwrap().len() == count).unwrap()
}

/// Everything right but the order, which stands upside down, and a written answer.
fn answered(case: &Value) -> Value {
    let part = |number: usize| &case["parts"][number - 1];
    let single = label(part(1), "options", "each month");
    let all = ["general meeting", "committee meeting", "group meeting"].map(|text| label(part(2), "options", text));
    let order = ["yearly", "quarterly", "monthly"].map(|text| label(part(3), "options", text));
    let pairs = json!({ label(part(4), "options", "general meeting"): label(part(4), "targets", "quarterly"),
        label(part(4), "options", "committee meeting"): label(part(4), "targets", "monthly") });
    json!([single, all, order, pairs, ["季度"], "no meetings of the committee"])
}

/// The test sat by m1: what a key can mark of the large case is 12 of 14 points; the small one is right but for a part.
async fn sat(world: &World) -> (String, i64) {
    let token = world.token("m1").await;
    let paper = world.start(&token).await;
    let attempt = paper["attempt"].as_str().unwrap().to_owned();
    let (large, small) = (with_parts(&paper, 6), with_parts(&paper, 3));
    let place = |case: &Value| case["position"].as_i64().unwrap();
    for (case, response) in [(&large, answered(&large)), (&small, json!([true, "4次", true]))] {
        let saved = world.save(&token, &attempt, place(case), 1, response).await;
        assert_eq!(saved.status, StatusCode::NO_CONTENT, "{}", saved.text);
    }
    world.submit(&token, &attempt).await.good();
    (attempt, place(&large))
}

async fn score(world: &World, attempt: &str) -> (Value, Value) {
    let token = world.token("m1").await;
    let mine = world.get(&format!("/api/v1/attempts/{attempt}"), &token).await.good();
    (mine["score"].clone(), mine["pending"].clone())
}

#[tokio::test]
async fn a_paper_shows_material_and_parts_and_no_key() {
    let world = with_cases(json!({})).await;
    let token = world.token("m1").await;
    let paper = world.start(&token).await;
    let case = with_parts(&paper, 6);
    assert_eq!((&case["kind"], &case["points"], &case["options"]), (&json!("case"), &json!(20), &json!([])));
    let kinds: Vec<&Value> = case["parts"].as_array().unwrap().iter().map(|part| &part["kind"]).collect();
    assert_eq!(json!(kinds), json!(["single", "multiple", "order", "match", "blank", "short"]));
    let points: Vec<&Value> = case["parts"].as_array().unwrap().iter().map(|part| &part["points"]).collect();
    assert_eq!(json!(points), json!([4, 4, 2, 2, 2, 6]));
    assert_eq!(case["parts"][3]["targets"].as_array().unwrap().len(), 3);
    let thirds = with_parts(&paper, 3)["parts"].clone();
    assert_eq!(json!([thirds[0]["points"], thirds[1]["points"], thirds[2]["points"]]), json!([6.67, 6.66, 6.67]));
    let attempt = paper["attempt"].as_str().unwrap();
    let page = open(&world, &format!("/attempts/{attempt}"), &token).await.text;
    assert!(page.contains("name=\"r1p1"), "{page}");
    for body in [paper.to_string(), page] {
        for secret in
            ["case-1", "ratio", "\"share\"", "\"answer\"", "Usually once", "Article 1", "tolerance", "no monthly"]
        {
            assert!(!body.contains(secret), "{secret} in {body}");
        }
    }
}

#[tokio::test]
async fn a_response_has_an_entry_for_each_part() {
    let world = with_cases(json!({})).await;
    let token = world.token("m1").await;
    let paper = world.start(&token).await;
    let attempt = paper["attempt"].as_str().unwrap();
    let small = with_parts(&paper, 3)["position"].as_i64().unwrap();
    for wrong in
        [json!("A"), json!([true]), json!([true, 4, true, null]), json!(["A", 4, true]), json!([true, [4], true])]
    {
        let refused = world.save(&token, attempt, small, 1, wrong.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let half = json!([null, 4, null]);
    assert_eq!(world.save(&token, attempt, small, 1, half.clone()).await.status, StatusCode::NO_CONTENT);
    let again = world.get(&format!("/api/v1/attempts/{attempt}"), &token).await.good();
    assert_eq!(with_parts(&again, 3)["response"], half);
    let result = world.submit(&token, attempt).await.good();
    assert_eq!((&result["score"], &result["pending"]), (&json!(6.66), &json!(0)), "what is empty waits for nobody");
}

#[tokio::test]
async fn a_form_without_script_saves_the_parts() {
    let world = with_cases(json!({})).await;
    let token = world.token("m1").await;
    let paper = world.start(&token).await;
    let attempt = paper["attempt"].as_str().unwrap();
    let (position, save) = (with_parts(&paper, 3)["position"].as_i64().unwrap(), "0");
    let path = format!("/attempts/{attempt}");
    let name = |rest: &str| format!("r{position}{rest}");
    let form = [
        (format!("was{position}"), "null"),
        (format!("save{position}"), save),
        (name("p1"), "true"),
        (name("p2"), "4次"),
        ("action".to_owned(), "save"),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    posted(&world, &path, &token, &form).await;
    let mine = world.get(&format!("/api/v1/attempts/{attempt}"), &token).await.good();
    assert_eq!(with_parts(&mine, 3)["response"], json!([true, "4次", null]));
    let page = open(&world, &path, &token).await.text;
    assert!(page.contains(&format!("name=\"r{position}p2\" value=\"4次\"")), "{page}");
    let check = open(&world, &format!("{path}/check"), &token).await.text;
    assert!(check.contains(&format!("{path}#q{position}")), "a case of which a part is open isn't answered: {check}");
}

#[tokio::test]
async fn what_is_written_is_marked_part_by_part() {
    let world = with_cases(json!({})).await;
    let (attempt, position) = sat(&world).await;
    assert_eq!(
        score(&world, &attempt).await,
        (json!(13.33), json!(1)),
        "the small case; the large one waits as a whole"
    );
    let org = world.token("org").await;
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    let list = world.get(MARKING, &org).await.good();
    let waiting = &list["questions"][0]["waiting"][0];
    let by_key: Vec<&Value> = waiting["parts"].as_array().unwrap().iter().map(|part| &part["mark"]).collect();
    assert_eq!(json!(by_key), json!([4, 4, 0, 2, 2, null]));
    let give = |body: Value| world.post(MARKING, &org, body);
    let response = &waiting["response"];
    for (wrong, kind) in [
        (json!({ "response": response, "points": 18 }), "invalid"),
        (json!({ "response": response, "parts": [null, null, null, null, null, 6.5] }), "invalid"),
        (json!({ "response": response, "parts": [null, null, null, null, null, 2.25] }), "invalid"),
        (json!({ "response": response, "parts": [4, null, null, null, null, 2] }), "invalid"),
        (json!({ "response": response, "parts": [2] }), "invalid"),
        (json!({ "response": response, "points": 3, "parts": [2] }), "file"),
    ] {
        let refused = give(wrong.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}: {wrong} {}", refused.text);
    }
    let page = open(&world, "/tests/t/marking?question=cases/case-1", &org).await.text;
    assert!(
        page.contains("name=\"part6\"")
            && !page.contains("name=\"part5\"")
            && page.contains("no meetings of the committee")
    );
    let key = response.as_str().unwrap();
    let form = [("question", "cases/case-1"), ("response", key), ("parts", "6"), ("part6", "4.5"), ("note", "")];
    assert_eq!(posted(&world, "/tests/t/marking", &org, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(score(&world, &attempt).await, (json!(29.83), json!(0)));

    let m1 = world.token("m1").await;
    let review = world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.good();
    let case = with_parts(&review, 6);
    let marks: Vec<&Value> = case["parts"].as_array().unwrap().iter().map(|part| &part["mark"]).collect();
    assert_eq!((json!(marks), &case["mark"]), (json!([4, 4, 0, 2, 2, 4.5]), &json!(16.5)));
    assert_eq!(case["parts"][0]["answer"], json!(label(&case["parts"][0], "options", "each month")));
    assert_eq!(case["parts"][0]["explanation"]["en"], "Usually once a month.");
    let page = open(&world, &format!("/attempts/{attempt}"), &m1).await.text;
    assert!(page.contains("Usually once a month.") && page.contains("4.5 of 6"), "{page}");

    // A part's key is corrected: what a person gave stays, what the key marks changes.
    let answer = json!(["A", ["A", "B", "C"], ["C", "B", "A"], { "A": "2", "B": "1" }, [["季度"]], { "model": "m" }]);
    let correction = json!({ "bank": "cases", "question": "case-1", "change": "key", "answer": answer, "reason": "the other way round" });
    world.post("/api/v1/tests/t/amendments", &org, correction).await.good();
    assert_eq!(score(&world, &attempt).await, (json!(31.83), json!(0)));
    let again = world.get(MARKING, &org).await.good()["questions"][0]["marked"][0].clone();
    assert_eq!((&again["mark"], &again["parts"][2]["mark"]), (&json!(18.5), &json!(2)));
    let body = json!({ "response": again["response"], "parts": [null, null, null, null, null, 6], "again": true, "note": "all there" });
    assert_eq!(give(body).await.status, StatusCode::NO_CONTENT);
    assert_eq!(score(&world, &attempt).await, (json!(33.33), json!(0)));
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
    assert!(proofs::verify_draw(&world.app, &kaohe::rules::rights::Caller::operator(), "t").await.unwrap().holds());

    let sheet = world.get("/api/v1/tests/t/responses.csv", &org).await.text;
    let line = sheet.lines().find(|line| line.contains("case-1")).unwrap();
    assert!(
        line.contains(&format!(",{position},cases,case-1,")) && line.contains("no meetings of the committee"),
        "{line}"
    );
    assert!(line.contains(r#"[""A"",[""A"",""B"",""C""],[""C"",""B"",""A""]"#), "in the bank's labels: {line}");
}

#[tokio::test]
async fn two_markers_agree_part_by_part() {
    let world = with_cases(json!({ "markers": 2, "difference": 2 })).await;
    let (attempt, _) = sat(&world).await;
    let org = world.token("org").await;
    for login in ["m2", "m3"] {
        world.send(Method::PUT, &format!("/api/v1/tests/t/markers/{login}"), Some(&org), "").await;
    }
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    for (login, points) in [("m2", 3.0), ("m3", 4.5)] {
        let token = world.token(login).await;
        let waiting = world.get(MARKING, &token).await.good()["questions"][0]["waiting"][0].clone();
        let body = json!({ "response": waiting["response"], "parts": [null, null, null, null, null, points] });
        assert_eq!(world.post(MARKING, &token, body).await.status, StatusCode::NO_CONTENT);
    }
    // 3 and 4.5: 3.75, half up to a half point.
    assert_eq!(score(&world, &attempt).await, (json!(29.33), json!(0)));
    assert!(proofs::verify_trace(&world.app).await.unwrap().holds());
}

#[tokio::test]
async fn the_correction_form_asks_part_by_part() {
    let world = with_cases(json!({})).await;
    let (attempt, _) = sat(&world).await;
    let org = world.token("org").await;
    world.post("/api/v1/tests/t/close", &org, json!({})).await.good();
    let path = "/tests/t/corrections";
    let page = open(&world, &format!("{path}/question?bank=cases&question=case-2"), &org).await.text;
    assert!(page.contains("name=\"part1-answer\"") && page.contains("name=\"part2-tolerance\""), "{page}");
    let form = [
        ("bank", "cases"),
        ("question", "case-2"),
        ("change", "accept"),
        ("part1-answer", "true"),
        ("part2-answer", "4"),
        ("part2-tolerance", "0"),
        ("part3-answer", "true"),
        ("step", "apply"),
        ("reason", "both may be said"),
    ];
    let shown = posted(&world, path, &org, &form).await;
    assert!(shown.status.is_success() || shown.status.is_redirection(), "{}", shown.text);
    let answer = json!([true, { "value": 4 }, true]);
    let correction = json!({ "bank": "cases", "question": "case-2", "change": "accept", "answer": answer, "reason": "both may be said" });
    world.post("/api/v1/tests/t/amendments", &org, correction).await.good();
    assert_eq!(score(&world, &attempt).await.0, json!(20), "the third part of the small case");
}

#[tokio::test]
async fn a_case_is_refused_with_places() {
    let world = World::new().await;
    let org = world.token("org").await;
    for (piece, by, code) in [
        ("\"share\": 30", "\"share\": 20", "part-shares"),
        ("\"answer\": true\n", "\"answer\": true, \"share\": 50\n", "part-shares"),
        ("\"id\": \"case-2\",", "\"id\": \"case-2\", \"answer\": [],", "answer-in-parts"),
        ("\"kind\": \"numeric\"", "\"kind\": \"case\"", "not-one-of"),
        ("\"kind\": \"case\",", "\"kind\": \"short\",", "not-for-kind"),
        ("\"answer\": \"A\"", "\"answer\": \"D\"", "unknown-label"),
        ("\"parts\"", "\"part\"", "unknown-field"),
    ] {
        assert!(CASES.contains(piece), "{piece}");
        let file = CASES.replacen(piece, by, 1);
        let refused = world.send(Method::POST, "/api/v1/banks?dry_run=true", Some(&org), file).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{by}");
        assert!(refused.text.contains(&format!("\"code\":\"{code}\"")), "{code}: {}", refused.text);
    }
}
