//! The sheet of branches: `code,name,parent,kind`.

use super::columns::{self, Column, Header, Learned, Vocabulary};
use super::{Reader, Scanned, rows_under};
use crate::formats::sheet::{self, SheetRow};
use crate::rules::roster::{BranchRow, SheetKind, SheetProblem, SheetProblemCode};
use crate::rules::text::{fold, tidy_name};
use std::collections::HashMap;

/// Reads a sheet of branches in CSV or XLSX. Where it has no codes the names serve as codes. Branches above that don't
/// stand in the sheet are not looked for.
pub fn read_branches(bytes: &[u8]) -> Result<Vec<BranchRow>, Vec<SheetProblem>> {
    scan_branches(bytes, &Learned::default())?.sound()
}

/// Reads what can be read of a sheet of branches, with the problems of the rest by row, so that whoever knows the
/// branches can report theirs together with these. Fails where there is no list at all.
pub fn scan_branches(bytes: &[u8], learned: &Learned) -> Result<Scanned<BranchRow>, Vec<SheetProblem>> {
    let sheets = sheet::read(bytes).map_err(|problem| vec![problem])?;
    let (header, rows) = rows_under(&sheets, |rows| find(rows, learned))?;
    let mut reader = Reader::new(&header);
    let mut branches = Vec::with_capacity(rows.len());
    for row in rows {
        branches.extend(branch(&mut reader, row));
    }
    note_repeated(&mut reader, &branches);
    note_circles(&mut reader, &branches);
    Ok(reader.finish(branches))
}

fn find(rows: &[SheetRow], learned: &Learned) -> Result<(usize, Header), SheetProblem> {
    let (index, header) = columns::find(rows, Vocabulary::new(SheetKind::Branches, learned), &[&[Column::Name]], 1)?;
    if !header.has(Column::Code)
        && let Ok((_, people)) =
            columns::find(rows, Vocabulary::new(SheetKind::Members, learned), &[&[Column::Name]], 2)
        && [Column::Login, Column::Role, Column::Password].iter().any(|column| people.has(*column))
    {
        // The sheet of members, sent here by mistake: it would make a branch of every person.
        let row = rows.get(index).map(|row| row.number).unwrap_or_default();
        let problem = super::whole(SheetProblemCode::MissingColumn, columns::main(Column::Code));
        return Err(SheetProblem { row, ..problem });
    }
    Ok((index, header))
}

fn branch(reader: &mut Reader<'_>, row: &SheetRow) -> Option<BranchRow> {
    if [Column::Code, Column::Name].iter().all(|one| reader.header.cell(row, *one).is_none_or(str::is_empty)) {
        // A total, a remark or the one who filled the sheet in: no branch.
        return None;
    }
    let name = reader.needed(row, Column::Name).and_then(|cell| reader.words(row.number, Column::Name, cell));
    let code = if reader.header.has(Column::Code) {
        reader.needed(row, Column::Code).and_then(|cell| reader.code(row.number, Column::Code, cell))
    } else {
        name.clone()
    };
    let parent = reader.optional_code(row, Column::Parent);
    let kind = reader.optional_words(row, Column::Kind);
    // Half a row was noted and is applied nowhere; it stays, so that nobody is told that the branch isn't there.
    let code = code.or_else(|| name.clone())?;
    Some(BranchRow { row: row.number, name: name.unwrap_or_else(|| code.clone()), code, parent, kind })
}

fn note_repeated(reader: &mut Reader<'_>, branches: &[BranchRow]) {
    let column = if reader.header.has(Column::Code) { Column::Code } else { Column::Name };
    let mut first: HashMap<String, usize> = HashMap::with_capacity(branches.len());
    for branch in branches {
        let before = *first.entry(fold(&branch.code)).or_insert(branch.row);
        if before < branch.row {
            reader.note(branch.row, column, SheetProblemCode::Repeated, &branch.code, &before.to_string());
        }
    }
}

/// Notes every branch that comes back to itself on the way up. Parents are found by code, or else by a name that only
/// one branch of the sheet bears.
fn note_circles(reader: &mut Reader<'_>, branches: &[BranchRow]) {
    let mut codes: HashMap<String, usize> = HashMap::with_capacity(branches.len());
    let mut names: HashMap<String, Option<usize>> = HashMap::with_capacity(branches.len());
    for (index, branch) in branches.iter().enumerate() {
        codes.entry(fold(&branch.code)).or_insert(index);
        names.entry(fold(&branch.name)).and_modify(|known| *known = None).or_insert(Some(index));
    }
    let by_name = |parent: &str| names.get(&fold(&tidy_name(parent))).copied().flatten();
    let above = |branch: &BranchRow| {
        let parent = branch.parent.as_deref()?;
        codes.get(&fold(parent)).copied().or_else(|| by_name(parent))
    };
    let parents: Vec<Option<usize>> = branches.iter().map(above).collect();
    for index in on_circles(&parents) {
        if let Some(branch) = branches.get(index) {
            let parent = branch.parent.as_deref().unwrap_or_default();
            reader.note(branch.row, Column::Parent, SheetProblemCode::Circle, parent, "");
        }
    }
}

/// The indices that lie on a circle. Each is walked over at most twice.
fn on_circles(parents: &[Option<usize>]) -> Vec<usize> {
    let mut walk_of: Vec<Option<usize>> = vec![None; parents.len()];
    let mut circles = Vec::new();
    for start in 0..parents.len() {
        let mut at = Some(start);
        while let Some(here) = at {
            match walk_of.get_mut(here) {
                Some(walk @ None) => *walk = Some(start),
                Some(Some(walk)) if *walk == start => {
                    circles.extend(circle_from(here, parents));
                    break;
                }
                _ => break,
            }
            at = parents.get(here).copied().flatten();
        }
    }
    circles
}

fn circle_from(start: usize, parents: &[Option<usize>]) -> Vec<usize> {
    let mut circle = vec![start];
    let mut at = parents.get(start).copied().flatten();
    while let Some(here) = at.filter(|here| *here != start) {
        circle.push(here);
        at = parents.get(here).copied().flatten();
    }
    circle
}
