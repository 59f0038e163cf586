//! A test made by form, without script: created, refused, changed, copied, tried and announced on the page.

use crate::forms::{Fields, fields_of, send};
use crate::support::{Answer, BANK, MINUTE, NOON, World, definition, open};
use axum::http::{Method, StatusCode};
use serde_json::json;

fn with(fields: &Fields, changes: &[(&str, &str)]) -> Fields {
    let mut fields = fields.clone();
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

fn value<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.iter().find(|(known, _)| known == name).map_or("(none)", |(_, value)| value)
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    answer.headers["location"].to_str().unwrap()
}

async fn world() -> (World, String) {
    let world = World::new().await;
    world.load_bank().await;
    let org = world.token("org").await;
    (world, org)
}

#[tokio::test]
async fn the_ready_form_makes_a_test() {
    let (world, org) = world().await;
    let page = open(&world, "/tests/new", &org).await;
    let fields = fields_of(&page.text);
    assert_eq!(
        (value(&fields, "branches"), value(&fields, "s0-r0-bank"), value(&fields, "minutes")),
        ("HQ", "rules", "60")
    );
    assert!(page.text.contains("4 members are due"));
    let suggested = value(&fields, "test").to_owned();
    assert!(suggested.starts_with("monthly-20"), "{suggested}");
    let made = send(&world, "/tests", &org, &with(&fields, &[("action", "make"), ("title_en", "By form")])).await;
    // Linked questions: only two of three true-or-false ones can stand on a paper.
    assert_eq!(made.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(made.text.contains("href=\"#f-s2-r0-count\"") && made.text.contains("By form"), "{}", made.text);
    let mended = with(&fields_of(&made.text), &[("s2-r0-count", "２"), ("action", "make")]);
    let made = send(&world, "/tests", &org, &mended).await;
    assert_eq!(location(&made), format!("/tests/{suggested}/manage?done=made"));
    let stored = world.get(&format!("/api/v1/tests/{suggested}"), &org).await.good();
    assert_eq!((&stored["title"]["en"], &stored["sections"][2]["draw"][0]["count"]), (&json!("By form"), &json!(2)));
    let next = open(&world, "/tests/new", &org).await;
    assert_eq!(value(&fields_of(&next.text), "test"), format!("{suggested}-2"), "the name is taken now");
}

#[tokio::test]
async fn steps_keep_everything_and_say_what_fits() {
    let (world, org) = world().await;
    let fields = with(
        &fields_of(&open(&world, "/tests/new", &org).await.text),
        &[("title_zh", "键入<的>"), ("minutes", "半小时")],
    );
    let added = send(&world, "/tests", &org, &with(&fields, &[("action", "add-row:0")])).await;
    assert_eq!(added.status, StatusCode::OK);
    let now = fields_of(&added.text);
    assert_eq!(
        (value(&now, "title_zh"), value(&now, "minutes"), value(&now, "s0-r1-bank")),
        ("键入<的>", "半小时", "rules")
    );
    let asked = with(&now, &[("s0-r1-count", "3"), ("s0-r1-topics", "secret-topic-a"), ("action", "check")]);
    let short = send(&world, "/tests", &org, &asked).await;
    assert!(short.text.contains("only 2 fit: 2 easy, 0 middling, 0 hard"), "{}", short.text);
    assert!(short.text.contains("There are not enough questions") && short.text.contains("7 needed"), "{}", short.text);
    assert!(short.text.contains("This section: 7 questions, 14 points"));
    let fewer = with(
        &fields_of(&short.text),
        &[("s0-r0-count", "2"), ("s0-r1-count", "2"), ("s2-r0-count", "2"), ("action", "check")],
    );
    let enough = send(&world, "/tests", &org, &fewer).await;
    assert!(enough.text.contains("There are enough questions"), "{}", enough.text);
    let refused =
        send(&world, "/tests", &org, &with(&fields_of(&enough.text), &[("action", "make"), ("closes", "")])).await;
    for piece in
        ["href=\"#f-minutes\"", "id=\"f-minutes-error\"", "href=\"#f-closes\"", "2 things need a change", "半小时"]
    {
        assert!(refused.text.contains(piece), "{piece}: {}", refused.text);
    }
    let removed =
        send(&world, "/tests", &org, &with(&fields_of(&refused.text), &[("action", "remove-section:0")])).await;
    assert_eq!(value(&fields_of(&removed.text), "s0-kind"), "multiple");
    let late = send(&world, "/tests", &org, &with(&fields, &[("action", "check"), ("late_minutes", "30")])).await;
    assert!(late.text.contains("before half of the window is over"));
}

#[tokio::test]
async fn a_file_fills_the_form_and_the_old_way_still_works() {
    let (world, org) = world().await;
    let fields = fields_of(&open(&world, "/tests/new", &org).await.text);
    let file = definition("from-file", json!({ "late_minutes": 40 })).to_string();
    let typed = with(&fields, &[("definition", &file)]);
    let ignored = send(&world, "/tests", &org, &with(&typed, &[("action", "make")])).await;
    assert_eq!(ignored.status, StatusCode::UNPROCESSABLE_ENTITY, "neither is dropped unseen");
    assert_eq!(value(&fields_of(&ignored.text), "definition"), file);
    let filled = send(&world, "/tests", &org, &with(&typed, &[("action", "fill")])).await;
    let now = fields_of(&filled.text);
    assert_eq!(
        (value(&now, "test"), value(&now, "late_minutes"), value(&now, "s1-policy")),
        ("from-file", "40", "half_if_incomplete")
    );
    let broken =
        send(&world, "/tests", &org, &with(&now, &[("definition", "{ \"test\": 3"), ("action", "fill")])).await;
    assert!(broken.text.contains("{ &quot;test&quot;: 3") || broken.text.contains("{ \"test\": 3"), "{}", broken.text);
    assert_eq!(value(&fields_of(&broken.text), "late_minutes"), "40", "the form stays");
    assert_eq!(
        location(&send(&world, "/tests", &org, &with(&now, &[("action", "make")])).await),
        "/tests/from-file/manage?done=made"
    );
    let old = vec![("definition".to_owned(), definition("old-way", json!({})).to_string())];
    assert_eq!(location(&send(&world, "/tests", &org, &old).await), "/tests/old-way/manage?done=made");
    let again = send(&world, "/tests", &org, &old).await;
    assert!(again.status == StatusCode::CONFLICT && value(&fields_of(&again.text), "test") == "old-way", "{again:?}");
    let download = open(&world, "/tests/old-way/file", &org).await;
    assert_eq!(download.good()["test"], json!("old-way"));
    assert!(download.headers["content-disposition"].to_str().unwrap().contains("old-way.json"));
}

#[tokio::test]
async fn changing_copying_and_longer_times() {
    let world = World::with_test().await;
    let (org, m1) = (world.token("org").await, world.token("m1").await);
    let fields = fields_of(&open(&world, "/tests/t/edit", &org).await.text);
    let changed =
        send(&world, "/tests/t/replace", &org, &with(&fields, &[("title_en", "Changed"), ("action", "make")])).await;
    assert_eq!(location(&changed), "/tests/t/manage?done=changed");
    let copied = open(&world, "/tests/t/copy", &org).await;
    let copy = fields_of(&copied.text);
    assert_eq!((value(&copy, "title_en"), value(&copy, "s3-kind")), ("Changed", "blank"));
    assert_ne!(value(&copy, "test"), "t");
    assert_ne!(value(&copy, "opens"), value(&fields, "opens"), "the window lies ahead");
    let made = send(&world, "/tests", &org, &with(&copy, &[("test", "t2"), ("action", "make")])).await;
    assert_eq!(location(&made), "/tests/t2/manage?done=made");
    let before = world.start(&m1).await;
    let page = open(&world, "/tests/t/edit", &org).await;
    assert!(
        page.text.contains("name=\"minutes\"") && !page.text.contains("s0-kind") && !page.text.contains("title_zh")
    );
    let longer = |minutes: &str| -> Fields {
        [("form", "longer"), ("closes", "2099-01-01T09:00"), ("minutes", minutes), ("late_minutes", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    };
    let shorter = send(&world, "/tests/t/replace", &org, &longer("5")).await;
    assert!(shorter.status == StatusCode::CONFLICT && shorter.text.contains("2099-01-01T09:00"), "{shorter:?}");
    assert_eq!(location(&send(&world, "/tests/t/replace", &org, &longer("35")).await), "/tests/t/manage?done=changed");
    assert_eq!(before["deadline"], json!(crate::support::time(NOON + 20 * MINUTE)));
    assert_eq!(world.start(&m1).await["deadline"], json!(crate::support::time(NOON + 35 * MINUTE)));
    let late =
        send(&world, "/tests/t/replace", &org, &with(&fields, &[("title_en", "Too late"), ("action", "make")])).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn newer_editions_are_offered_and_never_taken_silently() {
    let world = World::with_test().await;
    let org = world.token("org").await;
    let newer = BANK.replace("Single two", "Single two, reworded");
    world.send(Method::POST, "/api/v1/banks", Some(&org), newer).await.good();
    let offered = async || open(&world, "/tests/t/manage", &org).await.text.contains("Banks have newer versions");
    assert!(offered().await);
    let fields = fields_of(&open(&world, "/tests/t/edit", &org).await.text);
    location(&send(&world, "/tests/t/replace", &org, &with(&fields, &[("minutes", "25"), ("action", "make")])).await);
    world.put("/api/v1/tests/t", &org, definition("t", json!({ "minutes": 26 }))).await.good();
    assert!(offered().await, "both ways keep what is pinned");
    let taken = with(&fields, &[("newest", "1"), ("action", "make")]);
    location(&send(&world, "/tests/t/replace", &org, &taken).await);
    assert!(!offered().await);
    let again = BANK.replace("Single two", "Single two, once more");
    world.send(Method::POST, "/api/v1/banks", Some(&org), again).await.good();
    assert!(offered().await);
    world.put("/api/v1/tests/t?newest_editions=true", &org, definition("t", json!({}))).await.good();
    assert!(!offered().await);
    assert!(
        kaohe::service::proofs::verify_draw(&world.app, &world.caller("org").await, "t")
            .await
            .unwrap()
            .commitment_holds
    );
}

#[tokio::test]
async fn a_trial_paper_is_nobodys_and_leaks_no_key() {
    let world = World::with_test().await;
    let (org, org_a, m1) = (world.token("org").await, world.token("org-a").await, world.token("m1").await);
    let form =
        with(&fields_of(&open(&world, "/tests/t/edit", &org).await.text), &[("minutes", "77"), ("action", "try")]);
    let mut papers = Vec::new();
    for _ in 0..8 {
        papers.push(open(&world, "/tests/t/trial", &org).await);
    }
    let unsaved = send(&world, "/tests/t/replace", &org, &form).await;
    assert!(unsaved.text.contains("77 minutes") && unsaved.text.contains("name=\"s0-r0-bank\""), "{}", unsaved.text);
    // The form's fields name banks and topics; the questions themselves tell no more than a member's paper.
    for paper in papers.iter().chain([&unsaved]) {
        assert_eq!(paper.status, StatusCode::OK, "{paper:?}");
        assert!(paper.text.contains("This is a trial") && paper.text.contains("Single"));
        for secret in ["because-explained", "cited-", "qid-", "accept", "the congress"] {
            assert!(!paper.text.contains(secret), "{secret}: {}", paper.text);
        }
    }
    assert!(papers.iter().any(|paper| paper.text != papers[0].text), "each is drawn anew");
    assert!(
        !kaohe::service::tests::papers_are_out(
            &world.app,
            &kaohe::service::tests::show(&world.app, &world.caller("org").await, "t").await.unwrap().0
        )
        .await
        .unwrap()
    );
    let shared = definition("of-a", json!({ "audience": { "branches": ["A"] } }));
    assert_eq!(world.post("/api/v1/tests", &org_a, shared).await.status, StatusCode::CREATED);
    let of_shared = open(&world, "/tests/of-a/trial", &org_a).await;
    assert!(of_shared.status == StatusCode::OK && !of_shared.text.contains("qid-"), "keys aren't needed to look at it");
    for (token, path) in [
        (&m1, "/tests/t/trial"),
        (&org_a, "/tests/t/trial"),
        (&org_a, "/tests/t/notice"),
        (&org_a, "/tests/t/copy"),
        (&org_a, "/tests/t/file"),
    ] {
        assert!(open(&world, path, token).await.status.is_client_error(), "{path}");
    }
}

#[tokio::test]
async fn an_organizer_below_chooses_among_the_own_units_only() {
    let (world, _) = world().await;
    let org_a = world.token("org-a").await;
    let page = open(&world, "/tests/new", &org_a).await;
    assert!(page.text.contains("一支部") && !page.text.contains("三支部") && page.text.contains("3 members are due"));
    let fields = with(
        &fields_of(&page.text),
        &[("branches", "B"), ("s2-r0-count", "2"), ("action", "make"), ("title_en", "Kept")],
    );
    let refused = send(&world, "/tests", &org_a, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text.contains("href=\"#f-branches\"")
            && refused.text.contains("Kept")
            && refused.text.contains("0 members are due")
    );
    let announced = world.with_notice(&org_a).await;
    for piece in ["http://danwei.example/tests/of-a", "第一总支", "7 questions, 20 points", "甲组织员", "3 in all"]
    {
        assert!(announced.contains(piece), "{piece}: {announced}");
    }
}

impl World {
    /// The announcement of a test of branch A.
    async fn with_notice(&self, token: &str) -> String {
        let test = definition("of-a", json!({ "audience": { "branches": ["A"] } }));
        assert_eq!(self.post("/api/v1/tests", token, test).await.status, StatusCode::CREATED);
        open(self, "/tests/of-a/notice", token).await.text
    }
}
