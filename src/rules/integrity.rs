//! What a test asks of those who sit it beyond answering: from where, on what device, with which word; and what is noted
//! as a hint. Everything is off unless a test asks for it, and nothing here touches a mark.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use subtle::ConstantTimeEq;

use super::text::hex;

/// What a test asks for. The default asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, as the test file has them")]
pub struct Integrity {
    /// Whether leaving the page, copied and pasted text and changes of device are noted as hints.
    pub hints: bool,
    /// Whether members are asked to fill the screen with the paper.
    pub full_screen: bool,
    /// Whether the page doesn't let its text be copied.
    pub no_copy: bool,
    /// Whether an attempt stays with the sign-in that began it.
    pub one_device: bool,
    /// The networks from which the test can be sat; all where empty.
    #[serde(with = "networks")]
    pub addresses: Vec<IpNet>,
    /// The word that starts an attempt.
    pub password: Option<String>,
    /// The config keys of Safe Exam Browser with which the test can be sat, 64 hexadecimal digits each; any browser where
    /// empty.
    pub safe_exam_browser: Vec<String>,
}

/// Most networks, and most config keys, of a test.
pub const MOST_PLACES: usize = 100;
/// Most characters of the word that starts an attempt.
pub const MOST_PASSWORD_CHARACTERS: usize = 100;

impl Integrity {
    /// Whether nothing is asked for.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an attempt stays with the sign-in that began it. A browser that was checked once is told by its sign-in.
    pub const fn is_bound(&self) -> bool {
        self.one_device || !self.safe_exam_browser.is_empty()
    }

    /// Whether somebody at this address may sit the test.
    pub fn admits_address(&self, address: Option<IpAddr>) -> bool {
        let within = |address: IpAddr| self.addresses.iter().any(|network| network.contains(&address));
        self.addresses.is_empty() || address.is_some_and(|address| within(address.to_canonical()))
    }

    /// Whether this is the word that starts an attempt; spaces around it don't count.
    pub fn admits_password(&self, given: &str) -> bool {
        self.password.as_ref().is_none_or(|password| {
            let [known, given] = [password, given].map(|text| Sha256::digest(text.trim()));
            known.ct_eq(&given).into()
        })
    }

    /// Whether one of these proofs was made with one of the keys.
    pub fn admits_browser(&self, proofs: &[BrowserProof]) -> bool {
        let is_made_with = |proof: &BrowserProof, key: &String| proof.digest.eq_ignore_ascii_case(&proof.expected(key));
        self.safe_exam_browser.is_empty()
            || proofs.iter().any(|proof| self.safe_exam_browser.iter().any(|key| is_made_with(proof, key)))
    }
}

/// What Safe Exam Browser says about its configuration: SHA-256 of the page's whole address (without fragment) followed
/// by the config key, in hexadecimal; sent as the header `X-SafeExamBrowser-ConfigKeyHash`, or told to the page's script
/// where the browser can't add headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserProof {
    /// The address that it was made for.
    pub url: String,
    /// The digest.
    pub digest: String,
}

impl BrowserProof {
    fn expected(&self, key: &str) -> String {
        hex(&Sha256::digest(format!("{}{key}", self.url)))
    }
}

/// From where, and with which browser, somebody comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Came {
    /// The address, where the connection has one.
    pub address: Option<IpAddr>,
    /// What the browser says about its configuration.
    pub browser: Vec<BrowserProof>,
}

/// A network as people write it: `192.168.1.0/24`, or one address.
pub fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).map(|network| network.trunc())
}

/// A config key in its usual writing, where it is one.
pub fn config_key(text: &str) -> Option<String> {
    let key = text.trim().to_ascii_lowercase();
    (key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(key)
}

/// A network as people write it; one address stands without its length.
pub fn written(network: &IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() { network.addr().to_string() } else { network.to_string() }
}

mod networks {
    use super::{network, written};
    use ipnet::IpNet;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub(super) fn serialize<S: Serializer>(networks: &[IpNet], serializer: S) -> Result<S::Ok, S::Error> {
        networks.iter().map(written).collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| network(text).ok_or_else(|| de::Error::custom(text))).collect()
    }
}

/// Something that an organizer may want to ask about. It proves nothing: browsers say it of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// The page was out of sight.
    LeftPage,
    /// Text of the page was copied.
    Copied,
    /// Text was pasted into an answer.
    Pasted,
    /// Another sign-in took the attempt over.
    OtherDevice,
}

impl Hint {
    /// Every hint.
    pub const ALL: [Self; 4] = [Self::LeftPage, Self::Copied, Self::Pasted, Self::OtherDevice];
    /// Those that a page tells.
    pub const TOLD: [Self; 3] = [Self::LeftPage, Self::Copied, Self::Pasted];

    /// The name in the API and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeftPage => "left_page",
            Self::Copied => "copied",
            Self::Pasted => "pasted",
            Self::OtherDevice => "other_device",
        }
    }

    /// The hint of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hint| hint.name() == name)
    }
}

/// How often something was hinted at in an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hinted {
    /// What.
    pub hint: Hint,
    /// How often.
    pub times: i64,
    /// How long in all, where it lasts.
    pub seconds: i64,
}

#[cfg(test)]
mod tests {
    use super::{BrowserProof, Integrity, config_key, network, written};

    fn from(addresses: &[&str]) -> Integrity {
        let addresses = addresses.iter().map(|text| network(text).unwrap()).collect();
        Integrity { addresses, ..Integrity::default() }
    }

    #[test]
    fn a_network_holds_its_addresses_in_either_writing() {
        let integrity = from(&["192.168.1.77/24", "10.0.0.5", "fd00::/8"]);
        let admits = |address: &str| integrity.admits_address(address.parse().ok());
        assert!(admits("192.168.1.1") && admits("::ffff:192.168.1.200") && admits("10.0.0.5") && admits("fd12::1"));
        assert!(!admits("192.168.2.1") && !admits("10.0.0.6") && !admits("2001:db8::1"));
        assert!(!integrity.admits_address(None));
        assert!(Integrity::default().admits_address(None));
        let shown: Vec<String> = integrity.addresses.iter().map(written).collect();
        assert_eq!(shown, ["192.168.1.0/24", "10.0.0.5", "fd00::/8"]);
        for wrong in ["", "192.168.1", "10.0.0.0/33", "hall"] {
            assert_eq!(network(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_word_is_the_same_word_and_no_other() {
        let integrity = Integrity { password: Some("红旗-7".into()), ..Integrity::default() };
        assert!(integrity.admits_password(" 红旗-7 "));
        assert!(!integrity.admits_password("红旗-8") && !integrity.admits_password(""));
        assert!(Integrity::default().admits_password(""));
    }

    #[test]
    fn a_browser_proves_its_key_for_the_address_it_asks() {
        // SHA-256 of "https://exam.example/tests/t/start" + sixty-four times "a", made with sha256sum.
        let key = config_key(&"A".repeat(64)).unwrap();
        let integrity = Integrity { safe_exam_browser: vec![key], ..Integrity::default() };
        let proof = |url: &str| BrowserProof {
            url: url.into(),
            digest: "E6634E70FCEF75D95E0453B0335B91ACC0240A868B1FDFD47C85EAC898F98514".into(),
        };
        assert!(
            integrity.admits_browser(&[proof("https://other.example/"), proof("https://exam.example/tests/t/start")])
        );
        assert!(!integrity.admits_browser(&[proof("https://exam.example/tests/u/start")]));
        assert!(!integrity.admits_browser(&[]));
        assert!(integrity.is_bound() && !Integrity::default().is_bound());
        assert_eq!(config_key("abc"), None);
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let whole = Integrity {
            hints: true,
            password: Some("w".into()),
            safe_exam_browser: vec!["a".repeat(64)],
            ..from(&["10.0.0.0/8", "::1"])
        };
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Integrity>(&text).unwrap(), whole);
        assert_eq!(serde_json::from_str::<Integrity>("{}").unwrap(), Integrity::default());
    }
}
