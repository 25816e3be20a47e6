"""A blank chip, as it leaves the factory."""

from cryptoauthlib import AtcaReference

import device
import reference
from device import CONFIG_ZONE, DATA_ZONE, NUM_IN, OTP_ZONE
from harness import (
    EXECUTION,
    MISCOMPARE,
    PARSE,
    TEMPKEY,
    Context,
    absent,
    answers,
    connect,
    differ,
    equal,
    good,
    refused,
    step,
    value,
    verdict,
)

PATTERN = bytes.fromhex("FFFF0000") * 8
MESSAGE = bytes(range(32))


@step
def library():
    good("atcab_release")
    connect()
    answers("atcab_get_device_type", expected=3)
    answers("atcab_get_device", expected=None)


@step
def not_in_the_library():
    absent(
        "atcab_verify_extern_stored_mac",
        0,
        0,
        MESSAGE,
        bytes(64),
        bytes(64),
        MESSAGE,
        MESSAGE,
        AtcaReference(0),
    )


@step
def no_sha_without_start():
    """Before anything else: nobody has started a calculation since power-up."""
    out = bytearray(32)
    refused("atcab_sha_update", bytes(64))
    refused("atcab_sha_end", out, 3, b"abc")
    refused("atcab_sha_read_context", bytearray(99), AtcaReference(99))
    refused("atcab_hw_sha2_256_update", Context(), bytes(64), 64)
    refused("atcab_hw_sha2_256_finish", Context(), out)
    refused("atcab_sha_hmac_update", Context(), bytes(64), 64)
    refused("atcab_sha_hmac_finish", Context(), out, 0xC0)


@step
def identity():
    equal(value("atcab_info", size=4).hex(), "00006002", "the revision")
    serial = value("atcab_read_serial_number", size=9)
    equal(serial[:2] + serial[8:], bytes.fromhex("0123EE"), "what serial numbers have in common")
    zone = value("atcab_read_config_zone", size=128)
    equal(zone[:4] + zone[8:13], serial, "the serial number in the configuration")
    equal(zone[16:], device.BLANK, "the factory's configuration")


@step
def info():
    equal(value("atcab_info_base", 0, 0, size=4).hex(), "00006002")
    equal(value("atcab_info_base", 1, 0, size=4), bytes(4), "key 0, which is not there, valid")
    refused("atcab_info_base", 9, 0, bytearray(4), status=PARSE)
    refused("atcab_info_base", 3, 0, bytearray(4), status=EXECUTION)
    latch = AtcaReference(1)
    good("atcab_info_get_latch", latch)
    equal(latch.value, 0, "the latch")
    refused("atcab_info_set_latch", True)


@step
def locks():
    for zone in (0, 1):
        locked = AtcaReference(True)
        good("atcab_is_locked", zone, locked)
        equal(locked.value, False)
    for slot in range(16):
        locked = AtcaReference(True)
        good("atcab_is_slot_locked", slot, locked)
        equal(bool(locked.value), False)
    refused("atcab_lock_data_zone")
    refused("atcab_lock_data_zone_crc", 0x1234)
    refused("atcab_lock_data_slot", 8)
    refused("atcab_lock_config_zone_crc", 0x1234)
    refused("atcab_lock", 0x00, 0x1234)
    refused("atcab_lock", 0x81, 0)
    refused("atcab_lock", 0x03, 0, status=PARSE)


@step
def random_is_a_pattern():
    equal(value("atcab_random", size=32), PATTERN)
    equal(value("atcab_nonce_rand", NUM_IN, size=32), PATTERN)
    equal(value("atcab_challenge_seed_update", NUM_IN, size=32), PATTERN)
    equal(value("atcab_nonce_base", 1, 0, NUM_IN, size=32), PATTERN)
    refused("atcab_nonce_base", 2, 0, NUM_IN, bytearray(32), status=PARSE)
    refused("atcab_nonce_base", 0, 0x0100, NUM_IN, bytearray(32), status=PARSE)


@step
def reading():
    zone = value("atcab_read_config_zone", size=128)
    for block in range(4):
        equal(_read(CONFIG_ZONE, 0, block, 0, 32), zone[32 * block : 32 * block + 32])
    for word in range(32):
        equal(_read(CONFIG_ZONE, 0, word // 8, word % 8, 4), zone[4 * word : 4 * word + 4])
    data = bytearray(40)
    good("atcab_read_bytes_zone", CONFIG_ZONE, 0, 13, data, 40)
    equal(data, zone[13:53])
    for zone, slot in ((OTP_ZONE, 0), (DATA_ZONE, 0), (DATA_ZONE, 8), (DATA_ZONE, 15)):
        refused("atcab_read_zone", zone, slot, 0, 0, bytearray(32), 32)
        refused("atcab_read_bytes_zone", zone, slot, 0, bytearray(36), 36)
    refused("atcab_read_sig", 8, bytearray(64))
    refused("atcab_read_pubkey", 9, bytearray(64))


def _read(zone, slot, block, word, length):
    data = bytearray(32)
    good("atcab_read_zone", zone, slot, block, word, data, length)
    return bytes(data[:length])


@step
def no_keys_yet():
    out = bytearray(64)
    refused("atcab_genkey", 0, out)
    refused("atcab_genkey", TEMPKEY, out)
    refused("atcab_genkey_base", 4, 0, b"", out)
    refused("atcab_get_pubkey", 0, out)
    refused("atcab_sign", 0, MESSAGE, out)
    refused("atcab_sign_base", 0xA0, 0, out)
    refused("atcab_sign_internal", 0, False, False, out)
    refused("atcab_priv_write", 0, bytes(4) + MESSAGE, 4, MESSAGE)
    refused("atcab_ecdh", 0, reference.raw_public(reference.new_key()), out)
    refused("atcab_ecdh_base", 0x0C, 0, reference.raw_public(reference.new_key()), out, bytearray(32))
    refused("atcab_mac", 0, 4, MESSAGE, out)
    refused("atcab_checkmac", 0, 4, MESSAGE, MESSAGE, bytes(13))
    refused("atcab_derivekey", 0, 4, MESSAGE)
    refused("atcab_sha_hmac", b"abc", 3, 4, out, 0xC0)
    refused("atcab_sha_hmac_init", Context(), 4)
    refused("atcab_secureboot", 5, 0, MESSAGE, bytes(64), bytearray(32))
    refused("atcab_aes", 0, 4, bytes(16), bytearray(16), status=PARSE)
    refused("atcab_aes_encrypt", 4, 0, bytes(16), bytearray(16), status=PARSE)
    refused("atcab_verify_stored", MESSAGE, bytes(64), 8, AtcaReference(0))
    refused("atcab_write_zone", DATA_ZONE, 8, 0, 0, MESSAGE, 32)
    refused("atcab_write_bytes_zone", OTP_ZONE, 0, 0, MESSAGE, 32)
    refused("atcab_write_pubkey", 8, bytes(64))


@step
def sha():
    for size in (0, 1, 55, 63, 64, 65, 200):
        message = bytes(value % 251 for value in range(size))
        expected = reference.sha256(message)
        equal(value("atcab_sha", size, message, size=32), expected)
        equal(value("atcab_hw_sha2_256", message, size, size=32), expected)
        context = Context()
        good("atcab_hw_sha2_256_init", context)
        good("atcab_hw_sha2_256_update", context, message[:7], len(message[:7]))
        good("atcab_hw_sha2_256_update", context, message[7:], len(message[7:]))
        equal(value("atcab_hw_sha2_256_finish", context, size=32), expected)


@step
def sha_by_hand():
    first, second = bytes(64), b"the rest"
    good("atcab_sha_start")
    good("atcab_sha_update", first)
    context, size = bytearray(), AtcaReference(99)
    good("atcab_sha_read_context", context, size)
    equal((size.value, bytes(context[:4])), (36, (64).to_bytes(4, "little")))
    digest = bytearray()
    good("atcab_sha_end", digest, len(second), second)
    equal(digest, reference.sha256(first, second))
    # The same again, from the context.
    good("atcab_sha_write_context", context, len(context))
    good("atcab_sha_end", digest, 3, b"abc")
    equal(digest, reference.sha256(first, b"abc"))
    refused("atcab_sha_write_context", context + b"\0", len(context) + 1, status=PARSE)

    good("atcab_sha_base", 0, 0, b"", bytearray(), AtcaReference(0))
    good("atcab_sha_base", 1, 5, b"01234", bytearray(), AtcaReference(0))
    out, size = bytearray(), AtcaReference(32)
    good("atcab_sha_base", 0xC2, 2, b"56", out, size)
    equal((bytes(out), size.value), (reference.sha256(b"0123456"), 32))
    refused("atcab_sha_base", 5, 0, b"", bytearray(), AtcaReference(0), status=PARSE)
    refused("atcab_sha_base", 3, 3, b"", bytearray(), AtcaReference(0))


@step
def tempkey_is_what_was_loaded():
    """Seen through AES, which is the only use of TempKey that a blank chip allows."""
    key = reference.sha256(b"key") + reference.sha256(b"more")
    good("atcab_nonce_load", 0, key, 64)
    for block in range(4):
        encrypted = value("atcab_aes_encrypt", TEMPKEY, block, MESSAGE[:16], size=16)
        equal(encrypted, reference.aes(key[16 * block : 16 * block + 16], MESSAGE[:16]))
    good("atcab_nonce", MESSAGE)
    equal(value("atcab_aes_encrypt", TEMPKEY, 0, bytes(16), size=16), reference.aes(MESSAGE[:16], bytes(16)))
    refused("atcab_aes_encrypt", TEMPKEY, 2, bytes(16), bytearray(16))
    good("atcab_challenge", MESSAGE[::-1])
    equal(
        value("atcab_aes_encrypt", TEMPKEY, 1, bytes(16), size=16), reference.aes(MESSAGE[15::-1], bytes(16))
    )
    refused("atcab_nonce_load", 0x80, key, 64, status=PARSE)
    equal(value("atcab_aes_gfm", MESSAGE[:16], key[:16], size=16), reference.gfm(MESSAGE[:16], key[:16]))


@step
def verify_external():
    key = reference.new_key()
    public, signature = reference.raw_public(key), reference.sign(key, MESSAGE)
    verdict("atcab_verify_extern", MESSAGE, signature, public, expected=True)
    verdict("atcab_verify_extern", MESSAGE[::-1], signature, public, expected=False)
    refused("atcab_verify_extern", MESSAGE, signature, bytes(63) + b"\x01", AtcaReference(0))
    good("atcab_nonce", MESSAGE)
    good("atcab_verify", 2, 4, signature, public, b"", bytearray(32))
    good("atcab_nonce", MESSAGE)
    refused("atcab_verify", 2, 4, signature[::-1], public, b"", bytearray(32), status=MISCOMPARE)


@step
def selftest():
    for mask in (0x3B, 0x3D, 0):
        result = AtcaReference(0xFF)
        good("atcab_selftest", mask, 0, result)
        equal(result.value, 0)


@step
def counters():
    for counter_id, count in ((0, 0), (1, 2_097_151), (1, 1_048_575), (0, 47)):
        good("atcab_write_config_counter", counter_id, count)
        equal(device.counter(counter_id), count)
    value = AtcaReference(0)
    good("atcab_counter", 0, 1, value)
    equal(value.value, 1_048_575)
    refused("atcab_counter", 5, 0, AtcaReference(0), status=PARSE)
    # A real ATECC608A counts with nothing locked (chip reference 5.3).
    good("atcab_counter_increment", 0, value)
    equal((value.value, device.counter(0)), (48, 48))


@step
def writing_the_configuration():
    zone = value("atcab_read_config_zone", size=128)
    same = AtcaReference(0)
    good("atcab_cmp_config_zone", zone, same)
    equal(bool(same.value), True)
    good("atcab_cmp_config_zone", zone[:16] + device.CONFIG, same)
    equal(bool(same.value), False)
    good("atcab_write_zone", CONFIG_ZONE, 0, 0, 5, bytes.fromhex("83008720"), 4)
    equal(_read(CONFIG_ZONE, 0, 0, 5, 4).hex(), "83008720")
    good("atcab_write_bytes_zone", CONFIG_ZONE, 0, 96, device.CONFIG[80:], 32)
    equal(value("atcab_read_config_zone", size=128)[96:], device.CONFIG[80:])
    refused("atcab_write_zone", CONFIG_ZONE, 0, 0, 0, bytes(32), 32)
    refused("atcab_write_zone", CONFIG_ZONE, 0, 0, 1, bytes(4), 4)
    refused("atcab_write_bytes_zone", CONFIG_ZONE, 0, 0, bytes(8), 8)
    good("atcab_updateextra", 0, 0x17)
    refused("atcab_updateextra", 0, 0x18)
    equal(value("atcab_read_config_zone", size=128)[84], 0x17)
    refused("atcab_write_config_zone", zone)


@step
def locking():
    good("atcab_lock_config_zone")
    locked = AtcaReference(False)
    good("atcab_is_locked", 0, locked)
    equal(locked.value, True)
    refused("atcab_lock_config_zone")
    differ(value("atcab_random", size=32), PATTERN, "random numbers")
    good("atcab_lock_data_zone")
    good("atcab_is_locked", 1, locked)
    equal(locked.value, True)
    refused("atcab_lock_data_zone")
