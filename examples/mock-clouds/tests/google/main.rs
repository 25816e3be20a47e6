//! Logging in at Google with a certificate: this project's device, and OpenSSL, against the mock.

mod cloud;
mod device;
mod openssl;
