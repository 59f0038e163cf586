//! The tree of branches: who stands below whom, and in which order.

use crate::rules::text::fold;
use std::collections::{HashMap, HashSet};
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
        Self(Arc::new(Branches { nodes, by_id, by_code, children }))
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
        self.path(id).iter().any(|node| node.id == ancestor)
    }

    /// The ids of a branch and everything below it.
    pub fn subtree(&self, id: &str) -> HashSet<String> {
        let mut found = HashSet::new();
        let mut stack = vec![id.to_owned()];
        while let Some(at) = stack.pop() {
            if self.0.by_id.contains_key(&at) && found.insert(at.clone()) {
                stack.extend(self.children(Some(&at)).into_iter().map(|node| node.id.clone()));
            }
        }
        found
    }

    /// The ids of an audience: the subtrees of `branches` without those of `except`.
    pub fn audience<'a>(
        &self,
        branches: impl IntoIterator<Item = &'a str>,
        except: impl IntoIterator<Item = &'a str>,
    ) -> HashSet<String> {
        let mut ids: HashSet<String> = branches.into_iter().flat_map(|id| self.subtree(id)).collect();
        for id in except {
            for gone in self.subtree(id) {
                ids.remove(&gone);
            }
        }
        ids
    }

    /// Every branch with its depth, parents before children, in the official order.
    pub fn walk(&self) -> Vec<(usize, &Node)> {
        let mut found = Vec::with_capacity(self.0.nodes.len());
        let mut stack: Vec<(usize, &Node)> = self.children(None).into_iter().rev().map(|node| (0, node)).collect();
        while let Some((depth, node)) = stack.pop() {
            found.push((depth, node));
            stack.extend(self.children(Some(&node.id)).into_iter().rev().map(|child| (depth + 1, child)));
        }
        found
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
    fn an_audience_is_subtrees_without_subtrees() {
        let mut ids: Vec<String> = tree().audience(["hq"], ["a"]).into_iter().collect();
        ids.sort();
        assert_eq!(ids, ["b", "hq"]);
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
