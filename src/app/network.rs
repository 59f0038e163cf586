//! The machine's own addresses on the local network.

use if_addrs::IfAddr;
use std::net::{IpAddr, UdpSocket};

/// Names of interfaces that only programs on this machine can reach: containers and virtual machines.
const INNER: [&str; 7] = ["docker", "veth", "br-", "virbr", "vmnet", "vboxnet", "vEthernet"];

/// Addresses by which others may reach this machine: the one by which it reaches others first, IPv4 before IPv6.
pub fn own_addresses() -> Vec<IpAddr> {
    let main = main_address();
    let mut found: Vec<(bool, bool, IpAddr)> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .filter(|interface| interface.is_oper_up() && !INNER.iter().any(|inner| interface.name.starts_with(inner)))
        .map(|interface| match interface.addr {
            IfAddr::V4(address) => IpAddr::V4(address.ip),
            IfAddr::V6(address) => IpAddr::V6(address.ip),
        })
        .chain(main)
        .filter(|ip| is_usable(*ip))
        .map(|ip| (Some(ip) != main, ip.is_ipv6(), ip))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|(_, _, ip)| ip).collect()
}

fn is_usable(ip: IpAddr) -> bool {
    let is_of_link_only = match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    !ip.is_loopback() && !ip.is_unspecified() && !is_of_link_only
}

/// The address that the system would use to reach others; nothing is sent.
fn main_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::is_usable;

    #[test]
    fn what_others_cannot_reach_is_left_out() {
        for (address, expected) in [
            ("192.168.1.5", true),
            ("10.0.0.1", true),
            ("fd00::1", true),
            ("127.0.0.1", false),
            ("169.254.3.4", false),
            ("fe80::1", false),
            ("::1", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(is_usable(address.parse().unwrap()), expected, "{address}");
        }
    }
}
