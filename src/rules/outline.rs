//! The outline of a bank: its titles, its topics and the order of its questions, as they are to be.

use crate::rules::bank::{Bank, Topic};
use crate::rules::text::Text;
use serde::{Deserialize, Serialize};

/// What is to be changed of a bank, its questions themselves aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// What readers see.
    pub title: Text,
    /// Which version of which rules it asks about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Text>,
    /// Its knowledge points, in their order.
    pub topics: Vec<Topic>,
    /// Questions that are to stand elsewhere, one move after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
}

/// A question that is to stand elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Its id.
    pub question: String,
    /// The id of the question behind which it is to stand; nothing: at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Outline {
    /// The outline of a bank as it is.
    pub fn of(bank: &Bank) -> Self {
        Self { title: bank.title.clone(), source: bank.source.clone(), topics: bank.topics.clone(), moves: Vec::new() }
    }

    /// Gives a bank these titles, topics and order.
    pub fn apply(&self, bank: &mut Bank) {
        bank.title.clone_from(&self.title);
        bank.source.clone_from(&self.source);
        bank.topics.clone_from(&self.topics);
        self.arrange(&mut bank.questions, |question| &question.id);
    }

    /// Moves what has ids to where it is to stand. A move of something that there isn't, or behind it, is none.
    pub fn arrange<T>(&self, list: &mut Vec<T>, id: impl Fn(&T) -> &String) {
        for Move { question, after } in &self.moves {
            let place = |list: &[T], wanted: &String| list.iter().position(|one| id(one) == wanted);
            let Some(from) = place(list, question) else { continue };
            if after.as_ref().is_some_and(|after| after == question || place(list, after).is_none()) {
                continue;
            }
            let moved = list.remove(from);
            let to = after.as_ref().and_then(|after| place(list, after)).map_or(0, |at| at + 1);
            list.insert(to, moved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Move, Outline};
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    fn outline(moves: &[(&str, Option<&str>)]) -> Outline {
        let one = |(question, after): &(&str, Option<&str>)| Move {
            question: (*question).to_owned(),
            after: after.map(str::to_owned),
        };
        Outline { moves: moves.iter().map(one).collect(), ..Outline::default() }
    }

    fn arranged(moves: &[(&str, Option<&str>)]) -> String {
        let mut list: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).into();
        outline(moves).arrange(&mut list, |id| id);
        list.concat()
    }

    #[test]
    fn questions_stand_where_they_were_moved() {
        assert_eq!(arranged(&[]), "abcd");
        assert_eq!(arranged(&[("c", None)]), "cabd");
        assert_eq!(arranged(&[("a", Some("c"))]), "bcad");
        assert_eq!(arranged(&[("d", Some("a")), ("b", Some("c"))]), "adcb");
        assert_eq!(arranged(&[("a", Some("a")), ("x", None), ("b", Some("gone"))]), "abcd", "no moves");
    }

    proptest! {
        #[test]
        fn moving_loses_and_doubles_nothing(moves in prop::collection::vec((0_usize..8, prop::option::of(0_usize..8)), 0..20)) {
            let ids: Vec<String> = (0..6).map(|number| format!("q{number}")).collect();
            let id = |number: usize| format!("q{number}");
            let moves = moves.into_iter().map(|(question, after)| Move { question: id(question), after: after.map(id) });
            let mut list = ids.clone();
            Outline { moves: moves.collect(), ..Outline::default() }.arrange(&mut list, |id| id);
            list.sort();
            prop_assert_eq!(list, ids);
        }
    }
}
