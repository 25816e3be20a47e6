"""Fully locked: AES and the modes that the library builds on it."""

import ctypes

from cryptography.hazmat.primitives import cmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM
from cryptoauthlib import AtcaReference

import locked
import reference
from device import AES_KEYS, KEY4
from harness import PARSE, TEMPKEY, Context, differ, equal, good, refused, step, value, verdict

#: A slot with AES keys, and one that is none.
SLOT, NO_KEY = 10, 4
TEXT = bytes(range(100, 164))
IV = bytes(range(16))


#: Additional data, text and tag of CCM. The Python wrapper declares no argument types, and the upper half of
#: a number that is passed on the stack would be anything.
SIZES = tuple(ctypes.c_size_t(size) for size in (33, 16, 16))


def key(block):
    return AES_KEYS[16 * block : 16 * block + 16]


def pieces(text):
    return [text[at : at + 16] for at in range(0, len(text), 16)]


def run(cipher_mode, block, text):
    encryptor = Cipher(algorithms.AES(key(block)), cipher_mode).encryptor()
    return encryptor.update(text) + encryptor.finalize()


@step
def provision():
    locked.provision()


@step
def blocks():
    for block in range(4):
        cipher = reference.aes(key(block), IV)
        equal(value("atcab_aes_encrypt", SLOT, block, IV, size=16), cipher)
        equal(value("atcab_aes_decrypt", SLOT, block, cipher, size=16), IV)
        equal(value("atcab_aes", block << 6, SLOT, IV, size=16), cipher)
        equal(value("atcab_aes", block << 6 | 1, SLOT, cipher, size=16), IV)
    good("atcab_nonce", KEY4)
    equal(value("atcab_aes_encrypt", TEMPKEY, 1, IV, size=16), reference.aes(KEY4[16:], IV))
    for call, arguments in (
        ("atcab_aes_encrypt", (0,)),
        ("atcab_aes_decrypt", (0,)),
    ):
        refused(call, NO_KEY, *arguments, IV, bytearray(16))
        refused(call, 0, *arguments, IV, bytearray(16))
        refused(call, 16, *arguments, IV, bytearray(16), status=PARSE)
        refused(call, TEMPKEY, 2, IV, bytearray(16))
    refused("atcab_aes", 0, NO_KEY, IV, bytearray(16))
    refused("atcab_aes", 4, SLOT, IV, bytearray(16), status=PARSE)
    for first, second in (
        (TEXT[:16], IV),
        (IV, TEXT[16:32]),
        (b"\x80" + bytes(15), TEXT[:16]),
        (bytes(16), IV),
    ):
        equal(value("atcab_aes_gfm", first, second, size=16), reference.gfm(first, second))


@step
def cbc():
    cipher = run(modes.CBC(IV), 1, TEXT)
    context = Context()
    good("atcab_aes_cbc_init", context, SLOT, 1, bytearray(IV))
    for plain, encrypted in zip(pieces(TEXT), pieces(cipher)):
        equal(value("atcab_aes_cbc_encrypt_block", context, plain, size=16), encrypted)
    good("atcab_aes_cbc_init", context, SLOT, 1, bytearray(IV))
    for plain, encrypted in zip(pieces(TEXT), pieces(cipher)):
        equal(value("atcab_aes_cbc_decrypt_block", context, encrypted, size=16), plain)
    good("atcab_aes_cbc_init", context, NO_KEY, 0, bytearray(IV))
    refused("atcab_aes_cbc_encrypt_block", context, IV, bytearray(16))
    refused("atcab_aes_cbc_decrypt_block", context, IV, bytearray(16))


@step
def ctr():
    cipher = run(modes.CTR(IV), 2, TEXT)
    context = Context()
    good("atcab_aes_ctr_init", context, SLOT, 2, 4, IV)
    for plain, encrypted in zip(pieces(TEXT), pieces(cipher)):
        equal(value("atcab_aes_ctr_encrypt_block", context, plain, size=16), encrypted)
    good("atcab_aes_ctr_init", context, SLOT, 2, 4, IV)
    for plain, encrypted in zip(pieces(TEXT), pieces(cipher)):
        equal(value("atcab_aes_ctr_decrypt_block", context, encrypted, size=16), plain)
    first = value("atcab_aes_ctr_init_rand", context, SLOT, 2, 4, size=16)
    equal(value("atcab_aes_ctr_encrypt_block", context, IV, size=16), run(modes.CTR(first), 2, IV))
    differ(value("atcab_aes_ctr_init_rand", context, SLOT, 2, 4, size=16), first, "the nonce")
    good("atcab_aes_ctr_init", context, NO_KEY, 0, 4, IV)
    refused("atcab_aes_ctr_encrypt_block", context, IV, bytearray(16))
    refused("atcab_aes_ctr_decrypt_block", context, IV, bytearray(16))


@step
def cmac_and_cbc_mac():
    for size in (0, 16, 40, 64):
        context = Context()
        good("atcab_aes_cmac_init", context, SLOT, 3)
        good("atcab_aes_cmac_update", context, bytearray(TEXT[:7]), min(size, 7))
        good("atcab_aes_cmac_update", context, bytearray(TEXT[7:size]), max(size - 7, 0))
        out = bytearray()
        good("atcab_aes_cmac_finish", context, out, 16)
        expected = cmac.CMAC(algorithms.AES(key(3)))
        expected.update(TEXT[:size])
        equal(out, expected.finalize())
    for size in (16, 64):
        context = Context()
        good("atcab_aes_cbcmac_init", context, SLOT, 3)
        good("atcab_aes_cbcmac_update", context, TEXT[: size - 16], size - 16)
        good("atcab_aes_cbcmac_update", context, TEXT[size - 16 : size], 16)
        out = bytearray()
        good("atcab_aes_cbcmac_finish", context, out, 16)
        equal(out, run(modes.CBC(bytes(16)), 3, TEXT[:size])[-16:])
    for call in ("cmac", "cbcmac"):
        context = Context()
        good(f"atcab_aes_{call}_init", context, NO_KEY, 0)
        refused(f"atcab_aes_{call}_update", context, bytearray(TEXT), 64)
    context = Context()
    good("atcab_aes_cmac_init", context, NO_KEY, 0)
    refused("atcab_aes_cmac_finish", context, bytearray(16), 16)


@step
def gcm():
    aad, text = b"additional data of 33 bytes in all"[:33], TEXT[:45]
    for size in (12, 16):
        iv = IV[:size]
        sealed = AESGCM(key(1)).encrypt(iv, text, aad)
        context = Context()
        good("atcab_aes_gcm_init", context, SLOT, 1, iv, size)
        good("atcab_aes_gcm_aad_update", context, aad[:5], 5)
        good("atcab_aes_gcm_aad_update", context, aad[5:], 28)
        cipher = value("atcab_aes_gcm_encrypt_update", context, text[:20], 20, size=20)
        cipher += value("atcab_aes_gcm_encrypt_update", context, text[20:], 25, size=25)
        equal(cipher, sealed[:-16])
        tag = bytearray()
        good("atcab_aes_gcm_encrypt_finish", context, tag, 16)
        equal(tag, sealed[-16:])
        for wrong in (False, True):
            good("atcab_aes_gcm_init", context, SLOT, 1, iv, size)
            good("atcab_aes_gcm_aad_update", context, aad, 33)
            equal(value("atcab_aes_gcm_decrypt_update", context, cipher, 45, size=45), text)
            expected = tag[::-1] if wrong else tag
            verdict("atcab_aes_gcm_decrypt_finish", context, bytes(expected), 16, expected=not wrong)
    context = Context()
    iv = value("atcab_aes_gcm_init_rand", context, SLOT, 1, 12, b"", 0, size=16)[:12]
    cipher = value("atcab_aes_gcm_encrypt_update", context, text, 45, size=45)
    tag = bytearray()
    good("atcab_aes_gcm_encrypt_finish", context, tag, 16)
    equal(AESGCM(key(1)).decrypt(iv, cipher + bytes(tag), None), text)
    refused("atcab_aes_gcm_init", context, NO_KEY, 0, IV, 12)
    refused("atcab_aes_gcm_init_rand", context, NO_KEY, 0, 12, b"", 0, bytearray())
    for direction in ("encrypt", "decrypt"):
        lose_the_key(lambda: good("atcab_aes_gcm_init", context, TEMPKEY, 0, IV, 12))
        refused(f"atcab_aes_gcm_{direction}_update", context, text, 45, bytearray())
    lose_the_key(lambda: good("atcab_aes_gcm_init", context, TEMPKEY, 0, IV, 12))
    refused("atcab_aes_gcm_encrypt_finish", context, bytearray(), 16)
    lose_the_key(lambda: good("atcab_aes_gcm_init", context, TEMPKEY, 0, IV, 12))
    refused("atcab_aes_gcm_decrypt_finish", context, bytes(16), 16, AtcaReference(0))


def lose_the_key(begin):
    """`begin` works with a key in TempKey, which is gone afterwards: a MAC uses it up."""
    good("atcab_nonce", KEY4)
    begin()
    value("atcab_mac", 0x05, NO_KEY, b"", size=32)


@step
def ccm():
    aad, text, iv = b"additional data of 33 bytes in all"[:33], TEXT[:16], IV[:13]
    sealed = AESCCM(key(1), tag_length=16).encrypt(iv, text, aad)
    context = Context()
    good("atcab_aes_ccm_init", context, SLOT, 1, iv, 13, *SIZES)
    good("atcab_aes_ccm_aad_update", context, aad, 33)
    good("atcab_aes_ccm_aad_finish", context)
    cipher = value("atcab_aes_ccm_encrypt_update", context, text, 16, size=16)
    tag, tag_size = bytearray(), bytearray(1)
    good("atcab_aes_ccm_encrypt_finish", context, tag, tag_size)
    equal(cipher + bytes(tag), sealed)
    for wrong in (False, True):
        good("atcab_aes_ccm_init", context, SLOT, 1, iv, 13, *SIZES)
        good("atcab_aes_ccm_aad_update", context, aad, 33)
        good("atcab_aes_ccm_aad_finish", context)
        equal(value("atcab_aes_ccm_decrypt_update", context, cipher, 16, size=16), text)
        verdict(
            "atcab_aes_ccm_decrypt_finish", context, bytes(tag[::-1] if wrong else tag), expected=not wrong
        )

    iv = bytearray()
    good("atcab_aes_ccm_init_rand", context, SLOT, 1, iv, 13, *SIZES)
    good("atcab_aes_ccm_aad_update", context, aad, 33)
    good("atcab_aes_ccm_aad_finish", context)
    cipher = value("atcab_aes_ccm_encrypt_update", context, text, 16, size=16)
    good("atcab_aes_ccm_encrypt_finish", context, tag, tag_size)
    equal(AESCCM(key(1), tag_length=16).decrypt(bytes(iv[:13]), cipher + bytes(tag), aad), text)

    iv = IV[:13]
    refused("atcab_aes_ccm_init", context, NO_KEY, 0, iv, 13, *SIZES)
    refused("atcab_aes_ccm_init_rand", context, NO_KEY, 0, bytearray(), 13, *SIZES)
    begin = lambda: good("atcab_aes_ccm_init", context, TEMPKEY, 0, iv, 13, *SIZES)
    lose_the_key(begin)
    refused("atcab_aes_ccm_aad_update", context, aad, 33)

    def begin_text():
        begin()
        good("atcab_aes_ccm_aad_update", context, aad[:20], 20)

    lose_the_key(begin_text)
    refused("atcab_aes_ccm_aad_finish", context)
    for direction in ("encrypt", "decrypt"):
        lose_the_key(begin)
        refused(f"atcab_aes_ccm_{direction}_update", context, text, 16, bytearray())
    lose_the_key(begin)
    refused("atcab_aes_ccm_encrypt_finish", context, bytearray(), bytearray(1))
    lose_the_key(begin)
    refused("atcab_aes_ccm_decrypt_finish", context, bytes(16), AtcaReference(0))
