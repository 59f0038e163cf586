//! Branches of a year: what their members' results come to, and their places.

use super::{Assessed, BranchLine};
use crate::rules::assessment::{BranchTally, Definition};
use crate::rules::points::Points;
use crate::rules::ranking;
use crate::rules::tree::{Node, Tree};
use std::collections::HashMap;

/// The tallies of branches by the rules.
pub(super) struct Branches<'a> {
    pub(super) definition: &'a Definition,
    pub(super) tree: &'a Tree,
    pub(super) by_branch: &'a HashMap<String, BranchTally>,
}

impl Branches<'_> {
    fn line(&self, branch: Option<&Node>, direct: bool) -> BranchLine {
        let mut tally = BranchTally::default();
        let mut add = |id: &str| {
            if let Some(own) = self.by_branch.get(id) {
                tally.add_all(own);
            }
        };
        match branch {
            Some(node) if direct => add(&node.id),
            Some(node) => self.tree.subtree(&node.id).iter().for_each(&mut add),
            None => self.by_branch.keys().for_each(|id| add(id)),
        }
        let figures = tally.figures(self.definition);
        BranchLine { branch: branch.cloned(), direct, tally, figures, rank: None }
    }

    /// The branch, then its own members and the branches right below that have members, with their places.
    pub(super) fn lines(&self, scope: Option<&Node>) -> (BranchLine, Vec<BranchLine>) {
        let own = scope.filter(|node| self.by_branch.contains_key(&node.id)).map(|node| self.line(Some(node), true));
        let below = self.tree.children(scope.map(|node| node.id.as_str()));
        let below = below.into_iter().map(|node| self.line(Some(node), false)).filter(|line| line.tally.members > 0);
        let mut children: Vec<BranchLine> = own.into_iter().chain(below).collect();
        let takes_part =
            |line: &BranchLine| !line.direct && line.tally.graded >= u64::from(self.definition.least_members);
        let mut all: Vec<Points> =
            children.iter().filter(|line| takes_part(line)).filter_map(|line| line.figures.score).collect();
        all.sort_unstable();
        for line in &mut children {
            let own = line.figures.score.filter(|_| takes_part(line));
            line.rank = own.map(|own| ranking::place(&own, &all));
        }
        (self.line(scope, false), children)
    }
}

impl Assessed {
    /// Every branch of a kind within what is shown, in the official order; without a kind the branches right below.
    pub(super) fn lines_of(&self, kind: Option<&str>) -> Vec<BranchLine> {
        let Some(kind) = kind else {
            return self.children.iter().filter(|line| !line.direct).cloned().collect();
        };
        let branches = Branches { definition: &self.definition, tree: &self.tree, by_branch: &self.own };
        let scope = self.line.branch.as_ref();
        let is_meant =
            |node: &&Node| node.kind == kind && scope.is_none_or(|scope| self.tree.is_within(&node.id, &scope.id));
        let nodes = self.tree.walk().into_iter().map(|(_, node)| node).filter(is_meant);
        nodes.map(|node| branches.line(Some(node), false)).filter(|line| line.tally.members > 0).collect()
    }
}
