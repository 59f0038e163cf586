//! Who may import whom, and how long a file may be.

use std::path::{Path, PathBuf};

/// Each room, and the rooms it may look into. `app`, `config` and `limits` are what a running server is made of.
const ARROWS: &[(&str, &[&str])] = &[
    ("rules", &[]),
    ("formats", &["rules"]),
    ("store", &["rules", "limits"]),
    ("config", &["store", "limits"]),
    ("app", &["rules", "store", "config", "limits"]),
    ("service", &["rules", "formats", "store", "app", "limits"]),
    ("i18n", &["rules", "service"]),
    ("documents", &["rules", "formats", "service", "i18n", "app", "limits"]),
    ("http", &["rules", "service", "i18n", "app", "limits", "web", "api"]),
    ("web", &["rules", "formats", "service", "i18n", "documents", "http", "app", "limits", "api"]),
    ("api", &["rules", "formats", "service", "i18n", "documents", "http", "app", "limits"]),
    // The command line opens the database, and so names its errors and places.
    ("cli", &["rules", "formats", "service", "i18n", "documents", "http", "app", "config", "limits", "store", "api"]),
    ("limits", &[]),
    ("main", &["cli"]),
    ("lib", &[]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut found = Vec::new();
    files(source, &mut found);
    let room = |path: &Path| {
        path.strip_prefix(source).unwrap().iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    found.into_iter().map(|path| (room(&path), path.clone(), std::fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn every_arrow_points_down() {
    let sources = sources();
    assert!(sources.len() > 60);
    for (room, path, text) in sources {
        let allowed = ARROWS.iter().find(|(known, _)| *known == room).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{room} is a new room: say in ARROWS what it may look into"));
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let target: String =
                    part.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
                assert!(
                    target.is_empty() || target == room || allowed.contains(&target.as_str()),
                    "{}: {room} → {target}: {line}",
                    path.display()
                );
            }
            assert!(room == "store" || !line.contains("sqlx::"), "{}: SQL outside store: {line}", path.display());
        }
    }
}

#[test]
fn no_file_is_too_long() {
    for (_, path, text) in sources() {
        assert!(text.lines().count() <= 600, "{} holds more than one subject", path.display());
    }
}
