//! Adding a person and changing what is known of one.

use super::{find_visible, keeps, tree};
use crate::app::{App, Stored};
use crate::rules::rights::Caller;
use crate::rules::roster::{Role, looks_like_identity_number};
use crate::rules::text::{CODE_CHARACTERS, fold, tidy_code, tidy_name};
use crate::rules::tree::{Node, Tree};
use crate::service::accounts::{check_password, event};
use crate::service::error::{Error, Mistake, Result, Thing};
use crate::store::db::Tx;
use crate::store::people::{self, Person, RoleRow, found};
use crate::store::{sessions, trace};
use serde_json::json;

/// For how long the same form sent again means the same person.
const SAME_FORM_MS: i64 = 3_600_000;

/// A person to be added one by one.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// What the form carried from the start, so that sent twice it adds one person.
    pub form: Option<String>,
    /// The login; empty: one is made.
    pub login: String,
    /// The name.
    pub name: String,
    /// The category; may be empty.
    pub category: String,
    /// The unit's own number; may be empty.
    pub number: String,
    /// The role.
    pub role: Role,
    /// The code of the branch; `None`: over the whole unit.
    pub branch: Option<String>,
    /// The password; `None`: a first one is made.
    pub password: Option<String>,
}

impl NewPerson {
    /// A person with a role and nothing else.
    pub fn with_role(login: &str, name: &str, role: Role) -> Self {
        Self {
            form: None,
            login: login.to_owned(),
            name: name.to_owned(),
            category: String::new(),
            number: String::new(),
            role,
            branch: None,
            password: None,
        }
    }
}

/// Somebody who was added.
#[derive(Debug, Clone)]
pub struct Added {
    /// The id.
    pub person_id: String,
    /// What the person signs in with.
    pub login: String,
    /// The name.
    pub name: String,
    /// The first password, where one was made; shown once.
    pub password: Option<String>,
    /// The branch and those above it, from the top down.
    pub path: Vec<Node>,
}

/// What is wrong with fields, all of it at once.
#[derive(Default)]
pub(super) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub(super) fn note(&mut self, field: &'static str, expected: &'static str) {
        self.0.push(Mistake { field, expected });
    }

    pub(super) fn none(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Fields(self.0)) }
    }

    /// A name as it is kept.
    pub(super) fn name(&mut self, text: &str) -> String {
        let name = tidy_name(text);
        if name.is_empty() {
            self.note("name", "not-empty");
        }
        self.short("name", &name);
        name
    }

    /// A login as it is kept.
    fn login(&mut self, text: &str) -> String {
        let login = tidy_code(text).unwrap_or_else(|| {
            self.note("login", "login");
            String::new()
        });
        if looks_like_identity_number(&fold(&login)) {
            self.note("login", "no-identity-number");
        }
        login
    }

    /// Other words, which may be left out.
    pub(super) fn words(&mut self, field: &'static str, text: &str) -> String {
        let words = tidy_name(text);
        self.short(field, &words);
        words
    }

    fn short(&mut self, field: &'static str, words: &str) {
        if words.chars().count() > CODE_CHARACTERS {
            self.note(field, "short");
        }
        if looks_like_identity_number(&fold(words)) {
            self.note(field, "no-identity-number");
        }
    }
}

/// One who is ready to be written.
struct Ready {
    person: Person,
    role: Role,
    branch: Option<String>,
    password: Option<String>,
}

/// Reads what was typed; every mistake at once. The password is hashed here, outside every transaction.
async fn read(app: &App, now_ms: i64, new: &NewPerson) -> Result<Ready> {
    let mut mistakes = Mistakes::default();
    let name = mistakes.name(&new.name);
    let login = if new.login.trim().is_empty() { String::new() } else { mistakes.login(&new.login) };
    let (category, number) = (mistakes.words("category", &new.category), mistakes.words("number", &new.number));
    let branch = new.branch.as_deref().map(str::trim).filter(|code| !code.is_empty()).map(ToOwned::to_owned);
    if branch.is_none() && new.role != Role::Administrator {
        mistakes.note("branch", "branch");
    }
    mistakes.none()?;
    let (generated, stored) = if let Some(password) = &new.password {
        check_password(password)?;
        (None, app.hasher.hash(password.clone(), app.randomness.bytes()).await?)
    } else {
        let password = app.randomness.readable_password();
        let stored = Stored::first(&password);
        (Some(password), stored)
    };
    let form = new.form.as_deref().filter(|form| form.len() == 36 && form.bytes().all(is_of_an_id));
    let person = Person {
        id: form.map_or_else(|| app.randomness.id(now_ms), ToOwned::to_owned),
        login_folded: fold(&login),
        login,
        name,
        category,
        number,
        position: 0,
        password: Some(stored.text().to_owned()),
        must_change: generated.is_some(),
        created_at_ms: now_ms,
    };
    Ok(Ready { person, role: new.role, branch, password: generated })
}

const fn is_of_an_id(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f' | b'-')
}

/// The id that a form for a new person carries.
pub fn form_id(app: &App, now_ms: i64) -> String {
    app.randomness.id(now_ms)
}

/// A short login as the roster makes them: `m0001`, `m0002` …
async fn made_login(tx: &mut Tx, known: i64) -> Result<String> {
    let mut next = known + 1;
    loop {
        let login = format!("m{next:04}");
        if people::find_by_login(tx, &login).await?.is_none() {
            return Ok(login);
        }
        next += 1;
    }
}

/// Adds a person. For the operator, and for administrators over the branch.
pub async fn add(app: &App, caller: &Caller, now_ms: i64, new: NewPerson) -> Result<Added> {
    let Ready { mut person, role, branch, password } = read(app, now_ms, &new).await?;
    let mut tx = app.db.write().await?;
    people::hold(&mut tx).await?;
    let tree = tree(&mut tx).await?;
    let place = match &branch {
        Some(code) => match tree.by_code(code) {
            Some(node) => Some(node.clone()),
            None => return Err(Error::Fields(vec![Mistake { field: "branch", expected: "branch" }])),
        },
        None => None,
    };
    if !caller.covers(Role::Administrator, place.as_ref().map(|node| node.id.as_str()), &tree) {
        return Err(Error::Forbidden(Some(Role::Administrator)));
    }
    if let Some(before) = people::find(&mut tx, &person.id).await? {
        return again(app, tx, caller, now_ms, &before, &person).await;
    }
    let (known, last) = found::extent(&mut tx).await?;
    if person.login.is_empty() {
        person.login = made_login(&mut tx, known).await?;
        person.login_folded.clone_from(&person.login);
    } else if people::find_by_login(&mut tx, &person.login_folded).await?.is_some() {
        return Err(Error::NameTaken(Thing::Person));
    }
    person.position = last + 1;
    people::put(&mut tx, std::slice::from_ref(&person)).await?;
    let row = RoleRow {
        id: app.randomness.id(now_ms),
        person_id: person.id.clone(),
        role: role.name().to_owned(),
        branch_id: place.as_ref().map(|node| node.id.clone()),
        from_at_ms: now_ms,
        until_at_ms: None,
        ended_as: None,
    };
    people::insert_roles(&mut tx, std::slice::from_ref(&row)).await?;
    let detail = json!({ "role": row.role, "branch": row.branch_id });
    trace::append(&mut tx, &event(caller, now_ms, "person-added", &person.id, &detail)).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(added(&person, password, path(&tree, place.as_ref())))
}

fn path(tree: &Tree, place: Option<&Node>) -> Vec<Node> {
    place.map(|node| tree.path(&node.id).into_iter().cloned().collect()).unwrap_or_default()
}

fn added(person: &Person, password: Option<String>, path: Vec<Node>) -> Added {
    Added { person_id: person.id.clone(), login: person.login.clone(), name: person.name.clone(), password, path }
}

/// The same form once more: the person is there, and nobody has read the first password, whose page was given up for this
/// one. Another is made, as long as nobody has signed in.
async fn again(app: &App, mut tx: Tx, caller: &Caller, now_ms: i64, before: &Person, sent: &Person) -> Result<Added> {
    let tree = tree(&mut tx).await?;
    let rows = found::roles_of_all(&mut tx, &[&before.id]).await?;
    let is_same = before.name == sent.name && before.must_change && now_ms - before.created_at_ms < SAME_FORM_MS;
    if !is_same || !keeps(caller, &tree, &rows) {
        return Err(Error::ChangedMeanwhile);
    }
    let password = app.randomness.readable_password();
    people::set_password(&mut tx, &before.id, Stored::first(&password).text(), true).await?;
    trace::append(&mut tx, &event(caller, now_ms, "password-reset", &before.id, &json!({}))).await?;
    tx.commit().await?;
    let place = rows.first().and_then(|row| row.branch_id.as_deref()).and_then(|id| tree.get(id));
    Ok(added(before, Some(password), path(&tree, place)))
}

/// What is to be known of a person; what is left out stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The name.
    pub name: Option<String>,
    /// The login.
    pub login: Option<String>,
    /// The category.
    pub category: Option<String>,
    /// The unit's own number.
    pub number: Option<String>,
}

/// Changes what is known of a person; returns the login, which may be another now. For administrators over every place
/// where the person stands.
pub async fn change(app: &App, caller: &Caller, now_ms: i64, login: &str, facts: Facts) -> Result<String> {
    let mut tx = app.db.write().await?;
    people::hold(&mut tx).await?;
    let before = find_kept(&mut tx, caller, login).await?;
    let mut mistakes = Mistakes::default();
    let mut person = Person { password: None, ..before.clone() };
    if let Some(name) = &facts.name {
        person.name = mistakes.name(name);
    }
    if let Some(login) = &facts.login {
        person.login = mistakes.login(login);
        person.login_folded = fold(&person.login);
    }
    if let Some(category) = &facts.category {
        person.category = mistakes.words("category", category);
    }
    if let Some(number) = &facts.number {
        person.number = mistakes.words("number", number);
    }
    mistakes.none()?;
    if person.login_folded != before.login_folded
        && people::find_by_login(&mut tx, &person.login_folded).await?.is_some()
    {
        return Err(Error::NameTaken(Thing::Person));
    }
    let changed = changes(&before, &person);
    if changed.as_object().is_none_or(serde_json::Map::is_empty) {
        return Ok(person.login);
    }
    people::put(&mut tx, std::slice::from_ref(&person)).await?;
    trace::append(&mut tx, &event(caller, now_ms, "person-changed", &person.id, &changed)).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(person.login)
}

/// Each field that differs, with what stood there before and what stands there now.
fn changes(before: &Person, after: &Person) -> serde_json::Value {
    let fields = [
        ("name", &before.name, &after.name),
        ("login", &before.login, &after.login),
        ("category", &before.category, &after.category),
        ("number", &before.number, &after.number),
    ];
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(field, before, after)| (field.to_owned(), json!([before, after]))).collect()
}

/// A person all of whose places the caller administers.
pub(super) async fn find_kept(tx: &mut Tx, caller: &Caller, login: &str) -> Result<Person> {
    let tree = tree(tx).await?;
    let person = find_visible(tx, caller, &tree, login, &[Role::Administrator]).await?;
    let rows = found::roles_of_all(tx, &[&person.id]).await?;
    if keeps(caller, &tree, &rows) { Ok(person) } else { Err(Error::Forbidden(Some(Role::Administrator))) }
}

/// Gives a person a new first password, returned once. For administrators over everything the person holds.
pub async fn reset_password(app: &App, caller: &Caller, now_ms: i64, login: &str) -> Result<String> {
    let password = app.randomness.readable_password();
    let mut tx = app.db.write().await?;
    let person = find_kept(&mut tx, caller, login).await?;
    people::set_password(&mut tx, &person.id, Stored::first(&password).text(), true).await?;
    sessions::delete_of(&mut tx, &person.id, None).await?;
    trace::append(&mut tx, &event(caller, now_ms, "password-reset", &person.id, &json!({}))).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(password)
}
