// Every reader of files, fed with anything: none may panic, hang or take memory without bound. Shared by the targets of
// cargo-fuzz in this folder and by the driver in `tests/fuzz` that needs nothing but a stable compiler.

use kaohe::formats::bundle::Beside;
use kaohe::formats::docx_template::{self, Filling};
use kaohe::formats::docx_writer::{Paragraph, Style};
use kaohe::formats::exchange::sheet::Hints;
use kaohe::formats::exchange::{Form, Naming, convert, write};
use kaohe::formats::{assessment_json, bank_json, roster, test_json};
use kaohe::rules::lint::lints;
use kaohe::rules::text::Language;

/// A reader fed with bytes.
pub(crate) type Target = fn(&[u8]);

/// All of them, by name.
pub(crate) const TARGETS: [(&str, Target); 16] = [
    ("bank_json", bank),
    ("test_json", test),
    ("assessment_json", assessment),
    ("csv", csv),
    ("xlsx", xlsx),
    ("docx", docx),
    ("docx_template", docx_template),
    ("text", text),
    ("gift", gift),
    ("aiken", aiken),
    ("moodle_xml", moodle_xml),
    ("qti12", qti12),
    ("qti21", qti21),
    ("qti3", qti3),
    ("roster_branches", branches),
    ("roster_members", members),
];

/// A bank file; a sound one is also looked at for what is suspicious, and comes back from every form that is written.
pub(crate) fn bank(bytes: &[u8]) {
    let Ok(bank) = bank_json::read(bytes) else { return };
    let again = bank_json::read(bank_json::write(&bank).as_bytes());
    assert!(again.as_ref() == Ok(&bank), "a bank that is sound is written as it is");
    let _ = lints(&bank);
    if bank.questions.len() <= 20 {
        for form in Form::WRITTEN {
            for language in Language::ALL {
                let _ = write(&bank, &[], form, language);
            }
        }
    }
}

/// A test file.
pub(crate) fn test(bytes: &[u8]) {
    let _ = test_json::read(bytes);
}

/// A template for circulars: one that is taken can be filled in.
pub(crate) fn docx_template(bytes: &[u8]) {
    let filling = Filling {
        title: "<&>".to_owned(),
        text: vec![Paragraph::new(Style::Heading, "一").into(), Paragraph::to_fill(Style::Body, "二").into()],
        enclosures: vec![Paragraph::new(Style::Label, "三").into()],
        ..Filling::default()
    };
    let is_taken = docx_template::flaws(bytes).is_empty();
    assert_eq!(is_taken, docx_template::fill(bytes, &filling).is_ok(), "what is taken can be filled in");
}

/// The rules of an annual assessment.
pub(crate) fn assessment(bytes: &[u8]) {
    let _ = assessment_json::read(bytes);
}

/// A file of another form: what is made of it is either sound or refused with its places.
fn foreign(bytes: &[u8], form: Form) {
    let naming = Naming { bank: "b".to_owned(), title: None };
    let Ok(converted) = convert(bytes, form, &naming, &Hints::default(), &Beside::Nothing) else { return };
    if let Err(problems) = bank_json::examine(&converted.json) {
        let located = converted.locate(problems);
        let _ = converted.without(&located);
    }
}

/// A sheet as text.
pub(crate) fn csv(bytes: &[u8]) {
    foreign(bytes, Form::Csv);
}

/// A workbook.
pub(crate) fn xlsx(bytes: &[u8]) {
    foreign(bytes, Form::Xlsx);
}

/// A Word document.
pub(crate) fn docx(bytes: &[u8]) {
    foreign(bytes, Form::Docx);
}

/// A list as plain text.
pub(crate) fn text(bytes: &[u8]) {
    foreign(bytes, Form::Text);
}

/// GIFT.
pub(crate) fn gift(bytes: &[u8]) {
    foreign(bytes, Form::Gift);
}

/// Aiken.
pub(crate) fn aiken(bytes: &[u8]) {
    foreign(bytes, Form::Aiken);
}

/// Moodle's XML.
pub(crate) fn moodle_xml(bytes: &[u8]) {
    foreign(bytes, Form::MoodleXml);
}

/// QTI 1.2.
pub(crate) fn qti12(bytes: &[u8]) {
    foreign(bytes, Form::Qti12);
}

/// QTI 2.
pub(crate) fn qti21(bytes: &[u8]) {
    foreign(bytes, Form::Qti21);
}

/// QTI 3.
pub(crate) fn qti3(bytes: &[u8]) {
    foreign(bytes, Form::Qti3);
}

/// A roster of branches.
pub(crate) fn branches(bytes: &[u8]) {
    let _ = roster::read_branches(bytes);
}

/// A roster of members.
pub(crate) fn members(bytes: &[u8]) {
    let _ = roster::read_members(bytes);
}
