//! Word documents (DOCX): paragraphs of a few styles and tables, on A4.
//!
//! Two layouts: official documents after GB/T 9704—2012 (fonts, sizes, margins, line spacing, page numbers), and sheets
//! with tables. Fonts are named, never embedded; each names others that may stand in for it. Words come in from outside.

mod parts;
#[cfg(test)]
mod tests;

pub(super) use parts::added_styles;
use parts::{CONTENT_TYPES, DOCUMENT_RELATIONS, NAMES, PACKAGE_RELATIONS, SETTINGS, fonts, styles};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

/// How a paragraph looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Who issues the document, large and red, over the number.
    Issuer,
    /// The number of the document, in the middle, with a red line below.
    Number,
    /// The title of an official document.
    Title,
    /// A heading of the first level: 一、.
    Heading,
    /// Text, its first line two characters in.
    Body,
    /// Text from the margin: to whom the document goes.
    Flush,
    /// At the right, four characters in: who signs, and the date.
    Closing,
    /// 附件, at the top left of its page.
    Label,
    /// The title of a sheet.
    SheetTitle,
    /// Text beside a table.
    SheetText,
    /// The same at the right.
    SheetEnd,
    /// Small print beside a table.
    Note,
    /// A cell in the middle.
    Cell,
    /// A cell from the left.
    CellLeft,
    /// A cell from the left that stays with what follows.
    CellTotal,
    /// A heading of a column.
    CellHead,
}

impl Style {
    const ALL: [Self; 16] = [
        Self::Issuer,
        Self::Number,
        Self::Title,
        Self::Heading,
        Self::Body,
        Self::Flush,
        Self::Closing,
        Self::Label,
        Self::SheetTitle,
        Self::SheetText,
        Self::SheetEnd,
        Self::Note,
        Self::Cell,
        Self::CellLeft,
        Self::CellTotal,
        Self::CellHead,
    ];
}

/// Words of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The words.
    pub text: String,
    /// Whether somebody has to write something else there; it is marked in yellow.
    pub is_to_fill: bool,
}

/// A paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// How it looks.
    pub style: Style,
    /// Its words.
    pub runs: Vec<Run>,
    /// Whether it begins a page.
    pub begins_page: bool,
    /// Whether it stays on one page with what follows.
    pub keeps_next: bool,
}

impl Paragraph {
    /// Some words.
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        Self { style, runs: vec![Run { text: text.into(), is_to_fill: false }], begins_page: false, keeps_next: false }
    }

    /// The same, to be replaced by somebody.
    pub fn to_fill(style: Style, text: impl Into<String>) -> Self {
        Self { style, runs: vec![Run { text: text.into(), is_to_fill: true }], begins_page: false, keeps_next: false }
    }

    /// The same with more words behind.
    #[must_use]
    pub fn and(mut self, text: impl Into<String>, is_to_fill: bool) -> Self {
        self.runs.push(Run { text: text.into(), is_to_fill });
        self
    }

    /// The same, never at the foot of a page with what follows on the next.
    #[must_use]
    pub const fn keeping_next(mut self) -> Self {
        self.keeps_next = true;
        self
    }

    /// The same on a new page.
    #[must_use]
    pub const fn on_new_page(mut self) -> Self {
        self.begins_page = true;
        self
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its words.
    pub text: String,
    /// How they look.
    pub style: Style,
    /// Over how many columns it goes.
    pub columns: usize,
}

impl Cell {
    /// A cell of one column.
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        Self { text: text.into(), style, columns: 1 }
    }

    /// The same over several columns.
    #[must_use]
    pub const fn over(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }
}

/// A table with lines around every cell. Rows never break over pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Widths of the columns in millimetres.
    pub widths: Vec<u32>,
    /// Rows that stand on top again on every page.
    pub heads: Vec<Vec<Cell>>,
    /// The others.
    pub rows: Vec<Vec<Cell>>,
    /// Least height of a row in millimetres.
    pub row_height: u32,
}

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Paragraph),
    /// A table.
    Table(Table),
}

impl From<Paragraph> for Block {
    fn from(paragraph: Paragraph) -> Self {
        Self::Paragraph(paragraph)
    }
}

/// A piece of what stands at the foot of every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foot {
    /// Words.
    Text(String),
    /// The number of the page.
    Page,
    /// How many pages there are.
    Pages,
}

/// How pages look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// After GB/T 9704—2012: `— 1 —` at the outer edge.
    Official,
    /// Narrow margins for tables; this in the middle of the foot.
    Sheet(Vec<Foot>),
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its title, as programs show it.
    pub title: String,
    /// Its language, such as `zh-CN`.
    pub language: &'static str,
    /// How pages look.
    pub layout: Layout,
    /// Its text.
    pub blocks: Vec<Block>,
}

/// A document as a file.
pub fn write(document: &Document) -> ZipResult<Vec<u8>> {
    let (edge, opposite) = feet(&document.layout);
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", PACKAGE_RELATIONS.to_owned()),
        ("docProps/core.xml", core(document)),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.to_owned()),
        ("word/document.xml", body(document)),
        ("word/styles.xml", styles(document.language)),
        ("word/fontTable.xml", fonts()),
        ("word/settings.xml", SETTINGS.to_owned()),
        ("word/footer1.xml", edge),
        ("word/footer2.xml", opposite),
    ];
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        package.start_file(name, SimpleFileOptions::default())?;
        package.write_all(text.as_bytes())?;
    }
    Ok(package.finish()?.into_inner())
}

/// Text as XML holds it; characters that XML can't hold are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

const fn twips(millimetres: u32) -> u32 {
    millimetres * 1440 * 10 / 254
}

fn core(document: &Document) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title><dc:language>{}</dc:language></cp:coreProperties>"#,
        escaped(&document.title),
        document.language
    )
}

fn body(document: &Document) -> String {
    let mut xml = format!(r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {NAMES}><w:body>"#);
    for block in &document.blocks {
        match block {
            Block::Paragraph(one) => push_paragraph(&mut xml, one, ""),
            Block::Table(table) => push_table(&mut xml, table, ""),
        }
    }
    xml.push_str(&section(&document.layout));
    xml.push_str("</w:body></w:document>");
    xml
}

/// Page, margins and feet. GB/T 9704—2012, 5.2: 37 mm above, 28 mm at the left, an area of 156 mm × 225 mm.
fn section(layout: &Layout) -> String {
    let (top, right, bottom, left, foot) = match layout {
        Layout::Official => (37, 26, 35, 28, 22),
        Layout::Sheet(_) => (18, 15, 18, 20, 9),
    };
    format!(
        r#"<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="{}" w:right="{}" w:bottom="{}" w:left="{}" w:header="{}" w:footer="{}" w:gutter="0"/></w:sectPr>"#,
        twips(top),
        twips(right),
        twips(bottom),
        twips(left),
        twips(15),
        twips(foot),
    )
}

/// A paragraph; `prefix` stands before the names of styles.
pub(super) fn push_paragraph(xml: &mut String, paragraph: &Paragraph, prefix: &str) {
    let _ = write!(xml, r#"<w:p><w:pPr><w:pStyle w:val="{prefix}{:?}"/>"#, paragraph.style);
    if paragraph.keeps_next {
        xml.push_str("<w:keepNext/><w:keepLines/>");
    }
    if paragraph.begins_page {
        xml.push_str("<w:pageBreakBefore/>");
    }
    xml.push_str("</w:pPr>");
    for run in &paragraph.runs {
        xml.push_str("<w:r>");
        if run.is_to_fill {
            xml.push_str(r#"<w:rPr><w:highlight w:val="yellow"/></w:rPr>"#);
        }
        let _ = write!(xml, r#"<w:t xml:space="preserve">{}</w:t></w:r>"#, escaped(&run.text));
    }
    xml.push_str("</w:p>");
}

/// A table; `prefix` stands before the names of styles.
pub(super) fn push_table(xml: &mut String, table: &Table, prefix: &str) {
    let total: u32 = table.widths.iter().sum();
    let _ = write!(
        xml,
        r#"<w:tbl><w:tblPr><w:tblStyle w:val="{prefix}Lines"/><w:tblW w:w="{}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>"#,
        twips(total)
    );
    for width in &table.widths {
        let _ = write!(xml, r#"<w:gridCol w:w="{}"/>"#, twips(*width));
    }
    xml.push_str("</w:tblGrid>");
    for row in &table.heads {
        push_row(xml, table, (row, true), prefix);
    }
    for row in &table.rows {
        push_row(xml, table, (row, false), prefix);
    }
    xml.push_str("</w:tbl>");
}

fn push_row(xml: &mut String, table: &Table, (row, is_head): (&[Cell], bool), prefix: &str) {
    let _ = write!(
        xml,
        r#"<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{}" w:hRule="atLeast"/>{}</w:trPr>"#,
        twips(table.row_height),
        if is_head { "<w:tblHeader/>" } else { "" }
    );
    let mut from = 0;
    for cell in row {
        let width: u32 = table.widths.iter().skip(from).take(cell.columns).sum();
        from += cell.columns;
        let _ = write!(
            xml,
            r#"<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/><w:gridSpan w:val="{}"/><w:vAlign w:val="center"/></w:tcPr>"#,
            twips(width),
            cell.columns
        );
        push_paragraph(xml, &Paragraph::new(cell.style, cell.text.as_str()), prefix);
        xml.push_str("</w:tc>");
    }
    xml.push_str("</w:tr>");
}

/// The foot of odd pages and of even ones.
fn feet(layout: &Layout) -> (String, String) {
    match layout {
        Layout::Official => {
            let pieces = [Foot::Text("— ".into()), Foot::Page, Foot::Text(" —".into())];
            (foot("FootRight", &pieces), foot("FootLeft", &pieces))
        }
        Layout::Sheet(pieces) => (foot("FootMiddle", pieces), foot("FootMiddle", pieces)),
    }
}

fn foot(style: &str, pieces: &[Foot]) -> String {
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:ftr {NAMES}><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>"#
    );
    for piece in pieces {
        let _ = match piece {
            Foot::Text(text) => write!(xml, r#"<w:r><w:t xml:space="preserve">{}</w:t></w:r>"#, escaped(text)),
            Foot::Page => write!(xml, r#"<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>"#),
            Foot::Pages => write!(xml, r#"<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>1</w:t></w:r></w:fldSimple>"#),
        };
    }
    xml.push_str("</w:p></w:ftr>");
    xml
}
