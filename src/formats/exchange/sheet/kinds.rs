//! The words by which sheets name kinds and difficulties.

use crate::rules::question::Kind;
use crate::rules::text::fold;
use std::str::FromStr;

const KINDS: [(Kind, &str); 9] = [
    (Kind::Single, "单选 单选题 单项选择 单项选择题 单项 single singlechoice"),
    (
        Kind::Multiple,
        "多选 多选题 多项选择 多项选择题 多项 不定项 不定项选择 不定项选择题 multiple multiplechoice multiplechoices",
    ),
    (Kind::TrueFalse, "判断 判断题 是非 是非题 对错题 正误 正误题 判断正误 truefalse true/false judge judgement"),
    (Kind::Blank, "填空 填空题 blank blanks fillintheblank fill"),
    (Kind::Order, "排序 排序题 order ordering"),
    (Kind::Match, "匹配 匹配题 配对 配对题 连线 连线题 match matching"),
    (Kind::Numeric, "数值 数值题 numeric numerical number"),
    (Kind::Short, "简答 简答题 问答 问答题 简述 简述题 名词解释 short shortanswer"),
    (Kind::Essay, "论述 论述题 案例分析 案例分析题 材料分析题 计算 计算题 公文改错 公文改错题 改错题 essay"),
];

const DIFFICULTIES: [(u8, &str); 5] = [
    (1, "1 易 容易 简单 低 easy"),
    (2, "2 较易 较容易 偏易 较简单"),
    (3, "3 中 中等 一般 适中 普通 medium normal"),
    (4, "4 较难 偏难"),
    (5, "5 难 困难 高 很难 hard difficult"),
];

/// Most characters of a code.
const MOST_CODE_CHARACTERS: usize = 3;

fn plain(word: &str) -> String {
    fold(word).chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).collect()
}

fn named<T: Copy>(table: &[(T, &str)], word: &str) -> Option<T> {
    let word = plain(word);
    table.iter().find(|(_, words)| words.split_whitespace().any(|one| one == word)).map(|(named, _)| *named)
}

pub(in crate::formats::exchange) fn kind(word: &str) -> Option<Kind> {
    named(&KINDS, word)
}

/// Kinds as a person says that a sheet calls them: `1=single,2=判断`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kinds(Vec<(String, Kind)>);

/// A part of a list of kinds that names none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadKinds(pub String);

impl FromStr for Kinds {
    type Err = BadKinds;

    fn from_str(text: &str) -> Result<Self, BadKinds> {
        let parts = text.split([',', '，']).map(str::trim).filter(|part| !part.is_empty());
        let read = |part: &str| {
            let (word, name) = part.split_once(['=', '＝'])?;
            Some((plain(word), kind(name)?)).filter(|(word, _)| !word.is_empty())
        };
        parts.map(|part| read(part).ok_or_else(|| BadKinds(part.to_owned()))).collect::<Result<_, _>>().map(Self)
    }
}

impl std::fmt::Display for Kinds {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = self.0.iter().map(|(word, kind)| format!("{word}={}", kind.name()));
        formatter.write_str(&parts.collect::<Vec<_>>().join(","))
    }
}

impl Kinds {
    /// The kind that a word stands for: what was said of it, or else what it says itself.
    pub(super) fn of(&self, word: &str) -> Option<Kind> {
        let plain = plain(word);
        self.0.iter().find(|(known, _)| *known == plain).map(|(_, kind)| *kind).or_else(|| kind(word))
    }
}

/// Whether a word that is no kind looks like a number or letter that stands for one.
pub(super) fn is_code(word: &str) -> bool {
    let word = plain(word);
    (1..=MOST_CODE_CHARACTERS).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The kind that a sheet's name speaks of, alone or among other words: `一、单选题（50）`.
pub(in crate::formats::exchange) fn kind_of_sheet(name: &str) -> Option<Kind> {
    let name = plain(name);
    let is_said = |words: &str| words.split_whitespace().any(|word| word.chars().count() > 1 && name.contains(word));
    let mut said = KINDS.iter().filter(|(_, words)| is_said(words)).map(|(kind, _)| *kind);
    said.next().filter(|_| said.next().is_none())
}

pub(in crate::formats::exchange) fn difficulty(word: &str) -> Option<u8> {
    named(&DIFFICULTIES, word)
}
