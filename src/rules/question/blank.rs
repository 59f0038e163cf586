//! Blanks 填空: gaps filled with words or numbers, each earning an equal share.

use crate::rules::points::Points;
use crate::rules::question::normal::normalise;
use crate::rules::question::quantity::{Quantity, readings};
use crate::rules::question::{MOST_GAP_CHARACTERS, Misfit, Shape};
use crate::rules::text::edit_distance;
use serde::{Deserialize, Serialize};

/// Most gaps of one question.
pub const MOST_GAPS: usize = 20;

/// What the gaps accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gaps {
    /// Gap by gap, in the order of their numbers.
    pub gaps: Vec<Gap>,
    /// Whether gaps may be swapped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_order: bool,
}

/// What one gap accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Accepted texts.
    pub accept: Vec<String>,
    /// Whether Chinese numerals equal digits here, and units count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub number: bool,
    /// Units that may stand behind the number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
}

impl Gap {
    fn accepts(&self, filled: &str) -> bool {
        let normal = normalise(filled);
        if normal.is_empty() {
            return false;
        }
        if self.accept.iter().any(|text| normalise(text) == normal) {
            return true;
        }
        self.number && {
            let said = readings(filled, &self.units);
            self.accept.iter().flat_map(|text| readings(text, &self.units)).any(|value| said.contains(&value))
        }
    }

    /// What tells whether two fillings are one answer given twice.
    fn identity(&self, filled: &str) -> String {
        let number = if self.number { Quantity::read(filled, &self.units) } else { None };
        number.map_or_else(|| normalise(filled), |number| format!("{number:?}"))
    }
}

/// The entries of a response.
pub(super) fn decode(shape: &Shape, value: &serde_json::Value) -> Result<Vec<Option<String>>, Misfit> {
    let entries = value.as_array().ok_or(Misfit::Form)?;
    if entries.len() != shape.gaps {
        return Err(Misfit::GapCount);
    }
    entries
        .iter()
        .map(|entry| match entry {
            serde_json::Value::Null => Ok(None),
            serde_json::Value::String(text) if text.contains('\u{0}') => Err(Misfit::Nul),
            serde_json::Value::String(text) if text.chars().count() > MOST_GAP_CHARACTERS => Err(Misfit::TooLong),
            serde_json::Value::String(text) => Ok(Some(text.clone())),
            _ => Err(Misfit::Form),
        })
        .collect()
}

/// An equal share for each gap filled rightly.
pub(super) fn mark(gaps: &Gaps, filled: &[Option<String>], full: Points) -> Points {
    let right = right_gaps(gaps, filled).into_iter().filter(|right| *right).count();
    full.share(i64::try_from(right).unwrap_or_default(), i64::try_from(gaps.gaps.len()).unwrap_or(i64::MAX))
}

/// Which of the entries are credited, entry by entry.
pub fn right_gaps(gaps: &Gaps, filled: &[Option<String>]) -> Vec<bool> {
    let entries: Vec<&str> = filled.iter().map(|entry| entry.as_deref().unwrap_or_default()).collect();
    if !gaps.any_order {
        return entries.iter().zip(&gaps.gaps).map(|(entry, gap)| gap.accepts(entry)).collect();
    }
    credited_in_any_order(gaps, &entries)
}

/// Whether an entry that isn't credited is so near to an accepted text that a person should look at it: but for
/// punctuation it is the same, a word at one end is missing or too much, or one character in many is another. What
/// differs by a number or a negation is wrong, and so is another number in a gap marked `number`.
pub fn is_near(gaps: &Gaps, filled: &[Option<String>]) -> bool {
    let credited = right_gaps(gaps, filled);
    let entries = filled.iter().zip(&credited).zip(&gaps.gaps);
    entries.filter(|((_, credited), _)| !**credited).any(|((entry, _), gap)| {
        let entry = entry.as_deref().unwrap_or_default();
        let near = |gap: &Gap| !gap.number && gap.accept.iter().any(|text| nearly(&letters(text), &letters(entry)));
        // What another gap took already is a repetition, not a near miss.
        if gaps.any_order {
            !gaps.gaps.iter().any(|gap| gap.accepts(entry)) && gaps.gaps.iter().any(near)
        } else {
            near(gap)
        }
    })
}

/// A text without its punctuation.
fn letters(text: &str) -> String {
    normalise(text).chars().filter(|character| character.is_alphanumeric()).collect()
}

fn nearly(accepted: &str, entry: &str) -> bool {
    const TELLING: &str = "0123456789〇零一二三四五六七八九十百千万亿两不非未无没勿莫";
    let (one, two) = (accepted.chars().count(), entry.chars().count());
    if one.min(two) < 2 || one.abs_diff(two) > 2 {
        return false;
    }
    let count = |text: &str, character: char| text.chars().filter(|c| *c == character).count();
    if TELLING.chars().any(|character| count(accepted, character) != count(entry, character)) {
        return false;
    }
    let at_an_end = |long: &str, short: &str| long.starts_with(short) || long.ends_with(short);
    if accepted == entry {
        // Without punctuation 3.5 is 35.
        return !accepted.chars().any(|character| character.is_ascii_digit());
    }
    let is_chinese = accepted.chars().any(crate::rules::text::is_han);
    let least = if is_chinese { 4 } else { 6 };
    is_chinese && (at_an_end(accepted, entry) || at_an_end(entry, accepted))
        || one.min(two) >= least && edit_distance(accepted, entry) <= 1
}

/// The largest matching of entries with gaps, so that no accepted text is credited twice.
fn credited_in_any_order(gaps: &Gaps, entries: &[&str]) -> Vec<bool> {
    let mut seen: Vec<String> = Vec::new();
    let mut choices: Vec<Vec<usize>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let fits: Vec<usize> =
            (0..gaps.gaps.len()).filter(|&i| gaps.gaps.get(i).is_some_and(|gap| gap.accepts(entry))).collect();
        let identity = fits.first().and_then(|&i| gaps.gaps.get(i)).map(|gap| gap.identity(entry));
        let repeated = identity.is_some_and(|identity| {
            let known = seen.contains(&identity);
            seen.push(identity);
            known
        });
        choices.push(if repeated { Vec::new() } else { fits });
    }
    let mut holder: Vec<Option<usize>> = vec![None; gaps.gaps.len()];
    for entry in 0..choices.len() {
        let mut tried = vec![false; gaps.gaps.len()];
        find_place(entry, &choices, &mut holder, &mut tried);
    }
    (0..entries.len()).map(|entry| holder.contains(&Some(entry))).collect()
}

fn find_place(entry: usize, choices: &[Vec<usize>], holder: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for &gap in choices.get(entry).map(Vec::as_slice).unwrap_or_default() {
        let Some(mark) = tried.get_mut(gap) else { continue };
        if std::mem::replace(mark, true) {
            continue;
        }
        let before = holder.get(gap).copied().flatten();
        if before.is_none_or(|other| find_place(other, choices, holder, tried)) {
            if let Some(place) = holder.get_mut(gap) {
                *place = Some(entry);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Gap, Gaps, mark};
    use crate::rules::points::Points;
    use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, proptest};

    fn texts(accept: &[&str]) -> Gap {
        Gap { accept: accept.iter().map(|&t| t.to_owned()).collect(), ..Gap::default() }
    }

    fn earn(gaps: &Gaps, filled: &[&str]) -> i64 {
        let filled: Vec<_> = filled.iter().map(|&t| (!t.is_empty()).then(|| t.to_owned())).collect();
        mark(gaps, &filled, Points::from_hundredths(300)).hundredths()
    }

    #[test]
    fn a_number_gap_knows_numerals_and_units_and_a_text_gap_never_does() {
        let number = Gap { accept: vec!["1".into()], number: true, units: vec!["年".into()] };
        let gaps = Gaps { gaps: vec![number], any_order: false };
        for right in ["1", "一", "壹年", "1年", "１"] {
            assert_eq!(earn(&gaps, &[right]), 300, "{right}");
        }
        for wrong in ["", "1个", "11", "-1", "0.1"] {
            assert_eq!(earn(&gaps, &[wrong]), 0, "{wrong}");
        }
        assert_eq!(earn(&Gaps { gaps: vec![texts(&["三会一课"])], any_order: false }, &["3会1课"]), 0);
    }

    #[test]
    fn in_any_order_each_accepted_text_is_credited_once() {
        let gaps = Gaps { gaps: vec![texts(&["甲", "A"]), texts(&["乙"]), texts(&["丙"])], any_order: true };
        assert_eq!(earn(&gaps, &["丙", "甲", "乙"]), 300);
        assert_eq!(earn(&gaps, &["甲", "甲", "乙"]), 200);
        assert_eq!(earn(&gaps, &["甲", "a", "乙"]), 200);
        let either = Gaps { gaps: vec![texts(&["甲", "乙"]), texts(&["甲", "乙"])], any_order: true };
        assert_eq!(earn(&either, &["甲", "甲"]), 150);
        assert_eq!(earn(&either, &["乙", "甲"]), 300);
    }

    #[test]
    fn what_is_near_waits_for_a_person_and_what_is_wrong_does_not() {
        let near = |accept: &str, entry: &str| {
            let gaps = Gaps { gaps: vec![texts(&[accept])], any_order: false };
            super::is_near(&gaps, &[Some(entry.to_owned())])
        };
        for (accept, entry) in [
            ("南京", "南京市"),
            ("民主集中制", "民主集中"),
            ("三会一课", "三会·一课制度"),
            ("密切联系群众", "密切连系群众"),
            ("democratic centralism", "democratic centralsm"),
            ("自我批评", "“自我批评”"),
        ] {
            assert!(near(accept, entry), "{accept} {entry}");
        }
        for (accept, entry) in [
            ("南京", "南京"),
            ("南京", ""),
            ("南京", "北京"),
            ("一年", "十一年"),
            ("三会一课", "二会一课"),
            ("三会一课", "3会1课"),
            ("可以连任", "不可以连任"),
            ("3.5", "35"),
            ("大会", "委员会"),
            ("year", "years"),
        ] {
            assert!(!near(accept, entry), "{accept} {entry}");
        }
        let number = Gap { number: true, units: vec!["年".into()], ..texts(&["13"]) };
        assert!(!super::is_near(&Gaps { gaps: vec![number], any_order: false }, &[Some("13个".into())]));
        let twice = Gaps { gaps: vec![texts(&["民主集中制"]), texts(&["群众路线"])], any_order: true };
        let filled = |one: &str, two: &str| [Some(one.to_owned()), Some(two.to_owned())];
        assert!(!super::is_near(&twice, &filled("民主集中制", "民主集中制")));
        assert!(super::is_near(&twice, &filled("群众路线", "民主集中")));
    }

    /// The most entries that can be credited, found by trying every way to give entries to gaps.
    fn most(gaps: &[Gap], entries: &[&str]) -> usize {
        let Some((entry, rest)) = entries.split_first() else { return 0 };
        let taken = gaps.iter().enumerate().filter(|(_, gap)| gap.accepts(entry)).map(|(at, _)| {
            let left: Vec<Gap> =
                gaps.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, gap)| gap.clone()).collect();
            1 + most(&left, rest)
        });
        taken.chain([most(gaps, rest)]).max().unwrap_or_default()
    }

    #[test]
    fn in_any_order_a_number_is_the_same_in_every_spelling() {
        let number = |accept: &[&str]| Gap { number: true, units: vec!["年".into()], ..texts(accept) };
        let gaps = Gaps { gaps: vec![number(&["3"]), number(&["5"]), texts(&["甲"])], any_order: true };
        assert_eq!(earn(&gaps, &["五年", "甲", "叁"]), 300);
        assert_eq!(earn(&gaps, &["3", "三年", "甲"]), 200, "one number twice is one answer");
    }

    proptest! {
        #[test]
        fn as_many_different_texts_are_credited_as_can_be(
            accepts in proptest::collection::vec(proptest::sample::subsequence(vec!["甲", "乙", "丙", "丁", "戊"], 1..=4), 4),
            filled in proptest::sample::subsequence(vec!["甲", "乙", "丙", "丁", "戊", "己"], 4).prop_shuffle(),
        ) {
            let gaps = Gaps { gaps: accepts.iter().map(|accept| texts(accept)).collect(), any_order: true };
            let entries: Vec<Option<String>> = filled.iter().map(|&text| Some(text.to_owned())).collect();
            let credited = super::right_gaps(&gaps, &entries).into_iter().filter(|right| *right).count();
            prop_assert_eq!(credited, most(&gaps.gaps, &filled));
        }
        #[test]
        fn any_order_never_cares_for_order_and_never_earns_less(
            filled in proptest::collection::vec("[甲乙丙丁]{0,1}", 3).prop_flat_map(|f| (Just(f.clone()), Just(f).prop_shuffle())),
        ) {
            let gaps = vec![texts(&["甲"]), texts(&["乙"]), texts(&["丙"])];
            let free = Gaps { gaps: gaps.clone(), any_order: true };
            let bound = Gaps { gaps, any_order: false };
            let one: Vec<&str> = filled.0.iter().map(String::as_str).collect();
            let two: Vec<&str> = filled.1.iter().map(String::as_str).collect();
            prop_assert_eq!(earn(&free, &one), earn(&free, &two));
            prop_assert!(earn(&free, &one) >= earn(&bound, &one));
        }
    }
}
