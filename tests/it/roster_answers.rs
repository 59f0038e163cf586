//! A sheet of the roster, looked at and answered for: what its columns mean, who somebody is, why somebody isn't in it.

use crate::support::{Answer, MEMBERS, World};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;

async fn browse(world: &World, method: Method, path: &str, token: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "danwei.example")
        .header(header::ORIGIN, "http://danwei.example")
        .header(header::COOKIE, format!("kaohe_session={token}; kaohe_language=en"))
        .header(header::CONTENT_TYPE, kind);
    world.request(request.body(body.into()).unwrap()).await
}

/// Sends a sheet from the page; where it is then looked at.
async fn send(world: &World, token: &str, what: &str, sheet: &str) -> String {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hr.csv\"\r\nContent-Type: text/csv\r\n\r\n{sheet}\r\n--x--\r\n"
    );
    let kind = "multipart/form-data; boundary=x";
    let answer = browse(world, Method::POST, &format!("/roster/{what}"), token, kind, body).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    answer.headers["location"].to_str().unwrap().to_owned()
}

async fn look(world: &World, token: &str, path: &str) -> Answer {
    browse(world, Method::GET, path, token, "text/plain", "").await
}

async fn fill(world: &World, token: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    browse(world, Method::POST, path, token, "application/x-www-form-urlencoded", body.join("&")).await
}

#[tokio::test]
async fn what_a_column_means_is_said_once_and_remembered() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    let sheet = "同志,所属片区,备注\n赵新,A1,甲\n钱新,A2,乙\n";
    let path = send(&world, &admin, "members", sheet).await;
    let first = look(&world, &admin, &path).await;
    assert_eq!(first.status, StatusCode::UNPROCESSABLE_ENTITY, "no heading is understood");
    assert!(first.text.contains("赵新") && first.text.contains("meaning-0"), "examples and a choice: {first:?}");
    let columns = [
        ("row", "1"),
        ("of_row", "1"),
        ("heading-0", "同志"),
        ("meaning-0", "name"),
        ("heading-1", "所属片区"),
        ("meaning-1", "branch"),
        ("heading-2", "备注"),
        ("meaning-2", ""),
    ];
    let twice = [&columns[..7], &[("meaning-2", "name"), ("action", "load")]].concat();
    let refused = fill(&world, &admin, &path, &twice).await;
    assert!(refused.text.contains("Two columns have the same meaning"), "{refused:?}");
    let checked = fill(&world, &admin, &path, &[&columns[..], &[("action", "check")]].concat()).await;
    assert_eq!(checked.status, StatusCode::OK, "{checked:?}");
    assert!(checked.text.contains("赵新") && checked.text.contains("二支部"), "{checked:?}");
    let again = send(&world, &admin, "members", sheet).await;
    assert_eq!(
        look(&world, &admin, &again).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "checking remembers nothing"
    );
    let loaded = fill(&world, &admin, &path, &[&columns[..], &[("action", "load")]].concat()).await;
    assert_eq!(loaded.status, StatusCode::OK, "{loaded:?}");
    assert!(loaded.text.contains("class=\"slip\""), "first passwords as slips: {loaded:?}");
    assert_eq!(look(&world, &admin, &path).await.status, StatusCode::GONE, "a loaded sheet is kept no longer");
    let next =
        world.send(Method::POST, "/api/v1/roster/members?dry_run=true", Some(&admin), "同志,所属片区\n孙新,A1\n").await;
    assert_eq!(next.good()["new"].as_array().unwrap().len(), 1, "the API reads it by the same meaning");
    assert!(browse(&world, Method::GET, "/roster", &admin, "text/plain", "").await.text.contains("所属片区"));
    let forget = [("sheet", "members"), ("heading", "同志")];
    assert_eq!(fill(&world, &admin, "/roster/headings", &forget).await.status, StatusCode::SEE_OTHER);
    let after =
        world.send(Method::POST, "/api/v1/roster/members?dry_run=true", Some(&admin), "同志,所属片区\n孙新,A1\n").await;
    assert_eq!(after.status, StatusCode::UNPROCESSABLE_ENTITY);
    let by_call = "/api/v1/roster/members?dry_run=true&column=%E5%90%8C%E5%BF%97%3Dname&column=x%3D";
    world.send(Method::POST, by_call, Some(&admin), "同志,所属片区\n孙新,A1\n").await.good();
    let nonsense = "/api/v1/roster/members?column=a%3Dnonsense";
    assert_eq!(world.send(Method::POST, nonsense, Some(&admin), sheet).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn somebody_known_keeps_id_and_results_and_nobody_is_guessed() {
    let world = World::with_test().await;
    let (admin, m1) = (world.token("admin").await, world.token("m1").await);
    world.start(&m1).await;
    let before = world.get("/api/v1/people/m1", &admin).await.good();
    let sheet = "姓名,所在支部,编号\n王　一,B1,7001\n";
    let dry = world.send(Method::POST, "/api/v1/roster/members?dry_run=true", Some(&admin), sheet).await.good();
    let asked = &dry["possibly_same"][0];
    assert_eq!((&asked["row"], &asked["candidates"][0]["login"]), (&json!(2), &json!("m1")), "{dry}");
    assert_eq!(asked["candidates"][0]["branch"], "一支部");
    let path = send(&world, &admin, "members", sheet).await;
    let open = fill(&world, &admin, &path, &[("action", "load")]).await;
    assert_eq!(open.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(open.text.contains("Please choose") && !open.text.contains("class=\"slip\""), "{open:?}");
    assert_eq!(world.get("/api/v1/people/m1", &admin).await.good(), before, "nothing was loaded");
    let done = fill(&world, &admin, &path, &[("action", "load"), ("same-2", "m1")]).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let after = world.get("/api/v1/people/m1", &admin).await.good();
    assert_eq!((&after["person"], &after["number"]), (&before["person"], &json!("7001")));
    assert_eq!(after["memberships"].as_array().unwrap().len(), 2, "moved, with history: {after}");
    let attempts = world.get("/api/v1/tests/t/attempts.csv", &world.token("org").await).await;
    assert!(attempts.text.contains(",m1,") && attempts.text.contains("A1"), "the result stays: {attempts:?}");
    // A number says who somebody is; the sheet's own login is taken over.
    let renamed = "账号,姓名,所在支部,编号\nwangyi,王一,B1,7001\n";
    let answered = "/api/v1/roster/members?same=wangyi%3Dm1";
    world.send(Method::POST, answered, Some(&admin), renamed).await.good();
    assert_eq!(world.get("/api/v1/people/wangyi", &admin).await.good()["person"], before["person"]);
    // Two rows can't be one.
    let two = "姓名,所在支部\n王二,B1\n王 二,A2\n";
    let both = "/api/v1/roster/members?same=2%3Dm2&same=3%3Dm2";
    let refused = world.send(Method::POST, both, Some(&admin), two).await;
    assert!(refused.text.contains("same-person-twice"), "{refused:?}");
}

#[tokio::test]
async fn those_not_in_the_file_stay_or_leave_with_a_reason() {
    let world = World::new().await;
    let (admin, m3) = (world.token("admin").await, world.token("m3").await);
    let stays = |line: &&str| !line.starts_with("m3,") && !line.starts_with("m4,");
    let kept = MEMBERS.lines().filter(stays).collect::<Vec<_>>().join("\n");
    let path = send(&world, &admin, "members", &kept).await;
    let looked = look(&world, &admin, &path).await;
    assert!(looked.text.contains("2 not in the file") && looked.text.contains("left-m3"), "{looked:?}");
    let left = [("action", "load"), ("others_left", "retired"), ("left-m4", "stays")];
    let done = fill(&world, &admin, &path, &left).await;
    assert!(done.text.contains("1 left"), "{done:?}");
    let gone = world.get("/api/v1/people/m3", &admin).await.good();
    assert_eq!(gone["roles"], json!([]), "{gone}");
    assert!(gone.to_string().contains("retired"), "{gone}");
    assert_eq!(world.get("/api/v1/me", &m3).await.status, StatusCode::UNAUTHORIZED, "signed out everywhere");
    assert_eq!(world.get("/api/v1/people/m4", &admin).await.good()["roles"].as_array().unwrap().len(), 1);
    let unknown = world.send(Method::POST, "/api/v1/roster/members?left=m4%3Dgone", Some(&admin), kept.clone()).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Nobody takes themselves, or the last administrator, off the roster.
    let mine = "login,name,branch,role\nadmin,管理员,A1,member\n";
    world.send(Method::POST, "/api/v1/roster/members", Some(&world.token("adm-a").await), mine).await;
    assert!(world.get("/api/v1/me", &admin).await.status.is_success());
}

#[tokio::test]
async fn a_kept_sheet_is_for_the_one_who_sent_it_and_within_rights() {
    let world = World::new().await;
    let (admin, adm_a, m1) = (world.token("admin").await, world.token("adm-a").await, world.token("m1").await);
    let path = send(&world, &admin, "members", MEMBERS).await;
    assert_eq!(look(&world, &adm_a, &path).await.status, StatusCode::GONE);
    assert_eq!(look(&world, &m1, &path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(fill(&world, &adm_a, &path, &[("action", "load")]).await.status, StatusCode::GONE);
    // Who keeps one branch isn't offered people of another.
    let sheet = "姓名,所在支部\n王四,A1\n";
    let dry = world.send(Method::POST, "/api/v1/roster/members?dry_run=true", Some(&adm_a), sheet).await.good();
    assert_eq!(dry["possibly_same"], json!([]), "{dry}");
    for _ in 0..6 {
        world.pass(1_000).await;
        send(&world, &admin, "members", MEMBERS).await;
    }
    assert_eq!(look(&world, &admin, &path).await.status, StatusCode::GONE, "only the newest are kept");
    let late = send(&world, &admin, "branches", "code,name\nZ,新支部\n").await;
    assert_eq!(look(&world, &admin, &late).await.status, StatusCode::OK);
    kaohe::service::upkeep::tidy(&world.app, world.now() + 25 * 3_600_000).await.unwrap();
    assert_eq!(look(&world, &world.token("admin").await, &late).await.status, StatusCode::GONE, "for a day at most");
}

#[tokio::test]
async fn templates_are_sheets_that_can_be_read() {
    let world = World::new().await;
    let admin = world.token("admin").await;
    for sheet in ["branches", "members"] {
        let csv = browse(&world, Method::GET, &format!("/roster/template/{sheet}/csv"), &admin, "text/plain", "").await;
        assert_eq!(csv.status, StatusCode::OK);
        let read = world
            .send(Method::POST, &format!("/api/v1/roster/{sheet}?dry_run=true"), Some(&admin), csv.text.clone())
            .await;
        assert!(!read.text.contains("no-header") && !read.text.contains("missing-column"), "{read:?}");
        let xlsx =
            browse(&world, Method::GET, &format!("/roster/template/{sheet}/xlsx"), &admin, "text/plain", "").await;
        assert_eq!(xlsx.status, StatusCode::OK);
    }
}
