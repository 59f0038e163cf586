//! Certificates for https on a local network: an authority of the unit's own, made once, and the server's certificate,
//! which may be made anew without the phones that trust the authority noticing.

use crate::rules::text::hex;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PublicKeyData, date_time_ymd,
};
use sha2::{Digest, Sha256};

/// How long the authority is valid.
const AUTHORITY_YEARS: i32 = 10;
/// How long the server's certificate is valid: telephones of one maker refuse more than 825 days.
const SERVER_YEARS: i32 = 2;

/// A day: year, month, day of the month.
pub type Day = (i32, u8, u8);

/// A certificate and its key, both in PEM.
#[derive(Clone)]
pub struct Pair {
    /// The certificate; of a server with that of the authority behind it.
    pub certificate: String,
    /// The private key.
    pub key: String,
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pair")
    }
}

/// Why a certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CertificateError(String);

impl From<rcgen::Error> for CertificateError {
    fn from(error: rcgen::Error) -> Self {
        Self(error.to_string())
    }
}

fn valid(params: &mut CertificateParams, (year, month, day): Day, years: i32) {
    params.not_before = date_time_ymd(year, month, day);
    // The last day of February isn't there every year.
    params.not_after = date_time_ymd(year + years, month, day.min(28));
}

/// The authority as it is told by its key alone, so that it signs again without its certificate being read.
fn authority_of(key: &KeyPair, today: Day) -> CertificateParams {
    let digest = hex(&Sha256::digest(key.subject_public_key_info()));
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("Kaohe {}", digest.get(..8).unwrap_or_default()));
    params.distinguished_name.push(DnType::OrganizationName, "Kaohe");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid(&mut params, today, AUTHORITY_YEARS);
    params
}

/// A new authority.
pub fn new_authority(today: Day) -> Result<Pair, CertificateError> {
    let key = KeyPair::generate()?;
    let certificate = authority_of(&key, today).self_signed(&key)?;
    Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem() })
}

/// A certificate of a server for these names and addresses, signed by an authority.
pub fn new_server(authority: &Pair, names: &[String], today: Day) -> Result<Pair, CertificateError> {
    let signing = KeyPair::from_pem(&authority.key)?;
    let issuer = Issuer::new(authority_of(&signing, today), signing);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, names.first().cloned().unwrap_or_default());
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    valid(&mut params, today, SERVER_YEARS);
    let certificate = params.signed_by(&key, &issuer)?;
    let chain = format!("{}{}", certificate.pem(), authority.certificate);
    Ok(Pair { certificate: chain, key: key.serialize_pem() })
}

#[cfg(test)]
mod tests {
    use super::{Pair, new_authority, new_server};
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
    use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
    use std::sync::Arc;

    fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().unwrap()
    }

    /// Whether somebody who trusts the authority gets through to the server under a name.
    fn shakes_hands(authority: &Pair, server: &Pair, name: &str) -> bool {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(certificates(&authority.certificate).remove(0)).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let client = client.unwrap().with_root_certificates(roots).with_no_client_auth();
        let key = PrivateKeyDer::from_pem_slice(server.key.as_bytes()).unwrap();
        let serving = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let serving = serving.with_no_client_auth().with_single_cert(certificates(&server.certificate), key).unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut one = ClientConnection::new(Arc::new(client), name).unwrap();
        let mut other = ServerConnection::new(Arc::new(serving)).unwrap();
        while one.is_handshaking() || other.is_handshaking() {
            let mut sent = Vec::new();
            one.write_tls(&mut sent).unwrap();
            other.read_tls(&mut sent.as_slice()).unwrap();
            if other.process_new_packets().is_err() {
                return false;
            }
            sent.clear();
            other.write_tls(&mut sent).unwrap();
            one.read_tls(&mut sent.as_slice()).unwrap();
            if one.process_new_packets().is_err() {
                return false;
            }
        }
        true
    }

    #[test]
    fn whoever_trusts_the_authority_trusts_the_server_also_after_it_is_renewed() {
        let today = {
            let now = jiff::Timestamp::from_second(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed());
            let date = now.unwrap().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
            (i32::from(date.year()), date.month().cast_unsigned(), date.day().cast_unsigned())
        };
        let authority = new_authority(today).unwrap();
        let names = ["danwei.example".to_owned(), "192.168.1.5".to_owned()];
        for _ in 0..2 {
            let server = new_server(&authority, &names, today).unwrap();
            assert!(shakes_hands(&authority, &server, "danwei.example"));
            assert!(shakes_hands(&authority, &server, "192.168.1.5"));
            assert!(!shakes_hands(&authority, &server, "elsewhere.example"));
            assert!(!shakes_hands(&new_authority(today).unwrap(), &server, "danwei.example"));
        }
    }
}
