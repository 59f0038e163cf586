//! A database that would acknowledge before it has flushed is refused.

use crate::support::place;
use kaohe::store::Error;
use kaohe::store::db::{Db, Location};
use tempfile::TempDir;

#[tokio::test]
async fn a_postgresql_that_does_not_flush_is_refused() {
    let folder = TempDir::new().unwrap();
    let Location::Postgres(url) = place(&folder).await else { return };
    let careless = Location::Postgres(format!("{url}&options=-c%20synchronous_commit%3Doff"));
    let refused = Db::open(&careless, false).await.unwrap_err();
    assert!(matches!(refused, Error::NotDurable { setting: "synchronous_commit", .. }), "{refused}");
    Db::open(&careless, true).await.unwrap().close().await;
    Db::open(&Location::Postgres(url), false).await.unwrap().close().await;
}

#[tokio::test]
async fn reading_cannot_write() {
    let folder = TempDir::new().unwrap();
    let db = Db::open(&place(&folder).await, false).await.unwrap();
    let mut tx = db.read().await.unwrap();
    assert!(tx.query("DELETE FROM session").execute().await.is_err());
    assert!(tx.commit().await.is_err(), "a transaction in which a statement failed commits nothing");
    db.close().await;
}
