//! Both languages say the same things, and say everything that the code asks for.

use super::{ZH, find};
use crate::rules::bank::ProblemCode;
use crate::rules::blueprint::{Keep, Occasion, Review};
use crate::rules::lint::LintCode;
use crate::rules::presence::Presence;
use crate::rules::question::{Kind, Policy};
use crate::rules::roster::Role;
use crate::rules::text::Language;
use std::collections::{BTreeMap, BTreeSet};

/// Message or `message.attribute` → the variables it uses.
fn outline(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut message, mut at) = (String::new(), String::new());
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| is_id(name)) {
            message = name.to_owned();
            at = name.to_owned();
            assert!(found.insert(at.clone(), BTreeSet::new()).is_none(), "{name} stands twice");
        } else if let Some((name, _)) = line.trim_start().strip_prefix('.').and_then(|rest| rest.split_once(" =")) {
            at = format!("{message}.{name}");
            found.insert(at.clone(), BTreeSet::new());
        }
        for part in line.split('$').skip(1) {
            let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if let Some(variables) = found.get_mut(&at) {
                variables.insert(name);
            }
        }
    }
    found
}

fn is_id(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

const ZH_SOURCE: &str = include_str!("../../locales/zh.ftl");
const EN_SOURCE: &str = include_str!("../../locales/en.ftl");

#[test]
fn both_languages_have_the_same_messages_attributes_and_variables() {
    let (zh, en) = (outline(ZH_SOURCE), outline(EN_SOURCE));
    for (name, variables) in &zh {
        assert_eq!(en.get(name), Some(variables), "{name}");
    }
    for name in en.keys() {
        assert!(zh.contains_key(name), "{name} is missing in Chinese");
    }
}

#[test]
fn every_message_parses() {
    for (source, name) in [(ZH_SOURCE, "zh"), (EN_SOURCE, "en")] {
        let parsed = fluent_bundle::FluentResource::try_new(source.to_owned());
        assert!(parsed.is_ok(), "{name}: {:?}", parsed.err().map(|(_, errors)| errors));
    }
    assert!(ZH.has_message("product"));
}

/// Every file below `src`.
fn sources(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn needed(names: impl IntoIterator<Item = String>) {
    let missing: Vec<String> = names
        .into_iter()
        .filter(|id| Language::ALL.iter().any(|language| find(*language, id, &[]).is_none()))
        .collect();
    assert!(missing.is_empty(), "no message: {missing:?}");
}

#[test]
fn every_message_that_the_pages_name_is_there() {
    let mut files = Vec::new();
    for room in ["src/web", "src/documents"] {
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(room), &mut files);
    }
    let mut names = BTreeSet::new();
    for (_, source) in &files {
        let compact: String = source.split_whitespace().collect::<Vec<_>>().join(" ");
        for call in ["words.t(", ".t(", ".with(", "fill("] {
            for rest in compact.split(call).skip(1) {
                if let Some(id) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                    names.insert(id.to_owned());
                }
            }
        }
    }
    assert!(names.len() > 200);
    needed(names);
}

/// The words that stand in the code as `"name"` after a prefix such as `expected: "`.
fn literals(prefix: &str) -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let of = |source: &String| -> Vec<String> {
        source.split(prefix).skip(1).filter_map(|rest| rest.split('"').next()).map(ToOwned::to_owned).collect()
    };
    files.iter().flat_map(|(_, source)| of(source)).filter(|id| is_id(id)).collect()
}

#[test]
fn every_expectation_of_a_field_is_there() {
    let found = literals(&["expected: ", "\""].concat());
    assert!(found.contains("reason"));
    needed(found.into_iter().map(|name| format!("expected-{name}")));
}

#[test]
fn every_error_has_its_message_and_remedy() {
    let source = include_str!("../service/error.rs");
    let codes: Vec<&str> = source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(codes.len() > 25);
    needed(codes.iter().flat_map(|code| [format!("error-{code}"), format!("error-{code}.remedy")]));
    let things = ["page", "bank", "test", "attempt", "question", "branch", "person", "slip"];
    needed(things.map(|thing| format!("thing-{thing}")));
    let misfits = ["form", "unknown-label", "repeated-label", "gap-count", "part-count", "too-long", "nul"];
    needed(misfits.map(|misfit| format!("misfit-{misfit}")));
}

#[test]
fn every_finding_has_its_message_and_what_to_do() {
    let names = ["address", "phone", "disk", "clock", "backup", "database", "files"];
    needed(names.map(|name| format!("ready-{name}")));
    needed(names.map(|name| format!("ready-{name}-good")));
    let (warn, unknown) =
        (["address", "phone", "disk", "clock", "backup", "files"], ["address", "phone", "disk", "backup", "files"]);
    let both = warn
        .map(|name| format!("ready-{name}-warn"))
        .into_iter()
        .chain(unknown.map(|name| format!("ready-{name}-unknown")));
    needed(both.flat_map(|id| [format!("{id}.remedy"), id]));
    needed(crate::service::device_checks::SHAPES.map(|shape| format!("device-check-{shape}")));
}

/// The variants of an enum in a source text, in kebab case.
fn variants(source: &str, name: &str) -> Vec<String> {
    let body = source.split(&format!("pub enum {name} {{")).nth(1).unwrap().split("\n}").next().unwrap();
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let of = |line: &str| {
        let mut kebab = String::new();
        for (index, character) in line.trim_end_matches(',').chars().enumerate() {
            if index > 0 && character.is_uppercase() {
                kebab.push('-');
            }
            kebab.extend(character.to_lowercase());
        }
        kebab
    };
    lines.filter(|line| line.ends_with(',')).map(of).collect()
}

#[test]
fn every_problem_of_a_file_has_its_message_and_remedy() {
    let json = variants(include_str!("../rules/bank.rs"), "ProblemCode");
    assert!(json.len() > 30);
    assert_eq!(serde_json::to_value(ProblemCode::NotUtf8).unwrap(), "not-utf8");
    needed(json.iter().flat_map(|code| [format!("problem-{code}"), format!("problem-{code}.remedy")]));
    let lints = LintCode::ALL.map(LintCode::name);
    needed(lints.iter().flat_map(|code| [format!("lint-{code}"), format!("lint-{code}.remedy")]));
    let sheet = variants(include_str!("../rules/roster.rs"), "SheetProblemCode");
    assert!(sheet.len() > 20);
    needed(sheet.iter().flat_map(|code| [format!("sheet-{code}"), format!("sheet-{code}.remedy")]));
}

/// Every code of a remark that some reader of a form writes.
fn remark_codes() -> Vec<String> {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/formats/exchange"))];
    let mut codes = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            // Beside codes there are the tags that GIFT holds.
            let is_code = |word: &&str| {
                let is_tag = word.ends_with('-') || word.starts_with('-') || *word == "short-answer";
                word.contains('-') && !is_tag && word.bytes().all(|b| b == b'-' || b.is_ascii_lowercase())
            };
            // And the names of forms.
            if !path.ends_with("tests.rs") && !path.ends_with("form.rs") {
                codes.extend(source.split('"').skip(1).step_by(2).filter(is_code).map(ToOwned::to_owned));
            }
        }
    }
    codes
}

#[test]
fn every_remark_on_a_foreign_file_has_its_message() {
    let codes = remark_codes();
    assert!(codes.len() > 10, "{codes:?}");
    needed(codes.iter().map(|code| format!("remark-{code}")));
}

#[test]
fn every_word_of_the_rules_has_its_message() {
    needed(Role::ALL.map(|role| format!("role-{}", role.name())));
    needed(Kind::ALL.map(|kind| format!("kind-{}", kind.name())));
    needed(Policy::ALL.map(|policy| format!("policy-{}", policy.name())));
    needed(Occasion::ALL.map(|occasion| format!("occasion-{}", occasion.name())));
    needed(Keep::ALL.map(|keep| format!("keep-{}", keep.name())));
    needed(Review::ALL.map(|review| format!("review-{}", review.name())));
    needed(Presence::ALL.map(|presence| format!("presence-{}", presence.name())));
}
