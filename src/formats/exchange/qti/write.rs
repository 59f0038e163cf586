//! Bank → a package of QTI 2.1 or 3.0: one model of an item, spelt in two ways.

mod item;
mod package;
mod shown;

use super::names::{third_attribute, third_element};
use crate::formats::exchange::Unwritten;
use crate::formats::exchange::held::Files;
use crate::formats::exchange::xml::{Element, Spelling};
use crate::rules::bank::Bank;
use crate::rules::question::Question;
use crate::rules::text::Language;

/// A version that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats::exchange) enum Version {
    /// 2.1.
    Two,
    /// 3.0.
    Three,
}

/// Writes a package in one language, with the files of its pictures. QTI can ask every kind of question; a case isn't
/// written.
pub(in crate::formats::exchange) fn write<'b>(
    bank: &'b Bank,
    files: &Files<'_>,
    version: Version,
    language: Language,
) -> Result<(Vec<u8>, Vec<&'b Question>), Unwritten> {
    package::write((bank, files), version, language).map_err(|error| Unwritten(error.to_string()))
}

impl Version {
    const fn spelling(self) -> Spelling {
        match self {
            Self::Two => Spelling { element: str::to_owned, attribute: str::to_owned },
            Self::Three => Spelling { element: third_element, attribute: third_attribute },
        }
    }

    /// The file of an element that stands in no other.
    fn file(self, root: Element) -> String {
        let (namespace, schema) = match self {
            Self::Two => {
                ("http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd")
            }
            Self::Three => (
                "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
                "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
            ),
        };
        let root = root
            .with("xmlns", namespace)
            .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
            .with("xsi:schemaLocation", format!("{namespace} {schema}"));
        let mut file = DECLARATION.to_owned();
        root.write_spelt(self.spelling(), 0, &mut file);
        file
    }

    /// Where the rules of a template are found.
    fn template(self, name: &str) -> String {
        match self {
            Self::Two => format!("http://www.imsglobal.org/question/qti_v2p1/rptemplates/{name}"),
            Self::Three => format!("https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{name}.xml"),
        }
    }
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A name as XML takes it, another one for each id.
fn identifier(id: &str) -> String {
    if id.starts_with(|first: char| first.is_ascii_alphabetic()) { id.to_owned() } else { format!("_{id}") }
}
