//! What was made to be printed and can't be read again from the database, since only hashes are kept there: for as long
//! as it takes to print it, for the session that made it and nobody else, in memory only. So the page may be loaded
//! again without making anything anew.

use crate::limits;
use quick_cache::sync::Cache;
use std::any::Any;
use std::sync::Arc;

/// Things to be printed.
#[derive(Debug)]
pub struct Printouts(Cache<String, Printout>);

#[derive(Clone)]
struct Printout {
    owner: String,
    until_ms: i64,
    content: Arc<dyn Any + Send + Sync>,
}

impl std::fmt::Debug for Printout {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Printout")
    }
}

impl Default for Printouts {
    fn default() -> Self {
        Self(Cache::new(limits::PRINTOUTS))
    }
}

impl Printouts {
    /// Keeps something under an id that can't be guessed.
    pub fn keep<T: Send + Sync + 'static>(&self, id: String, owner: &str, now_ms: i64, content: T) {
        let until_ms = now_ms + limits::PRINTOUT_MS;
        self.0.insert(id, Printout { owner: owner.to_owned(), until_ms, content: Arc::new(content) });
    }

    /// What is kept under an id, for the session that made it.
    pub fn find<T: Send + Sync + 'static>(&self, id: &str, owner: &str, now_ms: i64) -> Option<Arc<T>> {
        let kept = self.0.get(id).filter(|kept| kept.owner == owner && kept.until_ms > now_ms)?;
        kept.content.downcast().ok()
    }

    /// Forgets what nobody may see any more.
    pub fn tidy(&self, now_ms: i64) {
        self.0.retain(|_, kept| kept.until_ms > now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::Printouts;
    use crate::limits;

    #[test]
    fn a_printout_is_for_its_maker_and_for_a_while() {
        let printouts = Printouts::default();
        printouts.keep("id".into(), "maker", 0, vec![1, 2]);
        assert_eq!(printouts.find::<Vec<i32>>("id", "maker", 1).as_deref(), Some(&vec![1, 2]));
        assert_eq!(printouts.find::<Vec<i32>>("id", "maker", 2).as_deref(), Some(&vec![1, 2]), "a reload is harmless");
        assert!(printouts.find::<Vec<i32>>("id", "somebody", 1).is_none());
        assert!(
            printouts.find::<Vec<u8>>("id", "maker", 1).is_none() && printouts.find::<i32>("x", "maker", 1).is_none()
        );
        assert!(printouts.find::<Vec<i32>>("id", "maker", limits::PRINTOUT_MS).is_none());
        printouts.tidy(limits::PRINTOUT_MS);
        assert!(printouts.find::<Vec<i32>>("id", "maker", 1).is_none());
    }
}
