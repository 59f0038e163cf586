//! What programs and the command line say of a load, each as `THIS=THAT`.

use super::{Answers, Column, Options};
use crate::rules::roster::Departure;
use crate::rules::text::fold;
use crate::service::error::{Error, Mistake, Result};

/// Options from texts: `HEADING=MEANING`, `LOGIN-OR-ROW=LOGIN` (nothing behind the sign: somebody new), `LOGIN=REASON`.
pub fn said(dry_run: bool, columns: &[String], same: &[String], left: &[String]) -> Result<Options> {
    let mut answers = Answers::default();
    for text in same {
        let (key, login) = split(text, "same")?;
        answers.same.insert(fold(key), login.to_owned());
    }
    for text in left {
        let (login, reason) = split(text, "left")?;
        let reason = Departure::from_name(reason).ok_or_else(|| wrong("left"))?;
        answers.left.insert(fold(login), Some(reason));
    }
    let column = |text: &String| {
        let (heading, meaning) = split(text, "column")?;
        Ok(Column { heading: heading.to_owned(), meaning: meaning.to_owned() })
    };
    let columns = columns.iter().map(column).collect::<Result<Vec<_>>>()?;
    Ok(Options { dry_run, columns, answers, must_answer: false })
}

fn split<'t>(text: &'t str, field: &'static str) -> Result<(&'t str, &'t str)> {
    let (one, other) = text.rsplit_once('=').ok_or_else(|| wrong(field))?;
    Ok((one.trim(), other.trim()))
}

fn wrong(field: &'static str) -> Error {
    Error::Fields(vec![Mistake { field, expected: field }])
}
