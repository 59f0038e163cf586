use super::read_text;
use crate::formats::exchange::Draft;
use proptest::prelude::{prop, proptest};
use serde_json::{Value, json};

fn fields(draft: &Draft) -> Vec<Value> {
    draft.questions.iter().map(|question| Value::Object(question.fields.clone())).collect()
}

fn remarks(draft: &Draft) -> Vec<(Option<usize>, &str, &str)> {
    draft.remarks.iter().map(|remark| (remark.origin.line, remark.code, remark.found.as_str())).collect()
}
