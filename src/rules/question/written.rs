//! Short answers 简答 and essays 论述: a text that a person marks, with a model answer and marking points at hand.

use crate::rules::question::Misfit;
use crate::rules::text::Text;
use serde::{Deserialize, Serialize};

/// Most characters of a short answer or an essay.
pub const MOST_CHARACTERS: usize = 10_000;

/// What a good answer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// The model answer.
    pub model: Text,
    /// What earns points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<MarkingPoint>,
}

/// Something an answer should say, and its share of the marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkingPoint {
    /// What it is.
    pub text: Text,
    /// In percent of full marks; the shares of a question add up to 100.
    pub share: u32,
}

/// The text of a response.
pub(super) fn decode(value: &serde_json::Value) -> Result<String, Misfit> {
    let text = value.as_str().ok_or(Misfit::Form)?;
    if text.contains('\u{0}') {
        return Err(Misfit::Nul);
    }
    if text.chars().count() > MOST_CHARACTERS { Err(Misfit::TooLong) } else { Ok(text.to_owned()) }
}
