"""Requests: a definition of the vendor's for the request that `cryptography` makes, and what the library makes of it."""

import ctypes

from certificate_library import DATA, ROOM, Refused, call, raw
from certificate_reference import KEY, SIGNATURE
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptoauthlib import AtcaReference, atcacert
from reference import new_key, raw_public

GENKEY = 1
_alive = []


def example(subject, extensions=()):
    """A request by somebody else's key, for its form."""
    key = new_key()
    names = {
        "CN": NameOID.COMMON_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    }
    attributes = [x509.NameAttribute(names[kind], value) for kind, value in subject]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256()), raw_public(key)


def header(der, at):
    """Where the content of the value at `at` starts, and where it ends."""
    length = der[at + 1]
    if length < 0x80:
        return at + 2, at + 2 + length
    size = length & 0x7F
    start = at + 2 + size
    return start, start + int.from_bytes(der[at + 2 : start], "big")


def request_definition(subject, extensions, slot):
    """The library's definition of a request with this subject, of the private key in `slot`."""
    request, key = example(subject, extensions)
    der = request.public_bytes(Encoding.DER)
    tbs, _ = header(der, 0)
    _, end = header(der, tbs)
    _, signature = header(der, end)

    made = atcacert.atcacert_def_t()
    room = (ctypes.c_uint8 * len(der))(*der)
    _alive.append(room)
    made.cert_template = ctypes.cast(room, ctypes.POINTER(ctypes.c_uint8))
    made.cert_template_size = len(der)
    made.private_key_slot = slot
    location = raw(made, "tbs_cert_loc")
    location.offset, location.count = tbs, end - tbs
    public = raw(made, "public_key_dev_loc")
    public.zone, public.slot, public.is_genkey, public.offset, public.count = DATA, slot, GENKEY, 0, 64
    standard = raw(made, "std_cert_elements")
    standard[KEY].offset, standard[KEY].count = der.index(b"\x04" + key) + 1, 64
    standard[SIGNATURE].offset, standard[SIGNATURE].count = signature, len(der) - signature
    return made


def create(definition):
    """DER, by the package's own function."""
    out, size = bytearray(ROOM), AtcaReference(ROOM)
    status = int(atcacert.atcacert_create_csr(definition, out, size))
    if status != 0:
        raise Refused(status)
    return bytes(out)


def create_pem(definition):
    """PEM, by the compiled function: the package's own calls the one that gives DER."""
    out, size = ctypes.create_string_buffer(2 * ROOM), ctypes.c_size_t(2 * ROOM)
    call("atcacert_create_csr_pem", ctypes.byref(definition), out, ctypes.byref(size))
    return out.raw[: size.value].rstrip(b"\0").decode()


def tbs(der):
    """What is signed."""
    start, _ = header(der, 0)
    return der[start : header(der, start)[1]]


def client_auth():
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])


def signing():
    """The key usage of a key that signs."""
    return x509.KeyUsage(True, *[False] * 8)


def names(dns, uri):
    return x509.SubjectAlternativeName(
        [x509.DNSName(name) for name in dns] + [x509.UniformResourceIdentifier(name) for name in uri]
    )
