//! A question of a paper with everything that showing and marking it needs.

use crate::rules::correction::Ruling;
use crate::rules::points::Points;
use crate::rules::question::case::{self, PartKey};
use crate::rules::question::{
    Choice, Key, Kind, Policy, Question, Response, Shape, Shown, mark, paper_label, target_label,
};
use std::sync::Arc;

/// The index, in the bank, of what is shown first, second …; no list of a question is longer than a byte counts.
pub type Order = Box<[u8]>;

/// A question of a paper with everything that showing and marking it needs. Small: there are half a million of them while
/// ten thousand members sit a test.
#[derive(Debug, Clone)]
pub struct Item {
    /// Index of its section.
    pub section: u16,
    /// The bank.
    pub bank: Arc<str>,
    /// The question as its pinned edition has it.
    pub question: Arc<Question>,
    /// The paper's order of its options.
    pub options: Order,
    /// The same of its further lists: of the targets of a match; of each part of a case its options, then its targets.
    pub further: Box<[Order]>,
    /// Its points.
    pub points: Points,
    /// How it is marked.
    pub policy: Policy,
    /// What was decided about the question after the test.
    pub ruling: Option<Arc<Ruling>>,
}

impl Item {
    /// What a response to it looks like.
    pub fn shape(&self) -> Shape {
        Shape {
            kind: self.question.kind(),
            options: self.options.len(),
            targets: self.targets().len(),
            gaps: self.question.gap_count(),
            parts: self.parts().iter().map(Self::shape).collect(),
        }
    }

    /// The parts of a case, each an item of its own with its share of the points.
    pub fn parts(&self) -> Vec<Self> {
        let Key::Case(keys) = &self.question.key else { return Vec::new() };
        let mut lists = self.further.iter();
        let mut next = |choices: &[Choice]| if choices.is_empty() { None } else { lists.next().cloned() };
        let part = |(index, (question, points)): (usize, (Question, Points))| Self {
            section: self.section,
            bank: Arc::clone(&self.bank),
            options: next(&question.options).unwrap_or_default(),
            further: next(&question.targets).into_iter().collect(),
            question: Arc::new(question),
            points,
            policy: self.policy,
            ruling: self.ruling.as_ref().map(|ruling| Arc::new(ruling.of_part(index))),
        };
        self.question.parts().into_iter().zip(case::points(keys, self.points)).enumerate().map(part).collect()
    }

    /// The paper's order of the targets of a match.
    pub fn targets(&self) -> &[u8] {
        self.further.first().map(|order| &**order).unwrap_or_default()
    }

    /// A response in the bank's own labels.
    pub fn in_bank_labels(&self, response: &Response) -> Response {
        if let Response::Parts(given) = response {
            let part =
                |(part, response): (Self, &Option<Response>)| response.as_ref().map(|one| part.in_bank_labels(one));
            return Response::Parts(self.parts().into_iter().zip(given).map(part).collect());
        }
        response.in_bank_labels(&self.question, Shown { options: &self.options, targets: self.targets() })
    }

    /// The paper's label of the target that the bank calls `label`.
    pub fn paper_target_of(&self, label: &str) -> Option<String> {
        let index = self.question.targets.iter().position(|choice| choice.label == label)?;
        self.targets().iter().position(|&shown| usize::from(shown) == index).map(target_label)
    }

    /// The same with another key.
    #[must_use]
    pub fn with_key(&self, key: &Key) -> Self {
        Self { question: Arc::new(Question { key: key.clone(), ..(*self.question).clone() }), ..self.clone() }
    }

    /// The key in the labels of the paper, where it has labels and they stand on it.
    pub fn paper_key(&self) -> Key {
        let label = |label: &String| self.paper_label_of(label).unwrap_or_default();
        match &self.question.key {
            Key::Single(right) => Key::Single(label(right)),
            Key::Multiple(right) => {
                let mut labels: Vec<String> = right.iter().map(label).collect();
                labels.sort();
                Key::Multiple(labels)
            }
            Key::Order(right) => Key::Order(right.iter().map(label).collect()),
            Key::Match(pairs) => {
                let target = |to: &String| self.paper_target_of(to).unwrap_or_default();
                Key::Match(pairs.iter().map(|(option, to)| (label(option), target(to))).collect())
            }
            Key::Case(keys) => {
                let part = |(key, part): (&PartKey, Self)| PartKey { share: key.share, key: part.paper_key() };
                Key::Case(keys.iter().zip(self.parts()).map(part).collect())
            }
            key => key.clone(),
        }
    }

    /// The paper's label of the option that the bank calls `label`.
    pub fn paper_label_of(&self, label: &str) -> Option<String> {
        let index = self.question.options.iter().position(|choice| choice.label == label)?;
        self.options.iter().position(|&shown| usize::from(shown) == index).map(paper_label)
    }

    /// A stored response, read back; `None` where there is none or it was taken back.
    pub fn read(&self, stored: Option<&str>) -> Option<Response> {
        let value = serde_json::from_str(stored?).ok()?;
        Response::decode(&self.shape(), &value).ok().flatten()
    }

    /// The points a response in the paper's labels earns; `None` where a person has to say so.
    pub fn mark(&self, response: Option<&Response>) -> Option<Points> {
        if self.question.kind() == Kind::Case {
            return self.part_marks(response).into_iter().sum();
        }
        let translated = response.map(|response| self.in_bank_labels(response));
        let by = |key: &Key| mark(key, translated.as_ref(), self.points, self.policy);
        match &self.ruling {
            None => by(&self.question.key),
            Some(ruling) => ruling.mark(&self.question.key, self.points, by),
        }
    }

    /// The same of each part of a case.
    pub fn part_marks(&self, response: Option<&Response>) -> Vec<Option<Points>> {
        let parts = self.parts().into_iter().enumerate();
        parts.map(|(index, part)| part.mark(response.and_then(|response| response.part(index)))).collect()
    }
}
