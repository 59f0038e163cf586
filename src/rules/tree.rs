//! The tree of branches: who stands below whom, and in which order.

use crate::rules::text::fold;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A branch in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// 党委, 总支, 支部 …
    pub kind: String,
    /// The branch above.
    pub parent: Option<String>,
}

/// The tree; nodes keep the official order in which they were given. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree(Arc<Branches>);

#[derive(Debug, Default, PartialEq, Eq)]
struct Branches {
    nodes: Vec<Node>,
    by_id: HashMap<String, usize>,
    by_code: HashMap<String, usize>,
    children: HashMap<Option<usize>, Vec<usize>>,
    /// Nodes, each followed by those below it.
    walk: Vec<usize>,
    /// Of each node, where it and everything below it stand in the walk.
    spans: Vec<Range<usize>>,
    /// Of each node, how many stand above it.
    depths: Vec<usize>,
}

impl Branches {
    /// Walks from the top down; nodes of a circle, which can't be loaded, are nowhere.
    fn walked(mut self) -> Self {
        let tops = self.children.get(&None).into_iter().flatten().rev();
        let mut stack: Vec<(usize, usize)> = tops.map(|&index| (0, index)).collect();
        let mut open: Vec<usize> = Vec::new();
        let mut spans = vec![0..0; self.nodes.len()];
        let mut depths = vec![0; self.nodes.len()];
        loop {
            let next = stack.pop();
            let depth = next.map_or(0, |(depth, _)| depth);
            for left in open.drain(depth..) {
                if let Some(span) = spans.get_mut(left) {
                    span.end = self.walk.len();
                }
            }
            let Some((depth, index)) = next else { break };
            if let (Some(span), Some(place)) = (spans.get_mut(index), depths.get_mut(index)) {
                span.start = self.walk.len();
                *place = depth;
            }
            open.push(index);
            self.walk.push(index);
            stack.extend(self.children.get(&Some(index)).into_iter().flatten().rev().map(|&below| (depth + 1, below)));
        }
        Self { spans, depths, ..self }
    }
}

/// Some branches of a tree: whole subtrees, without others. Cheap to make and to ask, however large the tree is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    tree: Tree,
    /// Where they stand in the walk: in order, none empty, none overlapping.
    spans: Vec<Range<usize>>,
}

impl Area {
    /// Whether a branch belongs to it.
    pub fn contains(&self, id: &str) -> bool {
        let span = self.tree.span(id);
        !span.is_empty() && self.spans.iter().any(|own| own.contains(&span.start))
    }

    /// Whether a branch or any below it belongs to it.
    pub fn meets(&self, id: &str) -> bool {
        let span = self.tree.span(id);
        !span.is_empty() && self.spans.iter().any(|own| own.start < span.end && span.start < own.end)
    }

    /// The ids of its branches, each before those below it.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let indices = self.spans.iter().flat_map(|own| self.tree.0.walk.get(own.clone()).unwrap_or_default());
        indices.filter_map(|&index| self.tree.0.nodes.get(index)).map(|node| node.id.as_str())
    }
}

impl Tree {
    /// A tree of nodes in the official order. A node whose parent isn't there stands at the top.
    pub fn new(nodes: Vec<Node>) -> Self {
        let by_id: HashMap<String, usize> = nodes.iter().enumerate().map(|(i, node)| (node.id.clone(), i)).collect();
        let by_code = nodes.iter().enumerate().map(|(i, node)| (fold(&node.code), i)).collect();
        let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            let parent = node.parent.as_ref().and_then(|parent| by_id.get(parent)).copied();
            children.entry(parent).or_default().push(index);
        }
        let walk = Vec::with_capacity(nodes.len());
        let branches = Branches { nodes, by_id, by_code, children, walk, spans: Vec::new(), depths: Vec::new() };
        Self(Arc::new(branches.walked()))
    }

    /// Every branch in the official order.
    pub fn nodes(&self) -> &[Node] {
        &self.0.nodes
    }

    /// The branch of an id.
    pub fn get(&self, id: &str) -> Option<&Node> {
        self.0.by_id.get(id).and_then(|&index| self.0.nodes.get(index))
    }

    /// The branch of a code.
    pub fn by_code(&self, code: &str) -> Option<&Node> {
        self.0.by_code.get(&fold(code)).and_then(|&index| self.0.nodes.get(index))
    }

    /// Branches of a name.
    pub fn by_name(&self, name: &str) -> Vec<&Node> {
        let name = fold(name);
        self.0.nodes.iter().filter(|node| fold(&node.name) == name).collect()
    }

    /// The branches right below one; those at the top for `None`.
    pub fn children(&self, id: Option<&str>) -> Vec<&Node> {
        let parent = match id {
            None => None,
            Some(id) => match self.0.by_id.get(id) {
                Some(&index) => Some(index),
                None => return Vec::new(),
            },
        };
        self.0.children.get(&parent).into_iter().flatten().filter_map(|&index| self.0.nodes.get(index)).collect()
    }

    /// A branch and those above it, from the top down.
    pub fn path(&self, id: &str) -> Vec<&Node> {
        let mut path = Vec::new();
        let mut at = self.get(id);
        while let Some(node) = at {
            // A circle can't be loaded; the bound keeps a damaged table from hanging the server.
            if path.len() > self.0.nodes.len() {
                break;
            }
            path.push(node);
            at = node.parent.as_deref().and_then(|parent| self.get(parent));
        }
        path.reverse();
        path
    }

    /// Whether a branch is `ancestor` or stands below it.
    pub fn is_within(&self, id: &str, ancestor: &str) -> bool {
        let (span, above) = (self.span(id), self.span(ancestor));
        !span.is_empty() && above.contains(&span.start)
    }

    /// Where a branch and everything below it stand in the walk; empty for one that isn't there.
    fn span(&self, id: &str) -> Range<usize> {
        self.0.by_id.get(id).and_then(|&index| self.0.spans.get(index)).cloned().unwrap_or_default()
    }

    /// A branch and everything below it.
    pub fn subtree(&self, id: &str) -> Area {
        self.area([id], [])
    }

    /// Every branch.
    pub fn everything(&self) -> Area {
        Area {
            tree: self.clone(),
            spans: Some(0..self.0.walk.len()).filter(|span| !span.is_empty()).into_iter().collect(),
        }
    }

    /// The subtrees of `branches` without those of `except`.
    pub fn area<'a>(
        &self,
        branches: impl IntoIterator<Item = &'a str>,
        except: impl IntoIterator<Item = &'a str>,
    ) -> Area {
        let mut spans: Vec<Range<usize>> = branches.into_iter().map(|id| self.span(id)).collect();
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        // Of two subtrees one holds the other, or they have nothing in common.
        let mut end = 0;
        spans.retain(|span| {
            let is_new = span.end > end;
            end = end.max(span.end);
            is_new
        });
        for gone in except.into_iter().map(|id| self.span(id)).filter(|gone| !gone.is_empty()) {
            let without = |own: Range<usize>| [own.start..own.end.min(gone.start), own.start.max(gone.end)..own.end];
            spans = spans.into_iter().flat_map(without).filter(|part| !part.is_empty()).collect();
        }
        Area { tree: self.clone(), spans }
    }

    /// Every branch with its depth, parents before children, in the official order.
    pub fn walk(&self) -> Vec<(usize, &Node)> {
        let of = |&index: &usize| Some((*self.0.depths.get(index)?, self.0.nodes.get(index)?));
        self.0.walk.iter().filter_map(of).collect()
    }

    /// Whether giving each branch the parent in `parents` (id → parent) would put one below itself.
    pub fn has_circle(parents: &HashMap<String, Option<String>>) -> Option<String> {
        for start in parents.keys() {
            let mut at = parents.get(start).and_then(Option::as_ref);
            for _ in 0..=parents.len() {
                match at {
                    None => break,
                    Some(id) if id == start => return Some(start.clone()),
                    Some(id) => at = parents.get(id).and_then(Option::as_ref),
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, Tree};
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn node(id: &str, parent: Option<&str>) -> Node {
        Node {
            id: id.into(),
            code: id.to_uppercase(),
            name: format!("name {id}"),
            kind: String::new(),
            parent: parent.map(Into::into),
        }
    }

    fn tree() -> Tree {
        Tree::new(vec![node("hq", None), node("a", Some("hq")), node("b", Some("hq")), node("a1", Some("a"))])
    }

    #[test]
    fn below_and_above() {
        let tree = tree();
        assert!(
            tree.is_within("a1", "hq")
                && tree.is_within("a", "a")
                && !tree.is_within("a", "a1")
                && !tree.is_within("x", "hq")
        );
        assert_eq!(tree.path("a1").iter().map(|n| n.id.as_str()).collect::<Vec<_>>(), ["hq", "a", "a1"]);
        assert_eq!(
            tree.walk().iter().map(|(d, n)| (*d, n.id.as_str())).collect::<Vec<_>>(),
            [(0, "hq"), (1, "a"), (2, "a1"), (1, "b")]
        );
        assert_eq!(tree.by_code("Hq").map(|n| n.id.as_str()), Some("hq"));
    }

    #[test]
    fn an_area_is_subtrees_without_subtrees() {
        let tree = tree();
        let area = tree.area(["hq"], ["a"]);
        assert_eq!(area.iter().collect::<Vec<_>>(), ["hq", "b"]);
        assert!(area.contains("b") && !area.contains("a") && !area.contains("a1") && !area.contains("x"));
        assert!(area.meets("hq") && area.meets("b") && !area.meets("a") && !area.meets("x"));
        let below = tree.area(["a1", "b"], []);
        assert!(below.meets("a") && !below.contains("a"));
        assert_eq!(tree.everything().iter().count(), 4);
        assert_eq!(tree.area(["x"], ["x"]).iter().count(), 0);
        assert_eq!(Tree::default().everything().iter().count(), 0);
    }

    #[test]
    fn a_circle_is_nowhere_and_hangs_nothing() {
        let tree = Tree::new(vec![node("hq", None), node("a", Some("b")), node("b", Some("a"))]);
        assert_eq!(tree.walk().len(), 1);
        assert!(!tree.is_within("a", "b") && !tree.subtree("a").contains("a") && tree.path("a").len() > 1);
    }

    proptest! {
        /// What the walk answers is what following every parent answers.
        #[test]
        fn areas_are_what_the_paths_say(
            parents in prop::collection::vec(prop::option::of(0..30_usize), 1..30),
            named in prop::collection::vec(0..32_usize, 0..4),
            gone in prop::collection::vec(0..32_usize, 0..4),
        ) {
            let above = |index: usize, parent: Option<usize>| parent.filter(|parent| *parent < index);
            let nodes = parents.iter().enumerate().map(|(index, parent)| {
                node(&index.to_string(), above(index, *parent).map(|parent| parent.to_string()).as_deref())
            });
            let tree = Tree::new(nodes.collect());
            let ids = |numbers: &[usize]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>();
            let (named, gone) = (ids(&named), ids(&gone));
            let area = tree.area(named.iter().map(String::as_str), gone.iter().map(String::as_str));
            let follows = |id: &str, of: &[String]| tree.path(id).iter().any(|node| of.contains(&node.id));
            let belongs = |id: &str| follows(id, &named) && !follows(id, &gone);
            let all: Vec<&str> = tree.nodes().iter().map(|node| node.id.as_str()).collect();
            for id in &all {
                prop_assert_eq!(area.contains(id), belongs(id));
                let below: Vec<&&str> = all.iter().filter(|one| follows(one, &[(*id).to_owned()])).collect();
                prop_assert_eq!(area.meets(id), below.iter().any(|one| belongs(one)));
                prop_assert!(below.iter().all(|one| tree.is_within(one, id)));
                prop_assert_eq!(tree.subtree(id).iter().count(), below.len());
            }
            let mut listed: Vec<&str> = area.iter().collect();
            let mut expected: Vec<&str> = all.iter().copied().filter(|id| belongs(id)).collect();
            listed.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(listed, expected);
            prop_assert!(tree.walk().iter().all(|(depth, node)| tree.path(&node.id).len() == depth + 1));
        }
    }

    #[test]
    fn circles_are_found() {
        let parents = |pairs: &[(&str, Option<&str>)]| -> HashMap<String, Option<String>> {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), b.map(ToOwned::to_owned))).collect()
        };
        assert_eq!(Tree::has_circle(&parents(&[("a", Some("b")), ("b", None)])), None);
        assert!(Tree::has_circle(&parents(&[("a", Some("b")), ("b", Some("a"))])).is_some());
    }
}
