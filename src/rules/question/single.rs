//! Single choice 单选: one label.

use crate::rules::question::{Misfit, Shape, label_index};

/// The label of a response.
pub(super) fn decode(shape: &Shape, value: &serde_json::Value) -> Result<String, Misfit> {
    let label = value.as_str().ok_or(Misfit::Form)?;
    label_index(label, shape.options).ok_or(Misfit::UnknownLabel)?;
    Ok(label.to_owned())
}
