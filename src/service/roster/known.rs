//! Whether somebody whom a sheet would make is somebody known: the same name, or the same number.

use super::Ground;
use super::members::Stated;
use crate::rules::roster::Role;
use crate::rules::text::fold;
use crate::store::people::{Person, RoleRow};
use std::collections::{HashMap, HashSet};

/// Most known people offered for one.
const MOST_CANDIDATES: usize = 6;

/// Somebody known who may be meant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Candidate {
    /// The login.
    pub login: String,
    /// The name.
    pub name: String,
    /// The name of the branch where the person is a member; empty where there is none.
    pub branch: String,
    /// The unit's own number.
    pub number: String,
    /// Whether the person is on no roster now.
    pub left: bool,
    /// Whether the number is that of the sheet, which hardly leaves a doubt.
    pub same_number: bool,
}

/// Somebody whom the sheet would make, and who it may be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PossiblySame {
    /// The row of the sheet.
    pub row: usize,
    /// The login, stated or made.
    pub login: String,
    /// The name.
    pub name: String,
    /// Who it may be.
    pub candidates: Vec<Candidate>,
    /// What was answered: a login, or empty for somebody new.
    pub answer: Option<String>,
}

/// Known people by what a sheet may say of them.
pub(super) struct Known<'a> {
    by_login: HashMap<&'a str, &'a Person>,
    by_name: HashMap<String, Vec<&'a Person>>,
    by_number: HashMap<&'a str, Vec<&'a Person>>,
    held: HashMap<&'a str, Vec<RoleRow>>,
}

impl<'a> Known<'a> {
    pub(super) fn new(people: &'a [Person], roles: &'a [RoleRow]) -> Self {
        let mut known =
            Self { by_login: HashMap::new(), by_name: HashMap::new(), by_number: HashMap::new(), held: HashMap::new() };
        for person in people {
            known.by_login.insert(&person.login_folded, person);
            known.by_name.entry(compact(&person.name)).or_default().push(person);
            if !person.number.is_empty() {
                known.by_number.entry(&person.number).or_default().push(person);
            }
        }
        for role in roles {
            known.held.entry(&role.person_id).or_default().push(role.clone());
        }
        known
    }

    /// The person of a login in the form in which logins are compared.
    pub(super) fn of_login(&self, folded: &str) -> Option<&'a Person> {
        self.by_login.get(folded).copied()
    }

    /// Everybody.
    pub(super) fn people(&self) -> impl Iterator<Item = &'a Person> + use<'a, '_> {
        self.by_login.values().copied()
    }

    /// Everybody of a name.
    pub(super) fn namesakes(&self, name: &str) -> &[&'a Person] {
        self.by_name.get(&compact(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The roles that somebody holds.
    pub(super) fn held(&self, person_id: &str) -> &[RoleRow] {
        self.held.get(person_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whom a new person may be, as far as the caller keeps them; nobody for whom another row stands already.
    pub(super) fn candidates(
        &self,
        ground: &Ground<'_>,
        stated: &Stated<'_>,
        claimed: &HashSet<&str>,
    ) -> Vec<Candidate> {
        let Some((row, _)) = stated.rows.first() else { return Vec::new() };
        let number = row.number.as_deref().unwrap_or_default();
        let login = row.login.as_deref().unwrap_or_default();
        let of_number = |text: &str| self.by_number.get(text).map(Vec::as_slice).unwrap_or_default();
        let of_login = self.of_login(&fold(number)).into_iter();
        let numbered: Vec<&Person> =
            of_number(number).iter().chain(of_number(login)).copied().chain(of_login).collect();
        let mut found: Vec<&Person> = Vec::new();
        for person in numbered.iter().chain(self.namesakes(&row.name)) {
            if !claimed.contains(person.id.as_str()) && self.is_kept(ground, person) && !found.contains(person) {
                found.push(person);
            }
        }
        let is_numbered = |person: &Person| numbered.iter().any(|one| one.id == person.id);
        found.truncate(MOST_CANDIDATES);
        found.into_iter().map(|person| self.candidate(ground, person, is_numbered(person))).collect()
    }

    fn is_kept(&self, ground: &Ground<'_>, person: &Person) -> bool {
        let covers = |place: Option<&str>| ground.caller.covers(Role::Administrator, place, ground.tree);
        let held = self.held(&person.id);
        if held.is_empty() { covers(None) } else { held.iter().all(|role| covers(role.branch_id.as_deref())) }
    }

    fn candidate(&self, ground: &Ground<'_>, person: &Person, same_number: bool) -> Candidate {
        let member = self.held(&person.id).iter().find(|role| role.role == Role::Member.name());
        let branch = member.and_then(|role| role.branch_id.as_deref()).and_then(|id| ground.tree.get(id));
        Candidate {
            login: person.login.clone(),
            name: person.name.clone(),
            branch: branch.map(|node| node.name.clone()).unwrap_or_default(),
            number: person.number.clone(),
            left: self.held(&person.id).is_empty(),
            same_number,
        }
    }
}

/// A name without spaces, in the form in which texts are compared.
pub(super) fn compact(name: &str) -> String {
    fold(name).chars().filter(|character| !character.is_whitespace()).collect()
}
