//! The rules of an assessment: its parts, bands and lines, and what a branch's result is made of.

use super::commendation::Commendation;
use super::help::HelpCriteria;
use crate::rules::blueprint::Occasion;
use crate::rules::points::Points;
use crate::rules::text::Text;
use serde::{Deserialize, Serialize};

/// What a component is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Every test of an occasion that closed in the year.
    Occasion(Occasion),
    /// These tests.
    Names(Vec<String>),
    /// No tests, but one mark for each member, which the committee enters.
    Marks(MarkList),
}

/// A list of marks that are entered by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkList {
    /// Under which marks are kept: titles and the order of components may change.
    pub name: String,
    /// Full marks.
    pub full: Points,
}

/// How the tests of a component become one figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The mean of all that count.
    #[default]
    Mean,
    /// The mean of the best `n`.
    Best,
    /// Points won in all of them over points possible.
    Sum,
    /// The last one.
    Last,
}

impl Combine {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Mean, Self::Best, Self::Sum, Self::Last];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Best => "best",
            Self::Sum => "sum",
            Self::Last => "last",
        }
    }
}

/// What a test counts as that somebody due didn't sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nothing won.
    Zero,
    /// As if it hadn't been.
    Dropped,
}

impl Missing {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zero, Self::Dropped];

    /// The name in files and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::Dropped => "dropped",
        }
    }
}

/// A part of the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// What readers see.
    pub title: Text,
    /// Its weight in percent; all of them add up to 100.
    pub weight: Points,
    /// What it is made of.
    pub tests: Selection,
    /// How.
    pub combine: Combine,
    /// How many of the best count, for [`Combine::Best`].
    pub best: Option<u32>,
    /// How often a member has to have sat, as far as due so often.
    pub least: u32,
    /// What an absence counts as; the same of a mark that nobody has entered.
    pub absent: Missing,
    /// What leave counts as.
    pub excused: Missing,
}

/// A band of results, from a line up to the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// What readers see.
    pub title: Text,
    /// The line, inclusive.
    pub from: Points,
}

/// What a branch's result is made of; percent that add up to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchWeights {
    /// The mean of its members' results.
    pub mean: Points,
    /// Sat over due in all tests of the components.
    pub participation: Points,
    /// Members who pass, of those with a result.
    pub pass: Points,
    /// Members who are excellent, likewise.
    pub excellence: Points,
}

/// The rules of an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The year.
    pub year: u32,
    /// What readers see.
    pub title: Text,
    /// Its parts.
    pub components: Vec<Component>,
    /// From the highest down.
    pub bands: Vec<Band>,
    /// The pass line.
    pub pass: Points,
    /// The line of excellence.
    pub excellent: Points,
    /// What a branch's result is made of.
    pub branch: BranchWeights,
    /// Branches with fewer members with a result have no place among the others.
    pub least_members: u32,
    /// Who can be commended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commend: Option<Commendation>,
    /// Whom the committee wants to look after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<HelpCriteria>,
}

impl Component {
    /// The list of marks that it is made of, where it is.
    pub const fn marks(&self) -> Option<&MarkList> {
        match &self.tests {
            Selection::Marks(list) => Some(list),
            Selection::Occasion(_) | Selection::Names(_) => None,
        }
    }
}

impl Definition {
    /// The component of a list of marks, with its place among the components.
    pub fn marked_component(&self, name: &str) -> Option<(usize, &Component, &MarkList)> {
        let of = |(index, component): (usize, &'_ Component)| {
            component.marks().is_some_and(|list| list.name == name).then_some(index)
        };
        let index = self.components.iter().enumerate().find_map(of)?;
        let component = self.components.get(index)?;
        Some((index, component, component.marks()?))
    }
}
