//! Inspection 抽查: members are drawn too, a set share or number of each group, and anyone can draw them again.
//!
//! Groups (strata) are made of the branch where a member stands and of the category. The draw is a pure function of the
//! seed, the rule and the list of all who might be drawn; `docs/draw.md` describes it.

use crate::rules::draw::Stream;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many members are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// This many percent of each group, at least one.
    Share(u32),
    /// This many of each branch, at least one of each of its groups.
    PerBranch(u32),
}

/// By what members are grouped before they are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The branch where they stand.
    Branch,
    /// Their category.
    Category,
}

impl By {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Branch, Self::Category];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Branch => "branch",
            Self::Category => "category",
        }
    }
}

/// The rule by which the members of a test are drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// How many.
    pub size: Size,
    /// In which groups.
    pub by: Vec<By>,
}

/// Most that may be drawn of a branch.
pub const MOST_PER_BRANCH: u32 = 10_000;

/// Somebody who might be drawn.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Framed {
    /// The immutable id.
    pub person_id: String,
    /// Where the person stands.
    pub branch_id: String,
    /// The category.
    pub category: String,
}

/// A group: branch and category, each empty where members aren't grouped by it.
pub type Group = (String, String);

/// A group with all who might be drawn from it, and how many are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stratum<'a> {
    /// Which.
    pub group: Group,
    /// In the order of their ids.
    pub members: Vec<&'a Framed>,
    /// How many are drawn.
    pub take: usize,
}

impl Sample {
    /// The group in which somebody stands.
    pub fn group(&self, one: &Framed) -> Group {
        let part = |by: By, text: &str| if self.by.contains(&by) { text.to_owned() } else { String::new() };
        (part(By::Branch, &one.branch_id), part(By::Category, &one.category))
    }

    /// The groups in the order of their bytes, each with how many are drawn of it.
    pub fn strata<'a>(&self, frame: &'a [Framed]) -> Vec<Stratum<'a>> {
        let mut groups: BTreeMap<Group, Vec<&Framed>> = BTreeMap::new();
        for one in frame {
            groups.entry(self.group(one)).or_default().push(one);
        }
        let mut strata: Vec<Stratum<'_>> =
            groups.into_iter().map(|(group, members)| Stratum { group, members, take: 1 }).collect();
        for stratum in &mut strata {
            stratum.members.sort_unstable_by(|one, two| one.person_id.as_bytes().cmp(two.person_id.as_bytes()));
        }
        match self.size {
            Size::Share(percent) => strata.iter_mut().for_each(|one| one.take = share(one.members.len(), percent)),
            Size::PerBranch(number) => {
                let number = usize::try_from(number).unwrap_or(usize::MAX);
                strata.chunk_by_mut(|one, two| one.group.0 == two.group.0).for_each(|branch| fill(branch, number));
            }
        }
        strata
    }

    /// Draws: the ids of those who were, in the order of their bytes. In each group the members, in the order of their
    /// ids, are shuffled forward as far as needed, one stream of random numbers going through all groups.
    pub fn draw(&self, seed: [u8; 32], frame: &[Framed]) -> Vec<String> {
        let mut stream = Stream::new(seed, 0);
        let mut drawn = Vec::new();
        for mut stratum in self.strata(frame) {
            for index in 0..stratum.take.min(stratum.members.len()) {
                let other = index + stream.below_index(stratum.members.len() - index);
                stratum.members.swap(index, other);
            }
            drawn.extend(stratum.members.iter().take(stratum.take).map(|one| one.person_id.clone()));
        }
        drawn.sort_unstable();
        drawn
    }
}

/// Percent of a number, rounded half up, at least one.
fn share(of: usize, percent: u32) -> usize {
    let percent = usize::try_from(percent).unwrap_or(100);
    ((of * percent * 2 + 100) / 200).clamp(1, of.max(1))
}

/// Hands out a branch's number: one for each group, then one after the other to the group of which a drawn member stands
/// for the most (the first of several such).
fn fill(branch: &mut [Stratum<'_>], number: usize) {
    let mut left = number.saturating_sub(branch.len());
    while left > 0 {
        let mut next: Option<usize> = None;
        for (index, one) in branch.iter().enumerate().filter(|(_, one)| one.take < one.members.len()) {
            let stands_for_more = |other: &Stratum<'_>| one.members.len() * other.take > other.members.len() * one.take;
            if next.and_then(|next| branch.get(next)).is_none_or(stands_for_more) {
                next = Some(index);
            }
        }
        let Some(stratum) = next.and_then(|next| branch.get_mut(next)) else { return };
        stratum.take += 1;
        left -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{By, Framed, Sample, Size};
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use std::collections::HashSet;

    fn framed(people: &[(u8, u8)]) -> Vec<Framed> {
        let one = |(index, (branch, category)): (usize, &(u8, u8))| Framed {
            person_id: format!("p{index:03}"),
            branch_id: format!("b{branch}"),
            category: format!("c{category}"),
        };
        people.iter().enumerate().map(one).collect()
    }

    #[test]
    fn a_number_is_handed_out_by_size() {
        let people: Vec<(u8, u8)> = (0..12).map(|_| (0, 0)).chain((0..4).map(|_| (0, 1))).chain([(1, 0)]).collect();
        let frame = framed(&people);
        let by = vec![By::Branch, By::Category];
        let takes =
            |size| Sample { size, by: by.clone() }.strata(&frame).iter().map(|one| one.take).collect::<Vec<_>>();
        assert_eq!(takes(Size::PerBranch(4)), [3, 1, 1]);
        assert_eq!(takes(Size::PerBranch(100)), [12, 4, 1]);
        assert_eq!(takes(Size::Share(25)), [3, 1, 1]);
        assert_eq!(takes(Size::Share(1)), [1, 1, 1]);
    }

    #[test]
    fn everyone_of_a_group_is_drawn_equally_often() {
        let frame = framed(&[(0, 0); 10]);
        let rule = Sample { size: Size::Share(30), by: vec![By::Branch] };
        let mut counts = [0_u32; 10];
        for seed in 0..4000_u32 {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&seed.to_le_bytes());
            for id in rule.draw(bytes, &frame) {
                counts[id[1..].parse::<usize>().unwrap()] += 1;
            }
        }
        // 1,200 expected, with a standard deviation of 29.
        assert!(counts.iter().all(|count| (1080..1320).contains(count)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn the_order_of_the_list_changes_nothing_and_every_group_has_its_number(
            people in vec((0..4_u8, 0..3_u8), 1..60), seed in any::<[u8; 32]>(), number in 1..9_u32, percent in 1..=100_u32,
            share in any::<bool>(), grouping in 0..3_usize,
        ) {
            let by = [vec![By::Branch], vec![By::Branch, By::Category], vec![By::Category]][grouping].clone();
            let size = if share || grouping == 2 { Size::Share(percent) } else { Size::PerBranch(number) };
            let rule = Sample { size, by };
            let mut frame = framed(&people);
            let drawn = rule.draw(seed, &frame);
            let distinct: HashSet<&String> = drawn.iter().collect();
            prop_assert_eq!(distinct.len(), drawn.len());
            for stratum in rule.strata(&frame) {
                let of = stratum.members.iter().filter(|one| distinct.contains(&one.person_id)).count();
                prop_assert_eq!(of, stratum.take);
                prop_assert!(of >= 1);
            }
            frame.reverse();
            prop_assert_eq!(rule.draw(seed, &frame), drawn);
        }
    }
}
