//! Who may do what: a role is held at a branch, or over the whole unit, and covers everything below it.

use crate::rules::roster::Role;
use crate::rules::tree::Tree;

/// A person who has signed in, or the operator at the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person; `None`: the operator at the command line, who holds every role over the whole unit.
    pub person_id: Option<String>,
    /// What the person signs in with.
    pub login: String,
    /// The name.
    pub name: String,
    /// SHA-256 of the session's token.
    pub session: String,
    /// Whether the password has to be changed before anything else.
    pub must_change: bool,
    /// The slip of paper with which the person signed in, if so; then only the role of a member counts.
    pub slip: Option<String>,
    /// Roles held now, and where; `None`: over the whole unit.
    pub roles: Vec<(Role, Option<String>)>,
}

impl Caller {
    /// The operator at the machine itself.
    pub fn operator() -> Self {
        Self {
            person_id: None,
            login: String::new(),
            name: String::new(),
            session: String::new(),
            must_change: false,
            slip: None,
            roles: Role::ALL.into_iter().filter(|role| *role != Role::Member).map(|role| (role, None)).collect(),
        }
    }

    /// Whether the role is held anywhere.
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|(held, _)| *held == role)
    }

    /// Where a role is held.
    pub fn places(&self, role: Role) -> impl Iterator<Item = Option<&str>> {
        self.roles.iter().filter(move |(held, _)| *held == role).map(|(_, branch)| branch.as_deref())
    }

    /// Whether a role held covers a branch; `None` is the whole unit, which only a role over the whole unit covers.
    pub fn covers(&self, role: Role, branch: Option<&str>, tree: &Tree) -> bool {
        self.places(role).any(|place| match (place, branch) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(place), Some(branch)) => tree.is_within(branch, place),
        })
    }

    /// Whether any of the roles covers a branch.
    pub fn covers_any(&self, roles: &[Role], branch: Option<&str>, tree: &Tree) -> bool {
        roles.iter().any(|role| self.covers(*role, branch, tree))
    }

    /// Whether a role is held in the subtree of a branch or above it: those who may draw from a bank shared there.
    pub fn stands_within(&self, role: Role, branch: Option<&str>, tree: &Tree) -> bool {
        self.covers(role, branch, tree)
            || self.places(role).flatten().any(|place| branch.is_none_or(|branch| tree.is_within(place, branch)))
    }
}

#[cfg(test)]
mod tests {
    use super::Caller;
    use crate::rules::roster::Role;
    use crate::rules::tree::{Node, Tree};

    #[test]
    fn a_role_covers_its_subtree_and_nothing_else() {
        let node = |id: &str, parent: Option<&str>| Node {
            id: id.into(),
            code: id.into(),
            name: id.into(),
            kind: String::new(),
            parent: parent.map(Into::into),
        };
        let tree =
            Tree::new(vec![node("hq", None), node("a", Some("hq")), node("a1", Some("a")), node("b", Some("hq"))]);
        let caller = Caller { roles: vec![(Role::Organizer, Some("a".into()))], ..Caller::operator() };
        assert!(caller.covers(Role::Organizer, Some("a1"), &tree) && caller.covers(Role::Organizer, Some("a"), &tree));
        assert!(
            !caller.covers(Role::Organizer, Some("hq"), &tree) && !caller.covers(Role::Organizer, Some("b"), &tree)
        );
        assert!(!caller.covers(Role::Organizer, None, &tree) && !caller.covers(Role::Committee, Some("a"), &tree));
        assert!(
            caller.stands_within(Role::Organizer, Some("hq"), &tree)
                && !caller.stands_within(Role::Organizer, Some("b"), &tree)
        );
        assert!(Caller::operator().covers(Role::Administrator, None, &tree));
    }
}
