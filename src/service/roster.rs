//! The roster: branches and members as a file states them, compared with what is there, then applied as a whole.
//!
//! Nobody is deleted by absence from a file. A change of branch ends one membership and begins another.

mod branches;
mod members;

pub use branches::{BranchesLoaded, load_branches};
pub use members::{FirstPassword, MembersLoaded, load_members};

use crate::rules::roster::{SheetProblem, SheetProblemCode};
use crate::rules::text::nearest;
use crate::rules::tree::{Node, Tree};

/// The branch that a sheet means by a code or a name.
fn resolve<'t>(tree: &'t Tree, text: &str, row: usize, column: &str) -> Result<&'t Node, SheetProblem> {
    if let Some(node) = tree.by_code(text) {
        return Ok(node);
    }
    let problem = |code, expected: String| SheetProblem {
        row,
        column: column.to_owned(),
        code,
        found: text.to_owned(),
        expected,
    };
    match tree.by_name(text).as_slice() {
        [node] => Ok(node),
        [] => {
            let known: Vec<&str> =
                tree.nodes().iter().flat_map(|node| [node.code.as_str(), node.name.as_str()]).collect();
            let near = nearest(text, known).unwrap_or_default().to_owned();
            Err(problem(SheetProblemCode::UnknownBranch, near))
        }
        several => {
            let codes: Vec<&str> = several.iter().map(|node| node.code.as_str()).collect();
            Err(problem(SheetProblemCode::AmbiguousBranch, codes.join(", ")))
        }
    }
}
