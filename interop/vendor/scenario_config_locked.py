"""The configuration of chip reference 6.1 is locked, data and OTP are not: the state in which chips are
provisioned."""

from cryptoauthlib import AtcaReference

import device
import reference
from device import CONFIG, CONFIG_ZONE, DATA_ZONE, KEY4, NUM_IN, OTP_ZONE
from harness import PARSE, differ, equal, good, refused, step, value, verdict

MESSAGE = bytes(range(32))


@step
def configure():
    zone = value("atcab_read_config_zone", size=128)
    good("atcab_write_config_zone", zone[:16] + CONFIG)
    good("atcab_write_config_counter", 1, 2_097_150)
    zone = value("atcab_read_config_zone", size=128)
    equal(zone[16:60] + zone[68:], CONFIG[:44] + CONFIG[52:])
    refused("atcab_lock_config_zone_crc", reference.crc16(zone) ^ 1)
    good("atcab_lock_config_zone_crc", reference.crc16(zone))
    refused("atcab_write_config_zone", zone)
    refused("atcab_write_config_counter", 0, 5)
    refused("atcab_write_zone", CONFIG_ZONE, 0, 1, 0, bytes(32), 32)
    refused("atcab_lock_config_zone_crc", reference.crc16(zone))
    refused("atcab_lock", 0x80, 0)


@step
def counters():
    count = AtcaReference(0)
    good("atcab_counter_increment", 1, count)
    equal((count.value, device.counter(1)), (2_097_151, 2_097_151))
    refused("atcab_counter_increment", 1, count)
    refused("atcab_counter", 1, 1, count)
    good("atcab_counter", 1, 0, count)
    equal(count.value, 1)


@step
def random_numbers():
    differ(value("atcab_random", size=32), value("atcab_random", size=32), "random numbers")
    differ(value("atcab_nonce_rand", NUM_IN, size=32), value("atcab_nonce_rand", NUM_IN, size=32), "nonces")


@step
def nothing_to_read():
    for slot in range(16):
        refused("atcab_read_zone", DATA_ZONE, slot, 0, 0, bytearray(32), 32)
    refused("atcab_read_zone", OTP_ZONE, 0, 0, 0, bytearray(32), 32)
    refused("atcab_read_bytes_zone", DATA_ZONE, 8, 0, bytearray(64), 64)
    refused("atcab_read_sig", 13, bytearray(64))
    refused("atcab_read_pubkey", 15, bytearray(64))
    refused("atcab_read_enc", 8, 0, bytearray(32), KEY4, 4)


@step
def writing():
    device.fill_slots()
    good("atcab_write_bytes_zone", DATA_ZONE, 12, 32, bytes(32), 32)
    good("atcab_write_zone", OTP_ZONE, 0, 0, 0, b"one-time programmable, 32 bytes.", 32)
    refused("atcab_write_zone", OTP_ZONE, 0, 0, 0, bytes(4), 4)
    refused("atcab_write_zone", DATA_ZONE, 12, 0, 0, bytes(4), 4)
    refused("atcab_write_zone", DATA_ZONE, 0, 0, 0, bytes(32), 32)
    refused("atcab_write_bytes_zone", DATA_ZONE, 2, 0, bytes(32), 32)


@step
def encrypted_writes():
    """Allowed wherever clear ones are; the MAC has to be right."""
    good("atcab_write_enc", 8, 0, MESSAGE, KEY4, 4)
    refused("atcab_write_enc", 8, 0, MESSAGE, bytes(32), 4)
    refused("atcab_write_enc", 0, 0, MESSAGE, KEY4, 4)
    good("atcab_priv_write", 7, bytes(4) + MESSAGE, 4, KEY4)
    refused("atcab_priv_write", 7, bytes(4) + MESSAGE, 4, bytes(32))
    refused("atcab_priv_write", 6, bytes(4) + MESSAGE, 4, KEY4)
    key = reference.ec.derive_private_key(int.from_bytes(MESSAGE, "big"), reference.CURVE)
    equal(value("atcab_get_pubkey", 7, size=64), reference.raw_public(key))


@step
def keys():
    uses = device.counter(0)
    for slot in (0, 2, 7):
        public = value("atcab_genkey", slot, size=64)
        equal(value("atcab_get_pubkey", slot, size=64), public)
        equal(value("atcab_genkey_base", 0, slot, b"", size=64), public)
        equal(value("atcab_info_base", 1, slot, size=4), b"\1\0\0\0", "key valid")
        reference.public_key(public)
    for slot in (2, 0):
        signature = value("atcab_sign", slot, MESSAGE, size=64)
        equal(reference.signed_by(value("atcab_get_pubkey", slot, size=64), MESSAGE, signature), True)
    refused("atcab_genkey", 4, bytearray(64))
    refused("atcab_get_pubkey", 8, bytearray(64))
    refused("atcab_sign", 4, MESSAGE, bytearray(64))
    refused("atcab_sign_internal", 0, False, False, bytearray(64))
    equal(
        device.counter(0), uses, "uses of the limited-use key 0, which are not counted before the data lock"
    )


@step
def symmetric_keys():
    equal(
        value("atcab_aes_encrypt", 10, 2, MESSAGE[:16], size=16),
        reference.aes(device.AES_KEYS[32:48], MESSAGE[:16]),
    )
    refused("atcab_aes_encrypt", 4, 0, MESSAGE[:16], bytearray(16))
    refused("atcab_aes", 0, 16, MESSAGE[:16], bytearray(16), status=PARSE)
    chip = device.device()
    equal(value("atcab_mac", 0, 4, MESSAGE, size=32), chip.mac(0, 4, KEY4, MESSAGE))
    good("atcab_checkmac", 0, 4, MESSAGE, chip.check_mac(KEY4, MESSAGE, bytes(13)), bytes(13))
    expected = reference.hmac.digest(KEY4, b"message", "sha256")
    equal(_hmac(b"message"), expected)
    refused("atcab_sha_hmac", b"message", 7, 0, bytearray(32), 0xC0)


def _hmac(message):
    digest = bytearray(32)
    good("atcab_sha_hmac", message, len(message), 4, digest, 0xC0)
    return bytes(digest)


@step
def verify_with_a_stored_key():
    key = reference.new_key()
    signature = reference.sign(key, MESSAGE)
    good("atcab_write_pubkey", 11, reference.raw_public(key))
    verdict("atcab_verify_stored", MESSAGE, signature, 11, expected=True)
    verdict("atcab_verify_stored", MESSAGE, signature[::-1], 11, expected=False)
    refused("atcab_verify_stored", MESSAGE, signature, 4, AtcaReference(0))
    refused("atcab_secureboot", 5, 0, MESSAGE, signature, bytearray(32))


@step
def ecdh():
    other = reference.new_key()
    public = value("atcab_get_pubkey", 2, size=64)
    equal(
        value("atcab_ecdh", 2, reference.raw_public(other), size=32), reference.shared_secret(other, public)
    )
    refused("atcab_ecdh", 7, reference.raw_public(other), bytearray(32))


@step
def lock_a_slot():
    locked = AtcaReference(False)
    refused("atcab_lock_data_slot", 8)
    good("atcab_lock_data_slot", 12)
    good("atcab_is_slot_locked", 12, locked)
    equal(bool(locked.value), True)
    refused("atcab_lock_data_slot", 12)
    refused("atcab_write_zone", DATA_ZONE, 12, 0, 0, bytes(32), 32)
    good("atcab_lock", 0x02 | 13 << 2, 0)
    refused("atcab_lock", 0x02 | 13 << 2, 0)
    refused("atcab_write_pubkey", 13, bytes(64))


@step
def lock_data():
    refused("atcab_lock_data_zone_crc", 0)
    good("atcab_lock", 0x81, 0)
    refused("atcab_lock_data_zone")
    refused("atcab_lock_data_zone_crc", 0)
