"""Published and noted values, by name: library and driver have to give just these."""

import certificate_library as library
import certificate_published as published
from certificate_dates import DECODE, ENCODE
from certificate_forms import COMPRESS, REBUILD, SERIAL
from certificate_published import CHIP_SERIAL, DEVICE_72, DEVICE_KEY, SIGNER_72
from certificate_table import Refusal

ID = "atcacert_get_key_id"

#: Name, day and hour of issue, years, bytes 64 to 66 and 71; the version follows from the dates.
DATES = (
    ("device certificate of the published chip", (2020, 11, 11, 4), 28, "a5ac9c00"),
    ("signer certificate of the published chip", (2018, 12, 14, 20), 31, "963a9f00"),
    ("first day, for ever", (2000, 1, 1, 0), 0, "00840000"),
    ("last hour of version 0", (2031, 12, 31, 23), 31, "fe7eff00"),
    ("first day of version 1, for ever", (2032, 1, 1, 0), 0, "00840040"),
    ("32 years need version 1", (2025, 6, 1, 12), 32, "cb058010"),
    ("last hour of version 1", (2127, 12, 31, 23), 127, "fe7efff0"),
    ("Microchip's own example", (2014, 10, 15, 16), 14, "753e0e00"),
    ("cryptoauthlib 328", (2021, 7, 29, 17), 28, "abf63c00"),
)

#: Name, rule, length, last byte of the 72 and version, serial number.
SERIALS = (
    ("rule 8", 0x8, 10, 0, "400123a23f29f9366a01"),
    ("rule 9", 0x9, 3, 0, "402c00"),
    ("rule A, 16 bytes", 0xA, 16, 0, "5f235abdb72bed34b43772e79d40c11c"),
    ("rule A, 20 bytes", 0xA, 20, 0, "5f235abdb72bed34b43772e79d40c11c3395c4a5"),
    ("rule B", 0xB, 16, 0, "6ab5e8a8fa39802e7418650a5dac9871"),
    ("rule C", 0xC, 16, 0, "5f235abdb72bed34b43772e79d40c11c"),
    ("rule D", 0xD, 16, 0, "2ab5e8a8fa39802e7418650a5dac9871"),
    ("rule E", 0xE, 16, 0, "5f235abdb72bed34b43772e79d40c11c"),
    ("rule F", 0xF, 16, 0, "2ab5e8a8fa39802e7418650a5dac9871"),
    ("rule A, version 1, odd bits of byte 71", 0xA, 16, 1, "54dc909408847de7d43716950faca1f7"),
    ("rule B, version 2, odd bits of byte 71", 0xB, 16, 2, "742b7876d4db24ee768be6ecc32268e0"),
    ("rule A, version 3", 0xA, 16, 3, None),
)
#: Byte 71 of the last three.
ODD = 0x53

#: Issues of cryptoauthlib that show certificates: key, dates, serial number, key id.
ISSUES = (
    (
        "cryptoauthlib 328",
        "692f42726ab02203cd67eccf8bbcfab16fe233c80e9ee3fc6c403b14d5723a17"
        "76769bf0dc5286a3b498f2754c073274d36f0e852d27edb4bdc0ac0fb6a6770b",
        ((2021, 7, 29, 17), 28),
        "78135f9ea369c828bf0fcc824e5c6ca4",
        "8f283373583e153002422be807e45e546b1ab728",
    ),
    (
        "cryptoauthlib 410",
        "4fcc2deedba2eb0515c001701f947d9ddb1c0403caa93622ea43810368a4e6c5"
        "5732f4cb7104e754ffb123aee33c174c71a2d987c71d6bddcfb018feb6bc36db",
        ((2019, 3, 1, 2), 28),
        "5f7287ca6115ae16b8d0cd9cfaf461dc",
        None,
    ),
)


def run(table, driver):
    table.step(dates, driver)
    table.step(serials, driver)
    table.step(issues, driver)
    table.step(chip, driver)


def dates(table, driver):
    for name, issued, years, text in DATES:
        expected = bytes.fromhex(text)
        version = 1 if issued[0] > 2031 or years > 31 else 0
        table.vector(
            f"dates: {name}",
            ENCODE,
            expected,
            lambda: library.encode_dates(issued, years, version),
            lambda: driver.member("bytes", "encode_dates", issued=issued, years=years),
        )
        compressed = bytes(64) + expected[:3] + bytes([0x2C, 0, 0x30, 0xA0 | version]) + expected[3:]
        answer = driver.ask("decode_dates", compressed=compressed)
        assert answer["years"] == years, answer
        table.vector(
            f"dates, read: {name}",
            DECODE,
            (*issued, 0, 0),
            lambda: library.decode_dates(compressed)[0],
            lambda: tuple(answer["issued"]),
        )


def serials(table, driver):
    own = {"subject_key": DEVICE_KEY, "issuer_key": published.SIGNER_KEY, "chip_serial": CHIP_SERIAL}
    for name, rule, length, version, text in SERIALS:
        compressed = DEVICE_72[:70] + bytes([rule << 4 | version, ODD if version else 0])
        table.vector(
            f"serial number: {name}",
            SERIAL,
            bytes.fromhex(text) if text else Refusal(""),
            lambda: library.serial(rule, length, CHIP_SERIAL, DEVICE_KEY, compressed),
            lambda: driver.bytes("serial", compressed=compressed, length=length, own=own),
        )


def issues(table, driver):
    for name, digits, (issued, years), serial, key_id in ISSUES:
        key = bytes.fromhex(digits)
        own = {"subject_key": key, "issuer_key": key, "chip_serial": bytes(9)}
        encoded = library.encode_dates(issued, years, 0)
        compressed = bytes(64) + encoded[:3] + bytes([0, 0, 0x30, 0xA0, 0])
        table.vector(
            f"serial number: {name}",
            SERIAL,
            bytes.fromhex(serial),
            lambda: library.serial(0xA, 16, bytes(9), key, compressed),
            lambda: driver.bytes("serial", compressed=compressed, length=16, own=own),
        )
        if key_id:
            sides = (lambda: library.key_id(key), lambda: driver.bytes("key_id", key=key))
            table.vector(f"key id: {name}", ID, bytes.fromhex(key_id), *sides)


def chip(table, driver):
    """The published chip."""
    ids = {
        "device": (DEVICE_KEY, "97b749e690438f36a9fafc6092479f2816bac9b8"),
        "signer": (published.SIGNER_KEY, "0f621ff44ab590d34d04c1f37df612cb5bb5ed34"),
        "root": (published.ROOT_KEY, "7aed7d6dc6b7789db23801a5e84a8cb0a40e2a8c"),
    }
    for name, (key, text) in ids.items():
        sides = (lambda: library.key_id(key), lambda: driver.bytes("key_id", key=key))
        table.vector(f"key id: {name} of the published chip", ID, bytes.fromhex(text), *sides)
    certificates = {
        "device": (library.TNGTLS, published.DEVICE, DEVICE_72, published.SIGNER_KEY, DEVICE_KEY),
        "signer": (
            library.TNGTLS_SIGNER,
            published.SIGNER,
            SIGNER_72,
            published.ROOT_KEY,
            published.SIGNER_KEY,
        ),
    }
    for name, (template, der, compressed, issuer_key, key) in certificates.items():
        definition = library.definition(template)
        own = {"subject_key": key, "issuer_key": issuer_key, "chip_serial": CHIP_SERIAL}
        own["texts"] = [published.MAC] if name == "device" else []
        table.vector(
            f"72 bytes: {name} certificate of the published chip",
            COMPRESS,
            compressed,
            lambda: library.compress(definition, der),
            lambda: driver.bytes(
                "compress", template=template, certificate=der, signer_id=published.SIGNER_ID, own=own
            ),
        )
        table.vector(
            f"certificate: {name} of the published chip, {len(der)} bytes",
            REBUILD,
            der,
            lambda: library.rebuild(definition, issuer_key, memory(key, compressed)),
            lambda: driver.member(
                "certificate", "rebuild", template=template, compressed=compressed, own=own
            ),
        )


def memory(key, compressed):
    """The slots that the certificate is made from."""
    config = CHIP_SERIAL[:4] + bytes(4) + CHIP_SERIAL[4:] + bytes(115)
    stored = bytes(4) + key[:32] + bytes(4) + key[32:]
    slots = {5: published.MAC.encode(), 10: compressed, 11: stored, 12: compressed}

    def read(zone, slot, is_genkey):
        return config if zone == library.CONFIG else key if is_genkey else slots[slot].ljust(96, b"\0")

    return read
