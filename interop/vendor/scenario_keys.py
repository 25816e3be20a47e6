"""Fully locked: private keys, signatures, public keys and their validation, ECDH."""

from cryptoauthlib import AtcaReference

import device
import locked
import reference
from device import DATA_ZONE, KEY4, KEY6
from harness import MISCOMPARE, PARSE, TEMPKEY, Failure, differ, equal, good, refused, step, value, verdict

MESSAGE = reference.sha256(b"message")


@step
def provision():
    locked.provision()


@step
def new_keys():
    for slot in (0, 2, 7):
        before = value("atcab_get_pubkey", slot, size=64)
        public = value("atcab_genkey", slot, size=64)
        differ(before, public, "the key")
        equal(value("atcab_get_pubkey", slot, size=64), public)
        equal(value("atcab_genkey_base", 0, slot, b"", size=64), public)
        reference.public_key(public)
    for slot in (1, 4, 8, 15):
        refused("atcab_genkey", slot, bytearray(64))
        refused("atcab_get_pubkey", slot, bytearray(64))
        refused("atcab_genkey_base", 4, slot, b"", bytearray(64))
    refused("atcab_genkey_base", 0x20, 0, b"", bytearray(64), status=PARSE)


@step
def signatures():
    for slot in (0, 2):
        public = value("atcab_get_pubkey", slot, size=64)
        signature = value("atcab_sign", slot, MESSAGE, size=64)
        equal(reference.signed_by(public, MESSAGE, signature), True)
        good("atcab_nonce", MESSAGE)
        signature = value("atcab_sign_base", 0x80, slot, size=64)
        equal(reference.signed_by(public, MESSAGE, signature), True)
        refused("atcab_sign_base", 0x80, slot, bytearray(64))
        good("atcab_nonce_load", 0x40, MESSAGE, 32)
        signature = value("atcab_sign_base", 0xA0, slot, size=64)
        equal(reference.signed_by(public, MESSAGE, signature), True)
    for slot in (1, 4, 15):
        refused("atcab_sign", slot, MESSAGE, bytearray(64))
    refused("atcab_sign_base", 0x82, 0, bytearray(64), status=PARSE)


@step
def internal_signatures():
    """Of what GenDig and GenKey made of a nonce."""
    chip = device.device()
    public = value("atcab_get_pubkey", 2, size=64)
    for full in (False, True):
        tempkey = device.gendig_slot(chip, 4, KEY4)
        signature = value("atcab_sign_internal", 2, False, full, size=64)
        other = chip.sign_other_data(0x40 * full, 2, device.slot_config(4), 0x24, 1)
        equal(reference.signed_by(public, chip.sign_internal(tempkey, other), signature), True)
    tempkey = device.random_nonce(chip)
    own = value("atcab_genkey_base", 0x08, 7, b"", size=64)
    tempkey = chip.genkey_digest(b"\x08\x07\0", own, tempkey)
    signature = value("atcab_sign_internal", 2, True, False, size=64)
    other = chip.sign_other_data(0x01, 2, device.slot_config(7), 0x47, 1)
    equal(reference.signed_by(public, chip.sign_internal(tempkey, other), signature), True)
    refused("atcab_sign_internal", 2, False, False, bytearray(64))
    device.random_nonce(chip)
    refused("atcab_sign_internal", 2, False, False, bytearray(64))


@step
def verify():
    key = reference.new_key()
    public, signature = reference.raw_public(key), reference.sign(key, MESSAGE)
    verdict("atcab_verify_extern", MESSAGE, signature, public, expected=True)
    verdict("atcab_verify_extern", MESSAGE, signature[::-1], public, expected=False)
    refused("atcab_verify_extern", MESSAGE, signature, bytes(63) + b"\x01", AtcaReference(0))
    signature = reference.sign(locked.FIRMWARE, MESSAGE)
    verdict("atcab_verify_stored", MESSAGE, signature, 11, expected=True)
    verdict("atcab_verify_stored", bytes(32), signature, 11, expected=False)
    refused("atcab_verify_stored", MESSAGE, signature, 14, AtcaReference(0))
    refused("atcab_verify_stored", MESSAGE, signature, 4, AtcaReference(0))
    good("atcab_nonce", MESSAGE)
    good("atcab_verify", 0, 11, signature, b"", b"", bytearray(32))
    refused("atcab_verify", 0, 11, signature, b"", b"", bytearray(32))
    good("atcab_nonce", bytes(32))
    refused("atcab_verify", 0, 11, signature, b"", b"", bytearray(32), status=MISCOMPARE)
    good("atcab_nonce", MESSAGE)
    refused("atcab_verify", 2, 5, signature, bytes(64), b"", bytearray(32), status=PARSE)


@step
def verify_with_mac():
    key = reference.new_key()
    public, signature = reference.raw_public(key), reference.sign(key, MESSAGE)
    nonce = reference.sha256(b"system nonce")
    verdict("atcab_verify_extern_mac", MESSAGE, signature, public, nonce, KEY4, expected=True)
    verdict("atcab_verify_extern_mac", bytes(32), signature, public, nonce, KEY4, expected=False)
    # The library's own check of the MAC.
    verdict("atcab_verify_extern_mac", MESSAGE, signature, public, nonce, KEY6, expected=False)
    refused("atcab_verify_extern_mac", MESSAGE, signature, bytes(63) + b"\x01", nonce, KEY4, AtcaReference(0))
    signature = reference.sign(locked.FIRMWARE, MESSAGE)
    verdict("atcab_verify_stored_mac", MESSAGE, signature, 11, nonce, KEY4, expected=True)
    verdict("atcab_verify_stored_mac", bytes(32), signature, 11, nonce, KEY4, expected=False)
    refused("atcab_verify_stored_mac", MESSAGE, signature, 14, nonce, KEY4, AtcaReference(0))
    # The MAC itself, 5.22.
    good("atcab_nonce_load", 0x40, MESSAGE + nonce, 64)
    mac = value("atcab_verify", 0xA0, 11, signature, b"", b"", size=64)[:32]
    equal(mac, reference.sha256(KEY4, MESSAGE, nonce, signature, b"\x45\xa0", reference.little(11)))


def pubkey_digest(chip):
    """GenKey of the stored public key 14 on top of a fixed nonce, as validation wants it."""
    good("atcab_nonce", bytes(32))
    good("atcab_genkey_base", 0x10, 14, bytes(3), None)
    return chip.genkey_digest(bytes(3), reference.raw_public(locked.USER), bytes(32))


@step
def validate_and_invalidate():
    chip = device.device()
    message_signature = reference.sign(locked.USER, MESSAGE)

    def signed(mode, key):
        other = chip.sign_other_data(mode, 0, bytes(4), 0x5E, 1, mode)
        return reference.sign(key, chip.sign_internal(pubkey_digest(chip), other)), other

    for _ in range(2):
        refused("atcab_verify_stored", MESSAGE, message_signature, 14, AtcaReference(0))
        verdict("atcab_verify_validate", 14, *signed(0, locked.USER), expected=False)
        # A signature for the opposite.
        refused("atcab_verify_validate", 14, *signed(1, locked.AUTHORITY), AtcaReference(0))
        signature = signed(0, locked.AUTHORITY)
        verdict("atcab_verify_validate", 14, *signature, expected=True)
        refused("atcab_verify_validate", 14, *signature, AtcaReference(0))
        verdict("atcab_verify_stored", MESSAGE, message_signature, 14, expected=True)
        equal(value("atcab_info_base", 1, 14, size=4)[0], 1, "key 14 valid")

        verdict("atcab_verify_invalidate", 14, *signed(1, locked.USER), expected=False)
        signature = signed(1, locked.AUTHORITY)
        verdict("atcab_verify_invalidate", 14, *signature, expected=True)
        refused("atcab_verify_invalidate", 14, *signature, AtcaReference(0))


@step
def genkey_digests():
    """Compared through Sign(Internal) above and MAC here."""
    chip = device.device()
    for mode in (0x08, 0x0C):
        tempkey = device.random_nonce(chip)
        public = value("atcab_genkey_base", mode, 2, b"", size=64)
        tempkey = chip.genkey_digest(bytes([mode, 2, 0]), public, tempkey)
        mac = value("atcab_mac", 0x01, 4, b"", size=32)
        equal(mac, chip.mac(0x01, 4, KEY4, tempkey))
    refused("atcab_genkey_base", 0x08, 2, b"", bytearray(64))


@step
def ecdh():
    other = reference.new_key()
    raw = reference.raw_public(other)
    wrong = bytes(63) + b"\x01"
    public = value("atcab_get_pubkey", 2, size=64)
    expected = reference.shared_secret(other, public)
    equal(value("atcab_ecdh", 2, raw, size=32), expected)
    equal(_ioenc("atcab_ecdh_ioenc", 2, raw), expected)
    for call, more in (("atcab_ecdh", ()), ("atcab_ecdh_ioenc", (KEY4,))):
        refused(call, 7, raw, bytearray(32), *more)
        refused(call, 4, raw, bytearray(32), *more)
        refused(call, 2, wrong, bytearray(32), *more)

    secret, nonce = bytearray(), bytearray()
    good("atcab_ecdh_base", 0x0C, 2, raw, secret, nonce)
    equal(secret, expected)
    good("atcab_ecdh_base", 0x0E, 2, raw, secret, nonce)
    equal(reference.io_decrypt(KEY4, nonce, secret), expected)
    refused("atcab_ecdh_base", 0x0C, 7, raw, secret, nonce)

    # Slot 0 may not give its secrets out; they go to slot 1, which is read with key 4.
    public = value("atcab_get_pubkey", 0, size=64)
    secret = bytearray()
    good("atcab_ecdh_enc", 0, raw, secret, KEY4, 4)
    equal(secret, reference.shared_secret(other, public))
    refused("atcab_ecdh_enc", 7, raw, secret, KEY4, 4)
    refused("atcab_ecdh_base", 0x0C, 0, raw, bytearray(32), bytearray(32))


def _ioenc(call, *arguments):
    secret = bytearray()
    good(call, *arguments, secret, KEY4)
    return bytes(secret)


@step
def ecdh_with_a_key_in_tempkey():
    other = reference.new_key()
    raw = reference.raw_public(other)
    for call, more in (("atcab_ecdh_tempkey", ()), ("atcab_ecdh_tempkey_ioenc", (KEY4,))):
        public = value("atcab_genkey", TEMPKEY, size=64)
        secret = bytearray()
        good(call, raw, secret, *more)
        equal(secret, reference.shared_secret(other, public))
        refused(call, raw, secret, *more)
        good("atcab_nonce", MESSAGE)
        refused(call, raw, secret, *more)


@step
def ecdh_into_slots():
    """From TempKey into slot 13; from slot 2 into slot 3, by the mode alone."""
    other = reference.new_key()
    raw = reference.raw_public(other)
    public = value("atcab_genkey", TEMPKEY, size=64)
    good("atcab_ecdh_base", 0x05, 13, raw, bytearray(), bytearray())
    data = bytearray()
    good("atcab_read_zone", DATA_ZONE, 13, 0, 0, data, 32)
    equal(data, reference.shared_secret(other, public))
    refused("atcab_ecdh_base", 0x05, 13, raw, bytearray(), bytearray())
    good("atcab_ecdh_base", 0x04, 2, raw, bytearray(), bytearray())
    good("atcab_read_enc", 3, 0, data, KEY4, 4)
    equal(data, reference.shared_secret(other, value("atcab_get_pubkey", 2, size=64)))
    refused("atcab_ecdh_base", 0x04, 7, raw, bytearray(), bytearray())


@step
def ecdh_into_tempkey():
    chip = device.device()
    other = reference.new_key()
    public = value("atcab_get_pubkey", 2, size=64)
    good("atcab_ecdh_base", 0x08, 2, reference.raw_public(other), bytearray(), bytearray())
    # MAC with TempKey's input flag set.
    mac = value("atcab_mac", 0x05, 4, b"", size=32)
    equal(mac, chip.mac(0x05, 4, KEY4, reference.shared_secret(other, public)))


@step
def limited_use():
    """Slot 0: every signature counts, and slot 10 sets the limit."""
    before = device.counter(0)
    value("atcab_sign", 0, MESSAGE, size=64)
    equal(device.counter(0), before + 1)
    value("atcab_sign", 2, MESSAGE, size=64)
    good("atcab_updateextra", 2, 0)
    good("atcab_updateextra", 2, 2)
    equal(device.counter(0), before + 2)
    limit = 64
    if device.counter(0) >= limit:
        raise Failure("more uses than this step counts on")
    good("atcab_write_zone", DATA_ZONE, 10, 0, 0, 2 * reference.little(limit, 4) + bytes(24), 32)
    while device.counter(0) < limit:
        value("atcab_sign", 0, MESSAGE, size=64)
    refused("atcab_sign", 0, MESSAGE, bytearray(64))
    refused("atcab_updateextra", 2, 0)
    equal(device.counter(0), limit)
    good("atcab_write_zone", DATA_ZONE, 10, 0, 0, device.AES_KEYS[:32], 32)
    value("atcab_sign", 0, MESSAGE, size=64)
