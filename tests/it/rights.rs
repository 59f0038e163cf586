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
        "{position}" => "1",
        "{token}" => "wrong",
        "{name}" => "style.css",
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
            let is_session = ["/sign-out", "/sign-out-everywhere", "/password", "/account", "/language"]
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
            let names_a_person = route.path.contains("{login}");
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
