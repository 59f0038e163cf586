use super::{lines, read};
use crate::formats::exchange::testing::{questions, remarks};
use crate::formats::picture::{self, tests::png};
use serde_json::json;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const NUMBERING: &str = r#"<abstractNum abstractNumId="0"><lvl ilvl="0"><start val="1"/><numFmt val="decimal"/><lvlText val="%1."/></lvl>
<lvl ilvl="1"><start val="1"/><numFmt val="upperLetter"/><lvlText val="%2."/></lvl></abstractNum>
<abstractNum abstractNumId="1"><lvl ilvl="0"><start val="1"/><numFmt val="chineseCounting"/><lvlText val="%1、"/></lvl></abstractNum>
<num numId="1"><abstractNumId val="0"/></num><num numId="2"><abstractNumId val="1"/></num>
<num numId="3"><abstractNumId val="0"/><lvlOverride ilvl="0"><startOverride val="1"/></lvlOverride></num>"#;

pub(super) fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A document of this body, with the namespace that Word gives every name.
fn document(body: &str) -> Vec<u8> {
    let with_names = |root: &str, inner: &str| format!(r#"<{root} xmlns="urn:w">{inner}</{root}>"#);
    let styles = r#"<style styleId="Question"><pPr><numPr><numId val="1"/></numPr></pPr></style>"#;
    package(&[
        ("word/document.xml", &with_names("document", &with_names("body", body))),
        ("word/numbering.xml", &with_names("numbering", NUMBERING)),
        ("word/styles.xml", &with_names("styles", styles)),
    ])
}

fn p(text: &str) -> String {
    format!("<p><r><t>{text}</t></r></p>")
}

fn counted(list: u32, level: u32, text: &str) -> String {
    format!(r#"<p><pPr><numPr><ilvl val="{level}"/><numId val="{list}"/></numPr></pPr><r><t>{text}</t></r></p>"#)
}

fn texts(body: &str) -> Vec<(usize, String)> {
    lines(&document(body)).unwrap().0.into_iter().map(|line| (line.number, line.text)).collect()
}

fn one(paragraph: &str) -> String {
    texts(&format!("<p>{paragraph}</p>")).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn numbers_that_word_counts_stand_before_their_paragraphs() {
    let body = [
        counted(2, 0, "单选题"),
        counted(1, 0, "问"),
        counted(1, 1, "甲"),
        counted(1, 1, "乙"),
        r#"<p><pPr><pStyle val="Question"/></pPr><r><t>题</t></r></p>"#.to_owned(),
        counted(1, 1, "丙"),
        counted(2, 0, "判断题"),
        counted(3, 0, "如此"),
        counted(3, 0, "又如此"),
        counted(9, 0, "不在"),
    ];
    let read: Vec<String> = texts(&body.concat()).into_iter().map(|(_, text)| text).collect();
    let expected =
        ["一、 单选题", "1. 问", "A. 甲", "B. 乙", "2. 题", "A. 丙", "二、 判断题", "1. 如此", "2. 又如此", "不在"];
    assert_eq!(read, expected);
}

#[test]
fn changes_gaps_signs_and_breaks_are_read_as_seen() {
    assert_eq!(
        one("<r><t>甲</t></r><ins><r><t>乙</t></r></ins><del><r><delText>丙</delText><t>丁</t></r></del>"),
        "甲乙"
    );
    assert_eq!(one(r#"<r><t>在</t></r><r><rPr><u val="single"/></rPr><t>   </t></r><r><t>年</t></r>"#), "在____年");
    assert_eq!(one(r#"<r><t>10</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>"#), "10²");
    assert_eq!(one(r#"<r><t>（</t><sym font="Wingdings" char="F0FC"/><t>）</t></r>"#), "（√）");
    assert_eq!(one("<pPr><tabs><tab/></tabs></pPr><r><t>甲</t><tab/><t>乙</t></r>"), "甲\t乙");
    assert_eq!(
        texts("<p><r><t>甲</t><br/><t>乙</t></r></p><p/><p><r><t>丙</t></r></p>"),
        [(1, "甲".to_owned()), (1, "乙".to_owned()), (3, "丙".to_owned())]
    );
    let table =
        format!("<tbl><tr><tc>{}</tc><tc>{}</tc></tr><tr><tc>{}</tc></tr></tbl>", p("A.甲"), p("B.乙"), p("C.丙"));
    assert_eq!(
        texts(&(table + &p("后"))),
        [(1, "A.甲\tB.乙".to_owned()), (3, "C.丙".to_owned()), (4, "后".to_owned())]
    );
    let (_, remarks, _) =
        lines(&document("<p><r><drawing/><t>图</t></r></p><p><oMath><r><t>x</t></r></oMath></p>")).unwrap();
    let told: Vec<_> = remarks.iter().map(|one| (one.origin.line, one.code, one.found.as_str())).collect();
    assert_eq!(told, [(Some(1), "picture-skipped", ""), (Some(2), "formula-flattened", "x")]);
}

#[test]
fn pictures_stand_where_the_document_shows_them() {
    let drawing = |id: &str, descr: &str| {
        format!(r#"<r><drawing><docPr name="Picture 1" descr="{descr}"/><blip embed="{id}"/></drawing></r>"#)
    };
    let vml = r#"<r><pict><shape alt="旗"><imagedata id="r2"/></shape></pict></r>"#;
    let body = [
        format!("<p>{}</p>", drawing("r1", "标志")),
        format!("<p><r><t>1. 看</t></r>{}<r><t>，这是（A）</t></r></p>", drawing("r1", "D:\\图.png")),
        format!("<p><r><t>A. </t></r>{vml}<r><t>\u{3000}B. </t></r>{}</p>", drawing("r3", "")),
        format!("<p><r><t>解析：见</t></r>{}</p>", drawing("r1", "徽")),
        format!("<p>{}{}{}</p>", drawing("r4", ""), drawing("r9", ""), drawing("r5", "")),
    ];
    let relation = |id: &str, target: &str, more: &str| format!(r#"<Relationship Id="{id}" Target="{target}"{more}/>"#);
    let relations = [
        relation("r1", "media/a.png", ""),
        relation("r2", "/word/media/b.gif", ""),
        relation("r3", "../media/a.png", ""),
        relation("r4", "media/c.emf", ""),
        relation("r5", "http://h/a.png", r#" TargetMode="External""#),
    ];
    let document = format!("<document><body>{}</body></document>", body.concat());
    let relations = format!("<Relationships>{}</Relationships>", relations.concat());
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
        ("word/media/a.png", &png(1, 1)),
        ("word/media/b.gif", &png(2, 2)),
        ("word/media/c.emf", b"EMF"),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    let draft = read(&archive.finish().unwrap().into_inner()).unwrap();
    let name = |side: u32| picture::read(&png(side, side)).unwrap().name;
    let [question] = &*questions(&draft) else { panic!("{draft:?}") };
    assert_eq!(question["stem"], json!(format!("看![]({})，这是（ ）", name(1))));
    assert_eq!(question["options"]["A"], json!(format!("![旗]({})", name(2))));
    assert_eq!(question["answer"], json!("A"));
    assert_eq!(question["explanation"], json!(format!("见![徽]({})", name(1))));
    assert_eq!(draft.title, Some(json!("标志")));
    let told: Vec<(&str, &str)> = remarks(&draft)
        .into_iter()
        .map(|(_, code, found)| (code, found))
        .filter(|(code, _)| code.starts_with("picture"))
        .collect();
    assert_eq!(
        told,
        [
            ("picture-skipped", "word/../media/a.png"),
            ("picture-unfit", "word/media/c.emf"),
            ("picture-skipped", "r9"),
            ("picture-skipped", "http://h/a.png")
        ]
    );
    assert_eq!(draft.pictures.into_files().len(), 2);
}

#[test]
fn what_is_no_document_is_refused() {
    assert!(read(b"PK").is_err());
    assert!(read(&package(&[("xl/workbook.xml", "<a/>")])).is_err());
    assert!(read(&package(&[("word/document.xml", "<a>")])).is_err());
    let entities = r#"<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>"#;
    assert!(read(&package(&[("word/document.xml", entities)])).is_err());
    let bomb = " ".repeat(65 * 1024 * 1024);
    assert!(read(&package(&[("word/document.xml", &bomb)])).unwrap_err().why.contains("64 MB"));
}
