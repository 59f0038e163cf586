//! Logins for rows of a sheet that state none.

use crate::rules::roster::MemberRow;
use crate::rules::text::fold;
use crate::service::roster::known::{Known, compact};
use crate::store::people::{Person, RoleRow};
use std::collections::{HashMap, HashSet};

/// Logins for rows that state none.
pub(super) struct Logins<'k, 'p> {
    known: &'k Known<'p>,
    /// Logins that somebody has or the file states.
    taken: HashSet<String>,
    /// Known people whom a row of the file already stands for.
    claimed: HashSet<String>,
    /// Number and name of rows before → the login found for them.
    numbered: HashMap<(String, String), String>,
    /// The number of the next login to be made.
    next: usize,
}

impl<'k, 'p> Logins<'k, 'p> {
    pub(super) fn new(known: &'k Known<'p>, rows: &[MemberRow]) -> Self {
        let claimed: HashSet<String> = rows.iter().filter_map(|row| row.login.as_deref().map(fold)).collect();
        let people = known.people().map(|person| person.login_folded.clone());
        let taken: HashSet<String> = people.chain(claimed.iter().cloned()).collect();
        let next = known.people().count() + 1;
        Self { known, taken, claimed, numbered: HashMap::new(), next }
    }

    /// The login of the person whom a row means: the one of that name with that number, else the one of that name in
    /// that branch, so that the same sheet loaded again makes nobody twice. Otherwise a short one is made: `m0001`,
    /// `m0002` … Of namesakes in one branch each row stands for another.
    pub(super) fn of(&mut self, row: &MemberRow, branch: Option<&str>) -> String {
        let number = row.number.as_deref().unwrap_or_default();
        let key = (number.to_owned(), compact(&row.name));
        if let Some(same) = self.numbered.get(&key) {
            return same.clone();
        }
        let free = |person: &&Person| !self.claimed.contains(&person.login_folded);
        let is_here = |person: &&Person| {
            let same_number = number.is_empty() || person.number.is_empty() || person.number == number;
            let here = |role: &RoleRow| role.role == row.role.name() && role.branch_id.as_deref() == branch;
            same_number && self.known.held(&person.id).iter().any(here)
        };
        let namesakes = || self.known.namesakes(&row.name).iter().copied().filter(free);
        let found = namesakes()
            .find(|person| !number.is_empty() && person.number == number)
            .or_else(|| namesakes().filter(is_here).min_by_key(|person| (person.position, person.login.clone())))
            .map(|person| person.login.clone());
        let login = found.unwrap_or_else(|| {
            let mut made = (self.next..).map(|next| (next, format!("m{next:04}")));
            let (number, login) = made.find(|(_, login)| !self.taken.contains(login)).unwrap_or_default();
            self.next = number + 1;
            login
        });
        self.taken.insert(fold(&login));
        self.claimed.insert(fold(&login));
        if !number.is_empty() {
            self.numbered.insert(key, login.clone());
        }
        login
    }
}
