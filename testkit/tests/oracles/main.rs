//! Certificates before other implementations: OpenSSL, GnuTLS, rustls-webpki, x509-cert.

mod made;
mod programs;
mod stored;
mod trust;
mod webpki;
mod x509_cert;
