//! Looking through a bank on its page: searching, and comparing editions.

use crate::support::{BANK, World};
use axum::http::{Method, StatusCode};

async fn world() -> (World, String) {
    let world = World::new().await;
    world.load_bank().await;
    let token = world.token("org").await;
    (world, token)
}

#[tokio::test]
async fn a_bank_is_searched_by_words_topic_kind_and_difficulty() {
    let (world, token) = world().await;
    for (query, shown, hidden) in [
        ("search=SINGLE%20three", "qid-s3", "qid-s2"),
        ("search=because-explained-s1", "qid-s1", "qid-s3"),
        ("topic=secret-topic-b&kind=single", "qid-s4", "qid-s1"),
        ("kind=single&difficulty=2", "qid-s2", "qid-m1"),
    ] {
        let page = world.get(&format!("/banks/rules?{query}"), &token).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains(shown) && !page.text.contains(hidden), "{query}");
    }
    let none = world.get("/banks/rules?search=nowhere-said", &token).await;
    assert!(none.text.contains("没有符合条件的试题"), "{none:?}");
}

#[tokio::test]
async fn two_editions_are_compared_question_by_question() {
    let (world, token) = world().await;
    let newer = BANK.replace("\"alpha2\"", "\"alpha-mended\"").replace("qid-s4", "qid-new");
    world.send(Method::POST, "/api/v1/banks", Some(&token), newer).await.good();
    let page = world.get("/banks/rules/changes", &token).await;
    assert_eq!(page.status, StatusCode::OK);
    for said in ["alpha2", "alpha-mended", "qid-new", "qid-s4"] {
        assert!(page.text.contains(said), "{said}");
    }
    assert!(!page.text.contains("qid-s3"), "what is the same isn't listed");
    let same = world.get("/banks/rules/changes?before=2&after=2", &token).await;
    assert!(same.text.contains("完全相同"));
    assert_eq!(world.get("/banks/rules/changes?before=9", &token).await.status, StatusCode::NOT_FOUND);
    let outside = world.token("org-b").await;
    assert_eq!(world.get("/banks/rules/changes", &outside).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_mistake_is_shown_beside_the_line_of_the_file() {
    let (world, token) = world().await;
    let wrong = BANK.replace("\"difficulty\": 4", "\"difficulty\": 9");
    let boundary = "----b";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rules.json\"\r\n\r\n{wrong}\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"action\"\r\n\r\ncheck\r\n--{boundary}--\r\n"
    );
    let request = axum::http::Request::builder()
        .method(Method::POST)
        .uri("/banks")
        .header("host", "danwei.example")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", format!("multipart/form-data; boundary={boundary}"));
    let page = world.request(request.body(body.into()).unwrap()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("class=\"excerpt") && page.text.contains("&quot;difficulty&quot;: <mark>"),
        "{}",
        page.text
    );
}
