//! A list of marks to be filled in: everybody who is assessed, with the mark that stands.

use super::{File, XLSX};
use crate::formats::sheet::{Table, write_csv, write_xlsx};
use crate::i18n::words::Words;
use crate::rules::assessment::{Mark, MarkList};
use crate::service::assessments::{Assessed, MemberLine};
use crate::service::error::Thing;
use crate::service::{Error, Result};

/// The list as CSV or XLSX, named by its ending.
pub fn template(words: Words, assessed: &Assessed, list: &str, format: &str) -> Result<File> {
    let (_, _, list) = assessed.definition.marked_component(list).ok_or(Error::NotFound(Thing::MarkList))?;
    let rows = rows(words, assessed, list);
    let (media_type, bytes) = match format {
        "csv" => ("text/csv; charset=utf-8", write_csv(&rows)),
        "xlsx" => {
            let table = Table { heading: 1, rows, widths: vec![16, 16, 24, 10, 40], ..Table::default() };
            let bytes = write_xlsx(&[table]).map_err(|error| {
                tracing::error!(%error, "a workbook couldn't be written");
                Error::Busy
            })?;
            (XLSX, bytes)
        }
        _ => return Err(Error::NotFound(Thing::Page)),
    };
    Ok(File { name: format!("{}-{}.{format}", assessed.definition.year, list.name), media_type, bytes })
}

fn rows(words: Words, assessed: &Assessed, list: &MarkList) -> Vec<Vec<String>> {
    let heading = ["column-login", "name", "branch", "column-score", "column-source"].map(|id| words.t(id)).to_vec();
    // A login that is shown in part names nobody; the id does.
    let login = |line: &MemberLine| if line.login.contains('*') { line.person_id.clone() } else { line.login.clone() };
    let row = |line: &MemberLine| {
        let mark = line.marks_of(&list.name).find(|mark| mark.row.stands());
        let (score, source) =
            mark.map(|mark| (shown(mark.row.mark(), list), mark.row.source.clone())).unwrap_or_default();
        vec![login(line), line.name.clone(), line.branch.name.clone(), score, source]
    };
    std::iter::once(heading).chain(assessed.members.iter().map(row)).collect()
}

/// A mark as the list reads it back.
fn shown(mark: Mark, list: &MarkList) -> String {
    if mark.full == list.full { mark.points.to_string() } else { format!("{}%", mark.percent()) }
}
