"""Processor time: instructions of each operation, on emulated processors."""

from sections import Section

#: Programs of `benches/footprint`, which `cargo xtask footprint --steps` builds.
COLUMNS = {"blocking": "blocking", "asynch": "async", "peer": "at-cryptoauth 0.6.0"}


def section(rows, rustc):
    targets = list(dict.fromkeys(row["target"] for row in rows))
    counts = {(row["target"], row["program"], row["name"]): row for row in rows}

    def cell(*key):
        return f"{counts[key]['instructions']:,} ({counts[key]['crc']:,})" if key in counts else "-"

    def calls(name):
        driver, peer = (counts.get((targets[0], program, name), {}).get("calls") for program in ("blocking", "peer"))
        return f"{driver:,} ({peer:,})" if peer else f"{driver:,}"

    lines = [
        "| Instructions (of these CRC) | calls of bus and delay (at-cryptoauth) | "
        + " | ".join(f"`{target}` {title}" for target in targets for title in COLUMNS.values())
        + " |",
        "|---|---:|" + "---:|" * len(targets) * len(COLUMNS),
    ]
    for name in dict.fromkeys(row["name"] for row in rows):
        cells = (cell(target, program, name) for target in targets for program in COLUMNS)
        lines.append(f"| {name} | {calls(name)} | {' | '.join(cells)} |")
    return Section("processor", "\n".join(lines), built_by=rustc)
