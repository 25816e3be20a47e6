//! The wire protocol from the master's side.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::common::{ADDRESS, crc};

pub(crate) const ACK: u8 = 0x06;
pub(crate) const NACK: u8 = 0x15;

/// One connection.
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).unwrap();
        Client(stream)
    }

    /// Sends one operation; `None` if the server has closed the connection.
    pub(crate) fn try_send(&mut self, operation: &[u8]) -> Option<u8> {
        self.0.write_all(operation).ok()?;
        let mut answer = [0];
        self.0.read_exact(&mut answer).ok()?;
        Some(answer[0])
    }

    pub(crate) fn send(&mut self, operation: &[u8]) -> u8 {
        self.try_send(operation).expect("an answer")
    }

    pub(crate) fn delay_us(&mut self, micros: u32) {
        let operation = [&b"D"[..], &micros.to_le_bytes()].concat();
        assert_eq!(self.send(&operation), ACK);
    }

    pub(crate) fn clock_hz(&mut self, hz: u32) {
        let operation = [&b"F"[..], &hz.to_le_bytes()].concat();
        assert_eq!(self.send(&operation), ACK);
    }

    pub(crate) fn stop(&mut self) {
        assert_eq!(self.send(b"P"), ACK);
    }

    pub(crate) fn wake(&mut self) {
        assert_eq!(self.send(b"S\x00"), NACK);
        self.stop();
        self.delay_us(1500);
    }

    /// A write transaction up to, not including, its STOP.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        assert_eq!(self.send(&[b'S', ADDRESS << 1]), ACK);
        for &byte in bytes {
            assert_eq!(self.send(&[b'W', byte]), ACK);
        }
    }

    /// Writes a command, polls, and returns the answer without count and CRC.
    pub(crate) fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        self.write(command);
        self.stop();
        while self.send(&[b'S', ADDRESS << 1 | 1]) == NACK {
            self.stop();
            self.delay_us(1000);
        }
        let mut answer = vec![self.send(b"R")];
        for _ in 1..answer[0] {
            answer.push(self.send(b"R"));
        }
        self.stop();
        let (body, sent) = answer.split_at(answer.len() - 2);
        assert_eq!(crc(body), sent);
        body[1..].to_vec()
    }
}
