//! Settings of a server.

use crate::store::db::Location;

/// Settings of a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the data is.
    pub location: Location,
    /// The address that users type, where it differs from what the request says (`https://exam.example`).
    pub external_url: Option<String>,
    /// Whether the server itself speaks TLS.
    pub tls: bool,
    /// The proxies whose word about the client's address counts.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Whether this server is for rehearsing only, on data of its own.
    pub rehearsal: bool,
}

impl Settings {
    /// Settings for data at a place, everything else by default.
    pub const fn at(location: Location) -> Self {
        Self { location, external_url: None, tls: false, trusted_proxies: Vec::new(), rehearsal: false }
    }

    /// Whether cookies may be marked as for TLS only.
    pub fn is_secure(&self) -> bool {
        self.tls || self.external_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}
