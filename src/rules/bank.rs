//! A bank: a named set of questions; its families, counts, and what changed between two editions.

use crate::rules::question::{Kind, Question};
use crate::rules::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A knowledge point inside a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name.
    pub id: String,
    /// What readers see.
    pub title: Text,
}

/// A whole bank as loaded from a file, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bank {
    /// The bank's name.
    pub name: String,
    /// What readers see.
    pub title: Text,
    /// Which version of which rules it asks about.
    pub source: Option<Text>,
    /// Its knowledge points, in the file's order.
    pub topics: Vec<Topic>,
    /// Its questions, in the file's order.
    pub questions: Vec<Question>,
}

/// How many questions a load adds, changes, removes and leaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Not in the edition before.
    pub added: usize,
    /// There before, otherwise worded, keyed or classed.
    pub changed: usize,
    /// In the edition before only.
    pub removed: usize,
    /// The same.
    pub unchanged: usize,
}

/// Compares the questions of two editions by id and digest.
pub fn difference(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Difference {
    let mut difference = Difference::default();
    for (id, digest) in after {
        match before.get(id) {
            None => difference.added += 1,
            Some(old) if old == digest => difference.unchanged += 1,
            Some(_) => difference.changed += 1,
        }
    }
    difference.removed = before.keys().filter(|id| !after.contains_key(*id)).count();
    difference
}

/// The family of each question that has one: linked questions, symmetric and transitive, under the least id of them.
pub fn families(questions: &[Question]) -> HashMap<&str, &str> {
    let mut parent: HashMap<&str, &str> = HashMap::new();
    for question in questions {
        for other in &question.excludes {
            let (one, two) = (root(&parent, &question.id), root(&parent, other));
            let (low, high) = if one <= two { (one, two) } else { (two, one) };
            parent.insert(low, low);
            parent.insert(high, low);
        }
    }
    let members: Vec<&str> = parent.keys().copied().collect();
    members.into_iter().map(|id| (id, root(&parent, id))).collect()
}

fn root<'a>(parent: &HashMap<&'a str, &'a str>, id: &'a str) -> &'a str {
    let mut at = id;
    while let Some(&up) = parent.get(at) {
        if up == at {
            break;
        }
        at = up;
    }
    at
}

/// How many questions a bank has of each sort; retired ones are counted apart and nowhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All that can be drawn.
    pub total: usize,
    /// Out of every draw.
    pub retired: usize,
    /// By topic, in the bank's order.
    pub topics: BTreeMap<String, usize>,
    /// By kind.
    pub kinds: BTreeMap<Kind, usize>,
    /// By difficulty, 1 to 5.
    pub difficulties: BTreeMap<u8, usize>,
}

impl Counts {
    /// Counts one question in.
    pub fn add(&mut self, topic: &str, kind: Kind, difficulty: u8, retired: bool) {
        if retired {
            self.retired += 1;
            return;
        }
        self.total += 1;
        *self.topics.entry(topic.to_owned()).or_default() += 1;
        *self.kinds.entry(kind).or_default() += 1;
        *self.difficulties.entry(difficulty).or_default() += 1;
    }
}

/// A place in a file: line and column count from 1, the column in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
}

/// Where something stands in a file of another form than our own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The file inside a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Line of a text, row of a sheet or paragraph of a document, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column of a sheet as spreadsheets name it (`A`, `B` … `AA`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// Something a reader left out or had to decide, or that a form can't hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Where.
    pub origin: Origin,
    /// Which; the name of its message, `remark-<name>` in `locales/`.
    pub code: &'static str,
    /// What fills the message: the kind of item, the text as found …
    pub found: String,
}

/// Something wrong in a file of JSON: where, what, and words that fill in the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// The JSON pointer of the value (RFC 6901).
    pub pointer: String,
    /// Which problem; the name of its message.
    pub code: ProblemCode,
    /// What fills the message: the value found, the nearest known word …
    pub found: String,
    /// What was expected or the nearest known word, where the message names one.
    pub expected: String,
    /// Where it stands in the file of another form that was turned into the JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Box<Origin>>,
}

impl Problem {
    /// A problem of our own JSON.
    pub const fn new(place: Place, pointer: String, code: ProblemCode, found: String, expected: String) -> Self {
        Self { place, pointer, code, found, expected, origin: None }
    }
}

/// The problems a bank or test file can have. Each has a message and a remedy in `locales/`, under `problem-<name>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// Nothing stands in the file.
    EmptyFile,
    /// A file of another form that can't be read (`found` says why).
    UnreadableForm,
    /// No question in a file of another form.
    NoQuestions,
    /// Columns of a sheet of questions that nobody knows (`found` lists the headings, `expected` the fields that are
    /// missing or that several columns could hold).
    ColumnsUnclear,
    /// Codes stand where a sheet names kinds; somebody has to say which is which.
    KindsUnclear,
    /// The options seem to stand in the stem; somebody has to say so.
    OptionsInStem,
    /// Not JSON at this place.
    Syntax,
    /// Nested deeper than 64 levels.
    TooDeep,
    /// The file is larger than allowed.
    TooLarge,
    /// Not UTF-8.
    NotUtf8,
    /// A required field is missing (`expected` names it).
    Missing,
    /// A field nobody knows (`expected` holds the nearest known one, or nothing).
    UnknownField,
    /// The same field twice (`expected` says where the first stands, as line).
    RepeatedField,
    /// Another JSON type (`expected` names it).
    WrongType,
    /// Not one of the allowed words (`expected` lists them).
    NotOneOf,
    /// Not `[A-Za-z0-9._-]{1,64}`.
    BadName,
    /// An option's label that isn't 1 to 8 ASCII letters or digits.
    BadLabel,
    /// A branch code that is too long or holds a control character.
    BadCode,
    /// Empty where something must stand.
    Empty,
    /// Longer or more than allowed (`expected` is the limit).
    TooMany,
    /// The same id twice (`expected` says where the first stands, as line).
    RepeatedId,
    /// A topic that isn't declared (`expected` holds the nearest).
    UnknownTopic,
    /// A label that isn't among the options (`expected` lists them).
    UnknownLabel,
    /// A label or accepted text twice.
    Repeated,
    /// A number outside its range (`expected` is the range).
    OutOfRange,
    /// A question named in `excludes` that isn't there.
    UnknownQuestion,
    /// A question that excludes itself.
    ExcludesItself,
    /// Gaps in the stem and in the answer don't match (`found` holds the stem's markers, `expected` those that the
    /// answer asks for).
    GapsDiffer,
    /// An accepted text of a gap marked `number` that is no number.
    NotNumber,
    /// Options for a kind that has none.
    NoOptionsHere,
    /// Options that the answer leaves out (`found` lists them).
    OptionsMissing,
    /// Shares of marking points that don't add up to 100 (`found` is their sum).
    SharesSum,
    /// Shares of a case's parts of which some are missing, or that don't add up to 100 (`found` is their number or sum).
    PartShares,
    /// Several question files in one ZIP (`found` lists them).
    SeveralFiles,
    /// A picture that isn't there (`found` is its name).
    PictureMissing,
    /// A file that is no picture of our kinds, or too large (`expected` says what may be).
    PictureUnfit,
    /// A formula that isn't sound MathML, or holds what may not be shown.
    FormulaUnsound,
    /// An answer of a whole case, whose parts have theirs.
    AnswerInParts,
    /// Weights that don't add up to 100 percent.
    WeightsSum,
    /// Points with more than two decimals, negative or too many.
    BadPoints,
    /// A time without offset or not RFC 3339.
    BadTime,
    /// Closes before it opens.
    ClosesFirst,
    /// Closes before now.
    ClosesPast,
    /// Difficulty bands that overlap.
    BandsOverlap,
    /// Difficulty bands that don't add up to the count (`expected` is the count).
    BandsSum,
    /// A rule that only practice may have.
    PracticeOnly,
    /// The excellent line below the pass line.
    ExcellentBelowPass,
    /// A kind this field doesn't fit (`any_order` outside blanks, `policy` outside multiple, `units` without `number`;
    /// `found` is the field, `expected` what it needs).
    NotForKind,
    /// A field for another occasion (`found` is the field, `expected` the occasion).
    NotForOccasion,
    /// Not exactly one of several fields (`expected` lists them).
    OneOfFields,
    /// A cap of a make-up that doesn't lie between the pass line of the first test and its line of excellence
    /// (`expected` is the range).
    CapUnfit,
    /// No test of this name whose results are settled and that may be made up for.
    UnknownTest,
    /// Nobody of this login who takes it.
    UnknownMember,
    /// Nobody takes it.
    NobodyTakesIt,
    /// No bank of this name that may be drawn from (`expected` holds the nearest).
    UnknownBank,
    /// No branch of this code (`expected` holds the nearest).
    UnknownBranch,
    /// Neither a network nor an address (`expected` is an example).
    BadNetwork,
    /// Not a config key of Safe Exam Browser: 64 hexadecimal digits.
    BadConfigKey,
    /// A character that can't be kept (U+0000).
    Nul,
    /// More problems than are reported (`found` is how many more).
    More,
}

#[cfg(test)]
mod tests {
    use super::{difference, families};
    use crate::rules::question::{Key, Question};
    use std::collections::BTreeMap;

    fn question(id: &str, excludes: &[&str]) -> Question {
        Question {
            id: id.into(),
            topic: "t".into(),
            difficulty: 3,
            stem: "s".into(),
            options: vec![],
            targets: vec![],
            parts: vec![],
            key: Key::TrueFalse(true),
            explanation: None,
            cite: None,
            excludes: excludes.iter().map(|&e| e.to_owned()).collect(),
            retired: false,
        }
    }

    #[test]
    fn families_are_symmetric_and_transitive() {
        let questions = [question("d", &["c"]), question("a", &["b"]), question("c", &["b"]), question("e", &[])];
        let families = families(&questions);
        assert!(["a", "b", "c", "d"].iter().all(|id| families.get(id) == Some(&"a")));
        assert_eq!(families.get("e"), None);
    }

    #[test]
    fn a_difference_counts_each_question_once() {
        let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        let d = difference(&map(&[("a", "1"), ("b", "1"), ("c", "1")]), &map(&[("a", "1"), ("b", "2"), ("d", "1")]));
        assert_eq!((d.added, d.changed, d.removed, d.unchanged), (1, 1, 1, 1));
    }
}
