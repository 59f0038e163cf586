//! What organizers said of a sheet is remembered for the next with the same heading.

use super::Reading;
use crate::app::App;
use crate::formats::exchange::Form;
use crate::formats::exchange::sheet::{self, Hints};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::error::{Error, Result};
use crate::store::sheet_hints::{self, SheetHint};
use crate::store::trace::sha256_hex;
use std::sync::Arc;

/// Where what was said of a sheet is remembered.
pub(super) struct Place {
    place: String,
    heading: String,
}

/// Where what is said of a file is remembered; nothing where nothing need be said of it.
pub(super) async fn place(caller: &Caller, bytes: &Arc<Vec<u8>>, reading: &Reading) -> Result<Option<Place>> {
    if !Form::SHEETS.contains(&reading.form_of(bytes)) {
        return Ok(None);
    }
    let bytes = Arc::clone(bytes);
    let heading = tokio::task::spawn_blocking(move || sheet::heading(&bytes)).await.map_err(|_| Error::Busy)?;
    let place = caller.places(Role::Organizer).next().flatten().unwrap_or_default().to_owned();
    Ok(heading.map(|heading| Place { place, heading: sha256_hex(heading.as_bytes()) }))
}

/// What was said last time.
pub(super) async fn recalled(app: &App, place: &Place) -> Result<Option<Hints>> {
    let found = sheet_hints::find(&mut app.db.read().await?, &place.place, &place.heading).await?;
    // What an older version wrote and this one can't read is as good as forgotten.
    let read = |hint: SheetHint| {
        Some(Hints { columns: hint.named_columns.parse().ok()?, kinds: hint.named_kinds.parse().ok()? })
    };
    Ok(found.and_then(read))
}

/// Remembers what was said.
pub(super) async fn remember(app: &App, now_ms: i64, place: Place, hints: &Hints) -> Result<()> {
    let hint = SheetHint {
        place: place.place,
        heading: place.heading,
        named_columns: hints.columns.to_string(),
        named_kinds: hints.kinds.to_string(),
        said_at_ms: now_ms,
    };
    let mut tx = app.db.write().await?;
    sheet_hints::put(&mut tx, &hint).await?;
    tx.commit().await?;
    Ok(())
}
