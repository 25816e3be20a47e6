//! The mock of AWS IoT Core: each of its rules, public clients, this project's device, and the documents for an account.

mod clients;
mod device;
mod documents;
mod itself;
mod rules;
mod tls;
mod world;
