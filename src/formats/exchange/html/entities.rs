//! The entities of HTML that texts of such systems hold.

const ENTITIES: [(&str, &str); 40] = [
    ("nbsp", " "),
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("hellip", "…"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("middot", "·"),
    ("bull", "•"),
    ("times", "×"),
    ("divide", "÷"),
    ("plusmn", "±"),
    ("minus", "−"),
    ("deg", "°"),
    ("le", "≤"),
    ("ge", "≥"),
    ("ne", "≠"),
    ("asymp", "≈"),
    ("rarr", "→"),
    ("larr", "←"),
    ("pi", "π"),
    ("alpha", "α"),
    ("beta", "β"),
    ("mu", "μ"),
    ("sup2", "²"),
    ("sup3", "³"),
    ("ensp", " "),
    ("emsp", "\u{3000}"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("sect", "§"),
    ("copy", "©"),
];

/// What an entity at the start of a text stands for, and its length.
pub(super) fn entity(text: &str) -> Option<(String, usize)> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(10).position(|byte| byte == b';')?;
    let name = body.get(..end)?;
    let found = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| *character != '\0')?.to_string()
        }
        None => ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())?,
    };
    Some((if found == "\u{a0}" { " ".to_owned() } else { found }, end + 2))
}

/// A text of XML with the named entities of HTML resolved that XML doesn't know.
pub(in crate::formats::exchange) fn resolve_named(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        resolved.push_str(before);
        let known = entity.bytes().take(10).position(|byte| byte == b';').and_then(|end| {
            let name = entity.get(1..end).filter(|name| !matches!(*name, "amp" | "lt" | "gt" | "quot" | "apos"))?;
            let (_, text) = ENTITIES.iter().find(|(known, _)| *known == name)?;
            Some((if name == "nbsp" { "\u{a0}" } else { text }, end + 1))
        });
        let (text, length) = known.unwrap_or(("&", 1));
        resolved.push_str(text);
        rest = entity.get(length..).unwrap_or_default();
    }
    resolved.push_str(rest);
    resolved
}
