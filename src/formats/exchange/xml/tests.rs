use super::{Element, Lines, MOST_LEVELS, markup, mended, parse, text, text_of};
use crate::formats::exchange::html::to_plain;
use proptest::prelude::{any, prop_assert_eq, proptest};

#[test]
fn encodings_and_document_types_are_no_hindrance() {
    let (utf16, ..) = encoding_rs::UTF_16LE.encode("");
    assert!(utf16.is_empty());
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("<a>党</a>".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let (gb, ..) = encoding_rs::GB18030.encode("<?xml version='1.0' encoding='GB2312'?><a>党</a>");
    for bytes in [
        "<a>党</a>".as_bytes(),
        "\u{feff}\n <a>党</a>".as_bytes(),
        &wide,
        &gb,
        "<?xml version=\"1.0\"?><!-- > --><!DOCTYPE a PUBLIC \"x\" \"http://x/a.dtd\"><a>党\u{b}</a>".as_bytes(),
    ] {
        let text = text(bytes).unwrap();
        assert_eq!(text_of(parse(&text).unwrap().root()).trim(), "党", "{text}");
    }
    let text = text(b"<!DOCTYPE a\n SYSTEM 'x'\n>\n<a>\n<b/></a>").unwrap();
    let document = parse(&text).unwrap();
    let node = document.descendants().find(|node| node.has_tag_name("b")).unwrap();
    assert_eq!(Lines::new(&text).of(node), 5);
}

#[test]
fn bombs_and_endless_nesting_are_refused() {
    let entities = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;'>]><a>&c;</a>";
    assert!(text(entities.as_bytes()).unwrap_err().why.contains("DOCTYPE"));
    assert!(parse(entities).is_err());
    assert!(parse("<a>&b;</a>").is_err());
    assert_eq!(mended("<a>x&nbsp;&mdash;&amp;</a>".to_owned()), "<a>x\u{a0}—&amp;</a>");
    let deep = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    assert!(parse(&deep(MOST_LEVELS)).is_ok());
    assert!(parse(&deep(MOST_LEVELS + 1)).unwrap_err().why.contains("200"));
    assert!(parse(&deep(300_000)).unwrap_err().why.contains("200"));
    let open = parse("<a>\n<b></a>").unwrap_err();
    assert_eq!(open.line, 2);
}

#[test]
fn markup_is_shown_as_html_shows_it() {
    let document = parse("<a>x <b>y</b><br/>&lt;p&gt;\u{a0} z<img src='m.png'/><d>d</d><c>no</c></a>").unwrap();
    let html = markup(document.root_element(), &mut |node| node.has_tag_name("c").then(|| "yes".to_owned()));
    assert_eq!(html, "x <b>y</b><br>&lt;p&gt;&nbsp; z<img src=\"m.png\"></img>dyes");
    assert_eq!(to_plain(&html).text, "x y\n<p> zdyes");
}

proptest! {
    #[test]
    fn texts_come_back(inner in any::<String>(), value in "[ -~]{0,20}") {
        let mut file = String::new();
        Element::new("a").with("b", value.clone()).text(inner.clone()).write(0, &mut file);
        let document = parse(&file).unwrap();
        let is_odd = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}');
        prop_assert_eq!(text_of(document.root_element()), inner.replace(is_odd, " "));
        prop_assert_eq!(document.root_element().attribute("b"), Some(value.as_str()));
    }

    #[test]
    fn nothing_makes_it_panic(bytes in any::<Vec<u8>>(), odd in "(<|>|/|!|DOCTYPE|\\[|\\?|a|--|=|\"|&|;|x| ){0,30}") {
        let _ = text(&bytes).map(|text| parse(&text).is_ok());
        let _ = text(odd.as_bytes()).map(|text| parse(&mended(text)).is_ok());
    }
}
