//! `kaohe backup --follow`: a folder from which another machine can go on at any moment. It holds a whole copy of the
//! database, the certificates, and a mark that says whose copy it is.

use crate::app::{Clock, Randomness, note_backup};
use crate::cli::serve::told_to_stop;
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open};
use crate::limits;
use crate::store::db::{Found, for_owner_only};
use crate::store::follow::Follower;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

pub(super) async fn run(place: &Place, folder: &Path, words: &Words) -> Outcome {
    if place.database.is_some() {
        return Err(Failure::Said("cli-follow-postgres", String::new()));
    }
    let source = open::file_in(&place.data);
    if !source.exists() {
        return Err(Failure::Said("cli-no-data", place.data.display().to_string()));
    }
    open::make_folder(folder)?;
    if is_same(&place.data, folder) {
        return Err(Failure::Said("cli-follow-same", folder.display().to_string()));
    }
    let _lock = open::lock(folder, "backup --follow").await?;
    mark(&place.data, folder)?;
    let (clock, seed) = (Clock::system(), Randomness::system().bytes::<8>());
    let salts = [
        u32::from_le_bytes([seed[0], seed[1], seed[2], seed[3]]),
        u32::from_le_bytes([seed[4], seed[5], seed[6], seed[7]]),
    ];
    let mut follower = Follower::new(&source, &open::file_in(folder), salts).await?;
    let mut report = Report {
        words,
        clock: &clock,
        data: &place.data,
        folder,
        good_at_ms: clock.now_ms(),
        said_at_ms: None,
        noted_at_ms: None,
    };
    // The first one tells whether it can be done at all.
    round(&mut follower, &place.data, folder).await?;
    report.succeeded(clock.now_ms());
    let stop = told_to_stop();
    out!("{}", words.say("cli-following", &[("folder", &folder.display().to_string())]));
    tokio::pin!(stop);
    let mut pause = Duration::from_millis(limits::FOLLOW_MS);
    loop {
        tokio::select! { () = &mut stop => break, () = tokio::time::sleep(pause) => {} }
        pause = report.round(&mut follower).await;
    }
    round(&mut follower, &place.data, folder).await?;
    match follower.end().await? {
        Found::Kaohe | Found::Newer => {}
        Found::Damaged | Found::Other => {
            return Err(Failure::Said("cli-restore-damaged", folder.display().to_string()));
        }
    }
    report.succeeded(clock.now_ms());
    out!("{}", words.say("cli-followed", &[("folder", &folder.display().to_string())]));
    Ok(())
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Says whose copy the folder holds. Data of the folder's own, a spare that has taken over among them, are never
/// written over.
fn mark(data: &Path, folder: &Path) -> Outcome {
    let mark = open::spare_mark(folder);
    let source = data.canonicalize().unwrap_or_else(|_| data.to_owned()).display().to_string();
    match std::fs::read_to_string(&mark) {
        Ok(of) if of == source => Ok(()),
        Ok(of) => Err(Failure::Said("cli-follow-others", of)),
        Err(_) if open::file_in(folder).exists() => Err(Failure::Said("cli-follow-own", folder.display().to_string())),
        Err(_) => put(&mark, source.as_bytes()).map_err(|error| Failure::File(mark, error)),
    }
}

/// Writes a file so that it is there whole or not at all.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("being-copied");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut file = for_owner_only(&mut options).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

async fn round(follower: &mut Follower, data: &Path, folder: &Path) -> Outcome {
    follower.round().await?;
    tokio::task::block_in_place(|| certificates(data, folder))
}

/// Takes over what changed of the certificates: phones trust the authority, so a spare needs the same.
fn certificates(data: &Path, folder: &Path) -> Outcome {
    let (from, to) = (data.join("tls"), folder.join("tls"));
    let failed = |error| Failure::File(from.clone(), error);
    let files = match std::fs::read_dir(&from) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        files => files.map_err(failed)?,
    };
    open::make_folder(&to)?;
    for file in files {
        let file = file.map_err(failed)?;
        if !file.file_type().map_err(failed)?.is_file() {
            continue;
        }
        let (bytes, target) = (std::fs::read(file.path()).map_err(failed)?, to.join(file.file_name()));
        if std::fs::read(&target).ok().as_ref() != Some(&bytes) {
            put(&target, &bytes).map_err(|error| Failure::File(target, error))?;
        }
    }
    Ok(())
}

/// Says when a copy falls behind, and when it is whole again.
struct Report<'a> {
    words: &'a Words,
    clock: &'a Clock,
    data: &'a Path,
    folder: &'a Path,
    good_at_ms: i64,
    said_at_ms: Option<i64>,
    noted_at_ms: Option<i64>,
}

impl Report<'_> {
    /// One round; returns how long to wait for the next.
    async fn round(&mut self, follower: &mut Follower) -> Duration {
        let began_at_ms = self.clock.now_ms();
        let done = round(follower, self.data, self.folder).await;
        let took_ms = self.clock.now_ms() - began_at_ms;
        match done {
            Ok(()) => {
                if took_ms > limits::FOLLOW_BEHIND_MS {
                    self.behind(self.clock.now_ms(), "cli-follow-slow", None);
                }
                self.succeeded(began_at_ms);
            }
            Err(failure) => self.behind(self.clock.now_ms(), "cli-follow-behind", Some(&failure)),
        }
        let share = Duration::from_millis(u64::try_from(took_ms).unwrap_or_default()) * limits::FOLLOW_SHARE;
        share.max(Duration::from_millis(limits::FOLLOW_MS))
    }

    fn succeeded(&mut self, as_of_ms: i64) {
        if self.said_at_ms.is_some_and(|said| as_of_ms > said) {
            self.said_at_ms = None;
            out!("{}", self.words.say("cli-follow-again", &[("folder", &self.folder.display().to_string())]));
        }
        self.good_at_ms = as_of_ms;
        if self.noted_at_ms.is_none_or(|noted| noted + limits::FOLLOW_SAID_MS < as_of_ms) {
            // Only for the list of what is ready; the copy is good without it.
            let _ = note_backup(self.data, as_of_ms);
            self.noted_at_ms = Some(as_of_ms);
        }
    }

    fn behind(&mut self, now_ms: i64, id: &str, failure: Option<&Failure>) {
        if self.said_at_ms.is_some_and(|said| said + limits::FOLLOW_SAID_MS > now_ms) {
            return;
        }
        self.said_at_ms = Some(now_ms);
        let seconds = ((now_ms - self.good_at_ms) / 1000).to_string();
        let values = [("folder", &*self.folder.display().to_string()), ("seconds", &*seconds)];
        say!("{}", self.words.say(id, &values));
        if let Some(failure) = failure {
            self.words.print_failure(failure);
        }
    }
}
