"""Trust&GO and TrustFLEX chips: what the library's `tng` calls and the driver say of them. The chain that the chip
stands for is given: the published one, or that of the simulator's demo root."""

import certificate_library as library
import certificate_published as published
import reference
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptoauthlib import AtcaReference, atcacert, tng

ROOM = 600
#: Part by the driver's name: the library's definitions, and the slot of its key.
PARTS = {
    "TngTls": (library.TNGTLS, library.TNGTLS_SIGNER, 0),
    "TngTlsLegacy": (library.TNGTLS_OLD, library.TNGTLS_SIGNER, 0),
    "TflxTls": (library.TFLXTLS, library.TNGTLS_SIGNER, 0),
    "TngLora": (library.LORA, library.LORA_SIGNER, 1),
}
MESSAGE = reference.sha256(b"challenge")


def checked(status):
    if int(status) != 0:
        raise library.Refused(int(status))


def certificate(call, *arguments):
    """A certificate by a call of the package's."""
    out, size = bytearray(ROOM), AtcaReference(ROOM)
    checked(call(out, size, *arguments))
    return bytes(out)


def key(call, *arguments):
    out = bytearray(64)
    checked(call(out, *arguments))
    return bytes(out)


def number(call, *arguments):
    size = AtcaReference(0)
    checked(call(*arguments, size))
    return size.value


def run(table, driver, chain):
    table.step(of_chip, driver, chain)
    table.step(of_root, driver)


def of_chip(table, driver, chain):
    device, signer, root = chain
    device_key, signer_key, root_key = (published.key(der) for der in chain)
    trusted = None if root == published.ROOT else root_key
    known = None if trusted is None else "another root"

    found = driver.ask("trust", root=trusted)

    def by_driver(member):
        return bytes.fromhex(found[member])

    def compare(call, expected, by_library, member, reason=None):
        table.compare(call, member, lambda: expected, by_library, lambda: by_driver(member), reason=reason)

    read, from_signer = tng.tng_atcacert_read_device_cert, tng.tng_atcacert_read_signer_cert
    compare(read.__name__, device, lambda: certificate(read), "device")
    compare(read.__name__, device, lambda: certificate(read, signer), "device")
    # It takes Microchip's root key for the authority key id, whoever signed.
    compare(from_signer.__name__, signer, lambda: certificate(from_signer), "signer", known)
    # And hands out what Microchip's root did not sign; the driver with that root does not.
    table.compare(
        read.__name__,
        "Microchip's root",
        lambda: certificate(read),
        lambda: driver.member("device", "trust", root=None),
        reason=known,
    )
    of_device, of_signer, slot = PARTS[found["part"]]
    get = tng.tng_get_device_pubkey
    compare(get.__name__, device_key, lambda: key(get), "device_key", None if slot == 0 else "slot 0")
    for call, expected, member, given in (
        (tng.tng_atcacert_device_public_key, device_key, "device_key", device),
        (tng.tng_atcacert_signer_public_key, signer_key, "signer_key", signer),
    ):
        compare(call.__name__, expected, lambda: key(call), member)
        compare(call.__name__, expected, lambda: key(call, given), member)

    for name, whole, issuer_key, member in (
        (of_device, device, signer_key, "device"),
        (of_signer, signer, root_key, "signer"),
    ):
        definition = library.definition(name)
        read_cert = lambda out, size: atcacert.atcacert_read_cert(definition, issuer_key, out, size)
        compare("atcacert_read_cert", whole, lambda: certificate(read_cert), member)
    response(table, driver, slot, device_key)
    # What the driver read, by `cryptography`.
    read = [by_driver("device"), by_driver("signer"), root]
    for der, issuer in zip(read, [*read[1:], root]):
        loaded, issuer = x509.load_der_x509_certificate(der), x509.load_der_x509_certificate(issuer)
        issuer.public_key().verify(loaded.signature, loaded.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))
        assert loaded.issuer == issuer.subject


def response(table, driver, slot, device_key):
    """A challenge answered: the signature verifies with the key of the certificate."""

    def by_library():
        out = bytearray(64)
        checked(atcacert.atcacert_get_response(slot, MESSAGE, out))
        return reference.signed_by(device_key, MESSAGE, bytes(out))

    def by_driver():
        return reference.signed_by(device_key, MESSAGE, driver.bytes("sign", slot=slot, digest=MESSAGE))

    table.compare("atcacert_get_response", "the key of the certificate", by_library, by_driver)


def of_root(table, driver):
    """What the library and the driver know without a chip."""
    ask = lambda member: driver.member(member, "root")
    for call, expected, by_library, by_driver in (
        (
            "tng_atcacert_root_cert",
            published.ROOT,
            lambda: certificate(tng.tng_atcacert_root_cert),
            lambda: ask("certificate"),
        ),
        (
            "tng_atcacert_root_cert_size",
            len(published.ROOT),
            lambda: number(tng.tng_atcacert_root_cert_size),
            lambda: len(ask("certificate")),
        ),
        (
            "tng_atcacert_root_public_key",
            published.ROOT_KEY,
            lambda: key(tng.tng_atcacert_root_public_key),
            lambda: ask("key"),
        ),
        (
            "tng_atcacert_max_device_cert_size",
            552,
            lambda: number(tng.tng_atcacert_max_device_cert_size),
            lambda: driver.ask("root")["max_len"],
        ),
        (
            "tng_atcacert_max_signer_cert_size",
            521,
            lambda: number(tng.tng_atcacert_max_signer_cert_size),
            lambda: driver.ask("root")["signer_max_len"],
        ),
    ):
        table.compare(call, "of the root", lambda: expected, by_library, by_driver)
