//! The figures of a test narrowed to members of one category. Stored figures are of everybody; these are computed from
//! the attempts of the category alone, and kept in memory.

use super::ground::{Ground, standings_of};
use super::tallies::count;
use crate::app::{App, Narrowed};
use crate::rules::figures::Tally;
use crate::service::corrections::void;
use crate::service::error::{Error, Result};
use crate::service::tests::{Test, counted};
use crate::store::db::Tx;
use crate::store::people::found;
use crate::store::{results, rollups, trees};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A category of members, as it is today.
pub(crate) struct Category<'c> {
    name: &'c str,
    /// Read when they are first needed.
    people: Option<HashSet<String>>,
}

impl<'c> Category<'c> {
    /// The category of a name; an error where nobody is of it.
    pub(crate) async fn find(tx: &mut Tx, name: &'c str) -> Result<Self> {
        if !found::is_category(tx, name).await? {
            return Err(Error::Invalid { field: "category", expected: "category" });
        }
        Ok(Self { name, people: None })
    }

    /// The figures of its members in a test whose stored figures are up to date, with topics or, which is much faster,
    /// without. From memory, as long as neither the stored figures nor the roster have changed since.
    pub(crate) async fn figures(
        &mut self,
        app: &App,
        tx: &mut Tx,
        (test, ground): (&Test, &Ground),
        with_topics: bool,
    ) -> Result<Arc<Narrowed>> {
        let versions = (rollups::version(tx, &test.row.id).await?, trees::version(tx).await?);
        let key = (test.row.id.clone(), self.name.to_owned(), with_topics);
        if let Some((_, figures)) = app.caches.narrowed.get(&key).filter(|(of, _)| *of == versions) {
            return Ok(figures);
        }
        let people = match self.people.take() {
            Some(people) => people,
            None => found::of_category(tx, self.name).await?.into_iter().collect(),
        };
        let figures = Arc::new(narrowed(tx, (test, ground), &people, with_topics).await?);
        self.people = Some(people);
        app.caches.narrowed.insert(key, (versions, Arc::clone(&figures)));
        Ok(figures)
    }
}

/// The figures of some people in a test.
async fn narrowed(
    tx: &mut Tx,
    (test, ground): (&Test, &Ground),
    people: &HashSet<String>,
    with_topics: bool,
) -> Result<Narrowed> {
    let results = if with_topics {
        let ids: Vec<&str> = people.iter().map(String::as_str).collect();
        results::list_of_people(tx, &test.row.id, &ids).await?
    } else {
        let all = results::list_bare(tx, &test.row.id).await?;
        all.into_iter().filter(|row| people.contains(&row.person_id)).collect()
    };
    let mut places = counted(tx, &test.row, &results).await?;
    places.retain(|person_id, _| people.contains(person_id));
    let void = if with_topics { void(tx, &test.row.id).await? } else { HashSet::new() };
    let mut own: HashMap<String, Tally> = HashMap::new();
    for (branch_id, part) in standings_of(tx, test, &results, places).await? {
        let tally = own.entry(branch_id).or_default();
        if with_topics { count(tally, test, &part, &void)? } else { tally.add(part.outcome) }
    }
    let mut narrowed = Narrowed::new();
    for (branch_id, tally) in own {
        for above in ground.tree.path(&branch_id) {
            narrowed.entry((above.id.clone(), true)).or_default().add_all(&tally);
        }
        narrowed.insert((branch_id, false), tally);
    }
    Ok(narrowed)
}
