"""Bus time: the floor, this driver, both peers, at three clocks."""

from sections import Section

VENDOR = "cryptoauthlib 20260505"
PEER = "at-cryptoauth 0.6.0"


def _cell(us, floor):
    return f"{us:,} ({us / floor:.2f})"


def _rows(measured, vendor, hz):
    for row in (row for row in measured if row["kind"] == "bus" and row["hz"] == hz):
        floor, driver = row["floor"]["us"], row["driver"]["us"]
        library = vendor[row["name"], hz]
        assert driver < library, f"{row['name']} at {hz} Hz: slower than {VENDOR}"
        peer = _cell(row["peer"]["us"], floor) if row["peer"] else "no call"
        yield f"| {row['name']} | {floor:,} | {_cell(driver, floor)} | {_cell(library, floor)} | {peer} |"


def section(measured, vendor_rows):
    """The tables. Fails if a peer is faster anywhere; `peers` has seen to its own."""
    vendor = {(row["name"], row["hz"]): row["us"] for row in vendor_rows}
    parts = []
    for hz in sorted({row["hz"] for row in measured if row["kind"] == "bus"}):
        rows = "\n".join(_rows(measured, vendor, hz))
        head = f"| At {hz // 1000} kHz | floor | this driver | {VENDOR} | {PEER} |\n|---|---:|---:|---:|---:|\n"
        parts.append(head + rows)
    for wake in (row for row in measured if row["kind"] == "wake" and row["error"]):
        parts.append(f"{PEER} on a bus that stays at {wake['hz'] // 1000} kHz: \"{wake['error']}\".")
    return Section("bus", "\n\n".join(parts))


def summary(measured, vendor_rows):
    """One sentence for the project's README."""
    name, hz = "sign digest", 100_000
    row = next(row for row in measured if row["kind"] == "bus" and (row["name"], row["hz"]) == (name, hz))
    library = next(row["us"] for row in vendor_rows if (row["name"], row["hz"]) == (name, hz))
    floor, driver, peer = (row[who]["us"] for who in ("floor", "driver", "peer"))
    text = (
        f"Signing a digest at 100 kHz takes {driver / 1000:.1f} ms on the simulated chip: {driver / floor:.2f} times "
        f"the floor (the chip's\nown time and the fewest bytes that can do it). {VENDOR.split()[0]} takes "
        f"{library / floor:.2f} times the floor, {PEER} {peer / floor:.2f} times."
    )
    return Section("bus-time", text)
