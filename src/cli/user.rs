//! `kaohe user`: add people, set passwords, make tokens.

use crate::cli::words::Words;
use crate::cli::{Failure, Outcome, Place, open};
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::service::accounts;
use crate::service::people::{self, NewPerson};
use clap::Subcommand;
use std::path::PathBuf;

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
        #[arg(long, env = "KAOHE_ROLE", value_parser = ["member", "organizer", "committee", "administrator"])]
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
        UserCommand::Password { login, password_stdin } => {
            let generated =
                accounts::set_password(&app, &operator, now_ms, &login, given_password(password_stdin)?).await?;
            out!("{}", words.say("cli-password-set", &[("login", &login)]));
            say_generated(generated.as_deref(), words);
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
