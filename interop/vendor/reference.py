"""What the answers have to be: hashlib and `cryptography`, by chip reference section 5. Nothing here comes
from the simulator or from the vendor's library."""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CURVE = ec.SECP256R1()
PREHASHED = ec.ECDSA(utils.Prehashed(hashes.SHA256()))


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def xor(first, second):
    return bytes(a ^ b for a, b in zip(first, second))


def little(number, size=2):
    return number.to_bytes(size, "little")


def crc16(data):
    """Chip reference 2.2."""
    crc = 0
    for byte in data:
        for bit in range(8):
            top = crc >> 15
            crc = crc << 1 & 0xFFFF
            if top != byte >> bit & 1:
                crc ^= 0x8005
    return crc


class Device:
    """The messages that have the serial number in them."""

    def __init__(self, serial):
        self.serial = serial
        self.short = serial[8:9] + serial[0:2]

    def nonce(self, rand_out, num_in, mode=0, zero=0):
        """TempKey after Nonce, 5.13."""
        return sha256(rand_out, num_in, bytes([0x16, mode, zero & 0xFF]))

    def gendig(self, zone, key_id, stored, tempkey):
        """TempKey after GenDig of the configuration, OTP or data zone, 5.6."""
        return sha256(stored, b"\x15", bytes([zone]), little(key_id), self.short, bytes(25), tempkey)

    def gendig_shared(self, key_id, other, tempkey):
        first, last = (tempkey, other) if key_id & 0x8000 else (other, tempkey)
        return sha256(first, b"\x15\x03", bytes([key_id & 0xFF, 0]), self.short, bytes(25), last)

    def gendig_counter(self, counter_id, count, tempkey):
        head = bytes(32) + b"\x15\x04" + little(counter_id) + self.short + b"\0"
        return sha256(head, little(count, 4), bytes(20), tempkey)

    def gendig_key_config(self, slot, config, unlocked, tempkey):
        """`config` is the slot's SlotConfig and KeyConfig."""
        head = bytes(32) + b"\x15\x05" + little(slot) + self.short + b"\0"
        return sha256(head, config, bytes([unlocked]), bytes(19), tempkey)

    def mac(self, mode, key_id, first, second):
        """5.12; `first` and `second` are the key or TempKey, and TempKey or the challenge."""
        full = mode & 0x40 != 0
        middle = self.serial[4:8] if full else bytes(4)
        last = self.serial[2:4] if full else bytes(2)
        head = first + second + b"\x08" + bytes([mode]) + little(key_id) + bytes(11)
        return sha256(head, self.short[:1], middle, self.short[1:], last)

    def check_mac(self, first, second, other):
        """5.2."""
        head = first + second + other[0:4] + bytes(8) + other[4:7]
        return sha256(head, self.short[:1], other[7:11], self.short[1:], other[11:13])

    def derive_key(self, mode, target, source, tempkey):
        """5.4: the new key."""
        return sha256(source, b"\x1c", bytes([mode]), little(target), self.short, bytes(25), tempkey)

    def derive_key_mac(self, mode, target, parent):
        return sha256(parent, b"\x1c", bytes([mode]), little(target), self.short)

    def genkey_digest(self, head, public, tempkey):
        """5.7; `head` is mode and KeyID as sent, or OtherData."""
        return sha256(tempkey, b"\x40", head, self.short, bytes(25), public)

    def write(self, mode, address, plain, tempkey):
        """Ciphertext and MAC of an encrypted Write, 5.23."""
        mac = sha256(tempkey, b"\x12", bytes([mode]), little(address), self.short, bytes(25), plain)
        return xor(plain, tempkey), mac

    def sign_other_data(self, mode, key_id, config, flags, unlocked, valid=0):
        """The 19 bytes that Verify(Validate) and Verify(Invalidate) take, 5.22, for a Sign(Internal)."""
        full = mode & 0x40 != 0
        middle = self.serial[4:8] if full else bytes(4)
        last = self.serial[2:4] if full else bytes(2)
        head = bytes([mode]) + little(key_id) + config + bytes([flags, 0, 0])
        return head + middle + last + bytes([unlocked, valid, 0])

    def sign_internal(self, tempkey, other):
        """The digest that Sign(Internal) signs, from the same 19 bytes."""
        return sha256(
            tempkey, b"\x41", other[0:10], self.short[:1], other[10:14], self.short[1:], other[14:19]
        )


def io_decrypt(key, nonce, data):
    """5.0.6."""
    blocks = [sha256(key, nonce[0:16]), sha256(key, nonce[16:32])]
    return xor(data, b"".join(blocks)[: len(data)])


def aes(key, block):
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def gfm(first, second):
    """Product in GCM's field, bit by bit (NIST SP 800-38D, 6.3)."""
    product, factor = 0, int.from_bytes(second, "big")
    for bit in range(127, -1, -1):
        if int.from_bytes(first, "big") >> bit & 1:
            product ^= factor
        factor = factor >> 1 ^ (0xE1 << 120 if factor & 1 else 0)
    return product.to_bytes(16, "big")


def prf(secret, seed, size):
    """P_SHA256 of TLS 1.2 (RFC 5246, 5)."""
    block, out = seed, b""
    while len(out) < size:
        block = hmac.digest(secret, block, "sha256")
        out += hmac.digest(secret, block + seed, "sha256")
    return out[:size]


def new_key():
    return ec.generate_private_key(CURVE)


def scalar(key):
    return key.private_numbers().private_value.to_bytes(32, "big")


def raw_public(key):
    numbers = key.public_key().public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def public_key(raw):
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, b"\x04" + raw)


def sign(key, digest):
    r, s = utils.decode_dss_signature(key.sign(digest, PREHASHED))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def signed_by(raw, digest, signature):
    """Whether `signature` is one of `digest` by the key `raw`."""
    der = utils.encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    try:
        public_key(raw).verify(der, digest, PREHASHED)
    except InvalidSignature:
        return False
    return True


def shared_secret(key, raw):
    return key.exchange(ec.ECDH(), public_key(raw))
