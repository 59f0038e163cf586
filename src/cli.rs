//! The command line: one file a command. Every command that touches data may run while a server runs on the same data.
//!
//! Exit 0: done, 1: failed, 2: wrong usage.

/// Prints a line. A reader that has gone (`kaohe report … | head`) is no failure.
macro_rules! out {
    ($($argument:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($argument)*);
    }};
}

/// Says a line beside the output. A reader that has gone (`… 2>&1 | head`) is no failure here either.
macro_rules! say {
    ($($argument:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($argument)*);
    }};
}

mod assess;
mod bank;
mod clause;
mod demo;
mod follow;
mod items;
mod keep;
mod open;
mod ready;
mod rehearse;
mod report;
mod roster;
mod search;
mod serve;
mod signed_pages;
mod template;
mod test;
mod tls;
mod unit;
mod user;
mod words;

use crate::formats::schema::Schema;
use clap::builder::{FalseyValueParser, Resettable};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use words::Words;

/// A knowledge-test and assessment server 考核.
#[derive(Debug, Parser)]
#[command(name = "kaohe", version, about, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    place: Place,
    /// Without a command the server runs, with these.
    #[command(flatten)]
    serve: serve::ServeArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
struct Place {
    /// Folder of the data; made if missing.
    #[arg(long, global = true, env = "KAOHE_DATA", default_value = "./kaohe-data", value_name = "DIR")]
    data: PathBuf,
    /// A PostgreSQL database instead of a file in the folder: `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(long, global = true, env = "KAOHE_DATABASE", value_name = "URL", hide_env_values = true, value_parser = open::database)]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and API (this is what runs without a command).
    Serve(serve::ServeArgs),
    /// Make a ready unit with people, banks and results, and serve it.
    Demo(demo::DemoArgs),
    /// Check, load and export question banks.
    #[command(subcommand)]
    Bank(bank::BankCommand),
    /// Regulations that questions cite, and what was amended of them.
    #[command(subcommand)]
    Clause(clause::ClauseCommand),
    /// Load branches and members.
    #[command(subcommand)]
    Roster(roster::RosterCommand),
    /// Add and move people, give roles, set passwords, make tokens.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Make, list and close tests.
    #[command(subcommand)]
    Test(test::TestCommand),
    /// Show, set and sign off the annual study assessment.
    #[command(subcommand)]
    Assess(assess::AssessCommand),
    /// Print the branch report of a test.
    Report(report::ReportArgs),
    /// The unit's own template for circulars.
    #[command(subcommand)]
    Template(template::TemplateCommand),
    /// Print how each question of a test behaved.
    Items(items::ItemsArgs),
    /// Verify that papers were drawn as committed to.
    #[command(subcommand)]
    Draw(test::DrawCommand),
    /// Verify the chain of changes.
    #[command(subcommand)]
    Trace(keep::TraceCommand),
    /// Write a consistent copy of the data, also while a server runs; or keep a spare copy up with it.
    Backup(keep::BackupArgs),
    /// Put a copy back into an empty folder.
    Restore(keep::RestoreArgs),
    /// Print the JSON Schema of one of our own files, for editors.
    Schema {
        /// The file: a bank, a test, or the rules of an annual assessment.
        #[arg(value_parser = Schema::ALL.map(Schema::name))]
        schema: String,
    },
    /// Certificates for https on the local network.
    #[command(subcommand)]
    Tls(tls::TlsCommand),
    /// Look whether everything is ready for a test: disk, copies, clock, addresses, the tests that come next.
    Ready(ready::ReadyArgs),
    /// Play an exam day with made-up members against a server started with `serve --rehearsal`.
    Rehearse(rehearse::RehearseArgs),
}

/// Why a command failed.
#[derive(Debug)]
enum Failure {
    /// A use case refused.
    Service(crate::service::Error),
    /// The database could not be opened.
    Store(crate::store::Error),
    /// A file could not be read or written.
    File(PathBuf, std::io::Error),
    /// Something else, by the name of its message and what fills it.
    Said(&'static str, String),
}

impl From<crate::service::Error> for Failure {
    fn from(error: crate::service::Error) -> Self {
        Self::Service(error)
    }
}

impl From<crate::store::Error> for Failure {
    fn from(error: crate::store::Error) -> Self {
        Self::Store(error)
    }
}

type Outcome = Result<(), Failure>;

/// Writes a file, or to standard output where none is named.
fn put(out: Option<PathBuf>, bytes: &[u8]) -> Outcome {
    if let Some(path) = out {
        return std::fs::write(&path, bytes).map_err(|error| Failure::File(path, error));
    }
    // A reader that has gone is no failure.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), bytes);
    Ok(())
}

/// The arguments, or the end of the program with code 2 where they are wrong.
fn parsed() -> Cli {
    let mut command = with_environment(Cli::command());
    let matches = command.get_matches_mut();
    // What stands before a command would be for the server that runs without one, and must not be lost silently.
    let is_given = |name: &&&str| matches.value_source(name) == Some(ValueSource::CommandLine);
    if let (Some(name), Some(lost)) = (matches.subcommand_name(), serve::ARGUMENTS.iter().find(is_given)) {
        let flag = lost.replace('_', "-");
        let words = format!("--{flag} stands before '{name}'; write it behind: kaohe {name} --{flag} …");
        command.error(ErrorKind::ArgumentConflict, words).exit();
    }
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

/// Reads the environment as people write it: an empty variable is none, and a switch is off where it says 0, no, off
/// or false.
fn with_environment(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|arg: Arg| {
        let is_empty = arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
        let arg = if is_empty { arg.env(Resettable::Reset) } else { arg };
        let is_switch = matches!(arg.get_action(), ArgAction::SetTrue);
        if is_switch { arg.value_parser(FalseyValueParser::new()) } else { arg }
    });
    command.mut_subcommands(with_environment)
}

/// `true` or `false` as people write it.
fn switch(text: &str) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "1" | "true" | "yes" | "y" | "on" | "t" => Ok(true),
        "0" | "false" | "no" | "n" | "off" | "f" => Ok(false),
        _ => Err("true, false".to_owned()),
    }
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    // Keeps one way to make random numbers for TLS; the error only says that it was chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = parsed();
    let words = Words::from_environment();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli, &words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            words.print_failure(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli, words: &Words) -> Outcome {
    let place = &cli.place;
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(args) => serve::run(place, &args, words).await,
        Command::Demo(args) => demo::run(place, &args, words).await,
        Command::Bank(command) => bank::run(place, command, words).await,
        Command::Clause(command) => clause::run(place, command, words).await,
        Command::Roster(command) => roster::run(place, command, words).await,
        Command::User(command) => user::run(place, command, words).await,
        Command::Test(command) => test::run(place, command, words).await,
        Command::Assess(command) => assess::run(place, command, words).await,
        Command::Report(args) => report::run(place, args, words).await,
        Command::Template(command) => template::run(place, command, words).await,
        Command::Items(args) => items::run(place, args, words).await,
        Command::Draw(test::DrawCommand::Verify { test, json }) => test::verify(place, &test, json, words).await,
        Command::Trace(keep::TraceCommand::Verify { json }) => keep::verify(place, json, words).await,
        Command::Backup(args) => keep::backup(place, &args, words).await,
        Command::Restore(args) => keep::restore(place, &args, words).await,
        Command::Tls(command) => tls::run(place, &command, words),
        Command::Schema { schema } => {
            out!("{}", Schema::from_name(&schema).unwrap_or(Schema::Bank).text().trim_end());
            Ok(())
        }
        Command::Ready(args) => ready::run(place, &args, words).await,
        Command::Rehearse(args) => rehearse::run(&place.data, &args, words).await,
    }
}

/// Reads a file, `-` standing for standard input.
fn read_file(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| Failure::File(path.to_owned(), error))
}
