use super::{Block, Cell, Document, Foot, Layout, Paragraph, Style, Table, write};
use roxmltree::Document as Xml;
use std::io::{Cursor, Read};

fn part(bytes: &[u8], name: &str) -> String {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn document(layout: Layout) -> Document {
    let table = Table {
        widths: vec![20, 30],
        heads: vec![vec![Cell::new(Style::CellHead, "both").over(2)]],
        rows: vec![vec![Cell::new(Style::Cell, "1"), Cell::new(Style::CellLeft, "a < b & \"c\"\u{1}\u{fffe}")]],
        row_height: 8,
    };
    let blocks = vec![
        Paragraph::new(Style::Title, "标题").into(),
        Paragraph::to_fill(Style::Flush, "（主送机关）").and("：", false).into(),
        Paragraph::new(Style::Label, "附件").on_new_page().into(),
        Block::Table(table),
    ];
    Document { title: "A & B".into(), language: "zh-CN", layout, blocks }
}

#[test]
fn every_part_is_xml_and_is_named_as_it_should_be() {
    let bytes = write(&document(Layout::Official)).unwrap();
    let names: Vec<String> = zip::ZipArchive::new(Cursor::new(&bytes))
        .unwrap()
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let types = part(&bytes, "[Content_Types].xml");
    for name in &names {
        let text = part(&bytes, name);
        let parsed = Xml::parse(&text);
        assert!(parsed.is_ok(), "{name}: {parsed:?}");
        assert!(
            name.contains("_rels/") || name == "[Content_Types].xml" || types.contains(&format!("\"/{name}\"")),
            "{name}"
        );
    }
    let relations = part(&bytes, "word/_rels/document.xml.rels");
    let relations = Xml::parse(&relations).unwrap();
    for relation in relations.root_element().children() {
        let target = format!("word/{}", relation.attribute("Target").unwrap());
        assert!(names.contains(&target), "{target}");
    }
    assert_eq!(bytes, write(&document(Layout::Official)).unwrap(), "the same document is the same file");
}

#[test]
fn text_tables_and_what_is_to_be_filled_in_are_there() {
    let bytes = write(&document(Layout::Official)).unwrap();
    let text = part(&bytes, "word/document.xml");
    let xml = Xml::parse(&text).unwrap();
    let named = |name: &'static str| xml.descendants().filter(move |node| node.tag_name().name() == name);
    let words: Vec<&str> = named("t").filter_map(|node| node.text()).collect();
    assert_eq!(words, ["标题", "（主送机关）", "：", "附件", "both", "1", "a < b & \"c\""]);
    assert_eq!(named("highlight").count(), 1);
    assert_eq!(named("pageBreakBefore").count(), 1);
    assert_eq!(named("tblHeader").count(), 1, "the head stands on every page");
    let styles = part(&bytes, "word/styles.xml");
    let styles = Xml::parse(&styles).unwrap();
    let known: Vec<&str> = styles.descendants().filter_map(|node| attribute(node, "styleId")).collect();
    for node in named("pStyle").chain(named("tblStyle")) {
        let style = attribute(node, "val").unwrap();
        assert!(known.contains(&style), "{style}");
    }
    let margins = named("pgMar").next().unwrap();
    let millimetres = |side| attribute(margins, side).unwrap().parse::<u32>().unwrap() * 254 / 14400 + 1;
    assert_eq!(["top", "bottom", "left", "right"].map(millimetres), [37, 35, 28, 26]);
}

fn attribute<'a>(node: roxmltree::Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

#[test]
fn sheets_count_their_pages() {
    let foot = vec![Foot::Text("第 ".into()), Foot::Page, Foot::Text(" 页 共 ".into()), Foot::Pages];
    let bytes = write(&document(Layout::Sheet(foot))).unwrap();
    for name in ["word/footer1.xml", "word/footer2.xml"] {
        let text = part(&bytes, name);
        assert!(text.contains(" PAGE ") && text.contains(" NUMPAGES "), "{text}");
    }
}
