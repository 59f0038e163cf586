//! The words by which sheets name kinds and difficulties.

use crate::rules::question::Kind;
use crate::rules::text::fold;

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
