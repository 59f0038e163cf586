//! A test file on its way in: what the file alone can't tell, said with its place in the file.

use crate::formats::test_json;
use crate::rules::bank::{Place, Problem, ProblemCode};
use crate::rules::blueprint::Definition;
use crate::service::error::{Error, Result};

/// Reads a test file.
pub(super) fn read(file: &[u8]) -> Result<Definition> {
    test_json::read(file).map_err(Error::File)
}

/// Refuses a test that nobody could sit any more.
pub(super) fn refuse_past(file: &[u8], definition: &Definition, now_ms: i64) -> Result<()> {
    if definition.closes_at_ms > now_ms {
        return Ok(());
    }
    let problem =
        Problem::new(Place::default(), "/closes".to_owned(), ProblemCode::ClosesPast, String::new(), String::new());
    Err(located(file, Error::File(vec![problem])))
}

/// Adds line and column to problems that were found after the file was read.
pub(super) fn located(file: &[u8], error: Error) -> Error {
    match error {
        Error::File(mut problems) => {
            test_json::locate(file, &mut problems);
            Error::File(problems)
        }
        other => other,
    }
}
