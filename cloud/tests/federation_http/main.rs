//! Requests and answers byte by byte, over a scripted connection.

mod answers;
mod requests;
mod script;
mod secrets;
