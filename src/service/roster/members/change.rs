//! What a sheet changes of one person, and how that is told.

use super::{Change, ChangedField, ChangedPerson, MembersLoaded, Stated, branch_name};
use crate::rules::roster::{MemberRow, Role};
use crate::rules::text::fold;
use crate::service::roster::Ground;
use crate::store::people::{Person, RoleRow};

/// The file states every role of a login it names; roles it doesn't state end, `active=no` ends the stated one.
pub(super) fn change_of(
    ground: &Ground<'_>,
    position: i64,
    stated: &Stated<'_>,
    old: Option<&Person>,
    held: &[RoleRow],
) -> Change {
    let (app, now_ms) = (ground.app, ground.now_ms);
    let first = stated.rows.first().map(|(row, _)| *row);
    // Who was recognized by the answer keeps the login, unless the sheet states another; the same one in other letters
    // is no other.
    let another =
        first.and_then(|row| row.login.clone()).filter(|login| old.is_none_or(|old| fold(login) != old.login_folded));
    let login = another.or_else(|| old.map(|old| old.login.clone())).unwrap_or_else(|| stated.login.clone());
    let told = |get: fn(&MemberRow) -> Option<&String>, before: Option<&String>| -> String {
        first.and_then(get).or(before).cloned().unwrap_or_default()
    };
    let person = Person {
        id: old.map_or_else(|| app.randomness.id(now_ms), |old| old.id.clone()),
        login_folded: fold(&login),
        login,
        name: first.map(|row| row.name.clone()).unwrap_or_default(),
        category: told(|row| row.category.as_ref(), old.map(|old| &old.category)),
        number: told(|row| row.number.as_ref(), old.map(|old| &old.number)),
        position: first.and_then(|row| row.order).unwrap_or(position),
        password: None,
        must_change: old.is_none_or(|old| old.must_change),
        created_at_ms: old.map_or(now_ms, |old| old.created_at_ms),
    };
    let wanted: Vec<(&str, Option<&str>)> = stated
        .rows
        .iter()
        .filter(|(row, _)| row.active)
        .map(|(row, branch)| (row.role.name(), branch.as_deref()))
        .collect();
    let is_wanted = |role: &RoleRow| wanted.contains(&(role.role.as_str(), role.branch_id.as_deref()));
    let end = held.iter().filter(|role| !is_wanted(role)).map(|role| role.id.clone()).collect();
    let mut begun: Vec<RoleRow> = Vec::new();
    for (role, branch) in wanted {
        let there = |row: &RoleRow| row.role == role && row.branch_id.as_deref() == branch;
        if !held.iter().any(there) && !begun.iter().any(there) {
            begun.push(RoleRow {
                id: app.randomness.id(now_ms),
                person_id: person.id.clone(),
                role: role.to_owned(),
                branch_id: branch.map(ToOwned::to_owned),
                from_at_ms: now_ms,
                until_at_ms: None,
                ended_as: None,
            });
        }
    }
    let password =
        stated.rows.iter().find_map(|(row, _)| row.password.clone().map(|password| (password, row.must_change)));
    Change { person, is_new: old.is_none(), end, begin: begun, password }
}

/// Notes what becomes of one person.
pub(super) fn note(
    ground: &Ground<'_>,
    change: &Change,
    stated: &Stated<'_>,
    old: Option<&Person>,
    held: &[RoleRow],
    loaded: &mut MembersLoaded,
) {
    let login = change.person.login.clone();
    let now = stated.rows.iter().find(|(row, _)| row.role == Role::Member && row.active);
    let branch = branch_name(ground, now.and_then(|(_, branch)| branch.as_deref()));
    loaded.people.insert(login.clone(), (change.person.name.clone(), branch));
    let Some(old) = old else {
        loaded.new.push(login);
        return;
    };
    let was = held.iter().find(|role| role.role == Role::Member.name());
    let fields = changed_fields(ground, change, old, held);
    match (was, now) {
        (Some(was), Some((_, branch))) if was.branch_id != *branch => loaded.moved.push(login.clone()),
        (Some(_), None) => loaded.ended.push(login.clone()),
        _ if fields.is_empty() => loaded.unchanged += 1,
        _ => loaded.changed.push(login.clone()),
    }
    if !fields.is_empty() {
        loaded.changes.push(ChangedPerson { login, fields });
    }
}

fn changed_fields(ground: &Ground<'_>, change: &Change, old: &Person, held: &[RoleRow]) -> Vec<ChangedField> {
    let new = &change.person;
    let place = |position: i64| (position + 1).to_string();
    let role = |row: &RoleRow| format!("{}@{}", row.role, branch_name(ground, row.branch_id.as_deref()));
    let ends = |row: &RoleRow| change.end.contains(&row.id);
    let before = held.iter().filter(|row| ends(row)).map(role).collect::<Vec<_>>().join("\n");
    let after = change.begin.iter().map(role).collect::<Vec<_>>().join("\n");
    let all = [
        ("name", old.name.clone(), new.name.clone()),
        ("login", old.login.clone(), new.login.clone()),
        ("category", old.category.clone(), new.category.clone()),
        ("number", old.number.clone(), new.number.clone()),
        ("order", place(old.position), place(new.position)),
        ("roles", before, after),
        ("password", String::new(), change.password.as_ref().map(|_| "••••".to_owned()).unwrap_or_default()),
    ];
    let changed = all.into_iter().filter(|(_, from, to)| from != to);
    changed.map(|(field, from, to)| ChangedField { field, from, to }).collect()
}
