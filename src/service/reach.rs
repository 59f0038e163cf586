//! How others reach this server: addresses for posters and slips, and which devices did.

use crate::app::{App, own_addresses};
use std::net::{IpAddr, SocketAddr};

/// Addresses under which others reach this server, the best first. `asked` is the one by which the request came, which
/// is of no use to others where it names this machine only.
pub fn addresses(app: &App, asked: &str) -> Vec<String> {
    if let Some(external) = app.settings.external_url.as_deref() {
        return vec![external.trim_end_matches('/').to_owned()];
    }
    let mut addresses = of_network(app);
    let is_known = addresses.iter().any(|address| address == asked);
    if is_known || (!asked.is_empty() && !names_this_machine(asked)) {
        addresses.retain(|address| address != asked);
        addresses.insert(0, asked.to_owned());
    }
    if addresses.is_empty() {
        addresses.push(asked.to_owned());
    }
    addresses
}

/// Addresses on the local network, of a server that listens there.
pub fn of_network(app: &App) -> Vec<String> {
    let Some(listening) = app.listening.get() else { return Vec::new() };
    let scheme = if app.settings.tls { "https" } else { "http" };
    let ips: Vec<IpAddr> = match listening.ip() {
        ip if ip.is_unspecified() => own_addresses().into_iter().filter(|own| ip.is_ipv6() || own.is_ipv4()).collect(),
        ip if ip.is_loopback() => Vec::new(),
        ip => vec![ip],
    };
    ips.into_iter().map(|ip| format!("{scheme}://{}", SocketAddr::new(ip, listening.port()))).collect()
}

pub(crate) fn names_this_machine(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::names_this_machine;

    #[test]
    fn an_address_of_this_machine_is_told_from_others() {
        for (address, expected) in [
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("https://[::1]:8080", true),
            ("http://192.168.1.5:8080", false),
            ("http://danwei.example", false),
        ] {
            assert_eq!(names_this_machine(address), expected, "{address}");
        }
    }
}
