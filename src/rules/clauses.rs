//! Clauses of regulations that questions cite as data.

use std::ops::RangeInclusive;

/// A regulation with what questions there are of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regulation {
    /// Its name.
    pub name: String,
    /// Article by article: how many questions can be drawn, and how many are retired. First, under `None`, those that name
    /// no article.
    pub articles: Vec<(Option<u32>, [usize; 2])>,
}

impl Regulation {
    /// Questions that can be drawn.
    pub fn drawable(&self) -> usize {
        self.articles.iter().map(|(_, [drawable, _])| drawable).sum()
    }

    /// Questions that are retired.
    pub fn retired(&self) -> usize {
        self.articles.iter().map(|(_, [_, retired])| retired).sum()
    }

    /// Articles between the lowest and the highest that are cited of which no question can be drawn.
    pub fn gaps(&self) -> Vec<RangeInclusive<u32>> {
        let mut cited: Vec<u32> = self.articles.iter().filter_map(|(article, _)| *article).collect();
        cited.sort_unstable();
        let (Some(&first), Some(&last)) = (cited.first(), cited.last()) else { return Vec::new() };
        let mut asked: Vec<u32> = self
            .articles
            .iter()
            .filter(|(_, [drawable, _])| *drawable > 0)
            .filter_map(|(article, _)| *article)
            .collect();
        asked.sort_unstable();
        let mut gaps = Vec::new();
        let mut next = Some(first);
        for article in asked {
            if let Some(from) = next.filter(|from| *from < article) {
                gaps.push(from..=article - 1);
            }
            next = article.checked_add(1);
        }
        gaps.extend(next.filter(|from| *from <= last).map(|from| from..=last));
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::Regulation;
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use std::collections::BTreeMap;

    fn regulation(articles: impl IntoIterator<Item = (u32, [usize; 2])>) -> Regulation {
        let articles = articles.into_iter().map(|(article, counts)| (Some(article), counts)).collect();
        Regulation { name: "r".into(), articles }
    }

    #[test]
    fn an_article_that_is_far_off_costs_nothing() {
        let far = regulation([(3, [1, 0]), (4, [0, 2]), (u32::MAX, [1, 0])]);
        assert_eq!(far.gaps(), [4..=u32::MAX - 1]);
        assert_eq!(regulation([(7, [0, 1])]).gaps(), [7..=7], "a retired one is no question");
        assert_eq!((far.drawable(), far.retired()), (2, 2));
        assert!(Regulation { articles: vec![(None, [3, 0])], ..Regulation::default() }.gaps().is_empty());
    }

    proptest! {
        #[test]
        fn a_gap_is_what_no_question_asks(cited in proptest::collection::btree_map(1_u32..60, any::<bool>(), 0..20)) {
            let counts: BTreeMap<u32, [usize; 2]> =
                cited.iter().map(|(article, asked)| (*article, if *asked { [1, 0] } else { [0, 1] })).collect();
            let gaps: Vec<u32> = regulation(counts).gaps().into_iter().flatten().collect();
            let all = cited.keys().next().copied().unwrap_or(1)..=cited.keys().last().copied().unwrap_or(0);
            let missing: Vec<u32> = all.filter(|article| cited.get(article) != Some(&true)).collect();
            prop_assert_eq!(gaps, missing);
        }
    }
}
