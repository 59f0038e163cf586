//! The API's calls, as programs of others rely on them.

use std::fmt::Write;

#[test]
fn the_calls_are_those_that_programs_rely_on() {
    let document = kaohe::api::openapi::document();
    let mut calls = String::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let queries: Vec<&str> = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "query")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            let success = operation["responses"].as_object().unwrap().keys().next().unwrap();
            let _ = writeln!(calls, "{} {path} {success} {}", method.to_uppercase(), queries.join(" "));
        }
    }
    insta::assert_snapshot!(calls);
}
