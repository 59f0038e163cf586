//! The package: manifest, a test with a section for each topic, and a file for each item.

use super::item::Writer;
use super::shown::PICTURES;
use super::{DECLARATION, Version, identifier};
use crate::formats::exchange::drafting::tags;
use crate::formats::exchange::held::Files;
use crate::formats::exchange::xml::Element;
use crate::rules::bank::Bank;
use crate::rules::question::Question;
use crate::rules::text::Language;
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const TEST: &str = "test.xml";

/// The bytes, and the questions that are in them.
pub(super) fn write<'b>(
    (bank, files): (&'b Bank, &Files<'_>),
    version: Version,
    language: Language,
) -> ZipResult<(Vec<u8>, Vec<&'b Question>)> {
    let writer = Writer { version, language };
    let items = bank.questions.iter().filter_map(|question| Some((question, writer.file(question)?)));
    let (kept, items): (Vec<&Question>, Vec<String>) = items.unzip();
    let shown: Vec<Vec<String>> =
        kept.iter().zip(&items).map(|(question, item)| shown(question, item, files)).collect();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, text: &str| -> ZipResult<()> {
        archive.start_file(name, SimpleFileOptions::default())?;
        Ok(archive.write_all(text.as_bytes())?)
    };
    put("imsmanifest.xml", &manifest(bank, (&kept, &shown), version, language))?;
    put(TEST, &version.file(test(bank, &kept, language)))?;
    for (question, text) in kept.iter().zip(&items) {
        put(&file(question), text)?;
    }
    for name in shown.iter().flatten().collect::<BTreeSet<_>>() {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(picture(name), stored)?;
        archive.write_all(files.get(name.as_str()).copied().unwrap_or_default())?;
    }
    Ok((archive.finish()?.into_inner(), kept))
}

/// The pictures that the item of a question shows: those of another language are none of them.
fn shown(question: &Question, item: &str, files: &Files<'_>) -> Vec<String> {
    let names = question.pictures().into_iter();
    names.filter(|name| files.contains_key(name.as_str()) && item.contains(name)).collect()
}

fn picture(name: &str) -> String {
    format!("{PICTURES}/{name}")
}

fn file(question: &Question) -> String {
    format!("items/{}.xml", question.id)
}

/// Questions stay in their order: a topic that comes again is a section again.
fn test(bank: &Bank, questions: &[&Question], language: Language) -> Element {
    let sections = questions.chunk_by(|one, other| one.topic == other.topic).enumerate();
    let sections = sections.map(|(index, questions)| {
        let topic = questions.first().map_or("", |question| question.topic.as_str());
        let known = bank.topics.iter().find(|known| known.id == topic);
        let title = known.map_or(topic, |known| known.title.in_language(language));
        let items = questions.iter().map(|question| {
            Element::new("assessmentItemRef")
                .with("identifier", format!("item-{}", identifier(&question.id)))
                .with("href", file(question))
        });
        Element::new("assessmentSection")
            .with("identifier", format!("section-{}", index + 1))
            .with("title", title)
            .with("visible", "true")
            .add_all(items)
    });
    let part = Element::new("testPart")
        .with("identifier", "part")
        .with("navigationMode", "nonlinear")
        .with("submissionMode", "simultaneous")
        .add_all(sections);
    Element::new("assessmentTest")
        .with("identifier", identifier(&bank.name))
        .with("title", bank.title.in_language(language))
        .add(part)
}

fn manifest(
    bank: &Bank,
    (questions, shown): (&[&Question], &[Vec<String>]),
    version: Version,
    language: Language,
) -> String {
    let (namespace, schema, number, kind) = match version {
        Version::Two => ("http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package", "1.0.0", "xmlv2p1"),
        Version::Three => ("http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1", "QTI Package", "3.0.0", "xmlv3p0"),
    };
    let resource = |name: String, sort: &str, href: &str| {
        Element::new("resource")
            .with("identifier", name)
            .with("type", format!("imsqti_{sort}_{kind}"))
            .with("href", href)
    };
    let of_file = |href: &str| Element::new("file").with("href", href);
    let name = |question: &Question| format!("resource-{}", identifier(&question.id));
    let needed = questions.iter().map(|question| Element::new("dependency").with("identifierref", name(question)));
    let test = resource("test".to_owned(), "test", TEST).add(of_file(TEST)).add_all(needed);
    let items = questions.iter().zip(shown).map(|(question, shown)| {
        let href = file(question);
        let item = resource(name(question), "item", &href).add(described(question, language)).add(of_file(&href));
        item.add_all(shown.iter().map(|name| of_file(&picture(name))))
    });
    let about = Element::new("metadata")
        .add(Element::new("schema").text(schema))
        .add(Element::new("schemaversion").text(number));
    let mut file = DECLARATION.to_owned();
    Element::new("manifest")
        .with("xmlns", namespace)
        .with("identifier", format!("manifest-{}", identifier(&bank.name)))
        .add(about)
        .add(Element::new("organizations"))
        .add(Element::new("resources").add(test).add_all(items))
        .write(0, &mut file);
    file
}

/// What no item has a place for, as words about its file.
fn described(question: &Question, language: Language) -> Element {
    let word =
        |tag: &String| Element::new("keyword").add(Element::new("string").with("language", language.code()).text(tag));
    let general = Element::new("general").add_all(tags(question).iter().map(word));
    let lom = Element::new("lom").with("xmlns", "http://ltsc.ieee.org/xsd/LOM").add(general);
    Element::new("metadata").add(lom)
}
