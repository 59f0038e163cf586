//! The two schemas agree: the same tables, columns, nullability, keys and unique indexes.

use std::collections::{BTreeMap, BTreeSet};

/// Table → its clauses, with the words in which the two databases must differ made alike.
fn clauses(sql: &str) -> (BTreeMap<String, BTreeSet<String>>, BTreeSet<String>) {
    let text: String =
        sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let plain = text
        .replace("INTEGER NOT NULL CHECK", "BOOLEAN NOT NULL CHECK")
        .replace("INTEGER CHECK", "BOOLEAN CHECK")
        .replace(" COLLATE \"C\"", "")
        .replace(") STRICT", ")")
        .replace("BIGINT", "INTEGER")
        .replace("BYTEA", "BLOB")
        .replace("AUTOINCREMENT NOT NULL", "NUMBERED")
        .replace("GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "PRIMARY KEY NUMBERED");
    let (mut tables, mut others) = (BTreeMap::new(), BTreeSet::new());
    for statement in plain.split(';').map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" ")) {
        let Some(rest) = statement.strip_prefix("CREATE TABLE ") else {
            if !statement.is_empty() {
                others.insert(statement);
            }
            continue;
        };
        let (name, body) = rest.split_once(" (").unwrap();
        let mut depth = 0;
        let parts = body.trim_end_matches(')').split(|character| {
            depth += match character {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            character == ',' && depth == 0
        });
        let of_boolean = |part: &str| part.split(" CHECK (").next().unwrap_or_default().trim().to_owned();
        tables.insert(
            name.to_owned(),
            parts
                .map(|part| {
                    if part.contains("BOOLEAN") {
                        of_boolean(part)
                    } else {
                        part.trim().trim_end_matches(" )").to_owned()
                    }
                })
                .collect(),
        );
    }
    (tables, others)
}

#[test]
fn both_databases_have_the_same_schema() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let names = |folder: &str| -> BTreeSet<String> {
        let files = std::fs::read_dir(format!("{root}/{folder}")).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for name in names("sqlite") {
        let read = |folder: &str| std::fs::read_to_string(format!("{root}/{folder}/{name}")).unwrap();
        let (sqlite, postgres) = (read("sqlite"), read("postgres"));
        let (one, two) = (clauses(&sqlite), clauses(&postgres));
        if name.starts_with("0001") {
            assert!(one.0.len() > 10 && one.0["attempt"].len() > 15, "the reading of the files works");
        }
        for (table, columns) in &one.0 {
            assert_eq!(Some(columns), two.0.get(table), "{table}");
        }
        assert_eq!(one.0.len(), two.0.len());
        assert_eq!(one.1, two.1);
        assert_eq!(sqlite.matches("STRICT").count(), one.0.len(), "every table is STRICT");
    }
}
