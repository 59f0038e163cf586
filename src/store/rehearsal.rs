//! A place for rehearsals beside the real data: on the same disk or server, and never in it.

use crate::store::Result;
use crate::store::db::Location;
use sqlx::Connection;
use sqlx_postgres::PgConnection;
use std::path::{Path, PathBuf};

/// The schema of rehearsals in a PostgreSQL database.
const SCHEMA: &str = "kaohe_rehearsal";

/// Makes an empty place beside the data; what an earlier rehearsal left there is gone.
pub async fn set_apart(real: &Location) -> Result<Location> {
    clear(real).await?;
    Ok(match real {
        Location::Sqlite(path) => Location::Sqlite(beside(path)),
        Location::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await?;
            sqlx::query("CREATE SCHEMA kaohe_rehearsal").execute(&mut connection).await?;
            connection.close().await?;
            let join = if url.contains('?') { '&' } else { '?' };
            Location::Postgres(format!("{url}{join}options=-c%20search_path%3D{SCHEMA}"))
        }
    })
}

/// Removes the place of rehearsals beside the data.
pub async fn clear(real: &Location) -> Result<()> {
    match real {
        Location::Sqlite(path) => {
            for ending in ["", "-wal", "-shm"] {
                let mut file = beside(path).into_os_string();
                file.push(ending);
                match std::fs::remove_file(&file) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(sqlx::Error::Io(error).into());
                    }
                    _ => {}
                }
            }
        }
        Location::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await?;
            sqlx::query("DROP SCHEMA IF EXISTS kaohe_rehearsal CASCADE").execute(&mut connection).await?;
            connection.close().await?;
        }
    }
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    path.with_file_name("rehearsal.sqlite")
}
