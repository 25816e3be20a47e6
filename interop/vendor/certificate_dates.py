"""Dates in compressed certificates, at random: encoded and decoded by library, driver and reference."""

import calendar

import certificate_library as library
from certificate_definitions import generator

ENCODE, DECODE = "atcacert_date_enc_compcert_ext", "atcacert_date_dec_compcert_ext"
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
        hour, years = rng.randrange(24), rng.randrange(140)
        version = 1 if year > 2031 or years > 31 else 0
        said = 2000 <= year <= 2127 and years <= 127
        reason = None
        if said and day > days(year, month):
            reason = "no such day"
        elif said and why_no_end(year, month, day, years):
            reason = "ends on no day"
        issued = (year, month, day, hour)

        def by_driver():
            answer = driver.ask("encode_dates", issued=issued, years=years)
            assert answer["version"] == version, answer
            return bytes.fromhex(answer["bytes"])

        table.compare(
            ENCODE,
            f"{issued} + {years}",
            lambda: library.encode_dates(issued, years, version),
            by_driver,
            reason=reason,
        )


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
        compressed = bytes(64) + tail
        reason = reason_of(tail, version)

        def by_driver():
            answer = driver.ask("decode_dates", compressed=compressed)
            forever = (9999, 12, 31, 23, 59, 59) if answer["years"] == 0 else None
            return tuple(answer["issued"]), tuple(answer["ends"] or ()) or forever

        table.compare(
            DECODE,
            compressed[64:].hex(),
            lambda: library.decode_dates(compressed),
            by_driver,
            reason=reason,
        )


def reason_of(tail, version):
    """Why the two differ."""
    extended = tail[7] if version in (1, 2) else 0
    bits = int.from_bytes(tail[:3], "big")
    year = 2000 + (bits >> 19) + ((extended >> 6) << 5)
    month, day, hour = bits >> 15 & 0xF, bits >> 10 & 0x1F, bits >> 5 & 0x1F
    years = (bits & 0x1F) + ((extended >> 4 & 3) << 5)
    reason = None
    if version > 2:
        reason = "version"
    elif tail[7] & (0x0F if version else 0xFF):
        reason = "reserved bits"
    elif not (1 <= month <= 12 and 1 <= day <= days(year, month) and hour < 24):
        reason = "no such day"
    elif why_no_end(year, month, day, years):
        reason = "ends on no day"
    return reason


def run(table, driver):
    table.step(encode, driver)
    table.step(decode, driver)
