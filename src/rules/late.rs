//! Responses that reach the server after the end of their attempt: the code by which their member knows them, and
//! whether one says anything that isn't stored.

use crate::rules::question::{Kind, Response};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Letters and digits that can't be mistaken for one another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code of what is sent together, position → response as JSON: the first 40 bits of SHA-256("kaohe-late-1\n" ‖
/// attempt ‖ "\n" ‖ a line `position response` each). A page computes the same without a line to the server, so that
/// what comes later can be held against what was shown before.
pub fn code(attempt_id: &str, responses: &BTreeMap<i64, String>) -> String {
    let mut text = format!("kaohe-late-1\n{attempt_id}\n");
    for (position, response) in responses {
        let _ = writeln!(text, "{position} {response}");
    }
    let digest = Sha256::digest(text.as_bytes());
    let bits = digest.iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letter = |place: u32| {
        let index = usize::try_from(bits >> (35 - 5 * place) & 31).unwrap_or_default();
        LETTERS.get(index).copied().map_or('0', char::from)
    };
    let letters: Vec<char> = (0..8).map(letter).collect();
    let (front, back) = letters.split_at(4);
    format!("{}-{}", front.iter().collect::<String>(), back.iter().collect::<String>())
}

/// Whether two responses to a question of a kind say the same; the order of a choice and an empty response say nothing.
pub fn same(kind: Kind, one: Option<&Response>, two: Option<&Response>) -> bool {
    let plain = |response: Option<&Response>| {
        let mut response = response.filter(|response| !response.is_empty()).cloned();
        if let (Some(Response::Multiple(labels)), Kind::Multiple) = (&mut response, kind) {
            labels.sort();
        }
        response
    };
    plain(one) == plain(two)
}

#[cfg(test)]
mod tests {
    use super::{code, same};
    use crate::rules::question::{Kind, Response};
    use std::collections::BTreeMap;

    #[test]
    fn a_code_covers_attempt_positions_and_responses() {
        let responses = |one: &str, two: &str| BTreeMap::from([(3, one.to_owned()), (12, two.to_owned())]);
        let first = code("a", &responses("\"B\"", "[\"一年\",null]"));
        assert_eq!((first.len(), first.find('-')), (9, Some(4)));
        assert_eq!(first, code("a", &responses("\"B\"", "[\"一年\",null]")));
        for other in [
            code("b", &responses("\"B\"", "[\"一年\",null]")),
            code("a", &responses("\"C\"", "[\"一年\",null]")),
            code("a", &responses("\"B\"", "[\"二年\",null]")),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn the_order_of_a_choice_and_emptiness_say_nothing() {
        let set = |labels: &[&str]| Response::Multiple(labels.iter().map(|label| (*label).to_owned()).collect());
        assert!(same(Kind::Multiple, Some(&set(&["B", "A"])), Some(&set(&["A", "B"]))));
        assert!(!same(Kind::Order, Some(&set(&["B", "A"])), Some(&set(&["A", "B"]))));
        assert!(same(Kind::Multiple, None, Some(&set(&[]))) && !same(Kind::Multiple, None, Some(&set(&["A"]))));
        assert!(!same(Kind::TrueFalse, Some(&Response::TrueFalse(true)), Some(&Response::TrueFalse(false))));
    }
}
