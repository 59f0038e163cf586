//! The forms of question files, and telling them apart.

/// A form of question file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Our own.
    Json,
    /// A workbook.
    Xlsx,
    /// A sheet as text.
    Csv,
    /// Word's.
    Docx,
    /// A list of questions as people write it.
    Text,
    /// Moodle's format for writing by hand.
    Gift,
    /// The simplest of all: choices with one right option.
    Aiken,
    /// What Moodle exports.
    MoodleXml,
    /// QTI 1.2.
    Qti12,
    /// QTI 2.0 to 2.2; written as 2.1.
    Qti21,
    /// QTI 3.0.
    Qti3,
    /// Our own with its pictures, in one ZIP.
    Zip,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Json,
        Self::Xlsx,
        Self::Csv,
        Self::Docx,
        Self::Text,
        Self::Gift,
        Self::Aiken,
        Self::MoodleXml,
        Self::Qti12,
        Self::Qti21,
        Self::Qti3,
        Self::Zip,
    ];
    /// Those that are also written.
    pub const WRITTEN: [Self; 9] = [
        Self::Json,
        Self::Zip,
        Self::Xlsx,
        Self::Csv,
        Self::Gift,
        Self::Aiken,
        Self::MoodleXml,
        Self::Qti21,
        Self::Qti3,
    ];
    /// Those in which banks are filled in by hand.
    pub const SHEETS: [Self; 2] = [Self::Xlsx, Self::Csv];

    /// Its name on the command line and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Docx => "docx",
            Self::Text => "text",
            Self::Gift => "gift",
            Self::Aiken => "aiken",
            Self::MoodleXml => "moodle-xml",
            Self::Qti12 => "qti12",
            Self::Qti21 => "qti21",
            Self::Qti3 => "qti3",
            Self::Zip => "zip",
        }
    }

    /// The ending of its files.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Docx => "docx",
            Self::Text | Self::Aiken => "txt",
            Self::Gift => "gift",
            Self::MoodleXml | Self::Qti12 => "xml",
            Self::Qti21 | Self::Qti3 | Self::Zip => "zip",
        }
    }

    /// The media type of its files.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Text | Self::Aiken | Self::Gift => "text/plain; charset=utf-8",
            Self::MoodleXml | Self::Qti12 => "application/xml",
            Self::Qti21 | Self::Qti3 | Self::Zip => "application/zip",
        }
    }

    /// Whether each text stands in a file of it in one language only.
    pub const fn holds_one_language(self) -> bool {
        !matches!(self, Self::Json | Self::Zip | Self::Xlsx | Self::Csv)
    }

    /// Whether a file of it that is written holds the pictures that it shows.
    pub const fn holds_pictures(self) -> bool {
        matches!(self, Self::Zip | Self::MoodleXml | Self::Qti21 | Self::Qti3)
    }

    /// The form of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The form of a file by what stands in it, helped by its name. What nobody knows is taken for our own form, whose
    /// reader says best what is wrong.
    pub fn detect(name: &str, bytes: &[u8]) -> Self {
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        match (start, ending.as_str()) {
            // The parts of an archive stand in it by their names.
            ([b'P', b'K', ..], _) if holds(bytes, b"word/document.xml") => Self::Docx,
            ([b'P', b'K', ..], _) if holds(bytes, b"xl/workbook") => Self::Xlsx,
            ([b'P', b'K', ..], _) if holds(bytes, b"imsmanifest.xml") || holds(bytes, b".xml") => Self::Qti21,
            ([b'P', b'K', ..], _) => Self::Xlsx,
            ([b'<', ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..], _) if root(bytes).is_some() => Self::of_root(bytes),
            (_, "csv" | "tsv") => Self::Csv,
            (_, "gift") | ([b':', b':', ..] | [b'$', b'C', b'A', b'T', ..], _) => Self::Gift,
            ([b'{' | b'[', ..], _) => Self::Json,
            (_, "aiken") => Self::Aiken,
            // Damaged, or something else by that name: its reader says so.
            (_, "xlsx" | "xls") => Self::Xlsx,
            (_, "docx") => Self::Docx,
            (_, "txt") if super::aiken::is_aiken(bytes) => Self::Aiken,
            (_, "txt") if holds(bytes, b"{") && holds(bytes, b"}") => Self::Gift,
            (_, "txt") => Self::Text,
            _ => Self::Json,
        }
    }

    fn of_root(bytes: &[u8]) -> Self {
        match root(bytes).unwrap_or_default().as_str() {
            "questestinterop" => Self::Qti12,
            name if is_qti(name) && name.starts_with('q') => Self::Qti3,
            name if is_qti(name) => Self::Qti21,
            // Its reader says best of an unknown file what it is.
            _ => Self::MoodleXml,
        }
    }
}

/// Whether an element of this name is the first of a file of QTI.
pub(super) fn is_qti(root: &str) -> bool {
    const ROOTS: [&str; 7] = [
        "assessmentItem",
        "qti-assessment-item",
        "assessmentTest",
        "qti-assessment-test",
        "questestinterop",
        "assessmentSection",
        "qti-assessment-section",
    ];
    ROOTS.contains(&root)
}

/// How much of a file is looked at for its first element.
const PROLOGUE_BYTES: usize = 4096;

/// The name of the first element of XML.
pub(super) fn root(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..PROLOGUE_BYTES.min(bytes.len()))?;
    let encoding = encoding_rs::Encoding::for_bom(head).map_or(encoding_rs::UTF_8, |(encoding, _)| encoding);
    let (text, ..) = encoding.decode(head);
    let mut tags = text.split('<').skip(1).filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()));
    let name = tags.next()?.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
    Some(name.rsplit(':').next().unwrap_or(name).to_owned())
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn every_form_that_is_written_is_known_by_its_name() {
        for form in Form::WRITTEN {
            assert_eq!(Form::from_name(form.name()), Some(form));
        }
    }

    #[test]
    fn a_form_is_told_by_content_first_and_then_by_name() {
        for (name, bytes, form) in [
            ("bank.json", &b"{\"bank\": 1}"[..], Form::Json),
            ("bank.txt", b"\xef\xbb\xbf [1]", Form::Json),
            ("wrong.json", b"PK\x03\x04", Form::Xlsx),
            ("list", b"PK\x03\x04 word/document.xml", Form::Docx),
            ("list", b"PK\x03\x04 xl/workbook.xml", Form::Xlsx),
            ("list.docx", b"PK\x03\x04 imsmanifest.xml", Form::Qti21),
            ("", b"<!-- x -->\n<questestinterop>", Form::Qti12),
            ("", b"<q:assessmentItem xmlns:q='x'>", Form::Qti21),
            ("", b"<qti-assessment-item/>", Form::Qti3),
            ("a.gift", b"[html]2+2 {=4}", Form::Gift),
            ("a.txt", b"::t:: 2+2 {=4}", Form::Gift),
            ("a.txt", b"2+2 {=4}", Form::Gift),
            ("a.txt", b"1. 2+2", Form::Text),
            ("a.txt", b"2+2?\r\nA. 4\r\nB. 5\r\nANSWER: A\r\n", Form::Aiken),
            ("a.txt", b"1. 2+2?\nA. 4\nB. 5\nAnswer: A", Form::Text),
            ("bank.txt", b"{}", Form::Json),
            ("a.txt", b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- x --><quiz>", Form::MoodleXml),
            ("a.xml", b"\xff\xfe<\0q\0u\0i\0z\0>\0", Form::MoodleXml),
            ("sheet.CSV", b"a,b", Form::Csv),
            ("sheet.csv", b"[x],b", Form::Csv),
            ("", b"", Form::Json),
            ("damaged.XLSX", b"\x9fT)-o", Form::Xlsx),
            ("damaged.docx", b"", Form::Docx),
            ("bank.xlsx", b"{}", Form::Json),
        ] {
            assert_eq!(Form::detect(name, bytes), form, "{name}");
        }
        assert!(Form::ALL.iter().all(|form| Form::from_name(form.name()) == Some(*form)));
    }
}
