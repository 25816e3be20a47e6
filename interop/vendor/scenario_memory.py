"""Fully locked: reading, writing, locking slots."""

from cryptoauthlib import AtcaReference

import device
import locked
import reference
from device import CONFIG_ZONE, DATA_ZONE, KEY4, KEY6, OTP_ZONE
from harness import PARSE, equal, good, refused, step, value

BLOCK = bytes(range(32))


@step
def provision():
    locked.provision()


def read(zone, slot, block, word, length):
    data = bytearray(32)
    good("atcab_read_zone", zone, slot, block, word, data, length)
    return bytes(data[:length])


@step
def clear_slots():
    good("atcab_write_zone", DATA_ZONE, 13, 0, 0, BLOCK, 32)
    equal(read(DATA_ZONE, 13, 0, 0, 32), BLOCK)
    good("atcab_write_zone", DATA_ZONE, 13, 0, 3, b"word", 4)
    equal(read(DATA_ZONE, 13, 0, 3, 4), b"word")
    equal(read(DATA_ZONE, 13, 0, 0, 32), BLOCK[:12] + b"word" + BLOCK[16:])
    data = bytes(range(100, 172))
    good("atcab_write_bytes_zone", DATA_ZONE, 12, 0, data, 72)
    out = bytearray()
    good("atcab_read_bytes_zone", DATA_ZONE, 12, 5, out, 60)
    equal(out, data[5:65])
    equal(value("atcab_read_sig", 12, size=64), data[:64])
    out = bytearray()
    good("atcab_read_bytes_zone", OTP_ZONE, 0, 0, out, 64)
    equal(out, locked.OTP)
    good("atcab_write_zone", DATA_ZONE, 4, 0, 0, KEY4, 32)


@step
def policies():
    # Private, encrypted, secret, secret AES keys, no-MAC secret.
    for slot in (0, 1, 2, 3, 4, 6, 7, 8, 9):
        refused("atcab_read_zone", DATA_ZONE, slot, 0, 0, bytearray(32), 32)
        refused("atcab_read_zone", DATA_ZONE, slot, 0, 0, bytearray(4), 4)
    refused("atcab_read_bytes_zone", DATA_ZONE, 8, 0, bytearray(64), 64)
    refused("atcab_read_sig", 8, bytearray(64))
    refused("atcab_read_pubkey", 9, bytearray(64))
    for slot in (0, 1, 2, 3, 6, 7, 8, 9):
        refused("atcab_write_zone", DATA_ZONE, slot, 0, 0, BLOCK, 32)
    refused("atcab_write_zone", DATA_ZONE, 4, 0, 0, bytes(4), 4)
    refused("atcab_write_bytes_zone", DATA_ZONE, 8, 0, BLOCK, 32)
    refused("atcab_write_pubkey", 8, bytes(64))
    for zone in (CONFIG_ZONE, OTP_ZONE):
        refused("atcab_write_zone", zone, 0, 1, 0, BLOCK, 32)
        refused("atcab_write_bytes_zone", zone, 0, 32, BLOCK[:4], 4)
    refused("atcab_write_config_zone", value("atcab_read_config_zone", size=128))


@step
def encrypted_slots():
    for slot, block in ((8, 0), (8, 11), (9, 1), (1, 0)):
        good("atcab_write_enc", slot, block, BLOCK, KEY4, 4)
        data = bytearray()
        good("atcab_read_enc", slot, block, data, KEY4, 4)
        equal(data, BLOCK)
    refused("atcab_write_enc", 8, 0, bytes(32), KEY6, 4)
    refused("atcab_write_enc", 8, 0, bytes(32), KEY6, 6)
    refused("atcab_write_enc", 13, 0, bytes(32), KEY4, 4)
    refused("atcab_read_enc", 8, 0, bytearray(32), KEY6, 6)
    refused("atcab_read_enc", 4, 0, bytearray(32), KEY4, 4)
    data = bytearray()
    good("atcab_read_enc", 8, 0, data, KEY4, 4)
    equal(data, BLOCK)


@step
def an_encrypted_write_by_hand():
    """The call that does one command: the ciphertext and MAC are ours."""
    chip = device.device()
    for mode in (0x82, 0xC2):
        tempkey = device.gendig_slot(chip, 4, KEY4)
        plain = reference.sha256(bytes([mode]))
        cipher, mac = chip.write(mode, 8 << 3, plain, tempkey)
        good("atcab_write", mode, 8 << 3, cipher, mac)
        data = bytearray()
        good("atcab_read_enc", 8, 0, data, KEY4, 4)
        equal(data, plain)
        refused("atcab_write", mode, 8 << 3, cipher, mac)
    # Block 3 of a slot of 72 bytes.
    tempkey = device.gendig_slot(chip, 4, KEY4)
    refused(
        "atcab_write", 0x82, 3 << 8 | 9 << 3, *chip.write(0x82, 3 << 8 | 9 << 3, BLOCK, tempkey), status=PARSE
    )


@step
def private_key_writes():
    key = reference.new_key()
    good("atcab_priv_write", 7, bytes(4) + reference.scalar(key), 4, KEY4)
    equal(value("atcab_get_pubkey", 7, size=64), reference.raw_public(key))
    refused("atcab_priv_write", 7, bytes(4) + reference.scalar(key), 4, KEY6)
    refused("atcab_priv_write", 7, bytes(4) + reference.scalar(key), 6, KEY6)
    refused("atcab_priv_write", 0, bytes(4) + reference.scalar(key), 4, KEY4)
    refused("atcab_priv_write", 7, bytes(36), 4, KEY4)


@step
def public_keys():
    raw = reference.raw_public(locked.AUTHORITY)
    equal(value("atcab_read_pubkey", 15, size=64), raw)
    good("atcab_write_pubkey", 15, raw)
    good("atcab_write_pubkey", 14, raw)
    first = read(DATA_ZONE, 14, 0, 0, 32)
    equal(first[0] >> 4, 0xA, "the validity nibble after a write")


@step
def configuration():
    zone = value("atcab_read_config_zone", size=128)
    same = AtcaReference(0)
    good("atcab_cmp_config_zone", zone[:16] + device.CONFIG, same)
    equal(bool(same.value), True)
    good("atcab_cmp_config_zone", zone[:16] + device.BLANK, same)
    equal(bool(same.value), False)
    equal(zone[84:88], bytes(4), "lock bytes")
    good("atcab_updateextra", 0, 0x42)
    good("atcab_updateextra", 1, 0x43)
    refused("atcab_updateextra", 0, 0x44)
    equal(value("atcab_read_config_zone", size=128)[84:86], b"\x42\x43")
    refused("atcab_updateextra", 4, 0, status=PARSE)


@step
def slot_locks():
    is_locked = AtcaReference(0)
    refused("atcab_lock_data_slot", 8)
    for slot in (13, 2, 15):
        lockable = device.slot_config(slot)[2] & 0x20 != 0
        (good if lockable else refused)("atcab_lock_data_slot", slot)
        good("atcab_is_slot_locked", slot, is_locked)
        equal(bool(is_locked.value), lockable, f"slot {slot} locked")
    refused("atcab_lock_data_slot", 13)
    refused("atcab_write_zone", DATA_ZONE, 13, 0, 0, BLOCK, 32)
    refused("atcab_write_pubkey", 15, bytes(64))
    good("atcab_lock_data_slot", 0)
    refused("atcab_genkey", 0, bytearray(64))
    value("atcab_get_pubkey", 0, size=64)
