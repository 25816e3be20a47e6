"""What the library takes out of a certificate by its definition's offsets, and the driver by reading DER."""

import hashlib

import certificate_library as library
import certificate_reference as made
from certificate_definitions import generator, own, random_fields
from certificate_library import X509_GENERAL, X509_UTC

COUNT = 60

#: The library's calls, how they are asked, and the member of the driver's answer.
CALLS = {
    "atcacert_get_subj_public_key": (lambda *call: library.buffer_part(*call, 64), "key"),
    "atcacert_get_subj_key_id": (lambda *call: library.part(*call, 20), "subject_key_id"),
    "atcacert_get_auth_key_id": (lambda *call: library.part(*call, 20), "authority_key_id"),
    "atcacert_get_cert_sn": (library.sized_part, "serial"),
    "atcacert_get_signature": (lambda *call: library.buffer_part(*call, 64), "signature"),
    "atcacert_get_issue_date": (library.date_part, "from"),
    "atcacert_get_expire_date": (library.date_part, "until"),
    "atcacert_get_tbs_digest": (lambda *call: library.buffer_part(*call, 32), "tbs_sha256"),
    "atcacert_get_tbs": (lambda _, *rest: library.tbs(*rest), "tbs"),
}
SIGNER_ID, ID = "atcacert_get_signer_id", "atcacert_get_key_id"
ENCODE, DECODE = "atcacert_date_enc", "atcacert_date_dec"


def run(table, driver):
    for seed, name in enumerate(library.EXPORTED, 300):
        table.step(of_template, driver, library.definition(name), name, generator(seed))
    table.step(keys, driver)
    table.step(texts, driver)


def of_template(table, driver, definition, name, rng):
    for _ in range(COUNT):
        fields = random_fields(rng, definition)
        whole, _ = made.certificate(definition, fields)
        read = read_by(driver, whole)
        for call, (ask, member) in CALLS.items():
            table.compare(call, name, lambda: ask(call, definition, whole), lambda: read[member])
        number = fields.signer_id.to_bytes(2, "big")
        table.compare(SIGNER_ID, name, lambda: number, lambda: library.part(SIGNER_ID, definition, whole, 2))
        table.compare(ID, name, lambda: library.key_id(fields.key), lambda: read["subject_key_id"])
        for kind, member, element in (
            (X509_UTC, "from", made.ISSUED),
            (X509_GENERAL, "until", made.EXPIRES),
        ):
            offset, count = made.place(definition, element)
            text = whole[offset : offset + count]
            table.compare(ENCODE, name, lambda: text, lambda: library.encode_date(kind, read[member]))
            table.compare(DECODE, name, lambda: read[member], lambda: library.decode_date(kind, text))
    # A certificate that ends too early.
    short = whole[:20]
    for call, (ask, _) in CALLS.items():
        table.compare(call, name, lambda: ask(call, definition, short), lambda: read_by(driver, short))
    ask = lambda: library.part(SIGNER_ID, definition, short, 2)
    table.compare(SIGNER_ID, name, ask, lambda: read_by(driver, short))


def read_by(driver, der):
    """What the driver reads, and the digest of what is signed."""
    read = driver.ask("parse", certificate=der)
    for member, value in read.items():
        read[member] = bytes.fromhex(value) if isinstance(value, str) else tuple(value)
    read["tbs_sha256"] = hashlib.sha256(read["tbs"]).digest()
    return read


def keys(table, driver):
    """Key ids of any 64 bytes: they need not be a point."""
    rng = generator(400)
    for _ in range(1000):
        key = rng.randbytes(64)
        sides = (
            lambda: made.key_id(key),
            lambda: library.key_id(key),
            lambda: driver.bytes("key_id", key=key),
        )
        table.compare(ID, key.hex(), *sides)


def texts(table, driver):
    """Dates that the certificate's kind of time can't say, and texts that are none."""
    definition = library.definition(library.TNGTLS)
    fields = random_fields(generator(401), definition)
    whole, _ = made.certificate(definition, fields)
    offset, count = made.place(definition, made.ISSUED)
    for text in (b"18111a050000Z", b"181108050000+", b"1811080500  Z"):
        changed = whole[:offset] + text + whole[offset + count :]
        table.compare(
            DECODE, text, lambda: library.decode_date(X509_UTC, text), lambda: read_by(driver, changed)
        )
    for year in (1949, 2050):
        issued, mine = (year, 1, 1, 0), own(definition, fields)
        table.compare(
            ENCODE,
            year,
            lambda: library.encode_date(X509_UTC, issued),
            lambda: driver.ask(
                "issue", template=library.TNGTLS, issued=issued, years=1, signer_id=0, own=mine
            ),
        )
