"""The vendor's library on the simulated Trust&GO and TrustFLEX: it knows the part by the code in OTP, and finds the
key where that part has it. `trust.py ADDRESS`, the 8-bit one."""

import sys

from cryptoauthlib import tng

import reference
from harness import connect, equal, good, value

MESSAGE = reference.sha256(b"message")

connect(int(sys.argv[1], 16))
key = bytearray(64)
equal(tng.tng_get_device_pubkey(key), 0, "the code in OTP")
equal(value("atcab_get_pubkey", 0, size=64), bytes(key), "the key in slot 0")
equal(reference.signed_by(bytes(key), MESSAGE, value("atcab_sign", 0, MESSAGE, size=64)), True, "a signature")
serial = value("atcab_read_serial_number", size=9)
equal((serial[:2], serial[8:]), (b"\x01\x23", b"\x01"), "a serial number of the trust parts")
good("atcab_release")
print(f"the vendor's library knows the part at {sys.argv[1]}: 1 passed, 0 failed")
