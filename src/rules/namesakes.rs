//! Telling people of the same name apart in a list.

use crate::rules::text::fold;
use std::collections::{HashMap, HashSet};

/// Fewest last characters of a number that stand behind a name.
const FEWEST: usize = 4;

/// What stands behind each name: the last characters of the number where somebody else in the list has the same name, as
/// many as tell them apart; otherwise nothing. `people`: name and number of each.
pub fn told_apart<'a>(people: &[(&str, &'a str)]) -> Vec<Option<&'a str>> {
    let mut same: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, (name, _)) in people.iter().enumerate() {
        same.entry(fold(name)).or_default().push(index);
    }
    let mut told = vec![None; people.len()];
    for indices in same.into_values().filter(|indices| indices.len() > 1) {
        let numbers: Vec<&str> =
            indices.iter().map(|&index| people.get(index).map_or("", |(_, number)| *number)).collect();
        for (index, end) in indices.iter().zip(ends(&numbers)) {
            if let Some(told) = told.get_mut(*index) {
                *told = Some(end).filter(|end| !end.is_empty());
            }
        }
    }
    told
}

/// The shortest ends of numbers, of one length, that differ; the whole numbers where none do.
fn ends<'a>(numbers: &[&'a str]) -> Vec<&'a str> {
    let longest = numbers.iter().map(|number| number.chars().count()).max().unwrap_or_default();
    let of_length = |length: usize| -> Vec<&'a str> { numbers.iter().map(|number| end(number, length)).collect() };
    let differ = |ends: &Vec<&str>| ends.iter().collect::<HashSet<_>>().len() == ends.len();
    (FEWEST..longest.max(FEWEST)).map(of_length).find(differ).unwrap_or_else(|| numbers.to_vec())
}

fn end(number: &str, length: usize) -> &str {
    let start = number.char_indices().rev().nth(length.saturating_sub(1)).map_or(0, |(at, _)| at);
    number.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::told_apart;

    #[test]
    fn only_namesakes_get_the_end_of_their_number() {
        let people = [("张伟", "100200"), ("李娜", "100201"), ("张伟", "100202"), ("张 伟", "7"), ("Zhang", "")];
        assert_eq!(told_apart(&people), [Some("0200"), None, Some("0202"), None, None]);
        assert_eq!(told_apart(&[("张伟", "100200"), ("张伟", "200200")]), [Some("100200"), Some("200200")]);
        assert_eq!(told_apart(&[("张伟", "1100200"), ("张伟", "1200200")]), [Some("100200"), Some("200200")]);
        assert_eq!(told_apart(&[("张伟", "138****5678"), ("张伟", "7")]), [Some("5678"), Some("7")]);
        assert_eq!(told_apart(&[("张伟", ""), ("张伟", "")]), [None, None]);
    }
}
