use super::{Filling, Flaw, fill, flaws};
use crate::formats::docx_writer::{Block, Cell, Document, Layout, Paragraph, Style, Table, write};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;

const RELATIONS: &str = "word/_rels/document.xml.rels";

/// A document whose paragraphs are these, as XML.
fn document(body: &str) -> Vec<u8> {
    let empty = Document { title: String::new(), language: "zh-CN", layout: Layout::Official, blocks: Vec::new() };
    changed(&write(&empty).unwrap(), |name, text| match name {
        "word/document.xml" => text.replace("<w:body>", &format!("<w:body>{body}")),
        _ => text,
    })
}

/// A package with its parts changed.
fn changed(bytes: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut file = from.by_index(index).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        file.read_to_string(&mut text).unwrap();
        to.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        to.write_all(change(&name, text).as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn filling() -> Filling {
    let table = Table {
        widths: vec![20],
        heads: vec![vec![Cell::new(Style::CellHead, "名称")]],
        rows: vec![vec![Cell::new(Style::Cell, "一支部")]],
        row_height: 8,
    };
    Filling {
        title: "关于A&B的通报".into(),
        text: vec![
            Paragraph::new(Style::Heading, "一、基本情况").into(),
            Paragraph::new(Style::Body, "正文第一段。").into(),
            Paragraph::to_fill(Style::Body, "请填写").into(),
        ],
        issuer: "机关党委".into(),
        date: "2026年11月27日".into(),
        enclosures: vec![Paragraph::new(Style::Label, "附件").on_new_page().into(), Block::Table(table)],
    }
}

fn filled(body: &str) -> String {
    let bytes = fill(&document(body), &filling()).unwrap();
    let text = part(&bytes, "word/document.xml");
    roxmltree::Document::parse(&text).unwrap();
    roxmltree::Document::parse(&part(&bytes, "word/styles.xml")).unwrap();
    text
}

#[test]
fn a_place_that_word_split_is_filled_in_and_keeps_its_look() {
    let split = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>印发 {</w:t></w:r><w:proofErr w:type=\"x\"/><w:r><w:t>{标</w:t></w:r>\
                 <w:r><w:t>题 }} 于 ｛｛date｝｝。</w:t></w:r></w:p>";
    let text = filled(&format!("{split}{}", paragraph("{{text}}")));
    assert!(text.contains("<w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">印发 关于A&amp;B的通报</w:t>"), "{text}");
    assert!(text.contains("<w:t xml:space=\"preserve\"> 于 2026年11月27日。</w:t>"), "{text}");
    assert!(!text.contains('{') && !text.contains('｛'), "{text}");
}

#[test]
fn paragraphs_inherit_what_the_place_looks_like() {
    let place = "<w:p><w:pPr><w:pStyle w:val=\"a3\"/><w:keepNext/><w:pageBreakBefore/><w:ind w:firstLine=\"600\"/><w:sectPr/></w:pPr>\
                 <w:r><w:rPr><w:rFonts w:eastAsia=\"楷体\"/><w:sz w:val=\"30\"/><w:highlight w:val=\"red\"/><w:lang w:val=\"zh-CN\"/></w:rPr>\
                 <w:t>{{正文}}</w:t></w:r></w:p>";
    let text = filled(place);
    let kept = "<w:pStyle w:val=\"a3\"/>";
    assert_eq!(text.matches(kept).count(), 3, "{text}");
    assert!(text.contains("<w:rFonts w:eastAsia=\"楷体\"/><w:sz w:val=\"30\"/><w:lang w:val=\"zh-CN\"/></w:rPr><w:t xml:space=\"preserve\">正文第一段。"), "{text}");
    assert!(text.contains("w:eastAsia=\"黑体\"/><w:sz w:val=\"30\"/>"), "{text}");
    assert!(text.contains("<w:sz w:val=\"30\"/><w:highlight w:val=\"yellow\"/><w:lang"), "{text}");
    assert_eq!(text.matches("<w:pStyle w:val=\"a3\"/><w:keepNext/>").count(), 1, "only the heading: {text}");
    assert_eq!(text.matches("<w:sectPr/>").count(), 1, "the section ends once: {text}");
    assert_eq!(text.matches("pageBreakBefore").count(), 2, "that of the place and that of the enclosure: {text}");
    let (enclosure, section) = (text.find("KaoheLabel").unwrap(), text.rfind("<w:sectPr>").unwrap());
    assert!(text.find("请填写").unwrap() < enclosure && enclosure < section, "{text}");
}

#[test]
fn enclosures_stand_where_their_place_is() {
    let body = [paragraph("{{text}}"), paragraph("{{附件}}"), paragraph("抄送")].concat();
    let text = filled(&body);
    assert!(text.find("KaoheLines").unwrap() < text.find("抄送").unwrap(), "{text}");
    assert!(text.contains("<w:tblStyle w:val=\"KaoheLines\"/>"));
    let again = fill(&fill(&document(&body), &Filling::default()).unwrap(), &filling());
    assert_eq!(again, Err(vec![Flaw::NoText]), "what was filled in has no places left");
}

#[test]
fn what_cannot_be_filled_in_is_told_all_at_once() {
    let cell = format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", paragraph("{{附件}}"));
    let body =
        [paragraph("{{标题2}}"), cell, paragraph("见{{正文}}"), paragraph("{{正文}}"), paragraph("{{正文}}")].concat();
    let expected = vec![
        Flaw::Unknown("{{标题2}}".into()),
        Flaw::Misplaced("{{附件}}".into()),
        Flaw::Misplaced("{{正文}}".into()),
        Flaw::Twice("{{正文}}".into()),
    ];
    assert_eq!(flaws(&document(&body)), expected);
    assert_eq!(flaws(&document(&paragraph("{{标题}}"))), [Flaw::NoText]);
    assert!(matches!(flaws(b"PK nothing").as_slice(), [Flaw::Unreadable(_)]));
}

#[test]
fn what_could_act_is_refused() {
    let plain = document(&paragraph("{{正文}}"));
    assert_eq!(flaws(&plain), []);
    let with = |name: &'static str, from: &'static str, to: &'static str| {
        let bytes = changed(&plain, |known, text| if known == name { text.replace(from, to) } else { text });
        flaws(&bytes)
    };
    let types = "[Content_Types].xml";
    let macros = with(types, "wordprocessingml.document.main", "document.macroEnabled.main");
    assert!(matches!(macros.as_slice(), [Flaw::Acts(_)]), "{macros:?}");
    let template = with(types, "wordprocessingml.document.main", "wordprocessingml.template.main");
    assert!(matches!(template.as_slice(), [Flaw::OtherKind(_)]), "{template:?}");
    let relation = |kind: &str, more: &str| {
        format!(
            "<Relationship Id=\"x\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"http://a.example/x\"{more}/></Relationships>"
        )
    };
    for (kind, more) in [("oleObject", ""), ("aFChunk", ""), ("image", " TargetMode=\"External\""), ("vbaProject", "")]
    {
        let to: &'static str = relation(kind, more).leak();
        let refused = with(RELATIONS, "</Relationships>", to);
        assert!(matches!(refused.as_slice(), [Flaw::Acts(what)] if what.starts_with(kind)), "{kind}: {refused:?}");
    }
    let link: &'static str = relation("hyperlink", " TargetMode=\"External\"").leak();
    assert_eq!(with(RELATIONS, "</Relationships>", link), []);
    let field = document(
        &[
            paragraph("{{正文}}"),
            "<w:p><w:r><w:instrText> DD</w:instrText></w:r><w:r><w:instrText>EAUTO c</w:instrText></w:r></w:p>".into(),
        ]
        .concat(),
    );
    assert_eq!(flaws(&field), [Flaw::Acts("DDE".into())]);
    let elsewhere = with("word/fontTable.xml", "</w:fonts>", "<w:instrText>INCLUDETEXT x</w:instrText></w:fonts>");
    assert_eq!(elsewhere, [Flaw::Acts("INCLUDE".into())], "also outside of the text");
}

#[test]
fn the_template_of_a_template_is_forgotten() {
    let relation = "<Relationship Id=\"x\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate\" Target=\"file:///C:/a.dotm\" TargetMode=\"External\"/></Relationships>";
    let bytes = changed(&document(&paragraph("{{正文}}")), |name, text| match name {
        RELATIONS => text.replace("</Relationships>", relation),
        "word/settings.xml" => {
            text.replace("<w:evenAndOddHeaders/>", "<w:attachedTemplate w:id=\"x\"/><w:evenAndOddHeaders/>")
        }
        _ => text,
    });
    let bytes = fill(&bytes, &filling()).unwrap();
    assert!(
        !part(&bytes, RELATIONS).contains("a.dotm") && !part(&bytes, "word/settings.xml").contains("attachedTemplate")
    );
}

#[test]
fn a_package_that_unpacks_to_too_much_is_refused() {
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    to.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..65 {
        to.write_all(&zeros).unwrap();
    }
    let bytes = to.finish().unwrap().into_inner();
    assert!(bytes.len() < 1024 * 1024);
    assert_eq!(flaws(&bytes), [Flaw::Unreadable("> 64 MB".into())]);
}
