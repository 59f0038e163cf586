//! Signing in and out, passwords, the first administrator.

use crate::app::{App, Asked, Checked, Expiring, Turn, is_first};
use crate::limits;
use crate::rules::rights::Caller;
use crate::rules::roster::Role;
use crate::rules::text::fold;
use crate::service::error::{Error, Result, Thing};
use crate::service::people::{NewPerson, tree};
use crate::store::people::{Person, RoleRow};
use crate::store::sessions::{Opening, Session};
use crate::store::trace::{self, sha256_hex};
use crate::store::{attempts, people, sessions};
use std::sync::{Arc, PoisonError};

/// A new session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The token, given to the browser or program once.
    pub token: String,
    /// Who signed in.
    pub caller: Arc<Caller>,
}

/// Checks login and password and opens a session. `address` is the client's, for throttling of failures only.
pub async fn sign_in(app: &App, now_ms: i64, login: &str, password: String, address: &str) -> Result<SignedIn> {
    let login = fold(login);
    let person = known(app, now_ms, &login, address).await?;
    let person_id = check(app, now_ms, person, password, (&login, address)).await?;
    open_session(app, now_ms, &person_id).await
}

/// The person of a login, unless too many tries failed of late.
async fn known(app: &App, now_ms: i64, login: &str, address: &str) -> Result<Option<Person>> {
    if let Some(wait_ms) = app.throttle.must_wait(login, address, now_ms) {
        return Err(Error::Throttled { wait_seconds: wait_ms / 1000 + 1 });
    }
    Ok(people::find_by_login(&mut app.db.read().await?, login).await?)
}

/// Whose password it is; a failure is counted against login and address.
async fn check(
    app: &App,
    now_ms: i64,
    person: Option<Person>,
    password: String,
    (login, address): (&str, &str),
) -> Result<String> {
    let stored = person.as_ref().and_then(|person| person.password.clone());
    let right =
        password.chars().count() <= *limits::PASSWORD_CHARACTERS.end() && app.hasher.verify(password, stored).await?;
    let Some(person) = person.filter(|_| right) else {
        app.throttle.failed(login, address, now_ms);
        return Err(Error::WrongCredentials);
    };
    app.throttle.succeeded(login, address);
    Ok(person.id)
}

/// What becomes of a sign-in by form.
#[derive(Debug, Clone)]
pub enum Entering {
    /// It is done.
    In(SignedIn),
    /// It waits its turn, under this ticket.
    Waits(String),
}

/// Signs in at once, or where many wait takes a place in their queue. `before` is the ticket that this browser holds.
pub async fn enter(
    app: &App,
    now_ms: i64,
    asked: Asked,
    password: String,
    address: &str,
    before: Option<&str>,
) -> Result<Entering> {
    if let Some(before) = before {
        app.tickets.give_back(&sha256_hex(before.as_bytes()));
    }
    let login = fold(&asked.login);
    let person = known(app, now_ms, &login, address).await?;
    let stored = person.as_ref().and_then(|person| person.password.as_deref());
    if app.hasher.queue_ms() <= limits::SIGN_IN_MOMENT_MS || is_first(&password, stored) {
        let person_id = check(app, now_ms, person, password, (&login, address)).await?;
        return open_session(app, now_ms, &person_id).await.map(Entering::In);
    }
    let ticket = app.randomness.token();
    let kept = sha256_hex(ticket.as_bytes());
    if !app.tickets.give(&kept, asked, now_ms) {
        return Err(Error::Busy);
    }
    let (in_turn, its, address) = (app.clone(), kept.clone(), address.to_owned());
    let checking = tokio::spawn(async move {
        let checked = match check(&in_turn, now_ms, person, password, (&login, &address)).await {
            Ok(person_id) => Checked::Right(person_id),
            Err(Error::WrongCredentials) => Checked::Wrong,
            Err(_) => Checked::Failed,
        };
        in_turn.tickets.done(&its, checked);
    });
    app.tickets.waits_for(&kept, checking.abort_handle());
    Ok(Entering::Waits(ticket))
}

/// How a sign-in that waits its turn stands.
#[derive(Debug)]
pub enum Waiting {
    /// At this place of the queue, for about so many seconds.
    At {
        /// From 1.
        place: usize,
        /// At least 1.
        seconds: u64,
    },
    /// It is done, and this is where to go.
    In(SignedIn, String),
    /// It was refused; with what was asked for.
    Refused(Box<Asked>, Error),
    /// There is no such ticket, or its time is over.
    Unknown,
}

/// Looks how the sign-in of a ticket stands, and ends it where its turn has come.
pub async fn wait(app: &App, now_ms: i64, ticket: &str) -> Result<Waiting> {
    let (asked, checked) = match app.tickets.look(&sha256_hex(ticket.as_bytes()), now_ms) {
        None => return Ok(Waiting::Unknown),
        Some(Turn::Waits(place)) => {
            return Ok(Waiting::At { place, seconds: app.hasher.lasts_ms(place) / 1_000 + 1 });
        }
        Some(Turn::Done(asked, checked)) => (asked, checked),
    };
    Ok(match checked {
        Checked::Right(person_id) => Waiting::In(open_session(app, now_ms, &person_id).await?, asked.next),
        Checked::Wrong => Waiting::Refused(asked, Error::WrongCredentials),
        Checked::Failed => Waiting::Refused(asked, Error::Busy),
    })
}

/// Opens a session for a person without a password: for the operator at the machine and after a checked link.
pub async fn open_session(app: &App, now_ms: i64, person_id: &str) -> Result<SignedIn> {
    let session = Session {
        token_hash: String::new(),
        person_id: person_id.to_owned(),
        created_at_ms: now_ms,
        seen_at_ms: now_ms,
        slip_id: None,
    };
    let caller = read_caller(&mut app.db.read().await?, &session).await?.ok_or(Error::NotFound(Thing::Person))?;
    open(app, now_ms, caller, false).await?.ok_or(Error::ChangedMeanwhile)
}

/// Opens a session for a caller as read just now; `None` where another device is signed in with the same slip and is not
/// to be signed out.
pub(crate) async fn open(app: &App, now_ms: i64, caller: Caller, takes_over: bool) -> Result<Option<SignedIn>> {
    let token = app.randomness.token();
    let token_hash = sha256_hex(token.as_bytes());
    let session = Session {
        token_hash: token_hash.clone(),
        person_id: caller.person_id.clone().ok_or(Error::NotFound(Thing::Person))?,
        created_at_ms: now_ms,
        seen_at_ms: now_ms,
        slip_id: caller.slip.clone(),
    };
    if !app.writer.open_session(Opening { session, takes_over }).await? {
        return Ok(None);
    }
    let caller = Arc::new(Caller { session: token_hash, ..caller });
    Ok(Some(SignedIn { token, caller }))
}

async fn read_caller(tx: &mut crate::store::db::Tx, session: &Session) -> Result<Option<Caller>> {
    let Some(person) = people::find(tx, &session.person_id).await? else { return Ok(None) };
    let roles = people::roles_of(tx, &person.id).await?;
    // A slip can be lost or handed on: it opens a test, and no office.
    let counts = |role: &Role| session.slip_id.is_none() || *role == Role::Member;
    let held = |row: RoleRow| Some((Role::from_name(&row.role).filter(counts)?, row.branch_id));
    Ok(Some(Caller {
        person_id: Some(person.id),
        login: person.login,
        name: person.name,
        session: session.token_hash.clone(),
        must_change: person.must_change && session.slip_id.is_none(),
        slip: session.slip_id.clone(),
        roles: roles.into_iter().filter_map(held).collect(),
    }))
}

/// The caller of a token; `None` where the session has ended. An open attempt keeps its session alive.
pub async fn authenticate(app: &App, now_ms: i64, token: &str) -> Result<Option<Arc<Caller>>> {
    let token_hash = sha256_hex(token.as_bytes());
    if let Some(known) = app.caches.callers.get(&token_hash).filter(|known| known.until_ms > now_ms) {
        return Ok(Some(known.value));
    }
    let mut tx = app.db.read().await?;
    let Some(session) = sessions::find(&mut tx, &token_hash).await? else { return Ok(None) };
    let expired = session.seen_at_ms + limits::SESSION_IDLE_MS < now_ms
        || session.created_at_ms + limits::SESSION_MOST_MS < now_ms;
    if expired && !attempts::any_open_of(&mut tx, &session.person_id).await? {
        return Ok(None);
    }
    let Some(caller) = read_caller(&mut tx, &session).await? else { return Ok(None) };
    drop(tx);
    if session.seen_at_ms + limits::SESSION_TOUCH_MS < now_ms {
        app.writer.session_seen(token_hash.clone(), now_ms);
    }
    let caller = Arc::new(caller);
    app.caches
        .callers
        .insert(token_hash, Expiring { value: Arc::clone(&caller), until_ms: now_ms + limits::CALLER_AGE_MS });
    Ok(Some(caller))
}

/// Ends the caller's session.
pub async fn sign_out(app: &App, caller: &Caller) -> Result<()> {
    let mut tx = app.db.write().await?;
    sessions::delete(&mut tx, &caller.session).await?;
    tx.commit().await?;
    app.caches.callers.remove(&caller.session);
    Ok(())
}

/// Ends every session of the caller, this one too.
pub async fn sign_out_everywhere(app: &App, caller: &Caller) -> Result<()> {
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    let mut tx = app.db.write().await?;
    sessions::delete_of(&mut tx, person_id, None).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(())
}

/// Changes the caller's password and ends the caller's other sessions.
pub async fn change_password(app: &App, caller: &Caller, before: String, after: String) -> Result<()> {
    let person_id = caller.person_id.as_deref().ok_or(Error::SignInNeeded)?;
    check_password(&after)?;
    let person = people::find(&mut app.db.read().await?, person_id).await?.ok_or(Error::SignInNeeded)?;
    if before == after {
        return Err(Error::BadPassword);
    }
    if !app.hasher.verify(before, person.password).await? {
        return Err(Error::WrongCredentials);
    }
    let stored = app.hasher.hash(after, app.randomness.bytes()).await?;
    let mut tx = app.db.write().await?;
    people::set_password(&mut tx, person_id, stored.text(), false).await?;
    sessions::delete_of(&mut tx, person_id, Some(&caller.session)).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(())
}

/// Whether a password may be set.
pub fn check_password(password: &str) -> Result<()> {
    let fits = limits::PASSWORD_CHARACTERS.contains(&password.chars().count());
    if fits { Ok(()) } else { Err(Error::BadPassword) }
}

/// Sets a person's password from the command line.
pub async fn set_password(
    app: &App,
    caller: &Caller,
    now_ms: i64,
    login: &str,
    password: Option<String>,
) -> Result<Option<String>> {
    let Some(password) = password else {
        return crate::service::people::reset_password(app, caller, now_ms, login).await.map(Some);
    };
    check_password(&password)?;
    let stored = app.hasher.hash(password, app.randomness.bytes()).await?;
    let mut tx = app.db.write().await?;
    let tree = tree(&mut tx).await?;
    let person = crate::service::people::find_visible(&mut tx, caller, &tree, login, &[Role::Administrator]).await?;
    people::set_password(&mut tx, &person.id, stored.text(), false).await?;
    sessions::delete_of(&mut tx, &person.id, None).await?;
    trace::append(&mut tx, &event(caller, now_ms, "password-set", &person.id, &serde_json::json!({}))).await?;
    tx.commit().await?;
    app.caches.callers.clear();
    Ok(None)
}

/// A session token for a person, made by the operator at the machine.
pub async fn issue_token(app: &App, now_ms: i64, login: &str) -> Result<String> {
    let person =
        people::find_by_login(&mut app.db.read().await?, &fold(login)).await?.ok_or(Error::NotFound(Thing::Person))?;
    open_session(app, now_ms, &person.id).await.map(|signed_in| signed_in.token)
}

/// A one-time link token for the first administrator; `None` where there is one already.
pub async fn first_link(app: &App) -> Result<Option<String>> {
    if people::has_administrator(&mut app.db.read().await?).await? {
        return Ok(None);
    }
    let token = app.randomness.token();
    *app.first_link.lock().unwrap_or_else(PoisonError::into_inner) = Some(sha256_hex(token.as_bytes()));
    Ok(Some(token))
}

/// Whether a link token is the one that was printed.
pub fn is_first_link(app: &App, token: &str) -> bool {
    let known = app.first_link.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let given = sha256_hex(token.as_bytes());
    known.is_some_and(|known| subtle::ConstantTimeEq::ct_eq(known.as_bytes(), given.as_bytes()).into())
}

/// Takes the link out, so that of several who send it at once one gets on.
fn take_first_link(app: &App, token: &str) -> Result<String> {
    let given = sha256_hex(token.as_bytes());
    let mut link = app.first_link.lock().unwrap_or_else(PoisonError::into_inner);
    let is_known = |known: &mut String| subtle::ConstantTimeEq::ct_eq(known.as_bytes(), given.as_bytes()).into();
    link.take_if(is_known).ok_or(Error::LinkNotValid)
}

/// Makes the first administrator with the printed link, which is then used up; not so by a try that fails.
pub async fn set_up(
    app: &App,
    now_ms: i64,
    token: &str,
    login: &str,
    name: &str,
    password: String,
) -> Result<SignedIn> {
    let link = take_first_link(app, token)?;
    if login.trim().is_empty() {
        return Err(give_back(app, link, Error::Invalid { field: "login", expected: "login" }));
    }
    let user = NewPerson { password: Some(password), ..NewPerson::with_role(login, name, Role::Administrator) };
    if let Err(error) = add_first(app, now_ms, user).await {
        return Err(give_back(app, link, error));
    }
    let person =
        people::find_by_login(&mut app.db.read().await?, &fold(login)).await?.ok_or(Error::NotFound(Thing::Person))?;
    open_session(app, now_ms, &person.id).await
}

fn give_back(app: &App, link: String, error: Error) -> Error {
    *app.first_link.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    error
}

async fn add_first(app: &App, now_ms: i64, user: NewPerson) -> Result<()> {
    if people::has_administrator(&mut app.db.read().await?).await? {
        return Err(Error::LinkNotValid);
    }
    crate::service::people::add(app, &Caller::operator(), now_ms, user).await.map(drop)
}

/// An event of the trace.
pub(crate) fn event(
    caller: &Caller,
    at_ms: i64,
    kind: &'static str,
    subject: &str,
    detail: &serde_json::Value,
) -> trace::Event {
    trace::Event {
        at_ms,
        kind,
        subject: subject.to_owned(),
        actor_id: caller.person_id.clone(),
        detail: detail.to_string(),
    }
}
