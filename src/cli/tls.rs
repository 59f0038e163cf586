//! `kaohe tls init`: a certificate authority of the unit's own, and a certificate for this server.

use crate::app::{Clock, Day, Pair, new_authority, new_server, own_addresses};
use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open};
use clap::{Args, Subcommand};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum TlsCommand {
    /// Make certificates for https on the local network. An authority that is there is kept, and signs again.
    Init(InitArgs),
}

/// Arguments of `kaohe tls init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// A further name or address by which phones open the server; may stand several times.
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
}

/// The files in the folder of certificates.
struct Files {
    authority: PathBuf,
    authority_key: PathBuf,
    server: PathBuf,
    server_key: PathBuf,
}

impl Files {
    fn in_folder(folder: &Path) -> Self {
        let file = |name: &str| folder.join(name);
        Self {
            authority: file("authority.crt"),
            authority_key: file("authority.key"),
            server: file("server.crt"),
            server_key: file("server.key"),
        }
    }
}

pub(super) fn run(place: &Place, command: &TlsCommand, words: &Words) -> Outcome {
    let TlsCommand::Init(args) = command;
    let today = today().ok_or_else(|| Failure::Said("cli-tls-failed", "clock".to_owned()))?;
    let folder = place.data.join("tls");
    open::make_folder(&place.data)?;
    open::make_folder(&folder)?;
    let files = Files::in_folder(&folder);
    let failed = |error: crate::app::CertificateError| Failure::Said("cli-tls-failed", error.to_string());
    let is_there = files.authority.exists() && files.authority_key.exists();
    let authority = if is_there {
        Pair { certificate: read(&files.authority)?, key: read(&files.authority_key)? }
    } else {
        let made = new_authority(today).map_err(failed)?;
        write(&files.authority_key, &made.key)?;
        write(&files.authority, &made.certificate)?;
        made
    };
    let names = names(&args.name);
    let server = new_server(&authority, &names, today).map_err(failed)?;
    write(&files.server_key, &server.key)?;
    write(&files.server, &server.certificate)?;
    let shown = [&files.authority, &files.server, &files.server_key].map(|path| path.display().to_string());
    let [authority, server, key] = &shown;
    let values = [
        ("names", names.join(", ")),
        ("authority", authority.clone()),
        ("server", server.clone()),
        ("key", key.clone()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    out!("{}", words.say(if is_there { "cli-tls-renewed" } else { "cli-tls-made" }, &values));
    Ok(())
}

/// What was asked for first, then the machine's own addresses and names.
fn names(asked: &[String]) -> Vec<String> {
    let mut names: Vec<String> =
        asked.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    names.extend(own_addresses().iter().map(ToString::to_string));
    let of_machine = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || "-.".contains(one));
    names
        .extend([of_machine.trim(), "localhost", "127.0.0.1"].into_iter().filter(|name| is_name(name)).map(Into::into));
    let mut known = std::collections::HashSet::new();
    names.retain(|name| known.insert(name.clone()));
    names
}

fn today() -> Option<Day> {
    let now = jiff::Timestamp::from_millisecond(Clock::system().now_ms()).ok()?;
    let date = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    Some((i32::from(date.year()), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?))
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::File(path.to_owned(), error))
}

fn write(path: &Path, text: &str) -> Outcome {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let written = crate::store::db::for_owner_only(&mut options)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| Failure::File(path.to_owned(), error))
}
