"""Energy: what tokens take from a battery, from times of the simulated chip and currents of the chip reference."""

from bus import VENDOR
from sections import Section

#: Chip reference 1.12, in mA. Of ECC commands only the maximum is public.
ECC_MAX = 14.0
ACTIVE = {"typical": 2.0, "maximum": 3.0}
IDLE = {"typical": 0.8, "maximum": 0.8}
SLEEP = {"typical": 0.000_030, "maximum": 0.000_150}
VOLT = 3.3
DAY_S, TOKENS = 86_400, 24


def _charge(row, case):
    """Of one token, and of the rest of a day with `TOKENS` of them, in µAh."""
    ecc, awake = row["ecc_us"] / 1e6, row["us"] / 1e6
    token = (ecc * ECC_MAX + (awake - ecc) * ACTIVE[case]) / 3.6
    rest = (SLEEP if row["rest"] == "sleep" else IDLE)[case]
    return token, (DAY_S - TOKENS * awake) * rest / 3.6


def _quantity(charge):
    """µAh, and mJ at `VOLT`."""
    energy = charge * 3.6 * VOLT
    return f"{charge:,.3f} | {energy:,.2f}" if charge < 100 else f"{charge:,.0f} | {energy:,.0f}"


def _library(tokens, vendor_rows):
    """Tokens of cryptoauthlib: the same Sign in another time. It leaves the chip idle."""
    times = {(row["name"], row["hz"]): row["us"] for row in vendor_rows}
    for hz in dict.fromkeys(row["hz"] for row in tokens):
        ecc = next(row["ecc_us"] for row in tokens if row["hz"] == hz)
        us = times["token, host hashes", hz]
        yield {"who": VENDOR, "hz": hz, "rest": "idle", "us": us, "ecc_us": ecc, "other_us": None}


def _times(row):
    """Awake, at ECC, at another command, and the rest; the last two in one where they are not known apart."""
    other = row["other_us"]
    parts = [row["us"], row["ecc_us"], other, row["us"] - row["ecc_us"] - (other or 0)]
    return " | ".join("with the next" if part is None else f"{part / 1000:.1f} ms" for part in parts)


def section(measured, vendor_rows):
    tokens = [row for row in measured if row["kind"] == "token"]
    tokens = sorted([*tokens, *_library(tokens, vendor_rows)], key=lambda row: row["hz"])
    times = [
        "| Token, digest by the host | kHz | awake | at ECC | at another command | waking, listening, polled |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    charges = [
        "| One token an hour | kHz | between tokens | awake a day | a token, µAh | mJ | rest of the day, µAh | mJ | a day, µAh | mJ |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in tokens:
        if row["rest"] == "sleep" or "driver" not in row["who"]:
            times.append(f"| {row['who']} | {row['hz'] // 1000} | {_times(row)} |")
    for case in ("typical", "maximum"):
        for row in tokens:
            token, rest = _charge(row, case)
            parts = " | ".join(_quantity(charge) for charge in (token, rest, TOKENS * token + rest))
            rests = {"sleep": "asleep", "idle": "idle"}[row["rest"]]
            seconds = TOKENS * row["us"] / 1e6
            who = f"{row['who']}, {case}"
            charges.append(f"| {who} | {row['hz'] // 1000} | {rests} | {seconds:.2f} s | {parts} |")
    return Section("energy", "\n".join(times) + "\n\n" + "\n".join(charges))
