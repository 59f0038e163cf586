//! Sound files to begin with, written by our own writers where there is one; none is kept.

use kaohe::formats::bank_json;
use kaohe::formats::docx_writer::{Block, Document, Layout, Paragraph, Style, write as write_docx};
use kaohe::formats::exchange::{Form, write};
use kaohe::formats::picture;
use kaohe::rules::bank::Bank;
use kaohe::rules::text::Language;
use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};

/// Something to begin with.
#[derive(Debug, Clone)]
pub(crate) enum Seed {
    /// A file.
    Plain(Vec<u8>),
    /// A package of named files.
    Package(Vec<(String, Vec<u8>)>),
}

impl Seed {
    /// As a file of this machine.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let parts = match self {
            Self::Plain(bytes) => return bytes.clone(),
            Self::Package(parts) => parts,
        };
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, content) in parts {
            package.start_file(name.as_str(), stored).unwrap();
            package.write_all(content).unwrap();
        }
        package.finish().unwrap().into_inner()
    }

    fn of(bytes: Vec<u8>) -> Self {
        let Ok(mut package) = zip::ZipArchive::new(Cursor::new(&bytes)) else { return Self::Plain(bytes) };
        let mut parts = Vec::new();
        for index in 0..package.len() {
            let mut file = package.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            parts.push((file.name().unwrap().into_owned(), content));
        }
        Self::Package(parts)
    }

    fn text(text: &str) -> Self {
        Self::Plain(text.as_bytes().to_vec())
    }
}

/// The first two questions of each kind that stand in a shipped bank and in the fixture of all kinds.
fn banks() -> Vec<Bank> {
    let files = [include_str!("../../question_banks/branch-work.json"), include_str!("../fixtures/kinds.json")];
    let few = |file: &str| {
        let mut bank = bank_json::read(file.as_bytes()).unwrap();
        let mut seen = std::collections::HashMap::new();
        bank.questions.retain(|question| {
            let count: &mut u32 = seen.entry(question.kind()).or_default();
            *count += 1;
            *count <= 2
        });
        let kept: BTreeSet<String> = bank.questions.iter().map(|question| question.id.clone()).collect();
        bank.questions.iter_mut().for_each(|question| question.excludes.retain(|id| kept.contains(id)));
        bank
    };
    files.map(few).to_vec()
}

const RED: &[u8] = include_bytes!("../fixtures/red.png");

fn written(form: Form) -> Vec<Seed> {
    let picture = picture::read(RED).unwrap();
    let shown = format!(
        "\n![red]({})\n| a | b |\n|---|---|\n| c | <math><mfrac><mi>x</mi><mn>2</mn></mfrac></math> |",
        picture.name
    );
    let mut banks = banks();
    for text in banks.iter_mut().filter_map(|bank| bank.questions.first_mut()).flat_map(|one| one.stem.versions_mut()) {
        text.push_str(&shown);
    }
    let pictures = [(picture.name, picture.bytes)];
    let of =
        |bank: &Bank| Language::ALL.map(|language| Seed::of(write(bank, &pictures, form, language).unwrap().bytes));
    banks.iter().flat_map(of).collect()
}

/// A document that shows a picture, in both ways in which Word does.
fn drawn() -> Seed {
    let document = "<document><body><p><r><t>1. See </t></r><r><drawing><docPr descr='red'/><blip embed='r1'/></drawing></r>\
<r><t>（A）</t></r></p><p><r><t>A. </t><pict><shape alt='red'><imagedata id='r1'/></shape></pict></r></p><p><r><t>B. no</t></r></p></body></document>";
    let relations = "<Relationships><Relationship Id='r1' Target='media/a.png'/></Relationships>";
    let parts = [
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", relations.as_bytes()),
        ("word/media/a.png", RED),
    ];
    Seed::Package(parts.map(|(name, content)| (name.to_owned(), content.to_vec())).to_vec())
}

const LIST: &str = "一、单项选择题\n1. 预备党员的预备期为（　）。\nA. 六个月　B. 一年\nC. 两年\n答案：B\n解析：见第七条\n\
二、判断题\n2、党员有权利。（√）\n三、填空题\n3. 每届任期____年。\n答案：3；三\n四、简答题\n4. 说说为什么。\n答案：因为。\n";

/// What a unit writes to have circulars in: places between other words.
const TEMPLATE: &str = "党委文件\n{{标题}}\n{{正文}}\n{{issuer}} {{日期}}\n｛｛附件｝｝";

fn document(text: &str) -> Vec<u8> {
    let lines = text.lines().map(|line| Block::from(Paragraph::new(Style::SheetText, line)));
    let document = Document {
        title: "T".to_owned(),
        language: "zh-CN",
        layout: Layout::Sheet(Vec::new()),
        blocks: lines.collect(),
    };
    write_docx(&document).unwrap()
}

const QTI12: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<questestinterop><assessment ident="a" title="T"><section ident="s"><item ident="i1" title="One"><presentation>
<material><mattext texttype="text/html">&lt;p&gt;Which one?&lt;/p&gt;</mattext></material>
<response_lid ident="r1" rcardinality="Single"><render_choice>
<response_label ident="A"><material><mattext>first</mattext></material></response_label>
<response_label ident="B"><material><mattext>second</mattext></material></response_label>
</render_choice></response_lid></presentation><resprocessing><outcomes><decvar maxvalue="100" varname="SCORE"/></outcomes>
<respcondition><conditionvar><varequal respident="r1">B</varequal></conditionvar><setvar action="Set" varname="SCORE">100</setvar></respcondition>
</resprocessing></item></section></assessment></questestinterop>"#;

const TEST: &str = r#"{"test": "t", "title": {"zh": "甲", "en": "A"}, "occasion": "monthly", "audience": {"branches": ["HQ"], "except": ["A"]},
"opens": "2026-11-20T09:00:00+08:00", "closes": "2026-11-20T18:00:00+08:00", "minutes": 60, "attempts": 2, "keep": "best", "pass": 60,
"excellent": 90, "review": "after_close", "late_minutes": 30, "sections": [{"title": "S", "kind": "multiple", "points": 2.5,
"policy": "half_if_incomplete", "draw": [{"bank": "b", "count": 10, "topics": ["x"], "difficulty": {"1-2": 4, "3": 4, "4-5": 2}}]}]}"#;

const ASSESSMENT: &str = r#"{"year": 2026, "components": [{"name": "monthly", "title": "月考", "weight": 40, "tests": ["a", "b"], "combine": "mean"},
{"name": "annual", "title": "年考", "weight": 60, "tests": ["c"], "combine": "best", "best": 1}], "bands": [{"name": "good", "title": "良好", "from": 60}]}"#;

const BRANCHES: &str = "单位名册,,,\ncode,name,parent,kind\nHQ,机关党委,,党委\nA,第一总支,HQ,总支\nA1,一支部,A,支部\n";
const MEMBERS: &str = "序号,姓名,所在支部,人员类别,登录名,角色\n1,王 明,一支部,正式党员,m1,member\n2,李四,A1,预备党员,,\n3,王五,A1,,m3,organizer\n";

/// What a target begins with.
pub(crate) fn of(target: &str) -> Vec<Seed> {
    match target {
        "bank_json" => written(Form::Json),
        "test_json" => vec![Seed::text(TEST)],
        "assessment_json" => vec![Seed::text(ASSESSMENT)],
        "csv" => written(Form::Csv),
        "xlsx" => written(Form::Xlsx),
        "docx" => vec![Seed::of(document(LIST)), drawn()],
        "docx_template" => vec![Seed::of(document(TEMPLATE))],
        "text" => vec![Seed::text(LIST)],
        "gift" => written(Form::Gift),
        "aiken" => written(Form::Aiken),
        "moodle_xml" => written(Form::MoodleXml),
        "qti12" => vec![Seed::text(QTI12), Seed::Package(vec![("a.xml".to_owned(), QTI12.as_bytes().to_vec())])],
        "qti21" | "qti3" => {
            let form = if target == "qti3" { Form::Qti3 } else { Form::Qti21 };
            let packages = written(form);
            let items = packages.iter().flat_map(|package| match package {
                Seed::Package(parts) => parts.iter().map(|(_, content)| Seed::Plain(content.clone())).collect(),
                Seed::Plain(_) => Vec::new(),
            });
            let items: Vec<Seed> = items.collect();
            packages.into_iter().chain(items).collect()
        }
        "roster_branches" => vec![Seed::text(BRANCHES)],
        "roster_members" => vec![Seed::text(MEMBERS)],
        _ => Vec::new(),
    }
}
