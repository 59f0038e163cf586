//! The texts of a question that readers see.

use crate::rules::question::{Choice, Key, Question};
use crate::rules::rich::{Inline, inline};
use crate::rules::text::Text;
use std::collections::BTreeSet;

impl Question {
    /// Visits every text that may hold more than words, each with its pointer in the question's file.
    pub fn for_each_text(&mut self, visit: &mut impl FnMut(&str, &mut Text)) {
        visit("/stem", &mut self.stem);
        choices("", (&mut self.options, &mut self.targets), visit);
        if let Some(explanation) = &mut self.explanation {
            visit("/explanation", explanation);
        }
        let Key::Case(keys) = &mut self.key else {
            model("", &mut self.key, visit);
            return;
        };
        for (number, (part, key)) in self.parts.iter_mut().zip(keys).enumerate() {
            let place = format!("/parts/{number}");
            visit(&format!("{place}/stem"), &mut part.stem);
            choices(&place, (&mut part.options, &mut part.targets), visit);
            if let Some(explanation) = &mut part.explanation {
                visit(&format!("{place}/explanation"), explanation);
            }
            model(&place, &mut key.key, visit);
        }
    }

    /// The names of the pictures that its texts show.
    pub fn pictures(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.clone().for_each_text(&mut |_, text| {
            for one in text.versions().flat_map(inline) {
                if let Inline::Picture(picture) = one {
                    names.insert(picture.name.to_owned());
                }
            }
        });
        names
    }
}

fn choices(place: &str, (options, targets): (&mut [Choice], &mut [Choice]), visit: &mut impl FnMut(&str, &mut Text)) {
    for (list, choices) in [("options", options), ("targets", targets)] {
        for choice in choices {
            visit(&format!("{place}/{list}/{}", choice.label), &mut choice.text);
        }
    }
}

/// Of a written answer, the model and its marking points.
fn model(place: &str, key: &mut Key, visit: &mut impl FnMut(&str, &mut Text)) {
    if let Key::Short(model) | Key::Essay(model) = key {
        visit(&format!("{place}/answer/model"), &mut model.model);
        for (number, point) in model.points.iter_mut().enumerate() {
            visit(&format!("{place}/answer/points/{number}/text"), &mut point.text);
        }
    }
}
