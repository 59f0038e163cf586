//! Every route × every role, inside and outside the subtree, from the router's own table.

use crate::support::{World, definition};
use axum::http::{Method, StatusCode};
use kaohe::http::{Access, server::routes};
use kaohe::rules::roster::Role;
use serde_json::json;

/// A path with real values: what belongs to branch A.
fn filled(path: &str, attempt: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{test}" => "of-a",
        "{bank}" => "rules-of-a",
        "{login}" => "m1",
        "{attempt}" => attempt,
        "{code}" => "A1",
        "{position}" | "{number}" => "1",
        "{token}" => "wrong",
        "{name}" => "style.css",
        "{file}" | "{paper}" | "{pause}" | "{printout}" | "{amendment}" | "{correction}" | "{adjustment}"
        | "{mark}" | "{amended}" | "{page}" => "none",
        "{list}" => "notes",
        "{year}" => "2026",
        "{sheet}" => "members",
        "{format}" | "{form}" => "csv",
        "{schema}" => "bank.json",
        "{question}" => "qid-s1",
        other => {
            assert!(!other.starts_with('{'), "{path}: say here what stands for {other}");
            other
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A world in which a bank, a test and an attempt belong to branch A.
async fn world_of_a() -> (World, String) {
    let world = World::new().await;
    let org_a = world.token("org-a").await;
    let bank = crate::support::BANK.replace("\"bank\": \"rules\"", "\"bank\": \"rules-of-a\"");
    world.send(Method::POST, "/api/v1/banks", Some(&org_a), bank).await.good();
    let text = definition("of-a", json!({ "audience": { "branches": ["A"] } }))
        .to_string()
        .replace("\"rules\"", "\"rules-of-a\"");
    assert_eq!(world.send(Method::POST, "/api/v1/tests", Some(&org_a), text).await.status, StatusCode::CREATED);
    let com = world.token("com").await;
    let rules = kaohe::service::assessments::ready_rules("study-and-annual", 2026).unwrap();
    let mut rules = kaohe::formats::assessment_json::write(&rules);
    rules["components"][0]["weight"] = json!(40);
    rules["components"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "title": "笔记", "weight": 10, "marks": { "name": "notes" } }));
    let rules = rules.to_string();
    world.send(Method::PUT, "/api/v1/assessments/2026", Some(&com), rules).await.good();
    let m1 = world.token("m1").await;
    let paper = world.post("/api/v1/tests/of-a/attempts", &m1, json!({})).await.good();
    let attempt = paper["attempt"].as_str().unwrap().to_owned();
    (world, attempt)
}

fn holds(role: Option<Role>, access: Access) -> bool {
    match access {
        Access::Anyone => true,
        Access::SignedIn => role.is_some(),
        Access::Roles(roles) => role.is_some_and(|role| roles.contains(&role)),
    }
}

#[tokio::test]
async fn no_route_answers_whom_it_is_not_for() {
    let (world, attempt) = world_of_a().await;
    let people = [
        (None, None),
        (Some("m2"), Some(Role::Member)),
        (Some("org-b"), Some(Role::Organizer)),
        (Some("com-b"), Some(Role::Committee)),
        (Some("admin"), Some(Role::Administrator)),
    ];
    for (login, role) in people {
        for route in routes() {
            let is_session = ["/sign-out", "/sign-out-everywhere", "/password", "/account", "/language", "/text-size"]
                .contains(&route.path)
                || route.path.contains("/session")
                || route.path.contains("/password");
            if is_session && login.is_some() {
                continue;
            }
            let token = match login {
                Some(login) => Some(world.token(login).await),
                None => None,
            };
            let path = filled(route.path, &attempt);
            let answer = world.send(route.method.clone(), &path, token.as_deref(), "{}").await;
            let (status, what) = (answer.status, format!("{login:?} {} {path}", route.method));
            assert!(status != StatusCode::INTERNAL_SERVER_ERROR, "{what}: {answer:?}");
            if !holds(role, route.access) {
                let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
                    || (login.is_none()
                        && status == StatusCode::SEE_OTHER
                        && answer.headers["location"].to_str().unwrap().starts_with("/sign-in"));
                assert!(refused, "{what}: {answer:?}");
            }
            let names_an_object = ["{test}", "{bank}", "{attempt}"].iter().any(|name| route.path.contains(name));
            let names_a_person = route.path.contains("{login}") || route.path.contains("{code}");
            // The administrator of the whole unit may see people, but no test, bank or attempt.
            let outside =
                names_an_object && login != Some("m2") || names_a_person && matches!(login, Some("org-b" | "com-b"));
            if outside || route.path.contains("{attempt}") {
                assert!(
                    status.is_client_error() || status == StatusCode::SEE_OTHER && login.is_none(),
                    "{what}: {answer:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn inside_the_subtree_the_same_calls_answer() {
    let (world, attempt) = world_of_a().await;
    for (login, paths) in [
        (
            "org-a",
            &[
                "/api/v1/tests/of-a",
                "/api/v1/tests/of-a/report",
                "/api/v1/tests/of-a/presence",
                "/api/v1/tests/of-a/responses.csv",
                "/api/v1/tests/of-a/items",
                "/api/v1/banks/rules-of-a",
                "/api/v1/banks/rules-of-a/export",
                "/api/v1/people/m1",
            ][..],
        ),
        ("org", &["/api/v1/tests/of-a/report?branch=A1", "/api/v1/banks/rules-of-a/export"]),
        ("com", &["/api/v1/tests/of-a/report", "/api/v1/tests/of-a/attempts.csv", "/api/v1/people/m1"]),
        ("adm-a", &["/api/v1/people/m1", "/api/v1/branches"]),
        ("m2", &["/api/v1/tests/of-a"]),
    ] {
        let token = world.token(login).await;
        for path in paths {
            assert_eq!(world.get(path, &token).await.status, StatusCode::OK, "{login} {path}");
        }
    }
    let m1 = world.token("m1").await;
    assert_eq!(world.get(&format!("/api/v1/attempts/{attempt}"), &m1).await.status, StatusCode::OK);
    let com = world.token("com").await;
    assert_eq!(
        world.get("/api/v1/tests/of-a/responses.csv", &com).await.status,
        StatusCode::FORBIDDEN,
        "keys follow from it while the test runs"
    );
    let org_a = world.token("org-a").await;
    assert_eq!(world.get("/api/v1/tests/of-a/report?branch=HQ", &org_a).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/api/v1/tests/of-a/report?branch=B", &org_a).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_description_of_the_api_names_every_call() {
    let document = kaohe::api::openapi::document();
    let mut calls: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(
                !operation["summary"].as_str().unwrap().is_empty(),
                "{method} {path}: say in SUMMARIES what it does"
            );
            calls.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    calls.sort();
    let mut known: Vec<String> = kaohe::api::openapi::SUMMARIES.iter().map(|(call, _)| (*call).to_owned()).collect();
    known.sort();
    assert_eq!(calls, known);
}

/// Calls that `Access` lets somebody through to, and whose use case then refuses, with the reason.
const REFUSED_AT_THE_OBJECT: &[(&[&str], &str, &str)] = &[
    (&["org-a", "org", "com", "adm-a", "m2"], "{attempt}", "an attempt is its member's alone"),
    (&["org-a", "org", "com"], "POST /api/v1/tests/{test}/attempts", "who isn't in the audience doesn't sit"),
    (&["org-a", "org", "com"], "POST /tests/{test}/start", "who isn't in the audience doesn't sit"),
    (&["org-a", "org"], "/pauses/{pause}/resume", "there is no such pause"),
    (&["org-a", "org"], "/clauses/amended/{amended}", "there is no such note"),
    (&["org-a", "org", "com"], "/branches/{code}/template.docx", "the branch keeps no template"),
    (&["org-a", "org", "com"], "/branches/{code}/template/remove", "the branch keeps no template"),
    (&["org-a", "org", "com"], "/tests/{test}/try", "who isn't in the audience doesn't try"),
    (&["org-a", "org", "com"], "PUT /api/v1/tests/{test}/device-check", "who isn't in the audience doesn't try"),
    (&["com"], "/api/v1/tests/{test}/responses.csv", "keys follow from it while the test runs"),
    (&["m1", "m2", "com"], "/tests/{test}/marking", "who wasn't named doesn't mark"),
    (&["org-a", "org", "com"], "/tests/{test}/items/{bank}/{question}", "nobody has handed that question in"),
    (&["adm-a"], "{test}", "administrators see no tests"),
    (&["m1", "m2", "org-a", "org", "com", "adm-a"], "/set-up/", "the link is wrong"),
    (&["m1", "m2", "org-a", "org", "com", "adm-a"], "/pictures/{name}", "there is no such picture"),
    (&["m1", "m2", "org-a", "org", "com", "adm-a"], "/session", "tried elsewhere"),
    (&["m1", "m2", "org-a", "org", "com", "adm-a"], "/sign-in", "tried elsewhere"),
    (&["org", "org-a"], "/papers/{paper}", "no paper was printed"),
    (&["org", "org-a", "com"], "/signed-pages/{page}", "no page was sent"),
];

#[tokio::test]
async fn inside_the_subtree_every_route_lets_through_whom_it_is_for() {
    let people = [
        ("m1", Role::Member),
        ("m2", Role::Member),
        ("org-a", Role::Organizer),
        ("org", Role::Organizer),
        ("com", Role::Committee),
        ("adm-a", Role::Administrator),
    ];
    for (login, role) in people {
        let (world, attempt) = world_of_a().await;
        let mut all = routes();
        // Whatever ends something comes last.
        all.sort_by_key(|route| {
            (route.method == Method::DELETE, route.method != Method::GET, route.path.contains("close"))
        });
        for route in all.into_iter().filter(|route| !route.path.contains("sign-out") && route.method != Method::DELETE)
        {
            let call = format!("{} {}", route.method, route.path);
            // A stream answers for a minute.
            if call.contains("password") || call.ends_with("/events") {
                continue;
            }
            let token = world.token(login).await;
            let answer = world.send(route.method.clone(), &filled(route.path, &attempt), Some(&token), "{}").await;
            let location = answer.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            let refused = matches!(answer.status.as_u16(), 401 | 403 | 404) || location.starts_with("/sign-in");
            let known =
                REFUSED_AT_THE_OBJECT.iter().any(|(people, part, _)| people.contains(&login) && call.contains(part));
            let expected = !holds(Some(role), route.access) || known;
            assert!(answer.status.as_u16() < 500, "{login} {call}: {answer:?}");
            assert!(refused == expected || known, "{login} {call}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn ones_own_test_opens_no_door_to_others() {
    let (world, _) = world_of_a().await;
    let org = world.token("org").await;
    world.send(Method::POST, "/api/v1/banks?branch=HQ&shared=true", Some(&org), crate::support::BANK).await.good();
    let (org_b, com_b) = (world.token("org-b").await, world.token("com-b").await);
    let of_b = definition("of-b", json!({ "audience": { "branches": ["B"] } }));
    assert_eq!(world.post("/api/v1/tests", &org_b, of_b.clone()).await.status, StatusCode::CREATED);
    let window = json!({ "extra_minutes": 5, "reason": "because" });
    let excused = json!({ "state": "excused", "reason": "because" });
    for token in [&org_b, &com_b] {
        assert_eq!(
            world.put("/api/v1/tests/of-b/presence/m1", token, excused.clone()).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(world.get("/api/v1/tests/of-b/report?branch=A", token).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.get("/api/v1/tests/of-b/report?branch=HQ", token).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.get("/api/v1/people?branch=A", token).await.status, StatusCode::NOT_FOUND);
        let people = world.get("/api/v1/people", token).await.text;
        assert!(people.contains("m4") && !people.contains("m1"), "{people}");
        let branches = world.get("/api/v1/branches", token).await.good();
        let codes: Vec<&str> = branches.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["B", "B1"]);
        assert!(!world.get("/api/v1/tests", token).await.text.contains("of-a"));
    }
    assert_eq!(world.put("/api/v1/tests/of-b/members/m1", &org_b, window).await.status, StatusCode::NOT_FOUND);
    let mut both = of_b.clone();
    both["audience"]["branches"] = json!(["B", "A1"]);
    assert_eq!(world.put("/api/v1/tests/of-b", &org_b, both.clone()).await.status, StatusCode::FORBIDDEN);
    both["test"] = json!("both");
    assert_eq!(world.post("/api/v1/tests", &org_b, both).await.status, StatusCode::FORBIDDEN);
    let stolen = of_b.to_string().replace("\"rules\"", "\"rules-of-a\"").replace("of-b", "stolen");
    let refused = world.send(Method::POST, "/api/v1/tests", Some(&org_b), stolen).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.json()["errors"].as_array().unwrap().iter().all(|error| error["code"] == "unknown-bank"));
    let bank = crate::support::BANK.replace("\"bank\": \"rules\"", "\"bank\": \"new\"");
    for place in ["A", "HQ"] {
        let path = format!("/api/v1/banks?branch={place}");
        let refused = world.send(Method::POST, &path, Some(&org_b), bank.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{place}");
    }
    let taken = crate::support::BANK.replace("\"bank\": \"rules\"", "\"bank\": \"rules-of-a\"");
    let refused = world.send(Method::POST, "/api/v1/banks", Some(&org_b), taken).await;
    assert_eq!((refused.status, refused.kind().as_str()), (StatusCode::CONFLICT, "name-taken"));
    assert_eq!(world.get("/api/v1/banks", &org_b).await.good().as_array().unwrap().len(), 1, "only the shared one");
}

#[tokio::test]
async fn a_first_password_opens_nothing_but_its_change() {
    let (world, attempt) = world_of_a().await;
    let mut tx = world.app.db.write().await.unwrap();
    tx.query("UPDATE person SET must_change = $1").bind(true).execute().await.unwrap();
    tx.commit().await.unwrap();
    for login in ["m1", "org-a", "adm-a"] {
        for route in routes().into_iter().filter(|route| route.access != Access::Anyone) {
            let is_the_way_out =
                ["/password", "/api/v1/password", "/sign-out", "/api/v1/session"].contains(&route.path);
            if is_the_way_out {
                continue;
            }
            let token = world.token(login).await;
            let answer = world.send(route.method.clone(), &filled(route.path, &attempt), Some(&token), "{}").await;
            let to_password =
                answer.headers.get("location").is_some_and(|to| to.to_str().unwrap().starts_with("/password"));
            assert!(
                answer.status == StatusCode::FORBIDDEN || to_password,
                "{login} {} {}: {answer:?}",
                route.method,
                route.path
            );
        }
    }
}
