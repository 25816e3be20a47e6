"""Fully locked: nonces, MACs, GenDig, derived keys, HMAC, KDF, authorisation, secure boot."""

from cryptoauthlib import AtcaReference

import device
import locked
import reference
from device import AES_KEYS, CONFIG_ZONE, DATA_ZONE, KEY3, KEY4, KEY6, KEY9, NUM_IN, OTP_ZONE
from harness import MISCOMPARE, PARSE, TEMPKEY, Context, equal, good, refused, step, value, verdict

MESSAGE = reference.sha256(b"message")


@step
def provision():
    locked.provision()


@step
def latch():
    """Key 5 is dead until the latch is set, which takes a proof of key 4."""
    chip = device.device()
    state = AtcaReference(1)
    block = bytes(16)
    good("atcab_info_get_latch", state)
    equal(state.value, 0)
    refused("atcab_aes_encrypt", 5, 0, block, bytearray(16))
    refused("atcab_aes_decrypt", 5, 0, block, bytearray(16))
    refused("atcab_info_set_latch", True)
    tempkey = device.random_nonce(chip)
    good("atcab_checkmac", 1, 4, MESSAGE, chip.check_mac(KEY4, tempkey, bytes(13)), bytes(13))
    good("atcab_info_set_latch", True)
    good("atcab_info_get_latch", state)
    equal(state.value, 1)
    equal(value("atcab_aes_encrypt", 5, 1, block, size=16), reference.aes(AES_KEYS[16:32], block))
    equal(value("atcab_aes_decrypt", 5, 1, reference.aes(AES_KEYS[16:32], block), size=16), block)
    good("atcab_info_set_latch", False)
    good("atcab_info_get_latch", state)
    equal(state.value, 0)


@step
def nonces():
    """Each seen through a MAC with key 4 and TempKey."""
    chip = device.device()

    def tempkey_is(expected, mode):
        equal(value("atcab_mac", mode, 4, b"", size=32), chip.mac(mode, 4, KEY4, expected), "MAC of TempKey")

    tempkey_is(device.random_nonce(chip), 0x01)
    device.random_nonce(chip)
    flags, state = value("atcab_info_base", 2, 0, size=4)[:2]
    equal((flags, state & 0x80), (0x00, 0x80), "TempKey random, valid")
    good("atcab_nonce", MESSAGE)
    flags, state = value("atcab_info_base", 2, 0, size=4)[:2]
    equal((flags, state & 0x80), (0x10, 0x80), "TempKey from outside, valid")
    rand_out = value("atcab_nonce_base", 1, 0, NUM_IN, size=32)
    tempkey_is(chip.nonce(rand_out, NUM_IN, mode=1), 0x41)
    rand_out = value("atcab_challenge_seed_update", NUM_IN, size=32)
    tempkey_is(chip.nonce(rand_out, NUM_IN), 0x01)
    for call, arguments in (
        ("atcab_nonce", (MESSAGE,)),
        ("atcab_challenge", (MESSAGE,)),
        ("atcab_nonce_load", (0, MESSAGE, 32)),
        ("atcab_nonce_base", (3, 0, MESSAGE, bytearray(32))),
    ):
        good(call, *arguments)
        tempkey_is(MESSAGE, 0x05)
    first = device.random_nonce(chip)
    again = value("atcab_nonce_base", 0, 0x8000, NUM_IN, size=32)
    equal(again, chip.nonce(first, NUM_IN))
    tempkey_is(again, 0x01)
    refused("atcab_nonce_base", 0, 0x8000, NUM_IN, bytearray(32))
    refused("atcab_nonce_base", 2, 0, NUM_IN, bytearray(32), status=PARSE)
    refused("atcab_nonce_load", 0x80, MESSAGE + MESSAGE, 64, status=PARSE)


@step
def macs():
    chip = device.device()
    for mode in (0x00, 0x40):
        for slot, key in ((4, KEY4), (3, KEY3), (9, KEY9)):
            equal(value("atcab_mac", mode, slot, MESSAGE, size=32), chip.mac(mode, slot, key, MESSAGE))
    tempkey = device.random_nonce(chip)
    equal(value("atcab_mac", 0x02, 0, MESSAGE, size=32), chip.mac(0x02, 0, tempkey, MESSAGE))
    tempkey = device.random_nonce(chip)
    equal(value("atcab_mac", 0x43, 0, b"", size=32), chip.mac(0x43, 0, tempkey, tempkey))
    refused("atcab_mac", 0x01, 4, b"", bytearray(32))
    device.random_nonce(chip)
    refused("atcab_mac", 0x05, 4, b"", bytearray(32))
    refused("atcab_mac", 0x00, 6, MESSAGE, bytearray(32))
    refused("atcab_mac", 0x00, 0, MESSAGE, bytearray(32))
    refused("atcab_mac", 0x80, 4, MESSAGE, bytearray(32), status=PARSE)


@step
def check_macs():
    chip = device.device()
    other = bytes(range(13))
    answer = chip.check_mac(KEY4, MESSAGE, other)
    good("atcab_checkmac", 0, 4, MESSAGE, answer, other)
    refused("atcab_checkmac", 0, 4, MESSAGE, answer[::-1], other, status=MISCOMPARE)
    refused("atcab_checkmac", 0, 9, MESSAGE, answer, other, status=MISCOMPARE)
    tempkey = device.random_nonce(chip)
    good("atcab_checkmac", 1, 4, MESSAGE, chip.check_mac(KEY4, tempkey, other), other)
    refused("atcab_checkmac", 1, 4, MESSAGE, answer, other)
    tempkey = device.random_nonce(chip)
    good("atcab_checkmac", 2, 0, MESSAGE, chip.check_mac(tempkey, MESSAGE, other), other)
    tempkey = device.random_nonce(chip)
    good("atcab_checkmac", 3, 0, MESSAGE, chip.check_mac(tempkey, tempkey, other), other)
    refused("atcab_checkmac", 0, 0, MESSAGE, answer, other)
    # A MAC of the same chip is what CheckMac takes.
    mac = value("atcab_mac", 0x40, 4, MESSAGE, size=32)
    other = b"\x08\x40\x04\0" + bytes(3) + chip.serial[4:8] + chip.serial[2:4]
    good("atcab_checkmac", 0, 4, MESSAGE, mac, other)


@step
def gendig():
    chip = device.device()
    zone = value("atcab_read_config_zone", size=128)

    def tempkey_is(expected):
        equal(value("atcab_mac", 0x01, 4, b"", size=32), chip.mac(0x01, 4, KEY4, expected), "MAC of TempKey")

    for block in range(4):
        tempkey = device.random_nonce(chip)
        good("atcab_gendig", CONFIG_ZONE, block, b"", 0)
        tempkey_is(chip.gendig(CONFIG_ZONE, block, zone[32 * block : 32 * block + 32], tempkey))
    for block in range(2):
        tempkey = device.random_nonce(chip)
        good("atcab_gendig", OTP_ZONE, block, b"", 0)
        tempkey_is(chip.gendig(OTP_ZONE, block, locked.OTP[32 * block : 32 * block + 32], tempkey))
    tempkey_is(device.gendig_slot(chip, 9, KEY9))
    for key_id in (0x0004, 0x8004):
        tempkey = device.random_nonce(chip)
        good("atcab_gendig", 3, key_id, MESSAGE, 32)
        tempkey_is(chip.gendig_shared(key_id, MESSAGE, tempkey))
    for counter_id in (0, 1):
        count = device.counter(counter_id)
        tempkey = device.random_nonce(chip)
        good("atcab_gendig", 4, counter_id, b"", 0)
        tempkey_is(chip.gendig_counter(counter_id, count, tempkey))
    for slot in (2, 14):
        tempkey = device.random_nonce(chip)
        good("atcab_gendig", 5, slot, b"", 0)
        tempkey_is(chip.gendig_key_config(slot, device.slot_config(slot), 1, tempkey))
    refused("atcab_gendig", CONFIG_ZONE, 0, b"", 0)
    device.random_nonce(chip)
    refused("atcab_gendig", DATA_ZONE, 0, bytes(4), 4)
    device.random_nonce(chip)
    refused("atcab_gendig", CONFIG_ZONE, 4, b"", 0, status=PARSE)
    # Slot 6 is for nothing that shows a MAC.
    device.gendig_slot(chip, 6, KEY6)
    refused("atcab_mac", 0x01, 4, b"", bytearray(32))


@step
def derived_keys():
    """Slot 3: made from key 4, which has to authorise it."""
    chip = device.device()
    tempkey = device.random_nonce(chip)
    good("atcab_derivekey", 0, 3, chip.derive_key_mac(0, 3, KEY4))
    new = chip.derive_key(0, 3, KEY4, tempkey)
    equal(value("atcab_mac", 0, 3, MESSAGE, size=32), chip.mac(0, 3, new, MESSAGE))
    refused("atcab_derivekey", 0, 3, chip.derive_key_mac(0, 3, KEY4))
    device.random_nonce(chip)
    refused("atcab_derivekey", 0, 3, bytes(32))
    device.random_nonce(chip)
    refused("atcab_derivekey", 4, 3, chip.derive_key_mac(4, 3, KEY4))
    device.random_nonce(chip)
    refused("atcab_derivekey", 0, 4, chip.derive_key_mac(0, 4, KEY4))
    # The Python wrapper always sends a MAC. Slot 9, which rolls its key, does not ask for one and ignores it.
    tempkey = device.random_nonce(chip)
    good("atcab_derivekey", 0, 9, bytes(32))
    rolled = chip.derive_key(0, 9, KEY9, tempkey)
    equal(value("atcab_mac", 0, 9, MESSAGE, size=32), chip.mac(0, 9, rolled, MESSAGE))
    device.random_nonce(chip)
    refused("atcab_derivekey", 4, 9, bytes(32))


@step
def hmacs():
    for size in (0, 1, 63, 64, 65, 130):
        message = bytes(range(size))
        expected = reference.hmac.digest(KEY4, message, "sha256")
        digest = bytearray()
        good("atcab_sha_hmac", message, size, 4, digest, 0xC0)
        equal(digest, expected)
        context = Context()
        good("atcab_sha_hmac_init", context, 4)
        good("atcab_sha_hmac_update", context, message[:20], len(message[:20]))
        good("atcab_sha_hmac_update", context, message[20:], len(message[20:]))
        good("atcab_sha_hmac_finish", context, digest, 0xC0)
        equal(digest, expected)
    good("atcab_nonce", MESSAGE)
    good("atcab_sha_hmac", b"abc", 3, TEMPKEY, digest, 0xC0)
    equal(digest, reference.hmac.digest(MESSAGE, b"abc", "sha256"))
    # A private key, and one that is for no MAC. KeyType does not matter (chip reference U52).
    for slot in (0, 6):
        refused("atcab_sha_hmac", b"abc", 3, slot, bytearray(32), 0xC0)
        refused("atcab_sha_hmac_init", Context(), slot)
    good("atcab_sha_hmac_init", Context(), 4)
    refused("atcab_sha_read_context", bytearray(99), AtcaReference(99))


@step
def sha_targets():
    """A digest can stay in TempKey or the message digest buffer, to be signed there."""
    public = value("atcab_get_pubkey", 2, size=64)
    for target, source in ((0x00, 0x80), (0x40, 0xA0)):
        good("atcab_sha_base", 0, 0, b"", bytearray(), AtcaReference(0))
        out = bytearray()
        good("atcab_sha_base", 2 | target, 3, b"abc", out, AtcaReference(32))
        equal(out, reference.sha256(b"abc"))
        signature = value("atcab_sign_base", source, 2, size=64)
        equal(reference.signed_by(public, bytes(out), signature), True)
    good("atcab_sha_base", 0, 0, b"", bytearray(), AtcaReference(0))
    # The library sends slot 0, whatever it is given, for "add the public key of a slot".
    refused("atcab_sha_base", 3, 11, b"", bytearray(), AtcaReference(0))
    good("atcab_sha_base", 0xC2, 0, b"", out, AtcaReference(32))
    equal(out, reference.sha256())


PRF, AES, HKDF = 0x00, 0x20, 0x40
FROM_TEMPKEY, FROM_SLOT, FROM_ALTERNATE = 0, 2, 3
TO_TEMPKEY, TO_SLOT, TO_ALTERNATE, TO_OUTPUT, TO_ENCRYPTED = 0 << 2, 2 << 2, 3 << 2, 4 << 2, 5 << 2


def kdf(mode, key_id, details, message):
    """The answer and, if it is encrypted, its nonce."""
    out, nonce = bytearray(64), bytearray(32)
    good("atcab_kdf", mode, key_id, details, message, out, nonce)
    return bytes(out), bytes(nonce)


@step
def key_derivation():
    key = KEY6 + KEY9
    seed = bytes(range(16))
    length = len(seed) << 24
    good("atcab_nonce_load", 0, key, 64)
    for details, secret, size in (
        (0x001, key[:32], 32),
        (0x101, key[:32], 64),
        (0x103, key, 64),
        (0x000, key[:16], 32),
    ):
        out, _ = kdf(PRF | TO_OUTPUT | FROM_TEMPKEY, 0, length | details, seed)
        equal(out[:size], reference.prf(secret, seed, size))
    out, nonce = kdf(PRF | TO_ENCRYPTED | FROM_TEMPKEY, 0, length | 0x001, seed)
    equal(reference.io_decrypt(KEY4, nonce, out[:32]), reference.prf(key[:32], seed, 32))
    for block in range(2):
        out, _ = kdf(AES | TO_OUTPUT | FROM_TEMPKEY, 0, block, seed)
        equal(out[:32], reference.aes(key[16 * block : 16 * block + 16], seed) + bytes(16))
    out, _ = kdf(HKDF | TO_OUTPUT | FROM_TEMPKEY, 0, length | 2, seed)
    equal(out[:32], reference.hmac.digest(key[:32], seed, "sha256"))
    out, _ = kdf(HKDF | TO_OUTPUT | FROM_TEMPKEY, 0, length | 2 | 4, seed)
    equal(out[:32], reference.hmac.digest(bytes(32), seed, "sha256"))

    out, _ = kdf(HKDF | TO_OUTPUT | FROM_SLOT, 4, length | 2, seed)
    equal(out[:32], reference.hmac.digest(KEY4, seed, "sha256"))
    out, _ = kdf(AES | TO_OUTPUT | FROM_SLOT, 10, 1, seed)
    equal(out[:16], reference.aes(AES_KEYS[16:32], seed))
    good("atcab_nonce_load", 0x80, KEY9, 32)
    out, _ = kdf(HKDF | TO_OUTPUT | FROM_ALTERNATE, 0, length | 2, seed)
    equal(out[:32], reference.hmac.digest(KEY9, seed, "sha256"))


@step
def key_derivation_inside():
    seed = b"an input of 25 bytes or so"[:25]
    length = len(seed) << 24
    good("atcab_nonce", MESSAGE)
    kdf(HKDF | TO_SLOT | FROM_TEMPKEY, 13 << 8, length | 2, seed)
    first = reference.hmac.digest(MESSAGE, seed, "sha256")
    data = bytearray()
    good("atcab_read_zone", DATA_ZONE, 13, 0, 0, data, 32)
    equal(data, first)
    kdf(PRF | TO_TEMPKEY | FROM_TEMPKEY, 0, length | 1, seed)
    second = reference.prf(MESSAGE, seed, 32)
    out, _ = kdf(HKDF | TO_OUTPUT | FROM_TEMPKEY, 0, length | 2, seed)
    equal(out[:32], reference.hmac.digest(second, seed, "sha256"))
    kdf(HKDF | TO_ALTERNATE | FROM_TEMPKEY, 0, length | 2, seed)
    out, _ = kdf(HKDF | TO_OUTPUT | FROM_ALTERNATE, 0, length | 2, seed)
    equal(out[:32], reference.hmac.digest(reference.hmac.digest(second, seed, "sha256"), seed, "sha256"))
    # A message from inside: 32 bytes of slot 13, then TempKey. The library sends as many that do not count.
    out, _ = kdf(HKDF | TO_OUTPUT | FROM_SLOT, 4, 32 << 24 | 13 << 8, bytes(32))
    equal(out[:32], reference.hmac.digest(KEY4, first, "sha256"))
    out, _ = kdf(HKDF | TO_OUTPUT | FROM_SLOT, 4, 32 << 24 | 1, bytes(32))
    equal(out[:32], reference.hmac.digest(KEY4, second, "sha256"))
    # The IV function wants "iv" where the configuration says.
    label = b"\0\x0c\x08tls13 iv\0"
    out, _ = kdf(HKDF | TO_OUTPUT | FROM_TEMPKEY, 0, len(label) << 24 | 3, label)
    equal(out[:32], reference.hmac.digest(second, label, "sha256"))

    out, nonce = bytearray(), bytearray()
    refused(
        "atcab_kdf",
        HKDF | TO_OUTPUT | FROM_TEMPKEY,
        0,
        len(label) << 24 | 3,
        label.replace(b"iv", b"ky"),
        out,
        nonce,
    )
    refused("atcab_kdf", HKDF | TO_OUTPUT | FROM_SLOT, 0, length | 2, seed, out, nonce)
    refused("atcab_kdf", AES | TO_OUTPUT | FROM_SLOT, 4, 0, seed[:16], out, nonce)
    refused("atcab_kdf", HKDF | TO_SLOT | FROM_TEMPKEY, 8 << 8, length | 2, seed, out, nonce)
    refused("atcab_kdf", 0x60 | TO_OUTPUT, 0, length, seed, out, nonce, status=PARSE)


@step
def secure_boot():
    """Mode FullDig: the key of slot 11 signs, slot 12 keeps the digest."""
    full, from_store, copy = 5, 6, 7
    signature = reference.sign(locked.FIRMWARE, MESSAGE)
    mac = bytearray()
    good("atcab_secureboot", full, 0, MESSAGE, signature, mac)
    refused("atcab_secureboot", full, 0, bytes(32), signature, mac, status=MISCOMPARE)
    good("atcab_secureboot", copy, 0, MESSAGE, signature, mac)
    data = bytearray()
    good("atcab_read_zone", DATA_ZONE, 12, 0, 0, data, 32)
    equal(data, MESSAGE)
    good("atcab_secureboot", from_store, 0, MESSAGE, b"", mac)
    refused("atcab_secureboot", from_store, 0, bytes(32), b"", mac, status=MISCOMPARE)
    refused("atcab_secureboot", copy, 0, bytes(32), signature, mac, status=MISCOMPARE)
    good("atcab_secureboot", from_store, 0, MESSAGE, b"", mac)

    for mode in (full, copy, from_store):
        verdict("atcab_secureboot_mac", mode, MESSAGE, signature, NUM_IN, KEY4, expected=True)
        # With another IO protection key the chip sees another digest.
        verdict("atcab_secureboot_mac", mode, MESSAGE, signature, NUM_IN, KEY6, expected=False)
        verdict("atcab_secureboot_mac", mode, bytes(32), signature, NUM_IN, KEY4, expected=False)
    good("atcab_secureboot", 0x40 | full, 0, MESSAGE, signature, mac)
    refused("atcab_secureboot", full, 0, MESSAGE, signature, mac)
    refused("atcab_secureboot_mac", full, MESSAGE, signature, NUM_IN, KEY4, AtcaReference(0))


@step
def commands_of_other_chips():
    refused("atcab_hmac", 0, 4, bytearray(32), status=PARSE)
