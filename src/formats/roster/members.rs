//! The sheet of members: `login,name,branch,role,password` and optional `must_change,category,number,order,active`.

use super::columns::{self, Column, Learned, Vocabulary};
use super::{Reader, Scanned, rows_under, words};
use crate::formats::sheet::{self, SheetRow};
use crate::rules::roster::{MemberRow, Role, SheetKind, SheetProblem, SheetProblemCode};
use crate::rules::text::fold;
use std::collections::HashMap;

/// How many characters a password has.
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=200;

/// Reads a sheet of members in CSV or XLSX. Without a column of logins every login is `None`; whether the branches
/// exist is not looked for.
pub fn read_members(bytes: &[u8]) -> Result<Vec<MemberRow>, Vec<SheetProblem>> {
    scan_members(bytes, &Learned::default())?.sound()
}

/// Reads what can be read of a sheet of members, with the problems of the rest by row, so that whoever knows the
/// branches can report theirs together with these. Fails where there is no list at all.
pub fn scan_members(bytes: &[u8], learned: &Learned) -> Result<Scanned<MemberRow>, Vec<SheetProblem>> {
    let sheets = sheet::read(bytes).map_err(|problem| vec![problem])?;
    let find =
        |rows: &[SheetRow]| columns::find(rows, Vocabulary::new(SheetKind::Members, learned), &[&[Column::Name]], 2);
    let (header, rows) = rows_under(&sheets, find)?;
    let mut reader = Reader::new(&header);
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        members.extend(member(&mut reader, row));
    }
    if !header.has(Column::Branch) && reader.problems.iter().any(|one| one.code == SheetProblemCode::BranchNeeded) {
        // One missing column, not as many problems as people.
        reader.problems.retain(|problem| problem.code != SheetProblemCode::BranchNeeded);
        reader.problems.push(super::whole(SheetProblemCode::MissingColumn, columns::main(Column::Branch)));
    }
    note_contradictions(&mut reader, &members);
    Ok(reader.finish(members))
}

fn member(reader: &mut Reader<'_>, row: &SheetRow) -> Option<MemberRow> {
    let person = [Column::Login, Column::Name, Column::Branch];
    if person.iter().all(|one| reader.header.cell(row, *one).is_none_or(str::is_empty)) {
        // Numbered in advance, or a remark below the list: nobody.
        return None;
    }
    let number = row.number;
    let login = if reader.header.has(Column::Login) {
        Some(reader.needed(row, Column::Login).and_then(|cell| reader.code(number, Column::Login, cell)))
    } else {
        None
    };
    let name = reader.needed(row, Column::Name).and_then(|cell| reader.words(number, Column::Name, cell));
    let role = role(reader, row);
    let branch = reader.optional_code(row, Column::Branch);
    let left_out = reader.header.cell(row, Column::Branch).is_none_or(str::is_empty);
    if left_out && role.is_some_and(|role| role != Role::Administrator) {
        reader.note(number, Column::Branch, SheetProblemCode::BranchNeeded, "", "");
    }
    let member = MemberRow {
        row: number,
        login: None,
        name: String::new(),
        branch,
        role: Role::Member,
        password: password(reader, row),
        must_change: yes(reader, row, Column::MustChange, false),
        category: reader.optional_words(row, Column::Category),
        number: reader.optional_code(row, Column::Number),
        order: order(reader, row),
        active: yes(reader, row, Column::Active, true),
    };
    let login = match login {
        Some(login) => Some(login?),
        None => None,
    };
    Some(MemberRow { login, name: name?, role: role?, ..member })
}

fn role(reader: &mut Reader<'_>, row: &SheetRow) -> Option<Role> {
    if reader.header.cell(row, Column::Role).is_none_or(str::is_empty) {
        return Some(Role::Member);
    }
    let cell = reader.cell(row, Column::Role)?;
    let role = words::role(cell);
    if role.is_none() {
        reader.note(row.number, Column::Role, SheetProblemCode::NotOneOf, cell, &words::role_names());
    }
    role
}

/// A password; a problem of it tells its length only.
fn password(reader: &mut Reader<'_>, row: &SheetRow) -> Option<String> {
    let password = reader.cell(row, Column::Password)?;
    let characters = password.chars().count();
    if PASSWORD.contains(&characters) && !password.chars().any(char::is_control) {
        return Some(password.to_owned());
    }
    let expected = format!("{}–{}", PASSWORD.start(), PASSWORD.end());
    reader.note(row.number, Column::Password, SheetProblemCode::BadPassword, &characters.to_string(), &expected);
    None
}

fn yes(reader: &mut Reader<'_>, row: &SheetRow, column: Column, usual: bool) -> bool {
    let Some(cell) = reader.cell(row, column) else { return usual };
    let said = words::yes(cell);
    if said.is_none() {
        reader.note(row.number, column, SheetProblemCode::NotOneOf, cell, "yes, no");
    }
    said.unwrap_or(usual)
}

fn order(reader: &mut Reader<'_>, row: &SheetRow) -> Option<i64> {
    let cell = reader.cell(row, Column::Order)?;
    let order = fold(cell).parse();
    if order.is_err() {
        reader.note(row.number, Column::Order, SheetProblemCode::NotNumber, cell, "");
    }
    order.ok()
}

/// What the rows of one login say of the person so far.
struct Person<'r> {
    name: &'r str,
    name_row: usize,
    /// The row of each role at each branch.
    roles: HashMap<(Role, String), usize>,
    membership_row: Option<usize>,
}

/// Notes rows of one login that say the same twice, name two people or state two memberships.
fn note_contradictions(reader: &mut Reader<'_>, members: &[MemberRow]) {
    let mut people: HashMap<String, Person<'_>> = HashMap::with_capacity(members.len());
    for member in members {
        let Some(login) = &member.login else { continue };
        let person = people.entry(fold(login)).or_insert_with(|| Person {
            name: &member.name,
            name_row: member.row,
            roles: HashMap::new(),
            membership_row: None,
        });
        if fold(person.name) != fold(&member.name) {
            let expected = format!("{} ({})", person.name, person.name_row);
            reader.note(member.row, Column::Name, SheetProblemCode::NameDiffers, &member.name, &expected);
        }
        let branch = member.branch.as_deref().map(fold).unwrap_or_default();
        let first = *person.roles.entry((member.role, branch)).or_insert(member.row);
        if first != member.row {
            reader.note(member.row, Column::Login, SheetProblemCode::Repeated, login, &first.to_string());
            continue;
        }
        if member.role == Role::Member && member.active {
            match person.membership_row {
                Some(first) => {
                    let code = SheetProblemCode::TwoMemberships;
                    reader.note(member.row, Column::Login, code, login, &first.to_string());
                }
                None => person.membership_row = Some(member.row),
            }
        }
    }
}
