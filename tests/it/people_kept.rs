//! People kept one by one: added, changed, moved, given and rid of roles, off the roster and back on it.

use crate::support::{Answer, MINUTE, NOON, World, open, posted};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

fn day(at_ms: i64) -> String {
    let zone = jiff::tz::TimeZone::system();
    jiff::Timestamp::from_millisecond(at_ms).unwrap().to_zoned_datetime(zone).date().to_string()
}

async fn events(world: &World, kind: &str) -> Vec<Value> {
    let mut tx = world.app.db.read().await.unwrap();
    let links = kaohe::store::trace::list(&mut tx, 0, 10_000).await.unwrap();
    let details = kaohe::store::trace::details(&mut tx, 0, i64::MAX).await.unwrap();
    let wanted = links.iter().filter(|link| link.kind == kind);
    let of = |seq: i64| details.iter().find(|(known, _)| *known == seq).map(|(_, detail)| detail.clone()).unwrap();
    wanted.map(|link| serde_json::from_str(&of(link.seq)).unwrap()).collect()
}

async fn logins(world: &World, token: &str, query: &str) -> Vec<String> {
    let people = world.get(&format!("/api/v1/people?{query}"), token).await.good();
    people.as_array().unwrap().iter().map(|one| one["login"].as_str().unwrap().to_owned()).collect()
}

fn fields(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!((answer.status, answer.kind().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-fields"));
    let said = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    answer.json()["errors"].as_array().unwrap().iter().map(|one| (said(one, "field"), said(one, "code"))).collect()
}

#[tokio::test]
async fn somebody_is_added_with_a_first_password() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let body = json!({ "name": "赵 六", "branch": "A1", "category": "正式党员", "number": "0007" });
    let added = world.post("/api/v1/people", &admin, body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let added = added.json();
    assert_eq!((&added["login"], &added["name"]), (&json!("m0012"), &json!("赵六")), "made as the roster makes it");
    assert_eq!(added["roles"], json!([{ "role": "member", "branch": "A1" }]));
    let session = json!({ "login": "m0012", "password": added["password"] }).to_string();
    let session = world.send(Method::POST, "/api/v1/session", None, session).await.good();
    assert_eq!(session["must_change"], json!(true));
    assert_eq!(logins(&world, &admin, "").await.last().unwrap(), "m0012", "last in the official order");
    assert_eq!(events(&world, "person-added").await.len(), 1);
}

#[tokio::test]
async fn every_mistake_is_said_beside_its_field_and_what_was_typed_stays() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let wrong = json!({ "name": " ", "login": "11010519491231002X", "number": "110105 19491231 0021" });
    let wrong = world.post("/api/v1/people", &admin, wrong).await;
    let expected = [
        ("name", "not-empty"),
        ("login", "no-identity-number"),
        ("number", "no-identity-number"),
        ("branch", "branch"),
    ];
    assert_eq!(fields(&wrong), expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    let taken = world.post("/api/v1/people", &admin, json!({ "name": "赵六", "branch": "A1", "login": "M1" })).await;
    assert_eq!((taken.status, taken.kind().as_str()), (StatusCode::CONFLICT, "name-taken"));
    let form = [("name", "赵六"), ("login", "m1"), ("branch", "A2"), ("role", "member"), ("category", "预备党员")];
    let page = posted(&world, "/people", &admin, &form).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    for kept in
        ["value=\"赵六\"", "value=\"m1\"", "value=\"A2\" selected", "value=\"预备党员\"", "id=\"f-new-login-error\""]
    {
        assert!(page.text.contains(kept), "{kept}: {}", page.text);
    }
    assert_eq!(logins(&world, &admin, "").await.len(), 11, "nobody was added");
}

#[tokio::test]
async fn the_same_form_sent_twice_adds_one_person() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let page = open(&world, "/people/new?branch=A1", &admin).await;
    assert!(page.text.contains("value=\"A1\" selected"), "{page:?}");
    let form_id = page.text.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("form", form_id.as_str()), ("name", "赵六"), ("branch", "A1"), ("role", "member")];
    let first = posted(&world, "/people", &admin, &form).await;
    let second = posted(&world, "/people", &admin, &form).await;
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK), "{second:?}");
    assert_eq!(logins(&world, &admin, "search=%E8%B5%B5%E5%85%AD").await, ["m0012"]);
    // The browser shows the second answer: its password is the one that works.
    let password = second.text.split("code class=\"big\">").nth(2).unwrap().split('<').next().unwrap();
    let session = json!({ "login": "m0012", "password": password }).to_string();
    assert_eq!(world.send(Method::POST, "/api/v1/session", None, session).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_changed_login_is_the_one_to_sign_in_with() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let path = "/api/v1/people/m1";
    let changed = json!({ "login": "wang1", "category": "正式党员" }).to_string();
    let changed = world.send(Method::PATCH, path, Some(&admin), changed).await.good();
    assert_eq!((&changed["login"], &changed["name"]), (&json!("wang1"), &json!("王一")));
    let session = json!({ "login": "wang1", "password": "password-of-m1" }).to_string();
    assert_eq!(world.send(Method::POST, "/api/v1/session", None, session).await.status, StatusCode::OK);
    assert_eq!(world.get(path, &admin).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        events(&world, "person-changed").await,
        [json!({ "login": ["m1", "wang1"], "category": ["", "正式党员"] })]
    );
    let taken = json!({ "login": "m2" }).to_string();
    assert_eq!(world.send(Method::PATCH, "/api/v1/people/wang1", Some(&admin), taken).await.kind(), "name-taken");
}

#[tokio::test]
async fn a_move_keeps_results_where_the_member_stood() {
    let world = World::with_test().await;
    let (admin, com, m1) = (world.token("admin").await, world.token("com").await, world.token("m1").await);
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    world.submit(&m1, &attempt).await.good();
    let moved = world.post("/api/v1/people/m1/move", &admin, json!({ "branch": "B1" })).await.good();
    let branches: Vec<&Value> = moved["memberships"].as_array().unwrap().iter().map(|one| &one["branch"]).collect();
    assert_eq!(branches, [&json!("A1"), &json!("B1")]);
    let again = world.post("/api/v1/people/m1/move", &admin, json!({ "branch": "B1" })).await.good();
    assert_eq!(again["memberships"].as_array().unwrap().len(), 2, "sent twice it moves once");
    assert_eq!(events(&world, "person-moved").await.len(), 1);
    for settled in [false, true] {
        if settled {
            world.pass(2 * 60 * MINUTE).await;
        }
        let a1 = world.get("/api/v1/tests/t/report?branch=A1", &com).await.good();
        let b1 = world.get("/api/v1/tests/t/report?branch=B1", &com).await.good();
        let counts = |report: &Value| (report["branch"]["due"].clone(), report["branch"]["sat"].clone());
        assert_eq!((counts(&a1), counts(&b1)), ((json!(2), json!(1)), (json!(1), json!(0))), "{settled}: {a1}");
    }
    let org_a = world.token("org-a").await;
    assert_eq!(world.get("/api/v1/people/m1", &org_a).await.status, StatusCode::NOT_FOUND, "gone to another subtree");
}

#[tokio::test]
async fn the_day_of_a_move_lies_within_the_membership() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let to = |on: String| world.post("/api/v1/people/m1/move", &admin, json!({ "branch": "A2", "on": on }));
    for (on, code) in
        [(day(NOON + 2 * DAY), "day-past"), (day(NOON - 9 * DAY), "day-after-start"), ("soon".into(), "day")]
    {
        let refused = world.post("/api/v1/people/m1/move", &admin, json!({ "branch": "A2", "on": on })).await;
        assert_eq!(fields(&refused), [("on".to_owned(), code.to_owned())]);
    }
    let moved = to(day(NOON)).await.good();
    assert_eq!(moved["memberships"][0]["until"], moved["memberships"][1]["from"]);
    let unknown = world.post("/api/v1/people/m1/move", &admin, json!({ "branch": "Z9" })).await;
    assert_eq!(fields(&unknown), [("branch".to_owned(), "branch".to_owned())]);
    let none = world.post("/api/v1/people/com/move", &admin, json!({ "branch": "A2" })).await;
    assert_eq!(fields(&none), [("branch".to_owned(), "membership".to_owned())]);
}

#[tokio::test]
async fn rights_are_checked_at_every_place_touched() {
    let world = World::new().await;
    let adm_a = world.token("adm-a").await;
    let outside = [
        (Method::POST, "/api/v1/people", json!({ "name": "赵六", "branch": "B1" }), StatusCode::FORBIDDEN),
        (
            Method::POST,
            "/api/v1/people",
            json!({ "name": "赵六", "branch": "HQ", "role": "committee" }),
            StatusCode::FORBIDDEN,
        ),
        (Method::POST, "/api/v1/people", json!({ "name": "赵六", "role": "administrator" }), StatusCode::FORBIDDEN),
        (Method::PATCH, "/api/v1/people/m4", json!({ "name": "别人" }), StatusCode::NOT_FOUND),
        (Method::POST, "/api/v1/people/m4/move", json!({ "branch": "A1" }), StatusCode::NOT_FOUND),
        (Method::POST, "/api/v1/people/m1/move", json!({ "branch": "B1" }), StatusCode::FORBIDDEN),
        (
            Method::POST,
            "/api/v1/people/m1/roles",
            json!({ "role": "organizer", "branch": "HQ" }),
            StatusCode::FORBIDDEN,
        ),
        (Method::POST, "/api/v1/people/m1/roles", json!({ "role": "administrator" }), StatusCode::FORBIDDEN),
        (
            Method::DELETE,
            "/api/v1/people/org-b/roles",
            json!({ "role": "organizer", "branch": "B" }),
            StatusCode::NOT_FOUND,
        ),
        (Method::POST, "/api/v1/people/m4/departure", json!({ "as": "retired" }), StatusCode::NOT_FOUND),
    ];
    for (method, path, body, status) in outside {
        let answer = world.send(method, path, Some(&adm_a), body.to_string()).await;
        assert_eq!(answer.status, status, "{path} {body}: {answer:?}");
    }
    world.post("/api/v1/people/m1/move", &adm_a, json!({ "branch": "A2" })).await.good();
    world.post("/api/v1/people/m1/roles", &adm_a, json!({ "role": "organizer", "branch": "A2" })).await.good();
    // Who holds a role further up is kept from there.
    let admin = world.token("admin").await;
    world.post("/api/v1/people/m1/roles", &admin, json!({ "role": "committee", "branch": "HQ" })).await.good();
    for (path, body) in
        [("/api/v1/people/m1/departure", json!({ "as": "retired" })), ("/api/v1/people/m1/password", json!({}))]
    {
        assert_eq!(world.post(path, &adm_a, body).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(!events(&world, "role-given").await.is_empty());
}

#[tokio::test]
async fn the_last_administrator_stays_and_nobody_leaves_by_mistake() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let take = |login: &'static str, body: Value| {
        let path = format!("/api/v1/people/{login}/roles");
        let (world, admin) = (&world, &admin);
        async move { world.send(Method::DELETE, &path, Some(admin), body.to_string()).await }
    };
    let mine = json!({ "role": "administrator", "even_own": true });
    assert_eq!(take("admin", mine.clone()).await.kind(), "last-administrator");
    let leave = json!({ "as": "retired", "even_own": true });
    assert_eq!(world.post("/api/v1/people/admin/departure", &admin, leave).await.kind(), "last-administrator");
    world.post("/api/v1/people/org/roles", &admin, json!({ "role": "administrator" })).await.good();
    assert_eq!(take("admin", json!({ "role": "administrator" })).await.kind(), "own-role");
    let page = posted(&world, "/people/admin/roles/end", &admin, &[("role", "administrator"), ("branch", "")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("name=\"even_own\""), "{}", page.text);
    assert_eq!(world.get("/people", &admin).await.status, StatusCode::OK, "still there");
    assert_eq!(take("admin", mine).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.get("/people", &admin).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn of_two_last_administrators_who_end_each_other_one_stays() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    world.post("/api/v1/people/org/roles", &admin, json!({ "role": "administrator" })).await.good();
    let org = world.token("org").await;
    let body = json!({ "role": "administrator" }).to_string();
    let (one, two) = tokio::join!(
        world.send(Method::DELETE, "/api/v1/people/org/roles", Some(&admin), body.clone()),
        world.send(Method::DELETE, "/api/v1/people/admin/roles", Some(&org), body)
    );
    let done = [&one, &two].iter().filter(|answer| answer.status == StatusCode::NO_CONTENT).count();
    assert_eq!(done, 1, "{one:?} {two:?}");
    assert!([&one, &two].iter().all(|answer| answer.status.as_u16() < 500), "{one:?} {two:?}");
}

#[tokio::test]
async fn leaving_ends_everything_but_the_history() {
    let world = World::with_test().await;
    let (admin, com, m1) = (world.token("admin").await, world.token("com").await, world.token("m1").await);
    let attempt = world.start(&m1).await["attempt"].as_str().unwrap().to_owned();
    world.submit(&m1, &attempt).await.good();
    world.post("/api/v1/people/m1/roles", &admin, json!({ "role": "organizer", "branch": "A1" })).await.good();
    let form = [("as", "transferred-out"), ("on", "")];
    let left = posted(&world, "/people/m1/leave", &admin, &form).await;
    assert_eq!(left.headers["location"], "/people/m1?done=left", "{left:?}");
    assert_eq!(world.get("/api/v1/me", &m1).await.status, StatusCode::UNAUTHORIZED, "signed out everywhere");
    let gone = world.get("/api/v1/people/m1", &admin).await.good();
    assert_eq!((&gone["roles"], &gone["memberships"][0]["as"]), (&json!([]), &json!("transferred-out")));
    assert_eq!(events(&world, "person-left").await[0]["as"], json!("transferred-out"));
    let report = world.get("/api/v1/tests/t/report?branch=A1", &com).await.good();
    assert_eq!(report["branch"]["sat"], json!(1), "the result stays");
    assert!(!logins(&world, &com, "").await.contains(&"m1".to_owned()));
    // Found again by those who keep the place left, on the page that asks for it.
    let adm_a = world.token("adm-a").await;
    let page = open(&world, "/people?search=王一", &adm_a).await;
    assert!(page.text.contains("state=any"), "{}", page.text);
    for query in ["state=left", "state=any&branch=A1&search=王一"] {
        assert!(open(&world, &format!("/people?{query}"), &adm_a).await.text.contains("王一"), "{query}");
    }
    assert!(!open(&world, "/people?state=left", &world.token("com-b").await).await.text.contains("王一"));
    let back = posted(&world, "/people/m1/return", &adm_a, &[("branch", "A2"), ("on", "")]).await;
    assert_eq!(back.headers["location"], "/people/m1?done=returned", "{back:?}");
    let back = world.get("/api/v1/people/m1", &admin).await.good();
    assert_eq!(
        back["roles"],
        json!([{ "role": "member", "branch": "A2" }]),
        "other roles don't come back by themselves"
    );
    assert_eq!(back["memberships"].as_array().unwrap().len(), 2);
    assert_eq!(events(&world, "person-returned").await.len(), 1);
    world.pass(2 * 60 * MINUTE).await;
    assert_eq!(
        world.send(Method::GET, "/api/v1/tests/t/report", Some(&com), Body::empty()).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn slips_leave_own_passwords_alone() {
    let world = World::new().await;
    let (admin, adm_a) = (world.token("admin").await, world.token("adm-a").await);
    for (login, branch) in [("n1", "A1"), ("n2", "A2"), ("n3", "B1"), ("13800138000", "A1")] {
        world.post("/api/v1/people", &admin, json!({ "name": login, "login": login, "branch": branch })).await.good();
    }
    assert!(open(&world, "/slips?branch=A", &adm_a).await.text.contains("3 people"));
    let made = posted(&world, "/slips", &adm_a, &[("who", "waiting"), ("branch", "A")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let made = open(&world, made.headers["location"].to_str().unwrap(), &adm_a).await;
    let at = |text: &str| {
        made.text.find(&format!("code class=\"big\">{text}<")).unwrap_or_else(|| panic!("{text}: {}", made.text))
    };
    assert!(at("n1") < at("13800138000") && at("13800138000") < at("n2"), "by branch, in the official order");
    assert!(!made.text.contains("n3") && made.text.contains("http://danwei.example"), "{}", made.text);
    let password = made.text.split("code class=\"big\">").nth(2).unwrap().split('<').next().unwrap();
    let session = json!({ "login": "n1", "password": password }).to_string();
    assert_eq!(world.send(Method::POST, "/api/v1/session", None, session).await.status, StatusCode::OK);
    let own = json!({ "login": "m1", "password": "password-of-m1" }).to_string();
    assert_eq!(
        world.send(Method::POST, "/api/v1/session", None, own.clone()).await.status,
        StatusCode::OK,
        "untouched"
    );
    assert_eq!(
        posted(&world, "/slips", &adm_a, &[("who", "picked"), ("person", "m4")]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(posted(&world, "/slips", &adm_a, &[("who", "picked")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        posted(&world, "/slips", &adm_a, &[("who", "picked"), ("person", "m1")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(world.send(Method::POST, "/api/v1/session", None, own).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(events(&world, "first-passwords-made").await.len(), 2);
    assert_eq!(world.get("/slips?branch=B", &adm_a).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_list_is_narrowed_and_paged() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let mut sheet = String::from("login,name,branch\n");
    sheet.extend((0..120).map(|number| format!("p{number:03},批{number},B1\n")));
    world.send(Method::POST, "/api/v1/roster/members", Some(&admin), sheet).await.good();
    assert_eq!(logins(&world, &admin, "branch=B").await.len(), 123);
    assert_eq!(logins(&world, &admin, "branch=B&role=organizer").await, ["org-b"]);
    assert_eq!(logins(&world, &admin, "role=member&branch=A").await, ["m1", "m2", "m3"]);
    assert_eq!(logins(&world, &admin, "state=left").await, Vec::<String>::new());
    assert_eq!(world.get("/api/v1/people?state=gone", &admin).await.kind(), "invalid-field");
    let page = open(&world, "/people?branch=B1&role=member&from=50", &admin).await.text;
    assert!(page.contains("121 people") && page.contains("批60") && !page.contains("批10<"), "{page}");
    assert!(
        open(&world, "/people?search=%EF%BC%B0%EF%BC%91%EF%BC%91%EF%BC%99", &admin).await.text.contains("批119"),
        "width doesn't matter"
    );
}

#[tokio::test]
async fn the_first_page_of_administrators_says_what_is_left_to_do() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let page = open(&world, "/", &admin).await;
    assert!(!page.text.contains("href=\"/branches/A3\""), "it isn't there yet");
    world.post("/api/v1/branches", &admin, json!({ "code": "A3", "name": "四支部", "parent": "A" })).await;
    world.post("/api/v1/people", &admin, json!({ "name": "赵六", "branch": "A1" })).await;
    let page = open(&world, "/", &admin).await;
    let figures: Vec<&str> = page.text.split("<b>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(figures, ["12", "7", "1"], "people, branches, first passwords: {}", page.text);
    assert!(page.text.contains("<a href=\"/branches/A3\">四支部</a>"), "nobody is in it");
    let member = world.token("m1").await;
    assert!(!open(&world, "/", &member).await.text.contains("/slips"), "that is no member's business");
}
