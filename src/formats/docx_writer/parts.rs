//! The parts of a package that don't depend on the text: styles, fonts, settings, relations.

use super::Style;
use std::fmt::Write as _;

/// The namespaces of a part with text.
pub(super) const NAMES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

pub(super) const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>"#;

pub(super) const PACKAGE_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;

pub(super) const DOCUMENT_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable" Target="fontTable.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/><Relationship Id="rId5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer2.xml"/></Relationships>"#;

/// Odd and even pages have feet of their own; Chinese lines break as Chinese is set. Written for Word 2013 and later.
pub(super) const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>"#;

/// A font for Chinese characters, and names of others that look like it.
struct Font {
    name: &'static str,
    instead: &'static str,
}

const TITLE: Font = Font { name: "方正小标宋简体", instead: "小标宋体,华文中宋,STZhongsong,SimSun" };
const TEXT: Font = Font { name: "仿宋_GB2312", instead: "仿宋,FangSong,STFangsong" };
const HEADING: Font = Font { name: "黑体", instead: "SimHei,STHeiti,Microsoft YaHei" };
const SMALL: Font = Font { name: "宋体", instead: "SimSun,STSong" };

const FONTS: [Font; 4] = [TITLE, TEXT, HEADING, SMALL];

pub(super) fn fonts() -> String {
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">"#,
    );
    for font in FONTS {
        let _ = write!(
            xml,
            r#"<w:font w:name="{}"><w:altName w:val="{}"/><w:charset w:val="86"/></w:font>"#,
            font.name, font.instead
        );
    }
    xml.push_str("</w:fonts>");
    xml
}

/// What a style says: how its paragraphs stand, their font and size in half points. 3 号 is 16 pt, 2 号 22 pt, 4 号 14 pt,
/// 小四 12 pt, 五号 10.5 pt.
const fn style(style: Style) -> (&'static str, Font, u32, &'static str) {
    // 28 pt between lines, as the standard's 22 lines of a page come to.
    const LINE: &str = r#"<w:spacing w:line="560" w:lineRule="exact"/>"#;
    const PARAGRAPH: &str = r#"<w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>"#;
    match style {
        Style::Issuer => (
            r#"<w:spacing w:before="400" w:after="560" w:line="1000" w:lineRule="exact"/><w:jc w:val="center"/>"#,
            TITLE,
            72,
            r#"<w:color w:val="FF0000"/>"#,
        ),
        Style::Number => (
            r#"<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="8" w:color="FF0000"/></w:pBdr><w:spacing w:after="1120" w:line="560" w:lineRule="exact"/><w:jc w:val="center"/>"#,
            TEXT,
            32,
            "",
        ),
        Style::Title => (
            r#"<w:keepNext/><w:spacing w:after="560" w:line="640" w:lineRule="exact"/><w:jc w:val="center"/>"#,
            TITLE,
            44,
            "",
        ),
        Style::Heading => (
            r#"<w:keepNext/><w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="0"/>"#,
            HEADING,
            32,
            "",
        ),
        Style::Body => (PARAGRAPH, TEXT, 32, ""),
        Style::Flush => (LINE, TEXT, 32, ""),
        Style::Closing => (
            r#"<w:keepLines/><w:spacing w:line="560" w:lineRule="exact"/><w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>"#,
            TEXT,
            32,
            "",
        ),
        Style::Label => (LINE, HEADING, 32, ""),
        Style::SheetTitle => (
            r#"<w:keepNext/><w:spacing w:before="60" w:after="120"/><w:jc w:val="center"/><w:outlineLvl w:val="0"/>"#,
            HEADING,
            32,
            "",
        ),
        Style::SheetText => (r#"<w:spacing w:before="240" w:after="120"/>"#, SMALL, 24, ""),
        Style::SheetEnd => (r#"<w:spacing w:before="240"/><w:jc w:val="right"/>"#, SMALL, 24, ""),
        Style::Note => (r#"<w:spacing w:before="40" w:after="40"/>"#, SMALL, 18, ""),
        Style::Cell => (r#"<w:jc w:val="center"/>"#, SMALL, 21, ""),
        Style::CellLeft => (r#"<w:jc w:val="left"/>"#, SMALL, 21, ""),
        Style::CellTotal => (r#"<w:keepNext/><w:jc w:val="left"/>"#, SMALL, 21, ""),
        Style::CellHead => (r#"<w:keepNext/><w:jc w:val="center"/>"#, HEADING, 21, ""),
    }
}

fn letters(font: &Font, half_points: u32, more: &str) -> String {
    format!(
        r#"<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="{}"/>{more}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>"#,
        font.name
    )
}

pub(super) fn styles(language: &str) -> String {
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="{}"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="{language}" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>"#,
        TEXT.name
    );
    for one in Style::ALL {
        let (stand, font, half_points, more) = style(one);
        push_style(&mut xml, (&format!("{one:?}"), "Normal"), stand, &letters(&font, half_points, more));
    }
    let feet = [
        ("FootRight", r#"<w:ind w:rightChars="100" w:right="320"/><w:jc w:val="right"/>"#, 28),
        ("FootLeft", r#"<w:ind w:leftChars="100" w:left="320"/>"#, 28),
        ("FootMiddle", r#"<w:jc w:val="center"/>"#, 18),
    ];
    for (name, stand, half_points) in feet {
        push_style(&mut xml, (name, "Normal"), stand, &letters(&SMALL, half_points, ""));
    }
    push_lines(&mut xml, "");
    xml.push_str("</w:styles>");
    xml
}

/// The same styles for a document of somebody else, to be added to its own: `prefix` stands before their names, and
/// nothing that holds for its other paragraphs holds for them.
pub(in crate::formats) fn added_styles(prefix: &str) -> String {
    let mut xml = format!(
        r#"<w:style w:type="paragraph" w:customStyle="1" w:styleId="{prefix}Plain"><w:name w:val="{prefix}Plain"/><w:pPr><w:widowControl w:val="0"/><w:spacing w:before="0" w:beforeAutospacing="0" w:after="0" w:afterAutospacing="0" w:line="240" w:lineRule="auto"/><w:ind w:left="0" w:right="0" w:firstLine="0"/><w:jc w:val="left"/></w:pPr>{}</w:style>"#,
        letters(&TEXT, 32, "")
    );
    for one in Style::ALL {
        let (stand, font, half_points, more) = style(one);
        let names = (format!("{prefix}{one:?}"), format!("{prefix}Plain"));
        push_style(&mut xml, (&names.0, &names.1), stand, &letters(&font, half_points, more));
    }
    push_lines(&mut xml, prefix);
    xml
}

/// The style of tables.
fn push_lines(xml: &mut String, prefix: &str) {
    let _ = write!(
        xml,
        r#"<w:style w:type="table" w:styleId="{prefix}Lines"><w:name w:val="{prefix}Lines"/><w:tblPr><w:tblBorders>"#
    );
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        let _ = write!(xml, r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#);
    }
    xml.push_str(r#"</w:tblBorders><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>"#);
}

fn push_style(xml: &mut String, (name, basis): (&str, &str), stand: &str, letters: &str) {
    let _ = write!(
        xml,
        r#"<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="{basis}"/><w:qFormat/><w:pPr>{stand}</w:pPr>{letters}</w:style>"#
    );
}
