//! The part of a test file that says what is asked of those who sit it. What isn't asked for is left out.

use crate::formats::json::Value;
use crate::formats::reader::Reader;
use crate::rules::bank::ProblemCode;
use crate::rules::integrity::{Integrity, MOST_PASSWORD_CHARACTERS, MOST_PLACES, config_key, network, written};
use serde_json::{Map, json};

pub(super) const FIELDS: [&str; 7] =
    ["hints", "full_screen", "no_copy", "one_device", "addresses", "password", "safe_exam_browser"];

pub(super) fn read<'d>(reader: &mut Reader<'d>, value: &'d Value) -> Option<Integrity> {
    let fields = reader.fields(value, &FIELDS)?;
    let mut switch = |name| fields.get(name).map_or(Some(false), |value| reader.boolean(value));
    let (hints, full_screen) = (switch("hints"), switch("full_screen"));
    let (no_copy, one_device) = (switch("no_copy"), switch("one_device"));
    let addresses = fields.get("addresses").map_or_else(
        || Some(Vec::new()),
        |value| each(reader, value, ProblemCode::BadNetwork, "192.168.1.0/24", network),
    );
    let keys = fields
        .get("safe_exam_browser")
        .map_or_else(|| Some(Vec::new()), |value| each(reader, value, ProblemCode::BadConfigKey, "", config_key));
    let password = match fields.get("password") {
        Some(value) => Some(reader.spoken(value, MOST_PASSWORD_CHARACTERS)?.trim().to_owned()),
        None => None,
    };
    Some(Integrity {
        hints: hints?,
        full_screen: full_screen?,
        no_copy: no_copy?,
        one_device: one_device?,
        addresses: addresses?,
        password,
        safe_exam_browser: keys?,
    })
}

fn each<'d, T: PartialEq>(
    reader: &mut Reader<'d>,
    value: &'d Value,
    code: ProblemCode,
    expected: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<Vec<T>> {
    let items = reader.list_or_none(value, MOST_PLACES)?;
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let Some(text) = reader.spoken(item, super::super::reader::MOST_TEXT_CHARACTERS) else { continue };
        match parse(&text) {
            None => reader.note(item.at(), code, &text, expected),
            Some(one) if all.contains(&one) => reader.note(item.at(), ProblemCode::Repeated, &text, ""),
            Some(one) => all.push(one),
        }
    }
    (all.len() == items.len()).then_some(all)
}

pub(super) fn write(integrity: &Integrity) -> serde_json::Value {
    let mut fields = Map::new();
    let switches = [
        ("hints", integrity.hints),
        ("full_screen", integrity.full_screen),
        ("no_copy", integrity.no_copy),
        ("one_device", integrity.one_device),
    ];
    fields.extend(switches.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name.to_owned(), true.into())));
    if !integrity.addresses.is_empty() {
        let networks: Vec<String> = integrity.addresses.iter().map(written).collect();
        fields.insert("addresses".to_owned(), json!(networks));
    }
    if let Some(password) = &integrity.password {
        fields.insert("password".to_owned(), json!(password));
    }
    if !integrity.safe_exam_browser.is_empty() {
        fields.insert("safe_exam_browser".to_owned(), json!(integrity.safe_exam_browser));
    }
    fields.into()
}
