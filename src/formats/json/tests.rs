use super::{Document, MOST_LEVELS, Value};
use crate::rules::bank::ProblemCode;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

fn read(text: &str) -> Result<Document<'_>, crate::rules::bank::Problem> {
    Document::read(text.as_bytes(), 1 << 20)
}

fn fault(text: &str) -> (ProblemCode, usize, usize) {
    let problem = read(text).unwrap_err();
    (problem.code, problem.place.line, problem.place.column)
}

#[test]
fn a_syntax_error_names_its_place_in_characters() {
    for (text, line, column) in [
        ("{\"党\": 章}", 1, 7),
        ("{\n  \"a\": 1,\n}", 3, 1),
        ("[1, 2] 3", 1, 8),
        ("[01]", 1, 3),
        ("[1.]", 1, 4),
        ("[+1]", 1, 2),
        ("[nul]", 1, 2),
        ("\"a\tb\"", 1, 3),
        ("\"\\x\"", 1, 3),
        ("\"\\ud800\"", 1, 3),
        ("\"\\udc00\"", 1, 3),
        ("{a: 1}", 1, 2),
        ("{\"a\" 1}", 1, 6),
        ("'a'", 1, 1),
        ("// c\n1", 1, 1),
    ] {
        assert_eq!(fault(text), (ProblemCode::Syntax, line, column), "{text}");
    }
}

#[test]
fn what_is_too_deep_or_no_utf8_is_refused() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(&nested(MOST_LEVELS)).is_ok());
    assert_eq!(fault(&nested(MOST_LEVELS + 1)), (ProblemCode::TooDeep, 1, MOST_LEVELS + 1));
    let problem = Document::read(b"[\n \"\xb5\xb3\"]", 100).unwrap_err();
    assert_eq!((problem.code, problem.place.line, problem.place.column), (ProblemCode::NotUtf8, 2, 3));
    assert_eq!(Document::read(b"[1, 2]", 5).unwrap_err().code, ProblemCode::TooLarge);
    assert!(Document::read(b"\xef\xbb\xbf[]", 10).is_ok());
    for nothing in ["", " \r\n", "\u{feff}"] {
        assert_eq!(fault(nothing).0, ProblemCode::EmptyFile, "{nothing:?}");
    }
}

#[test]
fn repeated_fields_are_found_however_they_are_written() {
    let text = r#"{"a": 1, "b": {"\u0061": 1, "a": 2}, "a": 3}"#;
    let document = read(text).unwrap();
    let pointers: Vec<String> = document.repeated().iter().map(|field| document.pointer(field.at)).collect();
    assert_eq!(pointers, ["/b/a", "/a"]);
    let many: Vec<String> = (0..40).map(|i| format!("\"k{}\": 0", i % 39)).collect();
    assert_eq!(read(&format!("{{{}}}", many.join(","))).unwrap().repeated().len(), 1);
}

#[test]
fn pointers_are_escaped() {
    let document = read(r#"{"a/b": [0, {"c~d": "here"}]}"#).unwrap();
    let at = u32::try_from(document.source().find("\"here").unwrap()).unwrap();
    assert_eq!(document.pointer(at), "/a~1b/1/c~0d");
}

fn same(document: &Document<'_>, value: &Value, other: &serde_json::Value) -> bool {
    match (value, other) {
        (Value::Null { .. }, serde_json::Value::Null) => true,
        (Value::Boolean { value, .. }, serde_json::Value::Bool(other)) => value == other,
        (Value::Number { .. }, serde_json::Value::Number(other)) => {
            document.number(value).map(|(number, _)| number) == other.as_f64()
        }
        (Value::Text { .. }, serde_json::Value::String(other)) => document.text(value).unwrap() == other.as_str(),
        (Value::List { items, .. }, serde_json::Value::Array(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(one, two)| same(document, one, two))
        }
        (Value::Object { members, .. }, serde_json::Value::Object(others)) => members
            .iter()
            .all(|member| others.get(&*document.key(member)).is_some_and(|two| same(document, &member.value, two))),
        _ => false,
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Document::read(&bytes, 1000);
    }

    #[test]
    fn what_looks_like_json_is_read_as_serde_reads_it(text in r#"([\[\]{},:]|"[a党\\nu0d8]{0,6}"|-?[0-9.eE+]{1,4}|true|null| ){0,12}"#) {
        let ours = read(&text);
        let theirs: Result<serde_json::Value, _> = serde_json::from_str(&text);
        match (&ours, &theirs) {
            (Ok(document), Ok(value)) => {
                prop_assert!(!document.repeated().is_empty() || same(document, document.root(), value));
            }
            (Ok(document), Err(error)) => prop_assert!(error.to_string().contains("out of range"), "{} {error}", document.source()),
            (Err(_), Ok(_)) => prop_assert!(false, "{text}"),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn every_string_is_read_back(text in any::<String>()) {
        let written = serde_json::to_string(&text).unwrap();
        let document = read(&written).unwrap();
        prop_assert_eq!(document.text(document.root()).unwrap(), text);
    }
}
