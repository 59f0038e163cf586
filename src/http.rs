//! What pages and API share: the table of routes with who may call each, who is calling, and the guards around all.
//!
//! Knows no subject. A handler never runs before its route's access was checked; which object a caller may touch is
//! checked by the use case.

mod address;
pub mod connections;
mod extract;
mod guard;
mod patience;
pub mod server;

pub use extract::{
    Arrived, CameFrom, ClientAddress, MaybeSignedIn, Reader, RequestId, ServerAddress, SignedIn, cookie,
    session_cookie, without_session_cookie,
};

use crate::app::App;
use crate::rules::roster::Role;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

/// Who may call a route at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone, signed in or not.
    Anyone,
    /// Everyone who is signed in.
    SignedIn,
    /// Everyone who holds one of these roles somewhere.
    Roles(&'static [Role]),
}

impl Access {
    /// For organizers.
    pub const ORGANIZER: Self = Self::Roles(&[Role::Organizer]);
    /// For administrators.
    pub const ADMINISTRATOR: Self = Self::Roles(&[Role::Administrator]);
    /// For organizers and committees.
    pub const REPORTS: Self = Self::Roles(&[Role::Organizer, Role::Committee]);
    /// For everyone but plain members.
    pub const OFFICE: Self = Self::Roles(&[Role::Organizer, Role::Committee, Role::Administrator]);
}

/// What a parameter of a call's address takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Any text.
    Text,
    /// Any texts, each behind the name.
    Texts,
    /// `true` or `false`.
    Switch,
    /// A whole number from 0 to this one.
    Whole(u32),
}

/// A parameter of a call's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The name.
    pub name: &'static str,
    /// What stands behind it.
    pub takes: Takes,
}

impl Parameter {
    /// Any text.
    pub const fn text(name: &'static str) -> Self {
        Self { name, takes: Takes::Text }
    }

    /// `true` or `false`.
    pub const fn switch(name: &'static str) -> Self {
        Self { name, takes: Takes::Switch }
    }

    /// Any texts, each behind the name.
    pub const fn texts(name: &'static str) -> Self {
        Self { name, takes: Takes::Texts }
    }

    /// A whole number from 0 to `most`.
    pub const fn whole(name: &'static str, most: u32) -> Self {
        Self { name, takes: Takes::Whole(most) }
    }

    /// The first of a page of a list, from 0.
    pub const fn from() -> Self {
        Self::whole("from", 1_000_000_000)
    }
}

/// One line of the table of routes.
#[derive(Debug, Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{names}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Most bytes of a request's body.
    pub body_bytes: usize,
    /// Parameters of a call's address.
    pub query: &'static [Parameter],
    /// The handler.
    pub handler: MethodRouter<App>,
}

impl Route {
    /// A route that reads.
    pub fn get<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::GET, MethodFilter::GET, path, access, handler)
    }

    /// A route that changes something.
    pub fn post<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::POST, MethodFilter::POST, path, access, handler)
    }

    /// A route that sets something.
    pub fn put<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::PUT, MethodFilter::PUT, path, access, handler)
    }

    /// A route that changes part of something.
    pub fn patch<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::PATCH, MethodFilter::PATCH, path, access, handler)
    }

    /// A route that ends something.
    pub fn delete<H: Handler<T, App>, T: 'static>(path: &'static str, access: Access, handler: H) -> Self {
        Self::new(Method::DELETE, MethodFilter::DELETE, path, access, handler)
    }

    fn new<H: Handler<T, App>, T: 'static>(
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        Self { method, path, access, body_bytes: crate::limits::BODY_BYTES, query: &[], handler: on(filter, handler) }
    }

    /// The same with room for a larger body.
    #[must_use]
    pub const fn with_body(mut self, bytes: usize) -> Self {
        self.body_bytes = bytes;
        self
    }

    /// The same with parameters in its address.
    #[must_use]
    pub const fn with_query(mut self, query: &'static [Parameter]) -> Self {
        self.query = query;
        self
    }
}
