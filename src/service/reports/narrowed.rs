//! The figures of a test narrowed to members of one category. Stored figures are of everybody; these are computed from
//! the attempts of the category alone, at each look.

use super::ground::{Ground, standings_of};
use super::tallies::count;
use crate::rules::figures::Tally;
use crate::service::corrections::void;
use crate::service::error::{Error, Result};
use crate::service::tests::{Test, counted};
use crate::store::db::Tx;
use crate::store::people::found;
use crate::store::results;
use std::collections::{HashMap, HashSet};

/// Figures by branch: of its own members, and (`true`) with everything below it.
pub(crate) type Narrowed = HashMap<(String, bool), Tally>;

/// Those who are of a category today; an error where nobody is.
pub(crate) async fn of_category(tx: &mut Tx, category: &str) -> Result<HashSet<String>> {
    let people = found::of_category(tx, category).await?;
    if people.is_empty() {
        return Err(Error::Invalid { field: "category", expected: "category" });
    }
    Ok(people.into_iter().collect())
}

/// The figures of some people in a test, with topics or, which is much faster, without.
pub(crate) async fn narrowed(
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
