//! `kaohe user`: add people, move them, give and take roles, set passwords, make tokens.

use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open};
use crate::rules::rights::Caller;
use crate::rules::roster::{Departure, Role};
use crate::service::accounts;
use crate::service::people::{self, Departing, Ending, Giving, Moving, NewPerson};
use clap::Subcommand;
use std::path::PathBuf;

const ROLES: [&str; 4] = ["member", "organizer", "committee", "administrator"];

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a person with a role.
    Add {
        /// What the person signs in with.
        login: String,
        /// The person's name.
        #[arg(long, env = "KAOHE_NAME")]
        name: String,
        /// The role.
        #[arg(long, env = "KAOHE_ROLE", value_parser = ROLES)]
        role: String,
        /// Code of the branch; may be left out for an administrator of the whole unit.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
        /// Read the password from standard input; otherwise one is made and printed.
        #[arg(long, env = "KAOHE_PASSWORD_STDIN")]
        password_stdin: bool,
    },
    /// Set a person's password.
    Password {
        /// The login.
        login: String,
        /// Read the password from standard input; otherwise one is made and printed.
        #[arg(long, env = "KAOHE_PASSWORD_STDIN")]
        password_stdin: bool,
    },
    /// Move a member to another branch.
    Move {
        /// The login.
        login: String,
        /// Code of the new branch.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: String,
        /// The day from which it counts, e.g. 2026-11-20; otherwise today.
        #[arg(long, value_name = "DATE", default_value = "")]
        on: String,
    },
    /// Give a person a role at a branch, or take it away.
    Role {
        /// The login.
        login: String,
        /// The role to give.
        #[arg(long, value_name = "ROLE", value_parser = ROLES, required_unless_present = "take", conflicts_with = "take")]
        give: Option<String>,
        /// The role to take away.
        #[arg(long, value_name = "ROLE", value_parser = ROLES)]
        take: Option<String>,
        /// Code of the branch; may be left out for an administrator of the whole unit.
        #[arg(long, env = "KAOHE_BRANCH")]
        branch: Option<String>,
    },
    /// Take a person off the roster; results and history stay.
    Leave {
        /// The login.
        login: String,
        /// Why.
        #[arg(long = "as", value_name = "REASON", value_parser = ["transferred-out", "retired", "deceased"])]
        reason: String,
        /// The last day, e.g. 2026-11-20; otherwise today.
        #[arg(long, value_name = "DATE", default_value = "")]
        on: String,
    },
    /// Print everything that is kept about a person, who has a right to it, as a JSON document.
    Data {
        /// The login.
        login: String,
    },
    /// Print a session token of a person, for programs.
    Token {
        /// The login.
        login: String,
    },
}

pub(super) async fn run(place: &Place, command: UserCommand, words: &Words) -> Outcome {
    let app = open::app(place).await?;
    let (operator, now_ms) = (Caller::operator(), app.clock.now_ms());
    match command {
        UserCommand::Add { login, name, role, branch, password_stdin } => {
            let password = given_password(password_stdin)?;
            let role = Role::from_name(&role).unwrap_or(Role::Member);
            let new = NewPerson { branch, password, ..NewPerson::with_role(&login, &name, role) };
            let added = people::add(&app, &operator, now_ms, new).await?;
            out!("{}", words.say("cli-user-added", &[("login", &added.login)]));
            say_generated(added.password.as_deref(), words);
        }
        UserCommand::Data { login } => {
            let data = people::own_data::data_of(&app, &login).await?;
            out!("{:#}", crate::api::own_data::document(&data));
        }
        UserCommand::Password { login, password_stdin } => {
            let generated =
                accounts::set_password(&app, &operator, now_ms, &login, given_password(password_stdin)?).await?;
            out!("{}", words.say("cli-password-set", &[("login", &login)]));
            say_generated(generated.as_deref(), words);
        }
        UserCommand::Move { login, branch, on } => {
            people::move_to(&app, &operator, now_ms, &login, &Moving { branch, on }).await?;
            out!("{}", words.say("cli-user-moved", &[("login", &login)]));
        }
        UserCommand::Role { login, give, take, branch } => {
            let role = Role::from_name(give.as_deref().or(take.as_deref()).unwrap_or_default()).unwrap_or(Role::Member);
            if give.is_some() {
                let giving = Giving { role, branch, on: String::new() };
                people::give_role(&app, &operator, now_ms, &login, &giving).await?;
            } else {
                let ending = Ending { role, branch, even_own: true };
                people::take_role(&app, &operator, now_ms, &login, &ending).await?;
            }
            out!("{}", words.say("cli-user-roles", &[("login", &login)]));
        }
        UserCommand::Leave { login, reason, on } => {
            let reason = Departure::from_name(&reason).unwrap_or(Departure::TransferredOut);
            let departing = Departing { reason, on, even_own: true };
            people::depart(&app, &operator, now_ms, &login, &departing).await?;
            out!("{}", words.say("cli-user-left", &[("login", &login)]));
        }
        UserCommand::Token { login } => out!("{}", accounts::issue_token(&app, now_ms, &login).await?),
    }
    Ok(())
}

fn say_generated(password: Option<&str>, words: &Words) {
    if let Some(password) = password {
        out!("{}", words.say("cli-first-password", &[("password", password)]));
    }
}

/// The password on standard input, without one trailing newline.
fn given_password(from_stdin: bool) -> Result<Option<String>, Failure> {
    if !from_stdin {
        return Ok(None);
    }
    let mut password = String::new();
    std::io::Read::read_to_string(&mut std::io::stdin(), &mut password)
        .map_err(|error| Failure::File(PathBuf::from("-"), error))?;
    if password.ends_with('\n') {
        password.pop();
        if password.ends_with('\r') {
            password.pop();
        }
    }
    Ok(Some(password))
}
