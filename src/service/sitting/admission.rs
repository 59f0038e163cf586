//! Whether somebody may come in to a test: from this address, with this browser, with the word that was given. Asked at
//! the start, and again of any other sign-in that wants the attempt; the address at every save.

use crate::app::App;
use crate::rules::integrity::Came;
use crate::rules::rights::Caller;
use crate::rules::text::fold;
use crate::service::error::{Error, Result};
use crate::service::tests::Test;
use crate::store::attempts::AttemptRow;
use std::net::IpAddr;

/// How somebody asks to come in.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// From where, and with which browser.
    pub came: Came,
    /// The word that starts an attempt, where one was given.
    pub password: Option<String>,
    /// Whether this sign-in is to become the only one that may save.
    pub take_over: bool,
}

/// Lets a new attempt begin, or an attempt go on under another sign-in.
pub(super) fn check(app: &App, caller: &Caller, now_ms: i64, test: &Test, asking: &Asking) -> Result<()> {
    check_address(test, asking.came.address)?;
    let integrity = &test.definition.integrity;
    if !integrity.admits_browser(&asking.came.browser) {
        return Err(Error::SafeExamBrowserNeeded);
    }
    if integrity.password.is_some() {
        check_password(app, caller, now_ms, test, asking)?;
    }
    Ok(())
}

fn check_password(app: &App, caller: &Caller, now_ms: i64, test: &Test, asking: &Asking) -> Result<()> {
    let Some(given) = asking.password.as_deref().filter(|given| !given.trim().is_empty()) else {
        return Err(Error::TestPasswordNeeded);
    };
    let key = format!("test {} {}", test.row.id, fold(&caller.login));
    let address = asking.came.address.map(|address| address.to_string()).unwrap_or_default();
    if let Some(wait_ms) = app.throttle.must_wait(&key, &address, now_ms) {
        return Err(Error::Throttled { wait_seconds: wait_ms / 1000 + 1 });
    }
    if !test.definition.integrity.admits_password(given) {
        app.throttle.failed(&key, &address, now_ms);
        return Err(Error::WrongTestPassword);
    }
    app.throttle.succeeded(&key, &address);
    Ok(())
}

/// Lets only those networks in that the test names.
pub(super) fn check_address(test: &Test, address: Option<IpAddr>) -> Result<()> {
    if test.definition.integrity.admits_address(address) {
        return Ok(());
    }
    let address = address.map(|address| address.to_canonical().to_string());
    Err(Error::AddressNotAdmitted { address: address.unwrap_or_default() })
}

/// Whether the caller's sign-in holds an attempt.
pub(super) fn holds(caller: &Caller, attempt: &AttemptRow) -> bool {
    attempt.holder.as_deref() == Some(caller.session.as_str())
}
