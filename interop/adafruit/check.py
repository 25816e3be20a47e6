"""Adafruit's driver of the chip, unchanged, on the chip that is on /dev/i2c-1: a blank one, which it locks,
makes a key in, and asks for a certificate signing request."""

import base64
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "mock"))

import busio
from adafruit_atecc.adafruit_atecc import ATECC
from adafruit_atecc.adafruit_atecc_cert_util import CSR
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

CURVE = ec.SECP256R1()
passed, failed = [], []


class Text(str):
    """A text that `bytearray.extend` takes, as it takes any on CircuitPython and none on CPython."""

    def __iter__(self):
        return iter(self.encode())


def check(what, holds):
    (passed if holds else failed).append(what)
    print(f"{'ok    ' if holds else 'FAILED'} {what}")


def public(raw):
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, b"\x04" + bytes(raw))


def signed_by(key, digest, signature):
    der = utils.encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    try:
        key.verify(der, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except Exception:
        return False
    return True


def refused(call, *arguments):
    """A status where data should be is too short to be taken for data."""
    try:
        call(*arguments)
    except (RuntimeError, AssertionError):
        return True
    return False


chip = ATECC(busio.I2C())
check("version", chip.version() == 0x6002)
serial = chip.serial_number
check("serial number", serial.startswith("0123") and serial.endswith("EE") and len(serial) == 18)
check("not locked", not chip.locked)
check("no key before the lock", refused(chip.gen_key, bytearray(64), 0, True))
check("no data lock before the configuration's", refused(chip.lock, 1))
chip.lock_all_zones()
check("locked", chip.locked)
check("locked once only", refused(chip.lock, 0))

chip.sha_start()
chip.sha_update(bytes(64))
check(
    "SHA-256",
    bytes(chip.sha_digest(bytearray(b"the rest"))) == hashlib.sha256(bytes(64) + b"the rest").digest(),
)
count = int.from_bytes(chip.counter(0), "little")
check("counter", int.from_bytes(chip.counter(0), "little") == count + 1)
check("random numbers", len({bytes(chip._random(bytearray(32))) for _ in range(4)}) == 4)

raw = bytes(chip.gen_key(bytearray(64), 0, True))
check("a key", bytes(chip.gen_key(bytearray(64), 0)) == raw)
digest = hashlib.sha256(b"message").digest()
check("a signature", signed_by(public(raw), digest, chip.ecdsa_sign(0, bytearray(digest))))
check("of nothing else", not signed_by(public(raw), digest[::-1], chip.ecdsa_sign(0, bytearray(digest))))

other = ec.generate_private_key(CURVE)
numbers = other.public_key().public_numbers()
point = bytearray(numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))
own = chip.gen_key(bytearray(64), 1, True)
check("a shared secret", bytes(chip.ecdh(1, point)) == other.exchange(ec.ECDH(), public(own)))
check("not with a key for signatures", refused(chip.ecdh, 0, point))

request = CSR(chip, 0, True, *map(Text, ("NL", "Utrecht", "Utrecht", "Interop", "Adafruit")))
request._common = Text(request._common)
request = x509.load_der_x509_csr(base64.b64decode(request.generate_csr()))
check("a signing request", request.is_signature_valid)
key = request.public_key().public_numbers()
raw = bytes(chip.gen_key(bytearray(64), 0))
check("with the chip's key", key.x.to_bytes(32, "big") + key.y.to_bytes(32, "big") == raw)
name = request.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
check("and its serial number", [attribute.value for attribute in name] == [serial])

print(f"{len(passed)} passed, {len(failed)} failed")
sys.exit(bool(failed))
