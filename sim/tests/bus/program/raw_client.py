#!/usr/bin/env python3
"""Talks to the simulated chip over the wire protocol, with the standard library only.

Usage: raw_client.py HOST:PORT

Wakes the chip, asks for its revision and serial number, sends a damaged command, puts the chip to sleep.
Every check that fails ends it with a traceback.
"""

import socket
import struct
import sys

ACK, NACK = 0x06, 0x15
WRITE, READ = 0xC0, 0xC1
COMMAND, SLEEP = 0x03, 0x01


def crc16(data):
    """CRC-16 with polynomial 0x8005, bits of a byte taken from the lowest, as two bytes, low one first."""
    register = 0
    for byte in data:
        for position in range(8):
            bit = (byte >> position) & 1
            top = (register >> 15) & 1
            register = (register << 1) & 0xFFFF
            if top ^ bit:
                register ^= 0x8005
    return struct.pack("<H", register)


class Bus:
    """One bus master."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def operation(self, request):
        self.socket.sendall(request)
        answer = self.socket.recv(1)
        assert len(answer) == 1, "the server closed the connection"
        return answer[0]

    def start(self, address):
        answer = self.operation(bytes([ord("S"), address]))
        assert answer in (ACK, NACK), answer
        return answer == ACK

    def stop(self):
        assert self.operation(b"P") == ACK

    def delay_us(self, micros):
        assert self.operation(b"D" + struct.pack("<I", micros)) == ACK

    def write(self, data):
        assert self.start(WRITE), "no answer to the address"
        for byte in data:
            assert self.operation(bytes([ord("W"), byte])) == ACK, "a byte was not acknowledged"
        self.stop()

    def read_group(self):
        """Polls until the chip answers; returns what is between count and CRC."""
        for _ in range(1000):
            if self.start(READ):
                break
            self.stop()
            self.delay_us(1000)
        else:
            raise AssertionError("the chip stays busy")
        count = self.operation(b"R")
        group = bytes([count]) + bytes(self.operation(b"R") for _ in range(count - 1))
        self.stop()
        assert crc16(group[:-2]) == group[-2:], "wrong CRC in " + group.hex()
        return group[1:-2]

    def wake(self):
        assert not self.start(0x00), "somebody answers address 0"
        self.stop()
        self.delay_us(1500)


def command(opcode, param1, param2, data=b""):
    group = struct.pack("<BBBH", 7 + len(data), opcode, param1, param2) + data
    return bytes([COMMAND]) + group + crc16(group)


def main():
    assert crc16(b"123456789") == b"\xdd\xbc"
    host, port = sys.argv[1].rsplit(":", 1)
    bus = Bus(host, int(port))

    assert not bus.start(WRITE), "a chip that sleeps answers"
    bus.stop()
    # That address alone, with its six zero bits, has woken the chip if it is at 100 kHz.
    bus.wake()
    assert bus.read_group() == b"\x11", "not the answer of a chip just woken"

    bus.write(command(0x30, 0x00, 0x0000))
    revision = bus.read_group()
    print("revision", revision.hex().upper())

    bus.write(command(0x02, 0x80, 0x0000))
    block = bus.read_group()
    assert len(block) == 32
    serial = block[0:4] + block[8:13]
    assert block[4:8] == revision
    # The same bytes, two words at a time.
    bus.write(command(0x02, 0x00, 0x0000))
    first = bus.read_group()
    bus.write(command(0x02, 0x00, 0x0002))
    second = bus.read_group()
    assert first + second == serial[:8], "block and word disagree"
    print("serial number", serial.hex().upper())

    damaged = bytearray(command(0x30, 0x00, 0x0000))
    damaged[-1] ^= 0x01
    bus.write(bytes(damaged))
    assert bus.read_group() == b"\xff", "a wrong CRC went unnoticed"

    bus.write(bytes([SLEEP]))
    bus.operation(b"F" + struct.pack("<I", 400_000))
    for address in (READ, WRITE, 0x00):
        assert not bus.start(address), "a chip that sleeps answers"
        bus.stop()
    bus.delay_us(1500)
    assert not bus.start(READ), "400 kHz is too fast to wake the chip"
    bus.stop()
    print("done")


if __name__ == "__main__":
    main()
