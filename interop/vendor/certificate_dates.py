"""Dates in compressed certificates, at random: encoded and decoded by library, driver and reference."""

import calendar

import certificate_library as library
from certificate_definitions import generator, random_fields
from certificate_library import X509_GENERAL
from certificate_reference import certificate

ENCODE, DECODE = "atcacert_date_enc_compcert_ext", "atcacert_date_dec_compcert_ext"
#: Of the Python package: version 0 alone.
ENCODE_V0, DECODE_V0, MAX = (
    "atcacert_date_enc_compcert",
    "atcacert_date_dec_compcert",
    "atcacert_date_get_max_date",
)
COUNT = 6000


def days(year, month):
    return calendar.monthrange(year, month)[1]


def why_no_end(year, month, day, years):
    """29 February, to a year that has none."""
    return years and (month, day) == (2, 29) and not calendar.isleap(year + years)


def encode(table, driver):
    rng = generator(1)
    for _ in range(COUNT):
        year, month, day = rng.randrange(1996, 2132), rng.randrange(1, 13), rng.randrange(1, 32)
        if rng.random() < 0.05:
            month, day = 2, 29
        issued, years = (year, month, day, rng.randrange(24)), rng.randrange(140)
        version = 1 if year > 2031 or years > 31 else 0
        reason = None
        if 2000 <= year <= 2127 and years <= 127:
            if day > days(year, month):
                reason = "no such day"
            elif why_no_end(year, month, day, years):
                reason = "ends on no day"

        def by_driver():
            answer = driver.ask("encode_dates", issued=issued, years=years)
            assert answer["version"] == version, answer
            return bytes.fromhex(answer["bytes"])

        what = f"{issued} + {years}"
        table.compare(
            ENCODE, what, lambda: library.encode_dates(issued, years, version), by_driver, reason=reason
        )
        # The package can't say version 1.
        if version == 0:
            package = lambda: library.encode_dates_by_package(issued, years)
            table.compare(ENCODE_V0, what, package, lambda: by_driver()[:3], reason=reason)


def decode(table, driver):
    rng = generator(2)
    for _ in range(COUNT):
        tail = bytearray(rng.randbytes(8))
        version = rng.choice((0, 0, 0, 1, 1, 1, 2, 2, 3, 15))
        tail[6] = 0xA0 | version
        if rng.random() < 0.8:
            tail[7] = tail[7] & 0xF0 if version in (1, 2) else 0
        if rng.random() < 0.1:
            # 29 February, for some years.
            tail[0], tail[1] = tail[0] & 0xF8 | 0x01, 0x74 | tail[1] & 0x03
        compressed, what, reason = bytes(64) + tail, tail.hex(), reason_of(tail, version)

        def by_driver():
            answer = driver.ask("decode_dates", compressed=compressed)
            ends = (9999, 12, 31, 23, 59, 59) if answer["years"] == 0 else tuple(answer["ends"] or ())
            return tuple(answer["issued"]), ends

        table.compare(DECODE, what, lambda: library.decode_dates(compressed), by_driver, reason=reason)
        if version == 0 and reason != "reserved bits":
            package = lambda: library.decode_dates_by_package(tail[:3])
            table.compare(DECODE_V0, what, package, by_driver, reason=reason)


def reason_of(tail, version):
    """Why the two differ."""
    extended = tail[7] if version in (1, 2) else 0
    bits = int.from_bytes(tail[:3], "big")
    year = 2000 + (bits >> 19) + ((extended >> 6) << 5)
    month, day, hour = bits >> 15 & 0xF, bits >> 10 & 0x1F, bits >> 5 & 0x1F
    years = (bits & 0x1F) + ((extended >> 4 & 3) << 5)
    if version > 2:
        return "version"
    if tail[7] & (0x0F if version else 0xFF):
        return "reserved bits"
    if not (1 <= month <= 12 and 1 <= day <= days(year, month) and hour < 24):
        return "no such day"
    return "ends on no day" if why_no_end(year, month, day, years) else None


def for_ever(table, driver):
    """Where a certificate that never ends does end: by the kind of time that its template has."""
    definition, rng = library.definition(library.TNGTLS), generator(3)
    fields = random_fields(rng, definition)
    fields.years = 0
    whole, _ = certificate(definition, fields)
    read = driver.ask("parse", certificate=whole)
    table.compare(MAX, "for ever", lambda: library.max_date(X509_GENERAL), lambda: tuple(read["until"]))


def run(table, driver):
    table.step(encode, driver)
    table.step(decode, driver)
    table.step(for_ever, driver)
